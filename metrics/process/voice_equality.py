"""Voice equality: how evenly the people of a session contribute to it."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.sessions import equalities
from survey.text import Text

METRIC = Metric(
    id="voice_equality",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Tasapuolisuus keskustelussa",
        sv="Jämnt fördelade inlägg",
        en="Equality of voices",
    ),
    reading=Text(
        fi="Kuinka tasaisesti ihmiset saivat äänensä kuuluviin samassa tilaisuudessa.",
        sv="Hur jämnt människor kom till tals vid samma tillfälle.",
        en="How evenly people were heard within a session.",
    ),
    definition=Text(
        fi="Yksi miinus Ginin kerroin puheenvuoroista, viesteistä tai lapuista tilaisuuden "
        "osallistujien kesken, keskiarvona niistä tilaisuuksista, joissa oli vähintään viisi "
        "ihmistä. Yksi tarkoittaa, että kaikki olivat äänessä yhtä paljon. Luku ei kerro, "
        "kuunneltiinko puhujia, eikä hiljaisuus ole aina syrjäytymistä.",
        sv="Ett minus Gini-koefficienten för inlägg, meddelanden eller lappar bland deltagarna "
        "vid ett tillfälle, som medeltal för tillfällen med minst fem personer. Ett betyder "
        "att alla kom till tals lika mycket. Talet visar inte om de som talade blev hörda, och "
        "tystnad betyder inte alltid att man stängts ute.",
        en="One less Gini's coefficient of the turns, posts or cards among the people of a "
        "session, as a mean over sessions of five people or more. One means that all were "
        "heard equally. The figure does not tell whether those who spoke were listened to, and "
        "silence is not always exclusion.",
    ),
    formula=Text(
        fi="(1 − Σ|xᵢ−xⱼ| / (2n²·keskiarvo)) keskiarvona tilaisuuksista (≥ 5 ihmistä); "
        "prosenttipisteväli 1 000 kylvöluvulla toistetusta otoksesta: yhdessä "
        "hankkeessa tilaisuuksista, useammassa hankkeista; ei väliä, jos niitä on "
        "alle 5",
        sv="medeltal över tillfällen (≥ 5 personer) av 1 − Σ|xᵢ−xⱼ| / (2n²·medeltal); "
        "percentilintervall av 1 000 urval med fast frö: av tillfällen i ett projekt, av "
        "projekt ovanför; inget under 5 av dem",
        en="mean over sessions (≥ 5 people) of 1 − Σ|xᵢ−xⱼ| / (2n²·mean); percentile "
        "interval of 1,000 seeded resamples: of sessions in one project, of projects "
        "above; none under 5 of them",
    ),
    unit=Unit.COEFFICIENT,
    better="up",
    about=About.PARTICIPANTS,
    frame="contributions",
    source=Text(
        fi="Gini 1912; prosenttipisteväli toisto-otannasta, Efron 1979",
        sv="Gini 1912; percentilintervall med bootstrap, Efron 1979",
        en="Gini 1912; percentile bootstrap, Efron 1979",
    ),
    grade="B",
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Who contributed how much in which session; not split by group, as a session is one."""
    return atoms[["project", "session", "person", "n"]]


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean equality of sessions. Rows: session, person, n (contributions)."""
    return equalities(rows)
