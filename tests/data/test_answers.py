"""Answering by link: what a token leads to, and what is stored once and exactly as it was said."""

from __future__ import annotations

import json
import secrets
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

from data import database, schema, sheets
from data.fieldwork import asking, invitations
from data.fieldwork.answers import GRACE, NotAccepted, Receipt, RefusedAnswers, accept, find
from data.instruments import field_instrument
from survey.instrument import Instrument, instruments
from tests.data.asked import GIVEN, NOW, PULSE, USER, answer, count, invited, link, opened

BENEFIT = instruments()["benefit@1"]
END = datetime(2026, 11, 30, 22, tzinfo=UTC)


def found(engine: sa.Engine, home: Path, token: str, now: datetime = NOW):
    with database.reading(engine) as connection:
        return find(connection, home, token, now)


def stored(engine: sa.Engine) -> list[dict[str, object]]:
    with database.reading(engine) as connection:
        rows = connection.execute(sa.select(schema.Response.__table__)).mappings()
        return [dict(row) for row in rows]


# --- what a token leads to (T-30, T-31) ---------------------------------------------------------


def test_the_states_of_a_personal_link_in_the_order_of_its_life(engine, tmp_path):
    token = invited(engine, tmp_path, opened(engine, link="personal"), 1)[0]
    early, late = NOW - timedelta(days=30), NOW + timedelta(days=30)
    told = [found(engine, tmp_path, token, now).state for now in (early, NOW, late)]
    assert told == ["too_early", "open", "closed"]
    assert found(engine, tmp_path, token).group == "RES"
    answer(engine, tmp_path, token)
    assert found(engine, tmp_path, token).state == "used"
    # Whoever answered may see the receipt again, also after the end.
    assert found(engine, tmp_path, token, late).state == "used"


def test_every_token_that_is_not_valid_leads_to_the_very_same(engine, tmp_path):
    anonymous = opened(engine)
    replaced = link(engine, tmp_path, anonymous)
    personal = opened(engine, link="personal", wave="end")
    withdrawn, used = invited(engine, tmp_path, personal, 2)
    answer(engine, tmp_path, used)
    with database.writing(engine) as connection:
        asking.new_link(connection, USER, tmp_path, anonymous)
        for token in (withdrawn, used):
            gone = find(connection, tmp_path, token, NOW).invitation
            invitations.withdraw(connection, USER, personal, gone, NOW)
        asking.close(connection, USER, personal, NOW)
    with database.reading(engine) as connection:
        hashes = connection.scalars(sa.select(schema.Invitation.token_sha256)).all()
        ids = connection.scalars(sa.select(schema.Invitation.id)).all()
    strange = ["", "a", "a" * 43, "ä" * 43, "a" * 10_000, "../../etc/passwd", "\0" * 43, "\ud800"]
    strange += [secrets.token_urlsafe(32), f"{replaced}\n", replaced.swapcase(), *hashes, *ids]
    seen = {found(engine, tmp_path, token) for token in (replaced, withdrawn, used, *strange)}
    assert [one.state for one in seen] == ["unknown"]
    assert [(one.opening, one.accepts, one.group) for one in seen] == [(None, False, None)]
    with pytest.raises(NotAccepted) as refusal:
        answer(engine, tmp_path, strange[0])
    assert refusal.value.state == "unknown"


def test_a_million_guesses_find_nothing_and_are_refused_by_their_hash(sqlite_engine, tmp_path):
    # 2,000 here; 256 bits leave a chance of 1e-73 for each.
    link(sqlite_engine, tmp_path, opened(sqlite_engine))
    with database.reading(sqlite_engine) as connection:
        states = {
            find(connection, tmp_path, secrets.token_urlsafe(32), NOW).state for _ in range(2000)
        }
    assert states == {"unknown"}


