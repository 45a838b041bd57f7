"""Open answers: read by those who code, quoted when cleared, and never of a few."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

import pytest
import sqlalchemy as sa

from data import database, schema
from data.access import Grant, NotPermitted, Role, User
from data.voices.open_answers import (
    Quoted,
    UnknownTheme,
    add_theme,
    clear,
    code,
    rename_theme,
    themes,
    to_code,
    withdraw,
)
from data.voices.quotes import quotable, theme_counts
from survey.text import Text

ONE, OTHER = 1, 2
EVALUATOR = User(1, "Evaluator", (Grant(Role.EVALUATOR),))
AILA = User(2, "Aila", (Grant(Role.MANAGER, project=ONE),))
FAR = User(3, "Far", (Grant(Role.MANAGER, project=OTHER),))
STEERING = User(4, "Steering", (Grant(Role.STEERING),))
FUNDER = User(5, "Funder", (Grant(Role.FUNDER, funder=1),), {1: frozenset({ONE})})
NOW = datetime(2026, 11, 1, tzinfo=UTC)
EVERYBODY = (EVALUATOR, AILA, FAR, STEERING, FUNDER)

HARD = Text(fi="Aikaa oli liian vähän", sv="För lite tid", en="Too little time")


@pytest.fixture
def filled(engine) -> sa.Engine:
    """Two projects with one collection each."""
    with database.writing(engine) as connection:
        connection.execute(
            sa.insert(schema.Project),
            [{"id": number, "code": f"p{number}", "name_fi": "P"} for number in (ONE, OTHER)],
        )
        connection.execute(
            sa.insert(schema.AppUser),
            [{"id": u.id, "issuer": "i", "subject": u.name, "name": u.name} for u in EVERYBODY],
        )
        connection.execute(
            sa.insert(schema.InstrumentVersion),
            [
                {"id": 1, "code": "form", "version": 1, "sha256": "", "body": "{}"},
                {"id": 2, "code": "pupils", "version": 1, "sha256": "",
                 "body": '{"audience":"pupil"}'},
            ],
        )  # fmt: skip
        connection.execute(
            sa.insert(schema.Collection),
            [
                {"id": each, "project_id": each, "instrument_version_id": 1, "wave": "end"}
                for each in (ONE, OTHER)
            ],
        )
    return engine


def write(engine, people: int, collection: int = ONE, item: str = "HARD") -> list[str]:
    """So many people who each wrote something; the numbers of their responses."""
    before = collection * 1000 + (4 if item == "HARD" else 504)
    numbers = [f"{before + i:032}" for i in range(people)]
    with database.writing(engine) as connection:
        connection.execute(
            sa.insert(schema.Response),
            [
                {"id": n, "collection_id": collection, "group_code": "RES", "answers": "{}"}
                for n in numbers
            ],
        )
        connection.execute(
            sa.insert(schema.OpenAnswer),
            [{"response_id": n, "item": item, "text": f"Sanoin {n[-2:]}."} for n in numbers],
        )
    return numbers


def test_who_answered_in_two_waves_is_one_person(filled):
    # Three people, each in two waves under the key of their own link.
    numbers = [write(filled, 3), write(filled, 3, item="GOOD")]
    with database.writing(filled) as connection:
        first = schema.Collection.__table__
        copied = {
            column.name: getattr(row, column.name)
            for row in connection.execute(sa.select(first).where(first.c.id == ONE))
            for column in first.columns
        }
        again = connection.scalar(
            sa.insert(first).returning(first.c.id),
            copied | {"id": 77, "wave": "follow_up"},
        )
        for wave, responses in ((ONE, numbers[0]), (again, numbers[1])):
            for place, number in enumerate(responses):
                connection.execute(
                    sa.update(schema.Response)
                    .where(schema.Response.id == number)
                    .values(link_key=f"key{place}", collection_id=wave)
                )
    time = theme(filled)
    for item, responses in (("HARD", numbers[0]), ("GOOD", numbers[1])):
        for number in responses:
            do(filled, code, number, item, [time], [])
    with database.reading(filled) as connection:
        assert theme_counts(connection, STEERING) == []


def theme(engine, name: str = "time", kind: str = "challenge") -> int:
    with database.writing(engine) as connection:
        return add_theme(connection, EVALUATOR, name, kind, HARD)


def do(engine, step, *told):
    with database.writing(engine) as connection:
        return step(connection, EVALUATOR, *told)


def quoted(engine, user: User, project: int | None = None) -> list[str]:
    with database.reading(engine) as connection:
        return [quote.text for quote in quotable(connection, user, project)]


def counted(engine, user: User) -> list[tuple]:
    with database.reading(engine) as connection:
        return [(each.project, each.theme, each.people) for each in theme_counts(connection, user)]


def test_only_what_is_cleared_is_quoted_and_as_it_was_cleared(filled):
    first, second, *_ = write(filled, 5)
    assert quoted(filled, AILA) == []
    do(filled, clear, first, "HARD", Quoted())
    do(filled, clear, second, "HARD", Quoted(), " Sanoin jotakin. ")
    assert sorted(quoted(filled, AILA)) == ["Sanoin 04.", "Sanoin jotakin."]
    do(filled, withdraw, first, "HARD")
    assert quoted(filled, AILA) == ["Sanoin jotakin."]


def test_nothing_is_quoted_where_fewer_wrote_than_may_be_shown(filled):
    four = write(filled, 4)
    do(filled, clear, four[0], "HARD", Quoted())
    assert quoted(filled, AILA) == quoted(filled, EVALUATOR) == []
    # Another question of the same collection does not make them more.
    write(filled, 5, item="BENEFIT")
    assert quoted(filled, AILA) == []


def test_pupils_need_ten_who_wrote(filled):
    with database.writing(filled) as connection:
        connection.execute(sa.update(schema.Collection).values(instrument_version_id=2))
    nine = write(filled, 9)
    do(filled, clear, nine[0], "HARD", Quoted())
    assert quoted(filled, AILA) == []
    write(filled, 10, collection=OTHER)
    do(filled, clear, f"{2004:032}", "HARD", Quoted())
    assert quoted(filled, FAR) == ["Sanoin 04."]


def test_quotes_are_for_those_who_may_read_them(filled):
    numbers = write(filled, 12)
    do(filled, clear, numbers[0], "HARD", Quoted())
    for user, there in ((AILA, 1), (STEERING, 1), (EVALUATOR, 1), (FAR, 0), (FUNDER, 0)):
        assert len(quoted(filled, user)) == there, user.name
    assert quoted(filled, STEERING, project=OTHER) == []


def test_a_quote_tells_neither_who_nor_when(filled):
    numbers = write(filled, 5)
    do(filled, clear, numbers[0], "HARD", Quoted())
    with database.reading(filled) as connection:
        (quote,) = quotable(connection, AILA)
    told = {name for name in quote.__slots__}
    assert told == {"project", "phase", "instrument", "item", "kinds", "themes", "text"}
    assert (quote.project, quote.instrument, quote.item) == (ONE, "form@1", "HARD")


def test_an_answer_stands_under_exactly_the_themes_it_was_put_under(filled):
    number = write(filled, 5)[0]
    late, space = theme(filled), theme(filled, "space", "success")
    do(filled, code, number, "HARD", [late, space], [])
    do(filled, code, number, "HARD", [space], [late, space])
    with database.reading(filled) as connection:
        found = {each.response: each.themes for each in to_code(connection, EVALUATOR)}
        left = to_code(connection, EVALUATOR, uncoded_only=True)
    assert found[number] == (space,)
    assert number not in {each.response for each in left}
    assert len(left) == 4
    do(filled, clear, number, "HARD", Quoted())
    with database.reading(filled) as connection:
        (quote,) = quotable(connection, AILA)
    assert (quote.kinds, quote.themes) == (("success",), (space,))


@pytest.mark.parametrize(("people", "told"), [(4, []), (5, [5]), (9, [5]), (11, [10])])
def test_themes_are_counted_in_fives_and_never_of_a_few(filled, people, told):
    number = theme(filled)
    for each in write(filled, people):
        do(filled, code, each, "HARD", [number], [])
    assert counted(filled, AILA) == [(ONE, number, n) for n in told]
    assert counted(filled, FAR) == counted(filled, FUNDER) == []


@pytest.mark.parametrize("user", [AILA, FAR, STEERING, FUNDER], ids=lambda u: u.name)
def test_only_those_who_code_read_what_was_written(filled, user):
    number = write(filled, 5)[0]
    told = [
        (to_code, ()),
        (add_theme, ("x", "challenge", HARD)),
        (rename_theme, (1, HARD)),
        (code, (number, "HARD", [], [])),
        (clear, (number, "HARD", Quoted())),
        (withdraw, (number, "HARD")),
    ]
    for step, rest in told:
        with database.writing(filled) as connection, pytest.raises(NotPermitted):
            step(connection, user, *rest)


def test_what_is_not_there_is_refused(filled):
    number = write(filled, 5)[0]
    late = theme(filled)
    for step, told in (
        (add_theme, ("time", "challenge", HARD)),
        (add_theme, ("x", "complaint", HARD)),
        (rename_theme, (99, HARD)),
        (code, (number, "HARD", [late, 99], [])),
        (code, (number, "OTHER", [late], [])),
        (clear, ("0" * 32, "HARD", Quoted())),
    ):
        with pytest.raises(UnknownTheme):
            do(filled, step, *told)


def test_themes_have_names_in_three_languages(filled):
    number = theme(filled)
    with database.reading(filled) as connection:
        (found,) = themes(connection)
    assert (found.id, found.code, found.kind, found.name) == (number, "time", "challenge", HARD)


def test_what_goes_with_an_answer_goes_when_it_goes(filled):
    number = write(filled, 5)[0]
    do(filled, code, number, "HARD", [theme(filled)], [])
    do(filled, clear, number, "HARD", Quoted())
    with database.writing(filled) as connection:
        connection.execute(sa.delete(schema.Response).where(schema.Response.id == number))
        for table in (schema.AnswerCoding, schema.AnswerClearance):
            assert connection.scalar(sa.select(sa.func.count()).select_from(table)) == 0


# --- two who code at once -----------------------------------------------------------------------


def stands(engine, response: str):
    with database.reading(engine) as connection:
        return next(each for each in to_code(connection, EVALUATOR) if each.response == response)


def test_the_second_coder_sees_the_first_ones_themes_and_overwrites_nothing(filled):
    number = write(filled, 5)[0]
    late, space = theme(filled), theme(filled, "space", "success")
    # Both looked while it stood under nothing; the first one stored.
    assert do(filled, code, number, "HARD", [late], []) is None
    met = do(filled, code, number, "HARD", [space], [])
    assert (met.themes, met.by) == ((late,), ("Evaluator",))
    assert stands(filled, number).themes == (late,)
    # Having seen them, the second one keeps both.
    assert do(filled, code, number, "HARD", [late, space], met.themes) is None
    assert (stands(filled, number).themes, stands(filled, number).coded_by) == (
        (late, space),
        ("Evaluator",),
    )


def test_two_who_do_the_same_do_not_meet(filled):
    number = write(filled, 5)[0]
    late = theme(filled)
    assert do(filled, code, number, "HARD", [late], []) is None
    assert do(filled, code, number, "HARD", [late], []) is None
    assert do(filled, clear, number, "HARD", Quoted(), "Muuten.") is None
    assert do(filled, clear, number, "HARD", Quoted(), "Muuten.") is None


def test_words_that_another_cleared_are_not_replaced_unseen(filled):
    number = write(filled, 5)[0]
    do(filled, clear, number, "HARD", Quoted(), "Ilman nimeä.")
    met = do(filled, clear, number, "HARD", Quoted())
    assert met.quoted == Quoted(True, "Ilman nimeä.")
    assert quoted(filled, AILA) == ["Ilman nimeä."]
    do(filled, clear, number, "HARD", met.quoted, "Toisin.")
    assert quoted(filled, AILA) == ["Toisin."]
    # To take words out of sight needs no look at what the other wrote.
    do(filled, withdraw, number, "HARD")
    assert quoted(filled, AILA) == []


def test_what_was_replaced_knowingly_stays_in_the_audit(filled):
    number = write(filled, 5)[0]
    late, space = theme(filled), theme(filled, "space", "success")
    do(filled, code, number, "HARD", [late], [])
    do(filled, code, number, "HARD", [space], [late])
    with database.reading(filled) as connection:
        rows = connection.execute(
            sa.select(schema.AuditEvent).where(schema.AuditEvent.action == "code_answer")
        ).all()
    assert [json.loads(row.detail) for row in rows] == [
        {"before": [], "after": [late]},
        {"before": [late], "after": [space]},
    ]


# --- while a survey runs ------------------------------------------------------------------------


def open_by_link(engine) -> None:
    with database.writing(engine) as connection:
        words = {"fi": "Seloste", "sv": "Beskrivning", "en": "Notice"}
        notice = {"version": "1", "valid_from": date(2026, 1, 1), **words}
        connection.execute(sa.insert(schema.Notice), notice)
        opening = {
            "collection_id": ONE, "public_id": "one", "opens_at": NOW, "link": "personal",
            "notice_version": "1", "languages": "fi", "created_at": NOW, "created_by": "1",
        }  # fmt: skip
        connection.execute(sa.insert(schema.Opening), opening)


def publish(engine, upto: int, withheld: list) -> None:
    """As a refresh leaves it that read a collection up to one of its revisions."""
    with database.writing(engine) as connection:
        connection.execute(sa.delete(schema.Segment))
        segment = {"id": 1, "instrument": "form@1", "rows": 6}
        hashes = {"extract_sha256": "e", "statistics_sha256": "s"}
        connection.execute(sa.insert(schema.Segment), segment | hashes)
        member = {"segment_id": 1, "collection_id": ONE, "after": -1, "revision": upto}
        connection.execute(sa.insert(schema.SegmentMember), member)
        said = {"inputs": json.dumps({"withheld": withheld}), "metrics": "{}"}
        revision = {"published_at": NOW, "code_version": "1", "inputs_sha256": "i"} | said
        connection.execute(sa.insert(schema.Revision), revision)


def test_what_comes_by_link_is_read_when_it_is_published(filled):
    """Who sees on the list of reminders that one more has answered sees no new text beside it."""

    def readable() -> int:
        with database.reading(filled) as connection:
            return len(to_code(connection, EVALUATOR, collection=ONE))

    open_by_link(filled)
    first, *_ = write(filled, 6)
    assert readable() == 0
    publish(filled, upto=0, withheld=[])
    assert readable() == 6
    with database.writing(filled) as connection:
        came_later = schema.Response.id == first
        connection.execute(sa.update(schema.Response).where(came_later).values(revision=1))
    assert readable() == 5
    publish(filled, upto=1, withheld=[[ONE, "RES", 0]])
    assert readable() == 5
    publish(filled, upto=1, withheld=[])
    assert readable() == 6
