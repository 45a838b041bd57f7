"""Files of organisations: who they are by business ID and name, what kind, how large, from where.

Organisations are told apart by their names, as other files name them; a business ID belongs to one.
"""

from __future__ import annotations

import re

import numpy as np
import pandas as pd
import sqlalchemy as sa

from data import schema
from data.imports.business_ids import business_id_in, is_business_id, is_foreign
from data.imports.columns import Columns
from data.imports.register import AMBIGUOUS, folded

#: Whose business IDs are checked and kept.
HOME = "FI"
#: IDs of other countries that a remark shows.
SHOWN = 5
_COUNTRY = re.compile("[A-Za-z]{2}")


def judge(columns: Columns, connection: sa.Connection, rows: pd.DataFrame) -> None:
    """Nothing; names become those of the register, and business IDs and countries their one form.
    IDs with a wrong check digit or of another organisation, and countries in other forms than two
    letters, are rejected; IDs of other countries' registers are told and not kept."""
    known = columns.register.codes["organisation"]
    names = {name: _standing(known, name) for name in rows["name"].dropna().unique()}
    rows["name"] = rows["name"].map(names)
    _business_ids(columns, connection, rows)
    said = rows["country"]
    odd = said.notna() & ~said.map(lambda each: bool(_COUNTRY.fullmatch(str(each))))
    label = columns.label("country")
    columns.findings.add("not_a_country", odd.to_numpy(), label, said.to_numpy())
    rows["country"] = said.where(said.isna() | odd, said.astype("str").str.upper())


def _standing(known: dict[str, object], name: str) -> str:
    """The name in the register, where some organisation is called so or has it as its ID."""
    found = known.get(folded(name))
    return name if found is None or found is AMBIGUOUS else str(found)


def _business_ids(columns: Columns, connection: sa.Connection, rows: pd.DataFrame) -> None:
    label = columns.label("business_id")
    raw = rows["business_id"].map(str, na_action="ignore")
    country = rows["country"]
    abroad = country.notna() & (country.astype("str").str.upper() != HOME)
    foreign = raw.notna() & (abroad | raw.map(is_foreign, na_action="ignore").eq(True))
    if foreign.any():
        examples = ", ".join(raw[foreign].unique()[:SHOWN])
        columns.findings.warn("foreign_business_ids", count=int(foreign.sum()), values=examples)
    said = raw.where(~foreign).map(lambda each: business_id_in(each) or each, na_action="ignore")
    wrong = said.notna() & ~said.map(lambda each: is_business_id(str(each)))
    columns.findings.add("not_a_business_id", wrong.to_numpy(), label, said.to_numpy())
    table = schema.Organisation
    stored = connection.execute(
        sa.select(table.business_id, table.name).where(table.business_id.is_not(None))
    )
    owner = said.map({row.business_id: row.name for row in stored})
    taken = (owner.notna() & (owner != rows["name"])).to_numpy()
    others = owner.to_numpy(dtype=object)
    columns.findings.add("business_id_elsewhere", taken, label, said.to_numpy(), other=others)
    told = said.where(said.notna(), pd.Series(np.arange(len(rows)), index=rows.index).astype(str))
    again = said.notna() & told.duplicated()
    columns.findings.add(
        "business_id_elsewhere", again.to_numpy(), label, said.to_numpy(),
        other=rows.groupby(told)["name"].transform("first").to_numpy(dtype=object),
    )  # fmt: skip
    rows["business_id"] = said.where(~wrong, None)
