"""Forms in plain words and for pupils stay apart from the usual one, up to the published sheet."""

from __future__ import annotations

import pandas as pd
import pytest

from data import database, sheets
from survey.instrument import Instrument, instruments
from tests.data.asked import USER, answer, link, opened

#: Whole rounds of people who answer each form, and at which answers of the scale they stand, one
#: after the other: high with five answers, low with four, in the middle with three.
ASKED = {
    "process_quality@1": (4, (2, 3, 4)),
    "process_plain@1": (5, (0, 1, 0)),
    "process_pupil@1": (7, (0, 1, 2)),
}
#: Their means on 0-100 by hand: 50, 75, 100 · 0, 33.3, 0 · 0, 50, 100.
MEANS = {"process_quality@1": 75.0, "process_plain@1": 100 / 9, "process_pupil@1": 50.0}


def answers(form: Instrument, place: int) -> dict[str, int]:
    """To every closed question the answer at a place of its scale."""
    return {item.code: form.answers_of(item.code).codes[place] for item in form.closed_items}


@pytest.mark.nightly  # a whole refresh of three forms: twenty seconds of processor
def test_no_figure_of_a_published_sheet_mixes_forms(sqlite_engine, tmp_path):
    for key, (rounds, places) in ASKED.items():
        number = opened(sqlite_engine, instrument=key, phase="P4", groups=("RES",))
        token = link(sqlite_engine, tmp_path, number)
        for person, place in enumerate(places * rounds):
            said = answers(instruments()[key], place)
            answer(sqlite_engine, tmp_path, token, f"form-of-a-person-{person:03}", said)
    revision = sheets.refresh(sqlite_engine, tmp_path).revision
    with database.reading(sqlite_engine) as connection:
        found = pd.DataFrame(sheets.read_figures(connection, USER, revision=revision))
    answered = {key: rounds * len(places) for key, (rounds, places) in ASKED.items()}
    shown = found[found["value"].notna()]
    goals = shown[(shown["metric"] == "process_quality") & (shown["part"] == "GOAL")]
    assert {*goals["instrument"]} == {*ASKED}
    for key, mean in MEANS.items():
        mine = goals[goals["instrument"] == key]
        assert {"project", "portfolio"} <= {*mine["level"]}
        assert mine["value"].to_numpy() == pytest.approx(mean)
        assert {*mine["n"]} == {answered[key]}
    # Whatever else is told of a form counts its own people at most.
    of_forms = shown[shown["instrument"].isin([*ASKED])]
    assert (of_forms["n"].fillna(0) <= of_forms["instrument"].map(answered)).all()
