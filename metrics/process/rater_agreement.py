"""Rater agreement: how far apart those who judge a phase of their project stand."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.stages import OWN
from metrics.statistics.ratings import disagreements
from survey.text import Text

METRIC = Metric(
    id="rater_agreement",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Arvioijien erimielisyys",
        sv="Oenighet bland bedömarna",
        en="Disagreement among raters",
    ),
    reading=Text(
        fi="Montako pistettä kahden arvioijan arviot samasta asiasta tyypillisesti eroavat.",
        sv="Hur många poäng två bedömningar av samma sak vanligen skiljer sig från varandra.",
        en="How many points two raters' judgements of the same thing typically differ by.",
    ),
    definition=Text(
        fi="Lasketaan arvioijien omista, ennen yhteistä keskustelua tehdyistä arvioista: kuinka "
        "paljon kahden ihmisen arviot samasta vaiheesta ja osa-alueesta tyypillisesti eroavat. "
        "Yksi taso on 33 pistettä, nolla tarkoittaa samaa arviota. Usean hankkeen luku on "
        "hankkeiden keskiarvo. Suuri ero ei ole virhe vaan hyvä syy keskustella; luku ei kerro, "
        "kumpi on oikeassa.",
        sv="Räknas av de enskilda bedömningarna, gjorda före den gemensamma diskussionen: hur "
        "mycket två människors bedömningar av samma skede och delområde vanligen skiljer sig. En "
        "nivå är 33 poäng, noll betyder samma bedömning. Talet för flera projekt är projektens "
        "medeltal. En stor skillnad är inget fel utan en god orsak att diskutera; talet berättar "
        "inte vem som har rätt.",
        en="Computed from the raters' own judgements, made before they talked them over: how much "
        "two people's judgements of the same phase and construct typically differ. One level is "
        "33 points, and zero means the same judgement. The figure of several projects is the mean "
        "of the projects. A large difference is no fault but a good reason to talk; the figure "
        "does not tell who is right.",
    ),
    formula=Text(
        fi="√(2 · Σ SS / Σ (k − 1)) · 100/3 niistä kohdista, joita k ≥ 2 arvioi; useampi "
        "hanke: hankkeiden keskiarvo, t(J−1)",
        sv="√(2 · Σ SS / Σ (k − 1)) · 100/3 över det som k ≥ 2 bedömare bedömt; flera "
        "projekt: projektens medeltal, t(J−1)",
        en="√(2 · Σ SS / Σ (k − 1)) · 100/3 over what k ≥ 2 raters judged; above: mean "
        "of projects, t(J−1)",
    ),
    unit=Unit.POINTS,
    better="none",
    about=About.RECORDS,
    frame="assessments",
    source=Text(
        fi="Yhdistetty varianssi kohtien sisällä; toistettavuuskerroin ilman kerrointaan, ISO 5725",
        sv="Sammanvägd varians inom cellerna; repeterbarhetskoefficienten utan sin "
        "faktor, ISO 5725",
        en="Pooled within-cell variance; repeatability coefficient without its factor, ISO 5725",
    ),
    grade="D",
    inside_only=True,
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """What raters judged alone, for each construct and for all of them together ("")."""
    own = atoms[(atoms["kind"] == OWN).to_numpy()].drop(columns="kind")
    each = own.rename(columns={"construct": "part"}).astype({"part": str})
    both = pd.concat([each, each.assign(part="")], ignore_index=True)
    return both.assign(part=both["part"].astype("category"))


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Typical difference of two raters. Rows: raters, score_sum, score_squares."""
    return disagreements(rows)
