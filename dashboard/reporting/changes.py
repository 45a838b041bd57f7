"""Changes of a reported value in words: before and after."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from dashboard.reporting import words
from dashboard.wording import say
from metrics.metric import ValueState

#: What a person knows by another name, or need not see: how it is stored.
_HIDDEN = ("metric", "revision")


def change_words(changes: Mapping[str, Any], language: str) -> str:
    """Every change one after the other; a dash where nothing is told of it."""
    told = [
        say(
            "report.change",
            language,
            what=say(f"report.field.{name}", language),
            before=field_words(name, both[0], language),
            after=field_words(name, both[1], language),
        )
        for name, both in changes.items()
        if name not in _HIDDEN and isinstance(both, list) and len(both) == 2
    ]
    return "; ".join(told) or say("table.none", language)


def field_words(name: str, said: Any, language: str) -> str:
    """What a field of a reported value held."""
    if said is None or said == "":
        return say("table.none", language)
    if name == "state":
        return words.state_words(ValueState(said), language)
    if name == "basis":
        return words.basis_words(said, language)
    if name == "status":
        return words.status_words(said, language)
    return str(said)
