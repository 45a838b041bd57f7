"""``arviomo user``: who may sign in, and what they see."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

from dashboard.commands.speech import command, database_option, group, refusal, require_tables
from dashboard.wording import say
from data.schema import ROLES

if TYPE_CHECKING:
    import sqlalchemy as sa

    from data.access import User
    from data.records import Named, Person

#: A command as its arguments are put together, before click makes it one.
Command = Callable[..., None]
#: The roles that are for one thing, and the option that names it.
SCOPES = {"manager": "project", "funder": "funder"}


def user(language: str) -> click.Group:
    """The commands about users."""
    users = group("user", language)
    for make in (add, grant, withdraw, password, disable, enable, listing):
        users.add_command(make(language))
    return users


def add(language: str) -> click.Command:
    """The command that lets somebody sign in."""

    @command("user.add", language)
    @_person_arguments(language)
    @click.argument("name", metavar=say("cli.user.name_mark", language))
    @database_option(language)
    def run(issuer: str, subject: str, name: str) -> None:
        from dashboard.truth import engine
        from data import access, records
        from data.database import writing

        require_tables(language, create=True)
        try:
            with writing(engine()) as connection:
                records.add_user(
                    connection, access.operator(), issuer=issuer, subject=subject, name=name
                )
        except records.AddedTwice as known:
            raise refusal("refusal.known_user", language) from known
        except records.InvalidGrant as kept:
            raise refusal("refusal.sample_issuer", language) from kept
        click.echo(say("cli.user.added", language, name=name))

    return run


def grant(language: str) -> click.Command:
    """The command that gives somebody a role."""

    @command("user.grant", language)
    @_person_arguments(language)
    @_role_arguments(language)
    @database_option(language)
    def run(issuer: str, subject: str, role: str, **given: str | None) -> None:
        from data import records

        def act(connection: sa.Connection, operator: User, person: int) -> None:
            scope = _scope(connection, role, given, language)
            records.grant_role(connection, operator, person, role, **scope)

        _check_scope(role, given, language)
        name = _change(issuer, subject, act, language)
        click.echo(say("cli.user.granted", language, name=name, role=role))

    return run


def withdraw(language: str) -> click.Command:
    """The command that takes a role from somebody."""

    @command("user.withdraw", language)
    @_person_arguments(language)
    @_role_arguments(language)
    @database_option(language)
    def run(issuer: str, subject: str, role: str, **given: str | None) -> None:
        from data import records

        def act(connection: sa.Connection, operator: User, person: int) -> None:
            scope = _scope(connection, role, given, language)
            records.withdraw_role(connection, operator, person, role, **scope)

        _check_scope(role, given, language)
        name = _change(issuer, subject, act, language)
        click.echo(say("cli.user.withdrawn", language, name=name, role=role))

    return run


def password(language: str) -> click.Command:
    """The command that gives somebody a password of ours, asked for twice and never shown."""

    @command("user.password", language)
    @click.argument("subject", metavar=say("cli.user.subject_mark", language))
    @database_option(language)
    def run(subject: str) -> None:
        from dashboard.truth import engine
        from data import access, passwords
        from data.database import writing

        require_tables(language)
        # Asked for, never an option: what stands on a command line is read by others.
        password = click.prompt(
            say("cli.user.password.ask", language),
            hide_input=True,
            confirmation_prompt=say("cli.user.password.again", language),
        )
        try:
            with writing(engine()) as connection:
                person = _person(connection, access.LOCAL_ISSUER, subject, language)
                passwords.set_password(connection, access.operator(), person.id, password)
        except passwords.WeakPassword as weak:
            raise refusal("refusal.weak_password", language, shortest=passwords.SHORTEST) from weak
        click.echo(say("cli.user.password.done", language, name=person.name))

    return run


def enable(language: str) -> click.Command:
    """The command that lets somebody sign in again."""

    @command("user.enable", language)
    @_person_arguments(language)
    @database_option(language)
    def run(issuer: str, subject: str) -> None:
        from data import records

        name = _change(issuer, subject, records.enable_user, language)
        click.echo(say("cli.user.enabled", language, name=name))

    return run


def disable(language: str) -> click.Command:
    """The command that lets somebody in no more."""

    @command("user.disable", language)
    @_person_arguments(language)
    @database_option(language)
    def run(issuer: str, subject: str) -> None:
        from data import records

        name = _change(issuer, subject, records.disable_user, language)
        click.echo(say("cli.user.disabled_now", language, name=name))

    return run


def listing(language: str) -> click.Command:
    """The command that lists users and their roles."""

    @command("user.list", language)
    @database_option(language)
    def run() -> None:
        from dashboard.truth import engine
        from data import access, records
        from data.database import reading

        require_tables(language)
        operator = access.operator()
        with reading(engine()) as connection:
            people = records.users(connection, operator)
            projects = {p.id: p.code for p in records.project_names(connection, operator)}
            funders = {f.id: f.code for f in records.funders(connection, operator)}
        if not people:
            click.echo(say("cli.user.none", language))
        for person in people:
            roles = [
                " ".join(filter(None, (g.role, projects.get(g.project), funders.get(g.funder))))
                for g in person.grants
            ]
            written = ", ".join(roles) or say("cli.user.no_role", language)
            mark = f" {say('cli.user.disabled', language)}" if person.disabled_at else ""
            click.echo(f"{person.name}{mark}: {written}  <{person.issuer} {person.subject}>")

    return run


def _person_arguments(language: str) -> Callable[[Command], Command]:
    """The two words by which an identity provider names somebody."""

    def add(run: Command) -> Command:
        for name in ("subject", "issuer"):
            run = click.argument(name, metavar=say(f"cli.user.{name}_mark", language))(run)
        return run

    return add


def _role_arguments(language: str) -> Callable[[Command], Command]:
    """A role, and what it is for."""

    def add(run: Command) -> Command:
        for scope in ("funder", "project"):
            run = click.option(
                f"--{scope}",
                metavar=say("cli.user.code_mark", language),
                help=say(f"cli.user.grant.{scope}", language),
            )(run)
        mark = say("cli.user.role_mark", language)
        return click.argument("role", metavar=mark, type=click.Choice(ROLES))(run)

    return add


def _change(
    issuer: str,
    subject: str,
    act: Callable[[sa.Connection, User, int], None],
    language: str,
) -> str:
    """The name of somebody, who is changed; what that shuts stays shut when a copy is put back."""
    from dashboard.truth import engine
    from data import access, records
    from data.database import home, writing
    from data.keeping.doors import kept_shut

    require_tables(language)
    try:
        with writing(engine()) as connection:
            person = _person(connection, issuer, subject, language)
            with kept_shut(connection, home(), person.id):
                act(connection, access.operator(), person.id)
    except records.AddedTwice as known:
        raise refusal("refusal.known_role", language) from known
    except records.InvalidGrant as lacking:
        raise refusal("refusal.role_not_held", language) from lacking
    except records.LastAdministrator as last:
        raise refusal("refusal.last_administrator", language) from last
    return person.name


def _check_scope(role: str, given: dict[str, str | None], language: str) -> None:
    needed = SCOPES.get(role)
    if needed and not given[needed]:
        raise refusal(f"refusal.role_needs_{needed}", language)
    if any(value for name, value in given.items() if name != needed):
        raise refusal("refusal.role_takes_none", language, role=role)


def _person(connection: sa.Connection, issuer: str, subject: str, language: str) -> Person:
    from data import access, records

    for person in records.users(connection, access.operator()):
        if (person.issuer, person.subject) == (issuer, subject):
            return person
    raise refusal("refusal.unknown_user", language)


def _scope(
    connection: sa.Connection, role: str, given: dict[str, str | None], language: str
) -> dict[str, int]:
    from data import access, records

    needed = SCOPES.get(role)
    if needed is None:
        return {}
    read = records.project_names if needed == "project" else records.funders
    known: list[Named] = read(connection, access.operator())
    for entity in known:
        if entity.code == given[needed]:
            return {needed: entity.id}
    raise refusal(f"refusal.unknown_{needed}", language, code=given[needed])
