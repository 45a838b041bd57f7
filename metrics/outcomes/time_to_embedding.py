"""Time to embedding: the median days from being ready to a place in the normal budget."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.registers import medians
from survey.text import Text

METRIC = Metric(
    id="time_to_embedding",
    version=1,
    kind="outcome",
    question="Q1",
    label=Text(
        fi="Aika vakiintumiseen",
        sv="Tid till förankring",
        en="Time to embedding",
    ),
    reading=Text(
        fi="Kuinka monessa päivässä puolet ratkaisuista pääsi tavalliseen budjettiin.",
        sv="På hur många dagar hälften av lösningarna kom in i den ordinarie budgeten.",
        en="In how many days half of the solutions got into the normal budget.",
    ),
    definition=Text(
        fi="Päivät ratkaisun valmistumisesta siihen, kun se sai paikan tavallisessa budjetissa, "
        "mediaanina. Ilman paikkaa olevat ovat mukana lukujen keräyspäivään asti. Jos alle "
        "puolet on vakiintunut, mediaania ei tunneta. Luku ei kerro, kuinka paljon ratkaisua "
        "käytetään.",
        sv="Dagar från att lösningen blev klar till att den fick en plats i den ordinarie "
        "budgeten, som median. De som saknar plats är med fram till den dag då uppgifterna "
        "lästes. Om mindre än hälften har förankrats är medianen inte känd. Talet visar inte "
        "hur mycket lösningen används.",
        en="Days from a solution's being ready to its place in the normal budget, as a median. "
        "Those without a place count until the day of reading. Where fewer than half are "
        "embedded the median is not known. The figure does not tell how much a solution is "
        "used.",
    ),
    formula=Text(
        fi="Kaplan–Meier: ensimmäinen päivä, jona S(t) ≤ 1/2, log–log-väli; ratkaisujen, "
        "joilla ei ole paikkaa, seuranta katkeaa lukujen keräyspäivään; kirjaukset yhdistetään "
        "joka tasolla",
        sv="Kaplan–Meier: första dagen med S(t) ≤ 1/2, log–log-intervall; lösningar utan "
        "plats censureras på avläsningsdagen; posterna slås samman på alla nivåer",
        en="Kaplan-Meier: first day with S(t) ≤ 1/2, log-log interval; solutions without "
        "a place censored at the day of reading; records pooled at every level",
    ),
    unit=Unit.DAYS,
    better="down",
    about=About.RECORDS,
    frame="solutions",
    source=Text(
        fi="Kaplan & Meier 1958; Brookmeyer & Crowley 1982; tarkistettu 6-MP-kokeella "
        "(Freireich 1963)",
        sv="Kaplan & Meier 1958; Brookmeyer & Crowley 1982; kontrollerat med "
        "6-MP-försöket (Freireich 1963)",
        en="Kaplan & Meier 1958; Brookmeyer & Crowley 1982; checked on the 6-MP trial "
        "(Freireich 1963)",
    ),
    grade="B",
    contribution=Text(
        fi="Aikaan vaikuttavat myös budjettivuoden rytmi, kunnan talous ja se, oliko paikka "
        "luvattu jo ennen kehittämistä.",
        sv="Tiden beror också på budgetårets rytm, kommunens ekonomi och om platsen var utlovad "
        "redan före utvecklingen.",
        en="The rhythm of the budget year, the municipality's finances and earlier promises also "
        "bear on the time.",
    ),
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """How long each solution whose dates are known has waited, and whether it is embedded."""
    known = atoms[(atoms["waited"] >= 0).to_numpy()]
    return known[["project", "waited"]].assign(event=known["embedded"])


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Median days to a place in the budget. Rows: waited, event."""
    return medians(rows)
