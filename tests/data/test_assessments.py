"""Self-assessments: two who write at once lose nothing, and each sees what is theirs to see."""

from __future__ import annotations

import random
import threading
from dataclasses import replace
from datetime import date

import pytest
import sqlalchemy as sa

from data import database, schema
from data.access import Grant, NotPermitted, Role, User
from data.judgement.assessment_reading import (
    Action,
    Rating,
    assessment_of,
    assessments_of,
    events,
    history,
)
from data.judgement.assessments import (
    Changes,
    Conflict,
    IncompleteAssessment,
    InvalidAssessment,
    Saved,
    attach,
    detach,
    reopen,
    save,
    start,
    submit,
)
from data.judgement.evidence import RefusedEvidence, evidence, plain_name
from survey.rubric import rubric

ONE, OTHER = 1, 2
AILA = User(1, "Aila", (Grant(Role.MANAGER, project=ONE),))
BO = User(2, "Bo", (Grant(Role.MANAGER, project=ONE),))
FAR = User(3, "Far", (Grant(Role.MANAGER, project=OTHER),))
STEERING = User(4, "Steering", (Grant(Role.STEERING),))
FUNDER = User(5, "Funder", (Grant(Role.FUNDER, funder=1),), {1: frozenset({ONE})})
EVALUATOR = User(6, "Evaluator", (Grant(Role.EVALUATOR),))
EVERYBODY = (AILA, BO, FAR, STEERING, FUNDER, EVALUATOR)

PNG = b"\x89PNG\r\n\x1a\n" + b"picture"


@pytest.fixture
def filled(engine) -> sa.Engine:
    """Two projects and six people."""
    with database.writing(engine) as connection:
        connection.execute(
            sa.insert(schema.Project),
            [{"id": number, "code": f"p{number}", "name_fi": "P"} for number in (ONE, OTHER)],
        )
        connection.execute(
            sa.insert(schema.AppUser),
            [
                {"id": user.id, "issuer": "i", "subject": user.name, "name": user.name}
                for user in EVERYBODY
            ],
        )
    return engine


def write(engine, step, *told):
    with database.writing(engine) as connection:
        return step(connection, *told)


def read(engine, step, *told):
    with database.reading(engine) as connection:
        return step(connection, *told)


def levels(engine, assessment: int) -> dict[str, int | None]:
    row = schema.AssessmentLevel
    with database.reading(engine) as connection:
        return dict(
            connection.execute(
                sa.select(row.construct, row.level).where(row.assessment_id == assessment)
            ).all()
        )


def judged(engine, user: User, phase: str = "P3", kind: str = "own", level: int = 2) -> int:
    """A submitted assessment with the same level everywhere."""
    number = write(engine, start, user, ONE, phase, kind)
    changes = Changes({construct: Rating(level) for construct in rubric().of(phase)})
    saved = write(engine, save, user, number, 1, changes)
    assert isinstance(write(engine, submit, user, number, saved.version), Saved)
    return number


# --- two at once (trust.md, T-42) ---------------------------------------------------------------


class Editor:
    """Somebody who opens a joint assessment, writes for a while, and saves."""

    def __init__(self, user: User, engine: sa.Engine, assessment: int) -> None:
        self.user, self.engine, self.assessment = user, engine, assessment
        self.look()

    def look(self) -> None:
        seen = read(self.engine, assessment_of, self.user, self.assessment)
        self.version, self.seen = seen.version, dict(seen.ratings)

    def save(self, rng: random.Random) -> tuple[str, Saved | Conflict]:
        construct = rng.choice(["GOAL", "RULE", "TRUST"])
        rating = Rating(rng.randint(1, 4), reason=f"{self.user.name} {rng.random()}")
        changes = Changes({construct: rating})
        return construct, write(
            self.engine, save, self.user, self.assessment, self.version, changes
        )


