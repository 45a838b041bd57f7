"""Ties across sectors: whether organisations work with others than their own kind."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.network_figures import network_figures, networks_of
from metrics.statistics.networks import external_internal
from survey.text import Text

METRIC = Metric(
    id="network_sectors",
    version=2,
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
        "Lasketaan organisaatioista, joilta kysyttiin; vähintään 80 % on vastannut. Rajat "
        "olettavat, että vastausta vailla olevat yhteydet ovat kaikki sektorien sisällä tai "
        "kaikki niiden välillä. Luku riippuu sektorien koosta: pienellä sektorilla on "
        "enemmän muita, joiden kanssa toimia.",
        sv="Kontakter mellan olika sektorer minus kontakter inom samma sektor, delat med alla. "
        "Räknas bland de organisationer som tillfrågades; minst 80 % har svarat. Gränserna "
        "antar att de kontakter som saknar svar alla finns inom sektorer eller alla mellan "
        "dem. Talet beror på sektorernas storlek: en liten sektor har fler andra att arbeta "
        "med.",
        en="Ties between sectors less ties within them, divided by all. Computed among the "
        "organisations that were asked; at least 80 % answered. The limits take it that the "
        "ties lacking an answer all lie within sectors, or all between them. The figure "
        "depends on the sizes of sectors: a small one has more others to work with.",
    ),
    formula=Text(
        fi="(E − I) / (E + I); rajat (E − I − u_I) / (E + I + u_I) … (E + u_E − I) / (E + u_E "
        "+ I), u: parit, joista ainakin toinen ei vastannut eikä kukaan kertonut",
        sv="(E − I) / (E + I); gränser (E − I − u_I) / (E + I + u_I) till (E + u_E − I) / (E + "
        "u_E + I), u: par där minst en inte svarat och ingen berättat",
        en="(E − I) / (E + I); bounds (E − I − u_I) / (E + I + u_I) to (E + u_E − I) / (E + "
        "u_E + I), u: pairs of which one or both did not answer and nobody told",
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
    """E–I index over sectors, with bounds for ties that lack an answer. Rows: ties; roster: with
    sectors."""
    found = networks_of(rows, roster)
    return network_figures(rows, found, external_internal(found))
