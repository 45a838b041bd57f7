"""The page of processes keeps its promises, and every metric has a page that tells the truth."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import figures
from dashboard.app_pages import overview
from dashboard.sections.projects import compared_sentence, may_be_ranked
from dashboard.truth import engine
from dashboard.uses import METRICS_OF, pages_with
from dashboard.wording import say
from data import access, sheets
from data.database import reading
from metrics.catalog import metrics
from metrics.item_class import CLASS_NAMES
from metrics.metric import Method, Reason, Result, ValueState
from metrics.reasons import REASONS
from survey.text import LANGUAGES
from tests.dashboard.looking import opened, plain, tables

pytestmark = pytest.mark.usefixtures("sample")


def heatmap_of(at: AppTest, language: str = "fi"):
    """The table behind the heatmap: the one with a column for a phase."""
    whole = say("process.whole", language)
    return next(table for table in tables(at) if whole in table.columns)


@pytest.mark.parametrize("role", ["manager", "funder"])
def test_one_sees_the_processes_of_ones_own_projects_only(role):
    with reading(engine()) as connection:
        own = access.visible_projects(access.persona(role, connection))
    assert own
    shown = heatmap_of(opened("process", role))
    assert 0 < len(shown) <= len(own)


def test_the_lowest_project_stands_first():
    shown = heatmap_of(opened("process"))
    sure = [
        float(plain(text).split()[0])
        for text in shown[say("process.whole", "fi")]
        if "(" in text and say("table.indicative", "fi") not in plain(text)
    ]
    assert len(sure) > 5
    assert sure == sorted(sure)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("role", ["evaluator", "funder"])
def test_the_questions_of_a_questionnaire_are_judged_in_words(role, language):
    at = opened("process", role, language)
    columns = [say(f"items.{name}", language) for name in ("statement", "groups", "languages")]
    (table,) = [t.value for t in at.table if set(columns) <= set(t.value.columns)]
    # The full form has 35 questions that are answered by a number (its YAML).
    assert len(table) == 35
    said = [plain(each.value) for each in at.markdown]
    untold = [say(f"items.{name}.untold", language) for name in ("groups", "languages")]
    classes = set(map(plain, table[columns[1]]))
    names = {name.in_language(language) for name in CLASS_NAMES.values()}
    if any(text in line for line in said for text in untold[:1]):
        assert not any(cell[0] in "ABC" and cell[2:] in names for cell in classes)
    else:
        assert any(cell.startswith("A ") for cell in classes)


def test_the_heatmap_goes_on_on_the_next_page():
    first, second = (heatmap_of(opened("process", phases_page=page)) for page in (1, 2))
    name = say("choose.project", "fi")
    assert len(first) == 20
    assert len(second) > 0
    assert not set(first[name]) & set(second[name])


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_warns_that_an_association_is_not_a_cause(language):
    at = opened("process", language=language)
    assert say("process.not_cause", language) in [plain(box.value) for box in at.warning]


def test_a_project_that_is_not_compared_has_its_reason():
    with reading(engine()) as connection:
        person = access.persona("steering", connection)
        found = sheets.read_figures(
            connection, person, revision=sheets.latest_revision(connection), level="project",
            metric="shrunken_quality", instrument="process_quality@1", part="OVERALL",
            split="total",
        )  # fmt: skip
    found = [result for result in found if result.wave == "end"]
    ranked = [result for result in found if may_be_ranked(result)]
    assert 2 <= len(ranked) < len(found)
    at = opened("process", wave="end")
    said = "\n".join(plain(box.value) for box in at.markdown)
    assert f"riittävän luotettava vertailuun, on {len(ranked)};" in said
    for result in found:
        assert result in ranked or REASONS[result.reason].fi in said


def test_a_mean_that_is_not_reliable_is_read_but_not_ranked():
    figure = Result(
        "shrunken_quality", "process_quality@1", "OVERALL", "project", 1, "end", "total", "",
        ValueState.VALUE, 61.0, 50.0, 72.0, None, None, 6, None, None, 1, None, True,
        Method.EMPIRICAL_BAYES, Reason.UNRELIABLE,
    )  # fmt: skip
    assert not may_be_ranked(figure)
    assert may_be_ranked(replace(figure, reason=None))
    assert compared_sentence([], 0, 0, "fi") == say("process.compared_none", "fi")


# --- pages of metrics ---------------------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("metric", ["paired_change", "process_quality", "response_time"])
def test_a_metric_has_a_page_that_says_all_of_it(metric, language):
    said = metrics()[metric]
    at = opened("methods", language=language, metric=metric)
    assert not at.exception
    assert [plain(title.value) for title in at.title] == [said.label.in_language(language)]
    told = [plain(text.value) for text in at.markdown]
    assert said.reading.in_language(language) in told
    assert said.definition.in_language(language) in told
    facts = {plain(cell) for cell in at.table[0].value.iloc[:, 1]}
    written = {text.in_language(language) for text in (said.formula, said.source)}
    assert written | {said.id, str(said.minimum_n)} <= facts
    if said.contribution is not None:
        assert said.contribution.in_language(language) in told


def test_an_outcome_says_what_else_may_explain_it():
    at = opened("methods", metric="process_outcome")
    assert say("metric.contribution", "fi") in [header.value for header in at.header]


def test_the_page_of_a_metric_says_which_version_was_published():
    with reading(engine()) as connection:
        published = sheets.published(connection)
    at = opened("methods", metric="process_quality", language="en")
    facts = dict(zip(*(at.table[0].value.iloc[:, n] for n in (0, 1)), strict=True))
    version = plain(facts[say("methods.version", "en")])
    assert f"publication {published.id}" in version
    assert f"version {published.metrics['process_quality']}" in version


def test_an_address_of_no_metric_says_so_and_lists_them_all():
    at = opened("methods", metric="no_such_metric")
    assert say("metric.astray", "fi") in [plain(box.value) for box in at.warning]
    assert [title.value for title in at.title] == [say("page.methods", "fi")]


def test_a_metric_that_was_looked_at_does_not_follow_to_the_list():
    at = opened("methods", metric="process_quality")
    del at.query_params["metric"]
    at.run()
    assert [title.value for title in at.title] == [say("page.methods", "fi")]


def test_the_levels_of_a_metric_are_those_that_the_reader_may_see():
    funders = opened("methods", "funder", "en", metric="process_quality")
    steering = opened("methods", "steering", "en", metric="process_quality")
    levels = [
        next(plain(t.value) for t in at.markdown if "at these levels" in t.value)
        for at in (funders, steering)
    ]
    assert "whole portfolio" not in levels[0]
    assert "whole portfolio" in levels[1]


def test_where_metrics_are_used_is_what_the_pages_ask_for(monkeypatch):
    # Drawn as the evaluator, who opens every page; what a page asks the door for, it shows.
    asked: dict[str, set[str]] = defaultdict(set)
    real = figures._read

    def read(key, user):
        asked[current].add(key.question.metric)
        return real(key, user)

    monkeypatch.setattr(figures, "_read", read)
    with reading(engine()) as connection:
        # Only a project with an event log tells of its cases.
        logged = sheets.read_figures(
            connection,
            access.persona("evaluator", connection),
            revision=sheets.published(connection).id,
            level="project",
            metric="log_wait",
        )
    for current in METRICS_OF:
        # The outcome of claims stands in the view that sets it beside cost.
        chosen = {"project_id": logged[0].entity} if current == "project" else {}
        opened(current, "evaluator", claims_view="cost", **chosen)
    current = "overview"
    for view in overview.VIEWS:
        opened(current, "evaluator", overview_view=view)
    for page, shown in METRICS_OF.items():
        assert set(shown) <= asked[page], page
    # Which outcome stands beside the process is the reader's choice; which surveys there are is
    # read off these on every page.
    asked["process"] -= set(metrics()["process_outcome"].frame.removeprefix("results:").split(","))
    asked["process"] -= {"benefit_share", "outcome_score"}
    unnamed = {page: sorted(asked[page] - set(shown)) for page, shown in METRICS_OF.items()}
    assert {page: left for page, left in unnamed.items() if left} == {}


def test_pages_are_named_for_metrics_that_there_are():
    assert {name for shown in METRICS_OF.values() for name in shown} <= set(metrics())
    assert pages_with("proposals_taken_up")[-1] == "proposals"
