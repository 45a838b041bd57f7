"""ICC of means: how reliably the mean of a typical project tells projects apart."""

from __future__ import annotations

import pandas as pd

from metrics.items import levels_of, totals
from metrics.metric import About, Metric, Unit
from metrics.statistics.multilevel import correlations_within
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="icc_of_mean",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Hankekeskiarvojen luotettavuus",
        sv="Tillförlitligheten i projektmedeltal",
        en="Reliability of project means",
    ),
    reading=Text(
        fi="Kuinka luotettavasti tyypillisen hankkeen keskiarvo erottaa hankkeet toisistaan.",
        sv="Hur tillförlitligt ett typiskt projekts medeltal skiljer projekten åt.",
        en="How reliably the mean of a typical project tells projects apart.",
    ),
    definition=Text(
        fi="ICC(1,k): kuinka suuri osa hankkeiden keskiarvojen vaihtelusta on todellista eroa, kun "
        "hankkeessa on tyypillinen määrä vastaajia. Alle 0,70 hankkeita ei pitäisi verrata "
        "keskiarvoilla. Yksittäisen hankkeen luotettavuus riippuu sen vastaajamäärästä ja on "
        "omassa luvussaan.",
        sv="ICC(1,k): hur stor del av variationen mellan projektens medeltal som är verklig "
        "skillnad när ett projekt har ett typiskt antal svar. Under 0,70 borde projekt inte "
        "jämföras med medeltal. Ett enskilt projekts tillförlitlighet beror på antalet svar och "
        "har ett eget tal.",
        en="ICC(1,k): how much of the variation of project means is true difference when a project "
        "has a typical number of people. Below .70 projects should not be compared by their "
        "means. The reliability of one project depends on how many answered there and has a "
        "figure of its own.",
    ),
    formula=Text(
        fi="ICC(1,k) = 1 − MSW / MSB, k = n₀ = (N − Σnⱼ²/N)/(J − 1); F-väli: 1 − 1/F_L … 1 − 1/F_U",
        sv="ICC(1,k) = 1 − MSW / MSB, k = n₀ = (N − Σnⱼ²/N)/(J − 1); F-intervall: 1 − "
        "1/F_L till 1 − 1/F_U",
        en="ICC(1,k) = 1 − MSW / MSB, k = n₀ = (N − Σnⱼ²/N)/(J − 1); F interval: 1 − "
        "1/F_L to 1 − 1/F_U",
    ),
    unit=Unit.COEFFICIENT,
    better="none",
    about=About.RESPONDENTS,
    frame="scale_moments",
    source=Text(
        fi="Shrout & Fleiss 1979 (heidän aineistonsa: 0,44)",
        sv="Shrout & Fleiss 1979 (deras data: 0,44)",
        en="Shrout & Fleiss 1979 (their data: .44)",
    ),
    grade="C",
)


def reads(instrument: Instrument) -> list[dict]:
    """Every scale whose mean is a level."""
    return levels_of(instrument)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Moments of all groups and phases together."""
    return totals(atoms)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """ICC(1,k) per scale. Rows: n, total, squares, unit."""
    return correlations_within(rows, of_mean=True)
