"""Open answers are put under themes by hand, and quoted only when cleared and never of a few."""

from __future__ import annotations

from collections import Counter

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from dashboard.truth import engine
from dashboard.voices.subjects import BENEFIT, CHALLENGE, SUCCESS, choices, kind_of
from dashboard.wording import say
from data import access, schema
from data.database import reading, writing
from data.voices import open_answers, quotes
from data.voices.open_answers import OpenText, Quoted
from survey.instrument import instruments
from survey.keywords import suggest
from survey.text import LANGUAGES
from tests.dashboard.looking import opened, plain

pytestmark = pytest.mark.usefixtures("nothing_coded")

#: What only somebody who would do harm writes into an open answer.
MARKUP = "<b>Minna</b> [linkki](https://example.org) :smile: *paha*"


@pytest.fixture
def nothing_coded(sample_to_write):
    """The sample as it was before anybody put its open answers under themes."""
    with writing(engine()) as connection:
        for table in (schema.AnswerCoding, schema.AnswerClearance, schema.AnswerTheme):
            connection.execute(sa.delete(table))


def person(role: str) -> access.User:
    with reading(engine()) as connection:
        return access.persona(role, connection)


def answers(**which) -> list[OpenText]:
    with reading(engine()) as connection:
        return open_answers.to_code(connection, person("evaluator"), limit=5000, **which)


def crowd(least: int = 10) -> list[OpenText]:
    """The answers to one question of one collection to which enough people wrote."""
    counted = Counter((one.collection, one.item) for one in answers())
    place = next(place for place, n in counted.items() if n >= least)
    return [one for one in answers() if (one.collection, one.item) == place]


def few() -> OpenText:
    """An answer to a question that nobody else answered in its collection."""
    counted = Counter((one.collection, one.item) for one in answers())
    return next(one for one in answers() if counted[one.collection, one.item] == 1)


def rewritten(answer: OpenText, text: str) -> None:
    """The answer as if somebody had written that."""
    table = schema.OpenAnswer
    with writing(engine()) as connection:
        connection.execute(
            sa.update(table)
            .where(table.response_id == answer.response, table.item == answer.item)
            .values(text=text)
        )


def cleared(answer: OpenText, redacted: str | None = None) -> None:
    with writing(engine()) as connection:
        user = person("evaluator")
        open_answers.clear(connection, user, answer.response, answer.item, Quoted(), redacted)


def told(at: AppTest) -> str:
    kinds = (at.markdown, at.caption, at.info, at.success, at.error, at.expander)
    return "\n".join(plain(getattr(e, "label", None) or e.value) for kind in kinds for e in kind)


def coding(project: int) -> AppTest:
    return opened(
        "challenges",
        "evaluator",
        voices_project=project,
        voices_view="coding",
        voices_which="every",
    )


# --- themes -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("item", "kind"),
    [
        ("HARD_TEXT", CHALLENGE), ("HARD_TEXT_PLAIN", CHALLENGE), ("DRAWBACK_TEXT", CHALLENGE),
        ("SUCCESS_TEXT", SUCCESS), ("STRENGTH_TEXT", SUCCESS), ("BENEFIT_TEXT", BENEFIT),
        ("CHANGE_TEXT", BENEFIT),
    ],
)  # fmt: skip
def test_a_question_asks_for_a_kind(item, kind):
    assert kind_of(item) == kind


def test_every_open_question_of_the_questionnaires_asks_for_some_kind():
    asked = {item.code for one in instruments().values() for item in one.open_items}
    kinds = {kind_of(code) for code in asked}
    assert kinds == {CHALLENGE, SUCCESS, BENEFIT}


def test_every_subject_can_be_a_challenge_a_success_and_a_benefit():
    offered = choices([])
    kinds = Counter(choice.kind for choice in offered.values())
    assert len(set(kinds.values())) == 1
    assert set(kinds) == {CHALLENGE, SUCCESS, BENEFIT}


