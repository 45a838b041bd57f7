"""Distinct participants: how many different people took part, beside the sum of the projects."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.parts import in_three_ways
from metrics.statistics.registers import entity_counts
from survey.text import Text

METRIC = Metric(
    id="distinct_participants",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Eri osallistujat",
        sv="Olika deltagare",
        en="Different participants",
    ),
    reading=Text(
        fi="Kuinka monta eri ihmistä on ollut mukana.",
        sv="Hur många olika människor som varit med.",
        en="How many different people took part.",
    ),
    definition=Text(
        fi="Eri ihmisten määrä nimettömien tunnusten mukaan. Rinnalla on hankkeiden omien lukujen "
        "summa, jossa kahdessa hankkeessa mukana ollut on kahdesti, ja päällekkäisyys eli "
        "näiden ero. Ne, joilla ei ole tunnusta, puuttuvat, joten luku on vähimmäismäärä.",
        sv="Antalet olika människor enligt anonyma nycklar. Bredvid står summan av projektens "
        "egna tal, där den som varit med i två projekt räknas två gånger, och överlappningen, "
        "det vill säga skillnaden. De som saknar nyckel är inte med, så talet är ett minimum.",
        en="The number of different people by anonymous keys. Beside it stand the sum of the "
        "projects' own numbers, in which somebody of two projects is there twice, and the "
        "overlap, the difference of the two. People without a key are missing, so the figure "
        "is the least there can be.",
    ),
    formula=Text(
        fi="eri tunnukset; kunkin hankkeen eri tunnusten summa Σ; päällekkäisyys = summa "
        "− eri; kokonaislaskenta, ei väliä",
        sv="olika nycklar; Σ över projekten av varje projekts olika nycklar; "
        "överlappning = summa − olika; totalräkning, inget intervall",
        en="distinct keys; Σ over projects of each project's distinct keys; overlap = "
        "sum − distinct; a census, no interval",
    ),
    unit=Unit.COUNT,
    better="up",
    about=About.PARTICIPANTS,
    frame="attendance",
    source=Text(
        fi="Oma määritelmä: eri ihmiset lasketaan joka tasolla uudelleen, heitä ei summata",
        sv="Egen definition: olika personer räknas om på varje nivå, de summeras aldrig",
        en="Own definition: distinct people are recounted at every level, never added up",
    ),
    grade="B",
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Who took part in which project, to be counted in three ways."""
    return in_three_ways(atoms[["project", "group", "person"]])


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Number of people. Rows: project, person, way."""
    return entity_counts(rows, "person")
