"""Memory of the server with the sample portfolio, after every page has been looked at.

    .venv/bin/python benchmarks/memory.py

Starts ``arviomo demo`` on a free port (the sample is loaded first where it is not), opens every
page in several sessions over the web socket of a headless browser, and prints the resident
memory. Fails above LIMIT: memory, unlike time, is not noise.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil
from playwright.sync_api import Browser, sync_playwright

MEGABYTE = 1_000_000
#: Resident megabytes that the server may take with the sample portfolio.
LIMIT = 350
SESSIONS = 5
PAGES = ("", "theme", "area", "project", "proposals", "methods", "data_room")
FLAGS = ("--no-sandbox", "--disable-gpu")


def main() -> int:
    """Print the memory at rest and after the visits; 1 when there is too much of it."""
    with tempfile.TemporaryDirectory() as home:
        environment = os.environ | {"ARVIOMO_HOME": home}
        environment.pop("ARVIOMO_DATABASE", None)
        server = subprocess.Popen(
            [sys.executable, "-m", "dashboard.cli", "demo", "--port", "0"],
            env=environment,
            stdout=subprocess.PIPE,
            text=True,
        )
        try:
            address = server.stdout.readline().strip()
            wait(address)
            at_rest = resident(server.pid)
            visit_everything(address)
            visited = resident(server.pid)
        finally:
            server.terminate()
            server.wait()
    print(f"server at rest                {at_rest:6.0f} MB")
    print(f"after {SESSIONS} sessions, all pages  {visited:6.0f} MB   (limit {LIMIT} MB)")
    return int(visited > LIMIT)


def resident(process: int) -> float:
    """Megabytes that a process holds."""
    return psutil.Process(process).memory_info().rss / MEGABYTE


def wait(address: str) -> None:
    """Return when /health answers 200."""
    for _ in range(600):
        try:
            with urlopen(f"{address}/health", timeout=5):  # noqa: S310  an address of ours
                return
        except URLError:
            time.sleep(0.2)
    raise TimeoutError(address)


def visit_everything(address: str) -> None:
    """Open every page as an evaluator, in several sessions."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as drivers:
        own = drivers.chromium.executable_path
        browser = drivers.chromium.launch(
            executable_path=path or (own if Path(own).exists() else None), args=list(FLAGS)
        )
        for _ in range(SESSIONS):
            visit(browser, address)
        browser.close()


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
