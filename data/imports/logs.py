"""Record files: whatever is described in `kinds`, checked and stored in the same way."""

from __future__ import annotations

import numpy as np
import pandas as pd
import sqlalchemy as sa

from data import schema
from data.imports import fieldings, organisations, reports
from data.imports.columns import Columns
from data.imports.kinds import KINDS, Field, Kind
from data.imports.merging import merge, standing
from data.imports.moments import moments
from data.imports.projects import Checked
from data.imports.register import Register
from data.imports.storing import numbered
from data.instruments import known_instruments

#: More people, volunteers or credits than this are a slip of the pen.
MOST = 2_147_483_648
#: Kinds of which a part of the key is found in another way than by a code or a name.
_RESOLVED = {
    "phases": fieldings.phase_values,
    "collections": fieldings.collection_values,
    "reported_values": reports.reported_rows,
}
#: Kinds whose numbers are only ever raised: people who were invited stay invited.
_ONLY_MORE = ("collections",)


def check(columns: Columns, connection: sa.Connection) -> Checked:
    """The rows of a record file; what is wrong goes to the findings.

    Shape: one column a field; people are hashed, entries of the register and records are codes.
    """
    name = columns.profile.kind
    kind = KINDS[name]
    found = {field: _read(columns, connection, kind, field) for field in kind.fields}
    rows = pd.DataFrame(found, dtype=object)
    if name == "organisations":
        organisations.judge(columns, connection, rows)
    _check_days(columns, kind, rows)
    _check_company(columns, kind, rows)
    _reject_repeated(columns, kind, rows)
    if kind.key == ("code",) and "project" in kind.fields:
        _reject_others(columns, connection, kind, rows)
    if name == "phases":
        columns.findings.add(
            "no_such_phase", fieldings.lacks_phase(connection, rows), columns.label("phase"),
            rows["phase"].to_numpy(),
        )  # fmt: skip
    if name in reports.CHECKS:
        reports.CHECKS[name](columns, connection, rows)
    checked = Checked(rows, {"organisation": _organisations(kind, rows)}, _given(columns, kind))
    _remark(columns, connection, name, checked)
    return checked


def store(
    connection: sa.Connection, name: str, checked: Checked, register: Register, batch: int
) -> None:
    """Stores the new rows and changes those that are there already and say something else."""
    kind = KINDS[name]
    reports.keep_definitions(connection, name, checked.rows)
    own = [field for field, said in kind.fields.items() if said.model is kind.model]
    later = frozenset(own)
    values, key, replace = _values(connection, name, checked, register, batch, without=later)
    merge(connection, kind.model, values, key, replace, batch, name in _ONLY_MORE)
    if later & checked.given:
        # Rows that name rows of their own file can do so once all of them have a number.
        values, key, _ = _values(connection, name, checked, register, batch, without=frozenset())
        columns = [kind.fields[field].column for field in own if field in checked.given]
        merge(connection, kind.model, values, key, columns, batch)


# --- reading ------------------------------------------------------------------------------------


def _read(columns: Columns, connection: sa.Connection, kind: Kind, name: str) -> np.ndarray:
    """A field as it will be stored, or as a code of what it names; blanks become the default."""
    field = kind.fields[name]
    if field.reads == "day":
        return columns.date(name, required=field.required).astype(object)
    if field.reads == "register":
        return columns.entity(name, field.table, required=field.required)
    if field.reads == "closed":
        return columns.closed(name, field.default, field.required, field.allowed)
    if field.reads == "record":
        return _reference(columns, connection, kind, name)
    said = _told(columns, connection, name, field)
    return said if field.default is None else np.where(pd.isna(said), field.default, said)


def _told(columns: Columns, connection: sa.Connection, name: str, field: Field) -> np.ndarray:
    """What a field that is written as text says."""
    said = columns.text(name, field.limit, required=field.required)
    if field.reads == "count":
        return _whole(columns.numbers(said, columns.label(name), MOST, whole=True))
    if field.reads == "number":
        return reports.amounts(columns, said, name)
    if field.reads == "flag":
        return columns.flags(said, name)
    if field.reads == "moment":
        return moments(columns, said, name)
    if field.reads in ("person", "case"):
        return columns.hashed(said, f"{field.reads}:")
    if field.reads == "instrument":
        return columns.listed(said, name, tuple(sorted(known_instruments(connection))))
    if field.reads == "indicator":
        return reports.known_indicators(columns, connection, said, name)
    return said


def _whole(numbers: np.ndarray) -> np.ndarray:
    found = np.empty(len(numbers), dtype=object)
    found[:] = [None if number is None else int(number) for number in numbers]
    return found


def _reference(columns: Columns, connection: sa.Connection, kind: Kind, name: str) -> np.ndarray:
    """Codes of records; those that neither the database nor the file itself has are rejected."""
    field = kind.fields[name]
    said = columns.text(name, 120, required=field.required)
    known = set(connection.execute(sa.select(field.model.code)).scalars())
    if field.model is kind.model:
        known |= set(columns.text("code"))
    absent = ~pd.isna(said) & ~pd.Series(said).isin(known).to_numpy()
    columns.findings.add("unknown_record", absent, columns.label(name), said, field=name)
    return said


# --- what fields say together -------------------------------------------------------------------