def test_looking_never_uses_a_link(engine, tmp_path):
    token = invited(engine, tmp_path, opened(engine, link="personal"), 1)[0]
    before = [count(engine, table) for table in (schema.UsedLink, schema.Response)]
    assert {found(engine, tmp_path, token).state for _ in range(20)} == {"open"}
    assert [count(engine, table) for table in (schema.UsedLink, schema.Response)] == before
    assert answer(engine, tmp_path, token).new


# --- what is stored -----------------------------------------------------------------------------


def test_an_answer_is_stored_as_it_was_said_with_a_day_and_no_time(engine, tmp_path):
    number = opened(engine, instrument=BENEFIT.key, wave="end", groups=("RES", "STAFF"))
    token = link(engine, tmp_path, number)
    own = BENEFIT.open_items[0].code
    closed = {item.code: BENEFIT.answers_of(item.code).codes[-1] for item in BENEFIT.closed_items}
    said = closed | {own: "  Hyvää työtä, ”kaikki” 👍\n– ja \0enemmän\ud800 "}
    receipt = answer(engine, tmp_path, token, given=said, group="STAFF", language="sv")
    assert receipt == Receipt(number, new=True)
    [row] = stored(engine)
    asked = [item.code for item in BENEFIT.items if item.concerns("STAFF", "end")]
    assert json.loads(row["answers"]) == {c: v for c, v in closed.items() if c in asked}
    assert (row["group_code"], row["language"]) == ("STAFF", "sv")
    assert row["answered_on"] == date(2026, 11, 10)
    assert [row[name] for name in ("link_key", "batch_id", "source_key")] == [None, None, None]
    with database.reading(engine) as connection:
        [words] = connection.execute(sa.select(schema.OpenAnswer.__table__)).all()
    assert tuple(words) == (row["id"], own, "Hyvää työtä, ”kaikki” 👍\n– ja enemmän")


def test_the_day_is_the_finnish_one(sqlite_engine, tmp_path):
    token = link(sqlite_engine, tmp_path, opened(sqlite_engine))
    answer(sqlite_engine, tmp_path, token, now=datetime(2026, 11, 9, 22, 30, tzinfo=UTC))
    assert stored(sqlite_engine)[0]["answered_on"] == date(2026, 11, 10)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"given": {}}, "nothing"),
        ({"given": {"NOSUCH": 1}}, "nothing"),
        ({"given": {PULSE.items[0].code: ""}}, "nothing"),
        ({"given": GIVEN | {PULSE.items[0].code: 6}}, "off_scale"),
        ({"given": GIVEN | {PULSE.items[0].code: "1"}}, "off_scale"),
        ({"given": GIVEN | {PULSE.items[0].code: True}}, "off_scale"),
        ({"given": GIVEN | {PULSE.items[0].code: 1.0}}, "off_scale"),
        ({"given": GIVEN | {PULSE.items[0].code: -3}}, "off_scale"),
        ({"group": "STAFF"}, "group"),
        ({"language": "de"}, "language"),
        ({"language": "en"}, "language"),
        ({"submission": "short"}, "submission"),
        ({"submission": "x" * 87}, "submission"),
        ({"submission": "not-a-random-text;--"}, "submission"),
    ],
)
def test_what_no_form_of_ours_sends_is_refused_and_uses_no_link(
    sqlite_engine, tmp_path, changes, code
):
    number = opened(sqlite_engine, languages=("fi", "sv"))
    token = link(sqlite_engine, tmp_path, number)
    with pytest.raises(RefusedAnswers) as refusal:
        answer(sqlite_engine, tmp_path, token, **changes)
    assert refusal.value.code == code
    assert stored(sqlite_engine) == []
    assert count(sqlite_engine, schema.UsedLink) == 0
    with database.reading(sqlite_engine) as connection:
        assert connection.scalar(sa.select(schema.Collection.revision)) == 0
    assert answer(sqlite_engine, tmp_path, token).new


