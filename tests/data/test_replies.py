"""You said, we did: drafts are for those who run a project, published replies for everybody."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from data import database, schema
from data.access import Grant, NotPermitted, Role, User
from data.fieldwork.replies import (
    InvalidReply,
    change_reply,
    publish_reply,
    published_replies,
    replies_of,
    withdraw_reply,
    write_reply,
)
from data.imports.problems import UndoRefused
from data.imports.undo import undo
from tests.data.asked import NOW, USER, opened

MANAGER = User(7, "m", (Grant(Role.MANAGER, project=1),))
STRANGER = User(8, "x", (Grant(Role.MANAGER, project=2),))
STEERING = User(9, "s", (Grant(Role.STEERING),))


def test_a_reply_is_a_draft_until_it_is_published_and_again_when_withdrawn(engine):
    number = opened(engine)
    with database.writing(engine) as connection:
        reply = write_reply(
            connection, MANAGER, {"fi": " Lisäsimme valoja. "}, NOW, collection=number
        )
        assert published_replies(connection, collection=number) == []
        [draft] = replies_of(connection, STEERING, collection=number)
        assert (draft.id, draft.texts, draft.status) == (
            reply,
            {"fi": "Lisäsimme valoja."},
            "draft",
        )
        publish_reply(connection, MANAGER, reply, NOW)
        change_reply(connection, MANAGER, reply, {"fi": "Valot on.", "sv": "Belyst."}, NOW)
        [shown] = published_replies(connection, collection=number)
        assert (shown.published_at, shown.written_by) == (NOW, "7 m")
        assert [shown.in_language(code) for code in ("sv", "en")] == [
            ("Belyst.", "sv"), ("Valot on.", "fi"),
        ]  # fmt: skip
        withdraw_reply(connection, MANAGER, reply)
        assert published_replies(connection, collection=number) == []
        acts = connection.scalars(sa.select(schema.AuditEvent.action)).all()
    assert acts[1:] == ["write_reply", "publish_reply", "change_reply", "withdraw_reply"]


def test_others_write_nothing_and_see_no_draft(sqlite_engine):
    number = opened(sqlite_engine)
    with database.writing(sqlite_engine) as connection:
        reply = write_reply(connection, USER, {"en": "Done."}, NOW, collection=number)
        assert replies_of(connection, STRANGER, collection=number) == []
        for user in (STRANGER, STEERING):
            for act in (
                lambda user=user: write_reply(
                    connection, user, {"en": "x"}, NOW, collection=number
                ),
                lambda user=user: change_reply(connection, user, reply, {"en": "x"}, NOW),
                lambda user=user: publish_reply(connection, user, reply, NOW),
                lambda user=user: withdraw_reply(connection, user, reply),
                lambda user=user: publish_reply(connection, user, 999, NOW),
            ):
                with pytest.raises(NotPermitted):
                    act()


def test_a_proposal_of_no_project_is_answered_by_those_who_may_answer_all(sqlite_engine):
    opened(sqlite_engine)
    with database.writing(sqlite_engine) as connection:
        for code, project in (("own", 1), ("nobodys", None)):
            row = {"code": code, "title": code, "project_id": project}
            connection.execute(sa.insert(schema.Proposal), [row])
        write_reply(connection, MANAGER, {"fi": "Teimme sen."}, NOW, proposal=1)
        with pytest.raises(NotPermitted):
            write_reply(connection, MANAGER, {"fi": "Teimme sen."}, NOW, proposal=2)
        number = write_reply(connection, USER, {"fi": "Teimme sen."}, NOW, proposal=2)
        publish_reply(connection, USER, number, NOW)
        assert [one.id for one in published_replies(connection, proposal=2)] == [number]
        assert published_replies(connection, proposal=1) == []


@pytest.mark.parametrize(
    ("texts", "about", "code"),
    [
        ({}, {"collection": 1}, "texts"),
        ({"fi": " "}, {"collection": 1}, "texts"),
        ({"de": "Gut"}, {"collection": 1}, "texts"),
        ({"fi": "a" * 4001}, {"collection": 1}, "texts"),
        ({"fi": "a"}, {}, "subject"),
        ({"fi": "a"}, {"collection": 1, "proposal": 1}, "subject"),
        ({"fi": "a"}, {"collection": 999}, "subject"),
        ({"fi": "a"}, {"proposal": 999}, "subject"),
    ],
)
def test_what_is_no_reply_is_refused(sqlite_engine, texts, about, code):
    opened(sqlite_engine)
    with (
        pytest.raises(InvalidReply) as refusal,
        database.writing(sqlite_engine) as connection,
    ):
        write_reply(connection, USER, texts, NOW, **about)
    assert refusal.value.code == code


def test_an_import_whose_proposals_or_collections_were_answered_is_not_taken_back(
    sqlite_engine, valid_rows
):
    """Undo would take openings, invitations and replies with it."""
    number = opened(sqlite_engine)
    batch = valid_rows["import_batch"] | {"id": 5, "status": "stored"}
    with database.writing(sqlite_engine) as connection:
        connection.execute(sa.insert(schema.ImportBatch), [batch])
        connection.execute(sa.update(schema.Collection).values(batch_id=5))
    with pytest.raises(UndoRefused):
        undo(sqlite_engine, 5, USER)
    with database.writing(sqlite_engine) as connection:
        connection.execute(sa.delete(schema.Opening).where(schema.Opening.collection_id == number))
        connection.execute(sa.update(schema.Collection).values(batch_id=None))
        row = {"code": "a", "title": "a", "batch_id": 5}
        connection.execute(sa.insert(schema.Proposal), [row])
        reply = write_reply(connection, USER, {"fi": "Teimme sen."}, NOW, proposal=1)
    with pytest.raises(UndoRefused) as refusal:
        undo(sqlite_engine, 5, USER)
    said = {code: refusal.value.in_language(code) for code in ("fi", "sv", "en")}
    assert "ehdotuksia" in said["fi"] and "förslag" in said["sv"] and "proposals" in said["en"]
    with database.writing(sqlite_engine) as connection:
        connection.execute(sa.delete(schema.Reply).where(schema.Reply.id == reply))
    undo(sqlite_engine, 5, USER)
