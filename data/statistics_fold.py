"""The fold: rows of an extract -> small exact tables that add up. Written once, in Ibis.

The same expressions run embedded on DuckDB and, where the answers outgrow one machine, on Spark.
They are wide, one column a count, because a wide aggregate reads the rows once;
`data.statistics_frames` turns the small result into the frames that metrics ask for. Everything
is whole numbers, so the statistics of two halves add up to those of the whole, and no engine or
order of rows changes one.

A cell is one collection and one group. A series is the collections of one project and instrument.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import ibis
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from ibis.expr import types as ir

from data import fold_engine
from survey.instrument import WHOLE_PROCESS, Instrument
from survey.scoring import CombinedScale, ItemScale, score_rules

#: Changes of the same people are folded from the earlier to the later wave of each pair.
WAVE_PAIRS = (("baseline", "end"), ("baseline", "follow_up"), ("during", "end"))

MOMENTS = ("n", "total", "squares")
CELL = ["collection", "group"]
PAIR = ["collection", "earlier", "group"]
LARGEST = 2**63 - 1
#: Bits of one count among the three that a sum holds.
PACK_BITS = 21


class StatisticsTooLarge(Exception):
    """A sum of squares would not fit in 64 bits; the message names the instrument."""


def count_column(item: str, code: int) -> str:
    """The column of a fold that counts one answer to one item: ``GOAL1=4``."""
    return f"{item}={code}"


def moment_column(scale: str, moment: str) -> str:
    """The column of a fold that holds one moment of one scale: ``GOAL:squares``."""
    return f"{scale}:{moment}"


def moment_columns(instrument: Instrument) -> list[str]:
    """Every moment of every scale."""
    return [moment_column(scale, moment) for scale in _scales(instrument) for moment in MOMENTS]


def count_columns(instrument: Instrument) -> list[tuple[str, int]]:
    """Every item and code that is counted. A missing answer is what is left of the respondents."""
    return [
        (item.code, code)
        for item in instrument.closed_items
        for code in sorted(instrument.answers_of(item.code).accepted)
    ]


def fold_cells(
    backend: ibis.BaseBackend, extracts: Sequence[Path], instrument: Instrument
) -> pd.DataFrame:
    """Respondents, counts of answers and moments of scores of every cell of some extracts.

    Rows: one per collection and group that anybody answered in.
    Columns: collection, group, respondents, `count_column` of every item and code, and
    `moment_column` of every scale; whole numbers.
    Raises: StatisticsTooLarge.
    """
    counted = fold_engine.result(backend, _cells, instrument, fold_engine.read(backend, extracts))
    return _unpacked(_whole(counted, CELL, instrument, "respondents"), instrument)


def fold_pairs(
    backend: ibis.BaseBackend,
    extracts: Sequence[Path],
    instrument: Instrument,
    collections: pd.DataFrame,
) -> pd.DataFrame:
    """Moments of the changes of people who answered an earlier and a later wave of a series.

    People are joined by their link key within a series. Who answered several phases of one wave
    counts once, by the answers on the whole process, or else those of the latest phase. The group
    is the one given in the later wave. ``collections``: collection, series, wave, phase of every
    collection that is to be read and the position of an extract that holds answers of it, one row
    for each such extract; its rows in other extracts are out of date and are passed over.

    Rows: one per later and earlier collection and group with at least one person in both.
    Columns: collection (the later), earlier, group, people, `moment_column` of every scale over
    those who have a score in both waves.
    Raises: StatisticsTooLarge.
    """
    wanted = fold_engine.shown(backend, "collections", _ranked(collections, extracts))
    twice = collections.drop_duplicates("collection").duplicated(["series", "wave"]).any()
    choose = _chosen_people if twice else _people
    people = fold_engine.kept(
        backend, choose, instrument, fold_engine.read(backend, extracts), wanted
    )
    counted = fold_engine.result(backend, _changes, instrument, people)
    return _whole(counted, PAIR, instrument, "people")


def merge(parts: Sequence[pd.DataFrame], keys: Sequence[str]) -> pd.DataFrame:
    """The statistics of a union: the sum of the statistics of its parts, key by key."""
    whole = pd.concat(parts, ignore_index=True)
    return whole.groupby(list(keys), as_index=False, sort=True).sum()


def check_size(instrument: Instrument, people: int) -> None:
    """Nothing, when the squares of so many scores fit in 64 bits. Raises: StatisticsTooLarge."""
    if people * instrument.score_unit**2 > LARGEST:
        raise StatisticsTooLarge(
            f"{instrument.key}: the squares of {people} scores in units of {instrument.score_unit} "
            "do not fit in 64 bits. Use scales of fewer items, so that the unit is smaller."
        )


# --- expressions --------------------------------------------------------------------------------


def _cells(instrument: Instrument, answers: ir.Table) -> ir.Table:
    scored = _with_scores(answers, instrument)
    return scored.group_by(CELL).aggregate(
        respondents=scored.count(),
        **_packed_counts(scored, instrument),
        **_moments(scored, instrument, ""),
    )


def _people(instrument: Instrument, answers: ir.Table, collections: ir.Table) -> ir.Table:
    """The scores of people who can be followed from wave to wave."""
    linked = answers.filter(answers.link_key.notnull())
    linked = linked.inner_join(collections, ["collection", "filename"])
    kept = ["collection", "group", "link_key", "series", "wave", "place"]
    return _with_scores(linked, instrument).select(*kept, *_scales(instrument))


def _chosen_people(instrument: Instrument, answers: ir.Table, collections: ir.Table) -> ir.Table:
    """The same where somebody may have answered several phases of a wave: once a wave."""
    people = _people(instrument, answers, collections)
    by_person = ibis.window(group_by=["series", "wave", "link_key"], order_by=ibis.desc("place"))
    chosen = people.mutate(turn=ibis.row_number().over(by_person))
    return chosen.filter(chosen.turn == 0).drop("turn")


def _changes(instrument: Instrument, people: ir.Table) -> ir.Table:
    return ibis.union(*[_changes_between(*pair, people, instrument) for pair in WAVE_PAIRS])


def _scales(instrument: Instrument) -> list[str]:
    return [rule.code for rule in score_rules(instrument)]


def _with_scores(answers: ir.Table, instrument: Instrument) -> ir.Table:
    """The answers with one column more for every scale, as `survey.scoring.score` has it."""
    scored, waiting = answers, list(score_rules(instrument))
    while waiting:
        # A select for each generation of scales, not for each scale: queries compile sooner.
        ready = [
            rule
            for rule in waiting
            if isinstance(rule, ItemScale) or set(rule.scales) <= set(scored.columns)
        ]
        scored = scored.mutate(**{rule.code: _score(scored, rule) for rule in ready})
        waiting = [rule for rule in waiting if rule not in ready]
    return scored


def _score(answers: ir.Table, rule: ItemScale | CombinedScale) -> ir.Value:
    if isinstance(rule, ItemScale):
        return _mean_of_items(answers, rule)
    return _combination(answers, rule).cast("int64")


def _mean_of_items(answers: ir.Table, rule: ItemScale) -> ir.Value:
    units = [
        (term.high - answers[term.item].cast("int32"))
        if term.reversed
        else (answers[term.item].cast("int32") - term.low)
        for term in rule.terms
    ]
    valid = [answers[term.item] >= 0 for term in rule.terms]
    total = sum(ibis.cases((ok, unit), else_=0) for ok, unit in zip(valid, units, strict=True))
    answered = sum(ibis.cases((ok, 1), else_=0) for ok in valid)
    # The unit is a multiple of span * answered wherever the scale is scored: a whole factor.
    factors = [
        (answered == count, ibis.literal(rule.unit // (rule.span * count), "int64"))
        for count in range(rule.required, len(rule.terms) + 1)
    ]
    return total.cast("int64") * ibis.cases(*factors, else_=ibis.null("int64"))


def _combination(scored: ir.Table, rule: CombinedScale) -> ir.Value:
    members = [scored[code] for code in rule.scales]
    if rule.combine == "geometric":
        product = (members[0] * members[1]).cast("float64")
        return (product.sqrt() + 0.5).floor()
    if rule.combine == "both":
        enough = [100 * member >= rule.threshold * rule.unit for member in members]
        return ibis.cases(
            (enough[0] & enough[1], ibis.literal(rule.unit, "int64")),
            (members[0].notnull() & members[1].notnull(), ibis.literal(0, "int64")),
            else_=ibis.null("int64"),
        )
    total = sum(member.fill_null(0) for member in members)
    known = sum(ibis.cases((member.notnull(), 1), else_=0) for member in members)
    means = [
        (known == count, (2 * total + count) // (2 * count))
        for count in range(rule.required, len(members) + 1)
    ]
    return ibis.cases(*means, else_=ibis.null("int64"))


def _packed_counts(answers: ir.Table, instrument: Instrument) -> dict[str, ir.Scalar]:
    """The counts of three answers in one whole number: a third of the sums, half of the time."""
    packed = {}
    for item, codes in _packs(instrument):
        cases = [
            (answers[item] == code, ibis.literal(1 << (PACK_BITS * place), "int64"))
            for place, code in enumerate(codes)
        ]
        packed[_pack_column(item, codes)] = ibis.cases(*cases, else_=0).sum().cast("int64")
    return packed


def _unpacked(cells: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    largest = int(cells["respondents"].max()) if len(cells) else 0
    if largest >= 1 << PACK_BITS:
        raise StatisticsTooLarge(
            f"{instrument.key}: a group of one collection has {largest} responses; at most "
            f"{(1 << PACK_BITS) - 1} are counted. Divide it into several collections."
        )
    counts = {
        count_column(item, code): (
            cells[_pack_column(item, codes)].to_numpy() >> (PACK_BITS * place)
        )
        & ((1 << PACK_BITS) - 1)
        for item, codes in _packs(instrument)
        for place, code in enumerate(codes)
    }
    kept = [*CELL, "respondents"]
    moments = moment_columns(instrument)
    return pd.concat([cells[kept], pd.DataFrame(counts), cells[moments]], axis=1)


def _packs(instrument: Instrument) -> list[tuple[str, tuple[int, ...]]]:
    """Every item with its codes in threes: three counts of 21 bits fill 63."""
    packs = []
    for item in instrument.closed_items:
        codes = tuple(sorted(instrument.answers_of(item.code).accepted))
        packs += [(item.code, codes[start : start + 3]) for start in range(0, len(codes), 3)]
    return packs


def _pack_column(item: str, codes: tuple[int, ...]) -> str:
    return f"{item}={','.join(map(str, codes))}"


def _moments(table: ir.Table, instrument: Instrument, suffix: str) -> dict[str, ir.Scalar]:
    moments = {}
    for scale in _scales(instrument):
        score = table[scale + suffix]
        moments[moment_column(scale, "n")] = score.count()
        moments[moment_column(scale, "total")] = score.sum().cast("int64")
        moments[moment_column(scale, "squares")] = (score * score).sum().cast("int64")
    return moments


def _ranked(collections: pd.DataFrame, extracts: Sequence[Path]) -> pa.Table:
    """The collections with the rank of their phase: the whole process first, then the latest."""
    phase = collections["phase"]
    place = phase.str[1:].astype("int32").where(phase != WHOLE_PROCESS, 9)
    files = pa.array([str(path) for path in extracts], pa.string())
    return pa.table(
        {
            "collection": pa.array(collections["collection"], pa.int32()),
            "filename": files.take(pa.array(collections["extract"])),
            "series": pa.array(collections["series"], pa.string()),
            "wave": pa.array(collections["wave"], pa.string()),
            "place": pa.array(place, pa.int32()),
        }
    )


def _changes_between(
    earlier: str, later: str, people: ir.Table, instrument: Instrument
) -> ir.Table:
    scales = _scales(instrument)
    before = people.filter(people.wave == earlier).select(
        "series", "link_key", earlier="collection", **{f"{s}_before": people[s] for s in scales}
    )
    after = people.filter(people.wave == later).select(
        "series", "link_key", "collection", "group", *scales
    )
    joined = after.inner_join(before, ["series", "link_key"])
    changes = joined.mutate(**{f"{s}_change": joined[s] - joined[f"{s}_before"] for s in scales})
    moments = _moments(changes, instrument, "_change")
    return changes.group_by(PAIR).aggregate(people=changes.count(), **moments)


def _whole(counted: pa.Table, keys: list[str], instrument: Instrument, people: str) -> pd.DataFrame:
    """The result in order of its keys, as 64-bit whole numbers. Raises: StatisticsTooLarge."""
    columns = {
        name: counted[name].cast("string")
        if name == "group"
        else pc.cast(pc.fill_null(counted[name], 0), "int64")
        for name in counted.column_names
    }
    frame = pa.table(columns).to_pandas()
    check_size(instrument, int(frame[people].sum()))
    return frame.sort_values(keys, ignore_index=True)
