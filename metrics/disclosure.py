"""The disclosure gate: what may be shown of a whole sheet, decided once for everybody.

The profile is the only parameter: nothing turns a rule off or lowers a threshold. In order:

1. A project's figure is hidden for its own sake (`metrics.unsafe`) when it is about 1 to
   MINIMUM - 1 people (respondents, pairs, participations), or says the same of everybody: a share
   of 0 %, 100 % or all but one of fewer than SMALL_GROUP people, a mean or recommendation score
   that tells the same, or one without any variance.
2. What would give it away within the project is hidden with it (`metrics.complementary`).
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

from dataclasses import dataclass

import numpy as np
import pandas as pd

from metrics.complementary import Marks, Slots, Table, Whole, completed, outside
from metrics.frames import Frames
from metrics.metric import ALL_WAVES, About, Estimates, Profile, Reason, Split, Unit
from metrics.records import RECORD_FRAMES
from metrics.unsafe import floats, unsafe

#: The fewest people a figure may be about.
MINIMUM = {Profile.INSIDE: 5, Profile.PUBLIC: 10}
#: The one reason that every suppressed figure has.
HIDDEN = Reason.TOO_FEW

#: The wave that a change of means starts from (`metrics.process.process_change`).
CHANGE_FROM = "during"
#: The wave that paired changes start from (`metrics.outcomes.paired_change`).
PAIRS_FROM = "baseline"

_CELL = ["entity", "wave", "split", "split_value"]
_NAMED = {"entity": int, "wave": str, "split": str, "split_value": str}
_NO_CELLS = pd.DataFrame(columns=_CELL)

#: Frames about people who were followed from one wave to another.
PAIRED = ("paired_moments", "paired_differences", "paired_choices", "retention")


class UnplacedFigure(Exception):
    """A project's figure is about people whom the frames do not hold."""


@dataclass(frozen=True, slots=True)
class _Universe:
    """The people whom figures are about: an instrument's respondents or pairs, or participants.

    atoms: people per project, wave, phase and group.
    """

    slots: Slots
    projects: Whole
    atoms: Whole
    outside: Marks

    @property
    def size(self) -> tuple[int, int]:
        return len(self.projects), self.slots.size


@dataclass(frozen=True, slots=True)
class _Placed:
    """The rows of one metric in their universe: index of the estimates, positions in their frame,
    and for each of those rows its project, slot and part."""

    index: int
    metric_unit: Unit
    frame_name: str
    frame: pd.DataFrame
    rows: Whole
    project: Whole
    slot: Whole
    part: Whole


def hidden(estimates: list[Estimates], frames: Frames) -> dict[Profile, list[Marks]]:
    """Which project figures may not be shown: for each profile and metric, marks over its rows.

    estimates: the figures of projects (level project) of the whole sheet.
    Raises: UnplacedFigure when a figure is about people whom the frames do not hold.
    """
    marks = {
        profile: [np.zeros(len(each.frame), dtype=bool) for each in estimates]
        for profile in Profile
    }
    # Pairs come last: their changes follow the means that they lie between, and everything else
    # about the same pairs follows their changes.
    universes = sorted(
        _universes(estimates).items(),
        key=lambda item: (item[0][0] in PAIRED, item[0][0] != "paired_moments"),
    )
    for (name, instrument), members in universes:
        people = _people(frames, name, instrument)
        universe = _universe(people, [estimates[i].frame.iloc[r] for i, r in members])
        placed = [_placed(estimates[i], i, r, universe) for i, r in members]
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
            least = _hidden_rows(placed, universe, MINIMUM[profile], least)
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


def _among(frame: pd.DataFrame, cells: pd.MultiIndex) -> Marks:
    """Rows that stand in one of the cells."""
    return pd.MultiIndex.from_frame(frame[_CELL].astype(_NAMED)).isin(cells)


def _between_hidden(frame: pd.DataFrame, means: pd.MultiIndex) -> Marks:
    """Rows whose change starts or ends at a hidden mean; with the other one it would follow."""
    later = frame[_CELL].astype(_NAMED)
    earlier = later.assign(wave=PAIRS_FROM)
    return np.any([pd.MultiIndex.from_frame(each).isin(means) for each in (earlier, later)], axis=0)


# --- placing figures among the people they are about --------------------------------------------


