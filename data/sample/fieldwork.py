"""The surveys of the invented portfolio as rows: collections, invitations, answers, own words."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.sample import answers, respondents, timeline
from data.sample.effects import SEED
from data.sample.register import Rows
from survey.instrument import instruments

INSTRUMENTS = ("process_quality@1", "process_pulse@1", "benefit@1")
_VOICE_SHARE = 0.05


def surveys(
    portfolio: list[dict],
    steps: pd.DataFrame,
    numbers: dict[str, int],
    versions: dict[str, int],
    voices: list[list[str]],
) -> dict[str, Rows]:
    """Rows of collection, invited groups, response and open answer.

    numbers: ids of projects by code. versions: ids of instrument versions by key.
    """
    people_lot, answering_lot, opinion_lot, voice_lot = (
        np.random.default_rng([SEED, part]) for part in (20, 21, 22, 23)
    )
    fielded = timeline.collections(portfolio, steps)
    fielded["collection"] = np.arange(1, len(fielded) + 1)
    everyone = respondents.people(portfolio, people_lot)
    answered = respondents.respondents(fielded, everyone, answering_lot)
    answered["id"] = respondents.identifiers(len(answered), answering_lot)
    answered["answers"] = _answers(portfolio, answered, len(everyone), opinion_lot)
    return {
        "collection": _collections(fielded, numbers, versions),
        "collection_group": _invited(fielded, everyone),
        "response": _responses(answered),
        "open_answer": _voices(answered, voices, voice_lot),
    }


def _answers(
    portfolio: list[dict], answered: pd.DataFrame, people: int, rng: np.random.Generator
) -> pd.Series:
    levels = answers.draw_levels(portfolio, rng)
    persons = answers.differences(people, rng)
    parts = []
    for key in INSTRUMENTS:
        own = answered[answered["instrument"] == key]
        sheet = answers.answer(own, instruments()[key], levels, persons, rng)
        parts.append(pd.Series(answers.as_json(sheet), index=own.index, dtype=object))
    return pd.concat(parts)


def _collections(fielded: pd.DataFrame, numbers: dict[str, int], versions: dict[str, int]) -> Rows:
    rows = pd.DataFrame(
        {
            "id": fielded["collection"],
            "project_id": fielded["project"].map(numbers),
            "instrument_version_id": fielded["instrument"].map(versions),
            "revision": 1,
        }
    )
    same = ["wave", "phase", "opens_on", "closes_on"]
    return rows.join(fielded[same]).to_dict("records")


def _invited(fielded: pd.DataFrame, everyone: pd.DataFrame) -> Rows:
    counted = respondents.invited(fielded, everyone)
    return counted.rename(columns={"collection": "collection_id", "group": "group_code"}).to_dict(
        "records"
    )


def _responses(answered: pd.DataFrame) -> Rows:
    rows = answered.rename(columns={"collection": "collection_id", "group": "group_code"})
    # In the order of their random ids, so the file tells nothing of who answered after whom.
    rows = rows.sort_values("id")
    wanted = [
        "id", "collection_id", "group_code", "link_key", "language", "answered_on", "answers",
    ]  # fmt: skip
    found = rows[wanted].astype(object)
    return found.where(found.notna(), None).to_dict("records")


def _voices(answered: pd.DataFrame, voices: list[list[str]], rng: np.random.Generator) -> Rows:
    """A few respondents also wrote something, in their own language."""
    known = pd.DataFrame(voices, columns=["instrument", "item", "language", "text"])
    after = answered[answered["wave"].isin(["during", "end"])]
    spoke = after[rng.random(len(after)) < _VOICE_SHARE]
    offered = spoke[["id", "instrument", "language"]].merge(known, on=["instrument", "language"])
    offered = offered.iloc[rng.permutation(len(offered))].drop_duplicates("id").sort_values("id")
    rows = offered.rename(columns={"id": "response_id"})[["response_id", "item", "text"]]
    return rows.to_dict("records")