@pytest.mark.parametrize("rounds", [150, pytest.param(500, marks=pytest.mark.nightly)])
def test_whatever_two_editors_do_no_word_is_replaced_unseen(filled, rounds):
    """Each round: both look, then look or save in a random order, some after they saw a conflict.

    What is replaced was seen by whoever replaced it: its event says what was before, and that is
    what the editor had on the screen. Whoever did not see it stored nothing, and was told.
    """
    rng = random.Random(4_2)
    number = write(filled, start, AILA, ONE, "P3", "joint")
    both = [Editor(user, filled, number) for user in (AILA, BO)]
    stored, refused = {}, 0
    for _ in range(rounds):
        for editor in rng.sample(both, 2):
            if rng.random() < 0.6:
                editor.look()
        for editor in (rng.choice(both) for _ in range(3)):
            on_screen, version = dict(editor.seen), editor.version
            construct, found = editor.save(rng)
            if isinstance(found, Saved):
                assert found.version == version + 1
                stored[found.version] = (editor, construct, on_screen.get(construct))
                editor.look()  # as the page does once it has saved
                continue
            refused += 1
            now = read(filled, assessment_of, AILA, number)
            assert found.version == now.version > version
            assert [event.version for event in found.theirs] == list(
                range(version + 1, now.version + 1)
            )
            assert found.mine.ratings.keys() == {construct}
            assert (construct in found.clashing) == any(
                construct in event.changes for event in found.theirs
            )
            if rng.random() < 0.5:  # reads what the other did, and goes on
                editor.look()
    # With two who look before six saves of ten, both things happen all the time.
    assert len(stored) > rounds / 2
    assert refused > rounds / 4
    told = {event.version: event for event in read(filled, history, AILA, number)}
    assert sorted(told) == list(range(1, max(told) + 1))
    state: dict[str, object] = {}
    for version, (editor, construct, on_screen) in sorted(stored.items()):
        event = told[version]
        assert (event.by, set(event.changes)) == (editor.user.name, {construct})
        before = event.changes[construct].before
        assert before == state.get(construct)
        assert (before and before["reason"]) == (on_screen and on_screen.reason)
        state[construct] = event.changes[construct].after
    assert {c: said["level"] for c, said in state.items()} == levels(filled, number)


def test_of_two_saves_in_the_same_moment_one_is_stored_and_the_other_told(filled):
    number = write(filled, start, AILA, ONE, "P3", "joint")
    for turn in range(15):
        at = threading.Barrier(2)
        found = {}

        def one(user, version, level, at=at, found=found):
            at.wait()
            changes = Changes({"GOAL": Rating(level, reason=f"{user.name} {version}")})
            found[user.name] = write(filled, save, user, number, version, changes)

        both = [
            threading.Thread(target=one, args=(user, turn + 1, level))
            for user, level in ((AILA, 1 + turn % 2), (BO, 3 + turn % 2))
        ]
        for thread in both:
            thread.start()
        for thread in both:
            thread.join()
        assert sorted(type(each).__name__ for each in found.values()) == ["Conflict", "Saved"]
        (conflict,) = (each for each in found.values() if isinstance(each, Conflict))
        (event,) = conflict.theirs
        assert conflict.clashing == ("GOAL",)
        assert levels(filled, number)["GOAL"] == event.changes["GOAL"].after["level"]


def test_a_joint_assessment_that_two_begin_at_once_is_one(filled):
    at, found = threading.Barrier(2), []

    def begin(user):
        at.wait()
        found.append(write(filled, start, user, ONE, "P1", "joint"))

    both = [threading.Thread(target=begin, args=(user,)) for user in (AILA, BO)]
    for thread in both:
        thread.start()
    for thread in both:
        thread.join()
    assert len(set(found)) == 1
    assert len(found) == 2


