"""Rules signed: the share of projects whose ground rules were signed before the start."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.registers import census_shares
from survey.text import Text

METRIC = Metric(
    id="rules_signed",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Pelisäännöt ennen alkua",
        sv="Spelregler före start",
        en="Rules before the start",
    ),
    reading=Text(
        fi="Kuinka suuri osa hankkeista allekirjoitti pelisäännöt ennen alkua.",
        sv="Hur stor andel av projekten som undertecknade spelreglerna före start.",
        en="The share of projects that signed their ground rules before the start.",
    ),
    definition=Text(
        fi="Hankkeet, joiden pelisäännöt allekirjoitettiin viimeistään alkamispäivänä, jaettuna "
        "hankkeilla, joiden alkamispäivä tunnetaan ja joilta sääntöjä on kysytty. Yhden "
        "hankkeen luku on 0 tai 100 prosenttia. Luku ei kerro, noudatettiinko sääntöjä.",
        sv="Projekt vars spelregler undertecknades senast startdagen, delat med de projekt vars "
        "startdag är känd och vars regler efterfrågats. Ett enskilt projekts tal är 0 eller "
        "100 procent. Talet visar inte om reglerna följdes.",
        en="Projects whose ground rules were signed by the day they began, divided by the "
        "projects whose start is known and whose rules were asked about. A single project's "
        "figure is 0 or 100 per cent. The figure does not tell whether the rules were kept.",
    ),
    formula=Text(
        fi="viimeistään alkupäivänä allekirjoitetut / hankkeet, joilta kysyttiin; "
        "kokonaislaskenta, ei väliä",
        sv="undertecknade senast på startdagen / tillfrågade projekt; totalräkning, "
        "inget intervall",
        en="signed on or before the start / projects asked; a census, no interval",
    ),
    unit=Unit.SHARE,
    better="up",
    about=About.RECORDS,
    frame="rules",
    source=Text(
        fi="Oma määritelmä hankkeen tiedoista",
        sv="Egen definition ur projektets uppgifter",
        en="Own definition over the project file",
    ),
    grade="B",
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """The projects that were asked, and which of them signed in time."""
    return atoms.rename(columns={"in_time": "numerator"})


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share signed in time. Rows: numerator."""
    return census_shares(rows)
