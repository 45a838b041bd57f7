"""Where a reported value's number comes from: the project's records, or a published figure."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import sqlalchemy as sa

from data import sheets
from data.access import User
from data.reporting.history import Conflict, Saved, conflict_of, differences
from data.reporting.sources import items as items_of
from data.reporting.targets import plain
from data.reporting.value_rows import forget_items, keep_items, reported_by, write_next
from data.reporting.value_rules import OPEN, RefusedReport, columns_of, refuse_status
from metrics.indicators import counting
from metrics.indicators.indicator import Indicator
from metrics.metric import Level, Result, ValueState


def count(
    connection: sa.Connection, user: User, home: Path, reported: int, seen_version: int
) -> Saved | Conflict:
    """The new version, counted from the project's records; every item that was looked at is kept
    with the value. Raises: NotPermitted; RefusedReport."""
    row, indicator = reported_by(connection, user, reported)
    if row.version != seen_version:
        return conflict_of(connection, row, seen_version, {"value": None})
    refuse_status(row.status, OPEN, "count")
    if indicator.counted is None:
        raise RefusedReport(
            "not_counted_from_records", f"{indicator.code} cannot be counted from records. Enter "
            "it with a method note.", indicator=indicator.code,
        )  # fmt: skip
    counted = counted_of(connection, home, row, indicator)
    _refuse_unsized(counted, indicator)
    forget_items(connection, row.id)
    keep_items(connection, row.id, counted.items)
    after = {
        "state": "zero" if counted.value == 0 else "value",
        "value": Decimal(counted.value),
        "cumulative": Decimal(counted.cumulative),
        "basis": "counted",
        "metric": None,
        "revision": None,
    }
    before = columns_of(row) | {"basis": row.basis, "metric": row.metric, "revision": row.revision}
    return write_next(connection, user, row, "counted", after, differences(before, after))


def counted_of(
    connection: sa.Connection, home: Path, row: sa.Row, indicator: Indicator
) -> counting.Counted:
    """What the records say now of an indicator in the project and period of a value's row."""
    found = items_of(connection, home, indicator.counted, [row.project_id])
    return counting.count(found, indicator.counting, row.starts_on, row.ends_on)


def _refuse_unsized(counted: counting.Counted, indicator: Indicator) -> None:
    """Nothing where something counts, or where nothing would: no zero is made of what is unknown.

    Raises: RefusedReport: "sizes_unknown", "countries_unknown".
    """
    if counted.cumulative:
        return
    for exclusion, code in (("no_size", "sizes_unknown"), ("no_country", "countries_unknown")):
        lacking = int((counted.items["exclusion"] == exclusion).sum())
        if lacking:
            raise RefusedReport(
                code, f"{indicator.code} cannot be known from these records: {lacking} of them do "
                "not tell what it asks of organisations. Bring it in with a file of organisations, "
                "or enter the figure with a method note.", indicator=indicator.code, count=lacking,
            )  # fmt: skip


def read_from_figure(
    connection: sa.Connection, user: User, reported: int, seen_version: int
) -> Saved | Conflict:
    """The new version, read from the published figure that the indicator names, as the public
    profile shows it: that is what leaves the house. Raises: NotPermitted; RefusedReport."""
    row, indicator = reported_by(connection, user, reported)
    if row.version != seen_version:
        return conflict_of(connection, row, seen_version, {"value": None})
    refuse_status(row.status, OPEN, "read")
    revision = sheets.latest_revision(connection)
    if indicator.figure is None:
        raise RefusedReport(
            "not_read_from_a_figure", f"{indicator.code} is not read from a published figure. "
            "Count it, or enter it with a method note.", indicator=indicator.code,
        )  # fmt: skip
    if revision is None:
        raise RefusedReport(
            "nothing_published", "Nothing is published yet. Publish the figures first."
        )
    figure = _figure(connection, user, row.project_id, indicator, revision)
    value = None if figure.value is None else plain(Decimal(str(round(figure.value, 4))))
    state = "zero" if value == 0 else figure.state.value
    version = sheets.published(connection, revision).metrics.get(figure.metric)
    told = indicator.figure.model_dump() | {
        "level": Level.PROJECT.value, "entity": row.project_id, "profile": "public",
        "version": version, "n": figure.n, "low": figure.low, "high": figure.high,
    }  # fmt: skip
    after = {
        "state": state,
        "value": value,
        "cumulative": value,
        "text": None,
        "basis": "metric",
        "metric": json.dumps(told, sort_keys=True, ensure_ascii=False),
        "revision": revision,
    }
    forget_items(connection, row.id)
    before = columns_of(row) | {"basis": row.basis, "metric": row.metric, "revision": row.revision}
    return write_next(connection, user, row, "saved", after, differences(before, after))


def _figure(
    connection: sa.Connection, user: User, project: int, indicator: Indicator, revision: int
) -> Result:
    name = indicator.figure
    found = [
        result
        for result in sheets.read_figures(
            connection, user, revision=revision, level=Level.PROJECT.value, entity=project,
            metric=name.metric, instrument=name.instrument, part=name.part, wave=name.wave,
            split=name.split, public=True,
        )
        if result.split_value == name.split_value
    ]  # fmt: skip
    if not found:
        raise RefusedReport(
            "figure_missing", f"Revision {revision} has no figure {name.metric} of this project.",
            metric=name.metric, revision=revision,
        )  # fmt: skip
    refused = {
        ValueState.SUPPRESSED: "figure_suppressed", ValueState.NOT_REPORTED: "figure_not_reported",
    }  # fmt: skip
    if found[0].state in refused:
        raise RefusedReport(
            refused[found[0].state], f"The figure {name.metric} is {found[0].state.value} where "
            "others read it. Say that it is not reported, and why.", metric=name.metric,
        )  # fmt: skip
    return found[0]
