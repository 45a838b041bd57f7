"""A survey is opened, shared, followed and ended on its page by those who may, in each language."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from dashboard.surveys.opening import UNSEEN
from dashboard.wording import say
from data import access, schema
from data.database import home, reading, writing
from data.fieldwork import answers, asking
from data.instruments import field_instrument
from survey.instrument import instruments
from survey.text import LANGUAGES
from tests.dashboard.looking import plain
from tests.dashboard.surveys_page import clicked, facts, field, opened, person, said

# --- who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["steering", "funder"])
def test_who_may_not_ask_has_no_such_page(survey_room, role):
    assert "surveys" not in access.pages_for(person(survey_room, role))
    at = opened(role)
    assert say("page.surveys", "fi") not in [title.value for title in at.title]


@pytest.mark.parametrize(
    ("role", "offered"), [("manager", {1}), ("evaluator", {1, 2}), ("administrator", {1, 2})]
)
def test_one_asks_in_the_projects_that_one_leads(survey_room, role, offered):
    at = opened(role)
    box = next(box for box in at.selectbox if box.label == say("choose.project", "fi"))
    assert len(box.options) == len(offered)
    clicked(at, "survey.open")
    assert facts(survey_room)[0].opening.project in offered


# --- opening ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_press_opens_a_survey_and_shows_its_link(survey_room, language):
    at = clicked(opened(language=language), "survey.open", language)
    (made,) = facts(survey_room)
    assert made.state == "open"
    assert made.opening.instrument == "process_pulse@1"
    assert made.opening.groups == ("RES", "COM")  # those whom the project concerns
    assert (made.opening.closes_at - datetime.now(UTC)).days in (13, 14)
    with writing(survey_room) as connection:
        token = asking.anonymous_link(connection, access.operator(), home(), 1)
    assert f"/s/{token}" in said(at)
    assert say("survey.opened", language) in said(at)
    assert at.query_params["surveys_view"] == "running"
    links = [plain(button.proto.label) for button in at.get("link_button")]
    assert say("survey.qr_download", language) in links
    with reading(survey_room) as connection:
        assert answers.find(connection, home(), token, datetime.now(UTC)).state == "open"


def test_a_survey_that_is_asked_for_a_phase_is_opened_for_it(survey_room):
    at = opened(surveys_view="new", questionnaire="process_pulse@1", survey_phase="P4")
    assert say("survey.whole_process", "fi") not in said(at)
    clicked(at, "survey.open")
    assert [one.opening.phase for one in facts(survey_room)] == ["P4"]
    # Without one it is about the whole process, and said to be.
    at = opened(surveys_view="new", questionnaire="process_pulse@1")
    assert say("survey.whole_process", "fi") in said(at)


def test_a_second_press_of_what_was_drawn_once_does_nothing():
    def page():
        import streamlit as st

        from dashboard import session

        taken = [session.take_turn("form", 0), session.take_turn("form", 0)]
        session.give_back_turn("form", 0)  # it was refused: the next press counts
        st.text([*taken, session.take_turn("form", 0)])

    assert AppTest.from_function(page).run().text[0].value == "[True, False, True]"


def test_a_survey_whose_page_was_interrupted_is_shown_by_the_next_run_once(survey_room):
    at = clicked(opened(), "survey.open")
    # A second press came before the first was shown: the address of before, and no callback.
    at.session_state[f"kept:{UNSEEN}"] = True
    at.query_params["surveys_view"] = "new"
    at.run()
    assert at.query_params["surveys_view"] == "running"
    assert say("survey.opened", "fi") in said(at)
    at.query_params["surveys_view"] = "new"
    at.run()
    assert at.query_params["surveys_view"] == "new"


def test_a_survey_that_is_asked_already_is_refused_at_its_place(survey_room):
    at = clicked(opened(), "survey.open")
    at = opened(surveys_view="new")
    # The next round is offered by itself; the one that is asked already is chosen by hand.
    assert field(at, "selectbox", "wave").value == "end"
    field(at, "selectbox", "wave").select("during")
    clicked(at, "survey.open")
    assert say("survey.wrong.opened", "fi") in said(at)
    assert len(facts(survey_room)) == 1
    field(at, "selectbox", "wave").select("follow_up")
    clicked(at, "survey.open")
    assert {one.opening.wave for one in facts(survey_room)} == {"during", "follow_up"}


def test_answers_that_came_as_a_file_are_gone_round_or_added_to_knowingly(survey_room):
    with writing(survey_room) as connection:
        version = field_instrument(connection, instruments()["process_pulse@1"])
        row = {"project_id": 1, "instrument_version_id": version, "phase": "P0"}
        connection.execute(sa.insert(schema.Collection), [{**row, "wave": "during"}])
    at = opened()
    assert field(at, "selectbox", "wave").value == "end"
    assert say("survey.added_to", "fi") not in said(at)
    field(at, "selectbox", "wave").select("during").run()
    assert say("survey.added_to", "fi") in said(at)


@pytest.mark.parametrize(
    ("code", "mistake"),
    [
        ("groups", lambda at: field(at, "multiselect", "groups").set_value([])),
        ("languages", lambda at: field(at, "multiselect", "languages").set_value([])),
        (
            "past",
            lambda at: field(at, "datetime_input", "closes").set_value(datetime(2026, 1, 1, 12)),
        ),
    ],
)
def test_a_mistake_is_said_and_nothing_is_opened(survey_room, code, mistake):
    at = opened()
    mistake(at)
    clicked(at, "survey.open")
    assert say(f"survey.wrong.{code}", "fi") in said(at)
    assert say("survey.not_opened", "fi") in said(at)
    assert facts(survey_room) == []


def test_everything_that_is_entered_is_kept(survey_room):
    at = opened(questionnaire="process_quality@1")
    field(at, "selectbox", "wave").select("end")
    field(at, "selectbox", "phase").select("P5")
    field(at, "multiselect", "groups").set_value(["NGO", "STAFF"])
    field(at, "multiselect", "languages").set_value(["en", "fi"])
    field(at, "radio", "opens").set_value("later").run()
    opens = (datetime.now() + timedelta(days=3)).replace(minute=30, second=0, microsecond=0)
    field(at, "datetime_input", "opens_at").set_value(opens)
    field(at, "datetime_input", "closes").set_value(opens + timedelta(days=5))
    field(at, "number_input", "invited_NGO").set_value(40)
    field(at, "text_area", "thanks_fi").set_value("Kiitos **kaikille**!")
    clicked(at, "survey.open")
    (made,) = facts(survey_room)
    opening = made.opening
    assert (opening.wave, opening.phase, opening.groups) == ("end", "P5", ("STAFF", "NGO"))
    assert opening.languages == ("fi", "en")
    assert opening.thanks == {"fi": "Kiitos **kaikille**!"}
    assert {count.group: count.invited for count in made.counts} == {"STAFF": None, "NGO": 40}
    assert made.state == "planned"
    assert opening.closes_at - opening.opens_at == timedelta(days=5)


def test_groups_that_a_form_asks_nothing_are_not_offered(survey_room):
    assert len(field(at := opened(questionnaire="effects@1"), "multiselect", "groups").options) == 3
    assert say("survey.groups_left", "fi", groups="").split(":")[0] in said(at)


def test_a_survey_without_an_end_is_open_until_somebody_closes_it(survey_room):
    at = opened()
    field(at, "radio", "ending").set_value("open").run()
    clicked(at, "survey.open")
    assert facts(survey_room)[0].opening.closes_at is None
    assert say("survey.state_endless", "fi") in said(at)


@pytest.mark.parametrize("time", ["opens", "closes"])
def test_a_time_that_was_cleared_is_asked_for(time):
    # AppTest cannot clear a field; what a cleared one leaves behind is put there instead.
    def page(time):
        from datetime import UTC, datetime

        import streamlit as st

        from dashboard.surveys.fields import entered_collection, field

        now = datetime.now(UTC)
        st.session_state[field("opens", 0)] = "later" if time == "opens" else "now"
        st.session_state[field("closes", 0)] = None if time == "closes" else now
        st.text(entered_collection(0, 1, "process_pulse@1", now)[0])

    assert AppTest.from_function(page, args=(time,)).run().text[0].value == time
    assert all(say(f"survey.wrong.{time}", language) for language in LANGUAGES)


def test_an_hour_that_comes_twice_or_never_is_explained(survey_room):
    at = opened()
    closes = field(at, "datetime_input", "closes")
    closes.set_value(datetime(2027, 10, 31, 3, 30)).run()  # clocks go back at four that night
    assert say("survey.clock_twice_second", "fi") in said(at)
    field(at, "datetime_input", "closes").set_value(datetime(2027, 3, 28, 3, 30)).run()
    assert "28.3.2027 klo 4.30" in said(at)


# --- personal links -----------------------------------------------------------------------------


def test_a_list_opens_a_survey_with_a_link_for_each_and_names_nobody(survey_room):
    at = opened()
    field(at, "radio", "link").set_value("personal").run()
    field(at, "text_area", "people").set_value("Asukkaat; fi; muorin-meili\nCOM; en; 77")
    clicked(at, "survey.open")
    (made,) = facts(survey_room)
    assert made.opening.link == "personal"
    assert {count.group: count.invited for count in made.counts} == {"RES": 1, "COM": 1}
    shown = next(code.value for code in at.code)
    assert shown.count("/s/") == 2
    assert "muorin-meili" in shown
    assert say("survey.links_keep", "fi") in said(at)
    # Another visit sees no links, and the database holds no reference.
    assert not opened().code
    with reading(survey_room) as connection:
        rows = connection.execute(sa.select(schema.Invitation)).mappings().all()
    assert "muorin" not in repr(rows)


def test_a_list_with_mistakes_opens_nothing_and_names_every_row(survey_room):
    at = opened()
    field(at, "radio", "link").set_value("joined").run()
    field(at, "text_area", "people").set_value("RES; fi; 1\nNGO; fi; 2\nRES; xx; 3\nRES; fi;")
    clicked(at, "survey.open")
    told = said(at)
    assert "Rivi 2: ryhmää ”NGO” ei kysytä." in told
    assert "Rivi 3: kieltä ”xx” ei tunneta." in told
    assert "Rivi 4: tunnus puuttuu." in told
    assert facts(survey_room) == []


def test_reminders_are_the_links_that_were_not_used(survey_room):
    at = opened()
    field(at, "radio", "link").set_value("personal").run()
    field(at, "text_area", "people").set_value("RES; fi; yksi\nRES; fi; kaksi")
    clicked(at, "survey.open")
    rows = next(code.value for code in at.code).splitlines()
    token = next(row for row in rows if "yksi" in row).rpartition("/s/")[2].partition("?")[0]
    number = facts(survey_room)[0].opening.collection
    now = datetime.now(UTC)
    item = "GOAL1"
    answers.accept(survey_room, home(), token, "x" * 32, "RES", "fi", {item: 4}, now)
    clicked(at, "survey.waiting_do")
    left = next(code.value for code in at.code)
    assert "kaksi" in left
    assert "yksi" not in left
    assert f"vastaus:{number}" not in left
    assert facts(survey_room)[0].reminded_on is not None
