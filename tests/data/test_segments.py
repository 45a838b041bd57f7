"""What was folded once is not folded again, and adds up to what a fold from nothing says."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from benchmarks import generate
from data import database, sheets
from data.folding import extracts, segment_merging
from data.imports.responses import bump_revisions
from data.publication import publishing, refreshing, waiting
from data.schema import Collection, Project, Response, Segment, SegmentMember
from metrics import frames
from metrics.frames import Frames

PROJECTS = 3
#: 900 responses spread evenly over 9 collections.
RESPONSES = 900
Fold = Callable[[sa.Engine, Path], Frames]


@pytest.fixture
def truth(sqlite_engine: sa.Engine, monkeypatch: pytest.MonkeyPatch) -> sa.Engine:
    # Here single answers show what is read; how they wait is told in test_waiting.
    monkeypatch.setattr(waiting, "FEWEST", 1)
    generate.fill(sqlite_engine, 24 * RESPONSES, projects=PROJECTS)
    return sqlite_engine


@pytest.fixture
def fold(monkeypatch: pytest.MonkeyPatch) -> Fold:
    """A refresh that publishes segments without judging, and the frames that it would judge."""
    seen: list[Frames] = []

    def look(frames: Frames, *_):
        seen.append(frames)
        return [], {}

    monkeypatch.setattr(refreshing, "judge", look)

    def folded(engine: sa.Engine, home: Path) -> Frames:
        assert sheets.refresh(engine, home).changed
        return seen[-1]

    return folded


def from_nothing(fold: Fold, engine: sa.Engine, home: Path) -> Frames:
    """The frames of a refresh that has neither segments nor statistics to build on."""
    with database.writing(engine) as connection:
        connection.execute(sa.delete(SegmentMember))
        connection.execute(sa.delete(Segment))
    return fold(engine, home / "from nothing")


def assert_same(first: Frames, second: Frames) -> None:
    for field in fields(Frames):
        ordered = [
            getattr(frames, field.name)
            .sort_values(list(getattr(frames, field.name).columns))
            .reset_index(drop=True)
            for frames in (first, second)
        ]
        pd.testing.assert_frame_equal(*ordered)


def fold_again(fold: Fold, engine: sa.Engine, home: Path) -> Frames:
    """The frames of a refresh that is made only because a record changed."""
    with database.writing(engine) as connection:
        connection.execute(sa.text("update event_participants set people = people + 1"))
    return fold(engine, home)


def read_again(engine: sa.Engine, home: Path) -> list[int]:
    """How many responses each extract of a refresh read."""
    totals = []
    sheets.refresh(engine, home, lambda s, d, t: totals.append(t) if s == "extract" else None)
    return totals


def rows(engine: sa.Engine) -> list[int]:
    with database.reading(engine) as connection:
        return list(connection.execute(sa.select(Segment.rows).order_by(Segment.id)).scalars())


def test_only_what_came_is_read(truth: sa.Engine, fold: Fold, tmp_path: Path):
    fold(truth, tmp_path)
    generate.add(truth, 2, PROJECTS, seed=8)  # one each for the baselines of projects 1 and 2
    assert read_again(truth, tmp_path) == [2]
    assert rows(truth) == [900, 2]


@pytest.mark.parametrize("batches", [[1, 1, 1], [9, 30, 2]])
def test_answers_that_come_bit_by_bit_add_up(
    truth: sa.Engine, fold: Fold, tmp_path: Path, batches: list[int]
):
    """The same collections grow again and again; their statistics are sums over the segments."""
    fold(truth, tmp_path)
    for seed, count in enumerate(batches):
        generate.add(truth, count, PROJECTS, seed=20 + seed)
        grown = fold(truth, tmp_path)
    assert rows(truth) == [900, *batches]
    assert grown.respondents["n"].sum() == RESPONSES + sum(batches)
    assert not grown.item_counts.duplicated([*frames.ATOM, "item", "code"]).any()
    assert_same(grown, from_nothing(fold, truth, tmp_path))


def test_answers_of_no_known_revision_are_read_all_the_same(
    truth: sa.Engine, fold: Fold, tmp_path: Path
):
    """What is held and what is new must make up what there is, whoever stored it."""
    fold(truth, tmp_path)
    generate.add(truth, 1, PROJECTS, seed=8)
    with database.writing(truth) as connection:
        connection.execute(sa.update(Response).values(revision=0))
    assert read_again(truth, tmp_path) == [101]
    with database.writing(truth) as connection:
        gone = sa.select(Response.id).where(Response.collection_id == 2).limit(1).scalar_subquery()
        connection.execute(sa.delete(Response).where(Response.id == gone))
        bumped = sa.update(Collection).where(Collection.id == 2)
        connection.execute(bumped.values(revision=Collection.revision + 1))
    assert read_again(truth, tmp_path) == [99]


def test_a_corrected_answer_is_read_with_its_collection(
    truth: sa.Engine, fold: Fold, tmp_path: Path
):
    fold(truth, tmp_path)
    with database.writing(truth) as connection:
        connection.execute(
            sa.update(Response).where(Response.collection_id == 2).values(answers='{"NPS": 10}')
        )
        bump_revisions(connection, [2], rewritten=True)
    generate.add(truth, 1, PROJECTS, seed=8)
    # The corrected collection whole, and the one answer that came to the first.
    assert read_again(truth, tmp_path) == [100 + 1]
    corrected = fold_again(fold, truth, tmp_path)
    assert_same(corrected, from_nothing(fold, truth, tmp_path))


def test_what_is_undone_leaves_what_came_later(truth: sa.Engine, fold: Fold, tmp_path: Path):
    fold(truth, tmp_path)
    for seed in (8, 9):
        generate.add(truth, 1, PROJECTS, seed=seed)
        fold(truth, tmp_path)
    with database.writing(truth) as connection:
        # The answer of the second batch: 100 came with the fill, whose revision is 1.
        connection.execute(
            sa.delete(Response).where(Response.collection_id == 1, Response.revision == 2)
        )
        bump_revisions(connection, [1], rewritten=True)
    undone = fold(truth, tmp_path)
    assert undone.respondents["n"].sum() == RESPONSES + 1
    assert rows(truth) == [900, 101]
    assert_same(undone, from_nothing(fold, truth, tmp_path))


def test_what_is_added_comes_to_the_same_as_a_fold_from_nothing(
    truth: sa.Engine, fold: Fold, tmp_path: Path
):
    fold(truth, tmp_path)
    # The sixth response is the last project's end wave: its pairs reach into the old segment.
    generate.add(truth, 1, PROJECTS, seed=8, start=5)
    grown = fold(truth, tmp_path)
    assert grown.paired_moments["n"].sum() > 0
    assert_same(grown, from_nothing(fold, truth, tmp_path))


def test_waves_that_nobody_answered_twice_are_folded_once_too(
    truth: sa.Engine, fold: Fold, tmp_path: Path
):
    with database.writing(truth) as connection:
        connection.execute(sa.update(Response).values(link_key=None))
    assert fold(truth, tmp_path).paired_moments.empty
    generate.add(truth, 1, PROJECTS, seed=8)
    assert read_again(truth, tmp_path) == [1]


def test_a_new_record_changes_the_sheet_and_no_segment(
    truth: sa.Engine, fold: Fold, tmp_path: Path
):
    before = fold(truth, tmp_path)
    with database.writing(truth) as connection:
        connection.execute(sa.text("update event_participants set people = people + 1"))
    after = fold(truth, tmp_path)
    assert rows(truth) == [RESPONSES]
    # 3 events with 7 groups each.
    assert after.participation["n"].sum() == before.participation["n"].sum() + 21


def test_what_is_taken_back_leaves_no_trace(truth: sa.Engine, fold: Fold, tmp_path: Path):
    """An undone batch: its responses and a collection go, and pairs that had them go too."""
    fold(truth, tmp_path)
    with database.writing(truth) as connection:
        connection.execute(sa.delete(Response).where(Response.collection_id == 2))
        connection.execute(sa.delete(Collection).where(Collection.id == 2))
    shrunk = fold(truth, tmp_path)
    first = shrunk.paired_moments[shrunk.paired_moments["project"] == 1]
    assert set(first["wave"]) == {"follow_up"}
    assert_same(shrunk, from_nothing(fold, truth, tmp_path))


def test_a_collection_that_comes_back_under_its_old_number_is_read_again(
    truth: sa.Engine, fold: Fold, tmp_path: Path
):
    fold(truth, tmp_path)
    with database.writing(truth) as connection:
        chosen = sa.select(Collection.__table__).where(Collection.id == 9)
        row = dict(connection.execute(chosen).mappings().one())
        answers = sa.select(Response.__table__).where(Response.collection_id == 9).limit(60)
        kept = [dict(response) for response in connection.execute(answers).mappings()]
        connection.execute(sa.delete(Response).where(Response.collection_id == 9))
        connection.execute(sa.delete(Collection).where(Collection.id == 9))
        # The same number, wave and revision, and other answers.
        connection.execute(sa.insert(Collection).values(**row))
        connection.execute(sa.insert(Response), kept)
    changed = fold(truth, tmp_path)
    assert changed.respondents["n"].sum() == RESPONSES - 100 + 60
    assert_same(changed, from_nothing(fold, truth, tmp_path))


def test_many_segments_become_few_and_say_the_same(
    truth: sa.Engine, fold: Fold, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(segment_merging, "MANY", 2)
    fold(truth, tmp_path)
    for seed in (11, 12, 13):
        generate.add(truth, 1, PROJECTS, seed=seed, start=seed - 11)
        merged = fold(truth, tmp_path)
    # What came to three collections stands together, apart from the segment of the first day.
    assert rows(truth) == [900, 3]
    assert_same(merged, from_nothing(fold, truth, tmp_path))


def test_what_belongs_together_is_merged_with_what_lies_between(
    truth: sa.Engine, fold: Fold, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Small segments on both sides of a large one are merged with it, not past it."""
    monkeypatch.setattr(segment_merging, "MANY", 3)
    fold(truth, tmp_path)
    for seed, count in ((11, 1), (12, 800), (13, 1)):
        generate.add(truth, count, PROJECTS, seed=seed)
        merged = fold(truth, tmp_path)
    assert rows(truth) == [RESPONSES + 802]
    assert_same(merged, from_nothing(fold, truth, tmp_path))


