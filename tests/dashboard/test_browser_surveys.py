"""A survey in a real browser: opened in one press, its links taken home, and without barriers."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from tests.dashboard.windows import (
    DESKTOP,
    address,
    grown,
    violations,
    wait_until_ready,
    windows,
)

pytestmark = pytest.mark.browser

VIEWS = ("new", "running", "forms")


def at(view: str, **selections: object) -> str:
    return address("surveys", persona="manager", surveys_view=view, **selections)


def has_no_barriers(page: Page, name: str) -> None:
    """No violation, nothing wider than the window; a picture where somebody wants one."""
    if folder := os.environ.get("ARVIOMO_SHOTS"):
        page.screenshot(path=Path(folder) / f"{name}.png")
    width = page.viewport_size["width"]
    sizes = page.evaluate(
        "[document.documentElement.scrollWidth,"
        " document.querySelector('[data-testid=stMain]').scrollWidth]"
    )
    assert max(sizes) <= width
    assert violations(page) == []


def open_one(page: Page, *, twice: bool = False) -> None:
    """Press the button that opens a survey, and wait for its page."""
    button = page.get_by_role("button", name="Avaa kysely", exact=True)
    button.dblclick() if twice else button.click()
    page.wait_for_url(re.compile("surveys_view=running"))
    wait_until_ready(page)


def test_the_shortest_way_is_one_press_and_two_presses_open_one_survey(opened):
    before = opened(at("running")).locator("table").last.locator("tbody tr").count()
    page = opened(at("new"))
    open_one(page, twice=True)
    link = page.locator("[data-testid=stCode]").inner_text()
    assert re.fullmatch(r"http://127\.0\.0\.1:\d+/s/[\w-]{43}", link.strip())
    picture = page.get_by_role("img", name=re.compile("QR-koodi, josta avautuu"))
    expect(picture).to_be_visible()
    after = opened(at("running")).locator("table").last.locator("tbody tr").count()
    assert after == before + 1


@pytest.mark.parametrize(("view", "width", "scheme"), windows(VIEWS))
def test_a_view_has_no_barriers(opened, view, width, scheme):
    page = grown(opened(at(view), width, scheme))
    has_no_barriers(page, f"surveys-{view}-{width}-{scheme}")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_what_opens_over_the_page_has_no_barriers_either(opened, scheme):
    page = opened(at("running"), DESKTOP, scheme)
    page.get_by_role("button", name="Sulje kysely").click()
    page.get_by_text("Haluan sulkea kyselyn nyt").click()
    page.get_by_role("button", name="Sulje", exact=True).wait_for()
    wait_until_ready(page)
    has_no_barriers(page, f"surveys-close-{scheme}")


def test_personal_links_come_as_a_file_for_this_browser_alone(opened, browser, demo_server):
    page = opened(at("new", questionnaire="benefit@1"))
    page.get_by_text("Henkilökohtaiset kertalinkit").click()
    wait_until_ready(page)
    field = page.get_by_label("Kutsuttavien luettelo")
    field.fill("Yritykset; fi; 1001\nMuumit; fi; 1002")
    page.keyboard.press("Control+Enter")
    wait_until_ready(page)
    page.get_by_role("button", name="Avaa kysely", exact=True).click()
    page.get_by_text("Rivi 2: ryhmää ”Muumit” ei kysytä.").wait_for()
    has_no_barriers(grown(page), "surveys-faults")
    field.fill("Yritykset; fi; 1001\nYritykset; sv; 1002")
    page.keyboard.press("Control+Enter")
    wait_until_ready(page)
    open_one(page)
    has_no_barriers(grown(page), "surveys-links")
    link = page.get_by_role("link", name="Lataa linkit (CSV)")
    where = link.get_attribute("href")
    mine = page.request.get(where)
    assert mine.status == 200
    assert mine.text().count("/s/") == 2
    stranger = browser.new_context(base_url=demo_server)
    assert stranger.request.get(where).status == 404
    stranger.close()
    with page.expect_popup() as popup, page.context.expect_event("page"):
        link.click()
    assert popup.value
