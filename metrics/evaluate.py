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
from types import ModuleType

import numpy as np
import pandas as pd

from metrics.catalog import catalog
from metrics.expand import Cells, Memberships, expand, memberships
from metrics.fold import coded, dense, look_up, packed, summed, unpacked
from metrics.frames import Frames
from metrics.metric import ALL_WAVES, ESTIMATE_VALUES, KEYS, Estimates, Split, Unit
from survey.instrument import PHASES, Instrument
from survey.instrument import instruments as shipped

#: Columns that say which atom a row is; every other column of selected atoms is a sum.
_NAMES = ("project", "instrument", "part", "wave", "phase", "group", "unit")
#: Columns that `reads` is joined on and that are gone once the part is known.
_ASKED = ("item", "scale")
#: More projects than there will ever be: key and project packed into one number.
_PROJECTS = 2**32


class UnknownInstrument(Exception):
    """Answers belong to a questionnaire whose definition is not at hand."""


class MixedUnits(Exception):
    """Scores of one questionnaire were folded in different units and cannot be added."""


def evaluate(
    frames: Frames,
    only: Collection[str] | None = None,
    instruments: dict[str, Instrument] | None = None,
) -> list[Estimates]:
    """The raw figures of every metric (or of ``only`` those), in the order of the catalog.

    instruments: definitions by ``code@version``; the shipped ones when not given.
    Raises: UnknownInstrument naming the questionnaires that were answered and that nobody
    defined; MixedUnits; fold.UnplacedProject.
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
    return [
        Estimates(module.METRIC, _sheet(module, atoms, definitions, nodes)) for module in wanted
    ]


def _refuse_unknown(frames: Frames, definitions: dict[str, Instrument]) -> None:
    answered = (frames.respondents, frames.item_counts, frames.scale_moments, frames.paired_moments)
    unknown = {key for frame in answered for key in frame["instrument"].unique()} - set(definitions)
    if unknown:
        raise UnknownInstrument(
            f"no definition of {', '.join(sorted(unknown))}: put its YAML back into "
            "survey/instruments/ or take back the batches that brought its answers"
        )


def _sheet(
    module: ModuleType,
    frames: dict[str, pd.DataFrame],
    definitions: dict[str, Instrument],
    nodes: Memberships,
) -> pd.DataFrame:
    """KEYS and ESTIMATE_VALUES of one metric."""
    atoms = frames[module.METRIC.frame]
    asked = None
    if hasattr(module, "reads"):
        asked = _asked(module, atoms, definitions, frames["respondents"])
        atoms = look_up(atoms, asked)
    if hasattr(module, "select"):
        atoms = module.select(atoms)
    cells = _cells(atoms.drop(columns=[column for column in _ASKED if column in atoms]))
    if asked is not None and module.METRIC.unit is not Unit.CHANGE:
        # A change needs two waves: what was not measured twice has no row, and nothing to report.
        cells = _with_silent(cells, asked, frames["respondents"])
    rows, figures = expand(cells, nodes)
    found = module.compute(rows)
    named = figures.take(found.index.to_numpy()).reset_index(drop=True)
    return pd.concat([named, found.reset_index(drop=True)], axis=1)[[*KEYS, *ESTIMATE_VALUES]]


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


def _cells(atoms: pd.DataFrame) -> Cells:
    """The sums of every project for every total, group and phase."""
    sums = [column for column in atoms if column not in _NAMES]
    whole = [column for column in ("instrument", "part", "unit") if column in atoms]
    waves = [*whole, *(["wave"] if "wave" in atoms else [])]
    pieces = [_piece(atoms, waves, sums, Split.TOTAL)]
    if "group" in atoms:
        named = atoms[(atoms["group"] != "").to_numpy()]
        pieces.append(_piece(named, [*waves, "group"], sums, Split.GROUP))
    if "phase" in atoms:
        named = atoms[atoms["phase"].isin(PHASES).to_numpy()]
        pieces.append(_piece(named, [*whole, "phase"], sums, Split.PHASE))
    cells = _together(pieces)
    _refuse_mixed(cells.keys)
    return cells


def _piece(atoms: pd.DataFrame, by: list[str], sums: list[str], split: Split) -> Cells:
    """The cells of one split; by: what tells its figures of a project apart."""
    cells = summed(atoms, ["project", *by], sums)
    occurring, key = dense(*packed(cells, by))
    keys = pd.DataFrame(
        {name: np.asarray(values) for name, values in unpacked(occurring, cells, by).items()},
        index=range(len(occurring)),
    )
    keys["split"] = split.value
    keys["split_value"] = "" if split is Split.TOTAL else keys.pop(split.value).astype(str)
    for column, everywhere in (("instrument", ""), ("part", ""), ("wave", ALL_WAVES)):
        if column not in keys:
            keys[column] = everywhere
    return Cells(
        keys,
        key,
        cells["project"].cat.codes.to_numpy().astype(np.int64),
        {name: cells[name].to_numpy() for name in sums},
    )


def _together(pieces: list[Cells]) -> Cells:
    """The cells of several splits as one; strings of the keys become categoricals."""
    before = np.cumsum([0, *(len(piece.keys) for piece in pieces[:-1])])
    named = [piece.keys.astype({"split": str}) for piece in pieces]
    keys = pd.concat(named, ignore_index=True)
    names = [column for column in keys if column != "unit"]
    return Cells(
        keys.astype(dict.fromkeys(names, "category")),
        np.concatenate([piece.key + shift for piece, shift in zip(pieces, before, strict=True)]),
        np.concatenate([piece.project for piece in pieces]),
        {name: np.concatenate([piece.sums[name] for piece in pieces]) for name in pieces[0].sums},
    )


def _refuse_mixed(keys: pd.DataFrame) -> None:
    if "unit" not in keys or not keys["unit"].duplicated(keep=False).any():
        return
    units = keys.groupby("instrument", observed=True)["unit"].nunique()
    if (units > 1).any():
        raise MixedUnits(
            f"{', '.join(units.index[units > 1])}: scores were folded in different units; "
            "remove its extracts and refresh, so that every collection is folded anew"
        )


def _with_silent(cells: Cells, asked: pd.DataFrame, respondents: pd.DataFrame) -> Cells:
    """The cells, and an empty one for each part that a project asked about and nobody answered."""
    by = ["instrument", "part", "wave"]
    waves = summed(respondents, ["project", "instrument", "wave"], [])
    expected = pd.DataFrame(
        {
            "project": waves["project"].cat.codes.to_numpy().astype(np.int64),
            "instrument": waves["instrument"].astype(str),
            "wave": waves["wave"].astype(str),
        }
    ).merge(asked[["instrument", "part"]].drop_duplicates(), on="instrument")
    totals = cells.keys[cells.keys["split"] == Split.TOTAL.value].reset_index(names="key")
    keys = expected[by].drop_duplicates()
    keys = keys.merge(totals[[*by, "key"]].astype(dict.fromkeys(by, str)), on=by, how="left")
    new = keys["key"].isna().to_numpy()
    keys["key"] = np.where(new, len(cells.keys) + np.cumsum(new) - 1, keys["key"]).astype(np.int64)
    expected = expected.merge(keys, on=by, how="left")
    cell = expected["key"] * _PROJECTS + expected["project"]
    silent = expected[~np.isin(cell, cells.key * _PROJECTS + cells.project)]
    added = keys.loc[new, by].assign(split=Split.TOTAL.value, split_value="")
    if "unit" in cells.keys:
        added["unit"] = 1
    nothing = np.zeros(len(silent), dtype=np.int64)
    return _together(
        [
            cells,
            Cells(
                added,
                silent["key"].to_numpy() - len(cells.keys),
                silent["project"].to_numpy(),
                dict.fromkeys(cells.sums, nothing),
            ),
        ]
    )
