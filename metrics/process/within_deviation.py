"""Deviation within projects: how far apart the scores of a project's people are."""

from __future__ import annotations

import pandas as pd

from metrics.items import levels_of, totals
from metrics.metric import About, Metric, Unit
from metrics.statistics.agreement import within_deviations
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="within_deviation",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Vastausten hajonta hankkeessa",
        sv="Svarens spridning i projektet",
        en="Spread of answers within a project",
    ),
    reading=Text(
        fi="Kuinka kaukana toisistaan saman hankkeen vastaajien pisteet ovat.",
        sv="Hur långt ifrån varandra poängen i samma projekt ligger.",
        en="How far apart the points of the people of one project are.",
    ),
    definition=Text(
        fi="Pisteiden keskihajonta hankkeen sisällä; 0 tarkoittaa, että kaikki antoivat samat "
        "pisteet, ja noin 50 on suurin mahdollinen. Usean hankkeen luku on hankkeiden sisäinen "
        "hajonta yhdessä, eikä hankkeiden välinen ero ole siinä mukana. Suuri hajonta "
        "tarkoittaa, että keskiarvo kuvaa harvaa. Luku ei kerro, ketkä ovat tyytymättömiä.",
        sv="Poängens standardavvikelse inom projektet; 0 betyder att alla gav samma poäng, och "
        "ungefär 50 är det största möjliga. Talet för flera projekt är spridningen inom "
        "projekten tillsammans, och skillnaden mellan projekt ingår inte. Stor spridning "
        "betyder att medeltalet beskriver få. Talet berättar inte vilka som är missnöjda.",
        en="The standard deviation of points within the project; 0 means that all gave the same "
        "points, and about 50 is the most there can be. The figure of several projects is their "
        "spread within projects together, without the differences between projects. A large "
        "spread means that the mean describes few. It does not tell who is dissatisfied.",
    ),
    formula=Text(
        fi="s = √(Σ SSⱼ / (N − J)); väli khiin neliöstä, vapausasteet N − J (olettaa "
        "pisteet suunnilleen normaaleiksi), katkaistu 50:een",
        sv="s = √(Σ SSⱼ / (N − J)); intervall genom chi-två med N − J frihetsgrader "
        "(antar att poängen är ungefär normala), kapat vid 50",
        en="s = √(Σ SSⱼ / (N − J)); interval by chi-square with N − J degrees of freedom "
        "(takes scores to be roughly normal), cut to 50",
    ),
    unit=Unit.POINTS,
    better="none",
    about=About.RESPONDENTS,
    frame="scale_moments",
    source=Text(
        fi="Varianssin khiin neliö -väli (mikä tahansa oppikirja)",
        sv="Chi-två-intervall för en varians (valfri lärobok)",
        en="Chi-square interval of a variance (any textbook)",
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
    """Standard deviation per scale. Rows: n, total, squares, unit."""
    return within_deviations(rows)
