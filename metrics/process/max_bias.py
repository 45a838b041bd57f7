"""Largest bias: how far uneven response could move a mean at most."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Method, Metric, Reason, Unit
from metrics.statistics.response import largest_bias, of_totals, shown_propensity
from survey.text import Text

METRIC = Metric(
    id="max_bias",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Vastauskadon suurin vinouma",
        sv="Bortfallets största snedvridning",
        en="Largest bias of non-response",
    ),
    reading=Text(
        fi="Kuinka paljon epätasainen vastaaminen voi enintään siirtää keskiarvoa, vastausten "
        "keskihajontoina.",
        sv="Hur mycket ojämnt svarande som mest kan flytta ett medeltal, i svarens "
        "standardavvikelser.",
        en="How far uneven response can move a mean at most, in standard deviations of answers.",
    ),
    definition=Text(
        fi="Ryhmien vastausosuuksien keskihajonta jaettuna koko vastausosuudella. Jos vastausten "
        "keskihajonta on 20 pistettä, arvo 0,1 tarkoittaa enintään kahden pisteen vinoumaa. "
        "Yläraja saavutetaan vain, jos vastaaminen riippuu täysin siitä, mitä kysytään. Ryhmien "
        "sisäistä valikoitumista luku ei näe.",
        sv="Standardavvikelsen för gruppernas svarsfrekvenser delad med hela svarsfrekvensen. Om "
        "svarens standardavvikelse är 20 poäng betyder 0,1 en snedvridning på högst två poäng. "
        "Gränsen nås bara om svarandet helt beror på det som frågas. Urval inom grupperna syns "
        "inte.",
        en="The standard deviation of the groups' response rates divided by the overall rate. "
        "Where answers have a standard deviation of 20 points, 0.1 means a bias of two points at "
        "most. The limit is reached only if answering depends wholly on what is asked. Selection "
        "within groups is not seen.",
    ),
    formula=Text(
        fi="S / r, jossa S ja r kuten vastaamisen tasaisuudessa: |keskiarvon harha| ≤ "
        "S·s(y)/r; väli deltamenetelmällä; n = vastanneet",
        sv="S / r, med S och r som i svarens jämnhet: |medeltalets fel| ≤ S·s(y)/r; "
        "intervall med deltametoden; n = de som svarat",
        en="S / r, with S and r as in the evenness of response: |bias of a mean| ≤ "
        "S·s(y)/r; interval by the delta method; n = people who answered",
    ),
    unit=Unit.EFFECT,
    better="down",
    about=About.RESPONDENTS,
    frame="results:response_rate",
    source=Text(
        fi="Schouten, Cobben & Bethlehem 2009, luku 4",
        sv="Schouten, Cobben & Bethlehem 2009, avsnitt 4",
        en="Schouten, Cobben & Bethlehem 2009, section 4",
    ),
    grade="B",
)


def derive(results: dict[str, pd.DataFrame], _nodes: pd.DataFrame) -> pd.DataFrame:
    """One figure for each entity and wave whose response rate is shown.

    Missing: unknown_frame where fewer than two groups have a known number of invited people.
    """
    totals, found = shown_propensity(results["response_rate"])
    return of_totals(totals, largest_bias(found), Method.DELTA, Reason.UNKNOWN_FRAME)
