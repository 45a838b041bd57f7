"""Which functions of ours call which, read from the source: what a click may come to ask for.

Names are followed through imports, packages that hand on what their modules have, functions within
functions and functions that are handed over by name. What is called on an object is not followed.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cache
from itertools import pairwise
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ("data", "dashboard")


@dataclass
class Function:
    """A function or method: ``dashboard.people.changes:grant``; inner ones stand in their outer."""

    name: str
    node: ast.AST
    calls: set[str] = field(default_factory=set)


@dataclass
class Module:
    name: str
    tree: ast.Module
    #: What each name of the module stands for: a module, or ``module:function``.
    names: dict[str, str]


def modules() -> dict[str, Module]:
    found = {}
    for floor in FLOORS:
        for path in (ROOT / floor).rglob("*.py"):
            parts = path.relative_to(ROOT).with_suffix("").parts
            name = ".".join(parts[:-1] if parts[-1] == "__init__" else parts)
            tree = ast.parse(path.read_text(encoding="utf-8"))
            found[name] = Module(name, tree, {})
    for module in found.values():
        module.names |= dict(_names(module, found))
    return found


def _names(module: Module, known: dict[str, Module]) -> Iterator[tuple[str, str]]:
    for node in ast.walk(module.tree):
        if isinstance(node, ast.ImportFrom) and node.module and not node.level:
            for one in node.names:
                whole = f"{node.module}.{one.name}"
                said = whole if whole in known else f"{node.module}:{one.name}"
                yield one.asname or one.name, said
        elif isinstance(node, ast.FunctionDef | ast.ClassDef):
            yield node.name, f"{module.name}:{node.name}"


@cache
def functions() -> dict[str, Function]:
    """Every function at the top of a module, by name, with what it calls or hands over."""
    known = modules()
    found = {}
    for module in known.values():
        for node in module.tree.body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
                said = set(_used(node, module, known))
                name = f"{module.name}:{node.name}"
                found[name] = Function(name, node, said - {name})
    return found


def _used(node: ast.AST, module: Module, known: dict[str, Module]) -> Iterator[str]:
    for one in ast.walk(node):
        if isinstance(one, ast.Name) and one.id in module.names:
            yield _settled(module.names[one.id], known)
        elif isinstance(one, ast.Attribute) and isinstance(one.value, ast.Name):
            inside = module.names.get(one.value.id)
            if inside in known:
                yield _settled(f"{inside}:{one.attr}", known)


def _settled(name: str, known: dict[str, Module]) -> str:
    """Where a function is written whose name a package hands on."""
    module, _, function = name.partition(":")
    while function and module in known:
        there = known[module].names.get(function, name)
        if there == f"{module}:{function}" or ":" not in there or there == name:
            break
        name = there
        module, _, function = name.partition(":")
    return name


def reached(name: str) -> set[str]:
    """Every function that a function may come to call, itself too."""
    known, seen, ahead = functions(), set(), [name]
    while ahead:
        one = ahead.pop()
        if one not in seen and one in known:
            seen.add(one)
            ahead += known[one].calls
    return seen


def asked(name: str) -> set[tuple[str, str]]:
    """The rights, as verb and kind, that a function may come to ask for."""
    return {pair for one in reached(name) for pair in own_pairs(one)}


@cache
def own_pairs(name: str) -> frozenset[tuple[str, str]]:
    found = set()
    for node in ast.walk(functions()[name].node):
        items = node.args if isinstance(node, ast.Call) else getattr(node, "elts", [])
        said = [_named(item) for item in items]
        found |= {
            (one[1].lower(), other[1].lower())
            for one, other in pairwise(said)
            if one[0] == "Verb" and other[0] == "Kind"
        }
    return frozenset(found)


def _named(node: ast.AST) -> tuple[str, str]:
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.value.id, node.attr
    return "", ""


def callers(*called: str, within: str = "") -> list[str]:
    """The functions that call one of those that are named, in modules of a beginning."""
    wanted = set(called)
    return sorted(
        name
        for name, function in functions().items()
        if name.startswith(within) and function.calls & wanted
    )
