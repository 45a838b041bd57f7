"""Right amount: the share that chose the best answer where the best one is in the middle."""

from __future__ import annotations

import pandas as pd

from metrics.items import of_kind
from metrics.metric import About, Metric, Unit
from metrics.statistics import survey_shares
from survey.instrument import AnswerKind, Instrument
from survey.text import Text

METRIC = Metric(
    id="right_amount",
    version=1,
    kind="process",
    question="Q2",
    label=Text(fi="Sopivasti", sv="Lagom", en="About right"),
    reading=Text(
        fi="Kuinka suuren osan mielestä asiaa oli juuri sopivasti: ei liikaa eikä liian vähän.",
        sv="Hur stor andel tycker att det var precis lagom: varken för mycket eller för litet.",
        en="The share for whom it was just right: neither too much nor too little.",
    ),
    definition=Text(
        fi="Kysymyksissä, joissa paras vastaus on keskellä (esimerkiksi tahti liian hidas – sopiva "
        "– liian nopea), parhaan vastauksen valinneet jaettuna kaikilla kysymykseen vastanneilla. "
        "Keskiarvoa ei lasketa, koska liian hidas ja liian nopea kumoaisivat siinä toisensa.",
        sv="För frågor där det bästa svaret ligger i mitten (till exempel takten för långsam – "
        "lagom – för snabb): de som valt det bästa svaret delat med alla som svarat på frågan. "
        "Inget medeltal räknas, eftersom för långsam och för snabb då skulle ta ut varandra.",
        en="For questions whose best answer lies in the middle (such as a pace that is too slow – "
        "right – too fast): those who chose the best answer divided by all who answered. No mean "
        "is taken, as too slow and too fast would cancel out.",
    ),
    formula=Text(
        fi="vastaukset parhaassa kohdassa / kelvolliset vastaukset; yksi hanke: Wilson; "
        "useampi hanke: linearisoitu suhde, ± t(0,975; J−1)",
        sv="svar på det bästa alternativet / giltiga svar; ett projekt: Wilson; flera "
        "projekt: lineariserad kvot, ± t(0,975; J−1)",
        en="answers at the best code / valid answers; one project: Wilson; above: "
        "linearised ratio over projects, ± t(.975; J−1)",
    ),
    unit=Unit.SHARE,
    better="up",
    about=About.RESPONDENTS,
    frame="item_counts",
    source=Text(
        fi="Oma määritelmä kaksisuuntaisille väittämille; väli Wilson 1927, Newcombe 1998",
        sv="Egen definition för bipolära påståenden; intervall Wilson 1927, Newcombe 1998",
        en="Own definition for bipolar items; interval Wilson 1927, Newcombe 1998",
    ),
    grade="C",
)


def reads(instrument: Instrument) -> list[dict]:
    """The valid codes of every bipolar item; the best one counts."""
    return of_kind(instrument, AnswerKind.BIPOLAR, lambda answers, code: code == answers.best)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share at the best answer. Rows: numerator, denominator."""
    return survey_shares(rows)
