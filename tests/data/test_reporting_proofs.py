"""Proofs and claims: what is taken, where it lies, who sees it, and the two-part check."""

from __future__ import annotations

import io
import os
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime, time, timedelta

import pytest
import sqlalchemy as sa

from data import database, schema
from data.access import NotPermitted
from data.reporting import claims, proofs, values
from data.reporting.claims import Claim, ClaimConflict, ClaimSaved, RefusedClaim
from data.reporting.lineage import lineage
from data.reporting.proof_kinds import PROOF_BYTES
from data.reporting.proofs import RefusedProof
from tests.data import reported
from tests.data.reported import (
    ADMINISTRATOR,
    CITY_FUNDER,
    EVALUATOR,
    FUNDER,
    MANAGER,
    ONE,
    OTHER,
    STEERING,
    THREE,
    TWO,
    approved,
    entered,
    opened,
    promised,
    read,
    submitted,
    version,
    write,
)

PDF, PNG = b"%PDF-1.7\n...", b"\x89PNG\r\n\x1a\npicture"
CSV = "päivä;asia\n2025-02-01;Työpaja\n".encode()


def workbook(*more: str) -> bytes:
    """A file that holds what every workbook holds."""
    told = io.BytesIO()
    with zipfile.ZipFile(told, "w") as packed:
        for name in ("[Content_Types].xml", "xl/workbook.xml", *more):
            packed.writestr(name, "<x/>")
    return told.getvalue()


@pytest.fixture
def world(engine):
    return reported.fill(engine)


@pytest.fixture
def small(sqlite_engine):
    """The same on SQLite alone, for rules that no database has a say in."""
    return reported.fill(sqlite_engine)


@pytest.fixture
def value(world) -> int:
    return entered(world, promised(world, "RCO02@1"), opened(world), 3)


@pytest.fixture
def small_value(small) -> int:
    return entered(small, promised(small, "RCO02@1"), opened(small), 3)


def attach(engine, home, number, name="lista.pdf", content=PDF, user=MANAGER, **more):
    told = {"reported": number, "name": name, "content": content} | more
    return write(engine, proofs.attach_file, user, home, **told)


# --- files --------------------------------------------------------------------------------------


def test_a_file_lies_under_its_hash_once_and_is_read_back(world, value, tmp_path):
    number = attach(world, tmp_path, value, "../../etc/lista.pdf")
    other = entered(world, promised(world, "RCO03@1", TWO), opened(world, TWO), 1)
    attach(world, tmp_path, other)
    (path,) = (tmp_path / proofs.FOLDER).glob("*/*")
    (told,) = read(world, proofs.proofs, MANAGER, reported=value)
    assert (told.name, told.kind, told.bytes) == ("lista.pdf", "pdf", len(PDF))
    assert (path.name, path.parent.name) == (told.sha256, told.sha256[:2])
    assert told.retain_until == date(2031, 12, 31)
    found = read(world, proofs.read_proof, MANAGER, tmp_path, number)
    assert (found.content, found.media_type) == (PDF, "application/pdf")


@pytest.mark.parametrize(
    ("name", "content", "code"),
    [
        ("lista.pdf", b"", "empty"),
        pytest.param("lista.pdf", PDF + bytes(PROOF_BYTES), "too_large", id="too_large"),
        ("lista.pdf", PNG, "lying_kind"),
        ("lista.csv", PDF, "lying_kind"),
        ("lista.exe", PDF, "lying_kind"),
        ("lista", PDF, "lying_kind"),
        ("lista.pdf.exe", PDF, "lying_kind"),
        ("lista.exe", b"MZ\x90\x00", "unknown_kind"),
        ("lista.html", b"<html>", "unknown_kind"),
        ("lista.csv", b"a;b\x00", "unknown_kind"),
        ("lista.csv", "a;ä".encode("cp1252"), "unknown_kind"),
        ("lista.xlsx", b"PK\x03\x04broken", "unknown_kind"),
        ("lista.xlsx", workbook("xl/vbaProject.bin"), "macros"),
    ],
)
def test_what_is_too_large_or_lies_is_refused_and_not_kept(
    small, small_value, tmp_path, name, content, code
):
    with pytest.raises(RefusedProof) as error:
        attach(small, tmp_path, small_value, name, content)
    assert error.value.code == code
    assert not (tmp_path / proofs.FOLDER).exists()
    assert read(small, proofs.proofs, MANAGER, reported=small_value) == []


