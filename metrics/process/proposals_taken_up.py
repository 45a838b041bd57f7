"""Proposals taken up: the share of residents' proposals that somebody took into their hands."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics import record_shares
from survey.text import Text

METRIC = Metric(
    id="proposals_taken_up",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Ehdotuksiin tarttuminen",
        sv="Förslag som tagits upp",
        en="Proposals taken up",
    ),
    reading=Text(
        fi="Kuinka suureen osaan ehdotuksista joku tarttui.",
        sv="Hur stor andel av förslagen som någon tagit sig an.",
        en="The share of proposals that somebody took up.",
    ),
    definition=Text(
        fi="Ehdotukset, joihin jokin alueella toimiva taho on tarttunut, jaettuna kaikilla "
        "rekisteriin merkityillä ehdotuksilla. Hankkeettomat ehdotukset lasketaan alueelleen ja "
        "koko salkkuun. Luku kertoo tarttumisesta, ei siitä, toteutuiko ehdotus.",
        sv="Förslag som någon aktör i området tagit sig an, delat med alla förslag i registret. "
        "Förslag utan projekt räknas till sitt område och till hela portföljen. Talet visar om "
        "någon tog sig an förslaget, inte om det blev verklighet.",
        en="Proposals that somebody active in the area has taken up, divided by all proposals in "
        "the register. Proposals without a project count for their area and the whole portfolio. "
        "The figure tells of taking up, not of whether the proposal came true.",
    ),
    formula=Text(
        fi="ehdotukset, joihin joku on tarttunut / ehdotukset; Wilson kaikilla tasoilla",
        sv="förslag som någon tagit sig an / förslag; Wilson på alla nivåer",
        en="proposals with a taker / proposals; Wilson at every level",
    ),
    unit=Unit.SHARE,
    better="up",
    about=About.RECORDS,
    frame="proposals",
    source=Text(
        fi="Oma määritelmä ehdotusrekisteristä; väli Wilson 1927, Newcombe 1998",
        sv="Egen definition ur förslagsregistret; intervall Wilson 1927, Newcombe 1998",
        en="Own definition over the proposal register; interval Wilson 1927, Newcombe 1998",
    ),
    grade="B",
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Proposals and how many of them were taken up."""
    return atoms.rename(columns={"taken_up": "numerator", "n": "denominator"})


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share taken up. Rows: numerator, denominator."""
    return record_shares(rows)
