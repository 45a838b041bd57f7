"""What a self-assessment is held against: four described levels for each construct of each phase.

One YAML file in ``survey/rubrics/`` is one version of the rubric. The constructs of a phase are the
core ones of the measurement model, the records those that the phase leaves behind.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Annotated

import yaml
from pydantic import Field, ValidationError, model_validator

from survey.item import PHASES, Code, Strict
from survey.text import LANGUAGES, Text

RUBRICS = Path(__file__).with_name("rubrics")
#: The levels of every criterion, the lowest first.
LEVELS = (1, 2, 3, 4)

Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]


class InvalidRubric(Exception):
    """A rubric file breaks a rule; the message names the file and the rule."""


class UnknownLevel(ValueError):
    """A level that the rubric does not have."""

    def __init__(self, level: object):
        super().__init__(f"{level!r} is no level of the rubric; levels are 1, 2, 3 and 4")


class Level(Strict):
    """What is seen at one level; ``meaning`` is concrete enough to be the next thing to do."""

    title: Text
    meaning: Text


class Criterion(Strict):
    """What is asked about one construct in one phase, and its levels, the lowest first."""

    question: Text
    levels: tuple[Level, ...] = Field(min_length=len(LEVELS), max_length=len(LEVELS))

    @model_validator(mode="after")
    def _levels_differ(self):
        for language in LANGUAGES:
            for field in ("title", "meaning"):
                said = [getattr(level, field).in_language(language) for level in self.levels]
                if len(set(said)) < len(said):
                    raise ValueError(f"two levels have the same {field} in {language}: {said}")
        return self

    def level(self, number: int) -> Level:
        """The level of a number. Raises: UnknownLevel."""
        _check(number)
        return self.levels[number - 1]


class Record(Strict):
    """A record that a phase leaves behind; ``key`` is the metric that it leads to."""

    key: Name
    title: Text


class Rubric(Strict):
    """One version of the described levels."""

    code: Name
    version: int = Field(ge=1)
    title: Text
    source: str
    phases: dict[str, dict[Code, Criterion]]
    records: dict[str, tuple[Record, ...]]

    @model_validator(mode="after")
    def _every_phase(self):
        for name, given in (("phases", self.phases), ("records", self.records)):
            if tuple(given) != PHASES:
                raise ValueError(f"{name}: {list(PHASES)} each once and in order")
            if empty := [phase for phase, inside in given.items() if not inside]:
                raise ValueError(f"{name}: nothing in {empty}")
        return self

    def of(self, phase: str) -> dict[str, Criterion]:
        """The criteria of a phase by construct, in the order of the form. Raises: KeyError."""
        return self.phases[phase]

    def next_level(self, phase: str, construct: str, level: int) -> Level | None:
        """The level above one, which says what to do next; none above the highest.

        Raises: KeyError (phase or construct), UnknownLevel.
        """
        _check(level)
        above = self.of(phase)[construct].levels[level:]
        return above[0] if above else None

    @property
    def key(self) -> str:
        """Code and version: ``phases@1``."""
        return f"{self.code}@{self.version}"

    @property
    def sha256(self) -> str:
        """The hash of the rubric as one line of JSON with sorted keys."""
        body = json.dumps(
            self.model_dump(mode="json"),
            ensure_ascii=False,
            sort_keys=True,
            separators=(",", ":"),
        )
        return hashlib.sha256(body.encode()).hexdigest()


def read_rubric(path: Path) -> Rubric:
    """The rubric in a YAML file. Raises: InvalidRubric naming file and rule."""
    try:
        return Rubric.model_validate(
            yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        )
    except (ValidationError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidRubric(f"{path.name}: {error}") from error


@cache
def rubrics() -> dict[int, Rubric]:
    """Every version of the rubric, the oldest first."""
    found = [read_rubric(path) for path in RUBRICS.glob("phases.v*.yaml")]
    return {one.version: one for one in sorted(found, key=lambda one: one.version)}


def rubric(version: int | None = None) -> Rubric:
    """The rubric of a version, or the newest; an assessment keeps the version it was made with.

    Raises: KeyError.
    """
    known = rubrics()
    return known[max(known) if version is None else version]


def score(level: int) -> float:
    """The points of a level, comparable with participants' scores.

    Unit: points from 0 to 100, (level - 1) / 3 * 100: 0, 33.3, 66.7, 100.
    Raises: UnknownLevel.
    """
    _check(level)
    return (level - 1) / (len(LEVELS) - 1) * 100


def records_required(phase: str) -> tuple[str, ...]:
    """The metrics that the required records of a phase lead to, newest rubric. Raises: KeyError."""
    return tuple(record.key for record in rubric().records[phase])


def next_level(phase: str, construct: str, level: int) -> Level | None:
    """The level above one in the newest rubric; see `Rubric.next_level`."""
    return rubric().next_level(phase, construct, level)


def _check(level: int) -> None:
    if level not in LEVELS:
        raise UnknownLevel(level)