@pytest.mark.parametrize(
    ("name", "content", "kind"),
    [("a.PNG", PNG, "png"), ("a.jpg", b"\xff\xd8\xff\xe0", "jpeg"), ("a.csv", CSV, "csv"),
     ("a.xlsx", workbook(), "xlsx")],
)  # fmt: skip
def test_every_kind_is_told_from_its_content(small, small_value, tmp_path, name, content, kind):
    number = attach(small, tmp_path, small_value, name, content)
    assert read(small, proofs.read_proof, MANAGER, tmp_path, number).kind == kind


def test_the_same_file_or_link_twice_is_refused(world, value, tmp_path):
    attach(world, tmp_path, value)
    with pytest.raises(RefusedProof) as error:
        attach(world, tmp_path, value, "toinen nimi.pdf")
    assert (error.value.code, error.value.values["name"]) == ("duplicate", "lista.pdf")
    link = {"reported": value, "name": "Lista", "link": "https://example.org/a"}
    write(world, proofs.attach_link, MANAGER, **link)
    with pytest.raises(RefusedProof) as error:
        write(world, proofs.attach_link, MANAGER, **link)
    assert error.value.code == "duplicate"


@pytest.mark.parametrize(
    "link", ["", "example.org", "javascript:alert(1)", "https://", "https://a/" + "x" * 500]
)
def test_what_is_no_link_is_refused(small, small_value, link):
    with pytest.raises(RefusedProof) as error:
        write(small, proofs.attach_link, MANAGER, reported=small_value, name="n", link=link)
    assert error.value.code == "link"


def test_a_proof_backs_one_thing(world, value, tmp_path):
    for about in ({}, {"reported": value, "claim": 1}):
        with pytest.raises(RefusedProof) as error:
            write(world, proofs.attach_file, MANAGER, tmp_path, name="a.pdf", content=PDF, **about)
        assert error.value.code == "of_one_thing"


def test_what_backs_an_approved_value_stays(world, value, tmp_path):
    number = attach(world, tmp_path, value)
    write(world, proofs.remove, MANAGER, number)
    number = attach(world, tmp_path, value)
    write(world, values.submit, MANAGER, value, version(world, value))
    attach(world, tmp_path, value, "lisä.csv", CSV)  # what a funder asked for may still come
    with pytest.raises(RefusedProof) as error:
        write(world, proofs.remove, MANAGER, number)
    assert error.value.code == "status"
    approved(world, value)
    with pytest.raises(RefusedProof) as error:
        attach(world, tmp_path, value, "b.png", PNG)
    assert error.value.code == "status"


def test_a_file_is_seen_by_those_who_see_its_value(world, value, tmp_path):
    number = attach(world, tmp_path, value)
    for user in (OTHER, FUNDER, STEERING):
        with pytest.raises(NotPermitted):
            read(world, proofs.read_proof, user, tmp_path, number)
        with pytest.raises(NotPermitted):
            attach(world, tmp_path, value, "b.png", PNG, user)
    write(world, values.submit, MANAGER, value, version(world, value))
    for user in (FUNDER, STEERING):
        assert read(world, proofs.read_proof, user, tmp_path, number).content == PDF
    for user in (OTHER, CITY_FUNDER):
        with pytest.raises(NotPermitted):
            read(world, proofs.read_proof, user, tmp_path, number)


