"""The disclosure gate: what may be shown of a whole sheet, decided once for everybody.

The profile is the only parameter: nothing turns a rule off or lowers a threshold. In order:

1. A project's figure is hidden for its own sake (`metrics.unsafe`) when it is about 1 to
   MINIMUM - 1 people (respondents, pairs, participations), or says the same of everybody: a share
   of 0 %, 100 % or all but one of fewer than SMALL_GROUP people, a mean or recommendation score
   that tells the same, or one without any variance.
2. What would give it away within the project is hidden with it (`metrics.complementary`), and as
   many groups as it takes for the rest of a whole not to say the same of all (`metrics.leftovers`).
3. A figure above projects is made from the project figures that are shown, and from nothing else.
   It is a function of what is shown below it, so no theme, area or portfolio can give away a
   project or a group, however they overlap. The price is coverage, which is shown: a theme does
   not count the three associations of a project that are hidden there.

Decisions:

* The pattern that the numbers of respondents demand holds for every metric of a questionnaire
  (a cell protected in one table is protected in all); each figure adds its own. All scales of a
  metric are hidden together, because a composite and its parts give each other away.
* A change between two waves, of the same people or not, is shown where both of its means are.
* Whether somebody answered is not an answer: a response rate is hidden with the respondents of
  its cell and where fewer than MINIMUM were invited, not for being 0 % or 100 %.
* A figure that may not be shown has one and the same reason, whatever the rule: "unanimous" would
  tell the answer, and knowing which of two hidden groups is the small one would tell its size.
* The public profile hides everything that the inside profile hides, so two readers together learn
  no more than one of them. It also rounds (people to 5, shares to whole per cent, points to one
  decimal, coverage to 5 points, as precise figures would give the exact numbers back).
* Records are public facts and are never hidden.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from metrics.breakdowns import Marks, Whole
from metrics.complementary import completed
from metrics.frames import Frames
from metrics.leftovers import unsafe_leftovers
from metrics.metric import Estimates, Profile, Reason, Unit
from metrics.populations import (
    PAIRED,
    Placed,
    Universe,
    everybody,
    figures_at,
    people_of,
    placed_in,
    tables_of,
    universe_of,
    universes,
)
from metrics.unsafe import MINIMUM as MINIMUM
from metrics.unsafe import unsafe

#: The one reason that every suppressed figure has.
HIDDEN = Reason.TOO_FEW

#: The wave that paired changes start from (`metrics.outcomes.paired_change`).
PAIRS_FROM = "baseline"
#: The wave that a change of means starts from, by the kind of its metric.
CHANGE_FROM = {"process": "during", "outcome": PAIRS_FROM}
#: Frames whose figures are functions of scores: beside what is shown, some tell a hidden mean.
SCORED = ("scale_moments", "scale_products", "split_halves", "timing")

_CELL = ["entity", "wave", "split", "split_value"]
_NAMED = {"entity": int, "wave": str, "split": str, "split_value": str}
#: What an earlier sheet hid and stays hidden, by profile: metric, instrument, and _CELL.
Remembered = Mapping[Profile, pd.DataFrame]
_NO_CELLS = pd.DataFrame(columns=_CELL)


def hidden(
    estimates: list[Estimates], frames: Frames, before: Remembered | None = None
) -> dict[Profile, list[Marks]]:
    """Which project figures may not be shown: for each profile and metric, marks over its rows.

    estimates: the figures of projects (level project) of the whole sheet. before: what an earlier
    sheet hid and stays hidden.
    Raises: UnplacedFigure when a figure is about people whom the frames do not hold.
    """
    marks = {
        profile: [np.zeros(len(each.frame), dtype=bool) for each in estimates]
        for profile in Profile
    }
    stays = {profile: _stays(before[profile]) if before is not None else {} for profile in Profile}
    # Pairs come last: their changes follow the means that they lie between, and everything else
    # about the same pairs follows their changes.
    ordered = sorted(
        universes(estimates).items(),
        key=lambda item: (item[0][0] in PAIRED, item[0][0] != "paired_moments"),
    )
    for (name, instrument), members in ordered:
        people = people_of(frames, name, instrument)
        about = [figures_at(estimates[i].frame, r) for i, r in members]
        universe = universe_of(people, about, frames.schools)
        placed = [placed_in(estimates[i], i, r, universe) for i, r in members]
        least: list[Marks] = [np.zeros(len(each.rows), dtype=bool) for each in placed]
        # The public never sees more than insiders: it starts from what they do not see.
        for profile in (Profile.INSIDE, Profile.PUBLIC):
            if name in PAIRED:
                means = _hidden_cells(estimates, marks[profile], instrument, "scale_moments")
                pairs = _hidden_cells(estimates, marks[profile], instrument, "paired_moments")
                least = [
                    least_ | _between_hidden(each.frame, means) | _among(each.frame, pairs)
                    for least_, each in zip(least, placed, strict=True)
                ]
            if stays[profile]:
                least = [
                    least_ | _among(each.frame, stays[profile].get((each.metric.id, instrument)))
                    for least_, each in zip(least, placed, strict=True)
                ]
            least = _hidden_rows(placed, universe, profile, least)
            for each, found in zip(placed, least, strict=True):
                marks[profile][each.index][each.rows] = found
    return marks


def _hidden_cells(
    estimates: list[Estimates], marks: list[Marks], instrument: str, frame: str
) -> pd.MultiIndex:
    """Where a mean (change) of an instrument is hidden: entity, wave, split, split value."""
    found = [
        each.frame.loc[mark & (each.frame["instrument"] == instrument).to_numpy(), _CELL]
        for each, mark in zip(estimates, marks, strict=True)
        if each.metric.frame == frame and each.metric.unit in (Unit.POINTS, Unit.CHANGE)
    ]
    return pd.MultiIndex.from_frame(pd.concat([_NO_CELLS, *found]).astype(_NAMED).drop_duplicates())


def _stays(before: pd.DataFrame) -> dict[tuple[str, str], pd.MultiIndex]:
    """Where an earlier sheet hid something, by metric and instrument: entity, wave, split, split
    value."""
    return {
        (str(metric), str(instrument)): pd.MultiIndex.from_frame(theirs[_CELL].astype(_NAMED))
        for (metric, instrument), theirs in before.groupby(["metric", "instrument"], observed=True)
    }


def _among(frame: pd.DataFrame, cells: pd.MultiIndex | None) -> Marks:
    """Rows that stand in one of the cells."""
    if cells is None or cells.empty:
        return np.zeros(len(frame), dtype=bool)
    return pd.MultiIndex.from_frame(frame[_CELL].astype(_NAMED)).isin(cells)


def _between_hidden(frame: pd.DataFrame, means: pd.MultiIndex) -> Marks:
    """Rows whose change starts or ends at a hidden mean; with the other one it would follow."""
    later = frame[_CELL].astype(_NAMED)
    earlier = later.assign(wave=PAIRS_FROM)
    return np.any([pd.MultiIndex.from_frame(each).isin(means) for each in (earlier, later)], axis=0)


# --- the rules ----------------------------------------------------------------------------------


def _hidden_rows(
    placed: list[Placed], universe: Universe, profile: Profile, least: list[Marks]
) -> list[Marks]:
    everyone = everybody(universe, placed, profile)
    few = (everyone.people > 0) & (everyone.people < everyone.least)
    common = completed([everyone], few, MINIMUM[profile])
    means: Marks | None = None
    found: dict[int, Marks] = {}
    # Means come first: what else is made of the same scores follows them, and changes last.
    for at in sorted(range(len(placed)), key=lambda at: _turn(placed[at])):
        each = placed[at]
        primary = unsafe(each.frame, each.metric, profile) | least[at]
        primary |= _too_few(each, universe.least(profile))
        if is_change(each):
            marks = _changes(universe, means, CHANGE_FROM[each.metric.kind])
        else:
            if means is not None and _turn(each):
                primary |= means[each.project, each.slot]
            marks = _pattern(each, universe, primary, common, profile)
            if each.metric.frame == "scale_moments" and each.metric.unit is Unit.POINTS:
                means = marks if means is None else means | marks
        found[at] = marks[each.project, each.slot] | primary
    return [found[at] for at in range(len(placed))]


def _too_few(each: Placed, least: Whole) -> Marks:
    """Rows about fewer people than their slots ask for."""
    n = each.frame["n"].to_numpy(dtype=float, na_value=0)
    return (n > 0) & (n < least[each.project, each.slot])


def _turn(each: Placed) -> int:
    """0: a mean, or nothing to do with means; 1: made of the same scores; 2: a change of means."""
    if each.metric.frame not in SCORED or each.metric.unit in (Unit.POINTS, Unit.SHARE):
        return 0
    return 2 if is_change(each) else 1


def _pattern(
    each: Placed, universe: Universe, primary: Marks, common: Marks, profile: Profile
) -> Marks:
    """The hidden slots of a metric: one pattern for all its parts."""
    marks = common.copy()
    marks[each.project[primary], each.slot[primary]] = True
    tables = tables_of(each, universe, profile)
    while True:
        marks = completed(tables, marks, MINIMUM[profile])
        more = unsafe_leftovers(each, universe, marks, profile) & ~marks
        if not more.any():
            return marks
        marks |= more


def _changes(universe: Universe, means: Marks | None, start: str) -> Marks:
    """A change is hidden with either of its means, and everywhere where there are none."""
    slots = universe.slots
    if means is None or start not in slots.waves:
        return np.ones(universe.size, dtype=bool)
    at = slots.waves.index(start)
    found = means.copy()
    found[:, slots.totals] |= means[:, [at]]
    groups = slots.groups_of(means)
    found[:, slots.by_group] = (groups | groups[:, [at]]).reshape(len(means), -1)
    return found


def is_change(each: Placed) -> bool:
    """Whether a metric is the change between two waves of means that are published themselves."""
    return each.metric.unit is Unit.CHANGE and each.metric.frame == "scale_moments"
