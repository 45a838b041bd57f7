"""A server with the sample portfolio for measurements, and a browser to look at it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import psutil
from playwright.sync_api import Browser, sync_playwright

MEGABYTE = 1_000_000
FLAGS = ("--no-sandbox", "--disable-gpu")


@contextmanager
def served(home: Path) -> Iterator[tuple[str, int]]:
    """The address and process of a server that shows the sample of a folder."""
    environment = os.environ | {"ARVIOMO_HOME": str(home)}
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
        yield address, server.pid
    finally:
        server.terminate()
        server.wait()


def wait(address: str) -> None:
    """Return when /health answers 200."""
    for _ in range(600):
        try:
            with urlopen(f"{address}/health", timeout=5):  # noqa: S310  an address of ours
                return
        except URLError:
            time.sleep(0.2)
    raise TimeoutError(address)


@contextmanager
def headless() -> Iterator[Browser]:
    """A browser without a screen: the machine's own, else the one that Playwright brought."""
    path = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    with sync_playwright() as drivers:
        own = drivers.chromium.executable_path
        browser = drivers.chromium.launch(
            executable_path=path or (own if Path(own).exists() else None), args=list(FLAGS)
        )
        yield browser
        browser.close()


def resident(process: int) -> float:
    """Megabytes that a process holds."""
    return psutil.Process(process).memory_info().rss / MEGABYTE
