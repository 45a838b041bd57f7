"""A mapping profile: what a file of a known kind looks like, and which column is which field.

A profile is a YAML that a user writes once and keeps (docs/importing.md). Everything that it does
not map is dropped, so a profile is also the list of what is allowed in.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

import yaml
from pydantic import Field, ValidationError, model_validator

from data.imports.kinds import KINDS, titles
from data.imports.mapping import (
    Answer,
    AnyAnswer,
    AnyCell,
    AreaEntry,
    Cell,
    DateForm,
    FileShape,
    Plan,
    ProjectDefaults,
    Step,
    Strict,
)
from data.imports.spaces import normal_spaces
from data.schema import EVENT_KINDS, ORGANISATION_KINDS, PROJECT_STATUSES
from survey.instrument import GROUPS, PHASES, UNKNOWN_GROUP, WAVES, WHOLE_PROCESS
from survey.text import LANGUAGES, Text

PROFILES = Path(__file__).with_name("profiles")

#: Fields that a file of each kind may carry; the starred ones must have a column or a constant.
FIELDS = {
    "projects": (
        "code*", "name*", "name_sv", "name_en", "description", "status", "starts_on", "ends_on",
        "programme", "funder", "theme", "area", "area_within", "granted_eur", "used_eur",
    ),
    "answers": (
        "project*", "wave*", "phase", "group", "link_key", "response_id", "language",
        "answered_on", "invited", "started", "ended", "took",
    ),
    "events": (
        "code*", "project*", "kind*", "starts_on*", "ends_on", "phase", "title", "area",
        "area_within", "hours", "cost_eur", "organisation",
    ),
    "proposals": (
        "code*", "title*", "category", "area", "area_within", "project", "theme", "taken_up_by",
    ),
    **{name: kind.named for name, kind in KINDS.items()},
}  # fmt: skip

#: Fields whose values come from a closed list.
CLOSED = {
    "status": PROJECT_STATUSES,
    "wave": WAVES,
    "phase": (*PHASES, WHOLE_PROCESS),
    "group": (*GROUPS, UNKNOWN_GROUP),
    "kind": EVENT_KINDS,
    "language": LANGUAGES,
}
CREATABLE = ("programme", "funder", "theme", "organisation")


def closed_fields(kind: str) -> dict[str, tuple[str, ...]]:
    """The fields of a kind of file whose values come from a closed list, with the lists."""
    if kind in KINDS:
        return {name: field.allowed for name, field in KINDS[kind].fields.items() if field.allowed}
    return CLOSED


class InvalidProfile(Exception):
    """A profile breaks a rule; the message names the file, the place in it and the rule."""


class Profile(Strict):
    """One mapping profile (docs/importing.md says it in plain words)."""

    name: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,59}$")]
    kind: Literal[tuple(FIELDS)]
    title: Text | None = None
    source: str = ""
    file: FileShape = FileShape()
    decimal: Literal[".", ","] = "."
    missing: tuple[str, ...] = ("",)
    normalise_spaces: bool = True
    marked: bool = False  # texts carry the mark of `data.exports.cells`, which is taken off
    dates: tuple[DateForm, ...] = ("%Y-%m-%d",)
    code_prefix: str = Field(default="", max_length=40)
    columns: dict[str, AnyCell] = Field(default_factory=dict)
    constants: dict[str, str] = Field(default_factory=dict)
    create: tuple[Literal[CREATABLE], ...] = ()
    create_projects: bool | ProjectDefaults = False
    areas: tuple[AreaEntry, ...] = ()
    personal: tuple[str, ...] = ()
    # answers
    instrument: str | None = Field(default=None, pattern=r"^[a-z][a-z0-9_]{0,39}@[1-9][0-9]*$")
    instrument_file: str | None = None
    answers: Literal["by_code"] | dict[str, AnyAnswer] = Field(default_factory=dict)
    dont_know: tuple[str, ...] = ()
    not_applicable: tuple[str, ...] = ()
    repeated_keys: Literal["unlink", "reject"] = "unlink"
    #: Which of several forms of one wave gave the response_ids, where each counts its own.
    form: str = Field(default="", max_length=40)
    # events
    participants: dict[str, AnyCell] = Field(default_factory=dict)
    organisation_kind: Literal[ORGANISATION_KINDS] = "other"
    organisation_group: str = UNKNOWN_GROUP
    # proposals
    history: tuple[Step, ...] = ()
    plan: Plan | None = None

    @model_validator(mode="after")
    def _consistent(self):
        self._check_fields()
        self._check_closed()
        self._check_kind()
        if clash := sorted(
            {*self.wanted, *self.optional} & {normal_spaces(p) for p in self.personal}
        ):
            raise ValueError(f"columns {clash} are both mapped and listed as personal")
        return self

    def _check_fields(self) -> None:
        known = {field.rstrip("*") for field in FIELDS[self.kind]}
        if unknown := sorted((set(self.columns) | set(self.constants)) - known):
            raise ValueError(
                f"fields {unknown} do not belong to {self.kind}; it has {sorted(known)}"
            )
        if doubled := sorted(set(self.columns) & set(self.constants)):
            raise ValueError(f"fields {doubled} have both a column and a constant")
        required = {field.rstrip("*") for field in FIELDS[self.kind] if field.endswith("*")}
        if absent := sorted(required - set(self.columns) - set(self.constants)):
            raise ValueError(f"fields {absent} need a column or a constant")

    def _check_closed(self) -> None:
        for field, allowed in closed_fields(self.kind).items():
            said = {self.constants[field]} if field in self.constants else set()
            if field in self.columns:
                said |= {str(v) for v in self.columns[field].values.values()} - {""}
            if unknown := sorted(said - set(allowed)):
                raise ValueError(f"{field}: {unknown} is not one of {list(allowed)}")
        if self.organisation_group not in CLOSED["group"]:
            raise ValueError(f"organisation_group: not one of {list(CLOSED['group'])}")
        if unknown := sorted(set(self.participants) - set(CLOSED["group"])):
            raise ValueError(f"participants: {unknown} is not one of {list(CLOSED['group'])}")

    def _check_kind(self) -> None:
        of_answers = bool(self.instrument or self.instrument_file or self.answers)
        if (self.kind == "answers") != of_answers or (of_answers and not self.answers):
            raise ValueError("a profile of answers, and no other, has an instrument and answers")
        if of_answers and not (self.instrument or self.instrument_file):
            raise ValueError("answers need an instrument, or an instrument_file beside the profile")
        if self.kind != "events" and self.participants:
            raise ValueError("participants belong to events")
        if self.kind != "proposals" and (self.history or self.plan):
            raise ValueError("history and plan belong to proposals")
        if self.kind == "proposals" and not self.history:
            raise ValueError("proposals need a history; 'status: submitted' is the shortest")
        if self.kind == "projects" and self.create_projects:
            raise ValueError("create_projects belongs to answers, events and proposals")

    @property
    def cells(self) -> tuple[Cell | Answer, ...]:
        """Every place that the profile reads, except the steps of a history."""
        found = [*self.columns.values(), *self.participants.values()]
        found += self.answers.values() if isinstance(self.answers, dict) else ()
        if self.plan:
            parts = (self.plan.code, self.plan.selected, self.plan.budget_eur, self.plan.share_eur)
            found += [part for part in parts if part]
        found += [step.on_date for step in self.history if step.on_date]
        return tuple(found)

    def _headers(self, optional: bool) -> tuple[str, ...]:
        found: list[str] = []
        for cell in self.cells:
            if cell.optional == optional:
                found += cell.headers
        for step in self.history:
            if step.optional == optional:
                found += [header for header in (step.column, step.reason) if header]
        return tuple(dict.fromkeys(normal_spaces(header) for header in found))

    @property
    def wanted(self) -> tuple[str, ...]:
        """Headers that the file must have."""
        return self._headers(optional=False)

    @property
    def optional(self) -> tuple[str, ...]:
        """Headers that are read where the file has them."""
        return tuple(header for header in self._headers(optional=True) if header not in self.wanted)

    @property
    def sha256(self) -> str:
        """The hash of how the profile reads; its layout, comments and place do not change it."""
        body = self.model_dump(mode="json", exclude={"title", "source", "personal"})
        if not self.marked:  # profiles were hashed before there was the word
            del body["marked"]
        if self.instrument_file:
            body["instrument_file"] = Path(self.instrument_file).name
        text = json.dumps(body, ensure_ascii=False, sort_keys=True)
        return hashlib.sha256(text.encode()).hexdigest()


def read_profile(path: Path | str) -> Profile:
    """The profile in a YAML file. Raises: InvalidProfile naming file, place and rule."""
    path = Path(path)
    try:
        body = yaml.safe_load(path.read_text(encoding="utf-8"))
        profile = Profile.model_validate(body)
    except ValidationError as error:
        places = "; ".join(
            f"{'.'.join(str(part) for part in e['loc']) or 'profile'}: {e['msg']}"
            for e in error.errors()
        )
        raise InvalidProfile(f"{path.name}: {places}") from error
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise InvalidProfile(f"{path.name}: {error}") from error
    if profile.instrument_file:
        beside = (path.parent / profile.instrument_file).resolve()
        if beside.parent != path.parent.resolve():
            raise InvalidProfile(f"{path.name}: instrument_file must stand beside the profile")
        profile = profile.model_copy(update={"instrument_file": str(beside)})
    return profile


@cache
def profiles() -> dict[str, Profile]:
    """Every shipped profile by its name, and the own form of every kind of records."""
    found = (read_profile(path) for path in sorted(PROFILES.glob("*.yaml")))
    return {profile.name: profile for profile in (*found, *map(own_form, KINDS))}


def own_form(kind: str) -> Profile:
    """The profile of record files in Arviomo's own form: every column is headed by its field."""
    fields = KINDS[kind].fields
    columns = {
        name: {"column": name, "optional": not field.required} for name, field in fields.items()
    }
    create = ["organisation"] if any(f.table == "organisation" for f in fields.values()) else []
    body = {"name": kind, "kind": kind, "title": titles()[kind], "columns": columns}
    return Profile.model_validate(body | {"create": create})
