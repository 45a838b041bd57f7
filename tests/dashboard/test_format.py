"""How numbers and dates are written; the expected texts are what Finnish readers are used to."""

import math
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard import format as written
from metrics.metric import Unit

THIN, FIXED = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("value", "decimals", "language", "text"),
    [
        (1234567.891, 1, "fi", f"1{THIN}234{THIN}567,9"),
        (1234567.891, 1, "sv", f"1{THIN}234{THIN}567,9"),
        (1234567.891, 1, "en", "1,234,567.9"),
        (-2.75, 2, "fi", "−2,75"),
        (-0.04, 1, "fi", "0,0"),  # a rounded nothing has no sign
        (0, 0, "sv", "0"),
    ],
)
def test_numbers(value, decimals, language, text):
    assert written.number(value, language, decimals) == text


@pytest.mark.parametrize("value", [math.nan, math.inf, -math.inf])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="say the reason in words"):
        written.number(value, "fi")


@given(st.floats(-1e12, 1e12), st.integers(0, 3))
def test_a_written_number_reads_back(value, decimals):
    text = written.number(value, "fi", decimals)
    back = float(text.replace(THIN, "").replace(",", ".").replace("−", "-"))
    assert back == pytest.approx(value, abs=0.5 * 10**-decimals + 1e-3)
    assert "-" not in text


@pytest.mark.parametrize(
    ("value", "text"), [(3.24, "+3,2"), (-1.0, "−1,0"), (0.0, "0,0"), (0.04, "0,0")]
)
def test_changes_carry_their_sign(value, text):
    assert written.signed(value, "fi") == text


def test_shares():
    assert written.share(0.453, "fi") == f"45{FIXED}%"
    assert written.share(0.453, "en") == "45%"
    assert written.share(1, "sv", 1) == f"100,0{FIXED}%"


def test_money():
    assert written.money(12500, "fi") == f"12{THIN}500{FIXED}€"
    assert written.money(-12500, "en") == "−€12,500"


@pytest.mark.parametrize(
    ("unit", "text"),
    [
        (Unit.POINTS, "62"),
        (Unit.CHANGE, "+61,7"),
        (Unit.SCORE, "+62"),
        (Unit.COUNT, "62"),
    ],
)
def test_figures_in_their_units(unit, text):
    assert written.figure(61.7, unit, "fi") == text


def test_intervals():
    assert written.interval(0.45, 0.52, Unit.SHARE, "fi") == f"45–52{FIXED}%"
    assert written.interval(45, 52, Unit.POINTS, "sv") == "45–52"
    assert written.interval(-1.5, 4, Unit.CHANGE, "fi") == f"−1,5{FIXED}…{FIXED}+4,0"


def test_days():
    assert written.day(date(2026, 3, 1), "fi") == "1.3.2026"
    assert written.day(date(2026, 3, 1), "en") == "1 March 2026"
    assert written.days(date(2026, 2, 1), date(2026, 6, 30), "fi") == "1.2.2026–30.6.2026"
    assert written.days(date(2026, 2, 1), None, "sv") == "1.2.2026–"
    with pytest.raises(KeyError):
        written.day(date(2026, 3, 1), "de")


def test_moments_are_shown_as_helsinki_clocks_show_them():
    # Helsinki is three hours ahead of UTC in summer and two in winter.
    assert written.moment(datetime(2026, 7, 1, 9, 5, tzinfo=UTC), "fi") == "1.7.2026 klo 12.05"
    assert written.moment(datetime(2026, 12, 31, 23, 5), "sv") == "1.1.2027 kl. 1.05"
    assert written.moment(datetime(2026, 7, 1, 9, 5), "en") == "1 July 2026 at 12:05"


def test_sizes_of_files():
    assert written.size(1_240_000, "fi") == f"1,2{FIXED}Mt"
    assert written.size(12, "en") == f"1{FIXED}kB"


def test_a_few_of_very_many_are_not_nobody():
    assert written.figure(0.0021, Unit.SHARE, "en") == "0.2%"
    assert written.figure(0.0, Unit.SHARE, "en") == "0%"
    assert written.figure(0.996, Unit.SHARE, "en") == "99.6%"
    assert written.figure(1.0, Unit.SHARE, "en") == "100%"
    assert written.figure(0.005, Unit.SHARE, "en") == "0.5%"  # half to even would make it 0
