"""A small world with a release: counted companies, people, words, a figure by hand, proofs."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from data import database, schema
from data.releases import freeze
from data.releases.verify_release import read as read_release
from data.reporting import proofs, values
from tests.data import reported
from tests.data.reported import ERDF, EVALUATOR, ONE, SECOND, TWO, approved, version, write

#: When everything in this world happens: figures are the same whatever the day of the test.
NOW = datetime(2026, 1, 15, 12, 30, 15, 123456, tzinfo=UTC)
DAYS = (date(2025, 1, 1), date(2025, 12, 31))
WORDS = "ARV-CHANGE"


class Clock(datetime):
    """A clock that stands still."""

    @classmethod
    def now(cls, tz=None):
        return NOW


def fill(engine: sa.Engine, home: Path) -> dict[str, int]:
    """The reporting world with approved values and one that waits; their numbers by name."""
    reported.fill(engine)
    first, second = reported.opened(engine), reported.opened(engine, days=SECOND)
    other = reported.opened(engine, TWO)
    firms = reported.promised(engine, "RCO01@1")
    numbers = {
        "firms": _counted(engine, home, firms, first),
        "firms_later": _counted(engine, home, firms, second),
        "firms_two": _counted(engine, home, reported.promised(engine, "RCO01@1", TWO), other),
        "people": _counted(engine, home, reported.promised(engine, "ARV-PARTICIPATIONS@1"), first),
    }
    write(
        engine, proofs.attach_file, EVALUATOR, home, reported=numbers["firms"], name="lista.csv",
        content=b"nimi;paiva\nYritys;2025-02-01\n",
    )  # fmt: skip
    write(
        engine, proofs.attach_link, EVALUATOR, reported=numbers["firms"], name="Muistio",
        link="https://example.org/muistio",
    )  # fmt: skip
    hand = reported.promised(engine, "RCR03@2", baseline=2)
    numbers["hand"] = reported.entered(engine, hand, first, 3)
    for number in numbers.values():
        write(engine, values.submit, EVALUATOR, number, version(engine, number))
        approved(engine, number)
    numbers["pending"] = reported.submitted(engine, hand, second, 4, cumulative=7)
    return numbers


def publish(engine: sa.Engine) -> None:
    """A questionnaire that project 1 asks, and a publication without any figure."""
    body = '{"code":"x"}'
    hashed = hashlib.sha256(body.encode()).hexdigest()
    with database.writing(engine) as connection:
        version = {"id": 1, "code": "asked", "version": 1, "sha256": hashed, "body": body}
        connection.execute(sa.insert(schema.InstrumentVersion), version)
        asked = {"project_id": ONE, "instrument_version_id": 1, "wave": "end"}
        connection.execute(sa.insert(schema.Collection), asked)
        revision = {
            "published_at": NOW, "code_version": "1", "inputs_sha256": "0" * 64, "inputs": "{}",
            "metrics": "{}",
        }  # fmt: skip
        connection.execute(sa.insert(schema.Revision), revision)


def _counted(engine: sa.Engine, home: Path, target: int, period: int) -> int:
    number = reported.drafted(engine, target, period)
    write(engine, values.count, EVALUATOR, home, number, version(engine, number))
    return number


def release(engine: sa.Engine, home: Path, **more: Any) -> freeze.Frozen:
    """A release of the whole year for the funder of both projects, unless told otherwise."""
    told = {"funder": ERDF, "starts_on": DAYS[0], "ends_on": DAYS[1], "now": NOW} | more
    return write(engine, freeze.release, EVALUATOR, home, **told)


def contents(frozen: freeze.Frozen) -> dict[str, Any]:
    return read_release(frozen.document)["release"]


def value_of(frozen: freeze.Frozen, number: int) -> dict[str, Any]:
    """The record of one value in a release."""
    return next(each for each in contents(frozen)["values"] if each["reported"] == number)


def corrected(engine: sa.Engine, number: int, value: int) -> int:
    """An approved correction of a released value."""
    new = write(engine, values.correct, EVALUATOR, number, "Yksi yritys puuttui.")
    changes = {"value": value, "cumulative": value, "method_note": "Laskettiin uudelleen."}
    write(engine, values.save, EVALUATOR, new, version(engine, new), changes)
    write(engine, values.submit, EVALUATOR, new, version(engine, new))
    return approved(engine, new)


def statuses(engine: sa.Engine) -> dict[int, str]:
    table = schema.ReportedValue
    with engine.connect() as connection:
        return dict(map(tuple, connection.execute(sa.select(table.id, table.status))))


__all__ = [
    "DAYS", "NOW", "ONE", "TWO", "Clock", "contents", "corrected", "fill", "release", "statuses",
    "value_of",
]  # fmt: skip
