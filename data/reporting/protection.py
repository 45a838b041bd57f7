"""Numbers of people as those outside read them: none below ten, the others to the nearest five.

The same rule as for published figures under the public profile. What is counted in organisations,
euros or solutions is shown as it is.
"""

from __future__ import annotations

from decimal import Decimal

from metrics.indicators.indicator import Indicator
from metrics.metric import Profile, ValueState
from metrics.unsafe import MINIMUM

STEP = 5


def is_of_people(indicator: Indicator) -> bool:
    """Whether an indicator's numbers are of people, as its definition says."""
    return indicator.of_people


def protected(number: Decimal | None) -> tuple[ValueState | None, Decimal | None]:
    """A number of people as it may be shown, and its state where that says more than the number.

    A true zero stays zero; nothing stays nothing.
    """
    if number is None:
        return None, None
    if number == 0:
        return ValueState.ZERO, number
    if abs(number) < MINIMUM[Profile.PUBLIC]:
        return ValueState.SUPPRESSED, None
    return ValueState.VALUE, Decimal(STEP * round(number / STEP))
