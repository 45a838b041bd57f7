"""Collections by link: who may open, close and reopen them, when they are open, who is invited."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from data import database, schema
from data.access import Grant, NotPermitted, Role, User
from data.fieldwork import asking, collection_facts, invitations, notices
from data.fieldwork.answers import find
from data.fieldwork.installation import FILE
from data.fieldwork.local_time import moment
from data.fieldwork.openings import InvalidCollection, LostSecret
from survey.text import Text
from tests.data.asked import GIVEN, NOW, USER, answer, count, invited, link, opened

MANAGER = User(7, "m", (Grant(Role.MANAGER, project=1),))
STRANGER = User(8, "x", (Grant(Role.MANAGER, project=2),))
READERS = [User(9, "s", (Grant(Role.STEERING),)), User(9, "f", (Grant(Role.FUNDER, funder=1),))]


def state(engine: sa.Engine, home: Path, token: str, now: datetime) -> str:
    with database.reading(engine) as connection:
        return find(connection, home, token, now).state


def refused(engine: sa.Engine, act, *arguments) -> str:
    """The code with which an act is refused; nothing of it stays."""
    with pytest.raises(InvalidCollection) as refusal, database.writing(engine) as connection:
        act(connection, *arguments)
    return refusal.value.code


# --- opening ------------------------------------------------------------------------------------


def test_an_opened_collection_says_what_the_manager_decided(engine, tmp_path):
    number = opened(
        engine, groups=("STAFF", "RES"), invited={"RES": 40}, thanks={"fi": " Kiitos! "}
    )
    token = link(engine, tmp_path, number)
    with database.reading(engine) as connection:
        found = find(connection, tmp_path, token, NOW).opening
        days = connection.execute(
            sa.select(schema.Collection.opens_on, schema.Collection.closes_on)
        ).one()
    assert (found.collection, found.names["sv"], found.instrument) == (
        number, "Hanke a", "process_pulse@1",
    )  # fmt: skip
    assert (found.groups, found.languages) == (("RES", "STAFF"), ("fi", "sv", "en"))
    assert (found.thanks, found.link, found.joined) == ({"fi": "Kiitos!"}, "anonymous", False)
    # Midnight of 1 November and 1 December in Helsinki, two hours before UTC; the last day with
    # any time in it is 30 November.
    assert found.opens_at == datetime(2026, 10, 31, 22, tzinfo=UTC)
    assert found.closes_at == datetime(2026, 11, 30, 22, tzinfo=UTC)
    assert tuple(days) == (date(2026, 11, 1), date(2026, 11, 30))


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"wave": "later"}, "wave"),
        ({"phase": "P9"}, "phase"),
        ({"groups": ()}, "groups"),
        ({"groups": ("RES", "RES")}, "groups"),
        ({"groups": ("PETS",)}, "groups"),
        ({"languages": ("fi", "de")}, "languages"),
        ({"link": "secret"}, "link"),
        ({"joined": True}, "joined"),
        ({"thanks": {"de": "Danke"}}, "thanks"),
        ({"thanks": {"fi": "k" * 2001}}, "thanks"),
        ({"invited": {"STAFF": 3}}, "invited"),
        ({"invited": {"RES": -1}}, "invited"),
        ({"instrument": "process_pulse@9"}, "instrument"),
        ({"instrument": "effects@1", "groups": ("STAFF", "RES")}, "unasked"),
        ({"notice": "2099-01"}, "notice"),
        ({"closes": datetime(2026, 11, 1)}, "order"),
        ({"closes": datetime(2026, 11, 9)}, "past"),
    ],
)
def test_what_cannot_be_asked_is_refused_and_nothing_is_stored(sqlite_engine, changes, code):
    with pytest.raises(InvalidCollection) as refusal:
        opened(sqlite_engine, **changes)
    assert refusal.value.code == code
    assert count(sqlite_engine, schema.Collection) == count(sqlite_engine, schema.Opening) == 0


def test_a_project_that_is_not_there_cannot_ask(sqlite_engine):
    new = asking.NewCollection(5, "process_pulse@1", "end", ("RES",), datetime(2026, 11, 1))
    assert refused(sqlite_engine, asking.open_collection, USER, new, NOW) == "project"


def test_the_same_is_not_opened_twice(sqlite_engine):
    opened(sqlite_engine)
    with pytest.raises(InvalidCollection) as refusal:
        opened(sqlite_engine)
    assert refusal.value.code == "opened"
    assert opened(sqlite_engine, wave="end") != opened(sqlite_engine, phase="P3")


def test_a_collection_that_came_as_a_file_is_asked_by_link_besides(sqlite_engine, tmp_path):
    first = opened(sqlite_engine)
    with database.writing(sqlite_engine) as connection:
        connection.execute(sa.delete(schema.Opening))
        connection.execute(
            sa.update(schema.Collection).values(
                revision=7, opens_on=date(2026, 9, 1), closes_on=date(2026, 9, 30)
            )
        )
    assert opened(sqlite_engine) == first
    answer(sqlite_engine, tmp_path, link(sqlite_engine, tmp_path, first))
    with database.reading(sqlite_engine) as connection:
        fielding = connection.execute(sa.select(schema.Collection.__table__)).one()
        # The imported answers came with revision 7, which a refresh may have seen.
        assert connection.scalar(sa.select(schema.Response.revision)) == fielding.revision == 8
    assert (fielding.opens_on, fielding.closes_on) == (date(2026, 9, 1), date(2026, 11, 30))


# --- who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("user", [STRANGER, *READERS], ids=["other manager", "steering", "funder"])
def test_others_can_do_nothing_with_it_and_a_denial_tells_nothing(sqlite_engine, tmp_path, user):
    number = opened(sqlite_engine, link="personal")
    invited(sqlite_engine, tmp_path, number, 1)
    new = asking.NewCollection(1, "process_pulse@1", "end", ("RES",), datetime(2026, 11, 1))
    acts = [(asking.open_collection, new, NOW)]
    for collection in (number, 999):
        acts += [
            (asking.close, collection, NOW),
            (asking.reopen, collection, None, "why", NOW),
            (asking.anonymous_link, tmp_path, collection),
            (asking.new_link, tmp_path, collection),
            (invitations.invite, tmp_path, collection, []),
            (invitations.invitations_of, tmp_path, collection),
            (invitations.reminders, tmp_path, collection, NOW),
            (invitations.withdraw, collection, "0" * 32, NOW),
        ]
    for act, *arguments in acts:
        with pytest.raises(NotPermitted), database.writing(sqlite_engine) as connection:
            act(connection, user, *arguments)


def test_a_manager_runs_the_own_project_and_sees_no_other(sqlite_engine):
    opened(sqlite_engine, project="a")
    opened(sqlite_engine, project="b")
    with database.writing(sqlite_engine) as connection:
        asking.close(connection, MANAGER, 1, NOW)
        mine = collection_facts.collections_of(connection, MANAGER, NOW)
        everyones = collection_facts.collections_of(connection, USER, NOW)
        of_one = collection_facts.collections_of(connection, USER, NOW, project=2)
        with pytest.raises(NotPermitted):
            collection_facts.collection(connection, MANAGER, NOW, 2)
        assert collection_facts.collections_of(connection, READERS[1], NOW) == []
    assert [(facts.opening.project, facts.state) for facts in mine] == [(1, "closed")]
    assert {facts.opening.project for facts in everyones} == {1, 2}
    assert [facts.opening.project for facts in of_one] == [2]


def test_every_act_is_written_into_the_audit_and_no_token_is(engine, tmp_path):
    number = opened(engine, link="personal")
    tokens = invited(engine, tmp_path, number, 2)
    with database.writing(engine) as connection:
        facts = invitations.invitations_of(connection, USER, tmp_path, number)
        invitations.reminders(connection, USER, tmp_path, number, NOW)
        invitations.withdraw(connection, USER, number, facts[0].id, NOW)
        asking.close(connection, USER, number, NOW)
        asking.reopen(connection, USER, number, datetime(2026, 12, 31), "Moni pyysi", NOW)
    other = opened(engine, wave="end")
    with database.writing(engine) as connection:
        asking.new_link(connection, USER, tmp_path, other)
        written = connection.execute(
            sa.select(schema.AuditEvent.action, schema.AuditEvent.subject, schema.AuditEvent.detail)
            .order_by(schema.AuditEvent.id)
        ).all()  # fmt: skip
    assert [row.action for row in written] == [
        "open_collection", "invite", "remind", "withdraw_invitation", "close_collection",
        "reopen_collection", "open_collection", "new_link",
    ]  # fmt: skip
    assert {row.subject for row in written} == {f"collection:{number}", f"collection:{other}"}
    assert json.loads(written[5].detail)["reason"] == "Moni pyysi"
    said = " ".join(row.detail for row in written)
    assert not any(token in said for token in tokens) and "person-" not in said


# --- times --------------------------------------------------------------------------------------


def test_it_opens_and_closes_at_its_times_to_the_second(sqlite_engine, tmp_path):
    token = link(sqlite_engine, tmp_path, opened(sqlite_engine))
    opens, closes = moment(datetime(2026, 11, 1)), moment(datetime(2026, 12, 1))
    second = timedelta(seconds=1)
    told = [state(sqlite_engine, tmp_path, token, at) for at in (
        opens - second, opens, closes - second, closes,
    )]  # fmt: skip
    assert told == ["too_early", "open", "open", "closed"]


@pytest.mark.parametrize(
    ("closes", "last"),
    [
        # The hour comes twice: it closes the second time, at 01:30 UTC.
        (datetime(2026, 10, 25, 3, 30), datetime(2026, 10, 25, 1, 30, tzinfo=UTC)),
        # The hour does not come: 03:30 means 04:30, which is 01:30 UTC.
        (datetime(2027, 3, 28, 3, 30), datetime(2027, 3, 28, 1, 30, tzinfo=UTC)),
    ],
)
def test_on_the_days_when_clocks_change_it_closes_once_and_stays_closed(
    sqlite_engine, tmp_path, closes, last
):
    with database.writing(sqlite_engine) as connection:
        connection.execute(sa.insert(schema.Project), [{"code": "a", "name_fi": "A"}])
        new = asking.NewCollection(
            1, "process_pulse@1", "during", ("RES",), datetime(2026, 10, 1), closes
        )
        number = asking.open_collection(
            connection, USER, new, datetime(2026, 9, 30, 22, tzinfo=UTC)
        )
    token = link(sqlite_engine, tmp_path, number)
    midnight = datetime.combine(last.date(), datetime.min.time(), UTC) - timedelta(hours=3)
    for minutes in range(0, 28 * 60, 10):
        now = midnight + timedelta(minutes=minutes)
        expected = "open" if now < last else "closed"
        assert state(sqlite_engine, tmp_path, token, now) == expected, now


def test_a_clock_that_jumps_a_day_and_comes_back_changes_nothing(sqlite_engine, tmp_path):
    number = opened(sqlite_engine)
    token = link(sqlite_engine, tmp_path, number)
    month = timedelta(days=31)
    assert state(sqlite_engine, tmp_path, token, NOW + month) == "closed"
    assert state(sqlite_engine, tmp_path, token, NOW) == "open"
    with database.writing(sqlite_engine) as connection:
        asking.close(connection, USER, number, NOW)
    # Closed by hand it stays closed, whatever the clock says.
    for now in (NOW - timedelta(days=1), NOW, NOW + timedelta(days=1)):
        assert state(sqlite_engine, tmp_path, token, now) == "closed"


def test_its_end_is_moved_while_it_is_open_and_nobody_is_interrupted(sqlite_engine, tmp_path):
    number = opened(sqlite_engine)
    token = link(sqlite_engine, tmp_path, number)
    month = NOW + timedelta(days=31)
    assert state(sqlite_engine, tmp_path, token, month) == "closed"
    with database.writing(sqlite_engine) as connection:
        asking.move_end(connection, USER, number, datetime(2027, 1, 15), NOW)
        assert connection.scalar(sa.select(schema.Collection.closes_on)) == date(2027, 1, 14)
    assert state(sqlite_engine, tmp_path, token, NOW) == "open"
    assert state(sqlite_engine, tmp_path, token, month) == "open"
    assert refused(sqlite_engine, asking.move_end, USER, number, datetime(2026, 11, 2), NOW) in (
        "past", "order",
    )  # fmt: skip
    with database.writing(sqlite_engine) as connection:
        asking.move_end(connection, USER, number, None, NOW)
    assert state(sqlite_engine, tmp_path, token, NOW + timedelta(days=999)) == "open"
    with database.writing(sqlite_engine) as connection:
        asking.close(connection, USER, number, NOW)
    later = datetime(2027, 1, 15)
    assert refused(sqlite_engine, asking.move_end, USER, number, later, NOW) == "not_open"


def test_it_is_reopened_with_a_reason_and_only_when_closed(sqlite_engine, tmp_path):
    number = opened(sqlite_engine)
    token = link(sqlite_engine, tmp_path, number)
    later = datetime(2026, 12, 15)
    again = (asking.reopen, USER, number, later)
    assert refused(sqlite_engine, *again, "why", NOW) == "not_closed"
    with database.writing(sqlite_engine) as connection:
        asking.close(connection, USER, number, NOW)
        assert connection.scalar(sa.select(schema.Collection.closes_on)) == date(2026, 11, 10)
    assert refused(sqlite_engine, asking.close, USER, number, NOW) == "not_open"
    assert refused(sqlite_engine, *again, " ", NOW) == "reason"
    past = datetime(2026, 11, 2)
    assert refused(sqlite_engine, asking.reopen, USER, number, past, "why", NOW) == "past"
    with database.writing(sqlite_engine) as connection:
        asking.reopen(connection, USER, number, later, "Moni pyysi", NOW)
        assert connection.scalar(sa.select(schema.Collection.closes_on)) == date(2026, 12, 14)
    assert state(sqlite_engine, tmp_path, token, NOW + timedelta(days=25)) == "open"


# --- links --------------------------------------------------------------------------------------


def test_the_link_is_the_same_whenever_it_is_asked_until_a_new_one_ends_it(engine, tmp_path):
    number = opened(engine)
    first = link(engine, tmp_path, number)
    assert link(engine, tmp_path, number) == first
    with database.writing(engine) as connection:
        second = asking.new_link(connection, USER, tmp_path, number)
    assert second == link(engine, tmp_path, number) != first
    assert state(engine, tmp_path, first, NOW) == "unknown"
    assert state(engine, tmp_path, second, NOW) == "open"


def test_after_the_secret_is_lost_old_links_work_and_are_not_replaced_in_silence(
    sqlite_engine, tmp_path
):
    number = opened(sqlite_engine)
    token = link(sqlite_engine, tmp_path, number)
    (tmp_path / FILE).unlink()
    with pytest.raises(LostSecret):
        link(sqlite_engine, tmp_path, number)
    assert state(sqlite_engine, tmp_path, token, NOW) == "open"
    with database.writing(sqlite_engine) as connection:
        new = asking.new_link(connection, USER, tmp_path, number)
    assert state(sqlite_engine, tmp_path, new, NOW) == "open"


def test_personal_links_whose_secret_is_lost_are_not_taken_twice(sqlite_engine, tmp_path):
    number = opened(sqlite_engine, link="personal")
    token = invited(sqlite_engine, tmp_path, number, 1)[0]
    answer(sqlite_engine, tmp_path, token)
    (tmp_path / FILE).unlink()
    with pytest.raises(LostSecret):
        answer(sqlite_engine, tmp_path, token)
    assert count(sqlite_engine, schema.Response) == 1


# --- counts -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("residents", "staff", "told", "total"),
    # Groups in steps of 5; the total is their sum: 9 and 4, told as 13 beside 5, would leave 8 for
    # the second group at most, and 4 when the first was seen to become 5.
    [(0, 0, (0, 0), None), (4, 0, (0, 0), None), (4, 1, (0, 0), None), (9, 4, (5, 0), 5),
     (10, 5, (10, 5), 15)],
)  # fmt: skip
def test_counts_of_groups_are_told_in_steps(sqlite_engine, tmp_path, residents, staff, told, total):
    number = opened(sqlite_engine, groups=("RES", "STAFF"), invited={"RES": 20})
    token = link(sqlite_engine, tmp_path, number)
    with database.writing(sqlite_engine) as connection:
        connection.execute(
            sa.insert(schema.AffectedPopulation),
            {"project_id": 1, "group_code": "RES", "people": 200, "source": "arvio"},
        )
    for at, group in enumerate(["RES"] * residents + ["STAFF"] * staff):
        answer(sqlite_engine, tmp_path, token, f"submission-{at:08}", group=group)
    with database.reading(sqlite_engine) as connection:
        facts = collection_facts.collection(connection, USER, NOW, number)
    assert tuple(group.answered for group in facts.counts) == told
    assert facts.answered == total
    of_residents, of_staff = facts.counts
    assert (of_residents.rate, of_residents.coverage) == (told[0] / 20, told[0] / 200)
    assert (of_staff.rate, of_staff.coverage) == (None, None)


# --- notices ------------------------------------------------------------------------------------


def test_an_opening_names_the_newest_notice_that_is_valid(sqlite_engine):
    own = Text(fi="Oma", sv="Egen", en="Own")
    with database.writing(sqlite_engine) as connection:
        notices.write_notice(connection, USER, "2026-10-oma", own, date(2026, 10, 1))
        notices.write_notice(connection, USER, "2027-oma", own, date(2027, 1, 1))
        with pytest.raises(NotPermitted):
            notices.write_notice(connection, MANAGER, "x", own, date(2026, 1, 1))
        with pytest.raises(notices.InvalidNotice, match="new name"):
            notices.write_notice(connection, USER, "2027-oma", own, date(2026, 1, 1))
        assert notices.versions(connection) == ["2027-oma", "2026-10-oma", "2026-11"]
    opened(sqlite_engine)
    opened(sqlite_engine, wave="end", notice="2026-11")
    with database.reading(sqlite_engine) as connection:
        named = connection.scalars(sa.select(schema.Opening.notice_version)).all()
        assert notices.notice(connection, named[0]) == own
        assert "vapaaehtoista" in notices.notice(connection, named[1]).fi
    assert named == ["2026-10-oma", "2026-11"]


def test_a_shipped_notice_that_was_shown_is_kept_as_it_was(sqlite_engine, monkeypatch):
    opened(sqlite_engine)
    shown = notices.shipped()["2026-11"]
    changed = {"2026-11": Text(fi="Muu", sv="Annan", en="Other")}
    monkeypatch.setattr(notices, "shipped", lambda: changed)
    with database.reading(sqlite_engine) as connection:
        assert notices.notice(connection, "2026-11") == shown
    assert len(GIVEN) == 13  # the pulse form asks so many closed items (survey/instruments)
