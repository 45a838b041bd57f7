"""Closure: the share of proposals whose makers were told what became of them, and why."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.registers import flag_shares
from survey.text import Text

METRIC = Metric(
    id="closure",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Vastaus ja perustelu",
        sv="Svar med motivering",
        en="Answered with a reason",
    ),
    reading=Text(
        fi="Kuinka suureen osaan ehdotuksista vastattiin perustellen.",
        sv="Hur stor andel av förslagen som fick ett motiverat svar.",
        en="The share of proposals that were answered with a reason.",
    ),
    definition=Text(
        fi="Ehdotukset, joihin on vastattu ja joiden vastauksessa on perustelu, jaettuna kaikilla "
        "yli 60 päivää vanhoilla ehdotuksilla. Uudemmat jätetään pois, koska niihin ehditään "
        "vielä vastata. Luku ei kerro, oliko vastaus tekijälle mieleen.",
        sv="Förslag som har besvarats med en motivering, delat med alla förslag som är äldre än "
        "60 dagar. Nyare förslag lämnas bort, eftersom de ännu hinner få svar. Talet visar "
        "inte om förslagsställaren var nöjd med svaret.",
        en="Proposals that were answered with a reason, divided by all proposals older than 60 "
        "days. Newer ones are left out, as there is still time to answer them. The figure does "
        "not tell whether the answer pleased whoever made the proposal.",
    ),
    formula=Text(
        fi="perustellen vastatut / yli 60 päivää vanhat ehdotukset; Wilson kaikilla tasoilla",
        sv="besvarade med motivering / förslag äldre än 60 dagar; Wilson på alla nivåer",
        en="answered with a reason / proposals older than 60 days; Wilson at every level",
    ),
    unit=Unit.SHARE,
    better="up",
    about=About.RECORDS,
    frame="proposal_log",
    source=Text(
        fi="Oma määritelmä ehdotusrekisteristä; väli Wilson 1927, Newcombe 1998",
        sv="Egen definition ur förslagsregistret; intervall Wilson 1927, Newcombe 1998",
        en="Own definition over the proposal register; interval Wilson 1927, Newcombe 1998",
    ),
    grade="B",
)

#: How many days an answer may take before its absence counts.
DAYS_TO_ANSWER = 60


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """The proposals old enough, and which of them were answered with a reason."""
    old = atoms[(atoms["age"] > DAYS_TO_ANSWER).to_numpy()]
    return old[["project"]].assign(numerator=old["reasoned"], denominator=1)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share answered with a reason. Rows: numerator, denominator."""
    return flag_shares(rows)
