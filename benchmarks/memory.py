"""Memory of the server with the sample portfolio, after every page has been looked at.

    .venv/bin/python -m benchmarks.memory

Starts ``arviomo demo`` on a free port (the sample is loaded first where it is not), opens every
page in several sessions over the web socket of a headless browser, and prints the resident
memory. Fails above LIMIT: memory, unlike time, is not noise.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.serving import headless, resident, served

#: Resident megabytes that the server may take with the sample portfolio.
LIMIT = 350
SESSIONS = 5
PAGES = ("", "theme", "area", "project", "proposals", "methods", "data_room")


def main() -> int:
    """Print the memory at rest and after the visits; 1 when there is too much of it."""
    with tempfile.TemporaryDirectory() as home, served(Path(home)) as (address, process):
        at_rest = resident(process)
        visit_everything(address)
        visited = resident(process)
    print(f"server at rest                {at_rest:6.0f} MB")
    print(f"after {SESSIONS} sessions, all pages  {visited:6.0f} MB   (limit {LIMIT} MB)")
    return int(visited > LIMIT)


def visit_everything(address: str) -> None:
    """Open every page as an evaluator, in several sessions."""
    with headless() as browser:
        for _ in range(SESSIONS):
            visit(browser, address)


def visit(browser: Browser, address: str) -> None:
    context = browser.new_context()
    page = context.new_page()
    for name in PAGES:
        page.goto(f"{address}/{name}?persona=evaluator")
        page.get_by_role("heading", level=1).wait_for(timeout=60_000)
        page.wait_for_load_state("networkidle")
    context.close()


if __name__ == "__main__":
    sys.exit(main())
