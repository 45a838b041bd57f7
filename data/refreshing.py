"""A refresh: the truth is folded, judged, protected and published, in this order and no other.

Everything is read in one snapshot. Until the last step nothing is written to the database; the
files that earlier steps leave behind are named by content, and the next refresh removes what no
published sheet needs. So a refresh that dies changes nothing.
"""

from __future__ import annotations

import fcntl
import gc
import hashlib
import time
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

import orjson
import pandas as pd
import sqlalchemy as sa

import data
import metrics
import survey
from data import (
    database,
    extracts,
    leaves,
    openings,
    publishing,
    record_frames,
    segments,
    sheets,
    statistics_frames,
    waiting,
)
from data.instruments import known_instruments
from data.schema import Revision, SegmentMember
from data.sheets import Progress, Publication, RevisionFacts, Waiting
from metrics.attention import findings
from metrics.catalog import metrics as known_metrics
from metrics.frames import Frames
from metrics.judge import judge as protected
from metrics.judge import prepare
from metrics.metric import Profile, Results
from survey.instrument import Instrument

#: How often a refresh starts again because another machine published while it was judging.
ATTEMPTS = 3

JUDGING = (metrics, survey, data)


@dataclass(frozen=True)
class Truth:
    """What one snapshot of the database held, and what the last publication had read."""

    collections: pd.DataFrame
    instruments: Mapping[str, Instrument]
    records: record_frames.Records
    inputs: dict[str, Any]
    published: RevisionFacts | None
    all_held: bool
    withheld: tuple[extracts.Withheld, ...]
    waiting: tuple[Waiting, ...]

    @property
    def is_published(self) -> bool:
        """Whether a new sheet would say what the published one says."""
        return (
            self.published is not None
            and self.all_held
            and self.published.inputs_sha256 == _hash(self.inputs)
            and self.published.code_version == code_version()
        )


def refresh(
    engine: sa.Engine, home: Path | None = None, progress: Progress | None = None
) -> Publication:
    """The publication of everything that the database holds now.

    Refreshes of one home wait for each other. Where nothing was changed since the last one, its
    revision stays.
    Raises: publishing.Overtaken, extracts.UnreadableAnswers, statistics_fold.StatisticsTooLarge,
    record_frames.CircularAreas, data.instruments.InstrumentConflict, figure_table.InvalidSheet.
    """
    started = time.perf_counter()
    home = home or database.home()
    tell = progress or _silent
    with _alone(home), _programs_set_aside():
        for attempt in range(ATTEMPTS):
            try:
                revision, figures, changed, waits = _refresh(engine, home, tell)
            except publishing.Overtaken:
                if attempt == ATTEMPTS - 1:
                    raise
            else:
                break
    return Publication(revision, figures, changed, time.perf_counter() - started, waits)


@cache
def code_version() -> str:
    """The version of the package, and a hash of everything that has a say in a figure."""
    folders = [Path(package.__path__[0]) for package in JUDGING]
    sources = sorted(
        path for folder in folders for kind in ("*.py", "*.yaml") for path in folder.rglob(kind)
    )
    hashed = hashlib.sha256(b"\0".join(path.read_bytes() for path in sources)).hexdigest()
    return f"{version('arviomo')}+{hashed[:12]}"


def read_truth(connection: sa.Connection, home: Path) -> Truth:
    """What a connection sees, without the answers themselves and without what waits."""
    instruments = known_instruments(connection)
    published = sheets.published(connection)
    collections, withheld, waits = waiting.settled(
        connection, segments.read_collections(connection), published, instruments, home
    )
    records = record_frames.read_records(connection, _today())
    up_to = sa.select(SegmentMember.collection_id, sa.func.max(SegmentMember.revision))
    held = dict(connection.execute(up_to.group_by(SegmentMember.collection_id)).all())
    current = dict(zip(collections["collection"], collections["revision"], strict=True))
    return Truth(
        collections,
        instruments,
        records,
        _inputs(collections, instruments, records) | {waiting.INPUT: [list(w) for w in withheld]},
        published,
        held == current,
        withheld,
        waits,
    )


