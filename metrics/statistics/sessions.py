"""From what people did, step by step and turn by turn, to estimates.

Rows are one a record of a figure (`registers`); n is the different people behind a figure, whom
the disclosure gate protects.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.metric import Method, Reason
from metrics.statistics.concentration import UNITS_NEEDED, bootstrap_ratio, gini
from metrics.statistics.figures import estimates, survey_shares
from metrics.statistics.journeys import stratified_ratio
from metrics.statistics.registers import distinct, figures_in, project_sums, projects_of

#: Fewer people than this do not make a session whose voices can be compared.
PEOPLE_NEEDED = 5


def equalities(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean over sessions of 1 - Gini of contributions. Rows: session, person, n.

    Missing: too_few_records where no session had PEOPLE_NEEDED people and a contribution, and (a
    value without interval) where fewer than UNITS_NEEDED sessions, or projects, were resampled.
    """
    size = figures_in(rows)
    by_session = rows.groupby(["figure", "project", "session"])
    rows = rows[by_session["person"].transform("nunique") >= PEOPLE_NEEDED]
    own = rows.groupby(["figure", "project", "session", "person"], as_index=False)["n"].sum()
    sessions = own[["figure", "project", "session"]].drop_duplicates(ignore_index=True)
    changed = own[["figure", "project", "session"]].diff().ne(0).any(axis=1)
    # The rows are sorted by session: a session begins where any of its names changes.
    place = changed.cumsum().to_numpy() - 1
    sessions = sessions.assign(
        equality=1 - gini(place, own["n"].to_numpy(), len(sessions)), count=1.0
    )
    sessions = sessions[sessions["equality"].notna()]
    projects = np.zeros(size, dtype=np.int64)
    found = projects_of(sessions)
    projects[: len(found)] = found
    # One project is as certain as its sessions are alike; several, as the projects are.
    alone = projects[sessions["figure"].to_numpy()] <= 1
    pooled = sessions[~alone].groupby(["figure", "project"], as_index=False)
    units = pd.concat([sessions[alone], pooled[["equality", "count"]].sum()], ignore_index=True)
    figure = units["figure"].to_numpy()
    interval = bootstrap_ratio(
        figure, units["equality"].to_numpy(), units["count"].to_numpy(), size
    )
    frame = estimates(
        interval,
        n=distinct(own["figure"].to_numpy(), own["person"].to_numpy(), size=size),
        projects=projects,
        method=Method.BOOTSTRAP,
        missing=Reason.TOO_FEW_RECORDS,
    )
    few = np.bincount(figure, minlength=size) < UNITS_NEEDED
    frame.loc[few & frame["value"].notna(), "reason"] = Reason.TOO_FEW_RECORDS.value
    return frame


def losses(rows: pd.DataFrame) -> pd.DataFrame:
    """Share lost at a step among those who had come to it. Rows: person, lost.

    Wilson in one project, ratio of sums over projects as clusters.
    """
    sums = project_sums(rows.assign(numerator=rows["lost"], denominator=1), _SHARE)
    people = distinct(rows["figure"].to_numpy(), rows["person"].to_numpy(), size=figures_in(rows))
    return survey_shares(sums, missing=Reason.NO_RECORDS).assign(n=people)


_SHARE = ["numerator", "denominator"]


def excesses(rows: pd.DataFrame) -> pd.DataFrame:
    """Risk of being lost in the priority groups / in the others, compared within projects.

    Rows: person, priority (0/1), lost (0/1). n: the different people of the smaller side.
    Missing: not_estimable where no project has both sides, or nobody of the others was lost.
    """
    size = figures_in(rows)
    priority, lost = rows["priority"], rows["lost"]
    flags = {"first": priority, "first_lost": priority * lost}
    flags |= {"other": 1 - priority, "other_lost": (1 - priority) * lost}
    strata = project_sums(rows.assign(**flags), list(flags))
    strata = strata[((strata["first"] > 0) & (strata["other"] > 0)).to_numpy()]
    figure = strata["figure"].to_numpy()
    pairs = [
        (strata[f"first{what}"].to_numpy(), strata[f"other{what}"].to_numpy())
        for what in ("_lost", "")
    ]
    own = rows.merge(strata[["figure", "project"]], on=["figure", "project"])
    sides = [
        distinct(side["figure"].to_numpy(), side["person"].to_numpy(), size=size)
        for side in (own[own["priority"] == 1], own[own["priority"] == 0])
    ]
    return estimates(
        stratified_ratio(figure, *pairs, size),
        n=np.minimum(*sides),
        projects=np.bincount(figure, minlength=size),
        method=Method.LOG_RATIO,
        missing=Reason.NOT_ESTIMABLE,
    )
