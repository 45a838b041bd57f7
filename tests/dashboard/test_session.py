"""Language, persona and selections live in the address; what is not permitted is not there."""

import os
import signal
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import streamlit as st
from streamlit import config
from streamlit.testing.v1 import AppTest

from dashboard import sign_in
from dashboard.server import SCRIPT
from dashboard.wording import say
from data import access, records, schema
from data.database import writing
from data.permissions import Role
from tests.dashboard.conftest import sign_in_as

TITLES = {"fi": "Yleiskuva", "sv": "Översikt", "en": "Overview"}


def choosing_page():
    """A page with one choice, as pages tie it to the address."""
    import streamlit as st

    from dashboard import session

    st.selectbox("Theme", format_func=str.lower, **session.follow("theme_code", ["A", "B", "C"]))
    st.text(session.selection("theme_code", ["A", "B", "C"]))


def numbers_page():
    import streamlit as st

    from dashboard import session

    chosen = session.selection("project_id", [11, 12], default=12)
    st.text(repr(chosen))


def test_the_address_chooses():
    page = AppTest.from_function(choosing_page)
    page.query_params["theme_code"] = "B"
    page.run()
    assert page.text[0].value == "B"
    assert page.selectbox[0].value == "B"


def test_a_choice_is_written_into_the_address():
    page = AppTest.from_function(choosing_page).run()
    assert page.query_params["theme_code"] == "A"  # even what was not chosen: a link shows it
    page.selectbox[0].select("C").run()
    assert page.query_params["theme_code"] == "C"
    assert page.text[0].value == "C"


def test_what_the_address_does_not_say_is_remembered():
    page = AppTest.from_function(choosing_page).run()
    page.selectbox[0].select("C").run()
    page.query_params.clear()  # as the navigation does on a change of page
    page.run()
    assert page.text[0].value == "C"
    assert page.query_params["theme_code"] == "C"


def test_the_address_wins_over_what_is_remembered():
    page = AppTest.from_function(choosing_page).run()
    page.selectbox[0].select("C").run()
    page.query_params["theme_code"] = "B"  # as a link to the same page does
    page.run()
    assert page.selectbox[0].value == page.text[0].value == "B"


def test_what_is_no_option_is_ignored():
    page = AppTest.from_function(choosing_page)
    page.query_params["theme_code"] = "somebody-elses"
    page.run()
    assert not page.exception
    assert page.text[0].value == "A"


def test_options_keep_their_kind():
    page = AppTest.from_function(numbers_page)
    page.query_params["project_id"] = "11"
    assert page.run().text[0].value == "11"
    page = AppTest.from_function(numbers_page)
    assert page.run().text[0].value == "12"


# --- the frame ----------------------------------------------------------------------------------


@pytest.fixture
def frame(sample_home, monkeypatch):
    """The whole screen on the sample portfolio, without a browser."""
    monkeypatch.delenv("ARVIOMO_DATABASE", raising=False)
    monkeypatch.setenv("ARVIOMO_HOME", str(sample_home / "demo"))
    monkeypatch.setattr(sign_in, "_mode", sign_in.Mode.PERSONAS)

    def run(**address):
        app = AppTest.from_file(SCRIPT, default_timeout=60)
        for name, value in address.items():
            app.query_params[name] = value
        app.run()
        assert not app.exception, [*app.exception[0].stack_trace, app.exception[0].message]
        return app

    # A reader of a page may not see what went wrong inside, but a reader of this test may.
    config.set_option("client.showErrorDetails", "full")
    yield run
    config.set_option("client.showErrorDetails", "none")


def titles(app):
    return [title.value for title in app.title]


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
def test_the_first_page_stands_in_three_languages(frame, language):
    app = frame(lang=language)
    assert titles(app) == [TITLES[language]]


def test_finnish_is_the_language_of_those_who_did_not_choose(frame):
    app = frame()
    assert titles(app) == ["Yleiskuva"]
    assert app.query_params["lang"] == "fi"


#: What a reader of the whole portfolio opens, by menu; what has no menu stands at the start. The
#: default page lives at the root.
WHOLE = {
    "": ["", "project", "search"],
    "Tulokset": ["theme", "area", "participation", "proposals"],
    "Prosessi": ["process", "self_assessment", "challenges"],
}
LED = WHOLE | {
    "": ["", "my_projects", "project", "search"],
    "Prosessi": ["process", "self_assessment", "surveys", "challenges"],
}
TOLD = {"Raportointi": ["reporting", "figure", "claims"]}
FILLED = {"Raportointi": ["reporting", "figure", "closing", "claims"]}
BASIS = "Tiedon perusta"


@pytest.mark.parametrize(
    ("role", "menus"),
    [
        (Role.STEERING, WHOLE | TOLD | {"": ["", "project", "search", "methods"]}),
        (Role.MANAGER, LED | FILLED | {"": ["", "my_projects", "project", "search", "methods"]}),
        (
            Role.FUNDER,
            {
                "": ["", "funded", "project", "search", "process", "methods"],
                "Tulokset": ["participation", "proposals"],
            }
            | TOLD,
        ),
        (Role.EVALUATOR, LED | FILLED | {BASIS: ["data_room", "methods"]}),
        (
            Role.ADMINISTRATOR,
            LED
            | FILLED
            | {"": ["", "my_projects", "funded", "project", "search"]}
            | {BASIS: ["data_room", "methods", "users", "audit"]},
        ),
    ],
)
def test_a_page_that_is_not_permitted_is_not_registered(frame, monkeypatch, role, menus):
    registered = {}

    def navigation(given, **settings):
        registered.update(
            {menu: [page.url_path for page in pages] for menu, pages in given.items()}
        )
        return real(given, **settings)

    real = st.navigation
    monkeypatch.setattr(st, "navigation", navigation)
    frame(persona=role)
    assert registered == menus


