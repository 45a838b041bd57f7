"""Privacy notices: what people are told of their data before they answer, version by version."""

from __future__ import annotations

from datetime import date
from functools import cache
from pathlib import Path

import sqlalchemy as sa

from data import audit, schema
from data.access import User, require
from data.fieldwork.openings import require_asking
from data.permissions import Kind, Verb
from survey.text import LANGUAGES, Text, read_texts

#: The notice that is shown where the city has written none.
SHIPPED = Path(__file__).with_name("notices.yaml")


#: The longest notice in one language, in characters.
LONGEST = 20_000


class InvalidNotice(Exception):
    """A notice that cannot be stored or used; the message says why. code: unknown, too_early,
    version (how it is named), known (there is one of this name), texts."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


@cache
def shipped() -> dict[str, Text]:
    """The notices that come with the product, by version."""
    return read_texts(SHIPPED)


def notice(connection: sa.Connection, version: str) -> Text:
    """The text of a version. Raises: InvalidNotice where there is none."""
    kept = schema.Notice
    row = connection.execute(
        sa.select(kept.fi, kept.sv, kept.en).where(kept.version == version)
    ).one_or_none()
    if row is not None:
        return Text(fi=row.fi, sv=row.sv, en=row.en)
    if version in shipped():
        return shipped()[version]
    raise InvalidNotice("unknown", f"There is no privacy notice {version}.")


def valid_from(connection: sa.Connection, version: str) -> date | None:
    """The day from which a version is valid; None for one that no opening has named yet."""
    kept = schema.Notice
    return connection.scalar(sa.select(kept.valid_from).where(kept.version == version))


def versions(connection: sa.Connection) -> list[str]:
    """The versions that the city wrote, the newest first, then those that come with the product."""
    kept = schema.Notice
    newest_first = sa.select(kept.version).order_by(kept.valid_from.desc(), kept.version.desc())
    written = [v for v in connection.scalars(newest_first) if v not in shipped()]
    return written + sorted(shipped(), reverse=True)


def usable(connection: sa.Connection, today: date) -> list[str]:
    """The versions that may be shown to people today, in the order of `versions`."""
    kept = schema.Notice
    later = set(connection.scalars(sa.select(kept.version).where(kept.valid_from > today)))
    return [version for version in versions(connection) if version not in later]


def settle_notice(connection: sa.Connection, version: str | None, today: date) -> str:
    """The version that a new opening names, stored now if it never was; the newest when not given.

    Raises: InvalidNotice where there is no such version, or it is not valid yet.
    """
    kept = schema.Notice
    if version is None:
        of_city = kept.version.not_in(list(shipped())) & (kept.valid_from <= today)
        newest = sa.select(kept.version).where(of_city)
        version = connection.scalar(
            newest.order_by(kept.valid_from.desc(), kept.version.desc()).limit(1)
        ) or max(shipped())
    found = connection.scalar(sa.select(kept.valid_from).where(kept.version == version))
    if found is None:
        _store(connection, version, notice(connection, version), today)
    elif found > today:
        raise InvalidNotice(
            "too_early", f"The privacy notice {version} is valid from {found} only."
        )
    return version


def use_notice(
    connection: sa.Connection, user: User, collection: int, version: str, today: date
) -> None:
    """Shows another version to whoever answers a collection from now on.

    Every answer names the version that its respondent was shown, so those that came stay true.
    Raises: NotPermitted, InvalidNotice, data.fieldwork.openings.InvalidCollection (unknown).
    """
    require_asking(connection, user, collection)
    settle_notice(connection, version, today)
    mine = schema.Opening.collection_id == collection
    connection.execute(sa.update(schema.Opening).where(mine).values(notice_version=version))
    detail = {"notice": version}
    audit.record(connection, user, "use_notice", f"collection:{collection}", detail)


def write_notice(
    connection: sa.Connection, user: User, version: str, text: Text, valid_from: date
) -> None:
    """Stores a notice of the city's own; no version is ever written twice.

    Raises: NotPermitted, InvalidNotice.
    """
    require(user, Verb.PUBLISH, Kind.NOTICE)
    if not version.strip() or len(version) > 20:
        raise InvalidNotice("version", "A version is named by 1-20 letters, such as 2027-01.")
    said = [text.in_language(language).strip() for language in LANGUAGES]
    if not all(said) or any(len(one) > LONGEST for one in said):
        raise InvalidNotice("texts", f"Write it in three languages, {LONGEST} characters each.")
    kept = schema.Notice
    known = connection.scalar(sa.select(kept.version).where(kept.version == version))
    if known is not None or version in shipped():
        raise InvalidNotice(
            "known", f"The privacy notice {version} is there. Give the new one a new name."
        )
    _store(connection, version, text, valid_from)
    audit.record(connection, user, "write_notice", f"notice:{version}")


def _store(connection: sa.Connection, version: str, text: Text, valid_from: date) -> None:
    words = {language: text.in_language(language) for language in LANGUAGES}
    connection.execute(
        sa.insert(schema.Notice), {"version": version, "valid_from": valid_from, **words}
    )
