"""Answering by link in a real browser: with and without JavaScript, by keyboard, at every size
(T-39).

Pictures are written to the folder that ARVIOMO_SHOTS names, for a person to look at.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from benchmarks import respondents
from data import access, database, schema
from data.fieldwork import asking, replies
from data.instruments import bring_instrument
from survey.instrument import Instrument, instruments
from tests.dashboard.answering_server import free_port, prepared_context, started

pytestmark = pytest.mark.browser

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
PHONE, DESKTOP = {"width": 390, "height": 844}, {"width": 1280, "height": 900}
#: 320 CSS pixels: the narrowest phone, and a window of 1280 at a zoom of 400 %.
NARROW = {"width": 320, "height": 256}
#: A button or a choice is hit by a thumb when it is this high, in CSS pixels.
TOUCH = 44
PAYLOAD = "</textarea><script>window.__pwn=1</script><img src=x onerror=window.__pwn=1>"
EVERYBODY = ("RES", "CUS", "STAFF", "COM", "NGO", "RDI", "PUB", "UNK")


class Site:
    """A served database: its address, and the links that lead to it."""

    def __init__(self, home: Path, engine: sa.Engine, address: str) -> None:
        self.home, self.engine, self.address = home, engine, address

    def link(self, instrument: str, **more: object) -> tuple[int, str]:
        number = respondents.opened(self.engine, instrument, **more)
        return number, f"/s/{respondents.link(self.engine, self.home, number)}"


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    home, port = tmp_path_factory.mktemp("answering"), free_port()
    engine = respondents.prepared(home)
    with started(prepared_context(), home, port, home / "server.log"):
        yield Site(home, engine, f"http://127.0.0.1:{port}")
    engine.dispose()


@pytest.fixture(scope="module")
def links(site):
    """Links to every kind of page, by name."""
    now = datetime.now(UTC)
    found = {
        "full": site.link("process_quality@1", groups=EVERYBODY),
        "outcome": site.link("benefit@1", wave="end", groups=("RES",)),
        "place": site.link("place_assessment@1", wave="end", groups=("RES",)),
        "early": site.link("process_plain@1", opens=now + timedelta(days=2)),
        "closed": site.link("process_pupil@1"),
        "sensitive": sensitive(site),
    }
    with database.writing(site.engine) as connection:
        user, number = access.operator(), found["closed"][0]
        asking.close(connection, user, number, now)
        texts = {"fi": "Tilasimme penkit.", "sv": "Bänkarna är beställda."}
        reply = replies.write_reply(connection, user, texts, now, collection=number)
        replies.publish_reply(connection, user, reply, now)
    return {name: address for name, (_, address) in found.items()}


def sensitive(site: Site) -> tuple[int, str]:
    """A link to questions about health, which are asked of those alone who agree."""
    pulse = instruments()["process_pulse@1"]
    ill = pulse.items[0].model_copy(update={"code": "ILL", "special": "health"})
    changed = {"code": "health_pulse", "items": (*pulse.items[:2], ill), "scales": ()}
    asks = Instrument.model_validate(pulse.model_dump() | changed)
    with database.writing(site.engine) as connection:
        bring_instrument(connection, access.operator(), asks)
    return site.link(asks.key, groups=("RES",))


@pytest.fixture
def window(browser, site):
    """A function that opens a window, as a phone without JavaScript unless told otherwise."""
    opened = []

    def open_window(viewport=PHONE, *, script=False, scheme="light") -> Page:
        context = browser.new_context(
            base_url=site.address,
            viewport=viewport,
            java_script_enabled=script,
            color_scheme=scheme,
            locale="fi-FI",
            reduced_motion="reduce",
        )
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(30_000)
        return page

    yield open_window
    for context in opened:
        context.close()


def press(page: Page) -> None:
    """Press the page's own button and wait for what comes after it."""
    with page.expect_navigation():
        page.locator("button.main").click()


def choose_everything(page: Page) -> None:
    for group in page.locator("fieldset").all():
        group.locator("label.option").nth(1).click()
    for text in page.locator("textarea").all():
        text.fill(f"Hyvin meni. {PAYLOAD}")


def rows(site: Site, number: int) -> list[sa.Row]:
    mine = schema.Response.collection_id == number
    with database.reading(site.engine) as connection:
        return connection.execute(sa.select(schema.Response.__table__).where(mine)).all()


