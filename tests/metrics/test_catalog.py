"""Every metric module says what it must, and the words of judgement are complete."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

import metrics.frames
from metrics import names, reasons
from metrics.attention import WEIGHTS, Code
from metrics.catalog import InvalidMetric, _check, catalog
from metrics.catalog import metrics as known
from metrics.describe import DOCUMENT, document
from metrics.metric import ALL_WAVES, Level, Method, Reason, Split, Unit, ValueState
from survey.instrument import GROUPS, PHASES, UNKNOWN_GROUP, WAVES, WHOLE_PROCESS
from survey.text import LANGUAGES, Text

FIRST = {
    "process": {
        "process_quality", "process_change", "right_amount", "response_rate", "dont_know_rate",
        "proposals_taken_up", "participation", "representativeness",
    },
    "outcome": {
        "benefit_share", "benefit_minimum", "drawback_share", "recommendation", "outcome_score",
        "paired_change",
    },
}  # fmt: skip


def test_the_first_metrics_are_all_there():
    for kind, first in FIRST.items():
        assert first <= {name for name, metric in known().items() if metric.kind == kind}


@pytest.mark.parametrize("name", catalog())
def test_a_metric_keeps_the_contract(name):
    module = catalog()[name]
    metric = module.METRIC
    assert metric.id == name == Path(module.__file__).stem
    assert (
        Path(module.__file__).parent.name
        == {"process": "process", "outcome": "outcomes"}[metric.kind]
    )
    frames = {field.name for field in fields(metrics.frames.Frames)}
    sources = metric.frame.removeprefix("results:")
    assert set(sources.split(",")) <= (frames if metric.frame == sources else set(known()))
    assert metric.version >= 1
    assert metric.better in ("up", "down", "none")
    assert metric.question in ("Q0", "Q1", "Q2", "Q3")
    assert metric.grade in "ABCDE"
    for text in (metric.label, metric.reading, metric.definition):
        assert len({text.in_language(language) for language in LANGUAGES}) == 3
    assert metric.label.fi != metric.reading.fi


#: Words that stand in formulas and sources of one language only. Bibliographies name works and
#: organisations by their own names: these are allowed to be English.
OWN_WORDS = {
    "fi": {"yksi", "hanke", "hankkeiden", "väli", "oma", "määritelmä", "useampi"},
    "sv": {"och", "ett", "projekt", "projektens", "intervall", "egen", "flera", "med"},
    "en": {"the", "of", "and", "one", "project", "above", "over", "interval", "own", "is", "with"},
}
NAMED = ("AAPOR Standard Definitions", "Guidelines for Translating and Adapting Tests",
         "International Test Commission")  # fmt: skip


def words_of(text: str) -> set[str]:
    for name in NAMED:
        text = text.replace(name, "")
    return set(re.findall(r"[^\W\d_]+", text.lower()))


@pytest.mark.parametrize("name", catalog())
def test_formulas_and_sources_are_said_in_the_language_of_the_page(name):
    metric = known()[name]
    for text in (metric.formula, metric.source):
        for language in LANGUAGES:
            others = set().union(*(OWN_WORDS[each] for each in LANGUAGES if each != language))
            strange = words_of(text.in_language(language)) & (others - OWN_WORDS[language])
            assert not strange, (language, strange)
    # A formula of more than signs has words, and words differ from language to language.
    if words_of(metric.formula.en) & OWN_WORDS["en"]:
        assert len({metric.formula.in_language(language) for language in LANGUAGES}) == 3


@pytest.mark.parametrize("name", [name for name, each in known().items() if each.kind == "outcome"])
def test_every_outcome_says_what_else_may_explain_it(name):
    contribution = known()[name].contribution
    assert contribution is not None
    assert len({contribution.in_language(language) for language in LANGUAGES}) == 3


def test_a_module_that_breaks_the_contract_is_named(tmp_path):
    module = type(catalog()["benefit_share"])("metrics.outcomes.other")
    with pytest.raises(InvalidMetric, match=r"metrics\.outcomes\.other has no METRIC"):
        _check(module)
    module.METRIC = known()["benefit_share"]
    with pytest.raises(InvalidMetric, match="must be the file's name"):
        _check(module)


@pytest.mark.parametrize(
    ("words", "codes"),
    [
        (reasons.REASONS, set(Reason)),
        (reasons.METHODS, set(Method)),
        (reasons.UNITS, set(Unit)),
        (reasons.STATES, set(ValueState)),
        (reasons.BETTER, {"up", "down", "none"}),
        (names.LEVELS, set(Level)),
        (names.SPLITS, set(Split)),
        (names.WAVE_NAMES, {*WAVES, ALL_WAVES}),
        (names.PHASE_NAMES, {*PHASES, WHOLE_PROCESS}),
        (names.GROUP_NAMES, {*GROUPS, UNKNOWN_GROUP}),
        (reasons.FINDINGS, set(Code)),
    ],
)
def test_every_code_has_words(words, codes):
    assert set(words) == codes
    assert all(isinstance(text, Text) for text in words.values())


def test_every_finding_has_a_weight():
    assert set(WEIGHTS) == set(Code)


def test_the_document_of_metrics_is_up_to_date():
    assert DOCUMENT.read_text(encoding="utf-8") == document(), "run: python -m metrics.describe"


def test_what_metrics_say_of_themselves_loads_no_scipy():
    import subprocess
    import sys

    code = "import sys, metrics.catalog as c; c.metrics(); sys.exit('scipy' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