def test_an_answer_that_is_too_long_is_refused(sqlite_engine, tmp_path):
    number = opened(sqlite_engine, instrument=BENEFIT.key, wave="end")
    token, own = link(sqlite_engine, tmp_path, number), BENEFIT.open_items[0].code
    with pytest.raises(RefusedAnswers, match=own) as refusal:
        answer(sqlite_engine, tmp_path, token, given={own: "a" * 2001})
    assert refusal.value.code == "too_long"
    assert answer(sqlite_engine, tmp_path, token, given={own: "a" * 2000}).new


def test_a_personal_link_knows_its_group_whatever_the_form_says(sqlite_engine, tmp_path):
    number = opened(sqlite_engine, link="personal", groups=("RES", "STAFF"))
    token = invited(sqlite_engine, tmp_path, number, 1, group="STAFF")[0]
    answer(sqlite_engine, tmp_path, token, group="RES")
    assert stored(sqlite_engine)[0]["group_code"] == "STAFF"


def test_where_several_groups_are_asked_an_anonymous_answer_says_which(sqlite_engine, tmp_path):
    token = link(sqlite_engine, tmp_path, opened(sqlite_engine, groups=("RES", "UNK")))
    with pytest.raises(RefusedAnswers):
        answer(sqlite_engine, tmp_path, token)
    answer(sqlite_engine, tmp_path, token, group="UNK")
    assert stored(sqlite_engine)[0]["group_code"] == "UNK"


def test_a_questionnaire_that_a_user_brought_is_answered_too(engine, tmp_path):
    own = Instrument.model_validate(PULSE.model_dump(mode="json") | {"code": "our_own"})
    with database.writing(engine) as connection:
        field_instrument(connection, own)
    token = link(engine, tmp_path, opened(engine, instrument="our_own@1"))
    assert answer(engine, tmp_path, token).new


# --- once (T-32) --------------------------------------------------------------------------------


def test_the_same_form_sent_again_gets_the_same_receipt_also_after_the_end(engine, tmp_path):
    number = opened(engine)
    token = link(engine, tmp_path, number)
    key = answer(engine, tmp_path, token).key
    with database.writing(engine) as connection:
        asking.close(connection, USER, number, NOW)
    for changes in ({}, {"language": "sv"}, {"now": END + timedelta(days=9)}):
        again = answer(engine, tmp_path, token, **changes)
        assert (again, again.key) == (Receipt(number, new=False), key)
    with pytest.raises(NotAccepted) as refusal:
        answer(engine, tmp_path, token, "another-submission")
    assert refusal.value.state == "closed"
    assert len(stored(engine)) == 1


def test_other_answers_with_the_same_form_are_not_taken_for_what_is_stored(engine, tmp_path):
    form = {"instrument": BENEFIT.key, "wave": "end", "groups": ("RES", "STAFF")}
    token = link(engine, tmp_path, opened(engine, **form))
    first, own = BENEFIT.closed_items[0].code, BENEFIT.open_items[0].code
    given = {first: BENEFIT.answers_of(first).codes[0], own: "Hyvä."}
    key = answer(engine, tmp_path, token, given=given, group="RES").key
    said = {"given": given, "group": "RES"}
    for changes in (
        {"given": {}},
        {"given": given | {own: "Huono."}},
        {"given": given | {first: BENEFIT.answers_of(first).codes[1]}},
        {"given": {first: given[first]}},
        {"given": given | {first: 99}},
        {"group": "STAFF"},
        {"group": None},
        {"language": "de"},
    ):
        again = answer(engine, tmp_path, token, **said | changes)
        assert (again.new, again.key) == (False, ""), changes
    assert answer(engine, tmp_path, token, **said).key == key != ""
    assert len(stored(engine)) == 1


def test_a_personal_link_answers_once_however_many_forms_were_begun(engine, tmp_path):
    number = opened(engine, link="personal")
    token = invited(engine, tmp_path, number, 1)[0]
    receipts = [answer(engine, tmp_path, token, f"form-number-{n:06}") for n in range(3)]
    assert [receipt.new for receipt in receipts] == [True, False, False]
    assert len(stored(engine)) == 1