def test_a_changed_or_lost_file_is_noticed(world, value, tmp_path):
    number = attach(world, tmp_path, value)
    (path,) = (tmp_path / proofs.FOLDER).glob("*/*")
    for act, code in ((lambda: path.write_bytes(b"%PDF-other"), "changed"), (path.unlink, "gone")):
        act()
        with pytest.raises(RefusedProof) as error:
            read(world, proofs.read_proof, MANAGER, tmp_path, number)
        assert error.value.code == code


def test_files_are_forgotten_when_nothing_names_them_or_their_time_is_over(world, value, tmp_path):
    kept = attach(world, tmp_path, value)
    loose = attach(world, tmp_path, value, "a.png", PNG)
    write(world, proofs.remove, MANAGER, loose)
    with pytest.raises(NotPermitted):
        write(world, proofs.forget, MANAGER, tmp_path, date(2026, 1, 1))
    # A file that came today is left: its row may not be stored yet.
    assert write(world, proofs.forget, EVALUATOR, tmp_path, date(2031, 12, 31)) == []
    for today, left in ((date(2031, 12, 31), 1), (date(2032, 1, 1), 0)):
        now = datetime.combine(today, time(), UTC)
        gone = write(world, proofs.forget, EVALUATOR, tmp_path, today, now)
        # Only once the transaction stands.
        assert len(stored(tmp_path)) == left + 1
        assert proofs.remove_files(tmp_path, gone, now) == gone
        assert len(stored(tmp_path)) == left
        if left:
            assert read(world, proofs.read_proof, MANAGER, tmp_path, kept).content == PDF
    # The row stays: the figure still says what backed it.
    assert len(read(world, proofs.proofs, MANAGER, reported=value)) == 1


def stored(home) -> list[str]:
    return [path.name for path in (home / proofs.FOLDER).glob("??/*")]


def test_a_file_that_is_brought_again_while_it_goes_stays(world, value, tmp_path):
    loose = attach(world, tmp_path, value)
    write(world, proofs.remove, MANAGER, loose)
    [sha256], later = stored(tmp_path), datetime.now(UTC) + timedelta(days=2)
    assert write(world, proofs.forget, EVALUATOR, tmp_path, later.date(), later) == [sha256]
    again = attach(world, tmp_path, value)
    os.utime(proofs.path_of(tmp_path, sha256), (later.timestamp(),) * 2)
    assert proofs.remove_files(tmp_path, [sha256], later) == []
    assert read(world, proofs.read_proof, MANAGER, tmp_path, again).content == PDF


# --- claims -------------------------------------------------------------------------------------

CLAIM = Claim("P1-1", "project", ONE, "Arki helpottui.", "E", "Muutakin muuttui samaan aikaan.")


def test_a_claim_is_stored_changed_and_never_silently_overwritten(world):
    told = write(world, claims.save_claim, MANAGER, CLAIM, 0)
    assert isinstance(told, ClaimSaved)
    (mine,) = read(world, claims.claims, MANAGER)
    better = replace(mine, grade="C", substantiation="Kysely lopussa.")
    assert write(world, claims.save_claim, MANAGER, better, 1).version == 2
    assert write(world, claims.save_claim, MANAGER, better, 2).version == 2
    other = replace(mine, grade="D", substantiation="Muistio.")
    late = write(world, claims.save_claim, EVALUATOR, other, 1)
    assert isinstance(late, ClaimConflict)
    assert (late.version, late.theirs.grade) == (2, "C")
    with database.reading(world) as connection:
        audit = schema.AuditEvent
        said = connection.scalars(
            sa.select(audit.detail).where(audit.action == "claim_saved").order_by(audit.id)
        ).all()
    assert '"grade": ["E", "C"]' in said[-1]


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"grade": "B"}, "grounds_missing"),
        ({"grade": "F"}, "grade"),
        ({"statement_fi": " "}, "empty"),
        ({"contribution": ""}, "empty"),
        ({"code": "x" * 41}, "too_long"),
        ({"entity": 99, "level": "theme"}, "entity"),
        ({"entity": 5, "level": "portfolio"}, "entity"),
    ],
)
def test_a_claim_that_stands_on_nothing_is_refused(small, changes, code):
    with pytest.raises(RefusedClaim) as error:
        write(small, claims.save_claim, EVALUATOR, replace(CLAIM, **changes), 0)
    assert error.value.code == code
    assert read(small, claims.claims, EVALUATOR) == []