def judge(
    frames: Frames, truth: Truth, today: date, progress: Progress
) -> tuple[list[Results], dict[Profile, pd.DataFrame]]:
    """The protected figures under both profiles, and what each says needs attention."""
    prepared = prepare(frames, instruments=dict(truth.instruments))
    progress("judge", 1, 1)
    results: list[Results] = []
    attention: dict[Profile, pd.DataFrame] = {}
    for done, profile in enumerate(Profile):
        progress("protect", done, len(Profile))
        shown = protected(prepared, profile)
        attention[profile] = findings(shown, truth.records.phases, today)
        results += shown
    progress("protect", len(Profile), len(Profile))
    return results, attention


def _refresh(
    engine: sa.Engine, home: Path, progress: Progress
) -> tuple[int, int, bool, tuple[Waiting, ...]]:
    with _sealed(engine) as connection:
        truth = read_truth(connection, home)
        if truth.is_published:
            revision = truth.published.id
            return revision, publishing.count_figures(connection, revision), False, truth.waiting
        folded = segments.fold_news(
            connection, truth.instruments, truth.collections, home, progress, truth.withheld
        )
    progress("judge", 0, 1)
    frames = statistics_frames.assemble(truth.records, folded, truth.collections, truth.instruments)
    results, attention = judge(frames, truth, _today(), progress)
    progress("publish", 0, 1)
    sheet = publishing.Sheet(
        # Cut before the transaction: others wait for the writing only.
        leaves=leaves.cut(results),
        findings=attention,
        folded=folded,
        seen=truth.published.id if truth.published else None,
        code_version=code_version(),
        inputs_sha256=_hash(truth.inputs),
        inputs=truth.inputs | {"extracts": _extracts(folded)},
        metrics={name: metric.version for name, metric in known_metrics().items()},
    )
    with database.writing(engine) as connection:
        revision, figures = publishing.publish(connection, sheet)
        used = publishing.files_in_use(connection)
    progress("publish", 1, 1)
    # What follows is tidying: where it is cut short, the next publication does it.
    with database.writing(engine) as connection:
        publishing.prune(connection)
    extracts.remove_unused(home, used)
    return revision, figures, True, truth.waiting


@contextmanager
def _sealed(engine: sa.Engine) -> Iterator[sa.Connection]:
    """A connection that reads, and sees all answers that share a revision, or none of them.

    Answers that come by link share a revision until it is seen here. So the revisions are marked
    as seen while nobody answers, and the snapshot is taken before anybody can.
    """
    with ExitStack() as reading:
        with database.writing(engine) as connection:
            openings.seal(connection)
            seeing = reading.enter_context(database.reading(engine))
            # A snapshot begins with the first thing that is read.
            seeing.execute(sa.select(sa.func.count()).select_from(Revision))
        yield seeing


def _inputs(
    collections: pd.DataFrame,
    instruments: Mapping[str, Instrument],
    records: record_frames.Records,
) -> dict[str, Any]:
    """The hash of everything that is read, by name, and the day on which it was read: what is
    late depends on it."""
    # How often a collection was rewritten says nothing that its revision does not say.
    frames = {"collections": collections.drop(columns="rewritten")} | records.frames
    fielded = sorted(set(collections["instrument"]))
    return {
        **{name: _hash_rows(frame) for name, frame in frames.items()},
        "instruments": {key: instruments[key].sha256 for key in fielded},
        "read_on": _today().isoformat(),
    }


def _extracts(folded: list[segments.Folded]) -> dict[str, list[str]]:
    shas: dict[str, list[str]] = {}
    for segment in folded:
        shas.setdefault(segment.instrument, []).append(segment.extract_sha256)
    return shas


def _hash(content: object) -> str:
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _hash_rows(frame: pd.DataFrame) -> str:
    """The hash of the rows of a frame, in their order."""
    rows = pd.util.hash_pandas_object(frame.astype("str"), index=False)
    return hashlib.sha256(rows.to_numpy().tobytes()).hexdigest()


def _today() -> date:
    return datetime.now(UTC).date()


def _silent(_step: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""


@contextmanager
def _programs_set_aside() -> Iterator[None]:
    """The garbage collector passes over what is there already: modules, and what they hold.

    Rows that are read wake it again and again, and looking through all modules takes a tenth of a
    second each time.
    """
    gc.freeze()
    try:
        yield
    finally:
        gc.unfreeze()


@contextmanager
def _alone(home: Path) -> Iterator[None]:
    """The only refresh of a home; the lock falls with the process that holds it."""
    with (extracts.extract_folder(home) / "refresh.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
