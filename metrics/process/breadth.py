"""Breadth: over how many groups participation spreads, counted in five ways."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.metric import KEYS, About, Method, Metric, Reason, Split, Unit, ValueState
from metrics.statistics import Interval, estimates
from metrics.statistics.diversity import NEEDED, ORDERS, resampled
from survey.instrument import GROUPS, UNKNOWN_GROUP
from survey.text import Text

METRIC = Metric(
    id="breadth",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Osallistumisen laajuus",
        sv="Deltagandets bredd",
        en="Breadth of participation",
    ),
    reading=Text(
        fi="Montako ryhmää osallistumiset kattavat: kaikki mukana olleet, yhtä suuriksi muunnetut "
        "ja hallitsevat.",
        sv="Hur många grupper deltagandet täcker: alla som var med, omräknade till lika stora, och "
        "de dominerande.",
        en="How many groups participation covers: all that took part, as if of one size, and those "
        "that dominate.",
    ),
    definition=Text(
        fi="q0 on mukana olleiden ryhmien määrä, q1 montaa yhtä suurta ryhmää jakauma vastaa, q2 "
        "sama suuria ryhmiä painottaen; evenness on jakauman tasaisuus ja simpson "
        "todennäköisyys, että kaksi osallistumista on eri ryhmistä. Lasketaan näytettävistä "
        "ryhmien luvuista, kun osallistumisia on vähintään 20. Sama ihminen on luvussa joka "
        "kerran, joten väli on liian kapea. Laaja kirjo ei riitä, jos asianosainen ryhmä puuttuu: "
        "katso edustavuutta.",
        sv="q0 är antalet grupper som var med, q1 hur många lika stora grupper fördelningen "
        "motsvarar, q2 detsamma med vikt på stora grupper; evenness är fördelningens jämnhet och "
        "simpson sannolikheten för att två deltaganden kommer från olika grupper. Räknas på de "
        "grupptal som visas, vid minst 20 deltaganden. Samma person är med varje gång, så "
        "intervallet är för smalt. Bredd räcker inte om en berörd grupp saknas: se på "
        "representativiteten.",
        en="q0 is the number of groups that took part, q1 how many groups of one size the spread "
        "equals, q2 the same with weight on large groups; evenness is how even the spread is and "
        "simpson the chance that two participations come from different groups. Computed from the "
        "groups' shown figures, for 20 participations or more. The same person counts each time, "
        "so the interval is too narrow. Breadth is not enough where a group concerned is missing: "
        "look at representativeness.",
    ),
    formula=Text(
        fi="q0; q1 = exp(−Σ p ln p); q2 = 1/Σp²; tasaisuus ln q1 / ln q0; simpson = 1 − "
        "Σ n(n−1) / (N(N−1)); 499 kylvöluvulla toistettua multinomiotosta, väli "
        "levennetty sisältämään luku; N ≥ 20",
        sv="q0; q1 = exp(−Σ p ln p); q2 = 1/Σp²; jämnhet ln q1 / ln q0; simpson = 1 − Σ "
        "n(n−1) / (N(N−1)); 499 multinomialurval med fast frö, vidgat så att värdet "
        "ryms; N ≥ 20",
        en="q0; q1 = exp(−Σ p ln p); q2 = 1/Σp²; evenness ln q1 / ln q0; simpson = 1 − Σ "
        "n(n−1) / (N(N−1)); 499 seeded multinomial resamples, widened to hold the "
        "value; N ≥ 20",
    ),
    unit=Unit.EFFECTIVE,
    better="up",
    about=About.PARTICIPANTS,
    frame="results:participation",
    source=Text(
        fi="Hill 1973; Pielou 1966; Simpson 1949; Efron 1979",
        sv="Hill 1973; Pielou 1966; Simpson 1949; Efron 1979",
        en="Hill 1973; Pielou 1966; Simpson 1949; Efron 1979",
    ),
    grade="B",
    minimum_n=20,
)

_KEY = ["instrument", "wave", "level", "entity"]


def derive(results: dict[str, pd.DataFrame], _nodes: pd.DataFrame) -> pd.DataFrame:
    """Five figures for each entity whose participations are published by group.

    Missing: hidden_parts where a group is hidden; no_records where nobody took part;
    too_few_records below 20 participations; not_estimable for the evenness of one group.
    """
    shown = results["participation"]
    is_group = (shown["split"] == Split.GROUP) & (shown["split_value"] != UNKNOWN_GROUP)
    groups = shown[is_group.to_numpy()]
    groups = groups.astype({**dict.fromkeys(_KEY[:3], str), "split_value": str})
    groups = groups.sort_values([*_KEY, "split_value"], ignore_index=True)
    keys = groups[_KEY].drop_duplicates(ignore_index=True)
    place = groups.groupby(_KEY).ngroup().to_numpy(dtype=np.int64)
    size = len(keys)
    column = pd.Index(GROUPS).get_indexer(groups["split_value"])
    counts = np.zeros((size, len(GROUPS)), dtype=np.int64)
    counts[place, column] = groups["value"].fillna(0).to_numpy(dtype=float).round()
    hidden = np.bincount(place, groups["state"] == ValueState.SUPPRESSED, size) > 0
    total = counts.sum(axis=1)
    refused = [hidden, total == 0, total < NEEDED]
    reasons = [Reason.HIDDEN_PARTS.value, Reason.NO_RECORDS.value, Reason.TOO_FEW_RECORDS.value]
    reason = np.select(refused, reasons, Reason.NOT_ESTIMABLE.value)
    usable = ~np.any(refused, axis=0) if size else np.zeros(0, dtype=bool)
    found = resampled(counts[usable])
    return pd.concat(
        [_part(keys, name, found[name], usable, total * usable, reason) for name in ORDERS],
        ignore_index=True,
    )


def _part(
    keys: pd.DataFrame, name: str, found: Interval, usable: np.ndarray, n: np.ndarray,
    reason: np.ndarray,
) -> pd.DataFrame:  # fmt: skip
    ends = [np.full(len(keys), np.nan) for _ in found]
    for end, known in zip(ends, found, strict=True):
        end[usable] = known
    figures = estimates(
        Interval(ends[0], *(np.where(np.isnan(ends[0]), np.nan, end) for end in ends[1:])),
        n=n.astype(np.int64),
        projects=np.zeros(len(keys), dtype=np.int64),
        method=Method.BOOTSTRAP,
        missing=reason,
    )
    keys = keys.assign(part=name, split=Split.TOTAL.value, split_value="")
    return pd.concat([keys[KEYS], figures], axis=1)
