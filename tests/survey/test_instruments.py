"""What the shipped instruments promise, and that their page in docs does not lag."""

from __future__ import annotations

import re

import pytest

from survey.describe import PAGE, describe
from survey.instrument import (
    GROUPS,
    INSTRUMENTS,
    UNKNOWN_GROUP,
    AnswerKind,
    InvalidInstrument,
    Role,
    instruments,
    read_instrument,
)

FULL = instruments()["process_quality@1"]
PULSE = instruments()["process_pulse@1"]
BENEFIT = instruments()["benefit@1"]
CARPENTRIES = instruments()["carpentries_feedback@1"]

#: The constructs of the measurement model (measurement.md 3.2); LEAD is firmness and flexibility.
CONSTRUCTS = {
    "GOAL", "RULE", "TRUST", "FACIL", "INCL", "INFL", "LEAD", "OPEN", "SPACE", "TERMS", "LEARN",
}  # fmt: skip


def test_file_names_say_code_and_version():
    for path in INSTRUMENTS.glob("*.yaml"):
        instrument = read_instrument(path)
        assert path.name == f"{instrument.code}.v{instrument.version}.yaml"


@pytest.mark.parametrize("instrument", [FULL, PULSE], ids=["full", "pulse"])
def test_process_forms_score_every_construct_and_their_mean(instrument):
    assert {scale.code for scale in instrument.scales if scale.is_construct} == CONSTRUCTS
    assert set(instrument.scale("OVERALL").scales) == CONSTRUCTS
    assert instrument.scale("LEAD").combine == "geometric"
    both = instrument.scale("LEADB")
    assert (both.combine, both.scales, both.threshold) == ("both", ("LEADF", "LEADX"), 60)
    assert {item.code for item in instrument.items if item.role is Role.BENEFIT} == {"BEN"}
    assert instrument.answers_of("BEN").threshold == 4


def test_the_full_form_asks_what_the_measurement_model_lists():
    # three items a construct, two and two for leadership, and the benefit item
    assert len(FULL.closed_items) == 10 * 3 + 2 * 2 + 1
    assert len(FULL.open_items) == 3
    assert {item.code for item in FULL.items if item.reversed} == {"INCL3", "INFL3"}


def test_the_pulse_is_the_first_item_of_each_construct_word_for_word():
    assert len(PULSE.items) == 13
    for item in PULSE.items:
        assert item == FULL.item(item.code)
    for scale in PULSE.scales:
        assert scale.title == FULL.scale(scale.code).title
        assert scale.meaning == FULL.scale(scale.code).meaning


def test_benefit_asks_for_drawbacks_beside_benefits():
    assert BENEFIT.kind == "outcome"
    roles = {item.role: item.code for item in BENEFIT.items if item.role}
    assert roles == {Role.BENEFIT: "BEN", Role.DRAWBACK: "DRAW"}
    assert BENEFIT.answers_of("REC").kind is AnswerKind.RECOMMENDATION
    assert [scale.code for scale in BENEFIT.scales] == ["SERVICE", "CAPA"]


def test_the_follow_up_asks_each_group_what_concerns_it():
    effects = instruments()["effects@1"]
    assert {item.role: item.code for item in effects.items if item.role} == {
        Role.PRACTICE: "PRACT",
        Role.SAVING: "HOURS",
    }
    assert effects.item("HOURS").groups == ("STAFF",)
    assert effects.item("MARKET").groups == ("COM",)
    # At least sometimes is use; the same time as before is no saving.
    assert effects.answers_of("PRACT").threshold == 3
    assert effects.answers_of("HOURS").threshold == 2
    assert effects.scales == ()


def test_no_scale_averages_an_item_whose_middle_is_best():
    bipolar = {
        item.code
        for item in CARPENTRIES.items
        if CARPENTRIES.answers_of(item.code).kind is AnswerKind.BIPOLAR
    }
    assert bipolar == {"PACE", "HANDSON"}
    assert not any(bipolar & set(scale.items) for scale in CARPENTRIES.scales)


@pytest.mark.parametrize("key", sorted(instruments()))
def test_no_text_is_left_in_another_language(key):
    instrument = instruments()[key]
    texts = [item.text for item in instrument.items]
    texts += [text for scale in instrument.scales for text in (scale.title, scale.meaning)]
    for text in texts:
        assert text.fi != text.sv
        assert text.fi != text.en


def test_fielded_instruments_are_frozen():
    """A wording that changes after people have answered is a new version, not a new file."""
    lines = (INSTRUMENTS / "fielded.sha256").read_text(encoding="utf-8").splitlines()
    frozen = {key: sha256 for sha256, key in (line.split() for line in lines)}
    for key, sha256 in frozen.items():
        assert instruments()[key].sha256 == sha256, f"{key} was changed; write a new version"
    # Whoever runs the product may field what it ships with.
    assert set(frozen) == set(instruments())


def test_a_broken_file_is_refused_with_its_name_and_the_rule(tmp_path):
    text = (INSTRUMENTS / "benefit.v1.yaml").read_text(encoding="utf-8")
    broken = tmp_path / "benefit.v1.yaml"
    broken.write_text(text.replace("- CAPA3", "- NO_SUCH_ITEM"), encoding="utf-8")
    with pytest.raises(InvalidInstrument, match=r"benefit\.v1\.yaml.*[\s\S]*NO_SUCH_ITEM"):
        read_instrument(broken)


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (("    threshold: 60\n", ""), "needs a threshold"),
        (("combine: geometric", "combine: geometric\n    threshold: 60"), "others have none"),
        (("combine: both\n", "combine: both\n    minimum: 3\n"), "minimum is larger"),
    ],
)
def test_both_of_two_scales_needs_exactly_what_it_needs(tmp_path, change, rule):
    text = (INSTRUMENTS / "process_quality.v1.yaml").read_text(encoding="utf-8")
    broken = tmp_path / "process_quality.v1.yaml"
    broken.write_text(text.replace(*change), encoding="utf-8")
    with pytest.raises(InvalidInstrument, match=rule):
        read_instrument(broken)


def test_the_page_in_docs_is_what_the_instruments_say():
    assert PAGE.read_text(encoding="utf-8") == describe(instruments().values()), (
        "run: python -m survey.describe"
    )


def test_the_page_shows_every_item_of_every_instrument():
    page = PAGE.read_text(encoding="utf-8")
    for instrument in instruments().values():
        for item in instrument.items:
            assert re.search(
                rf"\| {item.code} \| {item.answers} \|.*{re.escape(item.text.sv)}", page
            )


def test_a_form_tells_whom_it_asks_nothing():
    effects, usual = (instruments()[f"{code}@1"] for code in ("effects", "process_quality"))
    asked = {code for code in (*GROUPS, UNKNOWN_GROUP) if effects.has_questions_for(code)}
    assert asked == {"STAFF", "COM", "NGO"}  # the groups that its items name
    assert all(usual.has_questions_for(code) for code in (*GROUPS, UNKNOWN_GROUP))
