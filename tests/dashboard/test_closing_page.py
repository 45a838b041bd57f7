"""A project manager closes a payment period: every value told, backed, submitted, nothing lost."""

from __future__ import annotations

from decimal import Decimal

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.reporting.words import status_words
from dashboard.truth import engine
from dashboard.wording import say
from data import access
from data.database import reading, writing
from data.reporting import values
from data.reporting.desk import DeskLine
from data.reporting.reading import desk, record
from data.reporting.targets import targets
from metrics.indicators.indicator import Counting
from tests.dashboard.looking import opened, plain

pytestmark = pytest.mark.usefixtures("sample_to_write")

#: Kaarnalaiva's last period: its funder sent everything back, but for a figure that is a draft.
PROJECT, PERIOD = 1, 3


def lines() -> dict[str, DeskLine]:
    """The values of the period as the manager sees them, by code."""
    with reading(engine()) as connection:
        manager = access.persona("manager", connection)
        return {
            line.indicator.code: line
            for line in desk(connection, manager, project=PROJECT, period=PERIOD)
        }


def at_value(code: str, role: str = "manager", language: str = "fi") -> AppTest:
    chosen = {"project_id": PROJECT, "period_id": PERIOD}
    return opened("closing", role, language, closing_target=lines()[code].target.id, **chosen)


def field(at: AppTest, kind: str, name: str):
    return next(each for each in at.get(kind) if (each.key or "").endswith(f"_{name}"))


def said(at: AppTest) -> str:
    kinds = (at.markdown, at.caption, at.info, at.warning, at.error, at.success)
    return "\n".join(plain(element.value) for kind in kinds for element in kind)


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_what_is_missing_is_said_first_with_what_to_do(language):
    at = at_value("RCO01", language=language)
    told = at.table[0].value
    assert len(told) == len(lines())  # all eight: seven sent back, one a draft
    assert set(told.iloc[:, 2]) == {say("close.blocks", language)}
    assert say("close.lacks.returned", language) in [plain(cell) for cell in told.iloc[:, 1]]
    assert say("close.not_yet", language) in said(at)
    assert not [button for button in at.button if button.key == "close_period"]


def test_a_value_is_counted_submitted_and_then_gone_on():
    at = at_value("RCO01")
    at.button(key="close_count").click().run()
    assert say("close.counted", "fi") in said(at)
    at.button(key="close_submit").click().run()
    assert say("close.submitted", "fi") in said(at)
    line = lines()["RCO01"]
    assert (line.status, line.basis) == ("submitted", "counted")
    assert say("close.gone_on", "fi") in said(at)


def test_a_figure_by_hand_needs_its_method_and_nothing_written_is_lost():
    at = at_value("ARV-PARTICIPATIONS")
    field(at, "number_input", "value").set_value(17).run()
    field(at, "number_input", "cumulative").set_value(900).run()
    at.button(key="close_save").click().run()
    assert say("report.refused.method_missing", "fi") in said(at)
    assert field(at, "number_input", "value").value == 17
    field(at, "text_area", "method_note").set_value("Ovilaskuri").run()
    at.button(key="close_save").click().run()
    line = lines()["ARV-PARTICIPATIONS"]
    assert (line.value, line.cumulative, line.basis) == (Decimal(17), Decimal(900), "entered")


def test_not_reported_is_told_apart_from_zero_and_says_why():
    at = at_value("ARV-PARTICIPATIONS")
    field(at, "radio", "state").set_value("not_reported").run()
    at.button(key="close_submit").click().run()
    assert say("report.refused.reason_missing", "fi") in said(at)
    field(at, "text_area", "method_note").set_value("Laskuri oli rikki").run()
    at.button(key="close_submit").click().run()
    line = lines()["ARV-PARTICIPATIONS"]
    assert (line.state, line.value, line.status) == ("not_reported", None, "submitted")
    at = at_value("RCO10")
    field(at, "number_input", "value").set_value(0).run()
    field(at, "number_input", "cumulative").set_value(0).run()
    field(at, "text_area", "method_note").set_value("Kukaan ei ollut mukana").run()
    at.button(key="close_save").click().run()
    assert lines()["RCO10"].state == "zero"


def test_what_is_told_in_words_has_words_and_no_number():
    at = at_value("ARV-CHANGE")
    assert lines()["ARV-CHANGE"].indicator.counting is Counting.WORDS
    assert not at.number_input
    field(at, "text_area", "text").set_value("Koulut pyytävät nyt itse mukaan.").run()
    at.button(key="close_save").click().run()
    assert lines()["ARV-CHANGE"].text == "Koulut pyytävät nyt itse mukaan."


def test_a_figure_that_is_not_published_says_so():
    at = at_value("ARV-QUALITY")
    at.button(key="close_read").click().run()
    line = lines()["ARV-QUALITY"]
    told = said(at)
    refused = [f"report.refused.figure_{why}" for why in ("missing", "suppressed", "not_reported")]
    assert line.basis == "metric" or any(say(key, "fi") in told for key in refused)


def test_two_writers_meet_and_the_second_one_chooses():
    at = at_value("ARV-CHANGE")
    field(at, "text_area", "text").set_value("Minun sanani").run()
    line = lines()["ARV-CHANGE"]
    with writing(engine()) as connection:
        other = access.persona("evaluator", connection)
        changes = {"text": "Toisen sanat"}
        values.save(connection, other, line.reported, line.version, changes)
    at.button(key="close_save").click().run()
    told = said(at)
    assert "Minun sanani" in told
    assert "Toisen sanat" in told
    assert lines()["ARV-CHANGE"].text == "Toisen sanat"
    field(at, "radio", "which_text").set_value("mine").run()
    at.button(key="close_save_choices").click().run()
    assert lines()["ARV-CHANGE"].text == "Minun sanani"