# --- the way through ----------------------------------------------------------------------------


@pytest.mark.parametrize("script", [False, True], ids=["without JavaScript", "with it"])
def test_a_phone_fills_the_form_once(site, window, script):
    asks = "benefit@1" if script else "place_assessment@1"
    number, link = site.link(asks, groups=("RES", "STAFF"))
    page, asked, said = window(script=script), [], []
    page.on("request", lambda request: asked.append(request.url))
    page.on("console", lambda message: said.append(message.text))
    page.goto(link)
    [cookie] = page.context.cookies()
    assert (cookie["name"], cookie["path"], cookie["sameSite"]) == ("arviomo_form", link, "Strict")
    assert cookie["httpOnly"]
    assert cookie["expires"] < time.time() + 3_700
    expect(page.locator("html")).to_have_attribute("lang", "fi")
    press(page)
    expect(page.locator("#summary")).to_be_focused()
    page.locator(".summary a").click()
    expect(page.locator("#q-group")).to_be_focused()
    page.get_by_label("Henkilöstö").check()
    page.get_by_role("button", name="Svenska").click()
    expect(page.locator("html")).to_have_attribute("lang", "sv")
    expect(page.get_by_label("Personal")).to_be_checked()
    press(page)
    for _ in range(9):
        choose_everything(page)
        if page.get_by_role("button", name="Skicka svaren").count():
            break
        page.get_by_role("button", name="Nästa").click()
    page.get_by_role("button", name="Föregående").click()
    expect(page.locator("label.option").nth(1).locator("input")).to_be_checked()
    page.get_by_role("button", name="Nästa").click()
    expect(page.locator("textarea").first).to_have_value(f"Hyvin meni. {PAYLOAD}")
    page.locator("button.main").dblclick()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tack! Dina svar har sparats.")
    page.reload()
    expect(page.get_by_role("heading", level=1)).to_have_text("Tack! Dina svar har sparats.")
    [row] = rows(site, number)
    assert (row.group_code, row.language) == ("STAFF", "sv")
    # Only the receipt's is left, and goes when the receipt is closed.
    [cookie] = page.context.cookies()
    assert (cookie["name"], cookie["path"]) == ("arviomo_receipt", f"{link}/receipt")
    assert cookie["httpOnly"]
    assert cookie["expires"] < time.time() + 1_900
    page.get_by_role("button", name="Stäng kvittot på den här enheten").click()
    expect(page.get_by_role("button")).to_have_count(0)
    assert page.context.cookies() == []
    assert {url.split("/")[3].split("?")[0] for url in asked} <= {"s", "assets"}
    # Nothing was blocked, for nothing was there to block; the group was missing once, and the
    # browser says that it forgot the pages before the receipt.
    assert [words for words in said if "422" not in words and "Clear-Site" not in words] == []
    assert not page.evaluate("window.__pwn")


def test_the_back_button_of_the_browser_sends_nothing_twice(site, window):
    number, link = site.link("process_pulse@1", groups=("RES",))
    page = window(script=True)
    page.goto(link)
    press(page)
    choose_everything(page)
    for _ in range(4):  # as many pages as 13 questions have
        press(page)
    assert "/receipt?" in page.url
    assert "a=" not in page.url
    # Nobody who presses Back at the same device sees what was answered: it leads to the start.
    for _ in range(4):
        page.go_back()
        expect(page.locator(".remark")).to_contain_text("ei ole enää avoinna tällä laitteella")
        assert page.locator("input:checked").count() == 0
        assert page.locator("input[name=GOAL1]").count() == 0
    assert len(rows(site, number)) == 1


