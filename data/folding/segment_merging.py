"""Merging: many small segments of an instrument become one with the same content."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from data.folding import extracts, statistics_store
from data.folding.segments import Folded, at_hand, current_pairs, whole_statistics, with_series
from survey.instrument import Instrument

#: More segments of an instrument than this are merged; to read one takes hundredths of a second.
MANY = 8


def merged(
    folded: list[Folded],
    instruments: Mapping[str, Instrument],
    collections: pd.DataFrame,
    home: Path,
) -> list[Folded]:
    """The same content in fewer segments, where there are more than MANY of an instrument."""
    whole = []
    for key, group in collections.groupby("instrument", sort=True):
        own = [segment for segment in folded if segment.instrument == key]
        if len(own) > MANY:
            own = _merged(own, with_series(group), instruments[key], home)
        whole += own
    return whole


def _merged(
    folded: list[Folded], current: pd.DataFrame, instrument: Instrument, home: Path
) -> list[Folded]:
    """Fewer segments with the same content: the small ones become one, or all of them do."""
    largest = max(segment.rows for segment in folded)
    small = [segment for segment in folded if 2 * segment.rows <= largest]
    members = _joined(small)
    if len(small) < 2 or members is None:
        small, members = folded, _joined(folded)
    rows = []
    for segment in small:
        table = pq.read_table(extracts.segment_path(home, segment.extract_sha256))
        living = pa.array(list(segment.members), pa.int32())
        rows.append(table.filter(pc.is_in(table["collection"], living)))
    table = extracts.sorted_rows(pa.concat_tables(rows))
    pairs, differences = current_pairs(folded, current)
    whole = replace(whole_statistics(small, current), pairs=pairs, differences=differences)
    merged = Folded(
        None,
        instrument.key,
        extracts.store_segment(table, home),
        statistics_store.store(whole, instrument, home),
        table.num_rows,
        members,
        statistics_store.told_of(whole),
        at_hand(whole),
    )
    return [segment for segment in folded if segment not in small] + [merged]


def _joined(segments: list[Folded]) -> dict[int, tuple[int, int]] | None:
    """What some segments hold together; None where one between them is missing."""
    spans = sorted(
        (collection, *span) for segment in segments for collection, span in segment.members.items()
    )
    joined: dict[int, tuple[int, int]] = {}
    for collection, after, revision in spans:
        first, last = joined.get(collection, (after, after))
        if last != after:
            return None
        joined[collection] = first, revision
    return joined
