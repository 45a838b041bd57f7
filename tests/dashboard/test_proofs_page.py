"""What stands behind figures comes in, lies there and goes out again; two who write one claim."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from types import SimpleNamespace

import pytest

from dashboard import downloads, sign_in
from dashboard.reporting import proof_lists
from dashboard.truth import engine
from dashboard.wording import say
from data import access, database
from data.database import reading, writing
from data.reporting.claims import claims, save_claim
from data.reporting.desk import DeskLine
from data.reporting.proofs import proofs
from data.reporting.reading import desk
from tests.dashboard.looking import opened, plain

pytestmark = pytest.mark.usefixtures("sample_to_write")
#: A table that is one, and a program that calls itself a document.
TABLE, PROGRAM = b"nimi;paiva\nPaja Oy;2026-02-01\n", b"MZ\x90\x00" + b"\x00" * 60
PROJECT, PERIOD = 1, 3


@pytest.fixture
def offers(monkeypatch: pytest.MonkeyPatch) -> dict[str, downloads.Read]:
    """What is offered for download, by name."""
    found: dict[str, downloads.Read] = {}

    def keep(read, name, _cookies, _person):
        found[name] = read
        return f"/download/x/{name}"

    monkeypatch.setattr(downloads, "offer_to_read", keep)
    return found


@pytest.fixture
def sending(tmp_path, monkeypatch):
    """Files may be sent, as where people sign in; they are kept in a home of their own."""
    signed = SimpleNamespace(mode=lambda: None, Mode=sign_in.Mode)
    monkeypatch.setattr(proof_lists, "sign_in", signed)
    monkeypatch.setenv(database.HOME_VARIABLE, str(tmp_path))


def person(role: str) -> access.User:
    with reading(engine()) as connection:
        return access.persona(role, connection)


def line() -> DeskLine:
    """A value that came back to its project, which may change what backs it."""
    with reading(engine()) as connection:
        found = desk(connection, person("manager"), project=PROJECT, period=PERIOD)
    return next(each for each in found if each.status == "returned")


def said(at) -> str:
    kinds = (at.markdown, at.caption, at.error, at.success, at.warning, at.info)
    return "\n".join(plain(str(element.value)) for kind in kinds for element in kind)


def at_value(number: int):
    chosen = {"project_id": PROJECT, "period_id": PERIOD, "closing_target": number}
    return opened("closing", "manager", **chosen)


def sent(at, name: str, content: bytes, kind: str):
    at.file_uploader[0].set_value((name, content, kind)).run()
    at.button(key=next(b.key for b in at.button if (b.key or "").endswith("_send"))).click().run()
    assert not at.exception, at.exception
    return at


@pytest.mark.usefixtures("sending")
def test_a_proof_comes_in_and_goes_out_as_it_was_to_those_who_may_see_it(offers):
    value = line()
    at = sent(at_value(value.target.id), "lista.csv", TABLE, "text/csv")
    assert say("proof.attached", "fi") in said(at)
    with reading(engine()) as connection:
        kept = proofs(connection, person("manager"), reported=value.reported)
        proof = next(each for each in kept if each.name == "lista.csv")
        assert (proof.sha256, proof.bytes) == (hashlib.sha256(TABLE).hexdigest(), len(TABLE))
        read = offers[f"proof-{proof.id}-{proof.sha256}.csv"]
        assert read(connection, person("manager")) == TABLE
        # The rights of the moment: a manager of another project, and one who is none any more.
        elsewhere = replace(
            person("manager"), grants=(access.Grant(access.Role.MANAGER, project=PROJECT + 1),)
        )
        assert read(connection, elsewhere) is None
        assert read(connection, replace(person("manager"), grants=())) is None
    # On the page of the value it stands with its size and its way out.
    assert "lista.csv" in said(at_value(value.target.id))


@pytest.mark.usefixtures("sending", "offers")
@pytest.mark.parametrize(
    ("name", "content"),
    [("raportti.pdf", PROGRAM), ("tyhja.csv", b"")],
    ids=["a program", "nothing"],
)
def test_a_proof_of_a_lying_kind_is_refused_and_nothing_is_kept(name, content):
    value = line()
    with reading(engine()) as connection:
        before = proofs(connection, person("manager"), reported=value.reported)
    at = sent(at_value(value.target.id), name, content, "application/octet-stream")
    assert at.error, said(at)
    with reading(engine()) as connection:
        assert proofs(connection, person("manager"), reported=value.reported) == before


def test_in_the_sample_no_file_can_be_sent():
    at = at_value(line().target.id)
    assert not at.file_uploader
    assert say("proof.sample", "fi") in said(at)


def test_a_desk_file_is_handed_out_with_the_rights_of_the_moment_only(offers):
    at = opened("reporting", "funder")
    at.button(key="files_json").click().run()
    assert not at.exception, at.exception
    (name,) = (each for each in offers if each.startswith("report-json"))
    funder = person("funder")
    with reading(engine()) as connection:
        content = offers[name](connection, funder)
        assert hashlib.sha256(content).hexdigest() in name
        for other in (
            replace(funder, grants=()),
            replace(funder, funded={n: frozenset() for n in funder.funded}),
            replace(funder, grants=(*funder.grants, access.Grant(access.Role.STEERING))),
            person("manager"),
        ):
            assert offers[name](connection, other) is None


def test_two_who_write_one_claim_see_both_and_nothing_is_lost():
    with reading(engine()) as connection:
        manager = person("manager")
        claim = next(
            each for each in claims(connection, manager, "project", PROJECT) if each.id is not None
        )
    at = opened("claims", "manager", claims_view="write", claims_project=PROJECT, claim_id=claim.id)
    drawn = next(a.key for a in at.text_area if "statement_fi" in a.key).partition("fi_")[2]
    at.text_area(key=f"claim_statement_fi_{drawn}").set_value("Minun sanani.").run()
    with writing(engine()) as connection:
        theirs = replace(claim, statement_fi="Toisen sanat.", contribution="Toisen syy.")
        save_claim(connection, person("evaluator"), theirs, claim.version)
    at.button(key="claim_save").click().run()
    told = said(at)
    assert say("claim.conflict", "fi", who=person("evaluator").name) in told
    assert "Minun sanani." in told
    # The fields hold what is stored now; what was written stands beside, and nothing replaced it.
    drawn = next(a.key for a in at.text_area if "statement_fi" in a.key).partition("fi_")[2]
    assert at.text_area(key=f"claim_statement_fi_{drawn}").value == "Toisen sanat."
    at.text_area(key=f"claim_statement_fi_{drawn}").set_value("Yhteiset sanat.").run()
    at.button(key="claim_save").click().run()
    assert say("claim.saved", "fi") in said(at)
    with reading(engine()) as connection:
        now = next(
            each for each in claims(connection, manager, "project", PROJECT) if each.id == claim.id
        )
    assert (now.statement_fi, now.contribution) == ("Yhteiset sanat.", "Toisen syy.")
    assert now.version == claim.version + 2
