"""The one door for numbers: published figures, read once for everybody who may see the same.

Nothing is computed here. What was read is kept by revision, by what the reader may see and by what
was asked, so a click costs no database read and a new publication is seen at once.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from dashboard.session import Viewing
from dashboard.truth import engine
from data import access, records, sheets
from data.access import User
from data.database import database_url, reading
from data.sheets import Attention, RevisionFacts
from metrics.catalog import catalog
from metrics.metric import Level, Metric, Profile, Result

#: Figures kept in memory: answers to this many different questions.
KEPT = 4000
#: Findings kept in memory: of this many revisions as a kind of reader may see them.
KEPT_FINDINGS = 200


class NothingPublished(Exception):
    """Figures were asked for before anything was published."""


class Question(NamedTuple):
    """What is asked of a sheet; None means all of them."""

    level: str | None
    entity: int | None
    metric: str | None
    instrument: str | None
    part: str | None
    wave: str | None
    split: str | None


class Policy(NamedTuple):
    """Everything of a user that decides what may be seen: two users alike share what is kept."""

    profile: Profile
    visible: tuple[frozenset[int] | None, ...]


class Key(NamedTuple):
    """Under what an answer is kept."""

    database: str
    revision: int
    policy: Policy
    question: Question


#: What was read, by everything that decides what it is; the oldest goes first.
_kept: dict[Key, tuple[Result, ...]] = {}
#: Findings in the same way, by database, revision and policy.
_found: dict[tuple[str, int, Policy], tuple[Attention, ...]] = {}


def figures(
    viewing: Viewing,
    *,
    level: str,
    entity: int | None = None,
    metric: str | None = None,
    instrument: str | None = None,
    part: str | None = None,
    wave: str | None = None,
    split: str | None = None,
    revision: int | None = None,
) -> list[Result]:
    """The published figures that the reader may see, of a revision or else of the latest.

    Missing: an empty list before the first publication, and where nothing was ever collected.
    """
    asked = revision or revision_of(viewing)
    if asked is None:
        return []
    question = Question(level, entity, metric, instrument, part, wave, split)
    key = Key(database_url(), asked, policy(viewing), question)
    return list(_read(key, viewing.user))


def one(results: Iterable[Result], **wanted: object) -> Result | None:
    """The first result that has all the wanted values; None where there is none."""
    return next(
        (
            result
            for result in results
            if all(getattr(result, name) == value for name, value in wanted.items())
        ),
        None,
    )


def policy(viewing: Viewing) -> Policy:
    """What decides what the reader may see."""
    visible = tuple(access.visible_entities(viewing.user, level) for level in Level)
    return Policy(viewing.profile, visible)


def revision_of(viewing: Viewing) -> int | None:
    """The publication that a run of a page reads from its beginning to its end."""
    return latest() if viewing.revision is None else viewing.revision


def latest() -> int | None:
    """The number of the latest publication."""
    with reading(engine()) as connection:
        return sheets.latest_revision(connection)


def publication() -> RevisionFacts:
    """What the latest publication says of itself.

    Raises: NothingPublished before the first refresh; the frame draws no page of figures then.
    """
    with reading(engine()) as connection:
        facts = sheets.published(connection)
    if facts is None:
        raise NothingPublished("no sheet has been published; run: arviomo refresh")
    return facts


def waiting() -> frozenset[int]:
    """The collections of which some answers are not in the latest publication; none before it."""
    with reading(engine()) as connection:
        facts = sheets.published(connection)
    return facts.waiting if facts else frozenset()


def some_answers_wait(facts: RevisionFacts, project: int) -> bool:
    """Whether some answers to a project are not in what was published of it."""
    with reading(engine()) as connection:
        return sheets.project_waits(connection, facts, project)


def findings(viewing: Viewing) -> list[Attention]:
    """The projects that need attention, heaviest first, among those the reader may see."""
    revision = revision_of(viewing)
    return [] if revision is None else list(_findings(viewing, revision))


def earlier(revision: int) -> RevisionFacts | None:
    """What the publication before a revision says of itself; None where none is kept."""
    with reading(engine()) as connection:
        before = sheets.revision_before(connection, revision)
        return None if before is None else sheets.published(connection, before)


def findings_of(viewing: Viewing, revision: int) -> dict[int, list[Attention]]:
    """The findings of a kept revision by project, among those the reader may see."""
    by_project: dict[int, list[Attention]] = {}
    for finding in _findings(viewing, revision):
        by_project.setdefault(finding.project, []).append(finding)
    return by_project


def with_figures(viewing: Viewing, level: Level) -> frozenset[int]:
    """The entities of a level of which the latest sheet says anything to the reader."""
    revision = revision_of(viewing)
    if revision is None:
        return frozenset()
    with reading(engine()) as connection:
        return sheets.entities_with_figures(
            connection, viewing.user, revision=revision, level=level
        )


def levels_with(viewing: Viewing, metric: str) -> list[Level]:
    """The levels at which the latest sheet has figures of a metric that the reader may see."""
    revision = revision_of(viewing)
    if revision is None:
        return []
    with reading(engine()) as connection:
        return sheets.levels_with(connection, viewing.user, revision=revision, metric=metric)


def names(viewing: Viewing, level: Level) -> dict[int, str]:
    """The entities of a level that the reader may know of, by number, in alphabetical order.

    The register may change at any time, so they are read once a run, and not kept longer.
    """
    if level not in viewing.names:
        viewing.names[level] = _names(viewing, level)
    return dict(viewing.names[level])


def _names(viewing: Viewing, level: Level) -> dict[int, str]:
    read = {
        Level.PROGRAMME: records.programmes,
        Level.FUNDER: records.funders,
        Level.AREA: records.areas,
        Level.THEME: records.themes,
        Level.PROJECT: records.project_names,
    }[level]
    with reading(engine()) as connection:
        found = read(connection, viewing.user)
    return {entity.id: records.name_in(entity, viewing.language) for entity in found}


def metric_of(name: str) -> Metric:
    """What a metric says of itself."""
    return catalog()[name].METRIC


def _findings(viewing: Viewing, revision: int) -> tuple[Attention, ...]:
    key = (database_url(), revision, policy(viewing))
    found = _found.get(key)
    if found is None:
        with reading(engine()) as connection:
            read = sheets.read_findings(connection, viewing.user, revision=revision)
        while len(_found) >= KEPT_FINDINGS:
            _found.pop(next(iter(_found)), None)
        found = _found[key] = tuple(read)
    return found


def _read(key: Key, user: User) -> tuple[Result, ...]:
    found = _kept.get(key)
    if found is None:
        with reading(engine()) as connection:
            read = sheets.read_figures(
                connection, user, revision=key.revision, **key.question._asdict()
            )
        while len(_kept) >= KEPT:
            _kept.pop(next(iter(_kept)), None)
        found = _kept[key] = tuple(read)
    return found