@pytest.mark.parametrize("way", ["another", "close"])
def test_the_next_person_at_a_tablet_finds_nothing_to_take_back(site, window, way):
    phase = "P1" if way == "another" else "P2"
    number, link = site.link("process_pulse@1", wave="end", phase=phase, groups=("RES",))
    page = window(script=True)
    page.goto(link)
    press(page)
    while "/receipt" not in page.url:
        choose_everything(page)
        press(page)
    own = page.get_by_role("link", name="Kuittisi osoite: avaa").get_attribute("href")
    # Somebody looks what taking back would mean, keeps the answers, and hands the tablet on.
    page.get_by_role("button", name="Ota vastaukseni takaisin").click()
    page.get_by_role("button", name="Pidä vastaukset").click()
    if way == "another":
        page.get_by_role("link", name="Aloita uusi vastaus").click()
        expect(page.locator("button.main")).to_have_text("Aloita")
    else:
        page.get_by_role("button", name="Sulje kuitti tällä laitteella").click()
        expect(page.get_by_role("button")).to_have_count(0)
    for _ in range(9):
        if page.go_back() is None:
            break
        assert "a=" not in page.url
        assert page.get_by_role("button", name="Ota vastaukseni takaisin").count() == 0
        assert page.get_by_role("button", name="Poista vastaukseni").count() == 0
        assert page.locator(f'a[href="{own}"]').count() == 0
        assert page.locator("input:checked").count() == 0
    assert len(rows(site, number)) == 1
    elsewhere = window()
    elsewhere.goto(own)
    expect(elsewhere.get_by_role("button", name="Ota vastaukseni takaisin")).to_be_visible()


def test_a_browser_without_cookies_answers_too(site, window):
    number, link = site.link("process_pulse@1", wave="follow_up", groups=("RES",))
    page = window()

    def without(route):
        route.continue_(headers=route.request.headers | {"cookie": ""})

    page.route("**/*", without)
    page.goto(link)
    for _ in range(9):
        choose_everything(page)
        page.locator("button.main").click()
        page.context.clear_cookies()
        if "/receipt" in page.url:
            break
    expect(page.get_by_role("button", name="Ota vastaukseni takaisin")).to_be_visible()
    assert "a=" in page.url
    assert len(rows(site, number)) == 1


@pytest.mark.parametrize("script", [False, True], ids=["without JavaScript", "with it"])
def test_the_back_button_of_the_browser_finds_what_was_answered(site, window, script):
    _, link = site.link("process_quality@1", wave="end", phase="P3" if script else "P4")
    page = window(script=script)
    page.goto(link)
    page.locator("input[name=group]").first.check()
    press(page)
    for _ in range(2):
        choose_everything(page)
        press(page)
    choose_everything(page)  # marks that were never sent: these alone are lost
    for _ in range(2):
        page.go_back()
        questions = page.locator("fieldset").count()
        assert page.locator("input:checked").count() == questions > 0
    for _ in range(2):
        press(page)
    expect(page.locator("#progress")).to_contain_text("Sivu 3/")
    page.get_by_role("button", name="Lopeta ja tyhjennä").click()
    press(page)  # whoever did not mean it goes on where they were
    expect(page.locator("#progress")).to_contain_text("Sivu 3/")
    page.get_by_role("button", name="Lopeta ja tyhjennä").click()
    page.get_by_role("button", name="Tyhjennä ja lopeta").click()
    expect(page.locator("button.main")).to_have_text("Aloita")
    page.go_back()
    expect(page.locator(".remark")).to_contain_text("ei ole enää avoinna tällä laitteella")
    assert page.locator("input:checked").count() == 0


def test_answers_are_taken_back_on_a_phone(site, window):
    number, link = site.link("benefit@1", wave="follow_up", groups=("RES",))
    page = window()
    page.goto(link)
    press(page)
    while "/receipt" not in page.url:
        choose_everything(page)
        press(page)
    shown = page.url
    kept = page.get_by_role("link", name="Kuittisi osoite: avaa").get_attribute("href")
    page.get_by_role("button", name="Ota vastaukseni takaisin").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Ota vastaukseni takaisin")
    page.get_by_role("button", name="Pidä vastaukset").click()
    assert (page.url, len(rows(site, number))) == (shown, 1)
    page.goto(kept)
    page.get_by_role("button", name="Ota vastaukseni takaisin").click()
    page.get_by_role("button", name="Poista vastaukseni").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Vastauksesi on otettu takaisin")
    assert rows(site, number) == []
    page.goto(kept)
    expect(page.get_by_role("heading", level=1)).to_have_text("Vastauksesi on otettu takaisin")


