"""The fold adds up, and says what a plain recomputation from the rows says."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from data.folding.extracts import extract_schema
from data.folding.fold_columns import (
    CELL,
    EARLIER_WAVES,
    PAIR,
    SPLIT,
    SPOKEN,
    WAVE_PAIRS,
    band_column,
    count_column,
    count_columns,
    moment_column,
    moment_columns,
)
from data.folding.fold_engine import embedded
from data.folding.statistics_fold import (
    LARGEST,
    StatisticsTooLarge,
    check_size,
    fold_cells,
    fold_languages,
    fold_pairs,
    fold_splits,
    merge,
)
from survey.instrument import Instrument
from survey.scoring import score


def _text(words: str) -> dict[str, str]:
    return {"fi": words, "sv": words, "en": words}


def small_instrument() -> Instrument:
    """Every kind of rule: reversed items, a mean, a geometric mean, both, 0-10, don't-know."""
    agree = [{"code": code, "text": _text(str(code))} for code in range(1, 6)]
    named = {"title": _text("Asteikko"), "meaning": _text("Mitä se on")}
    return Instrument.model_validate(
        {
            "code": "small",
            "version": 1,
            "kind": "process",
            "title": _text("Pieni"),
            "purpose": _text("Kokeeseen"),
            "source": "test",
            "answer_sets": {
                "agree": {
                    "kind": "ordinal",
                    "choices": agree,
                    "dont_know": _text("En osaa sanoa"),
                    "not_applicable": _text("Ei koske minua"),
                },
                "ten": {"kind": "recommendation"},
            },
            "items": [
                {"code": "A1", "answers": "agree", "text": _text("a1")},
                {"code": "A2", "answers": "agree", "text": _text("a2"), "reversed": True},
                {"code": "A3", "answers": "agree", "text": _text("a3")},
                {"code": "B1", "answers": "agree", "text": _text("b1")},
                {"code": "TEN", "answers": "ten", "text": _text("ten")},
            ],
            "scales": [
                {"code": "A", "items": ["A1", "A2", "A3"], **named},
                {"code": "B", "items": ["B1"], **named},
                {"code": "AB", "scales": ["A", "B"], "combine": "geometric", **named},
                {"code": "TWO", "scales": ["A", "B"], "combine": "both", "threshold": 50, **named},
                {"code": "ALL", "scales": ["A", "B"], "minimum": 1, **named},
            ],
        }
    )


SMALL = small_instrument()
ITEMS = [item.code for item in SMALL.closed_items]
SCALES = [scale.code for scale in SMALL.scales]

