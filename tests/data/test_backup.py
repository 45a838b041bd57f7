"""Copies: taken while others write, put back whole or not at all (T-43, T-44, T-45)."""

from __future__ import annotations

import resource
import threading
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from data import audit, database, schema
from data.keeping import backup, dumping, restoring, row_hashes
from data.keeping.restoring import NotRestored
from data.keeping.sealed import CHUNK, Key, WeakKey
from tests.data.asked import USER, answer, link, opened

KEY = Key(file=b"k" * 32)


@pytest.fixture
def copied(sqlite_engine, tmp_path):
    """An installation with an answer and files, and a copy of it outside."""
    token = link(sqlite_engine, tmp_path, opened(sqlite_engine))
    answer(sqlite_engine, tmp_path, token)
    proof = tmp_path / "proofs" / "ab" / "abc"
    proof.parent.mkdir(parents=True)
    proof.write_bytes(b"evidence" * (CHUNK // 2))  # four chunks and more
    folder = tmp_path.parent / f"{tmp_path.name}-copies"
    backup.back_up(sqlite_engine, USER, tmp_path, folder / "a.backup", KEY)
    return folder / "a.backup"


@pytest.fixture
def empty(engine, request) -> str | None:
    """The URL of an empty PostgreSQL beside the one that is copied; nothing for an SQLite."""
    if engine.dialect.name == "sqlite":
        return None
    return request.getfixturevalue("other_postgresql")


@pytest.fixture
def other_postgresql(postgresql_server) -> Iterator[str]:
    url = postgresql_server.set(database=f"back_{uuid.uuid4().hex[:12]}")
    server = sa.create_engine(
        postgresql_server, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool
    )
    with server.connect() as connection:
        connection.exec_driver_sql(f'create database "{url.database}"')
    yield url.render_as_string(hide_password=False)
    with server.connect() as connection:
        connection.exec_driver_sql(f'drop database "{url.database}" with (force)')


def put_back_in(home, url: str | None) -> sa.Engine:
    return database.connect(url or f"sqlite:///{home / 'arviomo.db'}")


def hashes(engine: sa.Engine) -> dict[str, row_hashes.TableHash]:
    with database.reading(engine) as connection:
        return row_hashes.row_hashes(connection)


# --- whole ----------------------------------------------------------------------------------------


def test_what_is_put_back_is_what_was_copied(sqlite_engine, tmp_path, copied):
    home = copied.parent / "home"
    put_back = restoring.restore(copied, home, KEY)
    other = database.connect(f"sqlite:///{home / 'arviomo.db'}")
    # The audit has a line more: that a copy was put back.
    assert row_hashes.differing(hashes(other), hashes(sqlite_engine)) == ["audit_event"]
    other.dispose()
    assert put_back.copy.tables["response"].rows == 1
    for name in ("secret", "proofs/ab/abc"):
        assert (home / name).read_bytes() == (tmp_path / name).read_bytes()
    assert (home / "secret").stat().st_mode & 0o077 == 0
    # Nothing of the secret, or of the rows, is to be read in the copy.
    content = copied.read_bytes()
    assert (tmp_path / "secret").read_bytes() not in content
    assert b"SQLite format 3" not in content
    assert [path.name for path in copied.parent.iterdir() if path != home] == ["a.backup"]


@pytest.mark.parametrize("writers", [4, pytest.param(50, marks=pytest.mark.nightly)])
def test_a_copy_taken_while_others_write_is_of_one_moment(engine, empty, tmp_path, writers):
    token = link(engine, tmp_path, opened(engine))
    folder, told, lock = tmp_path.parent / f"{tmp_path.name}-busy", [], threading.Lock()
    stopped = threading.Event()

    def write(who: int) -> None:
        at = 0
        while not stopped.is_set():
            answer(engine, tmp_path, token, f"form-of-writer-{who:02}-{at:04}")
            at += 1
            with lock:
                told.append(datetime.now(UTC))

    threads = [threading.Thread(target=write, args=(who,)) for who in range(writers)]
    for thread in threads:
        thread.start()
    try:
        while len(told) < 2 * writers:
            stopped.wait(0.02)
        began = datetime.now(UTC)
        copy = backup.back_up(engine, USER, tmp_path, folder / "a.backup", KEY)
    finally:
        stopped.set()
        for thread in threads:
            thread.join()
    put_back = restoring.restore(folder / "a.backup", folder / "home", KEY, url=empty)
    assert put_back.copy.tables == copy.tables
    # All that was thanked for before, and no answer that came after the last.
    rows = copy.tables["response"].rows
    assert sum(moment < began for moment in told) <= rows <= len(told)
    other = put_back_in(folder / "home", empty)
    assert row_hashes.differing(hashes(other), copy.tables) == ["audit_event"]
    other.dispose()


def test_a_postgresql_put_back_is_closed_and_goes_on_counting(
    postgresql_engine, other_postgresql, tmp_path, monkeypatch
):
    number = opened(postgresql_engine)
    answer(postgresql_engine, tmp_path, link(postgresql_engine, tmp_path, number))
    with database.writing(postgresql_engine) as connection:
        # A number that was given and is gone must not be given again.
        people = sa.insert(schema.AppUser).returning(schema.AppUser.id)
        gone = connection.scalar(people, {"issuer": "i", "subject": "s", "name": "n"})
        connection.execute(sa.delete(schema.AppUser))
    folder = tmp_path.parent / f"{tmp_path.name}-pg"
    copy = backup.back_up(postgresql_engine, USER, tmp_path, folder / "a.backup", KEY)
    for url, code in ((None, "system"), (postgresql_engine.url, "occupied")):
        named = url and url.render_as_string(hide_password=False)
        assert refused(folder / "a.backup", url=named) == code
    assert hashes(postgresql_engine) == copy.tables
    # Where rows are refused the database is empty again, so that the same copy may be tried again.
    assert refused(folder / "a.backup", Key(file=b"x" * 32), other_postgresql) == "closed"
    with monkeypatch.context() as patched:
        patched.setattr(dumping, "differing", lambda *_: ["project"])
        assert refused(folder / "a.backup", url=other_postgresql) == "differs"
    other = database.connect(other_postgresql)
    with database.reading(other) as connection:
        assert sa.inspect(connection).get_table_names() == []
    other.dispose()
    put_back = restoring.restore(folder / "a.backup", folder / "home", KEY, url=other_postgresql)
    assert put_back.copy.tables == copy.tables
    other = database.connect(other_postgresql)
    assert row_hashes.differing(hashes(other), copy.tables) == ["audit_event"]
    with database.reading(other) as connection:
        assert audit.verify(connection).broken == ()
    with pytest.raises(sa.exc.DBAPIError), database.writing(other) as connection:
        connection.execute(sa.delete(schema.AuditEvent))
    with database.writing(other) as connection:
        person = {"issuer": "i", "subject": "s", "name": "n"}
        assert connection.scalar(people, person) == gone + 1
    other.dispose()


# --- refused --------------------------------------------------------------------------------------


def refused(copy, key=KEY, url=None) -> str:
    """Why a copy is not put back; nothing of it may be left."""
    home = copy.parent / "refused"
    with pytest.raises(NotRestored) as told:
        restoring.restore(copy, home, key, url=url)
    assert not home.exists()
    assert not list(copy.parent.glob("refused.*"))
    return told.value.code


def test_a_wrong_key_a_short_file_and_a_changed_one_are_refused(copied):
    whole = copied.read_bytes()
    # 11 bytes of salt stand in the header, a chunk is 1 MB and its tag.
    cases = {
        "cut at a chunk": (whole[: len(whole) // 2 // CHUNK * CHUNK], "damaged"),
        "cut by a byte": (whole[:-1], "damaged"),
        "one bit": (_flipped(whole, len(whole) - 100), "damaged"),
        "first chunk": (_flipped(whole, 400), "closed"),
        "salt": (_flipped(whole, whole.index(b'"salt"') + 12), "closed"),
        "something else": (b"PK\3\4" + whole, "foreign"),
        "longer": (whole + b"x", "damaged"),
        "empty": (b"", "foreign"),
    }
    for name, (content, code) in cases.items():
        copied.write_bytes(content)
        assert (name, refused(copied)) == (name, code)
    copied.write_bytes(whole)
    assert refused(copied, Key(file=b"x" * 32)) == "closed"
    assert refused(copied, Key(passphrase="a long enough phrase")) == "closed"  # noqa: S106 - of this test


def _flipped(content: bytes, place: int) -> bytes:
    return content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]


def test_a_home_that_is_not_empty_and_a_newer_copy_are_refused(
    sqlite_engine, tmp_path, copied, monkeypatch
):
    with pytest.raises(NotRestored) as told:
        restoring.restore(copied, tmp_path, KEY)
    assert told.value.code == "not_empty"
    with pytest.raises(FileExistsError):
        backup.back_up(sqlite_engine, USER, tmp_path, copied, KEY)
    monkeypatch.setattr(database, "revisions", lambda: ["1"])
    assert refused(copied) == "newer"


def test_a_passphrase_seals_too_and_a_weak_one_does_not(sqlite_engine, tmp_path):
    phrase = "yhdeksän hyvää kissaa"
    file = tmp_path.parent / f"{tmp_path.name}.backup"
    backup.back_up(sqlite_engine, USER, tmp_path, file, Key(passphrase=phrase))
    restoring.restore(file, tmp_path.parent / f"{tmp_path.name}-home", Key(passphrase=phrase))
    for weak in ({"passphrase": "short"}, {"file": b"x" * 31}):
        with pytest.raises(WeakKey):
            Key(**weak)


@pytest.mark.parametrize("sizes", [4, pytest.param(50, marks=pytest.mark.nightly)])
def test_a_full_disk_leaves_no_copy_behind(sqlite_engine, tmp_path, copied, sizes):
    """T-40: no file may become longer than so many bytes, up to one less than the copy has."""
    file, last = copied.with_name("full.backup"), copied.stat().st_size - 1
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    for step in range(sizes):
        resource.setrlimit(resource.RLIMIT_FSIZE, (last * step // (sizes - 1), usual[1]))
        try:
            with pytest.raises(OSError, match=r"File too large|No space"):
                backup.back_up(sqlite_engine, USER, tmp_path, file, KEY)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        assert [path.name for path in copied.parent.iterdir()] == [copied.name]
        assert not list(tmp_path.glob("backup.*"))
    backup.back_up(sqlite_engine, USER, tmp_path, file, KEY)


# --- damaged files --------------------------------------------------------------------------------


def test_a_file_with_broken_pages_is_refused_and_never_read_wrong(sqlite_engine, tmp_path):
    opened(sqlite_engine)
    with sqlite_engine.connect() as connection:
        raw = connection.connection.driver_connection
        raw.execute("pragma wal_checkpoint(truncate)")
        size = raw.execute("pragma page_size").fetchone()[0]
    before = hashes(sqlite_engine)
    sqlite_engine.dispose()
    whole = (tmp_path / "arviomo.db").read_bytes()
    pages = len(whole) // size
    assert pages > 100  # T-45 asks for a hundred pages, taken over the whole file
    found = 0
    for place in range(0, pages, pages // 100):
        broken = tmp_path / "broken.db"
        start = place * size
        broken.write_bytes(whole[:start] + b"\xff" * size + whole[start + size :])
        engine = database.connect(f"sqlite:///{broken}")
        try:
            database.require_whole(engine)
        except (database.DamagedDatabase, sa.exc.DatabaseError):
            found += 1
        else:
            # A page that nothing is kept in: what is read is as it was.
            assert hashes(engine) == before
        finally:
            engine.dispose()
            for path in tmp_path.glob("broken.db*"):
                path.unlink()
    assert found > 90


def test_what_is_locked_is_not_called_damaged(sqlite_engine):
    with database.writing(sqlite_engine) as connection:
        connection.execute(sa.insert(schema.AppUser), {"issuer": "i", "subject": "s", "name": "n"})
        database.require_whole(sqlite_engine)
