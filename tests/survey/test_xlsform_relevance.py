"""Conditions of XLSForms: which are skip logic, and which are left to the field's own programs."""

from __future__ import annotations

import pytest
from hypothesis import given as for_all
from hypothesis import settings
from hypothesis import strategies as st

from survey.xlsform.relevance import Condition, NotRead, conditions

A12, B1 = Condition("a", ("1", "2")), Condition("b", ("1",))


@pytest.mark.parametrize(
    ("said", "read"),
    [
        ("", ()),
        ("${b} = '1'", (B1,)),
        ('${b}="1"', (B1,)),
        ("${b} = 1", (B1,)),
        ("((${b} = ‘1’))", (B1,)),
        ("selected(${b}, '1')", (B1,)),
        ("${a} = '1' or selected( ${a} , \"2\" )", (A12,)),
        ("((${a} = '1') or (${a} = '2') or ${a} = '1')", (A12,)),
        ("(${a} = '1' or ${a} = '2') and ${b} = '1'", (A12, B1)),
        ("(${b} = '1') and ((${a} = '1' or (${a} = '2')))", (B1, A12)),
        ("${b} = ''", (Condition("b", ("",)),)),
    ],
)
def test_choices_of_a_question_are_read(said, read):
    assert conditions(said) == read


@pytest.mark.parametrize(
    "said",
    [
        "${a} != '1'",
        "${a} > 3",
        "not(${a} = '1')",
        "'1' = ${a}",
        "${a} = ${b}",
        "${a} = '1' or ${b} = '1'",
        # "and" would take ${a} = '2' only
        "${a} = '1' or ${a} = '2' and ${b} = '1'",
        "${a} = '1' and ${a} = '2'",
        "(${a} = '1' and ${b} = '1') or ${a} = '2'",
        "(${a} = '1') or (${a} = '2' or ${a} = '3')",
        "${a} = '1' and",
        "or ${a} = '1'",
        "${a} = '1' ${b} = '1'",
        "(${a} = '1'",
        "${a} = '1')",
        "()",
        "true()",
        "(" * 3_000 + "${a} = '1'" + ")" * 3_000,
    ],
)
def test_anything_else_is_not_read(said):
    with pytest.raises(NotRead):
        conditions(said)


WORDS = st.sampled_from(["(", ")", " and ", " or ", "${a} = '1'", "${b}='2'", "selected(", "not("])


@settings(max_examples=300, deadline=None)
@for_all(st.lists(WORDS, max_size=14).map("".join) | st.text(max_size=30))
def test_no_condition_is_a_crash(said):
    try:
        found = conditions(said)
    except NotRead:
        return
    assert all(condition.values for condition in found)
