"""A refresh publishes what the truth holds: once, whole, and for those who may see it."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest
import sqlalchemy as sa

from benchmarks import generate
from data import access, database, sheets
from data.access import Grant, NotPermitted, Role, User
from data.folding import extracts
from data.publication import publishing, refreshing
from data.schema import AuditEvent, EntityLeaf, Leaf, MeasureLeaf, Revision
from metrics.metric import Result

ASKED = generate.instrument()
PROJECTS = 3
SEER = access.operator()


def everything(engine: sa.Engine, user: User = SEER) -> list[Result]:
    with database.reading(engine) as connection:
        revision = sheets.latest_revision(connection)
        return sheets.read_figures(connection, user, revision=revision)


def count(engine: sa.Engine, table: type) -> int:
    with database.reading(engine) as connection:
        return connection.execute(sa.select(sa.func.count()).select_from(table)).scalar_one()


def refreshed(engine: sa.Engine, home: Path) -> list[Result]:
    sheets.refresh(engine, home)
    return everything(engine)


@pytest.fixture
def filled(engine: sa.Engine) -> sa.Engine:
    generate.fill(engine, 24 * 900, projects=PROJECTS)
    return engine


@pytest.fixture
def embedded(sqlite_engine: sa.Engine) -> sa.Engine:
    generate.fill(sqlite_engine, 24 * 900, projects=PROJECTS)
    return sqlite_engine


def test_a_refresh_publishes_and_says_what_it_read(filled: sa.Engine, tmp_path: Path):
    steps = []
    done = sheets.refresh(filled, tmp_path, lambda step, *_: steps.append(step))
    assert done.changed
    # Nothing is published that a few projects could go ahead of.
    assert list(dict.fromkeys(steps)) == [step for step in sheets.STEPS if step != "own"]
    # Inside and public: figures are there twice, protected for the one and for the other.
    with database.reading(filled) as connection:
        public = sheets.read_figures(connection, SEER, revision=done.revision, public=True)
    assert done.figures == len(everything(filled)) + len(public)
    with database.reading(filled) as connection:
        assert publishing.count_figures(connection, 1) == done.figures
        facts = sheets.published(connection)
    assert facts.id == done.revision == 1
    assert facts.code_version == refreshing.code_version()
    assert facts.inputs["instruments"] == {ASKED.key: ASKED.sha256}
    (extract,) = facts.inputs["extracts"][ASKED.key]
    assert extracts.segment_path(tmp_path, extract).exists()
    assert set(facts.metrics) >= {"process_quality", "benefit_share", "participation"}


def test_nothing_new_keeps_the_revision(filled: sa.Engine, tmp_path: Path):
    first = sheets.refresh(filled, tmp_path)
    again = sheets.refresh(filled, tmp_path)
    assert again.revision == first.revision
    assert again.figures == first.figures
    assert not again.changed


def test_the_audit_names_who_published_and_only_they_may(filled: sa.Engine, tmp_path: Path):
    evaluator = User(7, "Eeva", (Grant(Role.EVALUATOR),))
    with pytest.raises(NotPermitted):
        sheets.refresh(filled, tmp_path, by=User(8, "Seppo", (Grant(Role.STEERING),)))
    sheets.refresh(filled, tmp_path, by=evaluator)
    with database.reading(filled) as connection:
        told = sa.select(AuditEvent.actor).where(AuditEvent.action == "publish")
        assert connection.scalars(told).all() == ["7 Eeva"]


def test_before_the_first_refresh_there_is_nothing_to_read(engine: sa.Engine):
    with database.reading(engine) as connection:
        assert sheets.latest_revision(connection) is None
        assert sheets.published(connection) is None


def test_an_empty_database_has_an_empty_sheet(engine: sa.Engine, tmp_path: Path):
    done = sheets.refresh(engine, tmp_path)
    assert done.changed
    assert done.revision == 1
    assert not sheets.refresh(engine, tmp_path).changed


def test_the_last_sheets_stay_readable(embedded: sa.Engine, tmp_path: Path, monkeypatch):
    monkeypatch.setattr(publishing, "KEPT", 3)
    for seed in range(4):
        generate.add(embedded, 1, PROJECTS, seed=20 + seed, start=seed)
        sheets.refresh(embedded, tmp_path)
    with database.reading(embedded) as connection:
        for table in (EntityLeaf, MeasureLeaf):
            kept = set(connection.execute(sa.select(table.revision_id).distinct()).scalars())
            assert kept == {2, 3, 4}
        named = sa.union(sa.select(EntityLeaf.sha256), sa.select(MeasureLeaf.sha256))
        leaves = connection.execute(sa.select(Leaf.sha256)).scalars()
        assert set(leaves) == set(connection.execute(named).scalars())
        history = set(connection.execute(sa.select(Revision.id)).scalars())
        assert history == {1, 2, 3, 4}
        assert sheets.read_figures(connection, SEER, revision=1) == []
        assert publishing.count_figures(connection, 1) == 0


def test_two_refreshes_at_once_publish_one_sheet(filled: sa.Engine, tmp_path: Path):
    found = []
    threads = [
        threading.Thread(target=lambda: found.append(sheets.refresh(filled, tmp_path)))
        for _ in range(2)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done.changed for done in found) == [False, True]
    assert {done.revision for done in found} == {1}


def test_a_refresh_that_was_overtaken_reads_the_truth_again(
    embedded: sa.Engine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    """Another machine with a home of its own publishes while this one is judging."""
    judge = refreshing.judge
    calls = []

    def slow_judge(*arguments):
        judged = judge(*arguments)
        calls.append(1)
        if len(calls) == 1:
            sheets.refresh(embedded, tmp_path / "another machine")
        return judged

    monkeypatch.setattr(refreshing, "judge", slow_judge)
    done = sheets.refresh(embedded, tmp_path)
    # The other's sheet says what this one would have said, so it stands.
    assert done.revision == 1
    assert not done.changed
    assert count(embedded, Revision) == 1


def test_a_reader_sees_the_sheet_of_before_until_the_new_one_is_whole(
    filled: sa.Engine, tmp_path: Path
):
    sheets.refresh(filled, tmp_path)
    generate.add(filled, 3, PROJECTS, seed=9)
    with database.reading(filled) as connection:
        before = sheets.read_figures(connection, SEER, revision=1)
        sheets.refresh(filled, tmp_path)
        assert sheets.latest_revision(connection) == 1
        assert sheets.read_figures(connection, SEER, revision=1) == before
    with database.reading(filled) as connection:
        assert sheets.latest_revision(connection) == 2


def test_figures_are_narrowed_by_what_is_asked(embedded: sa.Engine, tmp_path: Path):
    figures = refreshed(embedded, tmp_path)
    asked = {
        "level": "project",
        "metric": "process_quality",
        "instrument": ASKED.key,
        "part": "OVERALL",
        "wave": "end",
        "split": "group",
    }
    with database.reading(embedded) as connection:
        narrowed = sheets.read_figures(connection, SEER, revision=1, **asked)
        of_one = sheets.read_figures(connection, SEER, revision=1, **asked, entity=2)
    expected = [
        figure
        for figure in figures
        if all(getattr(figure, name) == value for name, value in asked.items())
    ]
    assert narrowed == expected
    assert len(expected) == 7 * PROJECTS
    assert of_one == [figure for figure in expected if figure.entity == 2]


def test_a_page_reads_through_access(embedded: sa.Engine, tmp_path: Path):
    sheets.refresh(embedded, tmp_path)
    manager = User(5, "manager", (Grant(Role.MANAGER, project=2),))
    funder = User(6, "funder", (Grant(Role.FUNDER, funder=3),), {3: frozenset({2})})
    own = {f.entity for f in everything(embedded, manager) if f.level == "project"}
    assert own == {2}
    public = everything(embedded, funder)
    assert {(f.level, f.entity) for f in public} == {("project", 2), ("funder", 3)}
    # The public profile rounds people to fives.
    assert {f.n % 5 for f in public if f.n is not None and f.metric == "process_quality"} == {0}
    with database.reading(embedded) as connection:
        everybody = sheets.read_findings(connection, SEER, revision=1)
        managed = sheets.read_findings(connection, manager, revision=1)
    assert managed == [finding for finding in everybody if finding.project == 2]


def test_sqlite_and_postgresql_publish_the_same(
    sqlite_engine: sa.Engine, postgresql_engine: sa.Engine, tmp_path: Path
):
    sheet = []
    for engine in (sqlite_engine, postgresql_engine):
        generate.fill(engine, 24 * 900, projects=PROJECTS)
        sheet.append(refreshed(engine, tmp_path / engine.dialect.name))
    lite, full = (sorted(s, key=lambda f: repr(f)) for s in sheet)
    assert lite == full
