"""Who could answer in the invented projects, and who did answer which survey."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.sample.effects import KNOWN_EFFECTS, LAST_DAY

_FIRST_RATE = {"benefit@1": 0.62, "process_quality@1": 0.55, "process_pulse@1": 0.50}
#: Share that answers again of those who answered the first survey of the same kind, and share
#: that joins of those who did not, by instrument and wave.
_AGAIN = {
    ("benefit@1", "end"): (0.70, 0.20),
    ("benefit@1", "follow_up"): (0.63, 0.10),
    ("process_quality@1", "end"): (0.68, 0.22),
    ("process_quality@1", "follow_up"): (0.55, 0.15),
}
_FADING = (0.22, 0.04)
_LANGUAGES = {"fi": 0.82, "sv": 0.07, "en": 0.11}
_UNLINKED = 0.05


def people(portfolio: list[dict], rng: np.random.Generator) -> pd.DataFrame:
    """Everybody who could answer: project, group, link_key (None for a few), language."""
    groups = pd.DataFrame(
        [
            (project["code"], group, count)
            for project in portfolio
            for group, count in project["people"].items()
        ],
        columns=["project", "group", "count"],
    )
    everyone = groups.loc[groups.index.repeat(groups["count"]), ["project", "group"]]
    everyone = everyone.reset_index(drop=True)
    keys = pd.Series(identifiers(len(everyone), rng), dtype=object)
    everyone["link_key"] = keys.where(rng.random(len(everyone)) >= _UNLINKED, None)
    everyone["language"] = rng.choice(list(_LANGUAGES), len(everyone), p=list(_LANGUAGES.values()))
    everyone["person"] = np.arange(len(everyone))
    return everyone


def identifiers(count: int, rng: np.random.Generator) -> list[str]:
    """As many random identifiers of 32 hexadecimal digits."""
    digits = rng.bytes(16 * count).hex()
    return [digits[at : at + 32] for at in range(0, len(digits), 32)]


def invited(collections: pd.DataFrame, everyone: pd.DataFrame) -> pd.DataFrame:
    """How many of each group were invited to each collection, where that is known.

    Rows: one per collection and group; the comparison is left out where nobody counted.
    """
    counts = everyone.groupby(["project", "group"], sort=False).size().rename("invited")
    rows = collections[["collection", "project"]].merge(counts.reset_index(), on="project")
    unknown = (rows["project"] == KNOWN_EFFECTS.uncounted_project) | (
        (rows["project"] == KNOWN_EFFECTS.half_counted_project) & (rows["group"] == "RES")
    )
    return rows.loc[~unknown, ["collection", "group", "invited"]].reset_index(drop=True)


def respondents(
    collections: pd.DataFrame, everyone: pd.DataFrame, rng: np.random.Generator
) -> pd.DataFrame:
    """Who answered which collection.

    Rows: one per response. Columns: those of the collection and of the person, answered_on.
    """
    again = [
        key in _AGAIN for key in zip(collections["instrument"], collections["wave"], strict=True)
    ]
    asked = collections.merge(everyone, on="project")
    later = asked["collection"].isin(collections.loc[again, "collection"])
    first = _chosen(asked[~later].assign(rate=asked["instrument"].map(_FIRST_RATE)), rng)
    known = first.loc[first["instrument"] != "process_pulse@1", ["person", "instrument"]].assign(
        before=True
    )
    second = asked[later].merge(known, on=["person", "instrument"], how="left")
    second["before"] = second["before"].notna()
    second = _chosen(second.assign(rate=_rate_again(second)), rng)
    answered = pd.concat([first, second], ignore_index=True)
    answered = answered.sort_values(["collection", "person"], ignore_index=True)
    days = rng.integers(0, 22, len(answered))
    opened = pd.to_datetime(answered["opens_on"])
    on = (opened + pd.to_timedelta(days, unit="D")).clip(upper=pd.Timestamp(LAST_DAY))
    answered["answered_on"] = on.dt.date
    return answered.drop(columns=["rate", "before"])


def _rate_again(asked: pd.DataFrame) -> np.ndarray:
    keys = pd.MultiIndex.from_frame(asked[["instrument", "wave"]])
    rates = pd.DataFrame(_AGAIN).T.reindex(keys).to_numpy(dtype=float, copy=True)
    fading = (asked["project"] == KNOWN_EFFECTS.fading_project).to_numpy()
    rates[fading] = _FADING
    return np.where(asked["before"], rates[:, 0], rates[:, 1])


def _chosen(asked: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """The share ``rate`` of each collection, group and history, drawn by lot."""
    if "before" not in asked:
        asked = asked.assign(before=False)
    drawn = asked.iloc[rng.permutation(len(asked))]
    strata = drawn.groupby(["collection", "group", "before"], sort=False)
    place = strata.cumcount()
    wanted = np.floor(drawn["rate"] * strata["person"].transform("size") + 0.5)
    return drawn[place < wanted]
