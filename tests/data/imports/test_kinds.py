"""What each kind of file becomes: answers, events and proposals with all that belongs to them."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
import yaml

from data import database, schema
from data.access import operator
from data.imports.problems import RejectedFile
from data.imports.profile import Profile, profiles, read_profile
from data.imports.run import preview, store, undo
from data.instruments import InstrumentConflict, known_instruments
from survey.instrument import AnswerKind

TEXT = {"fi": "Kysymys", "sv": "Fråga", "en": "Question"}
#: An instrument that a user wrote: a bipolar item, a 0-10 recommendation, open text.
OWN = {
    "code": "oma_kysely",
    "version": 1,
    "kind": "process",
    "title": TEXT,
    "purpose": TEXT,
    "source": "invented for this test",
    "answer_sets": {
        "vauhti": {
            "kind": "bipolar",
            "best": 2,
            "dont_know": {"fi": "En tiedä", "sv": "Vet inte", "en": "Don't know"},
            "choices": [
                {"code": code, "text": {"fi": fi, "sv": fi, "en": fi}}
                for code, fi in ((1, "Hidas"), (2, "Sopiva"), (3, "Nopea"))
            ],
        },
        "suosittelu": {"kind": "recommendation"},
        "vapaa": {"kind": "open"},
    },
    "items": [
        {"code": "VAUHTI", "answers": "vauhti", "text": TEXT},
        {"code": "SUOSITUS", "answers": "suosittelu", "text": TEXT},
        {"code": "SANA", "answers": "vapaa", "text": TEXT},
    ],
}
#: Made to look like a Webropol export: Finnish headers, ;, decimal comma, Windows-1252.
MAPPING = {
    "name": "oma_kysely",
    "kind": "answers",
    "file": {"encoding": "cp1252", "separator": ";"},
    "dates": ["D.M.YYYY HH:MM"],
    "instrument_file": "kysely.yaml",
    "columns": {
        "project": "Hanke",
        "answered_on": "Vastattu",
        "link_key": "Tunniste",
        "wave": {"column": "Vaihe", "values": {"Alku": "baseline", "Loppu": "end"}},
        "group": {"column": "Ryhmä", "values": {"Asukas": "RES", "Henkilöstö": "STAFF"}},
    },
    "create_projects": {"status": "ended", "theme": "Vihreys"},
    "create": ["theme"],
    "answers": {"VAUHTI": "Mikä oli vauhti?", "SUOSITUS": "Suosittelisitko?", "SANA": "Vapaa sana"},
    "not_applicable": ["Ei koske"],
}
HEAD = "Hanke;Vastattu;Tunniste;Vaihe;Ryhmä;Mikä oli vauhti?;Suosittelisitko?;Vapaa sana;Sähköposti"


def own_profile(folder: Path, **changes) -> Profile:
    (folder / "kysely.yaml").write_text(yaml.safe_dump(OWN, allow_unicode=True), encoding="utf-8")
    path = folder / "profiili.yaml"
    path.write_text(yaml.safe_dump(MAPPING | changes, allow_unicode=True), encoding="utf-8")
    return read_profile(path)


def latin(folder: Path, *lines: str, name: str = "vienti.csv") -> Path:
    path = folder / name
    path.write_bytes(("\r\n".join((HEAD, *lines)) + "\r\n").encode("cp1252"))
    return path


def rows(engine: sa.Engine, *columns) -> list[tuple]:
    with database.reading(engine) as connection:
        return [tuple(row) for row in connection.execute(sa.select(*columns))]


def test_a_bipolar_item_and_a_recommendation_are_declared_without_code(
    engine: sa.Engine, tmp_path: Path
) -> None:
    path = latin(
        tmp_path,
        "Pöllölä;1.3.2026 12:30;a;Alku;Asukas;Sopiva;10;Hyvä, kiitos!;a@example.org",
        "Pöllölä;2.3.2026 9:05;b;Loppu;Henkilöstö;en tiedä;0;;b@example.org",
    )
    batch = store(engine, own_profile(tmp_path), path, operator())
    assert batch.dropped_columns == ("Sähköposti",)
    said = rows(engine, schema.Response.answers, schema.Response.answered_on)
    assert sorted((json.loads(answers), day) for answers, day in said if "10" in answers) == [
        ({"VAUHTI": 2, "SUOSITUS": 10}, date(2026, 3, 1))
    ]
    assert {"SUOSITUS": 0, "VAUHTI": -1} in [json.loads(answers) for answers, _ in said]
    assert rows(engine, schema.OpenAnswer.item, schema.OpenAnswer.text) == [
        ("SANA", "Hyvä, kiitos!")
    ]
    with database.reading(engine) as connection:
        known = known_instruments(connection)
    assert known["oma_kysely@1"].answers_of("VAUHTI").kind is AnswerKind.BIPOLAR
    assert rows(engine, schema.Theme.name_fi) == [("Vihreys",)]
    assert rows(engine, sa.func.count(schema.ProjectTheme.theme_id)) == [(1,)]
    undo(engine, batch.id, operator())
    with database.reading(engine) as connection:
        assert "oma_kysely@1" not in known_instruments(connection)


def test_an_instrument_that_changed_under_its_key_is_refused(
    sqlite_engine: sa.Engine, tmp_path: Path
) -> None:
    line = "Pöllölä;1.3.2026 12:30;a;Alku;Asukas;Sopiva;10;;"
    store(sqlite_engine, own_profile(tmp_path), latin(tmp_path, line), operator())
    profile = own_profile(tmp_path)
    changed = OWN | {"source": "changed since"}
    (tmp_path / "kysely.yaml").write_text(yaml.safe_dump(changed), encoding="utf-8")
    later = latin(tmp_path, line.replace(";a;", ";c;"), name="uusi.csv")
    seen = preview(sqlite_engine, profile, later, operator())
    assert [(p.code, p.value) for p in seen.fatal] == [("instrument_conflict", "oma_kysely@1")]
    with database.writing(sqlite_engine) as connection:
        connection.execute(sa.update(schema.InstrumentVersion).values(sha256="0" * 64))
    with (
        database.reading(sqlite_engine) as connection,
        pytest.raises(InstrumentConflict, match="oma_kysely@1"),
    ):
        known_instruments(connection)


def test_an_unknown_instrument_or_item_stops_the_file(
    sqlite_engine: sa.Engine, tmp_path: Path
) -> None:
    path = latin(tmp_path, "Pöllölä;1.3.2026 12:30;a;Alku;Asukas;Sopiva;10;;")
    base = {key: value for key, value in MAPPING.items() if key != "instrument_file"}
    for change, code in (
        ({"instrument": "ei_ole@3"}, "unknown_instrument"),
        ({"instrument": "benefit@1"}, "unknown_item"),
        (
            {
                "instrument": "process_quality@1",
                "answers": {"GOAL1": {"column": "Suosittelisitko?", "values": {"10": 10}}},
            },
            "code_not_on_scale",
        ),
    ):
        seen = preview(sqlite_engine, Profile.model_validate(base | change), path, operator())
        assert seen.fatal[0].code == code


def test_repeated_and_known_keys(engine: sa.Engine, tmp_path: Path) -> None:
    """A key twice in a file links nobody; a key that has answered already is a duplicate."""
    line = "Pöllölä;1.3.2026 12:3{};{};Alku;Asukas;Sopiva;{};;"
    first = latin(tmp_path, line.format(1, "a", 1), line.format(2, "b", 2), line.format(3, "b", 3))
    profile = own_profile(tmp_path)
    seen = preview(engine, profile, first, operator())
    assert seen.storable == 3
    assert [p.detail for p in seen.warnings if p.code == "keys_unlinked"] == [{"count": 2}]
    store(engine, profile, first, operator())
    keys = [key for (key,) in rows(engine, schema.Response.link_key)]
    assert sorted(key is None for key in keys) == [False, True, True]
    assert all(key is None or len(key) == 64 for key in keys)
    second = latin(tmp_path, line.format(4, "a", 4), line.format(5, "c", 5), name="toinen.csv")
    seen = preview(engine, profile, second, operator())
    assert [(p.code, p.row, p.value) for p in seen.problems] == [("duplicate_response", 2, "a")]
    strict = own_profile(tmp_path, repeated_keys="reject")
    seen = preview(engine, strict, first, operator())
    assert ("repeated_key", 4) in [(p.code, p.row) for p in seen.problems]


def test_a_copy_with_the_same_time_is_rejected_and_without_a_time_only_remarked(
    sqlite_engine: sa.Engine, tmp_path: Path
) -> None:
    line = "Pöllölä;1.3.2026 12:30;;Alku;Asukas;Sopiva;10;;"
    seen = preview(
        sqlite_engine, own_profile(tmp_path), latin(tmp_path, line, line, line), operator()
    )
    assert [(p.code, p.row, p.detail) for p in seen.problems] == [
        ("duplicate_row", 3, {"first": 2}),
        ("duplicate_row", 4, {"first": 2}),
    ]
    plain = own_profile(tmp_path, dates=["D.M.YYYY"])
    line = line.replace(" 12:30", "")
    seen = preview(sqlite_engine, plain, latin(tmp_path, line, line), operator())
    assert seen.storable == 2
    assert ("same_answers", {"count": 1}) in [(p.code, p.detail) for p in seen.warnings]


@pytest.mark.parametrize("form", ["csv", "xlsx"])
def test_events_from_text_and_from_a_workbook(engine: sa.Engine, tmp_path: Path, form: str) -> None:
    header = ["code", "project", "kind", "starts_on", "ends_on", "RES", "STAFF", "cost_eur",
              "hours", "organisation"]  # fmt: skip
    lines = [
        ["T1", "A1", "workshop", "2026-01-01", "2026-01-02", 12, 0, "1234.50", 3.5, "Oy A|Oy B"],
        ["T2", "puisto", "trial", "2026-02-01", "", "", 4, "", "", "oy a"],
    ]
    register = tmp_path / "r.csv"
    register.write_text("code,name\nA1,Puisto\n", encoding="utf-8")
    store(engine, profiles()["project_register"], register, operator())
    path = tmp_path / f"t.{form}"
    if form == "csv":
        text = "\n".join(";".join(map(str, line)) for line in [header, *lines]) + "\n"
        path.write_text(text, encoding="utf-8")
    else:
        book = openpyxl.Workbook()
        for line in [header, *lines]:
            book.active.append([None if cell == "" else cell for cell in line])
        book.active["D2"] = date(2026, 1, 1)
        book.save(path)
    store(engine, profiles()["activity_events"], path, operator())
    event, people = schema.ActivityEvent, schema.EventParticipants
    assert sorted(rows(engine, event.code, event.starts_on, event.ends_on, event.cost_eur)) == [
        ("T1", date(2026, 1, 1), date(2026, 1, 2), Decimal("1234.50")),
        ("T2", date(2026, 2, 1), None, None),
    ]
    joined = sa.select(event.code, people.group_code, people.people).join(event)
    with database.reading(engine) as connection:
        said = sorted(tuple(row) for row in connection.execute(joined))
    assert said == [("T1", "RES", 12), ("T1", "STAFF", 0), ("T2", "STAFF", 4)]
    assert sorted(rows(engine, schema.Organisation.name)) == [("Oy A",), ("Oy B",)]
    assert rows(engine, sa.func.count(schema.EventOrganisation.event_id)) == [(3,)]


def test_proposals_with_their_history_and_plans(engine: sa.Engine, tmp_path: Path) -> None:
    path = tmp_path / "i.csv"
    path.write_text(
        "code,title,submitted_on,status,status_on,reason,plan,plan_selected,plan_budget_eur\n"
        "I1,Penkki,2026-01-01,accepted,2026-02-01,Sopii,S1,true,1000\n"
        "I1,Penkki,2026-01-01,accepted,2026-02-01,Sopii,S2,false,500\n"
        "I2,Puu,2026-01-05,rejected,2026-02-02,Ei mahdu,,,\n"
        "I3,Keinu,,submitted,,,,,\n",
        encoding="utf-8",
    )
    batch = store(engine, profiles()["proposals"], path, operator())
    assert (batch.rows_read, batch.rows_stored) == (4, 4)
    step, idea, plan = schema.ProposalStatus, schema.Proposal, schema.ProposalPlan
    query = sa.select(idea.code, step.position, step.status, step.on_date, step.reason).join(idea)
    with database.reading(engine) as connection:
        steps = sorted(tuple(row) for row in connection.execute(query))
        plans = sorted(
            tuple(row)
            for row in connection.execute(
                sa.select(idea.code, plan.plan_code, plan.selected, plan.budget_eur).join(idea)
            )
        )
    assert steps == [
        ("I1", 1, "submitted", date(2026, 1, 1), None),
        ("I1", 2, "accepted", date(2026, 2, 1), "Sopii"),
        ("I2", 1, "submitted", date(2026, 1, 5), None),
        ("I2", 2, "rejected", date(2026, 2, 2), "Ei mahdu"),
        ("I3", 1, "submitted", None, None),
    ]
    assert plans == [
        ("I1", "S1", True, Decimal("1000.00")),
        ("I1", "S2", False, Decimal("500.00")),
    ]


def test_decimal_commas_spaces_and_ambiguous_names(
    sqlite_engine: sa.Engine, tmp_path: Path
) -> None:
    profile = Profile.model_validate(
        profiles()["project_register"].model_dump(mode="json") | {"decimal": ","}
    )
    path = tmp_path / "r.csv"
    path.write_text(
        "code;name;funder;granted_eur\nA1;Puisto;EAKR;1\u00a0234,50\nA2;Puisto;EAKR;1.5\n"
        "A3;Koulu;EAKR;12\n",
        encoding="utf-8",
    )
    seen = preview(sqlite_engine, profile, path, operator())
    assert [(p.code, p.row, p.value) for p in seen.problems] == [("not_a_number", 3, "1.5")]
    path.write_text(
        "code;name;funder;granted_eur\nA1;Puisto;EAKR;1\u00a0234,50\nA2;Puisto;EAKR;1\n",
        encoding="utf-8",
    )
    store(sqlite_engine, profile, path, operator())
    assert sorted(rows(sqlite_engine, schema.ProjectFunder.granted_eur)) == [
        (Decimal("1.00"),),
        (Decimal("1234.50"),),
    ]
    answers = tmp_path / "a.csv"
    answers.write_text("project,wave,GOAL1\nPuisto,end,5\nA1,end,5\n", encoding="utf-8")
    seen = preview(sqlite_engine, profiles()["survey_answers"], answers, operator())
    assert [(p.code, p.row) for p in seen.problems] == [("ambiguous_name", 2)]


def test_a_default_that_nobody_knows_stops_the_file(
    sqlite_engine: sa.Engine, tmp_path: Path
) -> None:
    profile = own_profile(tmp_path, create=[])
    path = latin(tmp_path, "Pöllölä;1.3.2026 12:30;a;Alku;Asukas;Sopiva;10;;")
    with pytest.raises(RejectedFile) as stopped:
        store(sqlite_engine, profile, path, operator())
    assert [(p.code, p.value) for p in stopped.value.problems] == [("unknown_theme", "Vihreys")]