def test_the_sample_is_called_invented(frame):
    said = " ".join(words.value for words in frame(lang="en").markdown)
    assert "every project and figure is **invented**" in said


def test_without_personas_a_stranger_sees_the_door_only(frame, monkeypatch):
    monkeypatch.setattr(sign_in, "_mode", sign_in.Mode.PROVIDER)
    app = frame(lang="en", persona="administrator")
    assert titles(app) == ["Arviomo"]
    assert [button.label for button in app.button] == ["Sign in"]


@pytest.fixture
def looking(engine, monkeypatch):
    """The screen as somebody with a role sees it who signed in; how long ago is handed in."""
    monkeypatch.setenv("ARVIOMO_DATABASE", engine.url.render_as_string(hide_password=False))
    monkeypatch.setattr(sign_in, "_mode", sign_in.Mode.PROVIDER)
    with writing(engine) as connection:
        person = records.add_user(
            connection, access.operator(), issuer="https://idp", subject="s", name="Maija"
        )
        records.grant_role(connection, access.operator(), person, "steering")

    def look(**ago):
        app = AppTest.from_file(SCRIPT, default_timeout=60)
        app.query_params["lang"] = "en"
        sign_in_as(app, "https://idp", "s", **ago)
        return app.run()

    return look


@pytest.mark.parametrize(
    ("ago", "title"),
    [
        ({"minutes": 0}, "Overview"),
        ({"minutes": 29}, "Overview"),
        ({"minutes": 31}, "Arviomo"),
        ({"days": 30}, "Arviomo"),
    ],
)
def test_t25_somebody_who_does_nothing_for_half_an_hour_is_out(looking, ago, title):
    app = looking(**ago)
    assert not app.exception
    assert titles(app) == [title]


def test_t25_who_clicks_stays_for_ten_hours_and_no_longer(engine, looking):
    app = looking(hours=9, minutes=59)
    assert titles(app) == ["Arviomo"]  # so long without a click
    with writing(engine) as connection:
        clicked = datetime.now(UTC) - timedelta(minutes=5)
        connection.execute(sa.update(schema.SignInSession).values(seen_at=clicked))
    assert titles(app.run()) == ["Overview"]
    with writing(engine) as connection:
        seen = connection.scalar(sa.select(schema.SignInSession.seen_at))
        assert seen - clicked > timedelta(minutes=4)  # the click was noted
        started = datetime.now(UTC) - timedelta(hours=10, minutes=1)
        connection.execute(sa.update(schema.SignInSession).values(started_at=started))
    assert titles(app.run()) == ["Arviomo"]
    assert [button.label for button in app.button] == ["Sign in"]


def test_t25_a_copied_cookie_is_dead_after_signing_out_in_any_tab(looking):
    here = looking()
    there = AppTest.from_file(SCRIPT, default_timeout=60)
    there.user = dict(here.user)
    there.query_params["lang"] = "en"
    assert titles(there.run()) == ["Overview"]
    next(button for button in here.button if button.label == "Sign out").click().run()
    assert titles(here) == ["Arviomo"]
    assert titles(there.run()) == ["Arviomo"]


@pytest.mark.parametrize(
    "change",
    [
        sa.update(schema.AppUser).values(disabled_at=datetime(2026, 1, 1, tzinfo=UTC)),
        sa.delete(schema.UserGrant),
    ],
    ids=["disabled", "no role left"],
)
def test_t25_who_is_let_in_no_longer_is_out_at_the_next_click(engine, looking, change):
    app = looking()
    assert titles(app) == ["Overview"]
    with writing(engine) as connection:
        connection.execute(change)
    assert titles(app.run()) == ["Arviomo"]


def test_without_a_server_of_ours_nobody_is_let_in_and_the_process_ends(looking, monkeypatch):
    app, ended = looking(), []
    monkeypatch.setattr(os, "kill", lambda *told: ended.append(told))
    monkeypatch.setattr(sign_in, "_mode", None)  # as `streamlit run dashboard/app.py` leaves it
    app.run()
    assert titles(app) == []
    assert [error.value for error in app.error] == [say("refusal.not_our_server", "en")]
    assert ended == [(os.getpid(), signal.SIGTERM)]


def test_personas_end_when_real_data_comes_in(engine, frame, monkeypatch):
    monkeypatch.setenv("ARVIOMO_DATABASE", engine.url.render_as_string(hide_password=False))
    with writing(engine) as connection:
        connection.execute(
            sa.insert(schema.AppUser).values(
                id=1, issuer=access.SAMPLE_ISSUER, subject="steering", name="Saara"
            )
        )
        connection.execute(sa.insert(schema.UserGrant).values(user_id=1, role="steering"))
        connection.execute(sa.insert(schema.Project).values(code="K", name_fi="K", invented=True))
    assert titles(frame(lang="en")) == ["Overview"]
    with writing(engine) as connection:
        connection.execute(sa.insert(schema.Project).values(code="R", name_fi="R", invented=False))
    assert titles(frame(lang="en")) == ["Arviomo"]


def test_before_the_first_publication_the_page_says_so(engine, frame, monkeypatch):
    monkeypatch.setenv("ARVIOMO_DATABASE", engine.url.render_as_string(hide_password=False))
    with writing(engine) as connection:
        connection.execute(
            sa.insert(schema.AppUser).values(
                id=1, issuer=access.SAMPLE_ISSUER, subject="steering", name="Saara"
            )
        )
        connection.execute(sa.insert(schema.UserGrant).values(user_id=1, role="steering"))
        connection.execute(sa.insert(schema.Project).values(code="K", name_fi="K", invented=True))
    app = frame(lang="en")
    assert "No figures have been published yet" in app.info[0].value
