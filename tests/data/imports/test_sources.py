"""Every listed tool's export is recognised from the file itself and comes in without a profile."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import sqlalchemy as sa

from data import database, schema
from data.access import operator
from data.imports.profile import profiles, read_profile
from data.imports.run import preview, store
from data.imports.sources.propose import propose, write_profile
from data.imports.sources.suggest import Said
from tests.data.imports import exported

SAID = Said(fields={"project": "A1", "wave": "end"}, encoding="")


@pytest.fixture
def with_project(sqlite_engine: sa.Engine, tmp_path: Path) -> sa.Engine:
    register = tmp_path / "register.csv"
    register.write_text("code,name\nA1,Puisto\n", encoding="utf-8")
    store(sqlite_engine, profiles()["project_register"], register, operator())
    return sqlite_engine


def stored(engine: sa.Engine) -> list[dict]:
    with database.reading(engine) as connection:
        said = connection.execute(sa.select(schema.Response.answers)).scalars()
        return sorted(map(json.loads, said), key=str)


@pytest.mark.parametrize("case", exported.EXPORTS)
def test_a_tools_export_comes_in_without_a_word_of_code(
    with_project: sa.Engine, tmp_path: Path, case: str
) -> None:
    """Four people's answers, the same in every tool's shape, end as the same stored answers."""
    tool, maker, personal = exported.EXPORTS[case]
    path = maker(tmp_path)
    made = propose(with_project, path, operator(), SAID)
    encoding = [question for question in made.questions if question.code == "which_encoding"]
    if encoding:  # never silent mojibake: nothing is suggested before a person confirms
        assert made.profile is None
        assert case == "webropol csv"
        said = Said(fields=SAID.fields, encoding=encoding[0].detail["encoding"])
        made = propose(with_project, path, operator(), said)
    assert (made.found.source, made.found.rows) == (tool, 4)
    assert made.body["instrument"] == "process_pulse@1"
    assert personal <= set(made.personal)
    assert not set(made.personal) & {h for _, headers, _ in made.mapping for h in headers}
    profile = read_profile(write_profile(made, tmp_path / "kept.yaml")[0])
    seen = preview(with_project, profile, path, operator())
    assert (seen.fatal, seen.rows_read, seen.storable) == ((), 4, 4)
    store(with_project, profile, path, operator())
    assert stored(with_project) == sorted(exported.STORED, key=str)
