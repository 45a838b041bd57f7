"""Sentences say the figure with its uncertainty, and never more than the figure does."""

from __future__ import annotations

import re

import pytest

from dashboard import format as written
from dashboard import sentences
from dashboard.charts import Row
from dashboard.wording import texts
from metrics.catalog import metrics
from metrics.metric import Method, Reason, Result, Unit, ValueState
from survey.text import LANGUAGES

METRICS = metrics()
#: Non-breaking spaces are how numbers are kept on one line; they read as spaces.
SPACES = str.maketrans({"\u00a0": " ", "\u202f": " "})


def result(metric="process_quality", value=None, low=None, high=None, **more) -> Result:
    state = more.pop("state", ValueState.VALUE)
    shown = state in (ValueState.VALUE, ValueState.ZERO)
    facts = {
        "instrument": "process_quality@1",
        "part": "OVERALL",
        "level": "portfolio",
        "entity": 0,
        "wave": "end",
        "split": "total",
        "split_value": "",
        "n": 412 if shown else None,
        "p": None,
        "p_adjusted": None,
        "numerator": None,
        "denominator": None,
        "projects": 14,
        "coverage": None,
        "indicative": False,
        "method": Method.CLUSTER_MEAN,
        "reason": None,
    }
    return Result(metric=metric, state=state, value=value, low=low, high=high, **(facts | more))


def said(figure: Result, language="fi", part="") -> str:
    metric = METRICS[figure.metric]
    return sentences.figure_sentence(figure, metric, language, part).translate(SPACES)


@pytest.mark.parametrize(
    ("language", "sentence"),
    [
        (
            "fi",
            "Osallistujien arvio prosessista on 68 pistettä sadasta "
            "(95 %:n luottamusväli 63–73, 14 hanketta, 412 vastausta).",
        ),
        (
            "sv",
            "Deltagarnas bedömning av processen är 68 poäng av hundra "
            "(95 % konfidensintervall 63–73, 14 projekt, 412 svar).",
        ),
        (
            "en",
            "Participants rate the process 68 points out of 100 "
            "(95% confidence interval 63–73, 14 projects, 412 answers).",
        ),
    ],
)
def test_a_value_reads_like_a_person_wrote_it(language, sentence):
    assert said(result(value=68.2, low=63.1, high=73.3), language) == sentence


def test_one_project_and_one_answer_are_in_the_singular():
    figure = result(value=68, low=60, high=76, projects=2, n=1)
    assert "2 hanketta, 1 vastaus)" in said(figure)
    assert "hanke" not in said(result(value=68, low=60, high=76, projects=1))


def test_coverage_is_told_where_it_is_known():
    assert "kutsutuista vastasi 48 %" in said(result(value=68, low=60, high=76, coverage=0.48))


def test_a_zero_is_told_as_a_zero():
    figure = result(
        "drawback_share", 0.0, 0.0, 0.05, state=ValueState.ZERO, instrument="benefit@1", part=""
    )
    assert said(figure).startswith("Kukaan vastanneista ei kertonut haitasta (95 %:n")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (ValueState.SUPPRESSED, Reason.TOO_FEW),
        (ValueState.NOT_REPORTED, Reason.NO_ANSWERS),
        (ValueState.NOT_REPORTED, Reason.UNKNOWN_FRAME),
        (ValueState.NOT_APPLICABLE, None),
    ],
)
def test_what_has_no_value_says_why_and_holds_no_number(language, state, reason):
    for metric in METRICS:
        figure = result(metric, state=state, reason=reason)
        sentence = said(figure, language)
        assert METRICS[metric].label.in_language(language) in sentence
        assert not re.search(r"\d", sentence.replace("0–100", "").replace("100 %", "")), sentence


def test_an_unknown_frame_is_never_a_hundred_per_cent():
    figure = result(
        "response_rate", state=ValueState.NOT_REPORTED, reason=Reason.UNKNOWN_FRAME, part=""
    )
    assert "100" not in said(figure)


def test_a_response_rate_rests_on_those_who_were_asked():
    asked = {"n": 84, "numerator": 84, "denominator": 175, "part": ""}
    figure = result("response_rate", 0.48, 0.40, 0.55, **asked)
    assert "175 kutsuttua" in said(figure)
    assert "84" not in said(figure)


