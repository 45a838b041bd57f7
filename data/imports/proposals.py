"""Proposals: rows that share a code are one proposal, each with a plan that it was merged into."""

from __future__ import annotations

import numpy as np
import pandas as pd
import sqlalchemy as sa

from data import schema
from data.imports.columns import Columns
from data.imports.mapping import Step
from data.imports.projects import MONEY, Checked
from data.imports.register import Register, folded
from data.imports.storing import insert, numbered, stored_ids
from data.schema import PROPOSAL_STATUSES

#: What rows about the same proposal must agree on.
SAME = ("title", "category", "project", "theme", "taken_up_by")
PLAN_SAME = ("plan_selected", "budget_eur", "share_eur")
_YES = {"true": True, "false": False, "yes": True, "no": False, "1": True, "0": False}


def check(columns: Columns, connection: sa.Connection) -> Checked:
    """The rows of a proposal file; what is wrong goes to the findings.

    Rows: one a source row. Steps of the history are the columns ``status_0``, ``status_1``, ...
    with their dates and reasons beside them.
    """
    model = schema.Proposal
    known = set(connection.execute(sa.select(model.code)).scalars())
    code = columns.text("code", 120, required=True)
    columns.known(code, known)
    fields = {
        "code": code,
        "title": columns.text("title", 500, required=True),
        "category": columns.text("category", 200),
        "area": columns.place(),
        "project": columns.entity("project", "project"),
        "theme": columns.entity("theme", "theme"),
        "taken_up_by": columns.text("taken_up_by", 300),
    }
    for position, step in enumerate(columns.profile.history):
        fields |= _step(columns, position, step)
    rows = pd.DataFrame(fields | _plan(columns), dtype=object)
    _reject_contradictions(columns, rows)
    return Checked(rows)


def _step(columns: Columns, position: int, step: Step) -> dict[str, np.ndarray]:
    """What each row says of one step: its status, its date and its reason."""
    size = columns.size
    status = np.full(size, step.status, dtype=object)
    if step.column:
        said = columns.plain(step.column)
        said = np.full(size, None, dtype=object) if said is None else said
        blank = pd.isna(said)
        status = np.where(blank, None, status) if step.status else _said(columns, step, said)
    day = np.full(size, np.datetime64("NaT", "D"))
    if step.on_date:
        cell = step.on_date
        day = columns.dates(columns.cell(cell), cell.label, cell.dates)
    reason = columns.plain(step.reason) if step.reason else None
    return {
        f"status_{position}": status,
        f"date_{position}": day.astype(object),
        f"reason_{position}": np.full(size, None, dtype=object) if reason is None else reason,
    }


def _said(columns: Columns, step: Step, said: np.ndarray) -> np.ndarray:
    """The status that a column's values mean; blank meanings are no step at all."""
    known = {status: status for status in PROPOSAL_STATUSES}
    known |= {folded(value): str(target) for value, target in step.values.items()}
    codes, distinct = pd.factorize(said)
    unknown = np.array([folded(value) not in known for value in distinct], dtype=bool)
    if len(distinct):
        allowed = ", ".join(step.values or PROPOSAL_STATUSES)
        bad = (codes >= 0) & unknown[codes]
        columns.findings.add(
            "unknown_value", bad, step.column, said, field="history", allowed=allowed
        )
    meant = np.empty(len(distinct) + 1, dtype=object)
    meant[:-1] = [known.get(folded(value)) or None for value in distinct]
    meant[-1] = None
    return meant[codes]


def _plan(columns: Columns) -> dict[str, np.ndarray]:
    plan = columns.profile.plan
    if plan is None:
        return {"plan_code": np.full(columns.size, None, dtype=object)}
    selected = columns.cell(plan.selected)
    codes, distinct = pd.factorize(selected)
    meant = [_YES.get(folded(value)) for value in distinct]
    unknown = np.array([value is None for value in meant], dtype=bool)
    if len(distinct):
        bad = (codes >= 0) & unknown[codes]
        label = plan.selected.label
        columns.findings.add(
            "unknown_value", bad, label, selected, field="selected", allowed="true, false"
        )
    return {
        "plan_code": columns.cell(plan.code),
        "plan_selected": np.array([*(bool(value) for value in meant), False], dtype=object)[codes],
        **{
            name: columns.numbers(columns.cell(cell), cell.label, MONEY)
            for name, cell in (("budget_eur", plan.budget_eur), ("share_eur", plan.share_eur))
            if cell
        },
    }


