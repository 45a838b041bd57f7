"""Repeat participation: the share of people who took part in two projects or more."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.metric import About, Method, Metric, Reason, Unit
from metrics.statistics import Interval, estimates, wilson
from metrics.statistics.registers import figures_in, projects_of
from survey.text import Text

METRIC = Metric(
    id="repeat_participation",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Uudelleen mukana",
        sv="Återkommande deltagare",
        en="Coming back",
    ),
    reading=Text(
        fi="Kuinka suuri osa ihmisistä on ollut mukana vähintään kahdessa hankkeessa.",
        sv="Hur stor andel av människorna som varit med i minst två projekt.",
        en="The share of people who took part in two projects or more.",
    ),
    definition=Text(
        fi="Ihmiset, jotka ovat osallistuneet ainakin kahteen hankkeeseen, jaettuna kaikilla "
        "osallistuneilla; jokainen lasketaan kerran. Luku perustuu nimettömiin tunnuksiin, "
        "joten ne, joilla tunnusta ei ole, puuttuvat. Suuri luku kertoo sitoutumisesta, mutta "
        "myös siitä, että samat ihmiset kutsutaan aina uudelleen.",
        sv="Människor som deltagit i minst två projekt, delat med alla som deltagit; var och en "
        "räknas en gång. Talet bygger på anonyma nycklar, så de som saknar nyckel är inte med. "
        "Ett stort tal visar engagemang, men också att samma personer bjuds in om och om igen.",
        en="People who took part in at least two projects, divided by all who took part; each "
        "counts once. The figure rests on anonymous keys, so people without one are missing. A "
        "high figure tells of commitment, but also of asking the same people again and again.",
    ),
    formula=Text(
        fi="ihmiset vähintään 2 hankkeessa / eri ihmiset; Wilson; ei yhdelle hankkeelle",
        sv="personer i ≥ 2 projekt / olika personer; Wilson; ges inte för ett projekt",
        en="people in ≥ 2 projects / distinct people; Wilson; not given for one project",
    ),
    unit=Unit.SHARE,
    better="none",
    about=About.PARTICIPANTS,
    frame="attendance",
    source=Text(
        fi="Oma määritelmä salatunnuksista; väli Wilson 1927",
        sv="Egen definition ur pseudonyma nycklar; intervall Wilson 1927",
        en="Own definition over pseudonymous keys; interval Wilson 1927",
    ),
    grade="B",
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Who took part in which project."""
    return atoms[["project", "group", "person"]]


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share who came back. Rows: project, person."""
    size, projects = figures_in(rows), projects_of(rows)
    own = rows[["figure", "person", "project"]].drop_duplicates()
    times = own.groupby(["figure", "person"], as_index=False).size()
    figure = times["figure"].to_numpy()
    people = np.bincount(figure, minlength=size)
    again = np.bincount(figure, times["size"] > 1, size).astype(np.int64)
    several = projects > 1
    return estimates(
        Interval(*(np.where(several, end, np.nan) for end in wilson(again, people))),
        n=people,
        projects=projects,
        method=Method.WILSON,
        numerator=again,
        denominator=people,
        missing=Reason.ONE_PROJECT,
    )
