"""Sufficient statistics in, a whole sheet of raw estimates out: every metric called once.

How a metric is written. A file ``metrics/process/<id>.py`` or ``metrics/outcomes/<id>.py`` holds
METRIC and, for a metric that is judged from a frame of `metrics.frames`:

``reads(instrument) -> list[dict]`` (frames of answers only)
    What the metric looks at in a questionnaire, one dict each: ``part`` and either ``scale``, or
    ``item`` and ``code``. Further entries are 0 or 1 and become sums: a code with
    ``numerator=1, denominator=1`` adds its answers to both. An empty list: not this instrument.
``select(atoms) -> DataFrame`` (where needed)
    The atoms as the metric counts them, when that is more than reading them off. Whatever it
    returns must add up: whole numbers that are summed over atoms. A group of "" or a phase of P0
    counts in totals and has no row of its own. Without a wave column the wave is "all".
``compute(rows) -> DataFrame``
    The estimates. Rows: one a project of a figure, with ``figure`` (0, 1, ...), ``split``,
    ``project`` (below 1: no project) and the sums, in a stable order; several atoms of a project
    (its groups, phases, collections) are summed already. Returns ESTIMATE_VALUES indexed by
    figure; a figure that is left out is not published. Estimators: `metrics.statistics`.

A metric whose frame is ``results:<id>`` has ``derive(results)`` instead, is called by `derived`
after the disclosure gate, and so cannot say more than what is already shown.

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

from metrics.catalog import catalog
from metrics.cells import Cells, Codes, cells_of, with_silent
from metrics.expand import Memberships, expand, memberships
from metrics.fold import Questions, coded, look_up, questions_of
from metrics.frames import Frames
from metrics.metric import (
    ESTIMATE_VALUES,
    KEYS,
    RESULT_VALUES,
    Estimates,
    Method,
    Metric,
    Reason,
    Results,
    Unit,
    ValueState,
)
from metrics.publish import INDICATIVE_BELOW, INDICATIVE_HALF_WIDTH
from survey.instrument import Instrument
from survey.instrument import instruments as shipped

#: Columns that `reads` is joined on and that are gone once the part is known.
_ASKED = ("item", "scale")
#: Reasons for which a derived figure is hidden rather than not there.
_HIDING = [Reason.TOO_FEW, Reason.PROTECTS_ANOTHER, Reason.UNANIMOUS, Reason.HIDDEN_PARTS]


class UnknownInstrument(Exception):
    """Answers belong to a questionnaire whose definition is not at hand."""


@dataclass(frozen=True, slots=True)
class Sheet:
    """One metric, its statistics summed to project cells, and who belongs to what."""

    module: ModuleType
    cells: Cells | None
    nodes: Memberships

    @property
    def metric(self) -> Metric:
        return self.module.METRIC


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
    atoms = {
        name: coded(getattr(frames, name), nodes.members)
        for name in {"respondents", *(module.METRIC.frame for module in wanted)}
    }
    questions = {
        name: questions_of(atoms[name])
        for name in {module.METRIC.frame for module in wanted if hasattr(module, "reads")}
    }
    return [
        Sheet(module, _summed(module, atoms, questions, definitions), nodes) for module in wanted
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
    rows, figures, cell = expand(sheet.cells, nodes)
    whole = rows if pooled is None else rows[pooled[cell]]
    found = sheet.module.compute(whole)
    if pooled is not None:
        found = _completed(found, np.setdiff1d(rows["figure"], whole["figure"]))
    keys = figures.take(found.index.to_numpy()).reset_index(drop=True)
    frame = pd.concat([keys, found.reset_index(drop=True)], axis=1)[[*KEYS, *ESTIMATE_VALUES]]
    place = np.full(len(figures), -1, dtype=np.int64)
    place[found.index.to_numpy()] = np.arange(len(found))
    return Judged(Estimates(sheet.metric, frame), place[rows["figure"].to_numpy()], cell)


def _completed(found: pd.DataFrame, empty: Codes) -> pd.DataFrame:
    """The same figures, and rows without a value for the empty ones."""
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
) -> Cells | None:
    """The project cells of a metric; None where there is nothing to judge it from."""
    atoms = frames[module.METRIC.frame]
    asked = None
    if hasattr(module, "reads"):
        asked = _asked(module, atoms, definitions, frames["respondents"])
        atoms = look_up(atoms, questions[module.METRIC.frame], asked)
    if atoms.empty and (asked is None or asked.empty):
        return None
    if hasattr(module, "select"):
        atoms = module.select(atoms)
    cells = cells_of(atoms.drop(columns=[column for column in _ASKED if column in atoms]))
    if asked is not None and module.METRIC.unit is not Unit.CHANGE:
        # A change needs two waves: what was not measured twice has no row, and nothing to report.
        cells = with_silent(cells, asked, frames["respondents"])
    return cells


def _asked(
    module: ModuleType,
    atoms: pd.DataFrame,
    definitions: dict[str, Instrument],
    respondents: pd.DataFrame,
) -> pd.DataFrame:
    """What the metric reads in every instrument that somebody fielded or answered."""
    fielded = {key for frame in (atoms, respondents) for key in frame["instrument"].cat.categories}
    reads = [
        {"instrument": key, **entry}
        for key in sorted(fielded)
        for entry in module.reads(definitions[key])
    ]
    return pd.DataFrame(reads, columns=None if reads else ["instrument", "part"])


def derived(results: list[Results]) -> list[Results]:
    """The protected figures and those that are read off them, in the order of the catalog.

    Called by `metrics.judge`, once for each profile: what is derived from shown
    figures says no more than they do. A metric whose source is not among the results is left out.
    """
    given = {found.metric.id: found for found in results}
    for module in catalog().values():
        source = given.get(module.METRIC.frame.removeprefix("results:"))
        if hasattr(module, "derive") and source is not None:
            frame = _published(module.derive(source.frame), module.METRIC.unit)
            given[module.METRIC.id] = Results(module.METRIC, source.profile, frame)
    return [given[name] for name in catalog() if name in given]


def _published(frame: pd.DataFrame, unit: Unit) -> pd.DataFrame:
    """KEYS and RESULT_VALUES of derived figures: their state, and whether they are indicative."""
    hidden = frame["reason"].isin(_HIDING).to_numpy()
    value = frame["value"].astype(float)
    states = [hidden, value.isna(), value == 0]
    names = [ValueState.SUPPRESSED, ValueState.NOT_REPORTED, ValueState.ZERO]
    state = np.select(states, [name.value for name in names], ValueState.VALUE.value)
    n = frame["n"].astype("Float64").to_numpy(dtype=float, na_value=np.nan)
    width = (frame["high"].astype(float) - frame["low"].astype(float)) / 2
    few = (n < INDICATIVE_BELOW) | (width > INDICATIVE_HALF_WIDTH.get(unit, np.inf))
    frame = frame.assign(
        state=pd.Categorical(state, [name.value for name in ValueState]),
        coverage=frame["coverage"].astype(float) if "coverage" in frame else np.nan,
        indicative=(few & value.notna()).to_numpy(),
        method=pd.Categorical(frame["method"].astype(object), [name.value for name in Method]),
        reason=pd.Categorical(frame["reason"].astype(object), [name.value for name in Reason]),
    )
    for name in ("n", "numerator", "denominator"):
        frame[name] = frame[name].astype("Float64").mask(hidden).astype("Int64")
    frame["projects"] = frame["projects"].astype("Int64").mask(hidden)
    return frame[[*KEYS, *RESULT_VALUES]].reset_index(drop=True)
