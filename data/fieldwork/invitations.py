"""Personal links: who was invited under which disguised name, and who has not answered yet.

How the inviter calls a person (a number of a list, an address) is never stored, only a keyed hash
of it. So a list can be sent twice, reminders can be told for a list, and waves can be joined, and
the database names nobody. Whether somebody answered can be told with the installation's secret
only; what they answered cannot be told at all.
"""

from __future__ import annotations

import secrets
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from data import audit, schema
from data.access import User, require
from data.fieldwork import answers, asking, installation
from data.fieldwork.local_time import day_of
from data.fieldwork.openings import InvalidCollection, hashed, require_asking
from data.permissions import Kind, Verb
from survey.text import LANGUAGES

#: More links than this are made in more than one go.
MOST = 20_000


@dataclass(frozen=True, slots=True)
class Invitee:
    """Somebody to be invited. reference: how the inviter calls them; the same in every wave."""

    group: str
    reference: str | None = None
    language: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A personal link. reference: where the inviter named it. new: it was made just now."""

    group: str
    language: str | None
    token: str
    reference: str | None = None
    new: bool = False


@dataclass(frozen=True, slots=True)
class InvitationFacts:
    """An invitation without its link. used: answers came with it."""

    id: str
    group: str
    language: str | None
    used: bool
    withdrawn: bool


def invite(
    connection: sa.Connection,
    user: User,
    home: Path,
    collection: int,
    invitees: Sequence[Invitee],
) -> list[Link]:
    """A link for each of some people, in their order; who was invited before keeps theirs.

    How many are asked of each group is known from the invitations from then on.
    Raises: NotPermitted; InvalidCollection: unknown, anonymous (it has no personal links),
    invitees (a group or language that is not asked, the same reference twice, a missing reference
    where answers are joined, too many).
    """
    project = require_asking(connection, user, collection)
    _check(connection, collection, invitees)
    people = [person_name(home, project, invitee.reference) for invitee in invitees]
    known = _by_person(connection, collection)
    fresh, links = [], []
    for invitee, person in zip(invitees, people, strict=True):
        row = known.get(person)
        number = row.id if row else secrets.token_hex(16)
        token = _token(home, number)
        if row is None:
            fresh.append(
                {
                    "id": number,
                    "collection_id": collection,
                    "group_code": invitee.group,
                    "language": invitee.language,
                    "person": person,
                    "token_sha256": hashed(token),
                }
            )
        group, language = (
            (row.group_code, row.language) if row else (invitee.group, invitee.language)
        )
        links.append(Link(group, language, token, invitee.reference, new=row is None))
    if fresh:
        # In the order of their random ids: where rows lie says nothing of who stood where.
        fresh.sort(key=lambda row: row["id"])
        connection.execute(sa.insert(schema.Invitation), fresh)
    _frame(connection, collection)
    audit.record(connection, user, "invite", f"collection:{collection}", {"new": len(fresh)})
    return links


def invitations_of(
    connection: sa.Connection, user: User, home: Path, collection: int
) -> list[InvitationFacts]:
    """Every invitation to a collection, in no order that means anything.

    Raises: NotPermitted.
    """
    fielding = schema.Collection
    project = connection.scalar(sa.select(fielding.project_id).where(fielding.id == collection))
    require(user, Verb.ASK, Kind.COLLECTION, project)
    used = _used(connection)
    return [
        InvitationFacts(
            row.id,
            row.group_code,
            row.language,
            answers.used_name(home, _token(home, row.id)) in used,
            row.withdrawn_at is not None,
        )
        for row in _rows(connection, collection)
    ]


def reminders(
    connection: sa.Connection,
    user: User,
    home: Path,
    collection: int,
    now: datetime,
    references: Sequence[str] = (),
) -> list[Link]:
    """The links of those who have not answered; with a list, of those on it, named as in it.

    Only the day is kept on which they were asked for, not of whom.
    Raises: NotPermitted, InvalidCollection (unknown).
    """
    project = require_asking(connection, user, collection)
    used = _used(connection)
    named = {person_name(home, project, reference): reference for reference in references}
    tokens = [(row, _token(home, row.id)) for row in _rows(connection, collection)]
    waiting = [
        Link(row.group_code, row.language, token, named.get(row.person))
        for row, token in tokens
        if row.withdrawn_at is None
        and answers.used_name(home, token) not in used
        and (not references or row.person in named)
    ]
    asked = schema.Opening
    connection.execute(
        sa.update(asked).where(asked.collection_id == collection).values(reminded_on=day_of(now))
    )
    audit.record(connection, user, "remind", f"collection:{collection}")
    return waiting


def withdraw_person(
    connection: sa.Connection,
    user: User,
    home: Path,
    collection: int,
    reference: str,
    now: datetime,
) -> None:
    """Lets the link of somebody who was invited under a reference lead nowhere.

    Raises: NotPermitted, InvalidCollection (unknown: not answered by link; not_invited).
    """
    project = require_asking(connection, user, collection)
    person = person_name(home, project, reference)
    invited = schema.Invitation
    mine = (invited.collection_id == collection) & (invited.person == person)
    found = connection.scalar(sa.select(invited.id).where(mine, invited.withdrawn_at.is_(None)))
    if person is None or found is None:
        raise InvalidCollection("not_invited", "Nobody has a link under this reference.")
    withdraw(connection, user, collection, found, now)


def withdraw(
    connection: sa.Connection, user: User, collection: int, invitation: str, now: datetime
) -> None:
    """Lets a link lead nowhere; an answer that came with it stays, for nobody knows which it is.

    Raises: NotPermitted, InvalidCollection (unknown).
    """
    require_asking(connection, user, collection)
    invited = schema.Invitation
    mine = (invited.id == invitation) & (invited.collection_id == collection)
    done = connection.execute(
        sa.update(invited).where(mine, invited.withdrawn_at.is_(None)).values(withdrawn_at=now)
    )
    if done.rowcount != 1:
        raise InvalidCollection("unknown", "There is no such invitation, or it was withdrawn.")
    _frame(connection, collection)
    audit.record(connection, user, "withdraw_invitation", f"collection:{collection}")


def forget(connection: sa.Connection, home: Path, collections: Sequence[int], person: str) -> None:
    """Deletes every invitation of a person to some collections, and that it was used.

    person: the disguised name. Who may do so is asked by the caller.
    """
    invited = schema.Invitation
    mine = invited.collection_id.in_(collections) & (invited.person == person)
    columns = (invited.id, invited.collection_id, invited.group_code)
    rows = connection.execute(sa.select(*columns).where(mine)).all()
    used = [used_name_of(home, row.id) for row in rows]
    connection.execute(sa.delete(schema.UsedLink).where(schema.UsedLink.id.in_(used)))
    connection.execute(sa.delete(invited).where(mine))
    for row in rows:
        _frame(connection, row.collection_id, row.group_code)


def _check(connection: sa.Connection, collection: int, invitees: Sequence[Invitee]) -> None:
    asked, groups = schema.Opening, schema.OpeningGroup
    opening = connection.execute(
        sa.select(asked.link, asked.joined).where(asked.collection_id == collection)
    ).one()
    if opening.link != "personal":
        raise InvalidCollection("anonymous", f"Collection {collection} has no personal links.")
    of_collection = sa.select(groups.group_code).where(groups.collection_id == collection)
    known = set(connection.scalars(of_collection))
    twice = Counter(invitee.reference for invitee in invitees if invitee.reference)
    wrong = {
        f"more than {MOST} people at once": len(invitees) > MOST,
        "a group that is not asked": any(one.group not in known for one in invitees),
        "an unknown language": any(
            one.language is not None and one.language not in LANGUAGES for one in invitees
        ),
        "a reference that stands twice": any(times > 1 for times in twice.values()),
        "somebody without a reference, by which answers are joined": opening.joined
        and any(not one.reference for one in invitees),
    }
    if found := [what for what, holds in wrong.items() if holds]:
        raise InvalidCollection("invitees", f"The list holds {', '.join(found)}.")


def person_name(home: Path, project: int, reference: str | None) -> str | None:
    """Under which disguised name a project knows a person; letters and spaces do not matter."""
    if not reference or not reference.strip():
        return None
    plain = " ".join(reference.split()).casefold()
    return installation.derived(home, "person", str(project), plain)


def _token(home: Path, invitation: str) -> str:
    return installation.derived(home, "invitation", invitation)


def used_name_of(home: Path, invitation: str) -> str:
    """Under which name the use of an invitation's link is kept."""
    return answers.used_name(home, _token(home, invitation))


def _rows(connection: sa.Connection, collection: int) -> Sequence[sa.Row]:
    invited = schema.Invitation
    mine = sa.select(invited).where(invited.collection_id == collection)
    return connection.execute(mine.order_by(invited.id)).all()


def _by_person(connection: sa.Connection, collection: int) -> dict[str, sa.Row]:
    return {row.person: row for row in _rows(connection, collection) if row.person is not None}


def _used(connection: sa.Connection) -> frozenset[str]:
    return frozenset(connection.scalars(sa.select(schema.UsedLink.id)))


def _frame(connection: sa.Connection, collection: int, *emptied: str) -> None:
    """Counts who is asked of each group; of a group of which nobody is left that is 0."""
    rows = _rows(connection, collection)
    counts = Counter(row.group_code for row in rows if row.withdrawn_at is None)
    groups = {row.group_code for row in rows} | set(emptied)
    asking.frame(connection, collection, {code: counts[code] for code in groups})
