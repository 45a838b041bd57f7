"""A survey is followed, ended, replied to and given its notice on its page."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from dashboard.wording import say
from data import access, schema
from data.database import home, reading, writing
from data.fieldwork import answers, asking, notices
from survey.text import LANGUAGES, Text
from tests.dashboard.looking import plain
from tests.dashboard.surveys_page import clicked, facts, field, opened, said

# --- following and ending -----------------------------------------------------------------------


def answered(engine: sa.Engine, people: int, group: str = "RES") -> None:
    """So many answers by the link of the first collection."""
    with writing(engine) as connection:
        token = asking.anonymous_link(connection, access.operator(), home(), 1)
    for number in range(people):
        now = datetime.now(UTC)
        answers.accept(engine, home(), token, f"{number:032d}", group, "fi", {"GOAL1": 4}, now)


def test_counts_are_told_in_steps_and_why(survey_room):
    at = opened()
    field(at, "number_input", "invited_RES").set_value(50)
    clicked(at, "survey.open")
    answered(survey_room, 3)
    at = opened()
    rates = at.table[0].value
    assert list(rates[say("survey.answered", "fi")]) == [say("survey.few", "fi")] * 2
    answered(survey_room, 13)  # the first three again, and ten more
    rates = opened().table[0].value
    assert plain(rates[say("survey.answered", "fi")][0]) == "vähintään 10"
    assert plain(rates[say("survey.rate", "fi")][0]).replace("\xa0", " ") == "vähintään 20 %"
    assert plain(rates[say("survey.coverage", "fi")][0]).replace("\xa0", " ") == "vähintään 5 %"
    assert "5:n kerrannaisiin" in said(opened())


def test_closing_reopening_and_a_new_link_are_each_meant(survey_room):
    at = clicked(opened(), "survey.open")
    before = next(code.value for code in at.code)
    for action in ("close", "new_link"):
        press = next(b for b in at.button if b.label == say(f"survey.{action}_do", "fi"))
        assert press.disabled
    confirm(at, "new_link")
    after = next(code.value for code in at.code)
    assert after != before
    with reading(survey_room) as connection:
        old = answers.find(connection, home(), before.rpartition("/s/")[2], datetime.now(UTC))
    assert old.state == "unknown"
    confirm(at, "close")
    assert facts(survey_room)[0].state == "closed"
    assert say("survey.link_closed", "fi") in said(at)
    assert not at.code
    clicked(at, "survey.reopen_do")  # without a reason
    assert say("survey.wrong.reason", "fi") in said(at)
    assert facts(survey_room)[0].state == "closed"
    reason = next(one for one in at.text_input if one.label == say("survey.reopen_reason", "fi"))
    reason.set_value("Kaksi luokkaa oli leirikoulussa.")
    clicked(at, "survey.reopen_do")
    assert facts(survey_room)[0].state == "open"
    assert next(code.value for code in at.code) == after
    with reading(survey_room) as connection:
        told = connection.scalars(sa.select(schema.AuditEvent.detail)).all()
    assert any("leirikoulussa" in one for one in told)


def test_the_end_of_an_open_survey_is_moved(survey_room):
    at = clicked(opened(), "survey.open")
    before = facts(survey_room)[0].opening.closes_at
    label = say("survey.closes", "fi")
    [field] = [one for one in at.datetime_input if one.label == label]
    field.set_value(field.value + timedelta(days=7)).run()
    clicked(at, "survey.move_end_do")
    assert say("survey.move_end_done", "fi") in said(at)
    [after] = facts(survey_room)
    assert (after.state, after.opening.closes_at - before) == ("open", timedelta(days=7))


def confirm(at: AppTest, action: str) -> None:
    """Tick that an action is meant, and press its button."""
    sure = say(f"survey.{action}_sure", "fi")
    next(box for box in at.checkbox if box.label == sure).check().run()
    clicked(at, f"survey.{action}_do")
    assert say(f"survey.{action}_done", "fi") in said(at)


def test_a_right_that_is_taken_away_meanwhile_is_missed_politely(survey_room):
    at = opened()
    with writing(survey_room) as connection:
        connection.execute(sa.delete(schema.UserGrant))
        connection.execute(
            sa.insert(schema.UserGrant), [{"user_id": 2, "role": "manager", "project_id": 2}]
        )
    next(b for b in at.button if b.label == say("survey.open", "fi")).click().run()
    assert not at.exception
    assert facts(survey_room) == []


def test_a_reply_is_drafted_published_changed_and_withdrawn(survey_room):
    at = clicked(opened(), "survey.open")
    clicked(at, "reply.publish_new")
    assert say("reply.wrong.texts", "fi") in said(at)
    new_text(at).set_value("Penkit *korjattiin*.")
    clicked(at, "reply.draft")
    assert (status(survey_room), "Penkit *korjattiin*." in said(at)) == (["draft"], True)
    clicked(at, "reply.publish")
    assert status(survey_room) == ["published"]
    clicked(at, "reply.withdraw")
    assert status(survey_room) == ["draft"]


def new_text(at: AppTest):
    label = say("reply.text", "fi", name="Suomi")
    return next(area for area in reversed(at.text_area) if area.label == label)


def status(engine: sa.Engine) -> list[str]:
    with reading(engine) as connection:
        return list(connection.scalars(sa.select(schema.Reply.status)))


# --- the privacy notice, and links one by one -----------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_administrator_writes_a_notice_and_a_manager_reads_it(survey_room, language):
    at = opened("administrator", language, surveys_view="notice")
    next(one for one in at.text_input if one.key == "notice_version_0").set_value("2027-01")
    next(one for one in at.text_area if one.key == "notice_sv_0").set_value("Vår egen text.")
    clicked(at, "notice.write", language)
    assert say("notice.written", language) in said(at)
    with reading(survey_room) as connection:
        assert notices.notice(connection, "2027-01").sv == "Vår egen text."
        assert notices.versions(connection)[0] == "2027-01"
    seen = opened("manager", language, surveys_view="notice", notice_language="sv")
    assert "Vår egen text." in said(seen)
    assert say("notice.ask", language) in said(seen)
    assert not seen.text_area


def test_a_notice_is_refused_with_the_reason(survey_room):
    at = opened("administrator", surveys_view="notice")
    clicked(at, "notice.write")
    assert say("notice.wrong.version", "fi") in said(at)
    next(one for one in at.text_input if one.key == "notice_version_0").set_value("2026-11")
    clicked(at, "notice.write")
    assert say("notice.wrong.known", "fi") in said(at)


def test_an_open_survey_takes_another_notice_into_use(survey_room):
    clicked(opened(), "survey.open")
    text = Text(fi="Uusi.", sv="Ny.", en="New.")
    with writing(survey_room) as connection:
        notices.write_notice(connection, access.operator(), "2026-x", text, date(2026, 1, 1))
    at = opened()
    field = next(one for one in at.selectbox if (one.key or "").startswith("use_notice_version"))
    field.set_value("2026-x")
    clicked(at, "notice.use_do")
    assert say("notice.used", "fi") in said(at)
    assert facts(survey_room)[0].opening.notice_version == "2026-x"


def test_one_link_is_withdrawn_by_its_reference(survey_room):
    at = opened()
    field(at, "radio", "link").set_value("personal").run()
    field(at, "text_area", "people").set_value("RES; fi; yksi\nRES; fi; kaksi")
    clicked(at, "survey.open")
    at = opened()
    for reference, key in (("kolme", "survey.wrong.not_invited"), ("Yksi", "survey.withdraw_done")):
        next(one for one in at.text_input if one.key == "withdraw_reference_0").set_value(reference)
        clicked(at, "survey.withdraw_do")
        assert say(key, "fi") in said(at)
    states = opened().table[0].value
    assert states[say("survey.invited.withdrawn", "fi")].tolist() == ["1"]
    assert states[say("survey.invited.made", "fi")].tolist() == ["2"]
    assert facts(survey_room)[0].counts[0].invited == 1
