"""Invitations: a code leads to a person once, and to nobody else's rights."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from data import access, records, schema, sessions
from data.access import Grant, NotPermitted, Role, User
from data.database import reading, writing
from data.records import invited
from data.records.invited import (
    InvalidInvitation,
    accept_invitation,
    cancel_invitation,
    invite_again,
    invite_user,
    waiting,
)

NOW = datetime(2026, 11, 23, 12, tzinfo=UTC)
IDP = "https://idp.example"
OPERATOR = access.operator()


@pytest.fixture
def asked(engine):
    """Somebody who was invited with a role, their number and their code."""
    with writing(engine) as connection:
        number, code = invite_user(connection, OPERATOR, "  Maija\n Meikäläinen ", NOW)
        records.grant_role(connection, OPERATOR, number, "evaluator")
    return engine, number, code


def test_the_code_ties_a_person_to_their_provider_once(asked):
    engine, number, code = asked
    with writing(engine) as connection:
        assert waiting(connection, code, NOW) == number
        assert accept_invitation(connection, code, IDP, "maija", NOW) == number
        user = access.user_of(connection, IDP, "maija")
        assert (user.id, user.name, user.roles) == (number, "Maija Meikäläinen", {Role.EVALUATOR})
    with writing(engine) as connection:
        assert accept_invitation(connection, code, IDP, "kalle", NOW) is None
        assert access.user_of(connection, IDP, "kalle") is None
        actions = list(connection.scalars(sa.select(schema.AuditEvent.action)))
    assert actions == ["invite_user", "grant_role", "accept_invitation"]


def test_nothing_of_the_code_is_kept_but_its_hash(asked):
    engine, _number, code = asked
    with reading(engine) as connection:
        kept = connection.execute(sa.select(schema.UserInvitation.__table__)).one()
        told = list(connection.scalars(sa.select(schema.AuditEvent.detail)))
    assert code not in str(kept) + str(told)
    assert len(code) == 43  # 32 random bytes


def test_who_was_invited_is_let_in_by_nothing_but_the_code(asked):
    engine, number, _code = asked
    with writing(engine) as connection:
        subject = connection.scalar(sa.select(schema.AppUser.subject))
        assert access.person_known(connection, access.INVITED_ISSUER, subject) is None
        assert sessions.find(connection, sessions.begin(connection, number)) is None
        with pytest.raises(records.InvalidGrant):
            records.add_user(
                connection, OPERATOR, issuer=access.INVITED_ISSUER, subject="x", name="x"
            )


@pytest.mark.parametrize(
    "end", ["late", "again", "cancelled", "disabled", "wrong", "known", "persona", "nobody's"]
)
def test_a_code_that_is_over_leads_nowhere(asked, end):
    engine, number, code = asked
    issuer, subject, now = IDP, "maija", NOW
    with writing(engine) as connection:
        if end == "late":
            now = NOW + invited.LASTS + timedelta(seconds=1)
        elif end == "again":
            assert invite_again(connection, OPERATOR, number, NOW) != code
        elif end == "cancelled":
            cancel_invitation(connection, OPERATOR, number)
        elif end == "disabled":
            records.disable_user(connection, OPERATOR, number)
        elif end == "wrong":
            code = code[:-1] + ("A" if code[-1] != "A" else "B")
        elif end == "known":
            records.add_user(connection, OPERATOR, issuer=IDP, subject="maija", name="other")
        elif end == "persona":
            issuer = access.SAMPLE_ISSUER
        else:
            issuer = access.INVITED_ISSUER
        assert accept_invitation(connection, code, issuer, subject, now) is None
        kept = sa.select(schema.AppUser.issuer).where(schema.AppUser.id == number)
        assert connection.scalar(kept) == access.INVITED_ISSUER


def test_a_new_code_leads_to_the_same_person(asked):
    engine, number, _code = asked
    with writing(engine) as connection:
        code = invite_again(connection, OPERATOR, number, NOW)
        assert accept_invitation(connection, code, IDP, "maija", NOW) == number
        with pytest.raises(InvalidInvitation):
            invite_again(connection, OPERATOR, number, NOW)
        with pytest.raises(InvalidInvitation):
            cancel_invitation(connection, OPERATOR, number)


@pytest.mark.parametrize("name", ["", "  \n ", "x" * 201])
def test_an_invitation_names_somebody(engine, name):
    with writing(engine) as connection, pytest.raises(InvalidInvitation):
        invite_user(connection, OPERATOR, name)


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.ADMINISTRATOR])
def test_administrators_alone_invite(asked, role):
    engine, number, _code = asked
    scope = {Role.MANAGER: {"project": 1}, Role.FUNDER: {"funder": 1}}
    user = User(9, "N", (Grant(role, **scope.get(role, {})),))
    with writing(engine) as connection:
        for attempt in (
            lambda: invite_user(connection, user, "N"),
            lambda: invite_again(connection, user, number),
            lambda: cancel_invitation(connection, user, number),
        ):
            with pytest.raises(NotPermitted):
                attempt()


def test_who_has_not_come_is_not_the_last_administrator(engine):
    with writing(engine) as connection:
        here = records.add_user(connection, OPERATOR, issuer=IDP, subject="a", name="A")
        records.grant_role(connection, OPERATOR, here, "administrator")
        number, _code = invite_user(connection, OPERATOR, "B")
        records.grant_role(connection, OPERATOR, number, "administrator")
        with pytest.raises(records.LastAdministrator):
            records.disable_user(connection, OPERATOR, here)
