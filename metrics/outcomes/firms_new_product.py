"""New products: how many different companies followed up have a new or changed product."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.parts import in_three_ways
from metrics.statistics.registers import entity_counts
from survey.text import Text

METRIC = Metric(
    id="firms_new_product",
    version=1,
    kind="outcome",
    question="Q1",
    label=Text(
        fi="Uuden tuotteen tehneet yritykset",
        sv="Företag med ny produkt",
        en="Companies with a new product",
    ),
    reading=Text(
        fi="Kuinka monella eri yrityksellä on uusi tai muutettu tuote.",
        sv="Hur många olika företag som har en ny eller ändrad produkt.",
        en="How many different companies have a new or changed product.",
    ),
    definition=Text(
        fi="Eri yritykset, jotka kertoivat seurannassa uudesta tai muutetusta tuotteesta tai "
        "palvelusta, ja vieressä kaikki seuratut yritykset. Rinnalla on hankkeiden omien "
        "lukujen summa ja se, kuinka paljon siinä lasketaan samaa yritystä uudelleen. "
        "Seuraamatta jääneistä ei tiedetä mitään. Luku ei kerro, myykö tuote.",
        sv="Olika företag som vid uppföljningen berättade om en ny eller ändrad produkt eller "
        "tjänst, och bredvid alla företag som följts upp. Bredvid står summan av projektens "
        "egna tal och hur mycket samma företag räknas om i den. Om de övriga vet man inget. "
        "Talet visar inte om produkten säljer.",
        en="Different companies that told at follow-up of a new or changed product or service, "
        "and beside them all that were followed up. Beside it stand the sum of the projects' "
        "own numbers and how much of it counts a company again. Nothing is known of the "
        "others. The figure does not tell whether the product sells.",
    ),
    formula=Text(
        fi="eri yritykset, joilla on uusi tai muutettu tuote; nimittäjä: seuratut eri "
        "yritykset; osa: eri, hankkeiden summa, päällekkäisyys; kokonaislaskenta, ei "
        "väliä",
        sv="olika företag med en ny eller ändrad produkt; nämnare: olika uppföljda "
        "företag; del: olika, summa av projekten, överlappning; totalräkning, inget "
        "intervall",
        en="distinct companies with a new or changed product; denominator: distinct "
        "companies followed up; part: distinct, sum of projects, overlap; a census, "
        "no interval",
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
    grade="C",
    contribution=Text(
        fi="Yritys kehittää tuotteitaan muutenkin: tuote on voinut olla tekeillä jo ennen "
        "hanketta tai syntyä muun rahoituksen turvin.",
        sv="Företaget utvecklar sina produkter även annars: produkten kan ha varit på gång före "
        "projektet eller ha kommit till med annan finansiering.",
        en="Companies develop their products anyway: this one may have been under way before the "
        "project or paid for otherwise.",
    ),
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """The companies that were followed up, and which of them have a new product."""
    firms = atoms[(atoms["followed"] == 1).to_numpy()]
    return in_three_ways(firms[["project", "organisation"]].assign(counted=firms["new_product"]))


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Number of companies. Rows: project, organisation, counted, way."""
    return entity_counts(rows, "organisation")
