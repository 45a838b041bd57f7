"""Fold, refresh and read at 1, 10 and 50 million answers, beside what one would pick instead.

Run: python -m benchmarks.fold --millions 1 10 50

Runs of the tools alternate and the median counts, so a busy moment strikes them all. Every tool's
counts are checked to be equal to ours before anything is printed.
"""

from __future__ import annotations

import argparse
import json
import os
import platform
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pandas as pd

from benchmarks import generate, pipeline, rows
from data import access, database
from data.imports import run as imports

OUT = Path(__file__).with_name("out")
PROJECTS = 1_000
NEW_ANSWERS = 10_000
OURS = "Arviomo (counts and moments)"


class UnequalCounts(Exception):
    """A tool counted something else than we did; the message names it."""


def measure(millions: float, runs: int) -> dict[str, Any]:
    """Everything that is measured at one size."""
    folder = OUT / f"{millions:g}m"
    engine = pipeline.open_portfolio(folder, int(millions * 1e6), PROJECTS)
    log(millions, "portfolio is there")
    folds = compare(pipeline.extracted(engine, folder), folder, runs)
    log(millions, f"folds compared: {folds}")
    publication, first = pipeline.refresh(engine, folder / "home")
    log(millions, f"refreshed: {first}")
    pages = pipeline.read_pages(engine)
    log(millions, f"pages read: {pages}")
    news = add_news(engine, folder / "home")
    log(millions, f"news published: {news}")
    began_with = pipeline.first_metrics(engine, folder / "home")
    log(millions, f"first metrics: {began_with}")
    engine.dispose()
    return {
        "millions": millions,
        "figures": publication.figures,
        "first": first,
        "folds": folds,
        "pages": pages,
        "news": news,
        "began_with": began_with,
    }


def log(millions: float, words: str) -> None:
    print(f"{millions:g} M: {words}", file=sys.stderr, flush=True)


def compare(extract: Path, folder: Path, runs: int) -> dict[str, float]:
    """Median seconds of each tool's fold of the same answers."""
    answers = folder / "rows.parquet"
    if not answers.exists():
        rows.write_rows(extract, answers)
    with ExitStack() as stack:
        tools: dict[str, Callable[[], Any]] = {
            OURS: pipeline.fold(extract, folder),
            "DuckDB on rows": rows.on_duckdb(answers),
            "DuckDB on our extract, by hand": rows.on_duckdb_wide(extract),
            "polars on rows": rows.on_polars(answers),
            "pandas on rows": rows.on_pandas(answers),
            "PostgreSQL on rows": stack.enter_context(rows.postgresql(answers)),
        }
        taken: dict[str, list[float]] = {name: [] for name in tools}
        for run in range(runs):
            counted = {}
            for name, fold in tools.items():
                started = time.perf_counter()
                counted[name] = fold()
                taken[name].append(time.perf_counter() - started)
            if run == 0:
                check_equal(counted)
            del counted
    return {name: statistics.median(seconds) for name, seconds in taken.items()}


def check_equal(counted: dict[str, Any]) -> None:
    """Nothing, when every tool counted the same. Raises: UnequalCounts."""
    ours = rows.ordered(pipeline.long_counts(counted[OURS]))
    for name, table in counted.items():
        if name == OURS:
            continue
        if name.startswith("DuckDB on our"):
            # Wide, and unnamed: the sums of all its columns are those of all answers.
            total = sum(
                sum(table.column(place).to_pylist()) for place in range(2, len(table.columns))
            )
            if total != ours["n"].sum():
                raise UnequalCounts(f"{name}: {total} answers instead of {ours['n'].sum()}")
            continue
        if not rows.ordered(table).equals(ours):
            raise UnequalCounts(f"{name} counts something else than the fold")


def add_news(engine, folder: Path) -> dict[str, float]:
    """Seconds of each step when a file of 10,000 answers comes to a portfolio that is published.

    Twelve surveys have closed: five people of each group in each of them.
    """
    with database.reading(engine) as connection:
        seed = 1_000 + (pipeline.sheets.latest_revision(connection) or 0)
    file = folder / "news.csv"
    generate.write_news(file, NEW_ANSWERS // len(generate.instrument().closed_items), seed)
    started = time.perf_counter()
    batch = imports.store(engine, generate.news_profile(), file, access.operator())
    stored = time.perf_counter() - started
    _, steps = pipeline.refresh(engine, folder)
    return {f"import of {batch.rows_stored} rows": stored, **steps}


def report(found: Sequence[dict[str, Any]]) -> str:
    """The measurements as Markdown tables with ratios."""
    sizes = [f"{one['millions']:g} M" for one in found]
    lines = [f"Machine: {machine()}.", "", "## Fold: seconds, and times ours", ""]
    folds = [one["folds"] for one in found]
    body = [
        [name, *(f"{tools[name]:.2f} ({tools[name] / tools[OURS]:.2f}×)" for tools in folds)]
        for name in folds[0]
    ]
    lines += table(["", *sizes], body)
    lines += ["", "## First refresh: seconds", ""]
    lines += steps(found, "first")
    lines += ["", "## 10,000 new answers: seconds", ""]
    lines += steps(found, "news")
    lines += ["", f"## The {len(pipeline.FIRST)} metrics that the product began with: seconds", ""]
    names = [name for name in found[0]["began_with"] if name != "figures"]
    body = [[name, *(f"{one['began_with'][name]:.2f}" for one in found)] for name in names]
    body.append(["figures", *(f"{one['began_with']['figures']:,}" for one in found)])
    lines += table(["step", *sizes], body)
    lines += ["", "## A page's figures: median milliseconds", ""]
    pages = [one["pages"] for one in found]
    body = [[name, *(f"{one[name][0]:.1f} ({one[name][1]})" for one in pages)] for name in pages[0]]
    lines += table(["page (figures)", *sizes], body)
    return "\n".join(lines) + "\n"


def steps(found: Sequence[dict[str, Any]], key: str) -> list[str]:
    names = list(dict.fromkeys(step for one in found for step in one[key]))
    body = [[name, *(f"{one[key].get(name, 0):.2f}" for one in found)] for name in names]
    body.append(["figures published", *(f"{one['figures']:,}" for one in found)])
    return table(["step", *(f"{one['millions']:g} M" for one in found)], body)


def table(heading: list[str], body: list[list[str]]) -> list[str]:
    return [
        "| " + " | ".join(heading) + " |",
        "|" + "|".join("---" for _ in heading) + "|",
        *("| " + " | ".join(row) + " |" for row in body),
    ]


def machine() -> str:
    """What was measured on, without a name or a path."""
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{os.cpu_count()} cores, {memory:.0f} GB of memory, {platform.system()}, "
        f"Python {platform.python_version()}, pandas {pd.__version__}"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    options.add_argument("--millions", type=float, nargs="+", default=[1, 10, 50])
    options.add_argument("--runs", type=int, default=3)
    given = options.parse_args()
    found = []
    for millions in given.millions:
        found.append(measure(millions, given.runs))
        OUT.joinpath(f"fold-{millions:g}m.json").write_text(json.dumps(found[-1], indent=1))
    text = report(found)
    OUT.joinpath("fold.md").write_text(text)
    print(text)


if __name__ == "__main__":
    main()
