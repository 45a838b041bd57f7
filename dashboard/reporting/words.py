"""Reported values in words: numbers in their unit, states, steps, attainment and pace."""

from __future__ import annotations

from decimal import Decimal

from dashboard import format as written
from dashboard.wording import say
from data.reporting.desk import DeskLine
from data.reporting.periods import Period
from data.reporting.targets import Target
from metrics.indicators.indicator import Counting, Indicator
from metrics.metric import ValueState
from metrics.reasons import STATES

#: Decimals that a number is shown with at most.
MOST_DECIMALS = 4
#: From this many hundredths on somebody is ahead of the calendar, or behind it.
NOTABLE = 5
#: Where a figure came to rest, and what still waits for somebody.
APPROVED, PENDING, OPEN = ("approved", "locked"), ("submitted",), ("draft", "returned")


def number(value: Decimal | float | None, language: str) -> str:
    """A number with the decimals that it has; a dash where there is none."""
    if value is None:
        return say("table.none", language)
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    places = max(-int(exact.normalize().as_tuple().exponent), 0)
    return written.number(float(exact), language, min(places, MOST_DECIMALS))


def amount(value: Decimal | float | None, indicator: Indicator, language: str) -> str:
    """A number with its unit: 18 yritystä."""
    if value is None:
        return say("table.none", language)
    return f"{number(value, language)} {indicator.unit.label.in_language(language)}"


def called(indicator: Indicator, language: str) -> str:
    """An indicator by name and code."""
    return f"{indicator.label.in_language(language)} ({indicator.code})"


def state_words(state: ValueState, language: str) -> str:
    return STATES[state].in_language(language)


def status_words(status: str | None, language: str) -> str:
    """How far a reported value has come."""
    return say(f"report.status.{status or 'none'}", language)


def told(line: DeskLine, language: str, *, period: bool) -> str:
    """The figure of the period, or of all so far, as a cell: a number, or in words why there is
    none."""
    if line.indicator.counting is Counting.WORDS and line.state is ValueState.VALUE:
        return say("report.in_words", language) if period else say("table.none", language)
    if line.state not in (ValueState.VALUE, ValueState.ZERO):
        if line.state is ValueState.SUPPRESSED and not period and line.cumulative is not None:
            return number(line.cumulative, language)
        return state_words(line.state, language)
    value = line.value if period else line.achieved
    if value is None:
        return state_words(hidden_or_missing(line), language)
    return number(value, language)


def hidden_or_missing(line: DeskLine) -> ValueState:
    """Why one of the two numbers of a line is not there."""
    return ValueState.SUPPRESSED if line.rounded else ValueState.NOT_REPORTED


def target_words(target: Target, language: str) -> str:
    """Where it starts and where it is to come: 0 → 12 (30.6.2026)."""
    if target.target is None:
        return say("report.no_target", language)
    words = f"{number(target.baseline, language)} → {number(target.target, language)}"
    if target.target_on is not None:
        words += f" ({written.day(target.target_on, language)})"
    return words


def attained_words(line: DeskLine, language: str) -> str:
    """How much of the way to the target is gone; or why that is not defined."""
    if line.attained is None:
        same = line.target.target is not None and line.target.baseline == line.target.target
        return say("report.undefined" if same else "table.none", language)
    return written.share(line.attained, language)


def pace_words(line: DeskLine, language: str) -> str:
    """Whether that is ahead of the calendar, in hundredths of the way."""
    if line.ahead is None:
        return say("table.none", language)
    points = round(100 * line.ahead)
    if abs(points) < NOTABLE:
        return say("report.pace.on", language)
    way = "ahead" if points > 0 else "behind"
    return say(f"report.pace.{way}", language, n=written.count(abs(points), language))


def period_words(period: Period | None, language: str) -> str:
    """A payment period: kausi 2, 1.1.2024–31.12.2024; a dash where there is none."""
    if period is None:
        return say("table.none", language)
    days = written.days(period.starts_on, period.ends_on, language)
    return say("report.period", language, n=period.number, days=days)


def basis_words(basis: str | None, language: str) -> str:
    return say(f"report.basis.{basis}", language) if basis else say("table.none", language)