@pytest.mark.parametrize(
    ("n", "width", "why"),
    [(12, 10, "alle 30"), (40, 20, "leveä")],
)
def test_an_indicative_figure_says_why_it_is(n, width, why):
    figure = result(value=60, low=60 - width, high=60 + width, n=n, indicative=True)
    assert why in said(figure)


@pytest.mark.parametrize(
    ("value", "low", "high", "words"),
    [
        (4.2, 1.0, 7.4, "parani 4,2 pistettä"),
        (-4.2, -7.4, -1.0, "heikkeni 4,2 pistettä"),
        (1.2, -0.8, 3.2, "mahtuu satunnaisvaihtelun rajoihin"),
        (1.2, None, None, "eikä sen varmuutta voi laskea"),
    ],
)
def test_a_change_is_only_claimed_outside_chance(value, low, high, words):
    figure = result("paired_change", value, low, high, instrument="benefit@1", part="SERVICE")
    sentence = said(figure, part="Palvelun toimivuus")
    assert words in sentence
    assert sentence.startswith("Palvelun toimivuus")


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_metric_can_be_told_in_every_state(language):
    for name, metric in METRICS.items():
        for part in ("", "Osa"):
            for state, value in ((ValueState.VALUE, 0.5), (ValueState.ZERO, 0.0)):
                figure = result(name, value, value - 0.1, value + 0.1, state=state)
                sentence = sentences.figure_sentence(figure, metric, language, part)
                assert sentence.endswith(".")
                assert "{" not in sentence


def test_a_difference_from_the_portfolio_is_claimed_only_outside_the_interval():
    metric = METRICS["process_quality"]
    own = result(value=72, low=69, high=74)
    compared = [
        sentences.comparison(own, result(value=value, low=0, high=100), metric, "fi")
        for value in (60, 70, 80)
    ]
    assert "suurempi kuin koko salkussa (60)" in compared[0]
    assert "eroa ei voi pitää todellisena" in compared[1]
    assert "pienempi kuin koko salkussa (80)" in compared[2]


def test_no_comparison_without_both_figures():
    metric = METRICS["process_quality"]
    own = result(value=72, low=69, high=74)
    hidden = result(state=ValueState.SUPPRESSED, reason=Reason.TOO_FEW)
    assert sentences.comparison(own, None, metric, "fi") == ""
    assert sentences.comparison(own, hidden, metric, "fi") == ""
    assert sentences.comparison(hidden, own, metric, "fi") == ""


def test_the_spread_over_groups_names_the_ends_and_doubts_their_order():
    metric = METRICS["benefit_share"]
    rows = [
        Row("Asukkaat", result("benefit_share", 0.6, 0.5, 0.7)),
        Row("Yritykset", result("benefit_share", 0.8, 0.65, 0.9)),
        Row("Henkilöstö", result("benefit_share", state=ValueState.SUPPRESSED)),
    ]
    sentence = sentences.spread(rows, metric, "fi", "groups").translate(SPACES)
    assert sentence == (
        "Ryhmittäin luku vaihtelee 60–80 %: pienin ryhmässä Asukkaat, suurin ryhmässä Yritykset. "
        "Niiden luottamusvälit menevät päällekkäin, joten järjestys voi olla sattumaa. "
        "Yhden kohdan lukua ei näytetä tai sitä ei ole."
    )


def test_the_spread_of_hidden_figures_gives_no_number():
    rows = [Row("a", result(state=ValueState.SUPPRESSED))] * 2
    assert sentences.spread(rows, METRICS["process_quality"], "fi", "groups") == (
        "Yhtäkään näistä luvuista ei voida näyttää."
    )


def test_the_headline_holds_both_halves_with_their_intervals():
    sentence = sentences.headline(
        result("benefit_share", 0.76, 0.71, 0.81), result(value=69, low=68, high=71), "fi"
    ).translate(SPACES)
    assert sentence == (
        "Lopussa: vastanneista 76 % koki hyötyneensä (luottamusväli 71–81 %), ja osallistujien "
        "arvio prosessista on 69 pistettä sadasta (luottamusväli 68–71)."
    )


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_headline_tells_hidden_figures_from_none(language):
    hidden = result(state=ValueState.SUPPRESSED, reason=Reason.TOO_FEW)
    told = texts()["headline.hidden"].in_language(language)
    assert sentences.headline(None, hidden, language) == told
    none = texts()["headline.none"].in_language(language)
    assert sentences.headline(None, None, language) == none


