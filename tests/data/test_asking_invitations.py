"""Personal links: lists that are sent twice, reminders, withdrawn links, people over waves."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from data import database, schema
from data.fieldwork import invitations
from data.fieldwork.answers import find
from data.fieldwork.invitations import Invitee
from data.fieldwork.openings import InvalidCollection
from tests.data.asked import NOW, USER, answer, count, invited, opened


def reminded(engine: sa.Engine, home: Path, collection: int, *references: str):
    with database.writing(engine) as connection:
        return invitations.reminders(connection, USER, home, collection, NOW, references)


def frame(engine: sa.Engine) -> dict[str, int]:
    counts = schema.CollectionGroup
    with database.reading(engine) as connection:
        return dict(connection.execute(sa.select(counts.group_code, counts.invited)).all())


def test_a_list_that_is_sent_again_with_more_people_keeps_the_links_of_the_others(engine, tmp_path):
    number = opened(engine, link="personal")
    first = invited(engine, tmp_path, number, 3)
    again = invited(engine, tmp_path, number, 5)
    assert again[:3] == first and len(set(again)) == 5
    assert frame(engine) == {"RES": 5}
    with database.writing(engine) as connection:
        # Small letters and spaces are no other person.
        links = invitations.invite(
            connection, USER, tmp_path, number, [Invitee("RES", "  PERSON-0 ")]
        )
    assert (links[0].token, links[0].new) == (first[0], False)


def test_people_without_a_reference_get_a_new_link_each_time(sqlite_engine, tmp_path):
    number = opened(sqlite_engine, link="personal", groups=("RES", "STAFF"))
    with database.writing(sqlite_engine) as connection:
        links = invitations.invite(
            connection, USER, tmp_path, number, [Invitee("RES")] * 2 + [Invitee("STAFF")]
        )
    assert len({link.token for link in links}) == 3 and all(link.new for link in links)
    assert frame(sqlite_engine) == {"RES": 2, "STAFF": 1}


@pytest.mark.parametrize(
    ("changes", "invitees"),
    [
        ({}, [Invitee("STAFF", "a")]),
        ({}, [Invitee("RES", "a", "de")]),
        ({}, [Invitee("RES", "a"), Invitee("RES", "a")]),
        ({"joined": True}, [Invitee("RES", "a"), Invitee("RES")]),
    ],
    ids=["group", "language", "twice", "no reference"],
)
def test_a_list_with_a_mistake_invites_nobody(sqlite_engine, tmp_path, changes, invitees):
    number = opened(sqlite_engine, link="personal", **changes)
    with (
        pytest.raises(InvalidCollection) as refusal,
        database.writing(sqlite_engine) as connection,
    ):
        invitations.invite(connection, USER, tmp_path, number, invitees)
    assert refusal.value.code == "invitees"
    assert count(sqlite_engine, schema.Invitation) == 0


def test_a_collection_has_one_kind_of_link(sqlite_engine, tmp_path):
    number = opened(sqlite_engine)
    with pytest.raises(InvalidCollection) as refusal:
        invited(sqlite_engine, tmp_path, number, 1)
    assert refusal.value.code == "anonymous"


def test_reminders_go_to_those_who_have_not_answered(engine, tmp_path):
    number = opened(engine, link="personal")
    tokens = invited(engine, tmp_path, number, 4)
    answer(engine, tmp_path, tokens[1])
    assert {link.token for link in reminded(engine, tmp_path, number)} == {
        tokens[0], tokens[2], tokens[3],
    }  # fmt: skip
    named = reminded(engine, tmp_path, number, "person-1", "person-2", "person-9")
    assert [(link.token, link.reference) for link in named] == [(tokens[2], "person-2")]
    with database.reading(engine) as connection:
        assert connection.scalar(sa.select(schema.Opening.reminded_on)) == date(2026, 11, 10)
        facts = invitations.invitations_of(connection, USER, tmp_path, number)
    assert sorted(one.used for one in facts) == [False, False, False, True]


def test_a_withdrawn_link_leads_nowhere_and_is_not_reminded_of(sqlite_engine, tmp_path):
    number = opened(sqlite_engine, link="personal")
    tokens = invited(sqlite_engine, tmp_path, number, 2)
    with database.writing(sqlite_engine) as connection:
        gone = find(connection, tmp_path, tokens[0], NOW).invitation
        invitations.withdraw(connection, USER, number, gone, NOW)
        with pytest.raises(InvalidCollection):
            invitations.withdraw(connection, USER, number, gone, NOW)
        assert find(connection, tmp_path, tokens[0], NOW).state == "unknown"
        assert find(connection, tmp_path, tokens[1], NOW).state == "open"
    assert [link.token for link in reminded(sqlite_engine, tmp_path, number)] == tokens[1:]
    assert frame(sqlite_engine) == {"RES": 1}


# --- people over waves --------------------------------------------------------------------------


def keys(engine: sa.Engine, home: Path, **changes) -> list[set[str]]:
    """The keys of the answers of the same three people in each of two waves."""
    found = []
    for wave in ("baseline", "end"):
        number = opened(engine, link="personal", wave=wave, **changes)
        for token in invited(engine, home, number, 3):
            answer(engine, home, token)
        said = schema.Response
        with database.reading(engine) as connection:
            mine = sa.select(said.link_key).where(said.collection_id == number)
            found.append(set(connection.scalars(mine)))
    return found


def test_joined_answers_of_a_person_carry_the_same_key_in_every_wave(engine, tmp_path):
    baseline, end = keys(engine, tmp_path, joined=True)
    assert baseline == end and len(baseline) == 3
    with database.reading(engine) as connection:
        stored = connection.scalars(sa.select(schema.Invitation.person)).all()
    # The key of the answers is not the one of the invitations, so rows alone join nobody.
    assert not baseline & {person[:32] for person in stored}
    other, _ = keys(engine, tmp_path, joined=True, project="b")
    assert not other & baseline


def test_answers_that_are_not_joined_carry_no_key(engine, tmp_path):
    assert keys(engine, tmp_path) == [{None}, {None}]
