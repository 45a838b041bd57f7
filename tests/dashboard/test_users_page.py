"""The page of users: who is let in, with which roles, and how somebody new comes."""

from __future__ import annotations

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard import navigation, sign_in
from dashboard.people import changes
from dashboard.wording import say
from data import access, records, schema
from data.access import NotPermitted, Role
from data.database import reading, writing
from data.records.invited import waiting
from survey.text import LANGUAGES
from tests.dashboard.conftest import sign_in_as
from tests.dashboard.looking import APP, PATIENCE, opened, plain

IDP = "https://idp.example"
OPERATOR = access.operator()


@pytest.fixture
def house(sqlite_engine, tmp_path, monkeypatch):
    """A database with a project, a funder and two users: an administrator and an evaluator."""
    monkeypatch.setenv("ARVIOMO_DATABASE", str(sqlite_engine.url))
    monkeypatch.setenv("ARVIOMO_HOME", str(tmp_path))
    monkeypatch.setattr(sign_in, "_mode", sign_in.Mode.PROVIDER)
    with writing(sqlite_engine) as connection:
        connection.execute(
            sa.insert(schema.Project).values(code="P1", name_fi="Pihat auki", invented=False)
        )
        connection.execute(sa.insert(schema.Funder).values(code="F1", name_fi="Uudenmaan liitto"))
        for subject, role in (("a", "administrator"), ("e", "evaluator")):
            person = records.add_user(
                connection, OPERATOR, issuer=IDP, subject=subject, name=f"Nimi {subject}"
            )
            records.grant_role(connection, OPERATOR, person, role)
    return sqlite_engine


def page(subject="a", language="fi", **selections):
    """The page as somebody sees it who has signed in."""
    at = AppTest.from_file(str(APP), default_timeout=PATIENCE)
    sign_in_as(at, IDP, subject)
    at.query_params["lang"] = language
    for name, value in selections.items():
        at.query_params[name] = str(value)
    at._page_hash = calc_hash("users")
    at.run()
    assert not at.exception, at.exception
    return at


def press(at, label):
    next(button for button in at.button if button.label == say(label, "fi")).click()
    at.run()
    assert not at.exception, at.exception
    return at


def choose(at, label, value):
    next(box for box in at.selectbox if box.label == say(label, "fi")).set_value(value)
    return at.run()


def rights(engine, number):
    with reading(engine) as connection:
        user = access.user_numbered(connection, number)
        return () if user is None else user.grants


def actions(engine):
    with reading(engine) as connection:
        return list(
            connection.scalars(sa.select(schema.AuditEvent.action).order_by(schema.AuditEvent.id))
        )


@pytest.mark.parametrize("language", LANGUAGES)
def test_everybody_stands_there_with_their_roles(house, language):
    at = page(language=language)
    rows = at.table[0].value
    assert list(rows.iloc[:, 0].map(plain)) == ["Nimi a", "Nimi e"]
    assert list(rows.iloc[:, 2].map(plain)) == [
        say("users.role.administrator", language),
        say("users.role.evaluator", language),
    ]
    assert not at.error


def test_somebody_is_invited_with_a_role_and_their_link_is_shown_once(house):
    at = page()
    at.text_input[0].set_value("Kaisa Uusi").run()
    choose(at, "users.role", Role.MANAGER)
    press(at, "users.invite_do")
    assert [plain(one.value) for one in at.success] == [say("users.done.invited", "fi")]
    address = at.code[0].value
    code = address.partition("code=")[2].partition("&")[0]
    with reading(house) as connection:
        number = waiting(connection, code)
    assert rights(house, number)[0].project == 1
    assert plain(at.table[0].value.iloc[2, 0]) == "Kaisa Uusi"
    assert "Pihat auki" in plain(at.table[0].value.iloc[2, 2])
    choose(at, "users.who", 2)
    press(at, "users.disable")
    assert not at.code  # shown once
    assert actions(house)[-3:] == ["invite_user", "grant_role", "disable_user"]


def test_names_stand_in_choices_as_they_were_written(house):
    """A list of choices knows no Markdown, so nothing in it is taken out of Markdown's hands."""
    with writing(house) as connection:
        connection.execute(sa.update(schema.Project).values(name_fi="Piha-alue (osa 1)"))
    at = page()
    at.text_input[0].set_value("Kaisa <b>-").run()
    choose(at, "users.role", Role.MANAGER)
    (scope,) = (box for box in at.selectbox if box.label == say("users.scope.manager", "fi"))
    assert scope.options == ["Piha-alue (osa 1)"]
    press(at, "users.invite_do")
    (who,) = (box for box in at.selectbox if box.label == say("users.who", "fi"))
    assert "Kaisa <b>-" in who.options


