"""T-18 and T-19: the policy cell by cell, complete, and nothing of it changed without a test."""

from __future__ import annotations

import ast
import copy
import inspect
from itertools import pairwise, product
from pathlib import Path

import pytest

from dashboard import navigation, server
from data import access, permissions
from data.access import Grant, Kind, Role, User, Verb
from data.permissions import Reach
from metrics.metric import Level, Profile
from tests.data import test_access as told

ROOT = Path(__file__).resolve().parents[2]
#: Three tenants: their project, their funder, and the projects that the funder pays for.
TENANTS = {"A": (101, 201, {111, 112}), "B": (102, 202, {121}), "C": (103, 203, set())}
#: What may be asked about: of every tenant, deleted, of nobody, malformed.
SCOPES = (101, 102, 103, 201, 202, 203, 111, 112, 121, 999, 0, -1, "101", "x", None)


def person(role: str | None, tenant: str) -> User:
    project, funder, funded = TENANTS[tenant]
    if role is None:
        return User(1, "n", ())
    grant = Grant(
        Role(role),
        project=project if role == "manager" else None,
        funder=funder if role == "funder" else None,
    )
    return User(1, "n", (grant,), {funder: frozenset(funded)} if role == "funder" else {})


def own(role: str, tenant: str, kind: str) -> set:
    project, funder, funded = TENANTS[tenant]
    if role == "manager":
        return {project}
    return {funder} if kind in ("funder", "funder_figures") else funded


def wrong_cells() -> tuple[int, list]:
    """How many cells there are, and those in which the policy says other than the table."""
    table, wrong, cells = told.expected(), [], 0
    for role, tenant in product([*told.ONE_ROLE, None], TENANTS):
        user = person(role, tenant)
        for verb, kind, scope in product(Verb, Kind, SCOPES):
            reach = table.get((role, verb, kind), "-")
            may = reach == "all" or (reach == "own" and scope in own(role, tenant, kind))
            cells += 1
            if access.can(user, verb, kind, scope) is not may:
                wrong.append((role, tenant, verb, kind, scope))
    return cells, wrong


def test_t18_every_cell_of_the_policy_is_as_the_table_says():
    cells, wrong = wrong_cells()
    assert wrong == []
    # 6 (five roles and none) x 3 tenants x verbs x kinds x 15 things to ask about
    assert cells == 6 * 3 * len(Verb) * len(Kind) * len(SCOPES)
    assert cells >= 10_000


# --- complete -----------------------------------------------------------------------------------

#: Every address of ours, and who may ask: anybody, or somebody who is signed in.
ROUTES = {
    "/health": "anybody",
    "/live": "anybody",
    "/assets": "anybody",
    "/accessibility": "anybody",
    "/s/{token}": "anybody",
    "/s/{token}/receipt": "anybody",
    "/s/{rest:path}": "anybody",
    "/sign-in": "anybody",
    "/sign-in/start": "anybody",
    "/sign-in/password": "anybody",
    "/sign-in/invited": "anybody",
    "/oauth2callback": "anybody",
    "/sign-out": "anybody",
    "/download/{ticket}/{name}": "signed in",
}


def test_t18_every_page_stands_in_the_policy_and_no_other():
    files = {path.stem for path in (ROOT / "dashboard/app_pages").glob("*.py")} - {"__init__"}
    assert files == set(permissions.PAGES) == set(navigation.PAGES)
    assert set(permissions.OPENED_BY) <= files


def test_t18_every_route_stands_here_and_the_gate_opens_those_for_anybody_alone():
    from dashboard.gate import OPEN, OPEN_EXACTLY

    there = {route.path for route in server.routes()}
    assert there == set(ROUTES)
    for path, who in ROUTES.items():
        opened = path in OPEN_EXACTLY or f"{path}/".startswith(OPEN)
        assert opened is (who == "anybody"), path


