"""What may be written in a self-assessment, and what is wrong with the rest."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import sqlalchemy as sa

from data import schema
from data.access import User
from data.judgement.assessment_reading import SUBMITTED, Action, Rating
from survey.rubric import rubric

_LONGEST = {"reason": 4000, "evidence_link": 500, "text": 2000, "owner": 200}
_LEVELS = (None, 1, 2, 3, 4)


class InvalidAssessment(Exception):
    """What was to be written cannot be; code: one of "construct", "level", "link", "too_long",
    "empty", "action", "state", "project", "person", "phase"."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class IncompleteAssessment(Exception):
    """An assessment that cannot be submitted yet. missing: the constructs nothing is said of."""

    def __init__(self, missing: tuple[str, ...]) -> None:
        super().__init__(
            f"No level yet for {', '.join(missing)}: choose one, or say that it does not apply."
        )
        self.missing = missing


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be changed: ratings by construct, actions by number (None: taken away), new
    actions. What is not named stays as it is."""

    ratings: Mapping[str, Rating] = field(default_factory=dict)
    actions: Mapping[int, Action | None] = field(default_factory=dict)
    new_actions: Sequence[Action] = ()


def refuse_unknown(
    connection: sa.Connection, user: User, project: int, phase: str, kind: str
) -> None:
    if kind not in schema.ASSESSMENT_KINDS or phase not in rubric().phases:
        raise InvalidAssessment("phase", f"There is no assessment {kind!r} of a phase {phase!r}.")
    for code, table, number in (
        ("project", schema.Project, project),
        ("person", schema.AppUser, user.id),
    ):
        if connection.scalar(sa.select(table.id).where(table.id == number)) is None:
            raise InvalidAssessment(code, f"There is no {code} {number} to assess: sign in again.")


def refuse_submitted(row: sa.Row) -> None:
    if row.state == SUBMITTED:
        raise InvalidAssessment("state", "The assessment is submitted. Reopen it with a reason.")


def constructs_of(row: sa.Row) -> tuple[str, ...]:
    """What an assessment judges, by the rubric that it was begun with."""
    return tuple(rubric(row.rubric_version).of(row.phase))


def refuse_construct(construct: str, row: sa.Row) -> None:
    if construct not in constructs_of(row):
        raise InvalidAssessment("construct", f"{row.phase} is not judged by {construct!r}.")


def is_judged(rating: Rating) -> bool:
    return rating.not_applicable or rating.level is not None


def tidied(changes: Changes, row: sa.Row) -> Changes:
    """The same changes without needless spaces. Raises: InvalidAssessment."""
    for construct in changes.ratings:
        refuse_construct(construct, row)
    return Changes(
        {construct: _tidy_rating(rating) for construct, rating in changes.ratings.items()},
        {
            number: None if action is None else _tidy_action(action, row)
            for number, action in changes.actions.items()
        },
        tuple(_tidy_action(action, row) for action in changes.new_actions),
    )


def _tidy_rating(rating: Rating) -> Rating:
    if rating.level not in _LEVELS or (rating.level is not None and rating.not_applicable):
        raise InvalidAssessment("level", "A level is 1 to 4, or the construct does not apply.")
    link = tidy("evidence_link", rating.evidence_link)
    if link is not None and not link.lower().startswith(("https://", "http://")):
        raise InvalidAssessment("link", "A link begins with https:// or http://. Correct it.")
    return replace(rating, reason=tidy("reason", rating.reason), evidence_link=link)


def _tidy_action(action: Action, row: sa.Row) -> Action:
    if action.construct is not None:
        refuse_construct(action.construct, row)
    text = tidy("text", action.text)
    if text is None:
        raise InvalidAssessment("empty", "Write what is to be done, or leave the action out.")
    return replace(action, text=text, owner=tidy("owner", action.owner))


def tidy(name: str, words: str | None) -> str | None:
    """The words without space around them; None where nothing is left."""
    words = (words or "").strip()
    if len(words) > _LONGEST[name]:
        raise InvalidAssessment(
            "too_long", f"{name} has {len(words)} letters, at most {_LONGEST[name]}. Shorten it."
        )
    return words or None
