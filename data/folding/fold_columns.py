"""The names of what is folded: keys of the tables, and one column for each count, sum or moment."""

from __future__ import annotations

from metrics.frames import BANDS, PRODUCT_ITEMS
from survey.instrument import AnswerKind, Instrument
from survey.scoring import ItemScale, Term, score_rules

#: Changes of the same people are folded from the earlier to the later wave of each pair.
WAVE_PAIRS = (("baseline", "end"), ("baseline", "follow_up"), ("during", "end"))
#: Paired with itself, a wave gives everybody who can be followed from it.
EARLIER_WAVES = ("baseline", "during")

#: The fewest items of a scale whose score says something beside one of them.
BANDED_ITEMS = 3

MOMENTS = ("n", "total", "squares")
CELL = ["collection", "group"]
#: half: of the people, 0 or 1. late: of the collection's days, 0 or 1, or LATE_NOT_KNOWN.
SPLIT = ["collection", "half", "late"]
#: language: of the answers to a collection.
SPOKEN = ["collection", "language"]
PAIR = ["collection", "earlier", "group"]
DIFFERENCE = ["collection", "earlier", "scale", "difference"]
LATE_NOT_KNOWN = -1
#: Answers to one item below (0) or at its threshold or above (1): earlier and later.
CHOICES = ((0, 0), (0, 1), (1, 0), (1, 1))


def count_column(item: str, code: int) -> str:
    """The column of a fold that counts one answer to one item: ``GOAL1=4``."""
    return f"{item}={code}"


def moment_column(scale: str, moment: str) -> str:
    """The column of a fold that holds one moment of one scale: ``GOAL:squares``."""
    return f"{scale}:{moment}"


def before_column(scale: str, moment: str) -> str:
    """The column of pairs that holds a moment of the earlier score: ``GOAL before:squares``."""
    return moment_column(f"{scale} before", moment)


def choice_column(item: str, before: int, after: int) -> str:
    """The column of pairs that counts who answered so before and so after: ``GOAL1:0>1``."""
    return f"{item}:{before}>{after}"


def complete_column(scale: str) -> str:
    """The column of splits that counts who answered every item of a scale: ``GOAL*``."""
    return f"{scale}*"


def sum_column(scale: str, place: int) -> str:
    """The column of splits that sums one item over them: ``GOAL*1``."""
    return f"{scale}*{place}"


def product_column(scale: str, first: int, second: int) -> str:
    """The column of splits that sums the product of two items over them: ``GOAL*1*2``."""
    return f"{scale}*{first}*{second}"


def band_column(item: str, band: int) -> str:
    """The column of cells with people, sum and squares of one item in one band: ``GOAL1~2``."""
    return f"{item}~{band}"


def scales_of(instrument: Instrument) -> list[str]:
    """Every scale, each after those that it is made of."""
    return [rule.code for rule in score_rules(instrument)]


def multiplied_scales(instrument: Instrument) -> list[ItemScale]:
    """The scales whose items are multiplied with each other: those of few enough items."""
    return [
        rule
        for rule in score_rules(instrument)
        if isinstance(rule, ItemScale) and len(rule.terms) <= PRODUCT_ITEMS
    ]


def banded_items(instrument: Instrument) -> list[tuple[ItemScale, Term]]:
    """The items that are told by band of their scale's score, each with its first scale."""
    found: dict[str, tuple[ItemScale, Term]] = {}
    for rule in multiplied_scales(instrument):
        kinds = {instrument.answers_of(term.item).kind for term in rule.terms}
        if len(rule.terms) >= BANDED_ITEMS and kinds == {AnswerKind.ORDINAL}:
            found = {term.item: (rule, term) for term in rule.terms} | found
    return list(found.values())


def band_bits(rule: ItemScale) -> tuple[int, int]:
    """Where the sum and the squares start in the one number that holds people, sum and squares.

    The first is also the bits of the people: at answers that span 4 a quarter of a million.
    """
    total, squares = rule.span.bit_length(), (rule.span**2).bit_length()
    people = (63 - total - squares) // 3
    return people, 2 * people + total


def places(rule: ItemScale) -> range:
    """The places of a scale's items, from 1."""
    return range(1, len(rule.terms) + 1)


def thresholds(instrument: Instrument) -> dict[str, int]:
    """The ordinal items that have a threshold, with it."""
    asked = {item.code: instrument.answers_of(item.code) for item in instrument.closed_items}
    return {
        code: answers.threshold
        for code, answers in asked.items()
        if answers.kind is AnswerKind.ORDINAL and answers.threshold is not None
    }


def moment_columns(instrument: Instrument) -> list[str]:
    """Every moment of every scale."""
    return [moment_column(scale, moment) for scale in scales_of(instrument) for moment in MOMENTS]


def band_columns(instrument: Instrument) -> list[str]:
    """Every item and band, people, sum and squares in one number."""
    return [band_column(term.item, band) for _, term in banded_items(instrument) for band in BANDS]


def pair_columns(instrument: Instrument) -> list[str]:
    """Every column of pairs besides their key and people."""
    before = [before_column(scale, moment) for scale in scales_of(instrument) for moment in MOMENTS]
    choices = [choice_column(item, *both) for item in thresholds(instrument) for both in CHOICES]
    return [*moment_columns(instrument), *before, *choices]


def count_columns(instrument: Instrument) -> list[tuple[str, int]]:
    """Every item and code that is counted. A missing answer is what is left of the respondents."""
    return [
        (item.code, code)
        for item in instrument.closed_items
        for code in sorted(instrument.answers_of(item.code).accepted)
    ]
