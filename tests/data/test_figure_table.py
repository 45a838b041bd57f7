"""A sheet that breaks a rule is refused before anything is written, and the figure is named."""

from __future__ import annotations

from dataclasses import fields

import pytest

from data.publication.figure_table import FIGURE, KEY, InvalidSheet, figure_table, results_of
from metrics.metric import KEYS, RESULT_VALUES, Method, Profile, Reason, Result, ValueState
from tests.data.small_sheet import judged

NOTHING = {"value": None, "low": None, "high": None, "n": None, "coverage": None}
HIDDEN = {"state": "suppressed", "reason": "protects_another", "method": "none", **NOTHING}
UNREPORTED = {"state": "not_reported", "reason": "no_answers", **NOTHING}
FINE = [
    {"entity": 1},
    {"entity": 2, "state": "zero", "value": 0.0, "low": None, "high": None},
    {"entity": 3, **HIDDEN},
    {"entity": 4, **UNREPORTED},
    {"entity": 5, "state": "not_applicable", "reason": "one_item", **NOTHING, "n": 40},
]


def test_the_columns_are_those_of_a_published_figure():
    assert FIGURE.names == [field.name for field in fields(Result)]
    assert set(FIGURE.names) == {"metric", *KEYS, *RESULT_VALUES}
    assert set(KEY) == {"profile", "metric", *KEYS}
    assert len(KEY) == len(KEYS) + 2


def test_figures_of_every_state_come_back_as_they_were():
    figures = results_of(figure_table([judged(*FINE)]))
    assert [figure.state for figure in figures] == [
        ValueState.VALUE, ValueState.ZERO, ValueState.SUPPRESSED, ValueState.NOT_REPORTED,
        ValueState.NOT_APPLICABLE,
    ]  # fmt: skip
    assert figures[0] == Result(
        metric="process_quality", instrument="asked@1", part="", level="project", entity=1,
        wave="end", split="total", split_value="", state=ValueState.VALUE, value=50.0, low=40.0,
        high=60.0, p=None, p_adjusted=None, n=40, numerator=None, denominator=None, projects=1,
        coverage=0.5, indicative=False, method=Method.STUDENT, reason=None,
    )  # fmt: skip
    hidden = figures[2]
    assert (hidden.value, hidden.n, hidden.coverage) == (None, None, None)
    assert hidden.reason is Reason.PROTECTS_ANOTHER


def test_a_number_is_the_same_to_its_last_digit():
    # 0.1 + 0.2 in double precision.
    (figure,) = results_of(figure_table([judged({"value": 0.1 + 0.2})]))
    assert figure.value == 0.30000000000000004


def test_figures_stand_in_the_order_of_their_key_whoever_judged_first():
    table = figure_table([
        judged({"entity": 10}, {"entity": 9}, profile=Profile.PUBLIC),
        judged({"entity": 2}, {"level": "area", "entity": 7}, metric="response_rate"),
        judged({"entity": 2, "split": "total"}, {"entity": 2, "split": "phase"}),
    ])  # fmt: skip
    rows = table.select(KEY).to_pylist()
    assert [(r["profile"], r["level"], r["entity"], r["metric"], r["split"]) for r in rows] == [
        ("inside", "area", 7, "response_rate", "total"),
        ("inside", "project", 2, "process_quality", "phase"),
        ("inside", "project", 2, "process_quality", "total"),
        ("inside", "project", 2, "response_rate", "total"),
        ("public", "project", 9, "process_quality", "total"),
        ("public", "project", 10, "process_quality", "total"),
    ]


def test_a_sheet_without_figures_has_no_rows():
    assert len(figure_table([])) == 0
    assert len(figure_table([judged()])) == 0


@pytest.mark.parametrize(
    ("wrong", "rule"),
    [
        ({"value": None}, "has a value by its state, and none in fact"),
        ({"state": "zero", "value": None}, "has a value by its state, and none in fact"),
        ({"state": "zero", "value": 0.5}, "is zero by its state, and not in fact"),
        ({**UNREPORTED, "value": 1.0}, "has no value by its state, but a value"),
        ({**UNREPORTED, "low": 1.0}, "has no value by its state, but a low"),
        ({**UNREPORTED, "high": 1.0}, "has no value by its state, but a high"),
        ({**HIDDEN, "value": 1.0}, "has no value by its state, but a value"),
        ({**HIDDEN, "n": 3}, "is suppressed, but tells its n"),
        ({**HIDDEN, "numerator": 0}, "is suppressed, but tells its numerator"),
        ({**HIDDEN, "denominator": 3}, "is suppressed, but tells its denominator"),
        ({**HIDDEN, "coverage": 0.5}, "is suppressed, but tells its coverage"),
        ({**HIDDEN, "p": 0.04}, "is suppressed, but tells its p"),
        ({**HIDDEN, "p_adjusted": 0.04}, "is suppressed, but tells its p_adjusted"),
        ({"state": "hidden"}, "has a state that is not one of value, zero"),
        ({"split": "age"}, "has a split that is not one of total, group, phase"),
        ({"level": "village"}, "has a level that is not one of portfolio, programme"),
        ({"method": "guess"}, "has a method that is not one of student"),
        ({"reason": "because"}, "has a reason that is not one of too_few"),
        ({"state": None}, "has no state"),
        ({"part": None}, "has no part"),
        ({"wave": None}, "has no wave"),
        ({"method": None}, "has no method"),
        ({"entity": 1}, "is there twice"),
    ],
)
def test_a_figure_that_breaks_a_rule_is_named(wrong: dict[str, object], rule: str):
    with pytest.raises(InvalidSheet, match=rule) as refusal:
        figure_table([judged(*FINE), judged({"entity": 7, **wrong})])
    told = str(refusal.value)
    assert told.startswith("1 of 6 figures cannot be published. The first is of metric process_")
    assert f"entity {wrong.get('entity', 7)}," in told


def test_a_count_that_is_not_whole_is_refused():
    results = judged({})
    results.frame["n"] = 2.5
    with pytest.raises(InvalidSheet, match="column n"):
        figure_table([results])
