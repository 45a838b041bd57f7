"""Differential item functioning: a statement that one group reads unlike others.

Whether the gate protects it: nothing of it is published for a project. Above projects a group's
answers in a project count only where the gate shows figures about so many people of the group (n)
in the project, and where at least ten others stand beside them. The others are everybody else in
the project taken together, groups among them whose own figures are hidden. That gives nobody away:
the figure is one quotient of sums over at least 50 people of the group and 50 others in several
projects and bands, of which neither the sums nor the bands are shown, and no figure below it can be
taken away from it.
"""

from __future__ import annotations

import pandas as pd
from numpy.typing import NDArray

from metrics.fold import summed
from metrics.frames import BAND_COLUMNS
from metrics.items import banded_items
from metrics.metric import About, Metric, Split, Unit
from metrics.statistics.item_functioning import (
    beside_others,
    contributions,
    item_differences,
)
from survey.instrument import UNKNOWN_GROUP, Instrument
from survey.text import Text

METRIC = Metric(
    id="item_dif",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Väittämän toimiminen eri ryhmissä",
        sv="Hur påståendet fungerar i olika grupper",
        en="How a statement works in different groups",
    ),
    reading=Text(
        fi="Vastaako ryhmä väittämään toisin kuin muut, jotka ovat antaneet osa-alueelle saman "
        "verran pisteitä.",
        sv="Om gruppen svarar annorlunda på påståendet än andra som har gett delområdet lika många "
        "poäng.",
        en="Whether the group answers the statement unlike others who gave the construct as many "
        "points.",
    ),
    definition=Text(
        fi="Ryhmän vastaajia verrataan muihin, jotka ovat samasta hankkeesta ja joiden pisteet "
        "osa-alueella osuvat samaan viidesosaan asteikosta. Luku on vastausten keskimääräinen "
        "ero, painotettuna ryhmän vastaajamäärillä, jaettuna vastausten keskihajonnalla; "
        "käänteinen väittämä on käännetty. Plus: ryhmä vastaa myönteisemmin kuin sen pisteistä "
        "voisi odottaa. Alle 0,17 on pieni (A), 0,17–0,25 kohtalainen (B) ja yli 0,25 suuri (C), "
        "ja ero otetaan todesta vasta, kun myös testi osoittaa sen. Ero voi tarkoittaa, että "
        "väittämä ymmärretään ryhmässä toisin tai että asia on sille toinen; kumpi, sitä luku ei "
        "kerro. Kun osa-alueella on kolme väittämää, yhden ero näkyy laimeana ja muissa "
        "vastakkaisena. Lukua ei näytetä yhdestä hankkeesta eikä silloin, kun ryhmästä tai "
        "muista vertailtavia on alle 50. Mukana ovat vain ne, jotka vastasivat osa-alueen "
        "jokaiseen väittämään ja joiden ryhmä tiedetään, ja osa-alueet, joissa on vähintään "
        "kolme väittämää. Vastauskieliä verrataan omassa mittarissaan.",
        sv="De som svarat i gruppen jämförs med andra i samma projekt vars poäng på delområdet "
        "faller i samma femtedel av skalan. Talet är den genomsnittliga skillnaden mellan svaren, "
        "vägd med gruppens antal, delad med svarens standardavvikelse; ett omvänt påstående är "
        "vänt. Plus: gruppen svarar mer positivt än dess poäng låter vänta. Under 0,17 är litet "
        "(A), 0,17–0,25 måttligt (B) och över 0,25 stort (C), och skillnaden tas på allvar först "
        "när även testet visar den. En skillnad kan betyda att gruppen uppfattar påståendet på "
        "ett annat sätt eller att saken är en annan för den; vilket, det berättar talet inte. "
        "När delområdet har tre påståenden syns skillnaden i ett av dem dämpad och i de andra "
        "åt motsatt håll. Talet visas inte för ett enda projekt och inte när färre än 50 i "
        "gruppen eller bland de andra kan jämföras. Med är bara de som svarade på alla "
        "påståenden i delområdet och vars grupp är känd, och delområden med minst tre "
        "påståenden. Svarsspråken jämförs i ett eget mått.",
        en="People of the group are compared with others of the same project whose points on the "
        "construct fall into the same fifth of the scale. The figure is the mean difference "
        "between their answers, weighted by the group's numbers, over the standard deviation of "
        "the answers; a reversed statement is turned round. Plus: the group answers more "
        "favourably than its points would lead one to expect. Below .17 is small (A), .17 to .25 "
        "moderate (B) and above .25 large (C), and a difference is taken seriously only when the "
        "test shows it too. It may mean that the group understands the statement otherwise, or "
        "that the matter is another one for it; the figure does not tell which. With three "
        "statements in a construct, the difference in one is seen weakened, and in the others "
        "the other way round. It is not shown for one project, nor where fewer than 50 of the "
        "group or of the others can be compared. Only people who answered every statement of the "
        "construct and whose group is known count, and only constructs of at least three "
        "statements. The languages of answering are compared in a metric of their own.",
    ),
    formula=Text(
        fi="Σ fₖ(x̄ₖ − ȳₖ) / Σ fₖ / S ositteissa k (hanke × asteikon pistemäärän luokka, "
        "5 luokkaa, väittämä mukana), fₖ ryhmän ja rₖ muiden määrä; ± z√(Σ "
        "fₖ²sₖ²(1/fₖ + 1/rₖ)) / Σ fₖ / S; p: Mantelin χ²(1); vähintään 50 ja 50, "
        "kymmenen muuta hanketta kohti; luokkarajat 0,17 ja 0,25",
        sv="Σ fₖ(x̄ₖ − ȳₖ) / Σ fₖ / S över strata k (projekt × klass av skalans poäng, 5 "
        "klasser, påståendet medräknat), fₖ ur gruppen och rₖ andra; ± z√(Σ "
        "fₖ²sₖ²(1/fₖ + 1/rₖ)) / Σ fₖ / S; p: Mantels χ²(1); minst 50 och 50, tio "
        "andra per projekt; klassgränser 0,17 och 0,25",
        en="Σ fₖ(x̄ₖ − ȳₖ) / Σ fₖ / S over strata k (project × band of the scale's "
        "score, 5 bands, the statement included), fₖ of the group and rₖ others; ± "
        "z√(Σ fₖ²sₖ²(1/fₖ + 1/rₖ)) / Σ fₖ / S; p: Mantel χ²(1); at least 50 and 50, "
        "ten others a project; classes at .17 and .25",
    ),
    unit=Unit.EFFECT,
    better="none",
    about=About.RESPONDENTS,
    frame="item_bands",
    source=Text(
        fi="Mantel 1963; Dorans & Schmitt 1991; varianssi Zwick & Thayer 1996; luokat "
        "Zwick, Thayer & Mazzeo 1997; väittämä mukana vertailupisteissä Zwick, "
        "Donoghue & Grima 1993; koot Zwick 2012 (200 ja 500) ja Muñiz, Hambleton & "
        "Xing 2001 (50 ja 50)",
        sv="Mantel 1963; Dorans & Schmitt 1991; varians Zwick & Thayer 1996; klasser "
        "Zwick, Thayer & Mazzeo 1997; påståendet med i jämförelsepoängen Zwick, "
        "Donoghue & Grima 1993; storlekar Zwick 2012 (200 och 500) och Muñiz, "
        "Hambleton & Xing 2001 (50 och 50)",
        en="Mantel 1963; Dorans & Schmitt 1991; variance Zwick & Thayer 1996; classes "
        "Zwick, Thayer & Mazzeo 1997; the item in the matching score Zwick, Donoghue "
        "& Grima 1993; sizes Zwick 2012 (200 and 500) and Muñiz, Hambleton & Xing "
        "2001 (50 and 50)",
    ),
    grade="C",
    minimum_n=50,
)


def reads(instrument: Instrument) -> list[dict]:
    """Every statement of a scale of three or more."""
    return banded_items(instrument)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Each group beside all others of its project and wave; who is of no known group is neither."""
    named = atoms[(atoms["group"] != UNKNOWN_GROUP).to_numpy()]
    sums = ["n", *BAND_COLUMNS]
    mine = summed(named, ["project", "instrument", "part", "wave", "group"], sums)
    return beside_others(mine, ["project", "instrument", "part", "wave"])


def contribute(sums: dict[str, NDArray]) -> dict[str, NDArray]:
    """What each project brings to the figures of an item and a group. Sums: as `select`."""
    return contributions(sums)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Difference per item and group; of everybody together there is none."""
    return item_differences(rows[(rows["split"] == Split.GROUP.value).to_numpy()])
