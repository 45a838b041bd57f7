"""Response time: the median days until a proposal got its first answer."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.registers import medians
from survey.text import Text

METRIC = Metric(
    id="response_time",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Vastausaika",
        sv="Svarstid",
        en="Response time",
    ),
    reading=Text(
        fi="Kuinka monessa päivässä puolet ehdotuksista sai ensimmäisen vastauksen.",
        sv="På hur många dagar hälften av förslagen fick ett första svar.",
        en="In how many days half of the proposals got a first answer.",
    ),
    definition=Text(
        fi="Päivät ehdotuksesta ensimmäiseen vastaukseen, mediaanina. Vielä vastaamattomat ovat "
        "mukana niin pitkältä ajalta kuin ne ovat odottaneet lukujen keräyspäivään mennessä. "
        "Jos alle puolet on saanut vastauksen, mediaania ei tunneta. Luku ei kerro vastauksen "
        "laadusta.",
        sv="Dagar från förslag till första svar, som median. De som ännu väntar är med för den "
        "tid de hunnit vänta den dag då uppgifterna lästes. Om mindre än hälften har fått svar "
        "är medianen inte känd. Talet säger inget om svarets kvalitet.",
        en="Days from proposal to first answer, as a median. Those still waiting count for as "
        "long as they had waited on the day of reading. Where fewer than half have been "
        "answered the median is not known. The figure tells nothing of how good the answer "
        "was.",
    ),
    formula=Text(
        fi="Kaplan–Meier: ensimmäinen päivä, jona S(t) ≤ 1/2; välin päät ovat "
        "ensimmäiset päivät, joina S:n log–log-rajat ovat ≤ 1/2; avointen ehdotusten "
        "seuranta katkeaa lukujen keräyspäivään; kirjaukset yhdistetään joka tasolla",
        sv="Kaplan–Meier: första dagen med S(t) ≤ 1/2; intervallets ändar är de första "
        "dagar då log–log-gränserna för S är ≤ 1/2; öppna förslag censureras på "
        "avläsningsdagen; posterna slås samman på alla nivåer",
        en="Kaplan-Meier: first day with S(t) ≤ 1/2; ends are the first days on which "
        "the log-log limits of S are ≤ 1/2; open proposals censored at the day of "
        "reading; records pooled at every level",
    ),
    unit=Unit.DAYS,
    better="down",
    about=About.RECORDS,
    frame="proposal_log",
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
    """How long each proposal waited, where its dates are known, and whether it was answered."""
    known = atoms[(atoms["waited"] >= 0).to_numpy()]
    return known[["project", "waited"]].assign(event=known["answered"])


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Median days to the first answer. Rows: waited, event."""
    return medians(rows)
