"""Lasting adoption: the share of adoptions still in use."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.registers import flag_shares
from survey.text import Text

METRIC = Metric(
    id="lasting_adoption",
    version=1,
    kind="outcome",
    question="Q1",
    label=Text(
        fi="Pysyvä käyttö",
        sv="Bestående bruk",
        en="Lasting use",
    ),
    reading=Text(
        fi="Kuinka suuri osa käyttöönotoista on yhä käytössä.",
        sv="Hur stor andel av ibruktagandena som ännu är i bruk.",
        en="The share of adoptions that are still in use.",
    ),
    definition=Text(
        fi="Käyttöönotot, jotka ovat yhä käytössä, jaettuna kaikilla käyttöönotoilla. Yksi "
        "organisaatio ja yksi ratkaisu on yksi käyttöönotto. Äskettäin käyttöön otetut eivät "
        "ole vielä ehtineet jäädä pois, mikä nostaa lukua.",
        sv="Ibruktaganden som ännu är i bruk, delat med alla ibruktaganden. En organisation och "
        "en lösning är ett ibruktagande. De som nyligen tagits i bruk har ännu inte hunnit "
        "falla bort, vilket höjer talet.",
        en="Adoptions still in use, divided by all adoptions. One organisation and one solution "
        "are one adoption. Recent ones have not had the time to fall out of use, which raises "
        "the figure.",
    ),
    formula=Text(
        fi="yhä käytössä olevat käyttöönotot / käyttöönotot; Wilson kaikilla tasoilla",
        sv="ibruktaganden som fortfarande används / ibruktaganden; Wilson på alla nivåer",
        en="adoptions still in use / adoptions; Wilson at every level",
    ),
    unit=Unit.SHARE,
    better="up",
    about=About.RECORDS,
    frame="adoptions",
    source=Text(
        fi="Oma määritelmä käyttöönottorekisteristä; väli Wilson 1927",
        sv="Egen definition ur registret över ibruktaganden; intervall Wilson 1927",
        en="Own definition over the adoption register; interval Wilson 1927",
    ),
    grade="B",
    contribution=Text(
        fi="Käytön jatkumiseen vaikuttavat myös sopimukset, vaihtoehtojen puute ja "
        "käyttöönottajan oma talous.",
        sv="Att bruket fortsätter beror också på avtal, brist på alternativ och ibruktagarens "
        "egen ekonomi.",
        en="Contracts, a lack of alternatives and the adopter's own finances also keep a solution "
        "in use.",
    ),
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """The adoptions, and which of them last."""
    return atoms[["project"]].assign(numerator=atoms["lasting"], denominator=1)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share still in use. Rows: numerator, denominator."""
    return flag_shares(rows)
