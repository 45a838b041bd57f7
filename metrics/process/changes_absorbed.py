"""Changes absorbed: the share of changes of plan whose reason was written down."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.registers import flag_shares
from survey.text import Text

METRIC = Metric(
    id="changes_absorbed",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Perustellut muutokset",
        sv="Motiverade ändringar",
        en="Changes with a reason",
    ),
    reading=Text(
        fi="Kuinka suurelle osalle suunnitelman muutoksista kirjattiin syy.",
        sv="För hur stor andel av planändringarna som skälet antecknades.",
        en="The share of changes of plan whose reason was written down.",
    ),
    definition=Text(
        fi="Suunnitelman muutokset, joiden syy on kirjattu, jaettuna kaikilla kirjatuilla "
        "muutoksilla. Muuttaminen ei ole vika: luku kertoo, opittiinko siitä näkyvästi. "
        "Muutokset, joita ei kirjattu lainkaan, eivät näy luvussa.",
        sv="Ändringar av planen vars skäl är antecknat, delat med alla antecknade ändringar. Att "
        "ändra är inget fel: talet visar om man synligt drog lärdom. Ändringar som inte alls "
        "antecknades syns inte i talet.",
        en="Changes of plan whose reason is written down, divided by all recorded changes. "
        "Changing is no fault: the figure tells whether learning from it can be seen. Changes "
        "that nobody recorded are not in it.",
    ),
    formula=Text(
        fi="muutokset, joiden syy on kirjattu / kirjatut muutokset; Wilson kaikilla tasoilla",
        sv="ändringar med antecknat skäl / antecknade ändringar; Wilson på alla nivåer",
        en="changes with a recorded reason / recorded changes; Wilson at every level",
    ),
    unit=Unit.SHARE,
    better="up",
    about=About.RECORDS,
    frame="plan_changes",
    source=Text(
        fi="Oma määritelmä muutoslokista; väli Wilson 1927, Newcombe 1998",
        sv="Egen definition ur ändringsloggen; intervall Wilson 1927, Newcombe 1998",
        en="Own definition over the change log; interval Wilson 1927, Newcombe 1998",
    ),
    grade="B",
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """The changes of plan, and which of them have a reason."""
    return atoms.rename(columns={"reasoned": "numerator"}).assign(denominator=1)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share with a reason. Rows: numerator, denominator."""
    return flag_shares(rows)
