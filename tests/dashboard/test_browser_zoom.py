"""Pages at 400 % zoom, in a reader's own colours, without movement, and with the keyboard alone.

By day one page of each persona, by night every page.
"""

from __future__ import annotations

import pytest
from playwright.sync_api import Page

from dashboard.navigation import PAGES
from tests.dashboard.windows import DESKTOP, address, unfolded, wait_until_ready

pytestmark = pytest.mark.browser

#: 1280 pixels at 400 % (WCAG 1.4.10).
ZOOMED = 320
#: The page that each persona opens first.
HOMES = {
    "overview": "steering", "my_projects": "manager", "reporting": "funder", "methods": "evaluator",
    "users": "administrator",
}  # fmt: skip
NOT_AN_EVALUATORS = {"funded": "funder", "audit": "administrator"}
#: Every page by night, as somebody who may open it.
BY_PAGE = [
    pytest.param(
        name,
        HOMES.get(name, NOT_AN_EVALUATORS.get(name, "evaluator")),
        marks=() if name in HOMES else pytest.mark.nightly,
    )
    for name in PAGES
]
#: The same, by day the overview alone.
BY_NIGHT = [
    pytest.param(*case.values, marks=() if case.values[0] == "overview" else pytest.mark.nightly)
    for case in BY_PAGE
]
#: What of a page reaches beyond the window, in no box that a reader scrolls.
CUT = """() => {
  const seen = (e) => {
    const at = e.getBoundingClientRect();
    if (!at.width || !at.height || at.right <= innerWidth + 1) return false;
    for (let box = e; box && box.dataset?.testid !== 'stMain'; box = box.parentElement) {
      const style = getComputedStyle(box);
      if (['auto', 'scroll'].includes(style.overflowX) || style.clipPath !== 'none') return false;
    }
    return true;
  };
  return [...document.querySelectorAll('[data-testid=stMain] *')].filter(seen)
    .map(e => `${e.tagName} ${e.textContent.slice(0, 60)}`);
}"""
#: Tables that are read by scrolling to the side: a reader at 400 % reads line by line instead.
SIDEWAYS = """() => [...document.querySelectorAll('[data-testid=stTable] table, .fold[open] table')]
  .filter(e => e.rows[0].cells.length > 2)
  .map(e => [e, e.closest('[data-testid=stTable], .wide')])
  .filter(([table, box]) => table.scrollWidth > box.clientWidth + 1)
  .map(([table]) => table.rows[0].textContent)"""
#: Headings beside the cells of a table that would run over their cells.
UNBROKEN = """() => [...document.querySelectorAll('table[data-stacked] td:not(:first-child)')]
  .filter(e => getComputedStyle(e, '::before').whiteSpace !== 'normal')
  .map(e => e.dataset.heading)"""
#: Texts of tables and links that are cut at the edge of their own box.
CLIPPED = """() => [...document.querySelectorAll(
    '[data-testid=stTable] td p, [data-testid=stPageLink-NavLink] p')]
  .filter(e => e.checkVisibility() && e.scrollWidth > e.clientWidth + 1)
  .map(e => e.textContent)"""
#: Where the keyboard stands: what it is called, and whether an outline or a shadow says so.
FOCUSED = """() => {
  const at = document.activeElement;
  const box = at.getBoundingClientRect();
  const marked = (e) => {
    const style = getComputedStyle(e);
    return (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0)
      || style.boxShadow !== 'none';
  };
  let told = '';
  for (let e = at, up = 0; e && up < 5 && !told; e = e.parentElement, up += 1) {
    if (marked(e)) told = e.tagName;
  }
  at.dataset.order ??= String(document.querySelectorAll('[data-order]').length);
  const name = at.getAttribute('aria-label') || at.innerText || at.tagName;
  return {
    order: at.dataset.order, name: name.slice(0, 40), told,
    body: at === document.body, inside: box.bottom > 0 && box.top < innerHeight,
  };
}"""
MOVING = "document.getAnimations().filter(a => a.playState === 'running').length"


def seen_by(persona: str, name: str, **selections: object) -> str:
    return address(name, **({"persona": persona} | selections))


