"""Record files: every kind comes in, grows, says what is wrong with a row, and is taken back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa

from data import database, schema
from data.access import operator
from data.folding import record_frames
from data.imports.kinds import KINDS, titles
from data.imports.problems import Problem, UndoRefused, message
from data.imports.profile import Profile, profiles
from data.imports.run import Batch, Preview, preview, store, undo

#: Tables that remember that a batch was, also when it has been taken back.
MEMORY = {"audit_event", "import_batch", "rejected_row"}
BASE = {
    "project_register": "code,name,starts_on,funder,used_eur,area\n"
    "A1,Puisto,2026-01-10,EAKR,100,kallio\nB2,Kirjasto,,,,\n",
    "activity_events": "code,project,kind,starts_on,organisation\n"
    "T1,A1,workshop,2026-02-01,Paja Oy\nT2,B2,pilot,2026-02-02,\n",
    "proposals": "code,title,submitted_on,status,project\nI1,Penkki,2026-01-01,submitted,A1\n",
}
#: Two rows of each kind of records, in an order in which what is named is there already.
FILES = {
    "phases": "project,phase,planned_start_on,actual_end_on\n"
    "A1,P4,2026-01-01,2026-02-01\nA1,P5,2026-02-01,\n",
    "populations": "project,group,people,source\nA1,RES,900,Arvio\nA1,NGO,12,Arvio\n",
    "area_populations": "area,group,year,people,source\n"
    "kallio,RES,2025,4000,Tilasto\nkallio,RES,2024,3900,Tilasto\n",
    "collections": "project,instrument,wave,group,invited,opens_on\n"
    "A1,benefit@1,baseline,RES,40,2026-02-01\nA1,benefit@1,baseline,NGO,8,2026-02-01\n",
    "roles": "project,title,filled\nA1,Vetäjä,kyllä\nA1,Arvioija,ei\n",
    "rules": "project,signed_on\nA1,2026-01-09\nB2,\n",
    "decisions": "code,project,due_on,made_on\nD1,A1,2026-02-01,\nD2,A1,2026-02-01,2026-02-09\n",
    "plan_changes": "code,project,reason\nM1,A1,Aikataulu\nM2,A1,\n",
    "places": "code,name,area,described\nK1,Talo,kallio,true\nK2,Piha,,false\n",
    "place_uses": "place,project,event\nK1,A1,T1\nK1,A1,\n",
    "attendance": "event,person,group\nT1,a,RES\nT2,a,\n",
    "contributions": "event,person,group,times\nT1,a,RES,4\nT1,b,RES,0\n",
    "journeys": "project,person,step,group,reached_on\n"
    "A1,a,invited,RES,2026-01-01\nA1,a,attended,RES,\n",
    "priority_groups": "project,group\nA1,NGO\nB2,RES\n",
    "primary_metrics": "project,position,metric,part\n"
    "A1,1,paired_change,CAPA\nA1,2,benefit_share,\n",
    "needs": "code,project,group,tested,sufficient\nN1,A1,RES,yes,yes\nN2,A1,NGO,yes,no\n",
    # Invented IDs with right check digits.
    "organisations": "name,business_id,kind,size,country\n"
    "Paja Oy,9900001-8,company,small,fi\nUusi Oy,,company,,SE\n",
    "partners": "project,organisation\nA1,Paja Oy\nA1,Seura ry\n",
    "firms": "project,organisation,tested,joined_on,followed_on,new_product,first_sale_on\n"
    "A1,Paja Oy,yes,2026-01-01,2026-06-01,yes,2026-03-01\nB2,Paja Oy,no,,,,\n",
    "outputs": "code,project,kind,amount\nO1,A1,volunteers,14\nO2,A1,thesis,\n",
    "solutions": "code,project,name,ready_on,embedded,embedded_on\n"
    "S1,A1,Kärry,2026-02-01,yes,2026-03-01\nS2,A1,Laatikko,,no,\n",
    "adoptions": "solution,organisation,in_use\nS1,Seura ry,yes\nS2,Seura ry,no\n",
    "reuses": "solution,project\nS1,B2\nS2,B2\n",
    "event_log": "project,case,activity,happened_at,unit,channel\n"
    "A1,7,Vastaanotto,2026-01-01T08:00:00+02:00,Neuvonta,Verkko\n"
    "A1,7,Päätös,2026-01-03 09:30:00,,\n",
    "cases": "code,project,idea_on,trial_on,end_kind,ended_on,merged_into\n"
    "C1,A1,2026-01-01,,merged,2026-02-01,C2\nC2,A1,2026-01-01,2026-03-01,,,\n",
    "rosters": "project,wave,organisation,answered\nA1,end,Paja Oy,yes\nA1,end,Seura ry,no\n",
    "ties": "project,wave,source,target\nA1,end,Paja Oy,Seura ry\nA1,end,Paja Oy,Koulu\n",
    "reporting_periods": "project,funder,number,starts_on,ends_on,due_on\n"
    "A1,EAKR,1,2026-02-01,2026-06-30,2026-08-31\nA1,EAKR,2,2026-07-01,2026-12-31,\n",
    "targets": "project,funder,indicator,baseline,baseline_year,target,target_on,expected\n"
    "A1,EAKR,RCO01@1,0,2026,12,2026-12-31,\nA1,EAKR,ARV-CHANGE@1,,,,,Arki helpottuu\n",
    "reported_values": "project,funder,indicator,period,state,value,cumulative,text,method_note\n"
    "A1,EAKR,RCO01@1,1,zero,0,0,,Kirjaukset\nA1,EAKR,ARV-CHANGE@1,1,value,,,Helpottui,Kysely\n",
}


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / f"{name}.csv"
    path.write_text(text, encoding="utf-8")
    return path


def bring(engine: sa.Engine, folder: Path, profile: str, text: str) -> Batch:
    return store(engine, profiles()[profile], write(folder, profile, text), operator())


def look(engine: sa.Engine, folder: Path, profile: str, text: str) -> Preview:
    return preview(engine, profiles()[profile], write(folder, profile, text), operator())


def begin(engine: sa.Engine, folder: Path) -> None:
    with database.writing(engine) as connection:
        area = {"code": "kallio", "name_fi": "Kallio", "kind": "local_area"}
        connection.execute(sa.insert(schema.Area).values(**area))
    for profile, text in BASE.items():
        bring(engine, folder, profile, text)


def dump(engine: sa.Engine) -> dict[str, list[str]]:
    """Every row of every table but the memory of batches."""
    with database.reading(engine) as connection:
        return {
            table.name: sorted(map(str, connection.execute(sa.select(table))))
            for table in schema.Base.metadata.sorted_tables
            if table.name not in MEMORY
        }


def read(engine: sa.Engine, *columns) -> list[tuple]:
    with database.reading(engine) as connection:
        return sorted(tuple(row) for row in connection.execute(sa.select(*columns)))


def test_every_kind_comes_in_feeds_its_frame_and_is_taken_back(
    engine: sa.Engine, tmp_path: Path
) -> None:
    assert set(FILES) == set(KINDS) == set(titles())
    begin(engine, tmp_path)
    before, numbers = [], []
    for kind, text in FILES.items():
        before.append(dump(engine))
        batch = bring(engine, tmp_path, kind, text)
        assert (batch.rows_read, batch.rows_stored, batch.warnings[:0]) == (2, 2, ())
        numbers.append(batch.id)
    with database.reading(engine) as connection:
        logs = record_frames.logs(connection, date(2026, 7, 1))
    # Which projects are schools' follows from the kinds of their organisations; a project judges
    # itself on its page, not in a file.
    assert [name for name, frame in logs.items() if frame.empty] == ["schools", "assessments"]
    # 2026-01-01 to 2026-02-01, when it was merged; the other one is still under way, in its trial
    assert logs["cases"][["stage", "ended", "days"]].to_numpy().tolist() == [
        [0, "merged", 31],
        [3, "", 181],
    ]
    for number, state in zip(reversed(numbers), reversed(before), strict=True):
        undo(engine, number, operator())
        assert dump(engine) == state


def test_organisations_keep_one_business_id_and_known_sizes_and_countries(
    engine: sa.Engine, tmp_path: Path
) -> None:
    begin(engine, tmp_path)
    head = "name,business_id,kind,size,country\n"
    bring(engine, tmp_path, "organisations", f"{head}PAJA  oy,9900001-8,company,micro,FI\n")
    told = schema.Organisation
    columns = (told.name, told.business_id, told.kind, told.size, told.country)
    assert ("Paja Oy", "9900001-8", "company", "micro", "FI") in read(engine, *columns)
    seen = look(
        engine, tmp_path, "organisations",
        f"{head}Toinen Oy,9900001-8,,,\nKolmas Oy,9900002-7,,,\n"
        f"Neljäs Oy,,,suuri,\n"
        f"Viides Oy,,,,Suomi\nKuudes Oy,9900003-4,,,\nSeitsemäs Oy,9900003-4,,,\n",
    )  # fmt: skip
    assert {(each.row, each.code) for each in seen.problems} == {
        (2, "business_id_elsewhere"), (3, "not_a_business_id"), (4, "unknown_value"),
        (5, "too_long"), (5, "not_a_country"), (7, "business_id_elsewhere"),
    }  # fmt: skip
    seen = look(
        engine, tmp_path, "organisations",
        f"{head}Åbo Ab,SE556677889901,,,\nTallinn OÜ,10345833,,,EE\nRiihi Oy,FI01012636,,,FI\n",
    )  # fmt: skip
    assert seen.problems == ()
    assert [(w.code, w.detail) for w in seen.warnings] == [
        ("foreign_business_ids", {"count": 2, "values": "SE556677889901, 10345833"})
    ]
    bring(engine, tmp_path, "organisations", "name,size\nPaja Oy,small\n")
    assert ("Paja Oy", "9900001-8", "company", "small", "FI") in read(engine, *columns)


def test_a_grown_log_changes_what_it_knows_and_can_be_taken_back(
    engine: sa.Engine, tmp_path: Path
) -> None:
    begin(engine, tmp_path)
    start = dump(engine)
    header = "code,project,title,due_on,made_on\n"
    first = bring(
        engine, tmp_path, "decisions", f"{header}D1,A1,Tila,2026-02-01,\nD2,A1,,2026-02-01,\n"
    )
    known = dump(engine)
    # D1 was made meanwhile; D2 is as it was; D3 is new. The title's column is not in this file.
    grown = (
        "code,project,due_on,made_on\n"
        "D1,A1,2026-02-01,2026-02-03\nD2,A1,2026-02-01,\nD3,B2,2026-03-01,\n"
    )
    seen = look(engine, tmp_path, "decisions", grown)
    told = {warning.code: warning.detail for warning in seen.warnings}
    assert told["rows_known"] == {"count": 2, "changed": 1}
    second = bring(engine, tmp_path, "decisions", grown)
    assert (second.rows_read, second.rows_stored) == (3, 3)
    decision = schema.Decision
    assert read(engine, decision.code, decision.title, decision.made_on)[0] == (
        "D1",
        "Tila",
        date(2026, 2, 3),
    )
    assert len(read(engine, decision.id)) == 3
    with pytest.raises(UndoRefused) as refused:
        undo(engine, first.id, operator())
    assert refused.value.problems[0].code == "undo_changed"
    undo(engine, second.id, operator())
    assert dump(engine) == known
    undo(engine, first.id, operator())
    assert dump(engine) == start


def test_what_others_name_is_not_taken_from_under_them(
    sqlite_engine: sa.Engine, tmp_path: Path
) -> None:
    begin(sqlite_engine, tmp_path)
    places = bring(sqlite_engine, tmp_path, "places", FILES["places"])
    uses = bring(sqlite_engine, tmp_path, "place_uses", FILES["place_uses"])
    with pytest.raises(UndoRefused) as refused:
        undo(sqlite_engine, places.id, operator())
    assert refused.value.problems[0].detail["example"] == "Talo"
    # the events' own batch, which is the second
    with pytest.raises(UndoRefused) as refused:
        undo(sqlite_engine, 2, operator())
    assert ("@event", "T1") in [
        (p.detail["what"], p.detail["example"]) for p in refused.value.problems
    ]
    undo(sqlite_engine, uses.id, operator())
    undo(sqlite_engine, places.id, operator())


WRONG = {
    "a flag that is neither yes nor no": (
        "roles", "project,title,filled\nA1,Vetäjä,ehkä\n", "unknown_value"),
    "an event that nobody knows": ("attendance", "event,person\nT9,a\n", "unknown_record"),
    "a case that is merged into none": (
        "cases", "code,project,idea_on,end_kind,ended_on,merged_into\n"
        "C1,A1,2026-01-01,merged,2026-01-02,C9\n", "unknown_record"),
    "an end without its day": (
        "cases", "code,project,idea_on,end_kind\nC1,A1,2026-01-01,rejected\n", "needs_other"),
    "merged into a case without having been merged": (
        "cases", "code,project,idea_on,end_kind,ended_on,merged_into\n"
        "C1,A1,2026-01-01,rejected,2026-01-02,C1\n", "needs_other"),
    "a stage before an earlier one": (
        "cases", "code,project,idea_on,partner_on,pilot_on\n"
        "C1,A1,2026-01-01,2026-03-01,2026-02-01\n", "ends_before_start"),
    "sufficient without a trial": (
        "needs", "code,project,group,tested,sufficient\nN1,A1,RES,no,yes\n", "needs_other"),
    "a tie to itself": (
        "ties", "project,wave,source,target\nA1,end,Paja Oy,Paja Oy\n", "not_to_itself"),
    "the same role twice": (
        "roles", "project,title,filled\nA1,Vetäjä,1\nA1,Vetäjä,0\n", "repeated_record"),
    "a sixth primary metric": (
        "primary_metrics", "project,position,metric\nA1,6,reach\n", "unknown_value"),
    "a project that nobody knows": ("rules", "project\nC3\n", "unknown_project"),
    "a kind of output that is not on the list": (
        "outputs", "code,project,kind\nO1,A1,workshop\n", "unknown_value"),
    "half a person": (
        "populations", "project,group,people,source\nA1,RES,1.5,Arvio\n", "not_whole"),
    "nobody to count": ("populations", "project,group,people,source\nA1,RES,,Arvio\n",
                        "blank_required"),
    "an instrument that nobody knows": (
        "collections", "project,instrument,wave,invited\nA1,oma@7,end,3\n", "unknown_value"),
}  # fmt: skip


def test_a_wrong_row_is_named_with_its_remedy_in_every_language(
    sqlite_engine: sa.Engine, tmp_path: Path
) -> None:
    begin(sqlite_engine, tmp_path)
    for case, (kind, text, code) in WRONG.items():
        seen = look(sqlite_engine, tmp_path, kind, text)
        assert seen.storable == seen.rows_read - 1, case
        assert [problem.code for problem in seen.problems] == [code], case
        for language in ("fi", "sv", "en"):
            assert "{" not in message(seen.problems[0], language, "f.csv"), case


def test_a_code_of_another_project_is_no_new_fact_about_it(
    sqlite_engine: sa.Engine, tmp_path: Path
) -> None:
    begin(sqlite_engine, tmp_path)
    bring(sqlite_engine, tmp_path, "needs", FILES["needs"])
    text = "code,project,group,tested,sufficient\nN1,B2,RES,no,no\n"
    seen = look(sqlite_engine, tmp_path, "needs", text)
    assert [(p.code, p.detail) for p in seen.problems] == [("code_elsewhere", {"other": "A1"})]


def test_people_are_hashed_and_the_same_in_every_file(
    sqlite_engine: sa.Engine, tmp_path: Path
) -> None:
    begin(sqlite_engine, tmp_path)
    for kind in ("attendance", "contributions", "journeys"):
        bring(sqlite_engine, tmp_path, kind, FILES[kind].replace(",a,", ",matti@example.org,"))
    assert "matti" not in str(dump(sqlite_engine))
    with database.reading(sqlite_engine) as connection:
        logs = record_frames.logs(connection, date(2026, 7, 1))
    came = set(logs["attendance"]["person"])
    assert len(came) == 1
    assert came == set(logs["journeys"]["person"])
    assert came < set(logs["contributions"]["person"])


def test_a_project_without_a_template_has_the_common_phases(
    engine: sa.Engine, tmp_path: Path
) -> None:
    begin(engine, tmp_path)
    before = dump(engine)
    batch = bring(engine, tmp_path, "phases", FILES["phases"])
    with database.reading(engine) as connection:
        found = record_frames.phases(connection)
    assert found[["phase", "actual_end_on"]].to_numpy().tolist() == [
        ["P4", date(2026, 2, 1)],
        ["P5", None],
    ]
    undo(engine, batch.id, operator())
    assert dump(engine) == before
    # a template of its own that has no P7
    with database.writing(engine) as connection:
        template = connection.execute(
            sa.insert(schema.ProcessTemplate).values(code="oma", name_fi="Oma")
        ).inserted_primary_key[0]
        phase = {"template_id": template, "position": 1, "common_phase": "P1", "name_fi": "Alku"}
        connection.execute(sa.insert(schema.TemplatePhase).values(**phase))
        connection.execute(
            sa.update(schema.Project)
            .where(schema.Project.code == "B2")
            .values(template_id=template)
        )
    seen = look(engine, tmp_path, "phases", "project,phase\nB2,P1\nB2,P7\n")
    assert [(p.code, p.row, p.value) for p in seen.problems] == [("no_such_phase", 3, "P7")]


def test_people_who_were_invited_and_did_not_answer_are_known(
    engine: sa.Engine, tmp_path: Path
) -> None:
    begin(engine, tmp_path)
    bring(engine, tmp_path, "collections", FILES["collections"])
    assert read(engine, schema.CollectionGroup.group_code, schema.CollectionGroup.invited) == [
        ("NGO", 8),
        ("RES", 40),
    ]
    before = dump(engine)
    later = bring(
        engine, tmp_path, "collections",
        "project,instrument,wave,group,invited\nA1,benefit@1,baseline,RES,55\n"
        "A1,benefit@1,baseline,NGO,3\nA1,benefit@1,baseline,COM,5\n",
    )  # fmt: skip
    # more is more; fewer does not uninvite anybody
    assert read(engine, schema.CollectionGroup.group_code, schema.CollectionGroup.invited) == [
        ("COM", 5),
        ("NGO", 8),
        ("RES", 55),
    ]
    undo(engine, later.id, operator())
    assert dump(engine) == before


ANSWERS = Profile.model_validate(
    {
        "name": "vienti",
        "kind": "answers",
        "instrument": "benefit@1",
        "columns": {
            "project": "hanke", "response_id": "nro", "group": "ryhma", "invited": "kutsutut",
            "link_key": {"column": "avain", "optional": True},
        },
        "constants": {"wave": "baseline"},
        "answers": "by_code",
    }
)  # fmt: skip


def test_an_export_that_has_grown_brings_each_answer_once_and_raises_the_invited(
    engine: sa.Engine, tmp_path: Path
) -> None:
    begin(engine, tmp_path)
    header = "hanke,nro,avain,ryhma,kutsutut,SERV1\n"
    lines = "A1,101,x,RES,40,5\nA1,102,y,RES,40,4\n"
    first = store(engine, ANSWERS, write(tmp_path, "a", header + lines), operator())
    known = dump(engine)
    grown = lines.replace(",40,", ",60,") + "A1,103,z,RES,60,1\n"
    path = write(tmp_path, "b", header + grown)
    seen = preview(engine, ANSWERS, path, operator())
    told = {warning.code: warning.detail for warning in seen.warnings}
    assert told["answers_known"] == {"count": 2}
    assert seen.problems == ()
    second = store(engine, ANSWERS, path, operator())
    assert (second.rows_read, second.rows_stored, second.rows_rejected) == (3, 3, 0)
    answer = schema.Response
    assert len(read(engine, answer.id)) == 3
    assert all(len(key) == 64 for (key,) in read(engine, answer.source_key))
    assert read(engine, schema.CollectionGroup.invited) == [(60,)]
    assert read(engine, schema.Collection.revision) == [(2,)]
    with pytest.raises(UndoRefused):
        undo(engine, first.id, operator())
    undo(engine, second.id, operator())
    revisions = {table: rows for table, rows in dump(engine).items() if table != "collection"}
    assert revisions == {table: rows for table, rows in known.items() if table != "collection"}
    twice = write(tmp_path, "c", header + lines + "A1,102,w,RES,40,2\n")
    seen = preview(engine, ANSWERS, twice, operator())
    assert [(p.code, p.row) for p in seen.problems] == [("repeated_record", 4)]


def test_a_file_that_brings_nothing_new_stores_nothing(
    sqlite_engine: sa.Engine, tmp_path: Path
) -> None:
    begin(sqlite_engine, tmp_path)
    bring(sqlite_engine, tmp_path, "roles", FILES["roles"])
    before = dump(sqlite_engine)
    seen = look(sqlite_engine, tmp_path, "roles", FILES["roles"] + "\n")
    assert ("rows_known", {"count": 2, "changed": 0}) in [
        (warning.code, warning.detail) for warning in seen.warnings
    ]
    again = bring(sqlite_engine, tmp_path, "roles", FILES["roles"] + "\n")
    assert again.rows_stored == 2
    assert dump(sqlite_engine) == before
    assert isinstance(seen.warnings[0], Problem)
