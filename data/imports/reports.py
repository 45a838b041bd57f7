"""Files of targets, reporting periods and reported values: judged by the rules of the desk itself.

A file brings what is not there yet. A target may be changed by a file; a reported value may not,
because every change of one has its own place in its history.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import sqlalchemy as sa

from data import schema
from data.imports.columns import Columns
from data.reporting.definitions import (
    RefusedIndicator,
    definition_of,
    indicator_id,
    indicators,
)
from data.reporting.periods import RefusedPeriod, refuse_days, refuse_moved
from data.reporting.targets import RefusedTarget, Target, fitting, plain, refuse_locked
from data.reporting.value_rules import CHANGEABLE, RefusedReport, refuse_findings, settled

_AMOUNT = re.compile(r"[+-]?[0-9]{1,13}(\.[0-9]{1,4})?")
_SPACES = re.compile(r"\s")
_PLACES = Decimal("0.0001")
_REFUSED = (RefusedTarget, RefusedIndicator, RefusedPeriod, RefusedReport)
_TARGET = (
    "baseline", "baseline_year", "baseline_source", "milestone", "milestone_on", "target",
    "target_on", "objective", "expected",
)  # fmt: skip
Row = dict[str, object]


# --- fields -------------------------------------------------------------------------------------


def amounts(columns: Columns, said: np.ndarray, field: str) -> np.ndarray:
    """Texts as Decimals of four places, negative ones too; None where blank."""
    codes, distinct = pd.factorize(said)
    comma = columns.profile.decimal == ","
    plain_texts = [_SPACES.sub("", text) for text in distinct]
    if comma:
        plain_texts = [text.replace(".", "?").replace(",", ".") for text in plain_texts]
    meant = [Decimal(t).quantize(_PLACES) if _AMOUNT.fullmatch(t) else None for t in plain_texts]
    unread = np.array([each is None for each in meant], dtype=bool)
    if len(distinct):
        bad = (codes >= 0) & unread[codes]
        columns.findings.add("not_an_amount", bad, columns.label(field), said)
    return _spread(meant, codes)


def known_indicators(
    columns: Columns, connection: sa.Connection, said: np.ndarray, field: str
) -> np.ndarray:
    """Keys of indicators; those that are not in the catalogue are rejected.

    A code without a version means the newest one of that code.
    """
    known = set(indicators(connection))
    by_version = sorted(known, key=lambda key: int(key.rpartition("@")[2]))
    newest = {key.rpartition("@")[0]: key for key in by_version}
    said = pd.Series(said, dtype=object).map(lambda key: newest.get(key, key)).to_numpy()
    unknown = ~pd.isna(said) & ~pd.Series(said, dtype=object).isin(known).to_numpy()
    columns.findings.add("unknown_indicator", unknown, columns.label(field), said)
    return np.where(unknown, None, said)


def numbers_of(connection: sa.Connection) -> dict[str, int]:
    """The numbers of stored definitions, by key."""
    version = schema.IndicatorVersion
    rows = connection.execute(sa.select(version.code, version.version, version.id))
    return {f"{code}@{number}": found for code, number, found in rows}


def keep_definitions(connection: sa.Connection, name: str, rows: pd.DataFrame) -> None:
    """Nothing; the common indicators that targets name are stored."""
    if name == "targets":
        for key in sorted(set(rows["indicator"])):
            indicator_id(connection, key)


def drop_unused_definitions(connection: sa.Connection) -> None:
    """Nothing; common indicators that no target names any more are forgotten."""
    version, used = schema.IndicatorVersion, sa.select(schema.IndicatorTarget.indicator_id)
    common = version.programme_id.is_(None) & version.project_id.is_(None)
    connection.execute(sa.delete(version).where(common, version.id.not_in(used)))


# --- rows ---------------------------------------------------------------------------------------


def _check_targets(columns: Columns, connection: sa.Connection, rows: pd.DataFrame) -> None:
    held = {
        (row.project_id, row.funder_id, row.indicator_id): row
        for row in connection.execute(sa.select(schema.IndicatorTarget.__table__))
    }
    numbers = numbers_of(connection)

    def judge(row: Row, project: int, funder: int) -> None:
        told = {name: row[name] for name in _TARGET if row[name] is not None}
        target = fitting(connection, Target(project, funder, str(row["indicator"]), **told))
        known = held.get((project, funder, numbers.get(target.indicator)))
        if known is not None:
            fixed = ("baseline", "baseline_year")
            changed = {n: None for n in fixed if plain_of(getattr(known, n)) != getattr(target, n)}
            refuse_locked(connection, known.id, changed)

    _judge_each(columns, rows, "target", judge)


def _check_periods(columns: Columns, connection: sa.Connection, rows: pd.DataFrame) -> None:
    period = schema.ReportingPeriod
    held = {
        (row.project_id, row.funder_id, row.number): row
        for row in connection.execute(sa.select(period.__table__))
    }
    funding = schema.ProjectFunder
    pairs = connection.execute(sa.select(funding.project_id, funding.funder_id))
    funded = {tuple(row) for row in pairs}

    def judge(row: Row, project: int, funder: int) -> None:
        if (project, funder) not in funded:
            raise RefusedPeriod("not_funded", "The funder does not fund the project.")
        known = held.get((project, funder, row["number"]))
        days = (row["starts_on"], row["ends_on"], row["due_on"])
        refuse_days(connection, project, funder, *days, None if known is None else known.id)
        moves = known is not None and (known.starts_on, known.ends_on) != days[:2]
        if moves:
            refuse_moved(connection, known.id)
            if known.closed_at is not None:
                raise RefusedPeriod("closed", "The period is closed.")

    _judge_each(columns, rows, "starts_on", judge)
    _reject_overlaps(columns, rows)


def _reject_overlaps(columns: Columns, rows: pd.DataFrame) -> None:
    """Periods of one file that share days with each other."""
    days = rows[["project", "funder", "starts_on", "ends_on"]].assign(at=np.arange(len(rows)))
    days = days.dropna().sort_values(["project", "funder", "starts_on"])
    ends = pd.to_datetime(days["ends_on"].astype(object))
    before = ends.groupby([days["project"], days["funder"]]).cummax()
    before = before.groupby([days["project"], days["funder"]]).shift()
    bad = np.zeros(len(rows), dtype=bool)
    overlapping = (pd.to_datetime(days["starts_on"].astype(object)) <= before).to_numpy()
    bad[days["at"].to_numpy()[overlapping]] = True
    label = columns.label("starts_on")
    starts = rows["starts_on"].to_numpy()
    columns.findings.add("report_refused", bad, label, starts, why="@why_overlap")


def _check_values(columns: Columns, connection: sa.Connection, rows: pd.DataFrame) -> None:
    _reject_unplaced(columns, connection, rows)
    held = _held_values(connection)
    places = _places(connection)
    status: dict[int, str] = {}

    def judge(row: Row, project: int, funder: int) -> None:
        stored = definition_of(connection, str(row["indicator"]))
        nothing = dict.fromkeys(CHANGEABLE) | {"state": "not_reported"}
        told = {name: row[name] for name in CHANGEABLE if row[name] is not None}
        after = settled(stored.indicator, nothing, told)
        refuse_findings(stored.indicator, after)
        if after["state"] in ("value", "zero") and not after["method_note"]:
            raise RefusedReport("method_missing", "A figure needs a method note.")
        target, period = places.of(project, funder, stored.id, row["period"])
        known = held.get((target, period))
        if known is not None and _says(known) != _says(after):
            status[int(row["at"])] = known["status"]

    _judge_each(columns, rows, "value", judge)
    bad = np.zeros(len(rows), dtype=bool)
    bad[list(status)] = True
    said = np.array([status.get(at, "") for at in range(len(rows))], dtype=object)
    columns.findings.add(
        "already_reported", bad, columns.label("value"), rows["value"].to_numpy(), status=said
    )


def _reject_unplaced(columns: Columns, connection: sa.Connection, rows: pd.DataFrame) -> None:
    """Values of targets or periods that are not there."""
    places, numbers = _places(connection), numbers_of(connection)
    lacking = {"unknown_target": [], "unknown_period": []}
    for row, project, funder in _known(columns, rows):
        target, period = places.of(
            project, funder, numbers.get(str(row["indicator"])), row["period"]
        )
        lacking["unknown_target"] += [row["at"]] if target is None else []
        lacking["unknown_period"] += [row["at"]] if period is None else []
    for code, field in (("unknown_target", "indicator"), ("unknown_period", "period")):
        bad = np.zeros(len(rows), dtype=bool)
        bad[lacking[code]] = True
        columns.findings.add(code, bad, columns.label(field), rows[field].to_numpy())


#: What is judged of each kind besides what all kinds have in common.
CHECKS: dict[str, Callable[[Columns, sa.Connection, pd.DataFrame], None]] = {
    "targets": _check_targets,
    "reporting_periods": _check_periods,
    "reported_values": _check_values,
}


def reported_rows(
    connection: sa.Connection, values: pd.DataFrame, _batch: int | None
) -> tuple[pd.DataFrame, list[str]]:
    """Rows of `ReportedValue`: drafts of a target in a period, entered by hand."""
    places = _places(connection)
    at = [
        places.of(*row)
        for row in values[["project_id", "funder_id", "indicator_id", "period"]].itertuples(
            index=False
        )
    ]
    rows = values[list(CHANGEABLE)].assign(
        target_id=[target for target, _ in at],
        period_id=[period for _, period in at],
        correction=0,
        basis="entered",
    )
    key = ["target_id", "period_id", "correction"]
    return rows.astype(object), key


class _Places:
    """Where reported values stand: the numbers of targets and periods by what names them."""

    def __init__(self, targets: dict[tuple, int], periods: dict[tuple, int]) -> None:
        self.targets = targets
        self.periods = periods

    def of(
        self, project: object, funder: object, indicator: object, period: object
    ) -> tuple[int | None, int | None]:
        money = (project, funder)
        return self.targets.get((*money, indicator)), self.periods.get((*money, period))


def _places(connection: sa.Connection) -> _Places:
    target, period = schema.IndicatorTarget, schema.ReportingPeriod
    targets = connection.execute(
        sa.select(target.project_id, target.funder_id, target.indicator_id, target.id)
    )
    periods = connection.execute(
        sa.select(period.project_id, period.funder_id, period.number, period.id)
    )
    return _Places(
        {tuple(row[:3]): row[3] for row in targets}, {tuple(row[:3]): row[3] for row in periods}
    )


def _held_values(connection: sa.Connection) -> dict[tuple[int, int], Row]:
    """What is reported, by target and period: the newest correction."""
    value = schema.ReportedValue
    rows = connection.execute(sa.select(value.__table__).order_by(value.correction)).mappings()
    return {(row["target_id"], row["period_id"]): dict(row) for row in rows}


def _says(row: Row) -> tuple:
    said = ("state", "value", "cumulative", "text", "method_note")
    return tuple(plain_of(row[name]) for name in said)


def plain_of(value: object) -> object:
    """A number without needless zeros; anything else as it is."""
    return plain(value) if isinstance(value, Decimal) else value


def _known(columns: Columns, rows: pd.DataFrame) -> Iterator[tuple[Row, int, int]]:
    """The rows that nothing is wrong with so far, whose project and funder are in the register."""
    projects, funders = (columns.register.ids[table] for table in ("project", "funder"))
    good = ~columns.findings.rejected
    for at, row in enumerate(rows.to_dict("records")):
        project, funder = projects.get(row["project"]), funders.get(row["funder"])
        if good[at] and project is not None and funder is not None:
            told = {name: _plain(value) for name, value in row.items()}
            yield told | {"at": at}, project, funder


def _judge_each(
    columns: Columns,
    rows: pd.DataFrame,
    field: str,
    judge: Callable[[Row, int, int], None],
) -> None:
    """Rejects the rows that the desk would refuse.

    Row by row: files of targets and values have hundreds of rows, and one place says what is right.
    """
    refused: dict[str, list[int]] = {}
    for row, project, funder in _known(columns, rows):
        try:
            judge(row, project, funder)
        except _REFUSED as error:
            refused.setdefault(error.code, []).append(int(row["at"]))
    for code, places in refused.items():
        bad = np.zeros(len(rows), dtype=bool)
        bad[places] = True
        said = rows[field].to_numpy()
        columns.findings.add("report_refused", bad, columns.label(field), said, why=f"@why_{code}")


def _plain(value: object) -> object:
    """A cell as the desk's rules take it."""
    if value is None or pd.isna(value):
        return None
    if isinstance(value, pd.Timestamp | np.datetime64):
        return pd.Timestamp(value).date()
    return value if isinstance(value, date) or not hasattr(value, "item") else value.item()


def _spread(meant: list, codes: np.ndarray) -> np.ndarray:
    """The meanings of distinct values at every row; None where blank."""
    found = np.empty(len(meant) + 1, dtype=object)
    found[: len(meant)] = meant
    return found[codes]
