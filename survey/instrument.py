"""What a questionnaire version is: items, answer sets, scales, and every check on them.

One YAML file in ``survey/instruments/`` is one version of one instrument. The same file feeds
scoring, import, the sample portfolio, the methods page and, later, the answering form.
"""

from __future__ import annotations

import hashlib
import json
import math
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from survey.text import Text

INSTRUMENTS = Path(__file__).with_name("instruments")

#: Answers that are not on the scale. They are stored, counted and reported, never averaged.
DONT_KNOW = -1
NOT_APPLICABLE = -2
#: Not stored: the code under which a question without an answer is counted.
MISSING = -3

GROUPS = ("RES", "CUS", "STAFF", "COM", "NGO", "RDI", "PUB")
#: A respondent or participant whose group is not known.
UNKNOWN_GROUP = "UNK"
WAVES = ("baseline", "during", "end", "follow_up")
PHASES = ("P1", "P2", "P3", "P4", "P5", "P6", "P7", "P8")
#: A collection that concerns the project as a whole, not one phase.
WHOLE_PROCESS = "P0"

#: Scores are whole numbers on a 0-100 range cut into at least this many units.
SCORE_RESOLUTION = 100_000

Code = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,29}$")]


class InvalidInstrument(Exception):
    """An instrument file breaks a rule; the message names the file and the rule."""


class AnswerKind(StrEnum):
    ORDINAL = "ordinal"
    BIPOLAR = "bipolar"
    RECOMMENDATION = "recommendation"
    CHOICE = "choice"
    OPEN = "open"


class Role(StrEnum):
    """What an item measures when a metric asks for it by meaning rather than by code."""

    BENEFIT = "benefit"
    DRAWBACK = "drawback"
    PRACTICE = "practice"
    SAVING = "saving"


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Choice(Strict):
    code: int = Field(ge=0, le=99)
    text: Text


class AnswerSet(Strict):
    """The answers that an item offers.

    ``best`` is the code that is best on a bipolar set (the middle one, not an end).
    ``threshold`` is the lowest code that counts as "yes" for an item with a role.
    """

    kind: AnswerKind
    choices: tuple[Choice, ...] = ()
    best: int | None = None
    threshold: int | None = None
    dont_know: Text | None = None
    not_applicable: Text | None = None

    @model_validator(mode="after")
    def _consistent(self):
        codes = [choice.code for choice in self.choices]
        if self.kind is AnswerKind.OPEN:
            if codes:
                raise ValueError("an open answer set has no choices")
            return self
        if self.kind is AnswerKind.RECOMMENDATION:
            if codes and codes != list(range(11)):
                raise ValueError("a recommendation set has the codes 0-10")
            return self
        if len(codes) < 2 or codes != sorted(set(codes)):
            raise ValueError("choices need at least two codes, each once, in rising order")
        if self.kind is AnswerKind.BIPOLAR:
            if self.best is None or self.best not in codes[1:-1]:
                raise ValueError("a bipolar set names its best code, which is not at an end")
        elif self.best is not None:
            raise ValueError("only a bipolar set names a best code")
        if self.threshold is not None and self.threshold not in codes:
            raise ValueError("threshold must be one of the codes")
        return self

    @property
    def codes(self) -> tuple[int, ...]:
        """Valid codes in rising order; empty for open answers."""
        if self.kind is AnswerKind.RECOMMENDATION:
            return tuple(range(11))
        return tuple(choice.code for choice in self.choices)

    @property
    def low(self) -> int:
        return self.codes[0]

    @property
    def high(self) -> int:
        return self.codes[-1]

    @property
    def accepted(self) -> frozenset[int]:
        """Every code that may be stored: choices, and don't-know / not-applicable if offered."""
        extra = {DONT_KNOW} if self.dont_know else set()
        extra |= {NOT_APPLICABLE} if self.not_applicable else set()
        return frozenset(self.codes) | extra


class Item(Strict):
    """One question. ``groups`` restricts it to some stakeholder groups, ``waves`` to some waves;
    empty means every one."""

    code: Code
    answers: str
    text: Text
    reversed: bool = False
    role: Role | None = None
    groups: tuple[str, ...] = ()
    # Left out of the canonical form where it is not given, so that it changes no other item.
    waves: tuple[str, ...] = Field(default=(), exclude_if=lambda given: not given)

    @model_validator(mode="after")
    def _known_places(self):
        unknown = (set(self.groups) - set(GROUPS)) | (set(self.waves) - set(WAVES))
        if unknown:
            raise ValueError(f"{self.code}: unknown groups or waves {sorted(unknown)}")
        return self


class Scale(Strict):
    """A score on 0-100, from items (their mean) or from other scales (``combine``).

    ``minimum`` is how many members must be scored; the default is two thirds, rounded up.
    ``threshold`` (``combine: both`` only): the points from which each of two scales is enough; the
    score is then all or nothing, 100 for a person with both and 0 otherwise.
    ``is_construct`` marks the scales that stand for a construct of the measurement model.
    """

    code: Code
    title: Text
    meaning: Text
    items: tuple[str, ...] = ()
    scales: tuple[str, ...] = ()
    combine: Literal["mean", "geometric", "both"] = "mean"
    minimum: int | None = Field(default=None, ge=1)
    # Left out of the canonical form where it is not given, so that it changes no other scale.
    threshold: int | None = Field(default=None, gt=0, le=100, exclude_if=lambda given: not given)
    is_construct: bool = True

    @model_validator(mode="after")
    def _members(self):
        if bool(self.items) == bool(self.scales):
            raise ValueError(f"{self.code}: a scale has either items or scales")
        if self.combine != "mean" and (self.items or len(self.scales) != 2):
            raise ValueError(f"{self.code}: {self.combine} combines two scales")
        if (self.combine == "both") != (self.threshold is not None):
            raise ValueError(f"{self.code}: both of two scales needs a threshold, others have none")
        if self.minimum is not None and self.minimum > len(self.members):
            raise ValueError(f"{self.code}: minimum is larger than the number of members")
        return self

    @property
    def members(self) -> tuple[str, ...]:
        return self.items or self.scales

    @property
    def required(self) -> int:
        """How many members must be scored for this scale to be scored."""
        if self.combine != "mean":
            return 2
        return self.minimum or math.ceil(2 * len(self.members) / 3)


