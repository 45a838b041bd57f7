"""The handling of cases in event logs, on the page of processes: sentence, charts and tables."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from dashboard.format import duration, interval
from dashboard.sections import event_logs
from dashboard.wording import say
from metrics.log_parts import OTHERS
from metrics.metric import Method, Result, Unit, ValueState
from metrics.names import record_part
from survey.text import LANGUAGES
from tests.dashboard.looking import opened, plain, tables

#: As the receipt log of a Dutch municipality (shared data, event_logs) told them in 2026.
RECEIPT = {
    ("log_case_median", ""): (0.033201, 1434, None),
    ("log_case_mean", ""): (5.408147, 1434, None),
    ("log_case_long", ""): (0.033473, 1434, 48),
    ("log_case_median", "channel/Desk"): (0.781476, 109, None),
    ("log_case_median", "channel/Post"): (4.056799, 53, None),
    ("log_case_median", f"channel/{OTHERS}"): (0.030325, 22, None),
    ("log_case_long", "channel/Desk"): (0.045872, 109, 5),
    ("log_case_long", "channel/Post"): (0.037736, 53, 2),
    ("log_wait", "activity/T06 <b>Stop</b> advice"): (2.156404, 1416, None),
    ("log_wait", "activity/T03 Adjust"): (5.402510, 55, None),
}


@dataclass(frozen=True)
class Reader:
    language: str


def told(viewing, scope, name, split="total", **_) -> list[Result]:
    return [
        Result(
            metric=name, instrument="", part=part, level="portfolio", entity=0, wave="all",
            split="total", split_value="", state=ValueState.VALUE, value=value, low=None, high=None,
            p=None, p_adjusted=None, n=n, numerator=above, denominator=n if above else None,
            projects=1, coverage=None, indicative=False, method=Method.CENSUS, reason=None,
        )
        for (metric, part), (value, n, above) in RECEIPT.items()
        if metric == name
    ]  # fmt: skip


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_says_how_long_cases_take_and_where_they_wait(monkeypatch, language):
    monkeypatch.setattr(event_logs, "recorded", told)
    at = opened("process", "evaluator", language)
    assert not at.exception
    said = " ".join(plain(each.value) for each in at.markdown).replace("\u00a0", " ")
    assert "48 min" in said and "48" in said
    assert (
        say("log.title", language)
        in " ".join(plain(each.value) for each in (*at.header, *at.subheader)) + said
    )
    cells = [" ".join(map(str, table.to_numpy().ravel())) for table in tables(at)]
    waits = next(text for text in cells if "T03 Adjust" in text)
    # The longest wait stands first, and what a log says is never markup.
    assert waits.index("T03 Adjust") < waits.index("T06")
    assert "<b>Stop</b>" in waits
    assert not any("<b>Stop" in each.proto.body for each in at.get("html"))


def test_nothing_is_said_where_no_log_was_brought(monkeypatch):
    monkeypatch.setattr(event_logs, "recorded", lambda *_, **__: [])
    assert event_logs.case_logs(Reader("fi"), None) is False


def test_short_times_are_told_in_minutes_and_hours():
    # 0.0332 days are 47.8 minutes, 0.781 days 18.8 hours.
    written = [
        duration(days, "fi").replace("\u00a0", " ") for days in (0, 0.0332, 0.7815, 5.408, 14)
    ]
    assert written == ["0 pv", "48 min", "19 t", "5,4 pv", "14 pv"]
    assert interval(3, 9, Unit.DAYS, "en").replace("\u00a0", " ") == "3–9 d"


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_logs_own_words_stay_as_they_are(language):
    assert record_part("activity/pilot").in_language(language).endswith(": pilot")
    assert record_part("activity/A/B").in_language(language).endswith(": A/B")
    assert OTHERS not in record_part(f"channel/{OTHERS}").in_language(language)
