"""Process quality: the mean score of each construct, and of all of them, on 0-100."""

from __future__ import annotations

import pandas as pd

from metrics.items import scales_of
from metrics.metric import About, Metric, Unit
from metrics.statistics import means
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="process_quality",
    version=1,
    kind="process",
    question="Q3",
    label=Text(fi="Prosessin laatu", sv="Processens kvalitet", en="Process quality"),
    reading=Text(
        fi="Kuinka hyvin yhteinen työ sujui osallistujien mielestä, asteikolla 0–100.",
        sv="Hur väl samarbetet fungerade enligt deltagarna, på skalan 0–100.",
        en="How well the work together went in the participants' view, on a scale of 0–100.",
    ),
    definition=Text(
        fi="Jokaisen vastaajan pisteet ovat osa-alueen väittämien keskiarvo, jossa täysin eri "
        "mieltä on 0 ja täysin samaa mieltä 100. Pisteet lasketaan, kun vähintään kaksi kolmasosaa "
        "väittämistä on vastattu; ”en osaa sanoa” ei ole vastaus. Hankkeen luku on sen "
        "vastaajien keskiarvo. Usean hankkeen luku on hankkeiden keskiarvo, jossa jokainen hanke "
        "painaa saman verran.",
        sv="En persons poäng är medeltalet av delområdets påståenden, där helt av annan åsikt är 0 "
        "och helt av samma åsikt 100. Poängen räknas när minst två tredjedelar av påståendena är "
        "besvarade; ”kan inte säga” är inte ett svar. Projektets tal är medeltalet av dem som "
        "svarat. Talet för flera projekt är projektens medeltal, där varje projekt väger lika "
        "mycket.",
        en="A person's score is the mean of the construct's statements, with strongly disagree at "
        "0 and strongly agree at 100. It is counted when at least two thirds of the statements are "
        "answered; “don't know” is not an answer. A project's figure is the mean of its "
        "respondents. The figure of several projects is the mean of the projects, each with the "
        "same weight.",
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
        fi="Oma osa-aluemalli (docs/instruments.md); yhdistetty ryppäinä, Cochran 1977",
        sv="Egen modell för delområden (docs/instruments.md); sammanslagna som kluster, "
        "Cochran 1977",
        en="Own construct model (docs/instruments.md); pooled as clusters, Cochran 1977",
    ),
    grade="C",
)


def reads(instrument: Instrument) -> list[dict]:
    """Every scale of a process questionnaire, the composites among them."""
    return scales_of(instrument, "process")


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean points per scale. Rows: n, total, squares, unit."""
    return means(rows)
