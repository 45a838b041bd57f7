"""How we know a figure: its definition, what it rests on, and where it comes from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import streamlit as st

from dashboard import format as written
from dashboard import sentences
from dashboard.charts import is_shown
from dashboard.labels import questionnaire_name, questionnaires
from dashboard.literal import literal
from dashboard.session import Viewing, link
from dashboard.wording import say
from data.sheets import RevisionFacts
from metrics.metric import RECORD_FRAMES, Metric, Result
from metrics.reasons import METHODS

#: Frames of metrics that are counted from records: there is nobody who did not answer.
COUNTED = RECORD_FRAMES | {"participation", "proposals", "results:participation"}


def explain(
    viewing: Viewing, metric: Metric, results: Iterable[Result], publication: RevisionFacts
) -> None:
    """Definition, formula, what the figures rest on, interval and provenance of a metric."""
    language = viewing.language
    found = list(results)
    st.markdown(f"**{literal(metric.label.in_language(language))}**")
    paragraphs = [
        (
            "know.definition",
            f"{metric.reading.in_language(language)} {metric.definition.in_language(language)}",
        ),
        ("know.contribution", contribution_text(metric, language)),
        ("know.formula", metric.formula.in_language(language)),
        ("know.basis", basis_text(found, metric, language)),
        ("know.interval", interval_text(found, language)),
        ("know.instrument", instrument_text(found, language)),
        ("know.source", metric.source.in_language(language)),
        ("know.provenance", provenance_text(metric, publication, language)),
    ]
    st.markdown(
        "\n\n".join(
            f"**{say(heading, language)}**  \n{literal(text)}"
            for heading, text in paragraphs
            if text
        )
    )
    link(viewing, "methods", say("know.more", language), metric=metric.id)
    if metric.kind == "outcome" and metric.frame not in COUNTED:
        st.caption(literal(say("know.caution", language)))


def contribution_text(metric: Metric, language: str) -> str:
    """What else than the project may explain an outcome, and how good the evidence can get."""
    if metric.contribution is None:
        return ""
    grade = say(f"methods.grade.{metric.grade}", language)
    return f"{metric.contribution.in_language(language)} {say('know.grade', language, grade=grade)}"


def basis_text(results: Sequence[Result], metric: Metric, language: str) -> str:
    """What the figures of a chart rest on; one figure in full, several by their rows' table."""
    shown = [result for result in results if is_shown(result)]
    if len(shown) == 1:
        text = sentences.basis(shown[0], metric, language)
    else:
        text = say("know.basis_table", language) if shown else ""
    if shown and metric.frame not in COUNTED and all(r.coverage is None for r in shown):
        text = f"{sentences.capitalised(text)}. {say('know.coverage_unknown', language)}"
    return sentences.capitalised(text)


def interval_text(results: Sequence[Result], language: str) -> str:
    """How the intervals were made, each way once."""
    methods = dict.fromkeys(result.method for result in results if is_shown(result))
    return " ".join(METHODS[method].in_language(language) for method in methods)


def instrument_text(results: Sequence[Result], language: str) -> str:
    """The questionnaires that the figures come from, with their versions."""
    keys = dict.fromkeys(result.instrument for result in results)
    known = questionnaires()
    names = [f"{questionnaire_name(key, language)} ({key})" for key in keys if key in known]
    return "; ".join(names) or say("know.records", language)


def provenance_text(metric: Metric, publication: RevisionFacts, language: str) -> str:
    """Which version of the metric and which revision the figures come from."""
    return say(
        "know.provenance_words",
        language,
        metric=metric.id,
        version=publication.metrics.get(metric.id, metric.version),
        revision=publication.id,
        at=written.moment(publication.published_at, language),
        grade=metric.grade,
    )
