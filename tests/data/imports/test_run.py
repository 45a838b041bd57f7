"""One file in: looked at, stored as a batch in one transaction, taken back again."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import database, schema
from data.access import Grant, NotPermitted, User, operator
from data.imports.problems import AlreadyImported, RejectedFile, RejectedRows, UndoRefused
from data.imports.profile import Profile, profiles
from data.imports.run import Batch, preview, store, undo
from data.permissions import Role

REGISTER = "code,name,theme,programme,funder,granted_eur\n"
#: Tables that remember that a batch was, also when it has been taken back.
MEMORY = {"audit_event", "import_batch", "rejected_row"}


def bring(engine: sa.Engine, folder: Path, profile: str, text: str, **accept) -> Batch:
    """Writes a text as a file and stores it under a shipped profile."""
    path = folder / f"{profile}.csv"
    path.write_text(text, encoding="utf-8")
    return store(engine, profiles()[profile], path, operator(), **accept)


def dump(engine: sa.Engine) -> dict[str, list[str]]:
    """Every row of every table but the memory of batches."""
    with database.reading(engine) as connection:
        return {
            table.name: sorted(map(str, connection.execute(sa.select(table))))
            for table in schema.Base.metadata.sorted_tables
            if table.name not in MEMORY
        }


def count(engine: sa.Engine, model) -> int:
    with database.reading(engine) as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(model)).scalar_one()


def test_projects_and_answers_come_in(engine: sa.Engine, tmp_path: Path) -> None:
    text = REGISTER + "A1,Puisto,Vihreys|Lapset,Ohjelma,EAKR,1000.50\nB2,Kirjasto,Vihreys,,,\n"
    batch = bring(engine, tmp_path, "project_register", text)
    assert (batch.rows_read, batch.rows_stored, batch.rows_rejected) == (2, 2, 0)
    bring(
        engine,
        tmp_path,
        "survey_answers",
        "project;wave;group;answered_on;invited;GOAL1;GOAL2\n"
        "A1;end;RES;2026-03-01;40;5;En osaa sanoa\n"
        "Puisto;end;RES;2026-03-04;40;1;\n"
        "b2;baseline;;;;4.0;3\n",
    )
    with database.reading(engine) as connection:
        rows = connection.execute(
            sa.select(schema.Project.code, schema.Response.group_code, schema.Response.answers)
            .join(schema.Collection, schema.Collection.id == schema.Response.collection_id)
            .join(schema.Project, schema.Project.id == schema.Collection.project_id)
        ).all()
        fielded = connection.execute(
            sa.select(schema.Collection).join(schema.Project).where(schema.Project.code == "A1")
        ).one()
        invited = connection.execute(sa.select(schema.CollectionGroup.invited)).scalars().all()
        money = connection.execute(sa.select(schema.ProjectFunder.granted_eur)).scalars().all()
    found = [(code, group, json.loads(said)) for code, group, said in rows]
    assert sorted(found, key=str) == [
        ("A1", "RES", {"GOAL1": 1}),
        ("A1", "RES", {"GOAL1": 5, "GOAL2": -1}),
        ("B2", "UNK", {"GOAL1": 4, "GOAL2": 3}),
    ]
    assert (fielded.wave, fielded.phase, fielded.revision) == ("end", "P0", 1)
    assert (fielded.opens_on, fielded.closes_on) == (date(2026, 3, 1), date(2026, 3, 4))
    assert invited == [40]
    assert [str(sum_) for sum_ in money] == ["1000.50"]


def test_a_preview_stores_nothing_and_says_what_would_happen(
    engine: sa.Engine, tmp_path: Path
) -> None:
    before = dump(engine)
    path = tmp_path / "p.csv"
    path.write_text(REGISTER + "A1,Puisto,,,,\n,Nimetön,,,,\n", encoding="utf-8")
    steps: list[str] = []
    seen = preview(
        engine,
        profiles()["project_register"],
        path,
        operator(),
        lambda step, *_: steps.append(step),
    )
    assert (seen.rows_read, seen.storable, seen.rejected) == (2, 1, 1)
    assert [(p.code, p.row, p.column) for p in seen.problems] == [("blank_required", 3, "code")]
    assert list(seen.sample["name_fi"]) == ["Puisto"]
    assert seen.detected["separator"] == ","
    assert "check" in steps
    assert dump(engine) == before
    assert count(engine, schema.ImportBatch) == 0


def test_columns_that_nobody_mapped_are_dropped_and_listed(
    sqlite_engine: sa.Engine, tmp_path: Path
) -> None:
    text = "code,name,email,phone\nA1,Puisto,matti@example.org,040 1234567\n"
    batch = bring(sqlite_engine, tmp_path, "project_register", text)
    assert batch.dropped_columns == ("email", "phone")
    with database.reading(sqlite_engine) as connection:
        kept = connection.execute(sa.select(schema.ImportBatch.dropped_columns)).scalar_one()
    assert json.loads(kept) == ["email", "phone"]
    assert "matti" not in str(dump(sqlite_engine))


def test_rejected_rows_stop_the_file_unless_accepted(engine: sa.Engine, tmp_path: Path) -> None:
    text = REGISTER + "A1,Puisto,,,,\nA1,Toinen,,,,\nC3,,,,,\n"
    before = dump(engine)
    with pytest.raises(RejectedRows) as stopped:
        bring(engine, tmp_path, "project_register", text)
    assert [problem.code for problem in stopped.value.problems] == [
        "rows_rejected",
        "duplicate_code",
        "blank_required",
    ]
    assert dump(engine) == before
    assert count(engine, schema.ImportBatch) == 0
    batch = bring(engine, tmp_path, "project_register", text, accept_rejected=True)
    assert (batch.rows_read, batch.rows_stored, batch.rows_rejected) == (3, 1, 2)
    with database.reading(engine) as connection:
        rejected = connection.execute(
            sa.select(schema.RejectedRow.row, schema.RejectedRow.code, schema.RejectedRow.value)
            .where(schema.RejectedRow.batch_id == batch.id)
            .order_by(schema.RejectedRow.row)
        ).all()
    assert [tuple(row) for row in rejected] == [
        (3, "duplicate_code", "A1"),
        (4, "blank_required", ""),
    ]


def test_a_file_without_a_storable_row_is_never_a_batch(
    sqlite_engine: sa.Engine, tmp_path: Path
) -> None:
    with pytest.raises(RejectedRows) as stopped:
        bring(sqlite_engine, tmp_path, "project_register", REGISTER + "A1,,,,,\n",
              accept_rejected=True)  # fmt: skip
    assert stopped.value.problems[0].code == "nothing_storable"
    assert count(sqlite_engine, schema.ImportBatch) == 0


def test_the_same_file_again_is_recognised(engine: sa.Engine, tmp_path: Path) -> None:
    text = REGISTER + "A1,Puisto,,,,\n"
    first = bring(engine, tmp_path, "project_register", text)
    before = dump(engine)
    with pytest.raises(AlreadyImported) as stopped:
        bring(engine, tmp_path, "project_register", text)
    assert stopped.value.batch_id == first.id
    assert dump(engine) == before
    path = tmp_path / "project_register.csv"
    assert preview(engine, profiles()["project_register"], path, operator()).earlier_batch == (
        first.id
    )
    undo(engine, first.id, operator())
    again = bring(engine, tmp_path, "project_register", text)
    assert again.id != first.id


@pytest.mark.parametrize("pairs", [1, pytest.param(50, marks=pytest.mark.nightly)])
def test_two_at_once_one_wins(engine: sa.Engine, tmp_path: Path, pairs: int) -> None:
    """T-10: of two who bring the same file at once, the second gets the first one's batch."""
    path = tmp_path / "twice.csv"

    def attempt(_: int) -> str:
        try:
            return f"stored {store(engine, profiles()['project_register'], path, operator()).id}"
        except AlreadyImported as refused:
            return f"refused {refused.batch_id}"

    for pair in range(pairs):
        lines = "".join(f"P{pair}-{number},Hanke {pair} {number},,,,\n" for number in range(200))
        path.write_text(REGISTER + lines, encoding="utf-8")
        with ThreadPoolExecutor(2) as pool:
            said = sorted(pool.map(attempt, range(2)))
        kinds, batches = zip(*(each.split() for each in said), strict=True)
        assert kinds == ("refused", "stored")
        assert len(set(batches)) == 1
    assert count(engine, schema.Project) == 200 * pairs


