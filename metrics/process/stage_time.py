"""Stage time: the median days from a case's beginning to each stage."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.parts import days_to_stages, in_parts
from metrics.stages import STAGES
from metrics.statistics.registers import medians
from survey.text import Text

METRIC = Metric(
    id="stage_time",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Aika vaiheeseen",
        sv="Tid till stadiet",
        en="Time to a stage",
    ),
    reading=Text(
        fi="Kuinka monessa päivässä alusta puolet tapauksista oli vaiheessa.",
        sv="På hur många dagar från början hälften av fallen hade nått stadiet.",
        en="In how many days from its beginning half of the cases had reached the stage.",
    ),
    definition=Text(
        fi="Päivät tapauksen alusta vaiheeseen, mediaanina. Keskeneräiset ovat mukana niin kauan "
        "kuin niitä on seurattu ja päättyneet päättymiseensä asti, ikään kuin ne olisivat "
        "voineet jatkaa. Siksi luku ei kerro, kuinka moni pääsee perille: se on luvussa ”Mihin "
        "tapaukset päätyivät”.",
        sv="Dagar från fallets början till stadiet, som median. Pågående fall är med så länge de "
        "följts och avslutade fram till slutet, som om de kunde ha fortsatt. Därför visar "
        "talet inte hur många som når fram: det visar talet ”Hur det gick för fallen”.",
        en="Days from a case's beginning to the stage, as a median. Cases under way count for as "
        "long as they were followed, and ended ones until their end, as if they could have "
        'gone on. So the figure does not tell how many get there: that is told by "What became '
        'of cases".',
    ),
    formula=Text(
        fi="Kaplan–Meier: ensimmäinen päivä, jona S(t) ≤ 1/2, log–log-väli; kesken olevien "
        "tapausten seuranta katkeaa lukujen keräyspäivään, päättyneiden päättymispäivään; "
        "ohitettu vaihe saavutettiin seuraavan kanssa",
        sv="Kaplan–Meier: första dagen med S(t) ≤ 1/2, log–log-intervall; pågående fall "
        "censureras på avläsningsdagen, avslutade vid sitt slut; ett stadium som hoppats "
        "över nåddes med nästa",
        en="Kaplan-Meier: first day with S(t) ≤ 1/2, log-log interval; cases under way "
        "censored at the day of reading, ended ones at their end; a stage passed over was "
        "reached with the next",
    ),
    unit=Unit.DAYS,
    better="down",
    about=About.RECORDS,
    frame="cases",
    source=Text(
        fi="Kaplan & Meier 1958; Brookmeyer & Crowley 1982; tarkistettu 6-MP-kokeella "
        "(Freireich 1963)",
        sv="Kaplan & Meier 1958; Brookmeyer & Crowley 1982; kontrollerat med 6-MP-försöket "
        "(Freireich 1963)",
        en="Kaplan & Meier 1958; Brookmeyer & Crowley 1982; checked on the 6-MP trial "
        "(Freireich 1963)",
    ),
    grade="B",
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """How long each case took to each stage, or was seen not to have reached it."""
    days, seen = days_to_stages(atoms), atoms["days"].to_numpy()
    pieces = {}
    for at, name in enumerate(STAGES[1:], start=1):
        reached = days[:, at] >= 0
        waited = np.where(reached, days[:, at], seen)
        pieces[name] = atoms[["project"]].assign(waited=waited, event=reached.astype(np.int64))
    return in_parts(pieces)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Median days to a stage. Rows: waited, event."""
    return medians(rows)
