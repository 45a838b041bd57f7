"""Any choice of metrics can be judged, protected and audited, on portfolios of awkward projects."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pandas as pd
import pytest

from metrics.catalog import catalog
from metrics.frames import Frames
from metrics.judge import judge, prepare
from metrics.metric import About, Profile
from survey.instrument import instruments
from tests.metrics.raw import folded, portfolio
from tests.metrics.raw_asked import asked
from tests.metrics.small import small

#: Metrics about people, by the frame that they are judged from.
PEOPLE = {
    name: module.METRIC.frame
    for name, module in catalog().items()
    if module.METRIC.about is not About.RECORDS and hasattr(module, "compute")
}


@pytest.fixture(scope="module")
def awkward() -> Frames:
    """One respondent, all the same answers, blanks, no answers; some were invited by nobody."""
    return folded(portfolio(11, instruments()), instruments())


@pytest.mark.parametrize("name", list(catalog()))
def test_a_metric_is_judged_alone(awkward, name):
    prepared = prepare(awkward, only={name})
    for profile in Profile:
        found = {result.metric.id for result in judge(prepared, profile)}
        assert name in found or name not in PEOPLE


@pytest.mark.parametrize(
    "pair", list(pairwise(sorted(PEOPLE, key=lambda name: (PEOPLE[name], name))))[::4]
)
def test_a_pair_of_metrics_is_judged(awkward, pair):
    inside, public = (judge(prepare(awkward, only=set(pair)), profile) for profile in Profile)
    assert len(inside) == len(public) >= 2


def test_a_whole_awkward_portfolio_is_protected():
    _, frames = asked(3, instruments())
    results = judge(prepare(frames), Profile.INSIDE)
    shown = pd.concat([result.frame for result in results if result.metric.id in PEOPLE])
    n = shown.loc[shown["value"].notna() & (shown["level"] == "project"), "n"]
    assert n[n > 0].min() >= 5


def test_a_rate_that_nobody_can_know_tells_nothing_of_who_answered():
    # 20 residents and 6 of staff; invitations were counted of the residents alone.
    rows = pd.DataFrame(
        [(1, "benefit@1", "end", "P8", group, n, invited)
         for group, n, invited in (("RES", 20, 40), ("STAFF", 6, -1))],
        columns=["project", "instrument", "wave", "phase", "group", "n", "invited"],
    )  # fmt: skip
    (found,) = judge(prepare(small(respondents=rows), only={"response_rate"}), Profile.INSIDE)
    own = found.frame[(found.frame["level"] == "project").to_numpy()]
    states = own.set_index(own["split_value"].astype(str))["state"].astype(str)
    # The 6 are many enough, and nothing that is shown leaves fewer.
    assert states["RES"] == "value"
    assert states["STAFF"] == "not_reported"
    assert np.isnan(own["value"].astype(float)).sum() == len(own) - 1
