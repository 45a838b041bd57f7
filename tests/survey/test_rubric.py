"""What the rubric of self-assessment promises: every phase, four rising levels, three languages."""

from __future__ import annotations

from itertools import chain

import pytest

from metrics.requirements import REQUIRED
from survey.instrument import PHASES, instruments
from survey.rubric import (
    LEVELS,
    RUBRICS,
    InvalidRubric,
    UnknownLevel,
    next_level,
    read_rubric,
    records_required,
    rubric,
    rubrics,
    score,
)
from survey.text import LANGUAGES

#: The core constructs of each phase: the first row of the table in measurement.md 3.3.
CORE = {
    "P1": {"INCL", "INFL", "TERMS"},
    "P2": {"INCL", "OPEN", "TERMS"},
    "P3": {"GOAL", "RULE", "TRUST"},
    "P4": {"FACIL", "INCL", "INFL", "SPACE", "TERMS"},
    "P5": {"TRUST", "LEAD", "LEARN", "OPEN"},
    "P6": {"LEAD", "LEARN", "RULE", "SPACE"},
    "P7": {"OPEN", "INFL", "LEAD"},
    "P8": {"LEARN", "INFL", "TRUST"},
}

CRITERIA = [
    pytest.param(phase, construct, id=f"{phase}-{construct}")
    for phase, constructs in rubric().phases.items()
    for construct in constructs
]
SOURCE = RUBRICS / "phases.v1.yaml"


def every_text():
    """Every text of the rubric that a person reads."""
    for criteria in rubric().phases.values():
        for criterion in criteria.values():
            yield criterion.question
            yield from chain.from_iterable((one.title, one.meaning) for one in criterion.levels)
    yield from (record.title for records in rubric().records.values() for record in records)


def test_every_phase_is_assessed_on_its_core_constructs():
    assert {phase: set(rubric().of(phase)) for phase in PHASES} == CORE


def test_constructs_are_those_that_participants_are_asked_about():
    asked = {s.code for s in instruments()["process_quality@1"].scales if s.is_construct}
    assert set().union(*CORE.values()) == asked


@pytest.mark.parametrize("phase", PHASES)
def test_the_rubric_requires_what_the_measure_of_coverage_counts(phase):
    assert tuple(rubric().of(phase)) == REQUIRED[phase].constructs
    assert records_required(phase) == REQUIRED[phase].records


def test_every_text_is_there_and_says_it_in_its_own_language():
    for text in every_text():
        said = [text.in_language(language) for language in LANGUAGES]
        assert all(words.strip() for words in said)
        assert len(set(said)) == len(LANGUAGES), said


@pytest.mark.parametrize(("phase", "construct"), CRITERIA)
def test_levels_are_four_told_apart_by_what_is_seen(phase, construct):
    criterion = rubric().of(phase)[construct]
    assert [criterion.level(number) for number in LEVELS] == list(criterion.levels)
    for language in LANGUAGES:
        assert criterion.question.in_language(language).endswith("?")
        for level in criterion.levels:
            # a heading is read at a glance; what is seen is told in one to three whole sentences
            assert len(level.title.in_language(language)) <= 50
            assert not level.title.in_language(language).endswith(".")
            meaning = level.meaning.in_language(language)
            assert meaning.endswith(".")
            assert 1 <= meaning.count(". ") + 1 <= 3
            assert not any(sign.isdigit() for sign in meaning)


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_two_levels_of_the_rubric_say_the_same(language):
    levels = [
        level
        for criteria in rubric().phases.values()
        for criterion in criteria.values()
        for level in criterion.levels
    ]
    assert len(levels) == 28 * 4  # the table in measurement.md 3.3 has 28 constructs
    for field in ("title", "meaning"):
        said = [getattr(level, field).in_language(language) for level in levels]
        assert sorted({words for words in said if said.count(words) > 1}) == []


def test_points_rise_evenly_from_nothing_to_all():
    # (level - 1) / 3 * 100
    assert [round(score(level), 1) for level in LEVELS] == [0.0, 33.3, 66.7, 100.0]


@pytest.mark.parametrize("level", [0, 5, -1])
def test_a_level_that_is_none_is_refused(level):
    with pytest.raises(UnknownLevel, match=str(level)):
        score(level)
    with pytest.raises(UnknownLevel):
        rubric().of("P1")["INCL"].level(level)
    with pytest.raises(UnknownLevel):
        next_level("P1", "INCL", level)


@pytest.mark.parametrize(("phase", "construct"), CRITERIA)
def test_the_next_level_is_the_one_above_until_the_highest(phase, construct):
    levels = rubric().of(phase)[construct].levels
    assert [next_level(phase, construct, level) for level in LEVELS] == [*levels[1:], None]


def test_a_construct_that_is_not_of_the_phase_is_refused():
    with pytest.raises(KeyError):
        next_level("P1", "GOAL", 1)
    with pytest.raises(KeyError):
        records_required("P9")


def test_the_newest_version_is_asked_and_older_ones_are_kept():
    assert list(rubrics()) == sorted(rubrics())
    assert rubric() is rubrics()[max(rubrics())]
    assert rubric(1).key == "phases@1"
    with pytest.raises(KeyError):
        rubric(0)


def test_rubrics_are_frozen():
    """Levels that change after an assessment are a new version: the old points would mean else."""
    lines = (RUBRICS / "assessed.sha256").read_text(encoding="utf-8").splitlines()
    frozen = {key: sha256 for sha256, key in (line.split() for line in lines)}
    assert frozen == {one.key: one.sha256 for one in rubrics().values()}, (
        "a rubric was changed; write a new version"
    )


def test_file_names_say_code_and_version():
    names = {path.name for path in RUBRICS.glob("*.yaml")}
    assert names == {f"{one.code}.v{one.version}.yaml" for one in rubrics().values()}


@pytest.mark.parametrize(
    ("change", "rule"),
    [
        (("title: ", "heading: "), "heading"),
        (("  P8:\n    LEARN:", "  P9:\n    LEARN:"), "each once and in order"),
        (("fi: Tutut tahot mukana", "fi: Tarpeet arvattu omassa piirissä"), "the same title in fi"),
        (("sv: Bekanta aktörer med\n", "sv: ''\n"), "at least 1 character"),
        (("version: 1", "version: [1"), "while parsing"),
    ],
)
def test_a_broken_file_is_refused_with_its_name_and_the_rule(tmp_path, change, rule):
    text = SOURCE.read_text(encoding="utf-8").replace("title:\n", "title: \n")
    assert change[0] in text
    broken = tmp_path / SOURCE.name
    broken.write_text(text.replace(change[0], change[1], 1), encoding="utf-8")
    with pytest.raises(InvalidRubric, match=rf"phases\.v1\.yaml[\s\S]*{rule}"):
        read_rubric(broken)


def test_a_criterion_with_three_levels_is_refused(tmp_path):
    text = SOURCE.read_text(encoding="utf-8")
    start = text.index("        - title:")
    broken = tmp_path / SOURCE.name
    broken.write_text(
        text[:start] + text[text.index("        - title:", start + 1) :], encoding="utf-8"
    )
    with pytest.raises(InvalidRubric, match="at least 4 items"):
        read_rubric(broken)
