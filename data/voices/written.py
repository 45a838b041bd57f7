"""What people wrote in their own words, as the tables hold it, and which of it may be read yet."""

from __future__ import annotations

from collections import defaultdict

import sqlalchemy as sa

from data import schema, sheets

#: Numbers of responses are random, so their order says nothing of when they came.
ANYHOW = (schema.OpenAnswer.item, schema.OpenAnswer.response_id)


def came_as_a_file() -> sa.ColumnElement[bool]:
    """Whether a response was imported: nobody saw it come."""
    return ~sa.exists().where(schema.Opening.collection_id == schema.Response.collection_id)


def is_published(connection: sa.Connection) -> sa.ColumnElement[bool]:
    """Whether figures of a response's answers are published: it does not wait for others."""
    member, response = schema.SegmentMember, schema.Response
    held = sa.select(sa.func.max(member.revision)).where(
        member.collection_id == response.collection_id
    )
    facts = sheets.published(connection)
    waiting = [
        (response.collection_id == collection)
        & (response.group_code == group)
        & (response.revision > after)
        for collection, group, after in (facts.withheld if facts else ())
    ]
    return sa.and_(response.revision <= held.scalar_subquery(), ~sa.or_(sa.false(), *waiting))


def answers_where(*which: sa.ColumnElement[bool]) -> sa.Select:
    """Open answers with where they were given and whether they are cleared."""
    answer, cleared, collection = schema.OpenAnswer, schema.AnswerClearance, schema.Collection
    version = schema.InstrumentVersion
    return (
        sa.select(
            answer.response_id,
            answer.item,
            answer.text,
            collection.id.label("collection"),
            collection.project_id,
            collection.phase,
            version.code,
            version.version,
            cleared.cleared_at,
            cleared.redacted_text,
        )
        .join(schema.Response, schema.Response.id == answer.response_id)
        .join(collection, collection.id == schema.Response.collection_id)
        .join(version, version.id == collection.instrument_version_id)
        .outerjoin(
            cleared,
            sa.and_(cleared.response_id == answer.response_id, cleared.item == answer.item),
        )
        .where(*which)
        .order_by(collection.project_id, *ANYHOW)
    )


def themes_where(
    connection: sa.Connection, *which: sa.ColumnElement[bool]
) -> dict[tuple[str, str], tuple[int, ...]]:
    """The themes that answers stand under, by response and item."""
    coding, answer = schema.AnswerCoding, schema.OpenAnswer
    rows = connection.execute(
        sa.select(coding.response_id, coding.item, coding.theme_id)
        .join(answer, sa.and_(answer.response_id == coding.response_id, answer.item == coding.item))
        .join(schema.Response, schema.Response.id == coding.response_id)
        .join(schema.Collection, schema.Collection.id == schema.Response.collection_id)
        .where(*which)
        .order_by(coding.theme_id)
    )
    found: dict[tuple[str, str], list[int]] = defaultdict(list)
    for row in rows:
        found[row.response_id, row.item].append(row.theme_id)
    return {key: tuple(under) for key, under in found.items()}


def coders_where(
    connection: sa.Connection, *which: sa.ColumnElement[bool]
) -> dict[tuple[str, str], tuple[str, ...]]:
    """The names of those who put answers under the themes that they stand under."""
    coding, answer, person = schema.AnswerCoding, schema.OpenAnswer, schema.AppUser
    rows = connection.execute(
        sa.select(coding.response_id, coding.item, person.name)
        .distinct()
        .join(answer, sa.and_(answer.response_id == coding.response_id, answer.item == coding.item))
        .join(person, person.id == coding.coded_by)
        .where(*which)
        .order_by(person.name)
    )
    found: dict[tuple[str, str], list[str]] = defaultdict(list)
    for response, item, name in rows:
        found[response, item].append(name)
    return {key: tuple(names) for key, names in found.items()}
