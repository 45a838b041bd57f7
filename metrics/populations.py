"""Whom a project's figures are about: the people of a frame, and every figure's place among them.

A universe is the people whom figures may be about together: an instrument's respondents, the people
of one kind of pair, or participants. `metrics.disclosure` decides over it, `metrics.audit` checks.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from metrics.breakdowns import Marks, Slots, Table, Whole, outside
from metrics.fold import among, coded_names, dense
from metrics.frames import Frames
from metrics.metric import (
    ALL_WAVES,
    RECORD_FRAMES,
    About,
    Estimates,
    Metric,
    Profile,
    Reason,
    Split,
)
from metrics.statistics.intervals import Floats
from metrics.unsafe import MINIMUM, PUPILS, floats

#: Frames about people who were followed from one wave to another.
PAIRED = ("paired_moments", "paired_differences", "paired_choices", "retention")
#: The group that a school's pupils belong to.
PUPIL_GROUP = "CUS"
#: Where the people of a frame are that counts them and does not name them.
_NAMED_IN = {"costs": "attendance"}
#: Reasons that say that there is nobody.
_NOBODY = [each.value for each in (Reason.NO_ANSWERS, Reason.NO_RECORDS, Reason.NOT_ASKED)]


class UnplacedFigure(Exception):
    """A project's figure is about people whom the frames do not hold."""


@dataclass(frozen=True, slots=True)
class Universe:
    """The people whom figures are about: an instrument's respondents or pairs, or participants.

    atoms: people per project, wave, phase and group. pupils: slots that are about pupils.
    """

    slots: Slots
    projects: Whole
    atoms: Whole
    outside: Marks
    pupils: Marks

    @property
    def size(self) -> tuple[int, int]:
        return len(self.projects), self.slots.size

    def least(self, profile: Profile) -> Whole:
        """The fewest people that each slot may be shown of."""
        return np.where(self.pupils, PUPILS[profile], MINIMUM[profile])

    def small(self, profile: Profile) -> Marks:
        """Which inner populations are a few people."""
        people = self.slots.inner(self.atoms)
        return (people > 0) & (people < MINIMUM[profile])


@dataclass(frozen=True, slots=True)
class Placed:
    """The rows of one metric in their universe: index of the estimates, positions in their frame,
    and for each of those rows its project, slot and part."""

    index: int
    metric: Metric
    frame: pd.DataFrame
    rows: Whole
    project: Whole
    slot: Whole
    part: Whole


# --- placing figures among the people they are about --------------------------------------------


def universes(estimates: list[Estimates]) -> dict[tuple[str, str], list[tuple[int, Whole]]]:
    """Which rows of which estimates are about the same people: frame and instrument."""
    found: dict[tuple[str, str], list[tuple[int, Whole]]] = {}
    for index, each in enumerate(estimates):
        if each.metric.about is About.RECORDS:
            continue
        name = "respondents"
        if each.metric.about is About.PARTICIPANTS:
            name = each.metric.frame if each.metric.frame in RECORD_FRAMES else "participation"
            name = _NAMED_IN.get(name, name)
        elif each.metric.frame in PAIRED:
            name = each.metric.frame
        codes, instruments = coded_names(each.frame["instrument"])
        for code in np.unique(codes):
            rows = np.flatnonzero(codes == code)
            found.setdefault((name, instruments[code]), []).append((index, rows))
    return found


def people_of(frames: Frames, name: str, instrument: str) -> pd.DataFrame:
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


def universe_of(
    people: pd.DataFrame, figures: list[pd.DataFrame], schools: pd.DataFrame
) -> Universe:
    """The people of a universe in their places. figures: the rows that are about them."""
    named = {each for frame in figures for each in _breakdowns(frame)[0]}
    waves = {wave for wave, split, _ in named if split != Split.PHASE}
    groups = {group for _, split, group in named if split == Split.GROUP}
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
    pupils = np.zeros((len(projects), slots.size), dtype=bool)
    pupils[:, slots.by_group] = np.tile(
        [group == PUPIL_GROUP for group in slots.groups], len(slots.waves)
    )
    pupils &= np.isin(projects, schools["project"].to_numpy())[:, None]
    return Universe(slots, projects, atoms, outside(slots, atoms > 0), pupils)


