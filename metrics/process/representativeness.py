"""Representativeness: how closely those who took part mirror those whom the matter concerns."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.metric import About, Method, Metric, Reason, Split, Unit, ValueState
from metrics.statistics import Interval, estimates
from survey.instrument import UNKNOWN_GROUP
from survey.text import Text

METRIC = Metric(
    id="representativeness",
    version=1,
    kind="process",
    question="Q3",
    label=Text(fi="Edustavuus", sv="Representativitet", en="Representativeness"),
    reading=Text(
        fi="Kuinka hyvin osallistujien ryhmät vastaavat niitä, joita asia koskee: 100 % on täysi "
        "vastaavuus.",
        sv="Hur väl deltagarnas grupper motsvarar dem som saken berör: 100 % är full motsvarighet.",
        en="How well the groups that took part match those whom the matter concerns: 100 % is a "
        "full match.",
    ),
    definition=Text(
        fi="Ryhmien osuuksia osallistumisista verrataan niiden osuuksiin väestä, jota asia koskee; "
        "puolet erojen summasta vähennetään yhdestä. Mukana ovat ryhmät, joiden väki tunnetaan. "
        "Luku lasketaan vain näytettävistä ryhmien luvuista: jos yksikin ryhmä on suojattu, "
        "edustavuutta ei näytetä, koska siitä voisi päätellä suojatun luvun.",
        sv="Gruppernas andelar av deltagandena jämförs med deras andelar av dem som saken berör; "
        "hälften av skillnadernas summa dras från ett. Med är de grupper vars befolkning är känd. "
        "Talet räknas bara på de grupptal som visas: om en enda grupp är skyddad visas inte "
        "representativiteten, eftersom det skyddade talet då kunde räknas ut.",
        en="The groups' shares of participations are compared with their shares of the people whom "
        "the matter concerns; half the sum of the differences is taken from one. Groups whose "
        "population is known take part. The figure is computed from the groups' shown figures "
        "only: if a single group is protected it is not shown, as the protected figure could be "
        "worked out from it.",
    ),
    formula=Text(
        fi="1 − ½ · Σ |p_g − π_g| niistä ryhmistä, joiden väki, jota asia koskee, "
        "tunnetaan; vähintään kaksi",
        sv="1 − ½ · Σ |p_g − π_g| över grupper vars berörda är kända; minst två",
        en="1 − ½ · Σ |p_g − π_g| over groups with a known affected population; at least two",
    ),
    unit=Unit.SHARE,
    better="up",
    about=About.PARTICIPANTS,
    frame="results:participation",
    source=Text(
        fi="Yksi miinus kahden jakauman erilaisuusindeksi, Duncan & Duncan 1955",
        sv="Ett minus olikhetsindex för två fördelningar, Duncan & Duncan 1955",
        en="One minus the index of dissimilarity of two distributions, Duncan & Duncan 1955",
    ),
    grade="B",
)

_KEY = ["instrument", "wave", "level", "entity"]


def derive(results: dict[str, pd.DataFrame], _nodes: pd.DataFrame) -> pd.DataFrame:
    """One share for each entity whose participations are published by group.

    Missing: hidden_parts where a group is hidden; unknown_frame where fewer than two groups have a
    known population, or one has it for some projects only; no_records where nobody took part.
    """
    participation = results["participation"]
    is_group = (participation["split"] == Split.GROUP) & (
        participation["split_value"] != UNKNOWN_GROUP
    )
    groups = participation[is_group.to_numpy()]
    known = groups["denominator"].notna() & groups["value"].notna()
    frame = groups[_KEY].assign(
        hidden=groups["state"] == ValueState.SUPPRESSED,
        partial=groups["reason"] == Reason.UNKNOWN_FRAME,
        groups=known.astype(int),
        took_part=groups["value"].where(known, 0).astype(float),
        concerned=groups["denominator"].where(known, 0).astype(float),
    )
    totals = frame.groupby(_KEY, observed=True)[["took_part", "concerned"]].transform("sum")
    shares = frame[["took_part", "concerned"]] / totals.where(totals > 0)
    frame["apart"] = (shares["took_part"] - shares["concerned"]).abs()
    entities = frame.groupby(_KEY, observed=True)
    whole = entities.sum().reset_index()
    refusals = [
        (whole["hidden"] > 0, Reason.HIDDEN_PARTS),
        ((whole["partial"] > 0) | (whole["groups"] < 2), Reason.UNKNOWN_FRAME),
        (whole["concerned"] <= 0, Reason.UNKNOWN_FRAME),
        (whole["took_part"] <= 0, Reason.NO_RECORDS),
    ]
    reason = np.select(
        [refused for refused, _ in refusals], [r.value for _, r in refusals], default=""
    )
    nothing = np.full(len(whole), np.nan)
    figures = estimates(
        Interval(np.where(reason == "", 1 - whole["apart"] / 2, np.nan), nothing, nothing),
        n=np.where(reason == "", whole["took_part"], 0).astype(np.int64),
        projects=np.zeros(len(whole), dtype=np.int64),
        method=Method.CENSUS,
        missing=reason,
    )
    keys = whole[_KEY].assign(part="", split=Split.TOTAL.value, split_value="")
    return pd.concat([keys, figures], axis=1)
