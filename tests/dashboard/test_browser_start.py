"""The first page in a real browser, as somebody meets it who has just started the demo."""

import json
from urllib.request import urlopen

import pytest
from playwright.sync_api import Page, expect

from dashboard.shell import chrome_words
from tests.dashboard.conftest import settled
from tests.dashboard.windows import violations

pytestmark = pytest.mark.browser


@pytest.fixture
def complaints(page: Page) -> list[str]:
    """Everything that the browser complains about while a test looks."""
    heard: list[str] = []
    page.on(
        "console",
        lambda said: heard.append(said.text) if said.type in ("error", "warning") else None,
    )
    page.on("pageerror", lambda error: heard.append(str(error)))
    page.on(
        "requestfailed",
        # What the browser itself gives up on leaving a page has not failed.
        lambda request: (
            None
            if request.failure == "net::ERR_ABORTED"
            else heard.append(f"failed: {request.url} {request.failure}")
        ),
    )
    page.on(
        "request",
        lambda request: (
            heard.append(f"left this machine: {request.url}")
            if not request.url.startswith(("http://127.0.0.1", "data:", "blob:"))
            else None
        ),
    )
    return heard


def test_health_says_ready_when_the_page_stands(demo_server, page):
    with urlopen(f"{demo_server}/health", timeout=10) as answer:  # noqa: S310  an address of ours
        said = json.load(answer)
    assert said["status"] == "ready"
    assert said["revision"] >= 1
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Yleiskuva")
    expect(page).to_have_title("Yleiskuva – Arviomo")


def test_nothing_is_complained_about_and_nothing_leaves_the_machine(page, complaints):
    for address in ("/", "/methods?lang=en", "/proposals?lang=sv"):
        page.goto(address)
        expect(page.get_by_role("heading", level=1)).to_be_visible()
        settled(page)
    assert complaints == []


def test_every_page_is_called_invented(page):
    page.goto("/methods")
    expect(page.get_by_text("kaikki hankkeet ja luvut ovat keksittyjä")).to_be_visible()


def choose(page: Page, label: str, option: str) -> None:
    settled(page)
    page.get_by_role("combobox", name=label).click()
    page.get_by_role("option", name=option).click()


def test_the_language_changes_everything_and_stays(page):
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Yleiskuva")
    assert page.locator("html").get_attribute("lang") == "fi"
    choose(page, "Kieli", "Svenska")
    expect(page.get_by_role("heading", level=1)).to_have_text("Översikt")
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    expect(page.get_by_role("navigation", name="Sidor")).to_be_visible()
    assert "lang=sv" in page.url
    page.goto("/methods")  # a cookie remembers, where the address does not say
    expect(page.get_by_role("heading", level=1)).to_have_text("Metoder")
    assert page.locator("html").get_attribute("lang") == "sv"


@pytest.mark.parametrize("language", ["fi", "sv"])
def test_streamlits_own_words_are_translated(page, language):
    """When Streamlit renames its words after an upgrade, they show up here in English."""
    page.goto(f"/project?lang={language}")
    expect(page.get_by_role("heading", level=1)).to_be_visible()
    settled(page)
    page.get_by_role("combobox").nth(2).click()
    said = page.evaluate(
        """() => [...document.querySelectorAll('[aria-label],[title],[placeholder]')].flatMap(
            e => ['aria-label', 'title', 'placeholder'].map(name => e.getAttribute(name)))"""
    )
    english = set(chrome_words())
    assert not english & {text.strip() for text in said if text}
    words = [english_words[language] for english_words in chrome_words().values()]
    assert set(words) & set(said)
    expect(page.get_by_text("Skip to main content")).to_have_count(0)


def go(page: Page, menu: str, name: str) -> None:
    """Choose a page from a menu of the navigation."""
    page.get_by_role("navigation").get_by_role("button", name=menu).click()
    page.get_by_role("menuitem", name=name, exact=True).click()


def test_a_page_that_is_not_permitted_is_not_found(page):
    page.goto("/data_room?persona=funder")
    expect(page.get_by_role("dialog")).to_contain_text("Sivua ei löydy")
    expect(page.get_by_role("dialog")).to_contain_text("ei kuulu rooliisi")
    page.keyboard.press("Escape")
    expect(page.get_by_role("heading", level=1)).to_have_text("Yleiskuva")
    expect(page.get_by_role("navigation").get_by_text("Tiedon perusta")).to_have_count(0)


def test_a_change_of_role_changes_the_pages(page):
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Yleiskuva")
    expect(page.get_by_role("navigation").get_by_text("Tiedon perusta")).to_have_count(0)
    choose(page, "Katso roolissa", "Rooli: arvioija")
    go(page, "Tiedon perusta", "Aineistot")
    expect(page.get_by_role("heading", level=1)).to_have_text("Aineistot")
    assert "persona=evaluator" in page.url


def test_an_address_that_is_no_page_is_not_found(page):
    answer = page.goto("/healthz")
    assert answer.status == 404
    expect(page.get_by_role("dialog")).to_contain_text("Sivua ei löydy")


def test_one_step_back_is_the_view_before(page):
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Yleiskuva")
    page.wait_for_url("**persona=**")
    for name in ("Ehdotukset", "Menetelmät"):
        if name == "Ehdotukset":
            go(page, "Tulokset", name)
        else:
            page.get_by_role("link", name=name, exact=True).click()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)
        settled(page)
    for name in ("Ehdotukset", "Yleiskuva"):
        page.go_back()
        expect(page.get_by_role("heading", level=1)).to_have_text(name)


def test_a_change_of_page_is_told_to_screen_readers(page):
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Yleiskuva")
    page.get_by_role("link", name="Menetelmät", exact=True).first.click()
    expect(page.locator("#arviomo-announcement")).to_have_text("Menetelmät – Arviomo")


def test_the_pages_can_be_reached_on_a_phone(page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto("/")
    expect(page.get_by_role("heading", level=1)).to_have_text("Yleiskuva")
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.get_by_test_id("stExpandSidebarButton").click()
    page.wait_for_selector("[data-testid=stSidebarNavItems][role=group]")
    assert violations(page) == []  # with its list of pages open
    page.get_by_role("link", name="Menetelmät").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Menetelmät")
