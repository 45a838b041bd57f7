"""Themes with how many people wrote of them, and what was cleared for quoting."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard.components import part
from dashboard.labels import phase_name
from dashboard.literal import literal
from dashboard.session import Viewing
from dashboard.voices.subjects import kind_of
from dashboard.wording import say, say_count
from data.schema import THEME_KINDS
from data.voices.open_answers import Theme
from data.voices.quotes import Quote, ThemeCount

#: Quotes that stand under one theme.
MOST_QUOTES = 5
#: Quotes that nobody put under a theme.
NO_THEME = None


def lead(counts: Sequence[ThemeCount], themes: Mapping[int, Theme], language: str) -> str:
    """What most people wrote of as a challenge and as a success."""
    people = totals(counts)
    said = []
    for kind in THEME_KINDS:
        of_kind = [(n, number) for number, n in people.items() if themes[number].kind == kind]
        if of_kind:
            n, number = max(of_kind)
            said.append(
                say(
                    f"voices.lead.{kind}",
                    language,
                    theme=themes[number].name.in_language(language),
                    n=written.count(n, language),
                )
            )
    return " ".join(said) or say("voices.lead.none", language)


def totals(counts: Sequence[ThemeCount]) -> dict[int, int]:
    """People by theme, at least: over the projects that may be told of."""
    people: dict[int, int] = defaultdict(int)
    for count in counts:
        people[count.theme] += count.people
    return dict(people)


def told(
    viewing: Viewing,
    counts: Sequence[ThemeCount],
    quotes: Sequence[Quote],
    themes: Mapping[int, Theme],
    called: Mapping[int, str],
) -> None:
    """Each kind with its themes, the most written of first, and the quotes under them."""
    language = viewing.language
    people = totals(counts)
    for kind in THEME_KINDS:
        part(say(f"voices.kinds.{kind}", language))
        listed = sorted(
            (number for number in people if themes[number].kind == kind),
            key=lambda number: (-people[number], number),
        )
        if listed:
            table(listed, people, counts, themes, kind, language)
        else:
            st.caption(literal(say("voices.no_counts", language)))
        under = by_theme(quotes, kind, themes)
        order = [*listed, *(n for n in under if n not in people and n is not None)]
        for place, number in enumerate([*order, NO_THEME]):
            if number in under:
                name = (
                    themes[number].name.in_language(language)
                    if number is not NO_THEME
                    else say("voices.no_theme", language)
                )
                quoted(name, under[number], called, language, opened=place == 0)
    st.caption(literal(say("voices.threshold", language)))


def table(
    listed: Sequence[int],
    people: Mapping[int, int],
    counts: Sequence[ThemeCount],
    themes: Mapping[int, Theme],
    kind: str,
    language: str,
) -> None:
    """Themes with people and projects, at least as many as are told."""
    projects = {number: sum(count.theme == number for count in counts) for number in listed}
    st.table(
        pd.DataFrame(
            {
                say("voices.theme", language): [
                    literal(themes[number].name.in_language(language)) for number in listed
                ],
                say("voices.people", language): [
                    literal(say("voices.at_least", language, n=written.count(people[n], language)))
                    for n in listed
                ],
                say("table.projects", language): [
                    written.count(projects[number], language) for number in listed
                ],
            }
        ),
        alt=say(f"voices.kinds.{kind}", language),
        hide_index=True,
    )


def by_theme(
    quotes: Sequence[Quote], kind: str, themes: Mapping[int, Theme]
) -> dict[int | None, list[Quote]]:
    """Quotes under the themes of a kind; those without a theme under what was asked for."""
    under: dict[int | None, list[Quote]] = defaultdict(list)
    for quote in quotes:
        numbers = [number for number in quote.themes if themes[number].kind == kind]
        for number in numbers:
            under[number].append(quote)
        if not quote.themes and kind_of(quote.item) == kind:
            under[NO_THEME].append(quote)
    return under


def quoted(
    name: str,
    quotes: Sequence[Quote],
    called: Mapping[int, str],
    language: str,
    *,
    opened: bool,
) -> None:
    """The quotes under one theme, with the project and the phase that they tell of."""
    heading = literal(say_count("voices.quotes", len(quotes), language, theme=name))
    with st.expander(heading, expanded=opened):
        for quote in quotes[:MOST_QUOTES]:
            where = say(
                "voices.quote_place",
                language,
                project=called.get(quote.project, ""),
                phase=phase_name(quote.phase, language),
            )
            text = say("voices.quote", language, text=quote.text)
            st.markdown(f"{literal(text)}  \n{literal(where)}")
        if len(quotes) > MOST_QUOTES:
            st.caption(
                literal(say("voices.more_quotes", language, n=written.count(MOST_QUOTES, language)))
            )
