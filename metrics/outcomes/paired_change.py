"""Paired change: how the same people's outcome scores moved from the start."""

from __future__ import annotations

import pandas as pd

from metrics.items import scales_of
from metrics.metric import About, Metric, Unit
from metrics.statistics import paired_changes
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="paired_change",
    version=1,
    kind="outcome",
    question="Q1",
    label=Text(
        fi="Samojen ihmisten muutos",
        sv="Förändring hos samma personer",
        en="Change in the same people",
    ),
    reading=Text(
        fi="Kuinka monta pistettä samojen ihmisten arviot nousivat tai laskivat alusta.",
        sv="Hur många poäng samma personers bedömningar steg eller sjönk från början.",
        en="How many points the same people's answers rose or fell from the start.",
    ),
    definition=Text(
        fi="Saman ihmisen pisteet lopussa tai seurannassa miinus hänen pisteensä alussa, "
        "keskiarvona. Mukana ovat vain ne, jotka vastasivat molemmilla kerroilla ja jotka voidaan "
        "yhdistää nimettömällä tunnuksella. Luku lasketaan, kun pareja on vähintään kymmenen. "
        "Muutos ei todista, että hanke sai sen aikaan: muukin on voinut muuttua.",
        sv="Samma persons poäng i slutet eller vid uppföljningen minus poängen i början, som "
        "medeltal. Med är bara de som svarat båda gångerna och kan kopplas ihop med en anonym "
        "nyckel. Talet räknas när det finns minst tio par. Förändringen bevisar inte att projektet "
        "orsakade den: också annat kan ha förändrats.",
        en="The same person's score at the end or at follow-up less their score at the start, as a "
        "mean. Only those count who answered both times and can be joined by an anonymous key. "
        "It is computed for ten pairs or more. A change does not prove that the project brought "
        "it about: other things may have changed too.",
    ),
    formula=Text(
        fi="(myöhempi − lähtötaso) keskiarvona pareista; yksi hanke: parien t; useampi "
        "hanke: hankkeiden keskimuutosten keskiarvo (vähintään 2 paria), ± t(0,975; "
        "J−1) · s / √J; n = parit",
        sv="medeltalet av (senare − utgångsläge) över par; ett projekt: t över par; "
        "flera projekt: medeltalet av projektens medelförändringar (minst 2 par), ± "
        "t(0,975; J−1) · s / √J; n = par",
        en="mean of (later − baseline) over pairs; one project: t over pairs; above: "
        "mean of the projects' mean changes (2 pairs or more), ± t(.975; J−1) · s / "
        "√J; n = pairs",
    ),
    unit=Unit.CHANGE,
    better="up",
    about=About.RESPONDENTS,
    frame="paired_moments",
    source=Text(
        fi="Parittainen t, Student 1908, tarkistettu R:n sleep-aineistolla; "
        "yhdistäminen: Cochran 1977",
        sv="Parvis t, Student 1908, kontrollerat med R:s data sleep; sammanslagning: Cochran 1977",
        en="Paired t, Student 1908, checked on R's sleep data; pooling: Cochran 1977",
    ),
    grade="B",
    contribution=Text(
        fi="Samat ihmiset muuttuvat myös ajan, muun avun ja muiden tapahtumien vuoksi, ja "
        "loppuun asti jääneet voivat olla niitä, joilla meni parhaiten.",
        sv="Samma personer förändras också av tiden, annat stöd och andra händelser, och de som "
        "stannade till slutet kan vara de som det gick bäst för.",
        en="The same people also change with time, other support and other events, and those who "
        "stayed to the end may be those who did best.",
    ),
    minimum_n=10,
)


def reads(instrument: Instrument) -> list[dict]:
    """Every scale of an outcome questionnaire."""
    return scales_of(instrument, "outcome")


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """The pairs whose earlier wave is the baseline, under the wave that came later."""
    return atoms[(atoms["earlier"] == "baseline").to_numpy()].drop(columns="earlier")


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Change in points. Rows: n (pairs), total, squares, unit."""
    return paired_changes(rows)
