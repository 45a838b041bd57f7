"""Time to an activity: the median days from the beginning of a case in a log to the activity."""

from __future__ import annotations

import pandas as pd

from metrics.log_parts import activities_of, only_by
from metrics.metric import About, Metric, Unit
from metrics.statistics.event_logs import median_times
from survey.text import Text

METRIC = Metric(
    id="log_reached",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Aika toimintoon",
        sv="Tid till aktiviteten",
        en="Time to an activity",
    ),
    reading=Text(
        fi="Kuinka monessa päivässä alusta puolet tapauksista oli toiminnossa.",
        sv="På hur många dagar från början hälften av ärendena hade nått aktiviteten.",
        en="In how many days from its beginning half of the cases had come to the activity.",
    ),
    definition=Text(
        fi="Päivät tapauksen ensimmäisestä tapahtumasta siihen, kun toiminto tehtiin ensimmäisen "
        "kerran, mediaanina niistä tapauksista, joissa toiminto on. Luku ei kerro, kuinka "
        "moni tapaus pääsee siihen. Toiminnot, joita on alle kymmenessä tapauksessa, "
        "kerrotaan yhdessä.",
        sv="Dagar från ärendets första händelse till den dag då aktiviteten gjordes första "
        "gången, som median av de ärenden där aktiviteten finns. Talet visar inte hur många "
        "ärenden som når den. Aktiviteter som finns i färre än tio ärenden visas tillsammans.",
        en="Days from the first event of a case to when the activity was first done, as a median "
        "of the cases that have it. The figure does not tell how many cases come to it. "
        "Activities of fewer than ten cases are told together.",
    ),
    formula=Text(
        fi="(toiminnon ensimmäinen tapahtuma − tapauksen ensimmäinen tapahtuma) "
        "mediaanina tapauksista, joissa toiminto on; osa: toiminto",
        sv="medianen av (aktivitetens första händelse − ärendets första händelse) över "
        "ärenden som har den; del: aktivitet",
        en="median of (first event of the activity - first event of the case) over cases "
        "with it; part: activity",
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
    """How long each case took to each of its activities."""
    return only_by(activities_of(atoms).drop(columns="again"), "activity")


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Median days. Rows: elapsed."""
    return median_times(rows)
