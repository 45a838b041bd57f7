"""T-20: whatever creates, changes, moves, deletes or puts back asks first, whoever calls it."""

from __future__ import annotations

import inspect
from datetime import UTC, date, datetime
from importlib import import_module
from unittest.mock import MagicMock

import pytest
import sqlalchemy as sa

from data import schema
from data.access import Grant, NotPermitted, Role, User
from data.permissions import PERMISSIONS
from tests import callgraph

#: What each kind of argument is where nobody gets as far as to look at it.
PLAIN = {
    "int": 1, "int | None": 1, "str": "x", "str | None": "x", "bool": True,
    "date": date(2026, 1, 1), "date | None": None, "datetime | None": None,
    "datetime": datetime(2026, 1, 1, tzinfo=UTC),
}  # fmt: skip
#: Of which of several things it is, where a function wants exactly one.
OF_ONE = {
    "data.reporting.proofs:attach_file": {"reported": 1},
    "data.reporting.proofs:attach_link": {"reported": 1},
    "data.reporting.definitions:store_own": {"project": 1},
    "data.fieldwork.replies:write_reply": {"collection": 1},
}
#: Steps within what asked before: every function that takes them asks.
INNER = (
    "data.reporting.history:tell", "data.reporting.value_rows:insert",
    "data.reporting.value_rows:write_next", "data.keeping.erasure:erase_rows",
    "data.keeping.subject_access:record", "data.imports.changed_promises:tell",
)  # fmt: skip
#: Erases again what a copy brought back: its caller holds the database itself, not a role.
PUT_BACK = "data.keeping.returned:_erased_again"
#: What reads, beside functions of its module that write: whoever may not, is shown nothing.
READS = ("data.voices.quotes:quotable",)
#: A project and a funder of nobody, and people of every role who have grants for those only.
NOWHERE = 999_999
PEOPLE = {
    None: User(1, "n", ()),
    **{
        role: User(
            1, "n",
            (Grant(role, NOWHERE if role is Role.MANAGER else None,
                   NOWHERE if role is Role.FUNDER else None),),
        )
        for role in Role
    },
}  # fmt: skip


def writing() -> dict[str, set[tuple[str, str]]]:
    """Every public function of data that is told who asks and may write, and the rights that it
    asks for besides reading."""
    found = {}
    for name, function in callgraph.functions().items():
        if not name.startswith("data.") or name.rpartition(":")[2].startswith("_"):
            continue
        asked = {pair for pair in callgraph.asked(name) if pair[0] != "read"}
        parameters = [one.arg for one in getattr(getattr(function.node, "args", None), "args", [])]
        if parameters[:2] == ["connection", "user"] and writes(name):
            found[name] = asked
    return found


def writes(name: str) -> bool:
    """Whether a function may come to insert, update or delete."""
    known = callgraph.functions()
    return any("data.audit:record" in known[one].calls for one in callgraph.reached(name))


def given(function) -> dict[str, object]:
    """Arguments for everything that a function must be told."""
    wanted = list(inspect.signature(function).parameters.values())[2:]
    return {
        one.name: PLAIN.get(str(one.annotation), MagicMock())
        for one in wanted
        if one.default is inspect.Parameter.empty
    }


def lacking(pairs: set[tuple[str, str]]) -> list[Role | None]:
    """The roles that have none of some rights, and those whose grants are for other things."""
    found = []
    for role in PEOPLE:
        reach = {PERMISSIONS[role].get(pair) for pair in pairs} if role else {None}
        if "all" not in reach:
            found.append(role)
    return found


WRITING = writing()
CELLS = [
    (name, role)
    for name, pairs in WRITING.items()
    if name not in (*INNER, *READS)
    for role in lacking(pairs)
]


def test_t20_every_function_that_writes_asks_for_a_right_or_is_a_step_of_one_that_does():
    assert {name for name, pairs in WRITING.items() if not pairs} == set(INNER)
    for step in INNER:
        takers = callgraph.callers(step)
        assert takers
        for taker in takers:
            assert asks_above(taker), (step, taker)
    assert len(CELLS) > 200  # 240 when this was written


def asks_above(name: str) -> bool:
    """Whether a function asks for a right to write, or everything that calls it does."""
    if name == PUT_BACK or any(pair[0] != "read" for pair in callgraph.asked(name)):
        return True
    above = callgraph.callers(name)
    return bool(above) and all(asks_above(one) for one in above)


@pytest.mark.parametrize(("name", "role"), CELLS)
def test_t20_nothing_is_written_for_whom_the_table_does_not_allow_it(name, role, sqlite_engine):
    module, _, called = name.partition(":")
    function = getattr(import_module(module), called)
    statements = []
    sa.event.listen(sqlite_engine, "before_cursor_execute", lambda *a: statements.append(a[2]))
    with sqlite_engine.connect() as connection:
        with pytest.raises(NotPermitted):
            function(connection, PEOPLE[role], **given(function), **OF_ONE.get(name, {}))
        assert connection.scalar(sa.select(sa.func.count()).select_from(schema.AuditEvent)) == 0
    wrote = [one for one in statements if one.lower().startswith(("insert", "update", "delete"))]
    assert wrote == []
