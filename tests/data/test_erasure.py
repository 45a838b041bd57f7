"""Erasure and access: two hundred planted people, every table, files, copies (T-35, T-37)."""

from __future__ import annotations

import hashlib
import json
from contextlib import closing
from datetime import date, timedelta

import pyarrow.parquet as pq
import pysqlite3
import pytest
import sqlalchemy as sa

from data import access, audit, database, schema
from data.fieldwork import answers, invitations, withdrawals
from data.folding import extracts
from data.folding.extracts import FROM_FIRST
from data.keeping import (
    backup,
    erasure,
    holdings,
    marks,
    organisations,
    restoring,
    returned,
    subject_access,
    tracing,
)
from data.keeping.sealed import Key
from tests.data.asked import GIVEN, NOW, PULSE, USER, answer, invited, link, opened

LATER = NOW + timedelta(days=1)
KEY = Key(file=b"k" * 32)
#: T-35 plants 200 people, T-37 asks for 50 of them.
PLANTED, ASKED = 200, 50


def plant(engine: sa.Engine, home, people: int = PLANTED) -> list[set[str]]:
    """People in every table that holds people: all that a file would show of each of them.

    Person n is "subject-n" wherever they are called by a name, and has words that nobody else has.
    """
    numbers = [opened(engine, wave=wave, link="personal", joined=True) for wave in
               ("during", "end")]  # fmt: skip
    names = [f"subject-{n:03}" for n in range(people)]
    hashed = {kind: [hashlib.sha256(f"{kind}:{name}".encode()).hexdigest() for name in names]
              for kind in ("link", "person", "response")}  # fmt: skip
    with database.writing(engine) as connection:
        project = connection.scalar(sa.select(schema.Project.id))
        disguised = [invitations.person_name(home, project, name) for name in names]
        joined = [answers.joined_key(home, project, name) for name in disguised]
        batch = connection.scalar(sa.insert(schema.ImportBatch).returning(schema.ImportBatch.id), {
            "profile": "p", "kind": "answers", "file_name": "f.csv", "file_sha256": "0" * 64,
            "profile_sha256": "0" * 64, "imported_at": NOW, "imported_by": "x",
            "status": "stored", "rows_read": people, "rows_stored": 0, "rows_rejected": people,
        })  # fmt: skip
        event = connection.scalar(
            sa.insert(schema.ActivityEvent).returning(schema.ActivityEvent.id),
            {"code": "e", "project_id": project, "kind": "workshop", "starts_on": date(2026, 1, 1)},
        )
        rows: dict[type, list[dict]] = {}
        held: list[set[str]] = []
        for n, name in enumerate(names):
            ids = [hashlib.md5(f"{name}{at}".encode()).hexdigest() for at in range(3)]  # noqa: S324 - a stand-in for random ids
            # Two rounds by personal link and one that came in a file.
            for at, (collection, key, form) in enumerate(
                [(numbers[0], joined[n], None), (numbers[1], joined[n], None),
                 (numbers[0], hashed["link"][n], hashed["response"][n])]
            ):  # fmt: skip
                rows.setdefault(schema.Response, []).append({
                    "id": ids[at], "collection_id": collection, "group_code": "RES",
                    "link_key": key, "language": "fi", "answered_on": date(2026, 11, 2),
                    "answers": json.dumps(GIVEN), "revision": 1, "source_key": form,
                })  # fmt: skip
                text = f"words of {name}, round {at}"
                rows.setdefault(schema.OpenAnswer, []).append(
                    {"response_id": ids[at], "item": "OPEN", "text": text})  # fmt: skip
            for number in numbers:
                rows.setdefault(schema.Invitation, []).append({
                    "id": hashlib.md5(f"i{number}{name}".encode()).hexdigest(),  # noqa: S324 - as above
                    "collection_id": number, "group_code": "RES", "person": disguised[n],
                    "token_sha256": hashlib.sha256(f"{number}{name}".encode()).hexdigest(),
                })  # fmt: skip
            came = {"event_id": event, "person_key": hashed["person"][n], "group_code": "RES"}
            rows.setdefault(schema.Attendance, []).append(came)
            rows.setdefault(schema.Contribution, []).append(came | {"times": 1})
            rows.setdefault(schema.JourneyStep, []).append({
                "project_id": project, "person_key": hashed["person"][n], "step": "heard",
                "group_code": "RES", "reached_on": date(2026, 1, 2)})  # fmt: skip
            refused = {"batch_id": batch, "row": n + 1, "code": "duplicate_response"}
            rows.setdefault(schema.RejectedRow, []).extend([
                refused | {"column": "key", "value": name, "detail": "{}"},
                refused | {"column": "words", "value": f"cell of row {n:03}", "detail": "{}"},
            ])  # fmt: skip
            rows.setdefault(schema.ReplacedRow, []).append({
                "batch_id": batch, "record": "attendance",
                "row_key": json.dumps({"event_id": event, "person_key": hashed["person"][n]}),
                "before": "{}"})  # fmt: skip
            held.append({
                name, f"cell of row {n:03}", *ids, joined[n], disguised[n],
                *(own[n] for own in hashed.values()),
            })  # fmt: skip
        steps = sa.inspect(schema.JourneyStep).local_table
        known = [c for c in steps.constraints if "step_known" in str(c.name)]
        if known:
            first = str(known[0].sqltext).split("'")[1]
            for row in rows[schema.JourneyStep]:
                row["step"] = first
        for model, some in rows.items():
            connection.execute(sa.insert(model), some)
    with database.writing(engine) as connection:
        used = [{"id": invitations.used_name_of(home, row["id"])}
                for row in rows[schema.Invitation]]  # fmt: skip
        connection.execute(sa.insert(schema.UsedLink), used)
        sha256, size = extracts.extract(connection, PULSE, dict.fromkeys(numbers, FROM_FIRST), home)
        segment = connection.scalar(sa.insert(schema.Segment).returning(schema.Segment.id), {
            "instrument": PULSE.key, "extract_sha256": sha256, "statistics_sha256": "0" * 64,
            "rows": size})  # fmt: skip
        connection.execute(sa.insert(schema.SegmentMember), [
            {"segment_id": segment, "collection_id": n, "after": FROM_FIRST, "revision": 1}
            for n in numbers])  # fmt: skip
    return held


