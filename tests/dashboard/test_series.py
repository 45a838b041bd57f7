"""A changed questionnaire breaks its series: in the chart, in words, in the table."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest

from dashboard import charts, series
from dashboard.charts import Row
from dashboard.tables import results_table
from metrics.catalog import metrics
from metrics.evaluate import evaluate
from metrics.frames import Frames, schema_of
from metrics.metric import Method, Result, ValueState
from survey.instrument import instruments
from tests.metrics.raw import typed
from tests.metrics.small import figure, small

QUALITY = metrics()["process_quality"]
LANGUAGES = ("fi", "sv", "en")


def at(wave: str, version: int, value: float, part: str = "GOAL") -> Result:
    """A published figure of one version of the questionnaire."""
    return Result(
        metric="process_quality", instrument=f"process_quality@{version}", part=part,
        level="project", entity=1, wave=wave, split="total", split_value="",
        state=ValueState.VALUE, value=value, low=value - 5, high=value + 5, p=None,
        p_adjusted=None, n=50, numerator=None, denominator=None, projects=1, coverage=None,
        indicative=False, method=Method.STUDENT, reason=None,
    )  # fmt: skip


CHANGED = [at("follow_up", 2, 70), at("during", 1, 60), at("end", 2, 66)]


def drawn(results: list[Result], language: str = "en"):
    panel = ("Shared goal", [Row("Shared goal", result) for result in results])
    return charts.wave_steps([panel], QUALITY, language)


def test_the_line_is_broken_where_the_questionnaire_changed():
    (values,) = (trace for trace in drawn(CHANGED).data if trace.name == "values")
    # The end and the follow-up were asked by one version, the wave before them by another.
    assert list(values.x) == [60, None, 66, 70, None]
    same = [replace(result, instrument="process_quality@1") for result in CHANGED]
    (values,) = (trace for trace in drawn(same).data if trace.name == "values")
    assert list(values.x) == [60, 66, 70, None]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_break_is_marked_with_words_on_a_line_between_the_two_surveys(language):
    figure = drawn(CHANGED, language)
    (line,) = figure.layout.shapes
    (values,) = (trace for trace in figure.data if trace.name == "values")
    assert values.y[0] < line.y0 < values.y[2]
    assert (line.x0, line.x1) == (0, 1)
    told = series.break_label((CHANGED[1], CHANGED[2]), language)
    assert sum(told in note.text for note in figure.layout.annotations) == 1
    assert "1 → 2" in told


def test_nothing_is_marked_where_it_stayed_the_same():
    same = [replace(result, instrument="process_quality@1") for result in CHANGED]
    assert not drawn(same).layout.shapes
    assert series.break_words(same, "fi") == ""
    assert "Kyselyn versio" not in results_table([Row("x", r) for r in same], QUALITY, "fi")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_sentence_names_the_surveys_and_says_that_nothing_is_compared(language):
    parts = [*CHANGED, *(replace(result, part="TRUST") for result in CHANGED)]
    said = series.break_words(parts, language)
    waves = {"fi": "”Aikana” ja ”Lopussa”", "sv": "”Under tiden” och ”I slutet”",
             "en": "“During” and “End”"}[language]  # fmt: skip
    # Once, however many parts of the questionnaire are shown.
    assert said.count(waves) == 1
    assert {"fi": "ei verrata", "sv": "jämförs inte", "en": "are not compared"}[language] in said


def test_two_versions_in_one_survey_stand_apart():
    both = [at("end", 1, 60), at("end", 2, 64)]
    assert series.breaks(both) == [(both[0], both[1])]
    assert "osittain samoilla kyselykerroilla" in series.break_words(both, "fi")


def test_versions_side_by_side_are_a_line_each_with_one_break_between():
    side = [at("baseline", 1, 50), at("baseline", 2, 52), at("end", 1, 60), at("end", 2, 64)]
    (values,) = (trace for trace in drawn(side).data if trace.name == "values")
    assert list(values.x) == [50, 60, None, 52, 64, None]
    assert series.breaks(side) == [(side[2], side[1])]
    assert "versiota 1 ja versiota 2" in series.break_words(side, "fi")


def test_other_questionnaires_and_records_are_no_break():
    pulse = replace(at("during", 1, 60), instrument="process_pulse@1")
    record = replace(at("end", 1, 60), instrument="", wave="all")
    assert series.all_breaks([at("end", 2, 66), pulse, record]) == []


def test_the_table_says_the_version_of_every_figure():
    table = results_table([Row("Yhteinen tavoite", result) for result in CHANGED], QUALITY, "fi")
    assert table["Kyselyn versio"].tolist() == ["2", "1", "2"]


def test_no_change_is_computed_over_a_break():
    first = instruments()["process_quality@1"]
    second = first.model_copy(update={"version": 2})

    def moments(project: int, wave: str, key: str) -> dict:
        keys = {"project": project, "instrument": key, "wave": wave, "phase": "P8", "group": "RES"}
        # 40 people at 60 or 70 points of 600 units each
        total = 40 * (360 if wave == "during" else 420)
        spread = 40 * 30**2
        return {**keys, "scale": "GOAL", "n": 40, "total": total,
                "squares": total**2 // 40 + spread, "unit": 600}  # fmt: skip

    # Project 1 was asked by one version both times, project 2 by another one at the end.
    rows = [moments(1, "during", first.key), moments(1, "end", first.key)]
    rows += [moments(2, "during", first.key), moments(2, "end", second.key)]
    scores = typed(pd.DataFrame(rows), schema_of("scale_moments"))
    people = scores[["project", "instrument", "wave", "phase", "group", "n"]].assign(invited=-1)
    frames = Frames.of(
        scale_moments=scores,
        respondents=typed(people, schema_of("respondents")),
        nodes=small([1, 2]).nodes,
    ).validated()
    (changes,) = evaluate(frames, ["process_change"], {first.key: first, second.key: second})
    known = changes.frame[changes.frame["value"].notna()]
    assert figure(known, level="project", split="total", entity=1)["value"] == pytest.approx(10)
    assert set(known["entity"]) == {0, 1}
    assert set(known["instrument"].astype(str)) == {first.key}
    assert figure(known, level="portfolio", split="total")["projects"] == 1
