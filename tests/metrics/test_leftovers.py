"""The attack with means and shares: what is left of a total says nothing of the hidden groups."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from metrics import audit, disclosure, leftovers
from metrics.frames import Frames
from metrics.judge import judge, prepare
from metrics.metric import Profile
from tests.metrics.small import small

UNIT = 100_000
PLACE = {"project": 1, "instrument": "benefit@1", "wave": "end", "phase": "P0"}


def answers(groups: dict[str, tuple[int, int]]) -> Frames:
    """Of each group, how many answered and how many of them had the benefit."""
    rows = [
        PLACE | {"group": group, "item": "BEN", "code": code, "n": many}
        for group, (n, yes) in groups.items()
        for code, many in ((4, yes), (2, n - yes))
        if many
    ]
    return small(
        respondents=pd.DataFrame(
            [PLACE | {"group": g, "n": n, "invited": 40} for g, (n, _) in groups.items()]
        ),
        item_counts=pd.DataFrame(rows),
    )


def scores(groups: dict[str, tuple[int, int]]) -> Frames:
    """Of each group, how many answered and their mean; scores lie ten points around it, or at it
    where it is an end of the scale."""
    rows = []
    for group, (n, mean) in groups.items():
        spread = 0 if mean in (0, 100) else 10
        rows.append(
            PLACE
            | {"group": group, "scale": "CAPA", "n": n, "unit": UNIT}
            | {"total": n * mean * UNIT // 100}
            | {"squares": n * (mean**2 + spread**2) * (UNIT // 100) ** 2}
        )
    return small(
        respondents=pd.DataFrame(
            [PLACE | {"group": g, "n": n, "invited": 40} for g, (n, _) in groups.items()]
        ),
        scale_moments=pd.DataFrame(rows),
    )


def own(frames: Frames, metric: str) -> pd.DataFrame:
    """Shown figures of the project by group; "" is the total."""
    (result,) = judge(prepare(frames, only={metric}), Profile.INSIDE)
    rows = result.frame
    rows = rows[rows["level"].eq("project") & rows["split"].ne("phase") & rows["value"].notna()]
    return rows.set_index(rows["split_value"].astype(str))[["value", "n"]].astype(float)


def left(shown: pd.DataFrame) -> tuple[float, float]:
    """How many people are in no shown group, and their figure, from what is shown alone."""
    groups = shown.drop(index="")
    n = shown.loc[""].n - groups["n"].sum()
    return n, (shown.loc[""].prod() - groups.prod(axis=1).sum()) / n


def test_what_is_left_of_a_share_may_not_be_the_same_of_all():
    # 4 customers and 3 of staff are too few; nobody of them had the benefit: 10/32 less 10/25.
    groups = {"RES": (14, 6), "COM": (11, 4), "CUS": (4, 0), "STAFF": (3, 0)}
    shown = own(answers(groups), "benefit_share")
    n, share = left(shown)
    assert (n, set(shown.index)) == (18, {"", "RES"})
    assert share == pytest.approx(4 / 18)


def test_a_mean_is_left_of_the_total_where_it_says_nothing_of_one_group():
    # The same attack, where customers and staff do not agree: their mean is told, theirs are not.
    groups = {"RES": (14, 60), "COM": (11, 40), "CUS": (4, 20), "STAFF": (3, 70)}
    shown = own(scores(groups), "outcome_score")
    n, mean = left(shown)
    assert (n, set(shown.index)) == (7, {"", "RES", "COM"})
    assert mean == pytest.approx((4 * 20 + 3 * 70) / 7)


@pytest.mark.parametrize("end", [0, 100])
def test_a_mean_at_an_end_of_the_scale_is_not_left(end):
    groups = {"RES": (14, 60), "COM": (11, 40), "CUS": (4, end), "STAFF": (3, end)}
    n, mean = left(own(scores(groups), "outcome_score"))
    # 11 associations are hidden with them.
    assert n == 18
    assert mean == pytest.approx((11 * 40 + 7 * end) / 18)


@pytest.mark.parametrize(
    "end",
    [
        {"P8": (4, 2)},  # too few: the wave is hidden as a whole
        {"P6": (20, 9), "P7": (6, 0), "P8": (5, 0)},  # of both waves together, not all say so
    ],
)
def test_what_is_left_of_one_wave_may_not_be_the_same_of_all(end):
    # Where P2 was shown, 21/31 less 10/20 told that all eleven of P3 and P4 had the benefit.
    during = {"P2": (20, 10), "P3": (6, 6), "P4": (5, 5)}
    waves = {"during": during, "end": end}
    places = [
        (PLACE | {"wave": wave, "phase": phase, "group": "RES"}, n, yes)
        for wave, phases in waves.items()
        for phase, (n, yes) in phases.items()
    ]
    frames = small(
        respondents=pd.DataFrame([place | {"n": n, "invited": 40} for place, n, _ in places]),
        item_counts=pd.DataFrame(
            [
                place | {"item": "BEN", "code": code, "n": many}
                for place, n, yes in places
                for code, many in ((4, yes), (2, n - yes))
                if many
            ]
        ),
    )
    (result,) = judge(prepare(frames, only={"benefit_share"}), Profile.INSIDE)
    rows = result.frame[result.frame["level"].eq("project") & result.frame["value"].notna()]
    assert "during" in set(rows.loc[rows["split"].eq("total"), "wave"])
    assert not {"P2", "P3", "P4"} & set(rows["split_value"].astype(str))


def test_the_audit_stops_what_the_gate_would_forget(monkeypatch):
    groups = {"RES": (14, 6), "COM": (11, 4), "CUS": (4, 0), "STAFF": (3, 0)}
    monkeypatch.setattr(
        disclosure, "unsafe_leftovers", lambda _, universe, *__: np.zeros(universe.size, dtype=bool)
    )
    assert audit.unsafe_leftovers is leftovers.unsafe_leftovers
    with pytest.raises(audit.RecoverableSheet, match="benefit_share"):
        prepare(answers(groups), only={"benefit_share"})
