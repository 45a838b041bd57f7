"""Unsaved work on a self-assessment: what was seen, and what is to be different."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from data.judgement.assessment_reading import Action, Assessment, Rating
from data.judgement.assessments import Changes, Conflict

#: How events name what was changed of an action.
ACTION = "action:"
MINE, THEIRS = "mine", "theirs"


@dataclass
class Draft:
    """What somebody is writing on top of the version of an assessment that they saw.

    changed, acted, added: what is to be stored, as far as it differs from what was seen. conflict:
    what somebody else stored meanwhile; choices: which of the two is to stand, by what both
    changed.
    """

    assessment: int
    version: int
    ratings: Mapping[str, Rating]
    actions: Mapping[int, Action]
    changed: dict[str, Rating] = field(default_factory=dict)
    acted: dict[int, Action | None] = field(default_factory=dict)
    added: dict[int, Action] = field(default_factory=dict)
    conflict: Conflict | None = None
    choices: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, assessment: Assessment) -> Draft:
        """A draft that changes nothing yet."""
        return cls(
            assessment.id,
            assessment.version,
            dict(assessment.ratings),
            dict(assessment.actions),
        )

    @property
    def is_changed(self) -> bool:
        return bool(self.changed or self.acted or self.added)

    def rating(self, construct: str) -> Rating:
        """What is said of a construct now, stored or not."""
        return self.changed.get(construct) or self.ratings.get(construct, Rating())

    def rate(self, construct: str, **parts: Any) -> None:
        """Say something else of a construct; what is as it was seen is no change."""
        rating = replace(self.rating(construct), **parts)
        if rating == self.ratings.get(construct, Rating()):
            self.changed.pop(construct, None)
        else:
            self.changed[construct] = rating

    def standing(self) -> dict[int, Action]:
        """The stored actions as they are to be, without those that are to go."""
        found = {number: self.acted.get(number, action) for number, action in self.actions.items()}
        return {number: action for number, action in found.items() if action is not None}

    def act(self, number: int, **parts: Any) -> None:
        """Change a stored action."""
        action = replace(self.standing()[number], **parts)
        if action == self.actions[number]:
            self.acted.pop(number, None)
        else:
            self.acted[number] = action

    def remove(self, number: int) -> None:
        """Take a stored action away."""
        self.acted[number] = None

    def add(self, action: Action) -> None:
        """One more action, under a number that nothing else has had in this draft."""
        self.added[max(self.added, default=0) + 1] = action

    def alter(self, number: int, **parts: Any) -> None:
        """Change an action that is not stored yet."""
        self.added[number] = replace(self.added[number], **parts)

    def changes(self) -> Changes:
        """What is to be stored: actions without words are left out."""
        return Changes(
            dict(self.changed),
            dict(self.acted),
            tuple(action for action in self.added.values() if action.text.strip()),
        )

    # --- two at once ----------------------------------------------------------------------------

    def meet(self, conflict: Conflict) -> None:
        """Hold what somebody else stored meanwhile beside this, for the writer to choose."""
        self.conflict, self.choices = conflict, {}

    def undecided(self) -> list[str]:
        """What both changed and the writer has not chosen yet."""
        clashing = self.conflict.clashing if self.conflict else ()
        return [name for name in clashing if name not in self.choices]

    def theirs(self, name: str) -> Mapping[str, Any] | None:
        """What somebody else made of a construct or an action; None where they took it away."""
        events = self.conflict.theirs if self.conflict else ()
        return next((e.changes[name].after for e in reversed(events) if name in e.changes), None)

    def decide(self) -> int:
        """The version to store on, after what is to stand as theirs is dropped from this draft."""
        if self.conflict is None:
            return self.version
        for name, whose in self.choices.items():
            if whose == THEIRS:
                self.changed.pop(name, None)
                if name.startswith(ACTION):
                    self.acted.pop(int(name.removeprefix(ACTION)), None)
            elif name.startswith(ACTION) and self.theirs(name) is None:
                # What they took away cannot be changed: it is put there anew.
                mine = self.acted.pop(int(name.removeprefix(ACTION)), None)
                if mine is not None:
                    self.add(mine)
        return self.conflict.version


def rating_of(told: Mapping[str, Any] | None) -> Rating:
    """What an event says of a construct."""
    return Rating(**told) if told else Rating()


def action_of(told: Mapping[str, Any] | None) -> Action | None:
    """What an event says of an action; None where it was taken away."""
    if told is None:
        return None
    days = {name: _day(told.get(name)) for name in ("due_on", "done_on")}
    return Action(**{**told, **days})


def _day(written: str | None) -> date | None:
    return date.fromisoformat(written) if written else None
