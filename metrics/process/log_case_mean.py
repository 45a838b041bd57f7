"""Mean case time: the mean days from the first to the last event of a case in a log."""

from __future__ import annotations

import pandas as pd

from metrics.log_parts import cases_of, whole_and_by
from metrics.metric import About, Metric, Unit
from metrics.statistics.event_logs import mean_times
from survey.text import Text

METRIC = Metric(
    id="log_case_mean",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Käsittelyaika keskimäärin",
        sv="Handläggningstid i medeltal",
        en="Mean case time",
    ),
    reading=Text(
        fi="Kuinka monta päivää tapaus kesti keskimäärin.",
        sv="Hur många dagar ett ärende tog i medeltal.",
        en="How many days a case took on average.",
    ),
    definition=Text(
        fi="Päivät tapauksen ensimmäisestä tapahtumasta viimeiseen, keskiarvona. Muutama pitkä "
        "tapaus nostaa keskiarvoa paljon, siksi sitä luetaan yhdessä tyypillisen "
        "käsittelyajan kanssa. Kanavat ja yksiköt, joissa on alle kymmenen tapausta, "
        "kerrotaan yhdessä, ja alle kymmenen tapauksen lokista ei kerrota mitään.",
        sv="Dagar från ärendets första händelse till den sista, som medelvärde. Några få långa "
        "ärenden höjer medelvärdet mycket, därför läses det tillsammans med den typiska "
        "tiden. Kanaler och enheter med färre än tio ärenden visas tillsammans, och om en "
        "logg med färre än tio ärenden visas inget.",
        en="Days from the first event of a case to its last, as a mean. A few long cases raise "
        "the mean a lot, so it is read together with the typical case time. Channels and "
        "units of fewer than ten cases are told together, and nothing is told of a log of "
        "fewer than ten cases.",
    ),
    formula=Text(
        fi="(viimeinen − ensimmäinen tapahtuma) keskiarvona tapauksista; osa: kanava",
        sv="medeltalet av (sista − första händelsen) över ärenden; del: kanal",
        en="mean of (last event - first event) over cases; part: channel",
    ),
    unit=Unit.DAYS,
    better="down",
    about=About.RECORDS,
    frame="log_steps",
    source=Text(
        fi="Oma määritelmä tapahtumalokista; tarkistettu lupahakemusten "
        "vastaanottovaiheella (1 434 tapausta)",
        sv="Egen definition ur händelseloggen; kontrollerat med mottagandet av "
        "tillståndsansökningar (1 434 ärenden)",
        en="Own definition over the event log; checked on the receipt phase of permit "
        "applications (1,434 cases)",
    ),
    grade="B",
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """How long each case took, of all and by channel."""
    return whole_and_by(cases_of(atoms).drop(columns="again"), "channel")


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean days. Rows: elapsed."""
    return mean_times(rows)
