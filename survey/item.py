"""What can be asked: the answers that an item offers, the item, and when it is asked."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, model_validator

from survey.text import Text

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

#: How long a chain of items may be in which each is asked because of the one before.
LONGEST_CHAIN = 20

Code = Annotated[str, Field(pattern=r"^[A-Z][A-Z0-9_]{0,29}$")]


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


class SpecialCategory(StrEnum):
    """A kind of personal data that may be asked about only with an explicit agreement (GDPR 9)."""

    HEALTH = "health"
    ETHNIC_ORIGIN = "ethnic_origin"
    POLITICS = "politics"
    BELIEF = "belief"
    UNION = "union"
    GENETIC = "genetic"
    BIOMETRIC = "biometric"
    SEX_LIFE = "sex_life"


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _left_out(given: object) -> bool:
    """What is not given stays out of the canonical form, so that a newer schema changes no hash."""
    return not given


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


class ShownIf(Strict):
    """An item is asked only where an earlier closed item was answered with one of the codes."""

    item: Code
    codes: tuple[int, ...] = Field(min_length=1)


class Section(Strict):
    """Items that stand on one page of the form, under a title."""

    title: Text
    items: tuple[str, ...] = Field(min_length=1)


class Item(Strict):
    """One question. ``groups`` restricts it to some stakeholder groups, ``waves`` to some waves;
    empty means every one. ``hint`` is a help text under the question. ``special`` names the
    special category of personal data that it asks for: it is asked of those only who agreed."""

    code: Code
    answers: str
    text: Text
    reversed: bool = False
    role: Role | None = None
    groups: tuple[str, ...] = ()
    waves: tuple[str, ...] = Field(default=(), exclude_if=_left_out)
    hint: Text | None = Field(default=None, exclude_if=_left_out)
    shown_if: ShownIf | None = Field(default=None, exclude_if=_left_out)
    special: SpecialCategory | None = Field(default=None, exclude_if=_left_out)

    @model_validator(mode="after")
    def _known_places(self):
        unknown = (set(self.groups) - set(GROUPS)) | (set(self.waves) - set(WAVES))
        if unknown:
            raise ValueError(f"{self.code}: unknown groups or waves {sorted(unknown)}")
        return self

    def concerns(self, group: str, wave: str) -> bool:
        """Whether the item is for a stakeholder group and a wave, skip logic aside."""
        for_group = not self.groups or group in self.groups
        return for_group and (not self.waves or wave in self.waves)
