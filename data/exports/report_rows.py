"""The rows of a report's tables, made of lines of the desk and of what stands behind them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal

import pandas as pd

from data.exports.report_words import sentence
from data.reporting.periods import Period
from data.reporting.reading import Behind, DeskLine, ObjectiveTotal, Tally, Total
from data.reporting.targets import Target
from metrics.indicators.counting import by_size
from metrics.indicators.indicator import Indicator
from metrics.metric import ValueState

Cell = str | int | float | Decimal | date | None
Row = tuple[Cell, ...]

VALUES = (
    "project", "project_name", "invented", "funder", "funder_name", "target_id", "indicator",
    "indicator_label", "unit", "counting", "reported_id", "correction", "period", "starts_on",
    "ends_on", "state", "value", "cumulative", "text", "baseline", "baseline_year", "milestone",
    "milestone_on", "target", "target_on", "attainment", "pace", "status", "since", "basis",
    "method", "method_note", "metric", "revision", "evidence", "rounded", "retain_until", "release",
)  # fmt: skip
ITEMS = (
    "project", "indicator", "period", "reported_id", "status", "entity", "kind", "happened_on",
    "source", "source_id", "role", "amount", "size", "exclusion",
)  # fmt: skip
TARGETS = (
    "project", "funder", "target_id", "indicator", "objective", "baseline", "baseline_year",
    "baseline_source", "milestone", "milestone_on", "target", "target_on", "expected",
)  # fmt: skip
PERIODS = ("project", "funder", "number", "starts_on", "ends_on", "due_on", "closed_on")
TOTALS = (
    "funder", "indicator", "standing", "state", "sum", "distinct", "overlap", "projects", "of",
)  # fmt: skip
OBJECTIVES = ("funder", "objective", *TOTALS[1:])
SIZES = ("project", "indicator", "period", "reported_id", "status", "size", "value", "cumulative")
DEFINITIONS = (
    "indicator", "indicator_label", "definition", "when", "unit", "unit_label", "kind", "counting",
    "counted", "better", "part_of", "source",
)  # fmt: skip
_NOBODY = (None, None)
_TOLD = (ValueState.VALUE, ValueState.ZERO, ValueState.SUPPRESSED)


@dataclass(frozen=True, slots=True)
class Names:
    """Codes and names of projects and funders by number, and which projects are invented."""

    language: str
    projects: Mapping[int, tuple[str, str]]
    funders: Mapping[int, tuple[str, str]]
    invented: frozenset[int]


def newest(lines: Sequence[DeskLine], settled: Sequence[DeskLine]) -> list[DeskLine]:
    """One line a target: its newest approved value, or that nothing is reported of it."""
    found = {line.target.id: _untold(line) for line in lines}
    for line in sorted(settled, key=lambda each: (each.period.starts_on, each.correction)):
        found[line.target.id] = line
    return list(found.values())


def _untold(line: DeskLine) -> DeskLine:
    return replace(
        line, period=None, reported=None, version=None, correction=0, status=None,
        state=ValueState.NOT_REPORTED, value=None, cumulative=None, text=None, basis=None,
        attained=None, ahead=None, proofs=0, rounded=False,
    )  # fmt: skip


def value_row(line: DeskLine, behind: Mapping[int, Behind], names: Names) -> Row:
    """A row of VALUES."""
    target, indicator, period = line.target, line.indicator, line.period
    more = behind.get(line.reported) if line.reported is not None else None
    told = more or Behind(None, None, None, None, None, None)
    days = _NOBODY if period is None else (period.starts_on, period.ends_on)
    return (
        *names.projects.get(target.project, _NOBODY),
        "yes" if target.project in names.invented else "no",
        *names.funders.get(target.funder, _NOBODY),
        target.id,
        target.indicator,
        indicator.label.in_language(names.language),
        indicator.unit.code,
        indicator.counting.value,
        line.reported,
        None if line.reported is None else line.correction,
        None if period is None else period.number,
        *days,
        line.state.value,
        line.value,
        line.cumulative,
        line.text,
        target.baseline,
        target.baseline_year,
        target.milestone,
        target.milestone_on,
        target.target,
        target.target_on,
        line.attained,
        line.ahead,
        line.status,
        None if told.since is None else told.since.date(),
        line.basis,
        _method(line, told, names.language),
        told.method_note,
        None if told.metric is None else json.dumps(told.metric, sort_keys=True),
        told.revision,
        None if line.reported is None else line.proofs,
        "yes" if line.rounded else "no",
        told.retain_until,
        told.release,
    )


def _method(line: DeskLine, told: Behind, language: str) -> str | None:
    """How a value came about, in words: the note on it, else where its number is from."""
    if told.method_note or line.basis in (None, "entered") or line.state not in _TOLD:
        return told.method_note
    if line.basis == "counted":
        source = line.indicator.counted
        return sentence("counted", language, source="" if source is None else source.value)
    metric = (told.metric or {}).get("metric", "")
    return sentence("metric", language, metric=metric, revision=told.revision)


def item_row(line: DeskLine, item: tuple, names: Names) -> Row:
    """A row of ITEMS. item: a named row of `data.reporting.reading.items_behind`."""
    return (
        names.projects.get(line.target.project, _NOBODY)[0],
        line.target.indicator,
        line.period.number,
        line.reported,
        line.status,
        item.entity,
        item.kind,
        None if pd.isna(item.happened_on) else item.happened_on,
        item.source,
        int(item.source_id),
        None if pd.isna(item.role) else item.role,
        int(item.amount),
        None if pd.isna(item.size) else item.size,
        item.exclusion or None,
    )


def size_rows(line: DeskLine, items: pd.DataFrame, names: Names) -> list[Row]:
    """Rows of SIZES: how many enterprises of each size, and of none that is known."""
    project = names.projects.get(line.target.project, _NOBODY)[0]
    place = (project, line.target.indicator, line.period.number, line.reported, line.status)
    return [
        (*place, row.size or None, int(row.value), int(row.cumulative))
        for row in by_size(items).itertuples(index=False)
    ]


def target_row(target: Target, names: Names) -> Row:
    """A row of TARGETS."""
    return (
        names.projects.get(target.project, _NOBODY)[0],
        names.funders.get(target.funder, _NOBODY)[0],
        target.id,
        target.indicator,
        target.objective,
        target.baseline,
        target.baseline_year,
        target.baseline_source,
        target.milestone,
        target.milestone_on,
        target.target,
        target.target_on,
        target.expected,
    )


def period_row(period: Period, names: Names) -> Row:
    """A row of PERIODS."""
    return (
        names.projects.get(period.project, _NOBODY)[0],
        names.funders.get(period.funder, _NOBODY)[0],
        period.number,
        period.starts_on,
        period.ends_on,
        period.due_on,
        None if period.closed_at is None else period.closed_at.date(),
    )


def total_rows(total: Total, funder: int, names: Names) -> list[Row]:
    """Two rows of TOTALS: what is approved, and what waits."""

    def row(standing: str, tally: Tally) -> Row:
        return (
            names.funders.get(funder, _NOBODY)[0], total.indicator.key, standing,
            tally.state.value, tally.sum, tally.distinct, tally.overlap, tally.projects, tally.of,
        )  # fmt: skip

    return [row("approved", total.approved), row("pending", total.pending)]


def objective_rows(found: ObjectiveTotal, funder: int, names: Names) -> list[Row]:
    """Two rows of OBJECTIVES: what is approved, and what waits."""
    rows = total_rows(found.total, funder, names)
    return [(row[0], found.objective, *row[1:]) for row in rows]


def definition_row(indicator: Indicator, language: str) -> Row:
    """A row of DEFINITIONS."""
    return (
        indicator.key,
        indicator.label.in_language(language),
        indicator.definition.in_language(language),
        indicator.when.in_language(language),
        indicator.unit.code,
        indicator.unit.label.in_language(language),
        indicator.kind.value,
        indicator.counting.value,
        None if indicator.counted is None else indicator.counted.value,
        indicator.better,
        ", ".join(indicator.part_of) or None,
        indicator.source,
    )
