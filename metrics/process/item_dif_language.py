"""Differential item functioning by language: a statement that one language version asks otherwise.

Whether the gate protects it: as `item_dif`. Nothing of it is published for a project, and above
projects the answers of a language in a project count only where at least ten people of the language
(n, which the gate sees) and ten others can be compared there. The figure is one quotient of sums
over at least 50 people of the language and 50 others in several projects and bands; neither the
sums nor the bands are shown, and no other figure is by language.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.fold import packed, summed
from metrics.frames import BAND_COLUMNS, BANDS
from metrics.items import banded_items
from metrics.metric import About, Metric, Reason, Unit
from metrics.statistics.item_functioning import (
    OTHERS,
    OTHERS_NEEDED,
    beside_others,
    contributions,
    item_differences,
)
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="item_dif_language",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Väittämän toimiminen eri kielillä",
        sv="Hur påståendet fungerar på olika språk",
        en="How a statement works in different languages",
    ),
    reading=Text(
        fi="Vastataanko väittämään yhdellä kielellä toisin kuin muilla, kun osa-alue on saanut "
        "saman verran pisteitä.",
        sv="Om de som svarat på ett språk svarar annorlunda på påståendet än andra som har gett "
        "delområdet lika många poäng.",
        en="Whether the statement is answered in one language unlike in the others, by people who "
        "gave the construct as many points.",
    ),
    definition=Text(
        fi="Laskettu kuten väittämän toimiminen eri ryhmissä: samalla kielellä vastanneita "
        "verrataan muihin, jotka ovat samasta hankkeesta ja joiden pisteet osa-alueella osuvat "
        "samaan viidesosaan asteikosta. Alle 0,17 on pieni (A), 0,17–0,25 kohtalainen (B) ja yli "
        "0,25 suuri (C), ja ero otetaan todesta vasta, kun myös testi osoittaa sen. Ero voi "
        "tarkoittaa, että väittämä sanoo eri kielillä eri asian, tai että eri kielillä "
        "vastanneilla on siitä eri kokemus; kumpi, sitä luku ei kerro. Siksi suuri ero on syy "
        "lukea käännös uudelleen, ei todiste käännösvirheestä. Lukua ei näytetä yhdestä "
        "hankkeesta eikä silloin, kun kielestä tai muista on alle 50 vertailtavaa, ja hanke on "
        "mukana vain, jos siinä on kymmenen kumpiakin. Mukana ovat vain ne, joiden "
        "vastauskieli tiedetään ja jotka vastasivat osa-alueen jokaiseen väittämään.",
        sv="Räknat som hur påståendet fungerar i olika grupper: de som svarat på ett språk jämförs "
        "med andra i samma projekt vars poäng på delområdet faller i samma femtedel av skalan. "
        "Under 0,17 är litet (A), 0,17–0,25 måttligt (B) och över 0,25 stort (C), och skillnaden "
        "tas på allvar först när även testet visar den. En skillnad kan betyda att påståendet "
        "säger olika saker på olika språk, eller att de som svarat på olika språk har olika "
        "erfarenheter av saken; vilket, det berättar talet inte. Därför är en stor skillnad ett "
        "skäl att läsa översättningen på nytt, inget bevis för ett översättningsfel. Talet visas "
        "inte för ett enda projekt och inte när färre än 50 på språket eller bland de andra kan "
        "jämföras, och ett projekt är med bara om det har tio av vardera. Med är bara de vars "
        "svarsspråk är känt och som svarade på alla påståenden i delområdet.",
        en="Computed like how a statement works in different groups: people who answered in one "
        "language are compared with others of the same project whose points on the construct fall "
        "into the same fifth of the scale. Below .17 is small (A), .17 to .25 moderate (B) and "
        "above .25 large (C), and a difference is taken seriously only when the test shows it too. "
        "It may mean that the statement says another thing in each language, or that people who "
        "answered in each have other experiences of it; the figure does not tell which. So a large "
        "difference is a reason to read the translation again, and no proof of a fault in it. It "
        "is not shown for one project, nor where fewer than 50 of the language or of the others "
        "can be compared, and a project counts only where it has ten of each. Only people whose "
        "language of answering is known, and who answered every statement of the construct, "
        "count.",
    ),
    formula=Text(
        fi="kuten väittämän toimivuus eri ryhmissä, ryhmän tilalla vastauskieli ja "
        "kaikki ryhmät yhdessä; vähintään kymmenen kumpaakin hanketta kohti",
        sv="som påståendets funktion i olika grupper, med svarsspråket i gruppens ställe "
        "och alla grupper tillsammans; minst tio av vardera per projekt",
        en="as item_dif, with the language of answering in the place of the group and "
        "all groups together; at least ten of each a project",
    ),
    unit=Unit.EFFECT,
    better="none",
    about=About.RESPONDENTS,
    frame="item_languages",
    source=Text(
        fi="Kuten väittämän toimivuus eri ryhmissä; kieliversiot: Hambleton, Merenda & "
        "Spielberger 2005; International Test Commission, Guidelines for Translating "
        "and Adapting Tests, 2. laitos 2017",
        sv="Som påståendets funktion i olika grupper; språkversioner: Hambleton, Merenda "
        "& Spielberger 2005; International Test Commission, Guidelines for "
        "Translating and Adapting Tests, 2:a upplagan 2017",
        en="As item_dif; language versions: Hambleton, Merenda & Spielberger 2005; "
        "International Test Commission, Guidelines for Translating and Adapting "
        "Tests, 2nd edition 2017",
    ),
    grade="C",
    minimum_n=50,
)


def reads(instrument: Instrument) -> list[dict]:
    """Every statement of a scale of three or more."""
    return banded_items(instrument)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Each language beside all others of its project and wave; the part names both:
    ``GOAL1/sv``."""
    keys = ["project", "instrument", "part", "wave"]
    mine = summed(atoms, [*keys, "language"], ["n", *BAND_COLUMNS])
    both = beside_others(mine, keys)
    parts, languages = (both[name].cat.categories for name in ("part", "language"))
    code, _ = packed(both, ["part", "language"])
    names = [f"{part}/{language}" for part in parts for language in languages]
    part = pd.Categorical.from_codes(code, names)
    return both.drop(columns="language").assign(part=part)


def contribute(sums: dict[str, NDArray]) -> dict[str, NDArray]:
    """What each project brings to the figures of an item and a language. Sums: as `select`."""
    brought = contributions(sums)
    # The gate hides a project's figures of one metric together, so a handful who answered in one
    # language would take all other languages of the project with them.
    enough = brought["people"] >= OTHERS_NEEDED
    brought = {name: np.where(enough, each, 0) for name, each in brought.items()}
    return {**brought, "others": sum(sums[f"{OTHERS}n{band}"] for band in BANDS)}


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Difference per item and language.

    Missing: beside the reasons of `item_differences`, ONE_LANGUAGE where nobody of these projects
    answered in another one.
    """
    found = item_differences(rows)
    others = rows["others"].groupby(rows["figure"].to_numpy()).sum()
    alone = (others.reindex(found.index) == 0).to_numpy()
    small = (found["reason"] == Reason.GROUPS_TOO_SMALL.value).to_numpy()
    found.loc[alone & small, "reason"] = Reason.ONE_LANGUAGE.value
    return found
