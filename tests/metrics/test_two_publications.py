"""Who keeps two publications is not told by both what neither tells: groups of a few that grew.

Between two publications a group has either no news or those of at least ten people
(`data.publication.waiting`). Answers come by files, piece by piece, and the first piece may hold a
few people of a group. Somebody kept both sheets and knows which groups had news.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from metrics.judge import judge, prepare
from metrics.metric import Profile
from tests.metrics.small import small

PROJECTS = 300
GROUPS = np.array(["RES", "COM", "STAFF", "CUS", "ENT"])
PULSE, SCALE, UNIT = "process_pulse@1", "GOAL", 100_000
MINIMUM = {Profile.INSIDE: 5, Profile.PUBLIC: 10}
#: The fewest news of a group (`data.publication.waiting.FEWEST`).
FEWEST = 10


def first_answers(draw: np.random.Generator) -> np.ndarray:
    """How many of each group are in the first publication. Shape: projects x groups."""
    many = draw.integers(10, 40, (PROJECTS, len(GROUPS)))
    few = draw.integers(1, 10, many.shape)
    return np.where(draw.random(many.shape) < 0.3, few, many)


def scored(draw: np.random.Generator, people: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Sums and sums of squares of so many scores, each one of five."""
    scores = draw.choice([0, 25, 50, 75, 100], (*people.shape, int(people.max())))
    scores = np.where(np.arange(scores.shape[-1]) < people[..., None], scores, 0) * UNIT // 100
    return scores.sum(axis=-1), (scores**2).sum(axis=-1)


def published(people, totals, squares, profile: Profile, before=None) -> pd.DataFrame:
    """The figures of projects in a sheet. before: what an earlier sheet hid and stays hidden."""
    place = [
        ((project + 1, PULSE, "during", "P0", str(GROUPS[g])), project, g)
        for project, g in zip(*np.nonzero(people), strict=True)
    ]
    frames = small(
        range(1, PROJECTS + 1),
        respondents=[(*atom, int(people[p, g]), -1) for atom, p, g in place],
        scale_moments=[
            (*atom, SCALE, int(people[p, g]), int(totals[p, g]), int(squares[p, g]), UNIT)
            for atom, p, g in place
        ],
    )
    (found,) = judge(prepare(frames, ["process_quality"], before=before), profile)
    return found.frame[(found.frame["level"] == "project") & (found.frame["part"] == SCALE)]


def shown(sheet: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
    """Which groups and which totals a sheet shows. Shapes: projects x groups, projects."""
    rows = sheet[sheet["state"].isin(["value", "zero"]).to_numpy()]
    groups, whole = np.zeros((PROJECTS, len(GROUPS)), dtype=bool), np.zeros(PROJECTS, dtype=bool)
    project = rows["entity"].to_numpy() - 1
    split, value = (rows[name].astype(str).to_numpy() for name in ("split", "split_value"))
    for at in np.flatnonzero(split == "group"):
        groups[project[at], np.flatnonzero(value[at] == GROUPS)] = True
    whole[project[split == "total"]] = True
    return groups, whole


def told(sheets: list[tuple[np.ndarray, np.ndarray]], news: np.ndarray) -> np.ndarray:
    """The groups whose first answers follow from both sheets. Shape: projects x groups.

    Unknown: the sum of each group's first scores, and of its news. A sheet tells a sum of them for
    everything that it shows.
    """
    many = len(GROUPS)
    found = np.zeros(news.shape, dtype=bool)
    for project in range(PROJECTS):
        rows = []
        for later, (groups, whole) in enumerate(sheets):
            both = [np.eye(many), np.diag(later * news[project])]
            rows += list(np.hstack(both)[groups[project]])
            rows += [np.hstack([np.ones(many), later * news[project]])] * int(whole[project])
        if rows:
            _, sizes, directions = np.linalg.svd(np.array(rows, dtype=float))
            free = directions[int((sizes > 1e-9).sum()) :]
            found[project] = np.abs(free[:, :many]).max(axis=0, initial=0) < 1e-7
    return found


def attacked(profile: Profile, seed: int, *, remembering: bool) -> tuple[int, int]:
    """How many groups of a few people, hidden in the first sheet, both together tell, of how many.

    remembering: whether the second goes on hiding what the first hid where there is such a group
    and any grew.
    """
    draw = np.random.default_rng(seed)
    first = first_answers(draw)
    news = draw.random(first.shape) < 0.4
    more = np.where(news, draw.integers(FEWEST, 30, first.shape), 0)
    old, new = scored(draw, first), scored(draw, more)
    sheet = published(first, *old, profile)
    few = (first > 0) & (first < MINIMUM[profile])
    grown = np.flatnonzero(few.any(axis=1) & news.any(axis=1)) + 1
    secret = sheet[
        ((sheet["state"] == "suppressed") & (sheet["split"] == "group")).to_numpy()
        & sheet["entity"].isin(grown).to_numpy()
    ]
    before = {each: secret.assign(metric="process_quality") for each in Profile}
    both = [sums + news_sums for sums, news_sums in zip(old, new, strict=True)]
    later = published(first + more, *both, profile, before if remembering else None)
    hidden = few & ~shown(sheet)[0]
    return int((hidden & told([shown(sheet), shown(later)], news)).sum()), int(hidden.sum())


@pytest.mark.parametrize("profile", Profile)
def test_small_groups_that_grow_are_not_told_by_two_publications(profile):
    for seed in (1, 2):
        recovered, hidden = attacked(profile, seed, remembering=True)
        assert (recovered, hidden > 100) == (0, True)


def test_each_sheet_by_itself_would_tell_them():
    """So the attack is worth its name: without a memory a fifth and more of them are told."""
    recovered, hidden = attacked(Profile.INSIDE, 1, remembering=False)
    assert recovered > 0.2 * hidden
