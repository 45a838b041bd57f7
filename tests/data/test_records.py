"""Rows are read by name, in order, through the gate, in a fixed number of queries."""

from __future__ import annotations

from dataclasses import fields
from datetime import date
from decimal import Decimal

import pytest
import sqlalchemy as sa

from data import database, records, schema
from data.access import Grant, Role, User

STEERING = User(1, "s", (Grant(Role.STEERING),))
MANAGER = User(2, "m", (Grant(Role.MANAGER, project=1),))
FUNDER = User(3, "f", (Grant(Role.FUNDER, funder=1),), {1: frozenset({2})})
EVALUATOR = User(4, "e", (Grant(Role.EVALUATOR),))

NAMED = {"name_sv": None, "name_en": None}

PORTFOLIO = {
    schema.Theme: [
        {"id": 1, "code": "edu", "name_fi": "Ääni", "name_sv": "Röst", "name_en": None},
        {"id": 2, "code": "env", "name_fi": "Zoo", **NAMED},
        {"id": 3, "code": "old", "name_fi": "Åbo", **NAMED},
        {"id": 4, "code": "int", "name_fi": "öljy", **NAMED},
        {"id": 5, "code": "art", "name_fi": "aarre", **NAMED},
    ],
    schema.Funder: [
        {"id": 1, "code": "eakr", "name_fi": "EAKR"}, {"id": 2, "code": "tsr", "name_fi": "TSR"},
    ],
    schema.Programme: [{"id": 1, "code": "6aika", "name_fi": "6Aika"}],
    schema.Area: [
        {"id": 1, "code": "espoo", "name_fi": "Espoo", "kind": "city", "parent_id": None},
        {"id": 2, "code": "vantaa", "name_fi": "Vantaa", "kind": "city", "parent_id": None},
        {"id": 3, "code": "matinkyla", "name_fi": "Matinkylä", "kind": "local_area",
         "parent_id": 1},
        {"id": 4, "code": "omena", "name_fi": "Iso Omena", "kind": "setting", "parent_id": 3},
        {"id": 5, "code": "aalto", "name_fi": "Aalto", "kind": "setting", "parent_id": 1},
    ],
    schema.ProcessTemplate: [{"id": 1, "code": "trial", "name_fi": "Kokeilu"}],
    schema.TemplatePhase: [
        {"id": 1, "template_id": 1, "position": 2, "common_phase": "P5", "name_fi": "Kokeilu"},
        {"id": 2, "template_id": 1, "position": 1, "common_phase": "P1", "name_fi": "Tarve"},
    ],
    schema.Project: [
        {"id": 1, "code": "a", "name_fi": "Beeta", "template_id": 1, "description": "Kuvaus",
         "starts_on": date(2026, 1, 7), "invented": False},
        {"id": 2, "code": "b", "name_fi": "Alfa", "template_id": None, "description": None,
         "starts_on": None, "invented": True},
        {"id": 3, "code": "c", "name_fi": "Gamma", "template_id": None, "description": None,
         "starts_on": None, "invented": True},
    ],
    schema.ProjectTheme: [
        {"project_id": 1, "theme_id": 2}, {"project_id": 1, "theme_id": 1},
        {"project_id": 2, "theme_id": 1},
    ],
    schema.ProjectArea: [
        {"project_id": 1, "area_id": 4}, {"project_id": 2, "area_id": 1},
        {"project_id": 3, "area_id": 2},
    ],
    schema.ProjectProgramme: [{"project_id": 3, "programme_id": 1}],
    schema.ProjectFunder: [
        {"project_id": 1, "funder_id": 2, "granted_eur": Decimal("1200.50"), "used_eur": None},
        {"project_id": 2, "funder_id": 1, "granted_eur": None, "used_eur": None},
        {"project_id": 2, "funder_id": 2, "granted_eur": Decimal(0), "used_eur": None},
    ],
    schema.ProjectPhase: [
        {"project_id": 1, "template_phase_id": 2, "planned_start_on": date(2026, 2, 1)},
    ],
    schema.AffectedPopulation: [
        {"project_id": 1, "group_code": "STAFF", "people": 40, "source": "HR"},
        {"project_id": 1, "group_code": "RES", "people": 900, "source": "Census"},
    ],
    schema.Organisation: [
        {"id": 1, "name": "Yritys Oy", "kind": "company", "group_code": "COM"},
        {"id": 2, "name": "Koulu", "kind": "school", "group_code": "STAFF"},
    ],
    schema.ActivityEvent: [
        {"id": 1, "code": "e2", "project_id": 1, "kind": "trial", "starts_on": date(2026, 5, 1),
         "hours": Decimal("2.5")},
        {"id": 2, "code": "e1", "project_id": 1, "kind": "workshop",
         "starts_on": date(2026, 4, 1), "hours": None},
    ],
    schema.EventParticipants: [
        {"event_id": 2, "group_code": "STAFF", "people": 3},
        {"event_id": 2, "group_code": "RES", "people": 12},
        {"event_id": 2, "group_code": "NGO", "people": 0},
    ],
    schema.EventOrganisation: [
        {"event_id": 2, "organisation_id": 1}, {"event_id": 2, "organisation_id": 2},
    ],
    schema.InstrumentVersion: [
        {"id": 1, "code": "benefit", "version": 1, "sha256": "", "body": ""},
    ],
    schema.Collection: [
        {"id": 1, "project_id": 1, "instrument_version_id": 1, "wave": "end"},
        {"id": 2, "project_id": 1, "instrument_version_id": 1, "wave": "baseline"},
    ],
    schema.CollectionGroup: [
        {"collection_id": 1, "group_code": "STAFF", "invited": 8},
        {"collection_id": 1, "group_code": "RES", "invited": 60},
    ],
    schema.Response: [
        {"id": f"{number:032}", "collection_id": 1, "group_code": "RES", "answers": "{}"}
        for number in range(4)
    ],
    schema.Proposal: [
        {"id": 1, "code": "p1", "title": "Penkki", "category": "puistot", "area_id": 4,
         "project_id": 1, "taken_up_by": "Puistoyksikkö"},
        {"id": 2, "code": "p2", "title": "Polku", "category": "puistot", "area_id": 1,
         "project_id": 2, "taken_up_by": None},
        {"id": 3, "code": "p3", "title": "Valo", "category": "valot", "area_id": 2,
         "project_id": None, "taken_up_by": None},
        {"id": 4, "code": "p4", "title": "Vailla tietoa", "category": None, "area_id": None,
         "project_id": None, "taken_up_by": None},
    ],
    schema.ProposalStatus: [
        {"proposal_id": 1, "position": 1, "status": "submitted", "on_date": date(2026, 1, 1),
         "reason": None},
        {"proposal_id": 1, "position": 2, "status": "accepted", "on_date": None,
         "reason": "Sopii suunnitelmaan"},
        {"proposal_id": 2, "position": 1, "status": "submitted", "on_date": None,
         "reason": None},
        {"proposal_id": 3, "position": 1, "status": "rejected", "on_date": None,
         "reason": None},
    ],
    schema.ProposalPlan: [
        {"proposal_id": 1, "plan_code": "s1", "selected": True, "budget_eur": Decimal(90000),
         "share_eur": Decimal(30000)},
    ],
}  # fmt: skip


