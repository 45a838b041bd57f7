"""Seconds to protect and audit a sheet of 2,000 projects, 8 areas, 6 themes, 7 groups, 3 waves.

Run: python -m benchmarks.disclosure [projects [per cent whose waves share phases]]
"""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable

import numpy as np
import pandas as pd

from metrics import audit, disclosure
from metrics.frames import Frames
from metrics.judge import judge, prepare
from metrics.metric import Profile
from survey.instrument import GROUPS, instruments

INSTRUMENT = "process_quality@1"
METRICS = ["process_quality", "process_change", "response_rate"]


def sheet(projects: int, crossing: int = 0, seed: int = 1) -> Frames:
    """Statistics of a portfolio: many-to-many themes, an area tree, small groups, skipped items.

    crossing: per cent of the projects whose waves share phases.
    """
    draw = np.random.default_rng(seed)
    ids = np.arange(1, projects + 1)
    nodes = [("portfolio", 0, p) for p in ids] + [("project", p, p) for p in ids]
    for project in ids:
        nodes += [("theme", t, project) for t in draw.choice(6, draw.choice([1, 1, 2]), False) + 1]
        area = int(draw.integers(2, 9))
        nodes += [("area", 1, project), ("area", area, project)]
        nodes.append(("programme", int(draw.integers(1, 5)), project))
        nodes.append(("funder", int(draw.integers(1, 6)), project))
    # Where the phases of waves overlap, counts are flows in a network.
    crosses = ids % 100 < crossing
    project, wave, group = (
        axis.ravel()
        for axis in np.meshgrid(ids, np.arange(3), np.arange(len(GROUPS)), indexing="ij")
    )
    n = np.where(draw.random(len(project)) < 0.55, draw.geometric(0.12, len(project)), 0)
    n = np.where((draw.random((projects, 3)) < 0.8)[project - 1, wave], n, 0)
    atoms = pd.DataFrame(
        {
            "project": project,
            "instrument": INSTRUMENT,
            "wave": np.array(["baseline", "during", "end"])[wave],
            "phase": np.where(
                crosses[project - 1],
                np.array(["P1", "P4"])[(wave + group) % 2],
                np.array(["P1", "P4", "P8"])[wave],
            ),
            "group": np.array(GROUPS)[group],
        }
    )
    people = n[n > 0]
    unit = instruments()[INSTRUMENT].score_unit
    scales = []
    for scale in instruments()[INSTRUMENT].scales:
        scored = draw.binomial(people, 0.95)
        mean = np.clip(draw.normal(0.65, 0.15, len(people)), 0.05, 0.95)
        total = (scored * mean * unit).astype(np.int64)
        squares = (scored * (mean**2 + 0.04) * unit**2).astype(np.int64)
        moments = atoms[n > 0].assign(
            scale=scale.code, n=scored, total=total, squares=squares, unit=unit
        )
        scales.append(moments[scored > 0])
    names = ["project", "instrument", "earlier", "wave", "group", "scale"]
    empty = np.array([], dtype=np.int64)
    return Frames.of(
        respondents=atoms.assign(n=n, invited=n + draw.integers(0, 10, len(n)))[n > 0],
        item_counts=atoms.head(0).assign(item="", code=empty, n=empty),
        scale_moments=pd.concat(scales, ignore_index=True),
        paired_moments=pd.DataFrame({name: [] for name in names}, dtype=str).assign(
            project=empty, n=empty, total=empty, squares=empty, unit=empty
        ),
        participation=pd.DataFrame({"project": empty, "phase": "", "group": ""}).assign(
            n=empty, affected=empty
        ),
        proposals=pd.DataFrame({name: empty for name in ("project", "area", "n", "taken_up")}),
        nodes=pd.DataFrame(nodes, columns=["level", "entity", "project"]),
        area_tree=pd.DataFrame(
            {"area": [*range(1, 9), *range(2, 9)], "ancestor": [*range(1, 9), *[1] * 7]}
        ),
    )


def timed(do: Callable, name: str, times: dict[str, tuple[float, float]]) -> Callable:
    """The same function; its seconds, and those of a processor, are noted under a name."""

    def noted(*given):
        wall, processor = time.perf_counter(), time.process_time()
        found = do(*given)
        times[name] = time.perf_counter() - wall, time.process_time() - processor
        return found

    return noted


def main() -> None:
    projects = int(sys.argv[1]) if len(sys.argv) > 1 else 2_000
    frames = sheet(projects, int(sys.argv[2]) if len(sys.argv) > 2 else 0)
    times: dict[str, tuple[float, float]] = {}
    disclosure.hidden = timed(disclosure.hidden, "gate", times)
    audit.refuse_recoverable = timed(audit.refuse_recoverable, "audit", times)
    prepared = timed(prepare, "judge, gate and audit", times)(frames, METRICS)
    times["gate and audit"] = tuple(
        sum(pair) for pair in zip(times["gate"], times["audit"], strict=True)
    )
    for name, (wall, processor) in times.items():
        print(f"{name}, both profiles: {wall:.2f} s ({processor:.2f} s of a processor)")
    for profile in Profile:
        started = time.perf_counter()
        results = judge(prepared, profile)
        print(f"pool and publish, {profile}: {time.perf_counter() - started:.2f} s")
        for result in results:
            rows = result.frame[result.frame["n"].ne(0).fillna(True)]
            hidden = (rows["state"] == "suppressed").groupby(
                [rows["level"], rows["split"]], observed=True
            )
            shares = hidden.mean().unstack().map(lambda share: f"{share:.1%}")
            print(f"  hidden of {result.metric.id}", shares.to_string(), sep="\n")
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(f"peak memory: {peak:.0f} MB")


if __name__ == "__main__":
    main()
