"""The product's own way, step by step: extract, fold, judge, protect, publish, read a page."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import sqlalchemy as sa

from benchmarks import generate
from benchmarks.rows import ITEMS
from data import access, database, sheets
from data.folding import extracts, segments, statistics_frames
from data.folding.fold_columns import count_column
from data.folding.fold_engine import embedded
from data.folding.statistics_fold import fold_cells
from data.publication import leaves, publishing, refreshing
from data.schema import Collection
from metrics.judge import judge, prepare
from metrics.metric import Profile
from survey.instrument import MISSING

#: The metrics that the product began with.
FIRST = (
    "process_quality",
    "response_rate",
    "dont_know_rate",
    "benefit_share",
    "benefit_minimum",
    "drawback_share",
    "recommendation",
    "outcome_score",
    "paired_change",
    "process_change",
    "right_amount",
    "proposals_taken_up",
    "participation",
    "representativeness",
)

#: Pages that are read: the whole portfolio, one theme, one project, and one metric over projects.
PAGES = {
    "portfolio": {"level": "portfolio", "entity": 0},
    "theme": {"level": "theme", "entity": 2},
    "project": {"level": "project", "entity": 7},
    "projects by one score": {
        "level": "project",
        "metric": "process_quality",
        "part": "OVERALL",
        "split": "total",
        "wave": "end",
    },
}


def open_portfolio(folder: Path, answers: int, projects: int) -> sa.Engine:
    """The engine of a portfolio of this size, generated if the folder does not hold it yet."""
    filled = folder / "filled"
    if not filled.exists():
        for path in folder.glob("arviomo.db*"):
            path.unlink()
    folder.mkdir(parents=True, exist_ok=True)
    engine = database.connect(f"sqlite:///{folder / 'arviomo.db'}")
    database.migrate(engine)
    if not filled.exists():
        generate.fill(engine, answers, projects)
        filled.touch()
    return engine


def refresh(engine: sa.Engine, home: Path) -> tuple[sheets.Publication, dict[str, float]]:
    """A refresh, and the seconds that each of its steps took."""
    seen: list[tuple[str, float]] = []

    def progress(step: str, done: int, _total: int) -> None:
        if step == "publish" and done:
            step = "tidy up"
        if not seen or seen[-1][0] != step:
            seen.append((step, time.perf_counter()))

    started = time.perf_counter()
    publication = sheets.refresh(engine, home, progress)
    ended = time.perf_counter()
    # The first step begins with reading what there is; each other one where it is first told.
    starts = [started, *(at for _, at in seen[1:]), ended]
    steps: dict[str, float] = {}
    for (step, _), begin, end in zip(seen, starts, starts[1:], strict=False):
        steps[step] = steps.get(step, 0.0) + end - begin
    return publication, steps


def first_metrics(engine: sa.Engine, home: Path) -> dict[str, float]:
    """Seconds to judge, protect and publish the metrics of a first installation (`FIRST`) from
    statistics that are folded; what is published is taken back."""
    with database.reading(engine) as connection:
        arrivals = refreshing.read_arrivals(connection, home)
        records = refreshing.read_truth(connection, arrivals).records
        collections, instruments = arrivals.collections, arrivals.instruments
        waits = arrivals.settled.withheld
        folded = segments.fold_news(connection, instruments, collections, home, _unheard, waits)
    started = time.perf_counter()
    frames = statistics_frames.assemble(records, folded, collections, instruments)
    prepared = prepare(frames, FIRST, dict(instruments))
    judged = time.perf_counter()
    results = [each for profile in Profile for each in judge(prepared, profile)]
    protected = time.perf_counter()
    sheet = publishing.Sheet(
        leaves.cut(results), {}, folded, arrivals.published.id, "benchmark", "0" * 64, {}, {}
    )
    with database.writing(engine) as connection:
        _, figures = publishing.publish(connection, sheet)
        published = time.perf_counter()
        connection.rollback()
    return {
        "judge": judged - started,
        "protect": protected - judged,
        "publish": published - protected,
        "figures": figures,
    }


def _unheard(_step: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


def extracted(engine: sa.Engine, folder: Path) -> Path:
    """The whole portfolio as one extract, made if the folder does not hold it yet."""
    named = folder / "extract.parquet"
    if not named.exists():
        with database.reading(engine) as connection:
            collections = connection.execute(sa.select(Collection.id)).scalars().all()
            asked = generate.instrument()
            wanted = dict.fromkeys(collections, extracts.FROM_FIRST)
            sha256, _ = extracts.extract(connection, asked, wanted, folder)
        extracts.segment_path(folder, sha256).rename(named)
    return named


def fold(extract: Path, folder: Path) -> Callable[[], pa.Table]:
    """Our fold: counts of answers, respondents, and moments of every score beside them."""
    asked = generate.instrument()

    def folded() -> pa.Table:
        return fold_cells(embedded(folder / "spill"), [extract], asked)

    return folded


def long_counts(cells) -> pa.Table:
    """The wide counts of a fold as the other tools have them: one row an answer that was given."""
    asked = generate.instrument()
    found = []
    for item in ITEMS:
        missing = cells["respondents"].to_numpy().copy()
        for code in sorted(asked.answers_of(item).accepted):
            n = cells[count_column(item, code)].to_numpy()
            missing = missing - n
            found.append((item, code, n))
        found.append((item, MISSING, missing))
    size = len(cells)
    given = np.concatenate([n for _, _, n in found])
    columns = {
        "collection": np.tile(cells["collection"].to_numpy(), len(found)),
        "group": np.tile(cells["group"].to_numpy(dtype=object), len(found)),
        "item": np.repeat([item for item, _, _ in found], size),
        "code": np.repeat([code for _, code, _ in found], size),
        "n": given,
    }
    return pa.table({name: pa.array(column[given > 0]) for name, column in columns.items()})


def read_pages(engine: sa.Engine, times: int = 21) -> dict[str, tuple[float, int]]:
    """For each page the median milliseconds of reading its figures, and how many there are."""
    user = access.operator()
    found = {}
    for name, asked in PAGES.items():
        taken = []
        for _ in range(times):
            started = time.perf_counter()
            with database.reading(engine) as connection:
                revision = sheets.latest_revision(connection)
                figures = sheets.read_figures(connection, user, revision=revision, **asked)
            taken.append(1000 * (time.perf_counter() - started))
        found[name] = statistics.median(taken), len(figures)
    return found
