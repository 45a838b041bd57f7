"""Reach: how large a share of the people of a group in an area or a project took part."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.metric import About, Method, Metric, Reason, Split, Unit
from metrics.statistics import Interval, estimates
from metrics.statistics.intervals import ratio
from metrics.statistics.registers import distinct, figures_in, projects_of
from survey.text import Text

METRIC = Metric(
    id="reach",
    version=1,
    kind="outcome",
    question="Q1",
    label=Text(
        fi="Tavoitettujen osuus",
        sv="Andel som nåtts",
        en="Reach",
    ),
    reading=Text(
        fi="Kuinka suuri osa ryhmään kuuluvista ihmisistä oli mukana.",
        sv="Hur stor andel av gruppens människor som varit med.",
        en="The share of a group's people who took part.",
    ),
    definition=Text(
        fi="Ryhmän eri osallistujat nimettömien tunnusten mukaan, jaettuna kaikilla, jotka "
        "alueella kuuluvat ryhmään tai joita hanke koskee. Jokainen lasketaan kerran. Jos "
        "väkimäärää ei tunneta tai osallistujia on sitä enemmän, osuutta ei lasketa. Luku ei "
        "kerro, edustivatko mukaan tulleet muita.",
        sv="Gruppens olika deltagare enligt anonyma nycklar, delat med alla som hör till gruppen "
        "i området eller berörs av projektet. Var och en räknas en gång. Om antalet människor "
        "inte är känt, eller deltagarna är fler än det, räknas ingen andel. Talet visar inte om de "
        "som deltog representerade de övriga.",
        en="A group's different participants by anonymous keys, divided by everybody of the group "
        "who belongs to the area or is concerned by the project. Each counts once. Where the "
        "number of people is not known, or more came than that, no share is computed. The figure "
        "does not tell whether those who came stood for the rest.",
    ),
    formula=Text(
        fi="ryhmän eri osallistujat / ryhmän kelpoiset ihmiset; kaikille ryhmille "
        "yhteensä ei anneta, koska jokaisen ryhmän kokoa ei tunneta; "
        "kokonaislaskenta, ei väliä",
        sv="gruppens olika deltagare / gruppens behöriga människor; ges inte för alla "
        "grupper tillsammans, eftersom inte varje grupps storlek är känd; "
        "totalräkning, inget intervall",
        en="distinct participants of the group / eligible people of the group; a census, "
        "no interval; not given for all groups together, as not every group has a "
        "known size",
    ),
    unit=Unit.SHARE,
    better="up",
    about=About.PARTICIPANTS,
    frame="attendance",
    source=Text(
        fi="Oma määritelmä: salatunnukset ja väestörekisterit",
        sv="Egen definition: pseudonyma nycklar och befolkningsregister",
        en="Own definition: pseudonymous keys over population registers",
    ),
    grade="B",
    contribution=Text(
        fi="Osallistumiseen vaikuttavat myös muut tilaisuudet, viestintä, vuodenaika ja se, "
        "kuinka hyvin väkimäärä tunnetaan.",
        sv="Deltagandet påverkas också av andra evenemang, kommunikation, årstid och hur väl "
        "befolkningens storlek är känd.",
        en="Other events, publicity, the season and how well the population is known also bear on "
        "who took part.",
    ),
)

BESIDE = "eligible"


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Who took part, of which group."""
    return atoms[["project", "group", "person"]]


def compute(rows: pd.DataFrame, eligible: pd.Series) -> pd.DataFrame:
    """Share of the eligible who took part. Rows: person."""
    size = figures_in(rows)
    of_group = np.zeros(size, dtype=bool)
    of_group[rows["figure"]] = (rows["split"] == Split.GROUP.value).to_numpy()
    reached = distinct(rows["figure"].to_numpy(), rows["person"].to_numpy(), size=size)
    people = eligible.reindex(range(size)).to_numpy(dtype=float)
    # More participants than people: one of the two was counted otherwise, so there is no share.
    known = (people > 0) & (reached <= people)
    nothing = np.full(size, np.nan)
    found = estimates(
        Interval(np.where(known, ratio(reached, people), np.nan), nothing, nothing),
        n=reached,
        projects=projects_of(rows),
        method=Method.CENSUS,
        numerator=reached,
        denominator=people,
        missing=Reason.UNKNOWN_FRAME,
    )
    return found[of_group]
