"""What a funder's projects reached together: approved and pending never added."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard.components import section
from dashboard.literal import literal
from dashboard.reporting import words
from dashboard.session import Viewing
from dashboard.wording import say
from data.reporting.totals import ObjectiveTotal, Tally, Total
from metrics.indicators.indicator import Counting
from metrics.metric import ValueState


def totals(
    viewing: Viewing, found: Sequence[Total], objectives: Sequence[ObjectiveTotal] = ()
) -> None:
    """A table of what is approved and one of what waits, with sum, distinct and overlap; the same
    within specific objectives, where targets name some."""
    language = viewing.language
    if not found:
        return
    section(say("report.totals", language))
    st.markdown(literal(say("report.totals.words", language)))
    for kind in ("approved", "pending"):
        st.markdown(f"**{literal(say(f'report.totals.{kind}', language))}**")
        st.table(
            table(found, kind, language),
            alt=say(f"report.totals.{kind}", language),
            hide_index=True,
        )
    st.markdown(literal(overlap_sentence(found, language)))
    if any(each.objective for each in objectives):
        by_objective(viewing, objectives)


def by_objective(viewing: Viewing, found: Sequence[ObjectiveTotal]) -> None:
    """The approved and the pending totals of each specific objective."""
    language = viewing.language
    with st.expander(say("report.objectives", language)):
        st.markdown(literal(say("report.objectives.words", language)))
        names = [each.objective or say("report.objectives.none", language) for each in found]
        for kind in ("approved", "pending"):
            st.markdown(f"**{literal(say(f'report.totals.{kind}', language))}**")
            frame = table([each.total for each in found], kind, language)
            frame.insert(0, say("report.column.objective", language), list(map(literal, names)))
            alt = f"{say('report.objectives', language)}: {say(f'report.totals.{kind}', language)}"
            st.table(frame, alt=alt, hide_index=True)


def table(found: Sequence[Total], kind: str, language: str) -> pd.DataFrame:
    """Totals as rows of texts."""
    tallies: list[Tally] = [getattr(total, kind) for total in found]
    both = list(zip(found, tallies, strict=True))
    cells = {
        "indicator": [words.called(total.indicator, language) for total in found],
        "sum": [sum_words(total, tally, language) for total, tally in both],
        "distinct": [count_words(tally.distinct, total, language) for total, tally in both],
        "overlap": [count_words(tally.overlap, total, language) for total, tally in both],
        "unit": [total.indicator.unit.label.in_language(language) for total in found],
        "projects": [
            say("report.of_projects", language, n=tally.projects, all=tally.of) for tally in tallies
        ],
    }
    return pd.DataFrame(
        {
            say(f"report.column.{name}", language): [literal(cell) for cell in values]
            for name, values in cells.items()
        }
    )


def sum_words(total: Total, tally: Tally, language: str) -> str:
    """The sum, or in words why there is none."""
    if tally.sum is not None:
        return words.number(tally.sum, language)
    if tally.state is ValueState.NOT_APPLICABLE:
        words_only = total.indicator.counting is Counting.WORDS
        return say("report.told_in_words" if words_only else "report.not_added", language)
    return words.state_words(tally.state, language)


def count_words(number: int | None, total: Total, language: str) -> str:
    """How many different ones there are, or that they are not told apart."""
    if number is not None:
        return written.count(number, language)
    apart = total.indicator.counting is Counting.DISTINCT
    return say("report.not_known" if apart else "table.none", language)


def overlap_sentence(found: Sequence[Total], language: str) -> str:
    """Where the sum counts the same ones more than once, and what that comes to."""
    twice = [total for total in found if total.approved.overlap]
    if not twice:
        return say("report.overlap.none", language)
    most = max(twice, key=lambda total: total.approved.overlap)
    return say(
        "report.overlap.most",
        language,
        indicator=words.called(most.indicator, language),
        sum=words.number(most.approved.sum, language),
        distinct=written.count(most.approved.distinct, language),
        overlap=written.count(most.approved.overlap, language),
    )
