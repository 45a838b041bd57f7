"""The frames of halves, days, products and people over waves say what the raw responses say."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import orjson
import pandas as pd
import pytest
import sqlalchemy as sa

from benchmarks import generate
from data import database
from data.folding import segments, statistics_frames
from data.publication import refreshing
from data.schema import Collection, Response
from metrics.frames import Frames
from tests.data.slow_frames import slow_frames

ASKED = generate.instrument()
PROJECTS = 3
NAMES = [
    "split_halves",
    "timing",
    "scale_products",
    "item_bands",
    "item_languages",
    "paired_differences",
    "paired_choices",
    "retention",
]


@pytest.fixture
def truth(sqlite_engine: sa.Engine) -> sa.Engine:
    """360 responses in nine collections; one project asked twice in its end wave, about P4 and the
    whole; one collection and some answers without a date; some in Swedish, English or who
    knows what; one follow-up that nobody answered."""
    generate.fill(sqlite_engine, 24 * 360, projects=PROJECTS)
    with database.writing(sqlite_engine) as connection:
        wave = sa.update(Collection)
        connection.execute(wave.where(Collection.id == 3).values(wave="end", phase="P4"))
        connection.execute(wave.where(Collection.id == 4).values(wave="during"))
        connection.execute(wave.where(Collection.id == 5).values(opens_on=None))
        connection.execute(wave.where(Collection.id == 7).values(closes_on=date(2025, 3, 11)))
        connection.execute(sa.delete(Response).where(Response.collection_id == 9))
        for first, language in (("0", "fi"), ("8", "sv"), ("c", "en"), ("e", None)):
            spoken = sa.update(Response).where(Response.id >= first)
            connection.execute(spoken.values(language=language))
        undated = sa.update(Response).where(Response.id < "4").values(answered_on=None)
        connection.execute(undated)
    return sqlite_engine


def folded(engine: sa.Engine, home: Path) -> Frames:
    with database.reading(engine) as connection:
        known = refreshing.read_arrivals(connection, home)
        records = refreshing.read_truth(connection, known).records
        held = segments.fold_news(
            connection, known.instruments, known.collections, home, lambda *_: None
        )
    return statistics_frames.assemble(records, held, known.collections, known.instruments)


def slowly(engine: sa.Engine) -> dict[str, pd.DataFrame]:
    with database.reading(engine) as connection:
        rows = connection.execute(sa.select(Response.__table__)).mappings().all()
        collections = connection.execute(sa.select(Collection.__table__)).mappings().all()
    named = {each["id"]: {**each, "project": each["project_id"]} for each in collections}
    responses = [
        {
            "collection": row["collection_id"],
            "group": row["group_code"],
            "link_key": row["link_key"],
            "id": row["id"],
            "answered_on": row["answered_on"],
            "language": row["language"],
            "answers": orjson.loads(row["answers"]),
        }
        for row in rows
    ]
    places = {key: {k: v for k, v in each.items() if k != "id"} for key, each in named.items()}
    return slow_frames(responses, places, ASKED)


def ordered(frame: pd.DataFrame, like: pd.DataFrame) -> pd.DataFrame:
    """The rows in order, words as plain text."""
    words = {name: "str" for name in frame if not pd.api.types.is_numeric_dtype(frame[name])}
    plain = frame.astype(words)[list(like.columns)]
    return plain.sort_values(list(like.columns), ignore_index=True)


def test_frames_are_what_the_responses_say(truth: sa.Engine, tmp_path: Path):
    frames, expected = folded(truth, tmp_path), slowly(truth)
    for name in NAMES:
        ours = getattr(frames, name)
        assert len(expected[name]) > 10, name
        pd.testing.assert_frame_equal(
            ordered(ours, expected[name]), ordered(expected[name], expected[name]), obj=name
        )
        assert set(ours.columns) == set(expected[name].columns)


def test_nobody_who_answered_is_in_no_half_and_who_is_followed_stays_in_one(
    truth: sa.Engine, tmp_path: Path
):
    frames = folded(truth, tmp_path)
    keys = ["project", "wave", "scale"]
    halves = frames.split_halves.groupby(keys)["n"].sum()
    whole = frames.scale_moments.groupby(keys)["n"].sum()
    pd.testing.assert_series_equal(halves, whole)
    # 360 responses less the 40 of the follow-up that was emptied; some two halves of them.
    shares = frames.split_halves.groupby("half")["n"].sum() / frames.split_halves["n"].sum()
    assert shares.between(0.35, 0.65).all()


def test_who_came_back_and_who_did_not_are_all_who_can_be_followed(
    truth: sa.Engine, tmp_path: Path
):
    frames = folded(truth, tmp_path)
    keys = ["project", "earlier", "wave", "scale"]
    came = frames.retention[frames.retention["retained"] == 1].set_index(keys)["n"]
    changed = frames.paired_moments.groupby(keys)["n"].sum()
    # Who has a change has an earlier score and came back; not the other way round.
    assert (changed <= came.reindex(changed.index)).all()
    emptied = frames.retention.query("project == 3 and wave == 'follow_up'")
    assert set(emptied["retained"]) == {0}


def test_other_days_of_a_collection_make_its_answers_early_or_late_anew(
    truth: sa.Engine, tmp_path: Path
):
    """The days are no answers, so no revision tells of them."""
    refreshing.refresh(truth, tmp_path)
    with database.writing(truth) as connection:
        moved = sa.update(Collection).where(Collection.id == 1)
        connection.execute(moved.values(closes_on=date(2025, 12, 31)))
    totals = []
    with database.reading(truth) as connection:
        known = refreshing.read_arrivals(connection, tmp_path)
        truth_now = refreshing.read_truth(connection, known)
        assert not truth_now.is_published
        held = segments.fold_news(
            connection,
            known.instruments,
            known.collections,
            tmp_path,
            lambda step, _done, total: totals.append(total) if step == "extract" else None,
        )
    assert totals == [40]
    frames = statistics_frames.assemble(
        truth_now.records, held, known.collections, known.instruments
    )
    first = frames.timing.query("project == 1 and wave == 'baseline'")
    assert set(first["late"]) == {0}
