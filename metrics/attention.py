"""Projects that need attention, and why: read off protected figures and phase dates only."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

import numpy as np
import pandas as pd

from metrics.metric import Level, Results, Split, ValueState
from survey.instrument import WAVES

#: A mean below this, with its whole interval, is nearer "neither" (50) than "agree" (75).
LOW_PROCESS = 60.0
#: A construct whose whole interval lies on the side of disagreement.
LOW_CONSTRUCT = 50.0
#: Fewer than half say that they benefited, chance allowed for.
LOW_BENEFIT = 0.5
#: More than every fifth meets a drawback, chance allowed for.
MANY_DRAWBACKS = 0.2
#: Below half a survey is labelled "low response" wherever it is shown.
LOW_RESPONSE = 0.5
#: Above this share of don't-know a question is doubtful (docs/metrics.md).
MANY_DONT_KNOW = 0.15

#: The part of process_quality that sums up the constructs.
OVERALL = "OVERALL"


class Code(StrEnum):
    """What there is to notice. Every one has a text in `metrics.reasons`."""

    DRAWBACK = "drawback"
    LOW_PROCESS = "low_process"
    FALLING = "falling"
    LOW_BENEFIT = "low_benefit"
    NO_ANSWERS = "no_answers"
    PHASE_OVERDUE = "phase_overdue"
    LOW_RESPONSE = "low_response"
    HIGH_DONT_KNOW = "high_dont_know"


#: Heaviest first: harm to people, then what the work is for, then what keeps us from knowing.
WEIGHTS = {
    Code.DRAWBACK: 90,
    Code.LOW_PROCESS: 80,
    Code.FALLING: 70,
    Code.LOW_BENEFIT: 70,
    Code.NO_ANSWERS: 60,
    Code.PHASE_OVERDUE: 50,
    Code.LOW_RESPONSE: 40,
    Code.HIGH_DONT_KNOW: 30,
}

_FIGURE = ["metric", "instrument", "part", "wave", "group", "value", "low", "high", "n"]
_ANSWERS = {"item_counts", "scale_moments", "paired_moments"}
#: The metrics that the rules look at.
_READ = {
    "process_quality", "process_change", "benefit_share", "drawback_share", "response_rate",
    "dont_know_rate",
}  # fmt: skip


def findings(results: list[Results], phases: pd.DataFrame, today: date) -> pd.DataFrame:
    """What to notice about each project, the heaviest first; one row a project and code.

    results: protected figures of one profile. phases: project, phase, planned_end_on,
    actual_start_on, actual_end_on (dates or None).
    Shape: project, code, weight, detail. detail, which can be written as JSON, holds the figure
    that is furthest over the line (metric, instrument, part, wave, group, value, low, high, n)
    and ``parts``, the codes of all that are over it (of constructs, or of groups with "" for
    everybody); of a late phase: phase, planned_end_on, days, and ``parts``, all late phases; of a
    project without answers: started_on. Only the last wave of each questionnaire counts.
    """
    figures = _figures(results)
    found = [
        _low_process(figures),
        _falling(figures),
        _low_benefit(figures),
        _drawback(figures),
        _low_response(figures),
        _high_dont_know(figures),
        _overdue(phases, today),
        _silent(results, phases, today),
    ]
    together = pd.concat(found, ignore_index=True)
    order = ["project", "weight", "code"]
    together = together.sort_values(order, ascending=[True, False, True], ignore_index=True)
    return together[["project", "code", "weight", "detail"]]


def _figures(results: list[Results]) -> pd.DataFrame:
    """The shown figures of projects in their last wave, as plain columns; group "" is the total."""
    shown = [ValueState.VALUE.value, ValueState.ZERO.value]
    frames = []
    for each in results:
        if each.metric.id not in _READ:
            continue
        frame = each.frame
        chosen = (
            (frame["level"] == Level.PROJECT.value)
            & frame["split"].isin([Split.TOTAL.value, Split.GROUP.value])
            & frame["state"].isin(shown)
        )
        frames.append(frame[chosen.to_numpy()].assign(metric=each.metric.id))
    columns = ["metric", "instrument", "part", "wave", "split_value", "entity"]
    numbers = ["value", "low", "high", "n"]
    if not frames:
        return pd.DataFrame(columns=[*columns, *numbers, "group", "project"])
    plain = [f[[*columns, *numbers]].astype(_PLAIN) for f in frames if len(f)]
    together = pd.concat(plain or [frames[0][[*columns, *numbers]].astype(_PLAIN)])
    together = together.rename(columns={"split_value": "group", "entity": "project"})
    place = together["wave"].map({wave: number for number, wave in enumerate(WAVES)}).fillna(-1)
    last = place.groupby([together[c] for c in ("project", "metric", "instrument")]).transform(
        "max"
    )
    return together[(place == last).to_numpy()].reset_index(drop=True)


_PLAIN = {
    **dict.fromkeys(["metric", "instrument", "part", "wave", "split_value"], str),
    **dict.fromkeys(["value", "low", "high"], float),
}


def _low_process(figures: pd.DataFrame) -> pd.DataFrame:
    scores = _of(figures, "process_quality", groups=False)
    line = np.where(scores["part"] == OVERALL, LOW_PROCESS, LOW_CONSTRUCT)
    return _worst(scores, scores["high"] - line, Code.LOW_PROCESS, "part")


def _falling(figures: pd.DataFrame) -> pd.DataFrame:
    changes = _of(figures, "process_change", groups=False)
    return _worst(changes, changes["high"], Code.FALLING, "part")


def _low_benefit(figures: pd.DataFrame) -> pd.DataFrame:
    shares = _of(figures, "benefit_share", groups=True)
    return _worst(shares, shares["high"] - LOW_BENEFIT, Code.LOW_BENEFIT, "group")


def _drawback(figures: pd.DataFrame) -> pd.DataFrame:
    shares = _of(figures, "drawback_share", groups=True)
    return _worst(shares, MANY_DRAWBACKS - shares["low"], Code.DRAWBACK, "group")


def _low_response(figures: pd.DataFrame) -> pd.DataFrame:
    rates = _of(figures, "response_rate", groups=False)
    return _worst(rates, rates["value"] - LOW_RESPONSE, Code.LOW_RESPONSE, "instrument")


def _high_dont_know(figures: pd.DataFrame) -> pd.DataFrame:
    rates = _of(figures, "dont_know_rate", groups=False)
    return _worst(rates, MANY_DONT_KNOW - rates["value"], Code.HIGH_DONT_KNOW, "instrument")


def _of(figures: pd.DataFrame, metric: str, *, groups: bool) -> pd.DataFrame:
    chosen = figures["metric"] == metric
    return figures[chosen if groups else chosen & (figures["group"] == "")]


def _worst(figures: pd.DataFrame, margin: pd.Series, code: Code, parts: str) -> pd.DataFrame:
    """One row a project with a figure over the line: where margin is below 0 (never where NaN)."""
    beyond = (margin < 0).to_numpy()
    if not beyond.any():
        return _rows(figures["project"].iloc[:0], code, [])
    over = figures.assign(margin=margin)[beyond]
    over = over.sort_values(["project", "margin", "instrument", "part", "group"])
    worst = over.drop_duplicates("project")
    named = over.groupby("project")[parts].agg(lambda codes: sorted(set(codes)))
    details = worst[_FIGURE].astype(object).to_dict("records")
    for detail, project in zip(details, worst["project"], strict=True):
        detail["parts"] = named[project]
        detail |= {name: None for name in ("low", "high", "n") if pd.isna(detail[name])}
    return _rows(worst["project"], code, details)


def _rows(projects: pd.Series, code: Code, details: list[dict]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "project": projects.to_numpy(dtype=np.int64),
            "code": code.value,
            "weight": WEIGHTS[code],
            "detail": pd.Series(details, dtype=object),
        }
    )


def _overdue(phases: pd.DataFrame, today: date) -> pd.DataFrame:
    planned = pd.to_datetime(phases["planned_end_on"])
    late = (planned < pd.Timestamp(today)) & phases["actual_end_on"].isna()
    over = phases.assign(planned=planned)[late.to_numpy()].sort_values(["project", "planned"])
    first = over.drop_duplicates("project")
    named = over.groupby("project")["phase"].agg(lambda codes: sorted(set(codes)))
    details = [
        {
            "phase": phase,
            "planned_end_on": when.date().isoformat(),
            "days": (today - when.date()).days,
            "parts": named[project],
        }
        for project, phase, when in zip(
            first["project"], first["phase"], first["planned"], strict=True
        )
    ]
    return _rows(first["project"], Code.PHASE_OVERDUE, details)


def _silent(results: list[Results], phases: pd.DataFrame, today: date) -> pd.DataFrame:
    """Running projects about which nobody ever answered; a protected answer is an answer."""
    started = pd.to_datetime(phases["actual_start_on"])
    begun = phases.assign(started=started)[(started <= pd.Timestamp(today)).to_numpy()]
    open_ones = phases.loc[phases["actual_end_on"].isna(), "project"]
    running = begun[begun["project"].isin(open_ones)].sort_values(["project", "started"])
    running = running.drop_duplicates("project")
    heard = [
        each.frame.loc[
            (each.frame["level"] == Level.PROJECT.value)
            & (each.frame["state"] != ValueState.NOT_REPORTED.value),
            "entity",
        ]
        for each in results
        if each.metric.frame in _ANSWERS
    ]
    answered = pd.concat(heard) if heard else pd.Series(dtype=np.int64)
    silent = running[~running["project"].isin(answered).to_numpy()]
    details = [{"started_on": when.date().isoformat()} for when in silent["started"]]
    return _rows(silent["project"], Code.NO_ANSWERS, details)
