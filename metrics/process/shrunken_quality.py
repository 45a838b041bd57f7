"""Process quality for comparisons: project means drawn towards the mean of all."""

from __future__ import annotations

import pandas as pd

from metrics.items import scales_of
from metrics.metric import About, Metric, Unit
from metrics.statistics import means
from metrics.statistics.multilevel import shrunken_across
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="shrunken_quality",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Prosessin laatu vertailua varten",
        sv="Processens kvalitet för jämförelse",
        en="Process quality for comparison",
    ),
    reading=Text(
        fi="Hankkeen pisteet, kun sattuman osuus on otettu huomioon.",
        sv="Projektets poäng när slumpens andel har beaktats.",
        en="A project's points when the part of chance is allowed for.",
    ),
    definition=Text(
        fi="Hankkeen keskiarvo vedettynä kohti kaikkien hankkeiden keskiarvoa sitä enemmän, mitä "
        "epävarmempi se on. Pienen hankkeen ääriluku on useammin sattumaa kuin suuren, ja tämä "
        "korjaa sen. Lukua käytetään vain hankkeiden vertailuun; hankkeen omalla sivulla on sen "
        "oma keskiarvo. Jos keskiarvon luotettavuus on alle 0,70, hanketta ei aseteta "
        "järjestykseen muiden kanssa. Ero hankkeiden välillä ei kerro, mistä se johtuu.",
        sv="Projektets medeltal draget mot alla projekts medeltal, desto mer ju osäkrare det är. "
        "Ett extremt tal i ett litet projekt är oftare slump än i ett stort, och det här rättar "
        "till det. Talet används bara för att jämföra projekt; på projektets egen sida står "
        "dess eget medeltal. Om medeltalets tillförlitlighet är under 0,70 ställs projektet "
        "inte i ordning med andra. En skillnad mellan projekt berättar inte vad den beror på.",
        en="A project's mean drawn towards the mean of all projects, the more the less certain it "
        "is. An extreme figure of a small project is more often chance than that of a large "
        "one, and this puts it right. It serves comparison only; a project's own page has its "
        "own mean. Where the reliability of the mean is below .70, the project is not ranked "
        "among others. A difference between projects does not tell what it comes from.",
    ),
    formula=Text(
        fi="μ̂ + λⱼ(ȳⱼ − μ̂), REML koko salkun näytettävillä hankkeilla (vähintään 3); ± "
        "t(0,975; J−1)·√(τ²(1−λⱼ) + (1−λⱼ)²·Var(μ̂)); λⱼ < 0,70: ei järjestystä",
        sv="μ̂ + λⱼ(ȳⱼ − μ̂), REML över portföljens visade projekt (minst 3); ± t(0,975; "
        "J−1)·√(τ²(1−λⱼ) + (1−λⱼ)²·Var(μ̂)); λⱼ < 0,70: ingen rangordning",
        en="μ̂ + λⱼ(ȳⱼ − μ̂), REML over the portfolio's shown projects (3 or more); ± "
        "t(.975; J−1)·√(τ²(1−λⱼ) + (1−λⱼ)²·Var(μ̂)); λⱼ < .70: no ranking",
    ),
    unit=Unit.POINTS,
    better="up",
    about=About.RESPONDENTS,
    frame="scale_moments",
    source=Text(
        fi="Empiirinen Bayes: Henderson 1975, Morris 1983; Dyestuff: 1509,89 ja 1584,23",
        sv="Empirisk Bayes: Henderson 1975, Morris 1983; Dyestuff: 1509,89 och 1584,23",
        en="Empirical Bayes: Henderson 1975, Morris 1983; Dyestuff: 1509.89 and 1584.23",
    ),
    grade="C",
)


def reads(instrument: Instrument) -> list[dict]:
    """Every scale of a process questionnaire."""
    return scales_of(instrument, "process")


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Moments of all groups together, also by phase."""
    return atoms.drop(columns="group")


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """The project's own mean, which decides what may be shown. Rows: n, total, squares, unit."""
    return means(rows)


def across(rows: pd.DataFrame) -> pd.DataFrame:
    """Shrunken mean of each project. Rows: n, total, squares, unit."""
    return shrunken_across(rows)
