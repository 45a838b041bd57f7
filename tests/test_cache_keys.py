"""T-22: nothing that is kept for several people depends on who looks, unless they are its key."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
FLOORS = ("dashboard", "data", "metrics", "survey")
#: What begins empty and is filled.
STORES = ("dict", "list", "set", "deque", "OrderedDict", "defaultdict", "Counter")
CACHES = ("cache", "lru_cache", "cache_data", "cache_resource")
#: What says who looks, or leads to the rows that not everybody may read.
PERSONAL = {"user", "_user", "viewing", "_viewing", "connection", "_connection", "viewer"}
#: What modules keep by hand, and what stands in each key so that nobody reads what another may.
KEPT = {
    "dashboard/answering/drafts.py _ended": "a hash of the form's own secret",
    "dashboard/answering/drafts.py _kept": "a hash of the form's own secret",
    "dashboard/answering/misses.py _times": "a hash of the address; holds times only",
    "dashboard/charts/still.py _kept": "the figure itself, which whoever asks has in hand",
    "dashboard/downloads.py _offers": "a ticket; the browser and the person are asked for again",
    "dashboard/figures.py _found": "Policy, with the database and the revision",
    "dashboard/figures.py _kept": "Policy in Key: the profile, and all that is visible",
    "dashboard/labels.py _questionnaires": "the database; questionnaires are for everybody",
    "dashboard/passes.py _passes": "the visit that the pass is for",
    "dashboard/passes.py _spent": "minutes and persons; holds counts only",
    "dashboard/passes.py _visits": "a hash of what the browser brought",
    "dashboard/recognising.py _looks": "the person, with the file",
    "dashboard/surveys/xlsform.py _checked": "the file's own bytes; no row of anybody is read",
    "dashboard/upload.py _previews": "the person, with the file and the newest batch",
    "data/access.py denials": "a list that is read by the administrators' audit alone",
    "data/folding/fold_engine.py _WORDED": "the wording of SQL, by instrument; no rows",
    "data/folding/typed_rows.py _KINDS": "a schema of ours; the types of its columns, no rows",
}


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


def kept_by_hand(source: str, where: str) -> list[str]:
    """The names of a module that begin empty, and so are filled while the server runs."""
    return [
        f"{where} {ast.unparse(target)}"
        for node in ast.parse(source).body
        if isinstance(node, ast.Assign | ast.AnnAssign) and node.value is not None
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if _begins_empty(node.value)
    ]


def _begins_empty(value: ast.expr) -> bool:
    if isinstance(value, ast.Dict):
        return not value.keys
    if isinstance(value, ast.List):
        return not value.elts
    return (
        isinstance(value, ast.Call)
        and not value.args
        and ast.unparse(value.func).rpartition(".")[2] in STORES
    )


def of_the_house(find: Callable[[str, str], list[str]]) -> list[str]:
    return [
        line
        for floor in FLOORS
        for path in sorted((ROOT / floor).rglob("*.py"))
        for line in find(path.read_text(encoding="utf-8"), path.relative_to(ROOT).as_posix())
    ]


def test_what_is_kept_is_kept_by_who_may_see_it():
    assert of_the_house(unkeyed) == []


def test_what_is_kept_by_hand_is_looked_through():
    assert sorted(of_the_house(kept_by_hand)) == sorted(KEPT)


def test_the_search_finds_what_is_kept_for_everybody():
    wrong = "@st.cache_data(ttl=5)\ndef a(_user, x): ...\n@cache\ndef b(connection): ..."
    assert unkeyed(wrong, "f") == ["f a _user", "f b connection"]
    stores = "a = {}\nb: dict[int, int] = OrderedDict()\nc = deque(maxlen=3)\nd = {1: 2}\ne = []"
    assert kept_by_hand(stores, "f") == ["f a", "f b", "f c", "f e"]
