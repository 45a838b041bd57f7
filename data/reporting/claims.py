"""The ledger of claims: what is said to have come of the work, how well it is backed, and what else
may explain it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime

import sqlalchemy as sa

from data import audit, schema
from data.access import NotPermitted, User
from data.reporting.claim_rights import require_claims, sees_claims
from data.reporting.compliance import Compliance, compliance
from data.schema import AppUser, Proof
from metrics.indicators.indicator import GRADES
from metrics.metric import Level
from survey.text import Text

__all__ = [
    "Claim",
    "ClaimConflict",
    "ClaimSaved",
    "Compliance",
    "RefusedClaim",
    "claims",
    "compliance",
    "save_claim",
]

_LONGEST = {
    "code": 40, "statement_fi": 2_000, "statement_sv": 2_000, "statement_en": 2_000,
    "expected": 4_000, "found": 4_000, "contribution": 4_000, "substantiation": 4_000,
}  # fmt: skip
_NEEDED = ("code", "statement_fi", "contribution")
_ASPIRATION = GRADES[-1]
#: What a claim may be about besides the portfolio, whose number is 0.
_ENTITIES = {
    Level.PROGRAMME: schema.Programme,
    Level.FUNDER: schema.Funder,
    Level.AREA: schema.Area,
    Level.THEME: schema.Theme,
    Level.PROJECT: schema.Project,
}


class RefusedClaim(Exception):
    """A claim that cannot be stored. code: "empty", "too_long", "grade", "grounds_missing",
    "entity", "code_taken" or "moved"."""

    def __init__(self, code: str, message: str, **values: object) -> None:
        super().__init__(message)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Claim:
    """One claim. grade: A records with a comparison ... E an aspiration. expected: what was
    expected before; found: what came of it. proofs: how many files and links back it. id: None
    where new."""

    code: str
    level: str
    entity: int
    statement_fi: str
    grade: str
    contribution: str
    statement_sv: str | None = None
    statement_en: str | None = None
    expected: str | None = None
    found: str | None = None
    substantiation: str | None = None
    id: int | None = None
    version: int = 0
    updated_at: datetime | None = None
    updated_by: str | None = None
    proofs: int = 0

    @property
    def statement(self) -> Text:
        """The claim in three languages, in Finnish where nobody translated it."""
        return Text(
            fi=self.statement_fi,
            sv=self.statement_sv or self.statement_fi,
            en=self.statement_en or self.statement_fi,
        )


@dataclass(frozen=True, slots=True)
class ClaimSaved:
    """It is stored (by the time the transaction is). claim: its number."""

    version: int
    claim: int


@dataclass(frozen=True, slots=True)
class ClaimConflict:
    """Nothing is stored: somebody changed the claim since. theirs: as it is now; None: it is gone.
    mine: what was to be stored."""

    version: int
    theirs: Claim | None
    mine: Claim


def claims(
    connection: sa.Connection, user: User, level: str | None = None, entity: int | None = None
) -> list[Claim]:
    """The claims that a user may see, by what they are about, the best backed first."""
    table = schema.Claim
    asked = {table.level: level, table.entity: entity}
    backed = sa.select(sa.func.count()).where(Proof.claim_id == table.id).scalar_subquery()
    rows = connection.execute(
        sa.select(table.__table__, AppUser.name.label("by"), backed.label("proofs"))
        .join(AppUser, AppUser.id == table.updated_by)
        .where(*(column == value for column, value in asked.items() if value is not None))
        .order_by(table.level, table.entity, table.grade, table.code)
    )
    return [_claim(row) for row in rows if sees_claims(user, row.level, row.entity)]


def save_claim(
    connection: sa.Connection, user: User, claim: Claim, seen_version: int
) -> ClaimSaved | ClaimConflict:
    """The new version of a claim (seen_version 0: a new one), or what somebody else did meanwhile.

    Raises: NotPermitted; RefusedClaim.
    """
    require_claims(user, claim.level, claim.entity)
    claim = _tidied(claim)
    table = schema.Claim
    _refuse_entity(connection, claim)
    if claim.id is None:
        return _new(connection, user, claim)
    row = connection.execute(
        sa.select(table.__table__).where(table.id == claim.id).with_for_update()
    ).one_or_none()
    if row is None:
        raise NotPermitted(
            f"{user.name} sees no claim {claim.id}. Open it from the list.",
            user,
            f"claim:{claim.id}",
        )
    if (row.level, row.entity) != (claim.level, claim.entity):
        raise RefusedClaim("moved", "A claim stays with what it is about. Write a new one.")
    if row.version != seen_version:
        theirs = next(c for c in claims(connection, user, row.level, row.entity) if c.id == row.id)
        return ClaimConflict(row.version, theirs, claim)
    values = _values(claim)
    before = row._asdict()
    changed = {
        name: [before[name], value] for name, value in values.items() if before[name] != value
    }
    if not changed:
        return ClaimSaved(row.version, row.id)
    _refuse_taken(connection, claim)
    connection.execute(
        sa.update(table).where(table.id == row.id).values(values | _stamp(user, row.version + 1))
    )
    _tell(connection, user, row.id, row.version + 1, changed)
    return ClaimSaved(row.version + 1, row.id)


def _new(connection: sa.Connection, user: User, claim: Claim) -> ClaimSaved:
    _refuse_taken(connection, claim)
    values = _values(claim) | {"level": claim.level, "entity": claim.entity}
    inserted = sa.insert(schema.Claim).values(values | _stamp(user, 1)).returning(schema.Claim.id)
    number = connection.execute(inserted).scalar_one()
    _tell(connection, user, number, 1, {name: [None, value] for name, value in values.items()})
    return ClaimSaved(1, number)


def _claim(row: sa.Row) -> Claim:
    told = {name: getattr(row, name) for name in (*_LONGEST, "level", "entity", "grade")}
    return Claim(
        **told, id=row.id, version=row.version, updated_at=row.updated_at, updated_by=row.by,
        proofs=row.proofs,
    )  # fmt: skip


def _values(claim: Claim) -> dict[str, object]:
    told = asdict(claim)
    return {name: told[name] for name in (*_LONGEST, "grade")}


def _stamp(user: User, version: int) -> dict[str, object]:
    return {"version": version, "updated_at": datetime.now(UTC), "updated_by": user.id}


def _tell(
    connection: sa.Connection, user: User, number: int, version: int, changed: Mapping[str, object]
) -> None:
    # There is no other history of a claim: the audit keeps what it said before.
    detail = {"version": version, "changes": changed}
    audit.record(connection, user, "claim_saved", f"claim:{number}", detail)


def _tidied(claim: Claim) -> Claim:
    """The same claim without needless spaces. Raises: RefusedClaim."""
    told: dict[str, str | None] = {}
    for name, limit in _LONGEST.items():
        said = (getattr(claim, name) or "").strip()
        if len(said) > limit:
            raise RefusedClaim(
                "too_long", f"{name} has {len(said)} letters, at most {limit}. Shorten it.",
                name=name, found=len(said), limit=limit,
            )  # fmt: skip
        told[name] = said or None
    for name in _NEEDED:
        if told[name] is None:
            raise RefusedClaim("empty", f"{name} is empty, and no claim is without it.", name=name)
    if claim.grade not in GRADES:
        raise RefusedClaim("grade", f"The grade is one of {', '.join(GRADES)}.", grade=claim.grade)
    if claim.grade != _ASPIRATION and told["substantiation"] is None:
        raise RefusedClaim(
            "grounds_missing", f"Grade {claim.grade} stands on something. Say on what, or give the "
            f"grade {_ASPIRATION} (an aspiration).", grade=claim.grade,
        )  # fmt: skip
    return replace(claim, **told)


def _refuse_entity(connection: sa.Connection, claim: Claim) -> None:
    level = Level(claim.level)
    if level is Level.PORTFOLIO:
        known = claim.entity == 0
    else:
        table = _ENTITIES[level]
        known = connection.scalar(sa.select(table.id).where(table.id == claim.entity)) is not None
    if not known:
        raise RefusedClaim(
            "entity", f"There is no {claim.level} {claim.entity}. Choose it from the list.",
            level=claim.level, entity=claim.entity,
        )  # fmt: skip


def _refuse_taken(connection: sa.Connection, claim: Claim) -> None:
    table = schema.Claim
    other = sa.select(table.id).where(
        table.code == claim.code, sa.true() if claim.id is None else table.id != claim.id
    )
    if connection.scalar(other) is not None:
        raise RefusedClaim(
            "code_taken", f"{claim.code} is the code of another claim. Choose another one.",
            name=claim.code,
        )  # fmt: skip
