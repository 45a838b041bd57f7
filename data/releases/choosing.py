"""Which values a release of some days is of, which release it corrects, and what is refused."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from data.reporting.definitions import stored_versions
from data.schema import IndicatorTarget, Release, ReleasedValue, ReportedValue, ReportingPeriod

SETTLED = ("approved", "locked")
_LONGEST = 4000


class RefusedRelease(Exception):
    """A release that cannot be made; nothing is stored.

    code: "no_period", "nothing_approved", "nothing_new", "reason_missing", "too_long", "reversed",
    "corrects_elsewhere", "too_close" or "lost_extracts".
    """

    def __init__(self, code: str, message: str, **values: object) -> None:
        super().__init__(message)
        self.code = code
        self.values = values


@dataclass(frozen=True, slots=True)
class Chosen:
    """A value that stands in a release, or a target of which nothing is approved."""

    id: int | None
    status: str | None
    project: int
    version: int
    indicator: str
    number: int
    settled: bool


def chosen_values(
    connection: sa.Connection, funder: int, project: int | None, starts_on: date, ends_on: date
) -> list[Chosen]:
    """The newest settled value of every target in every period within the days; and what is being
    written or waits beside it, which is pending."""
    target, span, value = IndicatorTarget, ReportingPeriod, ReportedValue
    asked = [span.funder_id == funder, span.starts_on >= starts_on, span.ends_on <= ends_on]
    if project is not None:
        asked.append(span.project_id == project)
    held = sa.select(span.id).where(*asked).with_for_update()
    promised = sa.select(target.id).where(target.funder_id == funder).with_for_update()
    # Neither periods nor targets change meanwhile: their next line of the audit follows ours.
    if not connection.scalars(held).all() or not connection.scalars(promised).all():
        raise RefusedRelease(
            "no_period", "No reporting period lies within these days. Choose days that hold whole "
            "periods.", starts_on=starts_on, ends_on=ends_on,
        )  # fmt: skip
    rows = connection.execute(
        sa.select(
            target.id.label("target"), target.project_id, target.indicator_id, span.number,
            value.id, value.status, value.correction,
        )
        .join(
            span, (span.project_id == target.project_id) & (span.funder_id == target.funder_id)
        )
        .outerjoin(value, (value.target_id == target.id) & (value.period_id == span.id))
        .where(*asked)
        .order_by(target.project_id, target.indicator_id, span.number, value.correction)
    ).all()  # fmt: skip
    keys = {number: stored.indicator.key for number, stored in stored_versions(connection).items()}
    newest: dict[tuple[int, int, bool], Chosen] = {}
    for row in rows:
        settled = row.status in SETTLED
        newest[(row.target, row.number, settled)] = Chosen(
            row.id, row.status, row.project_id, row.indicator_id, keys[row.indicator_id],
            row.number, settled,
        )  # fmt: skip
    return list(newest.values())


# --- what is corrected, and what is refused -----------------------------------------------------


def earlier_release(
    connection: sa.Connection, funder: int, project: int | None, starts_on: date, ends_on: date
) -> sa.Row | None:
    """The newest release of the same scope and days, which this one corrects."""
    return connection.execute(
        sa.select(Release.id, Release.sha256)
        .where(
            Release.funder_id == funder,
            Release.project_id.is_not_distinct_from(project),
            Release.starts_on == starts_on,
            Release.ends_on == ends_on,
        )
        .order_by(Release.id.desc())
        .limit(1)
    ).one_or_none()


def reason_of(
    connection: sa.Connection,
    chosen: Sequence[Chosen],
    settled: Sequence[Chosen],
    earlier: sa.Row | None,
    reason: str | None,
) -> str | None:
    """The reason of a correction; None for a first release. Raises: RefusedRelease."""
    if not settled:
        raise RefusedRelease(
            "nothing_approved", f"Of {len(chosen)} values none is approved, and what is pending is "
            "not released. Have them approved first.", pending=len(chosen),
        )  # fmt: skip
    frozen = set(
        connection.scalars(
            sa.select(ReleasedValue.reported_id).where(
                ReleasedValue.release_id == (None if earlier is None else earlier.id)
            )
        )
    )
    _refuse_unsaid(connection, settled, frozen)
    if earlier is None:
        return None
    if frozen == {row.id for row in settled}:
        raise RefusedRelease(
            "nothing_new", f"Release {earlier.id} holds these values already. Correct a value and "
            "have it approved first.", release=earlier.id,
        )  # fmt: skip
    why = (reason or "").strip()
    if not why:
        raise RefusedRelease(
            "reason_missing", f"These days were released before (release {earlier.id}). Say why "
            "they are released anew; the reason stays with both.", release=earlier.id,
        )  # fmt: skip
    if len(why) > _LONGEST:
        raise RefusedRelease(
            "too_long", f"The reason has {len(why)} letters, at most {_LONGEST}. Shorten it.",
            found=len(why), limit=_LONGEST,
        )  # fmt: skip
    return why


def _refuse_unsaid(connection: sa.Connection, settled: Sequence[Chosen], frozen: set[int]) -> None:
    """Nothing, when every new correction leaves in a release that takes the place of one with the
    value that it corrects. Raises: RefusedRelease: "corrects_elsewhere"."""
    new = {row.id for row in settled if row.status == "approved"}
    value, was = ReportedValue, sa.orm.aliased(ReportedValue)
    rows = connection.execute(
        sa.select(was.id, value.id.label("new"), Release.__table__)
        .join(
            was,
            (was.target_id == value.target_id)
            & (was.period_id == value.period_id)
            & (was.correction == value.correction - 1),
        )
        .join(ReleasedValue, ReleasedValue.reported_id == was.id)
        .join(Release, Release.id == ReleasedValue.release_id)
        .where(value.correction > 0, value.status == "approved")
        .order_by(Release.id.desc())
    )
    for row in rows:
        if row.new in new and row[0] not in frozen:
            raise RefusedRelease(
                "corrects_elsewhere", f"Value {row.new} corrects one of release {row.id_1}, which "
                "has other days or another scope. Release that one anew first, with the reason.",
                release=row.id_1, starts_on=row.starts_on, ends_on=row.ends_on, scope=row.scope,
            )  # fmt: skip
