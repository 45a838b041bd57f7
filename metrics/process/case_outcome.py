"""Case outcome: the share of cases piloted, rejected or merged within 12 and 24 months."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.metric import About, Method, Metric, Unit
from metrics.parts import days_to_stages, in_parts
from metrics.stages import STAGES
from metrics.statistics.registers import shares_by_day
from survey.text import Text

METRIC = Metric(
    id="case_outcome",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Mihin tapaukset päätyivät",
        sv="Hur det gick för fallen",
        en="What became of cases",
    ),
    reading=Text(
        fi="Kuinka suuri osa tapauksista oli pilotoitu, hylätty tai yhdistetty 12 ja 24 "
        "kuukaudessa.",
        sv="Hur stor andel av fallen som hade piloterats, avslagits eller slagits samman inom 12 "
        "och 24 månader.",
        en="The share of cases that were piloted, rejected or merged within 12 and 24 months.",
    ),
    definition=Text(
        fi="Arvio siitä, kuinka suuri osa tapauksista oli päässyt pilottiin, hylätty tai "
        "yhdistetty toiseen vuoden tai kahden kuluttua alusta. Tavat päättyä sulkevat toisensa "
        "pois: mikä hylättiin, ei enää pääse pilottiin. Mitä pilotin jälkeen tapahtuu, ei näy "
        "tässä. Lukua ei anneta, jos niin kauan seurattuja on alle viisi ja joidenkin seuranta "
        "loppui aiemmin.",
        sv="En uppskattning av hur stor andel av fallen som hade nått en pilot, avslagits eller "
        "slagits samman ett eller två år från början. Utgångarna utesluter varandra: ett "
        "avslaget fall når inte längre en pilot. Vad som händer efter piloten syns inte här. "
        "Talet ges inte om färre än fem följts så länge och några inte kunnat följas ända dit.",
        en="An estimate of the share of cases that had got to a pilot, been rejected or been "
        "merged into another one or two years from their beginning. The endings rule each "
        "other out: what was rejected gets to no pilot. What happens after the pilot is not "
        "seen here. It is not given where fewer than five were followed so long and some could "
        "not be followed so far.",
    ),
    formula=Text(
        fi="Aalen–Johansen: F(t) = Σ S(s−)·d₁(s)/n(s), kun t on 365 ja 730 päivää; "
        "pilotti, hylkäys, yhdistäminen ja muut päätökset kilpailevat; väli "
        "asteikolla log(−log(1−F)); piirretään, kun avoinna on vähintään 5 tai kukaan "
        "ei poistunut seurannasta sitä ennen",
        sv="Aalen–Johansen: F(t) = Σ S(s−)·d₁(s)/n(s) vid 365 och 730 dagar; pilot, "
        "avslag, sammanslagning och andra slut konkurrerar; intervall på "
        "log(−log(1−F)); ritas medan minst 5 är öppna, eller när ingen censurerats "
        "dessförinnan",
        en="Aalen-Johansen: F(t) = Σ S(s−)·d₁(s)/n(s) at 365 and 730 days; pilot, "
        "rejection, merger and other ends compete; interval on log(−log(1−F)); drawn "
        "while 5 or more are at risk, or nobody was censored before",
    ),
    unit=Unit.SHARE,
    better="none",
    about=About.RECORDS,
    frame="cases",
    source=Text(
        fi="Aalen & Johansen 1978; varianssi Marubini & Valsecchi 1995; tarkistettu "
        "toisella toteutuksella",
        sv="Aalen & Johansen 1978; varians Marubini & Valsecchi 1995; kontrollerat mot "
        "en andra implementering",
        en="Aalen & Johansen 1978; variance Marubini & Valsecchi 1995; checked against a "
        "second implementation",
    ),
    grade="B",
)

#: A case is followed to the first of these, or to another end, which competes with them.
ENDS = ("pilot", "rejected", "merged")
MONTHS = {12: 365, 24: 730}


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """How each case ended first, once for each ending and time asked about."""
    to_pilot = days_to_stages(atoms)[:, STAGES.index("pilot")]
    piloted = to_pilot >= 0
    fate = np.where(piloted, "pilot", atoms["ended"].astype(str))
    first = atoms[["project"]].assign(waited=np.where(piloted, to_pilot, atoms["days"]))
    return in_parts(
        {
            f"{end}/{months}": first.assign(
                event=np.select([fate == end, fate != ""], [1, 2], 0), day=days
            )
            for end in ENDS
            for months, days in MONTHS.items()
        }
    )


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share that ended so by then. Rows: waited, event (1 so, 2 otherwise), day."""
    return shares_by_day(rows, Method.AALEN_JOHANSEN)
