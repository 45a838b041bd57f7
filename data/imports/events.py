"""Activity events: one row is one event with its participations and organisations."""

from __future__ import annotations

import numpy as np
import pandas as pd
import sqlalchemy as sa

from data import schema
from data.imports.columns import Columns
from data.imports.projects import MONEY, Checked
from data.imports.register import Register
from data.imports.storing import insert, numbered, stored_ids
from survey.instrument import WHOLE_PROCESS

HOURS = 1e6
PEOPLE = 2_147_483_648


def check(columns: Columns, connection: sa.Connection) -> Checked:
    """The events of a file; what is wrong goes to the findings.

    Missing: a blank number of participants stays not reported; 0 is nobody.
    """
    known = set(connection.execute(sa.select(schema.ActivityEvent.code)).scalars())
    starts, ends = columns.date("starts_on", required=True), columns.date("ends_on")
    columns.in_order(starts, ends, "ends_on")
    rows = pd.DataFrame(
        {
            "code": columns.own_code(known),
            "project": columns.entity("project", "project", required=True),
            "kind": columns.closed("kind", required=True),
            "phase": columns.closed("phase", default=WHOLE_PROCESS),
            "title": columns.text("title", 300),
            "starts_on": starts.astype(object),
            "ends_on": ends.astype(object),
            "area": columns.place(),
            "hours": columns.number("hours", HOURS),
            "cost_eur": columns.number("cost_eur", MONEY),
        },
        dtype=object,
    )
    links = {
        "organisation": columns.links("organisation", "organisation"),
        "participants": _participants(columns),
    }
    return Checked(rows, links)


def _participants(columns: Columns) -> pd.DataFrame:
    """Participations: ``at``, ``code`` (the group) and ``people``; no row where not reported."""
    found = [pd.DataFrame({"at": [], "code": [], "people": []}, dtype=object)]
    for group, cell in columns.profile.participants.items():
        said = columns.numbers(columns.cell(cell), cell.label, PEOPLE, whole=True)
        people = pd.DataFrame({"at": np.arange(columns.size), "code": group, "people": said})
        found.append(people.dropna())
    return pd.concat(found, ignore_index=True)


def store(connection: sa.Connection, checked: Checked, register: Register, batch: int) -> None:
    """Stores the events, their participations and their organisations."""
    rows = checked.rows
    made = rows.drop(columns=["project", "area"]).assign(
        project_id=numbered(rows["project"], register.ids["project"]),
        area_id=numbered(rows["area"], register.ids["area"]),
        batch_id=batch,
    )
    insert(connection, schema.ActivityEvent, made)
    ids = numbered(rows["code"], stored_ids(connection, schema.ActivityEvent, batch))
    people = checked.links["participants"]
    if len(people):
        records = people.assign(
            event_id=ids.loc[people["at"]].to_numpy(),
            group_code=people["code"],
            people=[int(count) for count in people["people"]],
        )[["event_id", "group_code", "people"]]
        insert(connection, schema.EventParticipants, records)
    organisations = checked.links["organisation"]
    if len(organisations):
        records = pd.DataFrame(
            {
                "event_id": ids.loc[organisations["at"]].to_numpy(),
                "organisation_id": numbered(
                    organisations["code"], register.ids["organisation"]
                ).to_numpy(),
            }
        )
        insert(connection, schema.EventOrganisation, records)
