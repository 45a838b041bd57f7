"""Decision lag: the median days from when a decision was due until it was made."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.registers import medians
from survey.text import Text

METRIC = Metric(
    id="decision_lag",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Päätösten viive",
        sv="Beslutens dröjsmål",
        en="Decision lag",
    ),
    reading=Text(
        fi="Kuinka monta päivää määräajan jälkeen puolet päätöksistä oli tehty.",
        sv="Hur många dagar efter utsatt tid som hälften av besluten var fattade.",
        en="How many days after they were due half of the decisions were made.",
    ),
    definition=Text(
        fi="Päivät siitä, kun päätöksen piti olla valmis, siihen kun se tehtiin, mediaanina. "
        "Ajoissa tehty päätös on nolla päivää. Vielä tekemättömät ovat mukana siltä ajalta, "
        "jonka ne ovat myöhässä. Luku ei kerro päätösten laadusta.",
        sv="Dagar från den dag då beslutet skulle vara fattat till den dag då det fattades, som "
        "median. Ett beslut i tid är noll dagar. Beslut som ännu saknas är med för den tid de "
        "är försenade. Talet säger inget om beslutens kvalitet.",
        en="Days from when a decision was due to when it was made, as a median. A decision made "
        "in time is zero days. Those not made yet count for as long as they are late. The "
        "figure tells nothing of how good the decisions were.",
    ),
    formula=Text(
        fi="Kaplan–Meier: ensimmäinen päivä, jona S(t) ≤ 1/2, log–log-väli; "
        "tekemättömien päätösten seuranta katkeaa lukujen keräyspäivään; kirjaukset yhdistetään "
        "joka tasolla",
        sv="Kaplan–Meier: första dagen med S(t) ≤ 1/2, log–log-intervall; ofattade "
        "beslut censureras på avläsningsdagen; posterna slås samman på alla nivåer",
        en="Kaplan-Meier: first day with S(t) ≤ 1/2, log-log interval; decisions not "
        "made are censored at the day of reading; records pooled at every level",
    ),
    unit=Unit.DAYS,
    better="down",
    about=About.RECORDS,
    frame="decisions",
    source=Text(
        fi="Kaplan & Meier 1958; Brookmeyer & Crowley 1982; tarkistettu 6-MP-kokeella "
        "(Freireich 1963)",
        sv="Kaplan & Meier 1958; Brookmeyer & Crowley 1982; kontrollerat med "
        "6-MP-försöket (Freireich 1963)",
        en="Kaplan & Meier 1958; Brookmeyer & Crowley 1982; checked on the 6-MP trial "
        "(Freireich 1963)",
    ),
    grade="B",
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """How late each decision was, and whether it has been made."""
    return atoms.rename(columns={"made": "event"})


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Median days late. Rows: waited, event."""
    return medians(rows)
