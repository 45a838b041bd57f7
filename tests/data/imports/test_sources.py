"""Every listed tool's export is recognised from the file itself and comes in without a profile."""

from __future__ import annotations

import json
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from data import database, schema
from data.access import operator
from data.imports import sources
from data.imports.problems import RejectedFile
from data.imports.profile import profiles, read_profile
from data.imports.run import preview, store
from data.imports.sources.asking import texts
from data.imports.sources.look import look
from data.imports.sources.propose import propose, write_profile
from data.imports.sources.suggest import Said, Suggestion
from survey.instrument import instruments
from tests.data.imports import exported

SAID = Said(fields={"project": "A1", "wave": "end"}, encoding="")


@pytest.fixture
def with_project(sqlite_engine: sa.Engine, tmp_path: Path) -> sa.Engine:
    register = tmp_path / "register.csv"
    register.write_text("code,name\nA1,Puisto\n", encoding="utf-8")
    store(sqlite_engine, profiles()["project_register"], register, operator())
    return sqlite_engine


def stored(engine: sa.Engine) -> list[dict]:
    with database.reading(engine) as connection:
        said = connection.execute(sa.select(schema.Response.answers)).scalars()
        return sorted(map(json.loads, said), key=str)


@pytest.mark.parametrize("case", exported.EXPORTS)
def test_a_tools_export_comes_in_without_a_word_of_code(
    with_project: sa.Engine, tmp_path: Path, case: str
) -> None:
    """Four people's answers, the same in every tool's shape, end as the same stored answers."""
    tool, maker, personal = exported.EXPORTS[case]
    path = maker(tmp_path)
    made = propose(with_project, path, operator(), SAID)
    encoding = [question for question in made.questions if question.code == "which_encoding"]
    if encoding:  # never silent mojibake: nothing is suggested before a person confirms
        assert made.profile is None
        assert case == "webropol csv"
        said = Said(fields=SAID.fields, encoding=encoding[0].detail["encoding"])
        made = propose(with_project, path, operator(), said)
    assert (made.found.source, made.found.rows) == (tool, 4)
    assert made.body["instrument"] == "process_pulse@1"
    assert personal <= set(made.personal)
    assert not set(made.personal) & {h for _, headers, _ in made.mapping for h in headers}
    profile = read_profile(write_profile(made, tmp_path / "kept.yaml")[0])
    seen = preview(with_project, profile, path, operator())
    assert (seen.fatal, seen.rows_read, seen.storable) == ((), 4, 4)
    store(with_project, profile, path, operator())
    assert stored(with_project) == sorted(exported.STORED, key=str)


# --- what each tool does its own way (the made exports again) ------------------------------------


def drafted(engine: sa.Engine, path: Path, folder: Path, **said) -> tuple[pd.DataFrame, Suggestion]:
    """The answers of a file whose own questions became an instrument, one row a person."""
    told = Said(fields=SAID.fields, **said)
    made = propose(engine, path, operator(), told)
    profile = read_profile(write_profile(made, folder / "drafted.yaml")[0])
    store(engine, profile, path, operator(), accept_rejected=True)
    return pd.DataFrame(stored(engine)), made


def survey(folder: Path, name: str, rows: list[list], separator: str = ",") -> Path:
    path = folder / name
    path.write_text(exported.as_csv(rows, separator), encoding="utf-8")
    return path


def test_zeros_of_odk_mean_nothing_where_nobody_answered(
    with_project: sa.Engine, tmp_path: Path
) -> None:
    """formats.md 3.2: cells default to 0 also when the question was not answered."""
    head = ["SubmissionDate", "meta-instanceID", "kanava", "kanava/netti", "kanava/kirje", "arvio"]
    rows = [["2026-03-01T10:00:00.000Z", f"uuid:{at}", said, netti, kirje, "5" if at else "4"]
            for at, (said, netti, kirje) in enumerate(
                [("netti", 1, 0), ("", 0, 0), ("netti kirje", 1, 1)])]  # fmt: skip
    found, made = drafted(with_project, survey(tmp_path, "odk.csv", [head, *rows]), tmp_path)
    assert made.found.source == "odk"
    assert (found["NETTI"].sum(), found["NETTI"].count()) == (2, 2)
    assert (found["KIRJE"].sum(), found["KIRJE"].count()) == (1, 2)


