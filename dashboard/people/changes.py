"""What the buttons of the page of users do: each asks who presses it, and says how it went."""

from __future__ import annotations

from collections.abc import Callable

import sqlalchemy as sa

from dashboard.session import entered, give_back_turn, keep, take_turn
from dashboard.surveys.views import present
from dashboard.truth import engine
from data import records
from data.access import Grant, NotPermitted, User
from data.database import home, writing
from data.keeping.doors import kept_shut
from data.records import invited
from data.records.invited import InvalidInvitation

#: The form of the page: what was sent once is not sent again.
FORM = "users"
#: What is kept of the last press: the text that says how it went, and the code that was made.
TOLD, CODE = "users_told", "users_code"
#: What the database may refuse, and the text that says why.
REFUSALS: dict[type[Exception], str] = {
    NotPermitted: "users.wrong.not_permitted",
    records.AddedTwice: "users.wrong.known_role",
    records.InvalidGrant: "users.wrong.role",
    records.LastAdministrator: "users.wrong.last_administrator",
    InvalidInvitation: "users.wrong.invitation",
}
Step = Callable[[sa.Connection, User], str | None]


def _done(drawn: int, told: str, step: Step) -> None:
    """Do a step once, in one transaction, and keep how it went. step: gives a code, or nothing."""
    if not take_turn(FORM, drawn):
        return
    keep(CODE, None)
    try:
        with writing(engine()) as connection:
            code = step(connection, present(connection))
    except tuple(REFUSALS) as refused:
        give_back_turn(FORM, drawn)
        keep(TOLD, REFUSALS[type(refused)])
        return
    keep(TOLD, told)
    keep(CODE, code)


def invite(drawn: int, name_key: str, role: Callable[[], Grant]) -> None:
    """Invite somebody by name, with one role."""

    def step(connection: sa.Connection, user: User) -> str:
        number, code = invited.invite_user(connection, user, entered(name_key) or "")
        _give(connection, user, number, role())
        return code

    _done(drawn, "users.done.invited", step)


def invite_again(drawn: int, person: int) -> None:
    """Make a new code for somebody who has not come."""

    def step(connection: sa.Connection, user: User) -> str:
        return invited.invite_again(connection, user, person)

    _done(drawn, "users.done.invited", step)


def cancel(drawn: int, person: int) -> None:
    """Take an invitation back."""

    def step(connection: sa.Connection, user: User) -> None:
        with kept_shut(connection, home(), person):
            invited.cancel_invitation(connection, user, person)

    _done(drawn, "users.done.cancelled", step)


def grant(drawn: int, person: int, role: Callable[[], Grant]) -> None:
    """Give somebody a role."""

    def step(connection: sa.Connection, user: User) -> None:
        _give(connection, user, person, role())

    _done(drawn, "users.done.granted", step)


def withdraw(drawn: int, person: int, role: Grant) -> None:
    """Take a role from somebody."""

    def step(connection: sa.Connection, user: User) -> None:
        scope = {"project": role.project, "funder": role.funder}
        with kept_shut(connection, home(), person):
            records.withdraw_role(connection, user, person, role.role, **scope)

    _done(drawn, "users.done.withdrawn", step)


def disable(drawn: int, person: int) -> None:
    """Let somebody in no more."""

    def step(connection: sa.Connection, user: User) -> None:
        with kept_shut(connection, home(), person):
            records.disable_user(connection, user, person)

    _done(drawn, "users.done.disabled", step)


def enable(drawn: int, person: int) -> None:
    """Let somebody in again."""

    def step(connection: sa.Connection, user: User) -> None:
        with kept_shut(connection, home(), person):
            records.enable_user(connection, user, person)

    _done(drawn, "users.done.enabled", step)


def _give(connection: sa.Connection, user: User, person: int, role: Grant) -> None:
    scope = {"project": role.project, "funder": role.funder}
    with kept_shut(connection, home(), person):
        records.grant_role(connection, user, person, role.role, **scope)
