"""Time to first sale: the median days from a company's joining to its first sale."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.registers import medians
from survey.text import Text

METRIC = Metric(
    id="time_to_first_sale",
    version=1,
    kind="outcome",
    question="Q1",
    label=Text(
        fi="Aika ensimmäiseen kauppaan",
        sv="Tid till första försäljningen",
        en="Time to first sale",
    ),
    reading=Text(
        fi="Kuinka monessa päivässä puolet yrityksistä teki ensimmäisen kaupan.",
        sv="På hur många dagar hälften av företagen gjorde sin första försäljning.",
        en="In how many days half of the companies made a first sale.",
    ),
    definition=Text(
        fi="Päivät yrityksen mukaantulosta ensimmäiseen kauppaan, mediaanina. Ne, jotka eivät ole "
        "myyneet, ovat mukana viimeiseen seurantaan asti. Jos alle puolet on myynyt, mediaania "
        "ei tunneta. Luku ei kerro kaupan suuruutta.",
        sv="Dagar från att företaget kom med till dess första försäljning, som median. De som "
        "inte sålt är med fram till den senaste uppföljningen. Om mindre än hälften har sålt "
        "är medianen inte känd. Talet visar inte försäljningens storlek.",
        en="Days from a company's joining to its first sale, as a median. Those that have not "
        "sold count until their last follow-up. Where fewer than half have sold the median is "
        "not known. The figure does not tell how large the sale was.",
    ),
    formula=Text(
        fi="Kaplan–Meier: ensimmäinen päivä, jona S(t) ≤ 1/2, log–log-väli; yritysten, "
        "joilla ei ole myyntiä, seuranta katkeaa viimeiseen seurantaan; kirjaukset "
        "yhdistetään joka tasolla",
        sv="Kaplan–Meier: första dagen med S(t) ≤ 1/2, log–log-intervall; företag utan "
        "försäljning censureras vid sin senaste uppföljning; posterna slås samman på "
        "alla nivåer",
        en="Kaplan-Meier: first day with S(t) ≤ 1/2, log-log interval; companies without "
        "a sale censored at their last follow-up; records pooled at every level",
    ),
    unit=Unit.DAYS,
    better="down",
    about=About.RECORDS,
    frame="firms",
    source=Text(
        fi="Kaplan & Meier 1958; Brookmeyer & Crowley 1982; tarkistettu 6-MP-kokeella "
        "(Freireich 1963)",
        sv="Kaplan & Meier 1958; Brookmeyer & Crowley 1982; kontrollerat med "
        "6-MP-försöket (Freireich 1963)",
        en="Kaplan & Meier 1958; Brookmeyer & Crowley 1982; checked on the 6-MP trial "
        "(Freireich 1963)",
    ),
    grade="C",
    contribution=Text(
        fi="Kauppaan vaikuttavat myös yrityksen oma työ, ala ja suhdanteet; osalla yrityksistä "
        "tuote oli jo lähes valmis.",
        sv="Försäljningen beror också på företagets eget arbete, branschen och konjunkturen; en "
        "del företag hade produkten nästan färdig.",
        en="The company's own work, its trade and the economy also bear on a sale; some had their "
        "product nearly ready.",
    ),
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """How long each company whose dates are known took to a sale, or was seen not to have one."""
    known = atoms[(atoms["waited"] >= 0).to_numpy()]
    return known[["project", "waited"]].assign(event=known["sold"])


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Median days to the first sale. Rows: waited, event."""
    return medians(rows)
