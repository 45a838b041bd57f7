"""A release set against the database: everything in it that can be made or read again is."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
import sqlalchemy as sa

from data import database, schema, sheets
from data.publication import leaves, publishing
from data.releases import recompute
from data.releases.seal import sealed
from data.releases.verify_release import read as read_release
from data.reporting import values
from metrics.metric import Profile
from tests.data import released, reported
from tests.data.released import WORDS
from tests.data.reported import read, write
from tests.data.small_sheet import judged


@pytest.fixture
def world(sqlite_engine, tmp_path):
    """An engine, its home, the numbers of its values, words among them, and their release."""
    numbers = released.fill(sqlite_engine, tmp_path)
    released.publish(sqlite_engine)
    told = reported.promised(
        sqlite_engine, f"{WORDS}@1", baseline=None, baseline_year=None, target=None
    )
    words = reported.drafted(sqlite_engine, told, 1)
    said = {"text": "Yritys otti kokeilun käyttöön.", "method_note": "Haastattelu."}
    write(sqlite_engine, values.save, reported.EVALUATOR, words, 1, {"state": "value"} | said)
    seen = reported.version(sqlite_engine, words)
    write(sqlite_engine, values.submit, reported.EVALUATOR, words, seen)
    numbers["words"] = reported.approved(sqlite_engine, words)
    return sqlite_engine, tmp_path, numbers, released.release(sqlite_engine, tmp_path)


def differences(engine, home, document) -> list[tuple[str, str, object, object]]:
    found = read(engine, recompute.differences, home, read_release(document))
    return [(each.path, each.code, each.was, each.now) for each in found]


def place_of(frozen, number: int) -> str:
    told = released.contents(frozen)["values"]
    return f"values[{[each['reported'] for each in told].index(number)}]"


def edit(engine, table, which, **changed) -> None:
    with database.writing(engine) as connection:
        done = connection.execute(sa.update(table).where(which).values(changed))
        assert done.rowcount == 1


def test_what_nobody_touched_comes_out_the_same(world):
    engine, home, _, frozen = world
    assert differences(engine, home, frozen.document) == []


@pytest.mark.parametrize(
    ("name", "column", "was", "now"),
    [
        ("hand", "value", "3", "9"),
        ("hand", "method_note", "Laskettiin käsin.", "Arvio."),
        ("words", "text", "Yritys otti kokeilun käyttöön.", "Kaikki on hyvin."),
        ("firms", "cumulative", "2", "8"),
    ],
)
def test_entered_and_worded_values_are_compared(world, name, column, was, now):
    engine, home, numbers, frozen = world
    changed = Decimal(now) if now.isdigit() else now
    table = schema.ReportedValue
    edit(engine, table, table.id == numbers[name], **{column: changed})
    path = f"{place_of(frozen, numbers[name])}.{column}"
    assert (path, "stored", was, now) in differences(engine, home, frozen.document)


def test_a_target_and_the_attainment_that_follows_are_compared(world):
    engine, home, numbers, frozen = world
    row = reported.row(engine, numbers["hand"])
    edit(engine, schema.IndicatorTarget, schema.IndicatorTarget.id == row.target_id, target=6)
    place = place_of(frozen, numbers["hand"])
    # From 2 by 3 to 10 it was an eighth of the way, and would be a quarter to 6.
    assert differences(engine, home, frozen.document) == [
        (f"{place}.attained", "stored", 0.125, 0.25),
        (f"{place}.target.target", "stored", "10", "6"),
    ]


def test_names_definitions_questionnaires_and_the_publication_are_compared(world):
    engine, home, _, frozen = world
    edit(engine, schema.Project, schema.Project.id == 1, name_sv="Ett")
    edit(engine, schema.Funder, schema.Funder.id == 1, code="toinen")
    edit(engine, schema.InstrumentVersion, schema.InstrumentVersion.id == 1, sha256="1" * 64)
    edit(engine, schema.Revision, schema.Revision.id == 1, code_version="2")
    version = schema.IndicatorVersion
    with database.reading(engine) as connection:
        told = connection.scalar(sa.select(version.definition).where(version.code == "RCR03"))
    other = json.dumps(json.loads(told) | {"rule": {"fi": "x", "sv": "x", "en": "x"}})
    edit(engine, version, version.code == "RCR03", definition=other)
    found = {(path.partition("[")[0].partition(".")[0], code) for path, code, *_ in differences(
        engine, home, frozen.document
    )}  # fmt: skip
    assert found == {
        ("projects", "named"), ("funder", "named"), ("instruments", "instrument"),
        ("publication", "publication"), ("definitions", "definition"),
    }  # fmt: skip


def test_what_a_release_holds_by_its_hash_is_compared_too(world):
    engine, home, numbers, frozen = world
    proof = schema.Proof
    edit(engine, proof, proof.link.is_not(None), added_by=1)
    place = place_of(frozen, numbers["firms"])
    assert differences(engine, home, frozen.document) == [(f"{place}.exact", "exact", None, None)]


def test_a_release_that_nobody_made_here_and_a_false_attainment_are_named(world):
    engine, home, numbers, frozen = world
    told = released.contents(frozen)
    place = place_of(frozen, numbers["hand"])
    next(v for v in told["values"] if v["reported"] == numbers["hand"])["attained"] = 0.9
    document, sha256 = sealed(told, frozen.sha256, home)
    assert differences(engine, home, document) == [
        ("sha256", "unknown", sha256, None),
        (f"{place}.attained", "stored", 0.9, 0.125),
        (f"{place}.attained", "attained", 0.9, 0.125),
    ]


# --- values that are read from a figure ---------------------------------------------------------

FIGURE = {
    "instrument": "process_quality@1", "part": "OVERALL", "wave": "end", "value": 61.25,
}  # fmt: skip


def publish(engine, version: int, **more) -> None:
    both = [judged(FIGURE | more, profile=Profile.PUBLIC)]
    with database.writing(engine) as connection:
        seen = sheets.latest_revision(connection)
        parts = (leaves.cut(both), {}, [], seen, "1", "", {}, {"process_quality": version})
        publishing.publish(connection, publishing.Sheet(*parts))


@pytest.mark.parametrize(
    ("version", "figure", "otherwise"),
    [
        (3, {}, {}),
        (3, {"value": 58.0}, {"value": ("61.25", "58"), "cumulative": ("61.25", "58")}),
        (4, {"n": 41}, {"metric.version": (3, 4), "metric.n": (40, 41)}),
        (3, {"low": 55.5}, {"metric.low": (40, 55.5)}),
    ],
    ids=["same", "value", "version", "interval"],
)
def test_a_value_read_from_a_figure_is_read_again(
    sqlite_engine, tmp_path, version, figure, otherwise
):
    engine = reported.fill(sqlite_engine)
    publish(engine, 3)
    target = reported.promised(engine, "ARV-QUALITY@1", baseline=50, target=70)
    number = reported.drafted(engine, target, reported.opened(engine))
    write(engine, values.read_from_figure, reported.MANAGER, number, 1)
    write(engine, values.submit, reported.MANAGER, number, 2)
    reported.approved(engine, number)
    frozen = released.release(engine, tmp_path, figures=False)
    publish(engine, version, **figure)
    found = differences(engine, tmp_path, frozen.document)
    assert {path: (was, now) for path, code, was, now in found if code == "read"} == {
        f"values[0].{column}": pair for column, pair in otherwise.items()
    }
    assert {code for _, code, *_ in found} <= {"read"}
