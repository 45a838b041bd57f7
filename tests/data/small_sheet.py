"""Figures for tests of sheets: what a test does not name is an ordinary figure of one project."""

from __future__ import annotations

import pandas as pd

from metrics.catalog import metrics
from metrics.metric import KEYS, RESULT_VALUES, Profile, Results

ORDINARY = {
    "instrument": "asked@1", "part": "", "level": "project", "entity": 1, "wave": "end",
    "split": "total", "split_value": "", "state": "value", "value": 50.0, "low": 40.0, "high": 60.0,
    "n": 40, "projects": 1, "coverage": 0.5, "indicative": False, "method": "student",
}  # fmt: skip
WHOLE = ("n", "numerator", "denominator", "projects")
REAL = ("value", "low", "high", "p", "p_adjusted", "coverage")


def judged(
    *figures: dict[str, object], metric: str = "process_quality", profile: Profile = Profile.INSIDE
) -> Results:
    """The results of one metric, a figure for each dictionary of what is not ordinary in it."""
    columns = [*KEYS, *RESULT_VALUES]
    frame = pd.DataFrame([ORDINARY | figure for figure in figures], columns=columns)
    kinds = dict.fromkeys(WHOLE, "Int64") | dict.fromkeys(REAL, "float64")
    return Results(metrics()[metric], profile, frame.astype(kinds))
