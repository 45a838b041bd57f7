"""A server that shows the sample portfolio, and a real browser to look at it with.

Each worker of pytest-xdist has its own server. The browser is named by CHROMIUM, found on the
path, or playwright's own; where there is none the tests are skipped, or fail under
REQUIRE_BROWSER=1.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from unittest.mock import Mock
from urllib.error import HTTPError, URLError
from urllib.request import urlopen

import pysqlite3
import pytest
import sqlalchemy as sa
import streamlit as st
from playwright.sync_api import Browser, Page, expect, sync_playwright
from streamlit.testing.v1 import AppTest

from dashboard import downloads, session, sign_in
from dashboard.truth import engine
from data import access, records, schema, sessions
from data.database import HOME_VARIABLE, URL_VARIABLE, writing
from tests.commands import environment
from tests.dashboard import windows

#: Who signs the people of the tests in.
ISSUER = "https://id.example"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
#: Seconds that a shared machine may take to start a server.
STARTING = 90
#: Milliseconds that an element may take to come; a failing test waits, a passing one does not.
PATIENCE = 30_000


@pytest.fixture(autouse=True)
def tokens_of_tests(monkeypatch: pytest.MonkeyPatch) -> None:
    """AppTest has no cookies: what a browser would bring stands in its user instead."""
    monkeypatch.setattr(session, "token", lambda: st.user.get("brought"))
    told = downloads._browser

    def browser(cookies: Mapping[str, str]) -> str | None:
        # Whatever is asked of AppTest's cookies is a mock.
        return "AppTest" if isinstance(cookies.get("any"), Mock) else told(cookies)

    monkeypatch.setattr(downloads, "_browser", browser)


def sign_in_as(at: AppTest, issuer: str, subject: str, **ago: float) -> str:
    """The token of a new session of somebody, which an AppTest brings from now on.

    ago: how long ago they signed in, as a timedelta takes it.
    """
    with writing(engine()) as connection:
        user = access.user_of(connection, issuer, subject)
        started = datetime.now(UTC) - timedelta(**ago)
        token = sessions.begin(connection, user.id, started)
    at.user = {"is_logged_in": True, "brought": token}
    return token


@pytest.fixture
def sample(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The published sample portfolio, looked at as its personas."""
    database = next(sample_home.rglob("arviomo.db"))
    monkeypatch.setenv(URL_VARIABLE, f"sqlite:///{database}")
    # The keys of its releases stand beside it.
    monkeypatch.setenv(HOME_VARIABLE, str(database.parent))
    before = sign_in.mode()
    sign_in.use(sign_in.Mode.PERSONAS)
    yield
    sign_in.use(before)


@pytest.fixture
def sample_to_write(
    sample_home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Path]:
    """A copy of the sample that a test may write into, looked at as its personas."""
    copy = tmp_path / "arviomo.db"
    with closing(pysqlite3.connect(next(sample_home.rglob("arviomo.db")))) as connection:
        connection.execute("VACUUM INTO ?", (str(copy),))
    monkeypatch.setenv(URL_VARIABLE, f"sqlite:///{copy}")
    before = sign_in.mode()
    sign_in.use(sign_in.Mode.PERSONAS)
    yield copy
    sign_in.use(before)
    engine().dispose()


