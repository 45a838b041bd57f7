"""Bias of a statement as a class that one can act upon: negligible, moderate or large.

The limits are those of testing agencies for the standardised mean difference of answers on several
levels; a difference that its test does not tell from chance is negligible, however large.
"""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum

from metrics.metric import Result, ValueState
from survey.text import Text

#: Standard deviations of the item from which bias is moderate, and above which it is large.
MODERATE, LARGE = 0.17, 0.25
#: A p (among all tests of statements, where it is known) up to this is more than chance.
UNLIKELY = 0.05

#: Shares of the best and of the worst answer above which an item tells people apart badly, and the
#: item-rest correlation below which it hardly goes with the rest of its scale; as the formulas of
#: item_ceiling, item_floor and item_rest say.
CEILING, FLOOR, REST = 0.40, 0.15, 0.30


class ItemClass(StrEnum):
    """How far people of one group or language answer unlike others with the same score."""

    A = "A"
    B = "B"
    C = "C"


CLASS_NAMES: dict[ItemClass, Text] = {
    ItemClass.A: Text(fi="pieni", sv="liten", en="negligible"),
    ItemClass.B: Text(fi="kohtalainen", sv="måttlig", en="moderate"),
    ItemClass.C: Text(fi="suuri", sv="stor", en="large"),
}


def item_class(result: Result) -> ItemClass | None:
    """The class of a published difference; None where there is no value.

    Source: Zwick, Thayer & Mazzeo 1997 (limits .17 and .25 with a test).
    """
    if result.state not in (ValueState.VALUE, ValueState.ZERO) or result.value is None:
        return None
    p = result.p if result.p_adjusted is None else result.p_adjusted
    size = abs(result.value)
    if p is None or p > UNLIKELY or size < MODERATE:
        return ItemClass.A
    return ItemClass.C if size > LARGE else ItemClass.B


def worst(results: Iterable[Result]) -> Result | None:
    """The difference that asks most for a look: of the worst class, the largest; None of none."""
    classed = [(item_class(result), abs(result.value or 0), result) for result in results]
    known = [each for each in classed if each[0] is not None]
    return max(known, key=lambda each: each[:2])[2] if known else None
