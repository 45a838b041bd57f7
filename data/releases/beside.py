"""What stands beside the values of a release, set against what the database holds now."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from data import sheets
from data.access import User
from data.releases import content
from data.releases.canonical import plain
from data.reporting.definitions import sha256_of
from data.reporting.proofs import path_of
from data.schema import Funder, InstrumentVersion, Project
from metrics.indicators.indicator import Indicator


@dataclass(frozen=True, slots=True)
class Difference:
    """Something that comes out otherwise now.

    path: the record and the column in the release. code: "unknown" (this installation never made
    the release), "older" (it holds a column that this version of the program has no more),
    "counted" (a value or its items), "read" (a value that is read from a published figure),
    "stored" (a column of what was reported, of its target, period, proofs or events), "exact" (one
    that the release holds by its hash only), "attained", "definition", "named" (funder, projects),
    "instrument", "publication", "figure", "figure_gone", "total", "proof_gone" or "proof_changed".
    was: as released; now: as it comes out.
    Missing: both None where the numbers are of people and only their rows tell that they differ.
    """

    path: str
    code: str
    was: Any
    now: Any


def beside_values(connection: sa.Connection, release: Mapping[str, Any]) -> Iterator[Difference]:
    """Definitions, names, questionnaires and the publication that are otherwise now."""
    yield from _definitions(connection, release["definitions"])
    yield from _named(connection, release)
    yield from _instruments(connection, release["instruments"])
    was = release["publication"]
    now = None if was is None else plain(content.publication(connection, was["revision"]))
    if now is not None:  # old ones are not kept
        found = changes(was, now, "publication")
        yield from (Difference(path, "publication", one, two) for path, one, two in found)


def _definitions(
    connection: sa.Connection, frozen: Sequence[Mapping[str, Any]]
) -> Iterator[Difference]:
    """Definitions against their own hash, and against their rows now."""
    known = content.keyed_definitions(connection, {each["key"]: None for each in frozen})
    rows = {
        each["key"]: each
        for each in plain(content.definitions(content.definition_rows(connection, set(known))))
    }
    for place, was in enumerate(frozen):
        path = f"definitions[{place}]"
        hashed = sha256_of(Indicator.model_validate(was["definition"]))
        if hashed != was["sha256"]:
            yield Difference(f"{path}.sha256", "definition", was["sha256"], hashed)
        found = changes(was, rows.get(was["key"]), path)
        yield from (Difference(at, "definition", one, two) for at, one, two in found)


def _named(connection: sa.Connection, release: Mapping[str, Any]) -> Iterator[Difference]:
    """Codes and names of the funder and the projects."""
    told = [("funder", Funder, release["funder"])]
    told += [("project", Project, release["project"])] if release["project"] else []
    told += [
        (f"projects[{place}]", Project, each) for place, each in enumerate(release["projects"])
    ]
    for path, table, was in told:
        gone = connection.scalar(sa.select(table.id).where(table.id == was["number"])) is None
        now = None if gone else plain(content.named(connection, table, was["number"]))
        found = changes(was, now, path)
        yield from (Difference(at, "named", one, two) for at, one, two in found)


def _instruments(
    connection: sa.Connection, frozen: Sequence[Mapping[str, Any]]
) -> Iterator[Difference]:
    table = InstrumentVersion
    rows = connection.execute(sa.select(table.code, table.version, table.sha256))
    now = {f"{row.code}@{row.version}": row.sha256 for row in rows}
    for place, was in enumerate(frozen):
        if now.get(was["key"]) != was["sha256"]:
            path = f"instruments[{place}].sha256"
            yield Difference(path, "instrument", was["sha256"], now.get(was["key"]))


def changes(was: Any, now: Any, path: str) -> Iterator[tuple[str, Any, Any]]:
    """The paths at which two documents differ, down to single columns, with both."""
    if isinstance(was, dict) and isinstance(now, dict):
        for name in sorted(was.keys() | now.keys()):
            yield from changes(was.get(name), now.get(name), f"{path}.{name}")
    elif isinstance(was, list) and isinstance(now, list) and len(was) == len(now):
        for place, (one, other) in enumerate(zip(was, now, strict=True)):
            yield from changes(one, other, f"{path}[{place}]")
    elif was != now:
        yield path, was, now


def totals(release: Mapping[str, Any], known: Mapping[str, Indicator]) -> Iterator[Difference]:
    again = plain(content.totals(content.as_decimals(release["values"]), known))
    for place, was in enumerate(release["totals"]):
        now = next((each for each in again if each["indicator"] == was["indicator"]), None)
        if now != was:
            yield Difference(f"totals[{place}]", "total", was, now)


def figures(
    connection: sa.Connection, user: User, frozen: Sequence[Mapping[str, Any]]
) -> Iterator[Difference]:
    """Published figures, as the newest publication tells them."""
    revision = sheets.latest_revision(connection)
    for place, each in enumerate(frozen):
        columns = each["columns"]
        now = {}
        if revision is not None:
            found = content.read_figures(connection, user, each["project"], revision)
            now = {_key(content.FIGURE, row): row for row in map(content.figure_row, found)}
        for at, was in enumerate(each["rows"]):
            path = f"figures[{place}].rows[{at}]"
            again = now.get(_key(columns, was))
            if again is None:
                yield Difference(path, "figure_gone", was, None)
            elif again != was:
                yield Difference(path, "figure", was, again)


def _key(columns: Sequence[str], row: Sequence[Any]) -> tuple[Any, ...]:
    return tuple(row[columns.index(name)] for name in ("metric", "instrument", "part", "wave"))


def proofs(home: Path, values: Sequence[Mapping[str, Any]]) -> Iterator[Difference]:
    for place, each in enumerate(values):
        for at, proof in enumerate(each["proofs"]):
            if proof["sha256"] is None:
                continue
            path = f"values[{place}].proofs[{at}]"
            try:
                found = hashlib.sha256(path_of(home, proof["sha256"]).read_bytes()).hexdigest()
            except FileNotFoundError:
                yield Difference(path, "proof_gone", proof["sha256"], None)
                continue
            if found != proof["sha256"]:
                yield Difference(path, "proof_changed", proof["sha256"], found)
