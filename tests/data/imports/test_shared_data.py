"""Every file of the shared folder: what it is taken for, what is read, stored and rejected; and a
published figure of those with figures, beside what a plain reader counts in the same file.

docs/shared-files.md tells the same in a table. Without the folder these tests are skipped.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pandas as pd
import pytest
import sqlalchemy as sa

from data import database, schema, sheets
from data.access import operator
from data.imports.problems import RejectedFile
from data.imports.profile import profiles, read_profile
from data.imports.run import store
from data.imports.sources.propose import Suggestion, propose, write_profile
from data.imports.sources.suggest import Said
from data.instruments import known_instruments
from metrics.metric import Level, Result

#: File: taken for, kind, ready profile, read, stored. The rest was rejected, row by row.
STORED = {
    "carpentries/post_workshop_feedback.csv": (
        "table", "answers", "carpentries_feedback", 967, 916,
    ),
    "carpentries/workshops.csv": ("table", "events", "carpentries_workshops", 1869, 1869),
    "eura/projektilista_2014-2020.csv": (
        "project_register", "projects", "eura_projects", 2881, 2880,
    ),
    "event_logs/receipt.csv": ("event_log", "event_log", "", 8577, 8577),
    "google_forms_dask/2019-user-survey-results.csv": ("google_forms", "answers", "", 259, 258),
    "google_forms_dask/2020-user-survey-results.csv": ("google_forms", "answers", "", 239, 239),
    "kobo/data.xlsx": ("kobo", "answers", "", 5, 5),
    "kobo/data_likert.xlsx": ("kobo", "answers", "", 120, 120),
    "limesurvey_rse/responses_2016_uk.csv": ("limesurvey", "answers", "", 273, 273),
    "omastadi/proposals_rounds_1_2.csv": ("table", "proposals", "omastadi_proposals", 3152, 3152),
    "scales/bfi.csv": ("table", "answers", "", 2800, 2800),
    "weights/ess10_norway.csv": ("table", "answers", "", 1411, 1411),
}  # fmt: skip
#: By night all of them; by day those with a figure of their own kind.
BY_DAY = (
    "carpentries/workshops.csv", "event_logs/receipt.csv", "kobo/data_likert.xlsx",
    "omastadi/proposals_rounds_1_2.csv", "scales/bfi.csv",
)  # fmt: skip
#: File: taken for, and why no row comes of it.
ONLY_RECOGNISED = {
    "kobo/form_likert.xlsx": ("xlsform", "only_recognised_none"),
    "kobo/formpack_xlsforms_library-locking-example.xlsx": ("xlsform", "only_recognised_none"),
    "limesurvey_rse/questionnaire_2017_uk_core.lss": (
        "limesurvey_structure", "only_recognised_none",
    ),
    "omastadi/district_data.csv": ("table", "no_questions"),
    "omastadi/indexes.csv": ("table", "no_questions"),
}  # fmt: skip
REFUSED = (
    "iati/iati-activities-schema.xsd",
    "kobo/formpack_site_inspection_v1.json",
)


@dataclass(frozen=True)
class Brought:
    """The database of what was stored, its figures, and the suggestion of each file."""

    engine: sa.Engine
    figures: list[Result]
    made: dict[str, Suggestion]
    counts: dict[str, tuple[int, int]]

    def figure(self, metric: str, file: str = "", part: str = "") -> Result:
        """The total of a metric for the project of a file, or for the whole portfolio."""
        with database.reading(self.engine) as connection:
            query = sa.select(schema.Project.id).where(schema.Project.code == code_of(file))
            entity = connection.scalar(query) if file else 0
        level = Level.PROJECT if file else Level.PORTFOLIO
        (found,) = (
            each
            for each in self.figures
            if (each.metric, each.level, each.entity) == (metric, level, entity)
            and (each.part, each.split) == (part, "total")
        )
        return found


def code_of(file: str) -> str:
    return file.replace("/", "-")


@pytest.fixture(scope="module")
def brought(
    shared_data: Path, sqlite_template: Path, tmp_path_factory: pytest.TempPathFactory,
    request: pytest.FixtureRequest,
) -> Iterator[Brought]:  # fmt: skip
    files = list(STORED) if request.config.getoption("--nightly") else list(BY_DAY)
    home = tmp_path_factory.mktemp("shared")
    (home / "arviomo.db").write_bytes(sqlite_template.read_bytes())
    engine = database.connect(f"sqlite:///{home / 'arviomo.db'}")
    register = home / "register.csv"
    register.write_text(
        "code,name\n" + "".join(f"{code_of(file)},{file}\n" for file in files), encoding="utf-8"
    )
    store(engine, profiles()["project_register"], register, operator())
    made, counts = {}, {}
    for number, file in enumerate(files):
        said = Said(fields={"project": code_of(file), "wave": "end"})
        made[file] = propose(engine, shared_data / file, operator(), said)
        profile = made[file].profile
        if not made[file].ready:
            profile = read_profile(write_profile(made[file], home / f"p{number}.yaml")[0])
        batch = store(engine, profile, shared_data / file, operator(), accept_rejected=True)
        counts[file] = (batch.rows_read, batch.rows_stored)
    revision = sheets.refresh(engine, home).revision
    with database.reading(engine) as connection:
        figures = sheets.read_figures(connection, operator(), revision=revision)
    yield Brought(engine, figures, made, counts)
    engine.dispose()


def by_day_or_night(files) -> list:
    return [f if f in BY_DAY else pytest.param(f, marks=pytest.mark.nightly) for f in files]


@pytest.mark.parametrize("file", by_day_or_night(STORED))
def test_a_file_is_taken_for_what_it_is_and_every_row_is_accounted_for(
    brought: Brought, file: str
) -> None:
    source, kind, ready, read, kept = STORED[file]
    made = brought.made[file]
    assert (made.found.source, made.kind, made.ready) == (source, kind, ready)
    assert brought.counts[file] == (read, kept)


@pytest.mark.parametrize(
    "file",
    [f if f.endswith(("likert.xlsx", "indexes.csv")) else pytest.param(f, marks=pytest.mark.nightly)
     for f in ONLY_RECOGNISED],
)  # fmt: skip
def test_what_holds_no_rows_of_ours_says_so(
    sqlite_engine: sa.Engine, shared_data: Path, file: str
) -> None:
    source, question = ONLY_RECOGNISED[file]
    said = Said(fields={"project": "A1", "wave": "end"})
    made = propose(sqlite_engine, shared_data / file, operator(), said)
    assert (made.found.source, made.profile) == (source, None)
    assert question in {asked.code for asked in made.questions if asked.blocking}


@pytest.mark.parametrize("file", REFUSED)
def test_what_is_no_table_is_refused_in_words(
    sqlite_engine: sa.Engine, shared_data: Path, file: str
) -> None:
    with pytest.raises(RejectedFile) as refused:
        propose(sqlite_engine, shared_data / file, operator())
    assert {problem.code for problem in refused.value.problems} == {"other_kind"}


# --- a published figure of each, beside a plain reader's -----------------------------------------


def test_how_long_receipts_take(brought: Brought, shared_data: Path) -> None:
    """INDEX.md: median 0.0332 days, mean 5.408, 48 of 1,434 cases over 30 days."""
    file = "event_logs/receipt.csv"
    raw = pd.read_csv(shared_data / file)
    at = pd.to_datetime(raw["time:timestamp"], utc=True, format="ISO8601")
    days = at.groupby(raw["case:concept:name"]).agg(lambda t: t.max() - t.min())
    days = days.dt.total_seconds() / 86_400
    # Stored to the millisecond, and a median is the mean of two of them.
    middle, mean = (brought.figure(f"log_case_{name}", file) for name in ("median", "mean"))
    assert middle.value == pytest.approx(days.median(), abs=2e-8)
    assert mean.value == pytest.approx(days.mean(), abs=2e-8)
    assert (round(middle.value, 4), round(mean.value, 3)) == (0.0332, 5.408)
    long = brought.figure("log_case_long", file)
    assert (long.numerator, long.n) == (int((days > 30).sum()), len(days)) == (48, 1434)
    desk = raw.loc[raw["case:channel"] == "Desk", "case:concept:name"].unique()
    assert brought.figure("log_case_median", file, "channel/Desk").value == pytest.approx(
        days[desk].median(), abs=2e-8
    )
    # One case came by Intern: it is told with the 21 by e-mail, and never by itself.
    assert brought.figure("log_case_median", file, "channel/*").n == 22
    assert not [f for f in brought.figures if f.part in ("channel/Intern", "channel/e-mail")]


def test_how_many_came_to_workshops(brought: Brought, shared_data: Path) -> None:
    raw = pd.read_csv(shared_data / "carpentries/workshops.csv")
    people = [f for f in brought.figures if f.metric == "participation" and f.level == "portfolio"]
    assert {f.value for f in people if f.split == "total"} == {raw["attendance"].sum()}


def test_how_many_proposals_were_taken_up(brought: Brought, shared_data: Path) -> None:
    """A proposal that stands on several rows, once for each of its plans, is one; one that was
    merged into a plan was taken up, whatever its state says (3 of them are not accepted)."""
    raw = pd.read_csv(shared_data / "omastadi/proposals_rounds_1_2.csv", dtype=str)
    one = raw["round"] + "-" + raw["id"]
    found = brought.figure("proposals_taken_up")
    taken = one[(raw["state"] == "accepted") | raw["link_plans"].notna()].nunique()
    assert (found.numerator, found.denominator) == (taken, one.nunique())


def end_of(
    engine: sa.Engine, made: Suggestion, column: str, end: int = -1
) -> tuple[str, list[str]]:
    """The item that a column became, and what its highest choice (or lowest, 0) is called in the
    file."""
    with database.reading(engine) as connection:
        # Drafted from the file, or known from the year before.
        instrument = made.instrument or known_instruments(connection)[made.body["instrument"]]
    (item,) = (name for name, headers, _ in made.mapping if column in headers)
    choice = instrument.answers_of(item).choices[end]
    values = made.body["answers"][item].get("values", {})
    said = [text for text, code in values.items() if str(code) == str(choice.code)]
    return item, [text.removesuffix(".0") for text in said] or [str(choice.code)]


def told_in(raw: pd.DataFrame, column: str, said: list[str]) -> tuple[int, int]:
    """How many of those who answered said it, as a plain reader counts."""
    answers = raw[column].dropna().astype(str).str.removesuffix(".0")
    return int(answers.isin(said).sum()), len(answers)


Read = Callable[[Path], pd.DataFrame]


@pytest.mark.parametrize(
    ("file", "column", "read"),
    [
        ("scales/bfi.csv", "A1", pd.read_csv),
        ("kobo/data_likert.xlsx", "", pd.read_excel),
        pytest.param("weights/ess10_norway.csv", "brnnorge", pd.read_csv,
                     marks=pytest.mark.nightly),
        pytest.param(
            "google_forms_dask/2020-user-survey-results.csv",
            "How easy is it for you to upgrade to newer versions of Python libraries",
            pd.read_csv, marks=pytest.mark.nightly),
        pytest.param(
            "limesurvey_rse/responses_2016_uk.csv",
            "rse16a. Are you employed primarily to develop software for research?",
            pd.read_csv, marks=pytest.mark.nightly),
    ],
)  # fmt: skip
def test_how_many_chose_the_highest_answer(
    brought: Brought, shared_data: Path, file: str, column: str, read: Read
) -> None:
    raw = read(shared_data / file)
    items = {name for name, *_ in brought.made[file].mapping}
    told = {f.part for f in brought.figures if f.metric == "item_ceiling"}
    for name, headers, _ in brought.made[file].mapping:
        column = column or (headers[0] if name in items & told else "")
    item, said = end_of(brought.engine, brought.made[file], column)
    found = brought.figure("item_ceiling", file, item)
    assert (found.numerator, found.denominator) == told_in(raw, column, said)


@pytest.mark.nightly
def test_five_households_tell_their_lowest_answer_alone(
    brought: Brought, shared_data: Path
) -> None:
    """kobo/data.xlsx: five answers are just enough inside; one at the highest end is not told."""
    file, column = "kobo/data.xlsx", "profile.HHSize"
    item, said = end_of(brought.engine, brought.made[file], column, 0)
    lowest, highest = (brought.figure(f"item_{end}", file, item) for end in ("floor", "ceiling"))
    raw = pd.read_excel(shared_data / file)
    assert (lowest.numerator, lowest.denominator) == told_in(raw, column, said) == (2, 5)
    assert (highest.state, highest.value) == ("suppressed", None)


@pytest.mark.nightly
@pytest.mark.parametrize(
    ("file", "column"),
    [
        ("responses_2017_us.csv", "currentWork2. Do you work for a Research Software Group?"),
        # Some questions were answered by a few people only: nothing of the file is told.
        ("responses_2017_uk.csv", None),
    ],
)
def test_a_questionnaire_of_another_year_tells_its_own_figures(
    sqlite_engine: sa.Engine, shared_data: Path, tmp_path: Path, file: str, column: str | None
) -> None:
    path, register = shared_data / "limesurvey_rse" / file, tmp_path / "register.csv"
    register.write_text(f"code,name\nA1,{file}\n", encoding="utf-8")
    store(sqlite_engine, profiles()["project_register"], register, operator())
    made = propose(sqlite_engine, path, operator(), Said(fields={"project": "A1", "wave": "end"}))
    profile = read_profile(write_profile(made, tmp_path / "own.yaml")[0])
    store(sqlite_engine, profile, path, operator())
    revision = sheets.refresh(sqlite_engine, tmp_path).revision
    with database.reading(sqlite_engine) as connection:
        figures = sheets.read_figures(
            connection, operator(), revision=revision, level="project", metric="item_ceiling"
        )
    told = {f.part: (f.numerator, f.denominator) for f in figures if f.state == "value"}
    if column is None:
        assert figures and not told
        return
    item, said = end_of(sqlite_engine, made, column)
    assert told[item] == told_in(pd.read_csv(path), column, said)
