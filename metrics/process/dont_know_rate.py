"""Don't-know rate: how often people answered that they cannot say."""

from __future__ import annotations

import pandas as pd

from metrics.fold import summed
from metrics.frames import ATOM
from metrics.metric import About, Metric, Unit
from metrics.statistics import people_shares
from survey.instrument import DONT_KNOW, Instrument
from survey.text import Text

METRIC = Metric(
    id="dont_know_rate",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="”En osaa sanoa” -vastaukset",
        sv="Svaren ”kan inte säga”",
        en="“Don't know” answers",
    ),
    reading=Text(
        fi="Kuinka usein vastattiin ”en osaa sanoa”.",
        sv="Hur ofta svaret var ”kan inte säga”.",
        en="How often the answer was “don't know”.",
    ),
    definition=Text(
        fi="”En osaa sanoa” -vastaukset jaettuna kaikilla vastauksilla niihin kysymyksiin, joissa "
        "vaihtoehto tarjottiin. Tyhjät ja ”ei koske minua” eivät ole mukana. Paljon näitä "
        "vastauksia kertoo, että kysymys on epäselvä tai asia jäi vastaajille vieraaksi.",
        sv="Svaren ”kan inte säga” delat med alla svar på de frågor där alternativet fanns. Tomma "
        "svar och ”gäller inte mig” räknas inte med. Många sådana svar tyder på att frågan är "
        "oklar eller att saken förblev främmande.",
        en="“Don't know” answers divided by all answers to the questions that offered the choice. "
        "Blank answers and “does not concern me” are left out. Many such answers tell that the "
        "question is unclear or that the matter stayed out of people's sight.",
    ),
    formula=Text(
        fi="en osaa sanoa -vastaukset / (en osaa sanoa + kelvolliset vastaukset), "
        "väittämät, joissa vaihtoehto on; n = ihmiset (eniten vastauksia saaneen "
        "väittämän vastaukset); yksi hanke: Wilson n:llä ihmisellä; useampi hanke: "
        "linearisoitu suhde",
        sv="vet ej-svar / (vet ej + giltiga svar), påståenden där alternativet finns; n "
        "= personer (flest svar på ett påstående); ett projekt: Wilson med n "
        "personer; flera projekt: lineariserad kvot",
        en="don't-know answers / (don't-know + valid answers), items that offer it; n = "
        "people (most answers to one item); one project: Wilson with n people; above: "
        "linearised ratio",
    ),
    unit=Unit.SHARE,
    better="down",
    about=About.RESPONDENTS,
    frame="item_counts",
    source=Text(
        fi="Oma väittämien laadun määritelmä: huomautus yli 15 prosentista; väli Wilson 1927",
        sv="Egen definition av påståendenas kvalitet: anmärkning över 15 %; intervall Wilson 1927",
        en="Own definition of item quality: flagged above 15 %; interval Wilson 1927",
    ),
    grade="C",
)


def reads(instrument: Instrument) -> list[dict]:
    """Don't-know and every valid code of the items that offer don't-know."""
    return [
        {
            "part": "",
            "item": item.code,
            "code": code,
            "numerator": int(code == DONT_KNOW),
            "denominator": 1,
        }
        for item in instrument.closed_items
        if (answers := instrument.answers_of(item.code)).dont_know
        for code in (DONT_KNOW, *answers.codes)
    ]


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Answers per atom, and as n the people who gave them: the most answers that one item got."""
    per_item = summed(atoms, [*ATOM, "item"], ["denominator"])
    people = per_item.groupby(ATOM, observed=True)["denominator"].max()
    answers = summed(atoms, [*ATOM, "part"], ["numerator", "denominator"])
    return answers.assign(n=people.to_numpy())


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share of don't-know. Rows: numerator, denominator, n (people)."""
    return people_shares(rows)
