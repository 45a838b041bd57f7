"""Proofs: the files and links that back a reported value or a claim.

A file lies outside the database in one place (``proofs`` beside it), under the hash of its
content, and is kept once however many figures it backs. What kind it is, its content says and not
its name.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import urlsplit

import sqlalchemy as sa

from data import audit
from data.access import NotPermitted, User, require
from data.judgement.evidence import plain_name
from data.permissions import Kind, Verb
from data.reporting.claim_rights import require_claims, sees_claims
from data.reporting.proof_files import FOLDER, passed, path_of, put_file, remove_files
from data.reporting.proof_kinds import MEDIA_TYPES, RefusedProof, refuse_lying
from data.reporting.rights import reports, sees, sees_inside
from data.schema import AppUser, Claim, IndicatorTarget, Proof, ReportedValue

__all__ = [
    "FOLDER",
    "ProofContent",
    "ProofLine",
    "RefusedProof",
    "attach_file",
    "attach_link",
    "forget",
    "passed",
    "path_of",
    "proofs",
    "put_file",
    "read_proof",
    "remove",
    "remove_files",
]

#: In which statuses of its value a proof may still come, and go.
_MAY_COME = ("draft", "returned", "submitted")
_MAY_GO = ("draft", "returned")
_LINK_LENGTH = 500


@dataclass(frozen=True, slots=True)
class ProofLine:
    """A file or a link as it is listed. kept: the file is still there (a link always is)."""

    id: int
    reported: int | None
    claim: int | None
    name: str
    link: str | None
    sha256: str | None
    kind: str | None
    bytes: int | None
    retain_until: date | None
    added_at: datetime
    added_by: str


@dataclass(frozen=True, slots=True)
class ProofContent:
    """A file as it was brought, and what a browser is told that it is."""

    name: str
    kind: str
    media_type: str
    content: bytes


def attach_file(
    connection: sa.Connection,
    user: User,
    home: Path,
    *,
    reported: int | None = None,
    claim: int | None = None,
    name: str,
    content: bytes,
    retain_until: date | None = None,
) -> int:
    """The number of a file behind a reported value or a claim.

    retain_until: until when it must be kept; else as long as its value.
    Raises: NotPermitted; RefusedProof: "empty", "too_large", "unknown_kind", "lying_kind",
    "macros", "duplicate", "status", "of_one_thing".
    """
    about = _open(connection, user, reported, claim, _MAY_COME)
    name = plain_name(name)
    kind = refuse_lying(name, content)
    sha256 = hashlib.sha256(content).hexdigest()
    same = sa.select(Proof.name).where(*_of(reported, claim), Proof.sha256 == sha256)
    held = connection.scalar(same)
    if held is not None:
        raise RefusedProof(
            "duplicate", f"The same file is attached already as {held}. Nothing is to be done.",
            name=held,
        )  # fmt: skip
    put_file(home, sha256, content)
    row = {
        "name": name, "sha256": sha256, "kind": kind, "bytes": len(content),
        "retain_until": retain_until or about.retain_until,
    }  # fmt: skip
    return _store(connection, user, row, reported, claim)


def attach_link(
    connection: sa.Connection,
    user: User,
    *,
    reported: int | None = None,
    claim: int | None = None,
    name: str,
    link: str,
    retain_until: date | None = None,
) -> int:
    """The number of a link behind a reported value or a claim.

    Raises: NotPermitted; RefusedProof: "link", "duplicate", "status", "of_one_thing".
    """
    about = _open(connection, user, reported, claim, _MAY_COME)
    link = (link or "").strip()
    parts = urlsplit(link)
    if parts.scheme not in ("http", "https") or not parts.hostname or len(link) > _LINK_LENGTH:
        raise RefusedProof(
            "link", f"A link begins with https:// or http:// and has at most {_LINK_LENGTH} "
            "letters. Correct it.", link=link[:_LINK_LENGTH],
        )  # fmt: skip
    same = sa.select(Proof.name).where(*_of(reported, claim), Proof.link == link)
    held = connection.scalar(same)
    if held is not None:
        raise RefusedProof(
            "duplicate", f"The same link is attached already as {held}. Nothing is to be done.",
            name=held,
        )  # fmt: skip
    row = {
        "name": plain_name(name or link), "link": link,
        "retain_until": retain_until or about.retain_until,
    }  # fmt: skip
    return _store(connection, user, row, reported, claim)


def remove(connection: sa.Connection, user: User, proof: int) -> None:
    """Nothing; the proof is taken away from a value or a claim that is still open.

    Its file goes with the next `forget`, once the transaction stands. Raises: NotPermitted;
    RefusedProof: "status" where the value is submitted or later.
    """
    row = connection.execute(
        sa.select(Proof.__table__).where(Proof.id == proof).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotPermitted(
            f"{user.name} sees no proof {proof}. Open it from its figure.", user, f"proof:{proof}"
        )
    _open(connection, user, row.reported_id, row.claim_id, _MAY_GO)
    connection.execute(sa.delete(Proof).where(Proof.id == proof))
    detail = {"name": row.name, "sha256": row.sha256, "link": row.link}
    audit.record(connection, user, "proof_removed", f"proof:{proof}", detail)


def proofs(
    connection: sa.Connection,
    user: User,
    *,
    reported: int | None = None,
    claim: int | None = None,
) -> list[ProofLine]:
    """The files and links behind a reported value or a claim, the oldest first.

    Raises: NotPermitted where the user does not see what they back.
    """
    _seen(connection, user, reported, claim)
    return proof_lines(connection, *_of(reported, claim))


def proof_lines(connection: sa.Connection, *which: sa.ColumnElement[bool]) -> list[ProofLine]:
    """The proofs that some conditions name, whoever asks."""
    rows = connection.execute(
        sa.select(Proof.__table__, AppUser.name.label("by"))
        .join(AppUser, AppUser.id == Proof.added_by)
        .where(*which)
        .order_by(Proof.id)
    )
    return [
        ProofLine(
            row.id, row.reported_id, row.claim_id, row.name, row.link, row.sha256, row.kind,
            row.bytes, row.retain_until, row.added_at, row.by,
        )
        for row in rows
    ]  # fmt: skip


def read_proof(connection: sa.Connection, user: User, home: Path, proof: int) -> ProofContent:
    """A file that the user may see. Raises: NotPermitted; RefusedProof: "gone" where its time is
    over or the place of the files was lost, "changed" where it is not what its hash says."""
    row = connection.execute(sa.select(Proof.__table__).where(Proof.id == proof)).one_or_none()
    if row is None or row.sha256 is None:
        raise NotPermitted(
            f"{user.name} sees no file {proof}. Open it from its figure.", user, f"proof:{proof}"
        )
    _seen(connection, user, row.reported_id, row.claim_id)
    try:
        content = path_of(home, row.sha256).read_bytes()
    except FileNotFoundError:
        raise RefusedProof(
            "gone", f"The file {row.name} is not kept any more. Ask the project for its copy.",
            name=row.name, sha256=row.sha256,
        ) from None  # fmt: skip
    if hashlib.sha256(content).hexdigest() != row.sha256:
        raise RefusedProof(
            "changed", f"The file {row.name} is not what its hash says: somebody changed it. Put "
            "it back from a copy.", name=row.name, sha256=row.sha256,
        )  # fmt: skip
    return ProofContent(row.name, row.kind, MEDIA_TYPES[row.kind], content)


def forget(
    connection: sa.Connection, user: User, home: Path, today: date, now: datetime | None = None
) -> list[str]:
    """The hashes of files that are past their day, with a line in the audit. Their rows stay, so a
    figure still says what backed it. The files go with `remove_files`, once the transaction stands.

    Raises: NotPermitted for all who may not report for every project.
    """
    require(user, Verb.REPORT, Kind.INDICATOR)
    gone = passed(connection, home, today, now or datetime.now(UTC))
    if gone:
        audit.record(connection, user, "proofs_forgotten", "proofs", {"sha256": gone})
    return gone


# --- whose it is --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _About:
    retain_until: date | None


def _of(reported: int | None, claim: int | None) -> tuple[sa.ColumnElement[bool], ...]:
    if (reported is None) == (claim is None):
        raise RefusedProof("of_one_thing", "A proof backs one reported value or one claim.")
    return (Proof.reported_id == reported,) if claim is None else (Proof.claim_id == claim,)


def _reported(connection: sa.Connection, number: int, hold: bool = False) -> sa.Row | None:
    """Where a value stands. hold: nobody changes it meanwhile."""
    which = (
        sa.select(
            ReportedValue.status,
            ReportedValue.retain_until,
            IndicatorTarget.project_id,
            IndicatorTarget.funder_id,
        )
        .join(IndicatorTarget, IndicatorTarget.id == ReportedValue.target_id)
        .where(ReportedValue.id == number)
    )
    if hold:
        which = which.with_for_update(of=ReportedValue)
    return connection.execute(which).one_or_none()


def _claim(connection: sa.Connection, number: int) -> sa.Row | None:
    which = sa.select(Claim.level, Claim.entity).where(Claim.id == number)
    return connection.execute(which).one_or_none()


def _open(
    connection: sa.Connection,
    user: User,
    reported: int | None,
    claim: int | None,
    statuses: tuple[str, ...],
) -> _About:
    """Whose proof it is, where it may still be changed."""
    _of(reported, claim)
    if claim is not None:
        row = _claim(connection, claim)
        if row is None:
            raise NotPermitted(
                f"{user.name} sees no claim {claim}. Open it from the list.", user, f"claim:{claim}"
            )
        require_claims(user, row.level, row.entity)
        return _About(None)
    row = _reported(connection, reported, hold=True)
    if row is None:
        raise NotPermitted(
            f"{user.name} sees no reported value {reported}. Open it from the list.",
            user,
            f"reported:{reported}",
        )
    require(user, Verb.REPORT, Kind.INDICATOR, row.project_id)
    if row.status not in statuses:
        raise RefusedProof(
            "status", f"The value is {row.status}, so what backs it stays. Ask for it to be sent "
            "back, or correct it.", status=row.status,
        )  # fmt: skip
    return _About(row.retain_until)


def _seen(connection: sa.Connection, user: User, reported: int | None, claim: int | None) -> None:
    _of(reported, claim)
    if claim is not None:
        row = _claim(connection, claim)
        if row is not None and sees_claims(user, row.level, row.entity):
            return
    else:
        row = _reported(connection, reported)
        if row is not None and _sees_value(user, row):
            return
    raise NotPermitted(
        f"{user.name} sees no such figure or claim. Open it from the list.",
        user,
        f"claim:{claim}" if reported is None else f"reported:{reported}",
    )


def _sees_value(user: User, row: sa.Row) -> bool:
    open_yet = row.status in _MAY_GO
    if open_yet:
        return reports(user, row.project_id)
    return sees_inside(user, row.project_id) or sees(user, row.project_id, row.funder_id)


def _store(
    connection: sa.Connection,
    user: User,
    row: dict[str, object],
    reported: int | None,
    claim: int | None,
) -> int:
    row |= {
        "reported_id": reported,
        "claim_id": claim,
        "added_at": datetime.now(UTC),
        "added_by": user.id,
    }
    inserted = sa.insert(Proof).values(row).returning(Proof.id)
    number = connection.execute(inserted).scalar_one()
    detail = {name: row.get(name) for name in ("name", "sha256", "link", "reported_id", "claim_id")}
    audit.record(connection, user, "proof_attached", f"proof:{number}", detail)
    return number
