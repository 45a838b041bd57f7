"""An indicator as data: what it counts, by which rule, and which other figures it must agree with.

The common indicators of the European Regional Development Fund are files beside this one; those of
programmes and projects are written by their users and checked by the same schema.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from enum import StrEnum
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from survey.text import Text

#: Why an item that was looked at is not in the count.
EXCLUSIONS = (
    "duplicate", "out_of_period", "threshold", "no_business_id", "no_size", "not_sme", "no_country",
)  # fmt: skip
#: Sizes of enterprises (Recommendation 2003/361/EC), the smallest first; all but the last are SMEs.
SIZES = ("micro", "small", "medium", "large")
#: Evidence grades, best first: A records with a comparison, B records before and after, C what
#: participants report, D what the project reports, E an aspiration.
GRADES = ("A", "B", "C", "D", "E")
#: What stands before the first release in the chain of releases.
NO_RELEASE = "0" * 64
#: The first word of the units that are people.
_PEOPLE = ("persons", "people", "participants", "users", "residents", "pupils")


class Kind(StrEnum):
    OUTPUT = "output"  # what was done; counted from nothing when it is delivered
    RESULT = "result"  # what it led to; has a baseline with its year
    IMPACT = "impact"


class Counting(StrEnum):
    DISTINCT = "distinct"  # each entity once, however often it comes
    ADDITIVE = "additive"  # every occurrence
    LEVEL = "level"  # what stands at the end of the period (a share, a mean, a capacity)
    WORDS = "words"  # told in words, not counted


class Source(StrEnum):
    """Records from which an indicator can be counted (`data.reporting.sources`)."""

    COMPANIES = "companies"  # companies that took part in an event
    COMPANIES_WITH_RESEARCH = "companies_with_research"  # tied to one from start to end
    RESEARCH_ORGANISATIONS = "research_organisations"  # that took part in an event with others
    PUBLIC_INSTITUTIONS = "public_institutions"
    ORGANISATIONS = "organisations"  # of any kind
    PARTICIPATIONS = "participations"  # an organisation at an event, each time
    NEW_PRODUCT_FIRMS = "new_product_firms"  # companies that told of a new product or service
    NEW_PRODUCT_SMES = "new_product_smes"  # the same, those that are known not to be large
    NEW_MARKET_FIRMS = "new_market_firms"
    TESTED_FIRMS = "tested_firms"
    CROSS_BORDER_PARTNERS = "cross_border_partners"  # partners where two countries are among them
    PEOPLE = "people"  # people known by a key, each once
    ATTENDANCES = "attendances"  # people at events as they were counted there
    EVENTS = "events"
    SOLUTIONS = "solutions"  # ready by the end of the period
    ADOPTED_SOLUTIONS = "adopted_solutions"  # taken into use by some organisation
    ADOPTERS = "adopters"  # organisations that took some solution into use
    PILOTS = "pilots"  # cases developed together whose pilot was finished within the project
    OUTPUTS = "outputs"  # joint outputs, by their amounts


#: The records that are of people, whatever their unit is called.
OF_PEOPLE = (Source.PEOPLE, Source.ATTENDANCES)


def speaks_of_people(unit: str, counted: Source | None) -> bool:
    """Whether a definition that does not say it is of people, by its unit and its records."""
    return counted in OF_PEOPLE or re.split("[_/]", unit)[0] in _PEOPLE


def _unsaid(told: Mapping[str, Any]) -> bool:
    # A flaw in the unit is told by the unit.
    return "unit" in told and speaks_of_people(told["unit"].code, told.get("counted"))


class Unit(BaseModel):
    """What is counted. code: as the regulation or the programme writes it."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    code: str = Field(pattern=r"^[a-z0-9_/]{1,30}$")
    label: Text
    least: float | None = 0.0
    most: float | None = None
    whole: bool = False


class FigureName(BaseModel):
    """A published figure that an indicator reports. Its entity is the target's project."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    metric: str
    instrument: str = ""
    part: str = ""
    wave: str = "all"
    split: str = "total"
    split_value: str = ""


class Indicator(BaseModel):
    """One version of one indicator.

    counted: the records that it can be counted from. figure: the published figure that it can be
    read from. part_of: indicators that may not be smaller than this one (a part of its whole, what
    was adopted of what was developed). when: the rule of what counts and when. interreg_only: may
    be used in Interreg programmes and nowhere else. of_people: its numbers are of people, so they
    are protected where others read them; definitions from before this was said have it from their
    unit and their records.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str = Field(pattern=r"^[A-Z][A-Z0-9.-]{1,39}$")
    version: Annotated[int, Field(ge=1)]
    period: str = Field(pattern=r"^(\d{4}-\d{4}|own)$")
    kind: Kind
    label: Text
    definition: Text
    when: Text
    unit: Unit
    counting: Counting
    better: str = Field(pattern="^(up|down|none)$", default="up")
    interreg_only: bool = False
    counted: Source | None = None
    of_people: bool = Field(default_factory=_unsaid)
    figure: FigureName | None = None
    part_of: tuple[str, ...] = ()
    source: str

    @model_validator(mode="after")
    def _agrees(self) -> Self:
        if self.counted is not None and self.figure is not None:
            raise ValueError(f"{self.code}: counted from records or read from a figure, not both.")
        if self.counting is Counting.WORDS and (self.counted or self.figure or self.part_of):
            raise ValueError(f"{self.code}: what is told in words is not counted or compared.")
        if self.counted in OF_PEOPLE and not self.of_people:
            raise ValueError(f"{self.code}: counted from records of people, so it is of_people.")
        return self

    @property
    def key(self) -> str:
        """Code and version, as it is named in files and addresses."""
        return f"{self.code}@{self.version}"
