"""What may be quoted of open answers, and how many people wrote about what.

A quote is an answer that somebody read and cleared (with what tells of a person left out), and
only where as many people as a figure needs wrote something to the same question, so that it cannot
be laid at the door of one of a few. It tells neither the group nor the day of who wrote it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import sqlalchemy as sa

from data import schema
from data.access import User, profile_of, visible_rows
from data.permissions import Kind
from data.records.taking_part import with_pupils
from data.voices.open_answers import themes
from data.voices.written import ANYHOW, answers_where, themes_where
from metrics.unsafe import MINIMUM, PUPILS

#: Numbers of people are told in multiples of this, so that one more answer is not seen.
TOLD = 5


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody wrote, as it may be quoted. kinds: of its themes."""

    project: int
    phase: str
    instrument: str
    item: str
    kinds: tuple[str, ...]
    themes: tuple[int, ...]
    text: str


@dataclass(frozen=True, slots=True)
class ThemeCount:
    """How many people of a project wrote about a theme, at least: rounded down to 5."""

    project: int
    theme: int
    people: int


def quotable(connection: sa.Connection, user: User, project: int | None = None) -> list[Quote]:
    """What may be quoted to this user, by project, phase and question.

    Cleared answers only, and none where fewer people than the threshold (of the user's profile)
    wrote something to the same question of the same collection.
    """
    enough = _enough(user).subquery()
    which = [] if project is None else [schema.Collection.project_id == project]
    rows = connection.execute(
        answers_where(schema.AnswerClearance.cleared_at.is_not(None), *which)
        .join(
            enough,
            sa.and_(
                enough.c.collection == schema.Collection.id,
                enough.c.item == schema.OpenAnswer.item,
            ),
        )
        .order_by(None)
        .order_by(schema.Collection.project_id, schema.Collection.phase, *ANYHOW)
    ).all()
    seen: Sequence[sa.Row] = visible_rows(user, Kind.QUOTE, rows, lambda row: row.project_id)
    coded = themes_where(connection, *which)
    kinds = {theme.id: theme.kind for theme in themes(connection)}
    quotes = []
    for row in seen:
        under = coded.get((row.response_id, row.item), ())
        quotes.append(
            Quote(
                row.project_id,
                row.phase,
                f"{row.code}@{row.version}",
                row.item,
                tuple(sorted({kinds[theme] for theme in under})),
                under,
                row.redacted_text or row.text,
            )
        )
    return quotes


def theme_counts(
    connection: sa.Connection, user: User, project: int | None = None
) -> list[ThemeCount]:
    """How many people wrote about each theme in each project that the user may see.

    Missing: a theme that fewer people than the threshold wrote about has no row, like one that
    nobody wrote about; numbers are rounded down, so that a number before and after one answer
    does not tell what it was about.
    """
    coding, response, collection = schema.AnswerCoding, schema.Response, schema.Collection
    # Who answers by a link of their own in two waves is one person.
    person = sa.func.coalesce(response.link_key, sa.cast(coding.response_id, sa.String))
    people = sa.func.count(person.distinct())
    which = [] if project is None else [collection.project_id == project]
    rows = connection.execute(
        sa.select(collection.project_id, coding.theme_id, people.label("people"))
        .join(response, response.id == coding.response_id)
        .join(collection, collection.id == response.collection_id)
        .join(
            schema.InstrumentVersion,
            schema.InstrumentVersion.id == collection.instrument_version_id,
        )
        .where(*which)
        .group_by(collection.project_id, coding.theme_id)
        .having(people >= sa.func.max(_least(user)))
        .order_by(collection.project_id, people.desc(), coding.theme_id)
    ).all()
    seen = visible_rows(user, Kind.QUOTE, rows, lambda row: row.project_id)
    return [ThemeCount(row.project_id, row.theme_id, row.people // TOLD * TOLD) for row in seen]


def _enough(user: User) -> sa.Select:
    """Collections and questions to which as many people as a figure needs wrote something."""
    response, answer, collection = schema.Response, schema.OpenAnswer, schema.Collection
    return (
        sa.select(collection.id.label("collection"), answer.item)
        .join(response, response.collection_id == collection.id)
        .join(answer, answer.response_id == response.id)
        .join(
            schema.InstrumentVersion,
            schema.InstrumentVersion.id == collection.instrument_version_id,
        )
        .group_by(collection.id, answer.item)
        .having(sa.func.count() >= sa.func.max(_least(user)))
    )


def _least(user: User) -> sa.Case[int]:
    """The fewest people whom a collection must have heard: more where they may be pupils."""
    profile = profile_of(user)
    pupils = schema.Collection.project_id.in_(with_pupils()) | (
        schema.InstrumentVersion.body.contains('"audience":"pupil"', autoescape=True)
    )
    return sa.case((pupils, PUPILS[profile]), else_=MINIMUM[profile])
