"""What a questionnaire version is: items, answer sets, scales, and every check on them.

One YAML file in ``survey/instruments/`` is one version of one instrument. The same file feeds
scoring, import, the sample portfolio, the methods page, the XLSForm and the answering form.
"""

from __future__ import annotations

import hashlib
import json
import math
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from survey.item import (
    DONT_KNOW,
    GROUPS,
    LONGEST_CHAIN,
    MISSING,
    NOT_APPLICABLE,
    PHASES,
    UNKNOWN_GROUP,
    WAVES,
    WHOLE_PROCESS,
    AnswerKind,
    AnswerSet,
    Choice,
    Code,
    Item,
    Role,
    Section,
    ShownIf,
    SpecialCategory,
    Strict,
)
from survey.text import Text

#: The words of a questionnaire are imported from here, wherever they are defined.
__all__ = [
    "DONT_KNOW", "GROUPS", "INSTRUMENTS", "MISSING", "NOT_APPLICABLE", "PHASES",
    "SCORE_RESOLUTION", "UNKNOWN_GROUP", "WAVES", "WHOLE_PROCESS", "AnswerKind", "AnswerSet",
    "Choice", "Code", "Instrument", "InvalidInstrument", "Item", "Role", "Scale", "Section",
    "ShownIf", "SpecialCategory", "instruments", "read_instrument",
]  # fmt: skip

INSTRUMENTS = Path(__file__).with_name("instruments")

#: Scores are whole numbers on a 0-100 range cut into at least this many units.
SCORE_RESOLUTION = 100_000


class InvalidInstrument(Exception):
    """An instrument file breaks a rule; the message names the file and the rule."""


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
    """One version of a questionnaire.

    ``sections`` are the pages of its form; where none are given a page holds a few items.
    ``audience``: whom the wording is for. ``variant_of`` is the key of the instrument that this one
    words more plainly; the two are never pooled, being instruments of their own.
    """

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,39}$")]
    version: int = Field(ge=1)
    kind: Literal["process", "outcome", "place"]
    title: Text
    purpose: Text
    source: str
    answer_sets: dict[str, AnswerSet]
    items: tuple[Item, ...]
    scales: tuple[Scale, ...] = ()
    # Left out of the canonical form where they are not given, so that they change no other hash.
    sections: tuple[Section, ...] = Field(default=(), exclude_if=lambda given: not given)
    audience: Literal["everybody", "plain", "pupil"] = Field(
        default="everybody", exclude_if=lambda given: given == "everybody"
    )
    variant_of: str | None = Field(
        default=None,
        pattern=r"^[a-z][a-z0-9_]{0,39}@[1-9][0-9]*$",
        exclude_if=lambda given: given is None,
    )

    @model_validator(mode="after")
    def _consistent(self):
        codes = [item.code for item in self.items] + [scale.code for scale in self.scales]
        doubled = sorted({code for code in codes if codes.count(code) > 1})
        if doubled:
            raise ValueError(f"codes used twice: {doubled}")
        if spaced := [name for name in self.answer_sets if len(name.split()) != 1]:
            raise ValueError(f"the names of answer sets are single words, not {spaced}")
        for item in self.items:
            if item.answers not in self.answer_sets:
                raise ValueError(f"{item.code}: no answer set called {item.answers}")
            answers = self.answer_sets[item.answers]
            if item.role and answers.threshold is None:
                raise ValueError(f"{item.code}: an item with a role needs a threshold")
        self._check_form()
        seen: set[str] = set()
        for scale in self.scales:
            self._check_scale(scale, seen)
            seen.add(scale.code)
        return self

    def _check_form(self) -> None:
        """Checks skip logic, pages and whom the wording is for."""
        depths: dict[str, int] = {}
        for item in self.items:
            depths[item.code] = self._depth(item, depths)
        listed = [code for section in self.sections for code in section.items]
        if listed and listed != [item.code for item in self.items]:
            raise ValueError("sections name every item once, in the order of the items")
        if self.variant_of and self.audience == "everybody":
            raise ValueError("a variant of another instrument says whom it is for: plain or pupil")
        if self.variant_of == self.key:
            raise ValueError("an instrument is not a variant of itself")

    def _depth(self, item: Item, depths: dict[str, int]) -> int:
        """How many earlier items decide, one after the other, whether an item is asked."""
        if item.shown_if is None:
            return 0
        asked = item.shown_if.item
        if asked not in depths:
            raise ValueError(f"{item.code}: shown_if names {asked}, which is not an earlier item")
        answers = self.answers_of(asked)
        if answers.kind is AnswerKind.OPEN:
            raise ValueError(f"{item.code}: shown_if names {asked}, which is an open item")
        if unknown := sorted(set(item.shown_if.codes) - answers.accepted):
            raise ValueError(f"{item.code}: shown_if waits for {unknown}, no answers of {asked}")
        if self.item(asked).special and not item.special:
            raise ValueError(f"{item.code}: waits for {asked}, so it tells of a special category")
        if depths[asked] == LONGEST_CHAIN:
            raise ValueError(f"{item.code}: more than {LONGEST_CHAIN} items wait for each other")
        return depths[asked] + 1

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

    def special_of(self, group: str, wave: str) -> tuple[SpecialCategory, ...]:
        """The special categories of personal data that a group is asked about in a wave."""
        asked = {item.special for item in self.items if item.concerns(group, wave)}
        return tuple(category for category in SpecialCategory if category in asked)

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

    def has_questions_for(self, group: str) -> bool:
        """Whether a group is asked anything in some wave, skip logic aside."""
        return any(item.concerns(group, wave) for item in self.items for wave in WAVES)

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
