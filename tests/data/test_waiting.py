"""Two publications of a collection never differ by one to nine people of a group."""

from __future__ import annotations

import os
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import orjson
import pandas as pd
import pyarrow as pa
import pytest
import sqlalchemy as sa

from benchmarks import generate
from data import database, sheets
from data.imports.responses import bump_revisions
from data.publication import leaves, refreshing
from data.schema import Collection, Response, Revision
from metrics.frames import Frames
from metrics.metric import Profile

PROJECTS = 2
#: Six collections of 40 people each.
RESPONSES = 240


@pytest.fixture
def truth(sqlite_engine: sa.Engine) -> sa.Engine:
    generate.fill(sqlite_engine, 24 * RESPONSES, projects=PROJECTS)
    with database.writing(sqlite_engine) as connection:
        connection.execute(sa.update(Response).values(group_code="RES"))
    return sqlite_engine


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Frames]:
    """The frames that each refresh would judge; what it publishes is segments alone."""
    found: list[Frames] = []
    monkeypatch.setattr(refreshing, "judge", lambda frames, *_: (found.append(frames), ([], {}))[1])
    return found


def answer(
    engine: sa.Engine,
    collection: int,
    group: str,
    people: int,
    skipping: int = 0,
    keys: Sequence[str] = (),
) -> None:
    """More people of a group answer everything that a collection asks; some of them skip one
    question, and some can be followed by a key."""
    asked = generate.instrument()
    codes = [item.code for item in asked.closed_items]
    with database.writing(engine) as connection:
        bump_revisions(connection, [collection])
        one = sa.select(Response.__table__).where(Response.collection_id == collection).limit(1)
        row = dict(connection.execute(one).mappings().one())
        now = sa.select(Collection.revision).where(Collection.id == collection)
        new = {"group_code": group, "revision": connection.scalar(now)}
        whole = {code: max(asked.answers_of(code).accepted) for code in codes}
        fewer = {code: answer for code, answer in whole.items() if code != "BEN"}
        rows = [
            row
            | new
            | {"id": os.urandom(16).hex(), "link_key": keys[at] if at < len(keys) else None}
            | {"answers": orjson.dumps(fewer if at < skipping else whole).decode()}
            for at in range(people)
        ]
        connection.execute(sa.insert(Response), rows)


def take_back(engine: sa.Engine, collection: int, people: int) -> None:
    with database.writing(engine) as connection:
        some = sa.select(Response.id).where(Response.collection_id == collection).limit(people)
        connection.execute(sa.delete(Response).where(Response.id.in_(some)))
        bump_revisions(connection, [collection], rewritten=True)


def people(frames: Frames, project: int = 1, wave: str = "baseline") -> dict[str, int]:
    rows = frames.respondents
    rows = rows[(rows["project"] == project) & (rows["wave"] == wave) & (rows["n"] > 0)]
    return rows.groupby("group")["n"].sum().to_dict()


def waiting(publication: sheets.Publication) -> list[tuple[int, int]]:
    return [(each.collection, each.answers) for each in publication.waiting]


def test_a_few_answers_of_a_group_wait_until_they_are_ten(truth, seen, tmp_path: Path):
    first = sheets.refresh(truth, tmp_path)
    assert (people(seen[-1]), first.waiting) == ({"RES": 40}, ())
    answer(truth, 1, "RES", 12)
    answer(truth, 1, "STAFF", 3)
    second = sheets.refresh(truth, tmp_path)
    assert people(seen[-1]) == {"RES": 52}
    assert second.waiting == (sheets.Waiting(1, 1, "measured@1", "baseline", "P0", 3),)
    again = sheets.refresh(truth, tmp_path)
    assert (again.changed, waiting(again)) == (False, [(1, 3)])
    answer(truth, 1, "STAFF", 6)
    assert waiting(sheets.refresh(truth, tmp_path)) == [(1, 9)]
    answer(truth, 1, "STAFF", 1)
    last = sheets.refresh(truth, tmp_path)
    assert (people(seen[-1]), last.waiting) == ({"RES": 52, "STAFF": 10}, ())


def test_as_many_answer_each_question_that_most_of_them_answer(truth, seen, tmp_path: Path):
    sheets.refresh(truth, tmp_path)
    answer(truth, 1, "RES", 12, skipping=3)
    assert waiting(sheets.refresh(truth, tmp_path)) == [(1, 12)]
    answer(truth, 1, "RES", 1)
    assert sheets.refresh(truth, tmp_path).waiting == ()
    assert people(seen[-1]) == {"RES": 53}
    # Most skipped it: it was asked of few.
    answer(truth, 1, "RES", 12, skipping=7)
    assert sheets.refresh(truth, tmp_path).waiting == ()


def test_as_many_can_be_followed_where_most_can(truth, seen, tmp_path: Path):
    keys = [f"k{at}" for at in range(10)]
    answer(truth, 2, "RES", 10, keys=keys)
    sheets.refresh(truth, tmp_path)
    # What seven people said before and after would be in the one and not in the other.
    answer(truth, 1, "RES", 12, keys=keys[:7])
    assert waiting(sheets.refresh(truth, tmp_path)) == [(1, 12)]
    answer(truth, 1, "RES", 3, keys=keys[7:])
    assert sheets.refresh(truth, tmp_path).waiting == ()