@pytest.fixture
def town(engine):
    """A database with PORTFOLIO in it."""
    with database.writing(engine) as connection:
        for table, rows in PORTFOLIO.items():
            for row in rows:
                connection.execute(sa.insert(table), [row])
    return engine


@pytest.fixture
def reading(town):
    with database.reading(town) as connection:
        yield connection


def ids(rows):
    return [row.id for row in rows]


# --- the register -------------------------------------------------------------------------------


def test_names_stand_in_the_order_of_the_finnish_alphabet(reading):
    names = [theme.name_fi for theme in records.themes(reading, STEERING)]
    assert names == ["aarre", "Zoo", "Åbo", "Ääni", "öljy"]


@pytest.mark.parametrize(("language", "name"), [("fi", "Ääni"), ("sv", "Röst"), ("en", "Ääni")])
def test_a_name_that_nobody_wrote_is_the_finnish_one(reading, language, name):
    theme = next(t for t in records.themes(reading, STEERING) if t.code == "edu")
    assert records.name_in(theme, language) == name


def test_places_are_followed_by_the_places_within_them(reading):
    found = [(area.name_fi, area.depth) for area in records.areas(reading, STEERING)]
    assert found == [
        ("Espoo", 0), ("Aalto", 1), ("Matinkylä", 1), ("Iso Omena", 2), ("Vantaa", 0),
    ]  # fmt: skip


