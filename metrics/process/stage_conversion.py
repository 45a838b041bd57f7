"""Stage conversion: the share of cases that went on to each stage, all and by year of beginning."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.parts import days_to_stages, in_parts
from metrics.stages import STAGES
from metrics.statistics.registers import flag_shares
from survey.text import Text

METRIC = Metric(
    id="stage_conversion",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Eteneminen vaiheittain",
        sv="Framsteg stadium för stadium",
        en="Going on, stage by stage",
    ),
    reading=Text(
        fi="Kuinka suuri osa edelliseen vaiheeseen päässeistä eteni tähän.",
        sv="Hur stor andel av dem som nådde föregående stadium som gick vidare hit.",
        en="The share of those at the stage before that went on to this one.",
    ),
    definition=Text(
        fi="Tapaukset, jotka pääsivät vaiheeseen, jaettuna niillä, jotka pääsivät edelliseen "
        "vaiheeseen ainakin vuosi ennen lukujen keräyspäivää. Nuoremmat jätetään pois, koska "
        "ne eivät ole vielä ehtineet. Toiseen yhdistettyjä tai jaettuja ei lasketa pois "
        "jääneiksi, vaan ne jätetään pois. Hylätty idea ei ole epäonnistuminen: karsiminen "
        "kuuluu kehittämiseen.",
        sv="Fall som nådde stadiet, delat med dem som nådde föregående stadium minst ett år före "
        "den dag då uppgifterna lästes. Yngre fall lämnas bort, eftersom de ännu inte hunnit. "
        "Sammanslagna och uppdelade fall räknas inte som bortfallna utan lämnas bort. En "
        "avslagen idé är inget misslyckande: att gallra hör till utvecklingen.",
        en="Cases that reached the stage, divided by those that had reached the stage before it "
        "at least a year before the day of reading. Younger ones are left out, as they have "
        "not had the time. Cases merged or split there are left out and not counted as lost. A "
        "rejected idea is no failure: sorting out is part of developing.",
    ),
    formula=Text(
        fi="vaiheeseen päässeet / edelliseen vähintään 365 päivää sitten päässeet, joita "
        "ei siinä yhdistetty tai jaettu; Wilson; osa: vaihe, tai alkuvuosi / vaihe",
        sv="nådde stadiet / nådde det föregående för minst 365 dagar sedan och slogs inte "
        "samman eller delades där; Wilson; del: stadium, eller startår / stadium",
        en="reached the stage / reached the one before ≥ 365 days ago and not merged or "
        "split there; Wilson; part: stage, or year of beginning / stage",
    ),
    unit=Unit.SHARE,
    better="none",
    about=About.RECORDS,
    frame="cases",
    source=Text(
        fi="Oma määritelmä tapausrekisteristä; väli Wilson 1927, tarkistettu luvuilla 6 "
        "/ 35 (8,1–32,7 %)",
        sv="Egen definition ur fallregistret; intervall Wilson 1927, kontrollerat med "
        "6 av 35 (8,1–32,7 %)",
        en="Own definition over the case register; interval Wilson 1927, checked on 6 of "
        "35 (8.1-32.7 %)",
    ),
    grade="B",
)

#: How long a case must have been at a stage before it counts that it has not gone on.
DAYS_TO_GO_ON = 365


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Cases old enough at each stage, and which of them went on; under the stage and the cohort."""
    days = days_to_stages(atoms)
    joined = atoms["ended"].isin(["merged", "split"]).to_numpy()
    stage, age = (atoms[name].to_numpy() for name in ("stage", "age"))
    pieces = {}
    for at, name in enumerate(STAGES[1:]):
        old = (stage >= at) & (days[:, at] >= 0) & (age - days[:, at] >= DAYS_TO_GO_ON)
        used = old & ~(joined & (stage == at))
        numerator = (stage[used] > at).astype("int64")
        pieces[name] = atoms.loc[used, ["project", "year"]].assign(
            numerator=numerator, denominator=1
        )
    whole = in_parts(pieces)
    cohort = whole["year"].astype(str) + "/" + whole["part"].astype(str)
    both = in_parts({"": whole, "cohort": whole}).assign(
        part=pd.concat([whole["part"].astype(str), cohort], ignore_index=True).astype("category")
    )
    return both.drop(columns="year")


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share that went on. Rows: numerator, denominator."""
    return flag_shares(rows)