def test_blanks_of_kobo_and_its_zeros_stay_apart(with_project: sa.Engine, tmp_path: Path) -> None:
    """formats.md 3.1: unanswered is blank in every column, answered with nothing is 0 in every."""
    head = ["kanava", "kanava/netti", "kanava/kirje", "arvio", "_id", "_uuid", "_submission_time"]
    rows = [["netti", 1, 0], ["", "", ""], ["", 0, 0]]
    rows = [[*row, 5 - at, at, f"u{at}", "2026-03-01T10:00:00"] for at, row in enumerate(rows)]
    found, made = drafted(with_project, survey(tmp_path, "k.csv", [head, *rows], ";"), tmp_path)
    assert made.found.source == "kobo"
    assert (found["NETTI"].sum(), found["NETTI"].count()) == (1, 2)
    assert (found["KIRJE"].sum(), found["KIRJE"].count()) == (0, 2)


def test_a_ticked_column_of_limesurvey_makes_the_others_unticked(
    with_project: sa.Engine, tmp_path: Path
) -> None:
    """formats.md 3.3: Y or empty; nobody is asked to tell an unticked box from no answer."""
    head = ["id", "submitdate", "lastpage", "startlanguage", "seed", "Q1[A]", "Q1[B]", "Q2"]
    rows = [[1, "2026-03-01 10:00:00", 2, "fi", 1, "Y", "", "5"],
            [2, "2026-03-01 11:00:00", 2, "fi", 1, "", "", "4"],
            [3, "2026-03-01 12:00:00", 2, "fi", 1, "Y", "Y", "5"]]  # fmt: skip
    found, _ = drafted(with_project, survey(tmp_path, "l.csv", [head, *rows]), tmp_path)
    assert (found["Q1_A"].sum(), found["Q1_A"].count()) == (2, 2)
    assert (found["Q1_B"].sum(), found["Q1_B"].count()) == (1, 2)


def test_a_list_in_a_cell_is_counted_choice_by_choice(
    with_project: sa.Engine, tmp_path: Path
) -> None:
    """Microsoft Forms ends its lists with ;, Decidim joins with a comma that options may hold."""
    said = ["Netti;Kirje;", "Netti;", "", "Kirje;Ystävä;", "Ystävä;Netti;"]
    rows = [[at, f"2026-03-0{at + 1} 10:00:00", f"2026-03-0{at + 1} 10:05:00", cell, 5 - at % 2]
            for at, cell in enumerate(said)]  # fmt: skip
    head = ["ID", "Start time", "Completion time", "Mistä kuulit?", "Arvosana"]
    found, made = drafted(with_project, survey(tmp_path, "ms.csv", [head, *rows]), tmp_path)
    assert made.found.source == "ms_forms"
    options = {
        item.text.fi.partition(" – ")[2]: item.code
        for item in made.instrument.items
        if "–" in item.text.fi
    }
    assert {name: found[code].sum() for name, code in options.items()} == {
        "Netti": 3, "Kirje": 2, "Ystävä": 2}  # fmt: skip
    assert found[options["Netti"]].count() == 4  # the blank one answered nothing


def test_an_anonymous_limesurvey_has_no_days(with_project: sa.Engine, tmp_path: Path) -> None:
    made = propose(with_project, exported.limesurvey_codes(tmp_path), operator(), SAID)
    assert "no_days" in {question.code for question in made.questions}
    assert "answered_on" not in made.body["columns"]


def test_two_language_forms_of_one_wave_are_one(with_project: sa.Engine, tmp_path: Path) -> None:
    """A file with a column for each language, of which a person filled one."""
    items = instruments()["process_pulse@1"].items[:3]
    head = ["ID", *(i.text.fi for i in items), *(i.text.sv for i in items)]
    rows = [[1, "Täysin samaa mieltä", "Ei koske minua", "En osaa sanoa", "", "", ""],
            [2, "", "", "", "Helt av samma åsikt", "Gäller inte mig",
             "Helt av annan åsikt"]]  # fmt: skip
    path = survey(tmp_path, "kaksi.csv", [head, *rows], ";")
    made = propose(with_project, path, operator(), SAID)
    profile = read_profile(write_profile(made, tmp_path / "p.yaml")[0])
    store(with_project, profile, path, operator())
    codes = [i.code for i in items]
    assert stored(with_project) == sorted(
        [dict(zip(codes, (5, -2, -1), strict=True)), dict(zip(codes, (5, -2, 1), strict=True))],
        key=str,
    )
    rows[0][4] = "Helt av annan åsikt"  # the same person, twice and differently
    seen = preview(
        with_project, profile, survey(tmp_path, "k2.csv", [head, *rows], ";"), operator()
    )
    assert [problem.code for problem in seen.problems] == ["answered_twice"]


