"""The same figures by a straightforward script on rows: pandas, scipy and statsmodels in loops.

Run: python -m benchmarks.straightforward

Both sides begin with the same Parquet file of responses (one row a response) and end with figures
of every project and of the portfolio. Every figure of theirs is checked to be ours before anything
is printed. Times are of the processor, all threads together.
"""

from __future__ import annotations

import argparse
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pandas as pd

from benchmarks import generate, pipeline, plain_figures
from data import database
from data.folding import extracts, segments, statistics_frames
from data.publication import refreshing
from metrics.evaluate import evaluate
from metrics.metric import KEYS, Estimates

OUT = Path(__file__).with_name("out")
ANSWERS, PROJECTS = 1_000_000, 200
LEVELS = ("project", "portfolio")
RUNS = 3
#: Metrics of a process questionnaire, and those that only outcomes have.
OF_PROCESS = (
    "process_quality", "benefit_share", "drawback_share", "recommendation", "response_rate",
    "scale_alpha", "icc", "random_intercept",
)  # fmt: skip
OF_OUTCOME = ("paired_change", "change_share")
#: How far apart the two may be: scores are whole units of which a composite is rounded to one, and
#: both sides of a mixed model stop a little off the optimum.
NEARLY = {"process_quality": 2e-3, "icc": 1e-4, "random_intercept": 2e-2, "paired_change": 2e-3}
EXACTLY = 1e-6
#: What their libraries do not have: Newcombe's interval of paired shares.
UNTOLD = {"change_share": ("low", "high")}
#: Where their library does not always find an optimum; those figures are passed over.
NOT_ALWAYS = ("random_intercept",)


class UnequalFigures(Exception):
    """The two sides do not say the same; the message names the metric and where."""


class Ours(NamedTuple):
    """Figures, the seconds of folding and of judging, and the file that they came from."""

    estimates: list[Estimates]
    fold: float
    judge: float
    extract: Path


def ours(engine, home: Path) -> Ours:
    """The product's way from the file of responses to figures. Not measured: making that file."""
    begun: list[float] = []

    def progress(step: str, done: int, _total: int) -> None:
        if step == "fold" and not done:
            begun.append(time.process_time())

    with database.reading(engine) as connection:
        arrivals = refreshing.read_arrivals(connection, home)
        records = refreshing.read_truth(connection, arrivals).records
        collections, instruments = arrivals.collections, arrivals.instruments
        waits = arrivals.settled.withheld
        folded = segments.fold_news(connection, instruments, collections, home, progress, waits)
    frames = statistics_frames.assemble(records, folded, collections, instruments)
    chosen = frames.nodes["level"].isin(LEVELS)
    frames = replace(frames, nodes=frames.nodes[chosen].reset_index(drop=True))
    built = time.process_time()
    asked = generate.instrument()
    process, outcome = asked, asked.model_copy(update={"kind": "outcome"})
    found = [
        *evaluate(frames, OF_PROCESS, {asked.key: process}),
        *evaluate(frames, OF_OUTCOME, {asked.key: outcome}),
    ]
    ended = time.process_time()
    path = extracts.segment_path(home, folded[0].extract_sha256)
    return Ours(found, built - begun[0], ended - built, path)


def theirs(extract: Path) -> tuple[dict[str, pd.DataFrame], dict[str, float]]:
    """What an analyst's script says of the same file, and the seconds of each metric."""
    seconds: dict[str, float] = {}
    begun = time.process_time()
    responses = plain_figures.read(extract)
    seconds["read and score"] = time.process_time() - begun
    found = {}
    for metric, figures in plain_figures.METRICS.items():
        begun = time.process_time()
        rows = list(figures(responses))
        seconds[metric] = time.process_time() - begun
        found[metric] = pd.DataFrame(rows, columns=[*plain_figures.KEYS, *plain_figures.VALUES])
    return found, seconds


def check(mine: list[Estimates], other: dict[str, pd.DataFrame]) -> Iterator[tuple[str, int]]:
    """Each metric and how many figures were found equal. Raises: UnequalFigures."""
    for each in mine:
        metric = each.metric.id
        own = each.frame[each.frame["value"].notna()]
        own = own.astype({name: str for name in KEYS if name != "entity"})
        both = own.merge(
            other[metric], on=plain_figures.KEYS, how="outer", suffixes=("", "_plain"),
            indicator=True,
        )  # fmt: skip
        missing = (both["_merge"] == "left_only").to_numpy() & (metric in NOT_ALWAYS)
        both = both[~missing]
        alone = both[both["_merge"] != "both"]
        if len(alone):
            raise UnequalFigures(f"{metric}: only one side has\n{alone.head().to_string()}")
        for name in plain_figures.VALUES:
            if name in UNTOLD.get(metric, ()):
                continue
            plain = both[f"{name}_plain"].to_numpy(dtype=float)
            there = ~np.isnan(plain)
            apart = np.abs(both[name].to_numpy(dtype=float) - plain)[there]
            # Where ours has nothing and theirs has, the difference is NaN and no less wrong.
            wrong = ~(apart <= NEARLY.get(metric, EXACTLY))
            if wrong.any():
                odd = both[there][wrong].head()
                raise UnequalFigures(f"{metric}: {name} differs\n{odd.to_string()}")
        yield metric, len(both)


def main() -> None:
    """Compare both sides, then print seconds and the ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--answers", type=int, default=ANSWERS)
    parser.add_argument("--projects", type=int, default=PROJECTS)
    asked = parser.parse_args()
    folder = OUT / f"straightforward-{asked.answers}-{asked.projects}"
    engine = pipeline.open_portfolio(folder, asked.answers, asked.projects)
    runs: list[Ours] = []
    with tempfile.TemporaryDirectory(dir=folder) as home:
        runs.append(ours(engine, Path(home) / "0"))
        plain, seconds = theirs(runs[0].extract)
        runs += [ours(engine, Path(home) / str(number)) for number in range(1, RUNS)]
    engine.dispose()
    equal = dict(check(runs[0].estimates, plain))
    print(table(runs, seconds, equal))


def table(runs: list[Ours], seconds: dict[str, float], equal: dict[str, int]) -> str:
    """The figures compared and the seconds of the processor, as Markdown."""
    lines = ["| | figures, all equal | script, s |", "|---|---|---|"]
    lines += [f"| {name} | {equal.get(name, '')} | {took:.2f} |" for name, took in seconds.items()]
    whole = sum(seconds.values())
    lines += [f"| **together** | {sum(equal.values())} | **{whole:.1f}** |", ""]
    taken = [run.fold + run.judge for run in runs]
    middle = statistics.median(taken)
    fold, judge = (
        statistics.median(getattr(run, name) for run in runs) for name in Ours._fields[1:3]
    )
    lines += [
        f"Arviomo, first run: {taken[0]:.2f} s ({whole / taken[0]:.0f} times less)",
        f"Arviomo, median of {len(runs)}: {middle:.2f} s (fold {fold:.2f}, judge {judge:.2f}; "
        f"{whole / middle:.0f} times less)",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
