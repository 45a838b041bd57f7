"""Nobody who has the database, its log and every link can tell whose answer is whose (T-30, T-34).

The adversary here has the database file, the write-ahead log beside it and all personal links with
their invitations, and tries what could be tried: the order of rows in the file, the order of
commits in the log, and ids that are hashes of one another. With the installation's secret, which
stands in neither, the same adversary succeeds; that shows that the attempt is a real one.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import json
import logging
import random
import struct
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
import sqlalchemy as sa

from data import database, schema
from data.fieldwork import answers, invitations, withdrawals
from data.schema import Base
from survey.instrument import instruments
from tests.data.asked import NOW, PULSE, USER, answer, invited, link, opened

PEOPLE, PEOPLE_BY_NIGHT = 150, 500
#: By chance one of all people is matched on average, more than this in one of 10 million attempts.
LUCK = 10


def dump(engine: sa.Engine) -> str:
    """Everything that the database holds, as text."""
    with database.reading(engine) as connection:
        return "\n".join(
            repr(tuple(row))
            for table in Base.metadata.sorted_tables
            for row in connection.execute(sa.select(table))
        )


def files(engine: sa.Engine) -> list[bytes]:
    """The database file and its write-ahead log."""
    path = Path(engine.url.database)
    return [path.read_bytes(), path.with_name(f"{path.name}-wal").read_bytes()]


def test_neither_links_nor_people_stand_in_the_database(engine, tmp_path):
    secret = [link(engine, tmp_path, opened(engine))]
    secret += invited(engine, tmp_path, opened(engine, link="personal", wave="end"), 20)
    for number, token in enumerate(secret):
        answer(engine, tmp_path, token, f"form-number-{number:06}")
    secret += ["person-1", "form-number-", (tmp_path / "secret").read_bytes().hex()]
    said = dump(engine)
    assert hashlib.sha256(secret[0].encode()).hexdigest() in said
    assert [word for word in secret if word in said] == []
    if engine.dialect.name == "sqlite":
        raw = b"".join(files(engine))
        assert hashlib.sha256(secret[1].encode()).hexdigest().encode() in raw
        assert [word for word in secret if word.encode() in raw] == []
        assert (tmp_path / "secret").read_bytes() not in raw


def test_no_log_names_a_link_or_what_was_answered(engine, tmp_path, caplog):
    number = opened(engine, instrument="benefit@1", wave="end", link="personal")
    own = instruments()["benefit@1"].open_items[0].code
    with caplog.at_level(logging.DEBUG):
        token = invited(engine, tmp_path, number, 1)[0]
        answer(engine, tmp_path, token, "a-random-submission", {own: "hyvin oma sana"})
        with database.reading(engine) as connection:
            answers.find(connection, tmp_path, token, NOW)
            answers.find(connection, tmp_path, "a" * 43, NOW)
    # What SQLAlchemy shows of its rows when its own log is turned to the finest is not ours.
    said = " ".join(r.getMessage() for r in caplog.records if not r.name.startswith("sqlalchemy"))
    assert not any(word in said for word in (token, "a-random", "oma sana", "person-0", "a" * 43))


# --- the adversary ------------------------------------------------------------------------------


class Case:
    """What happened, and what of it an adversary has."""

    def __init__(self, engine: sa.Engine, home: Path, people: int) -> None:
        sa.event.listen(engine, "connect", lambda c, _: c.execute("pragma wal_autocheckpoint=0"))
        number = opened(engine, link="personal")
        self.engine = engine
        self.tokens = invited(engine, home, number, people)
        order = list(range(people))
        random.Random(34).shuffle(order)
        said = {}
        for person in order:
            # Every person gives other answers, so that each can be told again.
            digits = [person // 5**place % 5 + 1 for place in range(len(PULSE.closed_items))]
            given = dict(zip((i.code for i in PULSE.closed_items), digits, strict=True))
            answer(engine, home, self.tokens[person], f"form-number-{person:06}", given)
            said[json.dumps(given, separators=(",", ":"))] = person
        with database.reading(engine) as connection:
            rows = connection.execute(sa.select(schema.Response.__table__)).all()
            self.used = list(connection.scalars(sa.select(schema.UsedLink.id)))
            self.invitations = connection.execute(sa.select(schema.Invitation.__table__)).all()
        #: The adversary wants to know this: the answer of each token.
        self.truth = {self.tokens[said[row.answers]]: row.id for row in rows}
        self.order = [self.truth[self.tokens[person]] for person in order]
        self.rows = {row.id: row for row in rows}
        self.responses = [row.id for row in rows]
        self.database, self.log = files(engine)
        with database.reading(engine) as connection:
            self.public_id = connection.scalar(sa.select(schema.Opening.public_id))
        self.known = {hashlib.sha256(token.encode()).hexdigest(): token for token in self.tokens}

        self.arrived = arrivals(self.log, self.responses)
        #: The answer that came in one transaction with each used link: the log tells so much.
        self.together = {
            used[0]: told[0]
            for used, told in zip(arrivals(self.log, self.used), self.arrived, strict=True)
            if len(used) == len(told) == 1
        }

    def hits(self, guess: dict[str, str]) -> int:
        return sum(self.truth[token] == answer for token, answer in guess.items())


def commits(log: bytes) -> list[bytes]:
    """The pages of each transaction in a write-ahead log, in the order of the commits."""
    page = struct.unpack(">I", log[8:12])[0]
    found, pages = [], []
    for start in range(32, len(log) - page, page + 24):
        pages.append(log[start + 24 : start + 24 + page])
        if struct.unpack(">I", log[start + 4 : start + 8])[0]:  # the last page of a transaction
            found.append(b"".join(pages))
            pages = []
    return found


def arrivals(log: bytes, ids: Sequence[str]) -> list[list[str]]:
    """Which ids each transaction brought."""
    left, found = set(ids), []
    for pages in commits(log):
        new = sorted(one for one in left if one.encode() in pages)
        left -= set(new)
        found.append(new)
    return found


def places(case: Case, ids: Sequence[str]) -> list[str]:
    """Ids as they lie in the file, and then in the log."""
    raw = case.database + case.log
    return sorted(ids, key=lambda one: raw.find(one.encode()))


def names_of(token: str, invitation: sa.Row, key: bytes = b"") -> list[str]:
    """What a link could be called by somebody who guesses how names are made."""
    words = [token, f"used:{token}", invitation.id, invitation.token_sha256, invitation.person]
    keys = [key, b"used", token.encode(), invitation.id.encode()]
    plain = [hashlib.sha256(word.encode()) for word in words]
    keyed = [hmac.new(k, w.encode(), hashlib.sha256) for k, w in itertools.product(keys, words)]
    return [one.hexdigest() for one in plain + keyed] + words


def by_name(case: Case, found: dict[str, str], key: bytes = b"") -> dict[str, str]:
    """Each token with the answer that stands under a name which could be made of the token."""
    guess = {}
    for row in case.invitations:
        token = case.known[row.token_sha256]
        for name in names_of(token, row, key):
            if name in found:
                guess[token] = found[name]
    return guess


ORDERS: dict[str, Callable[[Case], list[str]]] = {
    "as sent": lambda case: case.tokens,
    "by token": lambda case: sorted(case.tokens),
    "by hash": lambda case: [case.known[name] for name in sorted(case.known)],
    "by invitation": lambda case: [
        case.known[row.token_sha256] for row in sorted(case.invitations, key=lambda row: row.id)
    ],
    "by person": lambda case: [
        case.known[row.token_sha256] for row in sorted(case.invitations, key=lambda row: row.person)
    ],
    "in the file": lambda case: [case.known[name] for name in places(case, list(case.known))],
}
ANSWERS: dict[str, Callable[[Case], list[str]]] = {
    "by id": lambda case: sorted(case.responses),
    "in the file": lambda case: places(case, case.responses),
    "by used link in the file": lambda case: [
        case.together.get(used, "") for used in places(case, case.used)
    ],
    "by used link": lambda case: [case.together.get(used, "") for used in sorted(case.used)],
    "by commit": lambda case: [one for new in case.arrived for one in new],
}


@pytest.fixture
def case(sqlite_engine, tmp_path, request) -> Case:
    by_night = request.config.getoption("--nightly")
    return Case(sqlite_engine, tmp_path, PEOPLE_BY_NIGHT if by_night else PEOPLE)


def test_who_has_database_log_and_links_matches_no_more_than_chance(case, tmp_path):
    pairs = case.together
    # The log tells which used link came with which answer; whose the link is it does not tell.
    assert len(pairs) > len(case.tokens) * 0.9
    assert by_name(case, pairs) == {}
    assert by_name(case, {one: one for one in case.responses}) == {}
    hits = {
        (tokens, said): case.hits(dict(zip(order(case), told(case), strict=False)))
        for (tokens, order), (said, told) in itertools.product(ORDERS.items(), ANSWERS.items())
    }
    assert len(hits) == 30 and max(hits.values()) <= LUCK, hits

    # The control: who also has the secret of the installation knows what links are called.
    named = {
        token: pairs[name]
        for token in case.tokens
        if (name := answers.used_name(tmp_path, token)) in pairs
    }
    assert case.hits(named) == len(named) > len(case.tokens) * 0.9


def test_receipts_match_nothing_without_the_secret(case, tmp_path):
    """Whoever has every receipt besides cannot say which answers they are for; the server can."""
    receipts = {
        token: (f"form-number-{person:06}", case.public_id)
        for person, token in enumerate(case.tokens)
    }
    guess = {}
    for token, (form, public) in receipts.items():
        for words in itertools.permutations(("response", public, token, form)):
            for apart in ("", ".", ":", "\0"):
                said = apart.join(words).encode()
                for key in (b"", token.encode(), form.encode(), public.encode()):
                    named = hmac.new(key, said, hashlib.sha256).hexdigest()[:32]
                    if named in case.rows:
                        guess[token] = named
    assert guess == {}
    with database.reading(case.engine) as connection:
        found = {
            token: withdrawals.standing(connection, tmp_path, token, ".".join(receipt)).answer
            for token, receipt in receipts.items()
        }
    assert case.hits(found) == len(found) == len(case.tokens)


def test_taking_back_names_no_link(case, tmp_path):
    token = case.tokens[0]
    before = dump(case.engine)
    log = len(case.log)
    withdrawals.take_back(case.engine, tmp_path, token, f"form-number-{0:06}.{case.public_id}", NOW)
    changed = set(before.splitlines()) ^ set(dump(case.engine).splitlines())
    names = {hashlib.sha256(token.encode()).hexdigest(), answers.used_name(tmp_path, token), token}
    # The answer, that it was taken back, the mark that keeps it away after an older copy is put
    # back, the collection's revision twice, and the audit.
    assert len(changed) == 6
    assert not any(name in line for name in names for line in changed)
    written = b"".join(commits(log_of(case.engine, log)))
    assert case.truth[token].encode() in written
    assert not any(name.encode() in written for name in names)


def log_of(engine: sa.Engine, after: int) -> bytes:
    """What came to the write-ahead log after a place, as a log of its own."""
    log = files(engine)[1]
    return log[:32] + log[after:]


def test_rows_do_not_tell_in_which_order_people_answered(case):
    # The random ids order the table; revision, day and batch are the same for all of them.
    assert {(row.revision, row.answered_on, row.batch_id) for row in case.rows.values()} == {
        (1, NOW.date(), None)
    }
    assert case.responses == sorted(case.responses)
    in_order = dict(zip(case.responses, case.order, strict=True))
    assert sum(one == other for one, other in in_order.items()) <= LUCK


def test_reminders_do_not_tell_whose_the_later_answers_are(sqlite_engine, tmp_path):
    number = opened(sqlite_engine, link="personal")
    tokens = invited(sqlite_engine, tmp_path, number, 6)
    for token in tokens[:5]:
        answer(sqlite_engine, tmp_path, token)
    before = dump(sqlite_engine)
    with database.writing(sqlite_engine) as connection:
        invitations.reminders(connection, USER, tmp_path, number, NOW)
    changed = set(dump(sqlite_engine).splitlines()) - set(before.splitlines())
    # One row of the opening and one of the audit; none of an invitation.
    assert len(changed) == 2
    assert not any(hashlib.sha256(t.encode()).hexdigest() in " ".join(changed) for t in tokens)
