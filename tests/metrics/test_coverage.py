"""Do 95 % intervals cover the truth? Ten projects of fifteen people whose answers hang together."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from metrics.statistics import cluster_mean, cluster_ratio, mean
from metrics.statistics.components import clusters, grand_mean, participant_mean, random_intercept
from metrics.statistics.components import shrunken as shrunken_means
from metrics.statistics.intervals import Interval

REPLICATES, PROJECTS, PEOPLE, ICC = 2_000, 10, 15, 0.15
TRUTH, SPREAD, UNIT = 50.0, 15.0, 100_000


@pytest.fixture(scope="module")
def answers() -> np.ndarray:
    """Scores in whole units, replicates x projects x people."""
    rng = np.random.default_rng(20_261_122)
    shared = rng.normal(0, SPREAD * ICC**0.5, (REPLICATES, PROJECTS, 1))
    own = rng.normal(0, SPREAD * (1 - ICC) ** 0.5, (REPLICATES, PROJECTS, PEOPLE))
    points = np.clip(TRUTH + shared + own, 0, 100)
    return np.round(points * UNIT / 100).astype(np.int64)


def covered(interval: Interval, truth: float) -> float:
    return float(np.mean((interval.low <= truth) & (truth <= interval.high)))


def test_the_naive_interval_covers_far_too_rarely(answers):
    everybody = answers.reshape(REPLICATES, -1)
    n = np.full(REPLICATES, PROJECTS * PEOPLE)
    found = mean(n, everybody.sum(1), (everybody**2).sum(1), np.full(REPLICATES, UNIT))
    # 72 % is the known figure for this design; it is why projects are the unit.
    assert 0.69 <= covered(found, TRUTH) <= 0.75


def test_the_mean_of_project_means_covers_as_it_says(answers):
    figure = np.repeat(np.arange(REPLICATES), PROJECTS)
    values = (answers.mean(axis=2) * 100 / UNIT).ravel()
    found = cluster_mean(figure, values, REPLICATES, (0.0, 100.0))
    assert 0.93 <= covered(found.interval, TRUTH) <= 0.97


def projects_of(answers: np.ndarray) -> pd.DataFrame:
    """One figure a replicate, one row a project."""
    return pd.DataFrame(
        {
            "figure": np.repeat(np.arange(REPLICATES), PROJECTS),
            "n": PEOPLE,
            "total": answers.sum(axis=2).ravel(),
            "squares": (answers**2).sum(axis=2).ravel(),
            "unit": UNIT,
        }
    )


def test_the_random_intercept_model_covers_as_it_says(answers):
    found = grand_mean(random_intercept(clusters(projects_of(answers))))
    assert 0.93 <= covered(found, TRUTH) <= 0.97


def test_the_mean_over_participants_covers_as_it_says(answers):
    found = participant_mean(clusters(projects_of(answers)))
    assert 0.93 <= covered(found.interval, TRUTH) <= 0.97


def test_projects_of_many_sizes_are_covered_too():
    # 12 projects of 3 to 40 people, intraclass correlation .15 as before.
    rng = np.random.default_rng(20_261_123)
    sizes = np.array([3, 4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40])
    level = TRUTH + rng.normal(0, SPREAD * ICC**0.5, (REPLICATES, len(sizes)))
    mean_of = level + rng.normal(0, 1, level.shape) * SPREAD * (1 - ICC) ** 0.5 / sizes**0.5
    inside = SPREAD**2 * (1 - ICC) * rng.chisquare(sizes - 1, level.shape)
    data = clusters(
        pd.DataFrame(
            {
                "figure": np.repeat(np.arange(REPLICATES), len(sizes)),
                "n": np.tile(sizes, REPLICATES),
                "total": np.round(mean_of * sizes * UNIT / 100).astype(np.int64).ravel(),
                "squares": np.round(
                    (inside + sizes * mean_of**2) * (UNIT / 100) ** 2
                ).astype(np.int64).ravel(),
                "unit": UNIT,
            }
        )
    )  # fmt: skip
    fit = random_intercept(data)
    assert 0.93 <= covered(grand_mean(fit), TRUTH) <= 0.97
    # What is drawn towards the middle covers each project's own level, and is closer to it than
    # the project's own mean (empirical Bayes pays).
    drawn_in = shrunken_means(fit, data)
    own = level.ravel()
    assert 0.92 <= float(np.mean((drawn_in.low <= own) & (own <= drawn_in.high))) <= 0.98
    assert np.mean((drawn_in.value - own) ** 2) < 0.8 * np.mean((mean_of.ravel() - own) ** 2)


def test_the_ratio_over_projects_covers_as_it_says():
    # Shares of .6 whose projects vary as a beta distribution with intraclass correlation .15.
    rng = np.random.default_rng(7)
    many = 1 / ICC - 1
    share = rng.beta(0.6 * many, 0.4 * many, (REPLICATES, PROJECTS))
    people = rng.integers(12, 19, (REPLICATES, PROJECTS))
    yes = rng.binomial(people, share)
    figure = np.repeat(np.arange(REPLICATES), PROJECTS)
    found = cluster_ratio(figure, yes.ravel(), people.ravel(), REPLICATES, (0.0, 1.0))
    assert 0.92 <= covered(found.interval, 0.6) <= 0.97
