"""Process change: how the process scores moved from the wave "during" to the wave "end"."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.items import scales_of
from metrics.metric import About, Metric, Unit
from metrics.statistics import independent_changes
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="process_change",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Prosessin laadun muutos",
        sv="Förändring i processens kvalitet",
        en="Change in process quality",
    ),
    reading=Text(
        fi="Kuinka monta pistettä työn sujuvuus parani tai heikkeni työn aikana kysytystä loppuun.",
        sv="Hur många poäng samarbetet blev bättre eller sämre från mätningen under arbetets gång "
        "till slutet.",
        en="How many points the work together got better or worse from the survey during the work "
        "to the one at its end.",
    ),
    definition=Text(
        fi="Hankkeen keskiarvo lopussa miinus sen keskiarvo työn aikana, samalla lomakkeella ja "
        "samalla osa-alueella. Vastaajat eivät ole välttämättä samoja ihmisiä, joten luku kertoo "
        "hankkeen tason muutoksesta, ei kenenkään mielen muuttumisesta. Usean hankkeen luku on "
        "niiden hankkeiden muutosten keskiarvo, jotka mitattiin molemmilla kerroilla.",
        sv="Projektets medeltal i slutet minus dess medeltal under arbetets gång, med samma "
        "frågeformulär och samma delområde. De som svarat är inte nödvändigtvis samma personer, så "
        "talet beskriver projektets nivå, inte hur någon ändrat åsikt. Talet för flera projekt är "
        "medeltalet av förändringarna i de projekt som mättes båda gångerna.",
        en="A project's mean at the end minus its mean during the work, with the same "
        "questionnaire and construct. The respondents need not be the same people, so the figure "
        "tells how the project's level moved, not how anyone changed their mind. The figure of "
        "several projects is the mean change of those that were measured both times.",
    ),
    formula=Text(
        fi="lopun ka − kesken ka; yksi hanke: Welchin t; useampi hanke: hankkeiden "
        "muutosten keskiarvo, ± t(0,975; J−1) · s / √J; n = pienempi kahdesta "
        "mittauksesta",
        sv="slutets medeltal − medeltalet under vägen; ett projekt: Welchs t; flera "
        "projekt: medeltalet av projektens förändringar, ± t(0,975; J−1) · s / √J; n "
        "= den mindre av de två mätningarna",
        en="mean(end) − mean(during); one project: Welch's t; above: mean of project "
        "changes, ± t(.975; J−1) · s / √J; n = the smaller of the two waves",
    ),
    unit=Unit.CHANGE,
    better="up",
    about=About.RESPONDENTS,
    frame="scale_moments",
    source=Text(
        fi="Kaksi erillistä tasoa, ei samoja ihmisiä pareina; Welch 1947",
        sv="Två oberoende nivåer, inte samma personer i par; Welch 1947",
        en="Two independent levels, not paired people; Welch 1947",
    ),
    grade="C",
)


def reads(instrument: Instrument) -> list[dict]:
    """Every scale of a process questionnaire."""
    return scales_of(instrument, "process")


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """The moments of both waves side by side, under the wave "end", over all phases."""
    atoms = atoms[atoms["wave"].isin(["during", "end"]).to_numpy()]
    is_end = (atoms["wave"] == "end").to_numpy()
    sides = {
        f"{side}_{moment}": np.where(chosen, atoms[moment].to_numpy(), 0)
        for side, chosen in (("earlier", ~is_end), ("later", is_end))
        for moment in ("n", "total", "squares")
    }
    wave = pd.Categorical(["end"]).take(np.zeros(len(atoms), dtype=int))
    return atoms[["project", "instrument", "part", "group", "unit"]].assign(wave=wave, **sides)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Change in points. Rows: moments of the earlier and the later wave, unit."""
    return independent_changes(rows)