_agreement = st.sampled_from([1, 2, 3, 4, 5, -1, -2, None])
_answers = st.lists(
    st.tuples(
        st.integers(1, 4),
        st.sampled_from(["RES", "COM", "UNK"]),
        st.sampled_from([None, "a", "b", "c", "d"]),
        _agreement,
        _agreement,
        _agreement,
        _agreement,
        st.sampled_from([0, 1, 9, 10, None]),
    ),
    min_size=1,
    max_size=40,
    # A person answers one collection once, as the database holds.
    unique_by=lambda row: (row[0], row[2]) if row[2] else object(),
)
_some = settings(
    max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def store(rows: list[tuple], path: Path) -> Path:
    """The rows as an extract of the small instrument."""
    schema = extract_schema(SMALL)
    names = ["collection", "group", "link_key", *ITEMS]
    named = [
        dict(zip(names, row, strict=True))
        | {
            "half": place % 2,
            "late": (0, 1, None)[place % 3],
            "language": ("fi", "sv", None, "fi", "en")[place % 5],
        }
        for place, row in enumerate(rows)
    ]
    pq.write_table(pa.Table.from_pylist(named, schema), path)
    return path


def counted_plainly(rows: list[tuple]) -> pd.DataFrame:
    """The cells as pandas counts them from the rows, one comparison at a time."""
    frame = pd.DataFrame(rows, columns=["collection", "group", "link_key", *ITEMS])
    answers = frame[ITEMS].astype("Int64")
    scores = score(answers, SMALL)
    wide = {"respondents": pd.Series(1, index=frame.index)}
    for item, code in count_columns(SMALL):
        wide[count_column(item, code)] = (answers[item] == code).fillna(False).astype("int64")
    for scale in SCALES:
        wide[moment_column(scale, "n")] = scores[scale].notna().astype("int64")
        wide[moment_column(scale, "total")] = scores[scale].fillna(0).astype("int64")
        wide[moment_column(scale, "squares")] = (scores[scale].fillna(0) ** 2).astype("int64")
    units = pd.DataFrame(
        {"A1": answers["A1"] - 1, "A2": 5 - answers["A2"], "A3": answers["A3"] - 1}
    )
    whole = (answers[["A1", "A2", "A3"]].fillna(-3) > 0).all(axis=1)
    # Sums of 0 to 12 in five bands: 0-2, 3-5, 6-7, 8-10, 11-12.
    band = pd.cut(units.sum(axis=1).astype(int), [-9, 2, 5, 7, 10, 12], labels=False) + 1
    for item in units:
        for number in range(1, 6):
            there = units[item].where(whole & (band == number))
            # 18 bits of people, 21 of the sum (answers up to 4), and the squares.
            packed = 1 + there * 2**18 + there**2 * 2**39
            wide[band_column(item, number)] = packed.fillna(0).astype("int64")
    keyed = pd.concat([frame[CELL], pd.DataFrame(wide)], axis=1)
    return keyed.groupby(CELL, as_index=False).sum()


@_some
@given(rows=_answers)
def test_cells_are_what_the_rows_say(tmp_path: Path, rows: list[tuple]):
    folded = fold_cells(embedded(tmp_path), [store(rows, tmp_path / "all.parquet")], SMALL)
    pd.testing.assert_frame_equal(folded, counted_plainly(rows), check_dtype=False)


@_some
@given(rows=_answers, cut=st.integers(0, 40))
def test_statistics_of_a_union_are_the_sum_of_statistics(
    tmp_path: Path, rows: list[tuple], cut: int
):
    backend = embedded(tmp_path)
    halves = [
        fold_cells(backend, [store(half, tmp_path / f"{name}.parquet")], SMALL)
        for name, half in (("first", rows[:cut]), ("second", rows[cut:]))
    ]
    whole = fold_cells(backend, [store(rows, tmp_path / "all.parquet")], SMALL)
    pd.testing.assert_frame_equal(merge(halves, CELL), whole)


@_some
@given(rows=_answers, cut=st.integers(0, 8))
def test_languages_of_a_union_are_the_sum_of_languages(tmp_path: Path, rows: list[tuple], cut: int):
    # Cut at a multiple of five, so that everybody keeps their language; the most frequent one may
    # be another in each half.
    backend = embedded(tmp_path)
    halves = [rows[: 5 * cut], rows[5 * cut :]]
    paths = [store(half, tmp_path / f"{name}.parquet") for name, half in enumerate(halves)]
    paths.append(store(rows, tmp_path / "all.parquet"))
    *parts, whole = [
        fold_languages(backend, [path], SMALL, fold_cells(backend, [path], SMALL)) for path in paths
    ]
    pd.testing.assert_frame_equal(merge(parts, SPOKEN), whole)
    # Two in five answered in Finnish, and of one in five the language is not known.
    spoken = pd.Series([("fi", "sv", None, "fi", "en")[place % 5] for place in range(len(rows))])
    counted = whole.groupby("language")["respondents"].sum().to_dict()
    assert counted == spoken.value_counts().to_dict()


@_some
@given(rows=_answers, cut=st.integers(0, 20))
def test_splits_of_a_union_are_the_sum_of_splits(tmp_path: Path, rows: list[tuple], cut: int):
    # Cut at a multiple of six, so that everybody keeps their half of the people and of the days.
    backend = embedded(tmp_path)
    halves = [
        fold_splits(backend, [store(half, tmp_path / f"{name}.parquet")], SMALL)
        for name, half in (("first", rows[: 6 * cut]), ("second", rows[6 * cut :]))
    ]
    whole = fold_splits(backend, [store(rows, tmp_path / "all.parquet")], SMALL)
    pd.testing.assert_frame_equal(merge(halves, SPLIT), whole)


#: Two projects; the second asked twice in its end wave, about the phase P4 and about the whole.
COLLECTIONS = pd.DataFrame(
    {
        "collection": [1, 2, 3, 4],
        "series": ["first", "first", "first", "first"],
        "wave": ["baseline", "end", "end", "follow_up"],
        "phase": ["P0", "P4", "P0", "P0"],
        "extract": [0, 0, 0, 0],
    }
)


def paired_plainly(rows: list[tuple]) -> pd.DataFrame:
    """The pairs as pandas finds them: one answer a person and wave, the whole process first."""
    frame = pd.DataFrame(rows, columns=["collection", "group", "link_key", *ITEMS])
    scores = score(frame[ITEMS].astype("Int64"), SMALL)
    people = pd.concat([frame[["collection", "group", "link_key"]], scores], axis=1)
    people = people.dropna(subset="link_key").merge(COLLECTIONS, on="collection")
    people["is_part"] = people["phase"] != "P0"
    people = people.sort_values("is_part").drop_duplicates(["wave", "link_key"])
    found = []
    for earlier, later in (*WAVE_PAIRS, *((wave, wave) for wave in EARLIER_WAVES)):
        before = people[people["wave"] == earlier].rename(columns={"collection": "earlier"})
        both = people[people["wave"] == later].merge(
            before, on="link_key", suffixes=("", "_before")
        )
        for row in both.to_dict("records"):
            pair = {"collection": row["collection"], "earlier": row["earlier"]}
            pair |= {"group": row["group"], "people": 1}
            for scale in SCALES:
                known = not (pd.isna(row[scale]) or pd.isna(row[f"{scale}_before"]))
                change = row[scale] - row[f"{scale}_before"] if known else 0
                pair[moment_column(scale, "n")] = int(known)
                pair[moment_column(scale, "total")] = int(change)
                pair[moment_column(scale, "squares")] = int(change) ** 2
            found.append(pair)
    return pd.DataFrame(found).groupby(PAIR, as_index=False).sum() if found else pd.DataFrame()


@_some
@given(rows=_answers)
def test_pairs_are_what_the_rows_say(tmp_path: Path, rows: list[tuple]):
    path = store(rows, tmp_path / "all.parquet")
    folded, _ = fold_pairs(embedded(tmp_path), [path], SMALL, COLLECTIONS)
    folded = folded[[*PAIR, "people", *moment_columns(SMALL)]]
    expected = paired_plainly(rows)
    if expected.empty:
        assert folded.empty
    else:
        pd.testing.assert_frame_equal(folded, expected, check_dtype=False)


def test_pairs_are_joined_over_segments_and_leave_out_older_revisions(tmp_path: Path):
    # Collection 1 stands in the first segment; collection 3 in both, of which the second counts.
    old = store(
        [(1, "RES", "a", 1, 5, 1, 1, None), (3, "RES", "a", 1, 5, 1, 1, None)],
        tmp_path / "old.parquet",
    )
    new = store([(3, "RES", "a", 5, 1, 5, 5, None)], tmp_path / "new.parquet")
    wanted = COLLECTIONS[COLLECTIONS["collection"].isin([1, 3])].assign(extract=[1, 0])
    pairs, differences = fold_pairs(embedded(tmp_path), [new, old], SMALL, wanted)
    pairs = pairs[pairs["collection"] == 3]
    assert pairs["people"].tolist() == [1]
    # From the bottom of every scale to its top: 100 points, in whole units.
    assert pairs[moment_column("A", "total")].tolist() == [SMALL.score_unit]
    assert differences.iloc[0].to_dict() == {
        "collection": 3, "earlier": 1, "scale": 0, "difference": SMALL.score_unit, "n": 1,
    }  # fmt: skip


def test_a_missing_answer_is_apart_from_dont_know_and_not_applicable(tmp_path: Path):
    rows = [
        (1, "RES", None, -1, -2, None, 4, 10),
        (1, "RES", None, -1, 3, None, 4, None),
    ]
    cell = fold_cells(embedded(tmp_path), [store(rows, tmp_path / "x.parquet")], SMALL).iloc[0]
    assert cell["respondents"] == 2
    assert cell[count_column("A1", -1)] == 2
    assert cell[count_column("A2", -2)] == 1
    assert sum(cell[count_column("A3", code)] for code in (1, 2, 3, 4, 5, -1, -2)) == 0
    # One of three answers is below the two thirds that the scale A asks for.
    assert cell[moment_column("A", "n")] == 0
    assert cell[moment_column("B", "n")] == 2


def test_sums_that_would_not_fit_are_refused():
    # The unit is 100,008 or near it, so 64 bits hold the squares of about 9e8 people.
    most = LARGEST // SMALL.score_unit**2
    check_size(SMALL, most)
    with pytest.raises(StatisticsTooLarge, match="small@1"):
        check_size(SMALL, most + 1)


def test_no_rows_have_no_cells(tmp_path: Path):
    folded = fold_cells(embedded(tmp_path), [store([], tmp_path / "none.parquet")], SMALL)
    assert folded.empty
    assert folded.dtypes[count_column("TEN", 10)] == np.int64
