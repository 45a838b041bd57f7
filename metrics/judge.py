"""A whole sheet: judged for projects, protected, pooled from what is shown, and made publishable.

This is the only way from sufficient statistics to Results. Projects are judged first; the gate
(`metrics.disclosure`) says which of their figures may be shown; everything above projects is then
judged from exactly those, and metrics that are read off results come last.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace
from itertools import chain

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics import audit, disclosure
from metrics.catalog import metrics
from metrics.coverage import Invited, asked_people, coverage_of, invited_of, nobody_invited
from metrics.derived import derived, sources_of
from metrics.evaluate import Judged, Sheet, judged, sheets
from metrics.expand import Memberships, expand
from metrics.frames import Frames
from metrics.metric import (
    KEYS,
    About,
    Estimates,
    Level,
    Profile,
    Reason,
    Results,
)
from metrics.multiplicity import adjusted
from metrics.publish import published
from survey.instrument import Instrument

Marks = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Prepared:
    """The figures of projects, and what may not be shown of them under each profile.

    nodes: `frames.NODES`. primary: `records.PRIMARY`. only: the metrics that were asked for.
    """

    sheets: list[Sheet]
    projects: list[Judged]
    invited: list[Invited]
    hidden: dict[Profile, list[Marks]]
    nodes: pd.DataFrame
    primary: pd.DataFrame
    only: Collection[str] | None


def prepare(
    frames: Frames,
    only: Collection[str] | None = None,
    instruments: dict[str, Instrument] | None = None,
    before: disclosure.Remembered | None = None,
) -> Prepared:
    """Everything up to the profile: raw figures of projects and the gate's word on each.

    before: what an earlier sheet hid, and what therefore stays hidden.
    Raises: as `evaluate.sheets`; populations.UnplacedFigure; audit.RecoverableSheet.
    """
    every = sheets(frames, only, instruments)
    own = [judged(sheet, _nodes(sheet, own=True)) for sheet in every]
    estimates = [each.estimates for each in own]
    hidden = disclosure.hidden(estimates, frames, before)
    audit.refuse_recoverable(estimates, frames, hidden)
    return Prepared(
        every,
        own,
        _invited(every, frames),
        hidden,
        frames.nodes,
        frames.primary,
        only,
    )


def judge(prepared: Prepared, profile: Profile) -> list[Results]:
    """What may be shown of every metric at every level, in the order of the catalog.

    Rows: projects first. Missing: a suppressed figure has no value, interval, n or coverage; its
    state and reason say so; no row is left out. A metric that is for insiders only (and what is
    read off it) is not there under the public profile.
    """
    results = [_results(*each, profile) for each in _told(prepared, profile)]
    return adjusted(derived(results, prepared.nodes, prepared.only), prepared.primary)


def judge_own(prepared: Prepared) -> dict[Profile, list[Results]]:
    """What may be shown of projects by themselves under each profile, in the order of the catalog.

    The same figures of projects as `judge` gives of the metrics that were prepared, without those
    that need other projects (``across``). Nothing stands above projects.
    """
    own = {
        profile: [
            _own(own, invited, hidden, profile)
            for sheet, own, invited, hidden in _told(prepared, profile)
            if not hasattr(sheet.module, "across")
        ]
        for profile in Profile
    }
    return _read_off(own, prepared)


def _read_off(
    own: dict[Profile, list[Results]], prepared: Prepared
) -> dict[Profile, list[Results]]:
    """The figures of projects with those that are read off them, of all profiles at once.

    What is read off a project's figures, and what its tests are adjusted for, depends on no other
    project. So a project under a second profile is taken for another project, with a number that
    none has: one pass instead of one for each profile.
    """
    nodes, primary = prepared.nodes, prepared.primary
    nodes = nodes[(nodes["level"] == Level.PROJECT.value).to_numpy()]
    step = int(nodes["project"].max()) + 1 if len(nodes) else 1
    places = {profile: place * step for place, profile in enumerate(own)}
    read = {name for metric in metrics().values() for name in sources_of(metric)}
    given: dict[str, list[Results]] = {}
    for each in chain(*own.values()):
        if each.metric.id in read or each.frame["p"].notna().any():
            given.setdefault(each.metric.id, []).append(each)
    both = [
        replace(
            found[0],
            frame=pd.concat(
                [_moved(each.frame, places[each.profile]) for each in found], ignore_index=True
            ),
        )
        for found in given.values()
    ]
    everywhere = pd.concat([_moved(nodes, place) for place in places.values()], ignore_index=True)
    theirs = primary[(primary["level"] == Level.PROJECT.value).to_numpy()]
    tests = pd.concat([primary, *(_moved(theirs, place) for place in places.values() if place)])
    told = adjusted(derived(both, everywhere, prepared.only), tests)
    return {
        profile: _of_profile(told, found, places[profile], step) for profile, found in own.items()
    }


def _moved(frame: pd.DataFrame, by: int) -> pd.DataFrame:
    """The same rows, of projects whose numbers are higher by so much."""
    if not by:
        return frame
    return frame.assign(
        **{name: frame[name] + by for name in ("project", "entity") if name in frame}
    )


def _of_profile(told: list[Results], own: list[Results], place: int, step: int) -> list[Results]:
    """A profile's own figures, and what is told of its projects besides, with their own numbers;
    what is read off something that the profile is not told of is left out."""
    found = {each.metric.id: each for each in own}
    for each in told:
        name = each.metric.id
        if name in found and found[name].frame["p"].isna().all():
            continue
        if name in found or all(source in found for source in sources_of(each.metric)):
            entity = each.frame["entity"].to_numpy(dtype=np.int64)
            rows = np.flatnonzero((entity >= place) & (entity < place + step))
            frame = each.frame.take(rows).reset_index(drop=True)
            found[name] = Results(each.metric, own[0].profile, _moved(frame, -place))
    return [found[name] for name in metrics() if name in found]


def _told(prepared: Prepared, profile: Profile) -> Iterator[tuple[Sheet, Judged, Invited, Marks]]:
    """What each metric that a profile is told of is judged from."""
    hidden = prepared.hidden[profile]
    parts = zip(prepared.sheets, prepared.projects, prepared.invited, hidden, strict=True)
    for each in parts:
        if profile is Profile.INSIDE or not each[0].metric.inside_only:
            yield each


def _own(own: Judged, invited: Invited, hidden: Marks, profile: Profile) -> Results:
    """The figures of projects that mean something for one project."""
    frame = own.estimates.frame
    listed = (frame["reason"] != Reason.ONE_PROJECT.value).to_numpy()
    covered = coverage_of(
        own.figure, own.cell, len(frame), invited, np.ones(len(invited.answered), dtype=bool)
    )
    estimates = Estimates(own.estimates.metric, frame[listed].reset_index(drop=True))
    return published(estimates, hidden[listed], covered[listed], profile)


def _invited(every: list[Sheet], frames: Frames) -> list[Invited]:
    people = asked_people(frames.respondents, every[0].nodes.members) if every else None
    return [
        nobody_invited()
        if sheet.cells is None
        else invited_of(
            sheet.cells,
            people if sheet.metric.about is About.RESPONDENTS else None,
            pairs=sheet.metric.frame == "paired_moments",
        )
        for sheet in every
    ]


def _nodes(sheet: Sheet, own: bool) -> Memberships:
    is_project = (sheet.nodes.nodes["level"] == Level.PROJECT.value).to_numpy()
    return sheet.nodes.only(is_project == own)


def _results(
    sheet: Sheet, own: Judged, invited: Invited, hidden: Marks, profile: Profile
) -> Results:
    """The figures of one metric: of projects, and of everything above them."""
    metric = sheet.metric
    if sheet.cells is None:
        return published(own.estimates, hidden, np.zeros(0), profile)
    value = own.estimates.frame["value"].to_numpy(dtype=float, na_value=np.nan)
    # What means nothing for one project has no row, and is pooled like any other.
    above_only = (own.estimates.frame["reason"] == Reason.ONE_PROJECT.value).to_numpy()
    cells = len(sheet.cells.key)
    # What became of each cell: no figure, one without a value, a hidden one, a shown one.
    listed, secret, pooled = (np.zeros(cells, dtype=bool) for _ in range(3))
    there = own.figure >= 0
    listed[own.cell[there]] = True
    n = own.estimates.frame["n"].to_numpy(dtype=float, na_value=0)
    # A hidden cell where nobody answered this question takes nothing from what stands above it.
    secret[own.cell[there]] = (hidden & (n > 0))[own.figure[there]]
    refused = (n > 0) & getattr(sheet.module, "POOLS_REFUSED", False)
    there_to_pool = above_only | refused | ~np.isnan(value)
    pooled[own.cell[there]] = (~hidden & there_to_pool)[own.figure[there]]
    if metric.about is About.RECORDS:
        pooled[:] = True
    covered = coverage_of(
        own.figure, own.cell, len(own.estimates.frame), invited, np.ones(cells, dtype=bool)
    )
    if hasattr(sheet.module, "across"):
        estimates, position = _compared(sheet, own, hidden, pooled)
        return published(estimates, hidden[position], covered[position], profile)
    above = judged(sheet, _nodes(sheet, own=False), pooled)
    above, lost = _upper(above, listed | pooled, secret, pooled)
    listed_own = ~above_only
    estimates = Estimates(
        metric,
        pd.concat([own.estimates.frame[listed_own], above.estimates.frame], ignore_index=True),
    )
    coverage = np.concatenate(
        [
            covered[listed_own],
            _covered(above, invited, pooled),
        ]
    )
    return published(estimates, np.concatenate([hidden[listed_own], lost]), coverage, profile)


def _covered(figures: Judged, invited: Invited, pooled: Marks) -> NDArray[np.float64]:
    size = len(figures.estimates.frame)
    return coverage_of(figures.figure, figures.cell, size, invited, pooled)


def _compared(
    sheet: Sheet, own: Judged, hidden: Marks, pooled: Marks
) -> tuple[Estimates, NDArray[np.int64]]:
    """The figures of projects as they are beside each other, and where each stood among its own.

    What is hidden keeps its row; what stands beside nobody (a comparison site) has none.
    """
    portfolio = (sheet.nodes.nodes["level"] == Level.PORTFOLIO.value).to_numpy()
    rows, _, cell = expand(sheet.cells, sheet.nodes.only(portfolio))
    shown = pooled[cell]
    figure = np.full(len(pooled), -1, dtype=np.int64)
    figure[own.cell] = own.figure
    position = figure[cell[shown]]
    found = sheet.module.across(rows[shown].reset_index(drop=True)).reset_index(drop=True)
    keys = own.estimates.frame[KEYS].iloc[position].reset_index(drop=True)
    beside = np.zeros(len(hidden), dtype=bool)
    beside[figure[cell[figure[cell] >= 0]]] = True
    secret = np.flatnonzero(hidden & beside)
    frame = pd.concat(
        [pd.concat([keys, found], axis=1), own.estimates.frame.iloc[secret]], ignore_index=True
    )
    position = np.concatenate([position, secret])
    order = np.argsort(position, kind="stable")
    compared = Estimates(sheet.metric, frame.iloc[order].reset_index(drop=True))
    return compared, position[order]


def _upper(above: Judged, listed: Marks, secret: Marks, pooled: Marks) -> tuple[Judged, Marks]:
    """The figures above projects that exist below, and those of which nothing may be shown."""
    frame = above.estimates.frame
    size = len(frame)
    there = above.figure >= 0
    figure, cell = above.figure[there], above.cell[there]
    counts = [
        np.bincount(figure, marks[cell], minlength=size) for marks in (listed, secret, pooled)
    ]
    kept = counts[0] > 0
    place = np.where(kept, np.cumsum(kept) - 1, -1)
    moved = np.where(there, place[np.where(there, above.figure, 0)] if size else -1, -1)
    lost = (counts[1] > 0) & (counts[2] == 0)
    estimates = Estimates(above.estimates.metric, frame[kept].reset_index(drop=True))
    return Judged(estimates, moved, above.cell), lost[kept]