def test_the_same_submission_to_two_collections_is_two_answers(sqlite_engine, tmp_path):
    for wave in ("during", "end"):
        token = link(sqlite_engine, tmp_path, opened(sqlite_engine, wave=wave))
        assert answer(sqlite_engine, tmp_path, token).new


def test_who_began_in_time_is_not_turned_away_at_the_planned_end(sqlite_engine, tmp_path):
    number = opened(sqlite_engine)
    token = link(sqlite_engine, tmp_path, number)
    last = END + GRACE - timedelta(seconds=1)
    one = found(sqlite_engine, tmp_path, token, last)
    assert (one.state, one.accepts) == ("closed", True)
    assert answer(sqlite_engine, tmp_path, token, "form-number-1-----", now=last).new
    assert not found(sqlite_engine, tmp_path, token, END + GRACE).accepts
    with pytest.raises(NotAccepted):
        answer(sqlite_engine, tmp_path, token, "form-number-2-----", now=END + GRACE)
    with pytest.raises(NotAccepted) as early:
        before = NOW - timedelta(days=30)
        answer(sqlite_engine, tmp_path, token, "form-number-3-----", now=before)
    assert early.value.state == "too_early"
    with database.writing(sqlite_engine) as connection:
        asking.close(connection, USER, number, END - timedelta(seconds=5))
    assert not found(sqlite_engine, tmp_path, token, END).accepts


# --- on the disk (T-33) -------------------------------------------------------------------------


def test_the_receipt_comes_after_a_commit_that_waits_for_the_disk(engine, tmp_path):
    token = link(engine, tmp_path, opened(engine))
    settings = []

    @sa.event.listens_for(engine, "commit")
    def ask(connection):
        name = "synchronous" if engine.dialect.name == "sqlite" else "synchronous_commit"
        ask_it = f"pragma {name}" if engine.dialect.name == "sqlite" else f"show {name}"
        settings.append(connection.exec_driver_sql(ask_it).scalar())

    answer(engine, tmp_path, token)
    # 2 is FULL; the test server itself is told to be fast and careless.
    assert settings == [2 if engine.dialect.name == "sqlite" else "on"]


def test_where_the_commit_fails_there_is_no_receipt_and_nothing_is_stored(sqlite_engine, tmp_path):
    token = invited(sqlite_engine, tmp_path, opened(sqlite_engine, link="personal"), 1)[0]

    def fail(_connection):
        raise OSError("the disk is full")

    sa.event.listen(sqlite_engine, "commit", fail)
    with pytest.raises(OSError, match="disk is full"):
        answer(sqlite_engine, tmp_path, token)
    sa.event.remove(sqlite_engine, "commit", fail)
    assert stored(sqlite_engine) == [] and count(sqlite_engine, schema.UsedLink) == 0
    assert answer(sqlite_engine, tmp_path, token).new


# --- into a sheet -------------------------------------------------------------------------------


def test_answers_by_link_are_published_as_imported_ones_are(sqlite_engine, tmp_path):
    token = link(sqlite_engine, tmp_path, opened(sqlite_engine))
    for number in range(12):
        # Where everybody says the same, nothing is published.
        said = {code: 1 + (number + at) % 5 for at, code in enumerate(GIVEN)}
        answer(sqlite_engine, tmp_path, token, f"form-number-{number:06}", said)
    publication = sheets.refresh(sqlite_engine, tmp_path)
    assert (publication.changed, publication.waiting) == (True, ())
    with database.reading(sqlite_engine) as connection:
        figures = sheets.read_figures(connection, USER, revision=publication.revision)
    shown = [f for f in figures if f.level == "project" and f.value is not None]
    assert {f.n for f in shown if f.n} == {12}


def test_accept_has_the_signature_of_the_contract(sqlite_engine, tmp_path):
    token = link(sqlite_engine, tmp_path, opened(sqlite_engine))
    given = dict(GIVEN)
    receipt = accept(sqlite_engine, tmp_path, token, "s" * 32, "RES", "fi", given, NOW)
    assert receipt.new and given == GIVEN
