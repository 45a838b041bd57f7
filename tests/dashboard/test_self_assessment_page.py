"""A project judges its phases: by described levels, alone and together, and nothing is lost."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import sign_in
from dashboard.judging import form as form_of_page
from dashboard.judging.ready import readiness_sentence
from dashboard.judging.words import construct_name
from dashboard.truth import engine
from dashboard.wording import say
from data import access
from data.database import reading
from data.judgement.assessment_reading import Assessment, Rating, assessments_of, history
from data.judgement.readiness import Readiness
from metrics.names import PHASE_NAMES
from survey.instrument import PHASES
from survey.rubric import rubric
from survey.text import LANGUAGES
from tests.dashboard.looking import opened, plain

pytestmark = pytest.mark.usefixtures("sample_to_write")

#: Kaarnalaiva, which the sample's manager leads, and a phase that nobody has judged in the sample.
PROJECT, PHASE = 1, "P3"
GOAL, RULE, TRUST = rubric().of(PHASE)


def at_phase(role: str, view: str = "own", language: str = "fi") -> AppTest:
    chosen = {"project_id": PROJECT, "judge_phase": PHASE, "judge_view": view}
    return opened("self_assessment", role, language, **chosen)


def begun(role: str, view: str = "own") -> AppTest:
    at = at_phase(role, view)
    return at.button(key="judge_start").click().run()


def stored(role: str = "manager") -> list[Assessment]:
    """The assessments of the phase as a role sees them."""
    with reading(engine()) as connection:
        return assessments_of(connection, access.persona(role, connection), PROJECT, PHASE)


def key(at: AppTest, name: str, construct: str = GOAL) -> str:
    """The key of a field of the assessment that a page shows."""
    ending = f"_{construct}_{name}"
    kinds = (at.radio, at.text_area, at.text_input, at.button, at.get("file_uploader"))
    return next(field.key for kind in kinds for field in kind if (field.key or "").endswith(ending))


def choose(at: AppTest, level: int | str, construct: str = GOAL) -> AppTest:
    return at.radio(key=key(at, "level", construct)).set_value(level).run()


def said(at: AppTest) -> str:
    kinds = (at.markdown, at.caption, at.info, at.warning, at.error, at.success, at.subheader)
    return "\n".join(plain(element.value) for kind in kinds for element in kind)


# --- the form -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_description_is_the_choice(language):
    begun("manager")
    at = at_phase("manager", language=language)
    assert len(at.radio) == len(rubric().of(PHASE))
    for field, criterion in zip(at.radio, rubric().of(PHASE).values(), strict=True):
        assert plain(field.label) == criterion.question.in_language(language)
        assert [plain(option) for option in field.options] == [
            *(level.title.in_language(language) for level in criterion.levels),
            say("judge.not_applicable", language),
        ]
        assert [plain(meaning) for meaning in field.proto.captions][:4] == [
            level.meaning.in_language(language) for level in criterion.levels
        ]
        assert field.value is None  # nothing is chosen for anybody


def test_what_is_saved_is_there_for_the_next_visit():
    at = choose(begun("manager"), 2)
    at.text_area(key=key(at, "reason")).set_value("Tavoite on kirjattu *muistioon*.").run()
    at.text_input(key=key(at, "link")).set_value("https://example.org/muistio").run()
    at.button(key="judge_save").click().run()
    assert say("judge.saved", "fi") in said(at)
    (mine,) = stored()
    link = "https://example.org/muistio"
    assert mine.ratings == {GOAL: Rating(2, False, "Tavoite on kirjattu *muistioon*.", link)}
    again = at_phase("manager")
    assert again.radio(key=key(again, "level")).value == 2


def test_a_link_that_is_none_is_refused_and_what_was_written_stays():
    at = choose(begun("manager"), 3)
    at.text_input(key=key(at, "link")).set_value("javascript:alert(1)").run()
    at.button(key="judge_save").click().run()
    assert say("judge.refused.link", "fi") in said(at)
    assert stored()[0].ratings == {}
    assert at.radio(key=key(at, "level")).value == 3


def test_unsaved_work_survives_a_change_of_language_and_of_page():
    at = choose(begun("manager"), 4)
    at.text_area(key=key(at, "reason")).set_value("Kesken").run()
    at.selectbox(key="choice:lang").set_value("sv").run()
    assert plain(at.radio[0].label) == rubric().of(PHASE)[GOAL].question.sv
    assert at.radio(key=key(at, "level")).value == 4
    assert at.text_area(key=key(at, "reason")).value == "Kesken"
    at.segmented_control(key="choice:judge_view").set_value("ready").run()
    at.segmented_control(key="choice:judge_view").set_value("own").run()
    assert at.text_area(key=key(at, "reason")).value == "Kesken"
    assert stored()[0].ratings == {}


def test_it_is_handed_in_when_everything_is_said_and_opened_again_with_a_reason():
    at = choose(begun("manager"), 2)
    at.button(key="judge_submit").click().run()
    missing = ", ".join(construct_name(code, "fi") for code in (RULE, TRUST))
    assert say("judge.incomplete", "fi", missing=missing) in said(at)
    assert stored()[0].ratings[GOAL].level == 2  # what was said is stored all the same
    choose(choose(at, "na", RULE), 3, TRUST).button(key="judge_submit").click().run()
    assert stored()[0].state == "submitted"
    assert stored()[0].ratings[RULE].not_applicable
    assert say("judge.after_own", "fi") in said(at)
    assert not at.radio
    at.button(key="judge_reopen").click().run()
    assert say("judge.refused.empty", "fi") in said(at)
    reason = next(field for field in at.text_input if field.key.endswith("_reopen"))
    reason.set_value("Uusi kumppani").run()
    at.button(key="judge_reopen").click().run()
    assert stored()[0].state == "reopened"
    at.segmented_control(key="choice:judge_view").set_value("history").run()
    told = "\n".join(plain(cell) for cell in at.table[0].value.iloc[:, -1])
    assert "Uusi kumppani" in told
    assert rubric().of(PHASE)[GOAL].level(2).title.fi in told


def test_the_next_level_becomes_an_action_with_somebody_and_a_day():
    at = choose(begun("manager"), 2)
    at.button(key=key(at, "next")).click().run()
    meaning = rubric().of(PHASE)[GOAL].level(3).meaning.fi
    (text,) = [field for field in at.text_area if field.key.endswith("_text")]
    assert text.value == meaning
    owner = next(field for field in at.text_input if field.key.endswith("_owner"))
    owner.set_value("Vetäjä").run()
    at.date_input[0].set_value("2026-12-01").run()
    at.button(key="judge_save").click().run()
    (action,) = stored()[0].actions.values()
    assert (action.text, action.owner, action.due_on.isoformat(), action.construct) == (
        meaning, "Vetäjä", "2026-12-01", GOAL,
    )  # fmt: skip


def test_an_action_of_what_was_handed_in_is_marked_done_without_reopening():
    at = choose(begun("manager"), 2)
    at.button(key=key(at, "next")).click().run()
    choose(choose(at, "na", RULE), 3, TRUST).button(key="judge_submit").click().run()
    (mark,) = [button for button in at.button if "_mark" in (button.key or "")]
    named = rubric().of(PHASE)[GOAL].level(3).meaning.fi
    assert mark.label.startswith("Merkitse tehdyksi: ")
    assert named.startswith(mark.label.removeprefix("Merkitse tehdyksi: ").removesuffix("…"))
    mark.click().run()
    (action,) = stored()[0].actions.values()
    assert (stored()[0].state, action.done_on is not None) == ("submitted", True)
    assert say("judge.marked_done", "fi") in said(at)
    # Readers see that it is done and have no button.
    reader = at_phase("steering", "joint")
    assert not [button for button in reader.button if "_mark" in (button.key or "")]
    with reading(engine()) as connection:
        told = history(connection, access.persona("manager", connection), stored()[0].id)
    (change,) = told[-1].changes.values()
    assert (change.before["done_on"], told[-1].act) == (None, "saved")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("missing", [(), ("GOAL",), ("GOAL", "TRUST")])
def test_nothing_follows_the_last_phase(language, missing):
    def sentence(phase: str) -> str:
        return readiness_sentence(Readiness(1, phase, {}, {}, True, 0, missing), language)

    following = {"fi": "seuraava", "sv": "nästa", "en": "next"}[language]
    last = {"fi": "viimeises", "sv": "sista", "en": "last"}[language]
    assert following in sentence("P7")
    assert following not in sentence("P8")
    assert last in sentence("P8")
    # "Trust is missing" would say that there is none.
    for code in missing:
        name = construct_name(code, language)
        assert say("judge.missing_judgement", language, name=name) in sentence("P8")


def test_a_file_backs_a_level_and_what_is_no_file_of_ours_is_refused(monkeypatch):
    begun("manager")
    provider = type("InForce", (), {"Mode": sign_in.Mode, "mode": lambda: sign_in.Mode.PROVIDER})
    monkeypatch.setattr(form_of_page, "sign_in", provider)
    at = at_phase("manager")
    sending = next(f for f in at.get("file_uploader") if f.key == key(at, "upload0"))
    sending.set_value(("muistio.pdf", b"MZ not a pdf", "application/pdf")).run()
    assert say("judge.refused.unknown_kind", "fi") in said(at)
    sending = next(f for f in at.get("file_uploader") if f.key == key(at, "upload0"))
    sending.set_value(("muistio.pdf", b"%PDF-1.7 minutes", "application/pdf")).run()
    (file,) = stored()[0].evidence
    assert (file.construct, file.name, file.kind) == (GOAL, "muistio.pdf", "pdf")


def test_no_file_is_brought_into_the_sample():
    at = begun("manager")
    assert not at.get("file_uploader")
    assert say("judge.file_sample", "fi") in said(at)


# --- two at once --------------------------------------------------------------------------------


def test_the_second_of_two_sees_both_versions_and_nothing_is_overwritten():
    first = begun("manager", "joint")
    second = at_phase("evaluator", "joint")
    choose(first, 1).button(key="judge_save").click().run()
    second.text_area(key=key(second, "reason")).set_value("Sovittu avajaisissa").run()
    choose(choose(second, 4), 2, TRUST)
    assert say("judge.others_wrote", "fi") in said(second)
    second.button(key="judge_save").click().run()
    # Both versions of the goal stand beside each other, and the store still has the first one.
    titles = {number: rubric().of(PHASE)[GOAL].level(number).title.fi for number in (1, 4)}
    assert all(title in said(second) for title in titles.values())
    assert stored()[0].ratings == {GOAL: Rating(1)}
    assert second.button(key="judge_save_choices").disabled
    which = second.radio(key=f"judge_{stored()[0].id}_which_{GOAL}")
    assert which.value is None
    which.set_value("theirs").run()
    second.button(key="judge_save_choices").click().run()
    assert stored()[0].ratings == {GOAL: Rating(1), TRUST: Rating(2)}


def test_the_second_of_two_may_keep_their_own_and_the_first_stays_in_the_history():
    first = begun("manager", "joint")
    second = at_phase("evaluator", "joint")
    choose(first, 1).button(key="judge_save").click().run()
    choose(second, 4).button(key="judge_save").click().run()
    second.radio(key=f"judge_{stored()[0].id}_which_{GOAL}").set_value("mine").run()
    second.button(key="judge_save_choices").click().run()
    (joint,) = stored()
    assert joint.ratings == {GOAL: Rating(4)}
    with reading(engine()) as connection:
        past = history(connection, access.persona("manager", connection), joint.id)
    changes = [event.changes[GOAL] for event in past if GOAL in event.changes]
    assert [change.after["level"] for change in changes] == [1, 4]
    assert changes[-1].before["level"] == 1


def test_two_who_change_different_parts_are_told_and_both_stand():
    first = begun("manager", "joint")
    second = at_phase("evaluator", "joint")
    choose(first, 1).button(key="judge_save").click().run()
    choose(second, 2, RULE).button(key="judge_save").click().run()
    name = construct_name(GOAL, "fi")
    manager = stored()[0].rater_name
    assert say("judge.only_theirs", "fi", who=manager, what=name) in said(second)
    second.button(key="judge_save_choices").click().run()
    assert stored()[0].ratings == {GOAL: Rating(1), RULE: Rating(2)}


def test_one_may_give_up_ones_own_changes():
    first = begun("manager", "joint")
    second = at_phase("evaluator", "joint")
    choose(first, 1).button(key="judge_save").click().run()
    choose(second, 4).button(key="judge_save").click().run()
    second.button(key="judge_drop").click().run()
    assert stored()[0].ratings == {GOAL: Rating(1)}
    assert second.radio(key=key(second, "level")).value == 1


# --- who sees what ------------------------------------------------------------------------------


def test_raters_see_each_other_once_they_have_judged_alone():
    for role, level in (("manager", 1), ("evaluator", 4)):
        at = begun(role)
        for construct in (GOAL, RULE, TRUST):
            choose(at, level, construct)
        if role == "evaluator":
            at.segmented_control(key="choice:judge_view").set_value("joint").run()
            assert say("judge.alone_first", "fi") in said(at)
            assert not at.table  # nobody's judgement is shown to somebody who still judges
            at.segmented_control(key="choice:judge_view").set_value("own").run()
        at.button(key="judge_submit").click().run()
    at.segmented_control(key="choice:judge_view").set_value("joint").run()
    beside = at.table[0].value
    assert rubric().of(PHASE)[GOAL].level(1).title.fi in plain(beside.iloc[0, 1])
    assert rubric().of(PHASE)[GOAL].level(4).title.fi in plain(beside.iloc[0, 2])
    # Levels 1 and 4 lie three apart.
    assert plain(beside.iloc[0, -1]) == say("judge.levels_apart.many", "fi", n=3)


def test_readers_read_and_do_not_write():
    at = at_phase("steering", "joint")
    assert not at.radio
    assert not [button for button in at.button if button.key == "judge_start"]
    begun("manager", "joint")
    assert say("judge.no_joint", "fi") in said(at_phase("steering", "joint"))
    views = at.segmented_control(key="choice:judge_view").options
    assert plain(views[0]) == say("judge.view.joint", "fi")
    assert say("judge.view.history", "fi") not in [plain(view) for view in views]


def test_what_is_missing_is_named_with_the_way_to_add_it():
    at = at_phase("evaluator", "ready")
    told = said(at).replace("**", "")
    assert PHASE_NAMES[PHASE].fi in told
    for construct in (GOAL, RULE, TRUST):
        name = construct_name(construct, "fi")
        assert f"{say('judge.lacks', 'fi')} {name}: {say('judge.judged.missing', 'fi')}" in told
    ways = [link.proto.label for link in at.get("page_link")]
    assert ways.count(say("judge.add_judgement", "fi")) == len(rubric().of(PHASE))


@pytest.mark.parametrize("phase", PHASES)
def test_a_survey_that_is_missing_is_opened_for_its_phase(phase):
    """Answers count for a phase when they are asked about it."""
    at = opened(
        "self_assessment", "evaluator", project_id=PROJECT, judge_phase=phase, judge_view="ready"
    )
    asked = [
        link.proto.query_string
        for link in at.get("page_link")
        if link.proto.label == say("judge.add_survey", "fi")
    ]
    there = say("judge.participants.there", "fi") in said(at).replace("**", "")
    assert len(asked) == (0 if there else 1)
    assert all(f"survey_phase={phase}" in way and "surveys_view=new" in way for way in asked)
