"""What a signed release keeps of somebody who was erased: a keyed hash, and its validity."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime

import sqlalchemy as sa

from data import database, schema
from data.keeping import erasure, returned, tracing
from data.releases import chain, keys, recompute
from data.releases.verify_release import read as read_release
from data.releases.verify_release import verify
from data.reporting import values
from tests.data import released, reported
from tests.data.reported import EVALUATOR, ONE, approved, read, version, write

NOW = datetime(2026, 11, 10, 12, tzinfo=UTC)


def test_a_release_stays_valid_when_somebody_is_erased_whom_it_counts(engine, tmp_path):
    person = hashlib.sha256(b"person:maija@example.org").hexdigest()
    released.fill(engine, tmp_path)
    came = schema.Attendance
    period = schema.ReportingPeriod
    with database.writing(engine) as connection:
        keys_of = [person, *(hashlib.sha256(bytes([n])).hexdigest() for n in range(3))]
        rows = [{"event_id": event, "person_key": key, "group_code": "RES"}
                for event in (1, 3) for key in keys_of]  # fmt: skip
        connection.execute(sa.insert(came), rows)
        mine = sa.select(period.id).where(period.project_id == ONE).order_by(period.id)
        first, second = connection.scalars(mine).all()
    target = reported.promised(engine, "ARV-PEOPLE@1")
    people, waiting = (reported.drafted(engine, target, each) for each in (first, second))
    for number in (people, waiting):
        write(engine, values.count, EVALUATOR, tmp_path, number, version(engine, number))
    write(engine, values.submit, EVALUATOR, people, version(engine, people))
    approved(engine, people)
    frozen = released.release(engine, tmp_path)
    [entity] = tracing.entities_of(tmp_path, [person])

    def naming() -> set[int]:
        """The values whose counted items name the person, by a keyed hash."""
        item = schema.CountedItem
        with database.reading(engine) as connection:
            return set(connection.scalars(sa.select(item.reported_id).where(item.entity == entity)))

    assert naming() == {people, waiting}
    gone = erasure.erase(engine, EVALUATOR, tmp_path, "maija@example.org", NOW)
    assert gone.rows == {"attendance": 2}
    # What backs the released figure stays under a keyed hash; what no release holds names nobody.
    assert naming() == {people}
    assert person.encode() not in frozen.document
    assert verify(frozen.document, keys.public_keys(tmp_path))["sha256"] == frozen.sha256
    assert read(engine, chain.check, tmp_path) == []
    # Counted again today it is one person fewer; that tells neither key nor entity.
    told = read(engine, recompute.differences, tmp_path, read_release(frozen.document))
    assert all(person not in str(each) and entity not in str(each) for each in told)
    assert returned.reapply(engine, tmp_path, NOW) == 0
