"""Collections that are answered by link: opened, closed, opened again, and their anonymous link.

A link ends in a token of 256 bits that the installation derives from its secret
(`data.fieldwork.installation`); the database keeps the hash of it. Every function here
writes, so it takes a connection of `database.writing`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from pathlib import Path

import sqlalchemy as sa

from data import audit, schema
from data.access import User, require
from data.fieldwork import installation, openings
from data.fieldwork.local_time import day_of, moment
from data.fieldwork.notices import InvalidNotice, settle_notice
from data.fieldwork.openings import InvalidCollection, LostSecret, hashed, require_asking
from data.instruments import field_instrument, known_instruments
from data.permissions import Kind, Verb
from survey.instrument import GROUPS, PHASES, UNKNOWN_GROUP, WAVES, WHOLE_PROCESS
from survey.text import LANGUAGES

#: The longest thanks, in characters.
LONGEST_THANKS = 2_000


@dataclass(frozen=True, slots=True)
class NewCollection:
    """What a manager decides. instrument: ``code@version``.

    opens, closes: times on a Finnish clock (or moments with a zone); closes None: until somebody
    closes it. invited: how many people of a group are asked, where it is known. thanks: own words
    on the receipt, by language. notice: its version, None for the newest.
    """

    project: int
    instrument: str
    wave: str
    groups: tuple[str, ...]
    opens: datetime
    closes: datetime | None = None
    phase: str = WHOLE_PROCESS
    link: str = "anonymous"
    joined: bool = False
    languages: tuple[str, ...] = LANGUAGES
    invited: Mapping[str, int] = field(default_factory=dict)
    thanks: Mapping[str, str] = field(default_factory=dict)
    notice: str | None = None


def open_collection(
    connection: sa.Connection, user: User, new: NewCollection, now: datetime
) -> int:
    """The number of the collection that is answered by link from now, or from its time, on.

    A collection of the same project, instrument, wave and phase whose answers came as files is
    asked by link besides.
    Raises: NotPermitted, InvalidCollection, data.instruments.InstrumentConflict.
    """
    require(user, Verb.ASK, Kind.COLLECTION, new.project)
    _check(new)
    opens = moment(new.opens)
    closes = moment(new.closes, closing=True) if new.closes else None
    _check_times(opens, closes, now)
    number = _collection(connection, new)
    _widen(connection, number, opens, closes)
    try:
        notice = settle_notice(connection, new.notice, day_of(now))
    except InvalidNotice as unknown:
        raise InvalidCollection("notice", str(unknown)) from unknown
    read = sa.select(schema.Collection.revision).where(schema.Collection.id == number)
    connection.execute(
        sa.insert(schema.Opening),
        {
            "collection_id": number,
            "public_id": secrets.token_hex(16),
            "opens_at": opens,
            "closes_at": closes,
            "link": new.link,
            "joined": new.joined,
            "notice_version": notice,
            "languages": " ".join(new.languages),
            "sealed": connection.scalar(read),
            "created_at": now,
            "created_by": f"{user.id} {user.name}"[:200],
            **{f"thanks_{code}": said.strip() or None for code, said in new.thanks.items()},
        },
    )
    groups = [{"collection_id": number, "group_code": code} for code in new.groups]
    connection.execute(sa.insert(schema.OpeningGroup), groups)
    frame(connection, number, new.invited)
    detail = {"link": new.link, "joined": new.joined, "opens_at": opens, "closes_at": closes}
    audit.record(connection, user, "open_collection", f"collection:{number}", detail)
    return number


def close(connection: sa.Connection, user: User, collection: int, now: datetime) -> None:
    """Ends a collection at once; answers on their way are not taken any more.

    Raises: NotPermitted, InvalidCollection (unknown, not_open: it is closed already).
    """
    require_asking(connection, user, collection)
    asked = openings.of_collection(connection, collection)
    if asked.state(now) == "closed":
        raise InvalidCollection("not_open", "The collection is closed already.")
    _set_end(connection, collection, closed_at=now)
    _set_last_day(connection, collection, max(day_of(asked.opens_at), day_of(now)))
    audit.record(connection, user, "close_collection", f"collection:{collection}")


def move_end(
    connection: sa.Connection, user: User, collection: int, closes: datetime | None, now: datetime
) -> None:
    """Takes answers until another time than was said; None: until somebody closes the collection.
    Whoever is answering meanwhile notices nothing of it.

    Raises: NotPermitted, InvalidCollection (unknown, not_open, order, past).
    """
    require_asking(connection, user, collection)
    asked = openings.of_collection(connection, collection)
    if asked.state(now) == "closed":
        raise InvalidCollection("not_open", "The collection is closed. Open it again instead.")
    until = moment(closes, closing=True) if closes else None
    _check_times(asked.opens_at, until, now)
    _set_end(connection, collection, closes_at=until)
    _set_last_day(connection, collection, _last_day(until))
    detail = {"closes_at": until}
    audit.record(connection, user, "move_collection_end", f"collection:{collection}", detail)


def reopen(
    connection: sa.Connection,
    user: User,
    collection: int,
    closes: datetime | None,
    reason: str,
    now: datetime,
) -> None:
    """Takes answers again until another time. The reason stays in the audit.

    Raises: NotPermitted, InvalidCollection (unknown, reason, not_closed, order, past).
    """
    require_asking(connection, user, collection)
    if not reason.strip():
        raise InvalidCollection("reason", "Say why the collection is opened again.")
    asked = openings.of_collection(connection, collection)
    if asked.state(now) != "closed":
        raise InvalidCollection("not_closed", "The collection is not closed.")
    until = moment(closes, closing=True) if closes else None
    _check_times(asked.opens_at, until, now)
    _set_end(connection, collection, closes_at=until, closed_at=None)
    _set_last_day(connection, collection, _last_day(until))
    detail = {"reason": reason.strip()[:500], "closes_at": until}
    audit.record(connection, user, "reopen_collection", f"collection:{collection}", detail)


def anonymous_link(connection: sa.Connection, user: User, home: Path, collection: int) -> str:
    """The token of a collection's anonymous link, the same whenever it is asked.

    Raises: NotPermitted, InvalidCollection (unknown, personal), LostSecret.
    """
    require_asking(connection, user, collection)
    return _settle_link(connection, home, collection)


def new_link(connection: sa.Connection, user: User, home: Path, collection: int) -> str:
    """The token of another anonymous link; the one before leads nowhere from now on.

    Raises: NotPermitted, InvalidCollection (unknown, personal).
    """
    require_asking(connection, user, collection)
    opening = schema.Opening
    connection.execute(
        sa.update(opening)
        .where(opening.collection_id == collection)
        .values(generation=opening.generation + 1, token_sha256=None)
    )
    token = _settle_link(connection, home, collection)
    audit.record(connection, user, "new_link", f"collection:{collection}")
    return token


def frame(connection: sa.Connection, collection: int, invited: Mapping[str, int]) -> None:
    """Says how many people of each group are asked; what was known of these groups is replaced."""
    counts = schema.CollectionGroup
    if not invited:
        return
    connection.execute(
        sa.delete(counts).where(
            counts.collection_id == collection, counts.group_code.in_(list(invited))
        )
    )
    rows = [
        {"collection_id": collection, "group_code": code, "invited": people}
        for code, people in invited.items()
    ]
    connection.execute(sa.insert(counts), rows)


# --- checks -------------------------------------------------------------------------------------


def _check(new: NewCollection) -> None:
    known_groups = {*GROUPS, UNKNOWN_GROUP}
    right = {
        "wave": new.wave in WAVES,
        "phase": new.phase in (*PHASES, WHOLE_PROCESS),
        "groups": _some_of(new.groups, known_groups),
        "languages": _some_of(new.languages, set(LANGUAGES)),
        "link": new.link in schema.LINKS,
        "joined": new.link == "personal" or not new.joined,
        "thanks": set(new.thanks) <= set(LANGUAGES)
        and all(len(said) <= LONGEST_THANKS for said in new.thanks.values()),
        "invited": set(new.invited) <= set(new.groups)
        and all(people >= 0 for people in new.invited.values()),
    }
    for code, holds in right.items():
        if not holds:
            raise InvalidCollection(code, f"{code}: {getattr(new, code)!r} cannot be asked.")


def _some_of(chosen: tuple[str, ...], known: set[str]) -> bool:
    return bool(chosen) and set(chosen) <= known and len(set(chosen)) == len(chosen)


def _check_times(opens: datetime, closes: datetime | None, now: datetime) -> None:
    if closes is not None and closes <= opens:
        raise InvalidCollection("order", "The collection would close before it opens.")
    if closes is not None and closes <= now:
        raise InvalidCollection("past", "The collection would close in the past.")


# --- rows ---------------------------------------------------------------------------------------


def _collection(connection: sa.Connection, new: NewCollection) -> int:
    """The number of the collection, held by the transaction; made if it is not there."""
    instrument = known_instruments(connection).get(new.instrument)
    if instrument is None:
        raise InvalidCollection("instrument", f"There is no questionnaire {new.instrument}.")
    # Nobody gets a link to a form that has no question for them.
    for group in new.groups:
        if not any(item.concerns(group, new.wave) for item in instrument.items):
            raise InvalidCollection("unasked", f"{instrument.key} asks nothing of {group}.")
    # Whoever opens the same at once waits here.
    owner = sa.select(schema.Project.id).where(schema.Project.id == new.project)
    if connection.scalar(owner.with_for_update(key_share=True)) is None:
        raise InvalidCollection("project", f"There is no project {new.project}.")
    key = {
        "project_id": new.project,
        "instrument_version_id": field_instrument(connection, instrument),
        "wave": new.wave,
        "phase": new.phase,
    }
    fielding = schema.Collection
    number = connection.scalar(
        sa.select(fielding.id).filter_by(**key).with_for_update(key_share=True)
    )
    if number is None:
        return connection.execute(sa.insert(fielding).values(**key)).inserted_primary_key[0]
    opening = schema.Opening.collection_id
    if connection.scalar(sa.select(opening).where(opening == number)) is not None:
        raise InvalidCollection(
            "opened", f"Collection {number} asks this already. Open that one again, or close it."
        )
    return number


def _widen(
    connection: sa.Connection, collection: int, opens: datetime, closes: datetime | None
) -> None:
    """Lets the collection's days hold those of its opening."""
    fielding = schema.Collection
    was = connection.execute(
        sa.select(fielding.opens_on, fielding.closes_on).where(fielding.id == collection)
    ).one()
    first = min(day for day in (was.opens_on, day_of(opens)) if day)
    last = _last_day(closes)
    if last and was.closes_on:
        last = max(last, was.closes_on)
    connection.execute(
        sa.update(fielding).where(fielding.id == collection).values(opens_on=first, closes_on=last)
    )


