"""The project's own view beside the participants': named rightly, and refused with its reason."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.charts import GapCells, GapRow, dumbbell, gap_grid
from dashboard.figures import metric_of
from dashboard.judging.words import construct_name
from dashboard.labels import questionnaire_name
from dashboard.sections.gap import Gap, gap_table, legend
from dashboard.sections.gap_portfolio import named, portfolio_sentence, project_words
from dashboard.sections.gap_words import finding_of, forms_sentence, gap_sentence, gap_words
from dashboard.truth import engine
from dashboard.wording import say, say_count
from data import access, records
from data.database import reading
from data.sample import KNOWN_EFFECTS
from metrics.metric import Method, Reason, Result, ValueState
from metrics.reasons import REASONS
from survey.rubric import rubric
from survey.text import LANGUAGES
from tests.dashboard.looking import opened, pictures, plain, tables


def gap(value: float | None, low: float | None, high: float | None, **more) -> Result:
    """A gap of influence in phase four, as it is published."""
    state = ValueState.VALUE if value is not None else ValueState.NOT_REPORTED
    result = Result(
        "perception_gap", "process_quality@1", "INFL", "project", 1, "all", "phase", "P4",
        state, value, low, high, None, None, 40, None, None, 1, None, False,
        Method.SQUARE_AND_ADD, None,
    )  # fmt: skip
    return replace(result, **more)


@pytest.mark.parametrize(
    ("value", "low", "high", "finding"),
    [
        (28.0, 12.0, 44.0, "blind"),
        (-15.0, -25.0, -5.0, "strength"),
        (10.0, 4.0, 16.0, "small"),  # the limit itself is not passed
        (8.0, 2.0, 14.0, "small"),
        (28.0, -2.0, 58.0, "chance"),  # wide, but zero lies inside
        (-28.0, -58.0, 2.0, "chance"),
        (28.0, None, None, "unsure"),
        (None, None, None, "none"),
    ],
)
def test_a_gap_is_named_by_its_size_and_its_interval(value, low, high, finding):
    assert finding_of(gap(value, low, high)) == finding


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_gap_has_its_words(language):
    for result in (gap(28.0, 12.0, 44.0), gap(-15.0, -25.0, -5.0), gap(3.0, -4.0, 10.0)):
        assert say(f"gap.{finding_of(result)}", language) in gap_words(result, language)
    for reason in (Reason.NO_ASSESSMENT, Reason.NO_ANSWERS, Reason.HIDDEN_PARTS):
        hidden = gap(None, None, None, reason=reason)
        assert gap_words(hidden, language) == say(f"gap.short.{reason.value}", language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_blind_spots_are_named_before_anything_else(language):
    told = gap_sentence(
        [
            ("Influence", gap(28.0, 12.0, 44.0)),
            ("Trust", gap(2.0, -4.0, 8.0)),
            ("Goal", gap(None, None, None, reason=Reason.HIDDEN_PARTS)),
        ],
        language,
    )
    blind = say_count("gap.sentence.blind", 1, language, where="Influence")
    assert told.startswith(blind)
    assert "Trust" not in told
    assert told.endswith(say_count("gap.sentence.without", 1, language))


def test_where_nothing_can_be_compared_the_reason_is_said():
    told = gap_sentence([("Goal", gap(None, None, None, reason=Reason.NO_ASSESSMENT))], "fi")
    assert REASONS[Reason.NO_ASSESSMENT].fi in told


# --- forms --------------------------------------------------------------------------------------


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize("language", LANGUAGES)
def test_gaps_of_different_forms_say_so_and_name_them(language):
    usual = gap(28.0, 12.0, 44.0)
    plain_words = gap(3.0, -4.0, 10.0, part="TRUST", instrument="process_plain@1")
    hidden = gap(None, None, None, instrument="process_pupil@1", reason=Reason.HIDDEN_PARTS)
    assert forms_sentence([usual, hidden], language) == ""
    told = forms_sentence([usual, plain_words, hidden], language)
    names = [questionnaire_name(f"process_{one}@1", language) for one in ("quality", "plain")]
    assert all(name in told for name in names)
    assert questionnaire_name("process_pupil@1", language) not in told
    rows = [Gap("P4", each.part, each, None, None) for each in (usual, plain_words, hidden)]
    assert told in legend(rows, language)
    none = say("table.none", language)
    said = [*gap_table(rows, language)[say("gap.form", language)]]
    assert [plain(one) for one in said] == [names[0], names[1], none]
    assert say("gap.form", language) not in gap_table(rows[:1], language)


# --- pictures -----------------------------------------------------------------------------------


def test_the_two_sides_differ_by_shape_and_only_participants_have_an_interval():
    own = gap(67.0, 40.0, 94.0, metric="self_assessment", indicative=True)
    theirs = gap(45.0, 38.0, 52.0, metric="process_quality")
    rows = [GapRow("Influence", own, theirs, gap(22.0, 10.5, 33.0), "+22")]
    drawn = dumbbell(rows, metric_of("process_quality"), "en", ("Own", "Participants"))
    sides = {trace.name: trace for trace in drawn.data}
    assert sides["own"].marker.symbol == ("square",)
    assert sides["participants"].marker.symbol == ("circle",)
    assert tuple(sides["own"].error_x.array) == (0.0,)
    assert tuple(sides["participants"].error_x.array) == (7.0,)  # 52 - 45
    assert tuple(sides["gap"].x[:2]) == (67.0, 45.0)
    assert tuple(drawn.layout.xaxis.range) == (-2.0, 102.0)  # the whole range of points


def test_a_side_that_is_not_there_has_no_mark_and_a_row_without_either_is_a_gap():
    hidden = gap(None, None, None, reason=Reason.HIDDEN_PARTS)
    own = gap(67.0, None, None, metric="self_assessment")
    rows = [GapRow("A", own, hidden, hidden, "…", True), GapRow("B", None, None, hidden, "", True)]
    drawn = dumbbell(rows, metric_of("process_quality"), "en", ("Own", "Participants"))
    sides = {trace.name: trace for trace in drawn.data}
    assert len(sides["own"].x) == 1
    assert not sides["participants"].x
    assert not sides["gap"].x
    assert len([x for x in sides["gaps"].x if x is not None]) == 2  # the dotted line of row B


def test_a_cell_says_which_side_judged_it_better_without_colour():
    cells = (gap(28.0, 12.0, 44.0), gap(-15.0, -25.0, -5.0, indicative=True), None)
    drawn = gap_grid([GapCells("Project", cells, "")], "en", ("1", "2", "3"))
    texts = [note.text for note in drawn.layout.annotations]
    assert "+28" in texts
    assert "~−15" in texts
    above, below = drawn.data[0].marker.color
    assert above.rpartition(",")[0] != below.rpartition(",")[0]


def test_names_are_shown_as_they_were_written():
    drawn = gap_grid([GapCells("<b>x</b>", (gap(1.0, 0.0, 2.0),), "")], "en", ("1",))
    assert "&lt;b&gt;x&lt;/b&gt;" in [note.text for note in drawn.layout.annotations]


# --- pages of the sample ------------------------------------------------------------------------


def project(code: str) -> int:
    with reading(engine()) as connection:
        listed = records.projects(connection, access.persona("steering", connection))
    return next(one.id for one in listed if one.code == code)


@pytest.mark.usefixtures("sample")
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_project_reads_its_blind_spot_and_what_to_do_next(language):
    phase, construct = KNOWN_EFFECTS.blind_spot
    at = opened(
        "project", "manager", language, project_id=project(KNOWN_EFFECTS.blind_project),
        gap_phase=phase,
    )  # fmt: skip
    told = [plain(element.value) for element in at.markdown]
    name = construct_name(construct, language)
    assert any(say_count("gap.sentence.blind", 1, language, where=name) in text for text in told)
    alt = next(alt for alt in pictures(at) if say("gap.blind", language) in alt)
    assert name in alt
    table = next(t for t in tables(at) if say("gap.gap", language) in t.columns)
    meanings = table[say("gap.meaning", language)].map(plain)
    assert meanings.iloc[0] == say("gap.blind", language)
    steps = "\n".join(told)
    assert say("gap.blind_next", language) in steps
    levels = rubric().of(phase)[construct].levels
    assert any(level.meaning.in_language(language) in steps for level in levels)


@pytest.mark.usefixtures("sample")
def test_a_hidden_strength_is_named():
    phase, construct = KNOWN_EFFECTS.hidden_strength
    at = opened(
        "project", "steering", project_id=project(KNOWN_EFFECTS.modest_project), gap_phase=phase
    )
    told = "\n".join(plain(element.value) for element in at.markdown)
    assert construct_name(construct, "fi") in told.partition("piilevä")[2]


def test_a_blind_spot_of_one_phase_is_told_of_the_portfolio_though_the_mean_hides_it():
    mean, first, last = gap(3.0, -9.0, 15.0), gap(43.0, 22.0, 64.0), gap(-37.0, -50.0, -24.0)
    gaps = {(1, "INFL"): [mean, first, last], (2, "INFL"): [gap(1.0, -9.0, 11.0)]}
    assert named(1, gaps, "blind") == named(1, gaps, "strength") == ["INFL"]
    assert project_words(2, gaps, "en") == ""
    told = portfolio_sentence(gaps, {1, 2}, {1: "A", 2: "B"}, "en")
    assert "The commonest blind spot is Influence (in one project)." in told


@pytest.mark.usefixtures("sample")
def test_funders_have_no_figures_of_self_assessments():
    for page in ("project", "process"):
        heads = [plain(header.value) for header in opened(page, "funder").header]
        assert say("gap.title", "fi") not in heads
        assert say("gap.grid", "fi") not in heads


@pytest.mark.usefixtures("sample")
def test_a_project_without_a_self_assessment_says_so_and_shows_the_way():
    with reading(engine()) as connection:
        judged = {
            KNOWN_EFFECTS.blind_project,
            KNOWN_EFFECTS.modest_project,
            *KNOWN_EFFECTS.agreeing_projects,
        }
        listed = records.projects(connection, access.persona("steering", connection))
    other = next(one for one in reversed(listed) if one.code not in judged)
    at = opened("project", "evaluator", project_id=other.id)
    told = "\n".join(plain(e.value) for kind in (at.markdown, at.info) for e in kind)
    assert say("gap.sentence.none", "fi") in told
    assert say("gap.begin", "fi") in [link.proto.label for link in at.get("page_link")]


@pytest.mark.usefixtures("sample")
def test_the_steering_group_sees_the_gaps_of_all_projects_and_a_manager_of_their_own():
    columns = say("gap.meaning", "fi"), construct_name("INFL", "fi")
    grids = {}
    for role in ("steering", "manager"):
        shown = tables(opened("process", role))
        grids[role] = next(t for t in shown if set(columns) <= set(t.columns))
    assert len(grids["steering"]) > len(grids["manager"]) == 2  # the sample's manager leads two
    # The project with the blind spot comes first.
    assert say_count("gap.count.blind", 1, "fi") in plain(grids["steering"].iloc[0, 1])
