"""T-21: whatever an address says, the page stands, shows nothing of others, and tells the audit."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from streamlit.runtime.state import QueryParamsProxy
from streamlit.testing.v1 import AppTest

from dashboard import addressed, navigation
from dashboard.truth import engine
from data import access, schema
from data.beyond import KINDS, OWNERS, is_beyond
from data.database import reading
from data.schema import ROLES
from tests.dashboard import looking
from tests.dashboard.looking import opened, plain
from tests.dashboard.test_pages import permitted, spoken

pytestmark = pytest.mark.usefixtures("sample_to_write")
#: Wrong types, numbers that are none, signs that steer, other scripts, paths, code, and length.
PAYLOADS = (
    "", " ", "0", "-1", "1.5", "1e309", "NaN", "None", "true", "2026-02-30", "9" * 400,
    "9223372036854775808", "\x00", "\x1b[31m\x07\r\nset-cookie: a=b", "\u202eelif", "\ufeff1",
    "\u0661", "\U0001d7d9", "e\u0301" * 50, "\U0001f600", "../../../etc/passwd", "%2e%2e%2fx",
    "C:\\windows\\win.ini", "file:///etc/passwd", "' OR 1=1 --", '"; DROP TABLE project; --',
    "<script>alert(1)</script>",
    "{viewing.user}", "%s%n", "[1]", '{"a": 1}', "$(id)", "a" * 100_000,
)  # fmt: skip
#: Words that choose who looks and in which language; they are tried by themselves.
CARRIED = {"persona", "lang"}
#: Roles that see some projects and not others.
TENANTS = ("manager", "funder")


@pytest.fixture
def heard(monkeypatch) -> set[str]:
    """Every word that a page asks its address for, while it runs."""
    found: set[str] = set()
    told = {name: getattr(QueryParamsProxy, name) for name in ("get", "__getitem__", "get_all")}

    def listen(method):
        def ask(self, key, *rest):
            found.add(key)
            return method(self, key, *rest)

        return ask

    for name, method in told.items():
        monkeypatch.setattr(QueryParamsProxy, name, listen(method))
    return found


def at_page(page: str, role: str, address: dict[str, object]) -> AppTest:
    """A page at an address; a list says one word several times."""
    at = AppTest.from_file(str(looking.APP), default_timeout=looking.PATIENCE)
    at.query_params |= {"persona": role, "lang": "fi"} | address
    if page != navigation.DEFAULT_PAGE:
        at._page_hash = looking.calc_hash(page)
    return at.run()


def others(role: str) -> set[str]:
    """The names and codes of the projects that a role may not see."""
    with reading(engine()) as connection:
        mine = access.visible_projects(access.persona(role, connection))
        rows = connection.execute(
            sa.select(schema.Project.id, schema.Project.code, schema.Project.name_fi)
        ).all()
    return {said for row in rows if mine is not None and row.id not in mine for said in row[1:]}


def strange(role: str) -> dict[str, str]:
    """For every word of an address that is a number of ours: one that is somebody else's."""
    found = {}
    with reading(engine()) as connection:
        user = access.persona(role, connection)
        for kind in KINDS:
            rows = connection.execute(OWNERS[kind]).all()
            numbers = (row.number for row in rows)
            number = next((n for n in numbers if is_beyond(connection, user, kind, n)), None)
            found |= {
                name: str(number)
                for name, named in addressed.NAMED.items()
                if named == kind and number is not None
            }
    return found


def attacked(page: str, role: str, heard: set[str], turns) -> int:
    """How many addresses were tried. Every word gets every payload when all turns are taken."""
    heard.clear()
    before = plain(spoken(opened(page, role)))
    words = sorted(heard - CARRIED)
    hidden = {said for said in others(role) if said not in before}
    tried = 0
    for turn in turns:
        payload = {w: PAYLOADS[(turn + n) % len(PAYLOADS)] for n, w in enumerate(words)}
        for address in (payload, {w: [said, "1", said] for w, said in payload.items()}):
            at = at_page(page, role, address)
            assert not at.exception, (page, role, address, at.exception)
            assert len(at.title) == 1
            said = plain(spoken(at))
            assert [one for one in hidden if one in said] == [], (page, role, address)
            assert "etc/passwd" not in said
            tried += 1
    return tried


@pytest.mark.parametrize("page", navigation.PAGES)
def test_t21_a_page_stands_whatever_its_address_says(page, heard):
    turn = list(navigation.PAGES).index(page)
    allowed = [role for role in TENANTS if page in permitted(role)] or ["administrator"]
    role = allowed[turn % len(allowed)]
    assert attacked(page, role, heard, [turn * 3]) == 2


@pytest.mark.nightly
@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("page", navigation.PAGES)
def test_t21_every_word_of_every_address_with_every_payload(page, role, heard):
    if page not in permitted(role):
        pytest.skip(f"{role} has no page {page}")
    tried = attacked(page, role, heard, range(len(PAYLOADS)))
    print(f"T-21: {page} as {role}: {tried} addresses, {len(heard)} words")


@pytest.mark.parametrize("word", sorted(CARRIED))
def test_t21_who_looks_and_in_which_language_is_one_of_those_there_are(word):
    for payload in PAYLOADS[::4]:
        at = at_page("overview", "manager", {word: payload})
        assert not at.exception
        assert len(at.title) == 1


@pytest.mark.parametrize("role", TENANTS)
def test_t18_another_tenants_number_is_not_shown_and_is_written_down(role, heard):
    mine = others(role)
    address = strange(role)
    # The sample's funder pays for every project that has reported as yet.
    reported = {"period_id", "figure_id"} if role == "manager" else set()
    assert {"project_id", *reported} <= set(address)
    for page in ("project", "reporting"):
        before = plain(spoken(opened(page, role)))
        said = plain(spoken(at_page(page, role, address)))
        assert [name for name in mine if name in said and name not in before] == []
    with reading(engine()) as connection:
        told = set(
            connection.execute(
                sa.select(schema.AuditEvent.actor, schema.AuditEvent.subject).where(
                    schema.AuditEvent.action == "denied"
                )
            )
        )
        user = access.persona(role, connection)
    who = f"{user.id} {user.name}"
    for name, number in address.items():
        assert (who, f"{addressed.NAMED[name]}:{number}") in told, name


def test_t18_ones_own_number_and_a_number_of_nothing_are_no_denial(heard):
    with reading(engine()) as connection:
        own = min(access.visible_projects(access.persona("manager", connection)))
    for number in (own, 999_999_999_999, 10**13):
        at_page("project", "manager", {"project_id": str(number)})
    with reading(engine()) as connection:
        told = schema.AuditEvent.action == "denied"
        lines = connection.scalars(sa.select(schema.AuditEvent.subject).where(told)).all()
    assert lines == []


def test_every_word_of_an_address_that_is_a_number_of_ours_is_known(heard):
    """What a page asks its address for is judged, or is no thing that belongs to somebody."""
    for page, role in (("closing", "manager"), ("reporting", "funder"), ("surveys", "manager")):
        opened(page, role)
    numbers = {word for word in heard if re.search(r"_(id|project|funder|target)$", word)}
    # Themes, areas, methods, files and proposals are shown to all who have their pages.
    free = {"theme_id", "area_id", "batch_id", "proposal_id", "user_id", "claim_id"}
    assert numbers - free <= set(addressed.NAMED)
