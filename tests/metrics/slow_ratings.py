"""Self-assessments, disagreement and gaps computed again, one project and phase after another."""

from __future__ import annotations

import math
from collections.abc import Iterator

import numpy as np
import pandas as pd
from scipy import stats

from metrics.frames import Frames
from metrics.requirements import REQUIRED
from tests.metrics.slow_estimators import KEYS, NAN

RATINGS = {"self_assessment", "rater_agreement", "perception_gap"}
COLUMNS = ["metric", *KEYS, "value", "low", "high", "n"]
STEP = 100 / 3
Figure = tuple[float, float, float, float]


def rating_figures(frames: Frames) -> pd.DataFrame:
    """Every figure of the project's own view that has a value."""
    found: list[tuple] = []
    every = frames.assessments
    for (level, entity), members in frames.nodes.groupby(["level", "entity"])["project"]:
        here = every[every["project"].isin(members)]
        for split, value, rows in _splits(here):
            where = (level, entity, "all", split, value)
            for construct, own in [*rows.groupby("construct"), ("", rows)]:
                apart = _together([*_apart(own)])
                found.append(("rater_agreement", "", construct, *where, *apart))
                if construct:
                    levels = _together([*_levels(own, every)])
                    found.append(("self_assessment", "", construct, *where, *levels))
    table = pd.DataFrame(found, columns=COLUMNS)
    return table[table["value"].notna()]


def _splits(rows: pd.DataFrame) -> Iterator[tuple[str, str, pd.DataFrame]]:
    if len(rows):
        yield "total", "", rows
    for phase, own in rows.groupby("phase"):
        yield "phase", phase, own


def _deviations(rows: pd.DataFrame) -> tuple[float, int]:
    """Squares around the raters' mean, in steps, and how many raters there are beyond one each."""
    own = rows[rows["kind"] == "own"]
    squares = sum(r.score_squares - r.score_sum**2 / r.raters for r in own.itertuples())
    return squares, sum(r.raters - 1 for r in own.itertuples())


def _apart(rows: pd.DataFrame) -> Iterator[Figure]:
    for _, own in rows.groupby("project"):
        squares, freedom = _deviations(own)
        if freedom:
            judged = own.loc[own["kind"] == "own", "raters"].sum()
            yield STEP * math.sqrt(2 * squares / freedom), NAN, NAN, judged
        elif (own["kind"] == "own").any():
            yield NAN, NAN, NAN, own.loc[own["kind"] == "own", "raters"].sum()


def _levels(rows: pd.DataFrame, every: pd.DataFrame) -> Iterator[Figure]:
    for project, own in rows.groupby("project"):
        squares, freedom = _deviations(every[every["project"] == project])
        cells, variance, raters = [], 0.0, 0
        for _, cell in own.groupby("phase"):
            joint = cell[cell["kind"] == "joint"]
            stands = joint if len(joint) else cell
            (one,) = stands.itertuples()
            cells.append(STEP * one.score_sum / one.raters)
            raters += one.raters
            if not len(joint) and freedom:
                variance += squares / freedom * STEP**2 / one.raters
        value = sum(cells) / len(cells)
        half = NAN
        if variance:
            half = stats.t.ppf(0.975, freedom) * math.sqrt(variance) / len(cells)
        yield value, max(value - half, 0), min(value + half, 100), raters


def _together(projects: list[Figure], least: float = 0, most: float = 100) -> Figure:
    """One project's own figure, or the mean of several with t over them."""
    n = sum(each[3] for each in projects)
    values = [each for each in projects if not math.isnan(each[0])]
    if len(values) < 2:
        return (*values[0][:3], n) if values else (NAN, NAN, NAN, n)
    points = [each[0] for each in values]
    mean, spread = np.mean(points), np.std(points, ddof=1)
    half = stats.t.ppf(0.975, len(points) - 1) * spread / math.sqrt(len(points))
    if half == 0:
        half = NAN
    return mean, max(mean - half, least), min(mean + half, most), n


def gap_figures(quality: pd.DataFrame, own: pd.DataFrame, nodes: pd.DataFrame) -> pd.DataFrame:
    """Every gap that has a value, from the shown figures of the two sides."""
    own = own[(own["level"] == "project") & own["value"].notna()]
    mine = {(r.entity, r.part, r.split_value): r for r in own.itertuples()}
    gaps: dict[tuple, Figure] = {}
    by_project: dict[tuple, list[Figure]] = {}
    quality = quality[(quality["level"] == "project") & (quality["split"] != "group")]
    phased = set(quality.loc[quality["split"] == "phase", ["entity", "instrument"]]
                 .itertuples(index=False, name=None))  # fmt: skip
    known = quality[quality["value"].notna()]
    for r in known.itertuples():
        if r.split == "phase" and r.part in REQUIRED[r.split_value].constructs:
            judged = mine.get((r.entity, r.part, r.split_value))
            if judged:
                gap = _gap(judged, r)
                gaps[r.instrument, r.part, r.entity, "all", "phase", r.split_value] = gap
                by_project.setdefault((r.instrument, r.part, r.entity), []).append(gap)
        elif r.split == "total" and (r.entity, r.instrument) not in phased:
            judged = mine.get((r.entity, r.part, ""))
            if judged:
                gaps[r.instrument, r.part, r.entity, r.wave, "total", ""] = _gap(judged, r)
    for (instrument, part, entity), found in by_project.items():
        value, low, high = (sum(each[i] for each in found) / len(found) for i in range(3))
        n = sum(each[3] for each in found)
        gaps[instrument, part, entity, "all", "total", ""] = (value, low, high, n)
    rows = []
    for (level, entity), members in nodes.groupby(["level", "entity"])["project"]:
        places: dict[tuple, list[Figure]] = {}
        for (instrument, part, project, *rest), gap in gaps.items():
            if project in set(members):
                places.setdefault((instrument, part, level, entity, *rest), []).append(gap)
        rows += [
            ("perception_gap", *place, *_together(each, -100)) for place, each in places.items()
        ]
    return pd.DataFrame(rows, columns=COLUMNS)


def _gap(mine: object, theirs: object) -> Figure:
    value = mine.value - theirs.value
    below, above = theirs.high - theirs.value, theirs.value - theirs.low
    if not math.isnan(mine.low):
        below = math.sqrt(below**2 + (mine.value - mine.low) ** 2)
        above = math.sqrt(above**2 + (mine.high - mine.value) ** 2)
    return value, max(value - below, -100), min(value + above, 100), theirs.n
