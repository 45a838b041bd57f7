"""The frames that metrics ask for, put together from folded segments and the records.

Everything here is small: one row a cell, a pair, a project. Nothing reads a response.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
from pandas.api.types import union_categoricals

from data.folding import band_frames, paired_frames, record_frames, scale_frames
from data.folding.fold_columns import count_column, count_columns
from data.folding.scale_frames import atoms
from data.folding.segments import Folded, whole_statistics
from metrics import frames
from metrics.frames import ATOM, Frames
from survey.instrument import MISSING, Instrument

#: The number of invited people where nobody wrote it down.
NOT_KNOWN = -1
#: What makes each frame of scores, and from which of the folded tables.
BUILT = {
    scale_frames.scale_moments: "cells",
    scale_frames.scale_products: "splits",
    scale_frames.split_halves: "splits",
    scale_frames.timing: "splits",
    paired_frames.paired_moments: "pairs",
    paired_frames.paired_choices: "pairs",
    paired_frames.retention: "pairs",
}


def assemble(
    records: record_frames.Records,
    folded: list[Folded],
    collections: pd.DataFrame,
    instruments: Mapping[str, Instrument],
) -> Frames:
    """All sufficient statistics of the truth as it was read, checked.

    folded: `segments.fold_news`; collections: `collected.read_collections`.
    Raises: pandera.errors.SchemaError naming the frame's column.
    """
    by_id = collections.set_index("collection")
    fielded = dict(iter(collections.groupby("instrument")))
    held: dict[str, list[Folded]] = {}
    for segment in folded:
        held.setdefault(segment.instrument, []).append(segment)
    whole = [
        (instruments[key], whole_statistics(segments, fielded[key]))
        for key, segments in held.items()
    ]
    built = {
        build.__name__: _stacked(
            [build(instrument, getattr(each, table), by_id) for instrument, each in whole],
            build.__name__,
        )
        for build, table in BUILT.items()
    }
    counts = [_item_counts(instrument, each.cells, by_id) for instrument, each in whole]
    banded = [band_frames.item_bands(instrument, each.cells, by_id) for instrument, each in whole]
    spoken = [
        band_frames.item_languages(instrument, each.languages, by_id) for instrument, each in whole
    ]
    differences = [
        paired_frames.paired_differences(instrument, each.differences, by_id)
        for instrument, each in whole
    ]
    return Frames.of(
        **built,
        respondents=_respondents(records.invited, [each.cells for _, each in whole], by_id),
        item_counts=_joined(counts, "item_counts"),
        item_bands=_joined(banded, "item_bands"),
        item_languages=_joined(spoken, "item_languages"),
        paired_differences=_joined(differences, "paired_differences"),
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
    place = atoms(both, by_id)
    place["n"], place["invited"] = both["respondents"], both["invited"]
    return record_frames.typed(place, frames.RESPONDENTS)


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
    place = atoms(cells, by_id)
    taken = {"project": place["project"].to_numpy()[row]}
    taken |= {name: pd.Categorical(place[name]).take(row) for name in ATOM if name != "project"}
    taken["item"] = pd.Categorical(pd.Series([item for item, _ in columns], dtype="str")).take(
        column
    )
    codes = np.array([code for _, code in columns])
    return pd.DataFrame({**taken, "code": codes[column], "n": counted[row, column]}, copy=False)


def _joined(parts: list[pd.DataFrame], name: str) -> pd.DataFrame:
    """A frame of several instruments, their words as common categories."""
    parts = [part for part in parts if len(part)]
    if not parts:
        return frames.empty(name)
    columns = {}
    for column in frames.schema_of(name).columns:
        values = [part[column].array for part in parts]
        if isinstance(values[0], pd.Categorical):
            columns[column] = union_categoricals(values, sort_categories=True)
        else:
            columns[column] = np.concatenate(values)
    return pd.DataFrame(columns, copy=False)


def _stacked(parts: list[pd.DataFrame], name: str) -> pd.DataFrame:
    kept = [part for part in parts if len(part)]
    if not kept:
        return frames.empty(name)
    return record_frames.typed(pd.concat(kept, ignore_index=True), frames.schema_of(name))