class Instrument(Strict):
    """One version of a questionnaire."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    version: int = Field(ge=1)
    kind: Literal["process", "outcome"]
    title: Text
    purpose: Text
    source: str
    answer_sets: dict[str, AnswerSet]
    items: tuple[Item, ...]
    scales: tuple[Scale, ...] = ()

    @model_validator(mode="after")
    def _consistent(self):
        codes = [item.code for item in self.items] + [scale.code for scale in self.scales]
        doubled = sorted({code for code in codes if codes.count(code) > 1})
        if doubled:
            raise ValueError(f"codes used twice: {doubled}")
        for item in self.items:
            if item.answers not in self.answer_sets:
                raise ValueError(f"{item.code}: no answer set called {item.answers}")
            answers = self.answer_sets[item.answers]
            if item.role and answers.threshold is None:
                raise ValueError(f"{item.code}: an item with a role needs a threshold")
        seen: set[str] = set()
        for scale in self.scales:
            self._check_scale(scale, seen)
            seen.add(scale.code)
        return self

    def _check_scale(self, scale: Scale, seen: set[str]) -> None:
        if missing := [code for code in scale.scales if code not in seen]:
            raise ValueError(f"{scale.code}: scales {missing} must be defined before it")
        known = {item.code for item in self.items}
        if missing := [code for code in scale.items if code not in known]:
            raise ValueError(f"{scale.code}: no items {missing}")
        ranges = set()
        for code in scale.items:
            answers = self.answers_of(code)
            if answers.kind not in (AnswerKind.ORDINAL, AnswerKind.RECOMMENDATION):
                raise ValueError(f"{scale.code}: {code} cannot be averaged ({answers.kind})")
            ranges.add((answers.low, answers.high))
        if len(ranges) > 1:
            raise ValueError(f"{scale.code}: items have different ranges {sorted(ranges)}")

    @property
    def key(self) -> str:
        """Code and version, as figures name it: ``process_quality@1``."""
        return f"{self.code}@{self.version}"

    @property
    def closed_items(self) -> tuple[Item, ...]:
        """Items whose answers are codes (everything but open text)."""
        return tuple(
            i for i in self.items if self.answer_sets[i.answers].kind is not AnswerKind.OPEN
        )

    @property
    def open_items(self) -> tuple[Item, ...]:
        return tuple(i for i in self.items if self.answer_sets[i.answers].kind is AnswerKind.OPEN)

    def item(self, code: str) -> Item:
        """The item with a code. Raises: KeyError."""
        for item in self.items:
            if item.code == code:
                return item
        raise KeyError(code)

    def scale(self, code: str) -> Scale:
        """The scale with a code. Raises: KeyError."""
        for scale in self.scales:
            if scale.code == code:
                return scale
        raise KeyError(code)

    def answers_of(self, item_code: str) -> AnswerSet:
        """The answer set of an item. Raises: KeyError."""
        return self.answer_sets[self.item(item_code).answers]

    def items_of(self, scale_code: str) -> tuple[str, ...]:
        """The items that a scale is made of, those of its scales among them. Raises: KeyError."""
        scale = self.scale(scale_code)
        inner = (item for code in scale.scales for item in self.items_of(code))
        return tuple(dict.fromkeys([*scale.items, *inner]))

    def is_asked(self, item_code: str, wave: str) -> bool:
        """Whether an item is asked in a wave. Raises: KeyError."""
        waves = self.item(item_code).waves
        return not waves or wave in waves

    @property
    def score_unit(self) -> int:
        """Number of whole units on the 0-100 range of this instrument's scores.

        A multiple of every denominator that a mean of items can have, so item scales are exact
        whole numbers, and at least SCORE_RESOLUTION, so a composite is rounded by at most 0.0005
        points. Whole numbers make sums of halves equal the sum of the whole, to the last digit.
        """
        denominators = [
            (self.answers_of(scale.items[0]).high - self.answers_of(scale.items[0]).low) * answered
            for scale in self.scales
            if scale.items
            for answered in range(scale.required, len(scale.items) + 1)
        ]
        base = math.lcm(*denominators) if denominators else 1
        return base * math.ceil(SCORE_RESOLUTION / base)

    @property
    def canonical(self) -> str:
        """The instrument as one line of JSON with sorted keys: what is hashed and stored."""
        body = self.model_dump(mode="json")
        return json.dumps(body, ensure_ascii=False, sort_keys=True, separators=(",", ":"))

    @property
    def sha256(self) -> str:
        return hashlib.sha256(self.canonical.encode()).hexdigest()


def read_instrument(path: Path) -> Instrument:
    """The instrument in a YAML file. Raises: InvalidInstrument naming file and rule."""
    try:
        return Instrument.model_validate(
            yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
        )
    except (ValidationError, yaml.YAMLError, UnicodeDecodeError) as error:
        raise InvalidInstrument(f"{path.name}: {error}") from error


@cache
def instruments() -> dict[str, Instrument]:
    """Every shipped instrument by its key (``code@version``)."""
    found = (read_instrument(path) for path in sorted(INSTRUMENTS.glob("*.yaml")))
    return {instrument.key: instrument for instrument in found}
