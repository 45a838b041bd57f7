"""Outcome score: the mean of each scale of an outcome questionnaire, on 0-100."""

from __future__ import annotations

import pandas as pd

from metrics.items import scales_of
from metrics.metric import About, Metric, Unit
from metrics.statistics import means
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="outcome_score",
    version=1,
    kind="outcome",
    question="Q0",
    label=Text(fi="Tulosten pisteet", sv="Poäng för resultaten", en="Outcome score"),
    reading=Text(
        fi="Kuinka hyvänä vastaajat pitävät sitä, mitä työstä syntyi, asteikolla 0–100.",
        sv="Hur bra de som svarat tycker att resultatet av arbetet är, på skalan 0–100.",
        en="How good respondents find what came of the work, on a scale of 0–100.",
    ),
    definition=Text(
        fi="Jokaisen vastaajan pisteet ovat osa-alueen väittämien keskiarvo, jossa asteikon "
        "huonoin vastaus on 0 ja paras 100. Pisteet lasketaan, kun vähintään kaksi kolmasosaa "
        "väittämistä on vastattu. Usean hankkeen luku on hankkeiden keskiarvo, jossa jokainen "
        "hanke painaa saman verran.",
        sv="En persons poäng är medeltalet av delområdets påståenden, där skalans sämsta svar är 0 "
        "och det bästa 100. Poängen räknas när minst två tredjedelar av påståendena är besvarade. "
        "Talet för flera projekt är projektens medeltal, där varje projekt väger lika mycket.",
        en="A person's score is the mean of the scale's statements, with the worst answer at 0 and "
        "the best at 100. It is counted when at least two thirds of the statements are answered. "
        "The figure of several projects is the mean of the projects, each with the same weight.",
    ),
    formula=Text(
        fi="100 · keskiarvo((vastaus − pienin) / (suurin − pienin)); useampi hanke: "
        "hankkeiden keskiarvojen keskiarvo, ± t(0,975; J−1) · s / √J",
        sv="100 · medeltal((svar − lägsta) / (högsta − lägsta)); flera projekt: "
        "medeltalet av projektens medeltal, ± t(0,975; J−1) · s / √J",
        en="100 · mean((code − low) / (high − low)); above a project: mean of project "
        "means, ± t(.975; J−1) · s / √J",
    ),
    unit=Unit.POINTS,
    better="up",
    about=About.RESPONDENTS,
    frame="scale_moments",
    source=Text(
        fi="Omat tulosasteikot (docs/instruments.md); yhdistetty ryppäinä, Cochran 1977",
        sv="Egna resultatskalor (docs/instruments.md); sammanslagna som kluster, Cochran 1977",
        en="Own outcome scales (docs/instruments.md); pooled as clusters, Cochran 1977",
    ),
    grade="C",
    contribution=Text(
        fi="Palvelun arvio riippuu myös siitä, mihin sitä verrataan, kuka sitä käyttää ja mitä "
        "muuta samaan aikaan tarjotaan; ilman vertailua lukua ei voi lukea hankkeen ansioksi.",
        sv="Bedömningen av tjänsten beror också på vad den jämförs med, vem som använder den och "
        "vad annat som erbjuds samtidigt; utan jämförelse kan talet inte räknas projektet "
        "till godo.",
        en="How a service is judged also depends on what it is compared with, who uses it and "
        "what else is offered meanwhile; without a comparison the figure is no credit to the "
        "project.",
    ),
)


def reads(instrument: Instrument) -> list[dict]:
    """Every scale of an outcome questionnaire."""
    return scales_of(instrument, "outcome")


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean points per scale. Rows: n, total, squares, unit."""
    return means(rows)
