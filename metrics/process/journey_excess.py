"""Journey excess: how many times likelier than others priority groups are lost at each step."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.parts import at_steps
from metrics.statistics.sessions import excesses
from survey.text import Text

METRIC = Metric(
    id="journey_excess",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Etusijaryhmien ylimääräinen poisjäänti",
        sv="Prioriterade gruppers extra bortfall",
        en="Excess loss of priority groups",
    ),
    reading=Text(
        fi="Kuinka moninkertaisesti etusijalle asetetut ryhmät jäivät pois muihin verrattuna.",
        sv="Hur många gånger oftare de prioriterade grupperna föll bort än de övriga.",
        en="How many times as often the priority groups were lost as the others.",
    ),
    definition=Text(
        fi="Niiden ryhmien poisjääntiosuus, jotka hanke haluaa tavoittaa ensin, jaettuna muiden "
        "poisjääntiosuudella. Vertailu tehdään saman hankkeen sisällä. Yksi tarkoittaa, että "
        "molemmat jäivät pois yhtä usein; kaksi, että etusijaryhmät jäivät pois kaksi kertaa "
        "niin usein. Luku ei kerro syytä, ja pienissä ryhmissä se vaihtelee paljon.",
        sv="Bortfallet i de grupper som projektet främst vill nå, delat med bortfallet bland "
        "övriga, jämfört inom samma projekt. Ett betyder att grupperna föll bort lika ofta; "
        "två att de prioriterade föll bort dubbelt så ofta. Talet visar inte orsaken, och i "
        "små grupper varierar det mycket.",
        en="The share lost of the groups that a project wants to reach first, divided by the "
        "share lost of the others, compared within the same project. One means that both were "
        "lost as often; two, that the priority groups were lost twice as often. The figure "
        "does not tell why, and in small groups it varies a lot.",
    ),
    formula=Text(
        fi="riskisuhde jäädä pois ennen askelta, etusijaryhmät / muut: Mantel–Haenszel "
        "hankkeiden yli, Greenlandin–Robinsin väli logaritmista; n: pienempi puoli; "
        "osa: askel",
        sv="riskkvot att falla bort före steget, prioriterade grupper / andra: "
        "Mantel–Haenszel över projekten, Greenland–Robins intervall på logaritmen; n: "
        "den mindre sidan; del: steget",
        en="risk ratio of being lost before the step, priority groups / others: "
        "Mantel-Haenszel over projects, Greenland-Robins interval on the logarithm; "
        "n: the smaller side; part: the step",
    ),
    unit=Unit.RATIO,
    better="down",
    about=About.PARTICIPANTS,
    frame="journeys",
    source=Text(
        fi="Mantel & Haenszel 1959; Greenland & Robins 1985; tarkistettu statsmodelsilla",
        sv="Mantel & Haenszel 1959; Greenland & Robins 1985; kontrollerat mot statsmodels",
        en="Mantel & Haenszel 1959; Greenland & Robins 1985; checked against statsmodels",
    ),
    grade="B",
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Who had come to each step and who was lost before the next, of a priority group or not."""
    return at_steps(atoms).drop(columns="group")


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Ratio of the two shares lost. Rows: person, priority, lost."""
    return excesses(rows)
