"""What the records tell of indicators: items that count, and why the others do not."""

from __future__ import annotations

from datetime import date

import pytest
import sqlalchemy as sa

from data import database, schema
from data.reporting.sources import items as items_of
from metrics.indicators.indicator import Source
from tests.data import reported
from tests.data.reported import ONE, read


@pytest.fixture
def world(engine):
    return reported.fill(engine)


def exclusions(engine, source: Source) -> dict[tuple[str, int], tuple[str, str]]:
    """What became of the first project's items of a source: the day and why not, by record."""
    found = read(engine, items_of, b"k" * 32, source, [ONE])
    return {
        (row.source, row.source_id): (str(row.happened_on)[:10], row.exclusion)
        for row in found.itertuples()
    }


def test_cooperation_with_research_lasts_as_long_as_the_project(world):
    tie = {"project_id": ONE}
    with database.writing(world) as connection:
        # The university is 5. Company 1 is tied to it at both ends, told by either of them; 2 at
        # the start alone; 3 at both ends with different ones, of whom 7 is an institute.
        connection.execute(
            sa.insert(schema.Organisation),
            {"id": 7, "name": "O7", "kind": "research", "group_code": "COM"},
        )
        told = [("baseline", 1, 5), ("end", 5, 1), ("baseline", 2, 5), ("during", 2, 5),
                ("baseline", 3, 5), ("end", 3, 7), ("baseline", 6, 5), ("end", 6, 5)]  # fmt: skip
        connection.execute(
            sa.insert(schema.OrganisationTie),
            [tie | {"wave": wave, "source_id": one, "target_id": two} for wave, one, two in told],
        )
    assert exclusions(world, Source.COMPANIES_WITH_RESEARCH) == {
        # On the last day of the project; that it met the university in a trial is not enough.
        ("organisation_tie", 1): ("2026-12-31", ""),
        ("event_organisation", 2): ("2025-05-01", "threshold"),
    }


def test_a_research_organisation_alone_at_an_event_is_in_no_joint_project(world):
    with database.writing(world) as connection:
        connection.execute(
            sa.insert(schema.EventOrganisation), {"event_id": 5, "organisation_id": 5}
        )
        connection.execute(
            sa.delete(schema.EventOrganisation).where(schema.EventOrganisation.organisation_id == 6)
        )
    assert exclusions(world, Source.RESEARCH_ORGANISATIONS) == {
        ("event_organisation", 2): ("2025-05-01", ""),
        ("event_organisation", 5): ("2026-03-01", "threshold"),
    }


def test_a_pilot_counts_once_it_is_developed_together_and_finished_within_the_project(world):
    day = date(2025, 3, 1)
    whole = {"project_id": ONE, "idea_on": day, "partner_on": day, "development_on": day,
             "trial_on": day, "pilot_on": day, "adoption_on": None, "end_kind": None,
             "ended_on": None}  # fmt: skip
    done = date(2025, 6, 1)
    cases = [
        {"adoption_on": done}, {"end_kind": "rejected", "ended_on": done}, {},
        {"end_kind": "withdrawn", "ended_on": done}, {"adoption_on": done, "partner_on": None},
        {"adoption_on": date(2027, 1, 1)},  # the project ended the day before
        {"pilot_on": None},
    ]  # fmt: skip
    with database.writing(world) as connection:
        rows = [whole | case | {"id": n, "code": f"c{n}"} for n, case in enumerate(cases, start=1)]
        connection.execute(sa.insert(schema.FunnelCase), rows)
    found = exclusions(world, Source.PILOTS)
    assert found == {
        ("funnel_case", 1): ("2025-06-01", ""),
        ("funnel_case", 2): ("2025-06-01", ""),
        **{("funnel_case", n): ("2025-03-01", "threshold") for n in (3, 4, 5, 6)},
    }
