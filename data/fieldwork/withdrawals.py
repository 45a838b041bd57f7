"""Answers taken back: by who gave them, with the receipt; or erased by name where they are joined.

A link is not enough to take answers back. Who invites people has their links too, and could take
away whom they like and read off what changes. The receipt holds the form's own random number,
which the respondent's browser alone was given; with it, and the installation's secret, the answer
is found, and with less it is not.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Literal

import sqlalchemy as sa

from data import audit, database, schema
from data.access import User, require
from data.fieldwork import answers, invitations, openings
from data.fieldwork.local_time import day_of
from data.fieldwork.openings import OpeningFacts
from data.instruments import instrument_of
from data.permissions import Kind, Verb

#: Who takes answers back, as the audit names them: nobody.
RESPONDENT = "respondent"

_KEY = re.compile(r"([A-Za-z0-9_-]{16,86})\.([0-9a-f]{32})", re.ASCII)


class NoAnswers(Exception):
    """A receipt that no answers belong to."""


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of the answers of a receipt. on: the day on which they were taken back. agreed:
    whether answers of special categories may be kept, None where none were asked for."""

    opening: OpeningFacts
    answer: str
    state: Literal["stored", "taken_back"]
    on: date | None = None
    agreed: bool | None = None


def standing(connection: sa.Connection, home: Path, token: str, key: str) -> Standing | None:
    """What became of the answers that a receipt was given for; None where there never were any.

    It does not matter whether the link still leads anywhere.
    """
    found = _KEY.fullmatch(key)
    opening = openings.by_public_id(connection, found[2]) if found else None
    if opening is None:
        return None
    answer = answers.answer_id(home, opening, token, found[1])
    said, gone = schema.Response, schema.TakenBack
    agreed = sa.select(said.agreed).where(said.id == answer)
    if (row := connection.execute(agreed).one_or_none()) is not None:
        return Standing(opening, answer, "stored", agreed=row.agreed)
    on = connection.scalar(sa.select(gone.taken_back_on).where(gone.id == answer))
    return Standing(opening, answer, "taken_back", on) if on else None


def take_back(engine: sa.Engine, home: Path, token: str, key: str, now: datetime) -> Standing:
    """Deletes the answers of a receipt for good; doing it again changes nothing.

    Published figures follow when `data.publication.waiting` lets them. A personal link stays used:
    whoever runs the survey would otherwise see from the list of reminders who took answers back.
    Raises: NoAnswers, installation.ExposedSecret.
    """
    with answers.in_turn(engine), database.writing(engine) as connection:
        answers.be_durable(connection)
        found = _held(connection, home, token, key)
        if found.state == "stored":
            _delete(connection, found, now)
        return standing(connection, home, token, key)


def end_agreement(engine: sa.Engine, home: Path, token: str, key: str, now: datetime) -> Standing:
    """Deletes what was answered of special categories, and keeps the rest.

    Answers of which nothing is left are taken back whole.
    Raises: NoAnswers, data.fieldwork.installation.ExposedSecret.
    """
    with answers.in_turn(engine), database.writing(engine) as connection:
        answers.be_durable(connection)
        found = _held(connection, home, token, key)
        if found.state == "stored" and found.agreed:
            _delete_special(connection, found, now)
        return standing(connection, home, token, key)


def erase_person(
    connection: sa.Connection, user: User, home: Path, project: int, reference: str
) -> int:
    """How many answers of one person to a project were deleted, with their invitations.

    For those who ask the city to, and whose answers were joined under a disguised name; what came
    by other links belongs to nobody whom the city could find.
    Raises: NotPermitted.
    """
    require(user, Verb.UNDO, Kind.BATCH)
    person = invitations.person_name(home, project, reference)
    if person is None:
        return 0
    said, fielding = schema.Response, schema.Collection
    mine = said.link_key == answers.joined_key(home, project, person)
    of_project = sa.select(fielding.id).where(fielding.project_id == project)
    numbers = connection.scalars(of_project.order_by(fielding.id).with_for_update(key_share=True))
    held = numbers.all()
    rows = connection.execute(
        sa.select(said.id, said.collection_id).where(mine, said.collection_id.in_(held))
    ).all()
    connection.execute(sa.delete(said).where(said.id.in_([row.id for row in rows])))
    for row in rows:  # one of each round, at most
        _blank(connection, row.id)
    _rewrite(connection, sorted({row.collection_id for row in rows}))
    invitations.forget(connection, home, held, person)
    audit.record(connection, user, "erase_person", f"project:{project}", {"answers": len(rows)})
    return len(rows)


# --- rows ---------------------------------------------------------------------------------------


def _held(connection: sa.Connection, home: Path, token: str, key: str) -> Standing:
    """What a receipt is for, once nobody else changes it. Raises: NoAnswers."""
    found = standing(connection, home, token, key)
    if found is not None:
        openings.hold(connection, found.opening.collection)
        found = standing(connection, home, token, key)
    if found is None:
        raise NoAnswers("No answers belong to this receipt.")
    return found


def _delete(connection: sa.Connection, found: Standing, now: datetime) -> None:
    collection = found.opening.collection
    # What was written in one's own words, its themes and quotes go with the row.
    connection.execute(sa.delete(schema.Response).where(schema.Response.id == found.answer))
    gone = {"id": found.answer, "collection_id": collection, "taken_back_on": day_of(now)}
    connection.execute(sa.insert(schema.TakenBack), gone)
    _blank(connection, found.answer)
    _rewrite(connection, [collection])
    told = f"collection:{collection}"
    audit.record(connection, RESPONDENT, "take_back", told, on=day_of(now))


def _delete_special(connection: sa.Connection, found: Standing, now: datetime) -> None:
    said, words, collection = schema.Response, schema.OpenAnswer, found.opening.collection
    instrument = instrument_of(connection, found.opening.instrument)
    special = {item.code for item in instrument.items if item.special}
    mine = said.id == found.answer
    given = json.loads(connection.scalar(sa.select(said.answers).where(mine)))
    kept = {code: answer for code, answer in given.items() if code not in special}
    own = words.response_id == found.answer
    connection.execute(sa.delete(words).where(own, words.item.in_(special)))
    for item in special:
        _blank(connection, found.answer, item)
    if not kept and not connection.scalar(sa.select(sa.exists().where(own))):
        _delete(connection, found, now)
        return
    answered = json.dumps(kept, separators=(",", ":"))
    connection.execute(sa.update(said).where(mine).values(answers=answered, agreed=False))
    _rewrite(connection, [collection])
    told = f"collection:{collection}"
    audit.record(connection, RESPONDENT, "end_agreement", told, on=day_of(now))


def _blank(connection: sa.Connection, *which: str) -> None:
    """Takes from the audit under which themes words stood that are gone. which: response, item."""
    audit.blank(connection, ":".join(("open_answer", *which)))


def _rewrite(connection: sa.Connection, collections: Iterable[int]) -> None:
    """Lets the next refresh read collections whole.

    The revision is the one that answers come with until a refresh has seen it: one of its own
    would tell which answers came before something was taken back, and which after.
    """
    fielding = schema.Collection
    for collection in collections:
        seen = answers.shared_revision(connection, collection)
        mine = sa.update(fielding).where(fielding.id == collection)
        connection.execute(mine.values(rewritten=seen))
