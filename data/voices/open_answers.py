"""Open answers, put under themes and cleared for quoting by people.

Only those who code read answers as they were written; everybody else reads `quotes`. Whoever
changes what stands of an answer says what they saw: where somebody else changed it since, nothing
is stored and what stands now is the answer. What was replaced knowingly stays in the audit.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import NamedTuple

import sqlalchemy as sa

from data import audit, schema
from data.access import User, require
from data.permissions import Kind, Verb
from data.voices.written import (
    answers_where,
    came_as_a_file,
    coders_where,
    is_published,
    themes_where,
)
from survey.text import Text

_LONGEST = 4000


class UnknownTheme(Exception):
    """A theme or an open answer that is not there, or a theme that is there already."""


@dataclass(frozen=True, slots=True)
class Theme:
    """What open answers tell of. kind: "challenge", "success" or "benefit"."""

    id: int
    code: str
    kind: str
    name: Text


@dataclass(frozen=True, slots=True)
class OpenText:
    """An open answer as it was written, for those who code it.

    coded_by: who put it under its themes.
    """

    response: str
    item: str
    collection: int
    project: int
    phase: str
    instrument: str
    text: str
    themes: tuple[int, ...]
    cleared: bool
    redacted: str | None
    coded_by: tuple[str, ...] = ()

    @property
    def quoted(self) -> Quoted:
        return Quoted(self.cleared, self.redacted)


class Quoted(NamedTuple):
    """Whether an answer may be quoted, and in which words where not in its own."""

    cleared: bool = False
    redacted: str | None = None


@dataclass(frozen=True, slots=True)
class Meanwhile:
    """Nothing is stored: somebody changed what stands of an answer since it was seen.

    themes, quoted: as they are now. by: who put it there (nobody, where it was taken away).
    """

    themes: tuple[int, ...]
    quoted: Quoted
    by: tuple[str, ...]


# --- themes -------------------------------------------------------------------------------------


def themes(connection: sa.Connection) -> list[Theme]:
    """Every theme, by kind and name."""
    theme = schema.AnswerTheme
    rows = connection.execute(sa.select(theme).order_by(theme.kind, theme.name_fi, theme.id))
    return [
        Theme(
            row.id,
            row.code,
            row.kind,
            Text(fi=row.name_fi, sv=row.name_sv or row.name_fi, en=row.name_en or row.name_fi),
        )
        for row in rows
    ]


def theme_code(kind: str, subject: str) -> str:
    """The code of the theme that a subject (`survey.keywords`) is as a challenge, a success or a
    benefit."""
    return f"{kind}_{subject}"


def add_theme(connection: sa.Connection, user: User, code: str, kind: str, name: Text) -> int:
    """The number of a new theme. Raises: NotPermitted; UnknownTheme where the code is taken."""
    require(user, Verb.CODE, Kind.ROW)
    theme = schema.AnswerTheme
    if kind not in schema.THEME_KINDS:
        raise UnknownTheme(f"There is no kind {kind!r}; choose one of {schema.THEME_KINDS}.")
    if connection.scalar(sa.select(theme.id).where(theme.code == code)) is not None:
        raise UnknownTheme(f"There is a theme {code!r} already. Use it, or choose another code.")
    row = {"code": code, "kind": kind, **_names(name)}
    number = connection.scalar(sa.insert(theme).values(row).returning(theme.id))
    audit.record(connection, user, "add_theme", f"theme:{number}", {"code": code})
    return number


def rename_theme(connection: sa.Connection, user: User, theme: int, name: Text) -> None:
    """Nothing; the theme has another name. Raises: NotPermitted; UnknownTheme."""
    require(user, Verb.CODE, Kind.ROW)
    table = schema.AnswerTheme
    changed = connection.execute(sa.update(table).where(table.id == theme).values(_names(name)))
    if not changed.rowcount:
        raise UnknownTheme(f"There is no theme {theme}. Choose one of the list.")
    audit.record(connection, user, "rename_theme", f"theme:{theme}")


def _names(name: Text) -> dict[str, str]:
    return {"name_fi": name.fi, "name_sv": name.sv, "name_en": name.en}


# --- coding -------------------------------------------------------------------------------------


def to_code(
    connection: sa.Connection,
    user: User,
    project: int | None = None,
    collection: int | None = None,
    uncoded_only: bool = False,
    limit: int = 100,
) -> list[OpenText]:
    """Open answers as they were written, in an order that says nothing of their time.

    Rows: of what came by link only what is published, so that nobody who sees who has answered
    sees one new answer beside it. Raises: NotPermitted for all who do not code.
    """
    require(user, Verb.CODE, Kind.ROW)
    which = [came_as_a_file() | is_published(connection)]
    if project is not None:
        which.append(schema.Collection.project_id == project)
    if collection is not None:
        which.append(schema.Collection.id == collection)
    if uncoded_only:
        coding = schema.AnswerCoding
        which.append(
            ~sa.exists().where(
                coding.response_id == schema.OpenAnswer.response_id,
                coding.item == schema.OpenAnswer.item,
            )
        )
    rows = connection.execute(answers_where(*which).limit(limit)).all()
    chosen = [schema.OpenAnswer.response_id.in_({row.response_id for row in rows})]
    coded = themes_where(connection, *chosen)
    coders = coders_where(connection, *chosen)
    return [
        OpenText(
            row.response_id,
            row.item,
            row.collection,
            row.project_id,
            row.phase,
            f"{row.code}@{row.version}",
            row.text,
            coded.get((row.response_id, row.item), ()),
            row.cleared_at is not None,
            row.redacted_text,
            coders.get((row.response_id, row.item), ()),
        )
        for row in rows
    ]


def code(
    connection: sa.Connection,
    user: User,
    response: str,
    item: str,
    chosen: Collection[int],
    seen: Collection[int],
) -> Meanwhile | None:
    """Nothing, and an open answer stands under exactly these themes; or what stands there now, and
    nothing is stored.

    seen: the themes that it stood under when the user looked. Raises: NotPermitted; UnknownTheme
    where the answer or a theme is not there.
    """
    require(user, Verb.CODE, Kind.ROW)
    _refuse_absent(connection, response, item)
    known = set(connection.scalars(sa.select(schema.AnswerTheme.id)))
    if unknown := set(chosen) - known:
        raise UnknownTheme(f"There are no themes {sorted(unknown)}. Choose from the list.")
    coding = schema.AnswerCoding
    here = (coding.response_id == response, coding.item == item)
    held = set(connection.scalars(sa.select(coding.theme_id).where(*here)))
    if held != set(seen) and held != set(chosen):
        return _meanwhile(connection, response, item)
    connection.execute(sa.delete(coding).where(*here, coding.theme_id.not_in(set(chosen))))
    rows = [
        {
            "response_id": response,
            "item": item,
            "theme_id": theme,
            "coded_by": user.id,
            "coded_at": datetime.now(UTC),
        }
        for theme in sorted(set(chosen) - held)
    ]
    if rows:
        connection.execute(sa.insert(coding), rows)
    if held != set(chosen):
        told = {"before": sorted(held), "after": sorted(set(chosen))}
        audit.record(connection, user, "code_answer", f"open_answer:{response}:{item}", told)
    return None


def clear(
    connection: sa.Connection,
    user: User,
    response: str,
    item: str,
    seen: Quoted,
    redacted: str | None = None,
) -> Meanwhile | None:
    """Nothing, and an open answer may be quoted, as it was written or as it is given here; or what
    stands of it now, and nothing is stored.

    Raises: NotPermitted; UnknownTheme where the answer is not there.
    """
    require(user, Verb.CODE, Kind.ROW)
    _refuse_absent(connection, response, item)
    said = (redacted or "").strip()[:_LONGEST] or None
    held = _quoted(connection, response, item)
    if held not in (seen, Quoted(True, said)):
        return _meanwhile(connection, response, item)
    _withdraw(connection, response, item)
    connection.execute(
        sa.insert(schema.AnswerClearance),
        {
            "response_id": response,
            "item": item,
            "redacted_text": said,
            "cleared_by": user.id,
            "cleared_at": datetime.now(UTC),
        },
    )
    audit.record(connection, user, "clear_answer", f"open_answer:{response}:{item}")
    return None


def withdraw(connection: sa.Connection, user: User, response: str, item: str) -> None:
    """Nothing; an open answer is not to be quoted any more, whoever cleared it in which words: to
    take words out of sight must never wait. Raises: NotPermitted."""
    require(user, Verb.CODE, Kind.ROW)
    if _withdraw(connection, response, item):
        audit.record(connection, user, "withdraw_answer", f"open_answer:{response}:{item}")


def _meanwhile(connection: sa.Connection, response: str, item: str) -> Meanwhile:
    """What stands of an answer now, and who put it there."""
    mine = schema.OpenAnswer.response_id == response
    key = (response, item)
    return Meanwhile(
        themes_where(connection, mine).get(key, ()),
        _quoted(connection, response, item),
        coders_where(connection, mine).get(key, ()),
    )


def _quoted(connection: sa.Connection, response: str, item: str) -> Quoted:
    cleared = schema.AnswerClearance
    row = connection.execute(
        sa.select(cleared.redacted_text).where(
            cleared.response_id == response, cleared.item == item
        )
    ).one_or_none()
    return Quoted() if row is None else Quoted(True, row.redacted_text)


def _withdraw(connection: sa.Connection, response: str, item: str) -> bool:
    cleared = schema.AnswerClearance
    return bool(
        connection.execute(
            sa.delete(cleared).where(cleared.response_id == response, cleared.item == item)
        ).rowcount
    )


def _refuse_absent(connection: sa.Connection, response: str, item: str) -> None:
    answer = schema.OpenAnswer
    there = sa.select(answer.item).where(answer.response_id == response, answer.item == item)
    # Whoever changes what stands of an answer holds it until the transaction ends.
    if connection.scalar(there.with_for_update()) is None:
        raise UnknownTheme("That open answer is not there any more. Read the list again.")
