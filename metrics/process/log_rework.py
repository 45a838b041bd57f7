"""Rework: the share of the cases of a log in which an activity was done more than once."""

from __future__ import annotations

import pandas as pd

from metrics.log_parts import activities_of, cases_of, only_by, stacked_parts, whole_and_by
from metrics.metric import About, Metric, Unit
from metrics.statistics.registers import flag_shares
from survey.text import Text

METRIC = Metric(
    id="log_rework",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Uudelleen tehty",
        sv="Gjort på nytt",
        en="Done again",
    ),
    reading=Text(
        fi="Kuinka suuressa osassa tapauksista jokin tehtiin useammin kuin kerran.",
        sv="I hur stor andel av ärendena något gjordes mer än en gång.",
        en="The share of cases in which something was done more than once.",
    ),
    definition=Text(
        fi="Tapaukset, joissa sama toiminto on kirjattu useammin kuin kerran, jaettuna kaikilla "
        "tapauksilla. Toiminnoittain: niistä tapauksista, joissa toiminto on. Toisto voi "
        "kuulua työhön; luku ei kerro, oliko se turhaa. Kanavat ja yksiköt, joissa on alle "
        "kymmenen tapausta, kerrotaan yhdessä, ja alle kymmenen tapauksen lokista ei kerrota "
        "mitään. Toiminnot, joita on alle kymmenessä tapauksessa, kerrotaan yhdessä.",
        sv="Ärenden där samma aktivitet har antecknats mer än en gång, delat med alla ärenden. "
        "Per aktivitet: av de ärenden där aktiviteten finns. Upprepning kan höra till "
        "arbetet; talet säger inte om den var onödig. Kanaler och enheter med färre än tio "
        "ärenden visas tillsammans, och om en logg med färre än tio ärenden visas inget. "
        "Aktiviteter som finns i färre än tio ärenden visas tillsammans.",
        en="Cases in which the same activity was written down more than once, divided by all "
        "cases. By activity: of the cases that have it. Doing again may belong to the work; "
        "the figure does not tell whether it was needless. Channels and units of fewer than "
        "ten cases are told together, and nothing is told of a log of fewer than ten cases. "
        "Activities of fewer than ten cases are told together.",
    ),
    formula=Text(
        fi="tapaukset, joissa toiminto tehtiin uudelleen / tapaukset; Wilson; osa: "
        "kanava, tai toiminto / sen tapaukset",
        sv="ärenden med en aktivitet gjord på nytt / ärenden; Wilson; del: kanal, eller "
        "aktivitet / dess ärenden",
        en="cases with an activity done again / cases; Wilson; part: channel, or "
        "activity / its cases",
    ),
    unit=Unit.SHARE,
    better="down",
    about=About.RECORDS,
    frame="log_steps",
    source=Text(
        fi="Oma määritelmä tapahtumalokista; väli Wilson 1927; tarkistettu "
        "lupahakemusten vastaanottovaiheella (48 tapausta 1 434:stä)",
        sv="Egen definition ur händelseloggen; intervall Wilson 1927; kontrollerat med "
        "mottagandet av tillståndsansökningar (48 av 1 434)",
        en="Own definition over the event log; interval Wilson 1927; checked on the "
        "receipt phase of permit applications (48 of 1,434)",
    ),
    grade="B",
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """In which cases something was done again, of all, by channel and by activity."""
    cases = cases_of(atoms).rename(columns={"again": "numerator"}).drop(columns="elapsed")
    activities = activities_of(atoms).rename(columns={"again": "numerator"}).drop(columns="elapsed")
    both = [whole_and_by(cases, "channel"), only_by(activities, "activity")]
    return stacked_parts(both).assign(denominator=1)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share of cases with something done again. Rows: numerator, denominator."""
    return flag_shares(rows)
