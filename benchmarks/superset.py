"""How long somebody waits who looks: our overview against a dashboard of Apache Superset, in turns.

``python -m benchmarks.superset --home FOLDER --superset http://127.0.0.1:8795 --user NAME
--dashboard overview --charts 11`` prints a table; the password is read from SUPERSET_PASSWORD.
Superset runs by itself, with the figures of the same sample (`arviomo export`) as a table and a
dashboard of the overview's charts. Each round opens both in a browser that has seen nothing but the
sign-in (first visit) and once more (warm load); ours and theirs take turns in going first.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
from collections import defaultdict
from pathlib import Path

from playwright.sync_api import Browser

from benchmarks.eyes import PATIENCE, WINDOW, keep_charts, visit, waited
from benchmarks.serving import headless, served

#: Whether a dashboard stands: every chart is there and drawn, and none is still being loaded.
STANDS = """() => {
  const charts = [...document.querySelectorAll('[data-test=chart-container]')];
  return charts.length >= CHARTS
    && !document.querySelector('.loading, [data-test=chart-container] [role=alert]')
    && charts.every(chart => chart.querySelector('canvas, table, .header-line'));
}"""


def signed_in(browser: Browser, address: str, user: str, password: str) -> dict:
    """The cookies of somebody who signed in; a browser that is given them has nothing cached."""
    context = browser.new_context()
    page = context.new_page()
    page.goto(f"{address}/login/", timeout=PATIENCE)
    page.fill("input#username", user)
    page.fill("input#password", password)
    page.press("input#password", "Enter")
    page.wait_for_url(lambda there: "/login" not in there, timeout=PATIENCE)
    state = context.storage_state()
    context.close()
    return state


def theirs(browser: Browser, state: dict, address: str, charts: int) -> list[float]:
    """A first visit to the dashboard and a warm load, in milliseconds."""
    context = browser.new_context(viewport=WINDOW, storage_state=state)
    taken = []
    for _ in range(2):
        page = context.new_page()
        page.goto(address, wait_until="commit")
        taken.append(waited(page, STANDS.replace("CHARTS", str(charts))))
        page.close()
    context.close()
    return taken


def ours(browser: Browser, address: str, charts: int) -> list[float]:
    """The same of our overview."""
    context = browser.new_context(viewport=WINDOW)
    taken = [visit(context, address, ".figures .value", charts)["whole"] for _ in range(2)]
    context.close()
    return taken


def measure(asked: argparse.Namespace) -> dict[str, dict[str, list[float]]]:
    """Milliseconds of every round, by visit and by product."""
    found: dict[str, dict[str, list[float]]] = defaultdict(lambda: defaultdict(list))
    with served(asked.home) as (address, _), headless() as browser:
        with tempfile.TemporaryDirectory() as folder:
            charts = keep_charts(asked.home, Path(folder))
        state = signed_in(browser, asked.superset, asked.user, os.environ["SUPERSET_PASSWORD"])
        overview = f"{address}/?lang=en&persona=steering"
        dashboard = f"{asked.superset}/superset/dashboard/{asked.dashboard}/"
        turns = [
            ("ours", lambda: ours(browser, overview, charts)),
            ("theirs", lambda: theirs(browser, state, dashboard, asked.charts)),
        ]
        for turn in range(asked.rounds + 1):
            for name, look in turns:
                first, warm = look()
                if turn:  # the servers' own first run is nobody's visit
                    found["first visit"][name].append(first)
                    found["warm load"][name].append(warm)
            print(f"round {turn}, load {os.getloadavg()[0]:.1f}", flush=True)
            turns.reverse()
    return found


def table(found: dict[str, dict[str, list[float]]]) -> str:
    """Medians with least and most, and ours as times theirs."""
    rows = ["| whole page, ms | Arviomo | Superset | Arviomo / Superset |", "|---|---|---|---|"]
    for visited, taken in found.items():
        middle = {name: statistics.median(values) for name, values in taken.items()}
        told = [
            f"{middle[name]:,.0f} ({min(taken[name]):,.0f} to {max(taken[name]):,.0f})"
            for name in ("ours", "theirs")
        ]
        ratio = middle["ours"] / middle["theirs"]
        rows.append(f"| {visited} | {told[0]} | {told[1]} | {ratio:.2f} |")
    return "\n".join(rows)


def main() -> None:
    """Print the table."""
    asked = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    asked.add_argument("--home", type=Path, required=True, help="a folder for the sample")
    asked.add_argument("--superset", required=True, help="the address of Superset")
    asked.add_argument("--user", required=True, help="who signs in there")
    asked.add_argument("--dashboard", required=True, help="the dashboard's number or short name")
    asked.add_argument("--charts", type=int, required=True, help="how many charts it has")
    asked.add_argument("--rounds", type=int, default=5)
    print(table(measure(asked.parse_args())))


if __name__ == "__main__":
    main()
