"""The frames of items by band of their scale's score: by group (`frames.ITEM_BANDS`) and by
language (`frames.ITEM_LANGUAGES`)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.folding.fold_columns import band_bits, band_column, banded_items
from data.folding.scale_frames import WAVE, waves
from data.folding.statistics_fold import StatisticsTooLarge
from metrics.frames import BAND_COLUMNS, BANDS
from survey.instrument import Instrument
from survey.scoring import ItemScale


def item_bands(instrument: Instrument, cells: pd.DataFrame, by_id: pd.DataFrame) -> pd.DataFrame:
    """`frames.ITEM_BANDS` of one instrument: one row a project, wave, group and item.

    Raises: StatisticsTooLarge.
    """
    return _banded(instrument, cells, by_id, "group")


def item_languages(
    instrument: Instrument, languages: pd.DataFrame, by_id: pd.DataFrame
) -> pd.DataFrame:
    """`frames.ITEM_LANGUAGES` of one instrument: one row a project, wave, language and item.

    Raises: StatisticsTooLarge.
    """
    return _banded(instrument, languages, by_id, "language")


def _banded(
    instrument: Instrument, folded: pd.DataFrame, by_id: pd.DataFrame, whose: str
) -> pd.DataFrame:
    """One row a project, wave, item and whose answers they are, a group's or a language's."""
    keys = [*WAVE, whose]
    banded = banded_items(instrument)
    names = [band_column(term.item, band) for _, term in banded for band in BANDS]
    place = waves(folded, by_id)
    sums = folded[[whose, "respondents", *names]].reset_index(drop=True)
    whole = pd.concat([place, sums], axis=1)
    # Phases of a wave become one; numbers that hold several sums add up like any other.
    whole = whole.groupby(keys, as_index=False, sort=True).sum()
    named = {name: pd.Categorical(whole[name]) for name in keys if name != "project"}
    items = pd.Series([term.item for _, term in banded], dtype="str")
    kinds = pd.CategoricalDtype(sorted(items))
    stacked = []
    for place_, (rule, term) in enumerate(banded):
        sums = _taken_apart(instrument, rule, term.item, whole)
        row = np.flatnonzero(sums["n"])
        stacked.append(
            pd.DataFrame(
                {
                    "project": whole["project"].to_numpy()[row],
                    **{name: words.take(row) for name, words in named.items()},
                    "item": pd.Categorical(items.iloc[[place_] * len(row)], dtype=kinds),
                    **{name: sums[name][row] for name in ("n", *BAND_COLUMNS)},
                }
            )
        )
    return pd.concat(stacked, ignore_index=True) if stacked else whole.iloc[:0]


def _taken_apart(
    instrument: Instrument, rule: ItemScale, item: str, whole: pd.DataFrame
) -> dict[str, np.ndarray]:
    """People, sum and squares of every band of one item, and the people of all bands."""
    total, squares = band_bits(rule)
    most = int(whole["respondents"].max()) if len(whole) else 0
    if most >= 1 << total:
        raise StatisticsTooLarge(
            f"{instrument.key}: {most} people of one group or language answered in one wave of a "
            f"project; at most {(1 << total) - 1} are counted by band. Divide them into several "
            "projects."
        )
    sums: dict[str, np.ndarray] = {}
    for band in BANDS:
        packed = whole[band_column(item, band)].to_numpy()
        sums[f"n{band}"] = packed & ((1 << total) - 1)
        sums[f"t{band}"] = (packed >> total) & ((1 << (squares - total)) - 1)
        sums[f"q{band}"] = packed >> squares
    sums["n"] = np.sum([sums[f"n{band}"] for band in BANDS], axis=0)
    return sums
