"""Releases: what is frozen, what is pending, corrections, and figures made again."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from data import database, schema
from data.access import NotPermitted
from data.releases import chain, keys, reading, recompute
from data.releases.freeze import RefusedRelease, release
from data.releases.verify_release import read as read_release
from data.releases.verify_release import verify
from data.reporting import history, proofs
from data.reporting.values import RefusedReport, save
from tests.data import released, reported
from tests.data.released import contents, value_of
from tests.data.reported import (
    CITY_FUNDER,
    EVALUATOR,
    FUNDER,
    MANAGER,
    OTHER,
    STEERING,
    read,
    write,
)


@pytest.fixture
def world(sqlite_engine, tmp_path):
    """An engine, its home and the numbers of its values."""
    return sqlite_engine, tmp_path, released.fill(sqlite_engine, tmp_path)


def refused(engine, home, **more) -> str:
    with pytest.raises(RefusedRelease) as error:
        released.release(engine, home, **more)
    assert str(error.value)
    return error.value.code


def differences(engine, home, frozen):
    return read(engine, recompute.differences, home, read_release(frozen.document))


# --- what is frozen -----------------------------------------------------------------------------


def test_a_release_freezes_what_is_approved_and_locks_it(engine, tmp_path):
    numbers = released.fill(engine, tmp_path)
    frozen = released.release(engine, tmp_path)
    # Five values are approved; one waits, and one was never told.
    assert (frozen.values, frozen.pending, frozen.corrects) == (5, 2, None)
    status = released.statuses(engine)
    assert status[numbers["pending"]] == "submitted"
    assert {status[n] for name, n in numbers.items() if name != "pending"} == {"locked"}
    assert verify(frozen.document, keys.public_keys(tmp_path))["sha256"] == frozen.sha256
    assert read(engine, chain.check, tmp_path) == []
    assert differences(engine, tmp_path, frozen) == []
    told = contents(frozen)
    assert {each["key"] for each in told["definitions"]} == {
        "ARV-PARTICIPATIONS@1", "RCO01@1", "RCR03@2",
    }  # fmt: skip
    assert [each["code"] for each in told["projects"]] == ["p1", "p2"]
    assert (told["publication"], told["figures"]) == (None, [])


def test_what_is_pending_is_named_and_never_counted(world):
    engine, home, _ = world
    told = contents(released.release(engine, home))
    where = {"project": 1, "period": 2}
    assert sorted(told["pending"], key=lambda each: each["indicator"]) == [
        where | {"indicator": "ARV-PARTICIPATIONS@1", "status": None},
        where | {"indicator": "RCR03@2", "status": "submitted"},
    ]
    hand = [each for each in told["totals"] if each["indicator"] == "RCR03@2"]
    # 3 were approved; the 4 that wait are in no sum.
    assert [(each["sum"], each["values"], each["of"]) for each in hand] == [("3", 1, 1)]


def test_an_enterprise_of_two_projects_is_counted_once(world):
    engine, home, _ = world
    told = contents(released.release(engine, home))
    firms = next(each for each in told["totals"] if each["indicator"] == "RCO01@1")
    # Project 1: 1 and 2, then 1 and 3; project 2: 1 and 2. Six in sum, three of them different.
    assert (firms["sum"], firms["distinct"], firms["overlap"]) == ("6", 3, 3)


def test_items_go_along_with_their_reasons_and_proofs_with_their_hashes(world):
    engine, home, numbers = world
    value = value_of(released.release(engine, home), numbers["firms"])
    assert value["exclusions"] == {"duplicate": 1, "no_business_id": 1}
    assert len(value["items"]) == 4
    assert all(len(item["entity"]) == 64 for item in value["items"])
    # b"nimi;paiva..." of tests/data/released.py, by sha256sum.
    listed, linked = value["proofs"]
    assert listed["sha256"] is not None and linked["link"] == "https://example.org/muistio"
    assert [event["act"] for event in value["events"]] == [
        "drafted", "counted", "submitted", "approved", "locked",
    ]  # fmt: skip


def test_people_are_told_as_those_outside_read_them(world):
    engine, home, numbers = world
    value = value_of(released.release(engine, home), numbers["people"])
    # 7 residents came in the period: fewer than ten.
    assert (value["state"], value["value"], value["items"]) == ("suppressed", None, None)
    assert value["exclusions"] is None


def test_nothing_that_names_anybody_is_in_a_release(world):
    engine, home, _ = world
    document = released.release(engine, home).document.decode()
    for told in ("1000001-1", "O1", "Arvioija", "Pääkäyttäjä"):
        assert f'"{told}"' not in document


def test_both_databases_give_the_same_bytes(
    sqlite_engine, postgresql_engine, tmp_path, monkeypatch
):
    for module in (history, proofs):
        monkeypatch.setattr(module, "datetime", released.Clock)
    told = []
    for engine in (sqlite_engine, postgresql_engine):
        released.fill(engine, tmp_path)
        told.append(released.release(engine, tmp_path).document)
    assert told[0] == told[1]


# --- what is refused ----------------------------------------------------------------------------


def test_a_release_without_anything_approved_is_refused(sqlite_engine, tmp_path):
    engine = reported.fill(sqlite_engine)
    assert refused(engine, tmp_path) == "no_period"
    target = reported.promised(engine, "RCR03@2")
    reported.submitted(engine, target, reported.opened(engine), 3)
    assert refused(engine, tmp_path) == "nothing_approved"
    assert refused(engine, tmp_path, ends_on=date(2024, 1, 1)) == "reversed"
    with engine.connect() as connection:
        assert connection.scalar(sa.select(sa.func.count(schema.Release.id))) == 0


@pytest.mark.parametrize("user", [MANAGER, FUNDER, STEERING], ids=lambda user: user.name)
def test_only_evaluators_and_administrators_release(world, user):
    engine, home, _ = world
    with pytest.raises(NotPermitted):
        write(
            engine, release, user, home, funder=1, starts_on=released.DAYS[0],
            ends_on=released.DAYS[1],
        )  # fmt: skip


def test_a_locked_value_is_not_saved_over(world):
    engine, home, numbers = world
    released.release(engine, home)
    seen = reported.version(engine, numbers["hand"])
    with pytest.raises(RefusedReport) as error:
        write(engine, save, EVALUATOR, numbers["hand"], seen, {"value": 9})
    assert error.value.code == "locked"


# --- corrections --------------------------------------------------------------------------------


def test_a_correction_is_a_new_release_and_keeps_the_old(world):
    engine, home, numbers = world
    first = released.release(engine, home)
    assert refused(engine, home) == "nothing_new"
    new = released.corrected(engine, numbers["hand"], 5)
    assert refused(engine, home) == "reason_missing"
    second = released.release(engine, home, reason="Yksi yritys puuttui.")
    assert second.corrects == first.id
    told = contents(second)
    assert (told["corrects"], told["reason"]) == (first.sha256, "Yksi yritys puuttui.")
    assert value_of(second, new)["value"] == "5"
    assert value_of(first, numbers["hand"])["value"] == "3"
    assert numbers["hand"] not in [each["reported"] for each in told["values"]]
    assert read(engine, chain.check, home) == []
    newest, oldest = read(engine, reading.releases, EVALUATOR)
    assert (newest.corrects, oldest.corrected_by) == (first.id, second.id)
    handed = read(engine, reading.file_of, EVALUATOR, first.id, home)
    assert handed == (f"release-{first.id}.json", first.document)


def test_a_project_has_releases_of_its_own_and_who_sees_which(world):
    engine, home, _ = world
    whole = released.release(engine, home)
    own = released.release(engine, home, project=1)
    assert {each["project"] for each in contents(own)["values"]} == {1}
    assert read_release(own.document)["seal"]["previous"] == whole.sha256
    assert read(engine, chain.check, home) == []
    for user, seen in (
        (EVALUATOR, {whole.id, own.id}), (STEERING, {whole.id, own.id}), (MANAGER, {own.id}),
        (FUNDER, {whole.id, own.id}), (OTHER, set()), (CITY_FUNDER, set()),
    ):  # fmt: skip
        assert {each.id for each in read(engine, reading.releases, user)} == seen
    with pytest.raises(NotPermitted):
        read(engine, reading.file_of, MANAGER, whole.id, home)


# --- made again ---------------------------------------------------------------------------------


def test_a_changed_record_is_named_by_the_figure_that_it_moves(world):
    engine, home, numbers = world
    frozen = released.release(engine, home)
    place = [each["reported"] for each in contents(frozen)["values"]].index(numbers["firms"])
    with database.writing(engine) as connection:
        event = schema.ActivityEvent
        # Company 2 was at event 1 alone; in the first half only company 1 is left at event 2.
        link = schema.EventOrganisation
        connection.execute(sa.delete(link).where(link.event_id == 1, link.organisation_id == 2))
        assert connection.scalar(sa.select(event.id).where(event.id == 1)) == 1
    found = differences(engine, home, frozen)
    assert (f"values[{place}].value", "2", "1") in [(d.path, d.was, d.now) for d in found]
    gone = [d for d in found if d.path.startswith(f"values[{place}].items[")]
    assert [d.now for d in gone] == [None]
    assert {d.code for d in found} == {"counted"}
    # The release itself is as it was.
    assert read(engine, chain.check, home) == []


def test_people_who_were_changed_are_said_to_differ_and_not_how(world):
    engine, home, numbers = world
    frozen = released.release(engine, home)
    with database.writing(engine) as connection:
        came = schema.EventParticipants
        connection.execute(sa.update(came).where(came.event_id == 1).values(people=8))
    found = differences(engine, home, frozen)
    place = [each["reported"] for each in contents(frozen)["values"]].index(numbers["people"])
    assert {d.path for d in found} == {f"values[{place}].value", f"values[{place}].cumulative"}
    assert {(d.was, d.now) for d in found} == {(None, None)}


def test_a_lost_and_a_changed_file_are_named(world):
    engine, home, numbers = world
    frozen = released.release(engine, home)
    sha256 = value_of(frozen, numbers["firms"])["proofs"][0]["sha256"]
    path = proofs.path_of(home, sha256)
    path.write_bytes(b"muuta")
    assert [d.code for d in differences(engine, home, frozen)] == ["proof_changed"]
    path.unlink()
    assert [d.code for d in differences(engine, home, frozen)] == ["proof_gone"]
