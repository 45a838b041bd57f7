"""Typical case time: the median days from the first to the last event of a case in a log."""

from __future__ import annotations

import pandas as pd

from metrics.log_parts import cases_of, whole_and_by
from metrics.metric import About, Metric, Unit
from metrics.statistics.event_logs import median_times
from survey.text import Text

METRIC = Metric(
    id="log_case_median",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Käsittelyaika tyypillisesti",
        sv="Typisk handläggningstid",
        en="Typical case time",
    ),
    reading=Text(
        fi="Kuinka monessa päivässä puolet tapauksista oli käsitelty.",
        sv="På hur många dagar hälften av ärendena var behandlade.",
        en="In how many days half of the cases had been handled.",
    ),
    definition=Text(
        fi="Päivät tapauksen ensimmäisestä tapahtumasta viimeiseen, mediaanina. Tapaus, jossa on "
        "yksi tapahtuma, kestää nolla päivää. Kesken olevat tapaukset näyttävät lyhyiltä, "
        "kunnes niistä kirjataan lisää. Luku ei kerro, tehtiinkö työ hyvin. Kanavat ja "
        "yksiköt, joissa on alle kymmenen tapausta, kerrotaan yhdessä, ja alle kymmenen "
        "tapauksen lokista ei kerrota mitään.",
        sv="Dagar från ärendets första händelse till den sista, som median. Ett ärende med en "
        "enda händelse tar noll dagar. Pågående ärenden ser korta ut tills mer antecknas om "
        "dem. Talet säger inget om hur väl arbetet gjordes. Kanaler och enheter med färre än "
        "tio ärenden visas tillsammans, och om en logg med färre än tio ärenden visas inget.",
        en="Days from the first event of a case to its last, as a median. A case of one event "
        "takes zero days. Cases under way look short until more is written down of them. The "
        "figure does not tell how well the work was done. Channels and units of fewer than "
        "ten cases are told together, and nothing is told of a log of fewer than ten cases.",
    ),
    formula=Text(
        fi="(viimeinen − ensimmäinen tapahtuma) mediaanina tapauksista; osa: kanava",
        sv="medianen av (sista − första händelsen) över ärenden; del: kanal",
        en="median of (last event - first event) over cases; part: channel",
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
    """Median days. Rows: elapsed."""
    return median_times(rows)
