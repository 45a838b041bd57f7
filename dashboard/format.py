"""How numbers, shares, changes, dates and sums are written: the only place that formats.

Finnish and Swedish: decimal comma, thin spaces between thousands, a space before the per cent
sign. English: decimal point, commas between thousands, no space. A negative number carries the
minus sign "−", never a hyphen. A value that does not exist is not a number: callers say its
reason in words, and these functions refuse it.
"""

from __future__ import annotations

import math
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from metrics.metric import Unit
from survey.text import LANGUAGES

MINUS = "−"
THIN_SPACE = "\u202f"  # narrow and never broken at a line's end
SPACE = "\u00a0"
DASH = "–"
HELSINKI = ZoneInfo("Europe/Helsinki")

#: Decimals that a figure of each unit is shown with; more would pretend to be more exact.
DECIMALS = {
    Unit.POINTS: 0,
    Unit.CHANGE: 1,
    Unit.SHARE: 0,
    Unit.SCORE: 0,
    Unit.COUNT: 0,
    Unit.COEFFICIENT: 2,
    Unit.EFFECT: 2,
    Unit.EFFECTIVE: 1,
    Unit.RATIO: 2,
    Unit.DAYS: 0,
    Unit.EUR: 0,
}
#: Units whose zero lies in the middle: their figures carry a sign.
SIGNED = frozenset({Unit.CHANGE, Unit.SCORE, Unit.EFFECT})
_DAYS = {"fi": "pv", "sv": "d", "en": "d"}
_HOURS = {"fi": "t", "sv": "h", "en": "h"}
#: A p-value below this is written as smaller than this: the rest of its digits say nothing.
LEAST_P = 0.001

_ENGLISH_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip


def number(value: float, language: str, decimals: int = 0) -> str:
    """A number as it is written in a language: 1 234,5 · 1 234,5 · 1,234.5.

    Raises: ValueError for a value that is not a finite number, KeyError for another language.
    """
    if language not in LANGUAGES:
        raise KeyError(language)
    if not math.isfinite(value):
        raise ValueError(f"{value} cannot be written as a number; say the reason in words")
    digits = f"{abs(value):,.{decimals}f}"
    if language != "en":
        digits = digits.replace(",", THIN_SPACE).replace(".", ",")
    shows_zero = not digits.strip(f"0.,{THIN_SPACE}")
    return f"{MINUS}{digits}" if value < 0 and not shows_zero else digits


def signed(value: float, language: str, decimals: int = 1) -> str:
    """A change with its sign: +3,2 · −1,0; a change that rounds to nothing has none: 0,0."""
    written = number(value, language, decimals)
    rises = value > 0 and written.strip(f"0.,{THIN_SPACE}")
    return f"+{written}" if rises else written


def count(value: int, language: str) -> str:
    """A whole number: 1 234."""
    return number(value, language)


def share(value: float, language: str, decimals: int = 0) -> str:
    """A share 0-1 as per cent: 45 % in Finnish and Swedish, 45% in English."""
    return f"{number(100 * value, language, decimals)}{'' if language == 'en' else SPACE}%"


def money(euros: float, language: str, decimals: int = 0) -> str:
    """A sum of euros: 12 500 € in Finnish and Swedish, €12,500 in English."""
    written = number(euros, language, decimals)
    if language != "en":
        return f"{written}{SPACE}€"
    return f"{MINUS}€{written[1:]}" if written.startswith(MINUS) else f"€{written}"


def figure(value: float, unit: Unit, language: str) -> str:
    """A figure in its metric's unit: points 62, change +4,5, share 45 %, days 14 pv, 1 200 €."""
    decimals = DECIMALS[unit]
    if unit is Unit.SHARE:
        # A few of very many are not nobody, and nearly all are not all.
        near = 0 < value <= 0.005 or 0.995 <= value < 1
        return share(value, language, 1 if near else decimals)
    if unit is Unit.EUR:
        return money(value, language, decimals)
    if unit in SIGNED:
        return signed(value, language, decimals)
    if unit is Unit.DAYS:
        return duration(value, language)
    return number(value, language, decimals)


def duration(days: float, language: str) -> str:
    """A time in days, and where it is short in hours or minutes: 14 pv, 5,4 pv, 19 t, 48 min."""
    minutes = round(days * 24 * 60)
    if 0 < minutes < 60:
        return f"{minutes}{SPACE}min"
    if 0 < minutes < 24 * 60:
        return f"{number(days * 24, language)}{SPACE}{_HOURS[language]}"
    decimals = 1 if days < 10 and not float(days).is_integer() else DECIMALS[Unit.DAYS]
    return f"{number(days, language, decimals)}{SPACE}{_DAYS[language]}"


def interval(low: float, high: float, unit: Unit, language: str) -> str:
    """The two ends of an interval: 45–52, 45–52 %, and with signs "−1,5 … +4,0"."""
    if unit in SIGNED or low < 0:
        return f"{figure(low, unit, language)}{SPACE}…{SPACE}{figure(high, unit, language)}"
    if unit is Unit.SHARE:
        first = number(100 * low, language, DECIMALS[unit])
        return f"{first}{DASH}{share(high, language, DECIMALS[unit])}"
    if unit is Unit.DAYS:
        whole = float(low).is_integer() and float(high).is_integer()
        first = number(low, language) if whole else figure(low, unit, language)
        return f"{first}{DASH}{figure(high, unit, language)}"
    return f"{figure(low, unit, language)}{DASH}{figure(high, unit, language)}"


def chance(p: float, language: str) -> str:
    """A p-value: 0,034, and < 0,001 where it is smaller than that."""
    if p < LEAST_P:
        return f"<{SPACE}{number(LEAST_P, language, 3)}"
    return number(p, language, 3)


def day(on: date, language: str) -> str:
    """A day: 22.11.2026 in Finnish and Swedish, 22 November 2026 in English."""
    if language == "en":
        return f"{on.day} {_ENGLISH_MONTHS[on.month - 1]} {on.year}"
    if language not in LANGUAGES:
        raise KeyError(language)
    return f"{on.day}.{on.month}.{on.year}"


def days(first: date | None, last: date | None, language: str) -> str:
    """A stretch of days: 1.2.2026–30.6.2026; open where an end is not known: 1.2.2026–."""
    gap = f" {DASH} " if language == "en" else DASH
    start = day(first, language) if first else ""
    end = day(last, language) if last else ""
    return f"{start}{gap}{end}".strip()


def moment(at: datetime, language: str) -> str:
    """A time that is kept in UTC, as the clock in Helsinki showed it: 22.11.2026 klo 14.05."""
    here = (at if at.tzinfo else at.replace(tzinfo=UTC)).astimezone(HELSINKI)
    if language == "en":
        return f"{day(here.date(), language)} at {here:%H:%M}"
    clock = f"{here.hour}.{here:%M}"
    return f"{day(here.date(), language)} {'klo' if language == 'fi' else 'kl.'} {clock}"


def size(octets: int, language: str) -> str:
    """How large a file is: 340 kt, 1,2 Mt; in English and Swedish kB, MB."""
    letter = "t" if language == "fi" else "B"
    if octets < 1_000_000:
        return f"{number(max(1, octets / 1000), language)}{SPACE}k{letter}"
    return f"{number(octets / 1_000_000, language, 1)}{SPACE}M{letter}"