def test_undo_restores_what_was_there_before(engine: sa.Engine, tmp_path: Path) -> None:
    bring(engine, tmp_path, "project_register", REGISTER + "A1,Puisto,Vihreys,,,\n")
    empty = dump(engine)
    answers = bring(
        engine,
        tmp_path,
        "survey_answers",
        "project,wave,group,link_key,GOAL1\nA1,end,RES,x,5\nA1,end,RES,y,4\n",
    )
    events = bring(
        engine,
        tmp_path,
        "activity_events",
        "code,project,kind,starts_on,RES,organisation\nE1,A1,workshop,2026-01-01,5,Yritys Oy\n",
    )
    ideas = bring(
        engine,
        tmp_path,
        "proposals",
        "code,title,project,status,plan,plan_selected,plan_budget_eur\n"
        "I1,Penkki,A1,accepted,S1,true,100\nI2,Puu,A1,rejected,,,\n",
    )
    assert count(engine, schema.Response) == 2
    assert count(engine, schema.ProposalPlan) == 1
    for batch in (ideas, events, answers):
        undo(engine, batch.id, operator())
    assert dump(engine) == empty


def test_undo_of_part_of_a_collection_gives_it_a_new_revision(
    engine: sa.Engine, tmp_path: Path
) -> None:
    bring(engine, tmp_path, "project_register", REGISTER + "A1,Puisto,,,,\n")
    head = "project,wave,group,GOAL1\n"
    bring(engine, tmp_path, "survey_answers", head + "A1,end,RES,5\n")
    second = bring(engine, tmp_path, "survey_answers", head + "A1,end,RES,4\n")
    undo(engine, second.id, operator())
    with database.reading(engine) as connection:
        revisions = connection.execute(sa.select(schema.Collection.revision)).scalars().all()
        said = connection.execute(sa.select(schema.Response.answers)).scalars().all()
    assert revisions == [3]  # stored, added to, taken from
    assert [json.loads(answers) for answers in said] == [{"GOAL1": 5}]


