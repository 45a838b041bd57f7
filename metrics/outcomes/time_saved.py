"""Time saved: the share of staff for whom the new way of working saves time at follow-up."""

from __future__ import annotations

import pandas as pd

from metrics.items import with_role
from metrics.metric import About, Metric, Unit
from metrics.statistics import survey_shares
from survey.instrument import Instrument, Role
from survey.text import Text

METRIC = Metric(
    id="time_saved",
    version=1,
    kind="outcome",
    question="Q1",
    label=Text(
        fi="Työaikaa säästyy",
        sv="Arbetstid sparas",
        en="Working time saved",
    ),
    reading=Text(
        fi="Kuinka suuri osa henkilöstöstä kertoo uuden toimintatavan säästävän aikaa.",
        sv="Hur stor andel av personalen som säger att det nya arbetssättet sparar tid.",
        en="The share of staff who say that the new way of working saves time.",
    ),
    definition=Text(
        fi="Ne, jotka seurannassa kertovat työaikaa säästyvän, jaettuna kaikilla kysymykseen "
        "vastanneilla. Muilta aikaa kuluu saman verran tai enemmän kuin ennen. Vastaajat "
        "arvioivat omaa työtään; aikaa ei ole mitattu, eikä säästö kerro työn laadusta.",
        sv="De som vid uppföljningen säger att arbetstid sparas, delat med alla som svarat på "
        "frågan. För de övriga går det åt lika mycket eller mer tid än förut. Svaren är "
        "bedömningar av det egna arbetet; tiden har inte mätts, och sparad tid säger inget om "
        "arbetets kvalitet.",
        en="Those who say at follow-up that working time is saved, divided by all who answered "
        "the question. For the others it takes as much time as before or more. People judge "
        "their own work; the time was not measured, and saving it tells nothing of how good "
        "the work is.",
    ),
    formula=Text(
        fi="vähintään rajan suuruiset vastaukset / kelvolliset vastaukset, "
        "seurantamittaus; yksi hanke: Wilson; useampi hanke: linearisoitu suhde, ± "
        "t(0,975; J−1)",
        sv="svar vid eller över gränsen / giltiga svar, uppföljningsmätningen; ett "
        "projekt: Wilson; flera projekt: lineariserad kvot, ± t(0,975; J−1)",
        en="answers at or above the threshold / valid answers, follow-up wave; one "
        "project: Wilson; above: linearised ratio over projects, ± t(.975; J−1)",
    ),
    unit=Unit.SHARE,
    better="up",
    about=About.RESPONDENTS,
    frame="item_counts",
    source=Text(
        fi="Oma luonnosväittämä; väli Wilson 1927, Cochran 1977",
        sv="Eget utkast till påstående; intervall Wilson 1927, Cochran 1977",
        en="Own draft item; interval Wilson 1927, Cochran 1977",
    ),
    grade="C",
    contribution=Text(
        fi="Työaikaan vaikuttavat myös työmäärä, henkilöstön vaihtuminen, muut uudistukset ja "
        "uudet välineet.",
        sv="Arbetstiden påverkas också av arbetsmängden, personalomsättning, andra reformer och "
        "nya verktyg.",
        en="The amount of work, changes of staff, other reforms and new tools also bear on "
        "working time.",
    ),
)


def reads(instrument: Instrument) -> list[dict]:
    """The valid codes of the item that asks about working time."""
    return with_role(instrument, Role.SAVING)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """The answers of the follow-up."""
    return atoms[(atoms["wave"] == "follow_up").to_numpy()]


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share that saves time. Rows: numerator, denominator."""
    return survey_shares(rows)
