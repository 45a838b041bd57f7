"""Files in and back out on the screen: looked at first, accepted knowingly, told in words."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard import arrivals, intake, sign_in
from dashboard.wording import say
from data import access, records, schema
from data.access import User
from data.database import HOME_VARIABLE, URL_VARIABLE, reading, writing
from data.imports.kept import kept_profiles
from tests.dashboard.conftest import sign_in_as

APP = Path(__file__).resolve().parents[2] / "dashboard" / "app.py"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ISSUER, SUBJECT = "https://id.example", "analyst"
#: Three proposals; the last one stands where no proposal can stand.
FILE = b"code,title,category,status,submitted_on\n" + b"\n".join(
    [
        b"A1,**Penkki** puistoon,Puistot,taken_up,2026-03-01",
        b"A2,Valaistus polulle,Puistot,submitted,2026-03-02",
        b"A3,=HYPERLINK(1),Kadut,lost,2026-03-03",
    ]
)


@pytest.fixture
def room(sqlite_engine: sa.Engine, tmp_path: Path, monkeypatch) -> Iterator[sa.Engine]:
    """An empty database that is real, with one evaluator, as the database of this process."""
    monkeypatch.setenv(URL_VARIABLE, sqlite_engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    operator = access.operator()
    with writing(sqlite_engine) as connection:
        person = records.add_user(
            connection, operator, issuer=ISSUER, subject=SUBJECT, name="Arvioija"
        )
        records.grant_role(connection, operator, person, "evaluator")
    before = sign_in.mode()
    sign_in.use(sign_in.Mode.PROVIDER)
    yield sqlite_engine
    sign_in.use(before)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "ehdotukset.csv"
    path.write_bytes(FILE)
    return path


def evaluator(engine: sa.Engine) -> User:
    with reading(engine) as connection:
        return access.user_of(connection, ISSUER, SUBJECT)


def silent(_step: str, _done: int, _total: int) -> None:
    """Progress that nobody looks at."""


def proposals(engine: sa.Engine) -> list[str]:
    with reading(engine) as connection:
        return [row.code for row in records.proposals(connection, access.operator()).rows]


def test_a_look_at_a_file_stores_nothing_and_says_what_would_happen(room, file):
    steps: list[str] = []
    found = intake.preview(
        evaluator(room), file, "proposals", lambda step, _done, _total: steps.append(step)
    )
    assert (found["rows_read"], found["storable"], found["rejected"]) == (3, 2, 1)
    problem = intake.problems(found["problems"])[0]
    assert (problem.row, problem.column, problem.value) == (4, "status", "lost")
    assert steps
    assert proposals(room) == []


def test_rows_are_left_out_only_when_somebody_accepts_it(room, file):
    with pytest.raises(intake.Refused) as refused:
        intake.store(evaluator(room), file, "proposals", silent, accept_rejected=False)
    assert refused.value.file == "ehdotukset.csv"
    assert proposals(room) == []
    stored = intake.store(evaluator(room), file, "proposals", silent, accept_rejected=True)
    assert (stored["rows_read"], stored["rows_stored"], stored["rows_rejected"]) == (3, 2, 1)
    assert stored["revision"] == 1
    assert proposals(room) == ["A1", "A2"]


def test_a_batch_is_taken_back_whole(room, file):
    stored = intake.store(evaluator(room), file, "proposals", silent, accept_rejected=True)
    intake.undo(evaluator(room), stored["id"], silent)
    assert proposals(room) == []


def test_somebody_without_the_right_is_refused_in_the_child_too(room, file):
    stranger = User(99, "vieras", (access.Grant(access.Role.STEERING),))
    with pytest.raises(intake.Refused):
        intake.preview(stranger, file, "proposals", silent)


def test_whoever_lost_their_rights_since_the_page_was_drawn_stores_nothing(room, file):
    drawn = evaluator(room)
    with writing(room) as connection:
        records.disable_user(connection, access.operator(), drawn.id)
    with pytest.raises(intake.Refused):
        intake.store(drawn, file, "proposals", silent, accept_rejected=True)
    assert proposals(room) == []


def test_a_child_that_dies_is_told_apart_from_a_refusal(room, file):
    with pytest.raises(intake.WorkFailed):
        intake.preview(evaluator(room), file, "no_such_profile", silent)


def test_rejected_rows_go_out_as_a_file_that_no_spreadsheet_runs(room, file):
    intake.store(evaluator(room), file, "proposals", silent, accept_rejected=True)
    user = evaluator(room)
    with reading(room) as connection:
        batch = records.import_batches(connection, user).rows[0]
        text = arrivals.rejected_file(connection, user, batch, "fi").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert len(rows) == 2
    assert rows[1][:3] == ["4", "status", "lost"]
    assert "ehdotukset.csv" in rows[1][3]
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row)


def test_rows_that_were_remarked_on_go_out_as_a_file(room, file):
    intake.store(evaluator(room), file, "proposals", silent, accept_rejected=True)
    said = [{"code": "answered_fast", "detail": {
        "count": 2, "rows": "2, 3", "every": "2,3", "median": 300, "known": 40}}]  # fmt: skip
    user = evaluator(room)
    with writing(room) as connection:
        connection.execute(sa.update(schema.ImportBatch).values(remarks=json.dumps(said)))
    with reading(room) as connection:
        batch = records.import_batches(connection, user).rows[0]
        text = arrivals.remarks_file(connection, user, batch, "fi").decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text)))
    assert [row[0] for row in rows] == ["Rivi", "2", "3"]
    assert "mediaani 300" in rows[1][1]


def opened(profile: str = "proposals") -> AppTest:
    """The data room as the evaluator sees it."""
    at = AppTest.from_file(str(APP), default_timeout=120)
    sign_in_as(at, ISSUER, SUBJECT)
    at.query_params["lang"] = "fi"
    at.query_params["profile"] = profile
    at._page_hash = calc_hash("data_room")  # AppTest switches between files only
    return at.run()


def test_the_screen_leads_from_a_file_to_a_publication(room):
    at = opened()
    assert not at.exception
    assert say("data_room.no_batches", "fi") in [plain(info.value) for info in at.info]
    at.file_uploader[0].set_value(("ehdotukset.csv", FILE, "text/csv"))
    at.run()
    assert not at.exception
    told = " ".join(plain(markdown.value) for markdown in at.markdown)
    assert "Tiedostossa on 3 riviä: 2 voidaan tallentaa ja 1 hylätään." in told
    assert "lost" in told
    store = at.button(key="upload_store")
    assert store.disabled
    at.checkbox(key="upload_accept").check().run()
    at.button(key="upload_store").click().run()
    assert not at.exception
    assert [plain(success.value) for success in at.success]
    assert proposals(room) == ["A1", "A2"]
    counted = say("batch.read", "fi")
    batches = next(table.value for table in at.table if counted in table.value.columns)
    assert batches.iloc[0, 0] == "1"
    assert list(batches.iloc[0, 5:8]) == ["3", "2", "1"]


def test_the_screen_takes_an_import_back_only_when_it_is_meant(room, file):
    intake.store(evaluator(room), file, "proposals", silent, accept_rejected=True)
    at = opened()
    assert at.button(key="undo_do").disabled
    at.checkbox(key="undo_sure_1").check().run()
    at.button(key="undo_do").click().run()
    assert not at.exception
    assert proposals(room) == []


def plain(text: str) -> str:
    """A text without its escapes."""
    return re.sub(r"\\(.)", r"\1", text).replace("\u2060", "")


#: A made export in the shape of Google Forms: two people, one of them asked in words of her own.
FORM = (
    "Aikaleima,Sähköpostiosoite,"
    '"Tiesin, mihin yhteiseen tavoitteeseen tässä vaiheessa pyrittiin.",'
    '"Tiesin, mikä oma tehtäväni oli.",Saatoin kertoa keskeneräisen ajatuksen huoletta.\n'
    "2026/03/01 8:46:17 AM EET,a@example.org,Täysin samaa mieltä,Täysin eri mieltä,\n"
    "2026/03/02 9:46:17 AM EET,b@example.org,En osaa sanoa,,Täysin samaa mieltä\n"
).encode()


def test_the_screen_recognises_a_file_keeps_its_profile_and_stores(room):
    with writing(room) as connection:
        connection.execute(
            sa.insert(schema.Project).values(
                code="A1", name_fi="Puisto", name_sv="Parken", name_en="Park", status="running"
            )
        )
    at = opened("by_itself")
    at.file_uploader[0].set_value(("kysely.csv", FORM, "text/csv"))
    at.run()
    assert not at.exception
    told = " ".join(plain(markdown.value) for markdown in at.markdown)
    assert "Tiedosto on: Google Forms" in told
    assert "Mitä hanketta tiedosto koskee?" in told
    assert "Sähköpostiosoite" in " ".join(plain(caption.value) for caption in at.caption)
    assert "suggest_keep" not in {button.key for button in at.button}
    at.selectbox(key="suggest_project").select("A1")
    at.selectbox(key="suggest_wave").select("end").run()
    at.button(key="suggest_keep").click().run()
    assert not at.exception
    told = " ".join(plain(markdown.value) for markdown in at.markdown)
    assert "Tiedostossa on 2 riviä: 2 voidaan tallentaa" in told
    at.button(key="upload_store").click().run()
    assert not at.exception
    with reading(room) as connection:
        answers = connection.execute(sa.select(schema.Response.answers)).scalars().all()
    assert sorted(answers) == ['{"GOAL1":-1,"TRUST1":5}', '{"GOAL1":5,"RULE1":1}']
    assert [profile.kind for profile in kept_profiles().values()] == ["answers"]


def workbook() -> bytes:
    """A workbook with two tables of answers; in the second somebody answered in words of their
    own."""
    heads = next(csv.reader(io.StringIO(FORM.decode())))[2:]
    book = openpyxl.Workbook()
    book.active.title = "Kevät"
    for name, said in (("Kevät", "Täysin samaa mieltä"), ("Syksy", "Joo")):
        sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
        sheet.append(["Tunnus", *heads])
        for number in range(1, 5):
            sheet.append([number, said, "Täysin eri mieltä", "Täysin samaa mieltä"])
    held = io.BytesIO()
    book.save(held)
    return held.getvalue()


def test_the_screen_takes_another_table_and_is_told_what_an_answer_means(room):
    with writing(room) as connection:
        connection.execute(
            sa.insert(schema.Project).values(
                code="A1", name_fi="Puisto", name_sv="Parken", name_en="Park", status="running"
            )
        )
    at = opened("by_itself")
    at.file_uploader[0].set_value(("kysely.xlsx", workbook(), XLSX)).run()
    at.selectbox(key="suggest_project").select("A1")
    at.selectbox(key="suggest_wave").select("end").run()
    table = one_of(at, "suggest_table_")
    assert sorted(table.options) == ["Kevät", "Syksy"]
    table.select("Syksy").run()
    assert not at.exception
    # The question whose answers mean nothing yet stands first.
    assert one_of(at, "suggest_values_").value == "GOAL1"
    one_of(at, "suggest_value_").select("5").run()
    next(each for each in at.button if (each.key or "").startswith("suggest_set_")).click().run()
    assert not at.exception
    at.button(key="suggest_keep").click().run()
    at.button(key="upload_store").click().run()
    assert not at.exception
    with reading(room) as connection:
        answers = connection.execute(sa.select(schema.Response.answers)).scalars().all()
    assert set(answers) == {'{"GOAL1":5,"RULE1":1,"TRUST1":5}'}
    [profile] = kept_profiles().values()
    assert profile.file.sheet == "Syksy"


def one_of(at: AppTest, key: str):
    """The first choice whose key begins so."""
    return next(each for each in at.selectbox if (each.key or "").startswith(key))
