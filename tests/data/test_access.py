"""Every role, verb, kind and scope, against a table written here a second time, by hand."""

from __future__ import annotations

import logging
from itertools import product

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data import access, database, schema
from data.access import Grant, Kind, Role, User, Verb
from metrics.metric import Level, Method, Profile, Result, ValueState
from survey.instrument import WAVES

PROJECT, OTHER_PROJECT = 11, 12
FUNDER, OTHER_FUNDER = 3, 4
FUNDED = frozenset({21, 22})

#: all: everything · own: own project, own funder, funded projects · -: nothing. What is not a row
#: here nobody may do.
EXPECTED = """
                            steering  manager  funder  evaluator  administrator
read portfolio_figures      all       all      -       all        all
read programme_figures      all       all      -       all        all
read area_figures           all       all      -       all        all
read theme_figures          all       all      -       all        all
read funder_figures         all       -        own     all        all
read project_figures        all       own      own     all        all
read register               all       all      all     all        all
read proposal               all       all      all     all        all
read method                 all       all      all     all        all
read funder                 all       all      own     all        all
read project                all       own      own     all        all
read collection             all       own      -       all        all
ask collection              -         own      -       all        all
read assessment             all       own      -       all        all
assess assessment           -         own      -       all        all
read reply                  all       own      -       all        all
reply reply                 -         own      -       all        all
publish notice              -         -        -       -          all
read quote                  all       own      -       all        all
code row                    -         -        -       all        all
read indicator              all       own      own     all        all
report indicator            -         own      -       all        all
approve indicator           -         -        own     -          all
read release                all       own      own     all        all
release release             -         -        -       all        all
read row                    -         -        -       all        all
read batch                  -         -        -       all        all
store batch                 -         -        -       all        all
undo batch                  -         -        -       all        all
publish revision            -         -        -       all        all
read user                   -         -        -       -          all
grant user                  -         -        -       -          all
read audit                  -         -        -       -          all
"""


def expected() -> dict[tuple[str, str, str], str]:
    heading, *lines = EXPECTED.strip().splitlines()
    return {
        (role, *line.split()[:2]): reach
        for line in lines
        for role, reach in zip(heading.split(), line.split()[2:], strict=True)
    }


ONE_ROLE = {
    "steering": User(1, "s", (Grant(Role.STEERING),)),
    "manager": User(2, "m", (Grant(Role.MANAGER, project=PROJECT),)),
    "funder": User(3, "f", (Grant(Role.FUNDER, funder=FUNDER),), {FUNDER: FUNDED}),
    "evaluator": User(4, "e", (Grant(Role.EVALUATOR),)),
    "administrator": User(5, "a", (Grant(Role.ADMINISTRATOR),)),
}


def own_scopes(role: str, kind: str) -> set[int]:
    if role == "manager":
        return {PROJECT}
    return {FUNDER} if kind.startswith("funder") else set(FUNDED)


SCOPES = (PROJECT, OTHER_PROJECT, FUNDER, OTHER_FUNDER, *FUNDED, 0, -1, None)


def test_every_role_verb_kind_and_scope_is_as_the_table_says():
    table = expected()
    wrong = []
    for role, verb, kind, scope in product(Role, Verb, Kind, SCOPES):
        reach = table.get((role, verb, kind), "-")
        may = reach == "all" or (reach == "own" and scope in own_scopes(role, kind))
        if access.can(ONE_ROLE[role], verb, kind, scope) is not may:
            wrong.append((role, verb, kind, scope, may))
    assert wrong == []


def test_the_table_of_this_test_names_only_what_there_is():
    assert {(r, v, k) for r, v, k in expected()} <= set(product(Role, Verb, Kind))
    assert set(schema.ROLES) == set(Role) == set(ONE_ROLE)


def test_somebody_without_a_role_may_do_nothing_and_sees_nothing():
    nobody = User(9, "n", ())
    assert not any(access.can(nobody, *case) for case in product(Verb, Kind, SCOPES))
    assert access.pages_for(nobody) == ()
    assert access.visible_levels(nobody) == ()
    assert access.visible_projects(nobody) == frozenset()


#: The pages of figures that a reader of the whole portfolio opens.
EVERY_FIGURE = (
    "theme area project process self_assessment participation challenges proposals reporting figure"
)


@pytest.mark.parametrize(
    ("role", "pages"),
    [
        ("steering", f"overview {EVERY_FIGURE} claims methods search"),
        ("manager", f"overview my_projects {EVERY_FIGURE} closing claims surveys methods search"),
        (
            "funder",
            "overview funded project process participation proposals reporting figure claims "
            "methods search",
        ),
        (
            "evaluator",
            f"overview my_projects {EVERY_FIGURE} closing claims surveys methods search data_room",
        ),
        (
            "administrator",
            f"overview my_projects funded {EVERY_FIGURE} closing claims surveys methods search "
            "data_room users audit",
        ),
    ],
)
def test_each_role_has_its_pages(role, pages):
    assert access.pages_for(ONE_ROLE[role]) == tuple(pages.split())


