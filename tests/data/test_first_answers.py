"""First answers to a collection that is still asked wait until they are ten, or it is closed."""

from __future__ import annotations

from data import database, sheets
from data.fieldwork import asking
from data.publication import refreshing
from survey.instrument import WHOLE_PROCESS
from tests.data.asked import NOW, USER, answer, link, opened


def test_the_few_of_the_first_day_wait_for_the_others(sqlite_engine, tmp_path, monkeypatch):
    frames = []
    monkeypatch.setattr(refreshing, "judge", lambda read, *_: (frames.append(read), ([], {}))[1])
    number = opened(sqlite_engine)
    token = link(sqlite_engine, tmp_path, number)
    sheets.refresh(sqlite_engine, tmp_path)
    answer(sqlite_engine, tmp_path, token, "a-random-form-000")
    assert [one.answers for one in sheets.refresh(sqlite_engine, tmp_path).waiting] == [1]
    assert judged(frames) == 0
    for place in range(1, 7):
        answer(sqlite_engine, tmp_path, token, f"a-random-form-{place:03}")
    assert [one.answers for one in sheets.refresh(sqlite_engine, tmp_path).waiting] == [7]
    with database.writing(sqlite_engine) as connection:
        asking.close(connection, USER, number, NOW)
    # Nothing that speaks of them was shown before, so closed they need not be ten.
    assert sheets.refresh(sqlite_engine, tmp_path).waiting == ()
    assert judged(frames) == 7


def judged(frames: list) -> int:
    """How many answers the last refresh that published anything judged."""
    found = frames[-1].respondents
    return int(found.loc[found["phase"] == WHOLE_PROCESS, "n"].sum())
