"""Search: projects, themes, areas, proposals, metrics, pages and words, by what they are called."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field

import streamlit as st

from dashboard import finding, session
from dashboard.components import answer, begin, entity_link, section
from dashboard.glossary import TERMS
from dashboard.literal import literal
from dashboard.session import Viewing, link
from dashboard.truth import engine
from dashboard.wording import say, say_count, texts
from data.database import reading
from data.records.naming import named_things
from metrics.catalog import metrics
from survey.text import LANGUAGES

QUERY = "q"
#: Results that are shown of each sort; the others are counted.
MOST = 12
#: The sorts in the order in which they stand on the page.
SORTS = ("page", "project", "theme", "area", "programme", "metric", "term", "proposal")


@dataclass(frozen=True, slots=True)
class Hit:
    """Something that was found. page: where it is looked at, with what its address holds."""

    sort: str
    name: str
    page: str | None = None
    selections: dict[str, object] = field(default_factory=dict)
    beside: str = ""


def show(viewing: Viewing) -> None:
    """A field, and below it what it finds, by sort; the address keeps the query."""
    language = viewing.language
    begin(viewing, say("page.search", language), [], "search.behind")
    query = (session.asked(QUERY) or "")[: finding.MOST_LETTERS]
    st.text_input(
        say("search.label", language),
        max_chars=finding.MOST_LETTERS,
        placeholder=say("search.placeholder", language),
        icon=":material/search:",
        **session.tied("search", query, lambda words: session.select(QUERY, words or None)),
    )
    if not finding.words_of(query):
        st.markdown(literal(say("search.lead", language)))
        return
    hits, cut = finding.found(query, things(viewing))
    if not hits:
        answer(say("search.nothing", language, query=query))
        st.markdown(literal(say("search.nothing_help", language)))
        return
    answer(say_count("search.count", len(hits), language, query=query))
    if cut:
        st.caption(literal(say("search.cut", language)))
    by_sort: dict[str, list[Hit]] = defaultdict(list)
    for hit in hits:
        by_sort[hit.sort].append(hit)
    for sort in SORTS:
        if by_sort[sort]:
            results(viewing, sort, by_sort[sort])


def results(viewing: Viewing, sort: str, hits: list[Hit]) -> None:
    """What was found of one sort, each a link to where it is looked at."""
    language = viewing.language
    section(say(f"search.sort.{sort}", language))
    for hit in hits[:MOST]:
        with st.container(gap="xxsmall"):
            if hit.page:
                entity_link(viewing, hit.page, hit.name, **hit.selections)
            else:
                st.markdown(f"**{literal(hit.name)}**")
            if hit.beside:
                st.caption(literal(hit.beside))
    if len(hits) > MOST:
        st.caption(say("home.more", language, shown=MOST, all=len(hits)))
        if sort == "proposal":
            link(viewing, "proposals", say("search.all_proposals", language))


def things(viewing: Viewing) -> list[tuple[str, str, Hit]]:
    """Everything that the reader may find: its name, what it is found by, and where it is."""
    return [*of_pages(viewing), *of_metrics(viewing), *of_terms(viewing), *of_records(viewing)]


def of_pages(viewing: Viewing) -> list[tuple[str, str, Hit]]:
    """The pages that the reader may open."""
    return [
        (page.title, in_all_languages(f"page.{code}"), Hit("page", page.title, code))
        for code, page in viewing.pages.items()
        if page.visibility == "visible"
    ]


def of_metrics(viewing: Viewing) -> list[tuple[str, str, Hit]]:
    """The metrics, each on its own page."""
    language = viewing.language
    known = []
    for metric in metrics().values():
        name = metric.label.in_language(language)
        spoken = [text.in_language(each) for text in (metric.label, metric.reading)
                  for each in LANGUAGES]  # fmt: skip
        hit = Hit("metric", name, "methods", {"metric": metric.id},
                  metric.reading.in_language(language))  # fmt: skip
        known.append((name, " ".join([metric.id, *spoken]), hit))
    return known


def of_terms(viewing: Viewing) -> list[tuple[str, str, Hit]]:
    """The words that are explained."""
    language = viewing.language
    return [
        (
            say(f"term.{code}", language),
            in_all_languages(f"term.{code}"),
            Hit("term", say(f"term.{code}", language), beside=say(f"term.{code}.means", language)),
        )
        for code in TERMS
    ]


def of_records(viewing: Viewing) -> list[tuple[str, str, Hit]]:
    """What the registers hold that the reader may know of."""
    with reading(engine()) as connection:
        known = named_things(connection, viewing.user)
    at = LANGUAGES.index(viewing.language)
    found = []
    for thing in known:
        name = thing.names[at] or thing.names[0]
        selections: dict[str, object] = {f"{thing.sort}_id": thing.id}
        page: str | None = thing.sort
        if thing.sort == "proposal":
            page = "proposals"
            selections |= {"proposal_category": thing.category or "",
                           "proposal_area": thing.area or ""}  # fmt: skip
        if thing.sort == "programme":
            page = None
        found.append((name, thing.words, Hit(thing.sort, name, page, selections)))
    return found


def in_all_languages(key: str) -> str:
    """A text in the three languages, one after another."""
    return " ".join(texts()[key].in_language(language) for language in LANGUAGES)
