"""Ceiling: how large a share chose the best answer of a statement."""

from __future__ import annotations

import pandas as pd

from metrics.items import at_an_end, totals
from metrics.metric import About, Metric, Unit
from metrics.statistics import survey_shares
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="item_ceiling",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Parhaan vaihtoehdon osuus",
        sv="Andelen med bästa svaret",
        en="Share at the best answer",
    ),
    reading=Text(
        fi="Kuinka suuri osa valitsi parhaan vastausvaihtoehdon.",
        sv="Hur stor del valde det bästa svarsalternativet.",
        en="How large a share chose the best possible answer.",
    ),
    definition=Text(
        fi="Parhaan vaihtoehdon valinneet jaettuna niillä, jotka vastasivat kysymykseen; "
        "käänteisessä väittämässä paras on täysin eri mieltä. Kun osuus on yli 40 prosenttia, "
        "kysymys ei enää erottele hyvää erinomaisesta, eikä parannus näy. Korkea osuus ei ole "
        "virhe: asia voi olla kunnossa.",
        sv="De som valde det bästa alternativet delat med dem som svarade på frågan; i ett omvänt "
        "påstående är det bästa helt av annan åsikt. När andelen är över 40 procent skiljer "
        "frågan inte längre gott från utmärkt, och en förbättring syns inte. En hög andel är "
        "inget fel: saken kan vara i skick.",
        en="Those who chose the best answer divided by those who answered the question; in a "
        "reversed statement the best is to disagree fully. Above 40 per cent the question no "
        "longer tells good from excellent, and an improvement does not show. A high share is "
        "not a fault: things may be in order.",
    ),
    formula=Text(
        fi="vastaukset parhaassa päässä kääntämisen jälkeen / kelvolliset vastaukset; "
        "yksi hanke: Wilson; useampi hanke: summien suhde, t(J−1); huomautus yli 40 "
        "prosentista",
        sv="svar i den bästa änden efter vändning / giltiga svar; ett projekt: Wilson; "
        "flera projekt: kvot av summor, t(J−1); anmärkning över 40 %",
        en="answers at the best end after reversal / valid answers; one project: Wilson; "
        "above: ratio of sums over projects, t(J−1); flagged above 40 %",
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
    return at_an_end(instrument, best=True)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Answers in all groups and phases together."""
    return totals(atoms)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share at the end. Rows: numerator, denominator."""
    return survey_shares(rows)