def named(node: ast.AST) -> tuple[str, str]:
    """What ``Verb.READ`` says; nothing of anything else."""
    if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
        return node.value.id, node.attr
    return "", ""


def asked_pairs() -> set[tuple[str, str]]:
    """Every verb and kind that stand side by side in the code, as where a right is asked for."""
    found = set()
    for path in (*(ROOT / "dashboard").rglob("*.py"), *(ROOT / "data").rglob("*.py")):
        text = path.read_text(encoding="utf-8")
        if path.name == "permissions.py" or "Verb." not in text:
            continue
        for node in ast.walk(ast.parse(text)):
            items = node.args if isinstance(node, ast.Call) else getattr(node, "elts", [])
            for one, other in pairwise(named(item) for item in items):
                if one[0] == "Verb" and other[0] == "Kind":
                    found.add((one[1].lower(), other[1].lower()))
    return found


def test_t18_every_right_that_the_code_asks_for_stands_in_the_table():
    rows = {(verb, kind) for _, verb, kind in told.expected()}
    assert asked_pairs() <= rows
    # What changes something is asked for somewhere: a right that nobody asks for protects nothing.
    assert {row for row in rows if row[0] != "read"} <= asked_pairs()


# --- mutants ------------------------------------------------------------------------------------


def table_mutants():
    """The table with one right more, one less, or one that reaches further or less far."""
    for role, verb, kind in product(Role, Verb, Kind):
        now = permissions.PERMISSIONS[role].get((verb, kind))
        scoped = role in (Role.MANAGER, Role.FUNDER)
        for then in (None, Reach.ALL, *([Reach.OWN] if scoped else [])):
            if then is not now:
                changed = {r: dict(rights) for r, rights in permissions.PERMISSIONS.items()}
                changed[role].pop((verb, kind), None)
                if then is not None:
                    changed[role][verb, kind] = then
                yield (role, verb, kind, then), changed


def test_t19_no_change_of_the_table_goes_unseen(monkeypatch):
    mutants = list(table_mutants())
    table = told.expected()
    survivors = []
    for (role, verb, kind, then), changed in mutants:
        monkeypatch.setattr(access, "PERMISSIONS", changed)
        user, reach = person(role, "A"), table.get((role, verb, kind), "-")
        seen = any(
            access.can(user, verb, kind, scope)
            is not (reach == "all" or (reach == "own" and scope in own(role, "A", kind)))
            for scope in SCOPES
        )
        if not seen:
            survivors.append((role, verb, kind, then))
    assert survivors == []
    assert len(mutants) > 250


#: The functions of data.access that decide.
DECIDERS = (
    "can", "require", "pages_for", "reach", "_allowed", "_own", "profile_of", "visible_projects",
    "visible_entities", "visible_levels", "visible_results", "visible_rows",
)  # fmt: skip
SWAPS = {
    ast.Is: ast.IsNot, ast.IsNot: ast.Is, ast.In: ast.NotIn, ast.NotIn: ast.In, ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq, ast.And: ast.Or, ast.Or: ast.And, ast.BitOr: ast.BitAnd, ast.Sub: ast.BitOr,
}  # fmt: skip


def changes(node: ast.AST) -> list:
    """The ways to change one node of the code, each as a function of its copy."""
    found = []
    if isinstance(node, ast.Compare):
        found += [lambda n: n.ops.__setitem__(0, SWAPS[type(n.ops[0])]())]
    if isinstance(node, ast.BoolOp | ast.BinOp) and type(node.op) in SWAPS:
        found += [lambda n: setattr(n, "op", SWAPS[type(n.op)]())]
    if isinstance(node, ast.If | ast.IfExp):
        found += [lambda n, to=to: setattr(n, "test", ast.Constant(to)) for to in (True, False)]
    if isinstance(node, ast.Attribute) and node.attr in ("ALL", "OWN", "READ", "INSIDE", "PUBLIC"):
        to = {"ALL": "OWN", "OWN": "ALL", "INSIDE": "PUBLIC", "PUBLIC": "INSIDE", "READ": "STORE"}
        found += [lambda n: setattr(n, "attr", to[n.attr])]
    if isinstance(node, ast.Return) and node.value is not None:
        found += [
            lambda n, to=to: setattr(n, "value", ast.parse(to, mode="eval").body)
            for to in ("None", "frozenset()", "[]", "True", "False")
        ]
    return found


