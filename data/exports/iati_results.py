"""One promised indicator as IATI tells it: baseline, payment periods, and the whole way."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal

from data import records
from data.exports.iati_words import child, narrative_in, narratives, words
from data.reporting.reading import DeskLine, is_of_people, protected
from metrics.indicators.indicator import Counting, Indicator
from metrics.metric import ValueState
from survey.text import LANGUAGES, Text

#: IATI's measures: a number of units, a percentage, told in words.
_UNIT, _PERCENT, _WORDS = "1", "2", "5"
#: The vocabulary of references that IATI leaves to whoever reports.
_OWN = "99"
#: Where the common indicators of a period are defined; all others are defined by us.
_REGULATIONS = {
    "2014-2020": "http://data.europa.eu/eli/reg/2013/1301/oj",
    "2021-2027": "http://data.europa.eu/eli/reg/2021/1058/oj",
}
_TOLD = (ValueState.VALUE, ValueState.ZERO)


def indicator_element(
    newest: DeskLine, lines: Sequence[DeskLine], project: records.Project, state: str
) -> ET.Element:
    """The indicator element of a target.

    newest: its newest approved line; lines: all of them by time. state: the name of the element
    that says why a period has no number.
    """
    newest, lines = outside(newest), [outside(line) for line in lines]
    indicator = newest.indicator
    element = ET.Element("indicator", _attributes(indicator))
    child(element, "title", narratives(indicator.label))
    child(element, "description", narratives(_description(newest, lines)))
    element.append(_reference(indicator))
    _baseline(element, newest)
    whole = _whole_days(newest, lines, project)
    if whole is not None and _says_the_whole(newest):
        _whole(element, newest, whole, state)
    for line in lines:
        period = _period(element, line.period.starts_on, line.period.ends_on)
        _actual(period, line, line.value, state, _comments(line))
    return element


def _reference(indicator: Indicator) -> ET.Element:
    """The code that the indicator has for everybody, and where it is defined; our own definitions
    are named with their version, which is no part of the code."""
    ours = f"urn:arviomo:indicator:{indicator.code}:{indicator.version}"
    told = {"vocabulary": _OWN, "code": indicator.code}
    told["indicator-uri"] = _REGULATIONS.get(indicator.period, ours)
    return ET.Element("reference", told)


def outside(line: DeskLine) -> DeskLine:
    """A line as anybody may read it: numbers of people protected, if they are not yet."""
    if line.rounded or not is_of_people(line.indicator):
        return line
    state, value = protected(line.value)
    _, cumulative = protected(line.cumulative)
    return replace(
        line, state=state or line.state, value=value, cumulative=cumulative, rounded=True
    )


def _attributes(indicator: Indicator) -> dict[str, str]:
    measure = _WORDS if indicator.counting is Counting.WORDS else _UNIT
    if indicator.unit.code.startswith("percent"):
        measure = _PERCENT
    adds = indicator.counting is Counting.ADDITIVE
    found = {"measure": measure, "aggregation-status": "1" if adds else "0"}
    if indicator.better != "none":
        found["ascending"] = "1" if indicator.better == "up" else "0"
    return found


def _description(newest: DeskLine, lines: Sequence[DeskLine]) -> Text:
    """What the indicator counts, whether it may be added, and why periods have no number."""
    indicator = newest.indicator
    adds = "additive" if indicator.counting is Counting.ADDITIVE else "not_additive"

    def said(language: str) -> str:
        parts = [
            indicator.definition.in_language(language),
            narrative_in("unit", language, unit=indicator.unit.label.in_language(language)),
        ]
        if indicator.counting is not Counting.WORDS:
            parts.append(narrative_in(adds, language))
        parts += [
            narrative_in(
                "state_of", language, starts=line.period.starts_on, ends=line.period.ends_on,
                state=narrative_in(line.state.value, language),
            )
            for line in lines
            if line.state not in _TOLD
        ]  # fmt: skip
        return " ".join(parts)

    return Text(**{language: said(language) for language in LANGUAGES})


def _baseline(element: ET.Element, line: DeskLine) -> None:
    target = line.target
    if target.baseline is None or target.baseline_year is None:
        return
    told = {"year": str(target.baseline_year), "value": _number(target.baseline)}
    within = child(element, "baseline", **told)
    if target.baseline_source:
        child(within, "comment", narratives(target.baseline_source))


def _says_the_whole(line: DeskLine) -> bool:
    return line.target.target is not None or line.achieved is not None


def _whole_days(
    newest: DeskLine, lines: Sequence[DeskLine], project: records.Project
) -> tuple[date, date] | None:
    """The first and the last day of the whole way; None where nobody knows them."""
    first = [line.period.starts_on for line in lines]
    last = [line.period.ends_on for line in lines]
    starts = project.starts_on or min(first, default=None)
    ends = newest.target.target_on or project.ends_on or max(last, default=None)
    if starts is None or ends is None or ends < starts:
        return None
    return starts, ends


def _whole(element: ET.Element, newest: DeskLine, days: tuple[date, date], state: str) -> None:
    """The period of the whole way: the target, and all that was reached so far."""
    period = _period(element, *days)
    if newest.target.target is not None:
        child(period, "target", value=_number(newest.target.target))
    if newest.period is None:
        _why(period, ValueState.NOT_REPORTED, state)
        return
    until = newest.period.ends_on
    told = {one: [narrative_in("whole", one, day=until)] for one in LANGUAGES}
    for one, comments in _comments(newest).items():
        told[one] += comments
    _actual(period, newest, newest.achieved, state, told)


def _actual(
    period: ET.Element,
    line: DeskLine,
    number: Decimal | None,
    state: str,
    comments: dict[str, list[str]],
) -> None:
    """The actual of a period; where there is none, why."""
    if line.indicator.counting is Counting.WORDS and line.text:
        child(child(period, "actual"), "comment", narratives(line.text))
        return
    if number is None:
        missing = ValueState.SUPPRESSED if line.state in _TOLD else line.state
        _why(period, missing, state)
        return
    actual = child(period, "actual", value=_number(number))
    said = {one: " ".join(parts) for one, parts in comments.items() if parts}
    if said:
        child(actual, "comment", narratives(said))


def _comments(line: DeskLine) -> dict[str, list[str]]:
    rounded = line.rounded and line.state is ValueState.VALUE
    return {one: [narrative_in("rounded", one)] if rounded else [] for one in LANGUAGES}


def _why(period: ET.Element, why: ValueState, state: str) -> None:
    child(period, state, narratives(words()[why.value]), code=why.value)


def _period(element: ET.Element, starts: date, ends: date) -> ET.Element:
    period = child(element, "period")
    child(period, "period-start", **{"iso-date": starts.isoformat()})
    child(period, "period-end", **{"iso-date": ends.isoformat()})
    return period


def _number(number: Decimal) -> str:
    """A number in plain digits."""
    return format(number.normalize(), "f")
