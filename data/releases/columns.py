"""Which columns the keyed hashes of a release hold: every release says it, so that one that an
earlier version of the program made is made again with its own columns and not with today's.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from data.schema import CountedItem, Proof, ReportedEvent, ReportedValue

Columns = Mapping[str, Sequence[str]]
#: What stays of a target and of a period once a value of them is released.
_TARGET = (
    "id", "project_id", "funder_id", "indicator_id", "baseline", "baseline_year", "batch_id",
)  # fmt: skip
_PERIOD = (
    "id", "project_id", "funder_id", "number", "starts_on", "ends_on", "batch_id",
)  # fmt: skip
#: The parts of a record that are rows of a table.
_ROWS = ("period", "target", "items", "proofs", "events")
#: What a release that is made now holds: of the rows that nothing may change, all that there is.
NOW: Columns = {
    "value": tuple(ReportedValue.__table__.c.keys()),
    "target": _TARGET,
    "period": _PERIOD,
    "items": tuple(CountedItem.__table__.c.keys()),
    "proofs": tuple(Proof.__table__.c.keys()),
    "events": tuple(ReportedEvent.__table__.c.keys()),
}
#: What releases held before they said so.
FIRST: Columns = {
    "value": (
        "id", "target_id", "period_id", "correction", "state", "value", "cumulative", "text",
        "basis", "metric", "revision", "method_note", "status", "version", "retain_until",
        "batch_id",
    ),
    "target": _TARGET,
    "period": _PERIOD,
    "items": (
        "id", "reported_id", "entity", "kind", "happened_on", "source", "source_id", "role",
        "amount", "exclusion",
    ),
    "proofs": (
        "id", "reported_id", "claim_id", "name", "link", "sha256", "kind", "bytes", "added_at",
        "added_by", "retain_until",
    ),
    "events": ("id", "reported_id", "version", "user_id", "at", "act", "changes", "reason"),
}  # fmt: skip


def held_by(release: Mapping[str, Any]) -> Columns:
    """The columns that a release's keyed hashes hold, by the kind of row."""
    return release.get("columns", FIRST)


def unknown(release: Mapping[str, Any]) -> list[str]:
    """Columns that a release holds and that this version of the program does not have any more:
    what they held cannot be compared here. Another version of the program can."""
    held = held_by(release)
    return [
        f"{kind}.{name}" for kind in held for name in held[kind] if name not in NOW.get(kind, ())
    ]


def as_told(was: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, Any]:
    """A record made now, with the fields that one of a release has: what came later is left out."""
    return {
        name: _alike(part, now[name]) if name in _ROWS else now[name]
        for name, part in was.items()
        if name in now
    }


def comparable(entry: Mapping[str, Any], lost: Sequence[str]) -> dict[str, Any]:
    """A record without the hashes of kinds of rows that lost a column (`unknown`)."""
    kinds = {name.partition(".")[0] for name in lost}
    exact = {kind: sealed for kind, sealed in entry["exact"].items() if kind not in kinds}
    return {**entry, "exact": exact}


def _alike(was: Any, now: Any) -> Any:
    """Rows with the columns that those of a release have."""
    if isinstance(was, list) and isinstance(now, list):
        return [_alike(was[0], each) for each in now] if was else now
    if isinstance(was, dict) and isinstance(now, dict):
        return {name: part for name, part in now.items() if name in was}
    return now
