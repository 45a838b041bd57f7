"""Balanced leadership: share of people who found the leadership both firm and flexible."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics import survey_shares
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="balanced_leadership",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Johtaminen jämäkkää ja joustavaa",
        sv="Ledningen både bestämd och flexibel",
        en="Leadership both firm and flexible",
    ),
    reading=Text(
        fi="Kuinka suuri osa piti johtamista sekä jämäkkänä että joustavana.",
        sv="Hur stor del fann ledningen både bestämd och flexibel.",
        en="How large a share found the leadership both firm and flexible.",
    ),
    definition=Text(
        fi="Niiden vastaajien osuus, joilla sekä johtamisen jämäkkyys että joustavuus on vähintään "
        "60 pistettä; mukana ovat ne, joilta molemmat saatiin. Jäykkä tai ajelehtiva hanke ei "
        "läpäise tätä keskiarvon turvin. Osuus ei kerro, kumpi puoli jäi vajaaksi: sen näkee "
        "jämäkkyyden ja joustavuuden pisteistä. Johtamisen pisteet ovat kunkin vastaajan "
        "jämäkkyyden ja joustavuuden geometrinen keskiarvo, ja hankkeen luku on niiden keskiarvo.",
        sv="Andelen av dem som svarat för vilka ledningens bestämdhet och flexibilitet båda är "
        "minst 60 poäng; med är de som båda är kända för. Ett styvt eller drivande projekt klarar "
        "sig inte på ett medeltal. Andelen visar inte vilken sida som brast: det ses av poängen "
        "för bestämdhet och flexibilitet. Ledningens poäng är det geometriska medeltalet av varje "
        "persons bestämdhet och flexibilitet, och projektets tal är medeltalet av dem.",
        en="The share of respondents with both firmness and flexibility of leadership at 60 points "
        "or more, among those for whom both are known. A rigid or drifting project does not pass "
        "on an average. The share does not tell which side was lacking: the points of firmness and "
        "flexibility do. The points of leadership are the geometric mean of each person's firmness "
        "and flexibility, and a project's figure is the mean of those.",
    ),
    formula=Text(
        fi="ihmiset, joilla F ≥ 60 ja X ≥ 60 / ihmiset, joilla molemmat on pisteytetty "
        "(yksi vastaus kummallekin riittää); yksi hanke: Wilson; useampi hanke: "
        "summien suhde, t(J−1)",
        sv="personer med F ≥ 60 och X ≥ 60 / personer med poäng för båda (ett svar per "
        "sida räcker); ett projekt: Wilson; flera projekt: kvot av summor, t(J−1)",
        en="people with F ≥ 60 and X ≥ 60 / people with both scored (one answer a side "
        "is enough); one project: Wilson; above: ratio of sums over projects, t(J−1)",
    ),
    unit=Unit.SHARE,
    better="up",
    about=About.RESPONDENTS,
    frame="scale_moments",
    source=Text(
        fi="Oma määritelmä (johtamisen kaksi ulottuvuutta, docs/instruments.md); Wilson "
        "1927; Cochran 1977, 6.2 ja 9A",
        sv="Egen definition (ledarskap i två dimensioner, docs/instruments.md); Wilson "
        "1927; Cochran 1977, 6.2 och 9A",
        en="Own definition (two-dimensional leadership, docs/instruments.md); Wilson "
        "1927; Cochran 1977, 6.2 and 9A",
    ),
    grade="C",
)


def reads(instrument: Instrument) -> list[dict]:
    """The all-or-nothing scales."""
    return [
        {"part": scale.code, "scale": scale.code}
        for scale in instrument.scales
        if scale.combine == "both"
    ]


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share of people with both. Rows: n, total (a whole unit for each of them), unit."""
    return survey_shares(
        rows.assign(numerator=rows["total"] // rows["unit"], denominator=rows["n"])
    )
