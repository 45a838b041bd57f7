"""Whether the stored releases are what left the house: each by itself, in their order, and against
the rows that they locked. Whoever edits a row with SQL is found here.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from data import audit
from data.releases import columns, content, since
from data.releases.beside import changes
from data.releases.canonical import plain
from data.releases.entries import entries
from data.releases.keys import public_keys
from data.releases.verify_release import Invalid, verify
from data.schema import (
    IndicatorVersion,
    InstrumentVersion,
    Release,
    ReleasedValue,
    ReportedEvent,
    ReportedValue,
)
from metrics.indicators.indicator import NO_RELEASE, Indicator

#: What the audit tells of targets and periods, and its line about the release itself (`since`).
_Audit = tuple[Mapping[str, list[since.Line]], int]
#: It follows from the other columns, and from a target that may change (`since`).
_DERIVED = ("attained",)


@dataclass(frozen=True, slots=True)
class Broken:
    """Something that is not as it was released.

    release: its number; None where no release is about it. code: a step of `verify_release`, or
    "row" (a column of the release's own row), "values" (which values it froze), "value" (a row of
    one of them), "older" (it holds a
    column that this version of the program has no more: not edited, and not compared),
    "definition", "instrument", "publication", "unreleased" (a value is locked by no
    release), "stranger" (a row that nobody made here stands beside released ones), "gone" (the
    audit tells of a release that is not there), "untold" (a release of which it does not tell),
    "audit" (a line of it is not as it was written).
    path: which record and column.
    """

    release: int | None
    code: str
    path: str


def check(connection: sa.Connection, home: Path) -> list[Broken]:
    """Everything of the stored releases that is not as it left, in their order; none is well.

    Raises: data.fieldwork.installation.ExposedSecret.
    """
    keys = public_keys(home)
    found: list[Broken] = []
    before, known = NO_RELEASE, {}
    lines, released = since.lines(connection), since.released_lines(connection)
    for row in connection.execute(sa.select(Release.__table__).order_by(Release.id)):
        known[row.sha256] = row.id
        after, sha256 = released.get(f"release:{row.id}", (0, ""))
        try:
            file = verify(row.document.encode(), keys, before)
        except Invalid as invalid:
            found.append(Broken(row.id, invalid.code, invalid.path))
            before = row.sha256
        else:
            release = file["release"]
            before = file["sha256"]
            found += [Broken(row.id, "row", name) for name in _changed_columns(row, file, known)]
            found += _of_values(connection, home, row.id, release, (lines, after))
            found += _of_definitions(connection, row.id, release)
            found += _of_instruments(connection, row.id, release, after)
            found += _of_publication(connection, row.id, release)
        if sha256 != row.sha256:
            found.append(Broken(row.id, "untold", "audit_event"))
    found += _unreleased(connection)
    # Later changes are believed where the audit tells of them, so its lines are checked too.
    lines_now = audit.verify(connection).broken
    found += [Broken(None, "audit", f"audit_event:{line}.{what}") for line, what in lines_now]
    found += [Broken(None, "stranger", path) for path in since.strangers(connection)]
    return [*found, *_gone(released, known)]


def _changed_columns(
    row: sa.Row, file: Mapping[str, Any], known: Mapping[str, int]
) -> Iterator[str]:
    """The columns of a release's row that are not what its document says."""
    release = file["release"]
    project = release["project"]
    told = {
        "scope": release["scope"],
        "funder_id": release["funder"]["number"],
        "project_id": None if project is None else project["number"],
        "starts_on": release["starts_on"],
        "ends_on": release["ends_on"],
        "released_at": release["released_at"],
        "released_by": release["released_by"],
        "sha256": file["sha256"],
        "previous": file["seal"]["previous"],
        "corrects_id": known.get(release["corrects"]),
        "reason": release["reason"],
    }
    stored = plain(dict(row._mapping))
    return (name for name, value in told.items() if stored[name] != value)


# --- the rows that a release locked -------------------------------------------------------------


