"""Roles filled: the share of planned roles that somebody has taken."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.registers import census_shares
from survey.text import Text

METRIC = Metric(
    id="roles_filled",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Täytetyt roolit",
        sv="Besatta roller",
        en="Roles filled",
    ),
    reading=Text(
        fi="Kuinka suurella osalla suunnitelluista rooleista on tekijä.",
        sv="Hur stor andel av de planerade rollerna som någon har.",
        en="The share of planned roles that somebody has taken.",
    ),
    definition=Text(
        fi="Roolit, joilla on tekijä, jaettuna kaikilla suunnitelluilla rooleilla. Kaikki roolit "
        "on laskettu, joten sattumaa ei ole mukana. Luku ei kerro, kuinka hyvin tehtävää "
        "hoidetaan.",
        sv="Roller som någon har tagit, delat med alla planerade roller. Alla roller är räknade, "
        "så slumpen är inte med. Talet visar inte hur väl uppgiften sköts.",
        en="Roles that somebody has taken, divided by all planned roles. Every role is counted, "
        "so chance is not in it. The figure does not tell how well the task is done.",
    ),
    formula=Text(
        fi="täytetyt roolit / suunnitellut roolit; kokonaislaskenta, ei väliä",
        sv="besatta roller / planerade roller; totalräkning, inget intervall",
        en="roles filled / roles planned; a census, no interval",
    ),
    unit=Unit.SHARE,
    better="up",
    about=About.RECORDS,
    frame="roles",
    source=Text(
        fi="Oma määritelmä hankkeen tiedoista",
        sv="Egen definition ur projektets uppgifter",
        en="Own definition over the project file",
    ),
    grade="B",
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """The planned roles, and which of them are filled."""
    return atoms.rename(columns={"filled": "numerator"})


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share filled. Rows: numerator."""
    return census_shares(rows)
