"""Scores against hand calculation, and the laws that every instrument's scores keep."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from survey.instrument import DONT_KNOW, MISSING, NOT_APPLICABLE, Instrument, instruments
from survey.scoring import (
    AnswerOffScale,
    CombinedScale,
    ItemScale,
    fits,
    score,
    score_rules,
)

FULL = instruments()["process_quality@1"]
PULSE = instruments()["process_pulse@1"]
EVERY = sorted(instruments())


def points(answers: dict[str, int | None], scale: str, instrument: Instrument = FULL):
    """The score of one respondent on 0-100, or None."""
    value = score(pd.DataFrame([answers]), instrument).loc[0, scale]
    return None if pd.isna(value) else 100 * int(value) / instrument.score_unit


def sheet_of(instrument: Instrument, rows: int = 30) -> st.SearchStrategy[pd.DataFrame]:
    """Any answers that an instrument accepts, all five kinds of answer among them."""
    columns = {
        item.code: st.sampled_from(
            [*sorted(instrument.answers_of(item.code).accepted), MISSING, None]
        )
        for item in instrument.closed_items
    }
    row = st.fixed_dictionaries(columns)
    return st.lists(row, min_size=2, max_size=rows).map(
        lambda found: pd.DataFrame(found, dtype="Int64")
    )


def any_sheet() -> st.SearchStrategy[tuple[Instrument, pd.DataFrame]]:
    return st.sampled_from(EVERY).flatmap(
        lambda key: st.tuples(st.just(instruments()[key]), sheet_of(instruments()[key]))
    )


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        # (mean - 1) / 4 * 100, by hand
        ({"GOAL1": 1, "GOAL2": 1, "GOAL3": 1}, 0.0),
        ({"GOAL1": 5, "GOAL2": 5, "GOAL3": 5}, 100.0),
        ({"GOAL1": 4, "GOAL2": 5, "GOAL3": 2}, 100 * (11 / 3 - 1) / 4),
        ({"GOAL1": 4, "GOAL2": 5, "GOAL3": None}, 87.5),
        ({"GOAL1": 4, "GOAL2": DONT_KNOW, "GOAL3": 3}, 62.5),
        ({"GOAL1": NOT_APPLICABLE, "GOAL2": 2, "GOAL3": 2}, 25.0),
    ],
)
def test_an_item_scale_is_the_mean_of_its_answers_on_0_to_100(answers, expected):
    assert points(answers, "GOAL") == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize("absent", [DONT_KNOW, NOT_APPLICABLE, MISSING, None])
def test_two_of_three_answers_are_enough_and_one_is_not(absent):
    assert points({"GOAL1": 5, "GOAL2": 3, "GOAL3": absent}, "GOAL") == 75.0
    assert points({"GOAL1": 5, "GOAL2": absent, "GOAL3": absent}, "GOAL") is None


def test_an_absent_column_counts_as_a_question_not_asked():
    assert points({"GOAL1": 5, "GOAL2": 3}, "GOAL") == 75.0
    assert points({"GOAL1": 5}, "GOAL") is None


def test_a_reversed_item_counts_from_the_other_end():
    # INCL3 is reversed: "an important party was missing", fully agreed, is 0 points
    assert points({"INCL1": 5, "INCL2": 5, "INCL3": 5}, "INCL") == pytest.approx(200 / 3, abs=1e-3)
    assert points({"INCL1": 5, "INCL2": 5, "INCL3": 1}, "INCL") == 100.0
    # reversed or not, don't-know stays out: (5, 5, -1) is 100, not less
    assert points({"INCL1": 5, "INCL2": 5, "INCL3": DONT_KNOW}, "INCL") == 100.0


def test_leadership_is_the_geometric_mean_so_rigid_is_not_average():
    # firmness (5 + 5) / 2 -> 100, flexibility (2 + 2) / 2 -> 25: sqrt(100 * 25) = 50, mean 62.5
    answers = {"LEADF1": 5, "LEADF2": 5, "LEADX1": 2, "LEADX2": 2}
    assert points(answers, "LEAD") == pytest.approx(50, abs=0.0005)
    # one answer on each side is enough, none on one side is not
    assert points({"LEADF1": 5, "LEADX2": 2}, "LEAD") == pytest.approx(50, abs=0.0005)
    assert points({"LEADF1": 5, "LEADF2": 5}, "LEAD") is None
    # no flexibility at all: 0, a value
    assert points({"LEADF1": 5, "LEADX1": 1}, "LEAD") == 0.0


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        # (4 + 3) / 2 is 62.5 points, (4 + 4) / 2 is 75: both at 60 or more
        ({"LEADF1": 4, "LEADF2": 3, "LEADX1": 4, "LEADX2": 4}, 100.0),
        # firmness 100, flexibility (3 + 3) / 2 -> 50: a rigid project does not pass
        ({"LEADF1": 5, "LEADF2": 5, "LEADX1": 3, "LEADX2": 3}, 0.0),
        # sqrt(100 * 50) is 71 points, but both is not a matter of the mean
        ({"LEADF1": 3, "LEADX1": 5}, 0.0),
        ({"LEADF1": 5, "LEADF2": 5}, None),
        ({"LEADF1": DONT_KNOW, "LEADX1": 5}, None),
    ],
)
def test_leadership_is_balanced_when_both_sides_reach_sixty_points(answers, expected):
    assert points(answers, "LEADB") == expected


def test_a_side_of_exactly_the_threshold_is_enough():
    scales = tuple(
        scale.model_copy(update={"threshold": 75}) if scale.code == "LEADB" else scale
        for scale in FULL.scales
    )
    strict = FULL.model_copy(update={"scales": scales})
    # (4 - 1) / 4 is exactly 75 points; (4 + 3) / 2 is 62.5
    assert points({"LEADF1": 4, "LEADX1": 4}, "LEADB", strict) == 100.0
    assert points({"LEADF1": 4, "LEADX1": 4, "LEADX2": 3}, "LEADB", strict) == 0.0


def test_overall_needs_eight_of_the_eleven_constructs():
    # pulse form, one item a construct; LEAD needs both of its items
    names = ["GOAL1", "RULE1", "TRUST1", "FACIL1", "INCL1", "INFL1", "OPEN1"]
    seven = dict.fromkeys(names, 4)
    assert points(seven, "OVERALL", PULSE) is None
    assert points(seven | {"SPACE1": 4}, "OVERALL", PULSE) == 75.0
    # seven at 75 and LEAD = sqrt(100 * 100) = 100: (7 * 75 + 100) / 8 = 78.125
    assert points(seven | {"LEADF1": 5, "LEADX1": 5}, "OVERALL", PULSE) == 78.125


def test_an_answer_off_the_scale_is_refused_by_name():
    with pytest.raises(AnswerOffScale, match=r"GOAL2.*6"):
        score(pd.DataFrame({"GOAL1": [5], "GOAL2": [6]}), FULL)
    with pytest.raises(AnswerOffScale, match="GOAL1"):
        score(pd.DataFrame({"GOAL1": [0]}), FULL)
    with pytest.raises(AnswerOffScale, match="GOAL1"):
        score(pd.DataFrame({"GOAL1": [-9]}), FULL)


def test_what_may_be_stored():
    assert fits(FULL, "GOAL1", 1)
    assert fits(FULL, "GOAL1", 5)
    assert fits(FULL, "GOAL1", DONT_KNOW)
    assert fits(FULL, "GOAL1", NOT_APPLICABLE)
    assert not fits(FULL, "GOAL1", 0)
    assert not fits(FULL, "GOAL1", 6)
    assert not fits(FULL, "GOAL1", MISSING)
    assert not fits(FULL, "BENEFIT_TEXT", 1)
    carpentries = instruments()["carpentries_feedback@1"]
    assert fits(carpentries, "LIKELY_TO_RECOMMEND", 0)
    assert fits(carpentries, "LIKELY_TO_RECOMMEND", 10)
    assert not fits(carpentries, "LIKELY_TO_RECOMMEND", 11)
    assert not fits(carpentries, "PACE", DONT_KNOW)
    with pytest.raises(KeyError):
        fits(FULL, "NO_SUCH_ITEM", 1)


@pytest.mark.parametrize("key", EVERY)
def test_rules_come_after_the_rules_they_need_and_unit_divides_every_mean(key):
    instrument = instruments()[key]
    seen: set[str] = set()
    for rule in score_rules(instrument):
        if isinstance(rule, ItemScale):
            for answered in range(rule.required, len(rule.terms) + 1):
                assert rule.unit % (rule.span * answered) == 0
        else:
            assert isinstance(rule, CombinedScale)
            assert set(rule.scales) <= seen
        seen.add(rule.code)
    assert seen == {scale.code for scale in instrument.scales}


@settings(max_examples=60, deadline=None)
@given(any_sheet())
def test_scores_are_whole_numbers_between_zero_and_the_unit(drawn):
    instrument, answers = drawn
    scores = score(answers, instrument)
    assert list(scores.columns) == [scale.code for scale in instrument.scales]
    for code in scores:
        assert str(scores[code].dtype) == "Int64"
        assert scores[code].dropna().between(0, instrument.score_unit).all()


@settings(max_examples=40, deadline=None)
@given(any_sheet(), st.integers(0, 30))
def test_scoring_two_halves_is_scoring_the_whole(drawn, cut):
    instrument, answers = drawn
    whole = score(answers, instrument)
    halves = pd.concat(
        [score(answers.iloc[:cut], instrument), score(answers.iloc[cut:], instrument)]
    )
    pd.testing.assert_frame_equal(whole, halves)
    # and the order of respondents does not matter
    turned = score(answers.iloc[::-1], instrument).iloc[::-1]
    pd.testing.assert_frame_equal(whole, turned)


@settings(max_examples=60, deadline=None)
@given(any_sheet())
def test_scores_agree_with_one_respondent_at_a_time(drawn):
    instrument, answers = drawn
    scores = score(answers, instrument)
    row = answers.iloc[0]
    by_hand: dict[str, int | None] = {}
    for scale in instrument.scales:
        by_hand[scale.code] = slow_score(instrument, scale.code, row, by_hand)
    for code, expected in by_hand.items():
        found = scores.loc[0, code]
        assert (None if pd.isna(found) else int(found)) == expected


def slow_score(instrument, code, row, known) -> int | None:
    """One respondent's score in exact integers, written a second time from the definition."""
    scale = instrument.scale(code)
    if scale.scales:
        members = [known[member] for member in scale.scales if known[member] is not None]
        if len(members) < scale.required:
            return None
        if scale.combine == "geometric":
            product = members[0] * members[1]
            root = math.isqrt(product)
            return root + (product > root * (root + 1))  # nearest whole root
        if scale.combine == "both":
            share = min(members) / instrument.score_unit
            return instrument.score_unit if share >= scale.threshold / 100 else 0
        return (2 * sum(members) + len(members)) // (2 * len(members))
    units = []
    for item in scale.items:
        answers = instrument.answers_of(item)
        if pd.isna(row[item]) or row[item] not in answers.codes:
            continue
        value = int(row[item])
        units.append(
            answers.high - value if instrument.item(item).reversed else value - answers.low
        )
    if len(units) < scale.required:
        return None
    exact, rest = divmod(
        sum(units) * instrument.score_unit, (answers.high - answers.low) * len(units)
    )
    assert rest == 0
    return exact


