"""What is past its day goes, once, and only when it is meant."""

from __future__ import annotations

import os
from datetime import date, timedelta

import pytest
import sqlalchemy as sa

from data import access, database, schema
from data.fieldwork import withdrawals
from data.keeping import retention
from data.reporting import proofs
from tests.data.asked import NOW, USER, answer, count, invited, link, opened

#: `opened` closes on 1 December 2026.
CLOSED = NOW + timedelta(days=21)


def rows(found: list[retention.Due]) -> dict[str, int]:
    return {each.kind: each.rows for each in found if each.rows}


def looked(engine, home, days, now):
    with database.reading(engine) as connection:
        return rows(retention.due(connection, home, days, now))


@pytest.fixture
def filled(engine, tmp_path):
    """Something of every kind that has a day, all of it from NOW."""
    personal = opened(engine, link="personal")
    answer(engine, tmp_path, invited(engine, tmp_path, personal, 2)[0])
    joined = opened(engine, wave="end", link="personal", joined=True)
    invited(engine, tmp_path, joined, 1)
    token = link(engine, tmp_path, opened(engine, wave="baseline"))
    keys = [answer(engine, tmp_path, token, f"a-random-form-{n:03}").key for n in range(2)]
    withdrawals.take_back(engine, tmp_path, token, keys[0], NOW)
    with database.writing(engine) as connection:
        batch = {
            "profile": "p", "kind": "answers", "file_name": "f.csv", "file_sha256": "0" * 64,
            "profile_sha256": "0" * 64, "imported_at": NOW, "imported_by": "x",
            "status": "stored", "rows_read": 1, "rows_stored": 0, "rows_rejected": 1,
        }  # fmt: skip
        number = connection.scalar(
            sa.insert(schema.ImportBatch).returning(schema.ImportBatch.id), batch
        )
        refused = {"batch_id": number, "row": 1, "column": "c", "code": "x", "value": "v"}
        connection.execute(sa.insert(schema.RejectedRow), refused)
        before = {"batch_id": number, "record": "need", "row_key": "{}", "before": "{}"}
        connection.execute(sa.insert(schema.ReplacedRow), before)
        reply = {"collection_id": personal, "fi": "Teimme", "written_at": NOW, "written_by": "x"}
        connection.execute(sa.insert(schema.Reply), reply)
        user = connection.scalar(
            sa.insert(schema.AppUser).returning(schema.AppUser.id),
            {"issuer": "i", "subject": "s", "name": "n"},
        )
        visit = {"user_id": user, "token_sha256": "0" * 64, "started_at": NOW, "seen_at": NOW}
        connection.execute(sa.insert(schema.SignInSession), visit)
        failure = {"who_sha256": "1" * 64, "failures": 3, "last_at": NOW}
        connection.execute(sa.insert(schema.SignInFailure), failure)
    file = proofs.path_of(tmp_path, "a" * 64)
    file.parent.mkdir(parents=True)
    file.write_bytes(b"nothing names it any more")
    brought = NOW - timedelta(days=2)
    os.utime(file, (brought.timestamp(),) * 2)
    return tmp_path


def test_each_kind_goes_on_its_day_and_once(engine, filled):
    days = retention.settled_days({})
    # A file that nothing names is past its day at once; all else waits.
    assert looked(engine, filled, days, NOW) == {"proofs": 1}
    late = CLOSED + timedelta(days=366)
    due = {"rejected_rows": 1, "replaced_rows": 1, "invitations": 2, "taken_back": 1, "sign_ins": 1,
           "sign_in_failures": 1, "drafts": 1, "proofs": 1}  # fmt: skip
    assert looked(engine, filled, days, late) == due
    # Looking changed nothing.
    assert looked(engine, filled, days, late) == due
    assert rows(retention.forget(engine, USER, filled, days, late)) == due
    assert rows(retention.forget(engine, USER, filled, days, late)) == {}
    # Of joined links the name stays that joins the rounds; answers stay without a day of theirs.
    left = {schema.Invitation: 1, schema.UsedLink: 0, schema.Response: 2, schema.RejectedRow: 0,
            schema.TakenBack: 0, schema.Reply: 0, schema.SignInSession: 0}  # fmt: skip
    assert {table: count(engine, table) for table in left} == left
    assert not proofs.path_of(filled, "a" * 64).exists()


@pytest.mark.parametrize(("days", "gone"), [(30, 2), (32, 0)])
def test_answers_go_where_somebody_set_a_day(engine, filled, days, gone):
    # The surveys closed on 1 December, 31 days before the day of this test.
    now = CLOSED + timedelta(days=31)
    told = retention.settled_days({"answers": days})
    before = whole(engine)
    retention.forget(engine, USER, filled, told, now)
    assert count(engine, schema.Response) == 2 - gone
    # What was published is not read anew, so it stays.
    assert whole(engine) == before


def whole(engine) -> list[tuple]:
    with database.reading(engine) as connection:
        asked = schema.Collection
        rows = connection.execute(sa.select(asked.id, asked.revision, asked.rewritten))
        return sorted(map(tuple, rows))


def test_days_are_days_and_not_for_everybody(engine, tmp_path):
    for told in ({"nothing": 3}, {"answers": -1}):
        with pytest.raises(retention.InvalidDays):
            retention.settled_days(told)
    steering = access.User(7, "S", (access.Grant(access.Role.STEERING),))
    with pytest.raises(access.NotPermitted):
        retention.forget(engine, steering, tmp_path, retention.settled_days({}), NOW)
    assert date(2026, 12, 1) == CLOSED.date()
