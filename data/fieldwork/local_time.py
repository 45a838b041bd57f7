"""Wall-clock times of Finland and the moments that they mean, on the two odd days too.

In autumn an hour comes twice (2026-10-25, 03:00-04:00): what opens then opens the first time, what
closes then closes the second time, so nobody loses an hour that the invitation promised. In spring
an hour does not come (2027-03-28, 03:00-04:00): 03:30 means 04:30, as a clock that was not moved
would show it. Stored are moments in UTC only.
"""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

HELSINKI = ZoneInfo("Europe/Helsinki")


def moment(local: datetime, *, closing: bool = False) -> datetime:
    """The moment in UTC that a time on a Finnish clock means; one with a zone means itself.

    closing: of an hour that comes twice, the second.
    """
    if local.tzinfo is not None:
        return local.astimezone(UTC)
    first = local.replace(tzinfo=HELSINKI, fold=0).astimezone(UTC)
    second = local.replace(tzinfo=HELSINKI, fold=1).astimezone(UTC)
    # In the hour that does not come, the first is the later one and the one that is meant.
    return max(first, second) if closing else first


def on_the_clock(at: datetime) -> datetime:
    """A moment as a Finnish clock shows it; one without a zone is taken as UTC."""
    aware = at if at.tzinfo else at.replace(tzinfo=UTC)
    return aware.astimezone(HELSINKI)


def day_of(at: datetime) -> date:
    """The Finnish day of a moment."""
    return on_the_clock(at).date()
