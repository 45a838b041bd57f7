"""Retention: what is kept no longer than it is needed, and goes on its day.

Each kind has a rule: after how many days, and which rows. A rule without days keeps for good.
Looking comes first: `due` says what would go, and changes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path

import sqlalchemy as sa

from data import audit, database, schema
from data.access import User, require
from data.fieldwork import invitations, withdrawals
from data.fieldwork.local_time import day_of
from data.keeping import erasure, overwriting
from data.permissions import Kind, Verb
from data.reporting import proofs
from data.schema import Base

#: After how many days each kind goes, unless told otherwise; nothing: it is kept. Docs name them.
DAYS: Mapping[str, int | None] = {
    "rejected_rows": 90,  # after the file came; until then somebody may put the rows right
    "replaced_rows": 365,  # after the file came; until then it can be taken back
    "invitations": 90,  # after the survey closed; joined ones as long as answers are joined
    "taken_back": 365,  # after they were taken back; until then the receipt says so
    "sign_ins": 90,  # after they ended, or were last used
    "sign_in_failures": 30,
    "drafts": 365,  # replies that were begun and never published
    "open_answers": None,  # after the survey closed: what was written in one's own words
    "answers": None,  # after the survey closed: answers one by one; what is published stays
    "proofs": 0,  # after the day until which each is to be kept
}
#: From which tables each kind goes.
_TABLES: Mapping[str, tuple[str, ...]] = {
    "rejected_rows": ("rejected_row",),
    "replaced_rows": ("replaced_row",),
    "invitations": ("invitation", "used_link"),
    "taken_back": ("taken_back",),
    "sign_ins": ("sign_in_session",),
    "sign_in_failures": ("sign_in_failure",),
    "drafts": ("reply",),
    "open_answers": ("open_answer", "answer_coding", "answer_clearance", "audit_event"),
    "answers": ("response", "open_answer", "answer_coding", "answer_clearance", "audit_event"),
    "proofs": (),
}
#: Keys that are listed in one query.
_MANY = 500


class InvalidDays(Exception):
    """A kind that there is no rule for, or fewer days than none."""


@dataclass(frozen=True, slots=True)
class Due:
    """How many rows of a kind are past their day, and after how many days that is."""

    kind: str
    days: int
    rows: int


@dataclass(frozen=True, slots=True)
class Emptied:
    """A published collection that nobody's answers are left of. A program that folds anew has
    nothing to fold there, and drops it from its publications."""

    project: str
    instrument: str
    wave: str
    phase: str


def settled_days(told: Mapping[str, int | None]) -> dict[str, int | None]:
    """The days of every kind, with those that somebody told. Raises: InvalidDays."""
    for kind, days in told.items():
        if kind not in DAYS or (days is not None and days < 0):
            raise InvalidDays(f"{kind}={days}: known are {', '.join(DAYS)}, with 0 days or more.")
    return {**DAYS, **told}


def due(connection: sa.Connection, home: Path, days: Mapping[str, int | None],
        now: datetime) -> list[Due]:  # fmt: skip
    """What is past its day, kind after kind; also where nothing is. Kinds that are kept are left
    out."""
    found = []
    for kind, after in days.items():
        if after is None:
            continue
        if kind == "proofs":
            rows = len(proofs.passed(connection, home, _day(now, after), now))
        else:
            model, mine = _rule(connection, kind, _day(now, after))
            rows = connection.scalar(sa.select(sa.func.count()).select_from(model).where(mine))
        found.append(Due(kind, after, rows))
    return found


def emptied(connection: sa.Connection, days: Mapping[str, int | None], now: datetime
            ) -> list[Emptied]:  # fmt: skip
    """The published collections that have no answers, or will have none once what is past its day
    is deleted: the next program that folds anew drops them from its publications."""
    said, member, fielding = schema.Response, schema.SegmentMember, schema.Collection
    version, project = schema.InstrumentVersion, schema.Project
    stays = sa.true()
    if (after := days.get("answers")) is not None:
        stays = sa.not_(_rule(connection, "answers", _day(now, after))[1])
    left = sa.select(said.collection_id).where(stays)
    found = connection.execute(
        sa.select(project.code, version.code, version.version, fielding.wave, fielding.phase)
        .join(project, project.id == fielding.project_id)
        .join(version, version.id == fielding.instrument_version_id)
        .where(fielding.id.in_(sa.select(member.collection_id)), fielding.id.not_in(left))
        .order_by(project.code, version.code, fielding.id)
    )
    return [Emptied(code, f"{of}@{n}", wave, phase) for code, of, n, wave, phase in found]


def forget(engine: sa.Engine, user: User, home: Path, days: Mapping[str, int | None],
           now: datetime) -> list[Due]:  # fmt: skip
    """What was deleted because its day was past; done again it finds nothing.

    What an erasure had to leave to be overwritten is overwritten on the way, if it can be.
    Raises: NotPermitted.
    """
    with erasure.refreshes_wait(home):
        with database.writing(engine) as connection:
            gone, replaced, files = _forgotten(connection, user, home, days, now)
            if tables := {table for each in gone if each.rows for table in _TABLES[each.kind]}:
                overwriting.owe(home, tables, day_of(now))
        # Nothing before the transaction stands: rows that come back need their files.
        erasure.remove_files(home, replaced)
        proofs.remove_files(home, files, now)
        overwriting.settle(engine, home)
    return gone


def _forgotten(connection: sa.Connection, user: User, home: Path, days: Mapping[str, int | None],
               now: datetime) -> tuple[list[Due], list[str], list[str]]:  # fmt: skip
    require(user, Verb.UNDO, Kind.BATCH)
    gone, replaced, files = due(connection, home, days, now), [], []
    for each in gone:
        if not each.rows:
            continue
        if each.kind == "proofs":
            files = proofs.forget(connection, user, home, _day(now, each.days), now)
            continue
        model, mine = _rule(connection, each.kind, _day(now, each.days))
        if each.kind == "answers":
            replaced += _forget_answers(connection, home, mine)
        elif each.kind == "open_answers":
            _forget_words(connection, mine)
        elif each.kind == "invitations":
            _forget_links(connection, home, mine)
        else:
            connection.execute(sa.delete(model).where(mine))
    if any(each.rows for each in gone):
        told = {each.kind: each.rows for each in gone if each.rows}
        audit.record(connection, user, "retention", "database", told)
    return gone, replaced, files


# --- rules --------------------------------------------------------------------------------------


def _day(now: datetime, days: int) -> date:
    """What lies before this day has been kept for so long."""
    return (now - timedelta(days=days)).date()


def _rule(
    connection: sa.Connection, kind: str, before: date
) -> tuple[type[Base], sa.ColumnElement[bool]]:
    moment = datetime.combine(before, time(), UTC)
    batch = schema.ImportBatch
    batches = sa.select(batch.id).where(batch.imported_at < moment)
    closed = _closed(connection, before)
    visit, reply, line = schema.SignInSession, schema.Reply, schema.SignInFailure
    invited, asked = schema.Invitation, schema.Opening
    alone = sa.select(asked.collection_id).where(asked.joined.is_(False))
    said, words, gone = schema.Response, schema.OpenAnswer, schema.TakenBack
    rules = {
        "rejected_rows": (
            schema.RejectedRow, schema.RejectedRow.batch_id.in_(batches)),
        "replaced_rows": (
            schema.ReplacedRow, schema.ReplacedRow.batch_id.in_(batches)),
        "invitations": (
            invited, invited.collection_id.in_(closed) & invited.collection_id.in_(alone)),
        "taken_back": (gone, gone.taken_back_on < before),
        "sign_ins": (visit, sa.func.coalesce(visit.ended_at, visit.seen_at) < moment),
        "sign_in_failures": (line, line.last_at < moment),
        "drafts": (reply, (reply.status == "draft") & (reply.written_at < moment)),
        "open_answers": (
            words,
            words.response_id.in_(sa.select(said.id).where(said.collection_id.in_(closed)))),
        "answers": (said, said.collection_id.in_(closed)),
    }  # fmt: skip
    return rules[kind]


def _closed(connection: sa.Connection, before: date) -> Sequence[int]:
    """The collections that ended before a day."""
    asked, fielding = schema.Opening, schema.Collection
    moment = datetime.combine(before, time(), UTC)
    ended = sa.func.coalesce(asked.closed_at, asked.closes_at)
    by_link = connection.scalars(sa.select(asked.collection_id).where(ended < moment)).all()
    linked = sa.select(asked.collection_id)
    in_file = sa.select(fielding.id).where(fielding.closes_on < before, fielding.id.not_in(linked))
    return [*by_link, *connection.scalars(in_file)]


# --- what goes ----------------------------------------------------------------------------------


def _forget_answers(
    connection: sa.Connection, home: Path, mine: sa.ColumnElement[bool]
) -> list[str]:
    """Deletes answers one by one; the files of figures that joined them, without the keys now.

    The collection is not read anew: a refresh keeps what its files hold of it.
    """
    said = schema.Response
    for answer in connection.scalars(_with_words(sa.select(said.id).where(mine))).all():
        withdrawals.blank_words(connection, answer)
    rounds = connection.scalars(sa.select(said.collection_id).where(mine).distinct()).all()
    keyed = sa.select(said.link_key).where(mine, said.link_key.is_not(None)).distinct()
    links = frozenset(connection.scalars(keyed))
    connection.execute(sa.delete(said).where(mine))
    return erasure.replace_keys(connection, home, links, rounds)


def _forget_words(connection: sa.Connection, mine: sa.ColumnElement[bool]) -> None:
    words = schema.OpenAnswer
    coded = sa.select(schema.AnswerCoding.response_id).distinct()
    cleared = sa.select(schema.AnswerClearance.response_id).distinct()
    told = words.response_id.in_(coded) | words.response_id.in_(cleared)
    for answer in connection.scalars(sa.select(words.response_id).where(mine, told).distinct()):
        withdrawals.blank_words(connection, answer)
    connection.execute(sa.delete(words).where(mine))


def _with_words(asked: sa.Select) -> sa.Select:
    return asked.where(schema.Response.id.in_(sa.select(schema.OpenAnswer.response_id)))


def _forget_links(connection: sa.Connection, home: Path, mine: sa.ColumnElement[bool]) -> None:
    """Deletes invitations and that they were used; how many were asked is kept."""
    invited, used = schema.Invitation, schema.UsedLink
    numbers = connection.scalars(sa.select(invited.id).where(mine)).all()
    names = [invitations.used_name_of(home, number) for number in numbers]
    for start in range(0, len(names), _MANY):
        connection.execute(sa.delete(used).where(used.id.in_(names[start : start + _MANY])))
    connection.execute(sa.delete(invited).where(mine))
