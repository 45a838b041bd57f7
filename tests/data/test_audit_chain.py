"""The audit: every line is sealed, and the database lets nobody change or delete one (T-54)."""

from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from data import access, audit, schema
from data.access import Grant, NotPermitted, Role, User
from data.database import reading, writing
from data.exports.audit_csv import write_audit

TRIGGERS = ("audit_event_unchanged", "audit_event_kept")
#: A whole line that somebody made up; its number and its place are taken.
COLUMNS = ("id", "at", "actor", "action", "subject", "detail", "salt", "content_sha256", "previous",
    "sha256")  # fmt: skip


@pytest.fixture
def written(engine):
    """Five lines about nothing in particular, one of them about an answer."""
    with writing(engine) as connection:
        audit.record(connection, access.operator(), "add_user", "user:1", {"issuer": "ä"})
        audit.record(connection, "respondent", "take_back", "collection:1", on=date(2026, 3, 29))
        audit.record(connection, "7 Eeva", "code_answer", "open_answer:abc:c1", {"theme": 3})
        audit.record(connection, "7 Eeva", "publish", "revision:1")
        audit.record(connection, "7 Eeva", "sign_out", "user:7")
    return engine


def chain(engine):
    with reading(engine) as connection:
        return audit.verify(connection)


def open_the_database(engine):
    """What somebody does first who wants to change the audit with SQL."""
    for trigger in TRIGGERS:
        table = " on audit_event" if engine.dialect.name == "postgresql" else ""
        with writing(engine) as connection:
            connection.execute(sa.text(f"drop trigger {trigger}{table}"))


def change(engine, statement):
    with writing(engine) as connection:
        connection.execute(statement)


def test_t54_a_chain_is_whole_as_it_was_written(written):
    found = chain(written)
    assert (found.lines, found.blanked, found.broken) == (5, 0, ())
    with reading(written) as connection:
        assert (
            connection.scalar(
                sa.select(schema.AuditEvent.sha256).order_by(schema.AuditEvent.id.desc()).limit(1)
            )
            == found.head
        )


LINE = schema.AuditEvent
CHANGES = {
    "actor": sa.update(LINE).where(LINE.id == 2).values(actor="somebody else"),
    "at": sa.update(LINE).where(LINE.id == 2).values(at=datetime(2026, 1, 1, tzinfo=UTC)),
    "action": sa.update(LINE).where(LINE.id == 4).values(action="import"),
    "subject": sa.update(LINE).where(LINE.id == 4).values(subject="revision:2"),
    "detail": sa.update(LINE).where(LINE.id == 1).values(detail="{}"),
    "salt": sa.update(LINE).where(LINE.id == 1).values(salt=None),
    "content": sa.update(LINE).where(LINE.id == 3).values(content_sha256="0" * 64),
    "seal": sa.update(LINE).where(LINE.id == 3).values(sha256="f" * 64),
    "link": sa.update(LINE).where(LINE.id == 3).values(previous="f" * 64),
    "an answer's line that is not blanked": (
        sa.update(LINE).where(LINE.id == 3).values(salt=None, subject="open_answer")
    ),
    "a line in the middle": sa.delete(LINE).where(LINE.id == 3),
    "the first line": sa.delete(LINE).where(LINE.id == 1),
}


@pytest.mark.parametrize("what", CHANGES)
def test_t54_the_database_refuses_every_change_and_the_chain_tells_of_it(written, what):
    with pytest.raises(sa.exc.DBAPIError):
        change(written, CHANGES[what])
    assert chain(written).broken == ()
    open_the_database(written)
    change(written, CHANGES[what])
    assert chain(written).broken != ()


def test_t54_the_whole_audit_cannot_be_emptied(written):
    with pytest.raises(sa.exc.DBAPIError):
        change(written, sa.delete(LINE))
    if written.dialect.name == "postgresql":
        with pytest.raises(sa.exc.DBAPIError):
            change(written, sa.text("truncate audit_event"))
    assert chain(written).lines == 5


def test_t54_lines_cut_off_at_the_end_are_told_by_how_far_it_went(written):
    before = chain(written)
    open_the_database(written)
    change(written, sa.delete(LINE).where(LINE.id == 5))
    after = chain(written)
    assert after.broken == ()  # what is left is whole: only who wrote down the head finds it
    assert (after.lines, after.head) != (before.lines, before.head)


def test_what_is_told_of_an_answer_is_forgotten_and_the_chain_stays_whole(written):
    with writing(written) as connection:
        audit.blank(connection, "open_answer:abc")
    found = chain(written)
    assert (found.lines, found.blanked, found.broken) == (5, 1, ())
    with reading(written) as connection:
        row = connection.execute(
            sa.select(LINE.subject, LINE.detail, LINE.salt, LINE.actor).where(LINE.id == 3)
        ).one()
    assert tuple(row) == ("open_answer", "{}", None, "7 Eeva")


def test_nothing_but_an_answer_is_forgotten(written):
    with pytest.raises(sa.exc.DBAPIError), writing(written) as connection:
        audit.blank(connection, "user:1")


