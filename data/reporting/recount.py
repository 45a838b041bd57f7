"""Counting a reported value again from the records as they are now, beside what was reported."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import SimpleNamespace

import pandas as pd
import sqlalchemy as sa

from data.access import User
from data.reporting.figure_record import FigureRecord, record
from data.reporting.value_numbers import counted_of
from data.reporting.value_rules import RefusedReport

#: What makes an item the same one in two counts: the record that tells of it, and of what.
_SAME = ["source", "source_id", "kind", "role"]


@dataclass(frozen=True, slots=True)
class Recount:
    """A value as it was reported and as the records say it now.

    added, gone: items that counted only now, and only then; moved: items that both looked at and
    that count in one of the two only.
    """

    version: int
    value: Decimal | None
    cumulative: Decimal | None
    value_now: Decimal
    cumulative_now: Decimal
    added: int
    gone: int
    moved: int
    at: datetime

    @property
    def agrees(self) -> bool:
        """Whether the records give the same figures from the same items."""
        same = (self.value, self.cumulative) == (self.value_now, self.cumulative_now)
        return same and not (self.added or self.gone or self.moved)


def recount(
    connection: sa.Connection, user: User, home: Path, reported: int, at: datetime
) -> Recount:
    """A counted value, counted again; nothing is written.

    Raises: NotPermitted; RefusedReport: "not_counted" where it was not counted from records,
    "recount_protected" where it is of people and the user reads the public profile.
    """
    found = record(connection, user, reported)
    line = found.line
    if line.rounded:
        raise RefusedReport(
            "recount_protected", "A number of people is shown rounded, so it is not counted again "
            "here. Ask for a release, or ask the project.",
        )  # fmt: skip
    if found.items is None:
        raise RefusedReport(
            "not_counted", f"{line.indicator.code} was not counted from records. Its method note "
            "says where it comes from.", indicator=line.indicator.code,
        )  # fmt: skip
    place = SimpleNamespace(
        project_id=line.target.project,
        starts_on=line.period.starts_on,
        ends_on=line.period.ends_on,
    )
    counted = counted_of(connection, home, place, line.indicator)
    added, gone, moved = _apart(found, counted.items)
    return Recount(
        line.version, line.value, line.cumulative, Decimal(counted.value),
        Decimal(counted.cumulative), added, gone, moved, at,
    )  # fmt: skip


def _apart(found: FigureRecord, now: pd.DataFrame) -> tuple[int, int, int]:
    """How many items are new, gone, and counted otherwise."""
    both = _marked(found.items).merge(
        _marked(now), on=[*_SAME, "place"], how="outer", suffixes=("_then", "_now"), indicator=True
    )
    sides = both["_merge"]
    shared = both[sides == "both"]
    counted = [shared[f"exclusion_{side}"] == "" for side in ("then", "now")]
    return (
        int((sides == "right_only").sum()),
        int((sides == "left_only").sum()),
        int((counted[0] != counted[1]).sum()),
    )


def _marked(items: pd.DataFrame) -> pd.DataFrame:
    """Items by the records that tell of them; those of one record are told apart by their place."""
    told = items[[*_SAME, "exclusion"]].fillna("").astype("str")
    return told.assign(place=told.groupby(_SAME).cumcount())
