"""Unsaved work on a reported value: what was seen, and what is to be different."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from data.reporting.desk import DeskLine
from data.reporting.values import Conflict

MINE, THEIRS = "mine", "theirs"
#: What says how much there is, in a number or in words.
SAID = ("value", "cumulative", "text")


@dataclass
class Draft:
    """What somebody is writing on top of the version of a value that they saw.

    seen: the columns as they were; changed: those that are to be otherwise. conflict: what
    somebody else stored meanwhile; choices: which of the two is to stand, by column.
    """

    reported: int
    version: int
    seen: Mapping[str, object]
    changed: dict[str, object] = field(default_factory=dict)
    conflict: Conflict | None = None
    choices: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, line: DeskLine, method_note: str | None) -> Draft:
        """A draft that changes nothing yet."""
        seen = {
            "state": line.state.value,
            "value": line.value,
            "cumulative": line.cumulative,
            "text": line.text,
            "method_note": method_note,
        }
        return cls(line.reported, line.version, seen)

    def says(self, name: str) -> object:
        """What a column is to hold."""
        return self.changed.get(name, self.seen[name])

    def put(self, name: str, said: object) -> None:
        """Say something else; what is as it was seen is no change."""
        if said == self.seen[name]:
            self.changed.pop(name, None)
        else:
            self.changed[name] = said

    def changes(self) -> dict[str, object]:
        """What is to be stored. A zero is told from a figure by its number, so the state is said
        only where there is neither a number nor words."""
        told = dict(self.changed)
        if self.says("state") in ("not_reported", "not_applicable"):
            for name in SAID:
                told.pop(name, None)
            return told | dict.fromkeys(SAID) if "state" in told else told
        if told.keys() & {"state", "value", "text"}:
            there = {name: self.says(name) for name in ("value", "text")}
            there = {name: said for name, said in there.items() if said is not None}
            told.pop("state", None)
            return told | (there or {"state": "value"})
        return told

    # --- two at once ----------------------------------------------------------------------------

    def meet(self, conflict: Conflict) -> None:
        """Hold what somebody else stored meanwhile beside this, for the writer to choose."""
        self.conflict, self.choices = conflict, {}

    def undecided(self) -> list[str]:
        """What both changed and the writer has not chosen yet."""
        clashing = self.conflict.clashing if self.conflict else ()
        return [name for name in clashing if name not in self.choices]

    def theirs(self, name: str) -> object:
        """What somebody else made of a column."""
        events = self.conflict.theirs if self.conflict else ()
        found = [event.changes[name] for event in events if name in event.changes]
        return found[-1][1] if found else None

    def decide(self) -> int:
        """The version to store on, after what is to stand as theirs is dropped from this draft."""
        if self.conflict is None:
            return self.version
        for name, whose in self.choices.items():
            if whose == THEIRS:
                self.changed.pop(name, None)
        return self.conflict.version
