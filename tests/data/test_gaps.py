"""What is missing or cannot be right: each kind is found, and what is whole is not."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from data import database, schema
from data.access import Grant, Role, User, operator
from data.instruments import field_instrument
from data.records.gaps import Gap, Lack, gaps
from metrics.indicators.catalogue import common
from survey.instrument import instruments
from tests.data import reported
from tests.data.reported import SECOND, opened, promised

TODAY = date(2026, 7, 1)
STEERING = User(1, "Ohjaus", (Grant(Role.STEERING),))


@pytest.fixture
def world(engine: sa.Engine) -> sa.Engine:
    """One project in which everything is missing, and one in which nothing is."""

    def brought(model, *rows: dict) -> None:
        for row in rows:
            connection.execute(sa.insert(model).values(**row))

    with database.writing(engine) as connection:
        brought(schema.ProcessTemplate, {"id": 1, "code": "t", "name_fi": "T"})
        brought(
            schema.TemplatePhase,
            {"id": 1, "template_id": 1, "position": 1, "common_phase": "P4", "name_fi": "V"},
        )
        told = {"status": "running", "template_id": 1}
        brought(
            schema.Project,
            {"id": 1, "code": "a", "name_fi": "A", **told},
            {"id": 2, "code": "b", "name_fi": "B", **told},
        )
        due = {"template_phase_id": 1, "planned_end_on": date(2026, 6, 1)}
        brought(
            schema.ProjectPhase,
            {"project_id": 1, **due},
            {"project_id": 2, **due, "actual_end_on": date(2026, 6, 9)},
        )
        brought(schema.Funder, {"id": 1, "code": "f", "name_fi": "F"})
        brought(
            schema.ProjectFunder,
            {"project_id": 1, "funder_id": 1, "granted_eur": 10, "used_eur": 11},
            {"project_id": 2, "funder_id": 1, "granted_eur": 10, "used_eur": 10},
        )
        version = field_instrument(connection, instruments()["benefit@1"])
        fielding = {"instrument_version_id": version, "phase": "P0"}
        brought(
            schema.Collection,
            {"id": 1, "project_id": 1, "wave": "end", **fielding},
            {"id": 2, "project_id": 2, "wave": "baseline", **fielding},
            {"id": 3, "project_id": 2, "wave": "end", **fielding},
        )
        answer = {"answers": "{}", "revision": 1}
        brought(
            schema.Response,
            *({"id": f"{n:032d}", "collection_id": 1, "group_code": "UNK", **answer}
              for n in range(10)),
            *({"id": f"{n:032d}", "collection_id": 3, "group_code": "RES", **answer}
              for n in range(10, 20)),
        )  # fmt: skip
        # Nine events of twenty people and one of a thousand; ten are enough to know the usual.
        for number in range(1, 11):
            event = {"id": number, "code": f"e{number}", "kind": "workshop"}
            brought(schema.ActivityEvent, {**event, "project_id": 2, "starts_on": date(2026, 1, 1)})
            people = 1000 if number == 10 else 20
            brought(
                schema.EventParticipants,
                {"event_id": number, "group_code": "RES", "people": people},
            )
        brought(
            schema.Proposal,
            {"id": 1, "code": "i1", "title": "I"},
            {"id": 2, "code": "i2", "title": "I"},
        )
        plan = {"plan_code": "s1", "selected": True, "budget_eur": Decimal(100)}
        brought(
            schema.ProposalPlan,
            {"proposal_id": 1, "share_eur": Decimal(70), **plan},
            {"proposal_id": 2, "share_eur": Decimal(70), **plan},
        )
    return engine


def test_each_lack_is_found_where_it_is_and_nowhere_else(world: sa.Engine) -> None:
    with database.reading(world) as connection:
        found = gaps(connection, operator(), TODAY)
    assert found == [
        Gap(Lack.PHASE_OVERDUE, 1, "P4"),
        Gap(Lack.WAVE_WITHOUT_BASELINE, 1, "benefit / end"),
        Gap(Lack.GROUP_UNKNOWN, 1, "benefit / end"),
        Gap(Lack.USED_OVER_GRANTED, 1, "F"),
        Gap(Lack.SHARES_OVER_BUDGET, 0, "s1"),
        Gap(Lack.OUTLIER, 2, "e10"),
    ]


def test_who_brings_no_files_is_told_nothing(world: sa.Engine) -> None:
    with database.reading(world) as connection:
        assert gaps(connection, STEERING, TODAY) == []


def test_promises_without_a_value_and_parts_over_their_whole(sqlite_engine: sa.Engine) -> None:
    """The first period has ended without a word; in the second a part is more than its whole."""
    engine = reported.fill(sqlite_engine)
    key, part_of = next(
        (key, each.part_of[0]) for key, each in sorted(common().items()) if each.part_of
    )
    whole = next(each for each in sorted(common()) if each.partition("@")[0] == part_of)
    first, second = opened(engine), opened(engine, days=SECOND)
    part, other = promised(engine, key), promised(engine, whole)
    with database.writing(engine) as connection:
        told = {"period_id": second, "state": "value", "basis": "entered", "method_note": "x"}
        for target, value in ((part, 5), (other, 4)):
            row = {**told, "target_id": target, "value": value}
            connection.execute(sa.insert(schema.ReportedValue).values(**row))
    assert first != second
    with database.reading(engine) as connection:
        found = {(gap.lack, gap.what) for gap in gaps(connection, operator(), date(2026, 1, 1))}
    code = key.partition("@")[0]
    assert {
        (Lack.TARGET_WITHOUT_VALUE, f"{code} / 1"),
        (Lack.TARGET_WITHOUT_VALUE, f"{part_of} / 1"),
        (Lack.PART_OVER_WHOLE, f"{code} > {part_of}"),
    } <= found
    assert (Lack.TARGET_WITHOUT_VALUE, f"{code} / 2") not in found
