"""Laws that hold for every metric, those to come among them, on awkward portfolios."""

from __future__ import annotations

from dataclasses import fields, replace

import numpy as np
import pandas as pd
import pytest

from metrics.derived import derived
from metrics.evaluate import evaluate
from metrics.frames import BAND_COLUMNS, PRODUCT_COLUMNS, SUM_COLUMNS, Frames
from metrics.metric import ESTIMATE_VALUES, KEYS, RECORD_FRAMES, Estimates, Profile, Results, Unit
from survey.instrument import instruments
from tests.metrics.raw import folded, portfolio
from tests.metrics.small import small

RANGE = {
    Unit.POINTS: (0, 100),
    Unit.CHANGE: (-100, 100),
    Unit.SHARE: (0, 1),
    Unit.SCORE: (-100, 100),
    Unit.COUNT: (0, np.inf),
    # Reliability may be far below 0 where answers contradict each other.
    Unit.COEFFICIENT: (-np.inf, 1),
    Unit.EFFECT: (-np.inf, np.inf),
    Unit.EFFECTIVE: (0, np.inf),
    Unit.RATIO: (0, np.inf),
    Unit.DAYS: (0, np.inf),
    Unit.EUR: (0, np.inf),
}
#: Ten pairs or thirty people more are a figure more; variances divide by the people less one.
MORE_PEOPLE_MORE_KNOWN = {
    "paired_change", "scale_alpha", "scale_omega", "alpha_without", "item_rest", "agreement",
    "within_deviation", "icc", "icc_of_mean", "random_intercept", "change_effect",
    "change_typical", "change_share", "dropout_bias", "r_indicator", "max_bias", "effective_n",
    "breadth", "absent_groups", "item_dif", "item_dif_language",
}  # fmt: skip
NUMBERS = ["value", "low", "high", "n", "numerator", "denominator", "projects"]


@pytest.fixture(scope="module", params=[11, pytest.param(12, marks=pytest.mark.nightly)])
def frames(request) -> Frames:
    """Projects of one person, of all the same answers, of blanks and without answers among them."""
    return folded(portfolio(request.param, instruments()), instruments())


def everything(given: Frames) -> dict[str, pd.DataFrame]:
    """The figures of every metric, the derived ones as if nothing had to be hidden, in order."""
    estimates = evaluate(given)
    shown = [
        Results(
            each.metric,
            Profile.INSIDE,
            each.frame.assign(state=np.where(each.frame["value"].isna(), "not_reported", "value")),
        )
        for each in estimates
    ]
    found = {each.metric: each.frame for each in [*estimates, *derived(shown, given.nodes)]}
    found |= {each.metric: each.frame for each in estimates}
    return {
        metric.id: frame[[*KEYS, *ESTIMATE_VALUES]]
        .astype({name: str for name in KEYS if name != "entity"})
        .astype({name: float for name in NUMBERS})
        .sort_values(KEYS, ignore_index=True)
        for metric, frame in found.items()
    }


def same(left: Frames, right: Frames, values: list[str] = NUMBERS) -> None:
    """Nothing; fails unless every figure of the two is the same to the last digit but one."""
    one, other = everything(left), everything(right)
    assert one.keys() == other.keys()
    for metric in one:
        columns = [*KEYS, *values]
        pd.testing.assert_frame_equal(
            one[metric][columns], other[metric][columns], rtol=1e-12, atol=1e-12, obj=metric
        )


def changed(given: Frames, change) -> Frames:
    """Every frame of sums changed in the same way; records are no sums."""
    stays = {"nodes", "area_tree", "sites", "primary", "eligible", *RECORD_FRAMES}
    return replace(
        given,
        **{
            field.name: change(getattr(given, field.name))
            for field in fields(given)
            if field.name not in stays
        },
    ).validated()


def test_the_order_of_rows_changes_nothing_at_all(frames):
    rng = np.random.default_rng(5)
    shuffled = replace(
        frames,
        **{
            field.name: getattr(frames, field.name)
            .iloc[rng.permutation(len(getattr(frames, field.name)))]
            .reset_index(drop=True)
            for field in fields(frames)
        },
    )
    one, other = everything(frames), everything(shuffled)
    for metric in one:
        pd.testing.assert_frame_equal(one[metric], other[metric], check_exact=True, obj=metric)


def halves(frame: pd.DataFrame) -> pd.DataFrame:
    """Every row in two with the same keys whose counts and sums add up to it."""
    rng = np.random.default_rng(6)
    first, second = frame.copy(), frame.copy()
    sums = (
        "n",
        "total",
        "squares",
        "invited",
        "taken_up",
        *SUM_COLUMNS,
        *PRODUCT_COLUMNS,
        *BAND_COLUMNS,
    )
    whole = [c for c in sums if c in frame]
    for column in whole:
        values = frame[column].to_numpy()
        part = (values * rng.random(len(frame))).astype(np.int64)
        known = values >= 0 if column == "invited" else np.ones(len(frame), dtype=bool)
        first[column] = np.where(known, part, values)
        second[column] = np.where(known, values - part, values)
    if "taken_up" in frame:
        second["n"], first["n"] = frame["n"] - frame["taken_up"], frame["taken_up"]
        second["taken_up"], first["taken_up"] = 0, frame["taken_up"]
    return pd.concat([first, second], ignore_index=True)


def test_atoms_in_two_halves_are_the_same_atoms(frames):
    same(frames, changed(frames, halves))


