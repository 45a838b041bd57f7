"""A sheet in leaves says what its figures say, and a leaf that is there is not written again."""

from __future__ import annotations

import threading

import pandas as pd
import pyarrow as pa
import pytest
import sqlalchemy as sa

from data import access, database, sheets
from data.publication import leaves, publishing, refreshing
from data.publication.figure_table import FIGURE, InvalidSheet, figure_table
from data.schema import EntityLeaf, Leaf, MeasureLeaf, Revision
from metrics.metric import Profile, Result, Results
from tests.data.small_sheet import judged

SEER = access.operator()
PROJECTS = range(1, 6)


def many(**changed: object) -> list[Results]:
    """Two metrics of a portfolio and five projects by parts, waves and splits.

    changed: what else the figures of project 1 say.
    """

    def figures(parts: tuple[str, ...]) -> list[dict[str, object]]:
        return [
            {"level": level, "entity": entity, "part": part, "wave": wave, "split": split,
             "split_value": of, "indicative": entity % 2 == 0,
             "low": None if entity % 3 == 0 else 40.0,
             "coverage": None if of else 0.5, "value": 50.0 + entity,
             **(changed if (level, entity) == ("project", 1) else {})}
            for level, entity in [("portfolio", 0), *(("project", e) for e in PROJECTS)]
            for part in parts
            for wave in ("baseline", "end")
            for split, of in (("total", ""), ("group", "RES"), ("group", "COM"), ("phase", "P1"))
        ]  # fmt: skip

    return [
        judged(*figures(("", "OVERALL"))),
        judged(*figures(("",)), metric="response_rate"),
        judged(*figures(("",)), metric="response_rate", profile=Profile.PUBLIC),
    ]


def sheet(results: list[Results], seen: int | None = None) -> publishing.Sheet:
    return publishing.Sheet(leaves.cut(results), {}, [], seen, "1", "", {}, {})


def publish(engine: sa.Engine, results: list[Results], seen: int | None = None) -> int:
    with database.writing(engine) as connection:
        return publishing.publish(connection, sheet(results, seen))[0]


def read(engine: sa.Engine, **asked: object) -> list[Result]:
    with database.reading(engine) as connection:
        return sheets.read_figures(connection, SEER, revision=1, **asked)


def key(figure: Result) -> tuple:
    names = ("level", "entity", "metric", "instrument", "part", "wave", "split", "split_value")
    return tuple(getattr(figure, name) for name in names)


def rows(engine: sa.Engine, table: type) -> set[tuple]:
    with database.reading(engine) as connection:
        return {tuple(row) for row in connection.execute(sa.select(table.__table__))}


def hashes(engine: sa.Engine) -> set[str]:
    with database.reading(engine) as connection:
        return set(connection.execute(sa.select(Leaf.sha256)).scalars())


# --- reading ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "asked",
    [
        {},
        {"level": "project"},
        {"level": "project", "entity": 3},
        {"level": "project", "entity": 3, "metric": "response_rate", "split": "total"},
        {"level": "portfolio", "entity": 0, "wave": "end"},
        {"level": "portfolio", "metric": "response_rate", "split": "total"},
        {"level": "project", "metric": "process_quality"},
        {"level": "project", "metric": "process_quality", "split": "total"},
        {"level": "project", "metric": "process_quality", "split": "phase", "wave": "end"},
        {"level": "project", "metric": "process_quality", "split": "group"},
        {"level": "project", "metric": "process_quality", "split": "total", "part": "OVERALL"},
        {"level": "project", "metric": "process_quality", "split": "total", "instrument": "other"},
        {"level": "project", "metric": "process_quality", "split": "total", "part": "", "wave": ""},
        {"level": "theme", "metric": "process_quality", "split": "total"},
        {"metric": "response_rate", "split": "total"},
        {"entity": 2},
    ],
    ids=repr,
)
def test_what_is_asked_is_what_the_whole_sheet_says(engine: sa.Engine, asked: dict[str, object]):
    publish(engine, many())
    everything = read(engine)
    # Of two metrics with 2 + 1 parts: 6 entities, 2 waves, 4 breakdowns.
    assert len(everything) == 3 * 6 * 2 * 4
    assert [key(figure) for figure in everything] == sorted(key(figure) for figure in everything)
    expected = [f for f in everything if all(getattr(f, n) == asked[n] for n in asked)]
    assert read(engine, **asked) == expected
    assert bool(expected) == (asked.get("level") != "theme" and not {"other", ""} & other(asked))


