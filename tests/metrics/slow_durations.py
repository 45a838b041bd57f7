"""Times and endings computed again, day after day, from records followed for different lengths."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator

import pandas as pd

from metrics.frames import Frames
from metrics.stages import STAGES
from tests.metrics.slow_estimators import NAN, Z
from tests.metrics.slow_registers import COLUMNS, days_until, placed

#: Days followed, and whether it happened then.
Followed = list[tuple[int, bool]]
AT_RISK = 5

MEDIANS = {
    "response_time": ("proposal_log", "answered"),
    "decision_lag": ("decisions", "made"),
    "time_to_embedding": ("solutions", "embedded"),
    "time_to_first_sale": ("firms", "sold"),
}
DURATIONS = [*MEDIANS, "answered_by", "stage_time", "case_outcome"]


def duration_figures(frames: Frames) -> pd.DataFrame:
    """Every figure of a time that has a value. Shape: metric, KEYS, value, low, high, n."""
    found: list[tuple] = []
    for metric, (name, happened) in MEDIANS.items():
        for place, rows in placed(frames, name):
            times = _followed(rows["waited"], rows[happened])
            found.append((metric, "", "", *place, *median(times), len(times)))
    for place, rows in placed(frames, "proposal_log"):
        times = _followed(rows["waited"], rows["answered"])
        for day in (30, 60, 90):
            figure = happened_by([(time, int(event)) for time, event in times], 1, day)
            found.append(("answered_by", "", str(day), *place, *figure, len(times)))
    for place, rows in placed(frames, "cases"):
        for part, times in _until_stages(rows):
            found.append(("stage_time", "", part, *place, *median(times), len(times)))
        for part, figure in _outcomes(rows):
            found.append(("case_outcome", "", part, *place, *figure, len(rows)))
    table = pd.DataFrame(found, columns=COLUMNS)
    return table[table["value"].notna()]


def _followed(days: Iterable[int], happened: Iterable[int]) -> Followed:
    pairs = zip(days, happened, strict=True)
    return [(int(day), bool(event)) for day, event in pairs if day >= 0]


def _until_stages(rows: pd.DataFrame) -> Iterator[tuple[str, Followed]]:
    for at, stage in enumerate(STAGES[1:], 1):
        days = [(days_until(case, at), case.days) for case in rows.itertuples()]
        yield stage, [(end, False) if math.isnan(day) else (int(day), True) for day, end in days]


def _outcomes(rows: pd.DataFrame) -> Iterator[tuple[str, tuple[float, float, float]]]:
    """The pilot, or an ending before it, whichever came first; the rest are still under way."""
    times = []
    for case in rows.itertuples():
        pilot = days_until(case, STAGES.index("pilot"))
        if not math.isnan(pilot):
            times.append((int(pilot), 1))
        else:
            times.append((case.days, {"": 0, "rejected": 2, "merged": 3}.get(case.ended, 4)))
    for cause, name in enumerate(("pilot", "rejected", "merged"), 1):
        for months, day in ((12, 365), (24, 730)):
            yield f"{name}/{months}", happened_by(times, cause, day)


def median(times: Followed) -> tuple[float, float, float]:
    """First day with S <= 1/2, and the first days on which its log-log limits are that low."""
    found = [NAN, NAN, NAN]
    left, spread = 1.0, 0.0
    for day in sorted({time for time, event in times if event}):
        at_risk = sum(time >= day for time, _ in times)
        events = sum(time == day and event for time, event in times)
        left *= 1 - events / at_risk
        if at_risk > events:
            spread += events / (at_risk * (at_risk - events))
            half = Z * math.sqrt(spread) / math.log(left)
            middle = math.log(-math.log(left))
            curves = (left, *(math.exp(-math.exp(middle + sign * half)) for sign in (-1, 1)))
            curves = (left, min(curves[1:]), max(curves[1:]))
        else:
            # Where all that were left had it on one day the curve falls to zero, and its limits
            # are not known.
            curves = (0.0, 0.0, 0.0 if left == 0 and spread == 0 else NAN)
        for place, curve in enumerate(curves):
            if math.isnan(found[place]) and curve <= 0.5 + 1e-12:
                found[place] = day
    value, low, high = found
    return (value, low, high) if not math.isnan(high) else (value, NAN, NAN)


def happened_by(times: list[tuple[int, int]], cause: int, until: int) -> tuple:
    """Aalen-Johansen's share with an end of a cause by a day (of one cause: 1 - Kaplan-Meier).

    The variance is Marubini and Valsecchi's, by the delta method over all earlier days.
    """
    followed = sum(time >= until for time, _ in times)
    lost = any(time < until and kind == 0 for time, kind in times)
    if followed < AT_RISK and lost:
        return NAN, NAN, NAN
    days = sorted({time for time, kind in times if kind and time <= until})
    left, share = 1.0, 0.0
    steps = []
    for day in days:
        at_risk = sum(time >= day for time, _ in times)
        ends = sum(time == day and kind > 0 for time, kind in times)
        own = sum(time == day and kind == cause for time, kind in times)
        share += left * own / at_risk
        steps.append((at_risk, ends, own, left, share))
        left *= 1 - ends / at_risk
    variance = 0.0
    for at_risk, ends, own, before, by_then in steps:
        apart = share - by_then
        if at_risk > ends:
            variance += apart**2 * ends / (at_risk * (at_risk - ends))
        variance += before**2 * own * (at_risk - own) / at_risk**3
        variance -= 2 * apart * before * own / at_risk**2
    if share in (0.0, 1.0) or variance <= 0 or share > 1 - 1e-12:
        return share, NAN, NAN
    middle = math.log(-math.log1p(-share))
    half = Z * math.sqrt(variance) / ((1 - share) * math.log1p(-share))
    ends = sorted(1 - math.exp(-math.exp(middle + sign * half)) for sign in (-1, 1))
    return share, *ends
