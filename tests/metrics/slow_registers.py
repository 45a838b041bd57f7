"""Metrics of registers computed again, one record after another, from their definitions alone."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import numpy as np
import pandas as pd

from metrics.frames import Frames
from metrics.stages import STAGES, STEPS
from tests.metrics.slow_estimators import KEYS, NAN, Z, share, wilson

Found = tuple[float, float, float, float]
COLUMNS = ["metric", *KEYS, "value", "low", "high", "n"]


def register_figures(frames: Frames) -> pd.DataFrame:
    """Every figure of a register that has a value. Shape: metric, KEYS, value, low, high, n."""
    found: list[tuple] = []
    for metric, (frame, groups, judged) in JUDGED.items():
        for place, rows in placed(frames, frame, groups=groups):
            found += [(metric, "", part, *place, *figure) for part, figure in judged(rows)]
    for (level, entity, *rest), rows in placed(frames, "attendance", groups=True):
        known = frames.eligible[
            (frames.eligible["level"] == level)
            & (frames.eligible["entity"] == entity)
            & (frames.eligible["group"] == rest[-1])
        ]["people"].sum()
        people = rows["person"].nunique()
        if rest[1] == "group" and known >= people:
            found.append(("reach", "", "", level, entity, *rest, people / known, NAN, NAN, people))
    table = pd.DataFrame(found, columns=COLUMNS)
    return table[table["value"].notna()]


def placed(
    frames: Frames, name: str, *, groups: bool = False, waves: bool = False
) -> Iterator[tuple[tuple, pd.DataFrame]]:
    """Level, entity, wave, split and its value, with the records that a figure there is of.

    A record of no project counts for its area, what the area lies in, and the portfolio.
    """
    table, nodes, tree = getattr(frames, name), frames.nodes, frames.area_tree
    free = table["project"] < 1
    entities = set(nodes[["level", "entity"]].itertuples(index=False, name=None))
    if free.any():
        entities |= {("area", ancestor) for ancestor in tree["ancestor"]}
    for level, entity in sorted(entities):
        members = nodes[(nodes["level"] == level) & (nodes["entity"] == entity)]["project"]
        chosen = table["project"].isin(members)
        if level == "portfolio":
            chosen |= free
        if level == "area" and "area" in table:
            below = tree.loc[tree["ancestor"] == entity, "area"]
            chosen |= free & table["area"].isin(below)
        here = table[chosen]
        for wave, rows in here.groupby("wave") if waves else [("all", here)]:
            if len(rows):
                yield (level, entity, wave, "total", ""), rows
            if groups:
                for group, own in rows.groupby("group"):
                    yield (level, entity, wave, "group", group), own


# --- shares -------------------------------------------------------------------------------------

Flags = Callable[[pd.DataFrame], pd.Series]
Judge = Callable[[pd.DataFrame], Iterable[tuple[str, Found]]]


def _share_of(
    counted: Callable[[Any], bool], asked: Callable[[Any], bool] = lambda _: True
) -> Judge:
    """Counted ones among those asked, with Wilson's interval."""

    def judged(rows: pd.DataFrame) -> Iterator[tuple[str, Found]]:
        below = [row for row in rows.itertuples() if asked(row)]
        if below:
            above = sum(bool(counted(row)) for row in below)
            yield "", (*wilson(above, len(below)), len(below))

    return judged


def _census(column: str) -> Judge:
    def judged(rows: pd.DataFrame) -> Iterator[tuple[str, Found]]:
        yield "", (rows[column].mean(), NAN, NAN, len(rows))

    return judged


def _described(rows: pd.DataFrame) -> Iterator[tuple[str, Found]]:
    places = {place: own["described"].max() for place, own in rows.groupby("place")}
    yield "", (sum(places.values()) / len(places), NAN, NAN, len(places))


def _lasting(rows: pd.DataFrame) -> Iterator[tuple[str, Found]]:
    adoptions = rows.groupby(["solution", "adopter"])["lasting"].max()
    yield "", (*wilson(adoptions.sum(), len(adoptions)), len(adoptions))


def _returned(rows: pd.DataFrame) -> Iterator[tuple[str, Found]]:
    if rows["project"].nunique() > 1:
        many = [own["project"].nunique() for _, own in rows.groupby("person")]
        yield "", (*wilson(sum(projects >= 2 for projects in many), len(many)), len(many))


# --- counts and money ---------------------------------------------------------------------------


def _three_ways(column: str, counted: Flags | None = None, asked: Flags | None = None) -> Judge:
    """Of one's own projects and of all together; n: how many could have been counted."""

    def judged(rows: pd.DataFrame) -> Iterator[tuple[str, Found]]:
        among = len(set((rows if asked is None else rows[asked(rows)])[column]))
        there = rows if counted is None else rows[counted(rows)]
        distinct = float(len(set(there[column])))
        added = float(sum(len(set(own[column])) for _, own in there.groupby("project")))
        for part, value in (("distinct", distinct), ("sum", added), ("overlap", added - distinct)):
            yield part, (value, NAN, NAN, among)

    return judged


def _children(rows: pd.DataFrame) -> Iterator[tuple[str, Found]]:
    children = rows["child"].nunique()
    yield "", (children, NAN, NAN, children)


def _outputs(rows: pd.DataFrame) -> Iterator[tuple[str, Found]]:
    for kind, own in rows.groupby("kind"):
        yield kind, (own["n"].sum(), NAN, NAN, own["n"].sum())


def _cost_per(column: str, least: int) -> Judge:
    def judged(rows: pd.DataFrame) -> Iterator[tuple[str, Found]]:
        own = [
            (cents / 100, each)
            for cents, each in zip(rows["cents"], rows[column], strict=True)
            if each >= least
        ]
        if not own:
            return
        each = sum(many for _, many in own)
        ratios = [euros / many for euros, many in own]
        ends = (min(ratios), max(ratios)) if len(own) > 1 else (NAN, NAN)
        yield "", (sum(euros for euros, _ in own) / each, *ends, each)

    return judged


