"""Ties across sectors: whether organisations work with others than their own kind."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.network_figures import network_figures, networks_of
from metrics.statistics.networks import external_internal
from survey.text import Text

METRIC = Metric(
    id="network_sectors",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Yhteydet sektorien yli", sv="Kontakter över sektorgränser", en="Ties across sectors"
    ),
    reading=Text(
        fi="Tehdäänkö yhteistyötä yli sektorirajojen: 1 vain yli rajojen, −1 vain omien kesken.",
        sv="Samarbetar man över sektorgränserna: 1 bara över gränserna, −1 bara inom den egna.",
        en="Whether work crosses the lines between sectors: 1 across only, −1 within only.",
    ),
    definition=Text(
        fi="Yhteydet eri sektorien välillä miinus saman sektorin sisällä, jaettuna kaikilla. "
        "Lasketaan organisaatioista, joilta kysyttiin; vähintään 80 % on vastannut. Luku riippuu "
        "sektorien koosta: pienellä sektorilla on enemmän muita, joiden kanssa toimia.",
        sv="Kontakter mellan olika sektorer minus kontakter inom samma sektor, delat med alla. "
        "Räknas bland de organisationer som tillfrågades; minst 80 % har svarat. Talet beror på "
        "sektorernas storlek: en liten sektor har fler andra att arbeta med.",
        en="Ties between sectors less ties within them, divided by all. Computed among the "
        "organisations that were asked; at least 80 % answered. The figure depends on the sizes "
        "of sectors: a small one has more others to work with.",
    ),
    formula=Text(
        fi="(E − I) / (E + I)",
        sv="(E − I) / (E + I)",
        en="(E − I) / (E + I)",
    ),
    unit=Unit.COEFFICIENT,
    better="none",
    about=About.RECORDS,
    frame="ties",
    source=Text(
        fi="Krackhardt & Stern 1988; karateseura puolittain −0,718",
        sv="Krackhardt & Stern 1988; karateklubben efter sina sidor −0,718",
        en="Krackhardt & Stern 1988; karate club by its sides −.718",
    ),
    grade="B",
)

BESIDE = "roster"


def compute(rows: pd.DataFrame, roster: pd.DataFrame) -> pd.DataFrame:
    """E–I index over sectors. Rows: ties; roster: with sectors."""
    found = networks_of(rows, roster)
    return network_figures(rows, found, external_internal(found))