def test_the_alternative_text_holds_every_figure_of_the_chart():
    rows = [
        Row("Luottamus", result(value=76, low=74, high=77)),
        Row("Vaikuttaminen", result(value=57, low=40, high=74, indicative=True)),
        Row("Avoimuus", result(state=ValueState.SUPPRESSED), "ei näytetä"),
    ]
    text = sentences.alt_text("Prosessi", rows, METRICS["process_quality"], "fi")
    assert text == (
        "Kaavio: Prosessi. Luottamus: 76 (74–77). Vaikuttaminen: 57 (40–74), suuntaa-antava. "
        "Avoimuus: ei näytetä."
    )


def test_the_worst_stands_first_and_gaps_last():
    rows = [
        Row("hyvä", result(value=80, low=70, high=90)),
        Row("piilossa", result(state=ValueState.SUPPRESSED)),
        Row("arvaus", result(value=40, low=0, high=90, indicative=True)),
        Row("heikko", result(value=50, low=45, high=55)),
    ]
    metric = METRICS["process_quality"]
    assert [r.label for r in sentences.sorted_rows(rows, metric)] == [
        "arvaus", "heikko", "hyvä", "piilossa",
    ]  # fmt: skip
    assert [r.label for r in sentences.sorted_rows(rows, metric, sure_first=True)] == [
        "heikko", "hyvä", "arvaus", "piilossa",
    ]  # fmt: skip


def test_where_less_is_better_the_most_stands_first():
    rows = [
        Row("vähän", result("drawback_share", 0.02, 0.01, 0.05)),
        Row("paljon", result("drawback_share", 0.4, 0.3, 0.5)),
    ]
    ordered = sentences.sorted_rows(rows, METRICS["drawback_share"])
    assert [row.label for row in ordered] == ["paljon", "vähän"]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_words_association_as_cause(language):
    causal = {
        "fi": r"\b(johtui|aiheutt|sai aikaan|ansiosta|vaikutuksesta|merkitsev)",
        "sv": r"\b(på grund av|orsaka|ledde till|tack vare|signifikant)",
        "en": r"\b(caused|because of|led to|thanks to|due to|significant)",
    }[language]
    told = [
        text.in_language(language)
        for key, text in texts().items()
        if key.startswith(
            ("tell.", "compare.", "spread.", "headline.", "moved.", "chance.", "associated.")
        )
    ]
    assert told
    assert [sentence for sentence in told if re.search(causal, sentence, re.IGNORECASE)] == []


def test_units_of_changes_need_no_sign_where_words_tell_the_direction():
    figure = result("process_change", -2.0, -3.0, -1.0)
    assert METRICS["process_change"].unit is Unit.CHANGE
    assert "laskenut kahden viimeisen kyselykerran välillä 2,0 pistettä" in said(figure)


@pytest.mark.parametrize(
    ("p", "adjusted", "key"),
    [
        (0.003, 0.012, "unlikely"),
        (0.003, None, "unlikely"),
        (0.03, 0.21, "one_of_many"),
        (0.34, 0.34, "likely"),
        (0.05, 0.05, "unlikely"),
    ],
)
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_test_says_in_words_what_chance_would_do(p, adjusted, key, language):
    change = result("paired_change", 4.2, 1.1, 7.3, p=p, p_adjusted=adjusted)
    told = sentences.by_chance(change, language)
    beginning = texts()[f"chance.{key}"].in_language(language).partition("(")[0]
    assert told.startswith(beginning)
    assert written.chance(p, language) in told
    assert (adjusted is None) or written.chance(adjusted, language) in told
    assert told in sentences.figure_sentence(change, METRICS["paired_change"], language, "X")


def test_a_figure_without_a_test_says_nothing_of_chance():
    assert sentences.by_chance(result(value=68, low=63, high=73), "fi") == ""
    hidden = result(state=ValueState.SUPPRESSED, p=0.01)
    assert sentences.by_chance(hidden, "fi") == ""


def test_a_very_small_p_is_not_written_as_nought():
    told = sentences.by_chance(result("paired_change", 4, 3, 5, p=1e-9), "fi").translate(SPACES)
    assert told == "Tämä ei selity pelkällä sattumalla (p < 0,001)."