def _universes(estimates: list[Estimates]) -> dict[tuple[str, str], list[tuple[int, Whole]]]:
    """Which rows of which estimates are about the same people: frame and instrument."""
    found: dict[tuple[str, str], list[tuple[int, Whole]]] = {}
    for index, each in enumerate(estimates):
        if each.metric.about is About.RECORDS:
            continue
        name = "respondents"
        if each.metric.about is About.PARTICIPANTS:
            name = each.metric.frame if each.metric.frame in RECORD_FRAMES else "participation"
        elif each.metric.frame in PAIRED:
            name = each.metric.frame
        codes, instruments = _coded(each.frame["instrument"])
        for code in np.unique(codes):
            rows = np.flatnonzero(codes == code)
            found.setdefault((name, instruments[code]), []).append((index, rows))
    return found


def _people(frames: Frames, name: str, instrument: str) -> pd.DataFrame:
    """The people of a universe: project, wave, phase, group, n."""
    if name == "participation":
        return frames.participation[["project", "phase", "group", "n"]].assign(wave=ALL_WAVES)
    whole = getattr(frames, name)
    if name in RECORD_FRAMES:
        # A person is one, however many records tell of what they did.
        people = whole.drop_duplicates(["project", "group", "person"])
        counted = people.groupby(["project", "group"], as_index=False).size()
        return counted.rename(columns={"size": "n"}).assign(wave=ALL_WAVES, phase="")
    whole = whole[(whole["instrument"] == instrument).to_numpy()]
    if name in PAIRED:
        # One person's pairs are counted once a scale or item; whoever is in any of them is there.
        part = "item" if "item" in whole else "scale"
        by = ["project", "wave", *(["group"] if "group" in whole else [])]
        each = whole.groupby([*by, "earlier", part], as_index=False, observed=True)["n"].sum()
        most = each.groupby(by, as_index=False, observed=True)["n"].max().assign(phase="")
        return most if "group" in most else most.assign(group="")
    return whole


def _universe(people: pd.DataFrame, figures: list[pd.DataFrame]) -> _Universe:
    named = [
        frame[["wave", "split", "split_value"]].drop_duplicates().astype(str) for frame in figures
    ]
    keys = pd.concat(named, ignore_index=True)
    waves = set(keys.loc[keys["split"] != Split.PHASE.value, "wave"])
    groups = set(keys.loc[keys["split"] == Split.GROUP.value, "split_value"])
    axes = [
        tuple(sorted({*people[name].astype(str).unique(), *more}))
        for name, more in (("wave", waves), ("phase", ()), ("group", groups))
    ]
    projects = np.unique(
        np.concatenate([people["project"].to_numpy(), *(f["entity"].to_numpy() for f in figures)])
    ).astype(np.int64)
    codes = [
        pd.Categorical(people[name].astype(str), axis).codes
        for name, axis in zip(("wave", "phase", "group"), axes, strict=True)
    ]
    atoms = np.zeros((len(projects), *(len(axis) for axis in axes)), dtype=np.int64)
    place = np.searchsorted(projects, people["project"].to_numpy())
    np.add.at(atoms, (place, *codes), people["n"].to_numpy())
    slots = Slots(*axes)
    return _Universe(slots, projects, atoms, outside(slots, atoms > 0))


def _placed(estimates: Estimates, index: int, rows: Whole, universe: _Universe) -> _Placed:
    frame = estimates.frame.iloc[rows]
    code = np.zeros(len(frame), dtype=np.int64)
    for name in ("wave", "split", "split_value"):
        codes, names = _coded(frame[name])
        code = code * max(len(names), 1) + codes
    _, first, which = np.unique(code, return_index=True, return_inverse=True)
    different = frame[["wave", "split", "split_value"]].iloc[first].astype(str)
    slot = np.array(
        [_slot(universe.slots, *key) for key in different.itertuples(index=False, name=None)],
        dtype=np.int64,
    )
    return _Placed(
        index,
        estimates.metric.unit,
        estimates.metric.frame,
        frame,
        rows,
        np.searchsorted(universe.projects, frame["entity"].to_numpy()),
        slot[which],
        _coded(frame["part"])[0],
    )


def _coded(column: pd.Series) -> tuple[Whole, list[str]]:
    """A column of names as whole numbers, and the names."""
    names = column.astype("category").cat
    return names.codes.to_numpy().astype(np.int64), [str(name) for name in names.categories]


