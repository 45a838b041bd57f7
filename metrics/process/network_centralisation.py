"""Centralisation: how far the ties of a network gather on one organisation."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.network_figures import network_figures, networks_of
from metrics.statistics.networks import centralisation
from survey.text import Text

METRIC = Metric(
    id="network_centralisation",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Verkoston keskittyneisyys",
        sv="Nätverkets centralisering",
        en="Centralisation of the network",
    ),
    reading=Text(
        fi="Kuinka paljon yhteydet kasautuvat yhdelle organisaatiolle: 1 on tähti, 0 on tasan "
        "jaettu.",
        sv="Hur mycket kontakterna samlas hos en organisation: 1 är en stjärna, 0 är jämnt "
        "fördelat.",
        en="How far ties gather on one organisation: 1 is a star, 0 is evenly shared.",
    ),
    definition=Text(
        fi="Eniten yhteyksiä omaavan ero muihin yhteen laskettuna, jaettuna suurimmalla "
        "mahdollisella. Lasketaan organisaatioista, joilta kysyttiin; vähintään 80 % on "
        "vastannut. Keskittyminen voi olla vahvuus tai riski: jos keskus lähtee, verkosto hajoaa.",
        sv="Skillnaden mellan den med flest kontakter och de andra sammanräknad, delad med den "
        "största möjliga. Räknas bland de organisationer som tillfrågades; minst 80 % har svarat. "
        "Centralisering kan vara en styrka eller en risk: om mitten försvinner faller nätverket "
        "isär.",
        en="The differences between the best connected and the others added up, divided by the "
        "most they could be. Computed among the organisations that were asked; at least 80 % "
        "answered. It may be a strength or a risk: where the centre leaves, the network falls "
        "apart.",
    ),
    formula=Text(
        fi="Σ (suurin aste − aste) / ((n−1)(n−2)); n ≥ 3",
        sv="Σ (högsta grad − grad) / ((n−1)(n−2)); n ≥ 3",
        en="Σ (max degree − degree) / ((n−1)(n−2)); n ≥ 3",
    ),
    unit=Unit.COEFFICIENT,
    better="none",
    about=About.RECORDS,
    frame="ties",
    source=Text(
        fi="Freeman 1979; karateseura 0,3996, tähti 1, rengas 0",
        sv="Freeman 1979; karateklubben 0,3996, stjärna 1, ring 0",
        en="Freeman 1979; karate club .3996, star 1, ring 0",
    ),
    grade="B",
)

BESIDE = "roster"


def compute(rows: pd.DataFrame, roster: pd.DataFrame) -> pd.DataFrame:
    """Freeman's degree centralisation. Rows: source, target; roster: organisation, answered."""
    found = networks_of(rows, roster)
    return network_figures(rows, found, centralisation(found))