def _last_day(closes: datetime | None) -> date | None:
    """The last Finnish day with any time before the end; midnight itself is of the day before."""
    return day_of(closes - timedelta(microseconds=1)) if closes else None


def _set_end(connection: sa.Connection, collection: int, **ends: datetime | None) -> None:
    asked = schema.Opening
    connection.execute(sa.update(asked).where(asked.collection_id == collection).values(**ends))


def _set_last_day(connection: sa.Connection, collection: int, last: date | None) -> None:
    fielding = schema.Collection
    connection.execute(sa.update(fielding).where(fielding.id == collection).values(closes_on=last))


def _settle_link(connection: sa.Connection, home: Path, collection: int) -> str:
    opening = schema.Opening
    mine = opening.collection_id == collection
    row = connection.execute(
        sa.select(opening.public_id, opening.generation, opening.link, opening.token_sha256).where(
            mine
        )
    ).one()
    if row.link != "anonymous":
        raise InvalidCollection("personal", f"Collection {collection} has personal links only.")
    token = installation.derived(home, "link", row.public_id, str(row.generation))
    if row.token_sha256 is None:
        connection.execute(sa.update(opening).where(mine).values(token_sha256=hashed(token)))
    elif row.token_sha256 != hashed(token):
        raise LostSecret(
            f"The link of collection {collection} was made with another secret. It still works, "
            "but cannot be shown: put the secret back, or make a new link."
        )
    return token