def _slot(slots: Slots, wave: str, split: str, split_value: str) -> int:
    try:
        if split == Split.PHASE:
            return slots.by_phase.start + slots.phases.index(split_value)
        at = slots.waves.index(wave)
        if split == Split.TOTAL:
            return at
        return slots.by_group.start + at * len(slots.groups) + slots.groups.index(split_value)
    except ValueError as error:
        raise UnplacedFigure(
            f"nobody in the frames answered in {split} {split_value!r} of wave {wave!r}: "
            "judge and protect the same frames"
        ) from error


# --- the rules ----------------------------------------------------------------------------------


def _hidden_rows(
    placed: list[_Placed], universe: _Universe, minimum: int, least: list[Marks]
) -> list[Marks]:
    people = universe.slots.spread(universe.atoms)
    offered = np.zeros(universe.size, dtype=bool)
    for each in placed:
        offered[each.project, each.slot] = True
    support = universe.atoms > 0
    few = (people > 0) & (people < minimum)
    everybody = Table(
        universe.slots, people, offered, support, _small(universe, minimum), universe.outside
    )
    common = completed([everybody], few, minimum)
    means: Marks | None = None
    found: dict[int, Marks] = {}
    # Changes come last: they follow the means that they are made of.
    for at in sorted(range(len(placed)), key=lambda at: _is_change(placed[at])):
        each = placed[at]
        primary = unsafe(each.frame, each.metric_unit, each.frame_name, minimum) | least[at]
        if _is_change(each):
            marks = _changes(universe, means)
        else:
            marks = _pattern(each, universe, primary, common, minimum)
            if each.frame_name == "scale_moments":
                means = marks
        found[at] = marks[each.project, each.slot] | primary
    return [found[at] for at in range(len(placed))]


def _pattern(
    each: _Placed, universe: _Universe, primary: Marks, common: Marks, minimum: int
) -> Marks:
    """The hidden slots of a metric: one pattern for all its parts."""
    marks = common.copy()
    marks[each.project[primary], each.slot[primary]] = True
    listed = np.zeros(universe.size, dtype=bool)
    listed[each.project, each.slot] = True
    small = _small(universe, minimum)
    tables = [_table(each, part, universe, listed, small) for part in np.unique(each.part)]
    return completed(tables, marks, minimum)


def _small(universe: _Universe, minimum: int) -> Marks:
    """Which inner populations are a few people."""
    people = universe.slots.inner(universe.atoms)
    return (people > 0) & (people < minimum)


def _table(each: _Placed, part: int, universe: _Universe, listed: Marks, small: Marks) -> Table:
    """One part of a metric over all slots.

    listed: slots with a figure of any part. Where only this part has none, its absence tells that
    nobody is behind it; where no part has one (people of no named group) nothing is told.
    """
    slots = universe.slots
    rows = each.part == part
    offered = np.zeros(universe.size, dtype=bool)
    offered[each.project[rows], each.slot[rows]] = True
    people = np.zeros(universe.size, dtype=np.int64)
    people[each.project[rows], each.slot[rows]] = floats(each.frame["n"])[rows]
    everybody = slots.spread(universe.atoms)
    if (people > everybody).any():
        raise UnplacedFigure("figures count people whom the frames do not hold")
    people = np.where(listed, people, everybody)
    # Where a group or phase is seen to have nobody, none of its atoms has anybody.
    groups, phases = slots.groups_of(people) > 0, people[:, slots.by_phase] > 0
    support = (universe.atoms > 0) & groups[:, :, None, :] & phases[:, None, :, None]
    within = universe.outside
    emptied = (support != (universe.atoms > 0)).any(axis=(1, 2, 3))
    if emptied.any():
        within = within.copy()
        within[emptied] = outside(slots, support[emptied])
    small = small & (slots.inner(support.astype(np.int64)) > 0)
    return Table(slots, people, offered, support, small, within)


def _changes(universe: _Universe, means: Marks | None) -> Marks:
    """A change is hidden with either of its means, and everywhere where there are none."""
    slots = universe.slots
    if means is None or CHANGE_FROM not in slots.waves:
        return np.ones(universe.size, dtype=bool)
    at = slots.waves.index(CHANGE_FROM)
    found = means.copy()
    found[:, slots.totals] |= means[:, [at]]
    groups = slots.groups_of(means)
    found[:, slots.by_group] = (groups | groups[:, [at]]).reshape(len(means), -1)
    return found


def _is_change(each: _Placed) -> bool:
    """Whether a metric is the change between two waves of means that are published themselves."""
    return each.metric_unit is Unit.CHANGE and each.frame_name == "scale_moments"
