"""Long cases: the share of the cases of a log that took more than thirty days."""

from __future__ import annotations

import pandas as pd

from metrics.log_parts import LONG_DAYS, MILLISECONDS_OF_DAY, cases_of, whole_and_by
from metrics.metric import About, Metric, Unit
from metrics.statistics.registers import flag_shares
from survey.text import Text

METRIC = Metric(
    id="log_case_long",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Yli kuukauden kestäneet",
        sv="Över en månad",
        en="Over a month",
    ),
    reading=Text(
        fi="Kuinka suuri osa tapauksista kesti yli 30 päivää.",
        sv="Hur stor andel av ärendena som tog över 30 dagar.",
        en="The share of cases that took more than 30 days.",
    ),
    definition=Text(
        fi="Tapaukset, joiden ensimmäisestä tapahtumasta viimeiseen on yli 30 päivää, jaettuna "
        "kaikilla lokin tapauksilla. Kanavat ja yksiköt, joissa on alle kymmenen tapausta, "
        "kerrotaan yhdessä, ja alle kymmenen tapauksen lokista ei kerrota mitään.",
        sv="Ärenden som tog över 30 dagar från första till sista händelsen, delat med alla "
        "ärenden i loggen. Kanaler och enheter med färre än tio ärenden visas tillsammans, "
        "och om en logg med färre än tio ärenden visas inget.",
        en="Cases with more than 30 days from their first event to their last, divided by all "
        "cases of the log. Channels and units of fewer than ten cases are told together, and "
        "nothing is told of a log of fewer than ten cases.",
    ),
    formula=Text(
        fi="tapaukset, joissa viimeinen − ensimmäinen tapahtuma > 30 päivää / tapaukset; "
        "Wilson; osa: kanava",
        sv="ärenden med sista − första händelsen > 30 dagar / ärenden; Wilson; del: kanal",
        en="cases with last - first event > 30 days / cases; Wilson; part: channel",
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
    """Which cases took long, of all and by channel."""
    cases = cases_of(atoms)
    long = (cases["elapsed"] > LONG_DAYS * MILLISECONDS_OF_DAY).astype("int64")
    counted = cases[["project", "case", "channel"]].assign(numerator=long, denominator=1)
    return whole_and_by(counted, "channel")


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share of long cases. Rows: numerator, denominator."""
    return flag_shares(rows)
