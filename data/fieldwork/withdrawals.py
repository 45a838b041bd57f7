"""Answers taken back, and agreements ended, by who gave them: with the receipt.

A link is not enough to take answers back. Who invites people has their links too, and could take
away whom they like and read off what changes. The receipt holds the form's own random number,
which the respondent's browser alone was given; with it, and the installation's secret, the answer
is found, and with less it is not. Who asks the city to erase is in `data.keeping.erasure`.
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
from data.fieldwork import answers, openings
from data.fieldwork.local_time import day_of
from data.fieldwork.openings import OpeningFacts
from data.instruments import instrument_of
from data.keeping import marks, overwriting

#: Who takes answers back, as the audit names them: nobody.
RESPONDENT = "respondent"
#: From where the next refresh lets the database overwrite what was taken back; nobody waits here.
_OVERWRITTEN = ("answer_clearance", "answer_coding", "audit_event", "open_answer", "response")

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
    Raises: NoAnswers, installation.ExposedSecret, marks.DamagedMarks.
    """
    with answers.in_turn(engine), database.writing(engine) as connection:
        answers.be_durable(connection)
        found = _held(connection, home, token, key)
        if found.state == "stored":
            marks.remember(connection, home, {marks.TAKEN_BACK: [found.answer]}, day_of(now))
            overwriting.owe(home, _OVERWRITTEN, day_of(now))
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
            marks.remember(connection, home, {marks.AGREEMENT: [found.answer]}, day_of(now))
            overwriting.owe(home, _OVERWRITTEN, day_of(now))
            _delete_special(connection, found, now)
        return standing(connection, home, token, key)


def end_again(connection: sa.Connection, answer: str, now: datetime) -> None:
    """Deletes what a stored answer says of special categories: its agreement had ended before an
    older copy of the database was put back."""
    collection = connection.scalar(
        sa.select(schema.Response.collection_id).where(schema.Response.id == answer)
    )
    opening = openings.of_collection(connection, collection)
    _delete_special(connection, Standing(opening, answer, "stored", agreed=True), now)


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
    blank_words(connection, found.answer)
    let_reread(connection, [collection])
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
        blank_words(connection, found.answer, item)
    if not kept and not connection.scalar(sa.select(sa.exists().where(own))):
        _delete(connection, found, now)
        return
    answered = json.dumps(kept, separators=(",", ":"))
    connection.execute(sa.update(said).where(mine).values(answers=answered, agreed=False))
    let_reread(connection, [collection])
    told = f"collection:{collection}"
    audit.record(connection, RESPONDENT, "end_agreement", told, on=day_of(now))


def blank_words(connection: sa.Connection, *which: str) -> None:
    """Takes from the audit under which themes words stood that are gone. which: response, item."""
    audit.blank(connection, ":".join(("open_answer", *which)))


def let_reread(connection: sa.Connection, collections: Iterable[int]) -> None:
    """Lets the next refresh read collections whole.

    The revision is the one that answers come with until a refresh has seen it: one of its own
    would tell which answers came before something was taken back, and which after.
    """
    fielding = schema.Collection
    for collection in collections:
        seen = answers.shared_revision(connection, collection)
        mine = sa.update(fielding).where(fielding.id == collection)
        connection.execute(mine.values(rewritten=seen))
