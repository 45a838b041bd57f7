"""New markets: how many different companies followed up have a new customer or market."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.parts import in_three_ways
from metrics.statistics.registers import entity_counts
from survey.text import Text

METRIC = Metric(
    id="firms_new_market",
    version=1,
    kind="outcome",
    question="Q1",
    label=Text(
        fi="Uusille markkinoille päässeet yritykset",
        sv="Företag med ny marknad",
        en="Companies with a new market",
    ),
    reading=Text(
        fi="Kuinka monella eri yrityksellä on uusi asiakas tai markkina-alue.",
        sv="Hur många olika företag som har en ny kund eller marknad.",
        en="How many different companies have a new customer or market.",
    ),
    definition=Text(
        fi="Eri yritykset, jotka kertoivat seurannassa uudesta asiakkaasta tai markkina-alueesta, "
        "ja vieressä kaikki seuratut yritykset. Rinnalla on hankkeiden omien lukujen summa ja "
        "se, kuinka paljon siinä lasketaan samaa yritystä uudelleen. Seuraamatta jääneistä ei "
        "tiedetä mitään. Luku ei kerro kaupan suuruutta.",
        sv="Olika företag som vid uppföljningen berättade om en ny kund eller marknad, och "
        "bredvid alla företag som följts upp. Bredvid står summan av projektens egna tal och "
        "hur mycket samma företag räknas om i den. Om de övriga vet man inget. Talet visar "
        "inte affärens storlek.",
        en="Different companies that told at follow-up of a new customer or market, and beside "
        "them all that were followed up. Beside it stand the sum of the projects' own numbers "
        "and how much of it counts a company again. Nothing is known of the others. The figure "
        "does not tell how large the business is.",
    ),
    formula=Text(
        fi="eri yritykset, joilla on uusi asiakas tai markkina; nimittäjä: seuratut eri "
        "yritykset; osa: eri, hankkeiden summa, päällekkäisyys; kokonaislaskenta, ei "
        "väliä",
        sv="olika företag med en ny kund eller marknad; nämnare: olika uppföljda "
        "företag; del: olika, summa av projekten, överlappning; totalräkning, inget "
        "intervall",
        en="distinct companies with a new customer or market; denominator: distinct "
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
        fi="Uuteen asiakkaaseen vaikuttavat myös yrityksen oma myynti, suhdanteet ja muut "
        "hankkeet.",
        sv="En ny kund beror också på företagets egen försäljning, konjunkturen och andra projekt.",
        en="The company's own sales work, the economy and other projects also bear on a new "
        "customer.",
    ),
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """The companies that were followed up, and which of them have a new customer or market."""
    firms = atoms[(atoms["followed"] == 1).to_numpy()]
    return in_three_ways(firms[["project", "organisation"]].assign(counted=firms["new_market"]))


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Number of companies. Rows: project, organisation, counted, way."""
    return entity_counts(rows, "organisation")
