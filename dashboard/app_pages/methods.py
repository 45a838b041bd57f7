"""How every figure is made: metrics, questionnaires, words, and how people are protected.

The page is generated: from what each metric, questionnaire, state, reason and method says of
itself. Nothing about a metric is written here.
"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import glossary, metric_page
from dashboard.components import begin, part, section
from dashboard.labels import questionnaires
from dashboard.literal import literal
from dashboard.session import Viewing, follow, is_astray, link, named
from dashboard.wording import say
from metrics.catalog import metrics
from metrics.metric import Metric
from metrics.reasons import METHODS, REASONS, STATES
from survey.instrument import AnswerKind, Instrument

VIEW, INSTRUMENT = "methods_view", "instrument"
METRICS, INSTRUMENTS = "metrics", "instruments"


def show(viewing: Viewing) -> None:
    """Every metric, every questionnaire, every word, and the rules of protection."""
    language = viewing.language
    chosen = named("metric", list(metrics()))
    if chosen is not None:
        metric_page.show(viewing, metrics()[chosen])
        return
    begin(viewing, say("page.methods", language), ["Q0", "Q1", "Q2", "Q3"])
    if is_astray("metric", list(metrics())):
        st.warning(say("metric.astray", language))
    st.markdown(literal(say("methods.lead", language)))
    # A link that names a questionnaire and no view means the questionnaire.
    first = METRICS if named(INSTRUMENT, list(questionnaires())) is None else INSTRUMENTS
    view = st.segmented_control(
        say("methods.view", language),
        format_func=lambda code: say(f"methods.view.{code}", language),
        label_visibility="collapsed",
        **follow(VIEW, list(PARTS), first),
    )
    PARTS[view or first](viewing)


def every_metric(viewing: Viewing) -> None:
    """What each metric means, outcomes first."""
    language = viewing.language
    section(say("methods.metrics", language))
    for kind in ("outcome", "process"):
        part(say(f"methods.kind.{kind}", language))
        for metric in metrics().values():
            if metric.kind == kind:
                explain(viewing, metric)


def explain(viewing: Viewing, metric: Metric) -> None:
    """A metric in short, and the way to its own page."""
    language = viewing.language
    with st.expander(literal(metric.label.in_language(language))):
        st.markdown(literal(metric.reading.in_language(language)))
        st.markdown(literal(metric.definition.in_language(language)))
        link(viewing, "methods", say("know.more", language), metric=metric.id)


def protection(viewing: Viewing) -> None:
    """How people are protected in what is published."""
    section(say("methods.protection", viewing.language))
    st.markdown(
        "\n".join(
            f"- {literal(say(f'methods.rule.{rule}', viewing.language))}"
            for rule in ("threshold", "together", "subtraction", "states", "links", "indicative")
        )
    )


def words(viewing: Viewing) -> None:
    """The words of the field, and what states, reasons and ways to make an interval are called."""
    language = viewing.language
    section(say("glossary.all", language))
    glossary.explained(glossary.TERMS, language)
    section(say("methods.words", language))
    part(say("methods.states", language))
    st.markdown(
        "\n".join(
            f"- **{literal(text.in_language(language))}**: "
            f"{literal(say(f'methods.state.{state}', language))}"
            for state, text in STATES.items()
        )
    )
    for name, known in (("reasons", REASONS), ("intervals", METHODS)):
        part(say(f"methods.{name}", language))
        st.markdown(
            "\n".join(f"- {literal(text.in_language(language))}" for text in known.values())
        )


def questionnaire(viewing: Viewing) -> None:
    """One questionnaire, chosen in the address: purpose, scales, and items in three languages."""
    language = viewing.language
    section(say("methods.instruments", language))
    known = questionnaires()
    chosen = st.selectbox(
        say("methods.choose_instrument", language),
        format_func=lambda key: f"{known[key].title.in_language(language)} ({key})",
        **follow(INSTRUMENT, list(known)),
    )
    instrument = known[chosen]
    st.markdown(literal(instrument.purpose.in_language(language)))
    st.caption(literal(instrument.source))
    if instrument.scales:
        part(say("methods.scales", language))
        st.table(scales(instrument, language), alt=say("methods.scales", language), hide_index=True)
    part(say("methods.items", language))
    st.table(items(instrument, language), alt=say("methods.items", language), hide_index=True)


def scales(instrument: Instrument, language: str) -> pd.DataFrame:
    """What each scale means and what it is made of."""
    return pd.DataFrame(
        {
            say("methods.scale", language): [
                literal(scale.title.in_language(language)) for scale in instrument.scales
            ],
            say("methods.meaning", language): [
                literal(scale.meaning.in_language(language)) for scale in instrument.scales
            ],
            say("methods.members", language): [
                literal(", ".join(scale.members)) for scale in instrument.scales
            ],
            say("methods.required", language): [
                f"{scale.required} / {len(scale.members)}" for scale in instrument.scales
            ],
        }
    )


def items(instrument: Instrument, language: str) -> pd.DataFrame:
    """The wording of every item in the three languages, and how it is answered."""
    return pd.DataFrame(
        {
            say("methods.code", language): [literal(item.code) for item in instrument.items],
            "Suomi": [literal(item.text.fi) for item in instrument.items],
            "Svenska": [literal(item.text.sv) for item in instrument.items],
            "English": [literal(item.text.en) for item in instrument.items],
            say("methods.answers", language): [
                answers(instrument, item.code, reversed_=item.reversed, language=language)
                for item in instrument.items
            ],
        }
    )


def answers(instrument: Instrument, code: str, *, reversed_: bool, language: str) -> str:
    """How an item is answered: its kind, its range, and whether it is turned round."""
    offered = instrument.answers_of(code)
    words = say(f"methods.answer.{offered.kind}", language)
    if offered.kind is not AnswerKind.OPEN:
        words = f"{words} {offered.low}–{offered.high}"
    return literal(f"{words}, {say('methods.reversed', language)}" if reversed_ else words)


#: The views of the page; the first is shown where the address names none.
PARTS = {
    METRICS: every_metric,
    "protection": protection,
    "words": words,
    INSTRUMENTS: questionnaire,
}