def test_a_rescaled_question_is_a_break_and_is_not_mapped(
    with_project: sa.Engine, tmp_path: Path
) -> None:
    """The same words on seven steps are not the same series; a renamed one is asked about."""
    items = instruments()["process_pulse@1"].items[:4]
    head = ["id", *(i.text.fi for i in items[:3]), "Vetäjä piti työn hyvin liikkeessä."]
    path = survey(tmp_path, "x.csv", [head, [1, 7, 5, 4, 5], [2, 3, 4, 2, 1]])
    made = propose(with_project, path, operator(), SAID)
    asked = {question.code: question.detail["item"] for question in made.questions
             if "item" in question.detail}  # fmt: skip
    assert asked == {"rescaled": "GOAL1", "is_this_the_item": "FACIL1"}
    assert set(made.body["answers"]) == {"RULE1", "TRUST1", "FACIL1"}
    pinned = Said(fields=SAID.fields, pinned={"FACIL1": head[4]}, without=("TRUST1",))
    made = propose(with_project, path, operator(), pinned)
    assert set(made.body["answers"]) == {"RULE1", "FACIL1"}
    assert "is_this_the_item" not in {question.code for question in made.questions}


def test_a_header_that_occurs_twice_is_named_with_its_number(
    with_project: sa.Engine, tmp_path: Path
) -> None:
    path = survey(tmp_path, "t.csv", [["Muu", "Muu", "id"], [1, 2, 1], [2, 1, 2], [1, 1, 3]])
    found, _ = drafted(with_project, path, tmp_path)
    assert sorted(found.sum().tolist()) == [4, 4]


def test_what_people_wrote_themselves_is_no_choice(with_project: sa.Engine, tmp_path: Path) -> None:
    """Five texts of five people are not drafted into a closed question, whatever they hold."""
    rows = [["Terveisesi", "Arvosana", "Väri"]]
    rows += [[f"Soittakaa {at}. naapurille", at % 3 + 1, ("sini", "puna")[at % 2]]
             for at in range(5)]  # fmt: skip
    found, made = drafted(with_project, survey(tmp_path, "o.csv", rows), tmp_path)
    assert made.left_out == ("Terveisesi",)
    assert len(found.columns) == 2


def test_decidim_proposals_come_in_with_their_titles_and_fates(
    with_project: sa.Engine, tmp_path: Path
) -> None:
    """formats.md 3.4: a column a language, often one filled; authors stay out."""
    head = ["id", "author/id", "author/name", "component/id", "title/fi", "title/sv", "body/fi",
            "state", "votes", "published_at", "latitude", "is_amend"]  # fmt: skip
    rows = [
        [1, 9, "Maija", 3, "Penkki", "", "x", "accepted", 4, "2026-03-01 10:00:00 +0200", 60.1, 0],
        [2, 8, "Matti", 3, "", "Lekplats", "y", "rejected", "", "2026-03-02 09:00:00 +0200", 60.2,
         0],
    ]  # fmt: skip
    path = survey(tmp_path, "proposals.csv", [head, *rows], ";")
    made = propose(with_project, path, operator(), Said(fields={"project": "A1"}))
    assert (made.found.source, made.found.languages) == ("decidim_proposals", ("fi", "sv"))
    assert {"author/name", "latitude"} <= set(made.personal)
    profile = read_profile(write_profile(made, tmp_path / "p.yaml")[0])
    store(with_project, profile, path, operator())
    proposal, step = schema.Proposal, schema.ProposalStatus
    with database.reading(with_project) as connection:
        told = connection.execute(
            sa.select(proposal.title, step.status).join(step, step.proposal_id == proposal.id)
        ).all()
    assert sorted(map(tuple, told)) == [
        ("Lekplats", "rejected"), ("Lekplats", "submitted"),
        ("Penkki", "accepted"), ("Penkki", "submitted"),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("head", "source", "kind"),
    [
        (["id", "title/fi", "start_date", "end_date", "status/id", "status/name/fi", "progress",
          "component/id", "children_count"], "decidim_results", "projects"),
        (["id", "title/fi", "start_date", "end_date", "participatory_process_group/id",
          "meta_scope/fi", "local_area/fi"], "decidim_processes", "projects"),
    ],
)  # fmt: skip
def test_decidim_results_and_processes_are_projects(
    with_project: sa.Engine, tmp_path: Path, head, source, kind
) -> None:
    rows = [[at, f"Hanke {at}", "2026-01-01", "2026-12-31", *["x"] * (len(head) - 4)]
            for at in range(3)]  # fmt: skip
    path = survey(tmp_path, "r.csv", [head, *rows], ";")
    made = propose(with_project, path, operator(), SAID)
    assert (made.found.source, made.kind) == (source, kind)
    seen = preview(with_project, made.profile, path, operator())
    assert (seen.fatal, seen.rows_read, seen.storable) == ((), 3, 3)