def code_mutants():
    """Every decider with one thing changed: its name, what was changed, and its new code."""
    for name in DECIDERS:
        tree = ast.parse(inspect.getsource(getattr(access, name)))
        # What is written of types is not run.
        for node in ast.walk(tree):
            if isinstance(node, ast.arg):
                node.annotation = None
            elif isinstance(node, ast.FunctionDef):
                node.returns = None
        for number, node in enumerate(ast.walk(tree)):
            for way in range(len(changes(node))):
                mutant = copy.deepcopy(tree)
                changed = list(ast.walk(mutant))[number]
                changes(changed)[way](changed)
                if ast.unparse(mutant) != ast.unparse(tree):
                    yield name, ast.unparse(mutant)


def is_seen() -> bool:
    """Whether any of the checks of the policy fails now."""
    try:
        told.test_every_role_verb_kind_and_scope_is_as_the_table_says()
        told.test_somebody_without_a_role_may_do_nothing_and_sees_nothing()
        pages = inspect.unwrap(told.test_each_role_has_its_pages)
        for role, listed in pages.pytestmark[0].args[1]:
            pages(role, listed)
        for role in ("steering", "evaluator", "administrator"):
            told.test_those_who_judge_the_portfolio_see_every_figure(role)
        told.test_a_manager_sees_the_own_project_among_the_aggregates_and_no_other_project()
        told.test_a_funder_sees_its_own_level_and_the_projects_that_it_funds()
        told.test_funders_alone_read_the_public_profile()
        told.test_a_funder_who_also_manages_reads_inside_what_the_manager_may_and_no_more()
        for kind in (Kind.ROW, Kind.BATCH):
            told.test_rows_of_people_and_files_are_for_evaluators_and_administrators(kind)
        told.test_rows_of_projects_are_left_out_where_the_project_is_hidden()
        told.test_rows_whose_project_is_not_told_are_hidden_from_those_with_own_reach()
        reached_as_told()
    except (Exception, pytest.fail.Exception):
        return True
    return False


def reached_as_told() -> None:
    manager, steering = told.ONE_ROLE["manager"], told.ONE_ROLE["steering"]
    assert access.reach(manager, Verb.READ, Kind.PROJECT) == {told.PROJECT}
    assert access.reach(manager, Verb.STORE, Kind.BATCH) == frozenset()
    assert access.reach(steering, Verb.READ, Kind.PROJECT) is None
    assert access.visible_levels(manager) == tuple(
        level for level in Level if level is not Level.FUNDER
    )
    assert access.profile_of(steering) is Profile.INSIDE
    assert access.require(steering, Verb.READ, Kind.PROJECT) is None
    assert access.require(manager, Verb.READ, Kind.PROJECT, told.PROJECT) is None
    for scope, words in ((None, r"project\."), (told.OTHER_PROJECT, r"project 12\.")):
        with pytest.raises(access.NotPermitted, match=words):
            access.require(manager, Verb.READ, Kind.PROJECT, scope)


def test_t19_no_change_of_the_code_goes_unseen(monkeypatch):
    assert not is_seen()
    mutants = list(code_mutants())
    survivors = []
    for name, code in mutants:
        with monkeypatch.context() as patch:
            space = vars(access)
            exec(compile(code, "mutant", "exec"), space, made := {})  # noqa: S102  the mutant is our own code
            patch.setattr(access, name, made[name])
            if not is_seen():
                survivors.append((name, code))
    assert survivors == []
    assert len(mutants) > 120
