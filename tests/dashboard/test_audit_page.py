"""T-54: every line that the programs write into the audit is told in words, in three languages."""

from __future__ import annotations

import ast
import re
from datetime import UTC, datetime
from pathlib import Path

import pytest

import dashboard
import data
from dashboard import audit_words
from dashboard.doorway import routes
from dashboard.wording import texts
from data import access, audit, permissions, schema
from data.audit import ACTIONS, Event
from data.database import connect, reading, writing
from data.keeping.retention import DAYS
from data.reporting import claims
from survey.text import LANGUAGES
from tests.dashboard.looking import opened, plain

FLOORS = (Path(data.__file__).parent, Path(dashboard.__file__).parent)


def columns(*tables) -> set[str]:
    return {column.name for table in tables for column in table.__table__.columns} - {"id"}


PROMISED = columns(schema.IndicatorTarget, schema.ReportingPeriod)
#: Details whose names are not written where the line is: by file and what the code calls them.
COMPUTED = {
    "data/imports/changed_promises.py told": PROMISED,
    "data/reporting/targets.py changed": PROMISED,
    "data/reporting/targets.py _told(values, {})": PROMISED,
    "data/keeping/retention.py told": set(DAYS),
    "data/reporting/claims.py changed": {*claims._LONGEST, "grade", "level", "entity"},
    "data/reporting/proofs.py detail": {"name", "sha256", "link", "reported_id", "claim_id"},
    "data/audit.py tried.told": {"verb", "kind", "scope", "what"},
}
#: What things are called whose name is not written where the line is.
SUBJECTS = {"f'{name}:{number}'": {"target", "period"}, "tried.subject[:200]": set()}


def calls(*names: str):
    """Every call of a function of ours: its file, the function around it, and the call."""
    for floor in FLOORS:
        for file in floor.rglob("*.py"):
            where = f"{floor.name}/{file.relative_to(floor)}"
            tree = ast.parse(file.read_text(encoding="utf-8"))
            for around in (n for n in ast.walk(tree) if isinstance(n, ast.FunctionDef)):
                for call in ast.walk(around):
                    if isinstance(call, ast.Call) and called(call) in names:
                        yield where, around, call


def called(call: ast.Call) -> str:
    return getattr(call.func, "attr", getattr(call.func, "id", ""))


def lines():
    """Every call that writes a line of the audit."""
    for where, around, call in calls("record"):
        owner = getattr(getattr(call.func, "value", None), "id", "")
        if owner == "audit" or where == "data/audit.py":
            yield where, around, call


def given(around: ast.FunctionDef, value: ast.expr) -> list[ast.expr]:
    """What a name stands for in its function; anything else for itself."""
    if not isinstance(value, ast.Name):
        return [value]
    found = [
        one.value
        for one in ast.walk(around)
        if isinstance(one, ast.Assign | ast.AnnAssign)
        and value.id in [getattr(t, "id", "") for t in getattr(one, "targets", [one])]
    ]
    pairs = (
        zip(one.targets[0].elts, one.value.elts, strict=True)
        for one in ast.walk(around)
        if isinstance(one, ast.Assign)
        and isinstance(one.targets[0], ast.Tuple)
        and isinstance(one.value, ast.Tuple)
    )
    return found + [said for pair in pairs for name, said in pair if name.id == value.id] or [value]


def kinds(value: ast.expr) -> set[str]:
    if isinstance(value, ast.IfExp):
        return kinds(value.body) | kinds(value.orelse)
    if isinstance(value, ast.Constant):
        return {value.value.partition(":")[0]}
    first = getattr(value, "values", [None])[0]
    if isinstance(first, ast.Constant) and ":" in first.value:
        return {first.value.partition(":")[0]}
    assert ast.unparse(value) in SUBJECTS, f"a thing that nobody can look up: {ast.unparse(value)}"
    return SUBJECTS[ast.unparse(value)]


def keys(where: str, value: ast.expr, said: str) -> set[str]:
    """The names of details; a dictionary within tells names of its own."""
    if not isinstance(value, ast.Dict):
        assert f"{where} {said}" in COMPUTED, f"details that nobody can look up: {where}: {said}"
        return COMPUTED[f"{where} {said}"]
    found = set()
    for key, inner in zip(value.keys, value.values, strict=True):
        found |= keys(where, inner, ast.unparse(inner)) if key.value == "changes" else {key.value}
    return found


def test_every_kind_of_event_and_of_thing_has_words():
    said = texts()
    assert {act for act in ACTIONS if f"audit.action.{act}" not in said} == set()
    found = set()
    for _, around, call in lines():
        for value in given(around, call.args[3]):
            found |= kinds(value)
    assert len(found) > 20  # 28 when this was written
    wordless = {kind for kind in found if f"audit.thing.{kind}" not in said}
    assert wordless <= set(audit_words.NO_THING)


