"""Who reads and writes the claims of a project, a theme, a funder or the whole portfolio."""

from __future__ import annotations

from data.access import NotPermitted, User, can, require
from data.permissions import FIGURES, Kind, Verb
from metrics.metric import Level


def sees_claims(user: User, level: str, entity: int) -> bool:
    """Whether somebody reads what is claimed of an entity: who sees its figures, and of a project
    who sees what it reports."""
    if level == Level.PROJECT:
        return can(user, Verb.READ, Kind.INDICATOR, entity)
    return can(user, Verb.READ, FIGURES[Level(level)], entity)


def require_claims(user: User, level: str, entity: int) -> None:
    """Nothing, when somebody may write what is claimed of an entity: of a project who reports it,
    above projects who reports all of them. Raises: NotPermitted."""
    if level not in tuple(Level):
        raise NotPermitted(
            f"{user.name} may claim nothing of {level!r}. Choose what it is about.", user, "claim"
        )
    require(user, Verb.REPORT, Kind.INDICATOR, entity if level == Level.PROJECT else None)
