"""Differential item functioning: by hand, beside statsmodels, person by person, and as told."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pandas as pd
import pytest
from scipy import stats
from statsmodels.stats.contingency_tables import StratifiedTable

from data.folding.fold_columns import banded_items as folded_items
from metrics.evaluate import evaluate
from metrics.frames import BAND_COLUMNS, Frames, schema_of
from metrics.items import banded_items
from metrics.judge import judge, prepare
from metrics.metric import ESTIMATE_VALUES, Profile
from metrics.statistics.item_functioning import (
    OTHERS,
    OTHERS_NEEDED,
    contributions,
    item_differences,
)
from metrics.unsafe import MINIMUM
from survey.instrument import instruments
from tests.metrics import raw_series
from tests.metrics.raw import typed
from tests.metrics.small import figure, small

FULL = "process_quality@1"
GOAL = ["GOAL1", "GOAL2", "GOAL3"]


def row(project: int, group: list[list[int]], others: list[list[int]]) -> dict[str, int]:
    """A row of a figure: the answers of the group and of the others in each band."""
    found = {"figure": 0, "project": project}
    for prefix, side in (("", group), (OTHERS, others)):
        found |= {f"{prefix}{name}": 0 for name in BAND_COLUMNS}
        for band, answers in enumerate(side, 1):
            sums = [len(answers), sum(answers), sum(answer**2 for answer in answers)]
            found |= {f"{prefix}{m}{band}": each for m, each in zip("ntq", sums, strict=True)}
    return found


def judged(*rows: dict[str, int]) -> pd.Series:
    (found,) = [each for _, each in item_differences(brought(pd.DataFrame(rows))).iterrows()]
    return found


def brought(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with what each brings to its figure."""
    return rows.assign(**contributions({name: rows[name].to_numpy() for name in rows}))


def test_two_strata_by_hand():
    # Project 1, band 2: 20 of the group say 1 and 10 say 3; 30 others say 1 and 30 say 2.
    # Project 2, band 4: 10 of the group say 3 and 10 say 4; 10 others say 2 and 30 say 3.
    found = judged(
        row(1, [[], [1] * 20 + [3] * 10], [[], [1] * 30 + [2] * 30]),
        row(2, [[], [], [], [3] * 10 + [4] * 10], [[], [], [], [2] * 10 + [3] * 30]),
    )
    # Means 5/3 and 3/2: +1/6 over 30; 3.5 and 2.75: +3/4 over 20. (5 + 15) / 50 = .4.
    # All 150 answers: 50 of 1, 40 of 2, 50 of 3, 10 of 4: sum 320, squares 820;
    # variance (820 - 320**2 / 150) / 149 = .92170, deviation .96005; .4 / .96005 = .41664.
    assert found["value"] == pytest.approx(0.41664, abs=1e-5)
    # s**2: (260 - 140**2 / 90) / 89 = .474407 and (560 - 180**2 / 60) / 59 = .338983.
    # Error: sqrt(900 * .474407 * (1/30 + 1/60) + 400 * .338983 * (1/20 + 1/40)) / 50
    #      = sqrt(21.34831 + 10.16949) / 50 = .112281; 1.959964 * .112281 / .96005 = .229223.
    ends = (0.41664 - 0.229223, 0.41664 + 0.229223)
    assert (found["low"], found["high"]) == pytest.approx(ends, abs=1e-5)
    # Expected sums of the group 30 * 140/90 = 46.6667 and 20 * 180/60 = 60; observed 50 and 70.
    # Variances 30 * 60 / 90 * .474407 = 9.48814 and 20 * 40 / 60 * .338983 = 4.51977.
    chi = (50 + 70 - 46.66667 - 60) ** 2 / (9.48814 + 4.51977)
    assert found["p"] == pytest.approx(stats.chi2.sf(chi, 1), rel=1e-4)
    assert (found["n"], found["projects"], found["method"]) == (50, 2, "stratified")


