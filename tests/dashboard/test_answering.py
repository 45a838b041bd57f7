"""Answering by link: the steps of the form, what is stored, and every way in which it can end."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from starlette.applications import Starlette
from starlette.testclient import TestClient

from benchmarks.respondents import Page
from dashboard import server
from dashboard.answering import misses, steps, visits
from dashboard.wording import say
from data import database, schema
from data.fieldwork import asking, invitations, replies
from survey.instrument import instruments
from survey.text import LANGUAGES
from tests.data.asked import NOW, USER, count, invited, link, opened

FORM = {"content-type": "application/x-www-form-urlencoded"}
NOT_STORED = {
    "fi": "Nyt lähetettyjä vastauksia ei tallennettu.",
    "sv": "Svaren som skickades nu sparades inte.",
    "en": "The answers that were sent now were not stored.",
}


@pytest.fixture
def clock(monkeypatch):
    """The moment of every visit, in the middle of the days on which answers are taken."""
    moment = {"now": NOW}
    monkeypatch.setattr(visits, "now", lambda: moment["now"])
    return moment


@pytest.fixture
def home(tmp_path, monkeypatch):
    monkeypatch.setenv("ARVIOMO_HOME", str(tmp_path))
    return tmp_path


@pytest.fixture
def served(engine, monkeypatch, home, clock):
    """A fresh database, SQLite and PostgreSQL in turn, as the one that is served."""
    monkeypatch.setenv("ARVIOMO_DATABASE", engine.url.render_as_string(hide_password=False))
    misses.forget()
    return engine


@pytest.fixture
def database_served(sqlite_engine, monkeypatch, home, clock):
    """A fresh SQLite database, where the other one would say the same."""
    monkeypatch.setenv("ARVIOMO_DATABASE", str(sqlite_engine.url))
    misses.forget()
    return sqlite_engine


@pytest.fixture
def client():
    app = Starlette(routes=server.routes(), middleware=server.middleware(("127.0.0.1",)))
    return TestClient(app, base_url="http://127.0.0.1", follow_redirects=False)


def press(client, token, page, button, **answers):
    return followed(client, client.post(f"/s/{token}", data=page.pressed(button, **answers)))


def followed(client, answer):
    """The page of the form that an answer leads to; a receipt or a new form is not followed."""
    within = answer.status_code == 303 and "?at=" in answer.headers["location"]
    return client.get(answer.headers["location"]) if within else answer


def through(client, token, page, answers=None, **first):
    """The answer to the last button, after answering on the way what the mapping says."""
    wanted = answers or {}
    given = first
    for _ in range(30):
        given |= {code: said for code, said in wanted.items() if code in page.choices}
        given |= {code: said for code, said in wanted.items() if code in page.texts}
        button = "send" if "send" in page.buttons else "next"
        answer = press(client, token, page, button, **given)
        if answer.status_code != 200:
            return answer
        page, given = Page(answer.text), {}
    raise AssertionError("the form does not end")


def start(client, token, **params):
    answer = client.get(f"/s/{token}", params=params)
    assert answer.status_code == 200, answer.text
    return Page(answer.text)


def numbers(html):
    """Which page of how many."""
    return tuple(int(n) for n in re.search(r'id="progress">Sivu (\d+)/(\d+)<', html).groups())


def only_response(engine):
    with database.reading(engine) as connection:
        return connection.execute(sa.select(schema.Response.__table__)).one()


# --- the way through ----------------------------------------------------------------------------


def test_answers_are_stored_with_group_and_language_and_thanked(served, client, home):
    token = link(served, home, opened(served, groups=("RES", "STAFF")))
    page = start(client, token, lang="sv")
    assert page.language == "sv"
    assert page.choices["group"] == ["RES", "STAFF"]
    sent = through(client, token, page, {"GOAL1": "4", "LEARN1": "-1"}, group="STAFF")
    assert sent.status_code == 303
    row = only_response(served)
    assert (row.group_code, row.language) == ("STAFF", "sv")
    assert str(row.answered_on) == "2026-11-10"
    assert row.answers == '{"GOAL1":4,"LEARN1":-1}'
    thanks = client.get(sent.headers["location"])
    assert thanks.status_code == 200
    assert "Tack! Dina svar har sparats." in thanks.text


def test_looking_never_counts_as_answering(database_served, client, home):
    number = opened(database_served, link="personal")
    [token] = invited(database_served, home, number, 1)
    programs = ("GoogleImageProxy", "Outlook SafeLinks", "Slackbot-LinkExpanding 1.0", "curl/8", "")
    for agent in programs:
        for method in ("GET", "HEAD"):
            for address in (f"/s/{token}", f"/s/{token}?lang=en"):
                found = client.request(method, address, headers={"user-agent": agent})
                assert found.status_code == 200
    assert count(database_served, schema.UsedLink) == 0
    sent = through(client, token, start(client, token), {"GOAL1": "3"})
    assert sent.status_code == 303
    assert count(database_served, schema.Response) == 1


def test_another_language_and_going_back_lose_nothing(database_served, client, home):
    token = link(database_served, home, opened(database_served, groups=("RES", "STAFF")))
    page = Page(press(client, token, start(client, token), "sv", group="STAFF").text)
    assert (page.language, page.fields["group"], page.fields["at"]) == ("sv", "STAFF", "start")
    page = Page(press(client, token, page, "next").text)
    assert next(iter(page.choices)) == "GOAL1"
    page = Page(press(client, token, page, "en", GOAL1="5").text)
    assert (page.language, page.fields["GOAL1"]) == ("en", "5")
    page = Page(press(client, token, page, "next").text)
    assert page.fields["GOAL1"] == "5"  # it travels unseen now
    assert "GOAL1" not in page.choices
    page = Page(press(client, token, page, "back").text)
    assert (page.fields["GOAL1"], page.fields["group"]) == ("5", "STAFF")
    page = Page(press(client, token, page, "clear").text)
    assert "GOAL1" not in page.fields
    assert Page(press(client, token, page, "back").text).fields["group"] == "STAFF"


def test_questions_that_depend_on_an_answer_come_and_go(database_served, client, home):
    asked = {"instrument": "process_pupil@1", "groups": ("CUS",)}
    token = link(database_served, home, opened(database_served, **asked))
    page = Page(press(client, token, start(client, token), "next").text)
    while "HARM_PUPIL" not in page.choices:
        page = Page(press(client, token, page, "next").text)
    harmed = press(client, token, page, "next", HARM_PUPIL="2")
    spared = press(client, token, page, "next", HARM_PUPIL="1")
    waiting = [
        item.code
        for item in instruments()["process_pupil@1"].items
        if item.shown_if and item.shown_if.item == "HARM_PUPIL"
    ]
    shown = [*Page(harmed.text).choices, *Page(harmed.text).texts]
    assert waiting
    assert set(waiting) <= set(shown)
    assert not set(waiting) & {*Page(spared.text).choices, *Page(spared.text).texts}
    assert numbers(harmed.text) == numbers(spared.text)  # other questions stand there besides


def test_where_no_question_is_left_the_answers_are_sent_from_a_page_of_their_own():
    pupil = instruments()["process_pupil@1"]
    short = pupil.model_copy(
        update={"items": tuple(i for i in pupil.items if "HARM" in i.code), "sections": ()}
    )
    harmed, draft = (
        steps.drafted(short, "during", "CUS", "fi", "s" * 20, {"HARM_PUPIL": said})
        for said in ("2", "1")
    )
    [page] = draft.pages  # a page that nobody needs is not counted
    assert len(harmed.pages) == 2
    assert steps.is_last(harmed, 1)
    assert [item.code for item in page] == ["HARM_PUPIL"]
    assert not steps.is_last(draft, 0)  # another answer would open another page
    assert steps.is_last(draft, 1)
    assert steps.place(draft, steps.END) == 1


def test_a_question_may_be_skipped_but_not_all_of_them(database_served, client, home):
    token = link(database_served, home, opened(database_served))
    page = start(client, token)
    refused = through(client, token, page)
    assert refused.status_code == 422
    assert "Et ole vastannut vielä yhteenkään kysymykseen." in refused.text
    assert count(database_served, schema.Response) == 0
    answered = press(client, token, Page(refused.text), "send", LEARN1="2")
    assert answered.status_code == 303


@pytest.mark.parametrize(
    ("language", "said"),
    [("fi", "Valitse ryhmä."), ("sv", "Välj en grupp."), ("en", "Choose a group.")],
)
def test_the_group_is_asked_for_until_it_is_chosen(database_served, client, home, language, said):
    token = link(database_served, home, opened(database_served, groups=("RES", "STAFF")))
    refused = press(client, token, start(client, token, lang=language), "next")
    assert refused.status_code == 422
    assert f'<html lang="{language}">' in refused.text
    assert refused.text.count(said) == 2  # at the top and at the question
    assert '<a href="#q-group">' in refused.text
    assert 'id="q-group"' in refused.text
    assert 'id="summary" tabindex="-1" autofocus' in refused.text


def test_an_answer_that_is_too_long_is_kept_and_said_at_its_place(database_served, client, home):
    token = link(database_served, home, opened(database_served, instrument="benefit@1"))
    page = Page(press(client, token, start(client, token), "next").text)
    while "CHANGE_TEXT" not in page.texts:
        page = Page(press(client, token, page, "next").text)
    long = "ä" * 2001
    refused = press(client, token, page, "send", CHANGE_TEXT=long)
    assert refused.status_code == 422
    assert "2 001" in refused.text.replace("\u202f", " ")
    assert 'href="#q-CHANGE_TEXT"' in refused.text
    assert 'aria-describedby="h-CHANGE_TEXT e-CHANGE_TEXT" aria-invalid="true"' in refused.text
    kept = Page(refused.text)
    assert kept.fields["CHANGE_TEXT"] == long
    # Another language and the page before take it along, too long as it is.
    away = Page(press(client, token, kept, "back").text)
    assert away.fields["CHANGE_TEXT"] == long
    assert Page(press(client, token, kept, "sv").text).fields["CHANGE_TEXT"] == long
    assert press(client, token, kept, "send", CHANGE_TEXT="ä" * 2000).status_code == 303


def test_whatever_is_posted_is_answered_by_a_page(database_served, client, home):
    token = link(database_served, home, opened(database_served, groups=("RES", "STAFF")))
    forms = (
        "", "do=send", "do=send&at=GOAL1", "do=next&at=%00", "at=end&do=send&group=RES",
        "do=send&group=RES&GOAL1=99&submission=" + "a" * 20, "group=ELSE&do=next", "do=back",
        "do=clear&at=start", "%ff%fe=%ff&do=fi", "GOAL1=" + "9" * 5000, "GOAL1=%F0%9F%92%A9",
        "lang=xx&do=zz", "group=RES&do=next&at=end",
    )  # fmt: skip
    for form in forms:
        answer = followed(client, client.post(f"/s/{token}", content=form, headers=FORM))
        assert answer.status_code in (200, 422), form
        assert Page(answer.text).fields["submission"], form
    assert count(database_served, schema.Response) == 0


# --- sent twice ---------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", ["anonymous", "personal"])
def test_ten_presses_at_once_are_one_answer(served, client, home, kind):
    number = opened(served, link=kind)
    token = (
        link(served, home, number) if kind == "anonymous" else invited(served, home, number, 1)[0]
    )
    page = start(client, token)
    form = page.pressed("send", at="end", GOAL1="4")

    def send(_):
        one = TestClient(client.app, base_url="http://127.0.0.1", follow_redirects=False)
        return one.post(f"/s/{token}", data=form)

    with ThreadPoolExecutor(10) as people:
        sent = list(people.map(send, range(10)))
    assert {answer.status_code for answer in sent} == {303}
    assert len({answer.headers["location"] for answer in sent}) == 1
    assert count(served, schema.Response) == 1
    # And again later, after the end too.
    with database.writing(served) as connection:
        asking.close(connection, USER, number, NOW)
    assert send(0).headers["location"] == sent[0].headers["location"]
    assert count(served, schema.Response) == 1


def test_the_receipt_is_shown_to_those_who_sent_something(database_served, client, home):
    token = link(database_served, home, opened(database_served))
    for proof in ("", "?r=", "?r=x", "?r=%C3%A4", f"?r={'a' * 500}"):
        answer = client.get(f"/s/{token}/receipt{proof}")
        assert answer.status_code == 303
        assert answer.headers["location"] == f"/s/{token}"
    sent = through(client, token, start(client, token), {"GOAL1": "1"})
    for _ in range(3):
        assert "Vastauksesi on tallennettu" in client.get(sent.headers["location"]).text
    assert count(database_served, schema.Response) == 1


# --- when there is nothing to answer ------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_links_that_lead_nowhere_look_the_same(database_served, client, home, language):
    number = opened(database_served, link="personal")
    withdrawn, other = invited(database_served, home, number, 2)
    anonymous = opened(database_served, wave="end")
    replaced = link(database_served, home, anonymous)
    with database.writing(database_served) as connection:
        asking.new_link(connection, USER, home, anonymous)
        for asked in invitations.invitations_of(connection, USER, home, number):
            invitations.withdraw(connection, USER, number, asked.id, NOW)
    never = "A" * 43
    said = set()
    for token in (withdrawn, other, replaced, never, "short", "ä", "a/b/c", f"{never}/x"):
        for method in ("GET", "POST"):
            answer = client.request(
                method, f"/s/{token}?lang={language}", headers=FORM if method == "POST" else {}
            )
            assert answer.status_code == 404
            said.add(answer.text)
        misses.forget()
    assert len(said) == 1
    assert f'<html lang="{language}">' in said.pop()


def test_a_link_that_was_used_thanks_again(database_served, client, home):
    number = opened(database_served, link="personal", groups=("STAFF",))
    [token] = invited(database_served, home, number, 1, group="STAFF")
    page = start(client, token)
    sent = through(client, token, page, {"GOAL1": "5"})
    assert "group" not in page.choices
    for language, word in (("fi", "Kiitos!"), ("sv", "Tack!"), ("en", "Thank you!")):
        again = client.get(f"/s/{token}?lang={language}")
        assert again.status_code == 200
        assert word in again.text
    # Somebody who had the form open elsewhere is told that the link was used; who sends other
    # answers is told that they were not stored, and is not thanked.
    for button in ("next", "back", "sv"):
        late = client.post(f"/s/{token}", data=page.pressed(button))
        assert late.status_code == 303
        assert "/receipt" not in late.headers["location"]
        assert "on jo vastattu" in client.get(f"/s/{token}").text
    other = page.fields | {"submission": "another-form-of-theirs"}
    for form in (page.fields | {"GOAL1": "1"}, other | {"GOAL1": "5"}):
        for language, said in NOT_STORED.items():
            late = client.post(f"/s/{token}", data=form | {"do": "send", "lang": language})
            assert (late.status_code, said in late.text) == (409, True)
            assert "Kiitos" not in late.text
    again = press(client, token, page, "send", GOAL1="5")
    assert again.headers["location"].startswith(sent.headers["location"].split("&a=")[0])
    assert only_response(database_served).answers == '{"GOAL1":5}'


def test_a_link_that_comes_early_says_when_it_opens(database_served, client, home, clock):
    token = link(
        database_served, home, opened(database_served, opens=datetime(2026, 11, 12, 8, 30))
    )
    for language, moment in (
        ("fi", "12.11.2026 klo 8.30"),
        ("sv", "12.11.2026 kl. 8.30"),
        ("en", "12 November 2026 at 08:30"),
    ):
        early = client.get(f"/s/{token}?lang={language}")
        assert early.status_code == 425
        assert moment in early.text
    clock["now"] += timedelta(days=2)
    assert client.get(f"/s/{token}").status_code == 200


def test_a_form_that_was_begun_in_time_may_be_finished(database_served, client, home, clock):
    token = link(database_served, home, opened(database_served))  # until 1 December, 0.00
    page = start(client, token)
    clock["now"] = datetime.fromisoformat("2026-12-01T00:20+02:00")
    closed = client.get(f"/s/{token}")
    assert closed.status_code == 410
    assert "Viimeinen vastauspäivä oli 30.11.2026." in closed.text
    assert through(client, token, page, {"GOAL1": "1"}).status_code == 303
    clock["now"] += timedelta(minutes=30)
    for button in ("next", "send"):
        late = press(client, token, page, button, submission="x" * 20, at="end", GOAL1="2")
        assert late.status_code == 410
        assert "niitä ei tallennettu" in late.text
    assert count(database_served, schema.Response) == 1


def test_replies_are_shown_under_the_same_link(database_served, client, home):
    number = opened(database_served)
    token = link(database_served, home, number)
    sent = through(client, token, start(client, token), {"GOAL1": "1"})
    with database.writing(database_served) as connection:
        texts = {"fi": "Tilasimme <b>penkit</b>.\nKiitos.", "sv": "Bänkarna är beställda."}
        number_of = replies.write_reply(connection, USER, texts, NOW, collection=number)
    assert "penkit" not in client.get(sent.headers["location"]).text  # a draft
    with database.writing(database_served) as connection:
        replies.publish_reply(connection, USER, number_of, NOW)
        asking.close(connection, USER, number, NOW)
    for address in (sent.headers["location"], f"/s/{token}"):
        shown = client.get(address)
        assert "<p>Tilasimme &lt;b&gt;penkit&lt;/b&gt;.</p>" in shown.text
        assert "Julkaistu 10.11.2026" in shown.text
    english = client.get(f"/s/{token}?lang=en")
    assert '<article class="reply" lang="fi">' in english.text  # nobody wrote it in English
    assert say("reply.other_language", "en", name="Suomi") in english.text


def test_what_stands_around_a_copied_address_is_forgiven(database_served, client, home):
    token = link(database_served, home, opened(database_served))
    for trail in (".", ",", ")", "/", ">", "'", "%22"):
        answer = client.get(f"/s/{token}{trail}")
        assert (answer.status_code, answer.headers["location"]) == (303, f"/s/{token}")


# --- languages ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("asked", "read", "offered", "language"),
    [
        ("", "", ("fi", "sv", "en"), "fi"),
        ("", "sv-FI,sv;q=0.9,fi;q=0.8", ("fi", "sv", "en"), "sv"),
        ("", "de,en;q=0.5,fi;q=0.7", ("fi", "sv", "en"), "fi"),
        ("en", "sv", ("fi", "sv", "en"), "en"),
        ("en", "sv", ("fi", "sv"), "sv"),
        ("xx", "*;q=x,,;;", ("sv",), "sv"),
    ],
)
def test_the_form_speaks_the_language_of_its_reader(
    database_served, client, home, asked, read, offered, language
):
    token = link(database_served, home, opened(database_served, languages=offered))
    answer = client.get(f"/s/{token}?lang={asked}", headers={"accept-language": read})
    page = Page(answer.text)
    assert page.language == answer.headers["content-language"] == language
    assert set(LANGUAGES) & set(page.buttons) == (set(offered) if len(offered) > 1 else set())
