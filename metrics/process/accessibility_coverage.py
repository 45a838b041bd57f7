"""Accessibility coverage: the share of places used whose accessibility is fully described."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.registers import census_shares
from survey.text import Text

METRIC = Metric(
    id="accessibility_coverage",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Esteettömyys kuvattu",
        sv="Tillgänglighet beskriven",
        en="Accessibility described",
    ),
    reading=Text(
        fi="Kuinka suuresta osasta käytettyjä tiloja on täydellinen esteettömyyskuvaus.",
        sv="För hur stor andel av de använda lokalerna som tillgängligheten är fullt beskriven.",
        en="The share of places used whose accessibility is fully described.",
    ),
    definition=Text(
        fi="Tilat, joiden esteettömyys on kuvattu kokonaan, jaettuna kaikilla käytetyillä "
        "tiloilla. Sama tila lasketaan kerran, vaikka moni hanke käyttäisi sitä. Kuvaus "
        "kertoo, mitä tilasta tiedetään, ei sitä, että tila olisi esteetön.",
        sv="Lokaler vars tillgänglighet är fullt beskriven, delat med alla lokaler som använts. "
        "Samma lokal räknas en gång även om flera projekt använder den. Beskrivningen visar "
        "vad man vet om lokalen, inte att den är tillgänglig.",
        en="Places whose accessibility is fully described, divided by all places used. A place "
        "counts once, even if several projects use it. A description tells what is known of a "
        "place, not that it is accessible.",
    ),
    formula=Text(
        fi="eri paikat, joilla on täydellinen esteettömyyskuvaus / käytetyt eri paikat; "
        "kokonaislaskenta, ei väliä",
        sv="olika platser med fullständig tillgänglighetsbeskrivning / olika platser som "
        "använts; totalräkning, inget intervall",
        en="distinct places with a complete description / distinct places used; a "
        "census, no interval",
    ),
    unit=Unit.SHARE,
    better="up",
    about=About.RECORDS,
    frame="places",
    source=Text(
        fi="Oma määritelmä paikkarekisteristä",
        sv="Egen definition ur platsregistret",
        en="Own definition over the place register",
    ),
    grade="B",
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """The places used, and which of them are described."""
    return atoms.rename(columns={"described": "numerator"})


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share described. Rows: place, numerator."""
    return census_shares(rows, key="place")
