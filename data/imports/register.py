"""The register as an import sees it: which code a name means, and what is to be created."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass, field

import sqlalchemy as sa

from data import schema
from data.imports.business_ids import business_id_in, is_business_id
from data.imports.mapping import AreaEntry
from data.imports.profile import Profile
from data.imports.spaces import normal_spaces

TABLES = {
    "project": schema.Project,
    "programme": schema.Programme,
    "funder": schema.Funder,
    "theme": schema.Theme,
    "area": schema.Area,
}
AMBIGUOUS = object()


def folded(value: object) -> str:
    """A name as it is compared: without case and without differences of white space."""
    return normal_spaces(str(value)).casefold()


def code_of(name: str, prefix: str = "") -> str:
    """A short code made of a name: plain letters, digits and hyphens; never empty."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    slug = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:60]
    return f"{prefix}{slug or _mark(name)}"


def _mark(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()[:8]


@dataclass(frozen=True, slots=True)
class Entry:
    """What a name means: a code, or what is wrong with the name."""

    code: str | None
    flaw: str = ""


@dataclass(slots=True)
class Register:
    """Codes by folded code or name, for every table; ``new`` is what the profile may create."""

    profile: Profile
    codes: dict[str, dict[str, object]]
    ids: dict[str, dict[str, int]]
    parents: dict[str, str | None]
    new: dict[str, dict[str, dict]] = field(default_factory=dict)
    planned: dict[str, AreaEntry] = field(default_factory=dict)

    def find(self, table: str, name: str) -> Entry:
        """The code that a name or a code means; a new one where the profile lets it be created."""
        if table == "organisation" and (told := business_id_in(name)):
            if not is_business_id(told):
                return Entry(None, "wrong_business_id")
            name = told
        known = self.codes[table].get(folded(name))
        if known is AMBIGUOUS:
            return Entry(None, "ambiguous_name")
        if known is not None:
            return Entry(known)
        if table == "area":
            return Entry(None, "unknown_area")
        may = self.profile.create_projects if table == "project" else table in self.profile.create
        if not may or len(normal_spaces(name)) > 300:
            return Entry(None, f"unknown_{table}")
        return Entry(self._plan(table, normal_spaces(name)))

    def _plan(self, table: str, name: str) -> str:
        code = name if table == "organisation" else code_of(name, self.profile.code_prefix)
        if code in self.ids[table] or code in self.new.get(table, {}):
            code = f"{code}-{_mark(name)}"
        self.codes[table][folded(name)] = code
        self.new.setdefault(table, {})[code] = {"code": code, "name_fi": name}
        return code

    def lineage(self, code: str | None) -> list[str]:
        """An area's code and the codes of everything that it lies within."""
        found = []
        while code is not None and code not in found:
            found.append(code)
            code = self.parents.get(code)
        return found


def read_register(connection: sa.Connection, profile: Profile) -> Register:
    """What is in the register now, and the areas that the profile brings with it."""
    codes: dict[str, dict[str, object]] = {}
    ids: dict[str, dict[str, int]] = {}
    for table, model in TABLES.items():
        rows = connection.execute(
            sa.select(model.id, model.code, model.name_fi, model.name_sv, model.name_en)
        ).all()
        ids[table] = {row.code: row.id for row in rows}
        codes[table] = _by_name(
            [(row.code, (row.name_fi, row.name_sv, row.name_en)) for row in rows]
        )
    organisations = connection.execute(
        sa.select(schema.Organisation.id, schema.Organisation.name, schema.Organisation.business_id)
    ).all()
    ids["organisation"] = {row.name: row.id for row in organisations}
    codes["organisation"] = _by_name([(o.name, (o.business_id,)) for o in organisations])
    by_id = {number: code for code, number in ids["area"].items()}
    links = connection.execute(sa.select(schema.Area.code, schema.Area.parent_id)).all()
    parents = {row.code: by_id.get(row.parent_id) for row in links}
    register = Register(profile, codes, ids, parents)
    for entry in profile.areas:
        _plan_area(register, entry)
    return register


def _by_name(rows: list[tuple[str, tuple[str | None, ...]]]) -> dict[str, object]:
    """Codes by every way of naming them; a code wins over a name, two equal names are ambiguous."""
    named: dict[str, object] = {}
    for code, names in rows:
        for name in {folded(name) for name in names if name}:
            named[name] = AMBIGUOUS if named.get(name, code) != code else code
    return named | {folded(code): code for code, _ in rows}


def _plan_area(register: Register, entry: AreaEntry) -> None:
    """Makes an area of the profile known; one that the register has already is left as it is."""
    names = {entry.code, entry.name.fi, entry.name.sv, entry.name.en}
    known = next((found for found in map(folded, names) if found in register.codes["area"]), None)
    if known is not None:
        existing = register.codes["area"][known]
        for name in names:
            register.codes["area"].setdefault(folded(name), existing)
        return
    parent = register.codes["area"].get(folded(entry.parent)) if entry.parent else None
    register.parents[entry.code] = parent if isinstance(parent, str) else None
    register.planned[entry.code] = entry
    for name in names:
        register.codes["area"].setdefault(folded(name), entry.code)


def areas_needed(register: Register, used: dict[str, set[str]]) -> list[str]:
    """Areas of the profile that stored rows lie within and the register lacks, widest first."""
    within = {code for area in used.get("area", ()) for code in register.lineage(area)}
    return [code for code in register.planned if code in within]


def create(
    connection: sa.Connection, register: Register, used: dict[str, set[str]], batch: int
) -> None:
    """Stores the new entries that stored rows use, and makes their ids known to the register."""
    for code in areas_needed(register, used):
        entry = register.planned[code]
        parent = register.parents[code]
        row = {
            "code": code,
            "name_fi": entry.name.fi,
            "name_sv": entry.name.sv,
            "name_en": entry.name.en,
            "kind": entry.kind,
            "parent_id": register.ids["area"][parent] if parent else None,
            "batch_id": batch,
        }
        register.ids["area"][code] = _insert(connection, schema.Area, row)
    for table in ("programme", "funder", "theme"):
        for code, new in register.new.get(table, {}).items():
            if code in used.get(table, ()):
                row = new | {"batch_id": batch}
                register.ids[table][code] = _insert(connection, TABLES[table], row)
    for name in register.new.get("organisation", {}):
        if name in used.get("organisation", ()):
            row = {
                "name": name,
                "business_id": name if is_business_id(name) else None,
                "kind": register.profile.organisation_kind,
                "group_code": register.profile.organisation_group,
                "batch_id": batch,
            }
            register.ids["organisation"][name] = _insert(connection, schema.Organisation, row)


def _insert(connection: sa.Connection, model, row: dict) -> int:
    return connection.execute(sa.insert(model).values(**row)).inserted_primary_key[0]