def other(asked: dict[str, object]) -> set[object]:
    return {asked.get("instrument"), asked.get("wave")}


@pytest.mark.parametrize(
    ("asked", "opened"),
    [
        ({"level": "project", "entity": 3}, 1),
        ({"level": "portfolio", "metric": "response_rate", "split": "total"}, 1),
        ({"level": "project", "metric": "process_quality", "split": "total"}, 2),  # two parts
        ({"level": "project", "metric": "process_quality", "split": "total", "part": ""}, 1),
        ({"level": "project", "metric": "process_quality", "split": "group"}, len(PROJECTS)),
    ],
    ids=repr,
)
def test_a_page_opens_no_more_leaves_than_it_needs(
    sqlite_engine: sa.Engine, monkeypatch: pytest.MonkeyPatch, asked: dict[str, object], opened: int
):
    publish(sqlite_engine, many())
    unpacked, bodies = leaves._unpacked, []
    monkeypatch.setattr(leaves, "_unpacked", lambda body: bodies.append(body) or unpacked(body))
    assert read(sqlite_engine, **asked)
    assert len(bodies) == opened


def test_a_whole_sheet_is_read_some_leaves_at_a_time(
    engine: sa.Engine, monkeypatch: pytest.MonkeyPatch
):
    publish(engine, many())
    monkeypatch.setattr(leaves, "READ_AT_ONCE", 2)
    with database.reading(engine) as connection:
        batches = list(sheets.walk_figures(connection, SEER, revision=1))
    # Six entities, two at a time, each with 3 parts, 2 waves and 4 breakdowns.
    assert [len(batch) for batch in batches] == [2 * 24] * 3
    assert [figure for batch in batches for figure in batch] == read(engine)


def test_the_public_reads_leaves_of_its_own(engine: sa.Engine):
    publish(engine, many())
    public = read(engine, public=True)
    assert {figure.metric for figure in public} == {"response_rate"}
    assert read(engine, public=True, level="project", metric="process_quality", split="total") == []


def test_what_an_earlier_program_stored_is_read_without_what_it_did_not_know(
    sqlite_engine: sa.Engine,
):
    publish(sqlite_engine, [judged({"p": 0.04})])
    assert [figure.p for figure in read(sqlite_engine)] == [0.04]
    earlier = [name for name in FIGURE.names if name not in ("p", "p_adjusted")]
    batch = figure_table([judged({"p": 0.04})]).select(FIGURE.names).cast(FIGURE).select(earlier)
    with database.writing(sqlite_engine) as connection:
        body = leaves._packed(batch.to_batches()[0])
        connection.execute(sa.update(Leaf).values(body=body))
    (figure,) = read(sqlite_engine)
    assert (figure.p, figure.p_adjusted, figure.value) == (None, None, 50.0)


# --- cutting and storing ------------------------------------------------------------------------


@pytest.mark.parametrize("before", range(9))
def test_a_leaf_is_the_same_whatever_stands_before_it(before: int):
    # Marks of absent cells and yes-or-no are bits: a leaf may begin at any bit of a byte.
    mine = [
        {"entity": 2, "part": "A", "low": None, "indicative": True},
        {"entity": 2, "part": "B", "coverage": None},
        {"entity": 2, "part": "C"},
    ]
    others = [{"entity": 1, "part": f"Ä{i}", "indicative": i % 2, "n": None} for i in range(before)]
    alone = leaves.cut([judged(*mine)]).of_entities
    among = leaves.cut([judged(*others, *mine, {"entity": 3, "high": None})]).of_entities
    assert alone[0] == next(row for row in among if row["entity"] == 2)


def test_leaves_do_not_depend_on_how_many_are_unfolded_at_once(monkeypatch: pytest.MonkeyPatch):
    whole = leaves.cut(many())
    for at_once in (1, 30, 60):
        monkeypatch.setattr(leaves, "AT_ONCE", at_once)
        assert leaves.cut(many()) == whole
    assert whole.figures == 4 * 6 * 2 * 4
    assert len(whole.of_entities) == 2 * 6
    # Projects only: total and phase of two parts and of one inside, of one in public.
    assert len(whole.of_measures) == 2 * 2 + 2 + 2


