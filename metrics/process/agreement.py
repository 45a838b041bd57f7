"""Agreement within a project: do its people tell of the same experience?"""

from __future__ import annotations

import pandas as pd

from metrics.items import item_scales
from metrics.metric import About, Metric, Unit
from metrics.statistics.agreement import agreements
from metrics.statistics.item_rows import with_items
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="agreement",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Yksimielisyys hankkeessa",
        sv="Enighet i projektet",
        en="Agreement within a project",
    ),
    reading=Text(
        fi="Kuinka samanlaisina hankkeen vastaajat kokivat asian; 1 on täysin sama kokemus.",
        sv="Hur lika projektets svarare upplevde saken; 1 är helt samma upplevelse.",
        en="How alike the people of a project found it; 1 is the very same experience.",
    ),
    definition=Text(
        fi="Kuinka paljon vähemmän vastaukset eroavat toisistaan kuin jos jokainen vaihtoehto "
        "olisi yhtä todennäköinen. 1 tarkoittaa, että kaikki vastasivat samoin, 0 että "
        "vastaukset eroavat kuin arvottuina, ja alle nollan ihmiset ovat jakautuneet "
        "vastakkain. Alle 0,50 merkitään: kokemukset eroavat, ja keskiarvon sijasta kannattaa "
        "katsoa ryhmiä. Usean hankkeen luku on hankkeiden keskiarvo. Luku ei kerro, onko "
        "kokemus hyvä vai huono.",
        sv="Hur mycket mindre svaren skiljer sig från varandra än om varje alternativ vore lika "
        "sannolikt. 1 betyder att alla svarade likadant, 0 att svaren skiljer sig som lottade, "
        "och under noll är människor delade i motsatta läger. Under 0,50 märks ut: "
        "upplevelserna skiljer sig, och i stället för medeltalet lönar det sig att se på "
        "grupperna. Talet för flera projekt är projektens medeltal. Talet berättar inte om "
        "upplevelsen är god eller dålig.",
        en="How much less answers differ than if every answer were equally likely. 1 means that "
        "all answered alike, 0 that answers differ as if drawn by lot, and below zero people "
        "stand in opposite camps. Below .50 is marked: experiences differ, and the groups are "
        "worth a look in place of the mean. The figure of several projects is the mean of the "
        "projects. It does not tell whether the experience is good or bad.",
    ),
    formula=Text(
        fi="r*_wg = 1 − väittämien keskimääräinen varianssi / σ²_EU, tasainen "
        "nollajakauma σ²_EU = (A² − 1)/12, kun vastausvaihtoehtoja on A; täydelliset "
        "vastaukset; yksi hanke: khiin neliö, vapausasteet (n−1)(tr S)²/tr(S²); "
        "useampi hanke: hankkeiden keskiarvo, t(J−1); ”kokemukset eroavat” alle 0,50",
        sv="r*_wg = 1 − påståendenas medelvarians / σ²_EU, jämn nollfördelning σ²_EU = "
        "(A² − 1)/12 för A svarsalternativ; fullständiga svar; ett projekt: chi-två "
        "med (n−1)(tr S)²/tr(S²) frihetsgrader; flera projekt: projektens medeltal, "
        "t(J−1); ”erfarenheterna går isär” under 0,50",
        en="r*_wg = 1 − mean item variance / σ²_EU, uniform null σ²_EU = (A² − 1)/12 for "
        "A answers, complete answers; one project: chi-square with (n−1)(tr "
        "S)²/tr(S²) degrees of freedom; above: mean of projects, t(J−1); “experiences "
        "differ” below .50",
    ),
    unit=Unit.COEFFICIENT,
    better="none",
    about=About.RESPONDENTS,
    frame="scale_products",
    source=Text(
        fi="James, Demaree & Wolf 1984; Lindell, Brandt & Whitney 1999; Satterthwaite 1946",
        sv="James, Demaree & Wolf 1984; Lindell, Brandt & Whitney 1999; Satterthwaite 1946",
        en="James, Demaree & Wolf 1984; Lindell, Brandt & Whitney 1999; Satterthwaite 1946",
    ),
    grade="C",
)


def reads(instrument: Instrument) -> list[dict]:
    """Every scale that is made of items, with the variance of an answer drawn by lot.

    spread / options is that variance: A * sum(c**2) - sum(c)**2 over A**2, for A codes c.
    """
    found = []
    for entry in item_scales(instrument):
        codes = instrument.answers_of(instrument.scale(entry["scale"]).items[0]).codes
        options = len(codes) ** 2
        spread = len(codes) * sum(code * code for code in codes) - sum(codes) ** 2
        found.append({**entry, "spread": spread, "options": options})
    return found


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """The sums with the number of items in a form that adds up."""
    return with_items(atoms)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """r_wg per scale. Rows: n, item_answers, sums and products of items, spread, options."""
    return agreements(rows)