def test_business_ids_are_checked_by_their_digit(with_project: sa.Engine, tmp_path: Path) -> None:
    """0201256-6 and 0737546-2 are worked through by hand with the weights 7 9 10 5 8 4 2."""
    rows = [["Yritys", "Y-tunnus"], ["Eka", "0201256-6"], ["Toka", "0737546-2"],
            ["Kolmas", "1234567-2"], ["Neljäs", "0201256-6"]]  # fmt: skip
    made = propose(with_project, survey(tmp_path, "y.csv", rows), operator(), SAID)
    assert (made.found.source, made.kind) == ("organisations", "partners")
    [asked] = [q for q in made.questions if q.code == "wrong_business_ids"]
    assert asked.detail["values"] == "1234567-2"


XES = (
    "<log xmlns='http://www.xes-standard.org/'><trace><string key='concept:name' value='a'/>"
    "<event><string key='concept:name' value='x'/><date key='time:timestamp' "
    "value='2026-03-01T10:00:00+02:00'/></event><event><string key='concept:name' value='x'/>"
    "<date key='time:timestamp' value='2026-03-03T10:00:00+02:00'/></event></trace><trace/></log>"
)
IATI = (
    "<iati-activities><iati-activity><result><indicator><period/></indicator></result>"
    "</iati-activity></iati-activities>"
)


@pytest.mark.parametrize(
    ("body", "source", "counts"),
    [(XES, "xes", {"trace": 2, "event": 2, "cases": 1, "median_days": 2.0, "rework": 1.0}),
     (IATI, "iati", {"iati-activity": 1, "result": 1, "indicator": 1, "period": 1})],
)  # fmt: skip
def test_xml_is_recognised_and_never_followed(tmp_path: Path, body, source, counts) -> None:
    path = tmp_path / "a.xml"
    path.write_text(f"<?xml version='1.0'?>{body}", encoding="utf-8")
    found = look(path)
    assert found.source == source
    assert found.counts | counts == found.counts


HOSTILE = {
    "billion laughs": "<!DOCTYPE a [<!ENTITY a 'x'><!ENTITY b '&a;&a;&a;'>]><log>&b;</log>",
    "a file": "<!DOCTYPE a [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><log>&x;</log>",
    "a call home": "<!DOCTYPE a SYSTEM 'http://127.0.0.1:9/x.dtd'><log/>",
    "depth": "<log>" + "<a>" * 5000 + "</a>" * 5000 + "</log>",
    "half": "<log><trace>",
    "another kind": "<rss/>",
}


@pytest.mark.parametrize("case", HOSTILE)
def test_hostile_xml_is_refused_in_words(tmp_path: Path, case: str) -> None:
    """T-03: entities, outside files, depth."""
    path = tmp_path / "a.lss"
    path.write_text(f"<?xml version='1.0'?>{HOSTILE[case]}", encoding="utf-8")
    with pytest.raises(RejectedFile) as stopped:
        look(path)
    assert stopped.value.problems[0].code in ("suspicious_archive", "damaged_file", "other_kind")


def test_every_question_and_mark_has_words_in_three_languages() -> None:
    folder = Path(sources.__file__).parent
    code = "\n".join(path.read_text(encoding="utf-8") for path in folder.glob("*.py"))
    body = (folder / "sources.yaml").read_text(encoding="utf-8")
    for key, text in texts().items():
        name = key.removeprefix("mark_")
        told = f'"{name}"' in code or f"@{name}" in code + body or key.startswith("unknown_")
        assert told or key.startswith("only_recognised_"), key
        assert len({text.fi, text.sv, text.en}) == 3, key


