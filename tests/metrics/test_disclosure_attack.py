"""An attacker with pencil, paper and every published figure tries to recover what is hidden.

He knows which people could have answered (every atom that has anyone), the membership of every
project and, against the means, even every number of respondents. His arithmetic is written here
on its own, in floating point, and shares nothing with the gate's.
"""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from metrics import complementary, disclosure
from metrics.evaluate import evaluate
from metrics.frames import Frames
from metrics.metric import Profile, Unit

METRICS = ["process_quality", "process_change", "response_rate", "benefit_share", "participation"]
GROUPS = ["RES", "COM", "STAFF"]
PULSE, BENEFIT = "process_pulse@1", "benefit@1"
#: score units of the pulse (`Instrument.score_unit`)
UNIT = 100_000
MINIMUM = {Profile.INSIDE: 5, Profile.PUBLIC: 10}


def portfolio(seed: int) -> Frames:
    """A random small portfolio: overlapping themes, an area tree, waves in several phases."""
    draw = np.random.default_rng(seed)
    many = int(draw.integers(1, 8))
    projects = np.arange(1, many + 1)
    nodes = [("portfolio", 0, p) for p in projects] + [("project", p, p) for p in projects]
    for project in projects:
        nodes += [("theme", t, project) for t in (1, 2, 3) if draw.random() < 0.5]
        area = int(draw.integers(2, 5))
        nodes += [("area", a, project) for a in ((1, area) if area != 4 else (4,))]
        if draw.random() < 0.7:
            nodes.append(("programme", int(draw.integers(1, 3)), project))
    crowd = int(draw.choice([6, 12, 30]))
    one_phase = bool(draw.random() < 0.6)
    atoms = []
    for project in projects:
        for wave in ("baseline", "during", "end"):
            if draw.random() < 0.3:
                continue
            phases = ["P1" if wave == "baseline" else "P4"]
            if not one_phase:
                phases = draw.choice(["P0", "P3", "P4", "P5"], int(draw.integers(1, 3)), replace=False)
            for phase in phases:
                for group in [*GROUPS, "UNK"]:
                    if draw.random() < (0.75 if group != "UNK" else 0.15):
                        n = int(draw.integers(0, draw.choice([4, crowd]) + 1))
                        atoms.append((project, wave, str(phase), group, n))
    atoms = pd.DataFrame(atoms, columns=["project", "wave", "phase", "group", "n"])
    return frames_of(atoms, pd.DataFrame(nodes, columns=["level", "entity", "project"]), draw)


