"""What the forms beside the full one promise: outcome forms, pulse, plain words, pupils, places."""

from __future__ import annotations

import re

import pytest

from survey.instrument import AnswerKind, Role, instruments
from survey.text import LANGUAGES

KNOWN = instruments()
FULL = KNOWN["process_quality@1"]
PLAIN = KNOWN["process_plain@1"]
PUPIL = KNOWN["process_pupil@1"]
PLACE = KNOWN["place_assessment@1"]
NEW = [PLAIN, PUPIL, PLACE]


def words(text: str) -> list[str]:
    return re.findall(r"[^\W\d_]+", text)


@pytest.mark.parametrize(
    ("key", "kind"),
    [("benefit@1", "outcome"), ("effects@1", "outcome"), ("process_pulse@1", "process")],
)
def test_the_outcome_forms_and_the_pulse_are_there(key, kind):
    assert KNOWN[key].kind == kind
    assert KNOWN[key].audience == "everybody"
    assert KNOWN[key].closed_items


@pytest.mark.parametrize(
    ("form", "audience"), [(PLAIN, "plain"), (PUPIL, "pupil")], ids=["plain", "pupil"]
)
def test_a_plainer_form_has_the_constructs_of_the_full_one_and_words_of_its_own(form, audience):
    assert (form.kind, form.audience, form.variant_of) == ("process", audience, FULL.key)
    for scale in FULL.scales:
        own = form.scale(scale.code)
        assert (own.title, own.meaning) == (scale.title, scale.meaning)
        assert (own.combine, own.threshold, own.scales) == (
            scale.combine, scale.threshold, scale.scales,
        )  # fmt: skip
    assert {item.role for item in form.items if item.role} >= {Role.BENEFIT}


def test_no_item_of_a_new_form_can_be_taken_for_one_of_another():
    for form in NEW:
        own = {item.code for item in form.items}
        for other in KNOWN.values():
            if other.key != form.key:
                assert not own & {item.code for item in other.items}, other.key


@pytest.mark.parametrize("form", NEW, ids=lambda form: form.key)
def test_a_page_of_a_new_form_fits_a_phone(form):
    assert [code for section in form.sections for code in section.items] == [
        item.code for item in form.items
    ]
    assert max(len(section.items) for section in form.sections) <= 4


def test_plain_words_ask_everything_that_the_full_form_asks():
    expected = {f"{item.code}_PLAIN" for item in FULL.items}
    assert {item.code for item in PLAIN.items} == expected


@pytest.mark.parametrize(("form", "longest"), [(PLAIN, 12), (PUPIL, 12)], ids=["plain", "pupil"])
@pytest.mark.parametrize("language", LANGUAGES)
def test_plain_words_are_short_questions_and_nothing_is_turned_round(form, longest, language):
    for item in form.items:
        said = item.text.in_language(language)
        assert said.endswith("?")
        assert len(words(said)) <= longest, said
        assert not item.reversed
    for item in form.items:
        if item.hint:
            for sentence in re.split(r"(?<=[.!?]) ", item.hint.in_language(language)):
                assert len(words(sentence)) <= longest, sentence


def test_pupils_have_three_answers_and_may_not_know():
    for item in PUPIL.closed_items:
        answers = PUPIL.answers_of(item.code)
        assert len(answers.choices) == 3
        assert answers.dont_know
    assert len(PUPIL.closed_items) <= 20


def test_pupils_are_asked_for_no_names_and_are_told_where_to_turn():
    for item in PUPIL.open_items:
        assert "nimeä" in item.hint.fi
        assert "namn" in item.hint.sv
        assert "name" in item.hint.en
    assert "aikuiselle" in PUPIL.item("HARM_TEXT_PUPIL").hint.fi
    # What felt bad, be it a little, counts as a drawback; only a full yes counts as benefit.
    assert PUPIL.answers_of("HARM_PUPIL").threshold == 2
    assert PUPIL.answers_of("BEN_PUPIL").threshold == 3


def test_a_place_is_held_against_the_seven_parts_of_open_participation():
    # product.md, system 2: actors, interaction, spaces, platform, data, process, service plan
    parts = ["ACTORS", "INTERACTION", "SPACES", "PLATFORM", "DATA", "PROCESS", "PLAN"]
    assert [scale.code for scale in PLACE.scales if scale.is_construct] == parts
    assert PLACE.scale("OVERALL").scales == tuple(parts)
    assert PLACE.kind == "place"
    for part in parts:
        assert PLACE.scale(part).items == tuple(f"{part}{number}" for number in (1, 2, 3))
    scored = {item for part in parts for item in PLACE.items_of(part)}
    assert {item.code for item in PLACE.closed_items} - scored == {"WHOLE"}
    assert all(
        PLACE.answers_of(item.code).kind is AnswerKind.ORDINAL for item in PLACE.closed_items
    )
