"""Many at once: one answer a link, none lost, two hundred together, refreshes in between."""

from __future__ import annotations

import multiprocessing
import secrets
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from data import database, schema, sheets
from data.fieldwork import asking, openings
from data.fieldwork.answers import NotAccepted
from data.publication import refreshing
from metrics.frames import Frames
from tests.data.asked import NOW, USER, answer, count, invited, link, opened

TOKENS, TOKENS_BY_NIGHT = 60, 1_000
AT_ONCE = 10
PROCESSES = 5


@pytest.fixture
def tokens(request) -> int:
    """How many links are tried."""
    return TOKENS_BY_NIGHT if request.config.getoption("--nightly") else TOKENS


def url_of(engine: sa.Engine) -> str:
    return engine.url.render_as_string(hide_password=False)


def test_ten_posts_at_once_are_one_answer(engine, tmp_path: Path, tokens: int):
    """T-32, in threads of one process."""
    own = invited(engine, tmp_path, opened(engine, link="personal"), tokens)
    together = threading.Barrier(AT_ONCE)

    def post(_number: int) -> list[bool]:
        new = []
        for token in own:
            together.wait()
            new.append(answer(engine, tmp_path, token, secrets.token_urlsafe(24)).new)
        return new

    with ThreadPoolExecutor(AT_ONCE) as threads:
        told = list(threads.map(post, range(AT_ONCE)))
    assert [sum(of_token) for of_token in zip(*told, strict=True)] == [1] * tokens
    assert count(engine, schema.Response) == count(engine, schema.UsedLink) == tokens


def test_ten_posts_of_one_form_at_once_are_one_answer(engine, tmp_path: Path):
    token = link(engine, tmp_path, opened(engine))
    with ThreadPoolExecutor(AT_ONCE) as threads:
        for number in range(10):
            form = f"form-number-{number:06}"
            told = threads.map(lambda _, f=form: answer(engine, tmp_path, token, f), range(AT_ONCE))
            assert sum(receipt.new for receipt in told) == 1
    assert count(engine, schema.Response) == 10


def post_all(url: str, home: Path, own: list[str], together, told) -> None:
    """Answers with each of some tokens, in step with other processes."""
    engine = database.connect(url)
    new = 0
    for token in own:
        together.wait()
        new += answer(engine, home, token, secrets.token_urlsafe(24)).new
    told.put(new)
    engine.dispose()


def test_posts_to_several_processes_at_once_are_one_answer(engine, tmp_path: Path, tokens: int):
    tokens //= 3
    own = invited(engine, tmp_path, opened(engine, link="personal"), tokens)
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["data.publication.refreshing", "tests.data.asked"])
    together, told = context.Barrier(PROCESSES), context.Queue()
    given = (url_of(engine), tmp_path, own, together, told)
    processes = [context.Process(target=post_all, args=given) for _ in range(PROCESSES)]
    for process in processes:
        process.start()
    new = sum(told.get(timeout=120) for _ in processes)
    for process in processes:
        process.join()
    assert new == count(engine, schema.Response) == count(engine, schema.UsedLink) == tokens


def test_two_hundred_people_at_once_cost_the_database_two_hundred_times_one(engine, tmp_path: Path):
    """T-38, without the form and without a clock: nobody's answer is dearer for the others'."""
    token = link(engine, tmp_path, opened(engine))
    statements = []
    answer(engine, tmp_path, token, secrets.token_urlsafe(24))
    sa.event.listen(engine, "before_cursor_execute", lambda *told: statements.append(told[2]))
    answer(engine, tmp_path, token, secrets.token_urlsafe(24))
    of_one = len(statements)
    with ThreadPoolExecutor(200) as threads:
        forms = [secrets.token_urlsafe(24) for _ in range(200)]
        told = list(threads.map(lambda form: answer(engine, tmp_path, token, form), forms))
    assert all(receipt.new for receipt in told)
    assert len(statements) == 201 * of_one
    assert count(engine, schema.Response) == 202


def test_who_posts_while_it_is_closed_is_stored_or_told_so(engine, tmp_path: Path):
    number = opened(engine)
    token = link(engine, tmp_path, number)

    def post(form: int) -> bool:
        try:
            return answer(engine, tmp_path, token, f"form-number-{form:06}").new
        except NotAccepted as refusal:
            assert refusal.state == "closed"
            return False

    with ThreadPoolExecutor(AT_ONCE) as threads:
        told = threads.map(post, range(40))
        with database.writing(engine) as connection:
            asking.close(connection, USER, number, NOW)
        accepted = sum(told)
    assert count(engine, schema.Response) == accepted
    assert not post(99)


# --- beside a refresh ---------------------------------------------------------------------------


@pytest.fixture
def seen(monkeypatch: pytest.MonkeyPatch) -> list[Frames]:
    """The frames that each refresh would judge; what it publishes is segments alone."""
    found: list[Frames] = []
    monkeypatch.setattr(refreshing, "judge", lambda frames, *_: (found.append(frames), ([], {}))[1])
    return found


def revisions(engine: sa.Engine) -> list[int]:
    with database.reading(engine) as connection:
        found = sa.select(schema.Response.revision).order_by(schema.Response.revision)
        return list(connection.scalars(found))


def test_answers_share_a_revision_until_a_refresh_has_seen_it(engine, tmp_path: Path):
    number = opened(engine)
    token = link(engine, tmp_path, number)
    for form in range(3):
        answer(engine, tmp_path, token, f"form-number-{form:06}")
    with refreshing._sealed(engine) as snapshot:
        # This one comes while the refresh reads: it is not seen, and says so by its revision.
        answer(engine, tmp_path, token, "form-number-late-1")
        answer(engine, tmp_path, token, "form-number-late-2")
        assert snapshot.scalar(sa.select(schema.Collection.revision)) == 1
        assert snapshot.scalar(sa.select(sa.func.count()).select_from(schema.Response)) == 3
    assert revisions(engine) == [1, 1, 1, 2, 2]
    with database.writing(engine) as connection:
        openings.seal(connection)
        openings.seal(connection)
    answer(engine, tmp_path, token, "form-number-late-3")
    assert revisions(engine) == [1, 1, 1, 2, 2, 3]


def test_no_answer_is_lost_or_counted_twice_by_refreshes_in_between(engine, tmp_path, seen):
    number = opened(engine)
    token = link(engine, tmp_path, number)
    stop = threading.Event()

    def post(_thread: int) -> int:
        stored = 0
        while not stop.is_set():
            stored += answer(engine, tmp_path, token, secrets.token_urlsafe(24)).new
            time.sleep(0.05)
        return stored

    with ThreadPoolExecutor(4) as threads:
        told = threads.map(post, range(4))
        publications = []
        for _ in range(3):
            publications.append(sheets.refresh(engine, tmp_path))
            time.sleep(0.1)
        stop.set()
        stored = sum(told)
    for form in range(5):  # the last few would wait for company
        answer(engine, tmp_path, token, f"form-number-{form:06}")
    last = sheets.refresh(engine, tmp_path)
    assert sum(publication.changed for publication in publications) > 1
    assert last.waiting == ()
    counted = [int(frames.respondents["n"].sum()) for frames in seen]
    assert counted == sorted(counted)
    assert counted[-1] == count(engine, schema.Response) == stored + 5
