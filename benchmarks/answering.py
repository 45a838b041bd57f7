"""Two hundred people answer by link at once, while the staff looks at a page.

    .venv/bin/python -m benchmarks.answering [--people 200] [--pause 0] [--home FOLDER]

Starts ``arviomo demo`` on a free port (the sample is loaded first where the folder has none),
opens a collection in it, and lets the people answer from a process of their own, all beginning at
the same moment; ``--pause`` says for how many seconds each of them reads a page on average. Prints
how many answers are stored, the times of the pages and of the last button, the server's memory,
and how long a staff page takes meanwhile.
Fails when a thanked answer is not stored.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import statistics
import subprocess
import sys
import tempfile
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier

import httpx
from playwright.sync_api import Page as Window

from benchmarks import respondents
from benchmarks.serving import headless, resident, served
from data import database

STAFF_PAGE = "/process?persona=steering"
READY = """() => document.querySelector('h1')
  && document.querySelector('[data-testid=stApp]').dataset.testScriptState === 'notRunning'
  && !document.querySelector('[data-testid=stSkeleton]')"""


def main() -> int:
    """Print what was measured; 1 when a thanked answer is missing."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=200)
    parser.add_argument("--pause", type=float, default=0)
    parser.add_argument("--home", type=Path)
    parser.add_argument("--crowd", nargs=2, help=argparse.SUPPRESS)
    asked = parser.parse_args()
    if asked.crowd:
        print(json.dumps(crowd(*asked.crowd, asked.people, asked.pause)))
        return 0
    with tempfile.TemporaryDirectory() as folder:
        return measure(asked.home or Path(folder), asked.people, asked.pause)


def measure(home: Path, people: int, pause: float) -> int:
    """Serve, let people answer, look at a staff page meanwhile, and print."""
    with served(home) as (address, process), headless() as browser:
        page = browser.new_page()
        page.set_default_timeout(120_000)
        engine = database.connect(f"sqlite:///{home / 'demo' / 'arviomo.db'}")
        wave = random.choice(("baseline", "during", "end", "follow_up"))
        number = respondents.opened(engine, wave=wave, phase=f"P{random.randint(1, 8)}")
        token = respondents.link(engine, home / "demo", number)
        before = respondents.stored(engine, number)
        alone = [look(page, address) for _ in range(3)]
        client = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.answering", "--people", str(people),
             "--pause", str(pause), "--crowd", address, token],
            stdout=subprocess.PIPE,
            text=True,
        )  # fmt: skip
        meanwhile, memory = [], [resident(process)]
        while client.poll() is None:
            meanwhile.append(look(page, address))
            memory.append(resident(process))
        told = json.loads(client.stdout.read())
        kept = respondents.stored(engine, number) - before
        engine.dispose()
    print(f"load of the machine           {os.getloadavg()[0]:8.1f}  ({os.cpu_count()} cores)")
    print(f"people, thanked, stored       {people}, {told['thanked']}, {kept}")
    print(f"all of them took              {told['took']:8.1f} s")
    show("a page of the form", told["pages"])
    show("the last button", told["sending"])
    print(f"memory of the server          {max(memory):8.0f} MB")
    print(f"staff page alone              {statistics.median(alone):8.2f} s")
    show("staff page meanwhile", meanwhile)
    return int(kept < told["thanked"])


def show(name: str, seconds: list[float]) -> None:
    """Print the middle, the 95th per cent and the longest of some times."""
    ordered = sorted(seconds)
    p95 = ordered[min(len(ordered) - 1, int(0.95 * len(ordered)))]
    middle, longest = statistics.median(ordered), ordered[-1]
    print(
        f"{name:<28} p50 {middle:6.2f}  p95 {p95:6.2f}  longest {longest:6.2f} s  ({len(ordered)})"
    )


def crowd(address: str, token: str, people: int, pause: float) -> dict[str, object]:
    """What people at once see: how many are thanked, and the seconds of their requests."""
    together = Barrier(people + 1)

    def person(seed: int) -> respondents.Walk:
        with httpx.Client(base_url=address, timeout=120) as client:
            together.wait()
            return respondents.walk(client, token, random.Random(seed), pause)

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


def look(page: Window, address: str) -> float:
    """Seconds until a staff page stands."""
    begun = time.perf_counter()
    page.goto(f"{address}{STAFF_PAGE}")
    page.wait_for_function(READY)
    return time.perf_counter() - begun


if __name__ == "__main__":
    sys.exit(main())
