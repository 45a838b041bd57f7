"""Process beside outcome: whether projects whose process went well also have better records."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.metric import KEYS, About, Level, Method, Metric, Reason, Split, Unit
from metrics.statistics import estimates
from metrics.statistics.contrast import SHOWN_FROM, association
from survey.text import Text

METRIC = Metric(
    id="process_outcome",
    version=1,
    kind="outcome",
    question="Q2",
    label=Text(
        fi="Prosessi ja tulokset rinnakkain",
        sv="Process och resultat sida vid sida",
        en="Process beside outcome",
    ),
    reading=Text(
        fi="Kulkevatko sujuva prosessi ja rekisterien tulokset hankkeissa samaan suuntaan: 1 "
        "täysin samaan, 0 ei yhteyttä, −1 vastakkaiseen.",
        sv="Går en smidig process och registrens resultat åt samma håll i projekten: 1 helt åt "
        "samma, 0 inget samband, −1 åt motsatt håll.",
        en="Whether a process that went well and results in the records go together over projects: "
        "1 wholly, 0 not at all, −1 the opposite way.",
    ),
    definition=Text(
        fi="Hankkeiden järjestys prosessin laadussa lopussa verrattuna järjestykseen rekisteristä "
        "luetussa tuloksessa. Tulos tulee eri lähteestä kuin prosessin arvio. Näytetään, kun "
        "hankkeita on vähintään kymmenen, ja testataan viidestätoista alkaen. Silloinkin erottuu "
        "vain vahva yhteys. Yhteys ei kerro, mikä johtuu mistä.",
        sv="Projektens ordning efter processens kvalitet i slutet jämförd med ordningen efter ett "
        "resultat ur registren. Resultatet kommer ur en annan källa än omdömet om processen. Visas "
        "från tio projekt och testas från femton. Med femton projekt syns bara ett starkt samband. "
        "Sambandet säger inte vad som beror på vad.",
        en="The order of projects by process quality at the end compared with their order by a "
        "result from the records. The result comes from another source than the judgement of the "
        "process. Shown from ten projects on and tested from fifteen. With fifteen only a strong "
        "association is seen. It does not tell what depends on what.",
    ),
    formula=Text(
        fi="Spearman J hankkeesta; väli Fisherin z:sta, virhe √((1 + ρ²/2)/(J−3)); p: "
        "tulokset jaettu hankkeille uudelleen 4 999 kertaa kylvöluvulla (yli 100 "
        "hankkeella t(J−2)), kun J ≥ 15; n = J",
        sv="Spearman över J projekt; intervall av Fishers z med felet √((1 + "
        "ρ²/2)/(J−3)); p: resultaten delade om mellan projekten 4 999 gånger med fast "
        "frö (t(J−2) över 100 projekt), från J = 15; n = J",
        en="Spearman over J projects; interval Fisher's z with error √((1 + "
        "ρ²/2)/(J−3)); p: 4,999 seeded deals of the outcomes (t(J−2) above 100 "
        "projects), from J = 15; n = J",
    ),
    unit=Unit.COEFFICIENT,
    better="none",
    about=About.RESPONDENTS,
    frame="results:process_quality,closure,influence_rate,needs_met,firms_new_product,embedding",
    source=Text(
        fi="Spearman 1904; väli Bonett & Wright 2000",
        sv="Spearman 1904; intervall Bonett & Wright 2000",
        en="Spearman 1904; interval Bonett & Wright 2000",
    ),
    grade="C",
    minimum_n=10,
    contribution=Text(
        fi="Hankkeen koko, raha, aihe ja lähtötilanne vaikuttavat sekä prosessiin että tuloksiin, "
        "joten yhteys voi syntyä ilman, että prosessi vaikuttaa tuloksiin.",
        sv="Projektets storlek, pengar, ämne och utgångsläge påverkar både processen och "
        "resultaten, så sambandet kan uppstå utan att processen påverkar resultaten.",
        en="A project's size, money, subject and starting point bear on both its process and its "
        "results, so the two may go together without one acting on the other.",
    ),
)

_PROCESS, _WAVE, _SCALE = "process_quality", "end", "OVERALL"
_FIGURE = ["instrument", "part", "level", "entity"]


def derive(results: dict[str, pd.DataFrame], nodes: pd.DataFrame) -> pd.DataFrame:
    """One coefficient for each outcome, process questionnaire and entity above projects.

    Missing: too_few_projects below ten; no_variance where all projects have one and the same value.
    """
    process = _of_projects(results[_PROCESS])
    at = (process["wave"] == _WAVE) & (process["part"] == _SCALE)
    process = process[at.to_numpy()].drop(columns="part").rename(columns={"value": "process"})
    outcomes = pd.concat(
        [
            _counted(_of_projects(frame)).assign(part=name)
            for name, frame in results.items()
            if name != _PROCESS
        ],
        ignore_index=True,
    )
    above = nodes[(nodes["level"] != Level.PROJECT.value).to_numpy()]
    pairs = process.merge(outcomes, on="project").merge(above, on="project")
    pairs = pairs.astype({"level": str, "part": str}).sort_values([*_FIGURE, "project"])
    keys = pairs[_FIGURE].drop_duplicates(ignore_index=True)
    figure = pairs.groupby(_FIGURE, observed=True).ngroup().to_numpy(dtype=np.int64)
    found = association(
        figure,
        [(pairs["process"].to_numpy(dtype=float), pairs["value"].to_numpy(dtype=float))],
        len(keys),
    )
    few = found.projects < SHOWN_FROM
    figures = estimates(
        found.interval,
        n=found.projects,
        projects=found.projects,
        method=Method.FISHER,
        missing=np.where(few, Reason.TOO_FEW_PROJECTS.value, Reason.NO_VARIANCE.value),
        p=found.p,
    )
    keys = keys.assign(wave=_WAVE, split=Split.TOTAL.value, split_value="")
    return pd.concat([keys[KEYS], figures], axis=1)


def _counted(shown: pd.DataFrame) -> pd.DataFrame:
    """project and value of a metric of records: its only part, or its distinct number."""
    return shown.loc[shown["part"].isin(["", "distinct"]).to_numpy(), ["project", "value"]]


def _of_projects(shown: pd.DataFrame) -> pd.DataFrame:
    """The shown totals of projects: project, instrument, part, wave, value."""
    chosen = (shown["level"] == Level.PROJECT.value) & (shown["split"] == Split.TOTAL.value)
    found = shown[(chosen & shown["value"].notna()).to_numpy()]
    found = found[["entity", "instrument", "part", "wave", "value"]]
    return found.rename(columns={"entity": "project"}).astype(
        {"instrument": str, "part": str, "wave": str, "value": float}
    )
