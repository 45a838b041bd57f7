"""How long somebody waits who looks: our pages against plain Streamlit, in Chromium, in turns.

``python -m benchmarks.eyes`` prints a table. Each round opens every page once in a browser that has
seen nothing (first visit) and once more (second visit), then changes page and filter; rounds
alternate between the servers, so what the machine does besides meets all of them alike.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

from playwright.sync_api import Browser, BrowserContext, Page

from benchmarks.serving import headless, served

WINDOW = {"width": 1280, "height": 900}
PATIENCE = 120_000
PLAIN_PORT = 8790
#: Whether the first screen stands: its heading, nothing that is a placeholder, no chart undrawn.
SCREEN = """() => {
  const seen = (element) => {
    const box = element.getBoundingClientRect();
    return box.height > 0 && box.top < window.innerHeight && box.bottom > 0;
  };
  const app = document.querySelector('[data-testid=stApp]');
  if (!app || !document.querySelector('h1')) return false;
  if ([...document.querySelectorAll('[data-testid=stSkeleton]')].some(seen)) return false;
  if (document.querySelector('WAITED') === null) return false;
  return [...document.querySelectorAll('[data-testid=stPlotlyChart]')]
    .every(chart => !seen(chart) || chart.querySelector('.main-svg'));
}"""
#: Whether everything stands, also what is below.
WHOLE = """() => document.querySelector('h1')
  && document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'
  && !document.querySelector('[data-testid=stSkeleton]')
  && document.querySelectorAll('.still .plot, [data-testid=stPlotlyChart]').length >= CHARTS
  && [...document.querySelectorAll('[data-testid=stPlotlyChart]')]
       .every(chart => chart.querySelector('.main-svg'))"""


@contextmanager
def plain(charts: Path) -> Iterator[str]:
    """The address of a server of `plain_pages` with Streamlit's own settings."""
    script = Path(__file__).with_name("plain_pages.py")
    with tempfile.TemporaryDirectory() as folder:  # our own settings are not for it
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(script), "--server.headless=true",
             f"--server.port={PLAIN_PORT}", "--browser.gatherUsageStats=false"],
            cwd=folder,
            env=os.environ | {"ARVIOMO_CHARTS": str(charts)},
            stdout=subprocess.DEVNULL,
        )  # fmt: skip
        address = f"http://127.0.0.1:{PLAIN_PORT}"
        try:
            for _ in range(300):
                try:
                    urlopen(f"{address}/_stcore/health", timeout=5)  # noqa: S310  ours
                    break
                except URLError:
                    server.poll()
                    if server.returncode is not None:
                        raise
            yield address
        finally:
            server.terminate()
            server.wait()


def waited(page: Page, condition: str) -> float:
    """Milliseconds from the beginning of the visit until a condition held."""
    page.wait_for_function(condition, timeout=PATIENCE, polling="raf")
    return page.evaluate("performance.now()")


def visit(context: BrowserContext, address: str, mark: str, charts: int) -> dict[str, float]:
    """Until the first screen stands, until everything does, and the bytes that came."""
    page = context.new_page()
    wire = context.new_cdp_session(page)
    wire.send("Network.enable")
    came: list[float] = []
    wire.on("Network.loadingFinished", lambda told: came.append(told["encodedDataLength"]))
    wire.on("Network.webSocketFrameReceived",
            lambda told: came.append(len(told["response"]["payloadData"]) * 3 / 4))  # fmt: skip
    page.goto(address, wait_until="commit")
    screen = waited(page, SCREEN.replace("WAITED", mark))
    whole = waited(page, WHOLE.replace("CHARTS", str(charts)))
    page.close()
    return {"screen": screen, "whole": whole, "megabytes": sum(came) / 1e6}


def change(page: Page, act: str, then: str) -> float:
    """Milliseconds from a click until a condition holds.

    The clock starts with the click in the page itself, so the driver's own time does not count.
    """
    there = act.removesuffix(".click();")
    page.wait_for_function(f"() => Boolean({there})", timeout=PATIENCE)
    page.evaluate(f"() => {{ window.began = performance.now(); {act} }}")
    page.wait_for_function(then, timeout=PATIENCE, polling="raf")
    return page.evaluate("performance.now() - window.began")


def click(selector: str, text: str) -> str:
    """The script that clicks on what a selector finds with a text."""
    return (
        f"[...document.querySelectorAll('{selector}')]"
        f".find(e => e.textContent.trim() === '{text}').click();"
    )


def heading(text: str) -> str:
    """The condition that a page stands: its heading, and nothing that still runs."""
    return (
        f"() => document.querySelector('h1')?.textContent === '{text}' && "
        "document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"
        " && ![...document.querySelectorAll('[data-testid=stSkeleton]')].some(e => "
        "e.getBoundingClientRect().top < innerHeight)"
        " && [...document.querySelectorAll('[data-testid=stPlotlyChart]')].every(c => "
        "c.getBoundingClientRect().top > innerHeight || c.querySelector('.main-svg'))"
    )


