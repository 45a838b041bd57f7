"""A portfolio of people with moods, a follow-up of effects, and comparison sites, for tests."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pandas as pd

from metrics.frames import Frames
from survey.instrument import AnswerKind, Instrument
from tests.metrics.raw import Raw, folded, portfolio

#: Projects of this number and above are comparison sites.
FIRST_SITE = 21


def asked(seed: int, known: dict[str, Instrument], sites: int = 4) -> tuple[Raw, Frames]:
    """A portfolio beside comparison sites, as raw rows and as frames.

    Answers of one person go together, as they do in life, or no model would fit them.
    """
    rng = np.random.default_rng([seed, 77])
    raw = portfolio(seed, known)
    collections = [raw.collections]
    responses = [raw.responses]
    number = int(raw.collections["collection"].max())
    placed = [(project, "effects@1", wave) for project in (1, 2, 5, 6, 7) for wave in EFFECTS]
    site = range(FIRST_SITE, FIRST_SITE + sites)
    placed += [(project, "benefit@1", wave) for project in site for wave in ("baseline", "end")]
    for project, key, wave in placed:
        number += 1
        collections.append(pd.DataFrame([{
            "collection": number, "project": project, "instrument": key, "wave": wave,
            "phase": "P0", "invited": {},
        }]))  # fmt: skip
        people = 1 if project == 1 else int(rng.integers(4, 12))
        responses.append(pd.DataFrame([{
            "collection": number, "group": str(rng.choice(["STAFF", "COM"])),
            "link_key": f"{project}-{person}",
            "answers": {i.code: int(rng.choice(known[key].answers_of(i.code).codes))
                        for i in known[key].closed_items},
        } for person in range(people)]))  # fmt: skip
    raw = replace(
        raw,
        collections=pd.concat(collections, ignore_index=True),
        responses=pd.concat(responses, ignore_index=True),
    )
    raw = _with_known_groups(raw, rng)
    events = raw.participation
    stayed_away = events["project"].isin([5, 7]) & (events["group"] == "RES")
    raw = replace(
        raw,
        participation=events[~stayed_away],
        responses=_moody(raw, known, rng),
        nodes=pd.concat(
            [
                raw.nodes,
                pd.DataFrame([("project", p, p) for p in site], columns=raw.nodes.columns),
            ],
            ignore_index=True,
        ),
    )
    frames = folded(raw, known)
    beside = pd.DataFrame({"project": list(site), "comparison": 1})
    return raw, replace(frames, sites=beside).validated()


EFFECTS = ("end", "follow_up")


def _with_known_groups(raw: Raw, rng: np.random.Generator) -> Raw:
    """The same, but of some process questionnaires the invited people of every group are known."""
    chosen = raw.collections["project"].ge(5) & (raw.collections["instrument"] == PROCESS)
    known = raw.collections.loc[chosen, "collection"]
    asked_there = raw.responses["collection"].isin(known)
    groups = raw.responses["group"].mask(asked_there & (raw.responses["group"] == "UNK"), "RES")
    responses = raw.responses.assign(group=groups)
    there = responses.groupby("collection")["group"].value_counts()
    invited = [
        {group: int(n) + int(rng.integers(0, 9)) for group, n in there[number].items()}
        if is_known
        else given
        for number, is_known, given in zip(
            raw.collections["collection"], chosen, raw.collections["invited"], strict=True
        )
    ]
    return replace(raw, responses=responses, collections=raw.collections.assign(invited=invited))


PROCESS = "process_quality@1"


def _moody(raw: Raw, known: dict[str, Instrument], rng: np.random.Generator) -> pd.DataFrame:
    """The same people, whose answers on a scale follow a mood; one project stays unanimous."""
    placed = raw.responses.merge(raw.collections[["collection", "project", "instrument"]])
    level = dict(zip(placed["project"].unique(), rng.normal(0, 0.6, 99), strict=False))
    answers = []
    for one in placed.itertuples():
        mood = level[one.project] + rng.normal()
        answers.append(
            {
                item: code
                if one.project == 2 or code < 0
                else _in_mood(known[one.instrument], item, code, mood + rng.normal(0, 0.9))
                for item, code in one.answers.items()
            }
        )
    return placed[["collection", "group", "link_key"]].assign(answers=answers)


def _in_mood(instrument: Instrument, item: str, code: int, mood: float) -> int:
    offered = instrument.answers_of(item)
    if offered.kind is not AnswerKind.ORDINAL:
        return code
    many = len(offered.codes)
    sign = -1 if instrument.item(item).reversed else 1
    return offered.codes[int(np.clip(round((many - 1) / 2 + sign * mood * many / 5), 0, many - 1))]