def test_an_invitation_without_a_name_is_refused_and_leaves_nothing(house):
    at = press(page(), "users.invite_do")
    assert [plain(one.value) for one in at.error] == [say("users.wrong.invitation", "fi")]
    with reading(house) as connection:
        assert connection.scalar(sa.select(sa.func.count(schema.AppUser.id))) == 2


def test_a_new_link_takes_the_place_of_the_old_one_and_is_cancelled(house):
    at = page()
    at.text_input[0].set_value("Kaisa").run()
    press(at, "users.invite_do")
    old = at.code[0].value.partition("code=")[2].partition("&")[0]
    choose(at, "users.who", 3)
    press(at, "users.invite_again")
    new = at.code[0].value.partition("code=")[2].partition("&")[0]
    with reading(house) as connection:
        assert (waiting(connection, old), waiting(connection, new)) == (None, 3)
    press(at, "users.cancel")
    with reading(house) as connection:
        assert waiting(connection, new) is None
    assert plain(at.table[0].value.iloc[2, 1]) == say("users.state.disabled", "fi")


def test_roles_are_given_and_taken_and_people_let_in_or_not(house):
    at = page(user_id=2)
    next(b for b in at.selectbox if b.key.startswith("users_grant")).set_value(Role.FUNDER).run()
    press(at, "users.grant")
    assert [grant.role for grant in rights(house, 2)] == [Role.EVALUATOR, Role.FUNDER]
    press(at, "users.withdraw")  # the first of them
    assert [grant.role for grant in rights(house, 2)] == [Role.FUNDER]
    press(at, "users.disable")
    assert rights(house, 2) == ()
    press(at, "users.enable")
    assert [grant.role for grant in rights(house, 2)] == [Role.FUNDER]
    assert actions(house)[-4:] == ["grant_role", "withdraw_role", "disable_user", "enable_user"]


@pytest.mark.parametrize("step", ["users.withdraw", "users.disable"])
def test_the_last_administrator_stays(house, step):
    at = press(page(user_id=1), step)
    assert [plain(one.value) for one in at.error] == [say("users.wrong.last_administrator", "fi")]
    assert [grant.role for grant in rights(house, 1)] == [Role.ADMINISTRATOR]


def test_a_role_that_is_there_is_not_given_twice(house):
    at = page(user_id=2)
    next(b for b in at.selectbox if b.key.startswith("users_grant")).set_value(Role.EVALUATOR).run()
    press(at, "users.grant")
    assert [plain(one.value) for one in at.error] == [say("users.wrong.known_role", "fi")]


def test_nobody_else_has_the_page_or_its_buttons(house, monkeypatch):
    at = page("e")
    assert say("page.users", "fi") not in [title.value for title in at.title]
    before = actions(house)
    with reading(house) as connection:
        evaluator = access.user_numbered(connection, 2)
    monkeypatch.setattr(changes, "present", lambda _connection: evaluator)
    monkeypatch.setattr(changes, "take_turn", lambda *_said: True)
    monkeypatch.setattr(changes, "give_back_turn", lambda *_said: None)
    told = []
    monkeypatch.setattr(changes, "keep", lambda name, value: told.append((name, value)))
    grant = access.Grant(Role.ADMINISTRATOR)
    for attempt in (
        lambda: changes.invite(0, "none", lambda: grant),
        lambda: changes.grant(0, 2, lambda: grant),
        lambda: changes.withdraw(0, 1, grant),
        lambda: changes.disable(0, 1),
        lambda: changes.enable(0, 1),
        lambda: changes.cancel(0, 1),
        lambda: changes.invite_again(0, 1),
    ):
        told.clear()
        attempt()
        assert told[-1] == (changes.TOLD, changes.REFUSALS[NotPermitted])
    assert actions(house) == before
    assert "users" in navigation.PAGES


@pytest.mark.usefixtures("sample")
def test_in_the_sample_there_is_nothing_to_press():
    at = opened("users", "administrator")
    assert plain(at.info[0].value) == say("users.sample", "fi")
    assert not at.text_input