# --- figures ------------------------------------------------------------------------------------


def result(level: Level, entity: int) -> Result:
    return Result(
        "m", "", "", level, entity, WAVES[0], "total", "", ValueState.VALUE, 1.0, None, None, None,
        None, 30, None, None, 1, None, False, Method.NONE, None,
    )  # fmt: skip


EVERYWHERE = [result(level, entity) for level in Level for entity in (*SCOPES[:-1], *range(1, 3))]


@pytest.mark.parametrize("role", ["steering", "evaluator", "administrator"])
def test_those_who_judge_the_portfolio_see_every_figure(role):
    assert access.visible_results(ONE_ROLE[role], EVERYWHERE) == EVERYWHERE
    assert access.visible_levels(ONE_ROLE[role]) == tuple(Level)
    assert access.visible_projects(ONE_ROLE[role]) is None


def test_a_manager_sees_the_own_project_among_the_aggregates_and_no_other_project():
    seen = access.visible_results(ONE_ROLE["manager"], EVERYWHERE)
    assert seen == [
        r
        for r in EVERYWHERE
        if r.level in ("portfolio", "programme", "area", "theme")
        or (r.level == "project" and r.entity == PROJECT)
    ]


def test_a_funder_sees_its_own_level_and_the_projects_that_it_funds():
    seen = access.visible_results(ONE_ROLE["funder"], EVERYWHERE)
    assert {(r.level, r.entity) for r in seen} == {
        ("funder", FUNDER), ("project", 21), ("project", 22),
    }  # fmt: skip
    assert access.visible_projects(ONE_ROLE["funder"]) == FUNDED


def test_funders_alone_read_the_public_profile():
    profiles = {role: access.profile_of(user) for role, user in ONE_ROLE.items()}
    assert [role for role, profile in profiles.items() if profile is Profile.PUBLIC] == ["funder"]
    assert access.profile_of(User(9, "n", ())) is Profile.PUBLIC


def test_a_funder_who_also_manages_reads_inside_what_the_manager_may_and_no_more():
    # Both profiles together would let them subtract; the funded projects would be shown inside.
    both = User(
        6, "b",
        (Grant(Role.MANAGER, project=PROJECT), Grant(Role.FUNDER, funder=FUNDER)),
        {FUNDER: FUNDED},
    )  # fmt: skip
    assert access.profile_of(both) is Profile.INSIDE
    assert access.visible_results(both, EVERYWHERE) == access.visible_results(
        ONE_ROLE["manager"], EVERYWHERE
    )
    assert access.visible_projects(both) == {PROJECT} | FUNDED


GRANTS = st.one_of(
    st.sampled_from(["steering", "evaluator", "administrator"]).map(lambda r: Grant(Role(r))),
    st.integers(1, 6).map(lambda project: Grant(Role.MANAGER, project=project)),
    st.integers(1, 3).map(lambda funder: Grant(Role.FUNDER, funder=funder)),
)
FUNDING = st.fixed_dictionaries({f: st.frozensets(st.integers(1, 6)) for f in (1, 2, 3)})


# A busy machine draws slowly; that says nothing of what is drawn.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(GRANTS, max_size=4), FUNDING, st.integers(-1, 7))
def test_several_roles_may_what_any_of_them_may(grants, funded, scope):
    user = User(1, "u", tuple(grants), funded)
    for verb, kind in product(Verb, Kind):
        alone = [access.can(User(1, "u", (g,), funded), verb, kind, scope) for g in grants]
        assert access.can(user, verb, kind, scope) is any(alone)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(GRANTS, max_size=4), FUNDING)
def test_several_roles_see_the_figures_of_those_that_share_their_profile(grants, funded):
    figures = [result(level, entity) for level in Level for entity in range(8)]
    user = User(1, "u", tuple(grants), funded)
    expected_profile = access.profile_of(user)
    seen = access.visible_results(user, figures)
    singles = [User(1, "u", (grant,), funded) for grant in grants]
    expected = {
        id(figure)
        for single in singles
        if access.profile_of(single) is expected_profile
        for figure in access.visible_results(single, figures)
    }
    assert {id(figure) for figure in seen} == expected


# --- rows ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", [Kind.ROW, Kind.BATCH])
def test_rows_of_people_and_files_are_for_evaluators_and_administrators(kind):
    rows = ["open answer"]
    seen = {role for role, user in ONE_ROLE.items() if access.visible_rows(user, kind, rows)}
    assert seen == {"evaluator", "administrator"}


