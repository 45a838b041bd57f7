"""A refresh that is killed changes nothing, wherever it was: 50 times by night, 15 otherwise."""

from __future__ import annotations

import multiprocessing
import random
import time
from pathlib import Path

import pytest
import sqlalchemy as sa

from benchmarks import generate
from data import access, database, sheets
from data.folding import extracts, fold_engine
from data.publication import publishing
from data.schema import EntityLeaf, Finding, Leaf, MeasureLeaf, Revision, SegmentMember

pytestmark = pytest.mark.long_file

PROJECTS = 2
KILLS, KILLS_BY_NIGHT = 6, 50
#: So many that every group of every collection gets more people than have to wait for company.
NEWS = 1_200


def refresh(url: str, home: Path) -> None:
    """One refresh in a process of its own."""
    engine = database.connect(url)
    sheets.refresh(engine, home)
    engine.dispose()


def state(engine: sa.Engine) -> tuple:
    """What readers see: the latest revision, its figures, and what segments are held."""
    with database.reading(engine) as connection:
        revision = sheets.latest_revision(connection)
        figures = sheets.read_figures(connection, access.operator(), revision=revision)
        members = connection.execute(
            sa.select(SegmentMember.__table__).order_by(SegmentMember.collection_id)
        ).all()
        return revision, figures, members


def assert_whole(engine: sa.Engine, home: Path) -> None:
    """Every sheet is complete, and every file that the database names is there."""
    user = access.operator()
    with database.reading(engine) as connection:
        counted = sa.select(EntityLeaf.revision_id, sa.func.sum(EntityLeaf.figures)).group_by(
            EntityLeaf.revision_id
        )
        for revision, figures in connection.execute(counted).all():
            read = [
                len(sheets.read_figures(connection, user, revision=revision, public=public))
                for public in (False, True)
            ]
            assert sum(read) == figures > 0
        latest = sheets.latest_revision(connection)
        assert sheets.published(connection, latest).inputs["extracts"]
        for table in (EntityLeaf, MeasureLeaf, Finding):
            ahead = sa.select(sa.func.count()).where(table.revision_id > latest)
            assert connection.execute(ahead).scalar_one() == 0
        for sha256 in publishing.files_in_use(connection):
            assert extracts.segment_path(home, sha256).exists()


@pytest.fixture
def processes() -> multiprocessing.context.ForkServerContext:
    """Processes that have imported everything already, so that a kill strikes the work itself."""
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["data.publication.refreshing", "ibis.backends.duckdb"])
    return context


def test_a_killed_refresh_leaves_the_sheet_of_before_or_the_whole_new_one(
    sqlite_engine: sa.Engine, tmp_path: Path, processes, request
):
    kills = KILLS_BY_NIGHT if request.config.getoption("--nightly") else KILLS
    url, home = str(sqlite_engine.url), tmp_path / "home"
    generate.fill(sqlite_engine, 24 * 2000, projects=PROJECTS)
    sheets.refresh(sqlite_engine, home)
    # The first process waits for the imports; the second shows how long a refresh takes.
    for seed in (1000, 1001):
        generate.add(sqlite_engine, NEWS, PROJECTS, seed=seed)
        started = time.perf_counter()
        child = processes.Process(target=refresh, args=(url, home))
        child.start()
        child.join()
        whole = time.perf_counter() - started
        assert child.exitcode == 0

    rng = random.Random(4)
    killed = 0
    for turn in range(4 * kills):
        if killed == kills:
            break
        generate.add(sqlite_engine, NEWS, PROJECTS, seed=2000 + turn)
        before = state(sqlite_engine)
        started = time.perf_counter()
        child = processes.Process(target=refresh, args=(url, home))
        child.start()
        child.join(rng.uniform(0, whole))
        child.kill()
        child.join()
        killed += child.exitcode != 0
        if child.exitcode == 0:
            # The machine got faster: later kills strike earlier.
            whole = min(whole, time.perf_counter() - started)
        after = state(sqlite_engine)
        if after[0] == before[0]:
            assert after == before
        else:
            assert after[0] == before[0] + 1
        assert_whole(sqlite_engine, home)
    assert killed == kills

    sheets.refresh(sqlite_engine, home)
    with database.reading(sqlite_engine) as connection:
        used = publishing.files_in_use(connection)
        assert connection.execute(sa.text("pragma integrity_check")).scalar_one() == "ok"
        assert connection.execute(sa.select(sa.func.count()).select_from(Revision)).scalar_one()
        named = sa.union(sa.select(EntityLeaf.sha256), sa.select(MeasureLeaf.sha256))
        held = set(connection.execute(sa.select(Leaf.sha256)).scalars())
        assert held == set(connection.execute(named).scalars())
    # The wording of the fold stays for the next process.
    stay = ("refresh.lock", fold_engine.WORDING)
    left = {path for path in (home / extracts.FOLDER).iterdir() if not path.name.endswith(stay)}
    assert left == {extracts.segment_path(home, sha256) for sha256 in used}
