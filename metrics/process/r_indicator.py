"""Evenness of response: whether all groups answered alike, read off the shown response rates."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Method, Metric, Reason, Unit
from metrics.statistics.response import of_totals, r_indicator, shown_propensity
from survey.text import Text

METRIC = Metric(
    id="r_indicator",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Vastaamisen tasaisuus",
        sv="Jämnhet i svarandet",
        en="Evenness of response",
    ),
    reading=Text(
        fi="Vastasivatko kaikki ryhmät yhtä ahkerasti: 1 on täysin tasaista, alle 0,80 varoittaa "
        "vinoutumasta.",
        sv="Svarade alla grupper lika flitigt: 1 är helt jämnt, under 0,80 varnar för "
        "snedvridning.",
        en="Whether all groups answered alike: 1 is perfectly even, below 0.80 warns of bias.",
    ),
    definition=Text(
        fi="Yksi miinus kaksi kertaa ryhmien vastausosuuksien keskihajonta kaikkien kutsuttujen "
        "yli. Ryhmät, joita ei näytetä, ovat mukana yhtenä ryhmänä. Pienissä ryhmissä osuudet "
        "heiluvat sattumaltakin, joten luku on niissä hieman liian pieni. Luku ei näe eroja "
        "ryhmien sisällä eikä kerro, mitä vastaamatta jättäneet ajattelevat.",
        sv="Ett minus två gånger standardavvikelsen för gruppernas svarsfrekvenser över alla "
        "inbjudna. Grupper som inte visas är med som en grupp. I små grupper varierar andelarna "
        "också av en slump, så talet är där något för litet. Talet ser inte skillnader inom "
        "grupper och säger inte vad de som inte svarat tycker.",
        en="One less twice the standard deviation of the groups' response rates over everybody "
        "invited. Groups that are not shown take part as one group. In small groups rates move by "
        "chance too, so the figure is a little too low there. It does not see differences within "
        "groups, nor tell what those who did not answer think.",
    ),
    formula=Text(
        fi="R = 1 − 2·S, S² = Σ N_g (r_g − r)² / (N − 1); väli deltamenetelmällä; "
        "huomautus alle 0,80; n = vastanneet",
        sv="R = 1 − 2·S, S² = Σ N_g (r_g − r)² / (N − 1); intervall med deltametoden; "
        "anmärkning under 0,80; n = de som svarat",
        en="R = 1 − 2·S, S² = Σ N_g (r_g − r)² / (N − 1); interval by the delta method; "
        "flagged below .80; n = people who answered",
    ),
    unit=Unit.COEFFICIENT,
    better="up",
    about=About.RESPONDENTS,
    frame="results:response_rate",
    source=Text(
        fi="Schouten, Cobben & Bethlehem 2009, ilman korjausta",
        sv="Schouten, Cobben & Bethlehem 2009, utan korrigering",
        en="Schouten, Cobben & Bethlehem 2009, unadjusted",
    ),
    grade="B",
)


def derive(results: dict[str, pd.DataFrame], _nodes: pd.DataFrame) -> pd.DataFrame:
    """One figure for each entity and wave whose response rate is shown.

    Missing: unknown_frame where fewer than two groups have a known number of invited people.
    """
    totals, found = shown_propensity(results["response_rate"])
    return of_totals(totals, r_indicator(found), Method.DELTA, Reason.UNKNOWN_FRAME)
