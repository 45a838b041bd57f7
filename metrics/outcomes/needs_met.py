"""Needs met: the share of stated needs for which a tried solution was judged sufficient."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.registers import flag_shares
from survey.text import Text

METRIC = Metric(
    id="needs_met",
    version=1,
    kind="outcome",
    question="Q0",
    label=Text(
        fi="Tarpeisiin vastattiin",
        sv="Behov som tillgodosetts",
        en="Needs met",
    ),
    reading=Text(
        fi="Kuinka suureen osaan tarpeista kokeiltu ratkaisu riitti käyttäjien mielestä.",
        sv="För hur stor andel av behoven en prövad lösning räckte enligt användarna.",
        en="The share of needs for which users found a tried solution sufficient.",
    ),
    definition=Text(
        fi="Tarpeet, joihin kokeiltiin ratkaisua ja joiden käyttäjät pitivät sitä riittävänä, "
        "jaettuna kaikilla alussa kirjatuilla tarpeilla. Myös tarpeet, joihin ei kokeiltu "
        "mitään, ovat nimittäjässä. Luku ei kerro, kuinka suuri kukin tarve oli.",
        sv="Behov för vilka en lösning prövades och ansågs tillräcklig av användarna, delat med "
        "alla behov som antecknades i början. Också behov för vilka inget prövades finns i "
        "nämnaren. Talet visar inte hur stort varje behov var.",
        en="Needs for which a solution was tried and judged sufficient by its users, divided by "
        "all needs recorded at the start. Needs for which nothing was tried are in the "
        "denominator too. The figure does not tell how large each need was.",
    ),
    formula=Text(
        fi="tarpeet, joihin on kokeiltu ja riittäväksi arvioitu ratkaisu / ilmaistut "
        "tarpeet; Wilson kaikilla tasoilla",
        sv="behov med en prövad lösning som bedömts tillräcklig / uttryckta behov; "
        "Wilson på alla nivåer",
        en="needs with a tested solution judged sufficient / needs stated; Wilson at every level",
    ),
    unit=Unit.SHARE,
    better="up",
    about=About.RECORDS,
    frame="needs",
    source=Text(
        fi="Oma määritelmä: jäljitettävyys tarpeesta kokeiluun; väli Wilson 1927",
        sv="Egen definition: spårbarhet från behov till försök; intervall Wilson 1927",
        en="Own definition: traceability from need to trial; interval Wilson 1927",
    ),
    grade="C",
    contribution=Text(
        fi="Tarve on voinut täyttyä muunkin palvelun ansiosta tai muuttua matkan varrella, ja "
        "käyttäjien arvio riippuu siitä, keiltä kysyttiin.",
        sv="Behovet kan ha tillgodosetts också av någon annan tjänst eller ändrats under vägen, "
        "och omdömet beror på vilka användare som tillfrågades.",
        en="Another service may have met the need, or the need may have changed on the way, and "
        "the judgement depends on which users were asked.",
    ),
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """The needs of each group, and which of them were met."""
    met = atoms["tested"] * atoms["sufficient"]
    return atoms[["project", "group"]].assign(numerator=met, denominator=1)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share met. Rows: numerator, denominator."""
    return flag_shares(rows)