# --- putting answers under themes ---------------------------------------------------------------


def test_a_suggestion_is_shown_and_is_nothing_until_a_person_takes_it():
    answer = next(one for one in answers() if suggest(one.text))
    at = coding(answer.project)
    key = f"voice_{answer.response}_{answer.item}"
    while not [box for box in at.multiselect if box.key == f"{key}_themes"]:
        pages = at.selectbox(key="choice:voices_page")
        pages.set_value(pages.value + 1).run()
    chosen = at.multiselect(key=f"{key}_themes")
    assert chosen.value == []
    at.button(key=f"{key}_take").click().run()
    at.button(key=f"{key}_save").click().run()
    assert say("voices.saved", "fi") in told(at)
    stored = next(one for one in answers() if one.response == answer.response)
    with reading(engine()) as connection:
        known = {theme.id: theme for theme in open_answers.themes(connection)}
    codes = [known[number].code for number in stored.themes]
    assert sorted(codes) == sorted(
        f"{kind_of(answer.item)}_{subject}" for subject in suggest(answer.text)
    )


def first_met() -> tuple[AppTest, OpenText, str]:
    """A coder who chose a theme while another coder stored another one, the answer, and its key."""
    answer = next(one for one in answers() if suggest(one.text))
    at = coding(answer.project)
    key = f"voice_{answer.response}_{answer.item}"
    while not [box for box in at.multiselect if box.key == f"{key}_themes"]:
        pages = at.selectbox(key="choice:voices_page")
        pages.set_value(pages.value + 1).run()
    at.button(key=f"{key}_take").click().run()
    with writing(engine()) as connection:
        user = person("evaluator")
        name = next(iter(choices([]).values())).name
        other = open_answers.add_theme(connection, user, "challenge_other", CHALLENGE, name)
        open_answers.code(connection, user, answer.response, answer.item, [other], [])
    return at, answer, key


def stored_codes(answer: OpenText) -> set[str]:
    with reading(engine()) as connection:
        known = {theme.id: theme.code for theme in open_answers.themes(connection)}
    stands = next(one for one in answers() if one.response == answer.response)
    return {known[number] for number in stands.themes}


def test_the_second_coder_is_shown_the_first_ones_themes_and_overwrites_nothing():
    at, answer, key = first_met()
    at.button(key=f"{key}_save").click().run()
    assert stored_codes(answer) == {"challenge_other"}
    (met,) = [plain(warning.value) for warning in at.warning]
    assert person("evaluator").name in met
    at.button(key=f"{key}_keep_both").click().run()
    at.button(key=f"{key}_save").click().run()
    own = {f"{kind_of(answer.item)}_{subject}" for subject in suggest(answer.text)}
    assert stored_codes(answer) == own | {"challenge_other"}


def test_one_may_leave_what_the_other_coder_stored():
    at, answer, key = first_met()
    at.run()
    at.button(key=f"{key}_keep_theirs").click().run()
    assert at.multiselect(key=f"{key}_themes").value == ["challenge_other"]
    assert stored_codes(answer) == {"challenge_other"}


def test_the_sample_is_coded_with_the_subjects_that_are_suggested():
    from data.sample.themes import _THEMES
    from survey.keywords import themes as subjects

    assert {subject for _, subject, _ in _THEMES} <= set(subjects())
    offered = choices([])
    assert {open_answers.theme_code(kind, subject) for kind, subject, _ in _THEMES} <= set(offered)


def test_an_answer_is_cleared_in_other_words_and_withdrawn():
    answer = crowd()[0]
    at = coding(answer.project)
    key = f"voice_{answer.response}_{answer.item}"
    while not [box for box in at.multiselect if box.key == f"{key}_themes"]:
        pages = at.selectbox(key="choice:voices_page")
        pages.set_value(pages.value + 1).run()
    at.text_area(key=f"{key}_quote").set_value("Ilman nimiä").run()
    at.button(key=f"{key}_clear").click().run()
    with reading(engine()) as connection:
        shown = [quote.text for quote in quotes.quotable(connection, person("steering"))]
    assert shown == ["Ilman nimiä"]
    at.button(key=f"{key}_withdraw").click().run()
    with reading(engine()) as connection:
        assert quotes.quotable(connection, person("steering")) == []


