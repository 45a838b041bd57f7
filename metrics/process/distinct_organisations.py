"""Distinct organisations: how many different ones took part, beside the sum of the projects."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.parts import in_three_ways
from metrics.statistics.registers import entity_counts
from survey.text import Text

METRIC = Metric(
    id="distinct_organisations",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Eri organisaatiot",
        sv="Olika organisationer",
        en="Different organisations",
    ),
    reading=Text(
        fi="Kuinka monta eri organisaatiota on ollut mukana.",
        sv="Hur många olika organisationer som varit med.",
        en="How many different organisations took part.",
    ),
    definition=Text(
        fi="Eri organisaatioiden määrä. Rinnalla on hankkeiden omien lukujen summa, jossa "
        "kahdessa hankkeessa mukana ollut on kahdesti, ja päällekkäisyys eli näiden ero. Luku "
        "ei kerro, kuinka paljon kukin teki.",
        sv="Antalet olika organisationer. Bredvid står summan av projektens egna tal, där den som "
        "varit med i två projekt räknas två gånger, och överlappningen, det vill säga "
        "skillnaden. Talet visar inte hur mycket var och en gjorde.",
        en="The number of different organisations. Beside it stand the sum of the projects' own "
        "numbers, in which an organisation of two projects is there twice, and the overlap, "
        "the difference of the two. The figure does not tell how much each of them did.",
    ),
    formula=Text(
        fi="eri organisaatiot; kunkin hankkeen organisaatioiden summa Σ; päällekkäisyys "
        "= summa − eri; kokonaislaskenta, ei väliä",
        sv="olika organisationer; Σ över projekten av varje projekts organisationer; "
        "överlappning = summa − olika; totalräkning, inget intervall",
        en="distinct organisations; Σ over projects of each project's organisations; "
        "overlap = sum − distinct; a census, no interval",
    ),
    unit=Unit.COUNT,
    better="up",
    about=About.RECORDS,
    frame="organisations",
    source=Text(
        fi="Oma määritelmä: eri organisaatiot lasketaan joka tasolla uudelleen, niitä ei summata",
        sv="Egen definition: olika organisationer räknas om på varje nivå, de summeras aldrig",
        en="Own definition: distinct organisations are recounted at every level, never added up",
    ),
    grade="B",
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Which organisation took part in which project, to be counted in three ways."""
    return in_three_ways(atoms[["project", "organisation"]])


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Number of organisations. Rows: project, organisation, way."""
    return entity_counts(rows, "organisation")