# --- ways of cases and people -------------------------------------------------------------------


def days_until(case: Any, stage: int) -> float:
    """The first day on which a case was at a stage or further; NaN: never."""
    if stage == 0:
        return 0
    later = [getattr(case, f"to_{name}") for name in STAGES[stage:]]
    return min((day for day in later if day >= 0), default=NAN)


def _conversion(rows: pd.DataFrame) -> Iterator[tuple[str, Found]]:
    cohorts = [("", rows), *((f"{year}/", own) for year, own in rows.groupby("year"))]
    for word, cohort in cohorts:
        for at, stage in enumerate(STAGES[1:], 1):
            there = went_on = 0
            for case in cohort.itertuples():
                before = days_until(case, at - 1)
                reached = not math.isnan(days_until(case, at))
                joined = case.ended in ("merged", "split") and not reached
                if not math.isnan(before) and case.age - before >= 365 and not joined:
                    there, went_on = there + 1, went_on + reached
            if there:
                yield f"{word}{stage}", (*wilson(went_on, there), there)


def _lost(rows: pd.DataFrame) -> Iterator[tuple[str, Found]]:
    for at, step in enumerate(STEPS[1:]):
        there = rows[rows["step"] >= at]
        projects = [
            (int((own["step"] == at).sum()), len(own), len(own))
            for _, own in there.groupby("project")
        ]
        if projects:
            yield step, (*share(projects)[:3], there["person"].nunique())


def _excess(rows: pd.DataFrame) -> Iterator[tuple[str, Found]]:
    """Mantel-Haenszel's risk ratio, Greenland and Robins' variance of its logarithm."""
    for at, step in enumerate(STEPS[1:]):
        above = below = spread = 0.0
        sides: tuple[set, set] = (set(), set())
        for _, own in rows[rows["step"] >= at].groupby("project"):
            one, other = own[own["priority"] == 1], own[own["priority"] == 0]
            n1, n0, n = len(one), len(other), len(own)
            if not n1 or not n0:
                continue
            a, b = int((one["step"] == at).sum()), int((other["step"] == at).sum())
            above, below = above + a * n0 / n, below + b * n1 / n
            spread += ((a + b) * n1 * n0 - a * b * n) / n**2
            sides[0].update(one["person"])
            sides[1].update(other["person"])
        if below == 0:
            continue
        value, people = above / below, min(map(len, sides))
        if value == 0 or spread <= 0:
            yield step, (value, NAN, NAN, people)
            continue
        half = math.exp(Z * math.sqrt(spread / (above * below)))
        yield step, (value, value / half, value * half, people)


def _voices(rows: pd.DataFrame) -> Iterator[tuple[str, Found]]:
    """Gini's coefficient by comparing every two people of a session; the interval is resampled."""
    equal, people = [], set()
    for _, session in rows.groupby(["project", "session"]):
        turns = session["n"].tolist()
        mean = np.mean(turns)
        if len(turns) >= 5 and mean > 0:
            apart = sum(abs(one - other) for one in turns for other in turns)
            equal.append(1 - apart / (2 * len(turns) ** 2 * mean))
            people |= set(session["person"])
    if equal:
        yield "", (float(np.mean(equal)), NAN, NAN, len(people))


JUDGED: dict[str, tuple[str, bool, Judge]] = {
    "closure": (
        "proposal_log", False, _share_of(lambda r: r.reasoned, lambda r: r.age > 60),
    ),
    "influence_rate": (
        "proposal_log", False, _share_of(lambda r: r.adopted, lambda r: r.decided),
    ),
    "needs_met": ("needs", True, _share_of(lambda r: r.tested and r.sufficient)),
    "changes_absorbed": ("plan_changes", False, _share_of(lambda r: r.reasoned)),
    "embedding": (
        "solutions", False,
        _share_of(
            lambda r: r.embedded and r.waited <= 365,
            lambda r: r.age >= 365 and r.waited >= 0,
        ),
    ),
    "lasting_adoption": ("adoptions", False, _lasting),
    "roles_filled": ("roles", False, _census("filled")),
    "rules_signed": ("rules", False, _census("in_time")),
    "accessibility_coverage": ("places", False, _described),
    "repeat_participation": ("attendance", True, _returned),
    "distinct_participants": ("attendance", True, _three_ways("person")),
    "distinct_organisations": ("organisations", False, _three_ways("organisation")),
    "adopters": ("adoptions", False, _three_ways("adopter")),
    "firms_tested": ("firms", False, _three_ways("organisation", lambda r: r["tested"] == 1)),
    "firms_new_product": (
        "firms", False,
        _three_ways(
            "organisation",
            lambda r: (r["followed"] == 1) & (r["new_product"] == 1),
            lambda r: r["followed"] == 1,
        ),
    ),
    "firms_new_market": (
        "firms", False,
        _three_ways(
            "organisation",
            lambda r: (r["followed"] == 1) & (r["new_market"] == 1),
            lambda r: r["followed"] == 1,
        ),
    ),
    "lineage": ("lineage", False, _children),
    "joint_outputs": ("outputs", False, _outputs),
    "cost_per_participant": ("costs", False, _cost_per("participants", 10)),
    "cost_per_pilot": ("costs", False, _cost_per("pilots", 1)),
    "stage_conversion": ("cases", False, _conversion),
    "journey_loss": ("journeys", True, _lost),
    "journey_excess": ("journeys", False, _excess),
    "voice_equality": ("contributions", False, _voices),
}  # fmt: skip
