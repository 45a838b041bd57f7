"""Mean of the average project by a model in which each project has its own level."""

from __future__ import annotations

import pandas as pd

from metrics.items import scales_of, totals
from metrics.metric import About, Metric, Unit
from metrics.statistics.multilevel import grand_means
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="random_intercept",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Keskimääräisen hankkeen pisteet mallista",
        sv="Det genomsnittliga projektets poäng enligt modell",
        en="Points of the average project by model",
    ),
    reading=Text(
        fi="Keskimääräisen hankkeen pisteet, kun suuret hankkeet tunnetaan tarkemmin.",
        sv="Det genomsnittliga projektets poäng när stora projekt är säkrare kända.",
        en="The points of the average project, with large projects known more precisely.",
    ),
    definition=Text(
        fi="Mallissa jokaisella hankkeella on oma tasonsa, ja hanke painaa sitä enemmän, mitä "
        "tarkemmin sen taso tunnetaan. Luku on lähellä hankkeiden keskiarvoa, kun hankkeet "
        "eroavat toisistaan paljon, ja lähellä vastaajien keskiarvoa, kun ne eroavat vähän. Jos "
        "malli ei löydä eroa hankkeiden väliltä, se kerrotaan. Luku lasketaan vähintään "
        "kolmesta hankkeesta.",
        sv="I modellen har varje projekt sin egen nivå, och ett projekt väger desto mer ju säkrare "
        "dess nivå är känd. Talet ligger nära projektens medeltal när projekten skiljer sig "
        "mycket, och nära svararnas medeltal när de skiljer sig lite. Om modellen inte finner "
        "någon skillnad mellan projekten sägs det. Talet räknas för minst tre projekt.",
        en="In the model every project has its own level, and a project weighs the more the better "
        "its level is known. The figure is close to the mean of projects where projects differ "
        "much, and close to the mean of people where they differ little. Where the model finds "
        "no difference between projects, it says so. It is computed for three projects or more.",
    ),
    formula=Text(
        fi="yᵢⱼ = μ + uⱼ + eᵢⱼ, REML; μ̂ = Σwⱼȳⱼ/Σwⱼ, wⱼ = nⱼ/(1 + nⱼτ²/σ²); ± t(0,975; "
        "J−1)·σ/√Σwⱼ; singulaarinen, kun τ² = 0",
        sv="yᵢⱼ = μ + uⱼ + eᵢⱼ, REML; μ̂ = Σwⱼȳⱼ/Σwⱼ, wⱼ = nⱼ/(1 + nⱼτ²/σ²); ± t(0,975; "
        "J−1)·σ/√Σwⱼ; singulär när τ² = 0",
        en="yᵢⱼ = μ + uⱼ + eᵢⱼ, REML; μ̂ = Σwⱼȳⱼ/Σwⱼ, wⱼ = nⱼ/(1 + nⱼτ²/σ²); ± t(.975; "
        "J−1)·σ/√Σwⱼ; singular where τ² = 0",
    ),
    unit=Unit.POINTS,
    better="up",
    about=About.RESPONDENTS,
    frame="scale_moments",
    source=Text(
        fi="Patterson & Thompson 1971; Dyestuff: 1527,5 (keskivirhe 19,38), 1764,05, 2451,25",
        sv="Patterson & Thompson 1971; Dyestuff: 1527,5 (medelfel 19,38), 1764,05, 2451,25",
        en="Patterson & Thompson 1971; Dyestuff: 1527.5 (standard error 19.38), 1764.05, 2451.25",
    ),
    grade="C",
)


def reads(instrument: Instrument) -> list[dict]:
    """Every scale of a process questionnaire."""
    return scales_of(instrument, "process")


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Moments of all groups and phases together."""
    return totals(atoms)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Grand mean per scale. Rows: n, total, squares, unit."""
    return grand_means(rows)
