"""Questions that work badly are named in words: what is wrong, of whom, and how far."""

from __future__ import annotations

from dataclasses import replace

import pytest

from dashboard.sections.item_quality import (
    Statement,
    class_words,
    quality_table,
    remarks,
    sentence,
)
from metrics.item_class import ItemClass, item_class, worst
from metrics.metric import Method, Reason, Result, ValueState

LANGUAGES = ("fi", "sv", "en")


def result(value: float | None, p: float | None = 0.001, **more) -> Result:
    """A published figure of a statement, of one group where nothing else is said."""
    facts = {
        "metric": "item_dif", "instrument": "process_quality@1", "part": "GOAL1",
        "level": "portfolio", "entity": 0, "wave": "end", "split": "group", "split_value": "RES",
        "state": ValueState.NOT_REPORTED if value is None else ValueState.VALUE, "value": value,
        "low": None, "high": None, "p": p, "p_adjusted": p, "n": 100, "numerator": None,
        "denominator": None, "projects": 5, "coverage": None, "indicative": False,
        "method": Method.STRATIFIED,
        "reason": Reason.GROUPS_TOO_SMALL if value is None else None,
    }  # fmt: skip
    return Result(**(facts | more))


def statement(**more) -> Statement:
    fine = {"ceiling": 0.2, "floor": 0.01, "rest": 0.5}
    figures = {name: result(more.pop(name, value)) for name, value in fine.items()}
    return Statement("GOAL1", "Tiesin tavoitteen.", **figures, groups=more.pop("groups", ()),
                     languages=more.pop("languages", ()))  # fmt: skip


@pytest.mark.parametrize(
    ("value", "p", "told"),
    [
        (0.169, 0.001, "A"), (0.17, 0.001, "B"), (-0.25, 0.05, "B"), (-0.251, 0.05, "C"),
        # However large: chance does as much.
        (0.6, 0.051, "A"), (0.6, None, "A"),
    ],
)  # fmt: skip
def test_a_class_needs_a_size_and_a_test(value, p, told):
    assert item_class(result(value, p)) == told


def test_among_many_tests_the_adjusted_p_counts():
    assert item_class(result(0.4, 0.01, p_adjusted=0.2)) is ItemClass.A
    assert item_class(result(0.4, 0.01, p_adjusted=None)) is ItemClass.C
    assert item_class(result(None, None)) is None


def test_the_worst_is_of_the_worst_class_and_not_the_largest_by_chance():
    chance, sure = result(0.9, 0.5), result(-0.3, 0.001, split_value="COM")
    assert worst([chance, sure, result(None)]) is sure
    assert worst([result(None)]) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_what_is_wrong_is_said_in_words_with_whose_answers(language):
    swedish = result(-0.4, part="GOAL1/sv", split="total", split_value="")
    bad = statement(ceiling=0.41, rest=0.29, groups=(result(0.2),), languages=(swedish,))
    told = remarks(bad, language)
    assert len(told) == 4
    residents = {"fi": "Asukkaat", "sv": "Invånare", "en": "Residents"}[language]
    spoken = {"fi": "ruotsiksi", "sv": "på svenska", "en": "in Swedish"}[language]
    assert residents in told[2]
    assert spoken in told[3]
    assert remarks(statement(), language) == []


def test_the_limits_themselves_are_no_remark():
    assert remarks(statement(ceiling=0.40, floor=0.15, rest=0.30), "fi") == []
    assert len(remarks(statement(floor=0.16), "fi")) == 1


def test_the_table_says_class_word_group_and_size():
    assert class_words((result(0.21), result(0.05)), "fi") == "B kohtalainen: Asukkaat +0,21"
    assert class_words((result(0.05),), "en") == "A negligible"
    assert class_words((result(None, None),), "fi") == "liian vähän vertailtavia"
    one = result(None, None, reason=Reason.ONE_LANGUAGE)
    assert class_words((one,), "fi") == "vain yksi kieli"
    table = quality_table([statement(groups=(result(0.21),))], "fi")
    plain = [cell.replace("\\", "").replace("\xa0", " ") for cell in table.iloc[0]]
    assert plain == [
        "Tiesin tavoitteen.", "kohtalainen ero ryhmien välillä (Asukkaat)", "20 %", "1 %", "0,50",
        "B kohtalainen: Asukkaat +0,21", "–",
    ]  # fmt: skip


def test_the_sentence_counts_the_classes_and_says_where_none_could_be_told():
    one_language = result(None, None, part="GOAL1/fi", reason=Reason.ONE_LANGUAGE)
    found = [
        statement(groups=(result(0.3),), languages=(one_language,)),
        replace(statement(groups=(result(0.01),)), code="GOAL2"),
    ]
    said = sentence(found, "fi")
    assert said.startswith("2 kysymyksestä yksi on syytä katsoa uudelleen.")
    assert "2 kysymyksestä: pieni (A) 1, kohtalainen (B) 0, suuri (C) 1." in said
    assert said.endswith("Kielten välistä eroa ei voitu arvioida yhdestäkään kysymyksestä.")
    assert "kaikki" not in said
