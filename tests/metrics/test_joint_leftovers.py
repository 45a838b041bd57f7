"""Groups and phases without common people, taken from waves together, leave nothing that tells.

The attacker knows of whom there is nobody, and how many are in every cell; he adds shown figures
of people who have nobody in common and subtracts shown figures from those that they lie within, and
goes on with what he found. His sets are bits; he shares nothing with the gate.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from metrics import audit, leftovers
from metrics.frames import Frames
from metrics.judge import judge, prepare
from metrics.metric import Profile
from tests.metrics.small import small

MINIMUM = {Profile.INSIDE: 5, Profile.PUBLIC: 10}
#: Below this many, all or all but one may not have said the same (metrics/unsafe.py).
ALIKE = 20
#: Sets that the attacker goes on with, per project.
MOST = 4_000
PROJECTS = 60
PHASES, GROUPS = ("P2", "P3", "P4"), ("RES", "COM", "CUS", "STAFF")


def portfolio(seed: int, crowd: list[int]) -> pd.DataFrame:
    """Who answered in each wave, phase and group of projects, and who of them had the benefit: in
    half of the cells everybody."""
    draw = np.random.default_rng(seed)
    cells = pd.MultiIndex.from_product(
        [range(1, PROJECTS + 1), ("during", "end", "follow_up"), PHASES, GROUPS],
        names=["project", "wave", "phase", "group"],
    ).to_frame(index=False)
    there = draw.random(len(cells)) < np.where(cells["wave"] == "during", 0.5, 0.25)
    cells = cells[there].reset_index(drop=True)
    n = draw.choice(crowd, len(cells))
    some = draw.integers(1, n)
    return cells.assign(n=n, yes=np.where(draw.random(len(cells)) < 0.5, n, some))


def frames_of(cells: pd.DataFrame) -> Frames:
    places = cells[["project", "wave", "phase", "group"]].assign(instrument="benefit@1")
    said = [places.assign(item="BEN", code=4, n=cells["yes"]),
            places.assign(item="BEN", code=2, n=cells["n"] - cells["yes"])]  # fmt: skip
    items = pd.concat(said, ignore_index=True)
    return small(
        projects=range(1, PROJECTS + 1),
        respondents=places.assign(n=cells["n"], invited=100),
        item_counts=items[items["n"] > 0],
    )


def told(cells: pd.DataFrame, profile: Profile) -> tuple[int, int]:
    """How many sets of people of all projects the attacker can compute, and of how many of them
    too much is told."""
    (found,) = judge(prepare(frames_of(cells), only={"benefit_share"}), profile)
    shown = found.frame[found.frame["level"].eq("project") & found.frame["value"].notna()]
    tried = fallen = 0
    for project, rows in shown.groupby("entity"):
        mine = cells[cells["project"] == project].reset_index(drop=True)
        bits = [bits_of(mine, *row) for row in rows[["wave", "split", "split_value"]].to_numpy()]
        known = closure(np.unique(bits))
        members = (known[:, None] >> np.arange(len(mine)) & 1).astype(bool)
        n, yes = members @ mine["n"].to_numpy(), members @ mine["yes"].to_numpy()
        alike = (np.minimum(yes, n - yes) <= 1) & (n < ALIKE)
        tried += len(known)
        fallen += int(((n > 0) & (alike | (n < MINIMUM[profile]))).sum())
    return tried, fallen


def bits_of(cells: pd.DataFrame, wave: str, split: str, value: str) -> int:
    own = {"total": cells["wave"] == wave, "phase": cells["phase"] == value}
    own["group"] = own["total"] & (cells["group"] == value)
    return sum(1 << at for at in np.flatnonzero(own[split]).tolist())


def closure(known: np.ndarray) -> np.ndarray:
    """Sets that are sums or differences of known ones, of these again, and so on."""
    while len(known) < MOST:
        one, other = known[:, None], known[None, :]
        sums = (one | other)[(one & other) == 0]
        rests = (one & ~other)[(one & other) == other]
        more = np.unique(np.concatenate([known, sums, rests]))
        if len(more) == len(known):
            return known
        known = more[:MOST] if len(more) > MOST else more
    return known


@pytest.mark.parametrize("profile", list(Profile))
@pytest.mark.parametrize("seed", [3, 4])
def test_no_sum_or_difference_of_shown_figures_tells_what_all_said(profile, seed):
    small_crowds = [5, 6, 8, 11, 14] if profile is Profile.INSIDE else [10, 11, 14, 18, 25]
    tried, fallen = told(portfolio(seed, small_crowds), profile)
    print(f"told: {fallen} of {tried} sets ({profile}, seed {seed})")
    assert fallen == 0
    assert tried > 1_000


def test_the_attack_succeeds_where_nobody_asks_of_both(monkeypatch):
    nothing = np.zeros(0, dtype=np.int64)
    monkeypatch.setattr(leftovers, "told_beside_phases", lambda *_: (nothing, nothing))
    monkeypatch.setattr(audit, "refuse_recoverable", lambda *_: None)
    _, fallen = told(portfolio(3, [5, 6, 8, 11, 14]), Profile.INSIDE)
    assert fallen > 5
