"""Pages in a real browser: opened in a window, waited for, and asked for barriers."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

DESKTOP, PHONE = 1280, 390
#: What axe finds in Streamlit's own parts and no page can change: rule, and part of the element's
#: address. Nothing at present; what is added here belongs into the accessibility statement too.
STREAMLITS_OWN: dict[str, tuple[str, ...]] = {}
WCAG = ("wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa")
#: A page is ready when nothing runs and nothing is a placeholder; charts need no script.
READY = """() =>
  document.querySelector('h1')
  && document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'
  && !document.querySelector('[data-testid=stStatusWidget]')
  && !document.querySelector('[data-testid=stSkeleton]')"""


def windows(names: Iterable[str], wide: Iterable[str] = ()) -> list:
    """Cases of a name, a width and a scheme for `pytest.mark.parametrize`.

    By day each name has the hardest window, a dark phone, and those in wide a light desktop too;
    by night each has all four.
    """
    hardest, easiest = (PHONE, "dark"), (DESKTOP, "light")
    by_day = {(name, *hardest) for name in names} | {(name, *easiest) for name in wide}
    return [
        pytest.param(*case, marks=() if case in by_day else pytest.mark.nightly)
        for case in product(names, (DESKTOP, PHONE), ("light", "dark"))
    ]


def wait_until_shown(page: Page) -> None:
    """Return when a page that was just fetched stands: its heading comes with its first run."""
    page.wait_for_selector("h1")
    page.wait_for_function(READY)


def wait_until_ready(page: Page) -> None:
    """Return when a page stands again after a click."""
    page.wait_for_selector("h1")
    page.wait_for_timeout(500)  # the first run has begun by now
    page.wait_for_function(READY)


def address(name: str, **selections: object) -> str:
    """The address of a page as an evaluator, who may open every page."""
    chosen = {"persona": "evaluator", "lang": "fi"} | selections
    asked = "&".join(f"{key}={value}" for key, value in chosen.items())
    return f"/{'' if name == 'overview' else name}?{asked}"


def grown(page: Page) -> Page:
    """The page in a window as tall as itself, so that everything on it is drawn."""
    height = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": page.viewport_size["width"], "height": int(height) + 10})
    page.wait_for_timeout(600)  # the shell looks for wide tables twice a second
    page.wait_for_function(READY)
    return page


def unfolded(page: Page) -> Page:
    """The page with all its folds open, in a window as tall as that."""
    page.evaluate(
        """() => {
          document.querySelectorAll('.fold').forEach(fold => { fold.open = true });
          document.querySelectorAll('[data-testid=stExpander] details:not([open]) > summary')
            .forEach(heading => heading.click());
        }"""
    )
    page.wait_for_timeout(500)  # a fold opens slowly; some run the page again
    page.wait_for_function(READY)
    return grown(page)


def violations(page: Page) -> list[str]:
    """What axe finds against WCAG A and AA, Streamlit's own known gaps left out."""
    asked = {"runOnly": {"type": "tag", "values": list(WCAG)}, "resultTypes": ["violations"]}
    found = Axe().run(page, options=asked)
    return [
        f"{rule['id']} {node['target']} {node['failureSummary']}"
        for rule in found.response["violations"]
        for node in rule["nodes"]
        if not any(part in str(node["target"]) for part in STREAMLITS_OWN.get(rule["id"], ()))
    ]
