"""The frames that metrics ask for, put together from folded segments and the records.

Everything here is small: one row a cell, a pair, a project. Nothing reads a response.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pandera.pandas as pa
from pandas.api.types import union_categoricals

from data import record_frames
from data.segments import Folded, current_pairs, whole_cells
from data.statistics_fold import count_column, count_columns, moment_column
from metrics import frames
from metrics.frames import ATOM, Frames
from survey.instrument import MISSING, Instrument
from survey.scoring import score_rules

#: The number of invited people where nobody wrote it down.
NOT_KNOWN = -1


def assemble(
    records: record_frames.Records,
    folded: list[Folded],
    collections: pd.DataFrame,
    instruments: Mapping[str, Instrument],
) -> Frames:
    """All sufficient statistics of the truth as it was read, checked.

    folded: `segments.fold_news`; collections: `segments.read_collections`.
    Raises: pandera.errors.SchemaError naming the frame's column.
    """
    by_id = collections.set_index("collection")
    held: dict[str, list[Folded]] = {}
    for segment in folded:
        held.setdefault(segment.instrument, []).append(segment)
    sources = [(instruments[key], whole_cells(segments)) for key, segments in held.items()]
    fielded = dict(iter(collections.groupby("instrument")))
    pairs = [
        (instruments[key], current_pairs(segments, fielded[key])) for key, segments in held.items()
    ]
    return Frames.of(
        respondents=_respondents(records.invited, [cells for _, cells in sources], by_id),
        item_counts=_joined([_item_counts(*source, by_id) for source in sources]),
        scale_moments=_stacked(
            [_scale_moments(*source, by_id) for source in sources], frames.SCALE_MOMENTS
        ),
        paired_moments=_stacked(
            [_paired_moments(*source, by_id) for source in pairs], frames.PAIRED_MOMENTS
        ),
        participation=records.participation,
        proposals=records.proposals,
        nodes=records.nodes,
        area_tree=records.area_tree,
        **records.logs,
    ).validated()


def _respondents(
    invited: pd.DataFrame, whole: list[pd.DataFrame], by_id: pd.DataFrame
) -> pd.DataFrame:
    """Everybody who answered, and everybody who was invited, whether or not anybody answered."""
    keys = ["collection", "group"]
    answered = [cells[[*keys, "respondents"]] for cells in whole]
    none = pd.DataFrame(columns=[*keys, "respondents"]).astype(
        {"collection": "int64", "group": "str", "respondents": "int64"}
    )
    both = pd.concat([none, *answered], ignore_index=True).merge(invited, on=keys, how="outer")
    both = both.fillna({"respondents": 0, "invited": NOT_KNOWN})
    atoms = _atoms(both, by_id)
    atoms["n"], atoms["invited"] = both["respondents"], both["invited"]
    return record_frames.typed(atoms, frames.RESPONDENTS)


def _atoms(cells: pd.DataFrame, by_id: pd.DataFrame) -> pd.DataFrame:
    """The atom of each row: where its collection belongs, and its group."""
    place = by_id.loc[cells["collection"], ["project", "instrument", "wave", "phase"]]
    return place.reset_index(drop=True).assign(group=cells["group"].to_numpy())[ATOM]


def _item_counts(instrument: Instrument, cells: pd.DataFrame, by_id: pd.DataFrame) -> pd.DataFrame:
    """One row per cell, item and code that was given, what was left unanswered among them."""
    columns = count_columns(instrument)
    counted = cells[[count_column(*column) for column in columns]].to_numpy()
    items = np.array([item for item, _ in columns])
    asked = [item.code for item in instrument.closed_items]
    answered = [counted[:, items == item].sum(axis=1) for item in asked]
    missing = cells["respondents"].to_numpy()[:, None] - np.column_stack(answered)
    columns += [(item, MISSING) for item in asked]
    counted = np.hstack([counted, missing])
    row, column = np.nonzero(counted)
    # Millions of rows: words are categories, and each column is taken from a few values.
    atoms = _atoms(cells, by_id)
    taken = {"project": atoms["project"].to_numpy()[row]}
    taken |= {name: pd.Categorical(atoms[name]).take(row) for name in ATOM if name != "project"}
    taken["item"] = pd.Categorical(pd.Series([item for item, _ in columns], dtype="str")).take(
        column
    )
    codes = np.array([code for _, code in columns])
    return pd.DataFrame({**taken, "code": codes[column], "n": counted[row, column]}, copy=False)


def _joined(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """Item counts of several instruments as one frame, their words as common categories."""
    if not parts:
        return frames.empty("item_counts")
    columns = {}
    for name in frames.ITEM_COUNTS.columns:
        values = [part[name].array for part in parts]
        if isinstance(values[0], pd.Categorical):
            columns[name] = union_categoricals(values, sort_categories=True)
        else:
            columns[name] = np.concatenate(values)
    return pd.DataFrame(columns, copy=False)


def _scale_moments(
    instrument: Instrument, cells: pd.DataFrame, by_id: pd.DataFrame
) -> pd.DataFrame:
    return _moments(instrument, cells, _atoms(cells, by_id))


def _paired_moments(
    instrument: Instrument, pairs: pd.DataFrame, by_id: pd.DataFrame
) -> pd.DataFrame:
    """Pairs of one project, waves and group are one row, whichever phases they were asked in."""
    pairs = pairs[pairs["people"] > 0]
    place = _atoms(pairs, by_id).drop(columns="phase")
    place["earlier"] = by_id["wave"].reindex(pairs["earlier"]).to_numpy()
    moments = _moments(instrument, pairs, place)
    keys = [*place.columns, "scale", "unit"]
    return moments.groupby(keys, as_index=False, sort=True).sum()


def _moments(instrument: Instrument, wide: pd.DataFrame, place: pd.DataFrame) -> pd.DataFrame:
    """One row per row of ``place`` and scale that anybody has a score on."""
    stacked = []
    for rule in score_rules(instrument):
        scored = (wide[moment_column(rule.code, "n")] > 0).to_numpy()
        moments = {
            moment: wide[moment_column(rule.code, moment)].to_numpy()[scored]
            for moment in ("n", "total", "squares")
        }
        rows = place[scored].assign(scale=rule.code, **moments, unit=instrument.score_unit)
        stacked.append(rows)
    return pd.concat(stacked, ignore_index=True) if stacked else place.iloc[:0]


def _stacked(parts: list[pd.DataFrame], schema: pa.DataFrameSchema) -> pd.DataFrame:
    kept = [part for part in parts if len(part)]
    whole = (
        pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=list(schema.columns))
    )
    return record_frames.typed(whole, schema)
