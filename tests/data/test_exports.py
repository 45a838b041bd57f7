"""The tidy CSV says what the sheet says, and no cell of it runs."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st

from benchmarks import generate
from data import access, database, sheets
from data.access import Grant, Role, User
from data.exports import tidy_csv
from data.exports.cells import harmless
from data.schema import Area, Project, Theme
from survey.text import LANGUAGES

SEER = access.operator()
RUNNING = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> sa.Engine:
    """A small portfolio with a hostile name, a figure of every state, and one real project."""
    folder = tmp_path_factory.mktemp("exports")
    engine = database.connect(f"sqlite:///{folder / 'arviomo.db'}")
    database.migrate(engine)
    generate.fill(engine, 24 * 600, projects=4)
    with database.writing(engine) as connection:
        connection.execute(sa.update(Theme).where(Theme.id == 2).values(name_fi="=1+1"))
        connection.execute(sa.update(Project).where(Project.id == 3).values(invented=False))
        # A group too small to show, and a project that nobody answered in.
        connection.execute(
            sa.text("delete from response where collection_id = 1 and group_code = 'RES' and id > "
                    "(select id from response where collection_id = 1 and group_code = 'RES' "
                    "order by id limit 1 offset 1)")
        )  # fmt: skip
        connection.execute(sa.text("delete from response where collection_id in (10, 11, 12)"))
        connection.execute(sa.text("update collection set revision = revision + 1"))
    sheets.refresh(engine, folder)
    yield engine
    engine.dispose()


def written(engine: sa.Engine, path: Path, user: User = SEER, language: str = "fi") -> pd.DataFrame:
    with database.reading(engine) as connection:
        revision = sheets.latest_revision(connection)
        with path.open("w", encoding="utf-8", newline="") as out:
            rows = tidy_csv.write_figures(connection, user, revision, language, out)
    frame = pd.read_csv(path, keep_default_na=False, na_values={n: [""] for n in NUMBERS})
    assert len(frame) == rows
    return frame


NUMBERS = ("value", "low", "high", "n", "numerator", "denominator", "projects", "coverage")


def test_what_is_read_back_is_what_was_published(published: sa.Engine, tmp_path: Path):
    frame = written(published, tmp_path / "figures.csv")
    assert tuple(frame.columns) == tidy_csv.COLUMNS
    with database.reading(published) as connection:
        figures = sheets.read_figures(connection, SEER, revision=1)
    for name in NUMBERS:
        given = [np.nan if (x := getattr(f, name)) is None else float(x) for f in figures]
        np.testing.assert_array_equal(frame[name].to_numpy(dtype=float), given, err_msg=name)
    for name in ("metric", "instrument", "part", "wave", "split", "split_value", "state"):
        assert frame[name].tolist() == [str(getattr(f, name)) for f in figures], name
    assert frame["reason"].tolist() == [str(f.reason or "") for f in figures]


def test_states_are_kept_apart(published: sa.Engine, tmp_path: Path):
    frame = written(published, tmp_path / "figures.csv")
    states = frame.groupby("state")["value"]
    assert {"value", "suppressed", "not_reported"} <= set(frame["state"])
    assert states.apply(lambda values: values.notna().all())["value"]
    assert states.apply(lambda values: values.isna().all())[["suppressed", "not_reported"]].all()
    hidden = frame[frame["state"] == "suppressed"]
    assert (hidden["reason"] != "").all()
    assert hidden[["low", "high", "n", "numerator", "denominator"]].isna().all(axis=None)


def test_a_name_does_not_run_and_a_negative_number_is_a_number(
    published: sa.Engine, tmp_path: Path
):
    frame = written(published, tmp_path / "figures.csv")
    assert "'=1+1" in set(frame["entity_name"])
    text = frame.select_dtypes("str")
    assert not text.apply(lambda cells: cells.str.startswith(RUNNING)).any(axis=None)
    raw = (tmp_path / "figures.csv").read_text(encoding="utf-8-sig")
    assert "'-" not in raw
    assert (frame["low"] < 0).any()


def test_invented_figures_say_so(published: sa.Engine, tmp_path: Path):
    frame = written(published, tmp_path / "figures.csv")
    marked = frame.drop_duplicates(["level", "entity_code"])
    marked = marked.set_index(["level", "entity_code"])["invented"]
    assert marked["project"].to_dict() == {
        "project-1": "yes", "project-2": "yes", "project-3": "no", "project-4": "yes",
    }  # fmt: skip
    # Project 3 alone is behind its theme, and others are in the city of its local area.
    assert marked["theme", "theme-4"] == "no"
    assert marked["portfolio", ""] == "yes"


def test_an_area_above_an_invented_project_is_marked(published: sa.Engine):
    with database.reading(published) as connection:
        marked = tidy_csv._invented(connection)
        parent = connection.execute(sa.select(Area.parent_id).where(Area.id == 8)).scalar_one()
    # Project 1 lies in area 1 % 30 + 7.
    assert {8, parent} <= marked[tidy_csv.Level.AREA]


def test_only_what_the_user_may_see_is_written(published: sa.Engine, tmp_path: Path):
    funder = User(6, "funder", (Grant(Role.FUNDER, funder=3),), {3: frozenset({2})})
    frame = written(published, tmp_path / "figures.csv", funder)
    assert set(frame["entity_code"]) == {"funder-3", "project-2"}


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_file_speaks_the_language_that_was_asked(
    published: sa.Engine, tmp_path: Path, language: str
):
    frame = written(published, tmp_path / "figures.csv", language=language)
    label = tidy_csv.metrics()["process_quality"].label.in_language(language)
    assert label in set(frame["metric_label"])


def test_what_leaves_the_house_is_protected_for_the_public(published: sa.Engine):
    sheets_of = []
    with database.reading(published) as connection:
        for public in (False, True):
            out = io.StringIO(newline="")
            tidy_csv.write_figures(connection, SEER, 1, "fi", out, public=public)
            frame = pd.read_csv(io.StringIO(out.getvalue()), keep_default_na=False)
            sheets_of.append(frame[frame["instrument"] != ""])
    inside, public = sheets_of
    assert (public["state"] == "suppressed").sum() > (inside["state"] == "suppressed").sum()
    counted = public.loc[public["n"] != "", "n"].astype(float)
    assert len(counted)
    assert (counted % 5 == 0).all()


def test_before_the_first_refresh_there_is_only_a_heading(sqlite_engine: sa.Engine):
    stream = io.StringIO(newline="")
    with database.reading(sqlite_engine) as connection:
        assert tidy_csv.write_figures(connection, SEER, None, "sv", stream) == 0
    assert stream.getvalue() == ",".join(tidy_csv.COLUMNS) + "\r\n"


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_dictionary_explains_every_column_and_every_code(
    published: sa.Engine, tmp_path: Path, language: str
):
    stream = io.StringIO(newline="")
    lines = tidy_csv.write_dictionary(language, stream)
    explained = list(csv.DictReader(io.StringIO(stream.getvalue())))
    assert len(explained) == lines
    assert all(line["meaning"] for line in explained)
    assert {line["column"] for line in explained} == set(tidy_csv.COLUMNS)
    codes = {(line["column"], line["code"]) for line in explained}
    frame = written(published, tmp_path / "figures.csv", language=language)
    for column in ("metric", *tidy_csv.CODES):
        used = set(frame[column]) - {""}
        assert {(column, code) for code in used} <= codes, column


@given(st.text())
def test_no_text_runs_and_every_text_is_still_there(text: str):
    cell = harmless(text)
    assert not cell.startswith(RUNNING)
    # At most one mark was put before it, and two texts never become the same cell.
    assert cell in (text, f"'{text}")
    assert harmless(cell) != cell or cell == text


@pytest.mark.parametrize(
    ("text", "cell"),
    [("'=1", "''=1"), ("=", "'="), ("plain", "plain"), ("'plain", "'plain"), ("－1", "'－1")],
)
def test_what_looks_like_a_marked_formula_is_marked_once_more(text: str, cell: str):
    assert harmless(text) == cell
