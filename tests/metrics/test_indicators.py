"""Indicators: the catalogue, counting, what a target reached, and whether figures agree."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from metrics.indicators.agreement import Told, findings
from metrics.indicators.attainment import attainment, pace
from metrics.indicators.catalogue import InvalidIndicator, common, read_indicators
from metrics.indicators.counting import ITEM, by_size, count, together
from metrics.indicators.indicator import Counting, Indicator, Kind
from survey.text import LANGUAGES

HALF = (date(2025, 1, 1), date(2025, 6, 30))

# --- the catalogue ------------------------------------------------------------------------------

#: The codes of the brief (funders.md 4.1 and 4.2), of which none may be missing.
ERDF_2014 = {f"CO{n:02}" for n in (*range(1, 9), *range(24, 30), *range(35, 40))}
ERDF_2021 = {
    *(f"RCO{n:02}" for n in (1, 2, 3, 4, 5, 6, 7, 10, 13, 14, 15, 16)),
    *(f"RCO{n}" for n in (66, 67, 69, 70, 74, 75, 76, 77, 101, 103, 112, 113, 114)),
    *(f"RCR{n:02}" for n in (1, 2, 3, 4, 5, 6, 7, 8, 11, 12, 13, 17, 18, 19, 25)),
    *(f"RCR{n}" for n in (70, 71, 72, 73, 74, 98, 102)),
}
#: Those of table 2 of Regulation (EU) 2021/1058, Annex I.
INTERREG = {
    "RCO81", "RCO84", "RCO85", "RCO87", "RCO115", "RCO116", "RCR79", "RCR84", "RCR85", "RCR104",
}  # fmt: skip
#: Units as the regulation writes them, by code; a few of each kind.
UNITS = {
    "RCO01": "enterprises", "RCR01": "annual FTEs", "RCO07": "research institutions",
    "RCO13": "euro", "RCO14": "public institutions", "RCO69": "persons/year", "RCR11": "users/year",
    "RCO74": "persons", "RCO112": "participations of stakeholders", "RCO114": "square metres",
    "CO08": "full time equivalents", "CO06": "EUR", "CO38": "square metres",
}  # fmt: skip


def codes(period: str) -> set[str]:
    return {each.code for each in common().values() if each.period == period}


def test_every_common_indicator_of_the_brief_is_there():
    assert codes("2014-2020") == ERDF_2014
    # RCO83 is beside them: RCR79 is a part of it.
    assert codes("2021-2027") == ERDF_2021 | INTERREG | {"RCO83"}


def test_interreg_indicators_are_marked_and_no_others():
    marked = {each.code for each in common().values() if each.interreg_only}
    assert marked == INTERREG | {"RCO83"}


@pytest.mark.parametrize(("code", "unit"), UNITS.items())
def test_units_are_those_of_the_regulation(code, unit):
    assert {each.unit.label.en for each in common().values() if each.code == code} == {unit}


def test_the_unit_decides_whether_things_are_distinct():
    for indicator in common().values():
        unit = indicator.unit.code
        if unit in ("enterprises", "organisations", "research_institutions", "public_institutions"):
            wanted = (Counting.DISTINCT, Counting.LEVEL)
            assert indicator.counting in wanted, indicator.code
        if "participations" in unit:
            assert indicator.counting is Counting.ADDITIVE, indicator.code


@pytest.mark.parametrize("key", sorted(common()))
def test_every_text_is_there_in_every_language(key):
    indicator = common()[key]
    for text in (indicator.label, indicator.definition, indicator.when, indicator.unit.label):
        said = {text.in_language(language) for language in LANGUAGES}
        assert all(words.strip() for words in said)
        assert len(said) > 1, "a text that is the same in all languages was not translated"


def test_a_definition_from_before_says_it_is_of_people_by_its_unit_and_its_records():
    told = {key: each.model_dump() for key, each in common().items()}
    assert any(each.pop("of_people") for each in told.values())
    for key, each in told.items():
        assert Indicator.model_validate(each) == common()[key]


def test_outputs_and_results_are_told_apart():
    results = {each.code for each in common().values() if each.kind is Kind.RESULT}
    assert {code for code in results if code.startswith("RCO")} == set()
    assert all(code in results for code in codes("2021-2027") if code.startswith("RCR"))


GOOD = (
    "period: own\nsource: s\nunits:\n  x: {label: {fi: a, sv: b, en: c}}\n"
    "rules:\n  r: {fi: a, sv: b, en: c}\nindicators:\n- {code: OWN-1, kind: output, unit: x, "
    "of_people: false, counting: additive, when: r, label: {fi: a, sv: b, en: c}, "
    "definition: {fi: a, sv: b, en: c}}\n"
)


@pytest.mark.parametrize(
    ("was", "now", "said"),
    [
        ("unit: x", "unit: y", "no unit 'y'"),
        ("when: r", "when: q", "no when 'q'"),
        ("code: OWN-1", "code: own", "own"),
        ("counting: additive", "counting: words, counted: events", "told in words"),
        ("counting: additive", "counting: sometimes", "counting"),
        ("of_people: false, ", "", "say of_people"),
        ("counting: additive", "counting: additive, counted: people", "so it is of_people"),
        ("counting: additive", "counting: additive, colour: red", "colour"),
        ("indicators:", "indicator:", "list 'indicators'"),
        ("indicators:", "indicators: 3\nothers:", "list 'indicators'"),
        (", en: c}, definition", "}, definition", "label"),
    ],
)
def test_a_file_that_is_wrong_says_where(tmp_path, was, now, said):
    path = Path(tmp_path) / "own.yaml"
    path.write_text(GOOD, encoding="utf-8")
    assert list(read_indicators(path)) == ["OWN-1@1"]
    path.write_text(GOOD.replace(was, now), encoding="utf-8")
    with pytest.raises(InvalidIndicator, match=said) as error:
        read_indicators(path)
    assert "own.yaml" in str(error.value)


# --- counting -----------------------------------------------------------------------------------


def items(*told: tuple) -> pd.DataFrame:
    """Items from project, entity, day, amount and what their records keep out."""
    rows = [
        (project, entity, "company", pd.Timestamp(day) if day else pd.NaT, "event", number, None,
         amount, None, exclusion)
        for number, (project, entity, day, amount, exclusion) in enumerate(told)
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=[*ITEM, "exclusion"])
    return frame.assign(happened_on=pd.to_datetime(frame["happened_on"]))


def test_each_entity_has_one_size_and_those_without_one_are_told():
    told = items(
        (1, "a", "2025-02-01", 1, ""), (1, "a", "2025-03-01", 1, ""), (1, "b", "2025-03-01", 1, ""),
        (1, "c", "2024-03-01", 1, ""), (1, "d", "2025-03-01", 1, ""), (1, "e", "2025-03-02", 1,
        "no_business_id"),
    ).assign(size=["micro", "small", None, "large", "micro", "micro"])  # fmt: skip
    found = by_size(count(told, Counting.DISTINCT, *HALF).items).set_index("size")
    # a grew to small; c came before the half year; nobody knows b; e does not count at all.
    assert found["value"].to_dict() == {"micro": 1, "small": 1, "medium": 0, "large": 0, "": 1}
    assert found["cumulative"].to_dict() == {"micro": 1, "small": 1, "medium": 0, "large": 1, "": 1}


def test_an_entity_is_counted_once_and_the_others_say_why_not():
    told = items(
        (1, "a", "2025-02-01", 1, ""), (1, "a", "2025-03-01", 1, ""), (1, "b", "2025-03-01", 1, ""),
        (1, "c", "2024-03-01", 1, ""), (1, "d", "2025-07-01", 1, ""), (1, "e", None, 1, ""),
        (1, "f", "2025-04-01", 1, "no_business_id"), (1, "g", "2025-04-01", 1, "threshold"),
    )  # fmt: skip
    counted = count(told, Counting.DISTINCT, *HALF)
    # a and b in the half year; c before it; d is later and not listed.
    assert (counted.value, counted.cumulative) == (2, 3)
    assert dict(zip(counted.items["source_id"], counted.items["exclusion"], strict=True)) == {
        0: "", 1: "duplicate", 2: "", 3: "out_of_period", 5: "out_of_period",
        6: "no_business_id", 7: "threshold",
    }  # fmt: skip


def test_a_distinct_count_of_all_time_is_not_the_sum_of_periods():
    told = items((1, "a", "2025-02-01", 1, ""), (1, "a", "2025-08-01", 1, ""))
    later = (date(2025, 7, 1), date(2025, 12, 31))
    periods = [count(told, Counting.DISTINCT, *days) for days in (HALF, later)]
    assert [each.value for each in periods] == [1, 1]
    assert periods[1].cumulative == 1


def test_occurrences_are_added_by_their_amounts():
    told = items((1, "a", "2024-02-01", 5, ""), (1, "a", "2025-02-01", 3, ""))
    counted = count(told, Counting.ADDITIVE, *HALF)
    assert (counted.value, counted.cumulative) == (3, 8)


def test_a_level_is_what_stands_at_the_end():
    told = items((1, "a", "2024-02-01", 5, ""), (1, "b", "2025-02-01", 3, ""))
    counted = count(told, Counting.LEVEL, *HALF)
    assert (counted.value, counted.cumulative) == (8, 8)


def test_nothing_to_count_is_zero_and_words_are_not_counted():
    none = items()
    assert count(none, Counting.DISTINCT, *HALF).value == 0
    assert count(none, Counting.WORDS, *HALF).value is None


def test_over_projects_sum_distinct_and_overlap_are_told():
    told = items(
        (1, "a", "2025-02-01", 1, ""), (1, "a", "2025-03-01", 1, "duplicate"),
        (1, "b", "2024-02-01", 1, "out_of_period"), (2, "a", "2025-02-01", 1, ""),
        (2, "c", "2025-02-01", 1, "no_business_id"), (3, "a", "2025-02-01", 1, ""),
        (3, "d", None, 1, "out_of_period"),
    )  # fmt: skip
    whole = together(told, Counting.DISTINCT)
    # Project 1 has a and b, 2 and 3 have a each: four in all, two different ones.
    assert (whole.sum, whole.distinct, whole.overlap) == (4, 2, 2)
    added = together(told, Counting.ADDITIVE)
    assert (added.sum, added.distinct, added.overlap) == (5, None, None)
    assert together(told, Counting.LEVEL) is None


DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))
ROWS = st.lists(
    st.tuples(
        st.integers(1, 3), st.sampled_from("abcd"), DAYS.map(str) | st.none(), st.integers(0, 5),
        st.sampled_from(["", "no_business_id"]),
    ),
    max_size=25,
)  # fmt: skip


@given(ROWS)
def test_a_slow_count_says_the_same(rows):
    """A count by hand: a loop over items with sets."""
    inside = {
        entity for _, entity, day, _, kept_out in rows
        if not kept_out and day and str(HALF[0]) <= day <= str(HALF[1])
    }  # fmt: skip
    so_far = {e for _, e, day, _, kept_out in rows if not kept_out and day and day <= str(HALF[1])}
    counted = count(items(*rows), Counting.DISTINCT, *HALF)
    assert (counted.value, counted.cumulative) == (len(inside), len(so_far))
    assert (counted.items["exclusion"] == "").sum() == len(inside)
    assert len(counted.items) == sum(not day or day <= str(HALF[1]) for _, _, day, _, _ in rows)


@given(ROWS)
def test_sum_distinct_and_overlap_fit_together(rows):
    whole = together(items(*rows), Counting.DISTINCT)
    assert whole.sum == whole.distinct + whole.overlap
    assert whole.overlap >= 0


# --- what a target reached ----------------------------------------------------------------------


def test_attainment_is_that_of_the_published_example():
    # IATI 2.03, the guidance on results: baseline 15, target 50, actual 53.
    assert attainment(15, 50, 53) == pytest.approx(38 / 35)
    assert round(100 * attainment(15, 50, 53), 1) == 108.6


@pytest.mark.parametrize(
    ("baseline", "target", "achieved", "reached"),
    [
        (30, 10, 20, 0.5),  # waiting days that are to fall: half of the way
        (30, 10, 35, -0.25),  # they grew instead
        (0, 10, 0, 0.0),
        (10, 10, 10, None),
        (None, 10, 5, None),
        (0, None, 5, None),
        (0, 10, None, None),
    ],
)
def test_attainment_has_a_sign_and_is_nothing_where_it_is_not_defined(
    baseline, target, achieved, reached
):
    assert attainment(baseline, target, achieved) == reached


def test_pace_is_attainment_less_the_time_that_is_gone():
    year = (date(2025, 1, 1), date(2026, 1, 1))
    # Of 365 days 181 are gone on 2025-07-01.
    assert pace(0.5, *year, date(2025, 7, 1)) == pytest.approx(0.5 - 181 / 365)
    assert pace(0.5, *year, date(2027, 1, 1)) == -0.5
    assert pace(0.5, *year, date(2024, 1, 1)) == 0.5
    assert pace(None, *year, date(2025, 7, 1)) is None
    assert pace(0.5, None, year[1], date(2025, 7, 1)) is None
    assert pace(0.5, year[0], year[0], date(2025, 7, 1)) is None


# --- agreement ----------------------------------------------------------------------------------


def found(**told: Told) -> list[tuple[str, str, str | None]]:
    codes_of = {code.replace("_", "-"): value for code, value in told.items()}
    return [(each.code, each.indicator, each.other) for each in findings(codes_of, common())]


def test_a_part_is_not_more_than_its_whole():
    assert found(RCO01=Told(8, 8), RCO04=Told(8, 8)) == []
    assert found(RCO01=Told(8, 8), RCO04=Told(9, 9)) == [("part_above_whole", "RCO04", "RCO01")]
    # CO02, CO03 and CO04 together may be more than CO01: each is only a part.
    assert found(CO01=Told(8, 8), CO02=Told(5, 5), CO03=Told(5, 5), CO04=Told(5, 5)) == []
    assert found(RCO04=Told(9, 9)) == []


def test_what_was_adopted_was_developed():
    told = {"ARV_ADOPTED": Told(1, 3), "ARV_SOLUTIONS": Told(0, 2)}
    assert found(**told) == [("part_above_whole", "ARV-ADOPTED", "ARV-SOLUTIONS")]


@pytest.mark.parametrize(
    ("told", "code"),
    [
        (Told(-1), "below_least"),
        (Told(1.5), "not_whole"),
        (Told(5, 4), "cumulative_below_value"),
        (Told(5, 5, items=4), "more_than_items"),
    ],
)
def test_what_is_wrong_of_a_figure_by_itself_is_named(told, code):
    assert found(RCO01=told) == [(code, "RCO01", None)]


def test_a_share_is_not_above_one_and_words_have_no_numbers():
    assert found(ARV_BENEFIT=Told(1.2)) == [("above_most", "ARV-BENEFIT", None)]
    assert found(ARV_CHANGE=Told(None)) == []


def test_a_changed_version_is_another_indicator():
    one = common()["RCO01@1"]
    other = Indicator.model_validate(one.model_dump() | {"version": 2})
    assert one.key != other.key
