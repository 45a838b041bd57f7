"""Drawback: the share of people who say that they suffered a drawback."""

from __future__ import annotations

import pandas as pd

from metrics.items import with_role
from metrics.metric import About, Metric, Unit
from metrics.statistics import survey_shares
from survey.instrument import Instrument, Role
from survey.text import Text

METRIC = Metric(
    id="drawback_share",
    version=1,
    kind="outcome",
    question="Q1",
    label=Text(
        fi="Haittaa kokeneiden osuus", sv="Andel som haft olägenhet", en="Share with drawback"
    ),
    reading=Text(
        fi="Kuinka suuri osa vastaajista kertoo, että osallistumisesta oli haittaa.",
        sv="Hur stor andel av dem som svarat säger att deltagandet medförde olägenhet.",
        en="The share of respondents who say that taking part brought a drawback.",
    ),
    definition=Text(
        fi="Ne, jotka ovat samaa tai täysin samaa mieltä siitä, että kokivat haittaa, jaettuna "
        "kaikilla väittämään vastanneilla. Luku näytetään aina hyödyn rinnalla: suuri hyöty ei "
        "kumoa muiden kokemaa haittaa.",
        sv="De som är av samma eller helt av samma åsikt om att de haft olägenhet, delat med alla "
        "som svarat på påståendet. Talet visas alltid bredvid nyttan: stor nytta upphäver inte den "
        "olägenhet som andra upplevt.",
        en="Those who agree or strongly agree that they met a drawback, divided by all who "
        "answered the statement. It is always shown beside the benefit: a large benefit does not "
        "cancel the drawback of others.",
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
    better="down",
    about=About.RESPONDENTS,
    frame="item_counts",
    source=Text(
        fi="Oma määritelmä: haitta on jokaisen hyödyn rinnalla; väli Wilson 1927, Cochran 1977",
        sv="Egen definition: nackdelen står bredvid varje nytta; intervall Wilson 1927, "
        "Cochran 1977",
        en="Own definition: harm stands beside every benefit; interval Wilson 1927, Cochran 1977",
    ),
    grade="C",
    contribution=Text(
        fi="Haitta voi tulla muustakin kuin hankkeesta, ja pettyneet voivat vastata muita "
        "useammin tai jäädä kokonaan vastaamatta.",
        sv="Nackdelen kan också komma av annat än projektet, och de besvikna kan svara oftare än "
        "andra eller inte alls.",
        en="A drawback may come from other things than the project, and the disappointed may "
        "answer more often than others, or not at all.",
    ),
)


def reads(instrument: Instrument) -> list[dict]:
    """The valid codes of the items that ask about drawbacks; from the threshold up they count."""
    return with_role(instrument, Role.DRAWBACK)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share that met a drawback. Rows: numerator, denominator."""
    return survey_shares(rows)
