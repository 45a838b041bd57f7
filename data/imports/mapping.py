"""The parts of a mapping profile: columns with their values, steps, plans, places, file shapes."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    model_validator,
)

from data.schema import AREA_KINDS, PROJECT_STATUSES
from survey.text import Text


def _text_key(key: object) -> object:
    if isinstance(key, bool):
        raise ValueError("put quotes around yes, no, true and false, or YAML changes them")
    return str(key) if isinstance(key, int | float) else key


def _text_keys(value: object) -> object:
    return {_text_key(k): v for k, v in value.items()} if isinstance(value, dict) else value


def date_form(said: str) -> str:
    """A form of dates in %-signs, from ``D.M.YYYY`` or from %-signs themselves.

    Raises: ValueError when it lacks a day, a month or a year.
    """
    form = said
    if "%" not in said:
        day, _, clock = said.partition(" ")
        for letters, sign in (("YYYY", "%Y"), ("YY", "%y"), ("DD?", "%d"), ("MM?", "%m")):
            day = re.sub(rf"(?<!%){letters}", sign, day)
        for letters, sign in (("HH?", "%H"), ("MM", "%M"), ("SS", "%S")):
            clock = re.sub(letters, sign, clock)
        form = f"{day} {clock}".strip()
    if not all(mark in form for mark in ("%d", "%m")) or not re.search("%[yY]", form):
        raise ValueError(f"'{said}' needs a day, a month and a year, as in D.M.YYYY or %d.%m.%Y")
    return form


DateForm = Annotated[str, AfterValidator(date_form)]
Values = Annotated[dict[str, str | int | bool], BeforeValidator(_text_keys)]
Names = Annotated[tuple[str, ...], Field(min_length=1)]


class Strict(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def _usual(value: object) -> bool:
    """What a profile that does not say it means; it stays out of the hash of profiles."""
    return not value or value == 1


class FileShape(Strict):
    """How the file is written. What is left out is detected, or asked for where it cannot be.

    header_rows: how many rows hold headers, joined as ``above [below]``. skip_rows: how many rows
    between them and the answers are neither. member: the file inside a zip, or the table of an XML
    file (`data.imports.xml_tables`).
    """

    format: Literal["csv", "xlsx", "zip", "xml"] | None = None
    encoding: str | None = None
    separator: Literal[",", ";", "\t", "|"] | None = None
    header_row: int = Field(default=1, ge=1, le=50)
    header_rows: int = Field(default=1, ge=1, le=3, exclude_if=_usual)
    skip_rows: int = Field(default=0, ge=0, le=5, exclude_if=lambda said: not said)
    sheet: str | None = None
    member: str | None = Field(default=None, exclude_if=_usual)

    @model_validator(mode="after")
    def _whole(self):
        if (self.format in ("zip", "xml")) != bool(self.member):
            raise ValueError("a zip or XML, and nothing else, has a member: the table inside it")
        return self


class Cell(Strict):
    """Where a field's value stands, and how it is read.

    column: one header, or several whose values are joined with ``-``; with ``first`` the first of
    them that is filled. values: what a cell says to what is meant; ``otherwise`` is what happens to
    other cells. split: the sign between several values in one cell. whole: 786.0 means 786.
    optional: the column may be absent.
    """

    column: str | Names
    values: Values = {}
    otherwise: Literal["reject", "keep", "blank"] = "reject"
    dates: tuple[DateForm, ...] = ()
    split: str | None = Field(default=None, min_length=1, max_length=3)
    whole: bool = False
    prefix: str = ""
    first: bool = Field(default=False, exclude_if=lambda said: not said)
    optional: bool = False

    @property
    def headers(self) -> tuple[str, ...]:
        return _listed(self.column)

    @property
    def label(self) -> str:
        """The column as messages name it."""
        return " + ".join(self.headers)


def _listed(column: str | tuple[str, ...]) -> tuple[str, ...]:
    return (column,) if isinstance(column, str) else column


def _cell(value: object) -> object:
    return {"column": value} if isinstance(value, str | list | tuple) else value


AnyCell = Annotated[Cell, BeforeValidator(_cell)]


class Answer(Strict):
    """The column of an item. values: a map to codes, or that cells hold codes or choice texts.

    column: several are forms of one question, of which a person fills one. option: the item is one
    choice of a list in a cell, cut at ``split``: 1 where it is there, 0 where others are.
    among: columns of one question; where any of them is filled, a blank here is a 0.
    unless_blank: a column without which the cell says nothing, as when a tool writes zeros for a
    question that nobody answered.
    """

    column: str | Names
    values: Literal["codes", "texts", "codes_or_texts"] | Values = "codes_or_texts"
    option: str = Field(default="", exclude_if=_usual)
    split: str = Field(default="", max_length=3, exclude_if=_usual)
    among: tuple[str, ...] = Field(default=(), exclude_if=_usual)
    unless_blank: str = Field(default="", exclude_if=_usual)
    optional: bool = False

    @property
    def headers(self) -> tuple[str, ...]:
        beside = (self.unless_blank,) if self.unless_blank else ()
        return tuple(dict.fromkeys((*_listed(self.column), *self.among, *beside)))

    @property
    def label(self) -> str:
        """The column as messages name it."""
        return " / ".join(_listed(self.column))


AnyAnswer = Annotated[Answer, BeforeValidator(_cell)]


class Step(Strict):
    """One step of a proposal's history: always, where a column has a value, or what it says."""

    status: str | None = None
    column: str | None = None
    values: Values = {}
    on_date: AnyCell | None = None
    reason: str | None = None
    optional: bool = False

    @model_validator(mode="after")
    def _says_something(self):
        if not self.status and not self.column:
            raise ValueError("a step has a status, a column, or both")
        if self.status and self.values:
            raise ValueError("a step has either one status or values from a column")
        return self


class Plan(Strict):
    """The plan that a proposal was merged into."""

    code: AnyCell
    selected: AnyCell
    budget_eur: AnyCell | None = None
    share_eur: AnyCell | None = None


class AreaEntry(Strict):
    """A place of the tree that the file's areas belong to; parents stand before their children."""

    code: str = Field(min_length=1, max_length=120)
    name: Text
    kind: Literal[AREA_KINDS]
    parent: str | None = None


class ProjectDefaults(Strict):
    """What is said of projects that are created because answers, events or proposals name them."""

    status: Literal[PROJECT_STATUSES] = "running"
    programme: str | None = None
    funder: str | None = None
    theme: str | None = None
    area: str | None = None