def test_what_the_catalogue_does_not_have_is_not_written(written):
    with pytest.raises(audit.UnknownAction), writing(written) as connection:
        audit.record(connection, "7 Eeva", "look", "page:1")
    assert chain(written).lines == 5


@pytest.mark.parametrize("role", [*Role, None])
def test_the_audit_is_read_by_administrators_alone(written, role):
    scope = {Role.MANAGER: {"project": 1}, Role.FUNDER: {"funder": 1}}
    user = User(9, "N", (Grant(role, **scope.get(role, {})),) if role else ())
    with reading(written) as connection:
        if role is Role.ADMINISTRATOR:
            lines = audit.events(connection, user, actions=["publish", "sign_out"], limit=1)
            assert [line.action for line in lines] == ["sign_out"]
            assert [line.id for line in audit.events(connection, user, before=3)] == [2, 1]
        else:
            with pytest.raises(NotPermitted):
                audit.events(connection, user)


def made_up(engine, number=5, actor="7 Eeva"):
    """A line that is sealed as it should be, for the place of one that is there."""
    with reading(engine) as connection:
        there = connection.execute(sa.select(LINE.__table__).where(LINE.id == number)).one()
    content = audit._hash("0" * 32, "user:7", "{}")
    sealed = audit._seal(there.previous, there.at, actor, "sign_in", content)
    return (number, there.at.replace(tzinfo=None).isoformat(" "), actor, "sign_in", "user:7", "{}",
        "0" * 32, content, there.previous, sealed)  # fmt: skip


def put(engine, words, row):
    """Insert a row as somebody does who has the database open without this program's settings."""
    names = ", ".join(COLUMNS)
    marks = ", ".join(f":{name}" for name in COLUMNS)
    with engine.begin() as connection:
        if engine.dialect.name == "sqlite":
            connection.connection.driver_connection.execute("PRAGMA recursive_triggers=OFF")
        connection.execute(
            sa.text(f"{words[0]} audit_event({names}) values ({marks}) {words[1]}"),
            dict(zip(COLUMNS, row, strict=True)),
        )


CHANGED = ", ".join(f"{name} = excluded.{name}" for name in COLUMNS)
IN_ITS_PLACE = {
    "insert or replace into": "",
    "replace into": "",
    "insert into": f"on conflict (id) do update set {CHANGED}",
    "insert  into": f"on conflict (previous) do update set {CHANGED}",
}


@pytest.mark.parametrize("number", [5, 3])
def test_t54_no_line_is_put_in_the_place_of_another(written, number):
    before = chain(written)
    row = made_up(written, number)
    for words in IN_ITS_PLACE.items():
        if "replace" in words[0] and written.dialect.name == "postgresql":
            continue  # PostgreSQL does not know the word
        for attempt in (row, (99, *row[1:])):  # with its number, or beside it in its place
            with pytest.raises(sa.exc.DBAPIError):
                put(written, words, attempt)
    assert chain(written) == before


@pytest.mark.parametrize("action", ["grant_role", "sign_out", "publish"])
def test_t54_only_what_is_done_to_an_answer_may_be_blank(written, action):
    with writing(written) as connection:
        audit.record(connection, "9 N", action, "user:9", {"role": "administrator"})
    open_the_database(written)
    change(
        written,
        sa.update(LINE).where(LINE.id == 6).values(subject="open_answer", detail="{}", salt=None),
    )
    assert chain(written).broken == ((6, "content"),)


def test_t54_a_trigger_that_is_gone_or_does_nothing_is_told(written):
    assert chain(written).open == ()
    table = " on audit_event" if written.dialect.name == "postgresql" else ""
    change(written, sa.text(f"drop trigger audit_event_kept{table}"))
    assert chain(written).open == ("audit_event_kept",)
    idle = {
        "sqlite": [
            "create trigger audit_event_kept before delete on audit_event begin select 1; end"
        ],
        "postgresql": [
            "create function idle() returns trigger language plpgsql as "
            "$$ begin return old; end $$",
            "create trigger audit_event_kept before truncate on audit_event "
            "for each statement execute function idle()",
        ],
    }
    for statement in idle[written.dialect.name]:
        change(written, sa.text(statement))
    assert chain(written).open == ("audit_event_kept",)
    assert chain(written).broken == ()


def test_t54_a_trigger_that_is_switched_off_is_told(postgresql_engine):
    change(postgresql_engine, sa.text("alter table audit_event disable trigger user"))
    assert chain(postgresql_engine).open == ("audit_event_unchanged", "audit_event_kept")


def test_the_file_ends_where_its_name_says(sqlite_engine):
    with writing(sqlite_engine) as connection:
        operator = access.operator()
        audit.record(connection, operator, "backup", "database")
        last, edition = audit.edition(connection)
        audit.record(connection, operator, "backup", "database")
        said = write_audit(connection, operator, ["n"] * 8, str, last)
        assert said[1] == 1
        assert audit.edition(connection) != (last, edition)
