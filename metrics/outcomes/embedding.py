"""Embedding: the share of solutions in the normal budget twelve months after they were ready."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.registers import flag_shares
from survey.text import Text

METRIC = Metric(
    id="embedding",
    version=1,
    kind="outcome",
    question="Q1",
    label=Text(
        fi="Vakiintuminen vuodessa",
        sv="Förankring på ett år",
        en="Embedded within a year",
    ),
    reading=Text(
        fi="Kuinka suuri osa ratkaisuista oli vuoden kuluttua tavallisessa budjetissa.",
        sv="Hur stor andel av lösningarna som efter ett år fanns i den ordinarie budgeten.",
        en="The share of solutions that were in the normal budget after a year.",
    ),
    definition=Text(
        fi="Ratkaisut, jotka saivat paikan tavallisessa budjetissa viimeistään vuoden kuluttua "
        "valmistumisestaan, jaettuna kaikilla vähintään vuoden vanhoilla ratkaisuilla, joiden "
        "päivät tunnetaan. Luku ei kerro, kuinka paljon ratkaisua käytetään.",
        sv="Lösningar som fick en plats i den ordinarie budgeten senast ett år efter att de blev "
        "klara, delat med alla lösningar som är minst ett år gamla och vars datum är kända. "
        "Talet visar inte hur mycket lösningen används.",
        en="Solutions that had a place in the normal budget at most a year after they were ready, "
        "divided by all solutions a year old or more whose dates are known. The figure does "
        "not tell how much a solution is used.",
    ),
    formula=Text(
        fi="tavallisessa talousarviossa 365 päivässä / vähintään 365 päivää vanhat "
        "ratkaisut, joiden päivät tunnetaan; Wilson kaikilla tasoilla",
        sv="i den ordinarie budgeten inom 365 dagar / lösningar minst 365 dagar gamla "
        "med kända datum; Wilson på alla nivåer",
        en="in the normal budget within 365 days / solutions at least 365 days old with "
        "known dates; Wilson at every level",
    ),
    unit=Unit.SHARE,
    better="up",
    about=About.RECORDS,
    frame="solutions",
    source=Text(
        fi="Oma määritelmä ratkaisurekisteristä; väli Wilson 1927",
        sv="Egen definition ur lösningsregistret; intervall Wilson 1927",
        en="Own definition over the solution register; interval Wilson 1927",
    ),
    grade="B",
    contribution=Text(
        fi="Budjettipaikkaan vaikuttavat myös kunnan talous, poliittiset päätökset ja se, oliko "
        "paikka luvattu jo ennen kehittämistä.",
        sv="En plats i budgeten beror också på kommunens ekonomi, politiska beslut och om platsen "
        "var utlovad redan före utvecklingen.",
        en="The municipality's finances, political decisions and whether the place was promised "
        "beforehand also bear on the budget.",
    ),
)

YEAR = 365


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """The solutions old enough, and which of them were embedded in time."""
    old = atoms[((atoms["age"] >= YEAR) & (atoms["waited"] >= 0)).to_numpy()]
    in_time = old["embedded"] * (old["waited"] <= YEAR)
    return old[["project"]].assign(numerator=in_time.astype("int64"), denominator=1)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share embedded. Rows: numerator, denominator."""
    return flag_shares(rows)
