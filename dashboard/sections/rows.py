"""Results as rows of a chart, and what is said where there are none."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import streamlit as st

from dashboard import sentences
from dashboard.charts import Reference, Row
from dashboard.literal import literal
from dashboard.session import Viewing
from dashboard.wording import say
from metrics.metric import Metric, Result


@dataclass(frozen=True, slots=True)
class Told:
    """Figures as a chart shows them and what is said of them, the same on a page and on paper.

    Missing: no rows where there is nothing; the sentence is then the reason, or empty.
    """

    metric: Metric
    rows: Sequence[Row]
    sentence: str
    reference: Reference | None = None


def row(label: str, result: Result, language: str) -> Row:
    """A result as a row of a chart, with the words for its absence."""
    return Row(label, result, sentences.absence_words(result, language))


def rows_by(results: Sequence[Result], label: Callable[[Result], str], language: str) -> list[Row]:
    return [row(label(result), result, language) for result in results]


def nothing(viewing: Viewing, metric: Metric, why: str = "") -> None:
    """That nothing has been collected for a metric, and what would change that; or why it is not
    computed from what there is."""
    language = viewing.language
    if why:
        label = metric.label.in_language(language)
        said = (say("absent.not_computed", language, label=label), why)
    else:
        said = (sentences.missing(metric, language), say(f"empty.{empty_kind(metric)}", language))
    st.info(literal(" ".join(said)))


def empty_kind(metric: Metric) -> str:
    """Which kind of data a metric waits for."""
    if metric.id in ("process_outcome", "process_outcome_halves"):
        return "associations"
    if metric.id == "proposals_taken_up":
        return "proposals"
    if metric.id in ("participation", "representativeness"):
        return "events"
    return "changes" if metric.id in ("paired_change", "process_change") else "answers"
