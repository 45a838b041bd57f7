"""Exactly those who were erased stay gone, whatever comes back, and nobody else goes with them."""

from __future__ import annotations

import hashlib
import json
import random
import secrets
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from data import database, schema
from data.keeping import erasure, returned
from tests.data.asked import NOW, USER

#: Two projects may call two people by one number.
PEOPLE = ("7", "maija@example.org", "henkilö-äö", "subject-001")
CODES = ("a", "b", "c", "d")
TABLES = ("response", "attendance", "rejected_row", "replaced_row")


def hashed(kind: str, name: str) -> str:
    return hashlib.sha256(f"{kind}:{name}".encode()).hexdigest()


def place(connection: sa.Connection, code: str) -> dict[str, int]:
    """The numbers of a project, its collection and its event; made where they are not there."""
    project = schema.Project
    found = connection.scalar(sa.select(project.id).where(project.code == code))
    if found is None:
        made = sa.insert(project).returning(project.id)
        found = connection.scalar(made, {"code": code, "name_fi": code})
        asked = {"project_id": found, "instrument_version_id": 1, "wave": "end"}
        connection.execute(sa.insert(schema.Collection), asked)
        event = {
            "project_id": found,
            "code": f"event-{code}",
            "kind": "workshop",
            "starts_on": date(2026, 1, 1),
        }
        connection.execute(sa.insert(schema.ActivityEvent), event)
    of = {"project": found}
    for name, model in (("collection", schema.Collection), ("event", schema.ActivityEvent)):
        of[name] = connection.scalar(sa.select(model.id).where(model.project_id == found))
    return of


def bring(engine: sa.Engine, code: str, name: str) -> None:
    """A file with somebody's answers, their coming, a refused row and what it changed."""
    with database.writing(engine) as connection:
        at = place(connection, code)
        link, person = hashed("link", name), hashed("person", name)
        known = sa.select(schema.Attendance.person_key).where(
            schema.Attendance.event_id == at["event"], schema.Attendance.person_key == person
        )
        if connection.scalar(known):
            return
        made = sa.insert(schema.ImportBatch).returning(schema.ImportBatch.id)
        batch = connection.scalar(made, {
            "profile": "p", "kind": "answers", "file_name": "f.csv", "imported_at": NOW,
            "file_sha256": hashed("file", code + name), "profile_sha256": secrets.token_hex(32),
            "imported_by": "x", "status": "stored", "rows_read": 2, "rows_stored": 1,
            "rows_rejected": 1,
        })  # fmt: skip
        said = {
            "id": secrets.token_hex(16), "collection_id": at["collection"], "group_code": "RES",
            "link_key": link, "answers": "{}", "batch_id": batch,
            # Two surveys may give two people one number.
            "source_key": hashed("response", str(PEOPLE.index(name))),
        }  # fmt: skip
        connection.execute(sa.insert(schema.Response), said)
        came = {"event_id": at["event"], "person_key": person, "group_code": "RES"}
        connection.execute(sa.insert(schema.Attendance), came | {"batch_id": batch})
        refused = {"batch_id": batch, "row": 2, "column": "key", "code": "x", "value": name}
        connection.execute(sa.insert(schema.RejectedRow), refused)
        key = json.dumps({"event_id": at["event"], "person_key": person})
        before = {"batch_id": batch, "record": "attendance", "row_key": key, "before": "{}"}
        connection.execute(sa.insert(schema.ReplacedRow), before)


def there(engine: sa.Engine) -> dict[str, set[tuple[str, str]]]:
    """Whom each table holds rows of: project and person."""
    codes = {hashed("file", code + name): (code, name) for code in CODES for name in PEOPLE}
    batch = schema.ImportBatch
    with database.reading(engine) as connection:
        return {
            table: {
                codes[sha256]
                for sha256 in connection.scalars(
                    sa.select(batch.file_sha256).where(
                        batch.id.in_(sa.select(schema.Base.metadata.tables[table].c.batch_id))
                    )
                )
            }
            for table in TABLES
        }


@pytest.fixture
def asked(sqlite_engine):
    """A database with a questionnaire."""
    with database.writing(sqlite_engine) as connection:
        version = {"id": 1, "code": "q", "version": 1, "sha256": "0" * 64, "body": "{}"}
        connection.execute(sa.insert(schema.InstrumentVersion), version)
    return sqlite_engine


@pytest.mark.parametrize(
    ("seeds", "steps"), [(range(4), 24), pytest.param(range(4, 24), 60, marks=pytest.mark.nightly)]
)
def test_exactly_the_erased_are_gone_after_any_sequence(asked, tmp_path, seeds, steps):
    whole = content(asked)
    for seed in seeds:
        home = tmp_path / f"home-{seed}"
        home.mkdir()
        engine = on(home, whole, 0)
        _walk(engine, home, random.Random(seed), steps)


def content(engine: sa.Engine) -> bytes:
    """What a copy of the database file holds."""
    with engine.connect() as connection:
        connection.connection.driver_connection.execute("pragma wal_checkpoint(truncate)")
    return Path(engine.url.database).read_bytes()


def on(home, copied: bytes, number: int) -> sa.Engine:
    """An engine on a database file of some content."""
    path = home / f"{number}.db"
    path.write_bytes(copied)
    return database.connect(f"sqlite:///{path}")


def _walk(engine: sa.Engine, home, chance: random.Random, steps: int) -> None:
    expected, erased, copies = set(), set(), []
    for step in range(1, steps + 1):
        who = (chance.choice(CODES), chance.choice(PEOPLE))
        act = chance.choice(("bring", "bring", "bring", "erase", "copy", "restore"))
        if act == "bring":
            bring(engine, *who)
            expected.add(who)
        elif act == "erase" and who in expected:
            with database.reading(engine) as connection:
                project = place(connection, who[0])["project"]
            erasure.erase(engine, USER, home, who[1], NOW, project)
            erased.add(who)
        elif act == "copy":
            copies.append((content(engine), set(expected)))
        elif act == "restore" and copies:
            copied, expected = chance.choice(copies)
            expected = set(expected)
            engine.dispose()
            engine = on(home, copied, step)
        returned.reapply(engine, home, NOW)
        expected -= erased
        assert list(there(engine).values()) == [expected] * len(TABLES), (step, act, who)
    engine.dispose()


def test_numbers_that_are_given_again_are_somebody_else_s(asked, tmp_path):
    """As a fresh reader found it: rows of others had the numbers of those that were erased."""
    before = content(asked)
    bring(asked, "a", "subject-001")
    with database.reading(asked) as connection:
        erased = place(connection, "a")
    erasure.erase(asked, USER, tmp_path, "subject-001", NOW, erased["project"])
    back = on(tmp_path, before, 1)
    bring(back, "b", "subject-001")
    with database.reading(back) as connection:
        assert place(connection, "b") == erased  # the same numbers, another project
    assert returned.reapply(back, tmp_path, NOW) == 0
    assert list(there(back).values()) == [{("b", "subject-001")}] * len(TABLES)
    bring(back, "a", "subject-001")
    assert returned.reapply(back, tmp_path, NOW) == 4
    assert list(there(back).values()) == [{("b", "subject-001")}] * len(TABLES)
    back.dispose()
