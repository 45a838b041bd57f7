"""New practice: the share of people who use the new way of working at follow-up."""

from __future__ import annotations

import pandas as pd

from metrics.items import with_role
from metrics.metric import About, Metric, Unit
from metrics.statistics import survey_shares
from survey.instrument import Instrument, Role
from survey.text import Text

METRIC = Metric(
    id="new_practice",
    version=1,
    kind="outcome",
    question="Q1",
    label=Text(
        fi="Uusi toimintatapa käytössä",
        sv="Nytt arbetssätt i bruk",
        en="New practice in use",
    ),
    reading=Text(
        fi="Kuinka suuri osa vastanneista käyttää uutta toimintatapaa puolen vuoden päästä.",
        sv="Hur stor andel av dem som svarat som använder det nya arbetssättet efter ett halvår.",
        en="The share of respondents who use the new way of working half a year later.",
    ),
    definition=Text(
        fi="Ne, jotka seurannassa kertovat käyttävänsä uutta toimintatapaa vähintään joskus, "
        "jaettuna kaikilla kysymykseen vastanneilla. Seuranta tehdään noin puoli vuotta "
        "hankkeen päättymisestä. Vastaajat arvioivat itseään, ja vastaamatta jättäneiden "
        "käyttö voi olla vähäisempää.",
        sv="De som vid uppföljningen säger att de använder det nya arbetssättet åtminstone "
        "ibland, delat med alla som svarat på frågan. Uppföljningen görs ungefär ett halvår "
        "efter att projektet avslutats. Svaren är egna bedömningar, och de som inte svarat kan "
        "använda det mindre.",
        en="Those who say at follow-up that they use the new way of working at least sometimes, "
        "divided by all who answered the question. Follow-up is about half a year after the "
        "project's end. People judge themselves, and those who did not answer may use it less.",
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
        fi="Toimintatapa on voinut muuttua myös muun koulutuksen, uuden johdon tai uusien "
        "välineiden takia.",
        sv="Arbetssättet kan ha ändrats också på grund av annan utbildning, ny ledning eller nya "
        "verktyg.",
        en="Other training, new management or new tools may also have changed how people work.",
    ),
)


def reads(instrument: Instrument) -> list[dict]:
    """The valid codes of the item that asks about the new practice."""
    return with_role(instrument, Role.PRACTICE)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """The answers of the follow-up."""
    return atoms[(atoms["wave"] == "follow_up").to_numpy()]


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share that uses the new practice. Rows: numerator, denominator."""
    return survey_shares(rows)
