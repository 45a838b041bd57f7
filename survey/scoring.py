"""From answers to scores: the rules of an instrument, and the plain reference that follows them.

The rules are data, so the folding engine and this reference follow the same ones. Arithmetic is
on whole numbers: an item scale is exact and a composite is rounded to the nearest unit, so no
engine, order of rows or way of splitting them changes a score.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from survey.instrument import MISSING, Instrument, Scale


class AnswerOffScale(Exception):
    """An answer is a code that its question does not offer; the message names both."""


@dataclass(frozen=True, slots=True)
class Term:
    """One item of a scale and the ends of its answers; a reversed item counts down from high."""

    item: str
    reversed: bool
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class ItemScale:
    """A scale that is the mean of items: S * unit / ((high - low) * m) when m >= required."""

    code: str
    terms: tuple[Term, ...]
    required: int
    unit: int

    @property
    def span(self) -> int:
        """Highest answer minus lowest; the same for every item of a scale."""
        return self.terms[0].high - self.terms[0].low


@dataclass(frozen=True, slots=True)
class CombinedScale:
    """A scale made of scales: their mean, the geometric mean of two, or whether both of two reach
    the threshold (points): then the whole unit, otherwise 0."""

    code: str
    scales: tuple[str, ...]
    combine: str
    required: int
    unit: int
    threshold: int | None = None


def score_rules(instrument: Instrument) -> tuple[ItemScale | CombinedScale, ...]:
    """The scoring rules of an instrument, each after the scales it is made of."""
    return tuple(_rule(instrument, scale) for scale in instrument.scales)


def _rule(instrument: Instrument, scale: Scale) -> ItemScale | CombinedScale:
    if scale.scales:
        unit = instrument.score_unit
        return CombinedScale(
            scale.code, scale.scales, scale.combine, scale.required, unit, scale.threshold
        )
    terms = tuple(
        Term(code, instrument.item(code).reversed, answers.low, answers.high)
        for code in scale.items
        for answers in (instrument.answers_of(code),)
    )
    return ItemScale(scale.code, terms, scale.required, instrument.score_unit)


def fits(instrument: Instrument, item: str, code: int) -> bool:
    """Whether a closed item may store a code: a choice, or a don't-know / not-applicable offered.

    Raises: KeyError when the instrument has no such item.
    """
    answers = instrument.answers_of(item)
    return bool(answers.codes) and code in answers.accepted


def score(answers: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """The score of every scale for every row of answers, in whole units.

    Rows: one per response, the index is kept. Columns: the scale codes, Int64.
    Unit: points on 0-100 are 100 * score / instrument.score_unit.
    Missing: don't-know (-1), not-applicable (-2) and missing (null or -3) are in no score; a
    column that is absent is a question that was not asked; a scale with fewer answers than it
    requires is null.
    Raises: AnswerOffScale when a code lies outside its question's answers.
    """
    scores: dict[str, pd.arrays.IntegerArray] = {}
    for rule in score_rules(instrument):
        if isinstance(rule, ItemScale):
            scores[rule.code] = _mean_of_items(answers, rule)
        else:
            scores[rule.code] = _combination(scores, rule)
    return pd.DataFrame(scores, index=answers.index)


def _mean_of_items(answers: pd.DataFrame, rule: ItemScale) -> pd.arrays.IntegerArray:
    total = np.zeros(len(answers), dtype=np.int64)
    answered = np.zeros(len(answers), dtype=np.int64)
    for term in rule.terms:
        if term.item not in answers:
            continue
        codes = answers[term.item].astype("Int64").fillna(MISSING).to_numpy(dtype=np.int64)
        valid = codes >= 0
        _check(codes, valid, term)
        units = term.high - codes if term.reversed else codes - term.low
        total += np.where(valid, units, 0)
        answered += valid
    scored = answered >= rule.required
    # The unit is a multiple of span * answered wherever the scale is scored, so nothing is cut.
    return _nullable(total * rule.unit // (rule.span * np.maximum(answered, 1)), scored)


def _check(codes: np.ndarray, valid: np.ndarray, term: Term) -> None:
    wrong = np.where(valid, (codes < term.low) | (codes > term.high), codes < MISSING)
    if wrong.any():
        raise AnswerOffScale(
            f"{term.item}: the answer {codes[wrong][0]} is not between {term.low} and {term.high}. "
            "Correct the code, or leave the answer empty."
        )


def _combination(
    scores: dict[str, pd.arrays.IntegerArray], rule: CombinedScale
) -> pd.arrays.IntegerArray:
    members = [scores[code] for code in rule.scales]
    values = np.array([member.to_numpy(dtype=np.int64, na_value=0) for member in members])
    known = np.array([~member.isna() for member in members])
    count = known.sum(axis=0)
    if rule.combine == "both":
        combined = rule.unit * (100 * values >= rule.threshold * rule.unit).all(axis=0)
    elif rule.combine == "geometric":
        combined = np.floor(np.sqrt(values.prod(axis=0)) + 0.5).astype(np.int64)
    else:
        divisor = np.maximum(count, 1)
        combined = (2 * values.sum(axis=0) + divisor) // (2 * divisor)
    return _nullable(combined, count >= rule.required)


def _nullable(values: np.ndarray, known: np.ndarray) -> pd.arrays.IntegerArray:
    return pd.arrays.IntegerArray(np.where(known, values, 0), ~known)
