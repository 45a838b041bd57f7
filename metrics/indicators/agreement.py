"""Whether reported figures agree with their definitions and with each other.

Nothing is corrected here: a finding names what does not fit, and people decide.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from metrics.indicators.indicator import Counting, Indicator

#: Every finding there is.
FINDINGS = (
    "below_least",
    "above_most",
    "not_whole",
    "cumulative_below_value",
    "more_than_items",
    "part_above_whole",
)
#: Those that are wrong of a figure by itself, whatever else is reported.
OF_THE_FIGURE = FINDINGS[:4]


@dataclass(frozen=True, slots=True)
class Told:
    """What is reported of an indicator in a period. items: how many were listed for it (the sum of
    their amounts where occurrences count); None where it was not counted from items."""

    value: float | None
    cumulative: float | None = None
    items: int | None = None


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not fit. code: one of FINDINGS; other: the indicator it does not fit
    with; values: the numbers that say so."""

    code: str
    indicator: str
    other: str | None = None
    values: Mapping[str, float] = field(default_factory=dict)


def findings(
    values: Mapping[str, Told], indicators: Mapping[str, Indicator] | Iterable[Indicator]
) -> list[Finding]:
    """What does not fit in the figures of one project and period, by code of the indicator."""
    known = indicators.values() if isinstance(indicators, Mapping) else indicators
    by_code = {indicator.code: indicator for indicator in known if indicator.code in values}
    found: list[Finding] = []
    for code, told in values.items():
        if code in by_code:
            found += of_the_figure(by_code[code], told)
            found += _of_the_items(by_code[code], told)
            found += _of_the_whole(by_code[code], told, values)
    return found


def of_the_figure(indicator: Indicator, told: Told) -> list[Finding]:
    """What is wrong of a figure by itself: outside its unit's range, not whole, less in all than in
    the period."""
    found = []
    for name, said in (("value", told.value), ("cumulative", told.cumulative)):
        found += _of_a_number(indicator, name, said)
    grows = indicator.counting in (Counting.DISTINCT, Counting.ADDITIVE)
    both_told = told.value is not None and told.cumulative is not None
    if grows and both_told and told.cumulative < told.value:
        both = {"value": float(told.value), "cumulative": float(told.cumulative)}
        found.append(Finding("cumulative_below_value", indicator.code, None, both))
    return found


def _of_a_number(indicator: Indicator, name: str, said: float | None) -> list[Finding]:
    if said is None:
        return []
    unit, found = indicator.unit, []
    if unit.least is not None and said < unit.least:
        limits = {name: float(said), "least": unit.least}
        found.append(Finding("below_least", indicator.code, None, limits))
    if unit.most is not None and said > unit.most:
        limits = {name: float(said), "most": unit.most}
        found.append(Finding("above_most", indicator.code, None, limits))
    if unit.whole and said != int(said):
        found.append(Finding("not_whole", indicator.code, None, {name: float(said)}))
    return found


def _of_the_items(indicator: Indicator, told: Told) -> list[Finding]:
    if told.items is None or told.value is None or told.value <= told.items:
        return []
    both = {"value": float(told.value), "items": float(told.items)}
    return [Finding("more_than_items", indicator.code, None, both)]


def _of_the_whole(indicator: Indicator, told: Told, values: Mapping[str, Told]) -> list[Finding]:
    """A part that is more than its whole, in the period or in all."""
    found = []
    for other in indicator.part_of:
        whole = values.get(other)
        for name in ("value", "cumulative"):
            part, most = getattr(told, name), getattr(whole, name, None)
            if part is not None and most is not None and part > most:
                both = {"part": float(part), "whole": float(most)}
                found.append(Finding("part_above_whole", indicator.code, other, both))
                break
    return found
