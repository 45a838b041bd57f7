"""A refresh: the truth is folded, judged, protected and published, in this order and no other.

Where new answers came to a few of many projects only, their own figures are published first
(`_publish_own`): who brought them sees them in seconds, and the sheet of everything follows in the
same refresh.

Everything is read in one snapshot. Until the last step nothing is written to the database; the
files that earlier steps leave behind are named by content, and the next refresh removes what no
published sheet needs. So a refresh that dies changes nothing.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Collection, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
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
from data import database, sheets
from data.access import User
from data.fieldwork import openings
from data.folding import (
    collected,
    extracts,
    record_frames,
    segment_merging,
    segments,
    statistics_frames,
)
from data.instruments import known_instruments
from data.publication import leaves, publishing, remembering, turns, waiting
from data.schema import Revision, SegmentMember
from data.sheets import AHEAD, BEHIND, Progress, Publication, RevisionFacts, Waiting
from metrics.attention import findings
from metrics.catalog import metrics as known_metrics
from metrics.catalog import of_answers
from metrics.disclosure import Remembered
from metrics.frames import Frames
from metrics.judge import judge as protected
from metrics.judge import judge_own, prepare
from metrics.metric import Profile, Results
from survey.instrument import Instrument

#: How often a refresh starts again because another machine published while it was judging.
ATTEMPTS = 3

JUDGING = (metrics, survey, data)

#: New answers of more projects than this are published with everything else.
FEW_PROJECTS = 12
#: In a portfolio of fewer projects than this, everything is there about as soon as one project's
#: figures would be.
MANY_PROJECTS = 20


@dataclass(frozen=True)
class Arrivals:
    """Every collection as one snapshot of the database may be read, and what the last publication
    had read of it.

    changed: the projects to whose collections something came since.
    """

    collections: pd.DataFrame
    instruments: Mapping[str, Instrument]
    published: RevisionFacts | None
    changed: frozenset[int]
    all_held: bool
    settled: waiting.Settled

    def inputs(self, records: record_frames.Records, projects: Collection[int]) -> dict[str, Any]:
        """What is read of some projects: the hash of everything by name, the day on which it was
        read (what is late depends on it), and what waits."""
        mine = self.collections[self.collections["project"].isin(list(projects))]
        # How often a collection was rewritten says nothing that its revision does not say.
        frames = {"collections": mine.drop(columns="rewritten")} | records.frames
        return {
            **{name: _hash_rows(frame) for name, frame in frames.items()},
            "instruments": {
                key: self.instruments[key].sha256 for key in sorted(set(mine["instrument"]))
            },
            "read_on": _today().isoformat(),
            sheets.WITHHELD: [list(each) for each in self.settled.withheld],
            sheets.KEPT: self.settled.kept,
            sheets.GROWN: [list(each) for each in self.settled.grown],
        }


@dataclass(frozen=True)
class Truth:
    """What one snapshot of the database held, without the answers themselves."""

    arrivals: Arrivals
    records: record_frames.Records
    inputs: dict[str, Any]

    @property
    def is_published(self) -> bool:
        """Whether a new sheet would say what the published one says."""
        published = self.arrivals.published
        return (
            published is not None
            and self.arrivals.all_held
            and published.inputs_sha256 == _hash(self.inputs)
            and published.code_version == code_version()
        )


def refresh(
    engine: sa.Engine,
    home: Path | None = None,
    progress: Progress | None = None,
    by: User | None = None,
) -> Publication:
    """The publication of everything that the database holds now. by: who started it.

    Refreshes of one home wait for each other. Where nothing was changed since the last one, its
    revision stays.
    Raises: publishing.Overtaken, extracts.UnreadableAnswers, statistics_fold.StatisticsTooLarge,
    record_frames.CircularAreas, data.instruments.InstrumentConflict, figure_table.InvalidSheet.
    """
    started = time.perf_counter()
    home = home or database.home()
    tell = progress or _silent
    with turns.alone(home), turns.programs_set_aside():
        for attempt in range(ATTEMPTS):
            try:
                revision, figures, changed, waits = _refresh(engine, home, tell, by)
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


def read_arrivals(connection: sa.Connection, home: Path) -> Arrivals:
    """What a connection sees of collections, without what waits."""
    instruments = known_instruments(connection)
    published = sheets.published(connection)
    settled = waiting.settled(
        connection, collected.read_collections(connection), published, instruments, home
    )
    up_to = sa.select(SegmentMember.collection_id, sa.func.max(SegmentMember.revision))
    held = dict(connection.execute(up_to.group_by(SegmentMember.collection_id)).all())
    collections = settled.collections
    begun = collections[collections["revision"] != extracts.FROM_FIRST]
    current = dict(zip(begun["collection"], begun["revision"], strict=True))
    return Arrivals(
        collections,
        instruments,
        published,
        frozenset(
            int(project)
            for collection, project in zip(begun["collection"], begun["project"], strict=True)
            if held.get(collection) != current[collection]
        ),
        held == current,
        settled,
    )


def read_truth(connection: sa.Connection, arrivals: Arrivals) -> Truth:
    """What the same snapshot holds besides."""
    records = record_frames.read_records(connection, _today())
    return Truth(arrivals, records, arrivals.inputs(records, arrivals.collections["project"]))


def judge(
    frames: Frames, truth: Truth, before: Remembered, today: date, progress: Progress
) -> tuple[list[leaves.Leaves], dict[Profile, pd.DataFrame]]:
    """The protected figures of each profile in leaves, and what each says needs attention.

    before: what the last sheet hid, and what stays hidden (`remembering.hidden_before`).
    """
    prepared = prepare(frames, None, dict(truth.arrivals.instruments), before)
    progress("judge", 1, 1)
    cuts: list[Future[leaves.Leaves]] = []
    attention: dict[Profile, pd.DataFrame] = {}
    # What one profile shows is cut, packed and hashed while the next one is judged.
    with ThreadPoolExecutor(1) as cutting:
        for done, profile in enumerate(Profile):
            progress("protect", done, len(Profile))
            shown = protected(prepared, profile)
            cuts.append(cutting.submit(leaves.cut, shown))
            attention[profile] = findings(shown, truth.records.phases, today)
            del shown
        progress("protect", len(Profile), len(Profile))
        progress("publish", 0, 1)
        return [each.result() for each in cuts], attention


def _refresh(
    engine: sa.Engine, home: Path, progress: Progress, by: User | None
) -> tuple[int, int, bool, tuple[Waiting, ...]]:
    with _sealed(engine) as connection:
        arrivals = read_arrivals(connection, home)
        seen = arrivals.published.id if arrivals.published else None
        ahead = _goes_ahead(arrivals)
        if ahead:
            # The rest is read in the same snapshot, after who waits has their figures.
            folded = _fold(connection, arrivals, home, progress)
            seen = _publish_own(engine, connection, arrivals, folded, progress, by)
        truth = read_truth(connection, arrivals)
        if truth.is_published:
            figures = publishing.count_figures(connection, seen)
            return seen, figures, False, arrivals.settled.waiting
        if not ahead:
            folded = _fold(connection, arrivals, home, progress)
        before = _hidden_before(connection, arrivals, arrivals.collections["project"])
    progress("judge", 0, 1)
    collections, instruments = arrivals.collections, arrivals.instruments
    folded = segment_merging.merged(folded, instruments, collections, home)
    frames = statistics_frames.assemble(truth.records, folded, collections, instruments)
    # Cut before the transaction: others wait for the writing only.
    cuts, attention = judge(frames, truth, before, _today(), progress)
    sheet = _sheet(folded, leaves.together(cuts), attention, truth.inputs, seen)
    with database.writing(engine) as connection:
        revision, figures = publishing.publish(connection, sheet, by)
        used = publishing.files_in_use(connection)
    progress("publish", 1, 1)
    # What follows is tidying: where it is cut short, the next publication does it.
    with database.writing(engine) as connection:
        publishing.prune(connection)
    extracts.remove_unused(home, used)
    return revision, figures, True, arrivals.settled.waiting


def _fold(
    connection: sa.Connection, arrivals: Arrivals, home: Path, progress: Progress
) -> list[segments.Folded]:
    settled = arrivals.settled
    return segments.fold_news(
        connection, arrivals.instruments, arrivals.collections, home, progress, settled.withheld,
        settled.returning,
    )  # fmt: skip


def _hidden_before(
    connection: sa.Connection, arrivals: Arrivals, projects: Collection[int]
) -> Remembered:
    published = arrivals.published.id if arrivals.published else None
    return remembering.hidden_before(connection, published, arrivals.settled.grown, set(projects))


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


# --- a few projects first -----------------------------------------------------------------------


def _goes_ahead(arrivals: Arrivals) -> bool:
    """Whether the figures of the projects that changed can stand in the published sheet."""
    return (
        arrivals.published is not None
        and arrivals.published.code_version == code_version()
        and 0 < len(arrivals.changed) <= FEW_PROJECTS
        and arrivals.collections["project"].nunique() >= MANY_PROJECTS
    )


def _publish_own(
    engine: sa.Engine,
    connection: sa.Connection,
    arrivals: Arrivals,
    folded: list[segments.Folded],
    progress: Progress,
    by: User | None,
) -> int:
    """The revision in which the changed projects have their new figures, and all else is as it was.

    What compares a project with others is everything else: it keeps what the sheet before said.
    """
    progress("own", 0, 1)
    projects, published = arrivals.changed, arrivals.published
    mine = arrivals.collections[arrivals.collections["project"].isin(projects)]
    numbers = mine["collection"].tolist()
    fielded = set(mine["instrument"])
    own = [each.of(numbers) for each in folded if each.instrument in fielded]
    today = _today()
    records = record_frames.read_records(connection, today, projects).of(projects, numbers)
    frames = statistics_frames.assemble(records, own, mine, arrivals.instruments)
    before = _hidden_before(connection, arrivals, projects)
    prepared = prepare(frames, of_answers(), dict(arrivals.instruments), before)
    results: list[Results] = []
    attention: dict[Profile, pd.DataFrame] = {}
    for profile, shown in judge_own(prepared).items():
        attention[profile] = findings(shown, records.phases, today)
        results += shown
    judged = {each.metric.id for each in results}
    results += leaves.left_of(connection, published.id, projects, judged)
    inputs = arrivals.inputs(records, projects)
    inputs |= {AHEAD: sorted(projects), BEHIND: published.behind or published.id}
    sheet = _sheet(folded, leaves.cut_own(results), attention, inputs, published.id)
    with database.writing(engine) as writing:
        revision, _ = publishing.publish(writing, replace(sheet, projects=projects), by)
    progress("own", 1, 1)
    return revision


def _sheet(
    folded: list[segments.Folded],
    cut: leaves.Leaves,
    attention: Mapping[Profile, pd.DataFrame],
    inputs: Mapping[str, Any],
    seen: int | None,
) -> publishing.Sheet:
    return publishing.Sheet(
        leaves=cut,
        findings=attention,
        folded=folded,
        seen=seen,
        code_version=code_version(),
        inputs_sha256=_hash(inputs),
        inputs=inputs | {"extracts": _extracts(folded)},
        metrics={name: metric.version for name, metric in known_metrics().items()},
    )


def _extracts(folded: list[segments.Folded]) -> dict[str, list[str]]:
    shas: dict[str, list[str]] = {}
    for segment in folded:
        shas.setdefault(segment.instrument, []).append(segment.extract_sha256)
    return shas


def _hash(content: object) -> str:
    return hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _hash_rows(frame: pd.DataFrame) -> str:
    """The hash of the rows of a frame, in their order."""
    if frame.empty:
        # Most records of most portfolios: nothing has the same hash, reckoned or not.
        return hashlib.sha256(b"").hexdigest()
    rows = pd.util.hash_pandas_object(frame.astype("str"), index=False)
    return hashlib.sha256(rows.to_numpy().tobytes()).hexdigest()


def _today() -> date:
    return datetime.now(UTC).date()


def _silent(_step: str, _done: int, _total: int) -> None:
    """Progress that nobody watches."""
