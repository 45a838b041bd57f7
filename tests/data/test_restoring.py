"""What an older copy may not bring back: sign-ins, people and roles that were shut out, keys."""

from __future__ import annotations

import ast
import resource
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

import dashboard
from data import access, audit, database, records, schema, sessions
from data.keeping import backup, marks, restoring
from data.keeping.doors import Shut, kept_shut
from data.keeping.sealed import Key
from data.records import invited
from data.releases import keys, rotation
from tests.data import released
from tests.data.asked import USER

KEY = Key(file=b"k" * 32)


@pytest.fixture
def house(sqlite_engine, tmp_path):
    """Three people with roles, one of them signed in; their numbers, and a token."""
    with database.writing(sqlite_engine) as connection:
        project = sa.insert(schema.Project).returning(schema.Project.id)
        number = connection.scalar(project, {"code": "a", "name_fi": "A"})
        people = [
            records.add_user(connection, USER, issuer="https://i", subject=name, name=name)
            for name in ("one", "two", "three")
        ]
        for person in people:
            records.grant_role(connection, USER, person, "manager", project=number)
            records.grant_role(connection, USER, person, "evaluator")
        token = sessions.begin(connection, people[0])
    return people, token


@contextmanager
def changed(engine, home, person):
    with database.writing(engine) as connection, kept_shut(connection, home, person):
        yield connection


@contextmanager
def put_back(file, home, erased=None):
    """What became of a copy, and a connection to what was put back."""
    told = restoring.restore(file, home, KEY, erased)
    engine = database.connect(f"sqlite:///{home / 'arviomo.db'}")
    with database.reading(engine) as connection:
        yield told, connection
    engine.dispose()


def test_nobody_is_let_in_by_an_older_copy_who_was_shut_out_since(
    sqlite_engine, tmp_path, tmp_path_factory, house
):
    (one, two, three), token = house
    folder = tmp_path_factory.mktemp("copies")
    backup.back_up(sqlite_engine, USER, tmp_path, folder / "a", KEY)
    with changed(sqlite_engine, tmp_path, one) as connection:
        records.disable_user(connection, USER, one)
    with changed(sqlite_engine, tmp_path, two) as connection:
        records.withdraw_role(connection, USER, two, "evaluator")
    # Who was shut out and let in again stays in.
    with changed(sqlite_engine, tmp_path, three) as connection:
        records.withdraw_role(connection, USER, three, "evaluator")
        records.disable_user(connection, USER, three)
    with changed(sqlite_engine, tmp_path, three) as connection:
        records.enable_user(connection, USER, three)
        records.grant_role(connection, USER, three, "evaluator")
    with put_back(folder / "a", folder / "home", tmp_path / marks.FILE) as (told, connection):
        assert (told.sessions, told.shut) == (1, Shut(people=1, roles=1))
        assert sessions.find(connection, token) is None
        found = {p.subject: p for p in records.users(connection, USER)}
        shut = {name: person.disabled_at is not None for name, person in found.items()}
        assert shut == {"one": True, "two": False, "three": False}
        roles = {name: [g.role for g in person.grants] for name, person in found.items()}
        assert roles["two"] == ["manager"]
        assert roles["three"] == ["manager", "evaluator"]
    # Nobody knows of it without the list: what the copy held comes back, but no sign-in.
    with put_back(folder / "a", folder / "other") as (told, connection):
        assert (told.sessions, told.shut) == (1, Shut())
        assert sessions.find(connection, token) is None


def test_an_invitation_of_an_older_copy_lets_nobody_in(
    sqlite_engine, tmp_path, tmp_path_factory, house
):
    folder = tmp_path_factory.mktemp("copies")
    with database.writing(sqlite_engine) as connection:
        person, code = invited.invite_user(connection, USER, "Four")
    backup.back_up(sqlite_engine, USER, tmp_path, folder / "a", KEY)
    with database.writing(sqlite_engine) as connection:
        invited.accept_invitation(connection, code, "https://i", "four")
    with changed(sqlite_engine, tmp_path, person) as connection:
        records.disable_user(connection, USER, person)
    for erased in (tmp_path / marks.FILE, None):
        with put_back(folder / "a", folder / f"home-{erased is None}", erased) as (_, connection):
            assert invited.invitations(connection, USER) == {}
            assert invited.accept_invitation(connection, code, "https://i", "five") is None


