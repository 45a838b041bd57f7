"""Floor: how large a share chose the worst answer of a statement."""

from __future__ import annotations

import pandas as pd

from metrics.items import at_an_end, totals
from metrics.metric import About, Metric, Unit
from metrics.statistics import survey_shares
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="item_floor",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Huonoimman vaihtoehdon osuus",
        sv="Andelen med sämsta svaret",
        en="Share at the worst answer",
    ),
    reading=Text(
        fi="Kuinka suuri osa valitsi huonoimman vastausvaihtoehdon.",
        sv="Hur stor del valde det sämsta svarsalternativet.",
        en="How large a share chose the worst possible answer.",
    ),
    definition=Text(
        fi="Huonoimman vaihtoehdon valinneet jaettuna niillä, jotka vastasivat kysymykseen; "
        "käänteisessä väittämässä huonoin on täysin samaa mieltä. Kun osuus on yli 15 "
        "prosenttia, kysymys ei erottele huonoa hyvin huonosta, ja syytä kannattaa kysyä. Osuus "
        "ei kerro, miksi näin vastattiin.",
        sv="De som valde det sämsta alternativet delat med dem som svarade på frågan; i ett omvänt "
        "påstående är det sämsta helt av samma åsikt. När andelen är över 15 procent skiljer "
        "frågan inte dåligt från mycket dåligt, och det lönar sig att fråga efter orsaken. "
        "Andelen berättar inte varför man svarade så.",
        en="Those who chose the worst answer divided by those who answered the question; in a "
        "reversed statement the worst is to agree fully. Above 15 per cent the question does "
        "not tell bad from very bad, and the reason is worth asking. The share does not tell "
        "why people answered so.",
    ),
    formula=Text(
        fi="vastaukset huonoimmassa päässä kääntämisen jälkeen / kelvolliset vastaukset; "
        "yksi hanke: Wilson; useampi hanke: summien suhde, t(J−1); huomautus yli 15 "
        "prosentista",
        sv="svar i den sämsta änden efter vändning / giltiga svar; ett projekt: Wilson; "
        "flera projekt: kvot av summor, t(J−1); anmärkning över 15 %",
        en="answers at the worst end after reversal / valid answers; one project: "
        "Wilson; above: ratio of sums over projects, t(J−1); flagged above 15 %",
    ),
    unit=Unit.SHARE,
    better="none",
    about=About.RESPONDENTS,
    frame="item_counts",
    source=Text(
        fi="Oma väittämien laadun määritelmä; Wilson 1927; Cochran 1977, 6.2 ja 9A",
        sv="Egen definition av påståendenas kvalitet; Wilson 1927; Cochran 1977, 6.2 och 9A",
        en="Own definition of item quality; Wilson 1927; Cochran 1977, 6.2 and 9A",
    ),
    grade="C",
)


def reads(instrument: Instrument) -> list[dict]:
    """Every item whose answers have a best and a worst end."""
    return at_an_end(instrument, best=False)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Answers in all groups and phases together."""
    return totals(atoms)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share at the end. Rows: numerator, denominator."""
    return survey_shares(rows)
