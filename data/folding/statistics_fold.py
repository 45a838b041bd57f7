"""The fold: rows of an extract -> small exact tables that add up.

`fold_expressions` words it once; it runs embedded on DuckDB and, where the answers outgrow one
machine, on Spark (`fold_engine`). `statistics_frames` turns the small result into the frames that
metrics ask for. Everything is whole numbers, so the statistics of two halves add up to those of the
whole, and no engine or order of rows changes one.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from data.folding import fold_engine, fold_expressions
from data.folding.fold_columns import (
    CELL,
    DIFFERENCE,
    PAIR,
    SPLIT,
    SPOKEN,
    band_columns,
    count_column,
    moment_columns,
)
from data.folding.fold_expressions import PACK_BITS, pack_column, packs
from survey.instrument import WHOLE_PROCESS, Instrument

LARGEST = 2**63 - 1


class StatisticsTooLarge(Exception):
    """A sum of squares would not fit in 64 bits; the message names the instrument."""


def fold_cells(
    backend: ibis.BaseBackend, extracts: Sequence[Path], instrument: Instrument
) -> pd.DataFrame:
    """Respondents, counts of answers, moments of scores and of items by band of every cell of some
    extracts.

    Rows: one per collection and group that anybody answered in.
    Columns: collection, group, respondents, `count_column` of every item and code,
    `moment_column` of every scale, and `band_columns` (still packed, `band_frames` takes them
    apart); whole numbers.
    Raises: StatisticsTooLarge.
    """
    answers = fold_engine.read(backend, extracts)
    counted = fold_engine.result(backend, fold_expressions.cells, instrument, answers)
    return _unpacked(_whole(counted, CELL, instrument, "respondents"), instrument)


def fold_languages(
    backend: ibis.BaseBackend,
    extracts: Sequence[Path],
    instrument: Instrument,
    cells: pd.DataFrame,
) -> pd.DataFrame:
    """Moments of items by band of every collection and language that is known.

    cells: `fold_cells` of the same extracts. Only who did not answer in the most frequent language
    is read again; the others are what is left of the cells, so a portfolio of one language costs
    nothing.
    Rows: one per collection and language that anybody answered in; who answered in a language that
    is not known is in none. Columns: collection, language, respondents, `band_columns`, packed.
    """
    names = ["respondents", *band_columns(instrument)]
    if len(names) == 1:
        return no_languages(instrument)
    answers = fold_engine.read(backend, extracts)
    counted = fold_engine.result(backend, fold_expressions.languages, instrument, answers)
    usual = max(counted.to_pylist(), key=lambda row: (row["n"], row["language"]), default=None)
    if usual is None:
        return no_languages(instrument)
    besides = fold_expressions.spoken_besides(usual["language"])
    others = fold_engine.result(backend, besides, instrument, answers)
    others = _whole(others, SPOKEN, instrument, "respondents")
    whole = cells.groupby("collection")[names].sum()
    told = others.groupby("collection")[names].sum().reindex(whole.index, fill_value=0)
    rest = (whole - told).reset_index().assign(language=usual["language"])
    both = pd.concat([rest, others], ignore_index=True)[[*SPOKEN, *names]]
    known = ((both["language"] != "") & (both["respondents"] > 0)).to_numpy()
    # A copy is in one piece, as hundreds of columns put together are not.
    told = both[known].astype({"language": "str"}).copy()
    return told.sort_values(SPOKEN, ignore_index=True)


def no_languages(instrument: Instrument) -> pd.DataFrame:
    """Nobody's answers by language."""
    names = [*SPOKEN, "respondents", *band_columns(instrument)]
    return pd.DataFrame(columns=names).astype(
        {name: "str" if name == "language" else "int64" for name in names}
    )


def fold_splits(
    backend: ibis.BaseBackend, extracts: Sequence[Path], instrument: Instrument
) -> pd.DataFrame:
    """Moments of scores and products of items, by half of the people and half of the days.

    Rows: one per collection, half of its people and half of its days (LATE_NOT_KNOWN where a date
    is missing) that anybody answered in.
    Columns: collection, half, late, respondents, `moment_column` of every scale, and of every scale
    of few enough items `complete_column`, `sum_column`, `product_column` over those who answered
    all its items; whole numbers.
    Raises: StatisticsTooLarge.
    """
    answers = fold_engine.read(backend, extracts)
    counted = fold_engine.result(backend, fold_expressions.splits, instrument, answers)
    return _whole(counted, SPLIT, instrument, "respondents")


