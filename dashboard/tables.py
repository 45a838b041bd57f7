"""The tables behind charts: every figure with its value, interval, p, n, coverage and state."""

from __future__ import annotations

import html
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard.charts import Row, is_shown
from dashboard.labels import wave_name
from dashboard.literal import as_written, literal
from dashboard.series import all_breaks, version_of
from dashboard.wording import say
from metrics.metric import Method, Metric, Result
from metrics.reasons import REASONS, STATES


def table_block(frame: pd.DataFrame, title: str, language: str) -> None:
    """The table behind a chart, folded under it."""
    st.html(folded(frame, title, language))


def folded(frame: pd.DataFrame, title: str, language: str) -> str:
    """A table of literal texts as HTML, folded until somebody opens it.

    Streamlit's own table fetches Arrow's scripts and draws every cell as Markdown, which takes a
    browser as long as all the rest of a chart; also while nobody has opened the fold.
    """
    heads = "".join(f'<th scope="col">{_cell(head)}</th>' for head in frame.columns)
    rows = "".join(
        f"<tr>{''.join(f'<td>{_cell(text)}</td>' for text in row)}</tr>"
        for row in frame.itertuples(index=False, name=None)
    )
    return (
        f'<details class="fold"><summary>{html.escape(say("table.show", language))}</summary>'
        f'<div class="wide"><table aria-label="{html.escape(title)}">'
        f"<thead><tr>{heads}</tr></thead><tbody>{rows}</tbody></table></div></details>"
    )


def _cell(text: object) -> str:
    return html.escape(as_written(str(text)))


def results_table(rows: Sequence[Row], metric: Metric, language: str) -> pd.DataFrame:
    """The figures of a chart as a table of texts that a page shows as they are written."""
    table = results_texts(rows, metric, language)
    # As objects: making a column of text of so few cells takes longer than writing the cells.
    return pd.DataFrame(
        {head: list(map(literal, texts)) for head, texts in table.items()}, dtype=object
    )


def results_texts(rows: Sequence[Row], metric: Metric, language: str) -> dict[str, list[str]]:
    """The figures of a chart in words, column by column: value, interval, n, coverage, state.

    Rows: one a row of the chart, in its order. Columns that no row fills are left out.
    """
    waves = {row.result.wave for row in rows}
    columns = {
        "what": [row.label for row in rows],
        "wave": [wave_name(row.result.wave, language) for row in rows],
        "version": [_version(row.result, language) for row in rows],
        "value": [_value(row.result, metric, language) for row in rows],
        "interval": [_interval(row.result, metric, language) for row in rows],
        "p": [_chance(row.tested, "p", language) for row in rows],
        "p_adjusted": [_chance(row.tested, "p_adjusted", language) for row in rows],
        "n": [_count(row.result.n, language) for row in rows],
        "counted": [_counted(row.result, language) for row in rows],
        "projects": [_count(row.result.projects, language) for row in rows],
        "coverage": [_coverage(row.result, language) for row in rows],
        "state": [state_text(row.result, language) for row in rows],
    }
    if len(waves) < 2:
        del columns["wave"]
    if not all_breaks([row.result for row in rows]):
        del columns["version"]
    none = say("table.none", language)
    kept = {
        name: values
        for name, values in columns.items()
        if name in ("what", "value", "n", "state") or any(value != none for value in values)
    }
    called = {"interval": "bounds"} if are_bounds(rows) else {}
    return {say(f"table.{called.get(name, name)}", language): kept[name] for name in kept}


def are_bounds(rows: Sequence[Row]) -> bool:
    """Whether the ends of the rows' figures are bounds of what is possible, not of chance."""
    methods = {row.result.method for row in rows if row.result.low is not None}
    return methods == {Method.BOUNDS}


def _version(result: Result, language: str) -> str:
    """Which version of its questionnaire a figure comes from."""
    if not result.instrument:
        return say("table.none", language)
    return written.count(version_of(result.instrument), language)


def _value(result: Result, metric: Metric, language: str) -> str:
    if not is_shown(result):
        return say("table.none", language)
    return written.figure(result.value, metric.unit, language)


def _interval(result: Result, metric: Metric, language: str) -> str:
    if not is_shown(result) or result.low is None or result.high is None:
        return say("table.none", language)
    return written.interval(result.low, result.high, metric.unit, language)


def _chance(tested: Result, name: str, language: str) -> str:
    p = getattr(tested, name) if is_shown(tested) else None
    return say("table.none", language) if p is None else written.chance(p, language)


def _count(number: int | None, language: str) -> str:
    return say("table.none", language) if number is None else written.count(number, language)


def _counted(result: Result, language: str) -> str:
    if result.numerator is None or result.denominator is None:
        return say("table.none", language)
    return (
        f"{written.count(result.numerator, language)} / "
        f"{written.count(result.denominator, language)}"
    )


def _coverage(result: Result, language: str) -> str:
    if result.coverage is None:
        return say("table.none", language)
    return written.share(result.coverage, language)


def state_text(result: Result, language: str) -> str:
    """What state a figure is in, in words, with the reason where it has no value."""
    state = STATES[result.state].in_language(language)
    if result.reason:
        # A value may be there with a reason not to read too much into it.
        return f"{state}: {REASONS[result.reason].in_language(language)}"
    return f"{state}, {say('table.indicative', language)}" if result.indicative else state
