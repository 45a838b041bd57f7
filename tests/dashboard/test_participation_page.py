"""Participation, the fate of proposals and outcomes from records: said in words, and truly."""

from __future__ import annotations

import re

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import format as written
from dashboard.truth import engine
from dashboard.wording import say
from data import access, records, sheets
from data.database import reading
from metrics.catalog import metrics
from metrics.metric import Result, ValueState
from survey.text import LANGUAGES
from tests.dashboard.looking import opened, pictures, plain, tables

pytestmark = pytest.mark.usefixtures("sample")


def spoken(at: AppTest) -> str:
    kinds = ("title", "header", "subheader", "markdown", "caption", "info")
    said = [plain(element.value) for kind in kinds for element in at.get(kind)]
    return "\n".join([*said, *(plain(table.to_csv()) for table in tables(at))])


def published(metric: str, role: str = "steering", **wanted) -> list[Result]:
    with reading(engine()) as connection:
        person = access.persona(role, connection)
        return sheets.read_figures(
            connection,
            person,
            revision=sheets.latest_revision(connection),
            metric=metric,
            **{"level": "portfolio", "entity": 0, "split": "total"} | wanted,
        )


def shown(results: list[Result]) -> list[Result]:
    return [r for r in results if r.state in (ValueState.VALUE, ValueState.ZERO)]


# --- participation ------------------------------------------------------------------------------


@pytest.mark.parametrize("level", ["theme", "area", "project"])
def test_participation_is_told_of_every_level(level):
    said = spoken(opened("participation", level=level))
    assert say("section.taking_part", "fi") in said
    assert (say("section.overlap_warning", "fi") in said) == (level != "project")


@pytest.mark.parametrize("language", LANGUAGES)
def test_different_people_stand_beside_the_sum_of_projects(language):
    at = opened("participation", language=language)
    ways = {r.part: r.value for r in published("distinct_participants")}
    assert ways["sum"] == ways["distinct"] + ways["overlap"]  # what the three words mean
    row = next(
        plain(" ".join(map(str, table.iloc[0])))
        for table in tables(at)
        if metrics()["distinct_participants"].label.in_language(language)
        in plain(" ".join(map(str, table.iloc[0])))
    )
    for way in ("distinct", "sum", "overlap"):
        assert written.count(round(ways[way]), language) in row
    assert say("section.overlap_warning", language) in spoken(at)


def test_a_group_that_never_came_is_named_with_its_people():
    absent = [r for r in published("absent_groups", level="project", entity=None) if r.part]
    assert absent  # the sample has projects without some group that they concern
    first = absent[0]
    said = spoken(opened("participation", level="project", project_id=first.entity))
    assert written.count(round(first.value), "fi") in said
    alone = sum(r.entity == first.entity for r in absent) == 1
    assert (say("participation.absent.one", "fi") in said) == alone


def test_whether_a_group_is_missing_is_not_guessed_where_its_people_were_not_counted():
    whole = published("absent_groups", part="")
    assert [str(result.reason) for result in whole] == ["unknown_frame"]
    assert say("participation.absent_unknown", "fi") in spoken(opened("participation"))


def test_the_headline_names_the_step_with_the_greatest_excess():
    found = shown(published("journey_excess"))
    sure = [r for r in found if r.low > 1] or found
    worst = max(sure, key=lambda r: r.value)
    said = spoken(opened("participation"))
    assert re.search(rf"{written.number(worst.value, 'fi', 2)}-kertaisesti", said)
    if worst.low <= 1:
        assert "voi olla sattumaa" in said


def test_a_hidden_group_is_lost_nowhere_that_one_could_see():
    found = published("journey_loss", split="group")
    hidden = {r.split_value for r in found if r.state is ValueState.SUPPRESSED}
    assert hidden  # small groups are protected in the sample
    at = opened("participation")
    alt = next(alt for alt in pictures(at) if "Poisjäänti" in alt)
    assert say("short.suppressed", "fi") in alt


def test_no_organisation_is_named_by_its_ties():
    said = spoken(opened("participation"))
    assert say("network.not_drawn", "fi") in said
    assert "organisation:" not in said


def test_what_was_not_recorded_is_one_line():
    # A project of which the sample has no ties: its network is one of the things in the line.
    asked = {r.entity for r in published("network_density", level="project", entity=None)}
    with reading(engine()) as connection:
        person = access.persona("steering", connection)
        known = [project.id for project in records.project_names(connection, person)]
    other = next(number for number in known if number not in asked)
    at = opened("participation", level="project", project_id=other)
    lines = [c.value for c in at.caption if plain(c.value).startswith("Ei tietoja: ")]
    assert len(lines) == 1
    assert metrics()["network_density"].label.fi.lower() in plain(lines[0])
    assert say("network.title", "fi") not in [header.value for header in at.header]


# --- proposals ----------------------------------------------------------------------------------


def test_a_funders_figures_are_of_its_own_projects_and_the_list_of_all():
    at = opened("proposals", "funder")
    said = spoken(at)
    assert say("proposal.figures.funder", "fi") in said
    assert say("proposal.figures.portfolio", "fi") not in said
    # Nothing is said to be missing that only the role does not reach.
    assert say("proposal.by_area", "fi") not in said
    with reading(engine()) as connection:
        person = access.persona("funder", connection)
        everything = records.proposals(connection, person, limit=1).total
    assert f"{written.count(everything, 'fi')} ehdotusta" in said
    whole = shown(published("proposals_taken_up"))[0]
    assert f"{whole.n} ehdotusta)" not in said.split(say("proposal.list", "fi"))[0]


@pytest.mark.parametrize("role", ["steering", "manager", "evaluator"])
def test_others_read_figures_of_all_proposals(role):
    said = spoken(opened("proposals", role))
    assert say("proposal.figures.portfolio", "fi") in said
    assert say("proposal.by_area", "fi") in said


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_funnel_tells_stages_years_times_and_ends(language):
    said = spoken(opened("proposals", language=language))
    for name in ("stage_conversion", "stage_time", "case_outcome", "answered_by"):
        assert metrics()[name].label.in_language(language) in said
    one = shown(published("stage_conversion", part="pilot"))[0]
    assert f"{one.numerator} / {one.denominator}" in said
    assert say("funnel.year", language, year=2023) in said  # the sample's first cases


# --- outcomes and process from records ----------------------------------------------------------


@pytest.mark.parametrize("page", ["overview", "project"])
def test_every_outcome_of_records_has_its_grade_and_its_reservation(page):
    at = opened(page, overview_view="benefit")
    found = [table for table in tables(at) if say("table.grade", "fi") in table.columns]
    assert found
    grades = {grade for table in found for grade in table[say("table.grade", "fi")]}
    assert grades <= set("ABCDE")
    said = spoken(at)
    needs = metrics()["needs_met"]
    assert needs.contribution.fi in said
    assert say("know.grade", "fi", grade=say("methods.grade.C", "fi")) in said


def test_a_share_of_records_shows_what_it_was_counted_from():
    roles = shown(published("roles_filled"))[0]
    at = opened("overview", overview_view="process")
    row = next(
        plain(" ".join(map(str, row)))
        for table in tables(at)
        for row in table.itertuples()
        if metrics()["roles_filled"].label.fi in plain(str(row))
    )
    assert f"{roles.numerator} / {roles.denominator}" in row