def _of_values(
    connection: sa.Connection, home: Path, number: int, release: Mapping[str, Any], told: _Audit
) -> Iterator[Broken]:
    frozen = [each["reported"] for each in release["values"]]
    linked = connection.scalars(
        sa.select(ReleasedValue.reported_id).where(ReleasedValue.release_id == number)
    )
    lost = columns.unknown(release)
    # Not what somebody changed: another version of the program made it, and can compare it.
    yield from (Broken(number, "older", name) for name in lost)
    yield from (
        Broken(number, "values", f"reported:{each}") for each in sorted(set(frozen) ^ set(linked))
    )
    now = _entries_now(connection, home, frozen, release)
    places = since.target_and_period(connection, frozen)
    lines, after = told
    for place, was in enumerate(release["values"]):
        entry = now.get(was["reported"])
        if entry is None:
            yield Broken(number, "value", f"values[{place}]")
            continue
        due = since.told_since(was, entry, places[was["reported"]], lines, after)
        entry = columns.as_told(was, entry)
        due, entry = (_fixed(columns.comparable(each, lost)) for each in (due, entry))
        for path, _, _ in changes(due, entry, f"values[{place}]"):
            yield Broken(number, "value", path)


def _entries_now(
    connection: sa.Connection, home: Path, frozen: list[int], release: Mapping[str, Any]
) -> dict[int, dict[str, Any]]:
    """The same records made anew, by the number of their value."""
    known = {
        each["key"]: Indicator.model_validate(each["definition"]) for each in release["definitions"]
    }
    rows = content.keyed_definitions(connection, known)
    made = entries(connection, home, frozen, rows, columns.held_by(release))
    return {each["reported"]: each for each in plain(made)}


def _fixed(entry: Mapping[str, Any]) -> dict[str, Any]:
    return {name: part for name, part in entry.items() if name not in _DERIVED}


def _of_definitions(
    connection: sa.Connection, number: int, release: Mapping[str, Any]
) -> Iterator[Broken]:
    table = IndicatorVersion
    rows = {
        f"{row.code}@{row.version}": row for row in connection.execute(sa.select(table.__table__))
    }
    for place, was in enumerate(release["definitions"]):
        path = f"definitions[{place}]"
        row = rows.get(was["key"])
        if row is None:
            yield Broken(number, "definition", path)
        elif hashlib.sha256(row.definition.encode()).hexdigest() != was["sha256"]:
            yield Broken(number, "definition", f"{path}.definition")
        else:
            now = plain(content.definitions([row])[0])
            yield from (Broken(number, "definition", at) for at, _, _ in changes(was, now, path))


def _of_instruments(
    connection: sa.Connection, number: int, release: Mapping[str, Any], after: int
) -> Iterator[Broken]:
    """Questionnaires that are not as they were asked. One may be gone where an import was taken
    back since: its own goes with it."""
    table = InstrumentVersion
    rows = {
        f"{row.code}@{row.version}": row for row in connection.execute(sa.select(table.__table__))
    }
    for place, was in enumerate(release["instruments"]):
        if (row := rows.get(was["key"])) is None:
            if not since.taken_back(connection, after):
                yield Broken(number, "instrument", f"instruments[{place}]")
            continue
        body = hashlib.sha256(row.body.encode()).hexdigest()
        for name, found in (("sha256", row.sha256), ("body", body)):
            if found != was["sha256"]:
                yield Broken(number, "instrument", f"instruments[{place}].{name}")


def _of_publication(
    connection: sa.Connection, number: int, release: Mapping[str, Any]
) -> Iterator[Broken]:
    """The publication under which the figures stood, as long as it is kept."""
    was = release["publication"]
    if was is None:
        return
    try:
        now = plain(content.publication(connection, was["revision"]))
    except ValueError:  # it is JSON no more
        yield Broken(number, "publication", "publication")
        return
    if now is not None:
        found = changes(was, now, "publication")
        yield from (Broken(number, "publication", path) for path, _, _ in found)


# --- what no release tells of -------------------------------------------------------------------


def _unreleased(connection: sa.Connection) -> list[Broken]:
    """Values that say they are released, or were once, and stand in no release."""
    value = ReportedValue
    once = sa.select(ReportedEvent.reported_id).where(ReportedEvent.act == "locked")
    rows = connection.scalars(
        sa.select(value.id)
        .where((value.status == "locked") | value.id.in_(once))
        .where(value.id.not_in(sa.select(ReleasedValue.reported_id)))
        .order_by(value.id)
    )
    return [Broken(None, "unreleased", f"reported:{number}") for number in rows]


def _gone(released: Mapping[str, tuple[int, str]], known: Collection[str]) -> Iterable[Broken]:
    """Releases that the audit tells of and that are not there, the newest of all among them."""
    hashes = (sha256 for _, sha256 in released.values())
    return [Broken(None, "gone", f"sha256:{sha256}") for sha256 in hashes if sha256 not in known]
