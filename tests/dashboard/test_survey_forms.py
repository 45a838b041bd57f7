"""A questionnaire is brought as an XLSForm and asked; what was said of a proposal is answered."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from dashboard.truth import engine
from dashboard.wording import say
from data import access, records, schema
from data.database import reading, writing
from data.fieldwork.replies import publish_reply, published_replies, write_reply
from survey.instrument import Instrument, instruments
from survey.text import LANGUAGES
from survey.xlsform.write import write
from tests.dashboard.looking import opened as look
from tests.dashboard.surveys_page import clicked, facts, opened, person, said

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def newer() -> Instrument:
    """The short questionnaire under a version that nobody has."""
    return instruments()["process_pulse@1"].model_copy(update={"version": 7})


def brought(role: str, content: bytes, name: str = "lomake.xlsx", language: str = "fi"):
    at = opened(role, language, surveys_view="forms")
    at.file_uploader(key="xlsform").set_value((name, content, XLSX)).run(timeout=60)
    assert not at.exception, at.exception
    return at


def test_a_sound_form_is_shown_taken_into_use_and_asked(survey_room):
    at = brought("evaluator", write(newer()))
    assert "Lomake ymmärrettiin: Prosessin laatu, pikakysely, 13 kysymystä." in said(at)
    clicked(at, "survey.bring_do")
    assert say("survey.bring_done", "fi") in said(at)
    with reading(survey_room) as connection:
        told = connection.scalars(sa.select(schema.AuditEvent.subject)).all()
    assert "instrument:process_pulse@7" in told
    clicked(opened("evaluator", surveys_view="new", questionnaire="process_pulse@7"), "survey.open")
    assert facts(survey_room)[0].opening.instrument == "process_pulse@7"


def test_a_manager_sees_it_checked_and_is_told_whom_to_ask(survey_room):
    at = brought("manager", write(newer()))
    assert say("survey.bring_ask", "fi") in said(at)
    assert say("survey.bring_do", "fi") not in [button.label for button in at.button]


def test_a_form_that_is_known_needs_nothing(survey_room):
    at = brought("evaluator", write(instruments()["process_pulse@1"]))
    assert say("survey.bring_known", "fi") in said(at)


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_wrong_is_told_with_its_remedy(survey_room, language):
    told = said(brought("manager", b"%PDF-1.7", "väärä.xlsx", language))
    assert "väärä.xlsx" in told
    assert ".xlsx" in told.partition("väärä.xlsx")[2]
    assert say("survey.form_wrong.one", language) in told


@pytest.fixture
def proposal(survey_room: sa.Engine) -> int:
    with writing(survey_room) as connection:
        row = {"id": 5, "code": "E5", "title": "Penkki", "project_id": 1}
        connection.execute(sa.insert(schema.Proposal), row)
    return 5


@pytest.mark.usefixtures("sample")
def test_a_reply_to_a_proposal_is_offered_to_those_who_may():
    with reading(engine()) as connection:
        user = access.persona("evaluator", connection)
        number = records.proposals(connection, user, limit=1).rows[0].id
    writes = say("reply.new", "fi")
    for role, may in (("evaluator", True), ("steering", False), ("funder", False)):
        at = look("proposals", role, proposal_id=number)
        assert (writes in [expander.label for expander in at.expander]) is may


def test_a_published_reply_to_a_proposal_is_read_by_everybody(survey_room, proposal):
    now = datetime.now(UTC)
    with writing(survey_room) as connection:
        user = person(survey_room, "manager")
        number = write_reply(connection, user, {"sv": "*Bänken* står"}, now, proposal=proposal)
        write_reply(connection, user, {"fi": "luonnos"}, now, proposal=proposal)
        publish_reply(connection, user, number, now)
    with reading(survey_room) as connection:
        assert len(published_replies(connection, proposal=proposal)) == 1

    def page(number):
        from dashboard.session import Viewing
        from dashboard.surveys import replies
        from data.access import User
        from metrics.metric import Profile

        replies.read(Viewing(User(9, "x", ()), "fi", Profile.INSIDE), proposal=number)

    shown = said(AppTest.from_function(page, args=(proposal,)).run())
    assert "*Bänken* står" in shown
    assert "luonnos" not in shown
    assert say("reply.other_language", "fi", name="Svenska") in shown
