"""Answering by link: what a token leads to, and the answers that come with it.

Nothing here says who answered what. A token is looked up by its hash; that a personal one was used
is written in the transaction of the answer, under a keyed hash that the database alone cannot
compute. An answer has a day and no time, and shares its revision with all that came since the last
refresh (`data.publication.refreshing` seals it), so rows do not tell their order.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from threading import Lock
from typing import Literal

import sqlalchemy as sa

from data import database, schema
from data.fieldwork import installation, openings
from data.fieldwork.local_time import day_of
from data.fieldwork.openings import LostSecret, OpeningFacts
from data.instruments import instrument_of
from survey.answering import OPEN_LIMIT, settled
from survey.instrument import AnswerKind, Instrument

State = Literal["open", "unknown", "too_early", "closed", "used"]

#: Who began in time is not turned away at the end: so long after the planned end answers are taken.
GRACE = timedelta(minutes=30)

_TURN = Lock()
_TOKEN = re.compile(r"[A-Za-z0-9_-]{43}", re.ASCII)
_SUBMISSION = re.compile(r"[A-Za-z0-9_-]{16,86}", re.ASCII)
_STATES: Mapping[str, State] = {"planned": "too_early", "open": "open", "closed": "closed"}


class NotAccepted(Exception):
    """Answers came when none are taken. state: what `find` says of the token."""

    def __init__(self, state: State) -> None:
        super().__init__(f"No answers are taken with this link: {state}.")
        self.state = state


class RefusedAnswers(Exception):
    """Answers that no form of ours sends. code: nothing (not one answer), off_scale, too_long,
    unknown (no such item), group, language, submission, notice (another one than is shown now).
    item: where it is about one."""

    def __init__(self, code: str, item: str = "") -> None:
        super().__init__(f"The answers cannot be stored: {code} {item}".strip())
        self.code = code
        self.item = item


@dataclass(frozen=True, slots=True)
class Found:
    """What a token leads to. opening: None where it is unknown. group, language: what a personal
    invitation says of them. accepts: whether answers are taken now, which they still are for a
    while after the planned end."""

    state: State
    accepts: bool = False
    opening: OpeningFacts | None = None
    group: str | None = None
    language: str | None = None
    invitation: str | None = None
    person: str | None = None


@dataclass(frozen=True, slots=True)
class Receipt:
    """That answers are stored. new: False where the same were there before. key: what only the
    respondent is given, by which the answers can be taken back; empty where other answers came
    first, with the link or with the form: then these are not stored."""

    collection: int
    new: bool
    key: str = field(default="", compare=False)


_UNKNOWN = Found("unknown")


def find(connection: sa.Connection, home: Path, token: str, now: datetime) -> Found:
    """What a token leads to at a moment; looking changes nothing.

    A token that never was, was withdrawn or was replaced leads to the same: unknown. A personal
    one that was used says so, also after the end.
    Raises: openings.LostSecret where the installation's secret is not the one that made a personal
    link; installation.ExposedSecret.
    """
    if not _TOKEN.fullmatch(token):
        return _UNKNOWN
    opening = openings.by_token(connection, token)
    if opening is not None:
        return _found(opening, now)
    invited = schema.Invitation
    mine = (invited.token_sha256 == openings.hashed(token)) & invited.withdrawn_at.is_(None)
    invitation = connection.execute(sa.select(invited.__table__).where(mine)).one_or_none()
    if invitation is None:
        return _UNKNOWN
    if token != installation.derived(home, "invitation", invitation.id):
        raise LostSecret(
            "A personal link was made with another secret than this installation has now, so "
            "nobody can tell whether it was used. Put the secret back."
        )
    opening = openings.of_collection(connection, invitation.collection_id)
    used = is_used(connection, home, token)
    return _found(opening, now, used=used, invitation=invitation)


def is_used(connection: sa.Connection, home: Path, token: str) -> bool:
    """Whether answers came with a personal token."""
    mine = schema.UsedLink.id == used_name(home, token)
    return bool(connection.scalar(sa.select(sa.exists().where(mine))))


def used_name(home: Path, token: str) -> str:
    """Under which name the use of a personal token is kept."""
    return installation.derived(home, "used", token)


def accept(
    engine: sa.Engine,
    home: Path,
    token: str,
    submission: str,
    group: str | None,
    language: str,
    given: Mapping[str, int | str],
    now: datetime,
    *,
    notice: str | None = None,
    agreed: bool = False,
) -> Receipt:
    """The receipt of answers, once they are on the disk; the same answers sent again get it again,
    and others with the same form get one without a key.

    submission: a random text of 16-86 letters that the form was given, the same whenever it is
    sent. group: whom an anonymous respondent answers for; a personal link knows it. given: codes
    and texts by item; what is not asked (any more) is left out. notice: the version that was shown,
    where it is known. agreed: whether answers of special categories may be kept; else they are not.
    Raises: NotAccepted (not for what is stored already), RefusedAnswers, openings.LostSecret,
    installation.ExposedSecret.
    """
    if not _SUBMISSION.fullmatch(submission):
        raise RefusedAnswers("submission")
    with in_turn(engine), database.writing(engine) as connection:
        be_durable(connection)
        found = _held(connection, home, token, now)
        if found.opening is None:
            raise NotAccepted(found.state)
        opening, key = found.opening, receipt_key(found.opening, submission)
        answer = answer_id(home, opening, token, submission)
        if is_known(connection, answer):
            # A receipt is owed for what is stored, and thanks for nothing else.
            is_same = _is_stored(connection, found, answer, (group, language), given, agreed)
            return Receipt(opening.collection, new=False, key=key if is_same else "")
        if found.state == "used":
            return Receipt(opening.collection, new=False)
        if not found.accepts:
            raise NotAccepted(found.state)
        if notice not in (None, opening.notice_version):
            raise RefusedAnswers("notice")
        whose = _group(found, group, language)
        instrument = instrument_of(connection, opening.instrument)
        asked = settled(instrument, whose, opening.wave, given, agreed=agreed)
        said = _checked(instrument, asked)
        if found.invitation is not None:
            use = {"id": used_name(home, token)}
            connection.execute(sa.insert(schema.UsedLink), use)
        row = {
            "id": answer,
            "collection_id": opening.collection,
            "group_code": whose,
            "link_key": _link_key(home, found),
            "language": language,
            "answered_on": day_of(now),
            "revision": shared_revision(connection, opening.collection),
            "notice_version": opening.notice_version,
            "agreed": agreed if instrument.special_of(whose, opening.wave) else None,
        }
        _store(connection, instrument, row, said)
    return Receipt(opening.collection, new=True, key=key)


# --- what a token leads to ----------------------------------------------------------------------


def _found(
    opening: OpeningFacts, now: datetime, used: bool = False, invitation: sa.Row | None = None
) -> Found:
    state = "used" if used else _STATES[opening.state(now)]
    late = opening.closed_at is None and opening.closes_at and now < opening.closes_at + GRACE
    accepts = state == "open" or (state == "closed" and bool(late))
    if invitation is None:
        return Found(state, accepts, opening)
    return Found(
        state,
        accepts,
        opening,
        invitation.group_code,
        invitation.language,
        invitation.id,
        invitation.person,
    )


def _held(connection: sa.Connection, home: Path, token: str, now: datetime) -> Found:
    """What a token leads to, once nobody else changes it or answers with it.

    On SQLite whoever writes is alone; elsewhere others may have answered until it was held.
    """
    found = find(connection, home, token, now)
    if found.opening is None or connection.dialect.name == "sqlite":
        return found
    openings.hold(connection, found.opening.collection)
    return find(connection, home, token, now)


def in_turn(engine: sa.Engine) -> AbstractContextManager:
    """The turn of a thread to write. SQLite lets one write and the others sleep and try again,
    which is slow and unfair when two hundred come at once."""
    return _TURN if engine.dialect.name == "sqlite" else nullcontext()


# --- what is stored -----------------------------------------------------------------------------


def answer_id(home: Path, opening: OpeningFacts, token: str, submission: str) -> str:
    """The id of an answer, the same whenever its form is sent.

    It is made of what the form alone holds, so neither a link nor the secret tells which it is.
    """
    whose = (token,) if opening.link == "personal" else ()
    words = ("response", opening.public_id, *whose, submission)
    return installation.derived_hex(home, *words)[:32]


def receipt_key(opening: OpeningFacts, submission: str) -> str:
    """What a receipt holds besides its link: the form's number, and of which opening it is."""
    return f"{submission}.{opening.public_id}"


