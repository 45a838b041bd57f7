"""What pages are put together from: literal texts, figure tiles, chart blocks, links.

Everything that a user wrote passes `literal` on its way to a Streamlit element that reads
Markdown, so it is shown as it was written.
"""

from __future__ import annotations

import html
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import plotly.graph_objects as go
import streamlit as st
from streamlit.elements.lib.mutable_expander_container import ExpanderContainer

from dashboard import format as written
from dashboard import glossary, sentences, session
from dashboard.charts import Row, has_range, is_shown
from dashboard.charts.live import CONFIG, live
from dashboard.charts.still import still
from dashboard.figures import metric_of, with_figures
from dashboard.literal import literal
from dashboard.provenance import explain
from dashboard.session import Viewing, link
from dashboard.tables import are_bounds, folded, results_table, table_block
from dashboard.wording import say
from data.sheets import RevisionFacts
from metrics.metric import Level, Metric, Result, Unit
from metrics.reasons import REASONS

STYLE = Path(__file__).with_name("assets") / "pages.css"


def entity_link(
    viewing: Viewing, page: str, name: str, *, strong: bool = False, **selections: object
) -> None:
    """A link to an entity's page by its name; plain text where the page is not permitted."""
    if page in viewing.pages:
        label = f"**{literal(name)}**" if strong else literal(name)
        link(viewing, page, label, **selections)
    else:
        st.text(name)


def link_markup(viewing: Viewing, page: str, name: str, **selections: object) -> str:
    """The same as HTML, for what is drawn in one piece; it opens without a new visit (shell.js)."""
    found = session.address(viewing, page, **selections)
    text = html.escape(name)
    return text if found is None else f'<a class="page" href="{html.escape(found)}">{text}</a>'


def begin(
    viewing: Viewing,
    title: str,
    questions: Sequence[str],
    behind: str = "question.behind",
    *,
    page: str = "",
) -> None:
    """The top of a page: its heading, which of the four questions it answers, and its words.

    behind: the text of a page that answers none of them itself. page: whose words are explained.
    """
    language = viewing.language
    st.html(STYLE)
    st.title(literal(title), anchor=False)
    asked = " · ".join(say(f"question.{code}", language) for code in questions)
    words = say("question.page", language, questions=asked) if asked else ""
    with st.container(horizontal=True, vertical_alignment="center"):
        st.caption(literal(words or say(behind, language)))
        glossary.words(page, language)


def answer(sentence: str) -> None:
    """The one-sentence answer that a page begins with, a little larger than the rest."""
    with st.container(key="answer"):
        st.markdown(literal(sentence))


def published_line(viewing: Viewing, publication: RevisionFacts) -> None:
    """When the figures of the page were published, and what of them is older."""
    told = {
        "at": written.moment(publication.published_at, viewing.language),
        "revision": publication.id,
        "behind": publication.behind,
    }
    key = "page.published.ahead" if publication.behind else "page.published"
    st.caption(literal(say(key, viewing.language, **told)))


def section(title: str) -> None:
    """A heading of the second level."""
    st.header(literal(title), anchor=False)


def part(title: str) -> None:
    """A heading of the third level, above one chart."""
    st.subheader(literal(title), anchor=False)


def unfolding(title: str) -> ExpanderContainer:
    """What is not the first answer: its heading stands on a fold, and the rest opens below it."""
    return st.expander(f"**{literal(title)}**")


# --- figures as tiles ---------------------------------------------------------------------------


def tiles(figures: Sequence[tuple[str, Metric, Result | None]], language: str) -> None:
    """Figures large beside each other, each with its name, its interval and what it rests on.

    One element for all of them: a browser draws it in the time of one.
    """
    drawn = "".join(
        f'<div><dt>{html.escape(label)}</dt><dd class="value">{html.escape(value)}</dd>'
        + (f"<dd>{html.escape(words)}</dd></div>" if words else "</div>")
        for label, (value, words) in (
            (label, tile_words(metric, result, language)) for label, metric, result in figures
        )
    )
    st.html(f'<dl class="figures">{drawn}</dl>')


def tile_words(metric: Metric, result: Result | None, language: str) -> tuple[str, str]:
    """What a tile says large, and below it; or that there is none, and why."""
    if result is None or not is_shown(result):
        why = (
            sentences.missing(metric, language)
            if result is None
            else REASONS[result.reason].in_language(language)
            if result.reason
            else ""
        )
        return sentences.absence_words(result, language).capitalize(), why
    words = [sentences.basis(result, metric, language), sentences.caution(result, language)]
    return value_text(result, metric, language), ". ".join(filter(None, words))


def value_text(result: Result, metric: Metric, language: str) -> str:
    """A value as a tile shows it: 68 / 100, 72 %, +4,2."""
    value = written.figure(result.value, metric.unit, language)
    return f"{value} / 100" if metric.unit is Unit.POINTS else value


# --- a chart with all that belongs to it --------------------------------------------------------


