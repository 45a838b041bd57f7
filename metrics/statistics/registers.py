"""From records to estimates: the rows here are one a record of a figure, and nothing is summed.

Every function returns one row a figure, indexed by figure, with ESTIMATE_VALUES (as `figures`).
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.metric import Method, Reason
from metrics.statistics.durations import is_followed, median_days, share_by
from metrics.statistics.figures import estimates, record_shares
from metrics.statistics.intervals import Interval, Whole, ratio

_METHODS = [method.value for method in Method]


def figures_in(rows: pd.DataFrame) -> int:
    """How many figures the rows are of."""
    return int(rows["figure"].max()) + 1 if len(rows) else 0


def distinct(figure: Whole, *keys: Whole, size: int) -> Whole:
    """How many different keys each figure has."""
    pairs = pd.DataFrame({"figure": figure, **{str(i): key for i, key in enumerate(keys)}})
    return np.bincount(pairs.drop_duplicates()["figure"], minlength=size).astype(np.int64)


def projects_of(rows: pd.DataFrame) -> Whole:
    """How many projects are behind each figure; records of no project are of none."""
    real = rows[(rows["project"] > 0).to_numpy()]
    figure, project = real["figure"].to_numpy(), real["project"].to_numpy()
    return distinct(figure, project, size=figures_in(rows))


def project_sums(rows: pd.DataFrame, columns: list[str]) -> pd.DataFrame:
    """One row a project of a figure with the sums of its records' columns."""
    return rows.groupby(["figure", "project"], as_index=False)[columns].sum()


def flag_shares(rows: pd.DataFrame) -> pd.DataFrame:
    """Share of records with Wilson's interval at every level. Rows: numerator, denominator."""
    return record_shares(project_sums(rows, ["numerator", "denominator"]))


def census_shares(rows: pd.DataFrame, key: str | None = None) -> pd.DataFrame:
    """Share of everything there is: no sampling, so no interval. Rows: numerator.

    key: the column by which a thing that has several records (in several projects) counts once.
    """
    size, projects = figures_in(rows), projects_of(rows)
    if key is not None:
        rows = rows.groupby(["figure", key], as_index=False)["numerator"].max()
    figure = rows["figure"].to_numpy()
    numerator = np.bincount(figure, rows["numerator"], size).astype(np.int64)
    denominator = np.bincount(figure, minlength=size)
    nothing = np.full(size, np.nan)
    return estimates(
        Interval(ratio(numerator, denominator), nothing, nothing),
        n=denominator,
        projects=projects,
        method=Method.CENSUS,
        numerator=numerator,
        denominator=denominator,
        missing=Reason.NO_RECORDS,
    )


def medians(rows: pd.DataFrame) -> pd.DataFrame:
    """Median days until something happened, those who still wait included. Rows: waited, event.

    Missing: not_reached where fewer than half have happened; a value without an interval is
    open_ended where the curve's upper limit does not come down to one half.
    """
    size = figures_in(rows)
    figure, waited, event = (rows[name].to_numpy() for name in ("figure", "waited", "event"))
    found = median_days(figure, waited, event, size)
    whole = ~np.isnan(found.low) & ~np.isnan(found.high)
    ends = (np.where(whole, end, np.nan) for end in (found.low, found.high))
    frame = estimates(
        Interval(found.value, *ends),
        n=np.bincount(figure, minlength=size),
        projects=projects_of(rows),
        method=Method.KAPLAN_MEIER,
        missing=Reason.NOT_REACHED,
    )
    frame.loc[frame["value"].notna() & ~whole, "reason"] = Reason.OPEN_ENDED.value
    return frame


def shares_by_day(rows: pd.DataFrame, method: Method = Method.KAPLAN_MEIER) -> pd.DataFrame:
    """Share to which something had happened by a day. Rows: waited, event, day (one a figure).

    event: 0 still open, 1 it happened, 2 another end.
    Missing: too_few_records where fewer than five are at risk and some were lost before the day.
    """
    size = figures_in(rows)
    figure, waited, event = (rows[name].to_numpy() for name in ("figure", "waited", "event"))
    day = np.zeros(size, dtype=np.int64)
    day[figure] = rows["day"].to_numpy()
    followed = is_followed(figure, waited, event, day)
    found = share_by(figure, waited, event, day)
    return estimates(
        Interval(*(np.where(followed, end, np.nan) for end in found)),
        n=np.bincount(figure, minlength=size),
        projects=projects_of(rows),
        method=method,
        missing=Reason.TOO_FEW_RECORDS,
    )


def entity_counts(rows: pd.DataFrame, key: str) -> pd.DataFrame:
    """How many different somebodies, beside what adding up the projects would say.

    Rows: key; way (one a figure: 0 different ones, 1 sum of the projects' own counts, 2 how much
    the sum counts again); counted (0/1) where not every record counts: then the denominator is
    how many there were to count among. n is those, each once, whatever the way.
    """
    size, figures = figures_in(rows), np.arange(figures_in(rows))
    way = np.zeros(size, dtype=np.int64)
    way[rows["figure"].to_numpy()] = rows["way"].to_numpy()
    among = counted = _ways(rows, key, size)
    beside = None
    if "counted" in rows:
        counted = _ways(rows[(rows["counted"] > 0).to_numpy()], key, size)
        beside = among[way, figures]
    value, nothing = counted[way, figures], np.full(size, np.nan)
    return estimates(
        Interval(np.where(among[0] > 0, value, np.nan), nothing, nothing),
        n=among[0],
        projects=projects_of(rows),
        method=Method.CENSUS,
        numerator=None if beside is None else value,
        denominator=beside,
        missing=Reason.NO_RECORDS,
    )


def _ways(rows: pd.DataFrame, key: str, size: int) -> NDArray[np.int64]:
    """Different ones, sum over projects, and the sum less the different ones, by figure."""
    figure, project, one = (rows[name].to_numpy() for name in ("figure", "project", key))
    different = distinct(figure, one, size=size)
    summed = distinct(figure, project, one, size=size)
    return np.stack([different, summed, summed - different])


def unit_costs(rows: pd.DataFrame) -> pd.DataFrame:
    """Euros for each of something: sums of money / sums of the thing. Rows: cents, units (> 0).

    Interval: the least and the greatest of the projects' own costs; a project on its own has none.
    """
    size = figures_in(rows)
    figure, cents, units = (rows[name].to_numpy() for name in ("figure", "cents", "units"))
    own = ratio(cents, 100 * units)
    low, high = np.full(size, np.inf), np.full(size, -np.inf)
    np.minimum.at(low, figure, own)
    np.maximum.at(high, figure, own)
    totals = [np.bincount(figure, column, size) for column in (cents, units)]
    several = np.bincount(figure, minlength=size) > 1
    method = np.where(several, _METHODS.index(Method.BOUNDS), _METHODS.index(Method.CENSUS))
    return estimates(
        Interval(
            ratio(totals[0], 100 * totals[1]),
            np.where(several, low, np.nan),
            np.where(several, high, np.nan),
        ),
        n=totals[1].astype(np.int64),
        projects=projects_of(rows),
        method=method,
        missing=Reason.NO_RECORDS,
    )