def is_known(connection: sa.Connection, answer: str) -> bool:
    """Whether an answer is stored, or was until it was taken back."""
    return bool(connection.scalar(_known(), {"id": answer}))


@cache
def _known() -> sa.Select:
    """Built once: every page that two hundred people send at once asks it."""
    there = (table.id == sa.bindparam("id") for table in (schema.Response, schema.TakenBack))
    return sa.select(sa.or_(*(sa.exists().where(one) for one in there)))


def _link_key(home: Path, found: Found) -> str | None:
    """By which the answers of one person to one project are joined, where that was promised."""
    if not found.opening.joined or found.person is None:
        return None
    return joined_key(home, found.opening.project, found.person)


def joined_key(home: Path, project: int, person: str) -> str:
    """Under which disguised name the joined answers of a person to a project stand."""
    return installation.derived_hex(home, "answers", str(project), person)[:32]


def _group(found: Found, group: str | None, language: str) -> str:
    """The group that somebody answers for. Raises: RefusedAnswers."""
    opening = found.opening
    if language not in opening.languages:
        raise RefusedAnswers("language")
    if found.group is not None:
        return found.group
    alone = opening.groups[0] if len(opening.groups) == 1 else None
    if (group or alone) not in opening.groups:
        raise RefusedAnswers("group")
    return group or alone


