"""A project register: one row is one project with its money, its places and its links."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
import sqlalchemy as sa

from data import schema
from data.imports.columns import Columns
from data.imports.mapping import ProjectDefaults
from data.imports.problems import Problem, RejectedFile
from data.imports.register import Register
from data.imports.storing import insert, numbered, stored_ids

MONEY = 1e12
LINKS = {
    "theme": (schema.ProjectTheme, "theme_id"),
    "area": (schema.ProjectArea, "area_id"),
    "programme": (schema.ProjectProgramme, "programme_id"),
    "funder": (schema.ProjectFunder, "funder_id"),
}


@dataclass(frozen=True, slots=True)
class Checked:
    """A file's rows as they would be stored, and the register entries that they name.

    Shape: ``rows`` has one row a source row, in file order; each frame of ``links`` has ``at``
    (the position in ``rows``) and ``code``. given: the fields of which the file says anything.
    """

    rows: pd.DataFrame
    links: dict[str, pd.DataFrame] = field(default_factory=dict)
    given: frozenset[str] = frozenset()

    def kept(self, good: np.ndarray) -> Checked:
        """The same without the rejected rows."""
        links = {
            name: link[good[link["at"].to_numpy(dtype=int)]] for name, link in self.links.items()
        }
        return Checked(self.rows[good], links, self.given)

    def used(self) -> dict[str, set[str]]:
        """Codes of the register that these rows use, by table."""
        found = {name: set(link["code"]) for name, link in self.links.items()}
        for name in ("project", "area", "theme"):
            if name in self.rows:
                found[name] = found.get(name, set()) | set(self.rows[name].dropna())
        return found


def check(columns: Columns, _connection: sa.Connection) -> Checked:
    """The projects of a file; what is wrong goes to the findings."""
    register = columns.register
    starts, ends = columns.date("starts_on"), columns.date("ends_on")
    columns.in_order(starts, ends, "ends_on")
    rows = pd.DataFrame(
        {
            "code": columns.own_code(set(register.ids["project"])),
            "name_fi": columns.text("name", 300, required=True),
            "name_sv": columns.text("name_sv", 300),
            "name_en": columns.text("name_en", 300),
            "description": columns.text("description"),
            "status": columns.closed("status", default="running"),
            "starts_on": starts.astype(object),
            "ends_on": ends.astype(object),
            "granted_eur": columns.number("granted_eur", MONEY),
            "used_eur": columns.number("used_eur", MONEY),
        },
        dtype=object,
    )
    links = {name: columns.links(name, name) for name in LINKS if name != "area"}
    place = columns.place() if "area_within" in columns.profile.columns else None
    links["area"] = columns.links("area", "area") if place is None else _placed(place)
    has_money = rows[["granted_eur", "used_eur"]].notna().any(axis=1).to_numpy()
    has_funder = np.isin(np.arange(columns.size), links["funder"]["at"])
    columns.findings.add(
        "blank_required", has_money & ~has_funder, columns.label("funder"), field="funder"
    )
    return Checked(rows, links)


def _placed(place: np.ndarray) -> pd.DataFrame:
    return pd.DataFrame({"at": np.arange(len(place)), "code": place}).dropna()


def store(connection: sa.Connection, checked: Checked, register: Register, batch: int) -> None:
    """Stores the projects and their links."""
    rows = checked.rows.drop(columns=["granted_eur", "used_eur"]).assign(batch_id=batch)
    insert(connection, schema.Project, rows)
    project = numbered(checked.rows["code"], stored_ids(connection, schema.Project, batch))
    for name, (model, column) in LINKS.items():
        link = checked.links[name]
        if link.empty:
            continue
        made = pd.DataFrame(
            {
                "project_id": project.loc[link["at"]].to_numpy(),
                column: numbered(link["code"], register.ids[name]).to_numpy(),
            }
        )
        if name == "funder":
            money = checked.rows.loc[link["at"], ["granted_eur", "used_eur"]]
            made[["granted_eur", "used_eur"]] = money.to_numpy(dtype=object)
            made = made.drop_duplicates("project_id")
        insert(connection, model, made)


# --- projects that other files name ---------------------------------------------------------------


def defaults_of(register: Register, file: str) -> dict[str, str]:
    """Codes of the entries that created projects belong to, by table.

    Raises: RejectedFile when the profile names an entry that is neither known nor to be created.
    """
    said = register.profile.create_projects
    if not isinstance(said, ProjectDefaults):
        return {}
    found = {}
    for name in LINKS:
        value = getattr(said, name)
        if not value:
            continue
        entry = register.find(name, value)
        if entry.flaw:
            problem = Problem(entry.flaw, column=f"create_projects.{name}", value=value)
            raise RejectedFile(file, (problem,))
        found[name] = entry.code
    return found


def create_named(
    connection: sa.Connection,
    register: Register,
    names: set[str],
    defaults: dict[str, str],
    batch: int,
) -> tuple[int, str] | None:
    """Stores the projects that rows name and the register did not have; how many, and one name."""
    new = {code: row for code, row in register.new.get("project", {}).items() if code in names}
    if not new:
        return None
    said = register.profile.create_projects
    status = said.status if isinstance(said, ProjectDefaults) else "running"
    rows = [row | {"status": status, "batch_id": batch} for row in new.values()]
    connection.execute(sa.insert(schema.Project), rows)
    ids = stored_ids(connection, schema.Project, batch)
    register.ids["project"] |= ids
    for name, code in defaults.items():
        model, column = LINKS[name]
        entry = register.ids[name][code]
        links = [{"project_id": ids[project], column: entry} for project in new]
        connection.execute(sa.insert(model), links)
    return len(new), rows[0]["name_fi"]
