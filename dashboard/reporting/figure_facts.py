"""One reported figure: what it means, what it is, how it came about, and where it was released."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard.components import section
from dashboard.literal import literal
from dashboard.reporting import words
from dashboard.reporting.changes import change_words
from dashboard.reporting.desk import may_open
from dashboard.session import Viewing, address
from dashboard.wording import say
from data.reporting.desk import DeskLine
from data.reporting.figure_record import FigureRecord
from metrics.indicators.indicator import Indicator
from metrics.reasons import BETTER


def definition(viewing: Viewing, record: FigureRecord) -> None:
    """What the indicator counts, by which rule, and from where to where."""
    language = viewing.language
    indicator, target = record.line.indicator, record.line.target
    section(say("figure.definition", language))
    st.markdown(literal(indicator.definition.in_language(language)))
    st.markdown(literal(indicator.when.in_language(language)))
    baseline = words.amount(target.baseline, indicator, language)
    if target.baseline_year is not None:
        baseline = f"{baseline} ({target.baseline_year})"
    milestone = ""
    if target.milestone is not None:
        milestone = words.amount(target.milestone, indicator, language)
        if target.milestone_on is not None:
            milestone = f"{milestone} ({written.day(target.milestone_on, language)})"
    facts = {
        "code": f"{indicator.code}, {say('figure.version', language, n=indicator.version)}",
        "kind": say(f"figure.kind.{indicator.kind}", language),
        "counting": say(f"figure.counting.{indicator.counting}", language),
        "better": BETTER[indicator.better].in_language(language),
        "unit": indicator.unit.label.in_language(language),
        "objective": target.objective or "",
        "baseline": baseline,
        "baseline_source": target.baseline_source or "",
        "milestone": milestone,
        "target": words.target_words(target, language),
        "part_of": ", ".join(indicator.part_of),
        "source": indicator.source,
    }
    facts_table(facts, say("figure.definition", language), language)
    # Beside the table: a word that cannot be broken would keep its other cells from wrapping.
    hashed = say("figure.fact.definition_hash", language)
    st.caption(literal(f"{hashed}: {record.definition_sha256}"))


def facts_table(facts: Mapping[str, str], title: str, language: str) -> None:
    """Facts by name; those that say nothing are left out."""
    told = {name: said for name, said in facts.items() if said}
    frame = pd.DataFrame(
        {
            say("figure.fact", language): [say(f"figure.fact.{name}", language) for name in told],
            say("figure.fact_value", language): [literal(said) for said in told.values()],
        }
    )
    st.table(frame, alt=title, hide_index=True)


def now(viewing: Viewing, record: FigureRecord) -> None:
    """The value itself: in words, as figures, and where it comes from."""
    language, line = viewing.language, record.line
    section(say("figure.value", language))
    if line.text:
        st.markdown(literal(line.text))
    facts = {
        "period": words.period_words(line.period, language),
        "state": words.state_words(line.state, language),
        "in_period": words.told(line, language, period=True),
        "in_all": words.told(line, language, period=False),
        "attained": words.attained_words(line, language),
        "pace": words.pace_words(line, language),
        "status": words.status_words(line.status, language),
        "basis": words.basis_words(line.basis, language),
        "figure": published_words(record, language),
        "method_note": record.method_note or "",
        "retain_until": written.day(record.retain_until, language) if record.retain_until else "",
    }
    facts_table(facts, say("figure.value", language), language)
    if line.rounded:
        st.caption(literal(say("report.rounded", language)))


def published_words(record: FigureRecord, language: str) -> str:
    """Which published figure a value was read from."""
    if record.metric is None:
        return ""
    told = record.metric
    interval = say("table.none", language)
    if told.get("low") is not None and told.get("high") is not None:
        interval = (
            f"{words.number(round(told['low'], 2), language)}{written.DASH}"
            f"{words.number(round(told['high'], 2), language)}"
        )
    count = say("table.none", language) if told.get("n") is None else told["n"]
    return say(
        "figure.published",
        language,
        metric=told["metric"],
        revision=record.revision,
        n=count,
        interval=interval,
    )


def series(viewing: Viewing, lines: Sequence[DeskLine], indicator: Indicator) -> None:
    """The same target in every period, each row leading to its own figure."""
    language = viewing.language
    section(say("figure.series", language))
    if len(lines) < 2:
        st.markdown(literal(say("figure.series.one", language)))
    told = [line for line in lines if line.period is not None]
    columns = {
        "period": [period_link(viewing, line) for line in told],
        "in_period": [literal(words.told(line, language, period=True)) for line in told],
        "in_all": [literal(words.told(line, language, period=False)) for line in told],
        "attained": [literal(words.attained_words(line, language)) for line in told],
        "correction": [
            written.count(line.correction, language)
            if line.correction
            else say("table.none", language)
            for line in told
        ],
        "status": [literal(words.status_words(line.status, language)) for line in told],
    }
    st.table(
        pd.DataFrame({say(f"report.column.{n}", language): cells for n, cells in columns.items()}),
        alt=say("figure.series", language),
        hide_index=True,
    )
    key = f"figure.series.{indicator.counting}"
    st.caption(literal(say(key, language)))


def period_link(viewing: Viewing, line: DeskLine) -> str:
    name = literal(words.period_words(line.period, viewing.language))
    found = address(viewing, "figure", figure_id=line.reported) if may_open(line) else None
    return name if found is None else f"[{name}]({found})"


def corrections(viewing: Viewing, record: FigureRecord) -> None:
    """The first value and what corrects it; nothing of them is overwritten."""
    language = viewing.language
    if len(record.versions) < 2:
        return
    section(say("figure.corrections", language))
    st.markdown(literal(say("figure.corrections.words", language)))
    rows = record.versions
    columns = {
        "correction": [correction_link(viewing, row.reported, row.correction) for row in rows],
        "in_period": [literal(words.number(row.value, language)) for row in rows],
        "in_all": [literal(words.number(row.cumulative, language)) for row in rows],
        "status": [literal(words.status_words(row.status, language)) for row in rows],
        "reason": [literal(row.reason or say("table.none", language)) for row in rows],
    }
    st.table(
        pd.DataFrame({say(f"report.column.{n}", language): cells for n, cells in columns.items()}),
        alt=say("figure.corrections", language),
        hide_index=True,
    )


def correction_link(viewing: Viewing, reported: int, number: int) -> str:
    key = "figure.correction_number" if number else "figure.first"
    name = say(key, viewing.language, n=number) if number else say(key, viewing.language)
    found = address(viewing, "figure", figure_id=reported)
    return literal(name) if found is None else f"[{literal(name)}]({found})"


def events(viewing: Viewing, record: FigureRecord) -> None:
    """Who did what to the value, when and why."""
    language = viewing.language
    section(say("figure.events", language))
    columns = {
        "at": [written.moment(event.at, language) for event in record.events],
        "who": [event.by for event in record.events],
        "act": [say(f"report.act.{event.act}", language) for event in record.events],
        "changes": [change_words(event.changes, language) for event in record.events],
        "reason": [event.reason or say("table.none", language) for event in record.events],
    }
    frame = pd.DataFrame(
        {
            say(f"report.column.{name}", language): [literal(cell) for cell in cells]
            for name, cells in columns.items()
        }
    )
    st.markdown(literal(say("figure.events.words", language)))
    st.table(frame, alt=say("figure.events", language), hide_index=True)


def findings(viewing: Viewing, record: FigureRecord) -> None:
    """What does not fit between this figure, its definition and the others of the period."""
    language = viewing.language
    section(say("figure.findings", language))
    if record.line.rounded:
        st.markdown(literal(say("figure.findings.hidden", language)))
        return
    if not record.findings:
        st.markdown(literal(say("figure.findings.none", language)))
    for finding in record.findings:
        st.warning(literal(finding_words(finding.code, finding.other, finding.values, language)))


def finding_words(code: str, other: str | None, values: Mapping[str, object], language: str) -> str:
    """What does not fit, with the numbers that say so."""
    told = {
        name: words.number(value, language)
        for name, value in values.items()
        if isinstance(value, int | float)
    }
    said = ", ".join(f"{say(f'finding.number.{name}', language)} {n}" for name, n in told.items())
    return say(f"finding.{code}", language, other=other or "", numbers=said)


def releases(viewing: Viewing, record: FigureRecord) -> None:
    """The releases that froze the figure, by their hash."""
    language = viewing.language
    section(say("figure.releases", language))
    if not record.releases:
        st.markdown(literal(say("figure.releases.none", language)))
        return
    st.markdown(literal(say("figure.releases.words", language)))
    frame = pd.DataFrame(
        {
            say("report.column.release", language): [str(each.id) for each in record.releases],
            say("report.column.at", language): [
                written.moment(each.released_at, language) for each in record.releases
            ],
            "SHA-256": [each.sha256 for each in record.releases],
        }
    )
    st.table(frame, alt=say("figure.releases", language), hide_index=True)