def test_undo_is_refused_while_others_depend_on_the_batch(
    engine: sa.Engine, tmp_path: Path
) -> None:
    register = bring(engine, tmp_path, "project_register", REGISTER + "A1,Puisto,,,,\n")
    head = "project,wave,group,GOAL1\n"
    first = bring(engine, tmp_path, "survey_answers", head + "A1,end,RES,5\n")
    second = bring(engine, tmp_path, "survey_answers", head + "A1,end,RES,4\n")
    before = dump(engine)
    with pytest.raises(UndoRefused) as of_projects:
        undo(engine, register.id, operator())
    assert "Puisto" in of_projects.value.in_language("fi")
    assert "hankkeita" in of_projects.value.in_language("fi")
    with pytest.raises(UndoRefused) as of_collection:
        undo(engine, first.id, operator())
    assert of_collection.value.problems[0].detail["what"] == "@collection"
    assert dump(engine) == before
    undo(engine, second.id, operator())
    undo(engine, first.id, operator())
    undo(engine, register.id, operator())
    with pytest.raises(UndoRefused) as gone:
        undo(engine, register.id, operator())
    assert gone.value.problems[0].code == "undo_unknown"


def test_a_batch_is_in_the_audit_with_who_brought_it(
    sqlite_engine: sa.Engine, tmp_path: Path
) -> None:
    batch = bring(sqlite_engine, tmp_path, "project_register", REGISTER + "A1,Puisto,,,,\n")
    undo(sqlite_engine, batch.id, operator())
    with database.reading(sqlite_engine) as connection:
        lines = connection.execute(
            sa.select(schema.AuditEvent.action, schema.AuditEvent.subject, schema.AuditEvent.actor)
        ).all()
        who = connection.execute(sa.select(schema.ImportBatch.imported_by)).scalar_one()
    assert [line[:2] for line in lines] == [
        ("import", f"batch:{batch.id}"),
        ("undo_import", f"batch:{batch.id}"),
    ]
    assert who == operator().name


