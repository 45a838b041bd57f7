"""What is folded, worded once in Ibis: DuckDB and Spark are asked the same.

Expressions are wide, one column a count, because a wide aggregate reads the rows once.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import cache, reduce
from operator import and_

import ibis
from ibis.expr import types as ir

from data.folding.fold_columns import (
    CELL,
    CHOICES,
    DIFFERENCE,
    EARLIER_WAVES,
    LATE_NOT_KNOWN,
    MOMENTS,
    PAIR,
    SPLIT,
    SPOKEN,
    WAVE_PAIRS,
    band_bits,
    band_column,
    banded_items,
    before_column,
    choice_column,
    complete_column,
    moment_column,
    multiplied_scales,
    places,
    product_column,
    scales_of,
    sum_column,
    thresholds,
)
from metrics.frames import BANDS
from survey.instrument import Instrument
from survey.scoring import CombinedScale, ItemScale, Term, score_rules

#: Bits of one count among the three that a sum holds.
PACK_BITS = 21


def cells(instrument: Instrument, answers: ir.Table) -> ir.Table:
    """Respondents, packed counts of answers, moments of scores and packed moments of items by band
    by collection and group."""
    scored = _with_bands(_with_scores(answers, instrument), instrument)
    return scored.group_by(CELL).aggregate(
        respondents=scored.count(),
        **_packed_counts(scored, instrument),
        **_moments({s: scored[s] for s in scales_of(instrument)}, moment_column),
        **_banded(scored, instrument),
    )


def languages(instrument: Instrument, answers: ir.Table) -> ir.Table:  # noqa: ARG001 - as all here
    """How many answered in each language; "" where that is not known."""
    named = answers.mutate(language=answers.language.fill_null(""))
    return named.group_by("language").aggregate(n=named.count())


@cache
def spoken_besides(usual: str) -> Callable[[Instrument, ir.Table], ir.Table]:
    """Respondents and packed moments of items by band by collection and language, of all who
    answered in another language than the usual one; worded once for each of them."""

    def spoken(instrument: Instrument, answers: ir.Table) -> ir.Table:
        named = answers.mutate(language=answers.language.fill_null(""))
        banded = _with_bands(named.filter(named.language != usual), instrument)
        return banded.group_by(SPOKEN).aggregate(
            respondents=banded.count(), **_banded(banded, instrument)
        )

    # Its name tells it from those of other languages, also where its wording is kept.
    spoken.__name__ = f"spoken_besides_{usual}"
    return spoken


def splits(instrument: Instrument, answers: ir.Table) -> ir.Table:
    """Moments of scores and products of items by collection, half of people and half of days."""
    scored = _with_scores(_with_units(answers, instrument), instrument)
    scored = scored.mutate(late=scored.late.fill_null(LATE_NOT_KNOWN))
    return scored.group_by(SPLIT).aggregate(
        respondents=scored.count(),
        **_moments({s: scored[s] for s in scales_of(instrument)}, moment_column),
        **_products(scored, instrument),
    )


def people(instrument: Instrument, answers: ir.Table, collections: ir.Table) -> ir.Table:
    """Scores of people who can be followed from wave to wave, and on which side of its threshold
    they answered an item (null where they did not)."""
    linked = answers.filter(answers.link_key.notnull())
    linked = linked.inner_join(collections, ["collection", "filename"])
    sides = {
        item: ibis.cases(
            (linked[item] >= threshold, ibis.literal(1, "int8")),
            (linked[item] >= 0, ibis.literal(0, "int8")),
            else_=ibis.null("int8"),
        )
        for item, threshold in thresholds(instrument).items()
    }
    kept = ["collection", "group", "link_key", "series", "wave", "place"]
    return _with_scores(linked, instrument).select(
        *kept, *scales_of(instrument), **{_side(item): side for item, side in sides.items()}
    )


def chosen_people(instrument: Instrument, answers: ir.Table, collections: ir.Table) -> ir.Table:
    """The same where somebody may have answered several phases of a wave: once a wave."""
    everybody = people(instrument, answers, collections)
    by_person = ibis.window(group_by=["series", "wave", "link_key"], order_by=ibis.desc("place"))
    chosen = everybody.mutate(turn=ibis.row_number().over(by_person))
    return chosen.filter(chosen.turn == 0).drop("turn")


def changes(instrument: Instrument, people: ir.Table) -> ir.Table:
    """Everybody in an earlier and a later wave, one row each: change and earlier score of every
    scale, and both sides of every item. An earlier wave is paired with itself, too."""
    pairs = [*WAVE_PAIRS, *((wave, wave) for wave in EARLIER_WAVES)]
    return ibis.union(*[_changes_between(*pair, people, instrument) for pair in pairs])


def pairs(instrument: Instrument, changes: ir.Table) -> ir.Table:
    """People, moments of changes and of earlier scores, and choices, by both collections and
    group."""
    scales = scales_of(instrument)
    choices = {
        choice_column(item, before, after): (changes[_side(item)] == 2 * before + after)
        .ifelse(1, 0)
        .sum()
        .cast("int64")
        for item in thresholds(instrument)
        for before, after in CHOICES
    }
    return changes.group_by(PAIR).aggregate(
        people=changes.count(),
        **_moments({s: changes[_change(s)] for s in scales}, moment_column),
        **_moments({s: changes[_before(s)] for s in scales}, before_column),
        **choices,
    )


def differences(instrument: Instrument, changes: ir.Table) -> ir.Table:
    """How many people's score changed by how much, by both collections; scale is its place."""
    changed = changes.filter(changes.collection != changes.earlier)
    counted = []
    for place, scale in enumerate(scales_of(instrument)):
        known = changed.filter(changed[_change(scale)].notnull())
        known = known.select(
            "collection",
            "earlier",
            scale=ibis.literal(place, "int32"),
            difference=known[_change(scale)],
        )
        counted.append(known.group_by(DIFFERENCE).aggregate(n=known.count()))
    return ibis.union(*counted)