@dataclass(frozen=True)
class Picture:
    """A chart (None where it would show gaps alone), its words, what its marks mean, its table."""

    figure: go.Figure | None
    alt: str
    legend: str
    table: pd.DataFrame


def chart_block(
    viewing: Viewing,
    figure: go.Figure,
    rows: Sequence[Row],
    metric: Metric,
    *,
    title: str,
    sentence: str,
    publication: RevisionFacts,
    key: str,
    legend: Sequence[str] = (),
) -> None:
    """A sentence, the chart, its table, and how we know: always together, in this order."""
    language = viewing.language
    keys = legend or legend_of(rows, metric)
    picture_block(
        viewing,
        Picture(
            figure if any(is_shown(row.result) for row in rows) else None,
            sentences.alt_text(title, rows, metric, language),
            " ".join(say(text, language) for text in keys),
            results_table(rows, metric, language),
        ),
        [(metric, [row.result for row in rows]), *tests_of(rows)],
        title=title,
        sentence=sentence,
        publication=publication,
        key=key,
    )


def picture_block(
    viewing: Viewing,
    picture: Picture,
    made_of: Sequence[tuple[Metric, Sequence[Result]]],
    *,
    title: str,
    sentence: str,
    publication: RevisionFacts,
    key: str,
) -> None:
    """The same of a picture that shows more than one figure a row, or more than one metric.

    The chart, its marks' meaning and its table are one element: a browser draws it in the time of
    one.
    """
    language = viewing.language
    if picture.figure is not None:
        st.markdown(literal(sentence))
        st.html(
            f"{still(picture.figure, picture.alt)}"
            f'<p class="legend">{html.escape(picture.legend)}</p>'
            f"{folded(picture.table, title, language)}"
        )
    else:
        # A picture of gaps alone says nothing that the sentence and the table do not.
        st.info(literal(sentence))
        table_block(picture.table, title, language)
    with st.container(horizontal=True):
        explained(viewing, made_of, publication, key=key)
        if picture.figure is not None:
            explorable(picture, title, language, key=key)


def explorable(picture: Picture, title: str, language: str, *, key: str) -> None:
    """A button that opens the chart in Plotly: to zoom in, to save, and to point at its marks."""
    if st.button(say("chart.explore", language), key=f"{key}_explore", icon=":material/zoom_in:"):
        st.dialog(literal(title), width="large")(explore)(picture, key)


def explore(picture: Picture, key: str) -> None:
    """The chart that answers to a pointer."""
    st.plotly_chart(
        live(picture.figure), theme="streamlit", config=CONFIG, alt=picture.alt, key=f"{key}_live"
    )
    st.caption(literal(picture.legend))


def explained(
    viewing: Viewing,
    made_of: Sequence[tuple[Metric, Sequence[Result]]],
    publication: RevisionFacts,
    *,
    key: str,
) -> None:
    """How we know: what each metric means, where it comes from and how it was computed."""
    with st.popover(say("know.open", viewing.language), key=f"{key}_know"):
        for metric, results in made_of:
            explain(viewing, metric, results, publication)


def tests_of(rows: Sequence[Row]) -> list[tuple[Metric, list[Result]]]:
    """The other metrics whose tests stand in the table of a chart, with their figures."""
    found = [row.test for row in rows if row.test is not None]
    names = dict.fromkeys(test.metric for test in found)
    return [(metric_of(name), [test for test in found if test.metric == name]) for name in names]


def legend_of(rows: Sequence[Row], metric: Metric) -> list[str]:
    """The texts that say what the marks of a chart mean: only those that are on it."""
    keys = [f"chart.key.{metric.kind}"]
    if any(has_range(row.result) for row in rows):
        keys.append("chart.key.bounds" if are_bounds(rows) else "chart.key.interval")
    if any(row.result.indicative for row in rows):
        keys.append("chart.key.indicative")
    if not all(is_shown(row.result) for row in rows):
        keys.append("chart.key.gap")
    return keys


def draw(figure: go.Figure, alt: str) -> None:
    """A chart with its words for those who do not see it."""
    st.html(still(figure, alt))


def choose(
    viewing: Viewing, kind: str, options: Sequence[int], called: Callable[[int], str]
) -> int | None:
    """The chosen project, theme or area; None, and the reason, where the address names another.

    Somebody who follows a link must not read one project's figures for another's. Who names none
    sees the first of which there are figures.
    """
    name, label = f"{kind}_id", say(f"choose.{kind}", viewing.language)
    if session.is_astray(name, options):
        st.warning(say(f"choose.{kind}.astray", viewing.language))
        st.selectbox(
            label,
            format_func=called,
            placeholder=label,
            **session.follow_instead(name, options),
        )
        return None
    told = with_figures(viewing, Level(kind))
    default = next((option for option in options if option in told), None)
    return st.selectbox(label, format_func=called, **session.follow(name, options, default))
