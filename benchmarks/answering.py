"""Two hundred people answer by link at once, while the staff looks at pages (T-38).

    .venv/bin/python -m benchmarks.answering [--people 200] [--staff 5] [--home FOLDER]

Starts ``arviomo demo`` on a free port (the sample is loaded first where the folder has none) and
lets people answer a form of thirteen questions on four pages from a process of their own, in three
scenes, while windows of the staff open a page in turn, one every few seconds:

- *reading*: all open the link within the same second and read each page for eight seconds on
  average, a fourth of what thirteen questions are reckoned to take; what a class or a meeting does;
- *last button*: all fill in the form and press the last button at the same moment;
- *no pause*: nobody reads anything: the next page is sent as soon as one is there.

Prints how many answers are stored, the times of a page and of the last button, how long a staff
page takes meanwhile and alone, the memory of the server, and its processor time for a request where
nobody else looks. The people and the browser of the staff take processors from the server, which
they do not where they sit elsewhere. Fails when a thanked answer is not stored.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from threading import Barrier

import psutil
import sqlalchemy as sa
from playwright.sync_api import Browser
from playwright.sync_api import Page as Window

from benchmarks import respondents
from benchmarks.serving import headless, resident, served
from data import database

#: Scenes: seconds that a page is read for on average, and whether all press the last button at the
#: same moment.
SCENES = {"reading": (8.0, False), "last button": (2.0, True), "no pause": (0.0, False)}
#: Pages of the staff, one for each window and all over again, and seconds between two of them.
STAFF_PAGES = (
    "/process?persona=steering",
    "/surveys?persona=manager",
    "/?persona=evaluator",
    "/participation?persona=manager",
    "/process?persona=evaluator",
)
LOOKS = 3.0
#: People one after the other by whom the processor time of a request is measured.
ALONE = 20
READY = """() => document.querySelector('h1')
  && document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'
  && !document.querySelector('[data-testid=stSkeleton]')"""


@dataclass(frozen=True, slots=True)
class Site:
    """A served sample. look: opens the next staff page, and says how many seconds it took."""

    address: str
    process: int
    home: Path
    engine: sa.Engine
    look: Callable[[], float]


def main() -> int:
    """Print what was measured; 1 when a thanked answer is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--staff", type=int, default=5)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--scene", choices=SCENES, action="append")
    parser.add_argument("--crowd", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.crowd:
        print(json.dumps(crowd(*asked.crowd, asked.people, asked.scene[0])))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return measure(asked.home or Path(folder), asked.people, asked.staff, asked.scene or SCENES)


def measure(home: Path, people: int, staff: int, scenes: list[str]) -> int:
    """Serve, let people answer scene by scene, and print."""
    with served(home) as (address, process), headless() as browser:
        engine = database.connect(f"sqlite:///{home / 'demo' / 'arviomo.db'}")
        site = Site(address, process, home / "demo", engine, looking(browser, address, staff))
        alone = [site.look() for _ in range(2 * staff)][staff:]
        print(f"load of the machine before    {os.getloadavg()[0]:8.1f}  ({os.cpu_count()} cores)")
        print(f"processor, ms a request       {processor(site):8.2f}")
        show("staff page alone", alone)
        missing = [play(site, scene, people, looks=staff > 0) for scene in scenes]
        engine.dispose()
    return int(any(missing))


def looking(browser: Browser, address: str, windows: int) -> Callable[[], float]:
    """A function that opens the next page in the next window of the staff, each of them somebody's
    own browser; seconds until it stands."""
    pages = [browser.new_context().new_page() for _ in range(windows)]
    for page in pages:
        page.set_default_timeout(120_000)
    turns = cycle(list(zip(pages, cycle(STAFF_PAGES), strict=False)))

    def look() -> float:
        page, path = next(turns)
        return seconds_to_stand(page, f"{address}{path}")

    return look


def seconds_to_stand(page: Window, address: str) -> float:
    """Seconds until a staff page stands."""
    begun = time.perf_counter()
    page.goto(address)
    page.wait_for_function(READY)
    return time.perf_counter() - begun


def asked_anew(site: Site) -> tuple[int, str]:
    """A collection of the first project that there is none like, and the token of its link."""
    wave = random.choice(("baseline", "during", "end", "follow_up"))
    number = respondents.opened(site.engine, wave=wave, phase=f"P{random.randint(1, 8)}")
    return number, respondents.link(site.engine, site.home, number)


def processor(site: Site) -> float:
    """Milliseconds of processor that the server takes for a request, one person after the other."""
    _, token = asked_anew(site)
    server, requests, before = psutil.Process(site.process), 0, 0.0
    for seed in range(2 * ALONE):
        if seed == ALONE:  # those before have warmed it up
            requests, before = 0, sum(server.cpu_times()[:2])
        with respondents.browser(site.address) as client:
            requests += len(respondents.walk(client, token, random.Random(seed)).seconds)
    return 1000 * (sum(server.cpu_times()[:2]) - before) / requests


def play(site: Site, scene: str, people: int, *, looks: bool) -> bool:
    """Let people answer while the staff looks, and print; whether a thanked answer is missing."""
    number, token = asked_anew(site)
    before, meanwhile = respondents.stored(site.engine, number), []
    memory = [resident(site.process)]
    client = subprocess.Popen(
        [sys.executable, "-m", "benchmarks.answering", "--people", str(people),
         "--scene", scene, "--crowd", site.address, token],
        stdout=subprocess.PIPE,
        text=True,
    )  # fmt: skip
    while client.poll() is None:
        if looks:
            meanwhile.append(site.look())
        memory.append(resident(site.process))
        time.sleep(LOOKS)
    told = json.loads(client.stdout.read())
    kept = respondents.stored(site.engine, number) - before
    stored = f"{people} people, {told['thanked']} thanked, {kept} stored"
    print(f"--- {scene}: {stored}, in {told['took']:.1f} s; load {os.getloadavg()[0]:.1f}")
    show("a page of the form", told["pages"])
    show("the last button", told["sending"])
    if looks:
        show("staff page meanwhile", meanwhile)
    print(f"memory of the server          {max(memory):8.0f} MB", flush=True)
    return kept < told["thanked"]


def show(name: str, seconds: list[float]) -> None:
    """Print the middle, the 95th per cent and the longest of some times."""
    ordered = sorted(seconds)
    middle, p95 = (ordered[min(len(ordered) - 1, int(q * len(ordered)))] for q in (0.5, 0.95))
    print(f"{name:<28} p50 {middle:6.2f}  p95 {p95:6.2f}  longest {ordered[-1]:6.2f} s  "
          f"({len(ordered)})", flush=True)  # fmt: skip


def crowd(address: str, token: str, people: int, scene: str) -> dict[str, object]:
    """What people at once see: how many are thanked, and the seconds of their requests."""
    pause, gathers = SCENES[scene]
    together, at_the_end = Barrier(people + 1), Barrier(people, timeout=300)

    def person(seed: int) -> respondents.Walk:
        chosen, wait = random.Random(seed), at_the_end.wait if gathers else lambda: None
        with respondents.browser(address) as client:
            together.wait()
            time.sleep(chosen.random() if pause else 0)
            return respondents.walk(client, token, chosen, pause, wait)

    with ThreadPoolExecutor(people) as pool:
        walks = [pool.submit(person, seed) for seed in range(people)]
        together.wait()
        begun = time.perf_counter()
        done = [walk.result() for walk in walks]
        took = time.perf_counter() - begun
    return {
        "thanked": sum(walk.thanked for walk in done),
        "took": took,
        "pages": [seconds for walk in done for seconds in walk.seconds],
        "sending": [walk.sending for walk in done],
    }


if __name__ == "__main__":
    sys.exit(main())
