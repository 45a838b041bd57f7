"""Who may do what, and who did it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import (
    CheckConstraint,
    ForeignKey,
    Index,
    String,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import Mapped, mapped_column

from data.schema.tables import Base, one_of

ROLES = ("steering", "manager", "funder", "evaluator", "administrator")


class AppUser(Base):
    """A person who may sign in, known by issuer and subject of their identity provider."""

    __tablename__ = "app_user"
    id: Mapped[int] = mapped_column(primary_key=True)
    issuer: Mapped[str]
    subject: Mapped[str]
    name: Mapped[str]
    disabled_at: Mapped[datetime | None]
    __table_args__ = (UniqueConstraint("issuer", "subject"),)


class UserGrant(Base):
    """A role of a user; a manager's names a project, a funder's names a funder."""

    __tablename__ = "user_grant"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"), index=True)
    role: Mapped[str] = mapped_column(String(20))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    funder_id: Mapped[int | None] = mapped_column(ForeignKey("funder.id", ondelete="CASCADE"))
    __table_args__ = (
        one_of("role", ROLES),
        CheckConstraint("(role = 'manager') = (project_id is not null)", name="manager_project"),
        CheckConstraint("(role = 'funder') = (funder_id is not null)", name="funder_funder"),
        UniqueConstraint("user_id", "project_id"),
        UniqueConstraint("user_id", "funder_id"),
        # Nulls differ from each other in a unique constraint, so whole-house roles need their own.
        Index(
            "uq_user_grant_whole_house",
            "user_id",
            "role",
            unique=True,
            sqlite_where=text("project_id is null and funder_id is null"),
            postgresql_where=text("project_id is null and funder_id is null"),
        ),
    )


class SignInSession(Base):
    """One sign-in of a person in one browser; the cookie's hash, never the cookie."""

    __tablename__ = "sign_in_session"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("app_user.id", ondelete="CASCADE"), index=True)
    token_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    started_at: Mapped[datetime]
    seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class LocalPassword(Base):
    """The password of a person whom no identity provider knows, as argon2id keeps it."""

    __tablename__ = "local_password"
    user_id: Mapped[int] = mapped_column(
        ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    password_hash: Mapped[str]
    set_at: Mapped[datetime]


class SignInFailure(Base):
    """Wrong passwords for one name from one address, both under a hash."""

    __tablename__ = "sign_in_failure"
    who_sha256: Mapped[str] = mapped_column(String(64), primary_key=True)
    failures: Mapped[int]
    last_at: Mapped[datetime]


class UserInvitation(Base):
    """A code that ties a person to who they are at the identity provider, once; never the code."""

    __tablename__ = "user_invitation"
    user_id: Mapped[int] = mapped_column(
        ForeignKey("app_user.id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    code_sha256: Mapped[str] = mapped_column(String(64), unique=True)
    invited_at: Mapped[datetime]
    lasts_until: Mapped[datetime]


class AuditEvent(Base):
    """Who did what when; no personal answers.

    Each line holds the hash of the line before it, so that none can be changed or left out unseen,
    and of what it says only a salted hash, so that what has to be forgotten can be: `data.audit`.
    The database itself refuses to change or delete a line (the migration's triggers).
    """

    __tablename__ = "audit_event"
    id: Mapped[int] = mapped_column(primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    action: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str]
    detail: Mapped[str] = mapped_column(Text, server_default="{}")
    salt: Mapped[str | None] = mapped_column(String(32))
    content_sha256: Mapped[str] = mapped_column(String(64))
    previous: Mapped[str] = mapped_column(String(64), unique=True)
    sha256: Mapped[str] = mapped_column(String(64), unique=True)
