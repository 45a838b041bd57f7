"""T-54: what the catalogue of the audit names is what the programs write down, word for word."""

from __future__ import annotations

import ast
import re
from pathlib import Path

import dashboard
import data
from data.audit import ACTIONS

FLOORS = (Path(data.__file__).parent, Path(dashboard.__file__).parent)


def written(file: Path) -> set[str]:
    """The patterns of the actions that a file writes down; an f-string may be several."""
    found = set()
    for call in ast.walk(ast.parse(file.read_text())):
        if isinstance(call, ast.Call) and is_record(call.func, file) and len(call.args) >= 4:
            found |= words(call.args[2])
    return found


def is_record(function: ast.expr, file: Path) -> bool:
    if isinstance(function, ast.Name):
        return function.id == "record" and file.name == "audit.py"
    return (
        isinstance(function, ast.Attribute)
        and function.attr == "record"
        and isinstance(function.value, ast.Name)
        and function.value.id == "audit"
    )


def words(action: ast.expr) -> set[str]:
    if isinstance(action, ast.Constant):
        return {re.escape(action.value)}
    if isinstance(action, ast.IfExp):
        return words(action.body) | words(action.orelse)
    if isinstance(action, ast.JoinedStr):
        parts = [re.escape(p.value) if isinstance(p, ast.Constant) else ".+" for p in action.values]
        return {"".join(parts)}
    raise AssertionError(f"an action that nobody can look up: {ast.unparse(action)}")


def test_t54_every_action_of_the_catalogue_is_written_and_no_other():
    patterns = {
        pattern for floor in FLOORS for file in floor.rglob("*.py") for pattern in written(file)
    }
    silent = {a for a in ACTIONS if not any(re.fullmatch(p, a) for p in patterns)}
    assert silent == set()
    unknown = {p for p in patterns if not any(re.fullmatch(p, a) for a in ACTIONS)}
    assert unknown == set()