def test_a_save_over_a_submission_says_so(filled):
    number = write(filled, start, AILA, ONE, "P3", "joint")
    changes = Changes({construct: Rating(2) for construct in rubric().of("P3")})
    write(filled, save, AILA, number, 1, changes)
    assert write(filled, submit, BO, number, 2) == Saved(3)
    found = write(filled, save, AILA, number, 2, Changes({"GOAL": Rating(4)}))
    assert isinstance(found, Conflict)
    assert (found.theirs[0].act, found.theirs[0].by, found.clashing) == ("submitted", "Bo", ())
    with pytest.raises(InvalidAssessment, match="Reopen it"):
        write(filled, save, AILA, number, 3, Changes({"GOAL": Rating(4)}))


# --- from draft to submitted and back -----------------------------------------------------------


def test_an_assessment_is_begun_once_submitted_whole_and_reopened_with_a_reason(filled):
    number = write(filled, start, AILA, ONE, "P3")
    assert write(filled, start, AILA, ONE, "P3") == number
    ratings = {"GOAL": Rating(3, reason=" Signed by all. ", evidence_link="https://example.org/a")}
    assert write(filled, save, AILA, number, 1, Changes(ratings)) == Saved(2)
    with pytest.raises(IncompleteAssessment) as refusal:
        write(filled, submit, AILA, number, 2)
    assert refusal.value.missing == ("RULE", "TRUST")
    rest = {"RULE": Rating(1), "TRUST": Rating(not_applicable=True, reason="New people.")}
    assert write(filled, save, AILA, number, 2, Changes(rest)) == Saved(3)
    assert write(filled, submit, AILA, number, 3) == Saved(4)
    now = read(filled, assessment_of, AILA, number)
    assert (now.state, now.version, now.submitted_at is not None) == ("submitted", 4, True)
    assert now.ratings["GOAL"].reason == "Signed by all."
    with pytest.raises(InvalidAssessment, match="Say why"):
        write(filled, reopen, AILA, number, 4, "  ")
    assert write(filled, reopen, AILA, number, 4, "A partner left.") == Saved(5)
    now = read(filled, assessment_of, AILA, number)
    assert (now.state, now.submitted_at) == ("reopened", None)
    told = read(filled, history, AILA, number)
    acts = ["started", "saved", "saved", "submitted", "reopened"]
    assert [(event.version, event.act) for event in told] == list(enumerate(acts, start=1))
    assert told[-1].reason == "A partner left."
    with database.reading(filled) as connection:
        audited = connection.scalars(
            sa.select(schema.AuditEvent.action).order_by(schema.AuditEvent.id)
        ).all()
    assert audited == ["assessment_started", "assessment_submitted", "assessment_reopened"]


def test_what_changes_nothing_makes_no_version(filled):
    number = write(filled, start, AILA, ONE, "P3")
    changes = Changes({"GOAL": Rating(3)})
    assert write(filled, save, AILA, number, 1, changes) == Saved(2)
    assert write(filled, save, AILA, number, 2, changes) == Saved(2)
    assert write(filled, save, AILA, number, 2, Changes({"RULE": Rating()})) == Saved(2)


