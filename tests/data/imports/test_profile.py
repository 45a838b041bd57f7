"""A profile says what it means, or says in words what is wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from data.imports.kinds import KINDS
from data.imports.mapping import Cell, FileShape, date_form
from data.imports.profile import FIELDS, InvalidProfile, Profile, profiles, read_profile

LEAST = {"name": "omat", "kind": "projects", "columns": {"code": "koodi", "name": "nimi"}}
ANSWERS = {
    "name": "omat",
    "kind": "answers",
    "instrument": "process_quality@1",
    "columns": {"project": "hanke"},
    "constants": {"wave": "end"},
    "answers": {"GOAL1": "q1"},
}
STEPS = {"history": [{"status": "submitted"}]}

WRONG = {
    "an unknown key": (LEAST | {"colums": {}}, "colums"),
    "no name": ({k: v for k, v in LEAST.items() if k != "name"}, "name"),
    "a field of another kind": (
        LEAST | {"columns": {"code": "a", "name": "b", "wave": "c"}}, "wave"),
    "a required field missing": (LEAST | {"columns": {"code": "koodi"}}, "'name'"),
    "a column and a constant": (LEAST | {"constants": {"code": "x"}}, "both"),
    "a value outside its list": (
        ANSWERS | {"constants": {"wave": "loppu"}}, "loppu"),
    "a mapped value outside its list": (
        LEAST | {"columns": {"code": "a", "name": "b",
                             "status": {"column": "c", "values": {"x": "valmis"}}}}, "valmis"),
    "answers without an instrument": (
        {k: v for k, v in ANSWERS.items() if k != "instrument"}, "instrument"),
    "an instrument without answers": ({k: v for k, v in ANSWERS.items() if k != "answers"},
                                      "answers"),
    "projects with answers": (LEAST | {"answers": {"GOAL1": "q"}}, "answers"),
    "a date without a year": (LEAST | {"dates": ["%d.%m."]}, "year"),
    "yes and no unquoted": (
        LEAST | {"columns": {"code": "a", "name": {"column": "b", "values": {True: "x"}}}},
        "quotes"),
    "a column both mapped and personal": (LEAST | {"personal": ["nimi"]}, "personal"),
    "participants of an unknown group": (
        {"name": "e", "kind": "events", "participants": {"ASUKAS": "n"},
         "columns": {"code": "a", "project": "b", "kind": "c", "starts_on": "d"}}, "ASUKAS"),
    "proposals without a history": (
        {"name": "p", "kind": "proposals", "columns": {"code": "a", "title": "b"}}, "history"),
    "a step that says nothing": (
        {"name": "p", "kind": "proposals", "columns": {"code": "a", "title": "b"},
         "history": [{}]}, "step"),
    "history of projects": (LEAST | STEPS, "history"),
    "a name with spaces": (LEAST | {"name": "omat rivit"}, "name"),
}  # fmt: skip


@pytest.mark.parametrize("case", WRONG)
def test_a_wrong_profile_names_the_file_and_the_place(tmp_path: Path, case: str) -> None:
    body, word = WRONG[case]
    path = tmp_path / "oma profiili.yaml"
    path.write_text(yaml.safe_dump(body, allow_unicode=True), encoding="utf-8")
    with pytest.raises(InvalidProfile) as refused:
        read_profile(path)
    assert "oma profiili.yaml" in str(refused.value)
    assert word in str(refused.value)


def test_files_that_are_no_profile_at_all(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    for body in (b"{", b"- a\n- b\n", b"\xff\xfe\x00", b""):
        path.write_bytes(body)
        with pytest.raises(InvalidProfile, match=r"p\.yaml"):
            read_profile(path)
    with pytest.raises(InvalidProfile, match=r"puuttuu\.yaml"):
        read_profile(tmp_path / "puuttuu.yaml")


def test_an_instrument_file_stands_beside_its_profile(tmp_path: Path) -> None:
    path = tmp_path / "p.yaml"
    path.write_text(yaml.safe_dump(ANSWERS | {"instrument_file": "../muu.yaml"}), encoding="utf-8")
    with pytest.raises(InvalidProfile, match="beside"):
        read_profile(path)


@pytest.mark.parametrize(
    ("said", "form"),
    [
        ("D.M.YYYY", "%d.%m.%Y"),
        ("DD.MM.YYYY HH:MM", "%d.%m.%Y %H:%M"),
        ("YYYY-MM-DD HH:MM:SS", "%Y-%m-%d %H:%M:%S"),
        ("M/D/YY", "%m/%d/%y"),
        ("%m/%d/%y %H:%M", "%m/%d/%y %H:%M"),
    ],
)
def test_date_forms_as_people_write_them(said: str, form: str) -> None:
    assert date_form(said) == form


def test_the_hash_follows_what_is_read_and_nothing_else() -> None:
    plain = Profile.model_validate(LEAST)
    assert Profile.model_validate(LEAST | {"source": "X", "personal": ["puhelin"]}).sha256 == (
        plain.sha256
    )
    assert Profile.model_validate(LEAST | {"dates": ["D.M.YYYY"]}).sha256 != plain.sha256


def test_shipped_profiles_cover_every_kind_and_are_named_as_their_files() -> None:
    folder = Path(__file__).parents[3] / "data" / "imports" / "profiles"
    # The own forms of record files follow from what is said of their kinds.
    assert {path.stem for path in folder.glob("*.yaml")} == set(profiles()) - set(KINDS)
    assert {profile.kind for profile in profiles().values()} == set(FIELDS)
    assert all(profile.title for profile in profiles().values())


def test_the_guide_explains_every_field_and_every_key() -> None:
    guide = (Path(__file__).parents[3] / "docs" / "importing.md").read_text(encoding="utf-8")
    named = {field.rstrip("*") for fields in FIELDS.values() for field in fields}
    named |= set(Profile.model_fields) | set(Cell.model_fields) | set(FileShape.model_fields)
    assert {name for name in named if name not in guide} == set()


def test_the_own_forms_map_every_field_of_their_kind() -> None:
    own = {name: profiles()[name] for name in
           ("project_register", "survey_answers", "activity_events", "proposals")}  # fmt: skip
    for profile in own.values():
        fields = {field.rstrip("*") for field in FIELDS[profile.kind]}
        # A file of our own has no area within another, and no clock of a survey tool.
        assert fields - set(profile.columns) <= {"area_within", "started", "ended", "took"}
        for field, cell in profile.columns.items():
            assert cell.column == field
