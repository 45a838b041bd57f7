"""Self-assessment and challenges in a real browser: two writers at once, and without barriers."""

from __future__ import annotations

import pytest
from playwright.sync_api import Page, expect

from dashboard.judging.words import construct_name
from dashboard.wording import say
from survey.rubric import rubric
from tests.dashboard.windows import (
    DESKTOP,
    address,
    grown,
    violations,
    wait_until_ready,
    windows,
)

pytestmark = pytest.mark.browser

#: Kaarnalaiva, and phases that no other test of the shared sample writes about.
PROJECT, BOTH, ALONE = 1, "P5", "P7"
#: Each view of the pages of this room, as somebody who may see it.
VIEWS = {
    "gap": ("self_assessment", {"judge_phase": "P4", "judge_view": "gap"}),
    "ready": ("self_assessment", {"judge_phase": "P4", "judge_view": "ready"}),
    "history": ("self_assessment", {"judge_phase": "P4", "judge_view": "history"}),
    "beside": ("self_assessment", {"judge_phase": "P4", "judge_view": "joint"}),
    "told": ("challenges", {}),
    "coding": ("challenges", {"voices_view": "coding", "voices_which": "every"}),
}


def form_of(opened, role: str, phase: str, view: str, width=DESKTOP, scheme="light") -> Page:
    """The form of a phase, begun if nobody has."""
    page = opened(
        address(
            "self_assessment", persona=role, project_id=PROJECT, judge_phase=phase, judge_view=view
        ),
        width,
        scheme,
    )
    begin = page.get_by_role("button", name=say(f"judge.start_{view}", "fi"))
    if begin.count():
        begin.click()
        page.get_by_role("radio", name="Ei koske").first.wait_for(state="attached")
        wait_until_ready(page)
    return page


def choose(page: Page, phase: str, construct: str, level: int) -> None:
    """Choose a level by the title that stands for it."""
    criterion = rubric().of(phase)[construct]
    group = page.get_by_role("radiogroup", name=criterion.question.fi)
    group.get_by_text(criterion.level(level).title.fi, exact=True).click()
    wait_until_ready(page)


def fits(page: Page) -> bool:
    """Whether nothing on the page is wider than its window."""
    widths = page.evaluate(
        "[document.documentElement.scrollWidth,"
        " document.querySelector('[data-testid=stMain]').scrollWidth]"
    )
    return max(widths) <= page.viewport_size["width"]


@pytest.mark.parametrize(("name", "width", "scheme"), windows(VIEWS, ["gap"]))
def test_a_view_has_no_barriers(opened, name, width, scheme):
    which, chosen = VIEWS[name]
    page = grown(opened(address(which, project_id=PROJECT, **chosen), width, scheme))
    assert fits(page)
    assert violations(page) == []


@pytest.mark.parametrize(("role", "width", "scheme"), windows(["evaluator"]))
def test_the_form_has_no_barriers(opened, role, width, scheme):
    page = form_of(opened, role, ALONE, "own", width, scheme)
    choose(page, ALONE, "INFL", 2)
    page.get_by_role("button", name=say("judge.add_action", "fi")).click()
    page.get_by_label(say("judge.action_text", "fi")).first.wait_for()
    wait_until_ready(page)
    page = grown(page)
    assert fits(page)
    assert violations(page) == []


def test_words_that_are_not_saved_survive_a_change_of_language(opened):
    page = form_of(opened, "evaluator", ALONE, "own")
    name = construct_name("INFL", "fi")
    page.get_by_label(say("judge.reason", "fi", construct=name)).fill("Vielä kesken")
    page.keyboard.press("Tab")  # a person leaves a field before choosing elsewhere
    wait_until_ready(page)
    swedish = page.get_by_role("option", name="Svenska")
    for _ in range(5):  # the list closes again where the page is drawn anew just then
        page.get_by_role("combobox", name="Kieli").press("ArrowDown")
        page.wait_for_timeout(1000)
        if swedish.is_visible():
            break
    swedish.click()
    reason = say("judge.reason", "sv", construct=construct_name("INFL", "sv"))
    expect(page.get_by_label(reason)).to_have_value("Vielä kesken")


def test_two_windows_at_once_lose_nothing(opened):
    first = form_of(opened, "manager", BOTH, "joint")
    second = form_of(opened, "evaluator", BOTH, "joint")
    choose(first, BOTH, "TRUST", 1)
    first.get_by_role("button", name=say("judge.save", "fi")).click()
    first.get_by_text(say("judge.saved", "fi")).wait_for()
    choose(second, BOTH, "TRUST", 4)
    second.get_by_role("button", name=say("judge.save", "fi")).click()
    second.get_by_role("heading", name=say("judge.conflict", "fi")).wait_for()
    wait_until_ready(second)
    levels = rubric().of(BOTH)["TRUST"].levels
    for level in (levels[0], levels[3]):
        expect(second.get_by_text(level.title.fi).first).to_be_visible()
    save = second.get_by_role("button", name=say("judge.save_choices", "fi"))
    expect(save).to_be_disabled()
    assert violations(grown(second)) == []
    second.get_by_text(say("judge.keep_mine", "fi"), exact=True).click()
    wait_until_ready(second)
    save.click()
    second.get_by_text(say("judge.saved", "fi")).wait_for()
    first.reload()
    wait_until_ready(first)
    chosen = first.get_by_role("radio", name=levels[3].title.fi)
    expect(chosen.first).to_be_checked()
