"""T-18, T-25: a click is judged by the rights of the moment, not by those a page was drawn with."""

from __future__ import annotations

import ast
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa

import dashboard
from dashboard import session, sign_in
from dashboard.judging import saving
from dashboard.surveys.views import present
from dashboard.truth import engine
from data import access, records, schema, sessions
from data.access import NotPermitted
from data.database import writing

HOUSE = Path(dashboard.__file__).parent
#: What opens a transaction that writes, as pages call it.
WRITES = ("writing", "attempt", "_done", "_beside")


def uses_of_what_was_drawn(tree: ast.AST) -> list[int]:
    """Lines where the person of the drawing, viewing.user, stands in what writes."""
    writes = any(isinstance(n, ast.Call) and called(n) in WRITES for n in ast.walk(tree))
    inside = [n for n in ast.walk(tree) if isinstance(n, ast.With) and opens(n)]
    if writes:
        inside += [n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef) and is_step(n)]
    return sorted({n.lineno for block in inside for n in ast.walk(block) if is_drawn(n)})


def called(call: ast.Call) -> str:
    return call.func.id if isinstance(call.func, ast.Name) else getattr(call.func, "attr", "")


def opens(block: ast.With) -> bool:
    calls = [item.context_expr for item in block.items]
    return any(isinstance(one, ast.Call) and called(one) == "writing" for one in calls)


def is_step(function: ast.FunctionDef) -> bool:
    """A step of a click takes the connection that its caller opened for writing."""
    return function.name in ("step", "on_newest") and "connection" in {
        argument.arg for argument in function.args.args
    }


def is_drawn(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Attribute)
        and node.attr == "user"
        and isinstance(node.value, ast.Name)
        and node.value.id == "viewing"
    )


def test_nothing_is_written_with_the_rights_that_a_page_was_drawn_with():
    found = {
        f"{file.relative_to(HOUSE)}:{line}"
        for file in HOUSE.rglob("*.py")
        for line in uses_of_what_was_drawn(ast.parse(file.read_text()))
    }
    assert found == set(), "ask dashboard.surveys.views.present(connection) instead"


@pytest.mark.parametrize(
    "wrong",
    [
        "with writing(engine()) as connection:\n    save(connection, viewing.user)",
        "def save(viewing):\n"
        "    def step(connection):\n        return store(connection, viewing.user)\n"
        "    return _done(step)",
    ],
)
def test_the_check_itself_sees_both_ways_to_forget_it(wrong):
    assert len(uses_of_what_was_drawn(ast.parse(wrong))) == 1


@pytest.fixture
def manager(sample_to_write, monkeypatch):
    """The number of a manager who signed in and whose last click is five minutes ago."""
    with writing(engine()) as connection:
        operator = access.operator()
        person = records.add_user(connection, operator, issuer="https://idp", subject="m", name="M")
        records.grant_role(connection, operator, person, "manager", project=1)
        token = sessions.begin(connection, person)
        ago = datetime.now(UTC) - timedelta(minutes=5)
        connection.execute(sa.update(schema.SignInSession).values(seen_at=ago))
    monkeypatch.setattr(sign_in, "_mode", sign_in.Mode.PROVIDER)
    monkeypatch.setattr(session, "token", lambda: token)
    return person


def rows():
    """How much there is of what the clicks below would write."""
    kept = (schema.Assessment, schema.Theme, schema.AuditEvent)
    with engine().connect() as connection:
        return [connection.scalar(sa.select(sa.func.count()).select_from(one)) for one in kept]


def start():
    saving.start(1, "P3", "own")  # a phase that nobody has judged in the sample


def test_who_has_the_right_writes_at_once_after_reading_for_minutes(manager):
    before, began = rows(), time.monotonic()
    start()
    assert rows()[0] == before[0] + 1
    # A second transaction to note the click would wait 20 s for the first one, and then fail.
    assert time.monotonic() - began < 15


@pytest.mark.parametrize("change", ["disabled", "role withdrawn", "signed out"])
def test_t25_a_click_after_the_rights_are_gone_writes_nothing(manager, change):
    with writing(engine()) as connection:
        if change == "disabled":
            records.disable_user(connection, access.operator(), manager)
        elif change == "signed out":
            sessions.end_all(connection, manager)
        else:
            mine = schema.UserGrant.user_id == manager
            connection.execute(sa.delete(schema.UserGrant).where(mine))
    before = rows()
    start()
    assert rows() == before
    with writing(engine()) as connection, pytest.raises(NotPermitted):
        present(connection)
