"""Partners of an organisation: how many others one works with on average."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.network_figures import network_figures, networks_of
from metrics.statistics.networks import mean_degree
from survey.text import Text

METRIC = Metric(
    id="network_degree",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Kumppaneita organisaatiolla",
        sv="Partner per organisation",
        en="Partners of an organisation",
    ),
    reading=Text(
        fi="Kuinka monen muun organisaation kanssa kukin keskimäärin teki yhteistyötä.",
        sv="Hur många andra organisationer var och en i medeltal samarbetade med.",
        en="How many other organisations each one worked with on average.",
    ),
    definition=Text(
        fi="Kaksi kertaa yhteyksien määrä jaettuna organisaatioilla; myös ne, joilla ei ole "
        "yhteyksiä, ovat mukana. Lasketaan organisaatioista, joilta kysyttiin; vähintään 80 % on "
        "vastannut. Luku ei kerro yhteistyön laadusta.",
        sv="Två gånger antalet kontakter delat med organisationerna; också de utan kontakter är "
        "med. Räknas bland de organisationer som tillfrågades; minst 80 % har svarat. Talet säger "
        "inget om samarbetets kvalitet.",
        en="Twice the number of ties divided by the organisations; those without ties count too. "
        "Computed among the organisations that were asked; at least 80 % answered. The figure "
        "says nothing of how good the work together was.",
    ),
    formula=Text(
        fi="2 · yhteydet / n; rajat kuten tiheydessä; n = organisaatiot",
        sv="2 · kontakter / n; gränser som i tätheten; n = organisationer",
        en="2 · ties / n; bounds as in density; n = organisations",
    ),
    unit=Unit.RATIO,
    better="none",
    about=About.RECORDS,
    frame="ties",
    source=Text(
        fi="Wasserman & Faust 1994, 4.2; karateseura 4,588",
        sv="Wasserman & Faust 1994, 4.2; karateklubben 4,588",
        en="Wasserman & Faust 1994, 4.2; karate club 4.588",
    ),
    grade="B",
)

BESIDE = "roster"


def compute(rows: pd.DataFrame, roster: pd.DataFrame) -> pd.DataFrame:
    """Partners on average. Rows: source, target; roster: organisation, answered."""
    found = networks_of(rows, roster)
    return network_figures(rows, found, mean_degree(found))
