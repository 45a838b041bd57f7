"""Where answers came to a few projects, their own figures are published before everything else."""

from __future__ import annotations

import os
from datetime import datetime
from pathlib import Path

import orjson
import pyarrow as pa
import pytest
import sqlalchemy as sa

from benchmarks import generate
from data import access, database, sheets
from data.imports.responses import bump_revisions
from data.instruments import field_instrument
from data.publication import leaves, refreshing
from data.schema import AppUser, Assessment, AssessmentLevel, Collection, Finding, Response
from metrics.catalog import catalog
from metrics.metric import Profile, Result
from metrics.requirements import REQUIRED
from survey.instrument import instruments

PROJECTS = 3
#: Nine collections of 40 people each.
RESPONSES = 360
GROWN = 2
#: A collection besides.
ASKED = 91
USER = {"issuer": "city", "subject": "1", "name": "Aino"}
COMPARED = {name for name, module in catalog().items() if hasattr(module, "across")}


@pytest.fixture(autouse=True)
def many(monkeypatch: pytest.MonkeyPatch) -> None:
    """So many projects as there are here are enough that some go ahead."""
    monkeypatch.setattr(refreshing, "MANY_PROJECTS", PROJECTS)


@pytest.fixture
def truth(sqlite_engine: sa.Engine, tmp_path: Path) -> sa.Engine:
    """A published portfolio of which every group of one project's last wave has grown since, and
    of which another project has asked something else besides."""
    generate.fill(sqlite_engine, 24 * RESPONSES, projects=PROJECTS)
    with database.writing(sqlite_engine) as connection:
        version = field_instrument(connection, instruments()["benefit@1"])
        other = {"project_id": GROWN - 1, "instrument_version_id": version, "wave": "end"}
        connection.execute(sa.insert(Collection).values(other))
    sheets.refresh(sqlite_engine, tmp_path)
    last = GROWN * len(generate.WAVES)
    with database.writing(sqlite_engine) as connection:
        bump_revisions(connection, [last])
        rows = (
            connection.execute(sa.select(Response.__table__).where(Response.collection_id == last))
            .mappings()
            .all()
        )
        new = {"link_key": None, "revision": connection.scalar(
            sa.select(Collection.revision).where(Collection.id == last)
        )}  # fmt: skip
        # Four times as many: of each group more than wait for each other.
        grown = [dict(row) | new | {"id": f"{at:032x}"} for at, row in enumerate(4 * rows)]
        connection.execute(sa.insert(Response), grown)
    return sqlite_engine


def figures(engine: sa.Engine, revision: int, **asked) -> dict[tuple, Result]:
    with database.reading(engine) as connection:
        found = sheets.read_figures(connection, access.operator(), revision=revision, **asked)
    names = ("metric", "instrument", "part", "level", "entity", "wave", "split", "split_value")
    return {tuple(getattr(each, name) for name in names): each for each in found}


def own(engine: sa.Engine, revision: int, project: int) -> dict[tuple, Result]:
    return figures(engine, revision, level="project", entity=project)


def alone(found: dict[tuple, Result]) -> dict[tuple, Result]:
    return {key: each for key, each in found.items() if each.metric not in COMPARED}


def test_the_grown_project_says_first_what_the_whole_sheet_says_of_it(truth, tmp_path):
    steps: list[str] = []
    last = sheets.refresh(truth, tmp_path, lambda step, *_: steps.append(step)).revision
    assert list(dict.fromkeys(steps)) == list(sheets.STEPS)
    before, first, whole = (own(truth, last - back, GROWN) for back in (2, 1, 0))
    assert alone(first) == alone(whole) != alone(before)
    # What compares it with others is still what the sheet before said.
    compared = {key: each for key, each in first.items() if each.metric in COMPARED}
    assert compared and compared == {key: before[key] for key in compared}
    check_all_else_stayed(truth, last)


def test_each_profile_is_told_first_what_the_whole_sheet_tells_it(truth, tmp_path):
    """Both are judged in one pass; neither may learn what is for the other."""
    last = sheets.refresh(truth, tmp_path).revision
    asked = {"level": "project", "entity": GROWN}
    with database.reading(truth) as connection:
        for profile in Profile:
            first, whole = (
                pa.concat_tables(leaves.read(connection, revision, profile, asked)).to_pandas()
                for revision in (last - 1, last)
            )
            first, whole = (
                told[~told["metric"].isin(COMPARED)].reset_index(drop=True)
                for told in (first, whole)
            )
            assert len(whole) > 100
            assert first.equals(whole)


