"""Answers that may not be meant: the same to every statement, in no time, don't know, tests."""

from __future__ import annotations

import re

import numpy as np
import pandas as pd

from data.imports.findings import Findings
from data.imports.problems import Problem
from survey.instrument import DONT_KNOW, AnswerKind, Instrument

#: Statements of one scale that somebody must have answered before "all alike" tells anything.
FEWEST = 6
#: From this share of don't-knows on, a question is hard to answer rather than a person unsure.
MANY = 0.3
#: So many answers to a question tell something of the question.
ENOUGH = 20
#: Who took under this part of the median time of the form hardly read as others did. A convention
#: of survey practice, not a test: answers are remarked on, never left out.
FAST = 0.5
#: Remarks that are kept with the file. Their details are numbers of rows and codes of questions.
KEPT = ("straight_lined", "answered_fast", "same_answers", "dont_know_many", "test_rows")
#: So many rows of a remark are kept one by one; the count is of all of them.
LISTED = 2000
_TEST = re.compile(
    r"\W*(?:test(?:i|ing|vastaus|svar|answer)?|koe|kokeilu|prov|asdf\w*|qwerty|x{3,})\W*"
)


def remark(
    findings: Findings,
    items: dict[str, np.ndarray],
    keys: np.ndarray,
    seconds: np.ndarray,
    instrument: Instrument,
) -> None:
    """Remarks on answers that may not be meant; none of them is left out for it.

    items: what each question was answered, as codes or as texts. keys: the numbers that the tool
    gave to answers, before they were hashed. seconds: how long each answer took, NaN where unknown.
    """
    good = ~findings.rejected
    _alike(findings, items, instrument, good)
    _fast(findings, seconds, good)
    _unknown(findings, items, good)
    _tests(findings, items, keys, good)


def _alike(
    findings: Findings, items: dict[str, np.ndarray], instrument: Instrument, good: np.ndarray
) -> None:
    """The same step of one set of answers to every one of FEWEST statements or more."""
    sets: dict[tuple, list[str]] = {}
    for code in items:
        answers = instrument.answers_of(code)
        if answers.kind is AnswerKind.ORDINAL:
            sets.setdefault(tuple(answers.codes), []).append(code)
    alike = np.zeros(len(good), dtype=bool)
    for codes in sets.values():
        if len(codes) < FEWEST:
            continue
        given = np.zeros(len(good), dtype=np.int16)
        top, least = np.full(len(good), -128, np.int8), np.full(len(good), 127, np.int8)
        for code in codes:
            said = items[code]
            there = said >= 0
            given += there
            top, least = (
                np.maximum(top, np.where(there, said, top)),
                np.minimum(least, np.where(there, said, least)),
            )
        alike |= (given >= FEWEST) & (top == least)
    _tell(findings, "straight_lined", alike & good, statements=FEWEST)


def _fast(findings: Findings, seconds: np.ndarray, good: np.ndarray) -> None:
    """Those who took less than FAST of the median of the file, where enough times are known."""
    known = good & ~np.isnan(seconds)
    if known.sum() < ENOUGH:
        return
    median = float(np.median(seconds[known]))
    fast = known & (np.where(known, seconds, np.inf) < FAST * median)
    _tell(findings, "answered_fast", fast, median=round(median), known=int(known.sum()))


def kept(remarks: tuple[Problem, ...]) -> list[dict]:
    """The remarks that are kept with a file, as JSON takes them."""
    return [{"code": each.code, "detail": each.detail} for each in remarks if each.code in KEPT]


def _unknown(findings: Findings, items: dict[str, np.ndarray], good: np.ndarray) -> None:
    """Questions that many did not know how to answer."""
    hard = []
    for code, said in items.items():
        if said.dtype == object:
            continue
        told = said[good]
        asked = int((told >= 0).sum() + (told == DONT_KNOW).sum())
        if asked >= ENOUGH and (told == DONT_KNOW).sum() >= MANY * asked:
            hard.append(code)
    if hard:
        findings.warn("dont_know_many", count=len(hard), items=", ".join(hard[:12]))


def _tests(
    findings: Findings, items: dict[str, np.ndarray], keys: np.ndarray, good: np.ndarray
) -> None:
    """Rows whose text or number says that somebody tried the form."""
    test = np.zeros(len(good), dtype=bool)
    for said in (*(each for each in items.values() if each.dtype == object), keys):
        codes, distinct = pd.factorize(said)
        tests = [bool(_TEST.fullmatch(str(text).strip().casefold())) for text in distinct]
        test |= np.array([*tests, False], dtype=bool)[codes]
    _tell(findings, "test_rows", test & good)


def _tell(findings: Findings, code: str, found: np.ndarray, **more: int) -> None:
    rows = findings.rows[found]
    if len(rows):
        listed = ", ".join(map(str, rows[:10].tolist()))
        every = ",".join(map(str, rows[:LISTED].tolist()))
        findings.warn(code, count=len(rows), rows=listed, every=every, **more)