def test_the_keyboard_alone_answers(site, window):
    number, link = site.link("process_pulse@1", wave="end", groups=("RES", "STAFF"))
    page = window(DESKTOP)
    page.goto(link)
    page.keyboard.press("Tab")
    expect(page.locator(".skip")).to_be_focused()
    page.keyboard.press("Enter")

    def tab_to(css: str) -> None:
        for _ in range(60):
            page.keyboard.press("Tab")
            if page.locator(f"{css}:focus").count():
                return
        raise AssertionError(f"Tab does not reach {css}")

    tab_to("input[name=group]")
    page.keyboard.press("ArrowDown")  # from the first, which Tab reaches, to the second
    tab_to("button.main")
    page.keyboard.press("Enter")
    for code in ("GOAL1", "RULE1"):
        tab_to(f"input[name={code}]")
        page.keyboard.press("Space")
    with page.expect_navigation():
        page.keyboard.press("Enter")  # within a question: the page's own button, no language
    expect(page.locator("html")).to_have_attribute("lang", "fi")
    expect(page.locator("#progress")).to_contain_text("Sivu 2/")
    for _ in range(9):
        tab_to("button.main")
        with page.expect_navigation():
            page.keyboard.press("Enter")
        if "/receipt" in page.url:
            break
    [row] = rows(site, number)
    assert row.group_code == "STAFF"
    assert row.answers == '{"GOAL1":1,"RULE1":1}'


# --- every kind of page -------------------------------------------------------------------------


def kinds(page: Page, links: dict[str, str]):
    """Goes through every kind of page; yields the name of each when it stands there."""
    page.goto(links["full"])
    yield "start"
    page.locator("summary").first.click()
    press(page)
    yield "group missing"
    page.locator("input[name=group]").first.check()
    press(page)
    page.locator("label.option").nth(2).click()
    yield "questions"
    page.goto(links["place"])
    press(page)
    yield "section"
    page.goto(links["outcome"])
    press(page)
    press(page)
    press(page)
    page.locator("textarea").first.fill("x" * 2100)
    yield "numbers and own words"
    press(page)
    yield "too long"
    page.locator("textarea").first.fill("x")
    press(page)
    yield "receipt"
    page.get_by_role("button", name="Ota vastaukseni takaisin").click()
    yield "withdraw"
    press(page)
    yield "taken back"
    for name in ("early", "closed"):
        page.goto(links[name])
        yield name
    page.goto(f"{links['sensitive']}?at=GOAL1")
    yield "sensitive, and a form that is gone"
    page.goto("/s/unknown")
    yield "unknown"


BY_NIGHT = ((PHONE, "light"), (PHONE, "dark"), (DESKTOP, "dark"))


@pytest.mark.parametrize(
    ("viewport", "scheme"),
    [
        (NARROW, "dark"),
        (DESKTOP, "light"),
        *(pytest.param(*each, marks=pytest.mark.nightly) for each in BY_NIGHT),
    ],
)
def test_no_kind_of_page_has_barriers_or_is_wider_than_its_window(window, links, viewport, scheme):
    # The pages have no script, but axe is one.
    page, wrong = window(viewport, script=True, scheme=scheme), []
    folder = os.environ.get("ARVIOMO_SHOTS")
    for name in kinds(page, links):
        if folder:
            file = f"answering-{name}-{viewport['width']}-{scheme}.png".replace(" ", "-")
            page.screenshot(path=Path(folder) / file, full_page=True)
        expect(page.locator("main")).to_be_visible()
        wide = page.locator("html").evaluate("html => html.scrollWidth")
        low = page.evaluate(
            "[...document.querySelectorAll('label.option, main button, header button, summary')]"
            f".filter(e => e.offsetWidth > 1 && e.getBoundingClientRect().height < {TOUCH})"
            ".map(e => e.textContent)"
        )
        wrong += [f"{name}: {wide} wide"] if wide > viewport["width"] else []
        wrong += [f"{name}: low {low}"] if low else []
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": list(WCAG)}})
        wrong += [
            f"{name}: {rule['id']} {node['target']} {node['failureSummary']}"
            for rule in found.response["violations"]
            for node in rule["nodes"]
        ]
    assert wrong == []


def test_titles_tell_the_pages_apart(window, links):
    page = window()
    titles = {name: page.title() for name in kinds(page, links)}
    assert len(set(titles.values())) == len(titles)
    assert titles["group missing"].startswith("Virhe: ")
    assert titles["questions"].startswith("Sivu 1/10: ")
