"""What is required in which phase, and how much of it is known."""

from __future__ import annotations

import pandas as pd
import pytest

from metrics.catalog import metrics
from metrics.names import EVIDENCE_NAMES
from metrics.process.phase_coverage import ANSWERS, METRIC, RECORDS, derive
from metrics.requirements import REQUIRED, required_records
from survey.instrument import PHASES, instruments

SOURCES = METRIC.frame.removeprefix("results:").split(",")
NODES = pd.DataFrame(
    [("project", 1, 1), ("project", 2, 2), ("portfolio", 0, 1), ("portfolio", 0, 2)],
    columns=["level", "entity", "project"],
)
COLUMNS = ["level", "entity", "split", "split_value", "part", "state"]


def results(**given: list[tuple]) -> dict[str, pd.DataFrame]:
    """Results of projects: (entity, phase or "", part, state); nothing of the other metrics."""
    return {
        name: pd.DataFrame(
            [
                ("project", entity, "phase" if phase else "total", phase, part, state)
                for entity, phase, part, state in given.get(name, [])
            ],
            columns=COLUMNS,
        )
        for name in SOURCES
    }


def share(found: pd.DataFrame, part: str, level: str = "project", entity: int = 1, phase: str = ""):
    """Numerator and denominator of one figure; None where there is none."""
    chosen = found[
        (found["part"] == part) & (found["level"] == level) & (found["entity"] == entity)
        & (found["split_value"] == phase)
    ]  # fmt: skip
    if chosen.empty:
        return None
    (row,) = chosen.to_dict("records")
    assert row["value"] == row["numerator"] / row["denominator"]
    return row["numerator"], row["denominator"]


def test_what_is_required_can_be_asked_and_recorded():
    assert tuple(REQUIRED) == PHASES
    form = instruments()["process_quality@1"]
    constructs = {scale.code for scale in form.scales if scale.is_construct}
    asked = {code for each in REQUIRED.values() for code in each.constructs}
    # measurement.md 3.3: all eleven constructs occur
    assert asked == constructs
    assert set(required_records()) <= set(metrics())
    assert set(EVIDENCE_NAMES) == {ANSWERS, RECORDS}


def test_constructs_of_a_phase_are_counted_whether_shown_or_protected():
    found = derive(
        results(
            process_quality=[
                (1, "P4", "FACIL", "value"), (1, "P4", "INCL", "zero"),
                (1, "P4", "INFL", "suppressed"), (1, "P4", "SPACE", "not_reported"),
                # Not required in P4.
                (1, "P4", "GOAL", "value"),
                # Asked in two questionnaires, counted once; a total is of no phase.
                (1, "P4", "FACIL", "value"), (1, "", "TERMS", "value"),
            ]
        ),
        NODES,
    )  # fmt: skip
    # FACIL INCL INFL of FACIL INCL INFL SPACE TERMS
    assert share(found, ANSWERS, phase="P4") == (3, 5)
    assert share(found, ANSWERS) == (3, 5)
    # Neither attendance nor shares of talk.
    assert share(found, RECORDS, phase="P4") == (0, 2)
    assert share(found, ANSWERS, phase="P5") is None
    assert found["n"].isna().all()


def test_a_phase_that_people_took_part_in_but_nobody_answered_about_has_none_of_its_answers():
    found = derive(
        results(
            participation=[(1, "P4", "", "suppressed"), (1, "P5", "", "zero")],
            voice_equality=[(1, "", "", "value"), (2, "", "", "value")],
        ),
        NODES,
    )
    assert share(found, ANSWERS, phase="P4") == (0, 5)
    assert share(found, RECORDS, phase="P4") == (2, 2)
    # Nobody took part in P5, so it is not known to have been reached; nor has project 2 a phase.
    assert share(found, RECORDS, phase="P5") is None
    assert share(found, RECORDS, entity=2) is None


def test_projects_are_added_up():
    found = derive(
        results(
            process_quality=[
                (1, "P3", "GOAL", "value"), (1, "P3", "RULE", "value"), (2, "P3", "TRUST", "value"),
                (2, "P8", "LEARN", "value"), (2, "P8", "INFL", "value"), (2, "P8", "TRUST", "zero"),
            ],
            rules_signed=[(1, "", "", "zero")],
        ),
        NODES,
    )  # fmt: skip
    assert share(found, ANSWERS, "portfolio", 0, "P3") == (3, 6)
    assert share(found, ANSWERS, "portfolio", 0) == (6, 9)
    assert share(found, RECORDS, "portfolio", 0, "P3") == (1, 4)
    portfolio = found[(found["level"] == "portfolio") & (found["split_value"] == "P3")]
    assert portfolio["projects"].tolist() == [2, 2]


@pytest.mark.parametrize("shuffled", [1, 2])
def test_the_order_of_rows_does_not_matter(shuffled):
    given = results(
        process_quality=[(p, "P4", part, "value") for p in (1, 2) for part in ("INCL", "INFL")]
    )
    turned = {name: frame.sample(frac=1, random_state=shuffled) for name, frame in given.items()}
    pd.testing.assert_frame_equal(
        derive(given, NODES), derive(turned, NODES.sample(frac=1, random_state=shuffled))
    )


def test_nothing_known_gives_no_figures():
    assert derive(results(), NODES).empty
