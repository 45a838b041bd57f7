"""Sufficient statistics in, a whole sheet of raw estimates out: every metric called once.

How a metric is written. A file ``metrics/process/<id>.py`` or ``metrics/outcomes/<id>.py`` holds
METRIC and, for a metric that is judged from a frame of `metrics.frames`:

``reads(instrument) -> list[dict]`` (frames of answers only)
    What the metric looks at in a questionnaire, one dict each: ``part`` and either ``scale``, or
    ``item`` and ``code``. Further entries are 0 or 1 and become sums: a code with
    ``numerator=1, denominator=1`` adds its answers to both. An empty list: not this instrument.
``select(atoms) -> DataFrame`` (where needed)
    The atoms as the metric counts them, when that is more than reading them off. What it returns
    of answers must add up: whole numbers that are summed over atoms. A group of "" or a phase of
    P0 counts in totals and has no row of its own. Without a wave column the wave is "all".
``contribute(sums) -> dict`` (where needed)
    What each project brings to its figures, by name, where that takes reckoning: from the sums of
    its atoms, one number a project of a figure. It is reckoned once, and not again for every
    entity that the project belongs to.
``compute(rows) -> DataFrame``
    The estimates. Rows: one a project of a figure, with ``figure`` (0, 1, ...), ``split``,
    ``project`` (below 1: no project) and the sums, in a stable order; several atoms of a project
    (its groups, phases, collections) are summed already. Of records (`metrics.records`): one a
    record, with ``level`` and ``entity``, and nothing summed. Returns ESTIMATE_VALUES indexed by
    figure; a figure that is left out is not published. Estimators: `metrics.statistics`.
    A figure that means nothing for one project has the reason ONE_PROJECT there: it is not
    published, and the project is pooled all the same.
``across(rows) -> DataFrame`` (where a project's figure needs all the others)
    ESTIMATE_VALUES row by row, from the portfolio's rows that may be shown. They take the place of
    the projects' own figures, and nothing stands above projects.
``POOLS_REFUSED`` (where one project alone is too little)
    True: a project whose own figure is refused is pooled above all the same.
``BESIDE`` (where one frame is not enough)
    "eligible": ``compute(rows, people)`` with the eligible people of each figure, indexed by
    figure, NaN where not known. "roster": ``compute(rows, roster)`` with the roster's rows;
    sector is a whole number there.
``AGAINST_SITES``
    True: the portfolio's rows hold the comparison sites too, marked 1 in ``comparison``.

A metric whose frame is ``results:<id>,<id>`` has ``derive`` instead (`metrics.derived`).

Which figures there are follows from the columns of the atoms: a total for each wave; with
``group`` one for each group of each wave; with ``phase`` one for each phase P1-P8 over all waves;
each for every entity of NODES. A project that fielded an instrument and got nothing has a row
that says so (on the total only); nothing else is made up.

The string columns of what comes out are categoricals (every Reason and Method is a category);
n and projects are whole, numerator and denominator are floats with NaN where they do not apply.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from types import ModuleType
from typing import NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.asked import asked_of, unasked
from metrics.beside import eligible_of, roster_cells, roster_of, with_sites
from metrics.catalog import catalog
from metrics.cells import Cells, Codes, Fielded, cells_of, fielded, record_cells, with_silent
from metrics.expand import Memberships, expand, memberships
from metrics.fold import Questions, coded, look_up, questions_of
from metrics.frames import Frames
from metrics.metric import (
    ESTIMATE_VALUES,
    KEYS,
    RECORD_FRAMES,
    Estimates,
    Method,
    Metric,
    Reason,
    Unit,
)
from survey.instrument import Instrument
from survey.instrument import instruments as shipped

#: Columns that `reads` is joined on and that are gone once the part is known.
_ASKED = ("item", "scale")
#: Units of figures that are awaited from everybody who was asked: silence has a row of its own.
_AWAITED = (Unit.POINTS, Unit.SHARE, Unit.SCORE)


class UnknownInstrument(Exception):
    """Answers belong to a questionnaire whose definition is not at hand."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One metric, its statistics summed to project cells, and who belongs to what.

    definitions: of the questionnaires, by ``code@version``. sites: the comparison sites.
    eligible: `records.ELIGIBLE`. roster: the cells of the roster.
    """

    module: ModuleType
    cells: Cells | None
    nodes: Memberships
    definitions: dict[str, Instrument]
    sites: Codes
    eligible: pd.DataFrame
    roster: Cells | None

    @property
    def metric(self) -> Metric:
        return self.module.METRIC

    @property
    def is_of_records(self) -> bool:
        return self.metric.frame in RECORD_FRAMES


class Judged(NamedTuple):
    """Raw figures of a sheet. present: every figure that has a row, value or not. The rest has one
    row a cell and entity: figure (position in the estimates' frame, -1 for none) and cell."""

    estimates: Estimates
    figure: Codes
    cell: Codes


def sheets(
    frames: Frames,
    only: Collection[str] | None = None,
    instruments: dict[str, Instrument] | None = None,
) -> list[Sheet]:
    """Every metric (or ``only`` those) with its statistics, in the order of the catalog.

    instruments: definitions by ``code@version``; the shipped ones when not given.
    Raises: UnknownInstrument naming the questionnaires that were answered and that nobody
    defined; cells.MixedUnits; fold.UnplacedProject.
    """
    definitions = shipped() if instruments is None else instruments
    _refuse_unknown(frames, definitions)
    wanted = [
        module
        for name, module in catalog().items()
        if hasattr(module, "compute") and (only is None or name in only)
    ]
    nodes = memberships(frames.nodes, frames.area_tree)
    beside_sites = memberships(with_sites(frames), frames.area_tree)
    atoms = {
        name: coded(getattr(frames, name), nodes.members)
        for name in {"respondents", "roster", *(module.METRIC.frame for module in wanted)}
    }
    sites = frames.sites.loc[frames.sites["comparison"] == 1, "project"].to_numpy()
    roster = roster_cells(atoms["roster"])
    rounds = fielded(atoms["respondents"])
    questions = {
        name: questions_of(atoms[name])
        for name in {module.METRIC.frame for module in wanted if hasattr(module, "reads")}
    }
    return [
        Sheet(
            module,
            _summed(module, atoms, questions, definitions, rounds),
            beside_sites if getattr(module, "AGAINST_SITES", False) else nodes,
            definitions,
            sites,
            frames.eligible,
            roster,
        )
        for module in wanted
    ]


def evaluate(
    frames: Frames,
    only: Collection[str] | None = None,
    instruments: dict[str, Instrument] | None = None,
) -> list[Estimates]:
    """The raw figures of every metric over all that there is, hidden cells among it.

    What is published pools only what may be shown: `metrics.judge`. Raises: as `sheets`.
    """
    return [judged(sheet, sheet.nodes).estimates for sheet in sheets(frames, only, instruments)]


def judged(sheet: Sheet, nodes: Memberships, pooled: NDArray[np.bool_] | None = None) -> Judged:
    """The raw figures of one metric for some nodes, from its ``pooled`` cells (all, if not given).

    A figure whose cells are all left out keeps its row, without a value.
    """
    if sheet.cells is None:
        nothing = np.zeros(0, dtype=np.int64)
        empty = pd.DataFrame(columns=[*KEYS, *ESTIMATE_VALUES])
        return Judged(Estimates(sheet.metric, empty), nothing, nothing)
    rows, figures, cell = expand(sheet.cells, nodes, named=sheet.is_of_records)
    if getattr(sheet.module, "AGAINST_SITES", False):
        rows["comparison"] = np.isin(rows["project"], sheet.sites).astype(np.int64)
    whole = rows if pooled is None else rows[pooled[cell]]
    found = sheet.module.compute(whole, *_beside(sheet, nodes, figures))
    if pooled is not None:
        left = np.zeros(len(figures), dtype=bool)
        left[whole["figure"].to_numpy()] = True
        found = _completed(found, np.flatnonzero(~left))
    keys = figures.take(found.index.to_numpy()).reset_index(drop=True)
    frame = pd.concat([keys, found.reset_index(drop=True)], axis=1)[[*KEYS, *ESTIMATE_VALUES]]
    silent = (frame["reason"] == Reason.NO_ANSWERS.value).to_numpy()
    never = unasked(sheet.module, sheet.definitions) if silent.any() else set()
    if never:
        names = [np.asarray(frame[name].array[silent]) for name in ("instrument", "part", "wave")]
        untold = [place in never for place in zip(*names, strict=True)]
        frame.loc[np.flatnonzero(silent)[untold], "reason"] = Reason.NOT_ASKED.value
    place = np.full(len(figures), -1, dtype=np.int64)
    place[found.index.to_numpy()] = np.arange(len(found))
    return Judged(Estimates(sheet.metric, frame), place[rows["figure"].to_numpy()], cell)


def _completed(found: pd.DataFrame, empty: Codes) -> pd.DataFrame:
    """The same figures, and rows without a value for the empty ones."""
    if not len(empty):
        return found
    added = pd.DataFrame(
        {
            **dict.fromkeys(("value", "low", "high", "p", "numerator", "denominator"), np.nan),
            **dict.fromkeys(("n", "projects"), 0),
            "method": pd.Categorical([Method.NONE.value] * len(empty), [m.value for m in Method]),
            "reason": pd.Categorical(
                [Reason.NO_ANSWERS.value] * len(empty), [r.value for r in Reason]
            ),
        },
        index=empty,
    )[ESTIMATE_VALUES]
    kept = found[~found.index.isin(empty)]
    if kept.empty or added.empty:
        return added if kept.empty else kept
    return pd.concat([kept, added]).sort_index()


def _beside(sheet: Sheet, nodes: Memberships, figures: pd.DataFrame) -> tuple:
    """What the metric computes from besides its rows."""
    asked = getattr(sheet.module, "BESIDE", None)
    if asked == "eligible":
        return (eligible_of(figures, sheet.eligible),)
    if asked == "roster":
        return (roster_of(figures, sheet.roster, nodes),)
    return ()


def _refuse_unknown(frames: Frames, definitions: dict[str, Instrument]) -> None:
    answered = (frames.respondents, frames.item_counts, frames.scale_moments, frames.paired_moments)
    unknown = {key for frame in answered for key in frame["instrument"].unique()} - set(definitions)
    if unknown:
        raise UnknownInstrument(
            f"no definition of {', '.join(sorted(unknown))}: put its YAML back into "
            "survey/instruments/ or take back the batches that brought its answers"
        )


def _summed(
    module: ModuleType,
    frames: dict[str, pd.DataFrame],
    questions: dict[str, Questions],
    definitions: dict[str, Instrument],
    rounds: Fielded,
) -> Cells | None:
    """The project cells of a metric; None where there is nothing to judge it from."""
    atoms = frames[module.METRIC.frame]
    asked = None
    if hasattr(module, "reads"):
        asked = asked_of(module, atoms, definitions, frames["respondents"])
        atoms = look_up(atoms, questions[module.METRIC.frame], asked)
    if atoms.empty and not asked:
        return None
    if hasattr(module, "select"):
        atoms = module.select(atoms)
    if module.METRIC.frame in RECORD_FRAMES:
        return None if atoms.empty else record_cells(atoms)
    cells = cells_of(atoms.drop(columns=[column for column in _ASKED if column in atoms]))
    if hasattr(module, "contribute"):
        cells = cells._replace(sums=module.contribute(cells.sums))
    if asked is not None and module.METRIC.unit in _AWAITED:
        # A change needs two waves: what was not measured twice has no row, and nothing to report.
        cells = with_silent(cells, asked, rounds)
    return cells
