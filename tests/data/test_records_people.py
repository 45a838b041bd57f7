"""People are let in, and out, by administrators only, and every change is audited."""

from __future__ import annotations

import json

import pytest
import sqlalchemy as sa

from data import database, records, schema
from data.access import Grant, NotPermitted, Role, User

STEERING = User(1, "s", (Grant(Role.STEERING),))
MANAGER = User(2, "m", (Grant(Role.MANAGER, project=1),))
FUNDER = User(3, "f", (Grant(Role.FUNDER, funder=1),), {1: frozenset({2})})
EVALUATOR = User(4, "e", (Grant(Role.EVALUATOR),))
ADMINISTRATOR = User(5, "Aino", (Grant(Role.ADMINISTRATOR),))


@pytest.fixture
def town(engine):
    """Two projects and a funder that a role can be for."""
    with database.writing(engine) as connection:
        for number in (1, 2):
            row = {"id": number, "code": f"p{number}", "name_fi": "P"}
            connection.execute(sa.insert(schema.Project), [row])
        row = {"id": 1, "code": "eakr", "name_fi": "EAKR"}
        connection.execute(sa.insert(schema.Funder), [row])
    return engine


def audited(connection) -> list[tuple]:
    told = schema.AuditEvent
    found = connection.execute(
        sa.select(told.actor, told.action, told.subject, told.detail).order_by(told.id)
    )
    return [(*row[:3], json.loads(row.detail)) for row in found]


def test_a_person_is_added_and_given_roles_and_all_of_it_is_audited(town):
    with database.writing(town) as connection:
        number = records.add_user(
            connection, ADMINISTRATOR, issuer="https://idp", subject="x", name="Ville"
        )
        records.grant_role(connection, ADMINISTRATOR, number, "manager", project=1)
        records.grant_role(connection, ADMINISTRATOR, number, "manager", project=2)
        records.grant_role(connection, ADMINISTRATOR, number, "steering")
        (person,) = records.users(connection, ADMINISTRATOR)
        assert person.grants == (
            Grant(Role.MANAGER, project=1), Grant(Role.MANAGER, project=2), Grant(Role.STEERING),
        )  # fmt: skip
        records.disable_user(connection, ADMINISTRATOR, number)
        assert records.users(connection, ADMINISTRATOR)[0].disabled_at is not None
        told = audited(connection)
    who, subject = "5 Aino", f"user:{number}"
    assert told == [
        (who, "add_user", subject, {"issuer": "https://idp"}),
        (who, "grant_role", subject, {"role": "manager", "project": 1, "funder": None}),
        (who, "grant_role", subject, {"role": "manager", "project": 2, "funder": None}),
        (who, "grant_role", subject, {"role": "steering", "project": None, "funder": None}),
        (who, "disable_user", subject, {}),
    ]


@pytest.mark.parametrize("user", [STEERING, MANAGER, FUNDER, EVALUATOR])
def test_only_administrators_change_and_see_people(town, user):
    with database.writing(town) as connection:
        number = records.add_user(
            connection, ADMINISTRATOR, issuer="https://idp", subject="x", name="Ville"
        )
        before = audited(connection)
        with pytest.raises(NotPermitted):
            records.add_user(connection, user, issuer="https://idp", subject="y", name="Y")
        with pytest.raises(NotPermitted):
            records.grant_role(connection, user, number, "administrator")
        with pytest.raises(NotPermitted):
            records.disable_user(connection, user, number)
        assert records.users(connection, user) == []
        assert audited(connection) == before


@pytest.mark.parametrize(
    ("role", "named", "said"),
    [
        ("manager", {}, "names a project"),
        ("manager", {"project": 99}, "no project with the number 99"),
        ("steering", {"project": 1}, "names a project"),
        ("funder", {}, "names a funder"),
        ("funder", {"funder": 99}, "no funder with the number 99"),
        ("funder", {"funder": 1, "project": 1}, "names a project"),
        ("king", {}, "no role king"),
    ],
)
def test_a_role_that_cannot_be_is_refused_with_the_reason(town, role, named, said):
    with database.writing(town) as connection:
        number = records.add_user(
            connection, ADMINISTRATOR, issuer="https://idp", subject="x", name="Ville"
        )
        with pytest.raises(records.InvalidGrant, match=said):
            records.grant_role(connection, ADMINISTRATOR, number, role, **named)
        assert records.users(connection, ADMINISTRATOR)[0].grants == ()


def test_a_person_or_a_role_is_not_added_twice(town):
    with database.writing(town) as connection:
        someone = {"issuer": "https://idp", "subject": "x", "name": "Ville"}
        number = records.add_user(connection, ADMINISTRATOR, **someone)
        with pytest.raises(records.AddedTwice):
            records.add_user(connection, ADMINISTRATOR, **someone)
        for role in ("steering", "evaluator"):
            records.grant_role(connection, ADMINISTRATOR, number, role)
        with pytest.raises(records.AddedTwice):
            records.grant_role(connection, ADMINISTRATOR, number, "evaluator")


def test_a_persona_of_the_sample_cannot_be_added_by_hand(town):
    with (
        database.writing(town) as connection,
        pytest.raises(records.InvalidGrant, match="arviomo:sample"),
    ):
        records.add_user(
            connection, ADMINISTRATOR, issuer="arviomo:sample", subject="x", name="Ville"
        )


def test_somebody_who_is_not_there_cannot_be_given_a_role_or_disabled(town):
    with database.writing(town) as connection:
        with pytest.raises(records.InvalidGrant, match="no user with the number 99"):
            records.grant_role(connection, ADMINISTRATOR, 99, "steering")
        with pytest.raises(records.InvalidGrant, match="no user with the number 99"):
            records.disable_user(connection, ADMINISTRATOR, 99)


def test_a_role_is_withdrawn_with_one_line_in_the_audit(town):
    with database.writing(town) as connection:
        number = records.add_user(
            connection, ADMINISTRATOR, issuer="https://idp", subject="x", name="Ville"
        )
        for project in (1, 2):
            records.grant_role(connection, ADMINISTRATOR, number, "manager", project=project)
        with pytest.raises(NotPermitted):
            records.withdraw_role(connection, EVALUATOR, number, "manager", project=1)
        before = len(audited(connection))
        records.withdraw_role(connection, ADMINISTRATOR, number, "manager", project=1)
        (person,) = records.users(connection, ADMINISTRATOR)
        assert person.grants == (Grant(Role.MANAGER, project=2),)
        told = {"role": "manager", "project": 1, "funder": None}
        assert audited(connection)[before:] == [("5 Aino", "withdraw_role", f"user:{number}", told)]
        with pytest.raises(records.InvalidGrant):
            records.withdraw_role(connection, ADMINISTRATOR, number, "manager", project=1)


def test_the_last_administrator_stays(town):
    with database.writing(town) as connection:
        first, second = (
            records.add_user(connection, ADMINISTRATOR, issuer="https://idp", subject=s, name=s)
            for s in ("a", "b")
        )
        for person in (first, second):
            records.grant_role(connection, ADMINISTRATOR, person, "administrator")
        records.disable_user(connection, ADMINISTRATOR, first)
        before = audited(connection)
        with pytest.raises(records.LastAdministrator):  # the other one is not let in
            records.withdraw_role(connection, ADMINISTRATOR, second, "administrator")
        with pytest.raises(records.LastAdministrator):
            records.disable_user(connection, ADMINISTRATOR, second)
        assert audited(connection) == before
        records.enable_user(connection, ADMINISTRATOR, first)
        records.withdraw_role(connection, ADMINISTRATOR, second, "administrator")
