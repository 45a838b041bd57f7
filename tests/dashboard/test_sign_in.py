"""Signing in through an identity provider, in a browser, against a provider made for tests."""

import os
import socket
import subprocess
import sys

import pytest
from oidc_provider_mock import run_server_in_thread
from playwright.sync_api import expect

from data import access, records
from data.database import connect, migrate, writing
from tests.commands import environment

pytestmark = pytest.mark.browser

SECRETS = """\
[auth]
redirect_uri = "{address}/oauth2callback"
cookie_secret = "{secret}"
client_id = "arviomo"
client_secret = "not-a-secret"
server_metadata_url = "{issuer}/.well-known/openid-configuration"
"""


@pytest.fixture
def provider():
    with run_server_in_thread() as server:
        yield f"http://localhost:{server.server_port}"


@pytest.fixture
def address(tmp_path, provider):
    """A server of a database with one user, where only signing in opens the door."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    (tmp_path / ".streamlit").mkdir()
    (tmp_path / ".streamlit" / "secrets.toml").write_text(
        SECRETS.format(address=address, issuer=provider, secret=os.urandom(32).hex())
    )
    (tmp_path / ".streamlit" / "secrets.toml").chmod(0o600)
    engine = connect(f"sqlite:///{tmp_path / 'arviomo.db'}")
    migrate(engine)
    with writing(engine) as connection:
        person = records.add_user(
            connection, access.operator(), issuer=provider, subject="maija", name="Maija"
        )
        records.grant_role(connection, access.operator(), person, "evaluator")
    process = subprocess.Popen(
        [sys.executable, "-m", "dashboard.cli", "serve", "--port", str(port)],
        env=environment(tmp_path),
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        assert process.stdout.readline().strip() == address
        yield address
    finally:
        process.terminate()
        process.wait(timeout=30)


def sign_in(page, subject):
    page.get_by_role("link", name="Sign in").click()
    page.get_by_placeholder("sub").fill(subject)
    page.get_by_role("button", name="Authorize").click()


def test_a_known_user_gets_in_and_sends_a_file_and_a_stranger_does_not(browser, address):
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(30_000)
    page = context.new_page()
    page.goto(f"{address}/?lang=en&persona=administrator")
    expect(page.get_by_role("heading", level=1)).to_have_text("Arviomo")
    sign_in(page, "maija")
    page.get_by_role("button", name="Evidence base").click()
    expect(page.get_by_role("menuitem", name="Data room")).to_be_visible()
    page.goto(f"{address}/data_room?lang=sv&profile=project_register")
    # Streamlit's own words here hold the limit of our options: when either changes, this fails.
    expect(page.get_by_text("Högst 20 MB • CSV, TSV, TXT, XLSX")).to_be_visible()
    expect(page.get_by_role("button", name="Välj fil")).to_be_visible()
    page.goto(f"{address}/data_room?lang=en&profile=project_register")
    page.locator('input[type="file"]').set_input_files(
        {"name": "register.csv", "mimeType": "text/csv", "buffer": b"code,name\nA1,One\nA2,Two\n"}
    )
    expect(page.get_by_text("The file has 2 rows: 2 can be stored")).to_be_visible()
    page.get_by_role("button", name="Sign out").click()
    page.get_by_role("button", name="End session").click()  # the provider asks, too
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    sign_in(page, "stranger")
    expect(page.get_by_text("have not been given a role")).to_be_visible()
    expect(page.get_by_role("button", name="Evidence base")).to_have_count(0)
    context.close()
