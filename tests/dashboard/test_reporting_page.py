"""The funder's desk, one figure with all behind it, and claims, as those who check see them."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from dashboard.reporting import desk as desk_tables
from dashboard.reporting.doing import REFUSALS
from dashboard.truth import engine
from dashboard.wording import say, texts
from data import access, database, schema
from data.database import reading, writing
from data.reporting import values
from data.reporting.claims import claims
from data.reporting.desk import DeskLine
from data.reporting.reading import desk, record
from data.reporting.recount import recount
from data.reporting.values import RefusedReport
from metrics.metric import ValueState
from survey.text import LANGUAGES
from tests.dashboard.looking import opened, plain

pytestmark = pytest.mark.usefixtures("sample_to_write")


def lines(role: str = "funder") -> list[DeskLine]:
    with reading(engine()) as connection:
        return desk(connection, access.persona(role, connection))


def first(status: str, code: str = "RCO01") -> DeskLine:
    """The first figure of a status and an indicator on the funder's desk."""
    return next(line for line in lines() if (line.status, line.indicator.code) == (status, code))


def said(at: AppTest) -> str:
    kinds = ("markdown", "caption", "info", "warning", "error", "success", "header")
    told = [plain(str(element.value)) for kind in kinds for element in at.get(kind)]
    return "\n".join([*told, *(plain(table.value.to_csv()) for table in at.table)])