@pytest.mark.parametrize("role", [Role.STEERING])
def test_only_those_who_may_bring_files(sqlite_engine: sa.Engine, tmp_path: Path, role) -> None:
    reader = User(1, "Lukija", (Grant(role),))
    path = tmp_path / "p.csv"
    path.write_text(REGISTER + "A1,Puisto,,,,\n", encoding="utf-8")
    profile = profiles()["project_register"]
    with pytest.raises(NotPermitted):
        preview(sqlite_engine, profile, path, reader)
    with pytest.raises(NotPermitted):
        store(sqlite_engine, profile, path, reader)
    with pytest.raises(NotPermitted):
        undo(sqlite_engine, 1, reader)


CELLS = st.sampled_from(["A1", "B2", "C3", "", "end", "loppu", "5", "6", "x", "RES"])


@settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(rows=st.lists(st.tuples(CELLS, CELLS, CELLS, CELLS), min_size=1, max_size=12))
def test_counts_always_reconcile(sqlite_engine: sa.Engine, tmp_path: Path, rows) -> None:
    if not count(sqlite_engine, schema.Project):
        bring(sqlite_engine, tmp_path, "project_register", REGISTER + "A1,a,,,,\nB2,b,,,,\n")
    before = count(sqlite_engine, schema.Response)
    text = "project,wave,group,GOAL1\n" + "".join(",".join(row) + "\n" for row in rows)
    path = tmp_path / "survey_answers.csv"
    path.write_text(text, encoding="utf-8")
    seen = preview(sqlite_engine, profiles()["survey_answers"], path, operator())
    blank = sum(not any(row) for row in rows)
    if blank == len(rows):
        assert seen.fatal[0].code == "no_rows"
        return
    good = [r for r in rows if r[0] in ("A1", "B2") and r[1] == "end"
            and r[2] in ("RES", "") and r[3] == "5"]  # fmt: skip
    assert (seen.rows_read, seen.storable) == (len(rows) - blank, len(good))
    assert len({problem.row for problem in seen.problems}) == seen.rejected
    try:
        batch = bring(sqlite_engine, tmp_path, "survey_answers", text, accept_rejected=True)
    except RejectedFile as stopped:
        assert not good or isinstance(stopped, AlreadyImported)
        assert count(sqlite_engine, schema.Response) == before
        return
    assert batch.rows_read == batch.rows_stored + batch.rows_rejected
    assert count(sqlite_engine, schema.Response) == before + len(good)


def test_the_database_is_asked_by_the_batch_and_not_by_the_row(
    sqlite_engine: sa.Engine, tmp_path: Path
) -> None:
    """420 respondents with 12 answers each, and twice as many: about 5,000 and 10,000 answers."""
    bring(sqlite_engine, tmp_path, "project_register", REGISTER + "A1,Puisto,,,,\n")
    profile: Profile = profiles()["survey_answers"]
    items = [f"{code}{n}" for code in ("GOAL", "RULE", "TRUST", "FACIL") for n in (1, 2, 3)]
    asked: list[str] = []
    sa.event.listen(sqlite_engine, "before_cursor_execute", lambda *told: asked.append(told[2]))

    def statements(wave: str, rows: int) -> int:
        asked.clear()
        line = f"A1,{wave},RES," + ",".join("4" for _ in items)
        path = tmp_path / f"{wave}.csv"
        path.write_text(
            "project,wave,group," + ",".join(items) + "\n" + f"{line}\n" * rows, encoding="utf-8"
        )
        assert store(sqlite_engine, profile, path, operator()).rows_stored == rows
        return len(asked)

    half = statements("baseline", 420)
    assert statements("end", 840) <= half