def test_of_two_answers_the_test_is_that_of_mantel_and_haenszel():
    # statsmodels 0.15, StratifiedTable.test_null_odds, without correction
    rng = np.random.default_rng(3)
    rows, tables = [], []
    for project in (1, 2, 3):
        sides = [
            [rng.integers(0, 2, rng.integers(10, 40)).tolist() for _ in range(5)] for _ in "fr"
        ]
        rows.append(row(project, *sides))
        tables += [
            [[sum(answers), len(answers) - sum(answers)] for answers in both]
            for both in zip(*sides, strict=True)
        ]
    reference = StratifiedTable([np.array(table) for table in tables]).test_null_odds()
    assert judged(*rows)["p"] == pytest.approx(reference.pvalue)


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        ([row(1, [[0, 1] * 40], [[0, 1] * 40])], "one_project"),
        # 25 and 24 of the group: one too few; 50 others
        ([row(p, [[0] * (26 - p)], [[0, 1] * 25]) for p in (1, 2)], "groups_too_small"),
        # Nine others in one of the projects, so that it does not count
        ([row(1, [[0, 1] * 40], [[1] * 80]), row(2, [[1] * 80], [[1] * 9])], "one_project"),
        # No band that has both
        ([row(p, [[0, 1] * 40], [[], [0, 1] * 40]) for p in (1, 2)], "groups_too_small"),
        ([row(p, [[2] * 40], [[2] * 40]) for p in (1, 2)], "not_estimable"),
    ],
)
def test_what_cannot_be_told_says_why(rows, reason):
    found = judged(*rows)
    assert found["reason"] == reason
    assert found[["value", "low", "high", "p"]].isna().all()


def test_others_are_at_least_as_many_as_the_public_must_see():
    assert max(MINIMUM.values()) == OTHERS_NEEDED


def test_nothing_gives_nothing():
    found = item_differences(brought(pd.DataFrame([row(1, [], [])])).iloc[:0])
    assert found.empty
    assert list(found.columns) == ESTIMATE_VALUES


@pytest.mark.parametrize("key", sorted(instruments()))
def test_the_fold_tells_the_items_that_the_metric_reads(key):
    asked = instruments()[key]
    told = {term.item for _, term in folded_items(asked)}
    assert told == {each["item"] for each in banded_items(asked)}
    if key == FULL:
        # Firmness and flexibility have two statements each.
        assert {"GOAL1", "INCL3"} <= told
        assert not any(item.startswith("LEAD") for item in told)


# --- from answers -------------------------------------------------------------------------------


def answers(seed: int, shift: float = 0.0, gap: float = 0.0, projects: int = 6) -> pd.DataFrame:
    """Answers of 120 people a project; RES answer GOAL1 by ``shift`` higher than their mood says,
    and their mood is by ``gap`` better."""
    rng = np.random.default_rng(seed)
    asked = instruments()[FULL]
    people = 120 * projects
    group = rng.choice(["RES", "CUS", "STAFF", "UNK"], people, p=[0.3, 0.3, 0.3, 0.1])
    project = np.repeat(np.arange(1, projects + 1), 120)
    mood = rng.normal(0, 1, people) + gap * (group == "RES")
    wide = {"project": project, "instrument": FULL, "wave": "end", "phase": "P8", "group": group}
    for item in asked.closed_items:
        moved = shift * (group == "RES") if item.code == "GOAL1" else 0
        code = np.clip(np.rint(3.2 + 0.8 * mood + rng.normal(0, 0.8, people) + moved), 1, 5)
        code = 6 - code if item.reversed else code
        wide[item.code] = np.where(rng.random(people) < 0.04, -1, code).astype(int)
    return pd.DataFrame(wide)


def frames(wide: pd.DataFrame) -> Frames:
    asked = instruments()[FULL]
    keys = ["project", "instrument", "wave", "phase", "group"]
    people = wide.groupby(keys).size().reset_index(name="n").assign(invited=-1)
    alone = small(range(1, int(wide["project"].max()) + 1))
    bands = typed(raw_series.bands(wide, asked), schema_of("item_bands"))
    people = typed(people, schema_of("respondents"))
    return Frames.of(respondents=people, item_bands=bands, nodes=alone.nodes).validated()


