"""What a target has reached, and whether that is in step with the calendar."""

from __future__ import annotations

from datetime import date


def attainment(
    baseline: float | None, target: float | None, achieved: float | None
) -> float | None:
    """How much of the way from baseline to target is gone; 1 is the target, more is beyond it.

    Where less is better both differences are negative, so the sign is right without a rule of its
    own; a figure that went the wrong way is negative.
    Missing: None where anything is missing, and where target equals baseline: nothing to divide by.
    Source: (achieved - baseline) / (target - baseline). IATI's own example: baseline 15, target
    50, actual 53 gives 38/35 = 1.0857.
    """
    if baseline is None or target is None or achieved is None or target == baseline:
        return None
    return float((achieved - baseline) / (target - baseline))


def pace(
    attained: float | None, starts_on: date | None, target_on: date | None, told_on: date
) -> float | None:
    """Attainment less the share of time that is gone: above 0 ahead of the calendar, below behind.

    told_on: the day of which the attainment speaks.
    Missing: None without attainment or days, and where the target's day is not after the start.
    """
    if attained is None or starts_on is None or target_on is None or target_on <= starts_on:
        return None
    gone = (told_on - starts_on).days / (target_on - starts_on).days
    return attained - min(max(gone, 0.0), 1.0)
