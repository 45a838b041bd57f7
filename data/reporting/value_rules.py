"""What a reported value may be, and what is wrong with the rest."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from data.reporting.targets import RefusedTarget, decimal_of, plain
from metrics.indicators.agreement import Told, of_the_figure
from metrics.indicators.indicator import Counting, Indicator

#: What a person may change of a value, and what of that makes it another value.
CHANGEABLE = ("state", "value", "cumulative", "text", "method_note", "retain_until")
SAID = ("state", "value", "cumulative", "text")
_TOLD = ("value", "zero")
_LONGEST = {"text": 10_000, "method_note": 4_000}
#: In which statuses a value may still be changed.
OPEN = ("draft", "returned")


class RefusedReport(Exception):
    """A reported value that cannot be stored or go on.

    code: "locked", "not_open", "status", "period_closed", "other_period", "unknown_field",
    "state", "state_with_value", "value_missing", "words_only", "zero", "method_missing",
    "not_a_number", "below_least", "above_most", "not_whole", "cumulative_below_value",
    "cumulative_missing", "too_long", "reason_missing", "not_counted_from_records",
    "sizes_unknown", "countries_unknown", "not_read_from_a_figure", "nothing_published",
    "figure_missing", "figure_suppressed",
    "figure_not_reported", "not_locked" or "corrected".
    """

    def __init__(self, code: str, message: str, **values: object) -> None:
        super().__init__(message)
        self.code = code
        self.values = values


def refuse_status(status: str, wanted: tuple[str, ...], act: str) -> None:
    """Nothing, when a value is in one of the wanted statuses."""
    if status in wanted:
        return
    if status == "locked":
        raise RefusedReport(
            "locked", "The value is released and stays as it is. Correct it with a reason: that "
            "makes a new row beside it.", status=status, act=act,
        )  # fmt: skip
    if act in ("save", "count", "read"):
        raise RefusedReport(
            "not_open", f"The value is {status}. Ask for it to be sent back, then change it.",
            status=status, act=act,
        )  # fmt: skip
    raise RefusedReport(
        "status", f"The value is {status}, so that cannot be done to it now.",
        status=status, act=act,
    )  # fmt: skip


def settled(
    indicator: Indicator, before: Mapping[str, object], changes: Mapping[str, object]
) -> dict[str, object]:
    """What a value is after some changes: every column that a person may change.

    The state follows from the number or the words where it is not said. Raises: RefusedReport.
    """
    said = _tidied(changes)
    after = {name: before[name] for name in CHANGEABLE} | said
    if "state" not in said and {"value", "text"} & said.keys():
        after["state"] = _state_of(indicator, after)
    if after["state"] not in _TOLD:
        _refuse_told(said, str(after["state"]))
        return after | {"value": None, "cumulative": None, "text": None}
    _refuse_untold(indicator, after)
    return after


def refuse_findings(indicator: Indicator, after: Mapping[str, object]) -> None:
    """Nothing, when a figure fits its unit by itself."""
    told = Told(after["value"], after["cumulative"])
    for finding in of_the_figure(indicator, told):
        raise RefusedReport(
            finding.code, f"{indicator.code}: the figure does not fit ({finding.code}: "
            f"{dict(finding.values)}). Correct it.",
            indicator=indicator.code, **dict(finding.values),
        )  # fmt: skip


def refuse_unready(indicator: Indicator, row: Mapping[str, object]) -> None:
    """Nothing, when a value may be submitted."""
    if row["state"] == "not_reported" and not row["method_note"]:
        raise RefusedReport(
            "reason_missing", "Say in the method note why nothing is reported in this period."
        )
    grows = indicator.counting in (Counting.DISTINCT, Counting.ADDITIVE)
    if row["state"] in _TOLD and grows and row["cumulative"] is None:
        raise RefusedReport(
            "cumulative_missing", f"{indicator.code}: say how many there are from the project's "
            "start to the end of the period.", indicator=indicator.code,
        )  # fmt: skip
    refuse_findings(indicator, row)


def _tidied(changes: Mapping[str, object]) -> dict[str, object]:
    unknown = sorted(changes.keys() - set(CHANGEABLE))
    if unknown:
        raise RefusedReport(
            "unknown_field", f"{', '.join(unknown)} cannot be changed by hand.", fields=unknown
        )
    said = dict(changes)
    for name in ("value", "cumulative"):
        if name in said:
            said[name] = _number(said[name], name)
    for name, limit in _LONGEST.items():
        if name in said:
            said[name] = _words(name, said[name], limit)
    if said.get("state", "value") not in ("value", "zero", "not_reported", "not_applicable"):
        raise RefusedReport(
            "state", f"There is no state {said['state']!r} that can be entered.",
            state=said["state"],
        )  # fmt: skip
    if not isinstance(said.get("retain_until"), date | None):
        raise RefusedReport("state", "Until when it is kept is a day.", state="retain_until")
    return said


def _number(value: object, name: str) -> Decimal | None:
    try:
        return decimal_of(value, name)
    except RefusedTarget as error:
        raise RefusedReport(error.code, str(error), **error.values) from None


def _words(name: str, words: object, limit: int) -> str | None:
    words = str(words or "").strip()
    if len(words) > limit:
        raise RefusedReport(
            "too_long", f"{name} has {len(words)} letters, at most {limit}. Shorten it.",
            name=name, found=len(words), limit=limit,
        )  # fmt: skip
    return words or None


def _state_of(indicator: Indicator, after: Mapping[str, object]) -> str:
    if indicator.counting is Counting.WORDS:
        return "value" if after["text"] or after["value"] is not None else "not_reported"
    if after["value"] is None:
        return "not_reported"
    return "zero" if after["value"] == 0 else "value"


def _refuse_told(said: Mapping[str, object], state: str) -> None:
    told = [name for name in SAID[1:] if said.get(name) is not None]
    if told:
        raise RefusedReport(
            "state_with_value", f"{state} has no {told[0]}. Take it away, or choose the state "
            "value.", state=state, field=told[0],
        )  # fmt: skip


def _refuse_untold(indicator: Indicator, after: Mapping[str, object]) -> None:
    value, state = after["value"], after["state"]
    if indicator.counting is Counting.WORDS:
        if value is not None or after["cumulative"] is not None or state == "zero":
            raise RefusedReport(
                "words_only", f"{indicator.code} is told in words. Write what changed.",
                indicator=indicator.code,
            )  # fmt: skip
        if not after["text"]:
            raise RefusedReport("value_missing", "Write what changed, or say not reported.")
        return
    if value is None:
        raise RefusedReport("value_missing", "Give the figure, or say that it is not reported.")
    if (value == 0) != (state == "zero"):
        raise RefusedReport(
            "zero", f"The state {state} does not fit the figure {value}. 0 is a zero, and nothing "
            "else is.", state=state, value=str(value),
        )  # fmt: skip


def columns_of(row: object) -> dict[str, object]:
    """The columns of a row that a person may change, with plain numbers."""
    told = {name: getattr(row, name) for name in CHANGEABLE}
    return told | {name: plain(told[name]) for name in ("value", "cumulative")}