def fold_pairs(
    backend: ibis.BaseBackend,
    extracts: Sequence[Path],
    instrument: Instrument,
    collections: pd.DataFrame,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """What became of the people who answered an earlier and a later wave of a series: pairs, and
    how many scores changed by how much.

    People are joined by their link key within a series. Who answered several phases of one wave
    counts once, by the answers on the whole process, or else those of the latest phase. The group
    is the one given in the later wave. ``collections``: collection, series, wave, phase of every
    collection that is to be read and the position of an extract that holds answers of it, one row
    for each such extract; its rows in other extracts are out of date and are passed over.

    Rows: pairs: one per later and earlier collection and group with at least one person in both;
    an earlier wave is paired with itself, which gives everybody who can be followed from it.
    Differences: one per later and earlier collection, place of the scale, and difference.
    Columns: pairs: collection (the later), earlier, group, people, `moment_column` of the changes
    of every scale over those who have a score in both waves, `before_column` of the earlier scores,
    and `choice_column` of every ordinal item with a threshold over those who answered it twice.
    Raises: StatisticsTooLarge.
    """
    wanted = fold_engine.shown(backend, "collections", _ranked(collections, extracts))
    twice = collections.drop_duplicates("collection").duplicated(["series", "wave"]).any()
    choose = fold_expressions.chosen_people if twice else fold_expressions.people
    answers = fold_engine.read(backend, extracts)
    people = fold_engine.kept(backend, choose, instrument, answers, wanted)
    changes = fold_engine.kept(backend, fold_expressions.changes, instrument, people)
    paired = fold_engine.result(backend, fold_expressions.pairs, instrument, changes)
    pairs = _whole(paired, PAIR, instrument, "people")
    if not instrument.scales:
        return pairs, no_differences()
    differing = fold_engine.result(backend, fold_expressions.differences, instrument, changes)
    return pairs, _whole(differing, DIFFERENCE, instrument, "n")


def no_differences() -> pd.DataFrame:
    """The differences of nobody."""
    return pd.DataFrame(columns=[*DIFFERENCE, "n"]).astype("int64")


def merge(parts: Sequence[pd.DataFrame], keys: Sequence[str]) -> pd.DataFrame:
    """The statistics of a union: the sum of the statistics of its parts, key by key."""
    whole = pd.concat(parts, ignore_index=True)
    return whole.groupby(list(keys), as_index=False, sort=True).sum()


def check_size(instrument: Instrument, people: int) -> None:
    """Nothing, when the squares of so many scores fit in 64 bits. Raises: StatisticsTooLarge."""
    if people * instrument.score_unit**2 > LARGEST:
        raise StatisticsTooLarge(
            f"{instrument.key}: the squares of {people} scores in units of {instrument.score_unit} "
            "do not fit in 64 bits. Use scales of fewer items, so that the unit is smaller."
        )


def _unpacked(cells: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    largest = int(cells["respondents"].max()) if len(cells) else 0
    if largest >= 1 << PACK_BITS:
        raise StatisticsTooLarge(
            f"{instrument.key}: a group of one collection has {largest} responses; at most "
            f"{(1 << PACK_BITS) - 1} are counted. Divide it into several collections."
        )
    counts = {
        count_column(item, code): (
            cells[pack_column(item, codes)].to_numpy() >> (PACK_BITS * place)
        )
        & ((1 << PACK_BITS) - 1)
        for item, codes in packs(instrument)
        for place, code in enumerate(codes)
    }
    kept = [*CELL, "respondents"]
    moments = [*moment_columns(instrument), *band_columns(instrument)]
    return pd.concat([cells[kept], pd.DataFrame(counts), cells[moments]], axis=1)


def _ranked(collections: pd.DataFrame, extracts: Sequence[Path]) -> pa.Table:
    """The collections with the rank of their phase: the whole process first, then the latest."""
    phase = collections["phase"]
    place = phase.str[1:].astype("int32").where(phase != WHOLE_PROCESS, 9)
    files = pa.array([str(path) for path in extracts], pa.string())
    return pa.table(
        {
            "collection": pa.array(collections["collection"], pa.int32()),
            "filename": files.take(pa.array(collections["extract"])),
            "series": pa.array(collections["series"], pa.string()),
            "wave": pa.array(collections["wave"], pa.string()),
            "place": pa.array(place, pa.int32()),
        }
    )


def _whole(counted: pa.Table, keys: list[str], instrument: Instrument, people: str) -> pd.DataFrame:
    """The result in order of its keys, as 64-bit whole numbers. Raises: StatisticsTooLarge."""
    columns = {
        name: counted[name].cast("string")
        if name in ("group", "language")
        else pc.cast(pc.fill_null(counted[name], 0), "int64")
        for name in counted.column_names
    }
    frame = pa.table(columns).to_pandas()
    check_size(instrument, int(frame[people].sum()))
    return frame.sort_values(keys, ignore_index=True)
