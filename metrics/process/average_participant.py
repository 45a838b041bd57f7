"""Process quality of the average participant: every person weighs the same."""

from __future__ import annotations

import pandas as pd

from metrics.items import scales_of, totals
from metrics.metric import About, Metric, Unit
from metrics.statistics.multilevel import participant_means
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="average_participant",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Prosessin laatu keskimääräiselle osallistujalle",
        sv="Processens kvalitet för den genomsnittliga deltagaren",
        en="Process quality for the average participant",
    ),
    reading=Text(
        fi="Keskimääräisen osallistujan pisteet, kun jokainen vastaaja painaa saman verran.",
        sv="Den genomsnittliga deltagarens poäng när varje svar väger lika mycket.",
        en="The points of the average participant, with the same weight for every person.",
    ),
    definition=Text(
        fi="Kaikkien vastaajien keskiarvo. Suuri hanke painaa enemmän kuin pieni, toisin kuin "
        "prosessin laadussa, joka kertoo keskimääräisestä hankkeesta. Kun luvut eroavat, "
        "suurissa hankkeissa on koettu asiat toisin kuin pienissä. Väli ottaa huomioon, että "
        "saman hankkeen vastaajat muistuttavat toisiaan. Yhdessä hankkeessa luvut ovat samat, "
        "joten tätä ei näytetä erikseen.",
        sv="Medeltalet av alla som svarat. Ett stort projekt väger mer än ett litet, till skillnad "
        "från processens kvalitet, som beskriver det genomsnittliga projektet. När talen "
        "skiljer sig har man i stora projekt upplevt saker annorlunda än i små. Intervallet "
        "beaktar att de som svarat i samma projekt liknar varandra. I ett enda projekt är talen "
        "samma, så det här visas inte skilt.",
        en="The mean of everybody who answered. A large project weighs more than a small one, "
        "unlike in process quality, which tells of the average project. Where the two differ, "
        "people of large projects saw things differently from those of small ones. The interval "
        "allows for people of one project being alike. In one project the two are the same, so "
        "this is not shown apart.",
    ),
    formula=Text(
        fi="Σ nⱼȳⱼ / N; ± t(0,975; J−1)·√(J/(J−1) · Σ(nⱼ(ȳⱼ − ȳ))² / N²), hankkeet ryppäinä",
        sv="Σ nⱼȳⱼ / N; ± t(0,975; J−1)·√(J/(J−1) · Σ(nⱼ(ȳⱼ − ȳ))² / N²), projekten som kluster",
        en="Σ nⱼȳⱼ / N; ± t(.975; J−1)·√(J/(J−1) · Σ(nⱼ(ȳⱼ − ȳ))² / N²), projects as clusters",
    ),
    unit=Unit.POINTS,
    better="up",
    about=About.RESPONDENTS,
    frame="scale_moments",
    source=Text(
        fi="Linearisoitu, ylimmän tason ryppäät, Cochran 1977, 9A",
        sv="Lineariserat med yttersta kluster, Cochran 1977, 9A",
        en="Linearised with ultimate clusters, Cochran 1977, 9A",
    ),
    grade="C",
)


def reads(instrument: Instrument) -> list[dict]:
    """Every scale of a process questionnaire."""
    return scales_of(instrument, "process")


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Moments of all groups and phases together."""
    return totals(atoms)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean over people per scale. Rows: n, total, squares, unit."""
    return participant_means(rows)
