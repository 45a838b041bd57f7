"""Figures of every unit that say the same of all, or tell a hidden mean; pupils of schools."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from metrics import disclosure
from metrics.catalog import metrics
from metrics.frames import Frames
from metrics.metric import ESTIMATE_VALUES, KEYS, About, Estimates, Metric, Profile, Reason, Unit
from metrics.unsafe import unsafe

ATOM = ["project", "instrument", "wave", "phase", "group"]


def metric(unit: Unit, about: About = About.RESPONDENTS, frame: str = "scale_moments") -> Metric:
    return replace(metrics()["process_quality"], unit=unit, about=about, frame=frame)


def figure(value: float, n: int, **given: object) -> pd.DataFrame:
    nothing = dict.fromkeys(ESTIMATE_VALUES, np.nan)
    return pd.DataFrame([nothing | {"value": value, "n": n, "reason": ""} | given])


def hidden(unit: Unit, value: float, n: int, profile=Profile.INSIDE, **given) -> bool:
    about = given.pop("about", About.RESPONDENTS)
    return bool(unsafe(figure(value, n, **given), metric(unit, about), profile)[0])


@pytest.mark.parametrize(
    ("unit", "value", "n", "expected"),
    [
        # Everybody agrees (r_wg) or is consistent (alpha) to the last point.
        (Unit.COEFFICIENT, 1.0, 40, True),
        (Unit.COEFFICIENT, 0.97, 40, False),
        (Unit.COEFFICIENT, -0.2, 40, False),
        (Unit.COEFFICIENT, 0.5, 4, True),
        # One person or group is everything; everybody did as much.
        (Unit.EFFECTIVE, 1.0, 12, True),
        (Unit.EFFECTIVE, 12.0, 12, True),
        (Unit.EFFECTIVE, 5.5, 12, False),
        # Of one of two groups nobody did it.
        (Unit.RATIO, 0.0, 12, True),
        (Unit.RATIO, 0.0, 25, False),
        (Unit.RATIO, 1.4, 12, False),
        # A median of days is somebody's own.
        (Unit.DAYS, 30.0, 19, True),
        (Unit.DAYS, 30.0, 20, False),
        (Unit.CHANGE, 100.0, 30, True),
        (Unit.CHANGE, 12.5, 6, False),
        (Unit.EFFECT, 0.8, 6, False),
    ],
)
def test_what_says_the_same_of_all_is_hidden_in_every_unit(unit, value, n, expected):
    assert hidden(unit, value, n, low=value - 0.2, high=value + 0.2) == expected


@pytest.mark.parametrize("reason", [Reason.NO_VARIANCE, Reason.NOT_ESTIMABLE])
@pytest.mark.parametrize("unit", [Unit.COEFFICIENT, Unit.EFFECT, Unit.POINTS])
def test_what_cannot_be_computed_because_all_answered_alike_is_hidden(unit, reason):
    assert hidden(unit, np.nan, 30, reason=reason.value)
    assert not hidden(unit, np.nan, 30, reason=Reason.UNDER_THIRTY.value)


def test_the_public_is_shown_no_median_of_people():
    assert hidden(Unit.DAYS, 30.0, 500, Profile.PUBLIC)


def test_a_coefficient_of_what_people_did_is_hidden_where_one_did_all():
    assert hidden(Unit.COEFFICIENT, 0.0, 30, about=About.PARTICIPANTS)
    assert not hidden(Unit.COEFFICIENT, 0.0, 30)


@pytest.mark.parametrize(("married", "n", "expected"), [(6, 6, True), (5, 6, True), (3, 6, False)])
def test_a_group_in_one_category_or_all_but_one_is_hidden(married, n, expected):
    # Handbook on SDC: of the married 6 and 0, of the divorced 5 and 1.
    share = figure(married / n, n, numerator=married, denominator=n)
    assert unsafe(share, metric(Unit.SHARE), Profile.INSIDE)[0] == expected


# --- figures beside each other ------------------------------------------------------------------


def respondents(*groups: tuple[str, int]) -> pd.DataFrame:
    rows = [(1, "process_quality@1", "end", "P0", group, n, -1) for group, n in groups]
    return pd.DataFrame(rows, columns=[*ATOM, "n", "invited"])


def estimates(of: Metric, *rows: tuple[str, float, int]) -> Estimates:
    """Figures of project 1 at the end, by group ("" for the total), with n and a wide interval."""
    made = [
        dict.fromkeys(ESTIMATE_VALUES, np.nan)
        | dict.fromkeys(KEYS, "")
        | {"instrument": "process_quality@1", "level": "project", "entity": 1, "wave": "end"}
        | {"split": "group" if group else "total", "split_value": group, "reason": ""}
        | {"value": value, "low": value - 9, "high": value + 9, "n": n}
        for group, value, n in rows
    ]
    return Estimates(of, pd.DataFrame(made)[[*KEYS, *ESTIMATE_VALUES]])


def test_what_is_made_of_the_same_scores_follows_the_hidden_mean():
    frames = Frames.of(respondents=respondents(("RES", 30)))
    mean = estimates(metric(Unit.POINTS), ("", 100.0, 30))
    alpha = estimates(metric(Unit.COEFFICIENT, frame="scale_products"), ("", 0.8, 30))
    for order in ([mean, alpha], [alpha, mean]):
        found = disclosure.hidden(order, frames)
        assert [marks.tolist() for marks in found[Profile.INSIDE]] == [[True], [True]]
    shown = disclosure.hidden([estimates(metric(Unit.POINTS), ("", 60.0, 30)), alpha], frames)
    assert not np.concatenate(shown[Profile.INSIDE]).any()


@pytest.mark.parametrize(("pupils", "inside"), [(9, True), (10, False)])
def test_pupils_of_a_school_are_ten_inside_and_never_shown_to_the_public(pupils, inside):
    frames = Frames.of(respondents=respondents(("CUS", pupils), ("RES", 30), ("STAFF", 40)))
    means = estimates(
        metric(Unit.POINTS), ("", 60, pupils + 70), ("CUS", 50, pupils), ("RES", 61, 30),
        ("STAFF", 62, 40),
    )  # fmt: skip
    school = replace(frames, schools=pd.DataFrame({"project": [1]}))
    found = disclosure.hidden([means], school)
    # With the pupils the smallest other group is hidden, or the total would tell them.
    assert found[Profile.INSIDE][0].tolist() == [False, inside, inside, False]
    assert found[Profile.PUBLIC][0].tolist() == [False, True, True, False]
    elsewhere = disclosure.hidden([means], frames)
    assert not elsewhere[Profile.INSIDE][0].any()
    assert elsewhere[Profile.PUBLIC][0].tolist() == [False, inside, inside, False]


def test_a_school_project_of_pupils_alone_is_hidden_with_them():
    frames = Frames.of(respondents=respondents(("CUS", 30)), schools=pd.DataFrame({"project": [1]}))
    means = estimates(metric(Unit.POINTS), ("", 50, 30), ("CUS", 50, 30))
    found = disclosure.hidden([means], frames)
    assert not found[Profile.INSIDE][0].any()
    assert found[Profile.PUBLIC][0].all()
