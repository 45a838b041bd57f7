"""The frames of people who answered an earlier and a later wave.

Pairs of one project, waves and group are one row, whichever phases they were asked in.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.folding.fold_columns import (
    CHOICES,
    MOMENTS,
    WAVE_PAIRS,
    before_column,
    choice_column,
    scales_of,
    thresholds,
)
from data.folding.scale_frames import moments, repeated, summed, waves
from survey.instrument import Instrument

SERIES = ["project", "instrument", "earlier", "wave"]


def paired_moments(
    instrument: Instrument, pairs: pd.DataFrame, by_id: pd.DataFrame
) -> pd.DataFrame:
    """`frames.PAIRED_MOMENTS` of one instrument."""
    pairs = _of_two_waves(pairs)
    place = _series(pairs, by_id).assign(group=pairs["group"].to_numpy())
    return summed(moments(instrument, pairs, place), list(MOMENTS))


def paired_differences(
    instrument: Instrument, differences: pd.DataFrame, by_id: pd.DataFrame
) -> pd.DataFrame:
    """`frames.PAIRED_DIFFERENCES` of one instrument."""
    if differences.empty:
        return differences
    # Summed over phases by the numbers, since words of many rows take longer.
    projects, project = np.unique(by_id["project"].to_numpy(), return_inverse=True)
    kinds, wave = np.unique(by_id["wave"].to_numpy(dtype=object), return_inverse=True)
    later = by_id.index.get_indexer(differences["collection"])
    earlier = by_id.index.get_indexer(differences["earlier"])
    numbers = pd.DataFrame(
        {
            "project": projects[project[later]],
            "earlier": wave[earlier],
            "wave": wave[later],
            **{name: differences[name].to_numpy() for name in ("scale", "difference", "n")},
        }
    )
    counted = summed(numbers, ["n"])
    words = {
        "instrument": (np.zeros(len(counted), dtype="int8"), [instrument.key]),
        "earlier": (counted["earlier"], kinds),
        "wave": (counted["wave"], kinds),
        "scale": (counted["scale"], scales_of(instrument)),
    }
    named = {
        name: pd.Categorical.from_codes(codes, pd.Index(list(values), dtype="str"))
        for name, (codes, values) in words.items()
    }
    return counted.assign(**named, unit=instrument.score_unit)


def paired_choices(
    instrument: Instrument, pairs: pd.DataFrame, by_id: pd.DataFrame
) -> pd.DataFrame:
    """`frames.PAIRED_CHOICES` of one instrument."""
    pairs = _of_two_waves(pairs)
    place = _series(pairs, by_id)
    chosen = [(item, *choice) for item in thresholds(instrument) for choice in CHOICES]
    if not chosen:
        return place.iloc[:0]
    counted = [pairs[choice_column(*each)].to_numpy() for each in chosen]
    given = [np.flatnonzero(n > 0) for n in counted]
    times = [len(rows) for rows in given]
    items, before, after = zip(*chosen, strict=True)
    rows = place.take(np.concatenate(given)).reset_index(drop=True)
    rows = rows.assign(
        item=repeated(items, times),
        before=np.repeat(before, times),
        after=np.repeat(after, times),
        n=np.concatenate([n[there] for n, there in zip(counted, given, strict=True)]),
    )
    return summed(rows, ["n"])


def retention(instrument: Instrument, pairs: pd.DataFrame, by_id: pd.DataFrame) -> pd.DataFrame:
    """`frames.RETENTION` of one instrument: who did not come back is who could be followed less
    who did."""
    everybody = pairs[(pairs["people"] > 0) & (pairs["collection"] == pairs["earlier"])]
    followed = _earlier_moments(instrument, everybody, by_id)
    came = _earlier_moments(instrument, _of_two_waves(pairs), by_id).assign(retained=1)
    asked = by_id.reset_index()[["project", "instrument", "wave"]].drop_duplicates()
    possible = pd.DataFrame(WAVE_PAIRS, columns=["earlier", "wave"])
    possible = asked.merge(possible, on="wave")
    followed = followed.drop(columns="wave").merge(
        possible, on=["project", "instrument", "earlier"]
    )
    lost = came.assign(**{name: -came[name] for name in MOMENTS})
    lost = pd.concat([followed, lost], ignore_index=True).assign(retained=0)
    both = summed(pd.concat([came, lost], ignore_index=True), list(MOMENTS))
    return both[both["n"] > 0].reset_index(drop=True)


def _earlier_moments(
    instrument: Instrument, pairs: pd.DataFrame, by_id: pd.DataFrame
) -> pd.DataFrame:
    place = _series(pairs, by_id)
    return summed(moments(instrument, pairs, place, before_column), list(MOMENTS))


def _of_two_waves(pairs: pd.DataFrame) -> pd.DataFrame:
    return pairs[(pairs["people"] > 0) & (pairs["collection"] != pairs["earlier"])]


def _series(pairs: pd.DataFrame, by_id: pd.DataFrame) -> pd.DataFrame:
    place = waves(pairs, by_id)
    place["earlier"] = by_id["wave"].reindex(pairs["earlier"]).to_numpy()
    return place[SERIES]