def test_lost_files_are_made_again_when_something_is_to_be_published(
    truth: sa.Engine, fold: Fold, tmp_path: Path
):
    before = fold(truth, tmp_path)
    for path in (tmp_path / extracts.FOLDER).glob("*.parquet"):
        path.unlink()
    # Nothing new: the published sheet stands, and needs no file.
    assert not sheets.refresh(truth, tmp_path).changed
    with database.writing(truth) as connection:
        connection.execute(sa.update(Project).where(Project.id == 1).values(is_comparison=True))
    after = fold(truth, tmp_path)
    pd.testing.assert_frame_equal(after.item_counts, before.item_counts)
    pd.testing.assert_frame_equal(after.paired_moments, before.paired_moments)


def test_other_code_does_not_trust_what_older_code_folded(
    truth: sa.Engine, fold: Fold, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    fold(truth, tmp_path)
    monkeypatch.setattr("data.folding.statistics_store._rules", lambda: "newer rules")
    monkeypatch.setattr(refreshing, "code_version", lambda: "0.2.0+newer")
    assert read_again(truth, tmp_path) == [RESPONSES]


def test_files_are_those_of_the_published_segments(truth: sa.Engine, fold: Fold, tmp_path: Path):
    fold(truth, tmp_path)
    generate.add(truth, 1, PROJECTS, seed=5)
    fold(truth, tmp_path)
    with database.reading(truth) as connection:
        used = publishing.files_in_use(connection)
    # Two segments, each an extract and its statistics.
    assert len(used) == 4
    assert {path.stem for path in (tmp_path / extracts.FOLDER).glob("*.parquet")} == used


def test_a_comparison_site_stands_for_itself_only(truth: sa.Engine, fold: Fold, tmp_path: Path):
    with database.writing(truth) as connection:
        connection.execute(sa.update(Project).where(Project.id == 2).values(is_comparison=True))
    nodes = fold(truth, tmp_path).nodes
    assert nodes.loc[nodes["project"] == 2, "level"].tolist() == ["project"]
    assert nodes.loc[nodes["level"] == "portfolio", "project"].tolist() == [1, 3]
