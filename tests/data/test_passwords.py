"""T-26: passwords of ours are slow to guess, for everybody alike, and hold nobody else up."""

import statistics
import time
from datetime import UTC, datetime, timedelta

import argon2
import pytest
import sqlalchemy as sa

from data import access, passwords, records, schema, sessions
from data.access import Grant, NotPermitted, Role, User
from data.database import reading, writing
from data.passwords import Wait, WeakPassword, person_of, set_password

GOOD = "tarpeeksi pitkä salasana"
NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)


@pytest.fixture
def quick(monkeypatch):
    """Hashes that cost nothing, where what they cost is not what is asked."""
    cheap = argon2.PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(passwords, "_HASHER", cheap)


@pytest.fixture
def people(sqlite_engine):
    with writing(sqlite_engine) as connection:
        for subject in ("maija", "kalle"):
            person = records.add_user(
                connection,
                access.operator(),
                issuer=access.LOCAL_ISSUER,
                subject=subject,
                name=subject,
            )
            records.grant_role(connection, access.operator(), person, "steering")
            set_password(connection, access.operator(), person, GOOD)
    return sqlite_engine


def test_a_password_is_kept_as_argon2id_and_lets_its_person_in(people):
    with reading(people) as connection:
        kept = connection.scalars(sa.select(schema.LocalPassword.password_hash)).all()
    assert all(text.startswith("$argon2id$") for text in kept)
    assert len(set(kept)) == 2  # the same password, two salts
    assert person_of(people, "maija", GOOD, "10.0.0.1") == 1
    assert person_of(people, "maija", GOOD.upper(), "10.0.0.1") is None
    assert person_of(people, "Maija", GOOD, "10.0.0.1") is None


def tried(engine, name, address, now):
    try:
        return person_of(engine, name, "wrong", address, now)
    except Wait as wait:
        return wait.seconds


