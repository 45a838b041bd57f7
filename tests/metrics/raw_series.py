"""The frames of items and of people who are followed, grouped from raw answers the plain way."""

from __future__ import annotations

from itertools import combinations_with_replacement

import pandas as pd

from metrics.frames import BAND_COLUMNS, PRODUCT_COLUMNS, PRODUCT_ITEMS, SUM_COLUMNS
from survey.instrument import AnswerKind, Instrument
from survey.scoring import ItemScale, score, score_rules

WAVE = ["project", "instrument", "wave"]
SERIES = ["project", "instrument", "earlier", "wave"]
PAIRS = (("baseline", "end"), ("baseline", "follow_up"), ("during", "end"))


def products(wide: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """`frames.SCALE_PRODUCTS` of the answers to one questionnaire."""
    found = []
    for rule in score_rules(instrument):
        if not isinstance(rule, ItemScale) or len(rule.terms) > PRODUCT_ITEMS:
            continue
        whole = wide[(wide[[term.item for term in rule.terms]] >= 0).all(axis=1)]
        units = {
            str(place): whole[term.item].rsub(term.high)
            if term.reversed
            else whole[term.item] - term.low
            for place, term in enumerate(rule.terms, 1)
        }
        sums = {f"s{place}": unit for place, unit in units.items()}
        sums |= {
            f"p{a}{b}": units[a] * units[b] for a, b in combinations_with_replacement(units, 2)
        }
        table = pd.DataFrame({**whole[WAVE], **sums, "n": 1}).groupby(WAVE, as_index=False).sum()
        found.append(table.assign(scale=rule.code, items=len(rule.terms)))
    columns = [*WAVE, "scale", "items", "n", *SUM_COLUMNS, *PRODUCT_COLUMNS]
    return pd.concat(found, ignore_index=True).reindex(columns=columns, fill_value=0).fillna(0)


def bands(wide: pd.DataFrame, instrument: Instrument, whose: str = "group") -> pd.DataFrame:
    """`frames.ITEM_BANDS` of the answers to one questionnaire, or `frames.ITEM_LANGUAGES`."""
    found: dict[str, pd.DataFrame] = {}
    for scale in instrument.scales:
        kinds = {instrument.answers_of(item).kind for item in scale.items}
        if not 3 <= len(scale.items) <= PRODUCT_ITEMS or kinds != {AnswerKind.ORDINAL}:
            continue
        whole = wide[(wide[list(scale.items)] >= 0).all(axis=1)]
        offered = instrument.answers_of(scale.items[0]).codes
        units = pd.DataFrame({
            item: offered[-1] - whole[item] if instrument.item(item).reversed
            else whole[item] - offered[0]
            for item in scale.items
        }, index=whole.index)  # fmt: skip
        most = (offered[-1] - offered[0]) * len(scale.items)
        band = 1 + 5 * units.sum(axis=1) // (most + 1)
        for item in set(scale.items) - set(found):
            columns = {"n": pd.Series(1, index=whole.index)}
            for number in range(1, 6):
                there = (band == number).astype(int)
                columns |= {
                    f"{moment}{number}": there * units[item] ** power
                    for power, moment in enumerate("ntq")
                }
            table = pd.concat([whole[[*WAVE, whose]], pd.DataFrame(columns)], axis=1)
            summed = table.groupby([*WAVE, whose], as_index=False).sum()
            found[item] = summed.assign(item=item)
    columns = [*WAVE, whose, "item", "n", *BAND_COLUMNS]
    return pd.concat([pd.DataFrame(columns=columns), *found.values()], ignore_index=True)[columns]


def scored(wide: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """One row a response and scale that is scored, with whom and when; x in whole units."""
    scores = score(wide, instrument).astype("Int64")
    long = pd.concat([wide[[*WAVE, "phase", "link_key"]], scores], axis=1).melt(
        [*WAVE, "phase", "link_key"], list(scores.columns), var_name="scale", value_name="x"
    )
    return long[long["x"].notna()].astype({"x": int, "scale": str})


def moments(long: pd.DataFrame, keys: list[str], unit: int) -> pd.DataFrame:
    """Count, sum and sum of squares of x."""
    table = long.assign(n=1, total=long["x"], squares=long["x"] ** 2)
    sums = table.groupby([*keys, "scale"], as_index=False)[["n", "total", "squares"]].sum()
    return sums.assign(unit=unit)


def chosen(wide: pd.DataFrame) -> pd.DataFrame:
    """The response of each person and wave: on the whole process, else on the last phase."""
    rank = wide["phase"].replace("P0", "P9")
    linked = wide.assign(rank=rank)[wide["link_key"].notna()].sort_values("rank", kind="stable")
    return linked.drop_duplicates(["project", "wave", "link_key"], keep="last").drop(columns="rank")


def differences(wide: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """`frames.PAIRED_DIFFERENCES` of one questionnaire."""
    long = scored(chosen(wide), instrument)
    found = []
    for earlier, later in PAIRS:
        both = _joined(long, earlier, later, ["project", "link_key", "scale"], ["x"])
        both = both.assign(difference=both["x"] - both["x_before"], n=1)
        keys = [*SERIES, "scale", "difference"]
        found.append(both.groupby(keys, as_index=False)["n"].sum())
    return pd.concat(found, ignore_index=True).assign(unit=instrument.score_unit)


def choices(wide: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """`frames.PAIRED_CHOICES` of one questionnaire."""
    columns = [*SERIES, "item", "before", "after", "n"]
    people, found = chosen(wide), [pd.DataFrame(columns=columns)]
    for item in instrument.closed_items:
        answers = instrument.answers_of(item.code)
        if answers.kind is not AnswerKind.ORDINAL or answers.threshold is None:
            continue
        valid = people[people[item.code] >= 0].assign(
            item=item.code, yes=lambda rows, i=item, a=answers: rows[i.code] >= a.threshold
        )
        for earlier, later in PAIRS:
            both = _joined(valid, earlier, later, ["project", "link_key", "item"], ["yes"])
            both = both.assign(before=both["yes_before"].astype(int), after=both["yes"].astype(int))
            keys = [*SERIES, "item", "before", "after"]
            found.append(both.assign(n=1).groupby(keys, as_index=False)["n"].sum())
    return pd.concat(found, ignore_index=True)


def retention(wide: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """`frames.RETENTION` of one questionnaire."""
    people = chosen(wide)
    long = scored(people, instrument)
    found = []
    for earlier, later in PAIRS:
        asked = wide.loc[wide["wave"] == later, "project"].unique()
        before = long[(long["wave"] == earlier) & long["project"].isin(asked)]
        came = people.loc[people["wave"] == later, ["project", "link_key"]].assign(retained=1)
        both = before.merge(came, on=["project", "link_key"], how="left").fillna({"retained": 0})
        both = both.assign(earlier=earlier, wave=later, retained=both["retained"].astype(int))
        found.append(moments(both, [*SERIES, "retained"], instrument.score_unit))
    return pd.concat(found, ignore_index=True)


def _joined(
    long: pd.DataFrame, earlier: str, later: str, person: list[str], values: list[str]
) -> pd.DataFrame:
    before = long.loc[long["wave"] == earlier, [*person, *values]]
    both = long[long["wave"] == later].merge(before, on=person, suffixes=("", "_before"))
    return both.assign(earlier=earlier)