def frames_of(atoms: pd.DataFrame, nodes: pd.DataFrame, draw: np.random.Generator) -> Frames:
    """The frames behind atoms: scores and answers at random, some people skipping the question."""
    asked = pd.concat([atoms.assign(instrument=key) for key in (PULSE, BENEFIT)], ignore_index=True)
    n = asked["n"].to_numpy()
    invited = np.where(draw.random() < 0.7, n + draw.integers(0, 8, len(n)), -1)
    names = ["project", "instrument", "wave", "phase", "group"]
    respondents = asked[[*names, "n"]].assign(invited=invited.astype(np.int64))
    scored = asked[(asked["instrument"] == PULSE) & (asked["n"] > 0)]
    scales = []
    for scale in ("GOAL", "RULE"):
        skipped = draw.binomial(1, 0.2, len(scored)) * draw.integers(0, 3, len(scored))
        people = np.maximum(scored["n"].to_numpy() - skipped, 0)
        scores = [draw.choice([0, 25, 50, 75, 100], p) * UNIT // 100 for p in people]
        moments = scored[names].assign(
            scale=scale,
            n=people,
            total=[int(s.sum()) for s in scores],
            squares=[int((s**2).sum()) for s in scores],
            unit=UNIT,
        )
        scales.append(moments[moments["n"] > 0])
    answered = asked[(asked["instrument"] == BENEFIT) & (asked["n"] > 0)]
    yes = draw.binomial(answered["n"].to_numpy(), draw.choice([0.1, 0.5, 0.9]))
    items = pd.concat(
        [
            answered[names].assign(item="BEN", code=4, n=yes),
            answered[names].assign(item="BEN", code=2, n=answered["n"].to_numpy() - yes),
        ]
    )
    events = atoms.groupby(["project", "phase", "group"], as_index=False)["n"].sum()
    pairs = ["project", "instrument", "earlier", "wave", "group", "scale"]
    return Frames(
        respondents=respondents,
        item_counts=items[items["n"] > 0].reset_index(drop=True),
        scale_moments=pd.concat(scales, ignore_index=True),
        paired_moments=pd.DataFrame({name: [] for name in pairs}, dtype=str).assign(
            project=np.array([], dtype=np.int64),
            **{name: np.array([], dtype=np.int64) for name in ("n", "total", "squares", "unit")},
        ),
        participation=events.assign(affected=np.int64(-1)),
        proposals=pd.DataFrame(
            {name: np.array([], dtype=np.int64) for name in ("project", "area", "n", "taken_up")}
        ),
        nodes=nodes,
        area_tree=pd.DataFrame({"area": [1, 2, 3, 4, 2, 3], "ancestor": [1, 2, 3, 4, 1, 1]}),
    )


# --- the attacker -------------------------------------------------------------------------------


class Attacker:
    """What can be worked out from the rows of one figure (metric, instrument, part).

    people: atoms with the number of people behind this figure.
    """

    def __init__(self, rows: pd.DataFrame, people: pd.DataFrame, nodes: pd.DataFrame) -> None:
        self.rows = rows.reset_index(drop=True)
        self.people = people[people["n"] > 0].reset_index(drop=True)
        members = {key: set(part) for key, part in nodes.groupby(["level", "entity"])["project"]}
        self.sets = np.array([self._atoms(row, members) for row in self.rows.itertuples()])
        self.sets = self.sets.reshape(len(self.rows), len(self.people))
        self.n = self.sets @ self.people["n"].to_numpy()
        self.hidden = (self.rows["state"] == "suppressed").to_numpy()
        self.shown = ~self.hidden & (self.n > 0)

    def _atoms(self, row, members) -> np.ndarray:
        people = self.people
        inside = people["project"].isin(members[(row.level, row.entity)])
        if row.split == "phase":
            return (inside & (people["phase"] == row.split_value)).to_numpy()
        if row.wave != "all":
            inside &= people["wave"] == row.wave
        if row.split == "group":
            inside &= people["group"] == row.split_value
        return inside.to_numpy()

    def small(self, minimum: int) -> np.ndarray:
        """Groups of a project that are too small, though nobody publishes them."""
        by = ["project", "wave", "group"]
        size = self.people.groupby(by)["n"].transform("sum").to_numpy()
        key = self.people.groupby(by).ngroup().to_numpy()
        return np.unique(key[size < minimum])[:, None] == key[None, :]

    def sums(self, sets: np.ndarray) -> np.ndarray:
        return sets.astype(float)

    def means(self, sets: np.ndarray) -> np.ndarray:
        """The same sets as means of project means, over sums of atoms."""
        project = self.people["project"].to_numpy()
        n = self.people["n"].to_numpy()
        weights = np.zeros(sets.shape)
        for each in np.unique(project):
            own = sets & (project == each)
            size = own @ n
            weights += own / np.maximum(size, 1)[:, None]
        return weights

    def recovered(self, view, minimum: int) -> int:
        """Number of hidden populations that are combinations of the shown ones."""
        shown = view(self.sets[self.shown])
        secret = view(np.concatenate([self.sets[self.hidden & (self.n > 0)], self.small(minimum)]))
        if not len(secret) or not len(shown):
            return 0
        shown = shown / np.linalg.norm(shown, axis=1, keepdims=True)
        secret = secret / np.linalg.norm(secret, axis=1, keepdims=True)
        _, sizes, directions = np.linalg.svd(shown, full_matrices=True)
        free = directions[int((sizes > 1e-9).sum()) :]
        return int((np.abs(secret @ free.T).max(axis=1, initial=0) < 1e-7).sum())

    def differences(self, minimum: int) -> int:
        """Number of pairs of shown populations, one in the other, that differ by a few people."""
        sets, n = self.sets[self.shown].astype(float), self.n[self.shown]
        inside = sets @ sets.T == sets.sum(axis=1)[:, None]
        gap = n[None, :] - n[:, None]
        return int((inside & (gap > 0) & (gap < minimum)).sum())


def attacked(frames: Frames, profile: Profile) -> tuple[int, int, int]:
    """Hidden figures, how many of them fell, and differences of a few people, over all metrics."""
    results = disclosure.protect(evaluate(frames, METRICS), frames, profile)
    hidden = fallen = close = 0
    for result in results:
        for (instrument, part), rows in result.frame.groupby(["instrument", "part"], observed=True):
            people = people_of(result.metric, instrument, part, frames)
            if people is None:
                continue
            attacker = Attacker(rows, people, frames.nodes)
            hidden += int(attacker.hidden.sum())
            fallen += attacker.recovered(attacker.sums, MINIMUM[profile])
            if result.metric.unit is Unit.POINTS:
                fallen += attacker.recovered(attacker.means, MINIMUM[profile])
            close += attacker.differences(MINIMUM[profile])
    return hidden, fallen, close


def people_of(metric, instrument: str, part: str, frames: Frames) -> pd.DataFrame | None:
    """Whom a figure counts, by atom; None where its people are no sums of atoms."""
    by = ["project", "wave", "phase", "group"]
    if metric.id == "participation":
        return frames.participation.assign(wave="all")
    if metric.id == "process_quality":
        moments = frames.scale_moments
        return moments[moments["scale"] == part][[*by, "n"]]
    if metric.id == "benefit_share":
        return frames.item_counts.groupby(by, as_index=False)["n"].sum()
    return None


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.integers(0, 2**32 - 1), st.sampled_from(list(Profile)))
def test_nothing_hidden_can_be_computed_from_what_is_shown(seed, profile):
    _, fallen, close = attacked(portfolio(seed), profile)

    assert (fallen, close) == (0, 0)
