"""Waiting: the mean days between the event before and a step of a case in a log."""

from __future__ import annotations

import pandas as pd

from metrics.log_parts import of_enough_cases, whole_and_by
from metrics.metric import About, Metric, Unit
from metrics.statistics.event_logs import mean_times
from survey.text import Text

METRIC = Metric(
    id="log_wait",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Odotus ennen vaihetta",
        sv="Väntan före steget",
        en="Waiting before a step",
    ),
    reading=Text(
        fi="Kuinka monta päivää tapaus odotti keskimäärin ennen vaihetta.",
        sv="Hur många dagar ett ärende i medeltal väntade före steget.",
        en="How many days a case waited on average before the step.",
    ),
    definition=Text(
        fi="Päivät tapauksen edellisestä tapahtumasta tähän, keskiarvona, toiminnoittain, "
        "yksiköittäin ja kanavittain. Loki kertoo, milloin työ kirjattiin, ei milloin se "
        "alkoi: odotukseen sisältyy myös itse työ. Tapauksen ensimmäinen tapahtuma ei odota "
        "mitään. Kanavat ja yksiköt, joissa on alle kymmenen tapausta, kerrotaan yhdessä, ja "
        "alle kymmenen tapauksen lokista ei kerrota mitään. Toiminnot, joita on alle "
        "kymmenessä tapauksessa, kerrotaan yhdessä.",
        sv="Dagar från ärendets föregående händelse till denna, som medelvärde, per aktivitet, "
        "enhet och kanal. Loggen visar när arbetet antecknades, inte när det började: i "
        "väntan ingår också själva arbetet. Ärendets första händelse väntar inte på något. "
        "Kanaler och enheter med färre än tio ärenden visas tillsammans, och om en logg med "
        "färre än tio ärenden visas inget. Aktiviteter som finns i färre än tio ärenden visas "
        "tillsammans.",
        en="Days from the event before in the case to this one, as a mean, by activity, unit and "
        "channel. A log tells when work was written down and not when it began, so the "
        "waiting holds the work itself too. The first event of a case waits for nothing. "
        "Channels and units of fewer than ten cases are told together, and nothing is told of "
        "a log of fewer than ten cases. Activities of fewer than ten cases are told together.",
    ),
    formula=Text(
        fi="(tapahtuma − tapauksen edellinen tapahtuma) keskiarvona tapahtumista; osa: "
        "toiminto, yksikkö tai kanava",
        sv="medeltalet av (händelse − händelsen före i samma ärende) över händelser; "
        "del: aktivitet, enhet eller kanal",
        en="mean of (event - event before it in its case) over events; part: activity, "
        "unit or channel",
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
    """How long each event was waited for, of all, by activity, unit and channel."""
    waited = of_enough_cases(atoms[(atoms["waited"] >= 0).to_numpy()])
    told = waited.rename(columns={"waited": "elapsed"}).drop(columns=["since", "again"])
    return whole_and_by(told, "activity", "unit", "channel")


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean days. Rows: elapsed."""
    return mean_times(rows)