# --- scores -------------------------------------------------------------------------------------


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
    units = [_units(answers, term) for term in rule.terms]
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


def _units(answers: ir.Table, term: Term) -> ir.Value:
    """An answer in units from 0; a reversed item counts down from its highest code."""
    code = answers[term.item].cast("int32")
    return term.high - code if term.reversed else code - term.low


# --- sums ---------------------------------------------------------------------------------------


def _packed_counts(answers: ir.Table, instrument: Instrument) -> dict[str, ir.Scalar]:
    """The counts of three answers in one whole number: a third of the sums, half of the time."""
    packed = {}
    for item, codes in packs(instrument):
        cases = [
            (answers[item] == code, ibis.literal(1 << (PACK_BITS * place), "int64"))
            for place, code in enumerate(codes)
        ]
        packed[pack_column(item, codes)] = ibis.cases(*cases, else_=0).sum().cast("int64")
    return packed


def packs(instrument: Instrument) -> list[tuple[str, tuple[int, ...]]]:
    """Every item with its codes in threes: three counts of 21 bits fill 63."""
    packs = []
    for item in instrument.closed_items:
        codes = tuple(sorted(instrument.answers_of(item.code).accepted))
        packs += [(item.code, codes[start : start + 3]) for start in range(0, len(codes), 3)]
    return packs


def pack_column(item: str, codes: tuple[int, ...]) -> str:
    return f"{item}={','.join(map(str, codes))}"


def _moments(
    scores: dict[str, ir.Value], column: Callable[[str, str], str]
) -> dict[str, ir.Scalar]:
    moments = {}
    for scale, score in scores.items():
        found = (score.count(), score.sum().cast("int64"), (score * score).sum().cast("int64"))
        moments |= {column(scale, name): value for name, value in zip(MOMENTS, found, strict=True)}
    return moments


def _with_units(answers: ir.Table, instrument: Instrument) -> ir.Table:
    """The answers with the items of every scale in units, 0 where not all of them were answered."""
    columns = {}
    for rule in multiplied_scales(instrument):
        answered = [(answers[term.item] >= 0).fill_null(False) for term in rule.terms]
        complete = reduce(and_, answered)
        columns[complete_column(rule.code)] = complete.ifelse(1, 0)
        columns |= {
            sum_column(rule.code, place): complete.ifelse(_units(answers, term), 0)
            for place, term in zip(places(rule), rule.terms, strict=True)
        }
    return answers.mutate(**columns) if columns else answers


def _with_bands(answers: ir.Table, instrument: Instrument) -> ir.Table:
    """The answers with the band of every banded scale (0 where it was not answered whole), and for
    each of its items 1, the answer and its square in one number."""
    columns = {}
    for rule, term in banded_items(instrument):
        if _band(rule) not in columns:
            complete = reduce(and_, [(answers[t.item] >= 0).fill_null(False) for t in rule.terms])
            whole = sum(_units(answers, each) for each in rule.terms)
            band = 1 + (whole * len(BANDS)) // (rule.span * len(rule.terms) + 1)
            columns[_band(rule)] = complete.ifelse(band, 0).cast("int8")
        unit = _units(answers, term).cast("int64")
        total, squares = band_bits(rule)
        columns[_packed_unit(term)] = 1 + unit * (1 << total) + unit * unit * (1 << squares)
    return answers.mutate(**columns) if columns else answers


def _banded(scored: ir.Table, instrument: Instrument) -> dict[str, ir.Scalar]:
    return {
        band_column(term.item, band): (scored[_band(rule)] == band)
        .ifelse(scored[_packed_unit(term)], 0)
        .sum()
        .cast("int64")
        for rule, term in banded_items(instrument)
        for band in BANDS
    }


def _band(rule: ItemScale) -> str:
    return f"{rule.code} band"


def _packed_unit(term: Term) -> str:
    return f"{term.item} packed"


def _products(scored: ir.Table, instrument: Instrument) -> dict[str, ir.Scalar]:
    names, products = [], {}
    for rule in multiplied_scales(instrument):
        names += [complete_column(rule.code), *(sum_column(rule.code, a) for a in places(rule))]
        products |= {
            product_column(rule.code, a, b): (
                scored[sum_column(rule.code, a)] * scored[sum_column(rule.code, b)]
            )
            for a in places(rule)
            for b in places(rule)
            if a <= b
        }
    columns = {name: scored[name] for name in names} | products
    return {name: value.sum().cast("int64") for name, value in columns.items()}


# --- pairs --------------------------------------------------------------------------------------


def _change(scale: str) -> str:
    return f"{scale} change"


def _before(scale: str) -> str:
    return f"{scale} before"


def _side(item: str) -> str:
    return f"{item} side"


def _changes_between(
    earlier: str, later: str, people: ir.Table, instrument: Instrument
) -> ir.Table:
    scales = scales_of(instrument)
    sides = [_side(item) for item in thresholds(instrument)]
    before = people.filter(people.wave == earlier)
    before = before.select(
        "series",
        "link_key",
        earlier="collection",
        **{_before(name): before[name] for name in (*scales, *sides)},
    )
    after = people.filter(people.wave == later)
    after = after.select("series", "link_key", "collection", "group", *scales, *sides)
    both = after.inner_join(before, ["series", "link_key"])
    return both.select(
        *PAIR,
        **{_change(scale): both[scale] - both[_before(scale)] for scale in scales},
        **{_before(scale): both[_before(scale)] for scale in scales},
        **{side: 2 * both[_before(side)] + both[side] for side in sides},
    )
