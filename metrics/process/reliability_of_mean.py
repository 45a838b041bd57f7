"""Reliability of a project's mean: may it be set beside other projects?"""

from __future__ import annotations

import pandas as pd

from metrics.items import scales_of
from metrics.metric import About, Metric, Unit
from metrics.statistics.multilevel import centred_means, reliabilities_across
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="reliability_of_mean",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Hankkeen keskiarvon luotettavuus",
        sv="Tillförlitligheten i projektets medeltal",
        en="Reliability of a project's mean",
    ),
    reading=Text(
        fi="Kuinka suuri osa hankkeen keskiarvon erosta muihin on muuta kuin sattumaa.",
        sv="Hur stor del av medeltalets skillnad från andra projekt som inte är slump.",
        en="How much of the difference of a project's mean from others is more than chance.",
    ),
    definition=Text(
        fi="Luotettavuus kasvaa, kun vastaajia on enemmän ja kun hankkeet todella eroavat "
        "toisistaan. Hanketta ei aseteta järjestykseen muiden kanssa, kun luku on alle 0,70. "
        "Jos hankkeiden välinen osuus vaihtelusta on 0,10, vastaajia tarvitaan 21; jos se on "
        "0,20, riittää 10. Luku ei kerro, kuka on hyvä tai huono.",
        sv="Tillförlitligheten växer när fler svarar och när projekten verkligen skiljer sig. Ett "
        "projekt ställs inte i ordning med andra när talet är under 0,70. Om projektens andel "
        "av variationen är 0,10 behövs 21 svar; om den är 0,20 räcker 10. Talet berättar inte "
        "vem som är bra eller dålig.",
        en="It grows with the number of people and with how much projects truly differ. A project "
        "is not ranked among others when it is below .70. Where .10 of the variation lies "
        "between projects, 21 people are needed; where it is .20, 10 are enough. It does not "
        "tell who is good or bad.",
    ),
    formula=Text(
        fi="λⱼ = nⱼ·ICC / (1 + (nⱼ − 1)·ICC), ICC = τ²/(τ² + σ²) REML-mallista koko "
        "salkun näytettävillä hankkeilla (vähintään 3); väli suhteen τ²/σ² "
        "profiiliuskottavuudesta; alle 0,70 ei järjestystä",
        sv="λⱼ = nⱼ·ICC / (1 + (nⱼ − 1)·ICC), ICC = τ²/(τ² + σ²) med REML över "
        "portföljens visade projekt (minst 3); intervall ur profillikelihooden för "
        "τ²/σ²; under 0,70 ingen rangordning",
        en="λⱼ = nⱼ·ICC / (1 + (nⱼ − 1)·ICC), ICC = τ²/(τ² + σ²) by REML over the "
        "portfolio's shown projects (3 or more); interval from the profile likelihood "
        "of τ²/σ²; below .70 no ranking",
    ),
    unit=Unit.COEFFICIENT,
    better="none",
    about=About.RESPONDENTS,
    frame="scale_moments",
    source=Text(
        fi="Spearman 1910, Brown 1910; REML: Patterson & Thompson 1971; Dyestuff: .7825",
        sv="Spearman 1910, Brown 1910; REML: Patterson & Thompson 1971; Dyestuff: .7825",
        en="Spearman 1910, Brown 1910; REML: Patterson & Thompson 1971; Dyestuff: .7825",
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
    return centred_means(rows)


def across(rows: pd.DataFrame) -> pd.DataFrame:
    """Reliability of each project's mean. Rows: n, total, squares, unit."""
    return reliabilities_across(rows)
