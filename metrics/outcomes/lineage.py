"""Lineage: how many later projects took over what a project made."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.registers import entity_counts
from survey.text import Text

METRIC = Metric(
    id="lineage",
    version=1,
    kind="outcome",
    question="Q1",
    label=Text(
        fi="Jatkoa saaneet hankkeet",
        sv="Fortsättning i andra projekt",
        en="Taken over by later projects",
    ),
    reading=Text(
        fi="Kuinka moni myöhempi hanke jatkoi siitä, mitä täällä tehtiin.",
        sv="Hur många senare projekt som byggde vidare på det som gjordes här.",
        en="How many later projects went on with what was made here.",
    ),
    definition=Text(
        fi="Eri hankkeet, jotka ovat ottaneet käyttöönsä hankkeen ratkaisun ja jatkaneet siitä. "
        "Vain suorat jatkajat lasketaan, eivät niiden jatkajat. Luku ei kerro, kuinka suuri "
        "osa työstä siirtyi.",
        sv="Olika projekt som tagit över en lösning från projektet och byggt vidare på den. Bara "
        "direkta efterföljare räknas, inte deras efterföljare. Talet visar inte hur stor del "
        "av arbetet som fördes över.",
        en="Different projects that took over a solution of the project and went on with it. Only "
        "direct ones count, not those that followed them in turn. The figure does not tell how "
        "much of the work was carried over.",
    ),
    formula=Text(
        fi="eri myöhemmät hankkeet, jotka ottivat ratkaisun käyttöön; vain suorat; "
        "kokonaislaskenta, ei väliä",
        sv="olika senare projekt som övertog en lösning; bara direkta; totalräkning, "
        "inget intervall",
        en="distinct later projects that took over a solution; direct ones only; a "
        "census, no interval",
    ),
    unit=Unit.COUNT,
    better="up",
    about=About.RECORDS,
    frame="lineage",
    source=Text(
        fi="Oma määritelmä ratkaisurekisteristä",
        sv="Egen definition ur lösningsregistret",
        en="Own definition over the solution register",
    ),
    grade="B",
    contribution=Text(
        fi="Myöhempi hanke olisi voitu tehdä muutenkin, ja se on usein saman väen ja saman "
        "rahoittajan työtä.",
        sv="Det senare projektet kunde ha gjorts ändå, och är ofta samma människors och samma "
        "finansiärs verk.",
        en="The later project might have been made anyway, and is often the work of the same "
        "people and funder.",
    ),
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Which later project took over what."""
    return atoms.assign(way=0)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Number of later projects. Rows: child."""
    return entity_counts(rows, "child")
