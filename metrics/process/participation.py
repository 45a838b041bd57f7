"""Participation: how many times people took part, by stakeholder group and phase."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.metric import About, Method, Metric, Reason, Split, Unit
from metrics.statistics import counts
from survey.instrument import WHOLE_PROCESS
from survey.text import Text

METRIC = Metric(
    id="participation",
    version=1,
    kind="process",
    question="Q3",
    label=Text(fi="Osallistumiset", sv="Deltaganden", en="Participations"),
    reading=Text(
        fi="Kuinka monta kertaa tapahtumiin osallistuttiin.",
        sv="Hur många gånger människor deltog i evenemang.",
        en="How many times people took part in events.",
    ),
    definition=Text(
        fi="Tapahtumien osallistujamäärät yhteen laskettuina. Sama ihminen lasketaan jokaisella "
        "kerralla, joten luku ei ole eri ihmisten määrä. Ryhmän luvun vieressä on sen väen "
        "määrä, jota asia koskee, kun se tunnetaan kaikista mukana olevista hankkeista.",
        sv="Evenemangens deltagarantal sammanräknade. Samma person räknas varje gång, så talet är "
        "inte antalet olika människor. Bredvid en grupps tal står hur många människor saken "
        "berör, när det är känt för alla projekt som ingår.",
        en="Participants of events added up. The same person is counted each time, so this is not "
        "the number of different people. Beside a group's figure stands how many people the matter "
        "concerns, where that is known for every project in it.",
    ),
    formula=Text(
        fi="osallistujien summa Σ tapahtumista (kokonaislaskenta, ei väliä); ryhmän "
        "nimittäjä: väki, jota asia koskee, hankkeittain summattuna",
        sv="Σ deltagare över händelser (totalräkning, inget intervall); nämnare för en "
        "grupp: de berörda summerade över projekten",
        en="Σ participants over events (a census, no interval); denominator of a group: "
        "the affected population summed over projects",
    ),
    unit=Unit.COUNT,
    better="up",
    about=About.PARTICIPANTS,
    frame="participation",
    source=Text(
        fi="Oma määritelmä: osallistumiset summautuvat tapahtumista, eri ihmiset eivät",
        sv="Egen definition: deltaganden summeras över händelser, det gör inte olika personer",
        en="Own definition: participations add up over events, distinct people would not",
    ),
    grade="B",
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Participations, and once for each group of a project how many people it concerns.

    The affected population stands on each phase's row of the frame; here it stands on a row of its
    own, so that it adds up. listed, unlisted: it is known; it is not, though the group took part.
    recorded: above 0 where anything was recorded of the project at all; then a group without
    participations has 0, otherwise nothing is known.
    """
    # A row of the whole process with 0 only says that the group is affected, not what was done.
    told = (atoms["n"] > 0) | (atoms["phase"] != WHOLE_PROCESS)
    recorded = told.groupby(atoms["project"], observed=True).transform("max").astype(np.int64)
    groups = atoms.groupby(["project", "group"], observed=True, as_index=False)
    concerned = groups[["n", "affected"]].agg({"n": "sum", "affected": "max"})
    known = (concerned["affected"] >= 0).to_numpy()
    whole = pd.Categorical([WHOLE_PROCESS]).take(np.zeros(len(concerned), dtype=int))
    concerned = concerned.assign(
        phase=whole,
        affected=concerned["affected"].clip(lower=0),
        listed=known.astype(np.int64),
        unlisted=(~known & (concerned["n"] > 0)).astype(np.int64),
        n=0,
        recorded=0,
    )
    nothing = atoms.assign(affected=0, listed=0, unlisted=0, recorded=recorded)
    both = pd.concat([nothing, concerned[nothing.columns]], ignore_index=True)
    return both.astype(
        {"project": nothing["project"].dtype, "group": nothing["group"].dtype}
    ).assign(phase=both["phase"].astype(str).astype("category"))


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Number of participations. Rows: n, affected, listed, unlisted, recorded."""
    found = counts(rows)
    of_groups = rows["split"] == Split.GROUP.value
    known, gaps, people, recorded = (
        np.bincount(rows["figure"], rows[column] * chosen, minlength=len(found))
        for column, chosen in (
            ("listed", of_groups),
            ("unlisted", of_groups),
            ("affected", of_groups),
            ("recorded", 1),
        )
    )
    found["denominator"] = np.where((known > 0) & (gaps == 0), people, np.nan)
    # A value with a reason: counted, but the population beside it is known for some projects only.
    found.loc[(known > 0) & (gaps > 0), "reason"] = Reason.UNKNOWN_FRAME.value
    silent = recorded == 0
    found.loc[silent, ["value", "method", "reason"]] = [
        np.nan,
        Method.NONE.value,
        Reason.NO_RECORDS.value,
    ]
    return found
