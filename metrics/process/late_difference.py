"""Late answers: whether those who answered late judged differently from those who came early."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.items import scales_of
from metrics.metric import About, Metric, Unit
from metrics.statistics import independent_changes
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="late_difference",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Myöhään vastanneiden ero",
        sv="Skillnaden hos dem som svarade sent",
        en="Difference of late answers",
    ),
    reading=Text(
        fi="Kuinka monta pistettä loppuajalla vastanneet poikkeavat alkuajalla vastanneista.",
        sv="Hur många poäng de som svarade i slutet avviker från dem som svarade i början.",
        en="How many points those who answered towards the end differ from those who came early.",
    ),
    definition=Text(
        fi="Kyselyn jälkimmäisellä puoliajalla vastanneiden keskiarvo miinus ensimmäisellä "
        "vastanneiden. Jos myöhäiset vastaajat muistuttavat niitä, jotka eivät vastanneet, iso ero "
        "kertoo vastaamattomuuden vinouttavan lukuja. Se on oletus, jota luku ei todista. Mukana "
        "ovat kyselyt, joiden alku- ja loppupäivä tunnetaan.",
        sv="Medeltalet av dem som svarade under enkätens senare hälft minus medeltalet av dem som "
        "svarade under den första. Om sena svar liknar dem som aldrig kom, tyder en stor skillnad "
        "på att bortfallet snedvrider talen. Det är ett antagande som talet inte bevisar. Med är "
        "enkäter vars första och sista dag är kända.",
        en="The mean of those who answered in the second half of the collection's days less that "
        "of the first half. If late answers resemble those that never came, a large difference "
        "says that non-response distorts the figures. That is an assumption which the figure does "
        "not prove. Collections whose first and last day are known take part.",
    ),
    formula=Text(
        fi="myöhäisten ka − varhaisten ka; yksi hanke: Welchin t; useampi hanke: "
        "hankkeiden erojen keskiarvo, ± t(0,975; J−1) · s / √J; n = pienempi puoli",
        sv="sena svarares medeltal − tidigas medeltal; ett projekt: Welchs t; flera "
        "projekt: medeltalet av projektens skillnader, ± t(0,975; J−1) · s / √J; n = "
        "den mindre sidan",
        en="mean(late) − mean(early); one project: Welch's t; above: mean of project "
        "differences, ± t(.975; J−1) · s / √J; n = the smaller side",
    ),
    unit=Unit.CHANGE,
    better="none",
    about=About.RESPONDENTS,
    frame="timing",
    source=Text(
        fi="Vastaushalun jatkumo: Armstrong & Overton 1977; Welch 1947",
        sv="Motståndets kontinuum: Armstrong & Overton 1977; Welch 1947",
        en="Continuum of resistance: Armstrong & Overton 1977; Welch 1947",
    ),
    grade="C",
)


def reads(instrument: Instrument) -> list[dict]:
    """Every scale."""
    return scales_of(instrument, instrument.kind)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """The moments of early and late answers side by side."""
    late = atoms["late"].to_numpy() == 1
    sides = {
        f"{side}_{moment}": np.where(chosen, atoms[moment].to_numpy(), 0)
        for side, chosen in (("earlier", ~late), ("later", late))
        for moment in ("n", "total", "squares")
    }
    return atoms[["project", "instrument", "part", "wave", "unit"]].assign(**sides)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Difference in points. Rows: moments of early and late answers, unit."""
    return independent_changes(rows)