CHANGES = {"grant_role", "withdraw_role", "disable_user", "enable_user", "cancel_invitation"}


def test_whatever_changes_who_is_let_in_keeps_it_shut():
    """A door that is opened without losing its mark would be shut again by the next refresh."""
    found = {}
    for path in sorted(Path(dashboard.__path__[0]).rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        kept = {
            call
            for block in ast.walk(tree)
            if isinstance(block, ast.With) and "kept_shut" in ast.dump(block.items[0])
            for call in ast.walk(block)
        }
        # What such a block calls by its name is done in it too.
        called = {getattr(call.func, "id", "") for call in kept if isinstance(call, ast.Call)}
        kept |= {
            call
            for act in ast.walk(tree)
            if isinstance(act, ast.FunctionDef) and act.name in called
            for call in ast.walk(act)
        }
        for call in ast.walk(tree):
            if isinstance(call, ast.Call) and getattr(call.func, "attr", "") in CHANGES:
                found[path.name, call.lineno] = call in kept
    assert found and all(found.values()), found


def test_the_audit_tells_of_a_copy_that_was_put_back_and_goes_on(
    sqlite_engine, tmp_path, tmp_path_factory, house
):
    folder = tmp_path_factory.mktemp("copies")
    copy = backup.back_up(sqlite_engine, USER, tmp_path, folder / "a", KEY)
    with database.reading(sqlite_engine) as connection:
        head = audit.verify(connection).head
    with put_back(folder / "a", folder / "home") as (_, connection):
        chain = audit.verify(connection)
        assert (chain.broken, audit.holds(connection, head)) == ((), True)
        [last] = audit.events(connection, USER, limit=1)
        assert (last.action, last.subject) == ("restore", "database")
        assert f'"rows": {copy.rows}' in last.detail
        assert copy.taken_at.isoformat() in last.detail


@pytest.mark.parametrize("compromised", [False, True])
def test_a_key_that_was_retired_since_signs_nothing_after_an_older_copy(
    sqlite_engine, tmp_path, tmp_path_factory, compromised
):
    released.fill(sqlite_engine, tmp_path)
    frozen = released.release(sqlite_engine, tmp_path)
    old = keys.public_key(tmp_path)
    folder = tmp_path_factory.mktemp("copies")
    backup.back_up(sqlite_engine, USER, tmp_path, folder / "a", KEY)
    with database.writing(sqlite_engine) as connection:
        rotation.rotate(connection, access.operator(), tmp_path, compromised=compromised)
    with put_back(folder / "a", folder / "home", tmp_path / marks.FILE) as (told, connection):
        assert told.key_replaced
        assert audit.verify(connection).broken == ()
    home = folder / "home"
    assert keys.public_key(home) != old
    word, signed = keys.public_keys(home)[old]
    assert (word, signed) == ("compromised" if compromised else "retired", {frozen.sha256})
    # Files that were put back by hand, with the list beside them: the key is refused.
    by_hand = folder / "by-hand"
    with put_back(folder / "a", by_hand) as (told, _):
        assert (told.key_replaced, keys.public_key(by_hand)) == (False, old)
    (by_hand / marks.FILE).write_bytes((tmp_path / marks.FILE).read_bytes())
    with pytest.raises(keys.ExposedKey, match="retired"):
        keys.signing_key(by_hand)


@pytest.mark.parametrize("sizes", [4, pytest.param(50, marks=pytest.mark.nightly)])
def test_a_full_disk_leaves_nothing_that_is_half_put_back(
    sqlite_engine, tmp_path, tmp_path_factory, sizes
):
    """T-40: no file may become longer than so many bytes, up to one less than the database has."""
    folder = tmp_path_factory.mktemp("copies")
    backup.back_up(sqlite_engine, USER, tmp_path, folder / "a", KEY)
    restoring.restore(folder / "a", folder / "whole", KEY)
    last = (folder / "whole" / "arviomo.db").stat().st_size - 1
    usual = resource.getrlimit(resource.RLIMIT_FSIZE)
    for step in range(sizes):
        resource.setrlimit(resource.RLIMIT_FSIZE, (last * step // (sizes - 1), usual[1]))
        try:
            with pytest.raises(OSError, match=r"File too large|No space"):
                restoring.restore(folder / "a", folder / "home", KEY)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, usual)
        assert sorted(path.name for path in folder.iterdir()) == ["a", "whole"]
    restoring.restore(folder / "a", folder / "home", KEY)
