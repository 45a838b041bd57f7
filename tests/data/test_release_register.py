"""Two releases that could be subtracted from each other are refused."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa

from data import database
from data.publication.release_register import (
    Population,
    TooClose,
    read_released,
    refuse_close,
    register,
)
from metrics.metric import Profile


def people(profile: Profile = Profile.INSIDE, split_value: str = "RES", **cells: int) -> Population:
    return Population(profile, None, "benefit@1", "end", "group", split_value, cells)


def test_two_filters_that_differ_by_one_man_are_refused():
    # Handbook on SDC: under 20 are 6, under 25 are 7 of the same area.
    young, younger = people(to_19=6, to_24=1), people(to_19=6)
    with pytest.raises(TooClose, match="fewer than 5"):
        refuse_close([young, younger])
    refuse_close([people(to_19=6, to_24=5), younger])


def test_areas_whose_borders_moved_by_two_people_are_refused():
    # Handbook on SDC: 50, 128, 39 by the old borders; 52, 130, 39 by the new.
    old = [people(a=50), people(b=128), people(c=39)]
    new = [people(a=50, strip=2), people(b=128, other_strip=2), people(c=39)]
    for before, after in zip(old[:2], new[:2], strict=True):
        with pytest.raises(TooClose):
            refuse_close([after], [before])
    refuse_close([new[2]], [old[2]])


def test_what_one_release_has_and_the_other_lost_counts_too():
    # Of 20 people 3 went and 3 came: the number is the same, the people are not.
    with pytest.raises(TooClose):
        refuse_close([people(kept=17, came=3)], [people(kept=17, went=3)])


def test_people_who_have_nobody_in_common_are_not_close():
    refuse_close([people(a=3), people(b=4)], [people(c=5)])


def test_the_public_asks_for_more():
    two = [people(a=20), people(a=20, b=7)]
    refuse_close(two)
    with pytest.raises(TooClose, match="fewer than 10"):
        refuse_close([people(Profile.PUBLIC, a=20), people(a=20, b=7)])


def test_the_register_remembers(engine: sa.Engine):
    with database.writing(engine) as connection:
        register(connection, [people(a=20)])
    with database.reading(engine) as connection:
        assert read_released(connection, "benefit@1") == [people(a=20)]
    with pytest.raises(TooClose), database.writing(engine) as connection:
        register(connection, [people(a=20, b=1)])
    with database.writing(engine) as connection:
        register(connection, [people(a=20, b=6), people(a=20)])
    with database.reading(engine) as connection:
        assert [each.people for each in read_released(connection, "benefit@1")] == [20, 26, 20]


def test_who_releases_waits_for_who_releases_now(engine: sa.Engine):
    refused, waited = [], threading.Event()

    def release() -> None:
        waited.set()
        try:
            with database.writing(engine) as connection:
                register(connection, [people(a=20, b=1)])
        except TooClose as close:
            refused.append(close)

    other = threading.Thread(target=release)
    with database.writing(engine) as connection:
        register(connection, [people(a=20)])
        other.start()
        waited.wait()
        # Without the lock the other would not see this one, and be done by now.
        other.join(0.5)
        assert other.is_alive()
    other.join()
    assert len(refused) == 1
    with database.reading(engine) as connection:
        assert [each.people for each in read_released(connection, "benefit@1")] == [20]