def test_no_two_publications_differ_by_a_few_people(truth, seen, tmp_path: Path, monkeypatch):
    # Projects that go ahead are published once more than others.
    monkeypatch.setattr(refreshing, "MANY_PROJECTS", 0)
    sheets.refresh(truth, tmp_path)
    draw = pd.Series([4, 12, 9, 8, 5])
    for at, more in draw.items():
        answer(truth, 1, ["RES", "STAFF"][at % 2], more)
        sheets.refresh(truth, tmp_path)
    cells = ["project", "wave", "phase", "group"]
    tables = [frames.respondents.groupby(cells)["n"].sum() for frames in seen]
    steps = pd.concat(tables, axis=1).fillna(0).diff(axis=1).iloc[:, 1:].abs().to_numpy()
    assert ((steps == 0) | (steps >= 10)).all()
    # Of 38 answers some wait; none is lost.
    assert steps.sum() + sum(n for _, n in waiting(sheets.refresh(truth, tmp_path))) == draw.sum()


def test_what_was_taken_back_stays_published_until_it_is_ten(truth, seen, tmp_path: Path):
    sheets.refresh(truth, tmp_path)
    take_back(truth, 1, 3)
    assert waiting(sheets.refresh(truth, tmp_path)) == [(1, 3)]
    assert people(seen[-1]) == {"RES": 40}
    held = sheets.refresh(truth, tmp_path)
    assert (held.changed, waiting(held)) == (False, [(1, 3)])
    take_back(truth, 1, 7)
    assert sheets.refresh(truth, tmp_path).waiting == ()
    assert people(seen[-1]) == {"RES": 30}


def test_one_answer_taken_back_holds_back_itself_alone(truth, seen, tmp_path: Path):
    sheets.refresh(truth, tmp_path)
    answer(truth, 1, "STAFF", 4)
    sheets.refresh(truth, tmp_path)
    take_back(truth, 1, 1)
    answer(truth, 1, "RES", 50)
    answer(truth, 1, "STAFF", 7)
    # The four that waited before come with the seven, onto what still speaks of the one.
    found = sheets.refresh(truth, tmp_path)
    assert (people(seen[-1]), waiting(found)) == ({"RES": 90, "STAFF": 11}, [(1, 1)])
    assert not sheets.refresh(truth, tmp_path).changed
    answer(truth, 1, "RES", 3)
    found = sheets.refresh(truth, tmp_path)
    assert (people(seen[-1]), waiting(found)) == ({"RES": 90, "STAFF": 11}, [(1, 4)])
    take_back(truth, 1, 9)
    found = sheets.refresh(truth, tmp_path)
    # 90 less the ten; the three wait on.
    assert (people(seen[-1]), waiting(found)) == ({"RES": 80, "STAFF": 11}, [(1, 3)])


def test_a_file_that_came_again_with_one_correction_changes_nothing(truth, seen, tmp_path: Path):
    sheets.refresh(truth, tmp_path)
    with database.writing(truth) as connection:
        mine = Response.collection_id == 1
        one = sa.select(Response.id).where(mine).limit(1).scalar_subquery()
        connection.execute(sa.update(Response).where(Response.id == one).values(answers="{}"))
        bump_revisions(connection, [1], rewritten=True)
        connection.execute(sa.update(Response).where(mine).values(revision=2))
        connection.execute(sa.update(Collection).where(Collection.id == 1).values(revision=2))
    assert waiting(sheets.refresh(truth, tmp_path)) == [(1, 1)]
    assert people(seen[-1]) == {"RES": 40}


def test_other_days_of_a_collection_do_not_publish_what_was_taken_back(truth, seen, tmp_path: Path):
    sheets.refresh(truth, tmp_path)
    take_back(truth, 1, 3)
    with database.writing(truth) as connection:
        later = sa.update(Collection).where(Collection.id == 1).values(closes_on=date(2030, 1, 1))
        connection.execute(later)
    assert waiting(sheets.refresh(truth, tmp_path)) == [(1, 3)]
    assert people(seen[-1]) == {"RES": 40}
    take_back(truth, 1, 7)
    assert sheets.refresh(truth, tmp_path).waiting == ()
    assert people(seen[-1]) == {"RES": 30}


def test_a_corrected_answer_waits_as_one_that_came_does(truth, seen, tmp_path: Path):
    sheets.refresh(truth, tmp_path)
    with database.writing(truth) as connection:
        one = sa.select(Response.id).where(Response.collection_id == 1).limit(1).scalar_subquery()
        empty = sa.update(Response).where(Response.id == one).values(answers="{}")
        connection.execute(empty)
        bump_revisions(connection, [1], rewritten=True)
    assert waiting(sheets.refresh(truth, tmp_path)) == [(1, 1)]


