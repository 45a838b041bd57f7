"""Answers and agreements taken back: 12 paths, who may, what is left, what is published (T-36)."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
import sqlalchemy as sa

from data import access, audit, database, schema, sheets
from data.fieldwork import answers, asking, invitations, notices, withdrawals
from data.fieldwork.answers import RefusedAnswers
from data.fieldwork.withdrawals import NoAnswers
from data.folding import extracts
from data.folding.extracts import FROM_FIRST
from data.instruments import bring_instrument
from data.keeping import erasure
from data.publication import refreshing
from data.publication.waiting import FEWEST
from survey.instrument import WHOLE_PROCESS, AnswerSet, Instrument, Item
from survey.text import Text
from tests.data.asked import GIVEN, NOW, PULSE, USER, answer, count, invited, link, opened

FORM = "a-random-submission"
LATER = NOW + timedelta(days=1)
#: The pulse, and besides two questions on health: one with choices, one in one's own words.
HEALTH = Instrument.model_validate(
    PULSE.model_dump()
    | {
        "code": "health_pulse",
        "answer_sets": PULSE.answer_sets
        | {"own": AnswerSet(kind="open"), "yes": PULSE.answer_sets[PULSE.closed_items[0].answers]},
        "items": (
            *PULSE.items,
            Item(code="ILL", answers="yes", text=Text(fi="a", sv="b", en="c"), special="health"),
            Item(code="HOW", answers="own", text=Text(fi="a", sv="b", en="c"), special="health"),
        ),
        "sections": (),
    }
)
SAID = GIVEN | {"ILL": 2, "HOW": "Selkä on kipeä."}
KINDS = {
    "anonymous": {},
    "personal": {"link": "personal"},
    "joined": {"link": "personal", "joined": True},
}


@pytest.fixture
def asked(engine, tmp_path):
    """A function: the collection of a kind that asks of health, and a link to it."""

    def ask(kind: str) -> tuple[int, str]:
        with database.writing(engine) as connection:
            bring_instrument(connection, USER, HEALTH)
        number = opened(engine, instrument=HEALTH.key, **KINDS[kind])
        if kind == "anonymous":
            return number, link(engine, tmp_path, number)
        return number, invited(engine, tmp_path, number, 1)[0]

    return ask


def rows(engine: sa.Engine) -> list[sa.Row]:
    with database.reading(engine) as connection:
        return connection.execute(sa.select(schema.Response.__table__)).all()


def read_next(engine: sa.Engine, collection: int) -> int:
    """How many answers a refresh would read now."""
    with database.reading(engine) as connection:
        return extracts.read_rows(connection, HEALTH, {collection: FROM_FIRST}).num_rows


# --- twelve paths -------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("path", ["refused", "agreed", "agreement ended", "taken back"])
def test_what_is_kept_is_what_was_agreed_to(engine, tmp_path, asked, kind, path):
    number, token = asked(kind)
    told = {"notice": "2026-11", "agreed": path != "refused"}
    receipt = answers.accept(engine, tmp_path, token, FORM, None, "sv", SAID, NOW, **told)
    [row] = rows(engine)
    assert (row.notice_version, row.language, row.agreed) == ("2026-11", "sv", path != "refused")
    special = {"ILL"} if path != "refused" else set()
    assert set(json.loads(row.answers)) == set(GIVEN) | special
    assert count(engine, schema.OpenAnswer) == len(special)
    before = row.id
    if path == "agreement ended":
        left = withdrawals.end_agreement(engine, tmp_path, token, receipt.key, LATER)
        [row] = rows(engine)
        assert (left.state, left.agreed, row.agreed, row.id) == ("stored", False, False, before)
        assert json.loads(row.answers) == GIVEN
        assert count(engine, schema.OpenAnswer) == 0
    if path == "taken back":
        left = withdrawals.take_back(engine, tmp_path, token, receipt.key, LATER)
        assert (left.state, str(left.on)) == ("taken_back", "2026-11-11")
        assert (rows(engine), count(engine, schema.OpenAnswer)) == ([], 0)
    assert read_next(engine, number) == (0 if path == "taken back" else 1)
    with database.reading(engine) as connection:
        fielding = connection.execute(sa.select(schema.Collection.__table__)).one()
        events = connection.execute(
            sa.select(schema.AuditEvent.actor, schema.AuditEvent.action, schema.AuditEvent.detail)
        ).all()
    # Answers and what is taken back share a revision: it says nothing of their order.
    is_rewritten = path in ("agreement ended", "taken back")
    assert (fielding.revision, fielding.rewritten) == (1, 1 if is_rewritten else 0)
    acts = {"agreement ended": "end_agreement", "taken back": "take_back"}
    mine = [tuple(event) for event in events if event.actor == "respondent"]
    assert mine == ([("respondent", acts[path], "{}")] if path in acts else [])


# --- what a receipt can do, and a link cannot -----------------------------------------------------


@pytest.mark.parametrize("kind", KINDS)
def test_it_is_done_once_and_stays_done(engine, tmp_path, asked, kind):
    number, token = asked(kind)
    key = answer(engine, tmp_path, token).key
    first = withdrawals.take_back(engine, tmp_path, token, key, NOW)
    assert withdrawals.take_back(engine, tmp_path, token, key, LATER) == first
    assert withdrawals.end_agreement(engine, tmp_path, token, key, LATER) == first
    # The form that comes once more, as a browser sends it again, brings nothing back.
    again = answer(engine, tmp_path, token)
    assert (again.new, again.key, rows(engine)) == (False, key, [])
    if kind == "anonymous":
        return
    # A personal link stays used, so nobody reads off the reminders who took answers back.
    with database.writing(engine) as connection:
        assert answers.find(connection, tmp_path, token, NOW).state == "used"
        assert invitations.reminders(connection, USER, tmp_path, number, NOW) == []
    assert answer(engine, tmp_path, token, "another-random-form").key == ""


def test_a_receipt_works_after_the_end_and_when_the_link_leads_nowhere(engine, tmp_path, asked):
    number, token = asked("anonymous")
    key = answer(engine, tmp_path, token).key
    with database.writing(engine) as connection:
        asking.new_link(connection, USER, tmp_path, number)
        asking.close(connection, USER, number, NOW)
    assert withdrawals.take_back(engine, tmp_path, token, key, LATER).state == "taken_back"


def test_nothing_is_taken_back_without_the_receipt(engine, tmp_path, asked):
    number, token = asked("personal")
    key = answer(engine, tmp_path, token).key
    public = key.partition(".")[2]
    [other] = invited(engine, tmp_path, number, 2)[1:]
    wrong = [(token, f"{'x' * 20}.{public}"), (other, key), (token, public), (token, ""),
             (token, key.replace(".", ",")), (token, f"{FORM}.{'0' * 32}")]  # fmt: skip
    for whose, said in wrong:
        for act in (withdrawals.take_back, withdrawals.end_agreement):
            with pytest.raises(NoAnswers):
                act(engine, tmp_path, whose, said, LATER)
    assert len(rows(engine)) == 1


def test_answers_of_which_nothing_is_left_are_gone(engine, tmp_path, asked):
    _, token = asked("anonymous")
    only = {"HOW": "Selkä on kipeä."}
    receipt = answers.accept(
        engine, tmp_path, token, FORM, None, "fi", only, NOW, agreed=True
    )  # fmt: skip
    left = withdrawals.end_agreement(engine, tmp_path, token, receipt.key, LATER)
    assert (left.state, rows(engine)) == ("taken_back", [])


def test_what_is_told_is_what_is_agreed_to(engine, tmp_path, asked):
    _, token = asked("anonymous")
    with pytest.raises(RefusedAnswers) as refused:
        answers.accept(engine, tmp_path, token, FORM, None, "fi", GIVEN, NOW, notice="2020-01")
    assert (refused.value.code, rows(engine)) == ("notice", [])
    text = Text(fi="Uusi.", sv="Ny.", en="New.")
    with database.writing(engine) as connection:
        notices.write_notice(connection, USER, "2026-12", text, NOW.date())
        number = connection.scalar(sa.select(schema.Opening.collection_id))
        notices.use_notice(connection, USER, number, "2026-12", NOW.date())
    answers.accept(engine, tmp_path, token, FORM, None, "fi", GIVEN, NOW, notice="2026-12")
    assert [row.notice_version for row in rows(engine)] == ["2026-12"]


# --- what the audit keeps -------------------------------------------------------------------------


def coded(engine, response: str, *items: str) -> None:
    """Lines in the audit as coding open answers leaves them."""
    with database.writing(engine) as connection:
        for item in items:
            told = {"before": [], "after": [7]}
            audit.record(connection, USER, "code_answer", f"open_answer:{response}:{item}", told)


def lines(engine) -> list[tuple[str, str]]:
    said = schema.AuditEvent
    asked = sa.select(said.subject, said.detail).where(said.action == "code_answer")
    with database.reading(engine) as connection:
        return [tuple(row) for row in connection.execute(asked.order_by(said.id))]


def test_the_audit_does_not_outlive_an_answer_and_tells_the_day_only(engine, tmp_path, asked):
    _, token = asked("anonymous")
    receipt = answers.accept(
        engine, tmp_path, token, FORM, None, "fi", SAID, NOW, agreed=True
    )  # fmt: skip
    response, other = rows(engine)[0].id, "f" * 32
    coded(engine, response, "HOW", "ELSE")
    coded(engine, other, "HOW")
    kept = [(f"open_answer:{one}", '{"after": [7], "before": []}')
            for one in (f"{response}:ELSE", f"{other}:HOW")]  # fmt: skip
    withdrawals.end_agreement(engine, tmp_path, token, receipt.key, LATER)
    assert lines(engine) == [("open_answer", "{}"), *kept]
    withdrawals.take_back(engine, tmp_path, token, receipt.key, LATER)
    assert lines(engine) == [("open_answer", "{}")] * 2 + kept[1:]
    event = schema.AuditEvent
    mine = sa.select(event.at).where(event.actor == "respondent")
    with database.reading(engine) as connection:
        moments = connection.scalars(mine).all()
        assert response not in repr(connection.execute(sa.select(event.__table__)).all())
    assert [f"{at:%Y-%m-%d %H:%M:%S.%f}" for at in moments] == ["2026-11-11 00:00:00.000000"] * 2


def test_who_is_erased_leaves_the_audit_too(engine, tmp_path):
    number = opened(engine, **KINDS["joined"])
    for token in invited(engine, tmp_path, number, 2):
        answer(engine, tmp_path, token)
    for row in rows(engine):
        coded(engine, row.id, "HOW")
    erasure.erase(engine, USER, tmp_path, "person-1", LATER)
    [left] = rows(engine)
    assert {subject for subject, _ in lines(engine)} == {
        "open_answer",
        f"open_answer:{left.id}:HOW",
    }


# --- erased by name -----------------------------------------------------------------------------


def test_joined_answers_of_a_person_are_erased_in_every_round(engine, tmp_path):
    numbers = [opened(engine, wave=wave, **KINDS["joined"]) for wave in ("during", "end")]
    for number in numbers:
        for token in invited(engine, tmp_path, number, 3):
            answer(engine, tmp_path, token)
    assert erasure.erase(engine, USER, tmp_path, " Person-1 ", LATER).rows["response"] == 2
    for key in ("person-1", " "):
        with pytest.raises(erasure.NobodyFound):
            erasure.erase(engine, USER, tmp_path, key, LATER)
    with database.writing(engine) as connection:
        for number in numbers:
            assert len(invitations.invitations_of(connection, USER, tmp_path, number)) == 2
        asked = connection.scalars(sa.select(schema.CollectionGroup.invited)).all()
        revisions = connection.execute(
            sa.select(schema.Collection.revision, schema.Collection.rewritten)
        ).all()
        said = connection.scalars(sa.select(schema.AuditEvent.detail)).all()
    assert (len(rows(engine)), count(engine, schema.UsedLink)) == (4, 4)
    assert (asked, [tuple(row) for row in revisions]) == ([2, 2], [(1, 1), (1, 1)])
    assert not any("person-1" in detail for detail in said)


def test_only_who_may_take_a_batch_back_erases(engine, tmp_path):
    steering = access.User(7, "S", (access.Grant(access.Role.STEERING),))
    with pytest.raises(access.NotPermitted):
        erasure.erase(engine, steering, tmp_path, "person-1", LATER)


# --- published ----------------------------------------------------------------------------------


def test_published_figures_follow_when_enough_was_taken_back(sqlite_engine, tmp_path, monkeypatch):
    frames = []
    monkeypatch.setattr(refreshing, "judge", lambda read, *_: (frames.append(read), ([], {}))[1])
    token = link(sqlite_engine, tmp_path, opened(sqlite_engine))
    keys = [
        answer(sqlite_engine, tmp_path, token, f"a-random-form-{place:03}").key
        for place in range(2 * FEWEST)
    ]
    # Before the first publication nothing waits.
    withdrawals.take_back(sqlite_engine, tmp_path, token, keys.pop(), NOW)
    sheets.refresh(sqlite_engine, tmp_path)
    assert published(frames) == 2 * FEWEST - 1
    for key in keys[: FEWEST - 1]:
        withdrawals.take_back(sqlite_engine, tmp_path, token, key, NOW)
    held = sheets.refresh(sqlite_engine, tmp_path)
    assert [one.answers for one in held.waiting] == [FEWEST - 1]
    assert published(frames) == 2 * FEWEST - 1
    withdrawals.take_back(sqlite_engine, tmp_path, token, keys[FEWEST], NOW)
    assert sheets.refresh(sqlite_engine, tmp_path).waiting == ()
    assert published(frames) == FEWEST - 1


def published(frames: list) -> int:
    """How many answers the last refresh that published anything judged."""
    found = frames[-1].respondents
    return int(found.loc[found["phase"] == WHOLE_PROCESS, "n"].sum())
