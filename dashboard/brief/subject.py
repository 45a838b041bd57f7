"""What a brief is of: an entity that the reader may see, and the surveys that it reads."""

from __future__ import annotations

from dashboard.figures import figures, names, publication
from dashboard.sections.scope import Scope, answered, latest_of
from dashboard.session import Viewing
from dashboard.truth import engine
from dashboard.wording import say
from data import access, records
from data.access import User
from data.database import reading
from metrics.metric import Level
from survey.instrument import WAVES

#: The code of the whole portfolio; how many codes a refusal names.
WHOLE, NAMED = "all", 20


class NoSuchSubject(Exception):
    """There is no such entity, or it is not for this reader: the two look alike."""


def may_read(user: User, level: str, entity: int) -> bool:
    """Whether figures of an entity are for a user."""
    if level not in set(Level):
        return False
    allowed = access.visible_entities(user, Level(level))
    return allowed is None or entity in allowed


def name_of(viewing: Viewing, level: str, entity: int) -> str:
    """What an entity is called. Raises: NoSuchSubject."""
    if not may_read(viewing.user, level, entity):
        raise NoSuchSubject(f"{level} {entity}")
    if level == Level.PORTFOLIO:
        return say("participation.portfolio", viewing.language)
    called = names(viewing, Level(level))
    if entity not in called:
        raise NoSuchSubject(f"{level} {entity}")
    return called[entity]


def coded(viewing: Viewing, level: str, code: str) -> int:
    """The number of an entity by its code; that of the whole portfolio is ``all``.

    Raises: NoSuchSubject, naming some codes that there are.
    """
    if level == Level.PORTFOLIO:
        known = {WHOLE: 0}
    else:
        read = {
            Level.PROGRAMME: records.programmes,
            Level.FUNDER: records.funders,
            Level.AREA: records.areas,
            Level.THEME: records.themes,
            Level.PROJECT: records.project_names,
        }[Level(level)]
        with reading(engine()) as connection:
            known = {entity.code: entity.id for entity in read(connection, viewing.user)}
    if code not in known or not may_read(viewing.user, level, known[code]):
        raise NoSuchSubject(", ".join(sorted(known)[:NAMED]))
    return known[code]


def scope_of(viewing: Viewing, level: str, entity: int) -> Scope:
    """What a page of the entity opens with: the last survey, by its first questionnaires.

    Raises: NoSuchSubject; NothingPublished before the first refresh.
    """
    name_of(viewing, level, entity)
    facts = publication()
    totals = {
        name: figures(viewing, level=level, entity=entity, metric=name, split="total")
        for name in ("process_quality", "benefit_share", "outcome_score")
    }
    everything = [result for results in totals.values() for result in results]
    wave = latest_of([code for code in WAVES if any(r.wave == code for r in everything)])
    process = answered(totals["process_quality"], wave)
    outcome = answered([*totals["benefit_share"], *totals["outcome_score"]], wave)
    return Scope(level, entity, facts, wave, next(iter(process), None), next(iter(outcome), None))
