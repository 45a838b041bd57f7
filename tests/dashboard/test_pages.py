"""Every page for every role in every language: it stands, says itself in words, hides nothing."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest
from streamlit.testing.v1 import AppTest

from dashboard.literal import JOINER, literal
from dashboard.navigation import PAGES
from dashboard.truth import engine
from dashboard.wording import say, texts
from data import access, records
from data.database import reading
from data.folding.record_frames import TAKEN_UP
from data.schema import ROLES, TAKEN_UP_STATUSES
from metrics.catalog import metrics
from survey.text import LANGUAGES
from tests.dashboard.looking import opened, pictures, plain, tables, tiles

pytestmark = pytest.mark.usefixtures("sample")


def spoken(at: AppTest) -> str:
    """Everything that a page says: headings, text, figures, labels, tables, alternative texts."""
    said = [
        element.value
        for kind in ("title", "header", "subheader", "markdown", "caption", "text", "info")
        for element in at.get(kind)
    ]
    said += [f"{metric.label} {metric.value}" for metric in at.metric]
    said += [f"{name} {value}" for name, value in tiles(at).items()]
    said += [table.to_csv() for table in tables(at)]
    said += pictures(at)
    said += [widget.label for kind in ("selectbox", "button") for widget in at.get(kind)]
    return "\n".join(str(text) for text in said)


def permitted(role: str) -> tuple[str, ...]:
    with reading(engine()) as connection:
        return access.pages_for(access.persona(role, connection))


#: Pages whose heading says more than their name in the navigation.
HEADINGS = {"process": "process.title"}
#: Pages that show charts.
CHARTED = ["overview", "theme", "area", "project", "process", "participation", "proposals"]
#: Every role in Finnish, and the role that opens every page in the other languages.
SEEN = [(role, "fi") for role in ROLES] + [("evaluator", code) for code in LANGUAGES[1:]]


@pytest.mark.parametrize(("role", "language"), SEEN)
@pytest.mark.parametrize("page", PAGES)
def test_every_page_stands_for_every_role_and_in_every_language(page, role, language):
    if page not in permitted(role):
        pytest.skip(f"{role} has no page {page}")
    at = opened(page, role, language)
    assert not at.exception, at.exception
    assert not at.error, [error.value for error in at.error]
    said = spoken(at)
    heading = HEADINGS.get(page, f"page.{page}")
    assert [plain(title.value) for title in at.title] == [say(heading, language)]
    assert unworded(said) == []
    assert not re.search(r"\{[a-z_]+\}", said)
    assert not re.search(r"\bnan\b|\bNaN\b|[:,] ?None\b", said)


def unworded(said: str) -> list[str]:
    """Names of texts that stand where their words should."""
    dotted = {
        ".".join(parts[:size])
        for word in re.findall(r"[\w-]+(?:\.[\w-]+)+", said)
        for parts in [word.split(".")]
        for size in range(2, len(parts) + 1)
    }
    return sorted(dotted & texts().keys())


def test_a_text_without_its_words_is_noticed():
    assert unworded("Ks. page.overview, cli.release-key.short.") == [
        "cli.release-key",
        "cli.release-key.short",
        "page.overview",
    ]
    assert unworded("5.3.2026, www.example.org") == []


@pytest.mark.parametrize("page", CHARTED)
def test_headings_go_down_one_step_at_a_time(page):
    at = opened(page)
    kinds = {"title": 1, "header": 2, "subheader": 3}
    steps = ordered(at, kinds)
    assert steps[0] == 1
    assert steps.count(1) == 1
    assert all(later - earlier <= 1 for earlier, later in pairwise(steps))


def ordered(at: AppTest, kinds: dict[str, int]) -> list[int]:
    """The levels of the headings in the order of the page."""
    found: list[int] = []

    def walk(block) -> None:
        for child in block.children.values():
            if getattr(child, "type", "") in kinds:
                found.append(kinds[child.type])
            if hasattr(child, "children"):
                walk(child)

    walk(at.main)
    return found


@pytest.mark.parametrize("page", CHARTED)
def test_every_chart_has_its_words_and_its_table(page):
    at = opened(page)
    charts = pictures(at)
    assert charts
    assert all(alt.startswith("Kaavio: ") for alt in charts)
    drawn = "".join(element.proto.body for element in at.get("html"))
    folds = drawn.count(f"<summary>{say('table.show', 'fi')}</summary>")
    assert folds == drawn.count('<details class="fold">') >= len(charts)


def test_a_choice_in_the_address_opens_that_project():
    with reading(engine()) as connection:
        named = records.project_names(connection, access.persona("steering", connection))
    last = named[-1]
    at = opened("project", project_id=last.id)
    assert literal(last.name_fi) in [header.value for header in at.header]


@pytest.mark.parametrize("page", ["project", "theme", "area"])
def test_an_address_of_nothing_shows_no_figures_of_something_else(page):
    at = opened(page, **{f"{page}_id": 987_654})
    assert say(f"choose.{page}.astray", "fi") in [warning.value for warning in at.warning]
    assert not tiles(at)
    assert not tables(at)


def test_an_address_of_what_one_may_not_see_looks_like_one_of_nothing():
    with reading(engine()) as connection:
        manager = access.persona("manager", connection)
    hidden = max(access.visible_projects(manager)) + 1
    assert hidden not in access.visible_projects(manager)
    at = opened("project", "manager", project_id=hidden)
    assert [warning.value for warning in at.warning] == [say("choose.project.astray", "fi")]
    offered = next(box for box in at.selectbox if box.key == "instead:project_id")
    assert len(offered.options) == len(access.visible_projects(manager))
    assert offered.value is None


def test_the_funders_overview_is_of_its_own_projects():
    said = spoken(opened("overview", "funder", overview_view="compare"))
    assert say("section.compare", "fi") not in said
    assert say("section.compare", "fi") in spoken(opened("overview", overview_view="compare"))


def test_what_a_proposer_wrote_is_shown_as_it_was_written():
    at = opened("proposals")
    titles = at.table[-1].value.iloc[:, 0].tolist()
    assert titles
    # Escaped for Markdown: without the escapes and the joiners it is what the register holds.
    plain = [re.sub(r"\\(.)", r"\1", title).replace(JOINER, "") for title in titles]
    with reading(engine()) as connection:
        person = access.persona("steering", connection)
        held = {row.title for row in records.proposals(connection, person, limit=500).rows}
    assert set(plain) <= held


@pytest.mark.parametrize(
    ("page", "folds"),
    [
        ("project", ("section.outcomes_by_group", "section.process_further", "section.facts")),
        ("process", ("answered.table", "constructs.table", "items.table")),
    ],
)
def test_what_is_not_the_first_answer_stands_in_a_fold(page, folds):
    at = opened(page)
    folded = {box.label: box for box in at.expander}
    for name in folds:
        fold = folded[f"**{literal(say(name, 'fi'))}**"]
        assert not fold.proto.expanded
        assert fold.children, name


def test_a_filter_narrows_the_proposals():
    narrowed = opened("proposals", proposal_status="rejected")
    statuses = set(narrowed.table[-1].value.iloc[:, 3])
    assert statuses == {say("proposal.status.rejected", "fi")}


def test_taken_up_means_the_same_in_registers_and_figures():
    assert set(TAKEN_UP) == set(TAKEN_UP_STATUSES)


def test_methods_explain_every_metric():
    at = opened("methods")
    labels = [expander.label.replace("\\", "") for expander in at.expander]
    assert {metric.label.fi for metric in metrics().values()} <= {
        label.replace(JOINER, "") for label in labels
    }


def test_methods_are_read_a_view_at_a_time():
    assert not opened("methods").table
    assert opened("methods", instrument="process_pulse@1").table, "a link to a questionnaire"
    rules = spoken(opened("methods", methods_view="protection"))
    assert plain(say("methods.rule.states", "fi")) in plain(rules)
    words = spoken(opened("methods", methods_view="words"))
    assert plain(say("methods.states", "fi")) in plain(words)


def test_real_files_are_not_brought_into_the_sample():
    said = spoken(opened("data_room", "evaluator"))
    assert "arviomo migrate" in said.replace("\\", "")