def test_a_ring_of_areas_does_not_run_for_ever(town):
    with database.writing(town) as connection:
        connection.execute(sa.update(schema.Area).where(schema.Area.id == 1).values(parent_id=4))
        assert set(connection.scalars(records.within(1))) == {1, 3, 4, 5}


def test_a_funder_sees_no_other_funder(reading):
    assert [funder.code for funder in records.funders(reading, FUNDER)] == ["eakr"]
    assert [funder.code for funder in records.funders(reading, MANAGER)] == ["eakr", "tsr"]
    assert [programme.code for programme in records.programmes(reading, FUNDER)] == ["6aika"]


# --- projects -----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("user", "seen"),
    [(STEERING, [2, 1, 3]), (EVALUATOR, [2, 1, 3]), (MANAGER, [1]), (FUNDER, [2])],
)
def test_projects_are_those_that_the_user_may_see_by_name(reading, user, seen):
    assert ids(records.projects(reading, user)) == seen
    assert ids(records.project_names(reading, user)) == seen


@pytest.mark.parametrize(
    ("filters", "seen"),
    [
        ({"theme": 1}, [2, 1]),
        ({"theme": 2}, [1]),
        ({"area": 1}, [2, 1]),  # the place itself and a place two steps inside it
        ({"area": 3}, [1]),
        ({"programme": 1}, [3]),
        ({"funder": 2}, [2, 1]),
        ({"funder": 2, "area": 4}, [1]),
        ({"theme": 99}, []),
    ],
)
def test_projects_of_a_theme_an_area_a_programme_or_a_funder(reading, filters, seen):
    assert ids(records.projects(reading, STEERING, **filters)) == seen


def test_a_project_knows_what_it_belongs_to(reading):
    one = next(p for p in records.projects(reading, STEERING) if p.id == 1)
    assert (one.themes, one.areas, one.programmes, one.funders) == ((1, 2), (4,), (), (2,))
    assert (one.status, one.starts_on, one.invented) == ("running", date(2026, 1, 7), False)


def test_the_whole_of_a_project(reading):
    detail = records.project_detail(reading, MANAGER, 1)
    assert detail.description == "Kuvaus"
    assert detail.template.code == "trial"
    assert [(f.funder.code, f.granted_eur, f.used_eur) for f in detail.funding] == [
        ("tsr", Decimal("1200.50"), None)
    ]
    assert [(a.group, a.people) for a in detail.affected] == [("RES", 900), ("STAFF", 40)]
    assert records.project_detail(reading, STEERING, 2).template is None


def test_a_funder_does_not_see_the_money_of_another_funder(reading):
    detail = records.project_detail(reading, FUNDER, 2)
    assert [one.funder.code for one in detail.funding] == ["eakr"]


def test_a_hidden_project_looks_like_one_that_is_not_there(reading):
    reads = (records.phases, records.events, records.participants, records.collections)
    for project in (1, 99):
        assert records.project_detail(reading, FUNDER, project) is None
        assert [read(reading, FUNDER, project) for read in reads] == [[], [], [], []]


def test_phases_stand_in_their_order_dated_or_not(reading):
    found = records.phases(reading, MANAGER, 1)
    assert [(phase.common_phase, phase.planned_start_on) for phase in found] == [
        ("P1", date(2026, 2, 1)), ("P5", None),
    ]  # fmt: skip
    assert records.phases(reading, STEERING, 2) == []


def test_events_name_who_took_part_and_do_not_count_them(reading):
    first, second = records.events(reading, MANAGER, 1)
    assert (first.code, second.code) == ("e1", "e2")
    assert first.groups == ("RES", "STAFF")
    assert first.organisations == ("Koulu", "Yritys Oy")
    assert (second.hours, second.groups, second.organisations) == (Decimal("2.5"), (), ())


def test_participants_are_counted_for_those_who_may_see_rows(reading):
    assert records.participants(reading, MANAGER, 1) == []
    counted = {(p.group, p.people) for p in records.participants(reading, EVALUATOR, 1)}
    assert counted == {("RES", 12), ("STAFF", 3), ("NGO", 0)}