def _check_days(columns: Columns, kind: Kind, rows: pd.DataFrame) -> None:
    """Days that follow each other, whichever of them are known."""
    for days in kind.ordered:
        latest = rows[days[0]].to_numpy().astype("datetime64[D]")
        for name in days[1:]:
            day = rows[name].to_numpy().astype("datetime64[D]")
            columns.in_order(latest, day, name)
            latest = np.fmax(latest, day)


def _check_company(columns: Columns, kind: Kind, rows: pd.DataFrame) -> None:
    """Fields that are said only with another one, and two that may not be the same."""
    for name, other, must in kind.told_with:
        there = _is_told(rows[other]) if not must else (rows[other] == must).to_numpy()
        alone = _is_told(rows[name]) & ~there
        wanted = f"{other} = {must}" if must else other
        columns.findings.add(
            "needs_other", alone, columns.label(name), rows[name].to_numpy(), other=wanted
        )
    if kind.apart:
        first, second = kind.apart
        same = (rows[first] == rows[second]).to_numpy()
        columns.findings.add("not_to_itself", same, columns.label(second), rows[second].to_numpy())


def _is_told(said: pd.Series) -> np.ndarray:
    return (said.notna() & ~said.isin([False])).to_numpy()


def _reject_repeated(columns: Columns, kind: Kind, rows: pd.DataFrame) -> None:
    """A row that speaks of the same thing as an earlier one of the file."""
    key = rows[list(kind.key)]
    codes, _ = pd.factorize(pd.MultiIndex.from_frame(key.where(key.notna(), "")))
    first = columns.first_row(codes)
    label = columns.label(kind.key[0])
    again = first < columns.findings.rows
    columns.findings.add("repeated_record", again, label, rows[kind.key[0]].to_numpy(), first=first)


def _reject_others(
    columns: Columns, connection: sa.Connection, kind: Kind, rows: pd.DataFrame
) -> None:
    """A code that a record of another project has already."""
    held = connection.execute(
        sa.select(kind.model.code, schema.Project.code.label("project")).join(
            schema.Project, schema.Project.id == kind.model.project_id
        )
    ).all()
    owner = rows["code"].map({row.code: row.project for row in held})
    wrong = (owner.notna() & (owner != rows["project"])).to_numpy()
    columns.findings.add(
        "code_elsewhere", wrong, columns.label("code"), rows["code"].to_numpy(),
        other=owner.to_numpy(dtype=object),
    )  # fmt: skip


def _organisations(kind: Kind, rows: pd.DataFrame) -> pd.DataFrame:
    named = [name for name, field in kind.fields.items() if field.table == "organisation"]
    parts = [pd.DataFrame({"at": np.arange(len(rows)), "code": rows[name]}) for name in named]
    none = pd.DataFrame({"at": [], "code": []}, dtype=object)
    return pd.concat([none, *parts], ignore_index=True).dropna()


def _given(columns: Columns, kind: Kind) -> frozenset[str]:
    """The fields of which the file says anything; the others stay as they are stored."""
    profile, headers = columns.profile, set(columns.source.frame)
    return frozenset(
        name
        for name in kind.fields
        if name in profile.constants
        or (name in profile.columns and columns.has(profile.columns[name], headers))
    )


def _remark(columns: Columns, connection: sa.Connection, name: str, checked: Checked) -> None:
    """How many rows are known already, and how many of those change."""
    good = checked.kept(~columns.findings.rejected)
    kind = KINDS[name]
    own = frozenset(field for field, said in kind.fields.items() if said.model is kind.model)
    values, key, replace = _values(connection, name, good, columns.register, None, without=own)
    _, at, changed = standing(connection, kind.model, values, key, replace, name in _ONLY_MORE)
    if (at >= 0).any():
        count, changes = int((at >= 0).sum()), int(changed.sum())
        columns.findings.warn("rows_known", count=count, changed=changes)


# --- storing ------------------------------------------------------------------------------------


def _values(
    connection: sa.Connection,
    name: str,
    checked: Checked,
    register: Register,
    batch: int | None,
    without: frozenset[str],
) -> tuple[pd.DataFrame, list[str], list[str]]:
    """The rows as the table holds them, the columns of their key, and those that may replace.

    batch: None where nothing may be made for them yet; what is not there then has no number.
    """
    kind = KINDS[name]
    fields = {field: said for field, said in kind.fields.items() if field not in without}
    values = pd.DataFrame(
        {
            said.column: _stored(connection, checked.rows[field], said, register)
            for field, said in fields.items()
        },
        dtype=object,
    )
    key = [kind.fields[field].column for field in kind.key]
    replace = [fields[field].column for field in fields if field in checked.given - {*kind.key}]
    if name in _RESOLVED:
        values, key = _RESOLVED[name](connection, values, batch)
    return values, key, [column for column in replace if column in values]


def _stored(
    connection: sa.Connection, said: pd.Series, field: Field, register: Register
) -> pd.Series:
    if field.reads == "register":
        return numbered(said, register.ids[field.table]).astype(object)
    if field.reads == "indicator":
        return numbered(said, reports.numbers_of(connection)).astype(object)
    if field.reads == "record":
        codes = connection.execute(sa.select(field.model.code, field.model.id)).all()
        return numbered(said, dict(map(tuple, codes))).astype(object)
    if field.column == "position":
        return said.map(int, na_action="ignore").astype(object)
    return said
