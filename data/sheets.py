"""Published sheets: how a page, an export or a release reads them, and the door to a refresh.

Reading imports no engine and no estimator: a page costs the same at ten thousand answers as at
fifty million, in time and in memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import orjson
import sqlalchemy as sa

from data import access
from data.access import User, profile_of, visible_entities, visible_levels, visible_results
from data.permissions import Kind, Verb
from data.publication import leaves
from data.publication.figure_table import results_of
from data.schema import Collection, EntityLeaf, Finding, MeasureLeaf, Revision
from metrics.metric import Level, Profile, Result

#: Progress of long work: which step, how much of it is done, and how much there is (0: unknown).
Progress = Callable[[str, int, int], None]

#: Under which names a revision says which projects have new figures of their own in it, and which
#: revision everything else is of.
AHEAD, BEHIND = "own_figures_of", "everything_else_of"

#: Under which name a revision says which answers it left out: collection, group, and the revision
#: of the collection after which those of the group wait (`data.publication.waiting`).
WITHHELD = "withheld"

#: Under which name it says which collections still speak of answers that are gone or changed.
KEPT = "kept"

#: Under which name it says of which projects and questionnaires what was hidden stays hidden
#: (`data.publication.remembering`).
GROWN = "grown"

#: The steps of a refresh, in order, as progress names them.
STEPS = ("extract", "fold", "own", "judge", "protect", "publish")


@dataclass(frozen=True, slots=True)
class Waiting:
    """A collection of which some answers are not published yet, and how many they are."""

    collection: int
    project: int
    instrument: str
    wave: str
    phase: str
    answers: int


@dataclass(frozen=True, slots=True)
class Publication:
    """What a refresh came to. changed is False when the published sheet was true already.

    waiting: the collections of which answers wait for more (`data.publication.waiting`).
    """

    revision: int
    figures: int
    changed: bool
    seconds: float
    waiting: tuple[Waiting, ...] = ()


@dataclass(frozen=True, slots=True)
class RevisionFacts:
    """What a published revision says of itself.

    metrics: the version of every metric by id. inputs: the hash of everything that was read, by
    name. published_at is UTC.
    """

    id: int
    published_at: datetime
    code_version: str
    inputs_sha256: str
    inputs: dict[str, Any]
    metrics: dict[str, int]

    @property
    def behind(self) -> int | None:
        """The revision of everything but some projects' own figures, where these came first; None
        where the whole sheet is of this revision."""
        return self.inputs.get(BEHIND)

    @property
    def waiting(self) -> frozenset[int]:
        """The collections of which some answers waited (`data.publication.waiting`)."""
        arrived = {collection for collection, *_ in self.inputs.get(WITHHELD, [])}
        return frozenset(arrived.union(self.inputs.get(KEPT, [])))

    @property
    def withheld(self) -> list[tuple[int, str, int]]:
        """Whose answers wait: collection, group, and after which of its revisions they came."""
        return [tuple(each) for each in self.inputs.get(WITHHELD, ())]


@dataclass(frozen=True, slots=True)
class Attention:
    """A project that needs attention, and why: a code of `metrics.attention` and its details."""

    project: int
    code: str
    weight: int
    detail: dict[str, Any]


def refresh(
    engine: sa.Engine,
    home: Path | None = None,
    progress: Progress | None = None,
    by: User | None = None,
) -> Publication:
    """The publication of everything that the database holds now (`data.publication.refreshing`).

    by: who started it; they must be allowed to. Raises: NotPermitted.
    """
    if by is not None:
        access.require(by, Verb.PUBLISH, Kind.REVISION)
    # Imported here: the engines load when a refresh runs, never with a page that reads a sheet.
    from data import database
    from data.keeping import returned
    from data.publication import refreshing

    # A file may have brought back somebody who was erased.
    returned.reapply(engine, home or database.home())
    return refreshing.refresh(engine, home, progress, by)


def latest_revision(connection: sa.Connection) -> int | None:
    """The number of the sheet that pages read; None before the first refresh."""
    return connection.execute(sa.select(sa.func.max(Revision.id))).scalar()


def revision_before(connection: sa.Connection, revision: int) -> int | None:
    """The number of the sheet before another, of those that are kept; None where there is none."""
    earlier = sa.select(sa.func.max(Revision.id)).where(Revision.id < revision)
    return connection.execute(earlier).scalar()


def published(connection: sa.Connection, revision: int | None = None) -> RevisionFacts | None:
    """What a revision (the latest, when not given) says of itself; None where there is none."""
    number = latest_revision(connection) if revision is None else revision
    row = connection.execute(
        sa.select(
            Revision.id,
            Revision.published_at,
            Revision.code_version,
            Revision.inputs_sha256,
            Revision.inputs,
            Revision.metrics,
        ).where(Revision.id == number)
    ).one_or_none()
    if row is None:
        return None
    return RevisionFacts(
        row.id,
        row.published_at.replace(tzinfo=UTC),
        row.code_version,
        row.inputs_sha256,
        orjson.loads(row.inputs),
        orjson.loads(row.metrics),
    )


def project_waits(connection: sa.Connection, facts: RevisionFacts, project: int) -> bool:
    """Whether some answers to a project waited when a revision was published."""
    mine = connection.scalars(sa.select(Collection.id).where(Collection.project_id == project))
    return not facts.waiting.isdisjoint(mine)


def read_figures(
    connection: sa.Connection,
    user: User,
    *,
    revision: int,
    level: str | None = None,
    entity: int | None = None,
    metric: str | None = None,
    instrument: str | None = None,
    part: str | None = None,
    wave: str | None = None,
    split: str | None = None,
    public: bool = False,
) -> list[Result]:
    """The published figures that a user may see, narrowed by what is given.

    public: as the public profile protects them, whatever the user's own (what leaves the house).
    Rows: in the order of the sheet's key (level, entity, metric, instrument, part, wave, split).
    Missing: a suppressed figure is a row without a value, never an absent row.
    """
    asked = {
        "level": level,
        "entity": entity,
        "metric": metric,
        "instrument": instrument,
        "part": part,
        "wave": wave,
        "split": split,
    }
    batches = walk_figures(connection, user, revision=revision, public=public, **asked)
    return [figure for batch in batches for figure in batch]


def walk_figures(
    connection: sa.Connection, user: User, *, revision: int, public: bool = False, **asked: object
) -> Iterator[list[Result]]:
    """The same as `read_figures`, some at a time: an export need not hold a whole sheet."""
    profile = Profile.PUBLIC if public else profile_of(user)
    for table in leaves.read(connection, revision, profile, asked):
        yield visible_results(user, results_of(table))


def levels_with(
    connection: sa.Connection, user: User, *, revision: int, metric: str
) -> list[Level]:
    """The levels at which a metric has figures that a user may see, from the portfolio down."""
    found = set(
        connection.execute(
            sa.select(MeasureLeaf.level)
            .where(MeasureLeaf.revision_id == revision, MeasureLeaf.metric == metric)
            .where(MeasureLeaf.profile == profile_of(user).value)
            .distinct()
        ).scalars()
    )
    whole = {"level": Level.PORTFOLIO, "entity": 0, "metric": metric}
    if read_figures(connection, user, revision=revision, **whole):
        found.add(Level.PORTFOLIO)
    return [level for level in visible_levels(user) if level in found]


def entities_with_figures(
    connection: sa.Connection, user: User, *, revision: int, level: Level
) -> frozenset[int]:
    """The entities of a level of which a sheet says anything to a user."""
    found = connection.execute(
        sa.select(EntityLeaf.entity).where(
            EntityLeaf.revision_id == revision,
            EntityLeaf.profile == profile_of(user).value,
            EntityLeaf.level == level.value,
        )
    ).scalars()
    allowed = visible_entities(user, level)
    return frozenset(each for each in found if allowed is None or each in allowed)


def read_findings(connection: sa.Connection, user: User, *, revision: int) -> list[Attention]:
    """The projects that need attention among those whose figures a user may see, heaviest first."""
    allowed = visible_entities(user, Level.PROJECT)
    rows = connection.execute(
        sa.select(Finding.project_id, Finding.code, Finding.weight, Finding.detail)
        .where(Finding.revision_id == revision, Finding.profile == profile_of(user).value)
        .order_by(Finding.weight.desc(), Finding.project_id, Finding.code)
    )
    return [
        Attention(project, code, weight, orjson.loads(detail))
        for project, code, weight, detail in rows
        if allowed is None or project in allowed
    ]
