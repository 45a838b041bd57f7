"""Agreement on ties: how often both organisations tell of a tie that one tells of."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.intervals import ratio
from metrics.statistics.network_figures import network_figures, networks_of
from metrics.statistics.networks import reciprocity
from survey.text import Text

METRIC = Metric(
    id="network_reciprocity",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Yhteydestä samaa mieltä",
        sv="Ömsesidigt uppgivna kontakter",
        en="Ties that both told of",
    ),
    reading=Text(
        fi="Kuinka suuresta osasta yhteyksiä kumpikin osapuoli kertoi.",
        sv="För hur stor andel av kontakterna båda parterna uppgav den.",
        en="The share of ties of which both sides told.",
    ),
    definition=Text(
        fi="Yhteydet, joista kumpikin kertoi, jaettuna kaikilla yhteyksillä kahden vastanneen "
        "välillä. Lasketaan organisaatioista, joilta kysyttiin; vähintään 80 % on vastannut. "
        "Yksipuolinen yhteys voi olla toiselle tärkeä ja toiselle vähäinen, tai unohtunut.",
        sv="Kontakter som båda uppgett delat med alla kontakter mellan två som svarat. Räknas "
        "bland de organisationer som tillfrågades; minst 80 % har svarat. En ensidig kontakt kan "
        "vara viktig för den ena och liten för den andra, eller bortglömd.",
        en="Ties that both told of divided by all ties between two that answered. Computed among "
        "the organisations that were asked; at least 80 % answered. A tie told by one may matter "
        "to one and little to the other, or have been forgotten.",
    ),
    formula=Text(
        fi="molempien kertomat yhteydet / yhteydet kahden vastanneen organisaation välillä",
        sv="kontakter som båda berättat om / kontakter mellan organisationer som båda svarat",
        en="ties told by both / ties between organisations that both answered",
    ),
    unit=Unit.SHARE,
    better="none",
    about=About.RECORDS,
    frame="ties",
    source=Text(
        fi="Wasserman & Faust 1994, 13.3, yhteyksien osuutena",
        sv="Wasserman & Faust 1994, 13.3, som andel av kontakterna",
        en="Wasserman & Faust 1994, 13.3, as a share of ties",
    ),
    grade="B",
)

BESIDE = "roster"


def compute(rows: pd.DataFrame, roster: pd.DataFrame) -> pd.DataFrame:
    """Share of ties. Rows: source, target; roster: organisation, answered."""
    found = networks_of(rows, roster)
    both, ties = reciprocity(found)
    return network_figures(rows, found, ratio(both, ties), numerator=both, denominator=ties)
