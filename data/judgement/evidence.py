"""The files that back a self-assessment: what is taken, and how it is kept.

A file is known by its content: its kind is told from its first bytes and not from its name, and
it is kept once, however many assessments it backs.
"""

from __future__ import annotations

import hashlib
import unicodedata
from dataclasses import dataclass

import sqlalchemy as sa

from data import schema
from data.access import NotPermitted, User
from data.judgement.assessment_reading import assessment_of

#: The first bytes of each kind that is taken, and what a browser is told that it is.
BEGINNINGS = {"pdf": b"%PDF-", "png": b"\x89PNG\r\n\x1a\n", "jpeg": b"\xff\xd8\xff"}
MEDIA_TYPES = {"pdf": "application/pdf", "png": "image/png", "jpeg": "image/jpeg"}
_NAME_LENGTH = 200
_NAMELESS = "file"


class RefusedEvidence(Exception):
    """A file that is not taken. code: "empty", "too_large" or "unknown_kind"."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@dataclass(frozen=True, slots=True)
class EvidenceContent:
    """A file as it was brought."""

    name: str
    kind: str
    media_type: str
    content: bytes


def evidence(
    connection: sa.Connection, user: User, assessment: int, sha256: str
) -> EvidenceContent:
    """A file of an assessment that the user sees. Raises: NotPermitted."""
    for each in assessment_of(connection, user, assessment).evidence:
        if each.sha256 == sha256:
            content = connection.scalar(
                sa.select(schema.EvidenceFile.content).where(schema.EvidenceFile.sha256 == sha256)
            )
            return EvidenceContent(each.name, each.kind, MEDIA_TYPES[each.kind], content)
    raise NotPermitted(
        f"{user.name} sees no such file. Open it from its self-assessment.",
        user,
        f"assessment:{assessment}",
    )


def kind_of(content: bytes) -> str:
    """What kind of file it is, from its first bytes. Raises: RefusedEvidence."""
    if not content:
        raise RefusedEvidence("empty", "The file is empty. Choose another one.")
    if len(content) > schema.EVIDENCE_BYTES:
        raise RefusedEvidence(
            "too_large",
            f"The file has {len(content):,} bytes, and at most {schema.EVIDENCE_BYTES:,} are "
            "taken. Make it smaller, or give a link instead.",
        )
    for kind, beginning in BEGINNINGS.items():
        if content.startswith(beginning):
            return kind
    raise RefusedEvidence(
        "unknown_kind", "The file is neither a PDF nor a PNG or JPEG picture. Save it as one."
    )


def keep(connection: sa.Connection, content: bytes) -> str:
    """The hash under which a file is kept, once. Raises: RefusedEvidence."""
    kind = kind_of(content)
    sha256 = hashlib.sha256(content).hexdigest()
    held = sa.select(schema.EvidenceFile.sha256).where(schema.EvidenceFile.sha256 == sha256)
    if connection.scalar(held) is not None:
        return sha256
    row = {"sha256": sha256, "kind": kind, "bytes": len(content), "content": content}
    attempt = connection.begin_nested()
    try:
        connection.execute(sa.insert(schema.EvidenceFile), row)
    except sa.exc.IntegrityError:  # somebody brought the same file in this very moment
        attempt.rollback()
    else:
        attempt.commit()
    return sha256


def forget_unused(connection: sa.Connection, sha256: str) -> None:
    """Nothing; a file that no assessment names any more is gone."""
    named = sa.exists().where(schema.AssessmentEvidence.sha256 == sha256)
    connection.execute(
        sa.delete(schema.EvidenceFile).where(schema.EvidenceFile.sha256 == sha256, ~named)
    )


def plain_name(name: str) -> str:
    """The name of a file without folders and without letters that cannot be seen."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    seen = "".join(letter for letter in last if unicodedata.category(letter)[0] != "C").strip()
    return seen[-_NAME_LENGTH:] or _NAMELESS
