"""Records under several parts of one metric: ways of counting, stages of cases, steps of people."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.stages import STAGES, STEPS

#: What is not known, or not reached.
NEVER = -1


def in_parts(pieces: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """The records of every piece under the part that it is named by; their columns are the same."""
    lengths = [len(piece) for piece in pieces.values()]
    part = pd.Categorical.from_codes(np.repeat(np.arange(len(pieces)), lengths), list(pieces))
    return pd.concat(pieces.values(), ignore_index=True).assign(part=part)


def in_three_ways(records: pd.DataFrame) -> pd.DataFrame:
    """The records three times: for the different ones, for the sum of projects, and for the overlap
    of the two (`metrics.statistics.registers.entity_counts`)."""
    ways = ("distinct", "sum", "overlap")
    return in_parts({name: records.assign(way=way) for way, name in enumerate(ways)})


def days_to_stages(cases: pd.DataFrame) -> NDArray[np.int64]:
    """Days from a case's beginning until it had reached or passed each stage: one column a stage.

    A stage that was passed over was behind the case when it reached the next one.
    Missing: NEVER where the case has not got so far.
    """
    beginning = np.zeros((len(cases), 1), dtype=np.int64)
    later = cases[[f"to_{stage}" for stage in STAGES[1:]]].to_numpy()
    days = np.concatenate([beginning, later], axis=1)
    unknown = np.iinfo(np.int64).max
    # Read from the last stage backwards: the earliest day on which it was there or further.
    least = np.minimum.accumulate(np.where(days < 0, unknown, days)[:, ::-1], axis=1)[:, ::-1]
    return np.where(least == unknown, NEVER, least)


def at_steps(journeys: pd.DataFrame) -> pd.DataFrame:
    """Those who had come to a step, under the next one, and whether they were lost before it."""
    step = journeys["step"].to_numpy()
    pieces = {}
    for at, name in enumerate(STEPS[1:]):
        there = journeys[step >= at]
        pieces[name] = there.assign(lost=(there["step"] == at).astype(np.int64))
    return in_parts(pieces).drop(columns="step")
