"""What the buttons of a period's form do: begin, count, read, save, submit, close."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import sqlalchemy as sa

from dashboard import session
from dashboard.reporting.doing import attempt, say_later
from dashboard.reporting.draft import Draft
from dashboard.session import Viewing
from data import database
from data.access import User
from data.reporting import periods, values
from data.reporting.desk import DeskLine
from data.reporting.values import Conflict, Saved

Number = Callable[[sa.Connection, User, int, int], Saved | Conflict]


def draft_of(viewing: Viewing, line: DeskLine, method_note: str | None) -> Draft:
    """The unsaved work of whoever looks; on the newest version, as long as nothing is written."""
    name = _name(viewing, line.reported)
    draft = session.work(name, lambda: Draft.of(line, method_note))
    if draft.version != line.version and not draft.changed:
        session.drop_work(name)
        draft = session.work(name, lambda: Draft.of(line, method_note))
    return draft


def drop(viewing: Viewing, draft: Draft) -> None:
    """Forget what is not stored."""
    session.drop_work(_name(viewing, draft.reported))


def begin(target: int, period: int) -> None:
    """Begin a value of a target in a period."""

    def step(connection: sa.Connection, user: User) -> int:
        return values.draft(connection, user, target, period)

    attempt(step)


def count(viewing: Viewing, draft: Draft) -> None:
    """Count the value from the project's records."""

    def number(connection: sa.Connection, user: User, reported: int, version: int) -> object:
        return values.count(connection, user, database.home(), reported, version)

    _made(viewing, draft, number, "close.counted")


def read(viewing: Viewing, draft: Draft) -> None:
    """Read the value from its published figure."""
    _made(viewing, draft, values.read_from_figure, "close.read_done")


def _made(viewing: Viewing, draft: Draft, number: Number, done: str) -> None:
    def step(connection: sa.Connection, user: User) -> Saved | Conflict:
        return number(connection, user, draft.reported, draft.version)

    answer = attempt(step)
    if isinstance(answer, Conflict):
        drop(viewing, draft)
        _told_of_others(answer)
    elif answer is not None:
        drop(viewing, draft)
        say_later(True, done)


def save(viewing: Viewing, draft: Draft) -> Saved | None:
    """What is stored of the draft; a conflict or a refusal is kept for the page to say."""
    version, changes = draft.decide(), draft.changes()

    def step(connection: sa.Connection, user: User) -> Saved | Conflict:
        return values.save(connection, user, draft.reported, version, changes)

    answer = attempt(step)
    if isinstance(answer, Conflict):
        draft.meet(answer)
        return None
    if answer is not None:
        drop(viewing, draft)
        say_later(True, "close.saved")
    return answer


def submit(viewing: Viewing, draft: Draft) -> None:
    """Store the draft, and give the value to its funder."""
    version = draft.version
    if draft.changed:
        stored = save(viewing, draft)
        if stored is None:
            return
        version = stored.version

    def step(connection: sa.Connection, user: User) -> Saved | Conflict:
        return values.submit(connection, user, draft.reported, version)

    answer = attempt(step)
    if isinstance(answer, Conflict):
        _told_of_others(answer)
    elif answer is not None:
        drop(viewing, draft)
        say_later(True, "close.submitted")


def close(period: int) -> None:
    """Close a period in which everything is reported."""

    def step(connection: sa.Connection, user: User) -> bool:
        periods.close_period(connection, user, period)
        return True

    if attempt(step):
        say_later(True, "close.closed")


def open_period(
    project: int, funder: int, starts_on: date, ends_on: date, due_on: date | None
) -> int | None:
    """The number of a new period, where it may be opened."""

    def step(connection: sa.Connection, user: User) -> int:
        return periods.open_period(connection, user, project, funder, starts_on, ends_on, due_on)

    number = attempt(step)
    if number is not None:
        say_later(True, "close.opened")
    return number


def change_period(period: int, starts_on: date, ends_on: date, due_on: date | None) -> bool:
    """Whether a period has other days now."""

    def step(connection: sa.Connection, user: User) -> bool:
        periods.change_period(connection, user, period, starts_on, ends_on, due_on)
        return True

    changed = bool(attempt(step))
    if changed:
        say_later(True, "close.changed")
    return changed


def _told_of_others(conflict: Conflict) -> None:
    who = ", ".join(dict.fromkeys(event.by for event in conflict.theirs))
    say_later(False, "decide.changed_meanwhile", who=who)


def _name(viewing: Viewing, reported: int) -> str:
    return f"report:{reported}:{viewing.user.id}"
