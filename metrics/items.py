"""What metrics look for in a questionnaire: items by role or kind, and the codes that count."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from metrics.frames import PRODUCT_ITEMS
from survey.instrument import AnswerKind, AnswerSet, Instrument, Item, Role


def with_role(instrument: Instrument, role: Role) -> list[dict]:
    """The valid codes of the items of a role; codes from the threshold up are in the numerator.

    The part is "" where the questionnaire asks once, else the item's code: answers to two items
    come from the same people and are not added up.
    """
    chosen = [item for item in instrument.closed_items if item.role is role]
    return _codes(
        instrument, chosen, lambda answers, code: code >= answers.threshold, alone=len(chosen) == 1
    )


def of_kind(
    instrument: Instrument, kind: AnswerKind, counts: Callable[[AnswerSet, int], bool]
) -> list[dict]:
    """The valid codes of the items of a kind; the part is the item's code."""
    chosen = [
        item for item in instrument.closed_items if instrument.answers_of(item.code).kind is kind
    ]
    return _codes(instrument, chosen, counts)


def scales_of(instrument: Instrument, kind: str) -> list[dict]:
    """Every scale of a questionnaire of a kind, the composites among them; the part is its code.

    Not the all-or-nothing ones: the mean of those is a share, and not a level.
    """
    if instrument.kind != kind:
        return []
    levels = [scale for scale in instrument.scales if scale.combine != "both"]
    return [{"part": scale.code, "scale": scale.code} for scale in levels]


def item_scales(instrument: Instrument) -> list[dict]:
    """Every scale that is made of items, whatever the kind; the part is its code."""
    return [{"part": scale.code, "scale": scale.code} for scale in instrument.scales if scale.items]


def items_of_scales(instrument: Instrument) -> list[dict]:
    """Every scale that is made of items; the part names them in their order.

    "-" stands for an item that an earlier scale has: it is judged once
    (`statistics.reliability.by_item`).
    """
    found: list[dict] = []
    seen: set[str] = set()
    for scale in instrument.scales:
        names = ["-" if item in seen else item for item in scale.items]
        seen.update(scale.items)
        if set(names) - {"-"}:
            found.append({"part": " ".join(names), "scale": scale.code})
    return found


def banded_items(instrument: Instrument) -> list[dict]:
    """The items of `frames.ITEM_BANDS`: of scales of three or more ordinal items, each once; the
    part is the item's code."""
    found: dict[str, dict] = {}
    for scale in instrument.scales:
        kinds = {instrument.answers_of(item).kind for item in scale.items}
        if 3 <= len(scale.items) <= PRODUCT_ITEMS and kinds == {AnswerKind.ORDINAL}:
            found |= {item: {"part": item, "item": item} for item in scale.items}
    return list(found.values())


def levels_of(instrument: Instrument) -> list[dict]:
    """Every scale whose mean is a level, whatever the kind; the part is its code."""
    return scales_of(instrument, instrument.kind)


def at_an_end(instrument: Instrument, best: bool) -> list[dict]:
    """Valid codes of the items that have a best and a worst end; that end is in the numerator.

    A reversed item is best at its lowest code. What asks for a drawback has no end to reach.
    """
    ends = (AnswerKind.ORDINAL, AnswerKind.RECOMMENDATION)
    chosen = [
        item
        for item in instrument.closed_items
        if instrument.answers_of(item.code).kind in ends and item.role is not Role.DRAWBACK
    ]
    upper = {item.code for item in chosen if item.reversed != best}
    return [
        {**entry, "numerator": int(entry["code"] == _end(instrument, entry["item"], upper))}
        for entry in _codes(instrument, chosen, lambda *_: False)
    ]


def _end(instrument: Instrument, item: str, upper: set[str]) -> int:
    answers = instrument.answers_of(item)
    return answers.high if item in upper else answers.low


def totals(atoms: pd.DataFrame) -> pd.DataFrame:
    """The atoms of a metric that is published for totals only."""
    return atoms.drop(columns=["phase", "group"])


def _codes(
    instrument: Instrument,
    items: list[Item],
    counts: Callable[[AnswerSet, int], bool],
    *,
    alone: bool = False,
) -> list[dict]:
    return [
        {
            "part": "" if alone else item.code,
            "item": item.code,
            "code": code,
            "numerator": int(counts(answers, code)),
            "denominator": 1,
        }
        for item in items
        for answers in [instrument.answers_of(item.code)]
        for code in answers.codes
    ]