@settings(max_examples=40, deadline=None)
@given(sheet_of(FULL))
def test_reversing_twice_changes_nothing(answers):
    reversed_items = [item.code for item in FULL.items if item.reversed]
    assert reversed_items == ["INCL3", "INFL3"]
    plain = FULL.model_copy(
        update={"items": tuple(item.model_copy(update={"reversed": False}) for item in FULL.items)}
    )
    turned = answers.copy()
    for item in reversed_items:
        turned[item] = answers[item].where(~(answers[item] >= 0), 6 - answers[item])
    pd.testing.assert_frame_equal(score(turned, plain), score(answers, FULL))


@settings(max_examples=40, deadline=None)
@given(sheet_of(FULL), st.sampled_from([DONT_KNOW, NOT_APPLICABLE, MISSING]))
def test_no_kind_of_absent_answer_moves_a_score(answers, kind):
    same = answers.where(answers >= 0, kind)
    pd.testing.assert_frame_equal(score(same, FULL), score(answers, FULL))


@settings(max_examples=40, deadline=None)
@given(any_sheet())
def test_a_better_answer_never_lowers_a_score(drawn):
    instrument, answers = drawn
    before = score(answers, instrument)
    for scale in instrument.scales:
        if not scale.items:
            continue
        item = instrument.item(scale.items[0])
        offered = instrument.answers_of(item.code)
        best, step = (offered.low, -1) if item.reversed else (offered.high, 1)
        codes = answers[item.code]
        better = answers.assign(
            **{item.code: codes.where(~(codes >= 0) | (codes == best), codes + step)}
        )
        after = score(better, instrument)
        for code in before:
            both = before[code].notna()
            assert (both == after[code].notna()).all()
            assert (after.loc[both, code] >= before.loc[both, code]).all()


def test_small_integer_columns_as_extracts_hold_them_score_the_same():
    wide = pd.DataFrame({"GOAL1": [5, -1], "GOAL2": [4, 5], "GOAL3": [3, 5]}, dtype="Int64")
    narrow = wide.astype(np.int8)
    pd.testing.assert_frame_equal(score(wide, FULL), score(narrow, FULL))
    floats = wide.astype(float)
    pd.testing.assert_frame_equal(score(wide, FULL), score(floats, FULL))
