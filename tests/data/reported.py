"""A small world that reports: three projects, two funders, companies at events, and people."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from data import database, schema
from data.access import Grant, Role, User
from data.reporting import periods, targets, values

ONE, TWO, THREE = 1, 2, 3
ERDF, CITY = 1, 2
MANAGER = User(1, "Mari", (Grant(Role.MANAGER, project=ONE), Grant(Role.MANAGER, project=TWO)))
OTHER = User(2, "Olli", (Grant(Role.MANAGER, project=THREE),))
FUNDER = User(
    3, "Rahoittaja", (Grant(Role.FUNDER, funder=ERDF),), {ERDF: frozenset({ONE, TWO, THREE})}
)
CITY_FUNDER = User(4, "Kaupunki", (Grant(Role.FUNDER, funder=CITY),), {CITY: frozenset({ONE})})
STEERING = User(5, "Ohjaus", (Grant(Role.STEERING),))
EVALUATOR = User(6, "Arvioija", (Grant(Role.EVALUATOR),))
ADMINISTRATOR = User(7, "Pääkäyttäjä", (Grant(Role.ADMINISTRATOR),))
PEOPLE = (MANAGER, OTHER, FUNDER, CITY_FUNDER, STEERING, EVALUATOR, ADMINISTRATOR)

STARTS, ENDS = date(2025, 1, 1), date(2026, 12, 31)
FIRST = (date(2025, 1, 1), date(2025, 6, 30))
SECOND = (date(2025, 7, 1), date(2025, 12, 31))
TODAY = date(2026, 1, 1)

#: Companies 1-3 have a business ID, 4 has none; 5 is a university, 6 a city.
ORGANISATIONS = (
    (1, "1000001-1", "company"),
    (2, "1000002-2", "company"),
    (3, "1000003-3", "company"),
    (4, None, "company"),
    (5, "1000005-5", "research"),
    (6, "1000006-6", "city"),
)
#: Event, project, kind, day, organisations.
EVENTS = (
    (1, ONE, "workshop", date(2025, 2, 1), (1, 2, 4)),
    (2, ONE, "trial", date(2025, 5, 1), (1, 5)),
    (3, ONE, "workshop", date(2025, 9, 1), (1, 3)),
    (4, TWO, "workshop", date(2025, 3, 1), (1, 2)),
    (5, ONE, "workshop", date(2026, 3, 1), (6,)),
)


def fill(engine: sa.Engine) -> sa.Engine:
    """The small world in an empty, migrated database."""
    with database.writing(engine) as connection:

        def store(model, rows) -> None:
            connection.execute(sa.insert(model), rows)

        store(
            schema.Project,
            [
                {"id": n, "code": f"p{n}", "name_fi": f"P{n}", "starts_on": STARTS, "ends_on": ENDS}
                for n in (ONE, TWO, THREE)
            ],
        )
        store(schema.Funder, [{"id": n, "code": f"f{n}", "name_fi": f"F{n}"} for n in (ERDF, CITY)])
        store(
            schema.ProjectFunder,
            [{"project_id": n, "funder_id": ERDF} for n in (ONE, TWO, THREE)]
            + [{"project_id": ONE, "funder_id": CITY}],
        )
        store(
            schema.AppUser,
            [{"id": u.id, "issuer": "i", "subject": u.name, "name": u.name} for u in PEOPLE],
        )
        store(
            schema.Organisation,
            [
                {"id": n, "business_id": b, "name": f"O{n}", "kind": kind, "group_code": "COM"}
                for n, b, kind in ORGANISATIONS
            ],
        )
        store(
            schema.ActivityEvent,
            [
                {"id": n, "code": f"e{n}", "project_id": p, "kind": kind, "starts_on": day}
                for n, p, kind, day, _ in EVENTS
            ],
        )
        store(
            schema.EventOrganisation,
            [{"event_id": n, "organisation_id": o} for n, *_, who in EVENTS for o in who],
        )
        store(
            schema.EventParticipants,
            [
                {"event_id": 1, "group_code": "RES", "people": 7},
                {"event_id": 3, "group_code": "RES", "people": 16},
            ],
        )
    return engine


def write(engine: sa.Engine, step, *told, **named):
    with database.writing(engine) as connection:
        return step(connection, *told, **named)


def read(engine: sa.Engine, step, *told, **named):
    with database.reading(engine) as connection:
        return step(connection, *told, **named)


def promised(engine: sa.Engine, indicator: str, project: int = ONE, **told) -> int:
    """A target that counts from 0 in 2025 to 10, unless something else is told."""
    known = {"baseline": 0, "baseline_year": 2025, "target": 10} | told
    target = targets.Target(project, known.pop("funder", ERDF), indicator, **known)
    return write(engine, targets.save_target, EVALUATOR, target)


def opened(engine: sa.Engine, project: int = ONE, funder: int = ERDF, days=FIRST) -> int:
    return write(engine, periods.open_period, EVALUATOR, project, funder, *days)


def drafted(engine: sa.Engine, target: int, period: int) -> int:
    return write(engine, values.draft, EVALUATOR, target, period)


def version(engine: sa.Engine, reported: int) -> int:
    with database.reading(engine) as connection:
        table = schema.ReportedValue
        return connection.scalar(sa.select(table.version).where(table.id == reported))


def row(engine: sa.Engine, reported: int) -> sa.Row:
    with database.reading(engine) as connection:
        table = schema.ReportedValue.__table__
        return connection.execute(sa.select(table).where(table.c.id == reported)).one()


def entered(engine: sa.Engine, target: int, period: int, value: object, **more) -> int:
    """A value that somebody entered with a method note, in draft."""
    number = drafted(engine, target, period)
    changes = {"value": value, "method_note": "Laskettiin käsin."} | more
    write(engine, values.save, EVALUATOR, number, version(engine, number), changes)
    return number


def submitted(engine: sa.Engine, target: int, period: int, value: object, **more) -> int:
    number = entered(engine, target, period, value, **more)
    write(engine, values.submit, EVALUATOR, number, version(engine, number))
    return number


def approved(engine: sa.Engine, number: int) -> int:
    write(engine, values.approve, ADMINISTRATOR, number, version(engine, number))
    return number


def locked(engine: sa.Engine, number: int) -> int:
    """A value that was released, as a release locks it."""
    approved(engine, number)
    write(engine, values.lock, ADMINISTRATOR, [number])
    return number


def numbers(*told: object) -> list[Decimal | None]:
    return [None if each is None else Decimal(str(each)) for each in told]
