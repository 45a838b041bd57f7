"""Process beside outcome by different people equals scipy's coefficients of the two halves."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import stats

from metrics.evaluate import evaluate
from metrics.frames import Frames

UNIT = 100008
PROCESS, OUTCOME = ("process_quality@1", "OVERALL"), ("benefit@1", "CAPA")


def test_process_beside_outcome_of_the_other_half_equals_two_rank_correlations():
    rng = np.random.default_rng(6)
    projects = range(1, 15)
    rows = []
    for project in projects:
        for half in (0, 1):
            for instrument, scale in (PROCESS, OUTCOME):
                n = int(rng.integers(3, 9))
                points = rng.integers(0, UNIT, n)
                sums = (int(points.sum()), int((points**2).sum()))
                rows.append((project, instrument, "end", half, scale, n, *sums, UNIT))
    columns = ["project", "instrument", "wave", "half", "scale", "n", "total", "squares", "unit"]
    halves = pd.DataFrame(rows, columns=columns)
    nodes = [(level, 0 if level == "portfolio" else p, p)
             for p in projects for level in ("portfolio", "project")]  # fmt: skip
    frames = Frames.of(
        split_halves=halves, nodes=pd.DataFrame(nodes, columns=["level", "entity", "project"])
    ).validated()
    (found,) = evaluate(frames, ["process_outcome_halves"])
    one = found.frame[found.frame["value"].notna()].iloc[0]
    means = halves.assign(mean=halves["total"] / halves["n"]).pivot(
        index="project", columns=["instrument", "half"], values="mean"
    )
    crossed = [
        stats.spearmanr(means[PROCESS[0], half], means[OUTCOME[0], 1 - half]).statistic
        for half in (0, 1)
    ]
    np.testing.assert_allclose(one["value"], np.mean(crossed), rtol=0, atol=1e-12)
    assert one["part"] == "CAPA"
    assert one["projects"] == len(projects)