def test_what_is_in_personal_columns_never_leaves_the_child(tmp_path: Path) -> None:
    found = look(exported.qualtrics_csv(tmp_path))
    told = json.dumps(found.as_json())
    assert "IPAddress" in told
    for secret in ("192.0.2.1", "henkilo0@example.org", "60.17"):
        assert secret not in told


# --- real files, where they are ------------------------------------------------------------------

#: File: the tool, rows read and stored; one row of 2019 holds a time and no answer.
REAL = {
    "google_forms_dask/2019-user-survey-results.csv": ("google_forms", 259, 258),
    "google_forms_dask/2020-user-survey-results.csv": ("google_forms", 239, 239),
    "limesurvey_rse/responses_2016_uk.csv": ("limesurvey", 273, 273),
    "limesurvey_rse/responses_2017_uk.csv": ("limesurvey", 253, 253),
    "limesurvey_rse/responses_2017_us.csv": ("limesurvey", 164, 164),
    "kobo/data.xlsx": ("kobo", 5, 5),
    "kobo/data_likert.xlsx": ("kobo", 120, 120),
    "scales/bfi.csv": ("table", 2800, 2800),
}


#: Two of a kind are enough by day.
BY_NIGHT = {
    "google_forms_dask/2020-user-survey-results.csv",
    "limesurvey_rse/responses_2017_us.csv",
}


@pytest.mark.parametrize(
    "file",
    [pytest.param(f, marks=pytest.mark.nightly) if f in BY_NIGHT else f for f in REAL],
)
def test_real_exports_come_in_as_drafts(
    with_project: sa.Engine, shared_data: Path, tmp_path: Path, file: str
) -> None:
    tool, read, kept = REAL[file]
    path = shared_data / file
    made = propose(with_project, path, operator(), SAID)
    assert (made.found.source, made.found.rows) == (tool, read)
    profile = read_profile(write_profile(made, tmp_path / "p.yaml")[0])
    seen = preview(with_project, profile, path, operator())
    assert (seen.fatal, seen.rows_read, seen.storable) == ((), read, kept)
    assert {problem.code for problem in seen.problems} <= {"no_answers"}


def test_the_receipt_log_takes_as_long_as_it_is_known_to(shared_data: Path) -> None:
    """INDEX.md: 8,577 events, 1,434 cases, median 0.0332 days, mean 5.408, 48 over 30 days."""
    found = look(shared_data / "event_logs/receipt.csv")
    told = found.counts
    assert (found.source, told["cases"], told["events"]) == ("event_log", 1434, 8577)
    assert told["median_days"] == pytest.approx(0.0332, abs=5e-5)
    assert told["mean_days"] == pytest.approx(5.408, abs=5e-4)
    assert (told["long"], told["unread"]) == (48, 0)


def test_answers_to_an_xlsform_come_in_by_the_form(
    with_project: sa.Engine, shared_data: Path
) -> None:
    form = shared_data / "kobo/form_likert.xlsx"
    path = shared_data / "kobo/data_likert.xlsx"
    made = propose(with_project, path, operator(), SAID, form)
    assert made.instrument is not None
    assert len(made.mapping) == 18
    assert made.profile is not None


def test_drafted_answers_count_as_a_plain_reader_counts_them(
    with_project: sa.Engine, shared_data: Path, tmp_path: Path
) -> None:
    """An item of a grid, a choice of a list, a scale of numbers: against pandas on the raw file."""
    path = shared_data / "google_forms_dask/2019-user-survey-results.csv"
    raw = pd.read_csv(path)
    found, made = drafted(with_project, path, tmp_path)
    codes = {item.text.en: item.code for item in made.instrument.items}
    gpus = "What common feature requests do you care about most?  [GPUs]"
    steps = raw[gpus].map({"Not relevant for me": 1, "Somewhat useful": 2, "Critical to me": 3})
    assert found[codes[" ".join(gpus.split())]].mean() == pytest.approx(steps.mean(), abs=1e-12)
    apis = raw["Dask APIs"].dropna().str.split(";")
    bags = apis.map(lambda chosen: "Bag" in chosen)
    assert (found[codes["Dask APIs – Bag"]].sum(), found[codes["Dask APIs – Bag"]].count()) == (
        bags.sum(), len(bags))  # fmt: skip
    easy = "How easy is it for you to upgrade to newer versions of Python libraries"
    assert found[codes[easy]].mean() == pytest.approx(raw[easy].mean(), abs=1e-12)
