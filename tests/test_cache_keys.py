"""T-22: nothing that is kept for several people depends on who looks, unless they are its key."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FLOORS = ("dashboard", "data", "metrics", "survey")
CACHES = ("cache", "lru_cache", "cache_data", "cache_resource")
#: What says who looks, or leads to the rows that not everybody may read.
PERSONAL = {"user", "_user", "viewing", "_viewing", "connection", "_connection", "viewer"}
#: Streamlit leaves arguments with an underscore out of the key: what stands for each instead.
KEYED = {"dashboard/figures.py _read _user": "Policy in Key: the profile, and all that is visible"}


def cached(source: str) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef) and any(
            name in CACHES
            for one in node.decorator_list
            for name in [ast.unparse(one).split("(")[0].rpartition(".")[2]]
        ):
            yield node


def unkeyed(source: str, where: str) -> list[str]:
    """The arguments of kept functions that say who looks and are no part of the key."""
    return [
        f"{where} {node.name} {argument.arg}"
        for node in cached(source)
        for argument in [*node.args.posonlyargs, *node.args.args, *node.args.kwonlyargs]
        if argument.arg in PERSONAL or argument.arg.startswith("_")
    ]


def test_what_is_kept_is_kept_by_who_may_see_it():
    found = [
        line
        for floor in FLOORS
        for path in sorted((ROOT / floor).rglob("*.py"))
        for line in unkeyed(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
    ]
    assert found == list(KEYED)


def test_the_search_finds_what_is_kept_for_everybody():
    wrong = "@st.cache_data(ttl=5)\ndef a(_user, x): ...\n@cache\ndef b(connection): ..."
    assert unkeyed(wrong, "f") == ["f a _user", "f b connection"]
