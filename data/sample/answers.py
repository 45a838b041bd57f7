"""What the invented respondents answered: true levels, people's differences, and chance.

Every answer is drawn from a level on 0-100 that is the sum of what is true of the project, the
group, the wave and the person. It becomes a code by rounding up or down by lot, so the mean of
many answers is the level itself wherever the ends of the scale are far away.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
import pandas as pd

from data.sample.effects import KNOWN_EFFECTS
from survey.instrument import DONT_KNOW, MISSING, NOT_APPLICABLE, AnswerKind, Instrument

_LEVELS = {
    "GOAL": 73.0, "RULE": 67.0, "TRUST": 74.0, "FACIL": 72.0, "INCL": 64.0, "INFL": 55.0,
    "LEADF": 66.0, "LEADX": 64.0, "OPEN": 65.0, "SPACE": 71.0, "TERMS": 69.0, "LEARN": 70.0,
    "BEN": 71.0, "NEED": 66.0, "DRAW": 14.0, "SERV": 55.0, "CAPA": 54.0, "REC": 76.0,
}  # fmt: skip
_GROUPS = {"COM": -3.0, "RES": -1.0, "CUS": 0.0, "STAFF": 2.0, "NGO": 1.0, "RDI": 1.0, "PUB": 0.0}
#: Process quality grows a little as people learn to work together.
_WAVES = {"baseline": 0.0, "during": 0.0, "end": 2.0, "follow_up": 3.0}
_PAIRED = ("SERV", "CAPA")
#: A drawback is no matter of taste: project, group and person do not move its level. Some were
#: hurt and say so, the others were not.
_UNLEVELLED = ["DRAW"]
_HURT = 90.0
#: How much of the change from baseline is still there at follow-up.
_LASTING = {"baseline": 0.0, "during": 0.0, "end": 1.0, "follow_up": 0.75}

_PROJECT_SD, _CONSTRUCT_SD, _CHANGE_SD = 4.5, 2.5, 1.0
_PERSON_SD, _OCCASION_SD, _ITEM_SD = 9.0, 4.0, 11.0

_DONT_KNOW = {
    KNOWN_EFFECTS.unanswerable_item: KNOWN_EFFECTS.unanswerable_share,
    "RULE2": 0.10, "GOAL2": 0.08, "OPEN3": 0.09, "LEADX2": 0.10, "LEADF1": 0.08,
}  # fmt: skip
_USUAL_DONT_KNOW, _NOT_APPLICABLE, _SKIPPED, _BROKE_OFF = 0.035, 0.02, 0.02, 0.03


def construct_of(item: str) -> str:
    """What an item asks about: its code without the number."""
    return re.sub(r"\d+$", "", item)


@dataclass(frozen=True, slots=True)
class Levels:
    """What is true of every project: levels by construct, and changes of the paired ones."""

    levels: pd.DataFrame
    changes: pd.DataFrame


def draw_levels(portfolio: list[dict], rng: np.random.Generator) -> Levels:
    """The true levels and changes of every project, with the known effects among them."""
    codes = [project["code"] for project in portfolio]
    drawn = np.array(list(_LEVELS.values())) + rng.normal(0, _PROJECT_SD, (len(codes), 1))
    drawn = drawn + rng.normal(0, _CONSTRUCT_SD, drawn.shape)
    levels = pd.DataFrame(drawn, index=codes, columns=list(_LEVELS))
    levels[_UNLEVELLED] = [_LEVELS[construct] for construct in _UNLEVELLED]
    known = KNOWN_EFFECTS
    levels.loc[known.unclear_project, "TERMS"] = known.unclear_terms
    levels.loc[known.rigid_project, "LEADF"] = known.rigid_firmness
    levels.loc[known.rigid_project, "LEADX"] = known.rigid_flexibility
    true = [_changes(project) for project in portfolio]
    changes = pd.DataFrame(true, index=codes, columns=list(_PAIRED))
    spread = rng.normal(0, _CHANGE_SD, changes.shape)
    changes += np.where(_outside(codes)[:, None], 0, spread)
    return Levels(levels, changes)


def _outside(codes: list[str]) -> np.ndarray:
    """Which projects are comparison sites, where nothing was done and nothing changes."""
    return np.isin(codes, KNOWN_EFFECTS.comparison_projects)


def _level(levels: Levels, answered: pd.DataFrame, construct: str) -> np.ndarray:
    """The true level of a construct for each response, before the person is added."""
    level = levels.levels[construct].loc[answered["project"]].to_numpy()
    if construct in _UNLEVELLED:
        return level
    level = level + answered["group"].map(_GROUPS).to_numpy()
    if construct in _PAIRED:
        change = levels.changes[construct].loc[answered["project"]].to_numpy()
        return level + change * answered["wave"].map(_LASTING).to_numpy()
    return level + answered["wave"].map(_WAVES).to_numpy()


def _changes(project: dict) -> tuple[float, float]:
    """The true change of SERVICE and CAPA from baseline to end."""
    known = KNOWN_EFFECTS
    if project["code"] in known.comparison_projects:
        return 0.0, known.capa_change_comparison
    learning = known.learning_theme in project["themes"]
    return (
        known.service_change,
        known.capa_change_learning if learning else known.capa_change_elsewhere,
    )


def answer(
    answered: pd.DataFrame,
    instrument: Instrument,
    levels: Levels,
    persons: np.ndarray,
    rng: np.random.Generator,
) -> pd.DataFrame:
    """The code that each respondent gave to each closed item; MISSING where there is none.

    Rows: those of answered. Shape: one column an item. persons: how far each person of the whole
    portfolio lies from their group, in points.
    """
    person = persons[answered["person"].to_numpy()] + rng.normal(0, _OCCASION_SD, len(answered))
    codes = {}
    for item in instrument.closed_items:
        offered = instrument.answers_of(item.code)
        construct = construct_of(item.code)
        points = _level(levels, answered, construct) + rng.normal(0, _ITEM_SD, len(answered))
        if construct in _UNLEVELLED:
            points = np.where(rng.random(len(answered)) < _share_hurt(answered), _HURT, points)
        else:
            points = points + person
        steps = points / 100 * (offered.high - offered.low) + rng.random(len(answered))
        code = np.clip(np.floor(steps) + offered.low, offered.low, offered.high).astype(int)
        codes[item.code] = offered.low + offered.high - code if item.reversed else code
        _leave_out(codes[item.code], item.code, offered.kind, rng)
    sheet = pd.DataFrame(codes, index=answered.index)
    _break_off(sheet, rng)
    _not_asked(sheet, answered)
    return sheet


def _share_hurt(answered: pd.DataFrame) -> np.ndarray:
    known = KNOWN_EFFECTS
    here = (answered["project"] == known.drawback_project) & (
        answered["group"] == known.drawback_group
    )
    return np.where(here, known.drawback_share, known.usual_drawback_share)


def _leave_out(codes: np.ndarray, item: str, kind: AnswerKind, rng: np.random.Generator) -> None:
    """Turn some answers into don't-know, not-applicable or nothing, apart from each other."""
    lot = rng.random(len(codes))
    unknown = _DONT_KNOW.get(item, _USUAL_DONT_KNOW)
    apart = 0.0 if kind is AnswerKind.RECOMMENDATION else _NOT_APPLICABLE
    codes[lot < unknown + apart + _SKIPPED] = MISSING
    codes[lot < unknown + apart] = NOT_APPLICABLE
    codes[lot < unknown] = DONT_KNOW