def test_a_wave_that_begins_waits_for_nobody(truth, seen, tmp_path: Path):
    with database.writing(truth) as connection:
        wave = sa.select(Collection.id).where(Collection.wave == "end")
        connection.execute(sa.delete(Response).where(Response.collection_id.in_(wave)))
        connection.execute(sa.delete(Collection).where(Collection.wave == "end"))
        connection.execute(sa.update(Collection).where(Collection.id == 1).values(phase="P1"))
    sheets.refresh(truth, tmp_path)
    with database.writing(truth) as connection:
        first = sa.select(Collection.__table__).where(Collection.id == 1)
        row = dict(connection.execute(first).mappings().one()) | {"wave": "end"}
        made = [row | {"id": 91, "phase": "P8"}, row | {"id": 92, "phase": "P1"}]
        connection.execute(sa.insert(Collection), made)
        some = sa.select(Response.id).where(Response.collection_id == 1).limit(6)
        ids = connection.execute(some).scalars().all()
        # Three to a phase that nothing is published of, three to one that is.
        for number, own in ((91, ids[:3]), (92, ids[3:])):
            rows = sa.select(Response.__table__).where(Response.id.in_(own))
            copies = [
                dict(r) | {"id": os.urandom(16).hex(), "collection_id": number}
                for r in connection.execute(rows).mappings()
            ]
            connection.execute(sa.insert(Response), copies)
    found = sheets.refresh(truth, tmp_path)
    assert people(seen[-1], wave="end") == {"RES": 3}
    assert waiting(found) == [(92, 3)]


def test_a_revision_says_what_waited(truth, seen, tmp_path: Path):
    sheets.refresh(truth, tmp_path)
    answer(truth, 2, "COM", 2)
    sheets.refresh(truth, tmp_path)
    with database.reading(truth) as connection:
        newest = sheets.published(
            connection, connection.scalar(sa.select(sa.func.max(Revision.id)))
        )
    assert newest.inputs["withheld"] == [[2, "COM", 1]]


def test_what_waits_is_known_without_extracts(truth, seen, tmp_path: Path):
    sheets.refresh(truth, tmp_path)
    answer(truth, 1, "STAFF", 4)
    sheets.refresh(truth, tmp_path)
    # Of what is gone nothing is left to compare with; what came is told by its revision.
    take_back(truth, 1, 3)
    take_back(truth, 2, 3)
    assert waiting(sheets.refresh(truth, tmp_path)) == [(1, 7), (2, 3)]
    for path in (tmp_path / "extracts").glob("*.parquet"):
        path.unlink()
    answer(truth, 4, "RES", 12)
    found = sheets.refresh(truth, tmp_path)
    assert (people(seen[-1]), waiting(found)) == ({"RES": 37}, [(1, 4)])
    answer(truth, 1, "STAFF", 6)
    assert sheets.refresh(truth, tmp_path).waiting == ()
    assert people(seen[-1]) == {"RES": 37, "STAFF": 10}


def hidden_groups(engine: sa.Engine, revision: int, profile: Profile) -> set[tuple[str, str]]:
    """Metric and group of what a revision hides of project 1's baseline."""
    asked = {"level": "project", "entity": 1, "wave": "baseline", "split": "group"}
    with database.reading(engine) as connection:
        found = pa.concat_tables(leaves.read(connection, revision, profile, asked)).to_pandas()
    found = found[(found["state"] == "suppressed").to_numpy()]
    return set(zip(found["metric"], found["split_value"], strict=True))


def test_a_group_of_a_few_stays_hidden_with_those_beside_it_when_it_grows(truth, tmp_path: Path):
    """Five residents, 18 of staff, 17 of a community: the five are what the total holds besides
    what is shown. Had they seventeen later, both sheets would tell what the five said."""
    with database.writing(truth) as connection:
        mine = sa.select(Response.id).where(Response.collection_id == 1).order_by(Response.id)
        ids = connection.execute(mine).scalars().all()
        for group, own in (("STAFF", ids[5:23]), ("COM", ids[23:])):
            moved = sa.update(Response).where(Response.id.in_(own))
            connection.execute(moved.values(group_code=group))
    first = sheets.refresh(truth, tmp_path).revision
    answer(truth, 1, "RES", 12)
    second = sheets.refresh(truth, tmp_path).revision
    answer(truth, 2, "RES", 12)
    third = sheets.refresh(truth, tmp_path).revision
    with database.reading(truth) as connection:
        facts = [sheets.published(connection, revision) for revision in (first, second, third)]
    known = [[1, "measured@1"]]
    assert [each.inputs[sheets.GROWN] for each in facts] == [[], known, known]
    for profile in Profile:
        hidden = [hidden_groups(truth, revision, profile) for revision in (first, second, third)]
        assert hidden[0] <= hidden[1] <= hidden[2]
    # By number alone nobody but the five was ever hidden, and somebody beside them.
    groups = [group for metric, group in hidden[2] if metric == "process_quality"]
    assert "RES" in groups and 1 < len(groups) < 3