# --- the desk -----------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_promised_figure_has_one_row_and_pending_stands_apart(language):
    at = opened("reporting", "funder", language)
    told = [table.value for table in at.table]
    status = say("report.column.status", language)
    rows = [table for table in told if status in table]
    pending, approved = (
        sum(line.status in statuses for line in lines())
        for statuses in (("submitted",), ("approved", "locked"))
    )
    assert [header.value for header in at.header][:2] == [
        say("report.part.pending", language), say("report.part.approved", language),
    ]  # fmt: skip
    last = -(-pending // desk_tables.ROWS)
    at = opened("reporting", "funder", language, report_pending_page=last)
    rest = [table.value for table in at.table if status in table.value]
    assert len(rows[0]) == desk_tables.ROWS  # a page of the table
    assert (last - 1) * desk_tables.ROWS + len(rest[0]) == pending
    assert len(rows[1]) == min(approved, desk_tables.ROWS)
    assert set(rows[0][status]) == {say("report.status.submitted", language)}


def test_distinct_enterprises_are_counted_once_and_the_overlap_is_said():
    told = said(opened("reporting", "funder"))
    with reading(engine()) as connection:
        keys = connection.scalars(
            sa.select(schema.CountedItem.entity)
            .join(schema.ReportedValue, schema.ReportedValue.id == schema.CountedItem.reported_id)
            .where(schema.CountedItem.reported_id.in_(newest_approved("RCO01")))
            .where(sa.func.coalesce(schema.CountedItem.exclusion, "").in_(COUNTING))
            .distinct()
        ).all()
    assert f"eri kohteita on {len(keys)}" in told


#: Exclusions of a period's count that do not keep an item out of the count from the start.
COUNTING = ("", "duplicate", "out_of_period")


def newest_approved(code: str) -> list[int]:
    """The newest approved value of an indicator of each project."""
    with reading(engine()) as connection:
        funder = access.persona("funder", connection)
        found = desk(connection, funder, every_period=True)
    newest: dict[int, DeskLine] = {}
    for line in found:
        if line.indicator.code == code and line.status in ("approved", "locked"):
            newest[line.target.id] = line
    return [line.reported for line in newest.values()]


def test_filters_stand_in_the_address_and_narrow_the_desk():
    project = first("submitted").target.project
    at = opened("reporting", "funder", report_project=project, report_indicator="RCO01@1")
    rows = at.table[0].value
    assert len(rows) == 1
    assert say("report.column.project", "fi") not in rows  # of one project, which is chosen above


def test_people_are_rounded_for_the_funder_and_exact_inside():
    outside, inside = lines(), {line.reported: line for line in lines("evaluator")}
    rounded = [line for line in outside if line.rounded and line.value is not None]
    assert rounded
    assert all(line.value % 5 == 0 for line in rounded)
    assert any(inside[line.reported].value != line.value for line in rounded)
    assert say("report.rounded", "fi") in said(opened("reporting", "funder"))
    assert say("report.rounded", "fi") not in said(opened("reporting", "evaluator"))


# --- one figure ---------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_figure_shows_everything_that_its_check_needs(language):
    line = first("approved")
    at = opened("figure", "funder", language, figure_id=line.reported)
    headings = {plain(header.value) for header in at.header}
    wanted = ("definition", "value", "series", "items", "again", "findings", "proofs", "events")
    assert {say(f"figure.{name}", language) for name in wanted} <= headings
    told = said(at)
    with reading(engine()) as connection:
        found = record(connection, access.persona("funder", connection), line.reported)
    assert found.definition_sha256 in told
    assert all(key[:12] in told for key in found.items["entity"][:5])
    assert say("report.act.approved", language) in told


def test_items_of_people_are_not_shown_outside_and_counting_again_is_refused():
    line = first("approved", "ARV-PARTICIPATIONS")
    at = opened("figure", "funder", figure_id=line.reported)
    told = said(at)
    assert say("figure.items.hidden", "fi") in told
    assert not [button for button in at.button if "again" in (button.key or "")]
    with reading(engine()) as connection, pytest.raises(RefusedReport) as refused:
        funder = access.persona("funder", connection)
        recount(connection, funder, database.home(), line.reported, datetime.now(UTC))
    assert refused.value.code == "recount_protected"


def test_counting_again_gives_the_same_until_a_record_changes():
    line = next(line for line in lines() if line.indicator.code == "RCO01" and line.value)
    at = opened("figure", "funder", figure_id=line.reported)
    at.button(key=f"figure_again_{line.reported}").click().run()
    assert "sama luku samoista kohteista" in said(at)
    with reading(engine()) as connection:
        found = record(connection, access.persona("funder", connection), line.reported)
    event = int(found.items[found.items["exclusion"] == ""]["source_id"].iloc[0])
    with writing(engine()) as connection:
        link = schema.EventOrganisation
        gone = connection.execute(sa.delete(link).where(link.event_id == event)).rowcount
    assert gone
    at.button(key=f"figure_again_{line.reported}").click().run()
    told = said(at)
    assert "Kirjaukset ovat muuttuneet" in told
    assert re.search(r"poistuneita [1-9]", told)


def test_the_funder_approves_and_sends_back_with_a_reason():
    line = first("submitted")
    at = opened("figure", "funder", figure_id=line.reported)
    at.button(key=f"decide_back_{line.reported}").click().run()
    assert say("report.refused.reason_missing", "fi") in said(at)
    at.button(key=f"decide_approve_{line.reported}").click().run()
    assert say("decide.approved", "fi") in said(at)
    reason = at.text_area(key=f"decide_reason_{line.reported}")
    reason.set_value("Yksi yritys on listassa kahdesti.").run()
    at.button(key=f"decide_back_{line.reported}").click().run()
    assert say("decide.sent_back", "fi") in said(at)
    with reading(engine()) as connection:
        manager = access.persona("evaluator", connection)
        events = record(connection, manager, line.reported).events
    assert [event.act for event in events[-2:]] == ["approved", "returned"]
    assert events[-1].reason == "Yksi yritys on listassa kahdesti."


def test_what_somebody_else_did_meanwhile_is_said_and_nothing_is_stored():
    line = first("submitted")
    at = opened("figure", "funder", figure_id=line.reported)
    with writing(engine()) as connection:
        other = access.persona("administrator", connection)
        values.approve(connection, other, line.reported, line.version)
    at.button(key=f"decide_approve_{line.reported}").click().run()
    (told,) = [plain(error.value) for error in at.error]
    assert "muutti lukua sen jälkeen" in told


@pytest.mark.parametrize("role", ["steering", "manager"])
def test_who_does_not_approve_has_no_buttons_for_it(role):
    seen = [line for line in lines(role) if line.status in ("submitted", "approved")]
    at = opened("figure", role, figure_id=seen[0].reported)
    assert not [b for b in at.button if (b.key or "").startswith("decide_")]


def test_a_figure_that_one_may_not_see_looks_like_one_that_is_not_there():
    with reading(engine()) as connection:
        hidden = connection.scalar(
            sa.select(schema.ReportedValue.id).where(schema.ReportedValue.status == "draft")
        )
    for number in (hidden, 987_654):
        at = opened("figure", "funder", figure_id=number)
        assert say("figure.astray", "fi") in said(at)
        assert not at.table


# --- claims -------------------------------------------------------------------------------------


@pytest.mark.parametrize("view", ["ledger", "expected", "comply", "lineage", "cost"])
@pytest.mark.parametrize(("role", "language"), [("steering", "fi"), ("funder", "sv")])
def test_every_view_of_claims_stands_with_its_table(view, role, language):
    at = opened("claims", role, language, claims_view=view)
    assert len(at.table) == 1
    told = said(at)
    assert not re.search(r"\bnan\b|\bNone\b|\{[a-z_]+\}", told)
    if view == "ledger":
        assert all(say(f"claim.grade.{grade}", language) in told for grade in "ABCDE")
    if view == "cost":
        assert say("cost.no_sroi", language) in told


def test_a_claim_above_an_aspiration_needs_grounds_and_what_was_written_stays():
    at = opened("claims", "manager", claims_view="write", claims_project=1)
    drawn = next(a.key for a in at.text_area if "statement_fi" in a.key).partition("fi_")[2]
    at.text_input(key=f"claim_code_{drawn}").set_value("KAARNA-9").run()
    at.selectbox(key=f"claim_grade_{drawn}").set_value("D").run()
    at.text_area(key=f"claim_statement_fi_{drawn}").set_value("Koulut jatkavat itse.").run()
    at.text_area(key=f"claim_contribution_{drawn}").set_value("Rehtori vaihtui samalla.").run()
    at.button(key="claim_save").click().run()
    assert say("claim.refused.grounds_missing", "fi", grade="D") in said(at)
    assert at.text_area(key=f"claim_statement_fi_{drawn}").value == "Koulut jatkavat itse."
    at.text_area(key=f"claim_substantiation_{drawn}").set_value("Rehtorin viesti").run()
    at.button(key="claim_save").click().run()
    assert say("claim.saved", "fi") in said(at)
    with reading(engine()) as connection:
        found = claims(connection, access.persona("manager", connection), "project", 1)
    assert "KAARNA-9" in {claim.code for claim in found}


# --- refusals -----------------------------------------------------------------------------------


@pytest.mark.parametrize("refusal", list(REFUSALS), ids=lambda kind: kind.__name__)
def test_every_refusal_has_its_text_with_what_to_do(refusal):
    # The docstring of each refusal lists its codes between quotes.
    codes = re.findall(r'"([a-z_]+)"', refusal.__doc__)
    assert codes
    missing = [code for code in codes if f"{REFUSALS[refusal]}.{code}" not in texts()]
    assert missing == []


def test_numbers_of_a_value_are_told_by_their_state():
    words = {state for line in lines("evaluator") for state in [line.state]}
    assert {ValueState.VALUE, ValueState.ZERO, ValueState.NOT_REPORTED} <= words
    told = said(opened("reporting", "evaluator"))
    assert "Ei tietoa" in told
