"""Process beside outcome, each judged by other people: one half of a project against the other."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.items import scales_of
from metrics.metric import About, Method, Metric, Reason, Unit
from metrics.statistics import estimates
from metrics.statistics.contrast import SHOWN_FROM, association
from metrics.statistics.intervals import ratio
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="process_outcome_halves",
    version=1,
    kind="outcome",
    question="Q2",
    label=Text(
        fi="Prosessi ja hyödyt eri vastaajilta",
        sv="Process och nytta enligt olika personer",
        en="Process and outcome by different people",
    ),
    reading=Text(
        fi="Kulkevatko toisen puolen vastaajista arvio prosessista ja toisen puolen arvio "
        "tuloksista hankkeissa samaan suuntaan: 1 täysin samaan, 0 ei yhteyttä.",
        sv="Går den ena hälftens omdöme om processen och den andra hälftens om resultatet åt samma "
        "håll i projekten: 1 helt åt samma, 0 inget samband.",
        en="Whether one half's judgement of the process and the other half's of the outcome go "
        "together over projects: 1 wholly, 0 not at all.",
    ),
    definition=Text(
        fi="Kunkin hankkeen vastaajat jaetaan arvalla kahtia. Prosessin laatu lopussa luetaan "
        "toiselta puolelta ja tulokset toiselta, ja sitten toisin päin; luku on näiden "
        "keskiarvo. Näin sama ihminen, joka arvioi kaiken myönteisesti, ei luo yhteyttä. Näytetään "
        "kymmenestä hankkeesta alkaen ja testataan viidestätoista. Yhteys ei kerro, mikä johtuu "
        "mistä.",
        sv="Varje projekts deltagare delas slumpvis i två. Processens kvalitet i slutet läses av "
        "den ena hälften och resultaten av den andra, och sedan tvärtom; talet är medeltalet av de "
        "två. Så skapar inte en person som bedömer allt positivt något samband. Visas från tio "
        "projekt och testas från femton. Sambandet säger inte vad som beror på vad.",
        en="The respondents of each project are divided in two by lot. Process quality at the end "
        "is read from one half and outcomes from the other, then the other way round; the figure "
        "is the mean of the two. So a person who judges everything kindly makes no association. "
        "Shown from ten projects on and tested from fifteen. It does not tell what depends on "
        "what.",
    ),
    formula=Text(
        fi="kahden Spearmanin kertoimen keskiarvo J hankkeesta: puoliskon A prosessi ja "
        "puoliskon B tulos sekä päinvastoin; väli Fisherin z:sta; p: tulokset jaettu "
        "uudelleen 4 999 kertaa kylvöluvulla, kun J ≥ 15",
        sv="medeltalet av två Spearmankoefficienter över J projekt: processen i halvan A "
        "med resultatet i halvan B och tvärtom; intervall av Fishers z; p: resultaten "
        "delade om 4 999 gånger med fast frö, från J = 15",
        en="mean of two Spearman coefficients over J projects, process of half A with "
        "outcome of half B and B with A; interval Fisher's z; p: 4,999 seeded deals "
        "of the outcomes, from J = 15",
    ),
    unit=Unit.COEFFICIENT,
    better="none",
    about=About.RESPONDENTS,
    frame="split_halves",
    source=Text(
        fi="Yhteisen lähteen harha: Podsakoff ym. 2003; Spearman 1904; Bonett & Wright 2000",
        sv="Fel av gemensam källa: Podsakoff m.fl. 2003; Spearman 1904; Bonett & Wright 2000",
        en="Common source bias: Podsakoff et al. 2003; Spearman 1904; Bonett & Wright 2000",
    ),
    grade="C",
    minimum_n=10,
    contribution=Text(
        fi="Hankkeen koko, aihe ja lähtötilanne vaikuttavat sekä prosessiin että siihen, miten "
        "tuloksia arvioidaan, joten yhteys voi syntyä ilman, että prosessi vaikuttaa tuloksiin.",
        sv="Projektets storlek, ämne och utgångsläge påverkar både processen och hur resultaten "
        "bedöms, så sambandet kan uppstå utan att processen påverkar resultaten.",
        en="A project's size, subject and starting point bear on both its process and how its "
        "outcomes are judged, so the two may go together without one acting on the other.",
    ),
)

_SCALE, _WAVE = "OVERALL", "end"
#: The part that the process is read under; scales have names in capitals.
_PROCESS = "process"
#: Units on 0-100 that the scores of different questionnaires are put on, so that they add up.
_UNIT = 1_000_000
#: process: of the two halves; outcome: of the two halves.
_SIDES = ("process_0", "process_1", "outcome_0", "outcome_1")


def reads(instrument: Instrument) -> list[dict]:
    """The process as a whole, and every outcome scale."""
    scales = scales_of(instrument, instrument.kind)
    if instrument.kind == "process":
        return [{**each, "part": _PROCESS} for each in scales if each["scale"] == _SCALE]
    return scales


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Sums of both halves at the end: the process beside every outcome scale of its project."""
    atoms = atoms[(atoms["wave"] == _WAVE).to_numpy()]
    whole = np.rint(ratio(atoms["total"].to_numpy() * float(_UNIT), atoms["unit"].astype(int)))
    atoms = atoms.assign(total=whole.astype(np.int64), of_process=atoms["part"] == _PROCESS)
    outcomes = atoms[(~atoms["of_process"]).to_numpy()]
    key = ["project", "instrument", "part", "wave"]
    asked = outcomes[key].drop_duplicates()
    process = atoms[atoms["of_process"].to_numpy()][["project", "half", "n", "total"]]
    beside = process.merge(asked, on="project").assign(of_process=True)
    both = pd.concat([outcomes[[*beside.columns]], beside[[*beside.columns]]], ignore_index=True)
    side = np.where(both["of_process"], 0, 2) + both["half"].to_numpy()
    sums = {
        f"{name}_{moment}": np.where(side == at, both[moment].to_numpy(), 0)
        for at, name in enumerate(_SIDES)
        for moment in ("n", "total")
    }
    words = {name: outcomes[name].dtype for name in key}
    return both[key].astype(words).assign(**sums)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Mean coefficient. Rows: n and total of each side; n is people who judged the outcome.

    Missing: one_project for a single project; too_few_projects below ten; no_variance.
    """
    size = int(rows["figure"].max()) + 1 if len(rows) else 0
    figure = rows["figure"].to_numpy()
    people = (rows["outcome_0_n"] + rows["outcome_1_n"]).to_numpy()
    whole = np.all([rows[f"{side}_n"].to_numpy() > 0 for side in _SIDES], axis=0)
    used = rows[whole]
    mean = {side: ratio(used[f"{side}_total"], used[f"{side}_n"]) for side in _SIDES}
    found = association(
        used["figure"].to_numpy(),
        [(mean["process_0"], mean["outcome_1"]), (mean["process_1"], mean["outcome_0"])],
        size,
    )
    projects = np.bincount(figure, minlength=size)
    few = [projects == 1, found.projects < SHOWN_FROM]
    reasons = [Reason.ONE_PROJECT.value, Reason.TOO_FEW_PROJECTS.value]
    return estimates(
        found.interval,
        n=np.bincount(figure, people, size).astype(np.int64),
        projects=np.where(projects == 1, 1, found.projects),
        method=Method.FISHER,
        missing=np.select(few, reasons, Reason.NO_VARIANCE.value),
        p=found.p,
    )
