"""Kills an import with SIGKILL at many points and says, one JSON line a kill, what was left.

Run as a program by test_kill.py. It loads everything once and forks for each kill, so that a
kill costs milliseconds.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import sys
import time
from pathlib import Path

import pysqlite3

from data import database
from data.access import operator
from data.imports.profile import profiles
from data.imports.run import store

TABLES = ("response", "collection", "import_batch", "rejected_row", "audit_event")


def run(url: str, file: Path) -> None:
    engine = database.connect(url)
    store(engine, profiles()["survey_answers"], file, operator(), accept_rejected=True)
    engine.dispose()


def killed_after(seconds: float, url: str, file: Path) -> bool:
    """Whether the import was still running when it was killed."""
    child = os.fork()
    if child == 0:
        run(url, file)
        os._exit(0)
    time.sleep(seconds)
    finished, _ = os.waitpid(child, os.WNOHANG)
    if finished:
        return False
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return True


def content(path: Path) -> dict[str, object]:
    connection = pysqlite3.connect(path)
    counts = {
        table: connection.execute(f"SELECT count(*) FROM {table}").fetchone()[0] for table in TABLES
    }
    counts["integrity"] = connection.execute("PRAGMA integrity_check").fetchone()[0]
    connection.close()
    return counts


def main() -> None:
    template, file, kills = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    chance = random.Random(2026)  # points in time, not secrets
    path = template.with_name("victim.db")
    url = f"sqlite:///{path}"

    def fresh() -> None:
        for end in ("", "-wal", "-shm"):
            Path(f"{path}{end}").unlink(missing_ok=True)
        shutil.copyfile(template, path)

    fresh()
    run(url, file)  # once to warm up, once to take the time
    fresh()
    started = time.perf_counter()
    run(url, file)
    whole = time.perf_counter() - started
    complete = content(path)
    for number in range(kills):
        fresh()
        before = content(path)
        seconds = chance.uniform(0.1, 1.1) * whole
        running = killed_after(seconds, url, file)
        # A machine that does other work takes another time for each.
        whole = whole * 1.05 if running else min(whole, seconds)
        after = content(path)
        retried = None
        if number % 5 == 0 and after == before:
            run(url, file)
            retried = content(path) == complete
        state = "before" if after == before else "complete" if after == complete else str(after)
        print(json.dumps({"running": running, "state": state, "retried": retried}), flush=True)


main()