def slowly(wide: pd.DataFrame, group: str, item: str, items: list[str]) -> tuple[float, ...]:
    """Value, half width and p, person by person."""
    strata: dict[tuple, tuple[list, list]] = defaultdict(lambda: ([], []))
    reversed_ = {each.code for each in instruments()[FULL].closed_items if each.reversed}
    for person in wide.to_dict("records"):
        codes = [person[each] for each in items]
        if min(codes) < 0 or person["group"] == "UNK":
            continue
        codes = [6 - c if i in reversed_ else c for i, c in zip(items, codes, strict=True)]
        # Sums of 3 to 15 in fifths of the thirteen: 3-5, 6-8, 9-10, 11-13, 14-15.
        band = np.searchsorted([5, 8, 10, 13], sum(codes))
        side = strata[person["project"], band][person["group"] != group]
        side.append(codes[items.index(item)])
    both = [(f, r) for f, r in strata.values() if f and r]
    everybody = [code for f, r in both for code in (*f, *r)]
    n = sum(len(f) for f, _ in both)
    difference = sum(len(f) * (np.mean(f) - np.mean(r)) for f, r in both) / n
    error = sum(len(f) ** 2 * np.var([*f, *r], ddof=1) * (1 / len(f) + 1 / len(r)) for f, r in both)
    excess = sum(sum(f) - len(f) * np.mean([*f, *r]) for f, r in both)
    chance = sum(len(f) * len(r) / (len(f) + len(r)) * np.var([*f, *r], ddof=1) for f, r in both)
    deviation = np.std(everybody, ddof=1)
    half = 1.959963984540054 * np.sqrt(error) / n / deviation
    return difference / deviation, half, stats.chi2.sf(excess**2 / chance, 1), n


def test_figures_equal_those_computed_person_by_person():
    wide = answers(1, shift=0.5)
    (found,) = evaluate(frames(wide), only=["item_dif"])
    for group, item, scale in (
        ("RES", "GOAL1", GOAL),
        ("CUS", "GOAL2", GOAL),
        ("STAFF", "INCL3", ["INCL1", "INCL2", "INCL3"]),
    ):
        ours = figure(found.frame, split="group", split_value=group, part=item)
        value, half, p, n = slowly(wide, group, item, scale)
        assert ours["value"] == pytest.approx(value)
        assert ours["high"] - ours["value"] == pytest.approx(half)
        assert (ours["p"], ours["n"]) == (pytest.approx(p), n)
    assert set(found.frame["split_value"]) == {"RES", "CUS", "STAFF"}


def test_a_statement_that_a_group_reads_otherwise_is_found_and_no_other():
    (found,) = evaluate(frames(answers(2, shift=0.8, projects=20)), only=["item_dif"])
    residents = found.frame[(found.frame["split_value"] == "RES").to_numpy()]
    above = residents[(residents["level"] == "portfolio").to_numpy()].set_index("part")
    assert above.loc["GOAL1", "low"] > 0.25
    elsewhere = above.drop(index=GOAL)
    assert elsewhere["value"].abs().max() < 0.17
    # The others of its construct seem to move the other way, weaker.
    assert above.loc[GOAL[1:], "value"].between(-0.3, 0).all()


def test_a_group_that_is_better_off_is_not_taken_to_read_otherwise():
    (found,) = evaluate(frames(answers(4, gap=0.5, projects=40)), only=["item_dif"])
    above = found.frame[(found.frame["level"] == "portfolio").to_numpy()]
    residents = above[(above["split_value"] == "RES").to_numpy()]
    # Fifths of the score leave a little of half a deviation; matching by the rest would leave .14.
    assert residents["value"].mean() == pytest.approx(0.03, abs=0.02)
    assert residents["value"].abs().max() < 0.17


def test_nobody_reading_otherwise_is_rejected_one_time_in_twenty():
    tests = []
    for seed in range(12):
        (found,) = evaluate(frames(answers(100 + seed)), only=["item_dif"])
        above = found.frame[(found.frame["level"] == "portfolio").to_numpy()]
        tests.append(above[["part", "split_value", "p"]])
    p = pd.concat(tests)["p"].astype(float)
    # 12 portfolios, three groups, 27 or more statements: 972 tests that hang together a little
    assert len(p) > 900
    assert 0.025 < (p < 0.05).mean() < 0.075


def test_projects_show_none_and_hidden_groups_are_not_pooled():
    wide = answers(5)
    few = (wide["project"] == 1) & (wide["group"] == "RES")
    wide = wide.drop(index=wide.index[few][4:])
    given = frames(wide)
    inside = judge(prepare(given, only=["item_dif"]), Profile.INSIDE)[0].frame
    assert set(inside["level"].astype(str)) == {"portfolio"}
    shown = figure(inside, split="group", split_value="RES", part="GOAL1")
    assert (shown["state"], shown["projects"]) == ("value", 5)
    beside = figure(inside, split="group", split_value="CUS", part="GOAL1")
    assert beside["projects"] == 6
    value, *_ = slowly(wide[wide["project"] > 1], "RES", "GOAL1", GOAL)
    assert shown["value"] == pytest.approx(value)