def test_two_claims_have_two_codes_and_stay_where_they_are(world):
    write(world, claims.save_claim, MANAGER, CLAIM, 0)
    with pytest.raises(RefusedClaim) as error:
        write(world, claims.save_claim, MANAGER, replace(CLAIM, entity=TWO), 0)
    assert error.value.code == "code_taken"
    (mine,) = read(world, claims.claims, MANAGER)
    with pytest.raises(RefusedClaim) as error:
        write(world, claims.save_claim, MANAGER, replace(mine, entity=TWO), 1)
    assert error.value.code == "moved"


def test_claims_are_written_and_read_by_those_who_may(world, tmp_path):
    number = write(world, claims.save_claim, MANAGER, CLAIM, 0).claim
    whole = replace(CLAIM, code="ALL-1", level="portfolio", entity=0)
    for user in (MANAGER, OTHER, FUNDER, STEERING):
        with pytest.raises(NotPermitted):
            write(world, claims.save_claim, user, whole, 0)
    write(world, claims.save_claim, EVALUATOR, whole, 0)
    with pytest.raises(NotPermitted):
        write(world, claims.save_claim, OTHER, replace(CLAIM, code="X"), 0)

    def seen(user):
        return [each.code for each in read(world, claims.claims, user)]

    assert seen(MANAGER) == ["ALL-1", "P1-1"]
    assert seen(OTHER) == ["ALL-1"]
    assert seen(FUNDER) == ["P1-1"]
    told = {"claim": number, "name": "a.pdf", "content": PDF}
    write(world, proofs.attach_file, MANAGER, tmp_path, **told)
    assert read(world, claims.claims, FUNDER)[0].proofs == 1
    with pytest.raises(NotPermitted):
        read(world, proofs.proofs, OTHER, claim=number)


# --- the two-part check and what went on --------------------------------------------------------


def test_the_two_parts_are_a_core_value_and_a_trial_of_companies_with_research(world):
    def told():
        return {
            each.project: (each.core_value, each.trial, each.complies)
            for each in read(world, claims.compliance, STEERING)
        }

    # Company 1 and the university came to the trial of project 1; the others held no trial.
    assert told() == {
        ONE: (False, True, False),
        TWO: (False, False, False),
        THREE: (False, False, False),
    }
    write(world, claims.save_claim, MANAGER, CLAIM, 0)
    words = {"baseline": None, "baseline_year": None, "target": None}
    target = promised(world, "ARV-CHANGE@1", TWO, **words)
    submitted(world, target, opened(world, TWO), None, text="Arki helpottui.")
    assert told()[ONE] == (True, True, True)
    assert told()[TWO] == (True, False, False)
    (mine, _) = read(world, claims.compliance, MANAGER)
    assert (mine.trials, mine.with_companies, mine.with_research, mine.with_both) == (1, 1, 1, 1)


def test_what_went_on_is_told_to_both_ends(world):
    with database.writing(world) as connection:
        row = {"id": 1, "code": "s1", "project_id": ONE, "name": "Kärry", "embedded": False}
        connection.execute(sa.insert(schema.Solution).values(row))
        reuse = {"solution_id": 1, "project_id": THREE}
        connection.execute(sa.insert(schema.SolutionReuse).values(reuse))
        use = {"solution_id": 1, "organisation_id": 6, "in_use": True}
        connection.execute(sa.insert(schema.Adoption).values(use))
    assert [(each.to_project, each.to) for each in read(world, lineage, MANAGER)] == [
        (None, "O6"),
        (THREE, None),
    ]
    assert [each.to_project for each in read(world, lineage, OTHER)] == [THREE]
    assert read(world, lineage, ADMINISTRATOR, TWO) == []
