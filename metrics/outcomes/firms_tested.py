"""Firms tested: how many different companies tried their product or service in a project."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.parts import in_three_ways
from metrics.statistics.registers import entity_counts
from survey.text import Text

METRIC = Metric(
    id="firms_tested",
    version=1,
    kind="outcome",
    question="Q1",
    label=Text(
        fi="Kokeilleet yritykset",
        sv="Företag som prövat",
        en="Companies that tested",
    ),
    reading=Text(
        fi="Kuinka monta eri yritystä kokeili tuotettaan tai palveluaan.",
        sv="Hur många olika företag som prövade sin produkt eller tjänst.",
        en="How many different companies tried their product or service.",
    ),
    definition=Text(
        fi="Eri yritykset, jotka kokeilivat tuotettaan tai palveluaan hankkeessa, ja vieressä "
        "kaikki mukana olleet yritykset. Rinnalla on hankkeiden omien lukujen summa ja se, "
        "kuinka paljon siinä lasketaan samaa yritystä uudelleen. Luku ei kerro, onnistuiko "
        "kokeilu.",
        sv="Olika företag som prövade sin produkt eller tjänst i ett projekt, och bredvid alla "
        "företag som varit med. Bredvid står summan av projektens egna tal och hur mycket "
        "samma företag räknas om i den. Talet visar inte om försöket lyckades.",
        en="Different companies that tried their product or service in a project, and beside them "
        "all companies that took part. Beside it stand the sum of the projects' own numbers "
        "and how much of it counts a company again. The figure does not tell whether the trial "
        "succeeded.",
    ),
    formula=Text(
        fi="eri yritykset, jotka kokeilivat; nimittäjä: mukana olleet eri yritykset; "
        "osa: eri, hankkeiden summa, päällekkäisyys; kokonaislaskenta, ei väliä",
        sv="olika företag som prövade; nämnare: olika företag som deltog; del: olika, "
        "summa av projekten, överlappning; totalräkning, inget intervall",
        en="distinct companies that tested; denominator: distinct companies that took "
        "part; part: distinct, sum of projects, overlap; a census, no interval",
    ),
    unit=Unit.COUNT,
    better="up",
    about=About.RECORDS,
    frame="firms",
    source=Text(
        fi="Oma määritelmä yritysten seurannasta",
        sv="Egen definition ur företagsuppföljningen",
        en="Own definition over the company follow-up",
    ),
    grade="B",
    contribution=Text(
        fi="Yritys on voinut kokeilla samaa muuallakin, ja osa olisi kokeillut ilman hanketta.",
        sv="Företaget kan ha prövat samma sak också på annat håll, och en del hade gjort det utan "
        "projektet.",
        en="A company may have tested the same thing elsewhere, and some would have done so "
        "without the project.",
    ),
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """The companies that took part, and which of them tested something."""
    firms = atoms
    return in_three_ways(firms[["project", "organisation"]].assign(counted=firms["tested"]))


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Number of companies. Rows: project, organisation, counted, way."""
    return entity_counts(rows, "organisation")
