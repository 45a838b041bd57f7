"""Size of the change: how large the same people's change is beside how much it varies."""

from __future__ import annotations

import pandas as pd

from metrics.items import scales_of
from metrics.metric import About, Metric, Unit
from metrics.statistics.change import paired_effects
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="change_effect",
    version=1,
    kind="outcome",
    question="Q1",
    label=Text(fi="Muutoksen suuruus", sv="Förändringens storlek", en="Size of the change"),
    reading=Text(
        fi="Kuinka suuri samojen ihmisten keskimääräinen muutos on siihen nähden, kuinka paljon "
        "muutokset vaihtelevat: noin 0,2 on pieni, 0,5 kohtalainen, 0,8 suuri.",
        sv="Hur stor samma personers förändring i medeltal är jämfört med hur mycket "
        "förändringarna varierar: omkring 0,2 är litet, 0,5 måttligt, 0,8 stort.",
        en="How large the same people's mean change is beside how much the changes vary: about "
        "0.2 is small, 0.5 moderate, 0.8 large.",
    ),
    definition=Text(
        fi="Muutosten keskiarvo jaettuna muutosten keskihajonnalla, korjattuna pienen aineiston "
        "harhalla. Lasketaan, kun pareja on vähintään kymmenen. Usean hankkeen luku on hankkeiden "
        "lukujen keskiarvo. Luku ei kerro, onko muutos tärkeä, eikä todista, mistä se johtuu.",
        sv="Förändringarnas medeltal delat med deras standardavvikelse, korrigerat för skevheten i "
        "små material. Räknas när det finns minst tio par. Talet för flera projekt är medeltalet "
        "av projektens tal. Talet visar inte om förändringen är viktig och bevisar inte orsaken.",
        en="The mean of the changes divided by their standard deviation, corrected for the bias "
        "of small samples. Computed for ten pairs or more. The figure of several projects is the "
        "mean of theirs. It does not tell whether the change matters, nor prove what caused it.",
    ),
    formula=Text(
        fi="d_z = J(n−1) · muutosten ka / s(muutos), J tarkka; yksi hanke: epäkeskinen "
        "t, p parittaisesta t:stä; useampi hanke: hankkeiden d_z:n keskiarvo "
        "(vähintään 3 paria), ± t(0,975; J−1) · s / √J",
        sv="d_z = J(n−1) · förändringarnas medeltal / s(förändring), J exakt; ett "
        "projekt: icke-central t, p av parvis t; flera projekt: medeltalet av "
        "projektens d_z (minst 3 par), ± t(0,975; J−1) · s / √J",
        en="d_z = J(n−1) · mean(change) / s(change), J exact; one project: noncentral t, "
        "p of the paired t; above: mean of the projects' d_z (3 pairs or more), ± "
        "t(.975; J−1) · s / √J",
    ),
    unit=Unit.EFFECT,
    better="up",
    about=About.RESPONDENTS,
    frame="paired_moments",
    source=Text(
        fi="Hedges 1981 (kerroin J); Steiger & Fouladi 1997 (väli); nimet Cohen 1988",
        sv="Hedges 1981 (faktorn J); Steiger & Fouladi 1997 (intervall); benämningar Cohen 1988",
        en="Hedges 1981 (factor J); Steiger & Fouladi 1997 (interval); labels by Cohen 1988",
    ),
    grade="B",
    minimum_n=10,
    contribution=Text(
        fi="Samat ihmiset muuttuvat myös ajan, muun avun ja muiden tapahtumien vuoksi, ja alussa "
        "poikkeuksellisen huonosti voineet palaavat usein itsestään lähemmäs tavallista.",
        sv="Samma personer förändras också av tiden, annat stöd och andra händelser, och de som "
        "hade det ovanligt svårt i början återgår ofta av sig själva närmare det vanliga.",
        en="The same people also change with time, other support and other events, and those who "
        "were unusually badly off at first often move back towards the ordinary by themselves.",
    ),
)


def reads(instrument: Instrument) -> list[dict]:
    """Every scale of an outcome questionnaire."""
    return scales_of(instrument, "outcome")


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Pairs from the baseline on, all groups together, under the wave that came later."""
    later = atoms[(atoms["earlier"] == "baseline").to_numpy()]
    return later.drop(columns=["earlier", "group"])


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """d_z. Rows: n (pairs), total, squares."""
    return paired_effects(rows)
