"""A survey is opened, shared, followed and ended on its page by those who may, in each language."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard import app, sign_in
from dashboard.surveys.opening import UNSEEN
from dashboard.wording import say
from data import access, records, schema
from data.access import User
from data.database import HOME_VARIABLE, URL_VARIABLE, home, reading, writing
from data.fieldwork import answers, asking, notices
from data.fieldwork.collection_facts import CollectionFacts, collections_of
from data.instruments import field_instrument
from survey.instrument import instruments
from survey.text import LANGUAGES, Text
from tests.dashboard.conftest import sign_in_as
from tests.dashboard.looking import plain

APP = Path(app.__file__)
ISSUER = "https://id.example"


@pytest.fixture
def room(sqlite_engine: sa.Engine, tmp_path: Path, monkeypatch) -> Iterator[sa.Engine]:
    """Two projects that are real, a person for each role; the manager leads the first project."""
    monkeypatch.setenv(URL_VARIABLE, sqlite_engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    operator = access.operator()
    with writing(sqlite_engine) as connection:
        for number, name in ((1, "Puisto"), (2, "Tori")):
            connection.execute(
                sa.insert(schema.Project),
                {"id": number, "code": f"p{number}", "name_fi": name, "status": "running"},
            )
        connection.execute(
            sa.insert(schema.AffectedPopulation),
            [
                {"project_id": 1, "group_code": "RES", "people": 200, "source": "väestörekisteri"},
                {"project_id": 1, "group_code": "COM", "people": 30, "source": "arvio"},
            ],
        )
        connection.execute(
            sa.insert(schema.Funder), {"id": 1, "code": "f1", "name_fi": "Rahoittaja"}
        )
        for role in schema.ROLES:
            person = records.add_user(
                connection, operator, issuer=ISSUER, subject=role, name=role.title()
            )
            scope = {"manager": {"project": 1}, "funder": {"funder": 1}}
            records.grant_role(connection, operator, person, role, **scope.get(role, {}))
    before = sign_in.mode()
    sign_in.use(sign_in.Mode.PROVIDER)
    yield sqlite_engine
    sign_in.use(before)


def person(engine: sa.Engine, role: str = "manager") -> User:
    with reading(engine) as connection:
        return access.user_of(connection, ISSUER, role)


def opened(role: str = "manager", language: str = "fi", **address: object) -> AppTest:
    """The page as a role sees it in a language."""
    at = AppTest.from_file(str(APP), default_timeout=60)
    sign_in_as(at, ISSUER, role)
    for name, value in {"lang": language, **address}.items():
        at.query_params[name] = str(value)
    at._page_hash = calc_hash("surveys")  # AppTest switches between files only
    at.run()
    assert not at.exception, at.exception
    return at


def clicked(at: AppTest, label: str, language: str = "fi") -> AppTest:
    """The page after a button was pressed that is called by the text of a key."""
    wanted = say(label, language)
    next(button for button in at.button if button.label == wanted).click().run()
    assert not at.exception, at.exception
    return at


def said(at: AppTest) -> str:
    kinds = ("title", "header", "subheader", "markdown", "caption", "text", "info", "success",
             "error", "warning", "code")  # fmt: skip
    texts = [str(element.value) for kind in kinds for element in at.get(kind)]
    return plain("\n".join([*texts, *(table.value.to_csv() for table in at.table)]))


def facts(engine: sa.Engine) -> list[CollectionFacts]:
    with reading(engine) as connection:
        return collections_of(connection, access.operator(), datetime.now(UTC))


def field(at: AppTest, kind: str, name: str):
    """The field of a new collection with a name."""
    return next(one for one in at.get(kind) if (one.key or "").startswith(f"survey_{name}_"))


# --- who may ------------------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["steering", "funder"])
def test_who_may_not_ask_has_no_such_page(room, role):
    assert "surveys" not in access.pages_for(person(room, role))
    at = opened(role)
    assert say("page.surveys", "fi") not in [title.value for title in at.title]


@pytest.mark.parametrize(
    ("role", "offered"), [("manager", {1}), ("evaluator", {1, 2}), ("administrator", {1, 2})]
)
def test_one_asks_in_the_projects_that_one_leads(room, role, offered):
    at = opened(role)
    box = next(box for box in at.selectbox if box.label == say("choose.project", "fi"))
    assert len(box.options) == len(offered)
    clicked(at, "survey.open")
    assert facts(room)[0].opening.project in offered


# --- opening ------------------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_one_press_opens_a_survey_and_shows_its_link(room, language):
    at = clicked(opened(language=language), "survey.open", language)
    (made,) = facts(room)
    assert made.state == "open"
    assert made.opening.instrument == "process_pulse@1"
    assert made.opening.groups == ("RES", "COM")  # those whom the project concerns
    assert (made.opening.closes_at - datetime.now(UTC)).days in (13, 14)
    with writing(room) as connection:
        token = asking.anonymous_link(connection, access.operator(), home(), 1)
    assert f"/s/{token}" in said(at)
    assert say("survey.opened", language) in said(at)
    assert at.query_params["surveys_view"] == "running"
    links = [plain(button.proto.label) for button in at.get("link_button")]
    assert say("survey.qr_download", language) in links
    with reading(room) as connection:
        assert answers.find(connection, home(), token, datetime.now(UTC)).state == "open"


def test_a_second_press_of_what_was_drawn_once_does_nothing():
    def page():
        import streamlit as st

        from dashboard import session

        taken = [session.take_turn("form", 0), session.take_turn("form", 0)]
        session.give_back_turn("form", 0)  # it was refused: the next press counts
        st.text([*taken, session.take_turn("form", 0)])

    assert AppTest.from_function(page).run().text[0].value == "[True, False, True]"


def test_a_survey_whose_page_was_interrupted_is_shown_by_the_next_run_once(room):
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


def test_a_survey_that_is_asked_already_is_refused_at_its_place(room):
    at = clicked(opened(), "survey.open")
    at = opened(surveys_view="new")
    # The next round is offered by itself; the one that is asked already is chosen by hand.
    assert field(at, "selectbox", "wave").value == "end"
    field(at, "selectbox", "wave").select("during")
    clicked(at, "survey.open")
    assert say("survey.wrong.opened", "fi") in said(at)
    assert len(facts(room)) == 1
    field(at, "selectbox", "wave").select("follow_up")
    clicked(at, "survey.open")
    assert {one.opening.wave for one in facts(room)} == {"during", "follow_up"}


def test_answers_that_came_as_a_file_are_gone_round_or_added_to_knowingly(room):
    with writing(room) as connection:
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
def test_a_mistake_is_said_and_nothing_is_opened(room, code, mistake):
    at = opened()
    mistake(at)
    clicked(at, "survey.open")
    assert say(f"survey.wrong.{code}", "fi") in said(at)
    assert say("survey.not_opened", "fi") in said(at)
    assert facts(room) == []


def test_everything_that_is_entered_is_kept(room):
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
    (made,) = facts(room)
    opening = made.opening
    assert (opening.wave, opening.phase, opening.groups) == ("end", "P5", ("STAFF", "NGO"))
    assert opening.languages == ("fi", "en")
    assert opening.thanks == {"fi": "Kiitos **kaikille**!"}
    assert {count.group: count.invited for count in made.counts} == {"STAFF": None, "NGO": 40}
    assert made.state == "planned"
    assert opening.closes_at - opening.opens_at == timedelta(days=5)


def test_groups_that_a_form_asks_nothing_are_not_offered(room):
    assert len(field(at := opened(questionnaire="effects@1"), "multiselect", "groups").options) == 3
    assert say("survey.groups_left", "fi", groups="").split(":")[0] in said(at)


def test_a_survey_without_an_end_is_open_until_somebody_closes_it(room):
    at = opened()
    field(at, "radio", "ending").set_value("open").run()
    clicked(at, "survey.open")
    assert facts(room)[0].opening.closes_at is None
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


def test_an_hour_that_comes_twice_or_never_is_explained(room):
    at = opened()
    closes = field(at, "datetime_input", "closes")
    closes.set_value(datetime(2027, 10, 31, 3, 30)).run()  # clocks go back at four that night
    assert say("survey.clock_twice_second", "fi") in said(at)
    field(at, "datetime_input", "closes").set_value(datetime(2027, 3, 28, 3, 30)).run()
    assert "28.3.2027 klo 4.30" in said(at)


# --- personal links -----------------------------------------------------------------------------


def test_a_list_opens_a_survey_with_a_link_for_each_and_names_nobody(room):
    at = opened()
    field(at, "radio", "link").set_value("personal").run()
    field(at, "text_area", "people").set_value("Asukkaat; fi; muorin-meili\nCOM; en; 77")
    clicked(at, "survey.open")
    (made,) = facts(room)
    assert made.opening.link == "personal"
    assert {count.group: count.invited for count in made.counts} == {"RES": 1, "COM": 1}
    shown = next(code.value for code in at.code)
    assert shown.count("/s/") == 2
    assert "muorin-meili" in shown
    assert say("survey.links_keep", "fi") in said(at)
    # Another visit sees no links, and the database holds no reference.
    assert not opened().code
    with reading(room) as connection:
        rows = connection.execute(sa.select(schema.Invitation)).mappings().all()
    assert "muorin" not in repr(rows)


def test_a_list_with_mistakes_opens_nothing_and_names_every_row(room):
    at = opened()
    field(at, "radio", "link").set_value("joined").run()
    field(at, "text_area", "people").set_value("RES; fi; 1\nNGO; fi; 2\nRES; xx; 3\nRES; fi;")
    clicked(at, "survey.open")
    told = said(at)
    assert "Rivi 2: ryhmää ”NGO” ei kysytä." in told
    assert "Rivi 3: kieltä ”xx” ei tunneta." in told
    assert "Rivi 4: tunnus puuttuu." in told
    assert facts(room) == []


def test_reminders_are_the_links_that_were_not_used(room):
    at = opened()
    field(at, "radio", "link").set_value("personal").run()
    field(at, "text_area", "people").set_value("RES; fi; yksi\nRES; fi; kaksi")
    clicked(at, "survey.open")
    rows = next(code.value for code in at.code).splitlines()
    token = next(row for row in rows if "yksi" in row).rpartition("/s/")[2]
    number = facts(room)[0].opening.collection
    now = datetime.now(UTC)
    item = "GOAL1"
    answers.accept(room, home(), token, "x" * 32, "RES", "fi", {item: 4}, now)
    clicked(at, "survey.waiting_do")
    left = next(code.value for code in at.code)
    assert "kaksi" in left
    assert "yksi" not in left
    assert f"vastaus:{number}" not in left
    assert facts(room)[0].reminded_on is not None


# --- following and ending -----------------------------------------------------------------------


def answered(engine: sa.Engine, people: int, group: str = "RES") -> None:
    """So many answers by the link of the first collection."""
    with writing(engine) as connection:
        token = asking.anonymous_link(connection, access.operator(), home(), 1)
    for number in range(people):
        now = datetime.now(UTC)
        answers.accept(engine, home(), token, f"{number:032d}", group, "fi", {"GOAL1": 4}, now)


def test_counts_are_told_in_steps_and_why(room):
    at = opened()
    field(at, "number_input", "invited_RES").set_value(50)
    clicked(at, "survey.open")
    answered(room, 3)
    at = opened()
    rates = at.table[0].value
    assert list(rates[say("survey.answered", "fi")]) == [say("survey.few", "fi")] * 2
    answered(room, 13)  # the first three again, and ten more
    rates = opened().table[0].value
    assert plain(rates[say("survey.answered", "fi")][0]) == "vähintään 10"
    assert plain(rates[say("survey.rate", "fi")][0]).replace("\xa0", " ") == "vähintään 20 %"
    assert plain(rates[say("survey.coverage", "fi")][0]).replace("\xa0", " ") == "vähintään 5 %"
    assert "5:n kerrannaisiin" in said(opened())


def test_closing_reopening_and_a_new_link_are_each_meant(room):
    at = clicked(opened(), "survey.open")
    before = next(code.value for code in at.code)
    for action in ("close", "new_link"):
        press = next(b for b in at.button if b.label == say(f"survey.{action}_do", "fi"))
        assert press.disabled
    confirm(at, "new_link")
    after = next(code.value for code in at.code)
    assert after != before
    with reading(room) as connection:
        old = answers.find(connection, home(), before.rpartition("/s/")[2], datetime.now(UTC))
    assert old.state == "unknown"
    confirm(at, "close")
    assert facts(room)[0].state == "closed"
    assert say("survey.link_closed", "fi") in said(at)
    assert not at.code
    clicked(at, "survey.reopen_do")  # without a reason
    assert say("survey.wrong.reason", "fi") in said(at)
    assert facts(room)[0].state == "closed"
    reason = next(one for one in at.text_input if one.label == say("survey.reopen_reason", "fi"))
    reason.set_value("Kaksi luokkaa oli leirikoulussa.")
    clicked(at, "survey.reopen_do")
    assert facts(room)[0].state == "open"
    assert next(code.value for code in at.code) == after
    with reading(room) as connection:
        told = connection.scalars(sa.select(schema.AuditEvent.detail)).all()
    assert any("leirikoulussa" in one for one in told)


def confirm(at: AppTest, action: str) -> None:
    """Tick that an action is meant, and press its button."""
    sure = say(f"survey.{action}_sure", "fi")
    next(box for box in at.checkbox if box.label == sure).check().run()
    clicked(at, f"survey.{action}_do")
    assert say(f"survey.{action}_done", "fi") in said(at)


def test_a_right_that_is_taken_away_meanwhile_is_missed_politely(room):
    at = opened()
    with writing(room) as connection:
        connection.execute(sa.delete(schema.UserGrant))
        connection.execute(
            sa.insert(schema.UserGrant), [{"user_id": 2, "role": "manager", "project_id": 2}]
        )
    next(b for b in at.button if b.label == say("survey.open", "fi")).click().run()
    assert not at.exception
    assert facts(room) == []


def test_a_reply_is_drafted_published_changed_and_withdrawn(room):
    at = clicked(opened(), "survey.open")
    clicked(at, "reply.publish_new")
    assert say("reply.wrong.texts", "fi") in said(at)
    new_text(at).set_value("Penkit *korjattiin*.")
    clicked(at, "reply.draft")
    assert (status(room), "Penkit *korjattiin*." in said(at)) == (["draft"], True)
    clicked(at, "reply.publish")
    assert status(room) == ["published"]
    clicked(at, "reply.withdraw")
    assert status(room) == ["draft"]


def new_text(at: AppTest):
    label = say("reply.text", "fi", name="Suomi")
    return next(area for area in reversed(at.text_area) if area.label == label)


def status(engine: sa.Engine) -> list[str]:
    with reading(engine) as connection:
        return list(connection.scalars(sa.select(schema.Reply.status)))


# --- the privacy notice, and links one by one -----------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_an_administrator_writes_a_notice_and_a_manager_reads_it(room, language):
    at = opened("administrator", language, surveys_view="notice")
    next(one for one in at.text_input if one.key == "notice_version_0").set_value("2027-01")
    next(one for one in at.text_area if one.key == "notice_sv_0").set_value("Vår egen text.")
    clicked(at, "notice.write", language)
    assert say("notice.written", language) in said(at)
    with reading(room) as connection:
        assert notices.notice(connection, "2027-01").sv == "Vår egen text."
        assert notices.versions(connection)[0] == "2027-01"
    seen = opened("manager", language, surveys_view="notice", notice_language="sv")
    assert "Vår egen text." in said(seen)
    assert say("notice.ask", language) in said(seen)
    assert not seen.text_area


def test_a_notice_is_refused_with_the_reason(room):
    at = opened("administrator", surveys_view="notice")
    clicked(at, "notice.write")
    assert say("notice.wrong.version", "fi") in said(at)
    next(one for one in at.text_input if one.key == "notice_version_0").set_value("2026-11")
    clicked(at, "notice.write")
    assert say("notice.wrong.known", "fi") in said(at)


def test_an_open_survey_takes_another_notice_into_use(room):
    clicked(opened(), "survey.open")
    text = Text(fi="Uusi.", sv="Ny.", en="New.")
    with writing(room) as connection:
        notices.write_notice(connection, access.operator(), "2026-x", text, date(2026, 1, 1))
    at = opened()
    field = next(one for one in at.selectbox if (one.key or "").startswith("use_notice_version"))
    field.set_value("2026-x")
    clicked(at, "notice.use_do")
    assert say("notice.used", "fi") in said(at)
    assert facts(room)[0].opening.notice_version == "2026-x"


def test_one_link_is_withdrawn_by_its_reference(room):
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
    assert facts(room)[0].counts[0].invited == 1
