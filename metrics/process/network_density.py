"""Density of the network: how many of all possible ties between organisations there are."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.network_figures import network_figures, networks_of
from metrics.statistics.networks import density
from survey.text import Text

METRIC = Metric(
    id="network_density",
    version=1,
    kind="process",
    question="Q2",
    label=Text(fi="Verkoston tiheys", sv="Nätverkets täthet", en="Density of the network"),
    reading=Text(
        fi="Kuinka suuri osa organisaatioiden mahdollisista yhteistyöpareista teki yhteistyötä.",
        sv="Hur stor andel av organisationernas möjliga par som samarbetade.",
        en="The share of all possible pairs of organisations that worked together.",
    ),
    definition=Text(
        fi="Ilmoitetut yhteydet jaettuna kaikilla pareilla; yhteys on, jos jompikumpi kertoi "
        "siitä. Yläraja olettaa yhteyden jokaiseen pariin, josta puuttuu vastaus. Lasketaan "
        "organisaatioista, joilta kysyttiin; vähintään 80 % on vastannut. Tiheys pienenee "
        "verkoston kasvaessa: vertaa erikokoisia vain yhteyksien keskimäärän kanssa.",
        sv="Uppgivna kontakter delat med alla par; en kontakt finns om någondera uppgett den. Den "
        "övre gränsen antar en kontakt i varje par där ett svar saknas. Räknas bland de "
        "organisationer som tillfrågades; minst 80 % har svarat. Tätheten sjunker när nätverket "
        "växer: jämför olika storlekar bara tillsammans med antalet partner i medeltal.",
        en="Ties that were told of divided by all pairs; a tie is there if either told of it. The "
        "upper limit takes it that every pair that lacks an answer has one. Computed among the "
        "organisations that were asked; at least 80 % answered. Density falls as a network grows: "
        "compare sizes only with the mean number of partners beside it.",
    ),
    formula=Text(
        fi="yhteydet / (n(n−1)/2); rajat: yksikään, tai jokainen, vastaamatta jäänyt pari, "
        "josta kukaan ei kertonut, on yhteys; yhdessä hankkeessa vastannut on vastannut "
        "kaikissa; n = organisaatiot",
        sv="kontakter / (n(n−1)/2); gränser: ingen, eller varje, par med en obesvarad sida "
        "som ingen berättat om är en kontakt; den som svarat i ett av flera projekt har "
        "svarat; n = organisationer",
        en="ties / (n(n−1)/2); bounds: no, or every, pair with an unanswered side and no "
        "report is a tie; who answered in one project of several has answered; n = "
        "organisations",
    ),
    unit=Unit.SHARE,
    better="none",
    about=About.RECORDS,
    frame="ties",
    source=Text(
        fi="Wasserman & Faust 1994, 4.2; tarkistettu Zacharyn karateseuralla, 0,1390",
        sv="Wasserman & Faust 1994, 4.2; kontrollerat med Zacharys karateklubb, 0,1390",
        en="Wasserman & Faust 1994, 4.2; checked on Zachary's karate club, .1390",
    ),
    grade="B",
)

BESIDE = "roster"


def compute(rows: pd.DataFrame, roster: pd.DataFrame) -> pd.DataFrame:
    """Share of pairs. Rows: source, target; roster: organisation, answered."""
    found = networks_of(rows, roster)
    return network_figures(
        rows, found, density(found), numerator=found.ties, denominator=found.pairs
    )