def check_all_else_stayed(truth, last: int) -> None:
    before, first = figures(truth, last - 2), figures(truth, last - 1)
    theirs = {key for key in before if key[3:5] != ("project", GROWN)}
    assert theirs and all(first[key] == before[key] for key in theirs)
    across = {"level": "project", "metric": "process_quality", "split": "total"}
    assert figures(truth, last - 1, **across) == figures(truth, last - 2, **across)
    with database.reading(truth) as connection:
        facts = sheets.published(connection, last - 1)
        assert (facts.inputs[sheets.AHEAD], facts.behind) == ([GROWN], last - 2)
        assert sheets.published(connection, last).behind is None
        rows = sa.select(Finding.project_id, Finding.profile, Finding.code)
        kept = [
            {tuple(row) for row in connection.execute(rows.where(Finding.revision_id == revision))}
            for revision in (last - 2, last - 1)
        ]
    assert {row for row in kept[0] if row[0] != GROWN} == {
        row for row in kept[1] if row[0] != GROWN
    }


def test_a_refresh_that_stops_after_the_first_is_made_whole_by_the_next(
    truth, tmp_path, monkeypatch
):
    class Killed(Exception):
        pass

    def killed(*_):
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(refreshing, "judge", killed)
        with pytest.raises(Killed):
            sheets.refresh(truth, tmp_path)
    with database.reading(truth) as connection:
        half = sheets.latest_revision(connection)
        assert sheets.published(connection, half).behind == half - 1
    whole = sheets.refresh(truth, tmp_path)
    assert (whole.changed, whole.revision) == (True, half + 1)
    assert alone(own(truth, half, GROWN)) == alone(own(truth, half + 1, GROWN))
    assert not sheets.refresh(truth, tmp_path).changed


def test_few_projects_are_published_at_once(truth, tmp_path, monkeypatch):
    monkeypatch.setattr(refreshing, "MANY_PROJECTS", PROJECTS + 1)
    steps: list[str] = []
    sheets.refresh(truth, tmp_path, lambda step, *_: steps.append(step))
    assert "own" not in steps


def test_other_code_publishes_everything_at_once(truth, tmp_path, monkeypatch):
    monkeypatch.setattr(refreshing, "code_version", lambda: "another")
    steps: list[str] = []
    sheets.refresh(truth, tmp_path, lambda step, *_: steps.append(step))
    assert "own" not in steps


def answer_pulse(engine: sa.Engine, level: int) -> None:
    """Twelve residents answer what project 1 asks of its phase P1, each at the same level but for
    one question."""
    pulse = instruments()["process_pulse@1"]
    asked = [
        item.code for item in pulse.closed_items if level in pulse.answers_of(item.code).accepted
    ]
    with database.writing(engine) as connection:
        bump_revisions(connection, [ASKED])
        revision = connection.scalar(sa.select(Collection.revision).where(Collection.id == ASKED))
        rows = [
            {
                "id": os.urandom(16).hex(),
                "collection_id": ASKED,
                "group_code": "RES",
                "revision": revision,
                "answers": orjson.dumps(dict.fromkeys(asked, level - at % 2)).decode(),
            }
            for at in range(12)
        ]
        connection.execute(sa.insert(Response), rows)


def test_a_perception_gap_follows_the_projects_own_new_answers(sqlite_engine, tmp_path):
    generate.fill(sqlite_engine, 24 * RESPONSES, projects=PROJECTS)
    with database.writing(sqlite_engine) as connection:
        version = field_instrument(connection, instruments()["process_pulse@1"])
        place = {"project_id": 1, "phase": "P1"}
        asked = place | {"id": ASKED, "instrument_version_id": version, "wave": "during"}
        connection.execute(sa.insert(Collection).values(asked))
        rater = connection.scalar(sa.insert(AppUser).values(**USER).returning(AppUser.id))
        submitted = {"state": "submitted", "submitted_at": datetime(2026, 1, 1, tzinfo=None)}
        mine = place | submitted | {"rater_id": rater, "kind": "own", "rubric_version": 1}
        number = connection.scalar(sa.insert(Assessment).values(mine).returning(Assessment.id))
        for construct in REQUIRED["P1"].constructs:
            judged = {"assessment_id": number, "construct": construct, "level": 4}
            connection.execute(
                sa.insert(AssessmentLevel).values(judged | {"not_applicable": False})
            )
    answer_pulse(sqlite_engine, 4)
    sheets.refresh(sqlite_engine, tmp_path)
    answer_pulse(sqlite_engine, 2)
    last = sheets.refresh(sqlite_engine, tmp_path).revision
    before, first, whole = (own(sqlite_engine, last - back, 1) for back in (2, 1, 0))
    assert alone(first) == alone(whole)
    gaps = [
        {key: each.value for key, each in found.items() if key[0] == "perception_gap"}
        for found in (before, first)
    ]
    wider = [gaps[1][key] - gap for key, gap in gaps[0].items() if gap is not None]
    # The project's own view stayed, and what participants said went down.
    assert wider and min(wider) > 10
