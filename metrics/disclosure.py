"""The disclosure gate: a whole sheet of raw estimates in, what may be shown of it out.

All levels and breakdowns are protected together, once, for everybody who reads the profile; who
sees which part of it is decided afterwards. The profile is the only parameter: nothing turns a
rule off or lowers a threshold.

What is hidden for its own sake: figures of 1 to MINIMUM - 1 people (respondents, pairs,
participations), and figures that say the same of everybody: a share of 0 %, 100 % or all but one
of fewer than SMALL_GROUP people, a mean at an end of its scale or without any variance, a
recommendation score of -100 or 100. What is hidden besides, so that none of that can be worked
out: `metrics.complementary`. Decisions:

* The pattern that the numbers of respondents demand holds for every metric of a questionnaire
  (a cell protected in one table is protected in all); each figure adds its own. All scales of a
  metric are hidden together, because a composite and its parts give each other away.
* Whether somebody answered is not an answer: a response rate is hidden with the respondents of
  its cell and where fewer than MINIMUM were invited, not for being 0 % or 100 %; nor are the
  people who did not answer a group of their own. Coverage goes with its figure.
* A figure that may not be shown has one and the same reason, whatever the rule. "Unanimous" would
  tell the answer; knowing which of two hidden groups is the small one would tell its size.
* The analysis takes every shown number as exactly known; that the public profile also rounds
  them (people to 5, shares to whole per cent, points to one decimal, coverage to 5 points, as
  precise figures would give the exact number of people back) comes on top.
* Records are public facts and are never hidden.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.complementary import Table, completed
from metrics.frames import Frames
from metrics.linked import hidden_changes, hidden_rates
from metrics.metric import (
    KEYS,
    RESULT_VALUES,
    About,
    Estimates,
    Method,
    Metric,
    Profile,
    Reason,
    Results,
    Split,
    Unit,
    ValueState,
)
from metrics.modular import inverse
from metrics.populations import Marks, Populations, UnplacedFigure, Whole, populations

#: The fewest people a figure may be about.
MINIMUM = {Profile.INSIDE: 5, Profile.PUBLIC: 10}
#: Below this many people a share may not say the same of all (but one) of them.
SMALL_GROUP = 20
#: A figure from fewer people than this, or with a wider interval, is indicative only.
INDICATIVE_BELOW = 30
INDICATIVE_HALF_WIDTH = {Unit.POINTS: 15, Unit.CHANGE: 15, Unit.SHARE: 0.15, Unit.SCORE: 30}
#: The one reason that every suppressed figure has.
HIDDEN = Reason.TOO_FEW

#: The wave that a change of means starts from (`metrics.process.process_change`).
CHANGE_FROM = "during"

_ENDS = {Unit.POINTS: (0.0, 100.0), Unit.SCORE: (-100.0, 100.0), Unit.SHARE: (0.0, 1.0)}
_NEAR = 1e-9
_DECIMALS = {Unit.POINTS: 1, Unit.CHANGE: 1, Unit.SCORE: 1, Unit.SHARE: 2, Unit.COUNT: 0}
#: Projects with fewer pairs do not enter the figures above them (`metrics.statistics`).
_PAIRS_POOLED = 2


@dataclass(frozen=True, slots=True)
class _Sheet:
    """The figures of one metric and instrument, placed in their universe.

    rows: positions in the metric's frame. node, slot, part: of each of those rows; parts: names.
    """

    metric: Metric
    frame: pd.DataFrame
    rows: Whole
    node: Whole
    slot: Whole
    part: Whole
    parts: list[str]


def protect(estimates: list[Estimates], frames: Frames, profile: Profile) -> list[Results]:
    """What may be shown of a whole sheet, in the order of the estimates, no row missing.

    estimates: every metric of the sheet, with all levels; what is protected alone can be compared.
    Missing: suppressed figures have no value, interval, n, coverage; state and reason say so.
    Raises: UnplacedFigure when an estimate is about people whom the frames do not hold.
    """
    hidden = [np.zeros(len(each.frame), dtype=bool) for each in estimates]
    coverage = [np.full(len(each.frame), np.nan) for each in estimates]
    for (frame_name, instrument), members in _universes(estimates).items():
        people = _people(frames, frame_name, instrument)
        named = [estimates[index].frame.iloc[rows] for index, rows in members]
        universe = populations(
            people,
            frames.nodes,
            {wave for frame in named for wave in _waves(frame)},
            {group for frame in named for group in _groups(frame)},
        )
        sheets = [_placed(estimates[index], rows, universe) for index, rows in members]
        marks = _protected(sheets, universe, MINIMUM[profile])
        answered = _coverage(universe, people)
        for (index, _), sheet, mark in zip(members, sheets, marks, strict=True):
            hidden[index][sheet.rows] = mark
            coverage[index][sheet.rows] = answered[sheet.node, sheet.slot]
    return [
        _published(each, mark, share, profile)
        for each, mark, share in zip(estimates, hidden, coverage, strict=True)
    ]


def _universes(estimates: list[Estimates]) -> dict[tuple[str, str], list[tuple[int, Whole]]]:
    """Which rows of which estimates are about the same people: frame and instrument."""
    found: dict[tuple[str, str], list[tuple[int, Whole]]] = {}
    for index, each in enumerate(estimates):
        if each.metric.about is About.RECORDS:
            continue
        name = "respondents"
        if each.metric.about is About.PARTICIPANTS:
            name = "participation"
        elif each.metric.frame == "paired_moments":
            name = "paired_moments"
        codes, instruments = pd.factorize(each.frame["instrument"])
        for code, instrument in enumerate(map(str, instruments)):
            found.setdefault((name, instrument), []).append((index, np.flatnonzero(codes == code)))
    return found


def _people(frames: Frames, name: str, instrument: str) -> pd.DataFrame:
    """The people of a universe: project, wave, phase, group, n and, if known, invited."""
    if name == "participation":
        return frames.participation[["project", "phase", "group", "n"]]
    if name == "paired_moments":
        pairs = frames.paired_moments
        pairs = pairs[(pairs["instrument"] == instrument).to_numpy()]
        # One person's pairs are counted once a scale; whoever is in any of them is there.
        by = ["project", "wave", "group"]
        return pairs.groupby(by, as_index=False, observed=True)["n"].max()
    asked = frames.respondents
    return asked[(asked["instrument"] == instrument).to_numpy()].drop(columns="instrument")


def _waves(frame: pd.DataFrame) -> Iterable[str]:
    return map(str, frame["wave"][(frame["split"] != Split.PHASE).to_numpy()].unique())


def _groups(frame: pd.DataFrame) -> Iterable[str]:
    return map(str, frame["split_value"][(frame["split"] == Split.GROUP).to_numpy()].unique())


def _placed(estimates: Estimates, rows: Whole, universe: Populations) -> _Sheet:
    """The rows of a metric with the population of each."""
    frame = estimates.frame.iloc[rows]
    node = universe.nodes(frame["level"], frame["entity"])
    code, names = np.zeros(len(frame), dtype=np.int64), []
    for column in ("wave", "split", "split_value"):
        codes, uniques = pd.factorize(frame[column])
        names.append([str(each) for each in uniques])
        code = code * len(uniques) + codes
    different, kind = np.unique(code, return_inverse=True)
    places = np.unravel_index(different, [len(each) for each in names])
    keys = [[each[place] for place in axis] for each, axis in zip(names, places, strict=True)]
    where = [universe.slots.place(*key) for key in zip(*keys, strict=True)]
    slot = np.array(where, dtype=np.int64)[kind]
    part, parts = pd.factorize(frame["part"])
    parts = [str(each) for each in parts]
    return _Sheet(estimates.metric, frame, rows, node, slot, part, parts)


def _protected(sheets: list[_Sheet], universe: Populations, minimum: int) -> list[Marks]:
    """For each sheet which of its rows are hidden."""
    people = universe.people()
    offered = np.zeros(universe.size, dtype=bool)
    for sheet in sheets:
        offered[sheet.node, sheet.slot] = True
    many = len(universe.projects)
    common = completed(
        universe,
        Table(
            people=people,
            offered=offered,
            hidden=(people > 0) & (people < minimum),
            atoms=universe.atoms > 0,
            ones=np.zeros((many, universe.size[1])),
            pooled=np.ones((many, universe.size[1]), dtype=bool),
            spare=0,
            below=0,
            weights=(np.ones((many, universe.size[1]), dtype=np.int64),),
            shares=(np.ones((many, universe.size[1])),),
        ),
        minimum,
    )
    judged = _Judged(universe, common, minimum, {})
    # Changes come last: they follow the means that they are made of.
    order = sorted(range(len(sheets)), key=lambda index: _is_change(sheets[index].metric))
    marks = {index: judged.hidden(sheets[index]) for index in order}
    return [marks[index] for index in range(len(sheets))]


def _is_change(metric: Metric) -> bool:
    """Whether a metric is the change between two waves of means that are published themselves."""
    return metric.unit is Unit.CHANGE and metric.frame == "scale_moments"


@dataclass(frozen=True, slots=True)
class _Judged:
    """One universe while its sheets are judged. means: table and pattern of each part so far."""

    universe: Populations
    common: Marks
    minimum: int
    means: dict[str, tuple[Table, Marks]]

    def hidden(self, sheet: _Sheet) -> Marks:
        """Which rows of a metric are hidden: the common pattern, its own, and what they entail."""
        primary = _primary(sheet, self.minimum)
        if sheet.metric.frame == "respondents":
            return primary | self._rates(sheet)
        if sheet.metric.unit in (Unit.POINTS, Unit.CHANGE):
            together = np.zeros(self.universe.size, dtype=bool)
            together[sheet.node[primary], sheet.slot[primary]] = True
            primary = together[sheet.node, sheet.slot]
        judge = self._change if _is_change(sheet.metric) else self._part
        found = np.zeros(len(sheet.rows), dtype=bool)
        for code, part in enumerate(sheet.parts):
            rows = np.flatnonzero(sheet.part == code)
            marks = judge(sheet, part, rows, primary[rows])
            found[rows] = marks[sheet.node[rows], sheet.slot[rows]] | primary[rows]
        return found

    def _rates(self, sheet: _Sheet) -> Marks:
        counted = np.zeros(self.universe.size, dtype=bool)
        counted[sheet.node, sheet.slot] = ~np.isnan(_floats(sheet.frame["value"]))
        counted = counted[: len(self.universe.projects)]
        marks = hidden_rates(self.universe, self.common, counted, self.minimum)
        return marks[sheet.node, sheet.slot]

    def _part(self, sheet: _Sheet, part: str, rows: Whole, primary: Marks) -> Marks:
        table = _table(sheet, rows, primary, self.universe, self.common)
        marks = completed(self.universe, table, self.minimum)
        if sheet.metric.frame == "scale_moments":
            self.means[part] = table, marks
        return marks

    def _change(self, sheet: _Sheet, part: str, rows: Whole, primary: Marks) -> Marks:
        later = [str(each) for each in sheet.frame["wave"].iloc[rows].unique()]
        waves = self.universe.slots.waves
        if part not in self.means or len(later) != 1 or CHANGE_FROM not in waves:
            # Without the means that it is made of nobody can tell what a change gives away.
            return np.ones(self.universe.size, dtype=bool)
        offered = np.zeros(self.universe.size, dtype=bool)
        offered[sheet.node[rows], sheet.slot[rows]] = ~primary
        steps = waves.index(CHANGE_FROM), waves.index(later[0])
        return hidden_changes(self.universe, *self.means[part], steps, offered, self.minimum)


def _primary(sheet: _Sheet, minimum: int) -> Marks:
    """Rows that may not be shown for their own sake."""
    frame, unit = sheet.frame, sheet.metric.unit
    value, n = _floats(frame["value"]), _floats(frame["n"])
    few = (n > 0) & (n < minimum)
    if unit is Unit.COUNT:
        return few
    if sheet.metric.frame == "respondents":
        invited = _floats(frame["denominator"])
        return few | ((invited > 0) & (invited < minimum))
    if unit is Unit.SHARE:
        ones, spare = _ones(frame), _spare(frame)
        alike = (ones <= spare + _NEAR) | (n - ones <= spare + _NEAR)
        return few | ((n > 0) & (n < SMALL_GROUP) & alike)
    low, high = _ENDS.get(unit, (-np.inf, np.inf))
    alike = (value <= low + _NEAR) | (value >= high - _NEAR)
    if unit in (Unit.POINTS, Unit.CHANGE):
        width = _floats(frame["high"]) - _floats(frame["low"])
        bare = (frame["reason"] == Reason.NO_VARIANCE.value).to_numpy()
        alike |= (_floats(frame["projects"]) == 1) & ((width <= _NEAR) | (bare & (n > 1)))
    return few | ((n > 0) & alike)


def _ones(frame: pd.DataFrame) -> NDArray[np.float64]:
    """Of the people of each row, how many stand for "yes" (half where there is no share)."""
    people = _floats(frame["n"])
    value = _floats(frame["value"])
    return np.where(np.isnan(value), people / 2, value * people)


def _spare(frame: pd.DataFrame) -> int:
    """1 where each person gave one answer ("all but one" tells it), 0 where they gave several."""
    denominator = _floats(frame["denominator"])
    several = (denominator != _floats(frame["n"])) & ~np.isnan(denominator)
    return 0 if several.any() else 1


def _table(
    sheet: _Sheet, rows: Whole, primary: Marks, universe: Populations, common: Marks
) -> Table:
    """One part of a metric as arrays over all populations."""
    frame, unit = sheet.frame.iloc[rows], sheet.metric.unit
    many, place = len(universe.projects), (sheet.node[rows], sheet.slot[rows])
    offered = np.zeros(universe.size, dtype=bool)
    offered[place] = True
    people = _placed_values(universe, offered, place, _floats(frame["n"])).astype(np.int64)
    paired = sheet.metric.frame == "paired_moments"
    pooled = people >= (_PAIRS_POOLED if paired else 1)
    people = np.concatenate([people, universe.over(np.where(pooled, people, 0)).astype(np.int64)])
    atoms = _counted(universe, people[:many])
    lost = (people > 0) & (
        np.concatenate([s := universe.slots.spread(atoms.astype(np.int64)), universe.over(s)]) == 0
    )
    if lost.any():
        raise UnplacedFigure(
            f"{sheet.metric.id}: {int(lost.sum())} figures count people whom the frames do not "
            "hold; evaluate and protect the same frames"
        )
    hidden = common.copy()
    hidden[place] |= primary
    ones, spare, below = np.zeros_like(people[:many], dtype=float), 0, 0.0
    if unit is Unit.SHARE:
        ones = _placed_values(universe, offered, place, _ones(frame))
        spare, below = _spare(frame), SMALL_GROUP
    elif unit in (Unit.POINTS, Unit.SCORE):
        low, high = _ENDS[unit]
        yes = _ones(frame.assign(value=(_floats(frame["value"]) - low) / (high - low)))
        ones, below = _placed_values(universe, offered, place, yes), np.inf
    plain = pooled.astype(np.int64)
    averaged = unit in (Unit.POINTS, Unit.CHANGE)
    weights = (plain, inverse(people[:many]) * plain) if averaged else (plain,)
    shares = (pooled.astype(float), pooled / np.maximum(people[:many], 1))[: len(weights)]
    return Table(people, offered, hidden, atoms, ones, pooled, spare, below, weights, shares)


def _placed_values(
    universe: Populations, offered: Marks, place: tuple[Whole, Whole], values: NDArray
) -> NDArray[np.float64]:
    """Values of project cells; people of unknown group or phase are what the total has besides.

    Shape: projects x slots.
    """
    slots, many = universe.slots, len(universe.projects)
    cells = np.zeros(universe.size)
    cells[place] = np.nan_to_num(values)
    cells, offered = cells[:many], offered[:many]
    there = slots.spread((universe.atoms > 0).astype(np.int64)) > 0
    totals = cells[:, slots.totals]
    for side, whole in (
        (slots.by_group, totals),
        (slots.by_phase, totals.sum(axis=1, keepdims=True)),
    ):
        shape = (many, whole.shape[1], -1)
        parts, open_ = cells[:, side].reshape(shape), (there & ~offered)[:, side].reshape(shape)
        if parts.shape[2] == 0:
            continue
        besides = np.where(open_.any(axis=2), np.maximum(whole - parts.sum(axis=2), 0), 0)
        first = np.arange(parts.shape[2]) == open_.argmax(axis=2)[:, :, None]
        cells[:, side] = (parts + first * open_ * besides[:, :, None]).reshape(many, -1)
    return cells


def _counted(universe: Populations, people: Whole) -> Marks:
    """The atoms with people in a figure: those of groups and phases that have any."""
    slots = universe.slots
    groups = slots.groups_of(people) > 0
    phases = people[:, slots.by_phase] > 0
    return (universe.atoms > 0) & groups[:, :, None, :] & phases[:, None, :, None]


def _coverage(universe: Populations, people: pd.DataFrame) -> NDArray[np.float64]:
    """Share of the invited who answered, NaN where not all invited are known."""
    if "invited" not in people:
        return np.full(universe.size, np.nan)
    asked = people["invited"].to_numpy()
    sides = [
        _sums(universe, people.assign(n=values))
        for values in (np.maximum(asked, 0), (asked < 0).astype(np.int64))
    ]
    known = (sides[1] == 0) & (sides[0] > 0)
    share = universe.people() / np.where(known, sides[0], 1)
    return np.where(known, np.minimum(share, 1.0), np.nan)


def _sums(universe: Populations, people: pd.DataFrame) -> Whole:
    """Another count of the same atoms over every population. Shape: nodes x slots."""
    axes = zip(
        ("wave", "phase", "group"),
        (universe.slots.waves, universe.slots.phases, universe.slots.groups),
        strict=True,
    )
    codes = [pd.Categorical(people[name].astype(str), axis).codes for name, axis in axes]
    atoms = np.zeros_like(universe.atoms)
    project = np.searchsorted(universe.projects, people["project"].to_numpy())
    np.add.at(atoms, (project, *codes), people["n"].to_numpy())
    own = universe.slots.spread(atoms)
    return np.concatenate([own, universe.over(own).astype(np.int64)])


def _floats(column: pd.Series) -> NDArray[np.float64]:
    return column.to_numpy(dtype=float, na_value=np.nan)


def _published(
    estimates: Estimates, hidden: Marks, coverage: NDArray[np.float64], profile: Profile
) -> Results:
    """The results of one metric."""
    metric, frame = estimates.metric, estimates.frame
    columns = {
        name: _floats(frame[name])
        for name in ("value", "low", "high", "n", "numerator", "denominator")
    }
    value, n = columns["value"], columns["n"]
    zero = (value == 0) if metric.unit in (Unit.COUNT, Unit.SHARE) else np.zeros(len(n), dtype=bool)
    states = [hidden, np.isnan(value), zero]
    names = [ValueState.SUPPRESSED, ValueState.NOT_REPORTED, ValueState.ZERO]
    state = np.select(states, [name.value for name in names], ValueState.VALUE.value)
    width = (columns["high"] - columns["low"]) / 2
    indicative = (n < INDICATIVE_BELOW) | (width > INDICATIVE_HALF_WIDTH.get(metric.unit, np.inf))
    indicative &= ~hidden & ~np.isnan(value) & (metric.unit is not Unit.COUNT)
    columns["coverage"] = coverage
    if profile is Profile.PUBLIC and metric.about is not About.RECORDS:
        columns = _rounded(columns, metric.unit)
    shown = {name: np.where(hidden, np.nan, values) for name, values in columns.items()}
    result = frame[KEYS].copy()
    result["state"] = pd.Categorical(state, [each.value for each in ValueState])
    for name in ("value", "low", "high", "coverage"):
        result[name] = shown[name]
    for name in ("n", "numerator", "denominator"):
        result[name] = pd.array(np.round(shown[name]), dtype="Float64").astype("Int64")
    result["projects"] = frame["projects"].astype("Int64")
    result["indicative"] = indicative
    result["method"] = _renamed(frame["method"], hidden, Method.NONE.value, Method)
    result["reason"] = _renamed(frame["reason"], hidden, HIDDEN.value, Reason)
    return Results(metric, profile, result[[*KEYS, *RESULT_VALUES]])


def _renamed(column: pd.Series, hidden: Marks, name: str, names: type[StrEnum]) -> pd.Categorical:
    """The words of a column, with ``name`` where figures are hidden."""
    words = [each.value for each in names]
    codes, found = pd.factorize(column)
    place = np.array([*(words.index(str(each)) for each in found), -1], dtype=np.int64)[codes]
    return pd.Categorical.from_codes(np.where(hidden, words.index(name), place), words)


def _rounded(columns: dict[str, NDArray], unit: Unit) -> dict[str, NDArray]:
    """The same figures as the public sees them: people to 5, nothing more precise than needed."""
    rounded = {name: np.round(columns[name], _DECIMALS[unit]) for name in ("value", "low", "high")}
    for name in ("n", "numerator", "denominator"):
        nearest = np.floor((columns[name] + 2) / 5) * 5
        # 1-4 is neither nobody nor a number that may be told.
        rounded[name] = np.where((columns[name] > 0) & (columns[name] < 5), np.nan, nearest)
    if unit is Unit.COUNT:
        # What was not reported stays not reported: nobody counted is not a count of nobody.
        rounded["value"] = np.where(np.isnan(columns["value"]), np.nan, rounded["n"])
    rounded["coverage"] = np.round(columns["coverage"] * 20) / 20
    return rounded
