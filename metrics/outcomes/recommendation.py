"""Recommendation score: those who would recommend, less those who would not."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics import recommendations
from survey.instrument import AnswerKind, Instrument
from survey.text import Text

#: On 0-10: from here up a person recommends; from here down a person does not.
PROMOTER, DETRACTOR = 9, 6

METRIC = Metric(
    id="recommendation",
    version=1,
    kind="outcome",
    question="Q0",
    label=Text(fi="Suositteluluku", sv="Rekommendationstal", en="Recommendation score"),
    reading=Text(
        fi="Suosittelisivatko vastaajat tätä muille: −100 on ei kukaan, 100 on kaikki.",
        sv="Skulle de som svarat rekommendera detta för andra: −100 är ingen, 100 är alla.",
        en="Would respondents recommend this to others: −100 is nobody, 100 is everybody.",
    ),
    definition=Text(
        fi="Asteikolla 0–10 vastanneista ne, jotka antoivat 9 tai 10, vähennettynä niillä, jotka "
        "antoivat 0–6, prosentteina kaikista vastanneista. Vastaukset 7 ja 8 lasketaan vain "
        "vastaajien määrään. Usean hankkeen luvussa lasketaan yhteen ihmiset.",
        sv="Av dem som svarat på skalan 0–10: de som gav 9 eller 10 minus de som gav 0–6, i "
        "procent av alla som svarat. Svaren 7 och 8 räknas bara in i antalet svar. För flera "
        "projekt räknas människorna ihop.",
        en="Of those who answered on 0–10: those who gave 9 or 10 less those who gave 0–6, in per "
        "cent of all who answered. Answers 7 and 8 count only in the number of answers. For "
        "several projects people are added up.",
    ),
    formula=Text(
        fi="100 · (suosittelijat − arvostelijat) / n; yksi hanke: varianssi n:stä, "
        "z-väli; useampi hanke: linearisoitu suhde hankkeiden yli, ± t(0,975; J−1); "
        "katkaistu −100…100",
        sv="100 · (ambassadörer − kritiker) / n; ett projekt: varians över n, "
        "z-intervall; flera projekt: lineariserad kvot över projekten, ± t(0,975; "
        "J−1); kapat vid −100…100",
        en="100 · (promoters − detractors) / n; one project: variance over n, z "
        "interval; above: linearised ratio over projects, ± t(.975; J−1); cut to "
        "−100…100",
    ),
    unit=Unit.SCORE,
    better="up",
    about=About.RESPONDENTS,
    frame="item_counts",
    source=Text(
        fi="Suositteluluku (NPS), Reichheld 2003; väli varianssista n:llä",
        sv="Rekommendationstal (NPS), Reichheld 2003; intervall ur variansen över n",
        en="Net promoter score, Reichheld 2003; interval from the variance over n",
    ),
    grade="C",
    contribution=Text(
        fi="Suosittelu kertoo myös vastaajan suhteesta kaupunkiin ja vetäjiin ja siitä, "
        "millaisia arvosanoja hänellä on tapana antaa, ei vain siitä, mitä syntyi.",
        sv="En rekommendation berättar också om den svarandes förhållande till staden och dem "
        "som ledde arbetet och om hur personen brukar betygsätta, inte bara om vad som kom "
        "till stånd.",
        en="A recommendation also tells of the respondent's ties to the city and to those who "
        "led the work, and of how they tend to give marks, not only of what came of it.",
    ),
)


def reads(instrument: Instrument) -> list[dict]:
    """The codes 0-10 of every recommendation item."""
    return [
        {
            "part": item.code,
            "item": item.code,
            "code": code,
            "promoters": int(code >= PROMOTER),
            "detractors": int(code <= DETRACTOR),
        }
        for item in instrument.closed_items
        if (answers := instrument.answers_of(item.code)).kind is AnswerKind.RECOMMENDATION
        for code in answers.codes
    ]


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Score from -100 to 100. Rows: n, promoters, detractors."""
    return recommendations(rows)
