"""Cost per pilot: euros used for each pilot that was run."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.registers import unit_costs
from survey.text import Text

METRIC = Metric(
    id="cost_per_pilot",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Kustannus pilottia kohti",
        sv="Kostnad per pilot",
        en="Cost per pilot",
    ),
    reading=Text(
        fi="Kuinka monta euroa yhtä pilottia kohti käytettiin.",
        sv="Hur många euro som användes per pilot.",
        en="How many euros were used for each pilot.",
    ),
    definition=Text(
        fi="Pilotteja tehneiden hankkeiden käyttämä raha jaettuna pilottien määrällä. Väli kertoo "
        "edullisimman ja kalleimman hankkeen oman luvun, ei epävarmuutta. Hankkeet, joissa "
        "pilottia ei ole (vielä) ollut, eivät ole mukana. Rahaan kuuluu muukin työ kuin "
        "pilotti, ja pilotit ovat erikokoisia.",
        sv="De pengar som använts av projekt med piloter, delat med antalet piloter. Intervallet "
        "visar det billigaste och det dyraste projektets eget tal, inte osäkerheten. Projekt "
        "som (ännu) inte haft någon pilot är inte med. I pengarna ingår också annat arbete, "
        "och piloterna är olika stora.",
        en="The money used by projects that ran pilots, divided by the number of pilots. The "
        "interval is the own figure of the cheapest and the dearest project, not uncertainty. "
        "Projects without a pilot (so far) are left out. The money paid for other work too, "
        "and pilots differ in size.",
    ),
    formula=Text(
        fi="Σ eurot / Σ pilotit niissä hankkeissa, joissa on pilotti; väli on hankkeiden "
        "omista suhteista pienin ja suurin",
        sv="Σ euro / Σ piloter i projekt med en pilot; intervallet är den minsta och den "
        "största av projektens egna kvoter",
        en="Σ euros / Σ pilots over projects with a pilot; low and high are the least "
        "and the greatest of the projects' own ratios",
    ),
    unit=Unit.EUR,
    better="none",
    about=About.RECORDS,
    frame="costs",
    source=Text(
        fi="Oma määritelmä kirjanpidosta ja pilottilokista",
        sv="Egen definition ur bokföringen och pilotloggen",
        en="Own definition over the ledger and the pilot log",
    ),
    grade="B",
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """The projects that ran pilots, with their money."""
    piloting = atoms[(atoms["pilots"] > 0).to_numpy()]
    return piloting[["project", "cents"]].assign(units=piloting["pilots"])


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Euros for each pilot. Rows: cents, units (pilots)."""
    return unit_costs(rows)
