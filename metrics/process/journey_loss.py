"""Journey loss: the share of people lost before each step from invitation to answer."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.parts import at_steps
from metrics.statistics.sessions import losses
from survey.text import Text

METRIC = Metric(
    id="journey_loss",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Poisjäänti matkan varrella",
        sv="Bortfall längs vägen",
        en="Lost on the way",
    ),
    reading=Text(
        fi="Kuinka suuri osa edelliseen vaiheeseen tulleista jäi pois ennen tätä.",
        sv="Hur stor andel av dem som kom till föregående steg som föll bort före det här.",
        en="The share of those who came to the step before that were lost before this one.",
    ),
    definition=Text(
        fi="Ihmiset, joiden matka päättyi juuri ennen tätä askelta, jaettuna niillä, jotka "
        "pääsivät edelliselle askelelle: kutsuttu, ilmoittautunut, osallistunut, palannut, "
        "mukana loppuun asti, vastannut. Kesken olevat matkat näyttävät poisjäänniltä, kunnes "
        "ne jatkuvat. Luku ei kerro, miksi joku jäi pois, eikä syy aina ole hankkeessa.",
        sv="Personer vars väg tog slut just före det här steget, delat med dem som kom till "
        "föregående steg: inbjuden, anmäld, deltagit, återkommit, med till slutet, svarat. "
        "Vägar som ännu pågår ser ut som bortfall tills de fortsätter. Talet visar inte varför "
        "någon föll bort, och orsaken ligger inte alltid i projektet.",
        en="People whose way ended just before this step, divided by those who came to the step "
        "before: invited, registered, attended, returned, stayed to the end, answered. Ways "
        "still going on look like losses until they go on. The figure does not tell why "
        "somebody was lost, and the cause does not always lie in the project.",
    ),
    formula=Text(
        fi="ennen askelta pois jääneet / edelliselle askeleelle tulleet (diskreetti "
        "hasardi); yksi hanke: Wilson; useampi hanke: summien suhde, ± t(0,975; J−1); "
        "osa: askel",
        sv="bortfallna före steget / de som kom till steget innan (diskret hasard); ett "
        "projekt: Wilson; flera projekt: kvot av summor, ± t(0,975; J−1); del: steget",
        en="lost before the step / came to the step before (discrete hazard); one "
        "project: Wilson; above: ratio of sums over projects, ± t(.975; J−1); part: "
        "the step",
    ),
    unit=Unit.SHARE,
    better="down",
    about=About.PARTICIPANTS,
    frame="journeys",
    source=Text(
        fi="Diskreetin ajan hasardi, Singer & Willett 2003; välit Wilson 1927, Cochran 1977",
        sv="Hasard i diskret tid, Singer & Willett 2003; intervall Wilson 1927, Cochran 1977",
        en="Discrete-time hazard, Singer & Willett 2003; intervals Wilson 1927, Cochran 1977",
    ),
    grade="B",
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Who had come to each step and who was lost before the next, of which group."""
    return at_steps(atoms).drop(columns="priority")


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share lost. Rows: person, lost."""
    return losses(rows)
