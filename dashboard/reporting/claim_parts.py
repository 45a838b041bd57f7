"""What stands beside claims: the two-part check, who took over what, cost beside outcome."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard import sentences
from dashboard.components import explained, section
from dashboard.figures import figures, latest, metric_of, one, publication
from dashboard.labels import questionnaire_name, wave_name
from dashboard.literal import literal
from dashboard.sections.paging import page_of
from dashboard.sections.rows import row
from dashboard.session import Viewing
from dashboard.wording import say, say_count
from data.reporting.compliance import Compliance
from data.reporting.costs import Cost
from data.reporting.lineage import Handover
from metrics.metric import Level, Result

#: Rows of one table, and names in one sentence.
ROWS, NAMED = 40, 8
#: The outcome that stands beside cost, and when it was asked.
OUTCOME, WAVE = "outcome_score", "end"


def compliance(viewing: Viewing, found: Sequence[Compliance], called: Mapping[int, str]) -> None:
    """Which projects say their core value, and have held a trial with companies and research."""
    language = viewing.language
    section(say("comply.title", language))
    st.markdown(literal(say("comply.words", language)))
    known = [each for each in found if each.project in called]
    if not known:
        st.markdown(literal(say("comply.none", language)))
        return
    both = sum(each.complies for each in known)
    st.markdown(literal(say("comply.lead", language, n=both, all=len(known))))
    _, shown = page_of(viewing, "comply_page", known, ROWS)
    answers = {True: say("comply.yes", language), False: say("comply.no", language)}
    columns = {
        "project": [called[each.project] for each in shown],
        "core_value": [answers[each.core_value] for each in shown],
        "said_in": [
            ", ".join((*each.claims, *each.told)) or say("table.none", language) for each in shown
        ],
        "trial": [answers[each.trial] for each in shown],
        "trials": [
            say(
                "comply.trials", language, all=each.trials, companies=each.with_companies,
                research=each.with_research, both=each.with_both,
            )
            for each in shown
        ],
    }  # fmt: skip
    table(columns, "comply", say("comply.title", language), language)


def lineage(viewing: Viewing, found: Sequence[Handover], called: Mapping[int, str]) -> None:
    """Which solutions went on, from whom and to whom."""
    language = viewing.language
    section(say("lineage.title", language))
    if not found:
        st.markdown(literal(say("lineage.none", language)))
        return
    st.markdown(literal(say_count("lineage.words", len(found), language)))
    _, shown = page_of(viewing, "lineage_page", found, ROWS)
    elsewhere, none = say("lineage.elsewhere", language), say("table.none", language)
    columns = {
        "solution": [each.name for each in shown],
        "from": [called.get(each.from_project, elsewhere) for each in shown],
        "to": [each.to or called.get(each.to_project, elsewhere) for each in shown],
        "kind": [
            say("lineage.adopted" if each.to else "lineage.reused", language) for each in shown
        ],
        "on": [written.day(each.on, language) if each.on else none for each in shown],
        "in_use": [
            none if each.in_use is None
            else say("comply.yes" if each.in_use else "comply.no", language)
            for each in shown
        ],
    }  # fmt: skip
    table(columns, "lineage", say("lineage.title", language), language)


def cost_and_outcome(
    viewing: Viewing, costs: Mapping[int, Cost], called: Mapping[int, str]
) -> None:
    """What projects cost beside what came of them, with its interval; never one by the other."""
    language = viewing.language
    section(say("cost.title", language))
    st.markdown(literal(say("cost.words", language)))
    st.markdown(literal(say("cost.no_sroi", language)))
    known = [number for number in called if number in costs]
    if not known:
        st.markdown(literal(say("cost.none", language)))
        return
    metric = metric_of(OUTCOME)
    results = {number: outcome(viewing, number) for number in known}
    none = say("table.none", language)
    _, shown = page_of(viewing, "cost_page", known, ROWS)
    columns = {
        "project": [called[number] for number in shown],
        "granted": [euros(costs[number].granted, language) for number in shown],
        "used": [euros(costs[number].used, language) for number in shown],
        "events": [euros(costs[number].events, language) for number in shown],
        "outcome": [
            none if results[n] is None else sentences.row_words(row("", results[n], language),
                                                               metric, language)
            for n in shown
        ],
        "asked": [asked_words(results[number], language) for number in shown],
    }  # fmt: skip
    told = sum(results[number] is not None for number in known)
    st.markdown(literal(say("cost.lead", language, n=told, all=len(known))))
    over = [n for n in known if events_exceed(costs[n])]
    if over:
        named = ", ".join(called[number] for number in over[:NAMED])
        named += ", …" if len(over) > NAMED else ""
        told_of = say_count("cost.events_exceed", len(over), language, projects=named)
        st.warning(literal(told_of))
    table(columns, "cost", say("cost.title", language), language)
    found = [result for result in results.values() if result is not None]
    if found:
        explained(viewing, [(metric, found)], publication(), key="cost")


def events_exceed(cost: Cost) -> bool:
    """Whether events are said to have cost more than all the money that was used: something is
    written down wrongly, or other money paid for them."""
    return cost.used is not None and cost.events is not None and cost.events > cost.used


def outcome(viewing: Viewing, project: int) -> Result | None:
    """The outcome of a project that stands beside its cost: as it was told at the end."""
    if latest() is None:
        return None
    found = figures(viewing, level=Level.PROJECT, entity=project, metric=OUTCOME, split="total")
    whole = [result for result in found if not result.part] or found
    return one(whole, wave=WAVE)


def asked_words(result: Result | None, language: str) -> str:
    """In which questionnaire and round an outcome was asked."""
    if result is None:
        return say("cost.not_asked", language)
    asked = questionnaire_name(result.instrument, language)
    return f"{asked}, {wave_name(result.wave, language)}"


def euros(amount: Decimal | None, language: str) -> str:
    """A sum of money; in words where nobody wrote it down."""
    if amount is None:
        return say("cost.not_known", language)
    return written.money(float(amount), language)


def table(columns: Mapping[str, list[str]], kind: str, title: str, language: str) -> None:
    """Texts as a table under the names of their columns."""
    frame = {
        say(f"{kind}.column.{name}", language): [literal(str(cell)) for cell in cells]
        for name, cells in columns.items()
    }
    st.table(pd.DataFrame(frame), alt=title, hide_index=True)
