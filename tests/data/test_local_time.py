"""Finnish clock times on every day, the two odd ones hour by hour (trust.md T-47)."""

from __future__ import annotations

import os
import time
from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from data.fieldwork.local_time import day_of, moment, on_the_clock


@pytest.mark.parametrize(
    ("local", "opens", "closes"),
    [
        # The clock goes back at 04:00 summer time (01:00 UTC): 03:30 comes twice.
        ("2026-10-25 02:59", "2026-10-24 23:59", "2026-10-24 23:59"),
        ("2026-10-25 03:00", "2026-10-25 00:00", "2026-10-25 01:00"),
        ("2026-10-25 03:30", "2026-10-25 00:30", "2026-10-25 01:30"),
        ("2026-10-25 04:00", "2026-10-25 02:00", "2026-10-25 02:00"),
        # The clock goes forward at 03:00 (01:00 UTC): 03:30 does not come and means 04:30.
        ("2027-03-28 02:59", "2027-03-28 00:59", "2027-03-28 00:59"),
        ("2027-03-28 03:30", "2027-03-28 01:30", "2027-03-28 01:30"),
        ("2027-03-28 04:30", "2027-03-28 01:30", "2027-03-28 01:30"),
        ("2028-02-29 12:00", "2028-02-29 10:00", "2028-02-29 10:00"),
    ],
)
def test_a_time_on_a_finnish_clock_means_one_moment(local, opens, closes):
    told = datetime.fromisoformat(local)
    assert moment(told) == datetime.fromisoformat(opens).replace(tzinfo=UTC)
    assert moment(told, closing=True) == datetime.fromisoformat(closes).replace(tzinfo=UTC)


@pytest.mark.parametrize("day", [datetime(2026, 10, 25), datetime(2027, 3, 28)])
def test_what_opens_and_closes_at_the_same_time_is_never_open_backwards(day):
    for quarter in range(24 * 4):
        local = day + timedelta(minutes=15 * quarter)
        assert moment(local) <= moment(local, closing=True)
        later = local + timedelta(minutes=15)
        assert moment(local, closing=True) <= moment(later, closing=True) or local.hour == 3


def test_a_moment_with_a_zone_is_taken_as_it_is():
    told = datetime(2026, 10, 25, 3, 30, tzinfo=timezone(timedelta(hours=2)))
    assert moment(told) == moment(told, closing=True) == datetime(2026, 10, 25, 1, 30, tzinfo=UTC)


def test_the_day_is_the_finnish_one():
    assert day_of(datetime(2026, 11, 9, 21, 59, tzinfo=UTC)) == date(2026, 11, 9)
    assert day_of(datetime(2026, 11, 9, 22, 0, tzinfo=UTC)) == date(2026, 11, 10)
    assert day_of(datetime(2026, 11, 9, 22, 0)) == date(2026, 11, 10)
    assert on_the_clock(datetime(2026, 7, 1, 12, 0, tzinfo=UTC)).hour == 15


@pytest.mark.parametrize("zone", ["UTC", "Europe/Helsinki", "America/New_York", "Asia/Tokyo", ""])
def test_the_zone_of_the_machine_does_not_matter(monkeypatch, zone):
    monkeypatch.setitem(os.environ, "TZ", zone)
    time.tzset()
    try:
        assert moment(datetime(2026, 10, 25, 3, 30), closing=True) == datetime(
            2026, 10, 25, 1, 30, tzinfo=UTC
        )
        assert day_of(datetime(2026, 11, 9, 22, 0, tzinfo=UTC)) == date(2026, 11, 10)
    finally:
        monkeypatch.undo()
        time.tzset()