def test_actions_are_added_done_and_taken_away_with_a_trace(filled):
    number = write(filled, start, AILA, ONE, "P3")
    agreed = Action("Sopikaa säännöistä.", "Bo", date(2026, 12, 1), construct="RULE")
    write(filled, save, AILA, number, 1, Changes(new_actions=[agreed]))
    (key,) = read(filled, assessment_of, AILA, number).actions
    done = replace(agreed, done_on=date(2026, 11, 30))
    write(filled, save, AILA, number, 2, Changes(actions={key: done}))
    assert read(filled, assessment_of, AILA, number).actions == {key: done}
    write(filled, save, AILA, number, 3, Changes(actions={key: None}))
    assert not read(filled, assessment_of, AILA, number).actions
    (last,) = read(filled, events, number, 3)
    change = last.changes[f"action:{key}"]
    assert (change.before["done_on"], change.after) == ("2026-11-30", None)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        (Changes({"INCL": Rating(1)}), "construct"),  # not a construct of P3
        (Changes({"GOAL": Rating(5)}), "level"),
        (Changes({"GOAL": Rating(1, not_applicable=True)}), "level"),
        (Changes({"GOAL": Rating(1, evidence_link="javascript:alert(1)")}), "link"),
        (Changes({"GOAL": Rating(1, reason="x" * 4001)}), "too_long"),
        (Changes(new_actions=[Action(" ")]), "empty"),
        (Changes(new_actions=[Action("Do", construct="INCL")]), "construct"),
        (Changes(actions={77: None}), "action"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_stored(filled, changes, code):
    number = write(filled, start, AILA, ONE, "P3")
    with pytest.raises(InvalidAssessment) as refusal:
        write(filled, save, AILA, number, 1, changes)
    assert refusal.value.code == code
    assert read(filled, assessment_of, AILA, number).version == 1


@pytest.mark.parametrize(
    ("user", "project", "phase", "kind", "code"),
    [
        (EVALUATOR, 99, "P3", "own", "project"),
        (User(0, "command line", (Grant(Role.ADMINISTRATOR),)), ONE, "P3", "own", "person"),
        (AILA, ONE, "P9", "own", "phase"),
        (AILA, ONE, "P3", "third", "phase"),
    ],
)
def test_nothing_is_begun_of_what_is_not_there(filled, user, project, phase, kind, code):
    with pytest.raises(InvalidAssessment) as refusal:
        write(filled, start, user, project, phase, kind)
    assert refusal.value.code == code


# --- evidence -----------------------------------------------------------------------------------


def test_a_file_is_kept_once_and_gone_when_nothing_names_it(filled):
    number = write(filled, start, AILA, ONE, "P3")
    write(filled, attach, AILA, number, 1, "GOAL", "../kuva 1.png", PNG)
    write(filled, attach, AILA, number, 2, "RULE", "sama.png", PNG)
    assert write(filled, attach, AILA, number, 3, "RULE", "sama.png", PNG) == Saved(3)
    first, second = read(filled, assessment_of, AILA, number).evidence
    assert (first.name, first.kind, first.sha256) == ("kuva 1.png", "png", second.sha256)
    content = read(filled, evidence, AILA, number, first.sha256)
    assert (content.content, content.media_type) == (PNG, "image/png")
    write(filled, detach, AILA, number, 3, "GOAL", first.sha256)
    assert read(filled, evidence, AILA, number, first.sha256).name == "sama.png"
    write(filled, detach, AILA, number, 4, "RULE", first.sha256)
    with database.reading(filled) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(schema.EvidenceFile)) == 0
    with pytest.raises(NotPermitted):
        read(filled, evidence, AILA, number, first.sha256)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "empty"),
        (b"%PDF-1.7" + bytes(5 * 1024 * 1024), "too_large"),
        (b"<html><script>", "unknown_kind"),
        (b"MZ\x90", "unknown_kind"),
        (b" %PDF-1.7", "unknown_kind"),
    ],
)
def test_other_files_are_refused(filled, content, code):
    number = write(filled, start, AILA, ONE, "P3")
    with pytest.raises(RefusedEvidence) as refusal:
        write(filled, attach, AILA, number, 1, "GOAL", "a.pdf", content)
    assert refusal.value.code == code
    assert read(filled, assessment_of, AILA, number).version == 1


def test_pdf_and_jpeg_are_taken_whatever_their_name_says(filled):
    number = write(filled, start, AILA, ONE, "P3")
    write(filled, attach, AILA, number, 1, "GOAL", "a.exe", b"%PDF-1.7 x")
    write(filled, attach, AILA, number, 2, "GOAL", "b", b"\xff\xd8\xff\xe0")
    kinds = {each.name: each.kind for each in read(filled, assessment_of, AILA, number).evidence}
    assert kinds == {"a.exe": "pdf", "b": "jpeg"}