def _reject_contradictions(columns: Columns, rows: pd.DataFrame) -> None:
    """Rows of one proposal must agree, and so must rows of one proposal and one plan."""
    findings = columns.findings
    proposals = rows["code"].nunique()
    if proposals < len(rows):
        findings.warn("rows_merged", rows=len(rows), count=proposals)
    statuses = [name for name in rows if name.startswith("status_")]
    steps = [s for s in statuses if columns.profile.history[int(s[7:])].values]
    mixed = _mixed_steps(columns, steps)
    for name in (*SAME, *mixed):
        _compare(columns, rows, ["code"], name)
    planned = rows["plan_code"].notna()
    for name in PLAN_SAME:
        if name in rows:
            _compare(columns, rows, ["code", "plan_code"], name, planned.to_numpy())
    again = rows[planned].duplicated(["code", "plan_code"]).sum()
    if again:
        findings.warn("rows_repeated", count=int(again))
    areas = rows.dropna(subset=["area"]).groupby("code")["area"].nunique()
    if (areas > 1).any():
        findings.warn("areas_differ", count=int((areas > 1).sum()))


def _mixed_steps(columns: Columns, steps: list[str]) -> list[str]:
    """Steps whose values name several statuses, so that two rows could contradict each other."""
    targets = {
        name: {str(v) for v in columns.profile.history[int(name[7:])].values.values() if v}
        for name in steps
    }
    return [name for name in steps if len(targets[name]) > 1]


def _compare(
    columns: Columns, rows: pd.DataFrame, by: list[str], name: str, where: np.ndarray | None = None
) -> None:
    findings = columns.findings
    good = ~findings.rejected if where is None else ~findings.rejected & where
    kept = rows[good]
    first = kept.groupby(by, dropna=False)[name].transform("first")
    differs = (kept[name].notna() & (kept[name] != first)).to_numpy()
    if not differs.any():
        return
    bad = np.zeros(len(rows), dtype=bool)
    bad[kept.index[differs]] = True
    others = np.full(len(rows), "", dtype=object)
    others[kept.index] = first.astype(str)
    first_row = np.zeros(len(rows), dtype=int)
    place = pd.Series(findings.rows, index=rows.index)[good]
    first_row[kept.index] = place.groupby([kept[b] for b in by], dropna=False).transform("first")
    label = columns.label(name)
    findings.add("contradiction", bad, label, rows[name], first=first_row, other=others)


# --- storing ------------------------------------------------------------------------------------


def store(connection: sa.Connection, checked: Checked, register: Register, batch: int) -> None:
    """Stores the proposals with their histories and plans."""
    rows = checked.rows
    one = rows.groupby("code", sort=False).first()
    made = pd.DataFrame(
        {
            "code": one.index,
            "title": one["title"].to_numpy(),
            "category": one["category"].to_numpy(),
            "taken_up_by": one["taken_up_by"].to_numpy(),
            "area_id": numbered(one["area"], register.ids["area"]).to_numpy(),
            "project_id": numbered(one["project"], register.ids["project"]).to_numpy(),
            "theme_id": numbered(one["theme"], register.ids["theme"]).to_numpy(),
            "batch_id": batch,
        }
    )
    insert(connection, schema.Proposal, made)
    ids = stored_ids(connection, schema.Proposal, batch)
    insert(connection, schema.ProposalStatus, _history(one, ids))
    plans = rows.dropna(subset=["plan_code"]).drop_duplicates(["code", "plan_code"])
    if len(plans):
        insert(connection, schema.ProposalPlan, _plans(plans, ids, batch))


def _history(one: pd.DataFrame, ids: dict[str, int]) -> pd.DataFrame:
    """Steps of every proposal, numbered from 1 in the order of the profile."""
    parts = []
    for position in range(sum(name.startswith("status_") for name in one)):
        part = one[[f"status_{position}", f"date_{position}", f"reason_{position}"]]
        part = part.set_axis(["status", "on_date", "reason"], axis=1).dropna(subset=["status"])
        parts.append(part.assign(step=position))
    steps = pd.concat(parts).reset_index(names="code")
    steps = steps.sort_values(["code", "step"], kind="stable")
    return pd.DataFrame(
        {
            "proposal_id": steps["code"].map(ids),
            "position": steps.groupby("code").cumcount() + 1,
            "status": steps["status"],
            "on_date": steps["on_date"],
            "reason": steps["reason"],
        }
    )


def _plans(plans: pd.DataFrame, ids: dict[str, int], batch: int) -> pd.DataFrame:
    blank = np.full(len(plans), None, dtype=object)
    return pd.DataFrame(
        {
            "proposal_id": plans["code"].map(ids).to_numpy(),
            "plan_code": plans["plan_code"].to_numpy(),
            "selected": plans["plan_selected"].to_numpy(),
            "budget_eur": plans["budget_eur"].to_numpy() if "budget_eur" in plans else blank,
            "share_eur": plans["share_eur"].to_numpy() if "share_eur" in plans else blank,
            "batch_id": batch,
        }
    )