@pytest.mark.parametrize(("name", "persona"), BY_PAGE)
def test_nothing_is_cut_off_or_scrolls_to_the_side_at_four_hundred_percent(opened, name, persona):
    page = unfolded(opened(seen_by(persona, name), ZOOMED, "dark"))
    page.wait_for_timeout(1200)  # the shell looks for wide tables twice a second
    widths = page.evaluate(
        "[document.documentElement.scrollWidth,"
        " document.querySelector('[data-testid=stMain]').scrollWidth]"
    )
    assert max(widths) <= ZOOMED
    assert page.evaluate(CUT) == []
    assert page.evaluate(SIDEWAYS) == []
    assert page.evaluate(UNBROKEN) == []
    assert page.evaluate(CLIPPED) == []


def test_marks_and_intervals_stay_in_a_readers_own_colours_and_nothing_moves(opened):
    page = opened(address("overview"))
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    drawn = page.evaluate(
        "[...document.querySelectorAll('.still .range b, .still .mark')]"
        ".map(e => parseFloat(getComputedStyle(e).borderTopWidth))"
    )
    assert drawn
    assert min(drawn) > 0  # borders, which forced colours keep
    # A frame that was only a ground would be gone: the chosen part is told by more than its colour.
    chosen = page.locator("[role=radio][aria-checked=true]").first
    assert chosen.count() == 1
    page.get_by_role("radio", name="Hyödyt").click()
    wait_until_ready(page)
    assert page.evaluate(MOVING) == 0


def tabbed(page: Page, most: int) -> list[dict]:
    """Where the keyboard comes to, from the beginning of a page until it leaves or comes round."""
    steps: list[dict] = []
    for _ in range(most):
        page.keyboard.press("Tab")
        here = page.evaluate(FOCUSED)
        if here["body"] or any(here["order"] == step["order"] for step in steps):
            return steps
        steps.append(here)
    pytest.fail(f"the keyboard is still on the page after {most} steps: {steps[-1]}")


@pytest.mark.parametrize(("name", "persona"), BY_NIGHT)
def test_the_keyboard_comes_to_everything_and_shows_where_it_is(opened, name, persona):
    page = opened(seen_by(persona, name))
    most = page.locator("a, button, input, [tabindex='0'], summary").count() * 2 + 20
    steps = tabbed(page, most)
    assert [step["name"] for step in steps if not step["told"]] == []
    assert [step["name"] for step in steps if not step["inside"]] == []
    reached = page.locator("[data-order]")
    missed = page.evaluate(
        """() => [...document.querySelectorAll('[data-testid=stMain] *')]
          .filter(e => e.matches('a[href], button, summary'))
          .filter(e => e.checkVisibility({visibilityProperty: true}) && !e.disabled
            && e.tabIndex >= 0 && !('order' in e.dataset) && e.getAttribute('role') !== 'radio')
          .map(e => e.innerText.slice(0, 40))"""
    )
    assert reached.count() > 5
    assert missed == []


def test_menus_parts_choices_and_folds_are_worked_with_the_keyboard_alone(opened):
    page = opened(address("overview"), DESKTOP)
    page.get_by_role("radio", name="Tärkein").focus()
    page.keyboard.press("ArrowRight")
    page.keyboard.press("Space")
    page.wait_for_url("**overview_view=benefit**")
    page.get_by_role("heading", name="Tulokset sidosryhmittäin").wait_for()
    wait_until_ready(page)
    # A table behind a chart.
    fold = page.locator(".fold > summary").first
    fold.focus()
    page.keyboard.press("Enter")
    page.locator(".fold[open] table").first.wait_for()
    # How we know, and out of it again to where the reader was.
    know = page.get_by_role("button", name="Mistä tiedämme").first
    know.focus()
    page.keyboard.press("Enter")
    page.locator("[data-testid=stPopoverBody]").wait_for()
    page.keyboard.press("Escape")
    page.locator("[data-testid=stPopoverBody]").wait_for(state="detached")
    # A menu of the bar, down to a page of it.
    page.locator("[data-testid=stTopNavSection]", has_text="Prosessi").focus()
    page.keyboard.press("Enter")
    page.get_by_role("menuitem", name="Itsearviointi").wait_for()
    for _ in range(3):  # the first page of the menu has the keyboard
        if "Itsearviointi" in page.evaluate("document.activeElement.innerText"):
            break
        page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.wait_for_url("**/self_assessment**")
    wait_until_ready(page)
    # A list of choices: another phase.
    phase = page.get_by_label("Vaihe", exact=True)
    phase.focus()
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Home")
    page.keyboard.press("Enter")
    page.wait_for_url("**judge_phase=P**")