def test_names_of_files_lose_folders_and_what_cannot_be_seen():
    assert plain_name("C:\\x\\pöytä\u202egnp.exe") == "pöytägnp.exe"
    assert plain_name("a/\x00") == "file"
    assert len(plain_name("ä" * 300)) == 200


# --- who sees and does what ---------------------------------------------------------------------


def seen_by(engine, user: User) -> list[int]:
    return [each.id for each in read(engine, assessments_of, user)]


def test_a_draft_is_its_raters_own_and_a_joint_one_the_projects(filled):
    own = write(filled, start, AILA, ONE, "P3")
    joint = write(filled, start, AILA, ONE, "P3", "joint")
    assert seen_by(filled, AILA) == [joint, own]
    assert seen_by(filled, BO) == [joint]
    assert seen_by(filled, EVALUATOR) == [joint]
    for user in (FAR, STEERING, FUNDER):
        assert seen_by(filled, user) == []


def test_what_is_submitted_is_read_by_steering_and_never_by_funders_or_other_managers(filled):
    own, joint = judged(filled, AILA), judged(filled, AILA, kind="joint")
    for user in (AILA, BO, STEERING, EVALUATOR):
        assert seen_by(filled, user) == [joint, own]
    for user in (FAR, FUNDER):
        assert seen_by(filled, user) == []
        with pytest.raises(NotPermitted):
            read(filled, assessment_of, user, own)
    assert not any(each.writable for each in read(filled, assessments_of, STEERING))
    with pytest.raises(NotPermitted):
        read(filled, history, STEERING, own)
    assert len(read(filled, history, BO, own)) == 3


def test_what_is_reopened_is_out_of_sight_of_readers_again(filled):
    own = judged(filled, AILA)
    write(filled, reopen, AILA, own, 3, "Mistake.")
    assert seen_by(filled, AILA) == [own]
    assert seen_by(filled, BO) == seen_by(filled, STEERING) == []


def test_raters_judge_alone_first(filled):
    ailas = judged(filled, AILA)
    bos = write(filled, start, BO, ONE, "P3")
    assert seen_by(filled, BO) == [bos]
    changes = Changes({construct: Rating(4) for construct in rubric().of("P3")})
    write(filled, save, BO, bos, 1, changes)
    write(filled, submit, BO, bos, 2)
    assert seen_by(filled, BO) == [ailas, bos]


@pytest.mark.parametrize("user", [BO, FAR, STEERING, FUNDER, EVALUATOR], ids=lambda u: u.name)
def test_nobody_changes_the_judgement_of_somebody_else(filled, user):
    own = judged(filled, AILA)
    for step, told in (
        (save, (3, Changes({"GOAL": Rating(1)}))),
        (submit, (3,)),
        (reopen, (3, "Because.")),
        (attach, (3, "GOAL", "a.png", PNG)),
        (detach, (3, "GOAL", "0" * 64)),
    ):
        with pytest.raises(NotPermitted):
            write(filled, step, user, own, *told)
    assert len(read(filled, events, own, 0)) == 3


@pytest.mark.parametrize("user", [FAR, STEERING, FUNDER], ids=lambda u: u.name)
def test_nobody_begins_one_where_they_may_not(filled, user):
    with pytest.raises(NotPermitted):
        write(filled, start, user, ONE, "P3")
    joint = judged(filled, AILA, kind="joint")
    with pytest.raises(NotPermitted):
        write(filled, reopen, user, joint, 3, "Because.")


def test_a_number_that_is_not_there_looks_like_one_that_is_not_permitted(filled):
    with pytest.raises(NotPermitted):
        read(filled, assessment_of, AILA, 99)
    with pytest.raises(NotPermitted):
        write(filled, save, AILA, 99, 1, Changes())