def test_a_theme_of_ones_own_needs_its_three_names():
    at = coding(answers()[0].project)
    at.text_input(key="voices_new_fi").set_value("Leikki").run()
    at.button(key="voices_add").click().run()
    assert say("voices.name_all", "fi") in told(at)
    at.text_input(key="voices_new_sv").set_value("Lek").run()
    at.text_input(key="voices_new_en").set_value("Play").run()
    at.button(key="voices_add").click().run()
    with reading(engine()) as connection:
        names = [theme.name.fi for theme in open_answers.themes(connection)]
    assert "Leikki" in names


# --- what others read ---------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["steering", "manager"])
def test_nobody_but_those_who_code_reads_an_answer_as_it_was_written(role):
    with reading(engine()) as connection:
        before = len(quotes.quotable(connection, person(role)))
    at = opened("challenges", role, voices_view="coding")
    assert not at.multiselect
    text = told(at)
    assert say("voices.coding_means", "fi") not in text
    if not before:
        assert not [one for one in answers() if one.text in text]


def test_a_quote_shows_the_cleared_words_alone_and_markup_as_it_was_written():
    first, second = crowd()[:2]
    rewritten(first, "Minna Meikäläinen auttoi")
    cleared(first, "[nimi] auttoi")
    rewritten(second, MARKUP)
    cleared(second)
    at = opened("challenges", "steering", voices_project=first.project)
    text = told(at)
    assert "[nimi] auttoi" in text
    assert "Minna Meikäläinen" not in text
    assert MARKUP in text
    raw = "\n".join(element.value for element in at.markdown)
    assert "<b>Minna" not in raw
    assert "[linkki](" not in raw


def test_what_one_of_a_few_wrote_is_not_quoted_even_when_cleared():
    answer = few()
    rewritten(answer, "Tunnistettava asia")
    cleared(answer)
    for role in ("steering", "evaluator"):
        at = opened("challenges", role, voices_project=answer.project)
        assert "Tunnistettava asia" not in told(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_theme_is_told_of_with_at_least_as_many_people_as_the_threshold(language):
    # Five people are the fewest that anything is told of inside (ten where there may be pupils);
    # numbers go in fives.
    project = Counter(one.project for one in answers()).most_common(1)[0][0]
    people = {one.response: one for one in answers(project=project)}
    some = list(people.values())[:16]
    assert len(some) == 16
    with writing(engine()) as connection:
        user = person("evaluator")
        held = choices(open_answers.themes(connection))
        numbers = [
            open_answers.add_theme(connection, user, f"challenge_test_{n}", CHALLENGE, choice.name)
            for n, choice in enumerate(list(held.values())[:2])
        ]
        for answer in some[:12]:
            open_answers.code(connection, user, answer.response, answer.item, [numbers[0]], [])
        for answer in some[12:]:
            open_answers.code(connection, user, answer.response, answer.item, [numbers[1]], [])
    with reading(engine()) as connection:
        counts = quotes.theme_counts(connection, person("steering"), project)
    # Twelve are told of as at least ten, four not at all.
    assert [(count.theme, count.people) for count in counts] == [(numbers[0], 10)]
    at = opened("challenges", "steering", language, voices_project=project)
    cells = "\n".join(
        plain(str(cell)) for table in at.table for cell in table.value.to_numpy().flat
    )
    assert say("voices.at_least", language, n=10) in cells


def test_funders_have_no_page_of_challenges():
    assert "challenges" not in access.pages_for(person("funder"))
