"""Cost per participant: euros used for each person who took part."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.registers import unit_costs
from survey.text import Text

METRIC = Metric(
    id="cost_per_participant",
    version=2,
    kind="process",
    question="Q3",
    label=Text(
        fi="Kustannus osallistujaa kohti",
        sv="Kostnad per deltagare",
        en="Cost per participant",
    ),
    reading=Text(
        fi="Kuinka monta euroa yhtä osallistujaa kohti käytettiin.",
        sv="Hur många euro som användes per deltagare.",
        en="How many euros were used for each participant.",
    ),
    definition=Text(
        fi="Hankkeiden käyttämä raha jaettuna niiden eri osallistujilla. Väli kertoo edullisimman "
        "ja kalleimman hankkeen oman luvun, ei epävarmuutta. Mukana ovat hankkeet, joiden "
        "menot tunnetaan ja joissa osallistujia on vähintään kymmenen. Hankkeet tekevät eri "
        "asioita, joten halpa ei ole sama kuin hyvä.",
        sv="De pengar som projekten använt, delat med deras olika deltagare. Intervallet visar "
        "det billigaste och det dyraste projektets eget tal, inte osäkerheten. Med är projekt "
        "vars utgifter är kända och som haft minst tio deltagare. Projekten gör olika saker, "
        "så billigt är inte detsamma som bra.",
        en="The money that projects used, divided by their different participants. The interval "
        "is the own figure of the cheapest and the dearest project, not uncertainty. Projects "
        "count whose spending is known and that had ten participants or more. Projects do "
        "different things, so cheap is not the same as good.",
    ),
    formula=Text(
        fi="Σ eurot / Σ kunkin hankkeen eri osallistujat; väli on hankkeiden omista "
        "suhteista pienin ja suurin; hankkeet, joissa on alle 10 osallistujaa, "
        "jätetään pois",
        sv="Σ euro / Σ varje projekts olika deltagare; intervallet är den minsta och den "
        "största av projektens egna kvoter; projekt med färre än 10 deltagare "
        "utelämnas",
        en="Σ euros / Σ distinct participants of each project; low and high are the "
        "least and the greatest of the projects' own ratios; projects with fewer than "
        "10 participants are left out",
    ),
    unit=Unit.EUR,
    better="none",
    about=About.PARTICIPANTS,
    frame="costs",
    source=Text(
        fi="Oma määritelmä kirjanpidosta ja osallistujalistasta",
        sv="Egen definition ur bokföringen och närvarolistan",
        en="Own definition over the ledger and the attendance list",
    ),
    grade="B",
)

#: Money is public, so this figure tells how many took part: as many as the public may be told. It
#: is hidden where the number of participants is (`metrics.populations`), and the public sees it
#: made of the rounded number.
PARTICIPANTS_NEEDED = 10


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """The projects that had enough participants, with their money."""
    enough = atoms[(atoms["participants"] >= PARTICIPANTS_NEEDED).to_numpy()]
    return enough[["project", "cents"]].assign(units=enough["participants"])


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Euros for each participant. Rows: cents, units (participants)."""
    return unit_costs(rows)