def _break_off(sheet: pd.DataFrame, rng: np.random.Generator) -> None:
    """Some stop answering somewhere in the second half of the form."""
    items = sheet.shape[1]
    stops = np.where(
        rng.random(len(sheet)) < _BROKE_OFF, rng.integers(items // 2, items, len(sheet)), items
    )
    sheet[np.arange(items)[None, :] >= stops[:, None]] = MISSING


def _not_asked(sheet: pd.DataFrame, answered: pd.DataFrame) -> None:
    """Benefit is not asked before the work, nor of those who took no part in any."""
    later = [code for code in ("NEED", "BEN", "DRAW", "REC") if code in sheet]
    if "DRAW" in sheet:
        outside = answered["project"].isin(KNOWN_EFFECTS.comparison_projects)
        sheet.loc[(answered["wave"] == "baseline") | outside, later] = MISSING


def differences(count: int, rng: np.random.Generator) -> np.ndarray:
    """How far each person lies from their group, in points."""
    return rng.normal(0, _PERSON_SD, count)


def as_json(sheet: pd.DataFrame) -> list[str]:
    """Each row as the JSON object that is stored: item to code, what is missing left out."""
    lowest = min(MISSING, int(sheet.to_numpy().min()))
    highest = int(sheet.to_numpy().max())
    text = np.full(len(sheet), "", dtype=object)
    for item in sheet:
        pieces = np.array(
            ["" if code == MISSING else f'"{item}":{code},' for code in range(lowest, highest + 1)],
            dtype=object,
        )
        text = text + pieces[sheet[item].to_numpy() - lowest]
    return ("{" + pd.Series(text, dtype=object).str.rstrip(",") + "}").tolist()
