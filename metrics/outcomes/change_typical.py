"""Typical change: the middle of the same people's changes, untouched by a few large ones."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.fold import dense, packed, unpacked
from metrics.items import scales_of
from metrics.metric import About, Metric, Unit
from metrics.statistics.ranks import STEPS, typical_changes
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="change_typical",
    version=1,
    kind="outcome",
    question="Q1",
    label=Text(fi="Tyypillinen muutos", sv="Typisk förändring", en="Typical change"),
    reading=Text(
        fi="Kuinka monta pistettä tavallinen vastaaja siirtyi alusta, kun muutama suuri muutos ei "
        "ratkaise.",
        sv="Hur många poäng en vanlig person rörde sig från början, utan att några få stora "
        "förändringar avgör.",
        en="How many points an ordinary respondent moved from the start, without a few large "
        "changes deciding it.",
    ),
    definition=Text(
        fi="Muutosten pareittaisten keskiarvojen mediaani. Samat muutokset ovat tasan samoja, ja "
        "nollamuutokset ovat mukana luvussa mutta eivät testissä. Lasketaan, kun pareja on "
        "vähintään kymmenen. Ylemmillä tasoilla kaikkien hankkeiden parit järjestetään yhdessä, "
        "mutta epävarmuus lasketaan hankkeiden välisestä vaihtelusta. Luku ei todista, mistä "
        "muutos johtuu.",
        sv="Medianen av de parvisa medeltalen av förändringarna. Lika förändringar är exakt lika, "
        "och nollor är med i talet men inte i testet. Räknas när det finns minst tio par. På högre "
        "nivåer ordnas alla projekts par tillsammans, men osäkerheten räknas av variationen mellan "
        "projekten. Talet bevisar inte vad förändringen beror på.",
        en="The median of the means of every two changes. Equal changes are exactly equal, and "
        "zeros are in the figure but not in the test. Computed for ten pairs or more. Higher up "
        "the pairs of all projects are ranked together, but the uncertainty comes from the "
        "variation between projects. The figure does not prove what the change is due to.",
    ),
    formula=Text(
        fi="Hodges–Lehmann muutoksista, askel 1/720 asteikosta; yksi hanke: parien "
        "keskiarvojen järjestys, p Wilcoxon (nollat pois, keskisijat, kaikki "
        "etumerkit 25 muutokseen asti, siitä ylös normaali, tasatulokset ja korjaus "
        "½); useampi hanke: hankkeiden merkittyjen sijojen summat, t(J−1)",
        sv="Hodges–Lehmann över förändringar på ett steg av 1/720 av skalan; ett "
        "projekt: ordnade parmedeltal, p Wilcoxon (nollor bort, medelranger, alla "
        "tecken upp till 25 förändringar, därefter normal med lika värden och "
        "korrigering ½); flera projekt: projektens summor av teckenranger, t(J−1)",
        en="Hodges–Lehmann over changes on a step of 1/720 of the scale; one project: "
        "ordered means of two, p Wilcoxon (zeros dropped, mean ranks, all signs "
        "counted to 25 changes, above normal with ties and correction ½); above: "
        "projects' sums of signed ranks, t(J−1)",
    ),
    unit=Unit.CHANGE,
    better="up",
    about=About.RESPONDENTS,
    frame="paired_differences",
    source=Text(
        fi="Hodges & Lehmann 1963; Wilcoxon 1945; ryppäät: Rosner, Glynn & Lee 2006",
        sv="Hodges & Lehmann 1963; Wilcoxon 1945; kluster: Rosner, Glynn & Lee 2006",
        en="Hodges & Lehmann 1963; Wilcoxon 1945; clusters: Rosner, Glynn & Lee 2006",
    ),
    grade="B",
    minimum_n=10,
    contribution=Text(
        fi="Tavallisenkin vastaajan tilanne muuttuu muista syistä: vuodenaika, muut palvelut ja "
        "elämäntilanne näkyvät samassa luvussa.",
        sv="Också en vanlig persons situation ändras av andra skäl: årstid, andra tjänster och "
        "livssituation syns i samma tal.",
        en="An ordinary respondent's situation changes for other reasons too: season, other "
        "services and circumstances show in the same figure.",
    ),
)

_KEY = ["project", "instrument", "wave", "part"]


def reads(instrument: Instrument) -> list[dict]:
    """Every scale of an outcome questionnaire."""
    return scales_of(instrument, "outcome")


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """People by how many steps they changed from the baseline: one column for each that occurs."""
    later = atoms[(atoms["earlier"] == "baseline").to_numpy()]
    exact = later["difference"].to_numpy() * STEPS / later["unit"].astype(int).to_numpy()
    steps, column = np.unique(np.rint(exact).astype(np.int64), return_inverse=True)
    occurring, row = dense(*packed(later, _KEY))
    people = np.zeros((len(occurring), len(steps)), dtype=np.int64)
    np.add.at(people, (row, column), later["n"].to_numpy())
    keys = pd.DataFrame(unpacked(occurring, later, _KEY), columns=_KEY)
    changed = pd.DataFrame(people, columns=[f"d{step}" for step in steps], index=keys.index)
    return pd.concat([keys, changed.assign(n=people.sum(axis=1))], axis=1)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Typical change in points. Rows: d<steps> (people)."""
    return typical_changes(rows)