def seen(folder, secrets: set[str]) -> set[str]:
    """What of some words stands in any file of a folder, as bytes or as a key of an extract."""
    found = set()
    for path in folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            found |= {word for word in secrets if word.encode() in content}
        if path.suffix == ".parquet":
            found |= secrets & set(pq.read_table(path)["link_key"].to_pylist())
    return found


# --- T-35 -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("people", [24, pytest.param(PLANTED, marks=pytest.mark.nightly)])
def test_nothing_is_left_of_who_was_erased(sqlite_engine, tmp_path, tmp_path_factory, people):
    held = plant(sqlite_engine, tmp_path, people)
    # The undo of a test: what is looked for is there before.
    everything = set().union(*held)
    assert seen(tmp_path, everything) == everything
    older = tmp_path_factory.mktemp("copies") / "older.backup"
    backup.back_up(sqlite_engine, USER, tmp_path, older, KEY)
    gone, staying = held[: people // 2], set().union(*held[people // 2 :])
    for n in range(people // 2):
        erasure.erase(sqlite_engine, USER, tmp_path, f"subject-{n:03}", LATER)
    erased = set().union(*gone)
    assert seen(tmp_path, erased) == set()
    sqlite_engine.dispose()
    with closing(pysqlite3.connect(tmp_path / "arviomo.db")) as raw:
        raw.execute("vacuum")
    assert seen(tmp_path, erased) == set()
    assert seen(tmp_path, staying) == staying
    newer = older.with_name("newer.backup")
    backup.back_up(sqlite_engine, USER, tmp_path, newer, KEY)
    for copy in (older, newer):
        home = copy.with_suffix("")
        restoring.restore(copy, home, KEY, erased=tmp_path / marks.FILE)
        assert seen(home, erased) == set()
        assert seen(home, staying) == staying
    with database.reading(sqlite_engine) as connection:
        assert audit.verify(connection).broken == ()


def test_figures_stay_as_they_are_and_the_row_is_nobody_s(sqlite_engine, tmp_path):
    held = plant(sqlite_engine, tmp_path, 3)
    [before] = (tmp_path / "extracts").glob("*.parquet")
    said = pq.read_table(before)
    gone = erasure.erase(sqlite_engine, USER, tmp_path, "subject-001", LATER)
    [after] = (tmp_path / "extracts").glob("*.parquet")
    left = pq.read_table(after)
    assert (gone.files, after != before) == (1, True)
    # Counts, answers and pairs of rounds are the same; two keys of one person are two others.
    assert left.drop_columns("link_key").equals(said.drop_columns("link_key"))
    keys = [table["link_key"].to_pylist() for table in (said, left)]
    changed = [(old, new) for old, new in zip(*keys, strict=True) if old != new]
    assert {old for old, _ in changed} == held[1] & set(keys[0])
    assert len({new for _, new in changed}) == len({old for old, _ in changed}) == 2
    with database.reading(sqlite_engine) as connection:
        stored = connection.scalar(sa.select(schema.Segment.extract_sha256))
    assert after.stem == stored


def test_a_file_that_brings_somebody_back_is_undone(engine, tmp_path):
    plant(engine, tmp_path, 2)
    with database.reading(engine) as connection:
        came = connection.execute(sa.select(schema.Attendance.__table__)).mappings().all()
    erasure.erase(engine, USER, tmp_path, "subject-000", LATER)
    assert returned.reapply(engine, tmp_path) == 0
    mine = hashlib.sha256(b"person:subject-000").hexdigest()
    [again] = [dict(row) for row in came if row["person_key"] == mine]
    with database.writing(engine) as connection:
        connection.execute(sa.insert(schema.Attendance), again)
    (tmp_path / marks.FILE).unlink()  # the database knows it too, and writes the file again
    assert returned.reapply(engine, tmp_path) == 1
    assert returned.reapply(engine, tmp_path) == 0
    assert marks.read(tmp_path / marks.FILE)


def test_what_a_receipt_took_back_goes_again_from_an_older_copy(sqlite_engine, tmp_path):
    token = link(sqlite_engine, tmp_path, opened(sqlite_engine))
    keys = [answer(sqlite_engine, tmp_path, token, f"a-random-form-{n:03}").key for n in (1, 2)]
    folder = tmp_path.parent / f"{tmp_path.name}-copies"
    backup.back_up(sqlite_engine, USER, tmp_path, folder / "a.backup", KEY)
    withdrawals.take_back(sqlite_engine, tmp_path, token, keys[0], LATER)
    address = f"https://arviomo.example/s/{token}/receipt?lang=fi&receipt={keys[1]}"
    assert erasure.erase(sqlite_engine, USER, tmp_path, address, LATER).rows == {"response": 1}
    copy = restoring.restore(folder / "a.backup", folder / "home", KEY, tmp_path / marks.FILE)
    assert copy.erased == 2
    back = database.connect(f"sqlite:///{folder / 'home' / 'arviomo.db'}")
    with database.reading(back) as connection:
        assert connection.scalar(sa.select(sa.func.count()).select_from(schema.Response)) == 0
        assert withdrawals.standing(connection, folder / "home", token, keys[0]).on
    back.dispose()


def test_two_projects_may_call_two_people_by_one_number(engine, tmp_path):
    for project in ("a", "b"):
        number = opened(engine, project=project, link="personal", joined=True)
        answer(engine, tmp_path, invited(engine, tmp_path, number, 1)[0])
    with database.writing(engine) as connection:
        one = connection.scalar(sa.select(schema.Project.id).where(schema.Project.code == "a"))
        traces = tracing.trace(connection, tmp_path, "person-0")
        rows = tracing.rows_of(connection, tmp_path, traces)
        assert tracing.projects_of(connection, rows) == ["a", "b"]
    erasure.erase(engine, USER, tmp_path, "person-0", LATER, one)
    assert returned.reapply(engine, tmp_path) == 0
    with database.reading(engine) as connection:
        fielding = schema.Collection
        left = sa.select(fielding.project_id).join(
            schema.Response, schema.Response.collection_id == fielding.id
        )
        assert connection.scalars(left).all() != [one]
        assert len(connection.scalars(left).all()) == 1


def test_an_organisation_that_is_one_person_loses_its_name_for_good(engine, tmp_path):
    firm = {"name": "Tmi Maija Virtanen", "business_id": "1234567-8", "kind": "company",
            "group_code": "SME"}  # fmt: skip
    with database.writing(engine) as connection:
        group = connection.scalar(sa.select(schema.StakeholderGroup.code).limit(1))
        firm["group_code"] = group
        connection.execute(sa.insert(schema.Organisation), firm)
    called = "tmi maija virtanen"
    assert organisations.erase_organisation(engine, USER, tmp_path, called, LATER).whole
    with database.writing(engine) as connection:
        connection.execute(sa.insert(schema.Organisation), firm)
    assert returned.reapply(engine, tmp_path) == 1
    with database.reading(engine) as connection:
        assert set(connection.scalars(sa.select(schema.Organisation.name))) == {"–"}


# --- T-37 -----------------------------------------------------------------------------------------


def test_somebody_is_told_everything_of_them_and_nothing_of_others(sqlite_engine, tmp_path):
    held = plant(sqlite_engine, tmp_path, ASKED)
    with database.reading(sqlite_engine) as connection:
        for n in range(ASKED):
            found = subject_access.account(connection, USER, tmp_path, f"subject-{n:03}", "fi")
            told = subject_access.as_json(found)
            # As planted: 3 responses with words, 2 invitations with their use, 3 records of
            # events, 2 refused cells, 1 remembered row.
            assert {name: len(rows) for name, rows in found.tables.items()} == {
                "response": 3, "open_answer": 3, "invitation": 2, "used_link": 2,
                "attendance": 1, "contribution": 1, "journey_step": 1, "rejected_row": 2,
                "replaced_row": 1,
            }  # fmt: skip
            assert [f"words of subject-{n:03}, round {at}" in told for at in range(3)] == [True] * 3
            strangers = set().union(*held[:n], *held[n + 1 :]) - held[n]
            assert not [word for word in strangers if word in told]
            assert [len(each["given"]) for each in found.answered] == [len(GIVEN) + 1] * 3


def test_steering_neither_erases_nor_asks(engine, tmp_path):
    steering = access.User(7, "S", (access.Grant(access.Role.STEERING),))
    with database.reading(engine) as connection, pytest.raises(access.NotPermitted):
        subject_access.account(connection, steering, tmp_path, "x", "fi")


# --- completeness ---------------------------------------------------------------------------------


def test_every_column_is_classed_and_nothing_that_is_not_there():
    columns = {(t.name, c.name) for t in schema.Base.metadata.tables.values() for c in t.columns}
    assert set(holdings.holdings()) == columns, "class the column in data/keeping/holdings.yaml"


def test_what_is_pseudonymous_is_reached(sqlite_engine, tmp_path, valid_rows):
    # What stands in a row of one key, and no key itself, is in `valid_rows` as well.
    reached = {"erased_mark", "taken_back", "counted_item"}
    plant(sqlite_engine, tmp_path, 1)
    with database.writing(sqlite_engine) as connection:
        coding = valid_rows["answer_coding"] | {"item": "OPEN"}
        user = {"issuer": "i", "subject": "s", "name": "n"}
        number = connection.scalar(sa.insert(schema.AppUser).returning(schema.AppUser.id), user)
        theme = connection.scalar(
            sa.insert(schema.AnswerTheme).returning(schema.AnswerTheme.id),
            {"code": "t", "kind": "challenge", "name_fi": "t"},
        )
        answer_ = connection.scalar(sa.select(schema.Response.id).limit(1))
        mine = {"response_id": answer_, "coded_by": number, "theme_id": theme}
        connection.execute(sa.insert(schema.AnswerCoding), coding | mine)
        clearance = valid_rows["answer_clearance"] | {"item": "OPEN"}
        mine = {"response_id": answer_, "cleared_by": number}
        connection.execute(sa.insert(schema.AnswerClearance), clearance | mine)
        traces = tracing.trace(connection, tmp_path, "subject-000")
        reached |= {held.table.name for held in tracing.rows_of(connection, tmp_path, traces)}
    assert reached == holdings.tables_of("pseudonymous")
    erasure.erase(sqlite_engine, USER, tmp_path, "subject-000", LATER)
    with database.reading(sqlite_engine) as connection:
        assert list(tracing.rows_of(connection, tmp_path, traces)) == []
