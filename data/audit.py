"""Who did what when, in a chain that nobody changes. What people answered is never written here.

Every line is sealed with the hash of the line before it, so a line that was changed, left out or
put in between is found. Of what a line tells it seals a salted hash only: where it speaks of an
answer that is taken back, words and salt go, the chain stays whole, and nobody can try whether it
was this answer or that. Lines cut off at the end are found by who wrote down how far it went.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time

import sqlalchemy as sa

from data import access
from data.access import User, require
from data.audit_closing import missing_triggers
from data.database import writing
from data.permissions import Kind, Verb
from data.schema import ASSESSMENT_ACTS, REPORT_ACTS, AuditEvent

#: What stands before the first line.
NOTHING = "0" * 64
#: Programs that write on one PostgreSQL database wait for each other on this number.
LOCK = 0x6172_7661
#: Held by whoever writes down what was not permitted, so that nothing is written twice or lost.
_DENIALS = threading.Lock()
#: What a blanked line tells instead.
BLANK = "{}"

#: What is done to an open answer; of nothing else words are forgotten.
BLANKED = frozenset(("code_answer", "clear_answer", "withdraw_answer"))

#: Everything that is written down. What is not here cannot be.
ACTIONS = frozenset(
    (
        *("sign_in", "sign_in_refused", "sign_out", "denied"),
        *("add_user", "disable_user", "enable_user", "grant_role", "withdraw_role", "set_password"),
        *("invite_user", "accept_invitation", "cancel_invitation"),
        *("import", "undo_import", "publish", "export", "download", "release"),
        "retire_key",
        *("bring_instrument", "open_collection", "close_collection"),
        *("move_collection_end", "reopen_collection"),
        *("new_link", "invite", "remind", "withdraw_invitation", "write_notice", "use_notice"),
        *("take_back", "end_agreement", "erase_person", "subject_access"),
        *("retention", "backup", "restore"),
        *("write_reply", "change_reply", "publish_reply", "withdraw_reply"),
        *("add_theme", "rename_theme", "code_answer", "clear_answer", "withdraw_answer"),
        *("indicator_stored", "target_stored", "target_changed", "claim_saved"),
        *("period_opened", "period_changed", "period_closed"),
        *("proof_attached", "proof_removed", "proofs_forgotten"),
        *(f"report_{act}" for act in REPORT_ACTS),
        *(f"assessment_{act}" for act in ASSESSMENT_ACTS),
    )
)


class UnknownAction(Exception):
    """Something was to be written down that the catalogue of actions does not have."""


@dataclass(frozen=True, slots=True)
class Event:
    """One line of the audit, as those read it who may."""

    id: int
    at: datetime
    actor: str
    action: str
    subject: str
    detail: str
    sha256: str


@dataclass(frozen=True, slots=True)
class Chain:
    """How far the audit goes, and what of it is not as it was written.

    head: the hash of the last line. blanked: lines whose words were forgotten. broken: number of a
    line, and "content" (its words), "seal" (when, who, what) or "link" (its place). open: triggers
    that are not there as they must be, so that lines can be changed.
    """

    lines: int
    head: str
    blanked: int
    broken: tuple[tuple[int, str], ...]
    open: tuple[str, ...] = ()


def record(
    connection: sa.Connection,
    actor: User | str,
    action: str,
    subject: str,
    detail: Mapping[str, object] | None = None,
    *,
    on: date | None = None,
) -> None:
    """One more line in the audit, in the transaction of what it tells of.

    action is a word of ACTIONS; subject names what was done to as ``kind:number``. on: a day that
    is told instead of the moment, where the moment would tell who it was.
    Raises: UnknownAction.
    """
    if action not in ACTIONS:
        raise UnknownAction(f"{action} is not in data.audit.ACTIONS. Add it there and its texts.")
    if connection.dialect.name == "postgresql":
        # On SQLite a writer is alone anyway; here two would seal the same line before theirs.
        connection.execute(sa.select(sa.func.pg_advisory_xact_lock(LOCK)))
    at = datetime.combine(on, time(), UTC) if on else datetime.now(UTC)
    who = actor if isinstance(actor, str) else f"{actor.id} {actor.name}"
    told = json.dumps(detail or {}, ensure_ascii=False, sort_keys=True, default=str)
    salt = secrets.token_hex(16)
    content, previous = _hash(salt, subject, told), _head(connection)
    connection.execute(
        sa.insert(AuditEvent),
        {
            "at": at,
            "actor": who[:200],
            "action": action,
            "subject": subject,
            "detail": told,
            "salt": salt,
            "content_sha256": content,
            "previous": previous,
            "sha256": _seal(previous, at, who[:200], action, content),
        },
    )


def write_denials(engine: sa.Engine) -> None:
    """What was tried and not permitted since the last time, each as one line.

    What could not be written waits for the next time.
    """
    with _DENIALS:
        waiting = tuple(access.denials)
        if not waiting:
            return
        with writing(engine) as connection:
            for tried in waiting:
                record(connection, tried.actor, "denied", tried.subject[:200], tried.told)
        written = set(map(id, waiting))
        # The oldest go first, here and where there are too many.
        while access.denials and id(access.denials[0]) in written:
            access.denials.popleft()


def blank(connection: sa.Connection, subject: str) -> None:
    """Takes from the audit what it says of an open answer that is gone: which, and the details.

    Lines about the parts of the subject, ``subject:part``, are blanked too. Who did what kind of
    thing when stays. The database lets nothing else be changed.
    """
    said = AuditEvent.subject
    mine = (said == subject) | said.startswith(f"{subject}:", autoescape=True)
    gone = {"subject": subject.partition(":")[0], "detail": BLANK, "salt": None}
    connection.execute(sa.update(AuditEvent).where(mine).values(gone))


def events(
    connection: sa.Connection,
    user: User,
    *,
    actions: Sequence[str] = (),
    before: int | None = None,
    limit: int | None = None,
) -> list[Event]:
    """The newest lines first. actions: of these kinds only; before: older than the line of a
    number. Raises: NotPermitted."""
    require(user, Verb.READ, Kind.AUDIT)
    line = AuditEvent
    asked = sa.select(
        line.id, line.at, line.actor, line.action, line.subject, line.detail, line.sha256
    ).order_by(line.id.desc())
    if actions:
        asked = asked.where(line.action.in_(actions))
    if before is not None:
        asked = asked.where(line.id < before)
    return [Event(*row) for row in connection.execute(asked.limit(limit))]


def verify(connection: sa.Connection) -> Chain:
    """Whether every line is as it was written and where it was written."""
    previous, lines, blanked, broken = NOTHING, 0, 0, []
    for row in connection.execute(sa.select(AuditEvent.__table__).order_by(AuditEvent.id)):
        lines += 1
        blanked += row.salt is None
        if row.previous != previous:
            broken.append((row.id, "link"))
        if not _says_what_it_said(row):
            broken.append((row.id, "content"))
        sealed = _seal(row.previous, row.at, row.actor, row.action, row.content_sha256)
        if sealed != row.sha256:
            broken.append((row.id, "seal"))
        previous = row.sha256
    return Chain(lines, previous, blanked, tuple(broken), missing_triggers(connection))


def edition(connection: sa.Connection) -> tuple[int, str]:
    """The number of the last line, and what tells the audit as it is from what it was before: the
    hash of that line, and how many lines are blanked."""
    line = AuditEvent
    newest = sa.select(line.id, line.sha256).order_by(line.id.desc()).limit(1)
    last = connection.execute(newest).one_or_none() or (0, NOTHING)
    blanked = sa.select(sa.func.count()).select_from(line).where(line.salt.is_(None))
    return last[0], f"{last[1]}:{connection.scalar(blanked)}"


def holds(connection: sa.Connection, sha256: str) -> bool:
    """Whether there is a line with a hash: who noted it earlier finds a cut end by that."""
    found = sa.select(AuditEvent.id).where(AuditEvent.sha256 == sha256)
    return sha256 == NOTHING or connection.scalar(found) is not None


def _says_what_it_said(row: sa.Row) -> bool:
    if row.salt is None:  # blanked: it may tell nothing any more, and must be of an answer
        return (row.action in BLANKED, row.subject, row.detail) == (True, "open_answer", BLANK)
    return _hash(row.salt, row.subject, row.detail) == row.content_sha256


def _head(connection: sa.Connection) -> str:
    newest = sa.select(AuditEvent.sha256).order_by(AuditEvent.id.desc()).limit(1)
    return connection.scalar(newest) or NOTHING


def _seal(previous: str, at: datetime, actor: str, action: str, content: str) -> str:
    return _hash(previous, at.astimezone(UTC).isoformat(), actor, action, content)


def _hash(*words: str) -> str:
    return hashlib.sha256(json.dumps(words, ensure_ascii=False).encode()).hexdigest()