def test_every_detail_of_every_kind_of_event_has_words():
    found = set()
    for where, around, call in lines():
        if len(call.args) > 4:
            act = ast.unparse(call.args[2]).strip("'")
            for value in given(around, call.args[4]):
                found |= {(act, key) for key in keys(where, value, ast.unparse(call.args[4]))}
    assert len(found) > 60  # 99 when this was written
    for language in LANGUAGES:
        untold = {
            (act, key)
            for act, key in found
            if audit_words.detail_word(act, key, language) == key.replace("_", " ")
            and f"audit.detail.{key}" not in texts()
        }
        assert untold == set()


def test_every_code_in_a_detail_has_words():
    door = Path(routes.__file__).read_text(encoding="utf-8")
    refused = re.findall(r'(?:_refuse\(request|_note_refusal), "([\w ]+)"', door)
    assert {"password", "unproven"} <= {*refused}
    codes = {
        "page": permissions.PAGES,
        "role": permissions.Role,
        "verb": permissions.Verb,
        "kind": permissions.Kind,
        "link": schema.LINKS,
        "why": ("no role", *refused),
    }
    for key, listed in codes.items():
        for code in listed:
            assert audit_words.CODED[key] + code.replace(" ", "_") in texts(), (key, code)


def test_t18_every_denial_names_who_was_denied_and_what():
    nameless = [
        f"{where}: {ast.unparse(call)}"
        for where, _, call in calls("NotPermitted", "note_denial")
        if where != "data/access.py"
        and len(call.args) < 3
        and {word.arg for word in call.keywords}.isdisjoint({"verb", "subject"})
    ]
    assert nameless == []


# --- as they are read ---------------------------------------------------------------------------


def told(action: str, subject: str, detail: str, language: str = "fi") -> str:
    event = Event(7, datetime(2026, 11, 22, 12, 5, tzinfo=UTC), "3 M", action, subject, detail, "")
    names = {"user:12": "Maija", "project:4": "Puistot", "funder:4": "EAKR"}
    return audit_words.sentence(event, language, names)


@pytest.mark.parametrize(
    ("action", "subject", "detail", "words"),
    [
        ("sign_in", "user:12", "{}", "Kirjautui sisään: Maija"),
        (
            "grant_role",
            "user:12",
            '{"role": "manager", "project": 4, "funder": null}',
            "Antoi roolin: Maija (rooli: hankepäällikkö; hanke: Puistot)",
        ),
        (
            "denied",
            "page:users",
            '{"what": "M may not open the page users."}',
            "Yritti, mihin ei ole oikeutta: sivu Käyttäjät",
        ),
        (
            "denied",
            "policy",
            '{"verb": "read", "kind": "funder", "scope": 4, "what": "M may not read funder 4."}',
            "Yritti, mihin ei ole oikeutta (teko: katsoa; kohde: rahoittaja; kenen: EAKR)",
        ),
        (
            "target_changed",
            "target:9",
            '{"target": ["10", "12"], "target_on": [null, "2027-01-31"]}',
            "Muutti tavoitetta: tavoite 9 (tavoite: 10 → 12; tavoitteen päivä: 31.1.2027)",
        ),
        (
            "close_collection",
            "collection:5",
            "no details of ours",
            "Sulki kyselyn: kysely 5 (palvelimen ilmoitus: no details of ours)",
        ),
        (
            "open_collection",
            "collection:5",
            '{"opens_at": "2026-11-22 12:00:00+00:00", "joined": false}',
            "Avasi kyselyn: kysely 5 (avautuu: 22.11.2026 klo 14.00; "
            "vastauskerrat yhdistetään: ei)",
        ),
    ],
)
def test_a_line_is_a_sentence(action, subject, detail, words):
    assert told(action, subject, detail) == words


def test_whose_open_answer_it_is_is_not_told():
    said = told("code_answer", "open_answer:5f5e7a:Q9", '{"before": [], "after": [2]}')
    assert "Q9" in said
    assert "5f5e7a" not in said


@pytest.mark.parametrize("detail", ['{"starts_on": "2026-99-99"}', "[1, 2]", '"x"', '{"x": NaN}'])
def test_what_the_programs_never_write_is_shown_all_the_same(detail):
    assert told("period_changed", "period:1", detail)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_line_of_the_page_is_left_to_the_machine(sample_to_write, language):
    engine = connect(f"sqlite:///{sample_to_write}")
    with writing(engine) as connection:
        administrator = access.persona("administrator", connection)
        for number, act in enumerate(sorted(ACTIONS)):
            detail = {"reason": "x", "version": number, "sha256": "ab" * 32}
            audit.record(connection, administrator, act, "user:1", detail)
    with reading(engine) as connection:
        names = audit_words.names(connection, administrator, language)
    table = opened("audit", "administrator", language).table[0].value
    said = [plain(cell) for cell in table.to_numpy().ravel()]
    assert len(said) >= 2 * len(ACTIONS)
    assert [cell for cell in said if "{" in cell or '":' in cell or "user:1" in cell] == []
    assert names["user:1"] in " ".join(said)
