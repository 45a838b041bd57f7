"""Drop-out: whether those who were lost after the first survey had started out differently."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.items import scales_of
from metrics.metric import About, Metric, Unit
from metrics.statistics.change import group_effects
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="dropout_bias",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Pois jääneiden lähtötaso",
        sv="Utgångsläget hos dem som föll bort",
        en="Starting point of those lost",
    ),
    reading=Text(
        fi="Kuinka paljon toiselta kerralta pois jääneet poikkesivat alussa mukana pysyneistä, "
        "keskihajontoina; yli 0,25 suuntaan tai toiseen on varoitus.",
        sv="Hur mycket de som inte svarade andra gången avvek från de kvarvarande i början, i "
        "standardavvikelser; över 0,25 åt någotdera hållet är en varning.",
        en="How far those who did not answer again differed at the start from those who stayed, in "
        "standard deviations; more than 0.25 either way is a warning.",
    ),
    definition=Text(
        fi="Pois jääneiden keskiarvo alussa miinus mukana pysyneiden, jaettuna ryhmien sisäisellä "
        "keskihajonnalla. Mukana ovat tunnuksella vastanneet, kun myöhempi kysely tehtiin. Jos "
        "lähtötaso eroaa, samojen ihmisten muutos kertoo vain jääneistä. Luku ei kerro, miksi "
        "joku jäi pois.",
        sv="De bortfallnas medeltal i början minus de kvarvarandes, delat med standardavvikelsen "
        "inom grupperna. Med är de som svarat med nyckel, när den senare enkäten gjordes. Om "
        "utgångsläget skiljer sig beskriver förändringen bara dem som stannade. Talet visar inte "
        "varför någon föll bort.",
        en="The mean at the start of those lost less that of those who stayed, divided by the "
        "standard deviation within the two. People who answered with a key count, where the later "
        "survey was made. Where the starting points differ, the change in the same people speaks "
        "of those who stayed only. The figure does not tell why anyone was lost.",
    ),
    formula=Text(
        fi="g = J(n₁+n₂−2) · (pois jääneiden ka − jatkaneiden ka) / s(ryhmien sisällä); "
        "yksi hanke: epäkeskinen t; useampi hanke: hankkeiden g:n keskiarvo, ± "
        "t(0,975; J−1) · s / √J; n = pienempi puoli",
        sv="g = J(n₁+n₂−2) · (de förlorades medeltal − de kvarvarandes medeltal) / "
        "s(inom grupperna); ett projekt: icke-central t; flera projekt: medeltalet av "
        "projektens g, ± t(0,975; J−1) · s / √J; n = den mindre sidan",
        en="g = J(n₁+n₂−2) · (mean(lost) − mean(retained)) / s(within); one project: "
        "noncentral t; above: mean of the projects' g, ± t(.975; J−1) · s / √J; n = "
        "the smaller side",
    ),
    unit=Unit.EFFECT,
    better="none",
    about=About.RESPONDENTS,
    frame="retention",
    source=Text(
        fi="Hedges 1981; raja 0,25: Ho, Imai, King & Stuart 2007, What Works Clearinghouse",
        sv="Hedges 1981; gräns 0,25: Ho, Imai, King & Stuart 2007, What Works Clearinghouse",
        en="Hedges 1981; limit .25: Ho, Imai, King & Stuart 2007, What Works Clearinghouse",
    ),
    grade="C",
)


def reads(instrument: Instrument) -> list[dict]:
    """Every scale of an outcome questionnaire."""
    return scales_of(instrument, "outcome")


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Baseline moments of those who stayed (first) and those lost (second) side by side."""
    atoms = atoms[(atoms["earlier"] == "baseline").to_numpy()]
    stayed = atoms["retained"].to_numpy() == 1
    sides = {
        f"{side}_{moment}": np.where(chosen, atoms[moment].to_numpy(), 0)
        for side, chosen in (("first", stayed), ("second", ~stayed))
        for moment in ("n", "total", "squares")
    }
    return atoms[["project", "instrument", "part", "wave", "unit"]].assign(**sides)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Standardised difference. Rows: moments of those who stayed and those lost."""
    return group_effects(rows)