def test_rows_of_projects_are_left_out_where_the_project_is_hidden():
    rows = [PROJECT, OTHER_PROJECT, 21, None]
    seen = {
        role: access.visible_rows(user, Kind.PROJECT, rows, scope_of=lambda row: row)
        for role, user in ONE_ROLE.items()
    }
    assert seen["manager"] == [PROJECT]
    assert seen["funder"] == [21]
    assert seen["steering"] == rows


def test_rows_whose_project_is_not_told_are_hidden_from_those_with_own_reach():
    assert access.visible_rows(ONE_ROLE["manager"], Kind.PROJECT, [PROJECT]) == []


def test_a_denied_attempt_is_named_and_logged(caplog):
    with (
        caplog.at_level(logging.WARNING, "data.access"),
        pytest.raises(access.NotPermitted, match="may not publish revision"),
    ):
        access.require(ONE_ROLE["funder"], Verb.PUBLISH, Kind.REVISION)
    assert "may not publish revision" in caplog.text
    access.require(ONE_ROLE["evaluator"], Verb.PUBLISH, Kind.REVISION)


# --- who somebody is ----------------------------------------------------------------------------


@pytest.fixture
def people(engine):
    """Two projects of one funder, and people of every sort."""
    rows = {
        schema.Project: [
            {"id": 21, "code": "a", "name_fi": "A"},
            {"id": 22, "code": "b", "name_fi": "B"},
            {"id": 23, "code": "c", "name_fi": "C"},
        ],
        schema.Funder: [
            {"id": 3, "code": "eakr", "name_fi": "EAKR"},
            {"id": 4, "code": "tsr", "name_fi": "TSR"},
        ],
        schema.ProjectFunder: [
            {"project_id": 21, "funder_id": 3},
            {"project_id": 22, "funder_id": 3},
            {"project_id": 23, "funder_id": 4},
        ],
        schema.AppUser: [
            {"id": 1, "issuer": "https://idp", "subject": "f", "name": "Funder"},
            {"id": 2, "issuer": "https://idp", "subject": "two", "name": "Two roles"},
            {"id": 3, "issuer": "https://idp", "subject": "none", "name": "No role"},
            {"id": 4, "issuer": "https://other", "subject": "f", "name": "Namesake"},
            {"id": 5, "issuer": "arviomo:sample", "subject": "s", "name": "Persona S"},
            {"id": 6, "issuer": "arviomo:sample", "subject": "m", "name": "Persona M"},
        ],
        schema.UserGrant: [
            {"user_id": 1, "role": "funder", "funder_id": 3},
            {"user_id": 2, "role": "manager", "project_id": 21},
            {"user_id": 2, "role": "manager", "project_id": 23},
            {"user_id": 5, "role": "steering"},
            {"user_id": 6, "role": "manager", "project_id": 22},
        ],
    }
    with database.writing(engine) as connection:
        for table, values in rows.items():
            for value in values:
                connection.execute(sa.insert(table), [value])
    return engine


def test_a_funder_is_known_with_the_projects_that_it_funds(people):
    with database.reading(people) as connection:
        user = access.user_of(connection, "https://idp", "f")
    assert user == User(1, "Funder", (Grant(Role.FUNDER, funder=3),), {3: frozenset({21, 22})})


def test_a_manager_of_two_projects_has_two_grants(people):
    with database.reading(people) as connection:
        user = access.user_of(connection, "https://idp", "two")
    assert user.roles == {Role.MANAGER}
    assert access.visible_projects(user) == {21, 23}


@pytest.mark.parametrize(
    ("issuer", "subject"),
    [
        ("https://idp", "none"),  # nobody gave a role
        ("https://other", "f"),  # the same subject of another provider
        ("https://idp", "nobody"),
        ("", ""),
        ("arviomo:sample", "s"),  # a persona cannot be signed in as
    ],
)
def test_strangers_are_not_let_in(people, issuer, subject):
    with database.reading(people) as connection:
        assert access.user_of(connection, issuer, subject) is None


def test_somebody_disabled_is_not_let_in(people):
    with database.writing(people) as connection:
        connection.execute(
            sa.update(schema.AppUser).values(disabled_at=sa.func.current_timestamp())
        )
        assert access.user_of(connection, "https://idp", "f") is None
        assert access.personas(connection) == []


def test_personas_are_found_by_their_role(people):
    with database.reading(people) as connection:
        assert [user.name for user in access.personas(connection)] == ["Persona S", "Persona M"]
        assert access.persona("manager", connection).id == 6
        assert access.persona("funder", connection) is None


def test_whoever_runs_the_command_line_may_do_everything_that_an_administrator_may():
    assert access.operator().roles == {Role.ADMINISTRATOR}
