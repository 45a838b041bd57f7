"""Every frame of records, read from a small database that was written by hand."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pandas as pd
import pytest
import sqlalchemy as sa

from data import database, schema
from data.folding import record_frames
from metrics.frames import Frames

#: The day of reading.
TODAY = date(2026, 7, 1)


def day(month: int, number: int) -> date:
    return date(2026, month, number)


WRITTEN = {
    schema.Area: [{"id": 1, "code": "a", "name_fi": "Kallio", "kind": "local_area"}],
    schema.Project: [
        {"id": 1, "code": "p1", "name_fi": "Yksi", "starts_on": day(1, 10)},
        {"id": 2, "code": "p2", "name_fi": "Kaksi", "is_comparison": True},
    ],
    schema.Funder: [
        {"id": 1, "code": "f1", "name_fi": "Eka"}, {"id": 2, "code": "f2", "name_fi": "Toka"},
    ],
    schema.Organisation: [
        {"id": 1, "name": "Paja", "kind": "company", "group_code": "COM"},
        {"id": 2, "name": "Koulu", "kind": "school", "group_code": "STAFF"},
        {"id": 3, "name": "Seura", "kind": "association", "group_code": "NGO"},
    ],
    schema.ActivityEvent: [
        {"id": 1, "code": "e1", "project_id": 1, "kind": "pilot", "starts_on": day(2, 1),
         "cost_eur": Decimal("10.10")},
        {"id": 2, "code": "e2", "project_id": 1, "kind": "workshop", "starts_on": day(2, 2),
         "cost_eur": None},
        {"id": 3, "code": "e3", "project_id": 2, "kind": "pilot", "starts_on": day(2, 3),
         "cost_eur": Decimal("0.07")},
    ],
}  # fmt: skip


@pytest.fixture
def read(engine):
    """The frames of records of rows by table, on each of the two databases."""

    def written(rows: dict) -> dict[str, pd.DataFrame]:
        with database.writing(engine) as connection:
            for model, listed in (WRITTEN | rows).items():
                # Row by row: a column that one of them leaves out has its default there.
                for row in listed:
                    connection.execute(sa.insert(model).values(**row))
        with database.reading(engine) as connection:
            return record_frames.logs(connection, TODAY)

    return written


def told(frame: pd.DataFrame, *columns: str) -> list[tuple]:
    return [tuple(row) for row in frame[list(columns) or list(frame)].to_numpy().tolist()]


def test_every_frame_is_as_the_metrics_ask(read):
    logs = read({})
    for name, frame in logs.items():
        Frames.of(**{name: frame}).validated()
    assert told(logs["sites"]) == [(1, 0), (2, 1)]


def test_a_proposal_waits_for_its_first_answer_or_until_today(read):
    proposal, step = schema.Proposal, schema.ProposalStatus
    steps = {
        # 31 days to being taken up, in January; accepted with a reason later.
        1: [("submitted", day(1, 1)), ("taken_up", day(2, 1)), ("accepted", day(3, 1), "Sopii")],
        # unanswered: from 1 June to 1 July are 30 days
        2: [("submitted", day(6, 1))],
        # withdrawn after 9 days: it waited no longer
        3: [("submitted", day(6, 1)), ("withdrawn", day(6, 10))],
        # answered, but nobody wrote down when
        4: [("submitted", day(6, 1)), ("rejected", None, " ")],
        # nobody knows when it was made
        5: [("submitted", None), ("done", day(6, 1), "Valmis")],
        # accepted first, rejected in the end
        6: [("submitted", day(1, 1)), ("accepted", day(1, 2)), ("rejected", day(1, 3))],
        7: [],
    }  # fmt: skip
    logs = read(
        {
            proposal: [
                {"id": number, "code": f"i{number}", "title": "Penkki",
                 "project_id": 1 if number == 1 else None, "area_id": 1 if number == 2 else None}
                for number in steps
            ],
            step: [
                {"proposal_id": number, "position": at, "status": said[0], "on_date": said[1],
                 "reason": said[2] if len(said) > 2 else None}
                for number, every in steps.items()
                for at, said in enumerate(every)
            ],
        }
    )  # fmt: skip
    # project, area, waited, answered, reasoned, age, decided, adopted;
    # 1 January to 1 July are 181 days
    assert told(logs["proposal_log"]) == [
        (1, 0, 31, 1, 1, 181, 1, 1),
        (0, 1, 30, 0, 0, 30, 0, 0),
        (0, 0, 9, 0, 0, 30, 0, 0),
        (0, 0, -1, 1, 0, 30, 1, 0),
        (0, 0, -1, 1, 1, -1, 1, 1),
        (0, 0, 1, 1, 0, 181, 1, 0),
        (0, 0, -1, 0, 0, -1, 0, 0),
    ]


def test_roles_rules_decisions_and_changes(read):
    logs = read(
        {
            schema.ProjectRole: [
                {"project_id": 1, "title": "Vetäjä", "filled": True},
                {"project_id": 1, "title": "Arvioija", "filled": False},
            ],
            # the start of project 2 is not known
            schema.GroundRules: [
                {"project_id": 1, "signed_on": day(1, 10)}, {"project_id": 2, "signed_on": None},
            ],
            schema.Decision: [
                {"code": "d1", "project_id": 1, "due_on": day(6, 1), "made_on": day(6, 4)},
                {"code": "d2", "project_id": 1, "due_on": day(6, 1), "made_on": day(5, 1)},
                {"code": "d3", "project_id": 2, "due_on": day(6, 21), "made_on": None},
                {"code": "d4", "project_id": 2, "due_on": day(7, 2), "made_on": None},
            ],
            schema.PlanChange: [
                {"code": "c1", "project_id": 1, "reason": "Aikataulu"},
                {"code": "c2", "project_id": 1, "reason": " "},
                {"code": "c3", "project_id": 1, "reason": None},
            ],
        }
    )  # fmt: skip
    assert told(logs["roles"]) == [(1, 1), (1, 0)]
    assert told(logs["rules"]) == [(1, 1)]
    # 3 days late; early is no wait; 21 June to 1 July are 10 days; what is not due yet is left out
    assert told(logs["decisions"]) == [(1, 3, 1), (1, 0, 1), (2, 10, 0)]
    assert told(logs["plan_changes"]) == [(1, 1), (1, 0), (1, 0)]


def test_rules_that_nobody_signed_were_not_signed_in_time(read):
    logs = read({schema.GroundRules: [{"project_id": 1, "signed_on": None}]})
    assert told(logs["rules"]) == [(1, 0)]


def test_a_place_counts_once_however_often_it_was_used(read):
    logs = read(
        {
            schema.Place: [
                {"id": 1, "code": "talo", "name": "Talo", "described": True},
                {"id": 2, "code": "piha", "name": "Piha", "described": False},
            ],
            schema.PlaceUse: [
                {"place_id": 1, "project_id": 1, "event_id": 1},
                {"place_id": 1, "project_id": 1, "event_id": 2},
                {"place_id": 1, "project_id": 1, "event_id": None},
                {"place_id": 2, "project_id": 1, "event_id": None},
            ],
        }
    )
    assert told(logs["places"]) == [(1, 1, 1), (1, 2, 0)]


def test_people_have_the_same_number_wherever_they_were(read):
    person = {name: name * 64 for name in "abc"}
    logs = read(
        {
            schema.Attendance: [
                {"event_id": 1, "person_key": person["b"], "group_code": "RES"},
                {"event_id": 2, "person_key": person["b"], "group_code": "RES"},
                {"event_id": 2, "person_key": person["a"], "group_code": "COM"},
                {"event_id": 3, "person_key": person["a"], "group_code": "NGO"},
            ],
            schema.Contribution: [
                {"event_id": 1, "person_key": person["c"], "group_code": "RES", "times": 0},
                {"event_id": 1, "person_key": person["b"], "group_code": "RES", "times": 7},
            ],
            schema.PriorityGroup: [{"project_id": 1, "group_code": "NGO"}],
            schema.JourneyStep: [
                # came without having registered, and answered as somebody of another group
                {"project_id": 1, "person_key": person["c"], "step": "invited",
                 "group_code": "NGO"},
                {"project_id": 1, "person_key": person["c"], "step": "attended",
                 "group_code": "NGO"},
                {"project_id": 1, "person_key": person["c"], "step": "answered",
                 "group_code": "RES"},
                {"project_id": 2, "person_key": person["a"], "step": "invited",
                 "group_code": "NGO"},
            ],
        }
    )  # fmt: skip
    # project, group, person, times; a is 0, b is 1, c is 2
    assert told(logs["attendance"]) == [(1, "COM", 0, 1), (1, "RES", 1, 2), (2, "NGO", 0, 1)]
    # project, session, group, person, n
    assert told(logs["contributions"]) == [(1, 1, "RES", 1, 7), (1, 1, "RES", 2, 0)]
    # project, group, person, step, priority; the last step is the sixth
    assert told(logs["journeys"]) == [(1, "NGO", 2, 5, 1), (2, "NGO", 0, 0, 0)]


def test_money_is_the_funders_where_it_is_known_and_else_the_events(read):
    granted = {"granted_eur": Decimal(5000)}
    logs = read(
        {
            schema.ProjectFunder: [
                {"project_id": 1, "funder_id": 1, "used_eur": Decimal("1234.56"), **granted},
                {"project_id": 1, "funder_id": 2, "used_eur": Decimal("0.01"), **granted},
                {"project_id": 2, "funder_id": 1, "used_eur": None, **granted},
            ],
            schema.Attendance: [
                {"event_id": event, "person_key": key * 64, "group_code": "RES"}
                for event, key in ((1, "a"), (2, "a"), (2, "b"))
            ],
        }
    )
    # project, cents, participants, pilots
    assert told(logs["costs"]) == [(1, 123457, 2, 1), (2, 7, -1, 1)]


def test_organisations_that_came_and_that_were_said_to_take_part(read):
    logs = read(
        {
            schema.EventOrganisation: [
                {"event_id": 1, "organisation_id": 1}, {"event_id": 2, "organisation_id": 1},
                {"event_id": 3, "organisation_id": 1},
            ],
            schema.ProjectOrganisation: [
                {"project_id": 1, "organisation_id": 1}, {"project_id": 1, "organisation_id": 2},
            ],
        }
    )  # fmt: skip
    assert told(logs["organisations"]) == [(1, 1, "company"), (1, 2, "school"), (2, 1, "company")]


def test_the_newest_count_of_an_area_and_whom_a_project_concerns(read):
    counted = {"area_id": 1, "source": "Tilastokeskus"}
    logs = read(
        {
            schema.AreaPopulation: [
                {"group_code": "RES", "year": 2025, "people": 900, **counted},
                {"group_code": "RES", "year": 2024, "people": 800, **counted},
                {"group_code": "NGO", "year": 2020, "people": 12, **counted},
            ],
            schema.AffectedPopulation: [
                {"project_id": 2, "group_code": "RES", "people": 70, "source": "Arvio"}
            ],
        }
    )
    assert told(logs["eligible"]) == [
        ("area", 1, "NGO", 12), ("area", 1, "RES", 900), ("project", 2, "RES", 70),
    ]  # fmt: skip


def test_needs_firms_and_outputs(read):
    firm = {"project_id": 1, "tested": True}
    logs = read(
        {
            schema.Need: [
                {"code": "n1", "project_id": 1, "group_code": "RES", "tested": True,
                 "sufficient": False},
            ],
            schema.FirmFollowUp: [
                # 31 days from joining to the first sale
                {**firm, "organisation_id": 1, "joined_on": day(1, 1), "followed_on": day(6, 1),
                 "new_product": True, "new_market": False, "first_sale_on": day(2, 1)},
                # 59 days of January and February to the last follow-up, and nothing sold
                {**firm, "organisation_id": 2, "joined_on": day(1, 1), "followed_on": day(3, 1),
                 "new_product": False, "new_market": False, "first_sale_on": None},
                {**firm, "organisation_id": 3, "joined_on": day(1, 1), "followed_on": None,
                 "new_product": False, "new_market": False, "first_sale_on": None},
            ],
            schema.JointOutput: [
                {"code": "o1", "project_id": 2, "kind": "volunteers", "amount": 14},
                {"code": "o2", "project_id": 2, "kind": "thesis"},
            ],
        }
    )  # fmt: skip
    assert told(logs["needs"]) == [(1, "RES", 1, 0)]
    # project, organisation, tested, new_product, new_market, followed, waited, sold
    assert told(logs["firms"]) == [
        (1, 1, 1, 1, 0, 1, 31, 1),
        (1, 2, 1, 0, 0, 1, 59, 0),
        (1, 3, 1, 0, 0, 0, -1, 0),
    ]
    assert told(logs["outputs"]) == [(2, "volunteers", 14), (2, "thesis", 1)]


def test_solutions_their_adopters_and_what_was_built_on_them(read):
    made = {"project_id": 1, "name": "Kärry"}
    logs = read(
        {
            schema.Solution: [
                {"id": 1, "code": "s1", "ready_on": day(1, 1), "embedded": True,
                 "embedded_on": day(1, 31), **made},
                {"id": 2, "code": "s2", "ready_on": day(6, 1), "embedded": False, **made},
                {"id": 3, "code": "s3", "ready_on": day(6, 1), "embedded": True, **made},
                {"id": 4, "code": "s4", "ready_on": None, "embedded": False, **made},
            ],
            schema.Adoption: [
                {"solution_id": 1, "organisation_id": 2, "in_use": True},
                {"solution_id": 1, "organisation_id": 3, "in_use": False},
            ],
            schema.SolutionReuse: [
                {"solution_id": 1, "project_id": 2}, {"solution_id": 2, "project_id": 2},
                {"solution_id": 2, "project_id": 1},
            ],
        }
    )  # fmt: skip
    # project, solution, age, waited, embedded; embedded on an unknown day: how long is not known
    assert told(logs["solutions"]) == [
        (1, 1, 181, 30, 1), (1, 2, 30, 30, 0), (1, 3, 30, -1, 1), (1, 4, -1, -1, 0),
    ]  # fmt: skip
    assert told(logs["adoptions"]) == [(1, 1, 2, 1), (1, 1, 3, 0)]
    assert told(logs["lineage"]) == [(1, 2)]


def test_ties_and_who_was_asked_about_them(read):
    logs = read(
        {
            schema.TieRoster: [
                {"project_id": 1, "wave": "end", "organisation_id": 1, "answered": True},
                {"project_id": 1, "wave": "end", "organisation_id": 3, "answered": False},
            ],
            schema.OrganisationTie: [
                {"project_id": 1, "wave": "end", "source_id": 1, "target_id": 3},
                {"project_id": 1, "wave": "end", "source_id": 1, "target_id": 1},
            ],
        }
    )
    assert told(logs["ties"]) == [(1, "end", 1, 3)]
    assert told(logs["roster"]) == [(1, "end", 1, "company", 1), (1, "end", 3, "association", 0)]


def test_cases_with_their_stages_and_ends(read):
    begun = {"project_id": 1, "idea_on": day(1, 1)}
    logs = read(
        {
            schema.FunnelCase: [
                {"id": 1, "code": "k1", **begun, "partner_on": day(1, 11), "trial_on": day(2, 1)},
                {"id": 2, "code": "k2", **begun, "end_kind": "merged", "ended_on": day(1, 3),
                 "merged_into_id": 1},
                {"id": 3, "code": "k3", "project_id": 1, "idea_on": day(7, 2)},
            ],
        }
    )  # fmt: skip
    # project, case, year, stage, days to partner ... adoption, end, days, age
    assert told(logs["cases"]) == [
        (1, 1, 2026, 3, 10, -1, 31, -1, -1, "", 181, 181),
        (1, 2, 2026, 0, -1, -1, -1, -1, -1, "merged", 2, 181),
    ]


def test_what_was_declared_comes_in_its_order_the_portfolio_first(read):
    logs = read(
        {
            schema.PortfolioMetric: [{"position": 1, "metric": "paired_change", "part": "SERVICE"}],
            schema.PrimaryMetric: [
                {"project_id": 2, "position": 2, "metric": "benefit"},
                {"project_id": 2, "position": 1, "metric": "take_up", "part": "A"},
            ],
        }
    )
    assert told(logs["primary"]) == [
        ("portfolio", 0, "paired_change", "SERVICE"),
        ("project", 2, "take_up", "A"),
        ("project", 2, "benefit", ""),
    ]