def test_a_leaf_that_says_what_it_said_is_not_written_again(engine: sa.Engine):
    publish(engine, many())
    before = hashes(engine)
    publish(engine, many(value=51.5), seen=1)
    new = hashes(engine) - before
    with database.reading(engine) as connection:
        changed = connection.execute(
            sa.select(EntityLeaf.profile, EntityLeaf.level, EntityLeaf.entity).where(
                EntityLeaf.sha256.in_(new), EntityLeaf.revision_id == 2
            )
        ).all()
    assert set(changed) == {("inside", "project", 1), ("public", "project", 1)}
    # Besides the two of project 1: every measure has it on it, total and phase of three parts.
    # Both profiles say the same of response_rate, so they share its leaves.
    assert len(new) == 2 + 2 * 3
    publish(engine, many(value=51.5), seen=2)
    assert hashes(engine) == before | new


def test_leaves_that_no_kept_sheet_names_are_gone(engine: sa.Engine):
    for revision in range(publishing.KEPT + 2):
        publish(engine, many(value=60.0 + revision), seen=revision or None)
    with database.writing(engine) as connection:
        publishing.prune(connection)
    named = set()
    for table in (EntityLeaf, MeasureLeaf):
        kept = rows(engine, table)
        assert {row[0] for row in kept} == set(range(3, publishing.KEPT + 3))
        named |= {row[-1] for row in kept}
    assert hashes(engine) == named
    assert read(engine) == []


def test_a_sheet_that_breaks_a_rule_is_not_published(
    sqlite_engine: sa.Engine, tmp_path, monkeypatch: pytest.MonkeyPatch
):
    broken = judged({"state": "suppressed", "method": "none"})
    monkeypatch.setattr(refreshing, "prepare", lambda *_: None)
    monkeypatch.setattr(refreshing, "protected", lambda *_: [broken])
    monkeypatch.setattr(refreshing, "findings", lambda *_: pd.DataFrame())
    with pytest.raises(InvalidSheet, match="no value by its state, but a value"):
        sheets.refresh(sqlite_engine, tmp_path)
    assert rows(sqlite_engine, Revision) == set()


def test_of_two_that_publish_at_once_one_is_overtaken(engine: sa.Engine):
    together = threading.Barrier(2)
    ends = []

    def one(value: float) -> None:
        mine = sheet(many(value=value))
        together.wait()
        try:
            with database.writing(engine) as connection:
                publishing.publish(connection, mine)
                ends.append("published")
        except publishing.Overtaken:
            ends.append("overtaken")

    threads = [threading.Thread(target=one, args=(value,)) for value in (70.0, 71.0)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(ends) == ["overtaken", "published"]


def test_a_leaf_carries_its_columns():
    body = next(iter(leaves.cut(many()).bodies.values()))
    assert pa.ipc.open_stream(body).schema.equals(FIGURE)


# --- the way from rows to leaves ----------------------------------------------------------------


def test_sheets_of_rows_go_with_their_revisions(bare_url: str):
    """What was published before leaves is published anew by the next refresh, and downwards too."""
    engine = database.connect(bare_url)
    database.migrate(engine, "2026_11_22_5")
    told = "'2026-11-22', '1', '', '{}', '{}'"
    revision = (
        "insert into revision (published_at, code_version, inputs_sha256, inputs, metrics) "
        f"values ({told})"
    )
    figure = (
        "insert into figure (revision_id, profile, level, entity, metric, instrument, part, wave, "
        "split, split_value, state, indicative, method) values (1, 'inside', 'project', 1, "
        "'process_quality', '', '', 'end', 'total', '', 'not_reported', false, 'none')"
    )
    with database.writing(engine) as connection:
        connection.execute(sa.text(revision))
        connection.execute(sa.text(figure))
    database.migrate(engine, "2026_11_22_6")
    assert rows(engine, Revision) == set()
    with database.writing(engine) as connection:
        connection.execute(sa.text(revision))
        # The number of a revision is never used again.
        assert connection.scalar(sa.text("select id from revision")) == 2
    database.migrate(engine, "2026_11_22_5")
    with database.reading(engine) as connection:
        for table in ("revision", "figure"):
            assert connection.scalar(sa.text(f"select count(*) from {table}")) == 0
    engine.dispose()