def test_everybody_twice_moves_no_value(frames):
    def doubled(frame: pd.DataFrame) -> pd.DataFrame:
        added = ("n", "total", "squares", "taken_up", *SUM_COLUMNS, *PRODUCT_COLUMNS, *BAND_COLUMNS)
        sums = [c for c in added if c in frame]
        twice = frame.assign(**{c: frame[c] * 2 for c in sums})
        return (
            twice.assign(invited=frame["invited"].mask(frame["invited"] > 0, frame["invited"] * 2))
            if "invited" in frame
            else twice
        )

    one, other = everything(frames), everything(changed(frames, doubled))
    for metric in set(one) - MORE_PEOPLE_MORE_KNOWN:
        factor = 2 if metric == "participation" else 1
        np.testing.assert_allclose(factor * one[metric]["value"], other[metric]["value"])
        np.testing.assert_allclose(2 * one[metric]["n"], other[metric]["n"])


def test_the_unit_of_scores_does_not_matter(frames):
    def finer(frame: pd.DataFrame) -> pd.DataFrame:
        if "unit" not in frame:
            return frame
        powers = {"unit": 1, "total": 1, "squares": 2, "difference": 1}
        return frame.assign(**{c: frame[c] * 8**p for c, p in powers.items() if c in frame})

    same(frames, changed(frames, finer))


def test_figures_are_either_whole_or_say_why_not(frames):
    for estimates in evaluate(frames):
        check(estimates)


def check(estimates: Estimates) -> None:
    metric, frame = estimates.metric, estimates.frame
    assert list(frame.columns) == [*KEYS, *ESTIMATE_VALUES], metric.id
    assert not frame.duplicated(KEYS).any(), metric.id
    if frame.empty:
        return
    low, high = RANGE[metric.unit]
    numbers = frame[["value", "low", "high"]].astype(float)
    assert not np.isinf(numbers).any(axis=None), metric.id
    shown = numbers[numbers["value"].notna()]
    assert shown["value"].between(low, high).all(), metric.id
    ends = shown[shown["low"].notna()]
    assert (ends["low"] <= ends["value"]).all(), metric.id
    assert (ends["value"] <= ends["high"]).all(), metric.id
    assert ends["low"].ge(low).all(), metric.id
    assert ends["high"].le(high).all(), metric.id
    assert (numbers["low"].isna() == numbers["high"].isna()).all(), metric.id
    # What is missing has a reason: the value, or the interval of what was not simply counted.
    bare = numbers["low"].isna() & (frame["method"].astype(str) != "census")
    assert frame.loc[bare, "reason"].notna().all(), metric.id
    assert (frame.loc[bare, "method"].astype(str) == "none").all(), metric.id
    assert frame.loc[numbers["value"].isna(), ["numerator", "denominator"]].isna().all(axis=None)
    assert (frame["n"] >= 0).all(), metric.id


def test_an_entity_of_one_project_has_that_projects_figures(frames):
    alone = replace(frames, nodes=pd.concat(
        [frames.nodes, pd.DataFrame({"level": ["programme"], "entity": [77], "project": [5]})],
        ignore_index=True,
    ))  # fmt: skip
    for metric, frame in everything(alone).items():
        # Proposals of no project are in areas too; of records there are none here.
        if metric == "proposals_taken_up" or frame.empty:
            continue
        own = frame[(frame["level"] == "project") & (frame["entity"] == 5)]
        entity = frame[(frame["level"] == "programme") & (frame["entity"] == 77)]
        assert len(own) > 0, metric
        pd.testing.assert_frame_equal(
            own.drop(columns=["level", "entity"]).reset_index(drop=True),
            entity.drop(columns=["level", "entity"]).reset_index(drop=True),
            obj=metric,
        )


def test_nothing_gives_no_figures_and_no_error():
    for metric, frame in everything(small(range(0))).items():
        assert frame.empty, metric
        assert list(frame.columns) == [*KEYS, *ESTIMATE_VALUES], metric


@pytest.mark.parametrize("people", [1, 2])
def test_one_or_two_people_are_judged_without_error(people):
    given = portfolio(21, instruments())
    few = given.responses.groupby("collection").head(people)
    for estimates in evaluate(folded(replace(given, responses=few), instruments())):
        check(estimates)


def test_a_portfolio_that_always_says_the_same_has_no_intervals_over_projects():
    given = portfolio(22, instruments())
    same_answers = given.responses["answers"].map(lambda answers: dict.fromkeys(answers, 3))
    offered = given.collections["instrument"] != "carpentries_feedback@1"
    kept = replace(
        given,
        responses=given.responses.assign(answers=same_answers)[
            given.responses["collection"].isin(given.collections.loc[offered, "collection"])
        ],
        collections=given.collections[offered],
    )
    for estimates in evaluate(folded(kept, instruments())):
        check(estimates)
        # Nobody crossing a line leaves a share's interval, as 0 of 20 does.
        if estimates.metric.id == "change_share":
            continue
        if estimates.metric.unit in (Unit.POINTS, Unit.CHANGE):
            assert estimates.frame["low"].isna().all(), estimates.metric.id


def test_nothing_but_blanks_is_reported_as_no_answers():
    given = portfolio(23, instruments())
    blank = given.responses.assign(answers=[{} for _ in range(len(given.responses))])
    for estimates in evaluate(folded(replace(given, responses=blank), instruments())):
        check(estimates)
        if estimates.metric.frame in ("item_counts", "scale_moments"):
            frame = estimates.frame
            assert frame["value"].isna().all(), estimates.metric.id
            assert set(frame["reason"].dropna()) <= {"no_answers", "not_asked"}, estimates.metric.id
