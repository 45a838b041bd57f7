"""Adopters: how many different organisations took a solution into use."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.parts import in_three_ways
from metrics.statistics.registers import entity_counts
from survey.text import Text

METRIC = Metric(
    id="adopters",
    version=1,
    kind="outcome",
    question="Q1",
    label=Text(
        fi="Käyttöönottajat",
        sv="Organisationer som tagit i bruk",
        en="Adopters",
    ),
    reading=Text(
        fi="Kuinka monta eri organisaatiota otti ratkaisun käyttöön.",
        sv="Hur många olika organisationer som tog en lösning i bruk.",
        en="How many different organisations took a solution into use.",
    ),
    definition=Text(
        fi="Eri organisaatiot, jotka ovat ottaneet käyttöön jonkin hankkeiden ratkaisuista. "
        "Organisaatio lasketaan kerran, vaikka se olisi ottanut monta. Rinnalla on hankkeiden "
        "omien lukujen summa ja se, kuinka paljon siinä lasketaan samaa organisaatiota "
        "uudelleen. Luku ei kerro, onko ratkaisu yhä käytössä.",
        sv="Olika organisationer som tagit i bruk någon av projektens lösningar. En organisation "
        "räknas en gång även om den tagit flera. Bredvid står summan av projektens egna tal "
        "och hur mycket samma organisation räknas om i den. Talet visar inte om lösningen ännu "
        "används.",
        en="Different organisations that took any of the projects' solutions into use. An "
        "organisation counts once, even if it took several. Beside it stand the sum of the "
        "projects' own numbers and how much of it counts an organisation again. The figure "
        "does not tell whether the solution is still in use.",
    ),
    formula=Text(
        fi="eri käyttöönottajat; kunkin hankkeen käyttöönottajien summa Σ; "
        "päällekkäisyys = summa − eri; kokonaislaskenta, ei väliä",
        sv="olika som tagit i bruk; Σ över projekten av varje projekts egna; "
        "överlappning = summa − olika; totalräkning, inget intervall",
        en="distinct adopters; Σ over projects of each project's adopters; overlap = sum "
        "− distinct; a census, no interval",
    ),
    unit=Unit.COUNT,
    better="up",
    about=About.RECORDS,
    frame="adoptions",
    source=Text(
        fi="Oma määritelmä käyttöönottorekisteristä",
        sv="Egen definition ur registret över ibruktaganden",
        en="Own definition over the adoption register",
    ),
    grade="B",
    contribution=Text(
        fi="Käyttöönottoon vaikuttavat myös myyjän oma markkinointi, lainsäädäntö ja muiden "
        "esimerkki.",
        sv="Ibruktagandet påverkas också av säljarens marknadsföring, lagstiftning och andras "
        "exempel.",
        en="The seller's marketing, legislation and the example of others also bear on adoption.",
    ),
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Who took up a solution of which project, to be counted in three ways."""
    return in_three_ways(atoms[["project", "adopter"]])


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Number of adopters. Rows: project, adopter, way."""
    return entity_counts(rows, "adopter")