def placed_in(estimates: Estimates, index: int, rows: Whole, universe: Universe) -> Placed:
    frame = figures_at(estimates.frame, rows)
    different, which = _breakdowns(frame)
    slot = np.array([_slot(universe.slots, *each) for each in different], dtype=np.int64)
    return Placed(
        index,
        estimates.metric,
        frame,
        rows,
        np.searchsorted(universe.projects, frame["entity"].to_numpy()),
        slot[which],
        coded_names(frame["part"])[0],
    )


def figures_at(frame: pd.DataFrame, rows: Whole) -> pd.DataFrame:
    """The figures at some positions; without a copy where these are all."""
    return frame if len(rows) == len(frame) else frame.iloc[rows]


def _breakdowns(frame: pd.DataFrame) -> tuple[list[tuple[str, str, str]], Whole]:
    """The different waves, splits and split values of figures, and which of them each row has."""
    columns = [coded_names(frame[name]) for name in ("wave", "split", "split_value")]
    code, space = np.zeros(len(frame), dtype=np.int64), 1
    for codes, names in columns:
        code, space = code * max(len(names), 1) + codes, space * max(len(names), 1)
    occurring, which = dense(code, space)
    found: list[list[str]] = []
    for _, names in reversed(columns):
        occurring, digits = np.divmod(occurring, max(len(names), 1))
        found.insert(0, [names[digit] for digit in digits.tolist()])
    return list(zip(*found, strict=True)), which


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


def tables_of(each: Placed, universe: Universe, profile: Profile) -> list[Table]:
    """The parts of a metric over all slots, as one profile protects them."""
    listed = np.zeros(universe.size, dtype=bool)
    counts, n = counted(each.frame), floats(each.frame["n"])
    listed[each.project[counts], each.slot[counts]] = True
    small, least = universe.small(profile), universe.least(profile)
    everyone = universe.slots.spread(universe.atoms)
    return [
        _table(each, (each.part == part) & counts, n, everyone, universe, listed, small, least)
        for part in np.unique(each.part)
    ]


def counted(frame: pd.DataFrame) -> Marks:
    """Rows that say how many people are behind them. Where a figure is refused for another reason
    than that there is nobody (nobody knows who was invited), its n of 0 tells nothing."""
    nobody = among(frame["reason"], _NOBODY)
    return nobody | (floats(frame["n"]) > 0) | ~np.isnan(floats(frame["value"]))


def everybody(universe: Universe, placed: Sequence[Placed], profile: Profile) -> Table:
    """All people of a universe as one table; it has a figure wherever any of its metrics has."""
    offered = np.zeros(universe.size, dtype=bool)
    for each in placed:
        offered[each.project, each.slot] = True
    return Table(
        universe.slots,
        universe.slots.spread(universe.atoms),
        offered,
        universe.atoms > 0,
        universe.small(profile),
        universe.outside,
        universe.least(profile),
    )


def _table(
    each: Placed, rows: Marks, n: Floats, everyone: Whole, universe: Universe,
    listed: Marks, small: Marks, least: Whole,
) -> Table:  # fmt: skip
    """One part of a metric over all slots.

    n: people of every row; everyone: all people of the slots. listed: slots with a figure of any
    part. Where only this part has none, its absence tells that nobody is behind it; where no part
    has one (people of no named group) nothing is told.
    """
    slots = universe.slots
    offered = np.zeros(universe.size, dtype=bool)
    offered[each.project[rows], each.slot[rows]] = True
    people = np.zeros(universe.size, dtype=np.int64)
    people[each.project[rows], each.slot[rows]] = n[rows]
    if (people > everyone).any():
        raise UnplacedFigure("figures count people whom the frames do not hold")
    people = np.where(listed, people, everyone)
    # Where a wave, group or phase is seen to have nobody, none of its atoms has anybody.
    there = people > 0
    waves, groups = there[:, slots.totals], slots.groups_of(there)
    support = (universe.atoms > 0) & waves[:, :, None, None] & groups[:, :, None, :]
    support &= there[:, None, slots.by_phase, None]
    within = universe.outside
    emptied = np.flatnonzero((support != (universe.atoms > 0)).any(axis=(1, 2, 3)))
    if len(emptied):
        within = within.copy()
        within[emptied] = outside(slots, support[emptied])
        # And of whom nothing is told, those are not there either.
        rest = slots.spread(np.where(support, universe.atoms, 0)[emptied])
        people[emptied] = np.where(listed[emptied], people[emptied], rest)
    small = small & (slots.inner(support.astype(np.int64)) > 0)
    return Table(slots, people, offered, support, small, within, least)
