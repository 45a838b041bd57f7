"""The invented collections by link: they can be answered, and no link to them is in the sample."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from data import access, database, schema
from data.fieldwork import asking, collection_facts
from data.fieldwork.answers import find
from data.fieldwork.replies import published_replies
from data.sample import LAST_DAY, load
from tests.data.asked import answer

#: Some day after the last one of the invented world.
NOW = datetime(2027, 2, 1, 12, tzinfo=UTC)


@pytest.fixture
def loaded(sqlite_engine) -> sa.Engine:
    load(sqlite_engine)
    return sqlite_engine


def facts(engine: sa.Engine, role: str) -> list[collection_facts.CollectionFacts]:
    with database.reading(engine) as connection:
        user = access.persona(role, connection)
        return collection_facts.collections_of(connection, user, NOW)


def test_two_collections_are_open_and_one_is_closed(loaded):
    assert [one.state for one in facts(loaded, "steering")] == ["open", "open", "closed"]
    mine = facts(loaded, "manager")
    assert [one.opening.names["fi"] for one in mine] == ["Lautaselta takaisin", "Kaarnalaiva"]
    assert facts(loaded, "funder") == []
    closed = mine[-1]
    # The total is no more than its groups tell.
    assert closed.answered == sum(group.answered for group in closed.counts) > 0
    assert all(group.answered % 5 == 0 for group in closed.counts)
    assert closed.opening.closes_at.date() <= LAST_DAY


def test_a_link_is_made_when_somebody_asks_and_is_answered(loaded, tmp_path):
    one, _other, _closed = facts(loaded, "steering")
    with database.writing(loaded) as connection:
        assert set(connection.scalars(sa.select(schema.Opening.token_sha256))) == {None}
        user = access.persona("evaluator", connection)
        token = asking.anonymous_link(connection, user, tmp_path, one.opening.collection)
        assert find(connection, tmp_path, token, NOW).state == "open"
    # The process form asks for GOAL1 from 1 to 5 (survey/instruments/process_quality.v1.yaml).
    assert answer(loaded, tmp_path, token, given={"GOAL1": 1}, now=NOW, group="STAFF").new


def test_a_collection_and_a_proposal_were_replied_to_in_three_languages(loaded):
    with database.reading(loaded) as connection:
        about = connection.execute(
            sa.select(schema.Reply.collection_id, schema.Reply.proposal_id)
        ).all()
        [collection], [proposal] = [[n for n in column if n] for column in zip(*about, strict=True)]
        replies = [
            *published_replies(connection, collection=collection),
            *published_replies(connection, proposal=proposal),
        ]
    assert [set(reply.texts) for reply in replies] == [{"fi", "sv", "en"}] * 2