def _checked(
    instrument: Instrument, given: Mapping[str, int | str]
) -> tuple[dict[str, int], dict[str, str]]:
    """Closed and open answers apart. Raises: RefusedAnswers."""
    closed: dict[str, int] = {}
    words: dict[str, str] = {}
    for code, said in given.items():
        answers = instrument.answers_of(code)
        if answers.kind is not AnswerKind.OPEN:
            if isinstance(said, bool) or not isinstance(said, int) or said not in answers.accepted:
                raise RefusedAnswers("off_scale", code)
            closed[code] = said
        elif text := _plain(str(said)):
            if len(text) > OPEN_LIMIT:
                raise RefusedAnswers("too_long", code)
            words[code] = text
    if not closed and not words:
        raise RefusedAnswers("nothing")
    return closed, words


def _is_stored(
    connection: sa.Connection,
    found: Found,
    answer: str,
    whose: tuple[str | None, str],
    given: Mapping[str, int | str],
    agreed: bool,
) -> bool:
    """Whether answers that came again are those that are stored. whose: group and language.

    What was taken back is compared with nothing: its receipt says what became of it. Of what is
    kept without the agreement, which may have ended since, the rest is compared.
    """
    said, words = schema.Response, schema.OpenAnswer
    asked = sa.select(said.group_code, said.answers, said.agreed).where(said.id == answer)
    row = connection.execute(asked).one_or_none()
    if row is None:
        return True
    instrument, wave = instrument_of(connection, found.opening.instrument), found.opening.wave
    try:
        group = _group(found, *whose)
        agrees = agreed and row.agreed is not False
        closed, open_ones = _checked(
            instrument, settled(instrument, group, wave, given, agreed=agrees)
        )
    except RefusedAnswers:
        return False
    texts = sa.select(words.item, words.text).where(words.response_id == answer)
    kept = {text.item: text.text for text in connection.execute(texts)}
    return (group, closed, open_ones) == (row.group_code, json.loads(row.answers), kept)


def _plain(said: str) -> str:
    """A text without signs that no keyboard writes and databases refuse."""
    kept = (c for c in said if c in "\n\t" or unicodedata.category(c) not in ("Cc", "Cs"))
    return "".join(kept).strip()


def shared_revision(connection: sa.Connection, collection: int) -> int:
    """The revision that an answer comes or goes with: no refresh has seen it, many share it."""
    fielding, asked = schema.Collection, schema.Opening
    mine = fielding.id == collection
    seen = sa.select(asked.sealed).where(asked.collection_id == collection).scalar_subquery()
    connection.execute(
        sa.update(fielding)
        .where(mine, fielding.revision <= seen)
        .values(revision=fielding.revision + 1)
    )
    return connection.scalar(sa.select(fielding.revision).where(mine))


def _store(
    connection: sa.Connection,
    instrument: Instrument,
    row: Mapping[str, object],
    said: tuple[dict[str, int], dict[str, str]],
) -> None:
    closed, words = said
    order = {item.code: closed[item.code] for item in instrument.items if item.code in closed}
    answers = json.dumps(order, separators=(",", ":"))
    connection.execute(sa.insert(schema.Response), {**row, "answers": answers})
    if words:
        texts = [{"response_id": row["id"], "item": c, "text": text} for c, text in words.items()]
        connection.execute(sa.insert(schema.OpenAnswer), texts)


def be_durable(connection: sa.Connection) -> None:
    """Lets the commit wait for the disk; SQLite does so on every connection of ours."""
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("set local synchronous_commit to on")
