"""The pages of answering that few people see, in a real browser: no barrier, no weight, no script
(T-31, T-32, T-39)."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from benchmarks import respondents
from dashboard.answering import misses
from dashboard.wording import say
from data import access, database, schema
from data.fieldwork import asking, notices, replies
from survey.text import Text
from tests.dashboard.answering_server import free_port, prepared_context, started

pytestmark = pytest.mark.browser

WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
PHONE = {"width": 390, "height": 844}
#: What a whole page may weigh, style sheet and all, in bytes before they are compressed.
HEAVIEST = 60_000
USER = access.operator()


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A served database: its folder, engine and address."""
    home, port = tmp_path_factory.mktemp("answering"), free_port()
    engine = respondents.prepared(home)
    with started(prepared_context(), home, port, home / "server.log"):
        yield home, engine, f"http://127.0.0.1:{port}"
    engine.dispose()


def asked(site, phase: str, **more: object) -> tuple[int, str]:
    """A pulse of residents about a phase: its number, and where its link leads."""
    home, engine, _ = site
    number = respondents.opened(engine, phase=phase, groups=("RES",), **more)
    if more.get("link") == "personal":
        [token] = respondents.personal_links(engine, home, number, {"one": "RES"})
    else:
        token = respondents.link(engine, home, number)
    return number, f"/s/{token}"


def press(page: Page) -> None:
    with page.expect_navigation():
        page.locator("button.main").click()


def fill(page: Page, until: str = "/receipt", mark: int = 1) -> None:
    """Answer page by page until an address, or until the last button stands there."""
    while until not in page.url:
        for group in page.locator("fieldset").all():
            group.locator("label.option").nth(mark).click()
        if until == "send" and page.locator("button.main[value=send]").count():
            return
        press(page)


def states(site, page: Page):
    """Goes through the states; yields each with the status and the title that it must have."""
    engine = site[1]
    _, link = asked(site, "P1", link="personal")
    page.goto(link)
    fill(page)
    page.goto(link)
    yield "used", 200, say("answering.used.title", "fi")
    page.get_by_role("link", name="Svenska").click()
    yield "used, in another language", 200, say("answering.used.title", "sv")

    number, link = asked(site, "P2")
    page.goto(link)
    fill(page, "send")
    second = page.context.new_page()
    second.goto(page.url)
    fill(second, "send", mark=2)
    press(page)
    with database.writing(engine) as connection:
        texts = {"fi": "Tilasimme penkit.", "sv": "Bänkarna är beställda."}
        reply = replies.write_reply(connection, USER, texts, datetime.now(UTC), collection=number)
        replies.publish_reply(connection, USER, reply, datetime.now(UTC))
    page.reload()
    assert "Tilasimme penkit." in page.inner_text("main")
    yield "receipt that tells what was done", 200, say("answering.receipt.title", "fi")
    page.get_by_role("link", name=say("answering.keep.code", "fi")).click()
    assert page.locator("#code svg").is_visible()
    yield "receipt with its code", 200, say("answering.receipt.title", "fi")
    with second.expect_navigation() as sent:
        second.locator("button.main").click()
    assert sent.value.status == 409
    page.set_content(second.content())  # the same page, looked at in the window that is watched
    yield "other answers came before", None, say("answering.not_stored.title", "fi")
    second.close()

    number, link = asked(site, "P3")
    page.goto(link)
    press(page)
    page.locator("label.option").first.click()
    page.locator("button[value=quit]").click()
    yield "whether to clear all answers", 200, say("answering.quit.title", "fi")
    press(page)
    assert page.locator("label.option input").first.is_checked()
    with database.writing(engine) as connection:
        words = Text(fi="Uusi seloste.", sv="Ny text.", en="New text.")
        today = datetime.now(UTC).date()
        notices.write_notice(connection, USER, "2027-01", words, today)
        notices.use_notice(connection, USER, number, "2027-01", today)
    press(page)
    yield "notice changed", 422, say("answering.problem.notice", "fi")

    number, link = asked(site, "P4")
    page.goto(link)
    press(page)
    with database.writing(engine) as connection:
        ended = datetime.now(UTC) - timedelta(hours=1)  # past the half hour of grace
        mine = schema.Opening.collection_id == number
        connection.execute(sa.update(schema.Opening).where(mine).values(closes_at=ended))
    press(page)
    yield "sent too late", 410, say("answering.closed.late", "fi")
    page.goto(link)
    yield "expired", 410, say("answering.closed.title", "fi")

    _, link = asked(site, "P5", opens=datetime.now(UTC) + timedelta(days=2))
    page.goto(link)
    yield "too early", 425, say("answering.too_early.title", "fi")

    number, link = asked(site, "P6")
    with database.writing(engine) as connection:
        asking.close(connection, USER, number, datetime.now(UTC))
    page.goto(link)
    yield "closed", 410, say("answering.closed.title", "fi")

    number, link = asked(site, "P7", link="personal")
    stranger = "A" * 43  # a personal link of another installation's secret
    with database.writing(engine) as connection:
        hashed = hashlib.sha256(stranger.encode()).hexdigest()
        mine = schema.Invitation.collection_id == number
        connection.execute(sa.update(schema.Invitation).where(mine).values(token_sha256=hashed))
    page.goto(f"/s/{stranger}")
    yield "unavailable", 503, say("answering.failed.title", "fi")

    page.goto("/s/unknown")
    yield "unknown", 404, say("answering.unknown.title", "fi")
    for _ in range(misses.ALLOWED):
        page.request.get("/s/unknown")
    page.goto("/s/unknown")
    yield "too many wrong links", 429, say("answering.too_many.title", "fi")


def test_no_rare_page_has_barriers_weight_or_a_script(browser, site):
    # The pages have no script, but axe is one.
    context = browser.new_context(base_url=site[2], viewport=PHONE, locale="fi-FI")
    page, wrong, came, seen = context.new_page(), [], {}, 0
    page.set_default_timeout(60_000)
    page.on(
        "response",
        lambda one: came.update(last=one) if one.request.is_navigation_request() else None,
    )
    for name, status, told in states(site, page):
        seen += 1
        assert told in page.inner_text("body"), name
        if status is not None:
            assert came["last"].status == status, name
            body = came["last"].body()
            wrong += [f"{name}: {len(body)} bytes"] if len(body) > HEAVIEST else []
            wrong += [f"{name}: a script"] if b"<script" in body else []
        wide = page.locator("html").evaluate("html => html.scrollWidth")
        wrong += [f"{name}: {wide} wide"] if wide > PHONE["width"] else []
        found = Axe().run(page, options={"runOnly": {"type": "tag", "values": list(WCAG)}})
        wrong += [
            f"{name}: {rule['id']} {node['target']} {node['failureSummary']}"
            for rule in found.response["violations"]
            for node in rule["nodes"]
        ]
    context.close()
    assert wrong == []
    assert seen == 14
