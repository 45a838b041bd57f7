"""Answers that may not be meant are remarked on with what to do, and stay in."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlalchemy as sa

from data import records
from data.access import Grant, Role, User, operator
from data.database import reading
from data.imports.problems import message
from data.imports.profile import Profile, profiles
from data.imports.run import preview, store
from survey.text import LANGUAGES

#: Seven statements of one scale of agreement (survey/instruments/process_pulse.v1.yaml).
ITEMS = ["GOAL1", "RULE1", "TRUST1", "FACIL1", "INCL1", "INFL1"]
PROFILE = Profile.model_validate(
    {
        "name": "quality",
        "kind": "answers",
        "instrument": "process_pulse@1",
        "columns": {"response_id": "number"},
        "constants": {"project": "A1", "wave": "end"},
        "answers": {code: code for code in ITEMS},
    }
)


@pytest.fixture
def engine(sqlite_engine: sa.Engine, tmp_path: Path) -> sa.Engine:
    register = tmp_path / "register.csv"
    register.write_text("code,name\nA1,Puisto\n", encoding="utf-8")
    store(sqlite_engine, profiles()["project_register"], register, operator())
    return sqlite_engine


def remarks(engine: sa.Engine, folder: Path, rows: list[str]) -> dict[str, dict]:
    path = folder / "answers.csv"
    path.write_text("\n".join([",".join(["number", *ITEMS]), *rows]) + "\n", encoding="utf-8")
    seen = preview(engine, PROFILE, path, operator())
    assert seen.rejected == 0
    for language in LANGUAGES:
        assert all(message(each, language, path.name) for each in seen.warnings)
    return {each.code: each.detail for each in seen.warnings}


def test_the_same_answer_to_everything_is_remarked_on(engine: sa.Engine, tmp_path: Path) -> None:
    # The second row of answers skips a statement: five alike do not tell enough.
    told = remarks(engine, tmp_path, ["a,4,4,4,4,4,4", "b,4,4,4,4,4,", "c,4,4,4,4,4,5"])
    assert (told["straight_lined"]["count"], told["straight_lined"]["rows"]) == (1, "2")


def test_a_question_that_many_cannot_answer_is_named(engine: sa.Engine, tmp_path: Path) -> None:
    # 8 of 20 do not know the first question, 5 of 20 the second: from 6 on it is remarked on.
    rows = [f"p{n},{-1 if n < 8 else 1 + n % 5},{-1 if n < 5 else 3},1,2,3,4" for n in range(20)]
    assert remarks(engine, tmp_path, rows)["dont_know_many"]["items"] == "GOAL1"


def test_trials_of_a_form_are_remarked_on_and_plain_words_are_not(
    engine: sa.Engine, tmp_path: Path
) -> None:
    rows = ["TESTI,1,2,3,4,5,1", "testaaja Oy,1,2,3,4,5,1", "xxxx,1,2,3,4,5,2", "7,1,2,3,4,5,3"]
    assert remarks(engine, tmp_path, rows)["test_rows"]["rows"] == "2, 4"


STEERING = User(99, "vieras", (Grant(Role.STEERING),))
TIMED = Profile.model_validate(
    PROFILE.model_dump(exclude_unset=True)
    | {"name": "timed", "columns": {"response_id": "number", "took": {"column": "time"}}}
)


def timed(folder: Path, times: list[str]) -> Path:
    path = folder / "timed.csv"
    rows = [f"p{n},{taken},{1 + n % 5},4,1,2,3,4" for n, taken in enumerate(times)]
    path.write_text("\n".join([",".join(["number", "time", *ITEMS]), *rows]), encoding="utf-8")
    return path


def test_who_answered_in_under_half_the_usual_time_is_remarked_on(engine, tmp_path):
    # Twenty took five minutes, written in four ways; 149 s and 2:29 are under half, 150 is not.
    times = [*["300", "5:00", "0:05:00", '"300,0"'] * 5, "149", "2:29", "150", "", "soon"]
    seen = preview(engine, TIMED, timed(tmp_path, times), operator())
    told = {each.code: each.detail for each in seen.warnings}["answered_fast"]
    # Row 1 holds the headings.
    assert (told["count"], told["rows"], told["median"], told["known"]) == (2, "22, 23", 300, 23)
    assert seen.rejected == 0


def test_times_of_few_tell_nothing(engine, tmp_path):
    seen = preview(engine, TIMED, timed(tmp_path, ["300"] * 18 + ["3"]), operator())
    assert "answered_fast" not in {each.code for each in seen.warnings}


def test_remarks_stay_with_the_file_for_who_may_read_rows(engine, tmp_path):
    path = timed(tmp_path, ["300"] * 19 + ["3"])
    batch = store(engine, TIMED, path, operator())
    with reading(engine) as connection:
        kept = {each.code: each for each in records.remarks(connection, operator(), batch.id)}
        assert records.remarks(connection, STEERING, batch.id) == []
    assert kept["answered_fast"].rows == (21,)
    assert "straight_lined" not in kept