def test_t26_five_are_free_and_each_further_one_waits_twice_as_long(people, quick):
    assert [tried(people, "maija", "a", NOW) for _ in range(5)] == [None] * 5
    now, waits = NOW, []
    for _ in range(6):
        waits.append(tried(people, "maija", "a", now))
        now += timedelta(seconds=waits[-1])
        assert tried(people, "maija", "a", now) is None
    # A minute first (FIRST_WAIT), doubled each time; a second is added so that it is over.
    assert [wait // 60 for wait in waits] == [1, 2, 4, 8, 16, 32]


def test_t26_nobody_else_is_held_up(people, quick):
    for _ in range(8):
        tried(people, "maija", "attacker", NOW)
    with pytest.raises(Wait):
        person_of(people, "maija", GOOD, "attacker", NOW)
    set_again(people)
    assert person_of(people, "maija", GOOD, "home", NOW) == 1
    assert person_of(people, "kalle", GOOD, "attacker", NOW) == 2


def set_again(engine):
    """The passwords again, hashed as the test hashes."""
    with writing(engine) as connection:
        for person in (1, 2):
            set_password(connection, access.operator(), person, GOOD)


def test_t26_ten_thousand_tries_in_an_hour_are_a_dozen_looks(people, quick, monkeypatch):
    looked = []
    monkeypatch.setattr(passwords, "_is_right", lambda *said: looked.append(said) and False)
    for second in range(0, 3600, 4):  # 900 here; each of ten threads would be told to wait alike
        tried(people, "maija", "a", NOW + timedelta(seconds=second))
    # Five free ones, then waits of 1, 2, 4, 8, 16 and 32 minutes: 63 minutes are more than an hour.
    assert len(looked) == 5 + 5


def test_t26_a_quarter_of_an_hour_without_a_wrong_one_begins_anew(people, quick):
    for _ in range(4):
        tried(people, "maija", "a", NOW)
    later = NOW + timedelta(minutes=16)
    assert [tried(people, "maija", "a", later) for _ in range(5)] == [None] * 5


def test_t26_a_name_that_nobody_has_takes_as_long_from_the_first_time_on(people):
    def seconds(name):
        begun = time.process_time()
        person_of(people, name, "wrong", f"{name}-{begun}")
        return time.process_time() - begun

    first = seconds("nobody")
    times = {name: [seconds(name) for _ in range(5)] for name in ("maija", "nobody")}
    # One hash costs tens of milliseconds; without one for strangers the difference would be that.
    usual = statistics.median(times["maija"])
    assert abs(usual - statistics.median(times["nobody"])) < 0.3 * usual
    assert first < 1.6 * usual  # two hashes would be twice as much


def test_t26_the_hash_of_nobody_costs_what_everybodys_does():
    asked = argon2.extract_parameters(passwords._nobodys())
    assert asked == argon2.extract_parameters(passwords._HASHER.hash("any"))
    with pytest.raises(argon2.exceptions.VerifyMismatchError):
        passwords._HASHER.verify(passwords._nobodys(), "nobody has this password")


def looked_at(engine, tries, now=NOW):
    """How many of the tries, each a name and an address, were looked at."""
    return sum(tried(engine, name, address, now) is None for name, address in tries)


def test_t26_neighbours_in_one_half_of_an_address_are_one(people, quick):
    tries = [("maija", f"2001:db8:1:1::{number:x}") for number in range(40)]
    assert looked_at(people, tries) == passwords.FREE
    assert looked_at(people, [("maija", "2001:db8:1:2::1")]) == 1
    mapped = [("kalle", "192.0.2.1"), *[("kalle", "::ffff:192.0.2.1")] * 10]
    assert looked_at(people, mapped) == passwords.FREE


def test_t26_one_network_tries_no_thousand_names(people, quick):
    set_again(people)
    assert person_of(people, "kalle", GOOD, "198.51.100.7", NOW) == 2
    tries = [(f"name{number}", "198.51.100.7") for number in range(200)]
    assert looked_at(people, tries) == passwords.OF_A_NETWORK
    # Who has signed in from there before still does, and others from elsewhere for the first time.
    assert person_of(people, "kalle", GOOD, "198.51.100.7", NOW) == 2
    assert person_of(people, "maija", GOOD, "203.0.113.5", NOW) == 1
    with pytest.raises(Wait) as wait:
        person_of(people, "maija", GOOD, "198.51.100.7", NOW)
    assert wait.value.seconds <= 15 * 60 + 1
    assert person_of(people, "maija", GOOD, "198.51.100.7", NOW + passwords.WINDOW) == 1


def test_t26_a_thousand_networks_do_not_try_without_end_and_lock_nobody_out(people, quick):
    set_again(people)
    assert person_of(people, "maija", GOOD, "203.0.113.5", NOW) == 1
    tries = [("maija", f"10.1.{number // 250}.{number % 250}") for number in range(700)]
    assert looked_at(people, tries) == passwords.OF_ALL
    assert person_of(people, "maija", GOOD, "203.0.113.5", NOW) == 1
    with pytest.raises(Wait):
        person_of(people, "maija", GOOD, "203.0.113.6", NOW)


def test_t26_right_ones_are_no_wrong_ones(people, quick):
    set_again(people)
    for number in range(120):  # a class behind one address, day after day
        assert person_of(people, "maija", GOOD, f"2001:db8:0:{number:x}::1", NOW) == 1
        assert person_of(people, "kalle", GOOD, "198.51.100.7", NOW) == 2
    with reading(people) as connection:
        counted = connection.scalars(sa.select(schema.SignInFailure.failures)).all()
    assert max(counted) == 0


@pytest.mark.parametrize("password", ["", "short", "x" * 14, "x" * 1025, "ä" * 600])
def test_weak_passwords_are_refused(people, password):
    with pytest.raises(WeakPassword), writing(people) as connection:
        set_password(connection, access.operator(), 1, password)


def test_a_new_password_ends_every_session_and_only_an_administrator_sets_it(people, quick):
    with writing(people) as connection:
        token = sessions.begin(connection, 1)
        assert sessions.find(connection, token)
        set_password(connection, access.operator(), 1, GOOD)
        assert sessions.find(connection, token) is None
    with pytest.raises(NotPermitted), writing(people) as connection:
        set_password(connection, User(1, "m", (Grant(Role.EVALUATOR),)), 1, GOOD)


def test_somebody_disabled_and_somebody_of_a_provider_have_no_password_that_counts(people, quick):
    set_again(people)
    with writing(people) as connection:
        records.disable_user(connection, access.operator(), 1)
        connection.execute(
            sa.update(schema.AppUser).where(schema.AppUser.id == 2).values(issuer="https://idp")
        )
    assert person_of(people, "maija", GOOD, "a") is None
    assert person_of(people, "kalle", GOOD, "a") is None
    with reading(people) as connection:  # and no provider speaks for ours
        assert access.person_known(connection, access.LOCAL_ISSUER, "maija") is None
