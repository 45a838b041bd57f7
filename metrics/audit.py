"""The audit of a sheet before it is published: can anything hidden be worked out all the same?

The gate (`metrics.disclosure`) decides what is hidden; the audit places its word beside the figures
again and asks, for every project, both profiles and every part of every metric, whether a hidden
count has a feasibility interval with fewer than two whole numbers in it (`metrics.feasibility`),
whether two shown populations, one within the other, differ by a few people, and whether what is
left of a total says the same of all (`metrics.leftovers`). Above projects there is nothing to ask:
those figures are made of shown project figures alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from metrics.breakdowns import Marks
from metrics.complementary import close
from metrics.disclosure import is_change
from metrics.feasibility import recoverable
from metrics.frames import Frames
from metrics.leftovers import unsafe_leftovers
from metrics.metric import Estimates, Profile
from metrics.populations import (
    Placed,
    Universe,
    figures_at,
    people_of,
    placed_in,
    tables_of,
    universe_of,
    universes,
)
from metrics.unsafe import MINIMUM

#: Projects that a message names.
_NAMED = 10


class RecoverableSheet(Exception):
    """Something hidden in a sheet can be worked out; the sheet may not be published."""


def refuse_recoverable(
    estimates: Sequence[Estimates], frames: Frames, hidden: Mapping[Profile, Sequence[Marks]]
) -> None:
    """Nothing, where nothing hidden follows from what is shown.

    estimates and hidden: the figures of projects and the gate's marks over them.
    Raises: RecoverableSheet naming metrics and projects; populations.UnplacedFigure.
    """
    found = recovered(estimates, frames, hidden)
    if found.empty:
        return
    metrics = ", ".join(sorted(found["metric"].unique()))
    projects = np.unique(found["project"])
    more = f" and {len(projects) - _NAMED} more" if len(projects) > _NAMED else ""
    raise RecoverableSheet(
        f"hidden figures of {metrics} in projects {', '.join(map(str, projects[:_NAMED]))}{more} "
        "can be worked out from what is shown beside them, so nothing was published. The sheet of "
        "before stands. Report this with the names of the metrics and the projects' numbers; "
        "until it is corrected, take back the latest batch of these projects."
    )


def recovered(
    estimates: Sequence[Estimates], frames: Frames, hidden: Mapping[Profile, Sequence[Marks]]
) -> pd.DataFrame:
    """What can be worked out. Rows: one a profile, metric and project; none is as it must be."""
    rows = []
    for (name, instrument), members in universes(estimates).items():
        about = [figures_at(estimates[i].frame, r) for i, r in members]
        universe = universe_of(people_of(frames, name, instrument), about, frames.schools)
        for i, r in members:
            placed = placed_in(estimates[i], i, r, universe)
            if is_change(placed):
                # Made of two shown means, counts and all.
                continue
            for profile, marks in hidden.items():
                told = _told(placed, universe, marks[i][r], profile)
                rows += [
                    (profile.value, placed.metric.id, project)
                    for project in universe.projects[told].tolist()
                ]
    found = pd.DataFrame(rows, columns=["profile", "metric", "project"])
    return found.drop_duplicates(ignore_index=True)


def _told(placed: Placed, universe: Universe, marks: Marks, profile: Profile) -> Marks:
    """The projects of which something hidden is told."""
    tables = tables_of(placed, universe, profile)
    secret = np.zeros(universe.size, dtype=bool)
    secret[placed.project[marks], placed.slot[marks]] = True
    few = [(table.people > 0) & (table.people < table.least) & ~table.offered for table in tables]
    secret |= np.any(few, axis=0)
    near = [close(table, secret, MINIMUM[profile]).any(axis=1) for table in tables]
    left = unsafe_leftovers(placed, universe, secret, profile).any(axis=1)
    return recoverable(tables, secret) | np.any(near, axis=0) | left
