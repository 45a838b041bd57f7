"""Every indicator that may be reported: the shipped ones, and those of programmes and projects.

A definition is kept whole with its hash when it is first used, so a reported value can always be
read with the definition that it was reported under. A changed one takes a new version.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, lru_cache

import sqlalchemy as sa

from data import audit
from data.access import User, require
from data.permissions import Kind, Verb
from data.schema import IndicatorVersion, Programme, Project, ProjectProgramme
from metrics.indicators.catalogue import common
from metrics.indicators.indicator import Indicator, speaks_of_people

_INTERREG = "interreg"


class RefusedIndicator(Exception):
    """An indicator that cannot be stored or used. code: "unknown", "changed", "taken", "common",
    "older", "owner", "period", "interreg_only", "other_programme" or "other_project"."""

    def __init__(self, code: str, message: str, **values: object) -> None:
        super().__init__(message)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Stored:
    """A stored version of an indicator, and whose it is (nobody's: common)."""

    id: int
    indicator: Indicator
    sha256: str
    programme: int | None
    project: int | None


def canonical(indicator: Indicator) -> str:
    """An indicator as the JSON that is kept and hashed."""
    told = indicator.model_dump(mode="json")
    if indicator.of_people is speaks_of_people(indicator.unit.code, indicator.counted):
        # Nothing new is said, so a definition from before the field keeps its hash.
        del told["of_people"]
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def sha256_of(indicator: Indicator) -> str:
    return hashlib.sha256(canonical(indicator).encode()).hexdigest()


def indicators(connection: sa.Connection) -> Mapping[str, Indicator]:
    """Common and own indicators, by key (``RCO01@1``).

    Raises: RefusedIndicator where a stored definition is not what its hash or the shipped file
    says.
    """
    return dict(common()) | {
        stored.indicator.key: stored.indicator for stored in stored_versions(connection).values()
    }


def stored_versions(connection: sa.Connection) -> dict[int, Stored]:
    """Every definition that was used or written here, by the number of its row.

    Raises: RefusedIndicator where one is not what its hash or the shipped file says.
    """
    rows = connection.execute(sa.select(IndicatorVersion.__table__)).all()
    found = {row.id: _stored(row) for row in rows}
    for stored in found.values():
        _refuse_changed(stored.indicator.key, _shipped().get(stored.indicator.key), stored.sha256)
    return found


def indicator_id(connection: sa.Connection, key: str) -> int:
    """The number of a stored definition; a common one is stored at its first use.

    Raises: RefusedIndicator: "unknown"; "changed" where another definition has this version.
    """
    code, _, version = key.partition("@")
    if not version.isdecimal():
        raise _unknown(key)
    row = connection.execute(
        sa.select(IndicatorVersion.__table__).where(
            IndicatorVersion.code == code, IndicatorVersion.version == int(version)
        )
    ).one_or_none()
    if row is not None:
        stored = _stored(row)
        _refuse_changed(key, _shipped().get(key), stored.sha256)
        return row.id
    if key not in common():
        raise _unknown(key)
    attempt = connection.begin_nested()
    try:
        number = _insert(connection, common()[key], None, None)
    except sa.exc.IntegrityError:  # somebody else used it first in this very moment
        attempt.rollback()
        return indicator_id(connection, key)
    attempt.commit()
    return number


def definition_of(connection: sa.Connection, key: str) -> Stored:
    """The definition of a key, stored or only shipped (its number is then 0); nothing is written.

    Raises: RefusedIndicator: "unknown", "changed".
    """
    for stored in stored_versions(connection).values():
        if stored.indicator.key == key:
            return stored
    if key not in common():
        raise _unknown(key)
    return Stored(0, common()[key], _shipped()[key], None, None)


def store_own(
    connection: sa.Connection,
    user: User,
    indicator: Indicator,
    *,
    programme: int | None = None,
    project: int | None = None,
) -> int:
    """The number of a definition that somebody wrote for a programme or for one project.

    A version that is stored already with the same contents is that one.
    Raises: NotPermitted; RefusedIndicator.
    """
    if (programme is None) == (project is None):
        raise RefusedIndicator("owner", "Name either the programme or the project that it is of.")
    require(user, Verb.REPORT, Kind.INDICATOR, project)
    if indicator.period != "own":
        raise RefusedIndicator("period", "The period of an indicator of your own is 'own'.")
    if indicator.code in {known.code for known in common().values()}:
        raise RefusedIndicator(
            "common", f"{indicator.code} is a common indicator. Choose another code.",
            indicator=indicator.code,
        )  # fmt: skip
    rows = connection.execute(
        sa.select(IndicatorVersion.__table__).where(IndicatorVersion.code == indicator.code)
    ).all()
    for row in rows:
        if (row.programme_id, row.project_id) != (programme, project):
            raise RefusedIndicator(
                "taken", f"{indicator.code} is the code of somebody else's indicator. Choose "
                "another one.", indicator=indicator.code,
            )  # fmt: skip
        if row.version == indicator.version:
            _refuse_changed(indicator.key, sha256_of(indicator), row.sha256)
            return row.id
    newest = max((row.version for row in rows), default=0)
    if indicator.version < newest:
        raise RefusedIndicator(
            "older", f"{indicator.code} has version {newest} already. Give it the next one.",
            indicator=indicator.code, newest=newest,
        )  # fmt: skip
    number = _insert(connection, indicator, programme, project)
    detail = {"programme": programme, "project": project}
    audit.record(connection, user, "indicator_stored", f"indicator:{indicator.key}", detail)
    return number


def offered(connection: sa.Connection, project: int) -> dict[str, Indicator]:
    """The indicators that a project may report, by key: the newest version of each."""
    programmes = _programmes(connection, project)
    owned = stored_versions(connection).values()
    mine = {
        each.indicator.key: each.indicator
        for each in owned
        if (each.programme is None or each.programme in programmes)
        and (each.project is None or each.project == project)
    }
    known = dict(common()) | mine
    interreg = _is_interreg(programmes)
    newest: dict[str, Indicator] = {}
    for indicator in sorted(known.values(), key=lambda each: each.version):
        if interreg or not indicator.interreg_only:
            newest[indicator.code] = indicator
    return {indicator.key: indicator for indicator in newest.values()}


def refuse_elsewhere(connection: sa.Connection, stored: Stored, project: int) -> None:
    """Nothing, when a project may use a definition.

    Raises: RefusedIndicator: "interreg_only" outside Interreg programmes, "other_programme" and
    "other_project" for definitions that belong to somebody else.
    """
    programmes = _programmes(connection, project)
    indicator = stored.indicator
    if indicator.interreg_only and not _is_interreg(programmes):
        raise RefusedIndicator(
            "interreg_only", f"{indicator.code} may be used in Interreg programmes only. Use an "
            "indicator of the programme's own.", indicator=indicator.code,
        )  # fmt: skip
    if stored.programme is not None and stored.programme not in programmes:
        raise RefusedIndicator(
            "other_programme", f"{indicator.code} belongs to a programme that the project is not "
            "in. Choose another indicator.", indicator=indicator.code,
        )  # fmt: skip
    if stored.project is not None and stored.project != project:
        raise RefusedIndicator(
            "other_project", f"{indicator.code} belongs to another project. Choose another one.",
            indicator=indicator.code,
        )  # fmt: skip


def _programmes(connection: sa.Connection, project: int) -> dict[int, str]:
    """The codes and names of a project's programmes, by number."""
    rows = connection.execute(
        sa.select(
            Programme.id, Programme.code, Programme.name_fi, Programme.name_sv, Programme.name_en
        )
        .join(ProjectProgramme, ProjectProgramme.programme_id == Programme.id)
        .join(Project, Project.id == ProjectProgramme.project_id)
        .where(Project.id == project)
    )
    return {row[0]: " ".join(filter(None, row[1:])) for row in rows}


def _is_interreg(programmes: Mapping[int, str]) -> bool:
    return any(_INTERREG in said.casefold() for said in programmes.values())


def _insert(
    connection: sa.Connection, indicator: Indicator, programme: int | None, project: int | None
) -> int:
    row = {
        "code": indicator.code,
        "version": indicator.version,
        "programme_id": programme,
        "project_id": project,
        "definition": canonical(indicator),
        "sha256": sha256_of(indicator),
    }
    inserted = sa.insert(IndicatorVersion).values(row).returning(IndicatorVersion.id)
    return connection.execute(inserted).scalar_one()


def _stored(row: sa.Row) -> Stored:
    indicator = _parsed(row.sha256, row.definition)
    return Stored(row.id, indicator, row.sha256, row.programme_id, row.project_id)


@lru_cache(maxsize=2048)
def _parsed(sha256: str, definition: str) -> Indicator:
    if hashlib.sha256(definition.encode()).hexdigest() != sha256:
        raise RefusedIndicator(
            "changed", f"A stored definition is not what its hash {sha256[:12]} says: somebody "
            "changed it in the database. Put it back from a copy.",
        )  # fmt: skip
    return Indicator.model_validate(json.loads(definition))


@cache
def _shipped() -> Mapping[str, str]:
    """The hash of each common definition, by key."""
    return {key: sha256_of(indicator) for key, indicator in common().items()}


def _refuse_changed(key: str, expected: str | None, sha256: str) -> None:
    if expected is not None and expected != sha256:
        raise RefusedIndicator(
            "changed", f"{key} was used with other contents. Give the changed one a new version.",
            indicator=key,
        )  # fmt: skip


def _unknown(key: str) -> RefusedIndicator:
    return RefusedIndicator(
        "unknown", f"There is no indicator {key!r}. Choose one from the list.", indicator=key
    )
