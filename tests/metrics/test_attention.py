"""Which projects need attention: each rule on both sides of its line."""

from __future__ import annotations

import json
from datetime import date

import numpy as np
import pandas as pd
import pytest

from metrics.attention import findings
from metrics.catalog import metrics
from metrics.metric import Profile, Results

TODAY = date(2026, 6, 1)
NO_PHASES = pd.DataFrame(
    columns=["project", "phase", "planned_end_on", "actual_start_on", "actual_end_on"]
)


def shown(metric: str, *rows: dict) -> Results:
    """Published figures of one metric; what a row does not say is a shown total of project 1."""
    usual = {
        "instrument": "process_quality@1", "part": "", "level": "project", "entity": 1,
        "wave": "end", "split": "total", "split_value": "", "state": "value", "value": 0.5,
        "low": np.nan, "high": np.nan, "n": 20,
    }  # fmt: skip
    return Results(metrics()[metric], Profile.INSIDE, pd.DataFrame([usual | row for row in rows]))


def found(*results: Results, phases: pd.DataFrame = NO_PHASES) -> list[tuple[int, str, dict]]:
    frame = findings(list(results), phases, TODAY)
    assert list(frame.columns) == ["project", "code", "weight", "detail"]
    json.dumps(frame["detail"].tolist())
    return list(frame[["project", "code", "detail"]].itertuples(index=False, name=None))


@pytest.mark.parametrize(
    ("metric", "row", "code"),
    [
        (
            "process_quality",
            {"part": "OVERALL", "value": 50, "low": 41, "high": 59.9},
            "low_process",
        ),
        ("process_quality", {"part": "OVERALL", "value": 50, "low": 40, "high": 60}, None),
        ("process_quality", {"part": "INFL", "value": 45, "low": 41, "high": 49.9}, "low_process"),
        ("process_quality", {"part": "INFL", "value": 50, "low": 41, "high": 59.9}, None),
        # Without an interval nothing is sure enough to say.
        ("process_quality", {"part": "OVERALL", "value": 10}, None),
        ("process_change", {"part": "GOAL", "value": -5, "low": -9, "high": -0.1}, "falling"),
        ("process_change", {"part": "GOAL", "value": -5, "low": -10, "high": 0}, None),
        ("benefit_share", {"value": 0.3, "low": 0.2, "high": 0.49}, "low_benefit"),
        ("benefit_share", {"value": 0.3, "low": 0.2, "high": 0.5}, None),
        ("drawback_share", {"value": 0.3, "low": 0.21, "high": 0.5}, "drawback"),
        ("drawback_share", {"value": 0.3, "low": 0.2, "high": 0.5}, None),
        ("response_rate", {"value": 0.49}, "low_response"),
        ("response_rate", {"value": 0.5}, None),
        ("dont_know_rate", {"value": 0.16}, "high_dont_know"),
        ("dont_know_rate", {"value": 0.15}, None),
        # Entities above projects and hidden figures are not looked at.
        ("response_rate", {"value": 0.1, "level": "theme"}, None),
        ("response_rate", {"value": 0.1, "state": "suppressed"}, None),
    ],
)
def test_a_rule_holds_on_one_side_of_its_line(metric, row, code):
    codes = [code for _, code, _ in found(shown(metric, row))]
    assert codes == ([code] if code else [])


def test_the_worst_part_stands_for_the_project_and_all_are_named():
    rows = [
        {"part": "OVERALL", "value": 50, "low": 45, "high": 58},
        {"part": "INFL", "value": 30, "low": 20, "high": 40},
        {"part": "GOAL", "value": 70, "low": 60, "high": 80},
    ]
    ((_, _, detail),) = found(shown("process_quality", *rows))
    # OVERALL is 2 points under its line of 60, INFL 10 under its 50.
    assert detail["part"] == "INFL"
    assert detail["parts"] == ["INFL", "OVERALL"]
    assert (detail["value"], detail["high"], detail["n"]) == (30, 40, 20)


def test_a_group_that_hardly_benefits_is_named():
    rows = [
        {"value": 0.7, "low": 0.6, "high": 0.8},
        {"split": "group", "split_value": "COM", "value": 0.2, "low": 0.1, "high": 0.4},
    ]
    ((project, code, detail),) = found(shown("benefit_share", *rows))
    assert (project, code, detail["group"]) == (1, "low_benefit", "COM")


def test_only_the_last_wave_of_a_questionnaire_counts():
    rows = [
        {"wave": "during", "value": 0.3},
        {"wave": "end", "value": 0.6},
        {"wave": "baseline", "value": 0.2, "instrument": "benefit@1"},
    ]
    ((_, _, detail),) = found(shown("response_rate", *rows))
    assert (detail["instrument"], detail["wave"]) == ("benefit@1", "baseline")


def phases(*rows: tuple) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=NO_PHASES.columns)


def test_a_phase_is_late_when_its_planned_end_has_passed_and_it_goes_on():
    given = phases(
        (1, "P2", date(2026, 5, 2), date(2026, 1, 1), None),
        (1, "P3", date(2026, 5, 31), None, None),
        (2, "P2", date(2026, 5, 2), date(2026, 1, 1), date(2026, 5, 30)),
        (3, "P2", TODAY, None, None),
        (4, "P2", None, None, None),
    )
    late = [row for row in found(phases=given) if row[1] == "phase_overdue"]
    assert late == [
        (
            1,
            "phase_overdue",
            {"phase": "P2", "planned_end_on": "2026-05-02", "days": 30, "parts": ["P2", "P3"]},
        )
    ]


def test_a_running_project_without_answers_is_noticed():
    given = phases(
        (1, "P1", None, date(2026, 1, 1), date(2026, 2, 1)),
        (1, "P2", None, date(2026, 2, 1), None),
        (2, "P1", None, date(2026, 1, 1), date(2026, 2, 1)),  # over
        (3, "P1", None, date(2026, 7, 1), None),  # not begun
        (4, "P1", None, date(2026, 1, 1), None),  # answered, but protected
        (5, "P1", None, date(2026, 1, 1), None),  # asked, and nobody answered
    )
    answers = shown(
        "benefit_share",
        {"entity": 4, "state": "suppressed"},
        {"entity": 5, "state": "not_reported"},
    )
    silent = [(project, detail) for project, code, detail in found(answers, phases=given)]
    assert silent == [(1, {"started_on": "2026-01-01"}), (5, {"started_on": "2026-01-01"})]


def test_a_rate_of_zero_is_not_an_answer():
    rate = shown("response_rate", {"state": "zero", "value": 0.0, "n": 0})
    given = phases((1, "P1", None, date(2026, 1, 1), None))
    assert [code for _, code, _ in found(rate, phases=given)] == ["no_answers", "low_response"]


def test_projects_come_in_order_with_their_heaviest_first():
    rate = shown("response_rate", {"entity": 2, "value": 0.1}, {"entity": 1, "value": 0.1})
    harm = shown("drawback_share", {"entity": 2, "value": 0.5, "low": 0.3, "high": 0.7})
    frame = findings([rate, harm], NO_PHASES, TODAY)
    assert frame[["project", "code"]].to_numpy().tolist() == [
        [1, "low_response"], [2, "drawback"], [2, "low_response"],
    ]  # fmt: skip
    assert frame["weight"].tolist() == [40, 90, 40]


def test_nothing_to_notice_is_an_empty_table():
    assert found() == []
