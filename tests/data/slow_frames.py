"""The frames of halves, days, products and people over waves once more: from raw responses, with
loops over people, from the definitions alone.

A response is collection, group, link_key (None: not linked), id, answered_on and language (None:
not known), and answers (item to code). A collection is project, wave, phase, opens_on and
closes_on. All are of one instrument.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from itertools import product

import pandas as pd

from survey.instrument import AnswerKind, Instrument
from survey.scoring import score

PAIRS = (("baseline", "end"), ("baseline", "follow_up"), ("during", "end"))
#: Items of a scale that are multiplied with each other, at most.
MOST_ITEMS = 8


def slow_frames(
    responses: list[dict], collections: Mapping[int, dict], instrument: Instrument
) -> dict[str, pd.DataFrame]:
    """Every frame by its name, as `metrics.frames` says what a row is."""
    items = [item.code for item in instrument.closed_items]
    answers = pd.DataFrame([each["answers"] for each in responses], columns=items).astype("Int64")
    scores = score(answers, instrument)
    people = [
        {**each, **collections[each["collection"]], "scores": _known(scores.loc[place])}
        for place, each in enumerate(responses)
    ]
    key, unit = instrument.key, instrument.score_unit
    halves = _moments(((p["project"], key, p["wave"], _half(p)), p["scores"]) for p in people)
    days = _moments(
        ((p["project"], key, p["wave"], _late(p)), p["scores"])
        for p in people
        if _late(p) is not None
    )
    wave = ["project", "instrument", "wave"]
    series = ["project", "instrument", "earlier", "wave"]
    differences, choices, kept = _followed(people, collections, instrument)
    return {
        "split_halves": _frame(halves, [*wave, "half", "scale"], unit),
        "timing": _frame(days, [*wave, "late", "scale"], unit),
        "scale_products": _products(people, instrument),
        "item_bands": _bands(people, instrument, "group"),
        "item_languages": _bands([p for p in people if p["language"]], instrument, "language"),
        "paired_differences": _counts(differences, [*series, "scale", "difference"]).assign(
            unit=unit
        ),
        "paired_choices": _counts(choices, [*series, "item", "before", "after"]),
        "retention": _frame(kept, [*series, "retained", "scale"], unit),
    }


def _known(scores: pd.Series) -> dict[str, int]:
    return {scale: int(value) for scale, value in scores.items() if not pd.isna(value)}


def _half(person: dict) -> int:
    named = person["link_key"] or person["id"]
    return int(pd.util.hash_array(pd.Series([named], dtype=object).to_numpy())[0]) % 2


def _late(person: dict) -> int | None:
    if None in (person["answered_on"], person["opens_on"], person["closes_on"]):
        return None
    passed = (person["answered_on"] - person["opens_on"]).days
    days = (person["closes_on"] - person["opens_on"]).days + 1
    return int(passed >= days / 2)


def _moments(scored: Iterable[tuple[tuple, dict[str, int]]]) -> dict[tuple, list[int]]:
    sums: dict[tuple, list[int]] = defaultdict(lambda: [0, 0, 0])
    for key, scores in scored:
        for scale, value in scores.items():
            found = sums[(*key, scale)]
            found[0] += 1
            found[1] += value
            found[2] += value**2
    return sums


def _frame(sums: dict[tuple, list[int]], keys: list[str], unit: int) -> pd.DataFrame:
    rows = [(*key, *found, unit) for key, found in sums.items()]
    return pd.DataFrame(rows, columns=[*keys, "n", "total", "squares", "unit"])


def _counts(counted: Counter, keys: list[str]) -> pd.DataFrame:
    return pd.DataFrame([(*key, n) for key, n in counted.items()], columns=[*keys, "n"])


def _products(people: list[dict], instrument: Instrument) -> pd.DataFrame:
    rows: dict[tuple, Counter] = defaultdict(Counter)
    for person, scale in product(people, instrument.scales):
        if not scale.items or len(scale.items) > MOST_ITEMS:
            continue
        units = [_units(person["answers"].get(item), item, instrument) for item in scale.items]
        if None in units:
            continue
        wave = (person["project"], instrument.key, person["wave"], scale.code, len(units))
        rows[wave]["n"] += 1
        for a, first in enumerate(units, 1):
            rows[wave][f"s{a}"] += first
            for b, second in enumerate(units[a - 1 :], a):
                rows[wave][f"p{a}{b}"] += first * second
    places = range(1, MOST_ITEMS + 1)
    names = ["n", *(f"s{a}" for a in places)]
    names += [f"p{a}{b}" for a in places for b in places if a <= b]
    keys = ["project", "instrument", "wave", "scale", "items"]
    found = [(*wave, *(sums[name] for name in names)) for wave, sums in rows.items()]
    return pd.DataFrame(found, columns=[*keys, *names])


def _bands(people: list[dict], instrument: Instrument, whose: str) -> pd.DataFrame:
    rows: dict[tuple, Counter] = defaultdict(Counter)
    first = {item: scale for scale in reversed(instrument.scales) for item in scale.items or ()}
    for person, (item, scale) in product(people, first.items()):
        kinds = {instrument.answers_of(each).kind for each in scale.items}
        units = [_units(person["answers"].get(each), each, instrument) for each in scale.items]
        if not 3 <= len(units) <= MOST_ITEMS or kinds != {AnswerKind.ORDINAL} or None in units:
            continue
        # Fifths of the possible sums, of which there is one more than the highest.
        codes = instrument.answers_of(item).codes
        sums = (codes[-1] - codes[0]) * len(units) + 1
        band = next(b for b in range(1, 6) if sum(units) < b * sums / 5)
        found = rows[(person["project"], instrument.key, person["wave"], person[whose], item)]
        unit = units[scale.items.index(item)]
        found.update({"n": 1, f"n{band}": 1, f"t{band}": unit, f"q{band}": unit**2})
    names = ["n", *(f"{moment}{band}" for moment in "ntq" for band in range(1, 6))]
    keys = ["project", "instrument", "wave", whose, "item"]
    found = [(*key, *(sums[name] for name in names)) for key, sums in rows.items()]
    return pd.DataFrame(found, columns=[*keys, *names])


def _units(code: int | None, item: str, instrument: Instrument) -> int | None:
    if code is None or code < 0:
        return None
    offered = instrument.answers_of(item).codes
    return offered[-1] - code if instrument.item(item).reversed else code - offered[0]


def _followed(
    people: list[dict], collections: Mapping[int, dict], instrument: Instrument
) -> tuple[Counter, Counter, dict[tuple, list[int]]]:
    chosen: dict[tuple, dict] = {}
    for person in sorted(people, key=_rank):
        if person["link_key"]:
            chosen[(person["project"], person["wave"], person["link_key"])] = person
    asked = {(each["project"], each["wave"]) for each in collections.values()}
    differences, choices, kept = Counter(), Counter(), []
    for (project, wave, link), before in chosen.items():
        for earlier, later in PAIRS:
            if wave != earlier or (project, later) not in asked:
                continue
            series = (project, instrument.key, earlier, later)
            after = chosen.get((project, later, link))
            kept.append(((*series, int(after is not None)), before["scores"]))
            if after is not None:
                differences.update(_differences(series, before, after))
                choices.update(_choices(series, before, after, instrument))
    return differences, choices, _moments(kept)


def _rank(person: dict) -> int:
    """Of several answers in a wave the last counts: the whole process, or else the latest phase."""
    return 9 if person["phase"] == "P0" else int(person["phase"][1:])


def _differences(series: tuple, before: dict, after: dict) -> list[tuple]:
    both = before["scores"].keys() & after["scores"].keys()
    return [(*series, scale, after["scores"][scale] - before["scores"][scale]) for scale in both]


def _choices(series: tuple, before: dict, after: dict, instrument: Instrument) -> list[tuple]:
    found = []
    for item in instrument.closed_items:
        answers = instrument.answers_of(item.code)
        if answers.kind is not AnswerKind.ORDINAL or answers.threshold is None:
            continue
        codes = [each["answers"].get(item.code, -1) for each in (before, after)]
        if min(codes) >= 0:
            found.append((*series, item.code, *(int(code >= answers.threshold) for code in codes)))
    return found
