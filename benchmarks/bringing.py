"""A large file of answers: looked at, imported, reconciled and published, beside pandas and to_sql.

    .venv/bin/python -m benchmarks.bringing

Makes a CSV of about 100 MB: a million answers to sixteen questions in the words of their choices,
and an open text that nobody maps. Prints the seconds of each step, the largest memory of the
reading child, and the ratio to ``pandas.read_csv`` and ``to_sql`` of the same file, which checks
nothing and publishes nothing. Fails when the rows do not reconcile.
"""

from __future__ import annotations

import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread

import numpy as np
import pandas as pd
import psutil
import sqlalchemy as sa

from data import database, sheets
from data.access import operator
from data.imports.profile import read_profile
from data.imports.run import store
from data.imports.sources.propose import propose, write_profile
from data.imports.sources.suggest import Said
from survey.instrument import instruments

RESPONSES, ITEMS, TEXT = 62_500, 16, 1_150
INSTRUMENT = "process_quality@1"


def main() -> int:
    """Print what each step took; 1 when the rows do not reconcile."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "answers.csv"
        write(path)
        print(f"{path.stat().st_size / 1e6:.0f} MB, {RESPONSES * ITEMS:,} answers")
        engine = database.connect(f"sqlite:///{folder}/arviomo.db")
        database.migrate(engine)
        said = Said(fields={"wave": "end"}, create_projects=True)
        with watched() as peak:
            with timed("looked at") as look:
                made = propose(engine, path, operator(), said)
            profile = read_profile(write_profile(made, Path(folder) / "profile.yaml")[0])
            with timed("imported and reconciled") as imported:
                batch = store(engine, profile, path, operator())
            with timed("published") as published:
                sheets.refresh(engine)
        with timed("pandas.read_csv and to_sql") as plain:
            pd.read_csv(path).to_sql("answers", plain_engine(folder), index=False)
        ours = imported[0] + published[0]
        print(f"whole way {ours:.1f} s, reading child {peak[0]:.0f} MB")
        print(
            f"import / pandas {imported[0] / plain[0]:.2f}; with publishing {ours / plain[0]:.2f}"
        )
        print(f"looking first adds {look[0]:.1f} s")
    return int((batch.rows_read, batch.rows_stored) != (RESPONSES, RESPONSES))


def write(path: Path) -> None:
    """The file: seeded, so that every run reads the same."""
    chance = np.random.default_rng(2026)
    instrument = instruments()[INSTRUMENT]
    items = [item for item in instrument.closed_items][:ITEMS]
    texts = np.array([c.text.fi for c in instrument.answers_of(items[0].code).choices])
    frame = pd.DataFrame({"project": np.char.add("P", (np.arange(RESPONSES) % 200).astype(str))})
    for item in items:
        frame[item.text.fi] = texts[chance.integers(0, len(texts), RESPONSES)]
    frame["Vapaa sana"] = "ä" * (TEXT // 2)
    frame.to_csv(path, index=False)


def plain_engine(folder: str) -> sa.Engine:
    return sa.create_engine(f"sqlite:///{folder}/plain.db")


@contextmanager
def timed(what: str):
    """The seconds of a step, in a list, once it is over."""
    took: list[float] = []
    begun = time.perf_counter()
    yield took
    took.append(time.perf_counter() - begun)
    print(f"{what:<28} {took[0]:6.1f} s", flush=True)


@contextmanager
def watched():
    """The largest resident megabytes of a child of this process, in a list."""
    peak, over = [0.0], Event()

    def watch() -> None:
        while not over.wait(0.05):
            for child in psutil.Process().children(recursive=True):
                try:
                    peak[0] = max(peak[0], child.memory_info().rss / 1e6)
                except psutil.NoSuchProcess:  # it has just ended
                    continue

    watcher = Thread(target=watch)
    watcher.start()
    try:
        yield peak
    finally:
        over.set()
        watcher.join()


if __name__ == "__main__":
    sys.exit(main())