def ours_changes(browser: Browser, address: str) -> dict[str, float]:
    """A change of page, there and back, and of the survey round on the overview."""
    context = browser.new_context(viewport=WINDOW)
    page = context.new_page()
    page.goto(f"{address}/methods?lang=en&persona=steering")
    page.wait_for_function(heading("Methods"), timeout=PATIENCE)
    bar = "[data-testid=stTopNavLinkContainer] a"
    change(page, click(bar, "Overview"), heading("Overview"))
    change(page, click(bar, "Search"), heading("Search"))
    light = change(page, click(bar, "Overview"), heading("Overview"))
    text = change(page, click(bar, "Search"), heading("Search"))
    change(page, click(bar, "Overview"), heading("Overview"))
    page.wait_for_function(WHOLE.replace("CHARTS", "1"), timeout=PATIENCE)
    chosen = (
        "() => [...document.querySelectorAll('button[role=radio]')].find(e => "
        "e.textContent.trim() === 'Follow-up')?.getAttribute('aria-checked') === 'true'"
        " && document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"
    )
    filtered = change(page, click("button[role=radio]", "Follow-up"), chosen)
    context.close()
    return {"page with charts": light, "page of text": text, "filter": filtered}


def plain_changes(browser: Browser, address: str) -> dict[str, float]:
    """The same on the plain pages."""
    context = browser.new_context(viewport=WINDOW)
    page = context.new_page()
    page.goto(address)
    page.wait_for_function(heading("Empty"), timeout=PATIENCE)
    bar = "[data-testid=stTopNavLinkContainer] a"
    change(page, click(bar, "Charts"), heading("Charts"))
    text = change(page, click(bar, "Empty"), heading("Empty"))
    charts = change(page, click(bar, "Charts"), heading("Charts"))
    page.wait_for_function(WHOLE.replace("CHARTS", "1"), timeout=PATIENCE)
    chosen = (
        "() => document.querySelectorAll('input[type=radio]')[1]?.checked"
        " && document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'"
    )
    filtered = change(page, "document.querySelectorAll('input[type=radio]')[1].click();", chosen)
    context.close()
    return {"page with charts": charts, "page of text": text, "filter": filtered}


def keep_charts(home: Path, folder: Path) -> int:
    """How many charts our overview has; each is written to a folder as Plotly's JSON."""
    environment = os.environ | {
        "ARVIOMO_HOME": str(home / "demo"),
        "ARVIOMO_DATABASE": f"sqlite:///{(home / 'demo' / 'arviomo.db').resolve()}",
    }
    told = subprocess.run(
        [sys.executable, "-m", "benchmarks.our_charts", str(folder)],
        env=environment, capture_output=True, text=True, check=True,
    )  # fmt: skip
    return int(told.stdout.split()[-1])


def measure(home: Path, rounds: int) -> dict[str, dict[str, list[float]]]:
    """Every figure of every round, by page and by what was measured."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    with tempfile.TemporaryDirectory() as folder, served(home) as (ours, _), headless() as browser:
        overview = f"{ours}/?lang=en&persona=steering"
        charts = keep_charts(home, Path(folder))
        with plain(Path(folder)) as theirs:
            pages = {
                "ours": (overview, ".figures .value", charts),
                "empty": (theirs, "h1", 0),
                "plain": (f"{theirs}/charts", "[data-testid=stPlotlyChart] .main-svg", charts),
            }
            for turn in range(rounds + 1):
                for name, (address, mark, number) in pages.items():
                    context = browser.new_context(viewport=WINDOW)
                    visits = [visit(context, address, mark, number) for _ in range(2)]
                    context.close()
                    for which, told in zip(("first", "second"), visits, strict=True):
                        for what, value in told.items():
                            found[name][f"{which} {what}"].append(value)
                for name, told in (
                    ("ours", ours_changes(browser, ours)),
                    ("plain", plain_changes(browser, theirs)),
                ):
                    for what, value in told.items():
                        found[name][what].append(value)
                if turn == 0:  # the servers' own first run is nobody's visit
                    found.clear()
    return found


def table(found: dict[str, dict[str, list[float]]]) -> str:
    """Medians, and ours as times the empty page and times plain Streamlit with the same charts."""
    rows = ["| | ours | empty page | plain, same charts | ours / empty | ours / plain |",
            "|---|---|---|---|---|---|"]  # fmt: skip

    def middle(name: str, what: str) -> float | None:
        values = found[name].get(what)
        return statistics.median(values) if values else None

    def written(value: float | None, places: int = 0) -> str:
        return "" if value is None else f"{value:.{places}f}"

    for what in found["ours"]:
        ours, empty, plain_ = (middle(name, what) for name in ("ours", "empty", "plain"))
        places = 2 if "megabytes" in what else 0
        rows.append(
            f"| {what} | {written(ours, places)} | {written(empty, places)} "
            f"| {written(plain_, places)} | {written(ours / empty if empty else None, 2)} "
            f"| {written(ours / plain_ if plain_ else None, 2)} |"
        )
    return "\n".join(rows)


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--home", type=Path, required=True, help="a folder for the sample")
    asked.add_argument("--rounds", type=int, default=5)
    chosen = asked.parse_args()
    print(table(measure(chosen.home, chosen.rounds)))


if __name__ == "__main__":
    main()
