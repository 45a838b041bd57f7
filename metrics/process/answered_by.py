"""Answered by a day: the share of proposals answered within 30, 60 and 90 days."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.parts import in_parts
from metrics.statistics.registers import shares_by_day
from survey.text import Text

METRIC = Metric(
    id="answered_by",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Vastattu määräajassa",
        sv="Besvarade i tid",
        en="Answered in time",
    ),
    reading=Text(
        fi="Kuinka suuri osa ehdotuksista sai vastauksen 30, 60 ja 90 päivässä.",
        sv="Hur stor andel av förslagen som fick svar inom 30, 60 och 90 dagar.",
        en="The share of proposals answered within 30, 60 and 90 days.",
    ),
    definition=Text(
        fi="Arvio siitä, kuinka suuri osa ehdotuksista saa ensimmäisen vastauksen määräpäivään "
        "mennessä. Vielä vastaamattomat ovat mukana niin kauan kuin niitä on voitu seurata. "
        "Lukua ei anneta, jos määräpäivään asti odottaneita on alle viisi ja joidenkin "
        "seuranta loppui aiemmin.",
        sv="En uppskattning av hur stor andel av förslagen som får ett första svar före en viss "
        "dag. De som ännu väntar är med så länge de kunnat följas. Talet ges inte om färre än "
        "fem har väntat så länge och några inte kunnat följas ända dit.",
        en="An estimate of the share of proposals that get a first answer by a day. Those still "
        "waiting count for as long as they could be followed. It is not given where fewer than "
        "five waited that long and some could not be followed so far.",
    ),
    formula=Text(
        fi="Kaplan–Meier: 1 − S(30), 1 − S(60), 1 − S(90), log–log-väli; piirretään, kun "
        "avoinna on vähintään 5 tai kukaan ei poistunut seurannasta sitä ennen",
        sv="Kaplan–Meier: 1 − S(30), 1 − S(60), 1 − S(90), log–log-intervall; ritas "
        "medan minst 5 är öppna, eller när ingen censurerats dessförinnan",
        en="Kaplan-Meier: 1 − S(30), 1 − S(60), 1 − S(90), log-log interval; drawn while "
        "5 or more are at risk, or nobody was censored before",
    ),
    unit=Unit.SHARE,
    better="up",
    about=About.RECORDS,
    frame="proposal_log",
    source=Text(
        fi="Kaplan & Meier 1958; väli Kalbfleisch & Prentice 2002; tarkistettu "
        "6-MP-kokeella (Freireich 1963)",
        sv="Kaplan & Meier 1958; intervall Kalbfleisch & Prentice 2002; kontrollerat med "
        "6-MP-försöket (Freireich 1963)",
        en="Kaplan & Meier 1958; interval Kalbfleisch & Prentice 2002; checked on the "
        "6-MP trial (Freireich 1963)",
    ),
    grade="B",
)

DAYS = (30, 60, 90)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """How long each proposal waited, where its dates are known, once for each day asked about."""
    known = atoms[(atoms["waited"] >= 0).to_numpy()]
    waits = known[["project", "waited"]].assign(event=known["answered"])
    return in_parts({str(day): waits.assign(day=day) for day in DAYS})


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share answered by a day. Rows: waited, event, day."""
    return shares_by_day(rows)
