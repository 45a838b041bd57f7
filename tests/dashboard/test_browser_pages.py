"""The pages in a real browser: on a desktop and a phone, in light and dark, and without barriers.

Pictures are written to the folder that ARVIOMO_SHOTS names, for a person to look at.
"""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

from dashboard.literal import JOINER, literal
from dashboard.navigation import PAGES
from tests.dashboard.windows import DESKTOP, address, grown, violations, wait_until_ready, windows

pytestmark = pytest.mark.browser

#: Seen on a desktop by day, too.
WIDE = ("overview",)


#: Words on buttons that cannot be pressed now, in another ink than such a button has.
FADED = """() => [...document.querySelectorAll('button:disabled p')]
  .filter(e => getComputedStyle(e).color !== getComputedStyle(e.closest('button')).color)
  .map(e => e.textContent)"""


@pytest.mark.parametrize(("name", "width", "scheme"), windows(PAGES, WIDE))
def test_a_page_has_no_barriers_and_fits_its_window(opened, name, width, scheme):
    page = grown(opened(address(name), width, scheme))
    if folder := os.environ.get("ARVIOMO_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}-{width}-{scheme}.png")
    sizes = page.evaluate(
        "[document.documentElement.scrollWidth,"
        " document.querySelector('[data-testid=stMain]').scrollWidth]"
    )
    assert max(sizes) <= width
    assert violations(page) == []
    assert page.evaluate(FADED) == []


def test_the_words_of_charts_take_the_ink_of_the_page(opened):
    for scheme in ("light", "dark"):
        page = opened(address("overview"), DESKTOP, scheme)
        inks = page.evaluate(
            "[...document.querySelectorAll('.still span')]"
            ".map(text => getComputedStyle(text).color)"
        )
        ink = page.evaluate("getComputedStyle(document.querySelector('h1')).color")
        assert inks
        assert set(inks) == {ink}


def test_a_link_shows_the_same_view(opened):
    page = opened(address("project"))
    page.get_by_label("Hanke", exact=True).click()
    page.get_by_role("option").nth(5).click()
    wait_until_ready(page)
    chosen = page.locator("h2").first.inner_text()
    assert re.search(r"project_id=\d+", page.url)
    again = opened(page.url.replace(page.url.split("/project")[0], ""))
    assert again.locator("h2").first.inner_text() == chosen


def test_a_choice_survives_a_reload(opened):
    page = opened(address("overview"))
    page.get_by_role("radio", name="Seuranta").click()
    wait_until_ready(page)
    assert "wave=follow_up" in page.url
    page.reload()
    wait_until_ready(page)
    assert page.get_by_role("radio", name="Seuranta").get_attribute("aria-checked") == "true"


def test_every_chart_opens_as_a_real_table_and_tells_how_we_know(opened):
    page = opened(address("overview"))
    page.get_by_text("Näytä taulukkona").first.click()
    page.wait_for_selector("table >> visible=true")
    headers = page.locator("table >> visible=true").first.locator("th").all_inner_texts()
    assert {"Kohde", "Luku", "n", "Tila"} <= {header.strip() for header in headers}
    page.get_by_role("button", name="Mistä tiedämme").first.click()
    told = page.locator("[data-testid=stPopoverBody]").inner_text()
    for heading in ("Mitä luku tarkoittaa", "Kaava", "Luottamusväli", "Alkuperä"):
        assert heading in told


def test_how_we_know_leads_to_the_page_of_the_metric_and_on_to_all_of_them(opened):
    page = opened(address("process"))
    page.get_by_role("button", name="Mistä tiedämme").first.click()
    page.get_by_role("link", name="Kaikki tästä mittarista").first.click()
    page.wait_for_url("**/methods?**metric=process_quality**")
    page.get_by_role("heading", name="Prosessin laatu", level=1).wait_for()
    wait_until_ready(page)
    assert violations(page) == []
    page.get_by_role("link", name="Kaikki mittarit").click()
    page.get_by_role("heading", name="Menetelmät", level=1).wait_for()
    # The address follows the page; it may be a moment behind.
    page.wait_for_url(lambda url: "metric=" not in url)


def test_a_project_is_one_click_from_the_overview(opened):
    page = opened(address("overview"))
    link = page.locator("[data-testid=stMain] a.page[href*='project_id=']").first
    name = link.inner_text().strip()
    link.click()
    page.wait_for_url("**/project?**")
    wait_until_ready(page)
    assert page.locator("h2").first.inner_text().strip() == name


def test_a_link_in_a_table_goes_on_in_the_same_window(opened):
    page = opened(address("funded", persona="funder"))
    page.locator("[data-testid=stTable] a[href^='/reporting']").first.click()
    page.wait_for_url("**/reporting?**report_project=**")
    wait_until_ready(page)
    assert len(page.context.pages) == 1


def test_what_a_user_wrote_is_shown_to_the_letter(browser, tmp_path):
    wicked = (
        "**b** _i_ `c` <b>h</b> &amp; [l](http://e.example) :red[r] :smile: $x^2$ "
        "www.e.example a@e.example # h - -> -- >= ![i](http://e.example/i.png)"
    )
    script = tmp_path / "shown.py"
    script.write_text(f"import streamlit as st\nst.markdown({literal(wicked)!r})\nst.title('x')\n")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(script), f"--server.port={port}",
         "--server.headless=true", "--server.address=127.0.0.1"],
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=tmp_path,
    )  # fmt: skip
    context = browser.new_context()
    try:
        page = context.new_page()
        wait_for_server(port)
        page.goto(f"http://127.0.0.1:{port}")
        page.wait_for_selector("h1", timeout=60_000)
        shown = page.locator("[data-testid=stMarkdownContainer] p").first
        assert shown.inner_text().replace(JOINER, "") == wicked
        assert shown.locator("*").count() == 0
    finally:
        context.close()
        server.terminate()
        server.wait(timeout=30)


def wait_for_server(port: int) -> None:
    """Return when something listens. Raises: TimeoutError after a minute."""
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline:
        with socket.socket() as knock:
            if knock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.2)
    raise TimeoutError(f"nothing listens on port {port}")


def test_a_chart_is_explored_in_plotly_without_barriers_and_in_the_readers_language(opened):
    page = opened(address("process"), DESKTOP, "dark")
    page.get_by_role("button", name="Tutki kuvaa").first.click()
    page.wait_for_selector("[role=dialog] .js-plotly-plot .main-svg")
    wait_until_ready(page)
    assert violations(page) == []
    bar = page.locator("[role=dialog] .modebar-btn")
    page.wait_for_function("document.querySelector('[role=dialog] [data-title=\"Lähennä\"]')")
    assert {button.get_attribute("data-title") for button in bar.all()} == {
        "Tallenna kuva", "Rajaa alue", "Siirrä", "Lähennä", "Loitonna", "Palauta alku",
    }  # fmt: skip
    page.keyboard.press("Escape")
    page.wait_for_selector("[role=dialog]", state="detached")
