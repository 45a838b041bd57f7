"""The overview's map, its news, what is not known, the first visit; and the statement beside it."""

from __future__ import annotations

import numpy as np
import pytest
from starlette.applications import Starlette
from starlette.testclient import TestClient

from dashboard import accessibility, gate, shell
from dashboard.charts import Place, Row, tile_map
from dashboard.charts.tiles import cells
from dashboard.sections.news import SELDOM, chance_of
from dashboard.sections.news import sentence as told
from dashboard.sections.unknown import explained, more_answers
from dashboard.wording import say
from metrics.catalog import metrics
from metrics.metric import Reason, ValueState
from metrics.multiplicity import holm
from survey.text import LANGUAGES
from tests.dashboard.looking import opened, pictures, plain
from tests.dashboard.test_charts import result, words

BENEFIT, CHANGE = metrics()["benefit_share"], metrics()["process_change"]
#: Rough places of real districts: name, latitude, longitude.
DISTRICTS = [
    ("Otaniemi", 60.185, 24.826),
    ("Espoonlahti", 60.150, 24.655),
    ("Nuuksio", 60.310, 24.500),
    ("Tikkurila", 60.292, 25.044),
    ("Hakunila", 60.275, 25.105),
]


# --- the map ------------------------------------------------------------------------------------


def test_every_place_has_a_cell_of_its_own_and_west_is_left_of_east():
    rng = np.random.default_rng(6)
    longitude, latitude = rng.normal(25, 1, 23), rng.normal(60, 1, 23)
    across, down = cells(longitude, latitude)
    assert len(set(zip(across, down, strict=True))) == 23
    order = np.argsort(longitude)
    assert (np.diff(across[order]) >= 0).all()
    for column in set(across):
        theirs = np.flatnonzero(across == column)
        assert (np.diff(latitude[theirs[np.argsort(down[theirs])]]) <= 0).all()


def test_a_map_draws_intervals_whole_and_says_what_is_hidden():
    figures = [result(0.5, 0.4, 0.6), result(0.6, 0.3, 0.9, indicative=True)]
    figures += [result(state=ValueState.SUPPRESSED)] * 3
    places = [
        Place(Row(name, one, "ei näytetä"), latitude, longitude)
        for (name, latitude, longitude), one in zip(DISTRICTS, figures, strict=True)
    ]
    drawn = tile_map(places, BENEFIT, "fi")
    marks = next(trace for trace in drawn.data if trace.name == "values")
    # An axis takes 0.8 of a tile: a share of 0.1 either way is 0.08 of it.
    assert marks.error_x.array[0] == pytest.approx(0.08)
    assert tuple(marks.marker.symbol) == ("diamond", "diamond-open")
    assert words(drawn).count("ei näytetä") == 3
    assert "(40–60" in words(drawn)


# --- news ---------------------------------------------------------------------------------------


def test_a_change_that_one_of_many_would_show_by_chance_is_not_named():
    # Intervals of half 1.96 about these: z of 2.1 (p = .036) among twenty, and of 6.
    values = [0.1] * 18 + [2.1, 6.0]
    found = [result(v, v - 1.96, v + 1.96, entity=n) for n, v in enumerate(values)]
    p = np.array([chance_of(one) for one in found])
    assert p[18] == pytest.approx(0.036, abs=0.001)
    sure = holm(np.zeros(20, dtype=np.int64), p) <= SELDOM
    assert sure.tolist() == [False] * 19 + [True]
    said = told(found, sure, CHANGE, {n: f"Hanke {n}" for n in range(20)}, "fi")
    assert "Hanke 19" in said
    assert "Hanke 18" not in said
    assert "noin 1 hankkeessa" in said


# --- what is not known --------------------------------------------------------------------------


def test_answers_that_are_wanting_follow_from_how_an_interval_narrows():
    # Half an interval of 20 points halves with four times as many: 150 more than 50.
    assert more_answers(result(0.5, 0.3, 0.7, n=50), BENEFIT) == 150
    assert more_answers(result(0.5, 0.45, 0.55, n=50), BENEFIT) == 0
    assert more_answers(result(0.5, n=50), BENEFIT) == 0


def test_why_something_is_not_known_comes_with_what_would_help():
    hidden = result(state=ValueState.SUPPRESSED, reason=Reason.TOO_FEW)
    silent = result(state=ValueState.NOT_REPORTED, reason=Reason.NO_ANSWERS)
    assert plain(explained(hidden, BENEFIT, "en")[1]) == say("unknown.enough", "en")
    assert plain(explained(silent, BENEFIT, "en")[1]) == say("unknown.answers", "en")
    assert explained(result(0.5, 0.45, 0.55), BENEFIT, "en") == ("", "")


@pytest.mark.usefixtures("sample")
def test_the_overview_says_what_changed_what_is_not_known_and_where_the_areas_are():
    at = opened("overview", "steering", "en", overview_view="unknown")
    assert say("section.unknown", "en") in [plain(header.value) for header in at.header]
    at = opened("overview", "steering", "en", overview_view="compare")
    maps = [alt for alt in pictures(at) if say("map.benefit_share", "en") in alt]
    assert len(maps) == 1
    assert "Otaniemi" in maps[0]
    at = opened("overview", "steering", "en")
    assert say("section.news", "en") in [plain(header.value) for header in at.header]
    assert say("welcome.title", "en") in [box.label for box in at.expander]
    at.button(key="welcome_seen").click().run()
    assert say("welcome.title", "en") not in [box.label for box in at.expander]


# --- the accessibility statement ----------------------------------------------------------------


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_statement_says_what_the_act_asks_for(language):
    settings = {"organisation": "Kaupunki <x>", "feedback": "palaute@example.org"}
    site = TestClient(Starlette(routes=accessibility.routes(lambda: settings)))
    answer = site.get(accessibility.address(language))
    assert answer.headers["content-language"] == language
    page = answer.text
    assert f'<html lang="{language}">' in page
    assert "306/2019" in page
    assert "Traficom" in page
    assert "14" in say("accessible.feedback_time", language)
    assert say("accessible.feedback_time", language) in page
    assert "mailto:palaute@example.org" in page
    assert "Kaupunki &lt;x&gt;" in page
    assert page.count("WCAG 2.1") or page.count("WCAG") >= len(accessibility.GAPS)


def test_every_page_leads_to_the_statement_and_strangers_may_read_it():
    assert accessibility.ADDRESS in gate.OPEN_EXACTLY
    assert accessibility.ADDRESS in shell.ROUTES
