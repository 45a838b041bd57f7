"""One project's new wave of 500 answers, as who brings it waits for its figures.

    .venv/bin/python -m benchmarks.wave --millions 10 --projects 2000 --rounds 5 --whole

Makes the portfolio in ``benchmarks/out`` where it is not there, and refreshes it once. Then, in a
copy of it, a file of 500 answers to the last wave of one project is accepted as the page does it,
again and again: by turns by a child process that was started ahead, as a server holds one, and by
one that is started then. Told are the medians of the seconds until a page has read figures of the
new revision, by the clock and of the child's processor, and of the refresh of everything that
follows. ``--whole`` measures besides what it takes to read and fold everything anew, with its peak
memory. Fails where a page reads old figures.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import statistics
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import sqlalchemy as sa
import yaml

from benchmarks import generate, pipeline
from dashboard import intake, intake_children
from data import access, database, sheets
from data.folding import extracts
from data.imports.kept import kept_folder

ANSWERS = 500
#: Seconds in which a child that loads takes some of the processor.
STILL = 1
#: The goals: seconds of a wave, and seconds and gigabytes of a whole refresh.
GOALS = (3, 60, 4)
HOWS = ("started ahead", "started then")


class StaleFigures(Exception):
    """A page read the figures of before after the own figures were said to be there."""


def main() -> None:
    """Print what was measured."""
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--millions", type=int, default=10)
    asked.add_argument("--projects", type=int, default=2000)
    asked.add_argument("--rounds", type=int, default=5)
    asked.add_argument("--whole", action="store_true")
    asked.add_argument("--out", type=Path, default=Path(__file__).with_name("out"))
    given = asked.parse_args()
    folder = (given.out / f"{given.millions}m-{given.projects}").resolve()
    engine = pipeline.open_portfolio(folder, given.millions * 1_000_000, given.projects)
    load = os.getloadavg()[0]
    if given.whole:
        shutil.rmtree(extracts.extract_folder(folder / "home"))
    told = refreshed(folder)
    print(f"load at the start {load:.1f}; {given.millions} M answers, {given.projects:,} projects")
    if given.whole:
        print_whole(told)
    engine.dispose()
    measured: dict[str, list[tuple[float, float, float]]] = {how: [] for how in HOWS}
    with copied(folder) as copy:
        for turn in range(2 * given.rounds):
            how = HOWS[turn % 2]
            measured[how].append(wave(copy, ahead=how == HOWS[0]))
    print(f"{ANSWERS} answers of one project, {given.rounds} rounds: medians (least to most)")
    print(f"{'child':<14} {'clock, s':>22} {'processor, s':>22} {'then everything, s':>22}")
    for how, rounds in measured.items():
        columns = zip(*rounds, strict=True)
        cells = [f"{statistics.median(c):.2f} ({min(c):.2f} to {max(c):.2f})" for c in columns]
        print(f"{how:<14} " + " ".join(f"{cell:>22}" for cell in cells))
    print(f"goal {GOALS[0]} s; load at the end {os.getloadavg()[0]:.1f}")


@contextmanager
def copied(folder: Path) -> Iterator[Path]:
    """A copy of a portfolio, for as long as it is measured: every run begins with the same one."""
    copy = folder.with_name("measured")
    shutil.rmtree(copy, ignore_errors=True)
    shutil.copytree(folder, copy)
    os.environ[database.URL_VARIABLE] = f"sqlite:///{copy / 'arviomo.db'}"
    os.environ[database.HOME_VARIABLE] = str(copy / "home")
    try:
        yield copy
    finally:
        shutil.rmtree(copy)


def wave(folder: Path, *, ahead: bool) -> tuple[float, float, float]:
    """Seconds until a page read the new figures, by the clock and by the child's processor, and
    seconds of everything that follows. Raises: StaleFigures."""
    engine, home = database.connect(os.environ[database.URL_VARIABLE]), folder / "home"
    seed = time.time_ns() // 1_000_000
    projects, generate.NEWS_PROJECTS = generate.NEWS_PROJECTS, 1
    file = home / f"wave_{seed}.csv"
    generate.write_news(file, ANSWERS, seed)
    generate.NEWS_PROJECTS = projects
    kept_folder().mkdir(parents=True, exist_ok=True)
    profile = generate.news_profile().model_dump(mode="json", exclude_none=True, exclude_unset=True)
    (kept_folder() / "news.yaml").write_text(yaml.safe_dump(profile, allow_unicode=True))
    before = latest(engine)
    took: list[float] = []

    def progress(step: str, done: int, _total: int) -> None:
        if step == "own" and done:
            if latest(engine) == before:
                raise StaleFigures(f"revision {before} is what a page reads")
            took.append(time.perf_counter() - started)
            took.append(processor() - spent)

    with intake_children.held():
        if ahead:
            intake_children.prepare()
            let_load()
        spent = processor()
        started = time.perf_counter()
        intake.store(access.operator(), file, "news", progress, accept_rejected=False)
        whole = time.perf_counter() - started
    file.unlink()
    return took[0], took[1], whole - took[0]


def latest(engine: sa.Engine) -> int:
    """The revision of which a page has read the figures of a project."""
    with database.reading(engine) as connection:
        revision = sheets.latest_revision(connection)
        asked = {"revision": revision, "level": "project", "entity": 1}
        if not sheets.read_figures(connection, access.operator(), **asked):
            raise StaleFigures(f"revision {revision} has no figures of the project")
        return revision


def let_load() -> None:
    """Nothing; the child that waits has loaded what it loads ahead."""
    spent = -1.0
    while spent != (now := processor()):
        spent = now
        time.sleep(STILL)


def processor() -> float:
    """The processor seconds of the children that are there."""
    times = [child.cpu_times() for child in psutil.Process().children(recursive=True)]
    return sum(each.user + each.system for each in times)


def refreshed(folder: Path) -> dict[str, object]:
    """What a refresh in a process of its own came to: seconds, steps, processor, gigabytes."""
    code = "import sys; from benchmarks.wave import refresh; refresh(sys.argv[1])"
    command = [sys.executable, "-c", code, str(folder)]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    return json.loads(done.stdout.splitlines()[-1])


def refresh(folder: str) -> None:
    """Print what a refresh of a portfolio came to, as JSON."""
    engine = database.connect(f"sqlite:///{Path(folder) / 'arviomo.db'}")
    publication, steps = pipeline.refresh(engine, Path(folder) / "home")
    whole = resource.getrusage(resource.RUSAGE_SELF)
    spent = whole.ru_utime + whole.ru_stime
    told = {"seconds": publication.seconds, "steps": steps, "processor": spent}
    print(json.dumps(told | {"figures": publication.figures, "gb": whole.ru_maxrss / 1024**2}))


def print_whole(told: dict[str, object]) -> None:
    steps = ", ".join(f"{step} {seconds:.1f}" for step, seconds in told["steps"].items())
    print(
        f"whole refresh, everything anew: {told['seconds']:.1f} s by the clock, "
        f"{told['processor']:.1f} of processor, {told['gb']:.2f} GB, {told['figures']:,} figures"
    )
    print(f"  {steps}")
    print(f"  goals {GOALS[1]} s and {GOALS[2]} GB")


if __name__ == "__main__":
    main()
