"""What each kind of record file is: its fields, what they mean, and which of them tell rows apart.

One description drives the profile, the reading, the storing and the taking back of a kind. Its
name in words stands in `kinds.yaml`.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from data import schema
from data.schema import STAGE_DATES
from data.schema.event_logs import LONGEST_WORD
from metrics.indicators.indicator import SIZES
from metrics.stages import CASE_ENDS, OUTPUT_KINDS, STEPS
from survey.instrument import GROUPS, PHASES, UNKNOWN_GROUP, WAVES, WHOLE_PROCESS
from survey.text import Text, read_texts

TITLES = Path(__file__).with_name("kinds.yaml")
ANY_GROUP = (*GROUPS, UNKNOWN_GROUP)


@dataclass(frozen=True, slots=True)
class Field:
    """A field of a file, and the column of the table that it becomes.

    reads: text, day, moment, count, number, flag, closed (one of ``allowed``), person or case
    (hashed), register
    (an entry of the register's ``table``), record (a row of ``model``, by its code), instrument,
    or indicator.
    default: what a blank means where the row is new.
    """

    column: str
    reads: str
    required: bool = False
    limit: int = 300
    default: object = None
    allowed: tuple[str, ...] = ()
    table: str = ""
    model: type | None = None


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of record file.

    key: the fields that tell its rows apart; a later file changes the row that it names again.
    ordered: days that follow each other. told_with: a field that is said only with another, and
    what that other must then be ("": anything). apart: two fields that may not say the same.
    """

    model: type
    fields: dict[str, Field]
    key: tuple[str, ...]
    ordered: tuple[tuple[str, ...], ...] = ()
    told_with: tuple[tuple[str, str, str], ...] = ()
    apart: tuple[str, str] | None = None

    @property
    def named(self) -> tuple[str, ...]:
        """The fields as a profile knows them, the required ones starred."""
        return tuple(name + "*" * field.required for name, field in self.fields.items())


def _project(required: bool = True) -> Field:
    return Field("project_id", "register", required=required, table="project")


def _organisation(column: str = "organisation_id") -> Field:
    return Field(column, "register", required=True, table="organisation")


def _code() -> Field:
    return Field("code", "text", required=True, limit=120)


def _text(column: str, limit: int = 300, required: bool = False) -> Field:
    return Field(column, "text", required=required, limit=limit)


def _day(column: str, required: bool = False) -> Field:
    return Field(column, "day", required=required)


def _count(column: str, required: bool = True, default: object = None) -> Field:
    return Field(column, "count", required=required, default=default)


def _flag(column: str, required: bool = True) -> Field:
    return Field(column, "flag", required=required, default=None if required else False)


def _closed(column: str, allowed: tuple[str, ...], required: bool = True, default=None) -> Field:
    return Field(column, "closed", required=required, allowed=allowed, default=default)


def _group(required: bool = True) -> Field:
    default = None if required else UNKNOWN_GROUP
    return _closed("group_code", ANY_GROUP, required, default)


def _record(column: str, model: type, required: bool = True) -> Field:
    return Field(column, "record", required=required, model=model)


def _number(column: str) -> Field:
    return Field(column, "number")


def _promised() -> dict[str, Field]:
    """Whose money a row speaks of, and which indicator."""
    funder = Field("funder_id", "register", required=True, table="funder")
    return {
        "project": _project(),
        "funder": funder,
        "indicator": Field("indicator_id", "indicator", required=True),
    }


def _person() -> Field:
    return Field("person_key", "person", required=True, limit=500)


#: Dates of a project's phases: what was planned and what came.
_PHASE_DAYS = ("planned_start_on", "planned_end_on", "actual_start_on", "actual_end_on")

KINDS: dict[str, Kind] = {
    "phases": Kind(
        schema.ProjectPhase,
        {"project": _project(), "phase": _closed("template_phase_id", PHASES)}
        | {day: _day(day) for day in _PHASE_DAYS},
        key=("project", "phase"),
        ordered=(_PHASE_DAYS[:2], _PHASE_DAYS[2:]),
    ),
    "populations": Kind(
        schema.AffectedPopulation,
        {"project": _project(), "group": _group(), "people": _count("people"),
         "source": _text("source", 200, required=True)},
        key=("project", "group"),
    ),
    "area_populations": Kind(
        schema.AreaPopulation,
        {"area": Field("area_id", "register", required=True, table="area"), "group": _group(),
         "year": _count("year"), "people": _count("people"),
         "source": _text("source", 200, required=True)},
        key=("area", "group", "year"),
    ),
    "collections": Kind(
        schema.CollectionGroup,
        {"project": _project(), "instrument": Field("instrument", "instrument", required=True),
         "wave": _closed("wave", WAVES),
         "phase": _closed("phase", (*PHASES, WHOLE_PROCESS), False, WHOLE_PROCESS),
         "group": _group(required=False), "invited": _count("invited"),
         "opens_on": _day("opens_on"), "closes_on": _day("closes_on")},
        key=("project", "instrument", "wave", "phase", "group"),
        ordered=(("opens_on", "closes_on"),),
    ),
    "roles": Kind(
        schema.ProjectRole,
        {"project": _project(), "title": _text("title", 200, required=True),
         "filled": _flag("filled")},
        key=("project", "title"),
    ),
    "rules": Kind(
        schema.GroundRules,
        {"project": _project(), "signed_on": _day("signed_on")},
        key=("project",),
    ),
    "decisions": Kind(
        schema.Decision,
        {"code": _code(), "project": _project(), "title": _text("title"),
         "due_on": _day("due_on", required=True), "made_on": _day("made_on")},
        key=("code",),
    ),
    "plan_changes": Kind(
        schema.PlanChange,
        {"code": _code(), "project": _project(), "title": _text("title"),
         "changed_on": _day("changed_on"), "reason": _text("reason", 10_000)},
        key=("code",),
    ),
    "places": Kind(
        schema.Place,
        {"code": _code(), "name": _text("name", required=True),
         "area": Field("area_id", "register", table="area"), "described": _flag("described")},
        key=("code",),
    ),
    "place_uses": Kind(
        schema.PlaceUse,
        {"place": _record("place_id", schema.Place), "project": _project(),
         "event": _record("event_id", schema.ActivityEvent, required=False)},
        key=("place", "project", "event"),
    ),
    "attendance": Kind(
        schema.Attendance,
        {"event": _record("event_id", schema.ActivityEvent), "person": _person(),
         "group": _group(required=False)},
        key=("event", "person"),
    ),
    "contributions": Kind(
        schema.Contribution,
        {"event": _record("event_id", schema.ActivityEvent), "person": _person(),
         "group": _group(required=False), "times": _count("times")},
        key=("event", "person"),
    ),
    "journeys": Kind(
        schema.JourneyStep,
        {"project": _project(), "person": _person(), "step": _closed("step", STEPS),
         "group": _group(required=False), "reached_on": _day("reached_on")},
        key=("project", "person", "step"),
    ),
    "priority_groups": Kind(
        schema.PriorityGroup,
        {"project": _project(), "group": _group()},
        key=("project", "group"),
    ),
    "primary_metrics": Kind(
        schema.PrimaryMetric,
        {"project": _project(),
         "position": _closed("position", ("1", "2", "3", "4", "5")),
         "metric": _text("metric", 40, required=True),
         "part": Field("part", "text", limit=60, default="")},
        key=("project", "position"),
    ),
    "needs": Kind(
        schema.Need,
        {"code": _code(), "project": _project(), "group": _group(), "title": _text("title"),
         "stated_on": _day("stated_on"), "tested": _flag("tested"),
         "sufficient": _flag("sufficient")},
        key=("code",),
        told_with=(("sufficient", "tested", ""),),
    ),
    "organisations": Kind(
        schema.Organisation,
        {"name": _text("name", required=True), "business_id": _text("business_id", 30),
         "kind": _closed("kind", schema.ORGANISATION_KINDS, False, "other"),
         "sector": _text("sector", 200), "group": _group(required=False),
         "size": _closed("size", SIZES, False), "country": _text("country", 2)},
        key=("name",),
    ),
    "partners": Kind(
        schema.ProjectOrganisation,
        {"project": _project(), "organisation": _organisation()},
        key=("project", "organisation"),
    ),
    "firms": Kind(
        schema.FirmFollowUp,
        {"project": _project(), "organisation": _organisation(), "joined_on": _day("joined_on"),
         "tested": _flag("tested"), "followed_on": _day("followed_on"),
         "new_product": _flag("new_product", required=False),
         "new_market": _flag("new_market", required=False),
         "first_sale_on": _day("first_sale_on")},
        key=("project", "organisation"),
        ordered=(("joined_on", "followed_on"),),
        told_with=(("new_product", "followed_on", ""), ("new_market", "followed_on", "")),
    ),
    "outputs": Kind(
        schema.JointOutput,
        {"code": _code(), "project": _project(), "kind": _closed("kind", OUTPUT_KINDS),
         "title": _text("title"), "appeared_on": _day("appeared_on"),
         "amount": _count("amount", required=False, default=1)},
        key=("code",),
    ),
    "solutions": Kind(
        schema.Solution,
        {"code": _code(), "project": _project(), "name": _text("name", required=True),
         "ready_on": _day("ready_on"), "embedded": _flag("embedded"),
         "embedded_on": _day("embedded_on")},
        key=("code",),
        ordered=(("ready_on", "embedded_on"),),
        told_with=(("embedded_on", "embedded", ""),),
    ),
    "adoptions": Kind(
        schema.Adoption,
        {"solution": _record("solution_id", schema.Solution), "organisation": _organisation(),
         "adopted_on": _day("adopted_on"), "in_use": _flag("in_use")},
        key=("solution", "organisation"),
    ),
    "reuses": Kind(
        schema.SolutionReuse,
        {"solution": _record("solution_id", schema.Solution), "project": _project()},
        key=("solution", "project"),
    ),
    "cases": Kind(
        schema.FunnelCase,
        {"code": _code(), "project": _project(), "title": _text("title")}
        | {day: _day(day, required=day == STAGE_DATES[0]) for day in STAGE_DATES}
        | {"end_kind": _closed("end_kind", CASE_ENDS, required=False),
           "ended_on": _day("ended_on"),
           "merged_into": _record("merged_into_id", schema.FunnelCase, required=False),
           "split_from": _record("split_from_id", schema.FunnelCase, required=False)},
        key=("code",),
        ordered=((*STAGE_DATES, "ended_on"),),
        told_with=(("end_kind", "ended_on", ""), ("ended_on", "end_kind", ""),
                   ("merged_into", "end_kind", "merged")),
    ),
    "rosters": Kind(
        schema.TieRoster,
        {"project": _project(), "wave": _closed("wave", WAVES), "organisation": _organisation(),
         "answered": _flag("answered")},
        key=("project", "wave", "organisation"),
    ),
    "ties": Kind(
        schema.OrganisationTie,
        {"project": _project(), "wave": _closed("wave", WAVES),
         "source": _organisation("source_id"), "target": _organisation("target_id")},
        key=("project", "wave", "source", "target"),
        apart=("source", "target"),
    ),
    "event_log": Kind(
        schema.LoggedEvent,
        {"project": _project(),
         "case": Field("case_key", "case", required=True, limit=500),
         "activity": _text("activity", LONGEST_WORD, required=True),
         "happened_at": Field("happened_at", "moment", required=True),
         "lifecycle": Field("lifecycle", "text", limit=40, default=""),
         "unit": _text("unit", LONGEST_WORD), "channel": _text("channel", LONGEST_WORD)},
        key=("project", "case", "activity", "happened_at", "lifecycle"),
    ),
    # Values stand before what they belong to: a batch is taken back in this order.
    "reported_values": Kind(
        schema.ReportedValue,
        {**_promised(), "period": _count("period"),
         "state": _closed("state", schema.REPORTED_STATES), "value": _number("value"),
         "cumulative": _number("cumulative"), "text": _text("text", 10_000),
         "method_note": _text("method_note", 4_000), "retain_until": _day("retain_until")},
        key=("project", "funder", "indicator", "period"),
    ),
    "targets": Kind(
        schema.IndicatorTarget,
        {**_promised(), "objective": _text("objective", 120), "baseline": _number("baseline"),
         "baseline_year": _count("baseline_year", required=False),
         "baseline_source": _text("baseline_source", 300), "milestone": _number("milestone"),
         "milestone_on": _day("milestone_on"), "target": _number("target"),
         "target_on": _day("target_on"), "expected": _text("expected", 10_000)},
        key=("project", "funder", "indicator"),
        ordered=(("milestone_on", "target_on"),),
    ),
    "reporting_periods": Kind(
        schema.ReportingPeriod,
        {"project": _project(),
         "funder": Field("funder_id", "register", required=True, table="funder"),
         "number": _count("number"), "starts_on": _day("starts_on", required=True),
         "ends_on": _day("ends_on", required=True), "due_on": _day("due_on")},
        key=("project", "funder", "number"),
        ordered=(("starts_on", "ends_on", "due_on"),),
    ),
}  # fmt: skip


@cache
def titles() -> MappingProxyType[str, Text]:
    """What each kind of record file is called."""
    return MappingProxyType(read_texts(TITLES))