@pytest.fixture
def survey_room(sqlite_engine: sa.Engine, tmp_path: Path, monkeypatch) -> Iterator[sa.Engine]:
    """Two projects that are real, a person for each role; the manager leads the first project."""
    monkeypatch.setenv(URL_VARIABLE, sqlite_engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    operator = access.operator()
    with writing(sqlite_engine) as connection:
        for number, name in ((1, "Puisto"), (2, "Tori")):
            connection.execute(
                sa.insert(schema.Project),
                {"id": number, "code": f"p{number}", "name_fi": name, "status": "running"},
            )
        connection.execute(
            sa.insert(schema.AffectedPopulation),
            [
                {"project_id": 1, "group_code": "RES", "people": 200, "source": "väestörekisteri"},
                {"project_id": 1, "group_code": "COM", "people": 30, "source": "arvio"},
            ],
        )
        connection.execute(
            sa.insert(schema.Funder), {"id": 1, "code": "f1", "name_fi": "Rahoittaja"}
        )
        for role in schema.ROLES:
            person = records.add_user(
                connection, operator, issuer=ISSUER, subject=role, name=role.title()
            )
            scope = {"manager": {"project": 1}, "funder": {"funder": 1}}
            records.grant_role(connection, operator, person, role, **scope.get(role, {}))
    before = sign_in.mode()
    sign_in.use(sign_in.Mode.PROVIDER)
    yield sqlite_engine
    sign_in.use(before)


@pytest.fixture(scope="session")
def demo_process(
    sample_home: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[tuple[subprocess.Popen, str]]:
    """A server that shows the sample, as ``arviomo demo`` starts it, and its address."""
    # What is written in the browser stays out of the sample that other tests look at.
    home = tmp_path_factory.mktemp("served")
    shutil.copytree(sample_home / "demo", home / "demo")
    process = subprocess.Popen(
        [sys.executable, "-m", "dashboard.cli", "demo", "--port", "0"],
        env=environment(home),
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        address = process.stdout.readline().strip()
        assert address.startswith("http://127.0.0.1:"), address
        wait_until_ready(address)
        yield process, address
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="session")
def demo_server(demo_process: tuple[subprocess.Popen, str]) -> str:
    """The address of a server that shows the sample portfolio."""
    return demo_process[1]


def wait_until_ready(address: str) -> None:
    """Return when /health answers 200. Raises: TimeoutError with its last answer."""
    deadline, said = time.monotonic() + STARTING, ""
    while time.monotonic() < deadline:
        try:
            with urlopen(f"{address}/health", timeout=10):  # noqa: S310  an address of ours
                return
        except HTTPError as answer:
            said = answer.read().decode()
        except URLError as silence:
            said = str(silence)
        time.sleep(0.2)
    raise TimeoutError(f"{address}/health: {said}")


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A headless Chromium."""
    expect.set_options(timeout=PATIENCE)
    named = os.environ.get("CHROMIUM") or next(filter(None, map(shutil.which, BROWSERS)), None)
    with sync_playwright() as drivers:
        own = drivers.chromium.executable_path
        path = named or (own if Path(own).exists() else None)
        if path is None:
            missing = "no Chromium: neither CHROMIUM, nor on the path, nor playwright's own"
            if os.environ.get("REQUIRE_BROWSER") == "1":
                pytest.fail(missing)
            pytest.skip(missing)
        opened = drivers.chromium.launch(executable_path=path, args=list(FLAGS))
        yield opened
        opened.close()


@pytest.fixture
def page(browser: Browser, demo_server: str) -> Iterator[Page]:
    """A fresh window; addresses begin at the server of the sample portfolio."""
    context = browser.new_context(
        base_url=demo_server, viewport={"width": 1280, "height": 900}, locale="fi-FI"
    )
    context.set_default_timeout(PATIENCE)
    yield context.new_page()
    context.close()


@pytest.fixture
def opened(browser: Browser, demo_server: str) -> Iterator:
    """A function that opens an address in a window of a width and a colour scheme."""
    contexts = []

    def open_at(address: str, width: int = windows.DESKTOP, scheme: str = "light") -> Page:
        context = browser.new_context(
            base_url=demo_server,
            viewport={"width": width, "height": 900},
            color_scheme=scheme,
            locale="fi-FI",
        )
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        page.goto(address)
        windows.wait_until_shown(page)
        return page

    yield open_at
    for context in contexts:
        context.close()


def settled(page: Page) -> None:
    """Return when the page has run to its end and fetches nothing more."""
    page.locator('[data-testid="stApp"][data-test-script-state="notRunning"]').wait_for()
    page.wait_for_load_state("networkidle")
