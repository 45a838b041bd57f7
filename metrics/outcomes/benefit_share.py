"""Benefit: the share of people who say that they benefited, by stakeholder group."""

from __future__ import annotations

import pandas as pd

from metrics.items import with_role
from metrics.metric import About, Metric, Unit
from metrics.statistics import survey_shares
from survey.instrument import Instrument, Role
from survey.text import Text

METRIC = Metric(
    id="benefit_share",
    version=1,
    kind="outcome",
    question="Q1",
    label=Text(fi="Hyötyneiden osuus", sv="Andel som haft nytta", en="Share that benefited"),
    reading=Text(
        fi="Kuinka suuri osa vastaajista kertoo hyötyneensä.",
        sv="Hur stor andel av dem som svarat säger att de haft nytta.",
        en="The share of respondents who say that they benefited.",
    ),
    definition=Text(
        fi="Ne, jotka ovat samaa tai täysin samaa mieltä siitä, että hyötyivät, jaettuna kaikilla "
        "väittämään vastanneilla. ”En osaa sanoa” ja tyhjät vastaukset jäävät pois. Usean hankkeen "
        "luvussa lasketaan yhteen ihmiset, ei prosentteja. Luku on vastaajien oma arvio, ei "
        "mitattu vaikutus.",
        sv="De som är av samma eller helt av samma åsikt om att de haft nytta, delat med alla som "
        "svarat på påståendet. ”Kan inte säga” och tomma svar räknas inte med. För flera projekt "
        "räknas människorna ihop, inte procenten. Talet är deltagarnas egen bedömning, inte en "
        "uppmätt effekt.",
        en="Those who agree or strongly agree that they benefited, divided by all who answered the "
        "statement. “Don't know” and blank answers are left out. For several projects people are "
        "added up, not percentages. The figure is people's own judgement, not a measured effect.",
    ),
    formula=Text(
        fi="vähintään rajan suuruiset vastaukset / kelvolliset vastaukset; yksi hanke: "
        "Wilson; useampi hanke: linearisoitu suhde, ± t(0,975; J−1)",
        sv="svar vid eller över gränsen / giltiga svar; ett projekt: Wilson; flera "
        "projekt: lineariserad kvot, ± t(0,975; J−1)",
        en="answers at or above the threshold / valid answers; one project: Wilson; "
        "above: linearised ratio over projects, ± t(.975; J−1)",
    ),
    unit=Unit.SHARE,
    better="up",
    about=About.RESPONDENTS,
    frame="item_counts",
    source=Text(
        fi="Koettelee väitettä ”kaikki osallistujat ovat hyötyneet” (Vantaan kaupunki, "
        "CoHeWe, 2021)",
        sv="Prövar påståendet ”alla deltagare har haft nytta” (Vanda stad, CoHeWe, 2021)",
        en="Tests the claim “all participants have benefited” (City of Vantaa, CoHeWe, 2021)",
    ),
    grade="C",
    contribution=Text(
        fi="Hyödyn voi kokea myös muun avun, oman elämäntilanteen tai toisen hankkeen ansiosta, "
        "ja tyytyväiset vastaavat usein muita herkemmin.",
        sv="Nyttan kan också bero på annat stöd, den egna livssituationen eller ett annat "
        "projekt, och nöjda svarar ofta oftare än andra.",
        en="The benefit may also come from other support, people's own circumstances or another "
        "project, and the content often answer more readily than others.",
    ),
)


def reads(instrument: Instrument) -> list[dict]:
    """The valid codes of the items that ask about benefit; from the threshold up they count."""
    return with_role(instrument, Role.BENEFIT)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share that benefited. Rows: numerator, denominator."""
    return survey_shares(rows)
