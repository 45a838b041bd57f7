"""What metrics look for in a questionnaire: items by role or kind, and the codes that count."""

from __future__ import annotations

from collections.abc import Callable

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
