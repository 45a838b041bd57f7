"""Pages say how far figures may be trusted: who answered, how constructs measure, beside what."""

from __future__ import annotations

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.sections.soundness import OF_CONSTRUCTS, remark, told
from dashboard.wording import say
from metrics.catalog import metrics
from metrics.item_class import CEILING, FLOOR
from metrics.metric import Method, Reason, Result, ValueState
from metrics.reasons import METHODS, REASONS
from metrics.response_flags import DRIFTED, FLAGS, UNEVEN, Flag, flag
from survey.text import LANGUAGES
from tests.dashboard.looking import opened, plain, tables

sample = pytest.mark.usefixtures("sample")


def published(
    metric: str,
    value: float | None,
    low: float | None = None,
    high: float | None = None,
    state: ValueState = ValueState.VALUE,
    reason: Reason | None = None,
    method: Method = Method.NONE,
) -> Result:
    return Result(
        metric, "process_quality@1", "", "portfolio", 0, "end", "total", "", state, value, low,
        high, None, None, 60, None, None, 3, None, False, method, reason,
    )  # fmt: skip


@pytest.mark.parametrize(
    ("metric", "value", "found"),
    [
        # The limits of brief/measurement.md, 3.6: R under .80, half of a stratum's share, .25.
        ("r_indicator", 0.79, Flag.UNEVEN),
        ("r_indicator", 0.80, None),
        ("group_representation", 0.49, Flag.SCARCE),
        ("group_representation", 0.50, None),
        ("dropout_bias", -0.26, Flag.DRIFTED),
        ("dropout_bias", 0.25, None),
        ("response_rate", 0.49, Flag.LOW),
        ("weighted_quality", 0.1, None),
    ],
)
def test_a_response_is_flagged_from_its_limit_on(metric, value, found):
    assert flag(published(metric, value)) is found


def test_late_answers_are_flagged_where_chance_does_not_reach():
    assert flag(published("late_difference", 8, 1, 15)) is Flag.LATE
    assert flag(published("late_difference", 8, -1, 17)) is None
    assert flag(published("late_difference", 8)) is None


def test_what_is_not_shown_is_never_flagged_and_says_why():
    hidden = published("r_indicator", None, state=ValueState.SUPPRESSED, reason=Reason.TOO_FEW)
    assert flag(hidden) is None
    assert REASONS[Reason.TOO_FEW].fi in remark(hidden, "fi")


def test_bounds_of_what_is_possible_are_not_taken_for_chance():
    bounds = published("benefit_bounds", 0.76, 0.34, 0.89, method=Method.BOUNDS)
    assert remark(bounds, "fi") == METHODS[Method.BOUNDS].fi


def test_a_difference_without_a_test_says_why_and_has_no_p():
    # Three projects and three sites: the least p is .10, so there is an interval and a reason.
    three = published("difference_in_differences", 5, 1, 9, reason=Reason.TOO_FEW_SITES)
    assert REASONS[Reason.TOO_FEW_SITES].fi in remark(three, "fi")
    table = told([("ero", three, remark(three, "fi"))], "fi")
    assert say("table.p", "fi") not in table.columns
    tested = told([("ero", replace(three, p=0.03, p_adjusted=0.06, reason=None), "–")], "fi")
    assert plain(tested[say("table.p_adjusted", "fi")][0]) == "0,060"


@pytest.mark.parametrize(
    ("metric", "limit"),
    [
        ("r_indicator", UNEVEN),
        ("dropout_bias", DRIFTED),
        ("item_ceiling", CEILING),
        ("item_floor", FLOOR),
    ],
)
def test_the_limits_of_flags_are_those_that_the_metric_states(metric, limit):
    # "15" of "15 %", ".80": a page that flags from another line than its metric says would lie.
    said = metrics()[metric]
    stated = f"{said.formula.en} {said.source.en} {said.definition.en}"
    assert f"{limit:.2f}".removeprefix("0") in stated or f"{limit:.0%}"[:-1] in stated


def test_every_flag_has_words_in_three_languages():
    assert set(FLAGS) == set(Flag)
    for text in FLAGS.values():
        assert len({text.in_language(language) for language in LANGUAGES}) == 3


def table_with(at: AppTest, *heads: str):
    (found,) = [each for each in tables(at) if set(heads) <= set(each.columns)]
    return found


@sample
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_process_page_tells_who_answered_and_how_constructs_measure(language):
    at = opened("process", "evaluator", language)
    checks = table_with(at, say("items.remarks", language), say("table.interval", language))
    names = {plain(name) for name in checks[say("table.what", language)]}
    for metric in ("response_rate", "r_indicator", "max_bias"):
        label = metrics()[metric].label.in_language(language)
        assert any(name.startswith(label) for name in names), metric
    labels = [metrics()[name].label.in_language(language) for name in OF_CONSTRUCTS]
    assert len(table_with(at, *labels)) > 5


@sample
def test_the_change_stands_beside_comparison_sites_or_it_is_said_that_there_are_none():
    at = opened("overview", overview_view="benefit")
    label = metrics()["difference_in_differences"].label.fi
    told = [plain(cell) for each in tables(at) for cell in each.iloc[:, 0]]
    missing = [plain(each.value) for each in at.info]
    assert any(label in name for name in told) or say("sites.none", "fi") in missing
