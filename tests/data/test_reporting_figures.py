"""Values that are read from a published figure, and what the invented projects report."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest
import sqlalchemy as sa

from data import access, database, schema, sheets
from data.publication import leaves, publishing
from data.releases import chain, keys, recompute
from data.releases.reading import file_of, releases
from data.releases.verify_release import verify
from data.reporting import reading, values
from data.reporting.proofs import proofs, read_proof
from data.reporting.sources import items as items_of
from data.reporting.values import RefusedReport
from metrics.indicators.catalogue import common
from metrics.indicators.counting import count
from metrics.metric import Profile, ValueState
from tests.data import reported
from tests.data.reported import MANAGER, ONE, TWO, drafted, opened, promised, row, write
from tests.data.small_sheet import judged

QUALITY = {"instrument": "process_quality@1", "part": "OVERALL", "wave": "end"}


@pytest.fixture
def world(engine):
    return reported.fill(engine)


def publish(engine, *figures: dict, profile: Profile = Profile.PUBLIC) -> None:
    both = [judged(*(QUALITY | figure for figure in figures), profile=profile)]
    with database.writing(engine) as connection:
        seen, versions = sheets.latest_revision(connection), {"process_quality": 3}
        sheet = publishing.Sheet(leaves.cut(both), {}, [], seen, "1", "", {}, versions)
        publishing.publish(connection, sheet)


def quality(engine, project: int = ONE) -> int:
    target = promised(engine, "ARV-QUALITY@1", project, baseline=50, target=70)
    return drafted(engine, target, opened(engine, project))


def refused(engine, number: int) -> str:
    with pytest.raises(RefusedReport) as error:
        write(engine, values.read_from_figure, MANAGER, number, 1)
    assert row(engine, number).version == 1
    return error.value.code


def test_a_value_is_read_from_the_published_figure_as_the_public_sees_it(world):
    number = quality(world)
    assert refused(world, number) == "nothing_published"
    publish(world, {"value": 61.25}, {"entity": TWO, "value": 40.0})
    publish(world, {"value": 61.0, "n": 12}, profile=Profile.INSIDE)
    assert refused(world, number) == "figure_missing", "revision 2 has inside figures only"
    publish(world, {"value": 61.25}, {"entity": TWO, "value": 40.0})
    write(world, values.read_from_figure, MANAGER, number, 1)
    told = row(world, number)
    assert (told.basis, told.value, told.cumulative, told.revision) == (
        "metric", Decimal("61.25"), Decimal("61.25"), 3,
    )  # fmt: skip
    named = json.loads(told.metric)
    # The figure's number of answers and interval are the ordinary ones of the test's sheet.
    assert {k: named[k] for k in ("metric", "part", "wave", "entity", "profile", "version")} == {
        "metric": "process_quality", "part": "OVERALL", "wave": "end", "entity": ONE,
        "profile": "public", "version": 3,
    }  # fmt: skip
    assert (named["n"], named["low"], named["high"]) == (40, 40.0, 60.0)


@pytest.mark.parametrize(
    ("state", "code"),
    [("suppressed", "figure_suppressed"), ("not_reported", "figure_not_reported")],
)
def test_a_hidden_or_absent_figure_is_not_reported_as_anything(world, state, code):
    number = quality(world)
    nothing = dict.fromkeys(("value", "low", "high", "n", "projects", "coverage"))
    publish(world, nothing | {"state": state, "reason": "too_few", "method": "none"})
    assert refused(world, number) == code


def test_a_true_zero_of_a_figure_stays_zero(world):
    number = quality(world)
    publish(world, {"state": "zero", "value": 0.0, "low": 0.0, "high": 3.0})
    write(world, values.read_from_figure, MANAGER, number, 1)
    assert (row(world, number).state, row(world, number).value) == ("zero", 0)


# --- the sample ---------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def sampled(sample_engine) -> tuple[sa.Engine, Path]:
    """The sample in a database of its own, with the place of its files."""
    return sample_engine, Path(sample_engine.url.database).parent


def test_the_sample_shows_every_state_and_status(sampled):
    engine, _ = sampled
    with database.reading(engine) as connection:
        value = schema.ReportedValue
        found = connection.execute(sa.select(value.status, value.state).distinct()).all()
        grades = connection.execute(
            sa.select(schema.Claim.grade, sa.func.count()).group_by(schema.Claim.grade)
        ).all()
    statuses = {"draft", "submitted", "returned", "approved", "locked"}
    assert {status for status, _ in found} == statuses
    assert {state for _, state in found} == {"value", "zero", "not_reported"}
    told = dict(map(tuple, grades))
    assert set(told) == {"A", "B", "C", "D", "E"}
    assert told["D"] + told["E"] > sum(told.values()) / 2


def test_two_periods_of_the_sample_are_released_and_verify(sampled):
    engine, home = sampled
    with database.reading(engine) as connection:
        user = access.persona("funder", connection)
        first, second, third = releases(connection, user)[::-1]
        assert (first.scope, first.project) == ("project", second.project)
        assert first.ends_on < second.starts_on
        assert (third.corrects, first.corrected_by) == (first.id, third.id)
        assert third.reason
        assert chain.check(connection, home) == []
        for line in (first, second, third):
            _, document = file_of(connection, user, line.id, home)
            found = verify(document, keys.public_keys(home))
            assert recompute.differences(connection, home, found) == []


def test_what_the_sample_reported_is_counted_again_to_the_same(sampled):
    engine, home = sampled
    with database.reading(engine) as connection:
        user = access.persona("administrator", connection)
        lines = reading.desk(connection, user, every_period=True)
        counted = [each for each in lines if each.basis == "counted"]
        assert len(counted) > 100
        for line in counted[::7]:
            indicator = common()[line.target.indicator]
            items = items_of(connection, home, indicator.counted, [line.target.project])
            again = count(items, indicator.counting, line.period.starts_on, line.period.ends_on)
            kept = reading.record(connection, user, line.reported).items
            assert (again.value, again.cumulative) == (line.value, line.cumulative)
            columns = ["entity", "source_id", "exclusion"]
            assert again.items[columns].to_numpy().tolist() == kept[columns].to_numpy().tolist()


def test_the_samples_funder_and_manager_have_something_to_look_at(sampled):
    engine, home = sampled
    with database.reading(engine) as connection:
        funder, manager = (access.persona(role, connection) for role in ("funder", "manager"))
        lines = reading.desk(connection, funder)
        assert len({line.target.project for line in lines}) == 10
        assert any(line.attained is not None for line in lines)
        assert {line.status for line in lines} >= {"approved", "submitted"}
        total = next(
            each
            for each in reading.totals(connection, funder, funder.grants[0].funder)
            if each.indicator.code == "RCO01"
        )
        assert total.approved.overlap > 0
        assert total.pending.state is ValueState.VALUE
        told = [
            proof
            for line in reading.desk(connection, manager)
            if line.reported is not None
            for proof in proofs(connection, manager, reported=line.reported)
        ]
        assert told
        first = reading.desk(connection, manager, every_period=True)
        files = [
            proof
            for line in first
            if line.reported is not None
            for proof in proofs(connection, manager, reported=line.reported)
            if proof.sha256
        ]
        assert len(files) == 1
        assert read_proof(connection, manager, home, files[0].id).content.startswith(b"paiva;")