def test_a_link_backs_a_value_and_what_is_no_link_is_refused():
    at = at_value("RCO01")
    field(at, "text_input", "name").set_value("Lista").run()
    field(at, "text_input", "link").set_value("javascript:alert(1)").run()
    field(at, "button", "attach").click().run()
    assert say("proof.refused.link", "fi") in said(at)
    field(at, "text_input", "link").set_value("https://example.org/lista").run()
    field(at, "button", "attach").click().run()
    assert say("proof.attached", "fi") in said(at)
    with reading(engine()) as connection:
        manager = access.persona("manager", connection)
        (proof,) = record(connection, manager, lines()["RCO01"].reported).proofs
    assert (proof.name, proof.link) == ("Lista", "https://example.org/lista")


def test_a_period_in_which_all_is_submitted_is_closed_once_it_is_meant():
    at = opened("closing", "manager", project_id=PROJECT, period_id=2)
    assert at.button(key="close_period").disabled
    field(at, "checkbox", "sure_2").set_value(True).run()
    at.button(key="close_period").click().run()
    assert say("close.closed", "fi") in said(at)
    assert not [button for button in at.button if button.key == "close_period"]


def test_a_period_that_overlaps_is_refused_with_the_days_that_are_taken():
    at = opened("closing", "manager", project_id=PROJECT, period_id=PERIOD)
    drawn = next(
        each.key for each in at.date_input if each.key.startswith("period_starts")
    ).rpartition("_")[2]
    at.date_input(key=f"period_starts_{drawn}").set_value("2024-03-01").run()
    at.date_input(key=f"period_ends_{drawn}").set_value("2024-05-31").run()
    at.button(key="period_open").click().run()
    (told,) = [plain(error.value) for error in at.error]
    assert "Kausi 2 on 1.2.2024–31.1.2025" in told


def test_what_was_sent_back_says_why():
    at = at_value("RCO01")
    (told,) = [plain(warning.value) for warning in at.warning]
    assert "Tarkistakaa, onko sama yritys laskettu" in told
    assert status_words("returned", "fi") in said(at)


# --- targets and the days of periods ------------------------------------------------------------


def refused(at: AppTest) -> str:
    (told,) = [plain(error.value) for error in at.error]
    return told


def test_a_new_target_needs_a_baseline_and_keeps_what_was_written():
    at = opened("closing", "manager", project_id=PROJECT, period_id=PERIOD)
    taken = {line.indicator.key for line in lines().values()}
    boxes = [each for each in at.selectbox if (each.key or "").startswith("target_indicator")]
    (box,) = boxes
    key = next(each for each in ("RCO04@1", "RCO05@1", "RCO07@1") if each not in taken)
    box.set_value(key).run()
    drawn = box.key.removeprefix("target_indicator_")
    at.number_input(key=f"target_target_{drawn}").set_value(12).run()
    at.button(key="target_save").click().run()
    assert "ei ole lähtöarvoa" in refused(at)
    assert at.number_input(key=f"target_target_{drawn}").value == 12
    at.number_input(key=f"target_baseline_{drawn}").set_value(-3).run()
    at.number_input(key=f"target_baseline_year_{drawn}").set_value(2024).run()
    at.button(key="target_save").click().run()
    assert key.partition("@")[0] in refused(at)  # below the least of its unit, or no 0 of an output
    at.number_input(key=f"target_baseline_{drawn}").set_value(0).run()
    at.button(key="target_save").click().run()
    assert say("target.saved", "fi") in said(at)
    with reading(engine()) as connection:
        promised = targets(connection, access.persona("manager", connection), project=PROJECT)
    (made,) = [target for target in promised if target.indicator == key]
    assert (made.baseline, made.baseline_year, made.target) == (Decimal(0), 2024, Decimal(12))


def test_a_target_that_is_promised_already_is_not_overwritten_and_can_be_changed():
    before = lines()["RCO01"].target
    at = opened("closing", "manager", project_id=PROJECT, target_id=before.id)
    goal = next(each for each in at.number_input if each.key.startswith("target_target_"))
    goal.set_value(int(before.target) + 5).run()
    at.button(key="target_save").click().run()
    assert say("target.saved", "fi") in said(at)
    assert lines()["RCO01"].target.target == before.target + 5


def test_the_days_of_a_period_are_changed_until_a_figure_is_with_the_funder():
    at = opened("closing", "manager", project_id=PROJECT, period_id=PERIOD)
    due = next(each for each in at.date_input if each.key.startswith("period_change_due"))
    ends = next(each for each in at.date_input if each.key.startswith("period_change_ends"))
    due.set_value(ends.value).run()
    at.button(key="period_change_do").click().run()
    assert say("close.changed", "fi") in said(at)
    at = opened("closing", "manager", project_id=PROJECT, period_id=2)
    starts = next(each for each in at.date_input if each.key.startswith("period_change_starts"))
    starts.set_value(starts.value.replace(day=20)).run()
    at.button(key="period_change_do").click().run()
    assert refused(at) == say("period.refused.locked", "fi")