def test_collections_say_who_was_invited_and_not_how_many_answered(town, reading):
    baseline, end = records.collections(reading, MANAGER, 1)
    assert (baseline.wave, baseline.invited) == ("baseline", ())
    assert (end.instrument, end.version, end.invited) == (
        "benefit", 1, (("RES", 60), ("STAFF", 8)),
    )  # fmt: skip
    with database.writing(town) as connection:
        connection.execute(sa.delete(schema.Response))
        assert records.collections(connection, MANAGER, 1) == [baseline, end]


def test_the_number_of_queries_does_not_grow_with_the_projects(town):
    told = []
    sa.event.listen(town, "before_cursor_execute", lambda *args: told.append(args[2]))

    def queries() -> int:
        told.clear()
        with database.reading(town) as connection:
            records.projects(connection, STEERING)
            records.events(connection, STEERING, 1)
            records.proposals(connection, STEERING)
        return len(told)

    few = queries()
    with database.writing(town) as connection:
        for number in range(10, 40):
            connection.execute(
                sa.insert(schema.Project), [{"id": number, "code": f"x{number}", "name_fi": "X"}]
            )
            connection.execute(
                sa.insert(schema.ProjectTheme), [{"project_id": number, "theme_id": 1}]
            )
    assert queries() == few


# --- proposals ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("filters", "seen"),
    [
        ({}, [1, 2, 3, 4]),
        ({"category": "puistot"}, [1, 2]),
        ({"area": 1}, [1, 2]),
        ({"area": 3}, [1]),
        ({"status": "submitted"}, [2]),  # not the one that was submitted and then accepted
        ({"status": "accepted"}, [1]),
        ({"project": 2}, [2]),
        ({"category": "puistot", "status": "rejected"}, []),
    ],
)
def test_proposals_of_a_category_an_area_a_status_or_a_project(reading, filters, seen):
    page = records.proposals(reading, STEERING, **filters)
    assert ids(page.rows) == seen
    assert page.total == len(seen)


def test_a_page_of_proposals_says_how_many_there_are_in_all(reading):
    page = records.proposals(reading, STEERING, offset=1, limit=2)
    assert (ids(page.rows), page.total) == ([2, 3], 4)


def test_a_proposal_stands_where_its_last_step_left_it(reading):
    rows = records.proposals(reading, STEERING).rows
    assert [row.status for row in rows] == ["accepted", "submitted", "rejected", None]
    steps = records.proposal_history(reading, FUNDER, 1)
    assert [(step.status, step.on_date, step.reason) for step in steps] == [
        ("submitted", date(2026, 1, 1), None), ("accepted", None, "Sopii suunnitelmaan"),
    ]  # fmt: skip
    assert records.proposal_plans(reading, FUNDER, 1) == [
        records.Plan("s1", True, Decimal(90000), Decimal(30000))
    ]
    assert records.proposal_categories(reading, FUNDER) == ["puistot", "valot"]


def test_proposals_are_counted_by_category_with_those_that_were_taken_up(town):
    # p1 names who took it up; p3 was taken up on the way and rejected in the end.
    with database.writing(town) as connection:
        connection.execute(
            sa.insert(schema.ProposalStatus),
            [{"proposal_id": 3, "position": 0, "status": "taken_up"}],
        )
        found = records.proposal_counts(connection, FUNDER)
    assert [(one.category, one.proposals, one.taken_up) for one in found] == [
        ("puistot", 2, 1), ("valot", 1, 1), (None, 1, 0),
    ]  # fmt: skip


def test_proposals_do_not_name_a_project_that_the_user_may_not_see(reading):
    assert [row.project for row in records.proposals(reading, STEERING).rows] == [1, 2, None, None]
    assert [row.project for row in records.proposals(reading, FUNDER).rows] == [
        None, 2, None, None,
    ]  # fmt: skip
    assert records.proposals(reading, FUNDER, project=1) == records.Page([], 0)


def test_no_row_that_is_read_here_counts_answers():
    # What a live count tells, a published figure that hides a small group no longer hides.
    rows = (records.Project, records.ProjectDetail, records.Event, records.Collection)
    assert not {field.name for row in rows for field in fields(row)} & {"n", "answers", "responses"}
