"""Separateness of sectors: whether ties stay within sectors more than chance would keep them."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.network_figures import network_figures, networks_of
from metrics.statistics.networks import modularity
from survey.text import Text

METRIC = Metric(
    id="network_modularity",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Sektorien erillisyys", sv="Sektorernas åtskildhet", en="Separateness of sectors"
    ),
    reading=Text(
        fi="Pysyvätkö yhteydet sektorien sisällä enemmän kuin sattumalta: 0 kuten sattumalta, yli "
        "0,3 selvästi.",
        sv="Hålls kontakterna inom sektorerna mer än av en slump: 0 som av en slump, över 0,3 "
        "tydligt.",
        en="Whether ties stay within sectors more than by chance: 0 as by chance, above 0.3 "
        "clearly.",
    ),
    definition=Text(
        fi="Sektorien sisäisten yhteyksien osuus miinus osuus, jonka sattuma antaisi, kun jokaisen "
        "organisaation yhteyksien määrä on annettu. Lasketaan organisaatioista, joilta kysyttiin; "
        "vähintään 80 % on vastannut. Luku ei kerro, miksi rajat pitävät.",
        sv="Andelen kontakter inom sektorerna minus den andel som slumpen skulle ge, när antalet "
        "kontakter för varje organisation är givet. Räknas bland de organisationer som "
        "tillfrågades; minst 80 % har svarat. Talet säger inte varför gränserna håller.",
        en="The share of ties within sectors less what chance would give, each organisation's "
        "number of ties being what it is. Computed among the organisations that were asked; at "
        "least 80 % answered. The figure does not tell why the lines hold.",
    ),
    formula=Text(
        fi="Q = Σ sektorien yli e_c/m − (d_c/2m)²",
        sv="Q = Σ över sektorer av e_c/m − (d_c/2m)²",
        en="Q = Σ over sectors of e_c/m − (d_c/2m)²",
    ),
    unit=Unit.COEFFICIENT,
    better="none",
    about=About.RECORDS,
    frame="ties",
    source=Text(
        fi="Newman & Girvan 2004; karateseura puolittain 0,358",
        sv="Newman & Girvan 2004; karateklubben efter sina sidor 0,358",
        en="Newman & Girvan 2004; karate club by its sides .358",
    ),
    grade="B",
)

BESIDE = "roster"


def compute(rows: pd.DataFrame, roster: pd.DataFrame) -> pd.DataFrame:
    """Modularity of the division into sectors. Rows: ties; roster: with sectors."""
    found = networks_of(rows, roster)
    return network_figures(rows, found, modularity(found))
