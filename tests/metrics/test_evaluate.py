"""What a sheet holds: which figures there are, and what stops it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from metrics.catalog import catalog
from metrics.cells import MixedUnits
from metrics.derived import derived
from metrics.evaluate import UnknownInstrument, evaluate
from metrics.fold import UnplacedProject, exact_sums
from metrics.frames import empty
from metrics.metric import KEYS
from survey.instrument import Instrument, instruments
from survey.text import Text
from tests.metrics.small import figure, small

BENEFIT, PROCESS = "benefit@1", "process_quality@1"


def moments(project: int, n: int = 2, wave: str = "end", phase: str = "P0", group: str = "RES"):
    """n people at 50 points on GOAL, in units of a thousandth."""
    return (project, PROCESS, wave, phase, group, "GOAL", n, n * 50_000, n * 50_000**2, 100_000)


def test_figures_are_made_for_what_is_there_and_not_for_every_crossing():
    rows = [moments(1), moments(1, group="COM", wave="during", phase="P4")]
    (found,) = evaluate(small(scale_moments=rows), only={"process_quality"})
    own = found.frame[(found.frame["level"] == "project").to_numpy()]
    assert own[["wave", "split", "split_value"]].astype(str).to_numpy().tolist() == [
        ["during", "total", ""],
        ["end", "total", ""],
        ["during", "group", "COM"],
        ["end", "group", "RES"],
        # The whole process (P0) is no phase.
        ["all", "phase", "P4"],
    ]


def test_a_project_that_asked_and_heard_nothing_says_so_on_its_total_only():
    asked = [(1, PROCESS, "end", "P4", "RES", 0, 12), (2, PROCESS, "end", "P4", "RES", 2, 12)]
    given = small(range(1, 3), respondents=asked, scale_moments=[moments(2)])
    (found,) = evaluate(given, only={"process_quality"})
    silent = found.frame[(found.frame["level"] == "project") & (found.frame["entity"] == 1)]
    levels = [scale for scale in instruments()[PROCESS].scales if scale.combine != "both"]
    assert set(silent["part"]) == {scale.code for scale in levels}
    assert set(silent["split"]) == {"total"}
    assert set(silent["reason"]) == {"no_answers"}
    assert silent["value"].isna().all()
    # Above, the silent project is not among the projects behind the figure.
    assert figure(found.frame, part="GOAL")["projects"] == 1


def test_an_instrument_that_a_metric_does_not_read_gives_no_rows():
    asked = [(1, BENEFIT, "end", "P0", "RES", 0, 12)]
    (found,) = evaluate(small(respondents=asked), only={"process_quality"})
    assert found.frame.empty


def test_a_project_counts_once_in_an_entity_however_it_came_there():
    nodes = [
        ("portfolio", 0, 1),
        ("project", 1, 1),
        ("theme", 5, 1),
        ("area", 5, 1),
        ("area", 6, 1),
    ]
    (found,) = evaluate(small(scale_moments=[moments(1)], nodes=nodes), only={"process_quality"})
    total = found.frame[(found.frame["split"] == "total").to_numpy()]
    assert sorted(zip(total["level"].astype(str), total["entity"], strict=True)) == [
        ("area", 5), ("area", 6), ("portfolio", 0), ("project", 1), ("theme", 5),
    ]  # fmt: skip


def test_strings_may_be_categoricals():
    rows = [moments(1), moments(1, wave="during")]
    given = small(scale_moments=rows)
    words = dict.fromkeys(["instrument", "wave", "phase", "group", "scale"], "category")
    coded = replace(given, scale_moments=given.scale_moments.astype(words))
    one, other = (evaluate(each, only={"process_quality"})[0].frame for each in (given, coded))
    assert one.astype(str).equals(other.astype(str))


def test_definitions_can_be_given():
    shipped = instruments()[PROCESS]
    mine = Instrument.model_validate(
        shipped.model_dump() | {"code": "mine", "title": Text(fi="a", sv="b", en="c")}
    )
    rows = [("mine@1" if value == PROCESS else value for value in moments(1))]
    given = small(scale_moments=[tuple(row) for row in rows])
    (found,) = evaluate(given, only={"process_quality"}, instruments={"mine@1": mine})
    assert set(found.frame["instrument"]) == {"mine@1"}


def test_an_unknown_questionnaire_stops_the_sheet_and_is_named():
    rows = [(1, "foreign@3", "end", "P0", "RES", "Q1", 1, 5)]
    with pytest.raises(UnknownInstrument, match=r"foreign@3.*survey/instruments/"):
        evaluate(small(item_counts=rows))


def test_a_project_that_no_entity_holds_stops_the_sheet_and_is_named():
    with pytest.raises(UnplacedProject, match="project 9"):
        evaluate(small(scale_moments=[moments(9)]))


def test_a_place_that_is_not_in_the_tree_stops_the_sheet_and_is_named():
    with pytest.raises(UnplacedProject, match="area 4"):
        evaluate(small(proposals=[(0, 4, 1, 1)]))


def test_scores_in_two_units_stop_the_sheet():
    rows = [moments(1), (*moments(1)[:-1], 200_000)]
    with pytest.raises(MixedUnits, match=PROCESS):
        evaluate(small(scale_moments=rows))


def test_metrics_come_in_the_order_of_the_catalog():
    found = [each.metric.id for each in evaluate(small())]
    assert found == [name for name in catalog() if hasattr(catalog()[name], "compute")]
    assert [each.metric.id for each in derived([], empty("nodes"))] == []


def test_keys_come_first_and_name_each_figure_once():
    (found,) = evaluate(small(scale_moments=[moments(1)]), only={"process_quality"})
    assert list(found.frame.columns[: len(KEYS)]) == KEYS
    assert not found.frame.duplicated(KEYS).any()


def test_sums_are_exact_beyond_what_doubles_hold():
    import numpy as np

    # 2**53 + 1 is the first whole number that a double cannot hold; negative numbers too.
    column = np.array([2**53 + 1, 2**60 + 3, -(2**55) - 7, 5])
    found = exact_sums(np.array([0, 0, 1, 1]), column, 2)
    assert found.tolist() == [2**53 + 2**60 + 4, -(2**55) - 2]
