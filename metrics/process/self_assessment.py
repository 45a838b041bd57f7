"""Self-assessment: how those who lead a project judge its phases against the rubric."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.ratings import levels, standing
from survey.text import Text

METRIC = Metric(
    id="self_assessment",
    version=1,
    kind="process",
    question="Q3",
    label=Text(fi="Hankkeen oma arvio", sv="Projektets egen bedömning", en="Self-assessment"),
    reading=Text(
        fi="Millä tasolla hanke itse arvioi vaiheensa olevan, asteikolla 0–100.",
        sv="På vilken nivå projektet självt bedömer att skedet är, på skalan 0–100.",
        en="The level at which the project itself judges its phase to be, on a scale of 0–100.",
    ),
    definition=Text(
        fi="Arvioija valitsee jokaiselle vaiheen osa-alueelle yhden neljästä kuvatusta tasosta; "
        "alin on 0 ja ylin 100. Luku on yhteinen arvio, kun sellainen on jätetty, muuten "
        "arvioijien omien arvioiden keskiarvo. Hankkeen luku on vaiheiden keskiarvo ja usean "
        "hankkeen luku hankkeiden keskiarvo. Vain jätetyt arviot ovat mukana. Luku on hankkeen "
        "oma näkemys eikä kerro, mitä osallistujat kokivat.",
        sv="Den som bedömer väljer för varje delområde i skedet en av fyra beskrivna nivåer; den "
        "lägsta är 0 och den högsta 100. Talet är den gemensamma bedömningen när en sådan har "
        "lämnats in, annars medeltalet av de enskilda bedömningarna. Projektets tal är skedenas "
        "medeltal och talet för flera projekt projektens medeltal. Bara inlämnade bedömningar är "
        "med. Talet är projektets egen syn och berättar inte vad deltagarna upplevde.",
        en="A rater chooses one of four described levels for each construct of the phase; the "
        "lowest is 0 and the highest 100. The figure is the joint judgement where one has been "
        "submitted, else the mean of the raters' own ones. A project's figure is the mean of its "
        "phases, and that of several projects the mean of the projects. Only what is submitted "
        "counts. The figure is the project's own view and does not tell what participants "
        "experienced.",
    ),
    formula=Text(
        fi="100 · (taso − 1) / 3; yhteinen arvio, muuten arvioijien keskiarvo ± t · s / "
        "√k, jossa yhden arvioijan varianssi on yhdistetty koko hankkeesta; useampi "
        "hanke: hankkeiden keskiarvo, t(J−1)",
        sv="100 · (nivå − 1) / 3; gemensam bedömning, annars bedömarnas medeltal ± t · s "
        "/ √k med en bedömares varians sammanvägd över projektet; flera projekt: "
        "projektens medeltal, t(J−1)",
        en="100 · (level − 1) / 3; joint judgement, else mean of raters ± t · s / √k "
        "with the variance of one rater pooled over the project; above: mean of "
        "projects, t(J−1)",
    ),
    unit=Unit.POINTS,
    better="up",
    about=About.RECORDS,
    frame="assessments",
    source=Text(
        fi="Oma kuvattujen tasojen matriisi (survey/rubrics/)",
        sv="Egen matris med beskrivna nivåer (survey/rubrics/)",
        en="Own rubric of described levels (survey/rubrics/)",
    ),
    grade="D",
    inside_only=True,
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """What stands of each construct and phase."""
    return standing(atoms).rename(columns={"construct": "part"})


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean points of what stands. Rows: points, variance, freedom, n."""
    return levels(rows)
