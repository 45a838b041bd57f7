"""Perception gap: how much better those who lead a project judge it than those who took part.

A gap and the project's own view give the participants' mean back. So the gap is read off results
that have passed the disclosure gate and off nothing else: where a mean is hidden there is no gap,
and the gap of several phases or projects is a mean of gaps that are shown, so whoever reads it
could have computed it from what they see. The project's own view is a record of its staff and is
never hidden inside; outside it is not there, and neither is the gap.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.metric import ALL_WAVES, KEYS, About, Level, Metric, Split, Unit, ValueState
from metrics.requirements import REQUIRED
from metrics.statistics.gaps import HIDDEN, NO_ANSWERS, NO_ASSESSMENT, THERE, gaps_of, mean_gaps
from survey.text import Text

METRIC = Metric(
    id="perception_gap",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Hankkeen ja osallistujien näkemysten ero",
        sv="Skillnaden mellan projektets och deltagarnas syn",
        en="Gap between the project's and the participants' view",
    ),
    reading=Text(
        fi="Montako pistettä paremmaksi hanke arvioi työnsä kuin siihen osallistuneet.",
        sv="Hur många poäng bättre projektet bedömer sitt arbete än de som deltog.",
        en="How many points better the project judges its work than those who took part.",
    ),
    definition=Text(
        fi="Hankkeen oma arvio miinus osallistujien keskiarvo samasta osa-alueesta samassa "
        "vaiheessa. Yli 10 pisteen ero, jonka väli on kokonaan nollan yläpuolella, on sokea "
        "piste: hanke näkee asian selvästi parempana kuin osallistujat. Vastaava ero toiseen "
        "suuntaan on piilevä vahvuus. Hankkeen luku on niiden vaiheiden keskiarvo, joista "
        "molemmat tunnetaan; jos osallistujilta on kysytty vain koko prosessista, verrataan "
        "siihen. Usean hankkeen luku on hankkeiden keskiarvo. Kun osallistujien luku on suojattu, "
        "eroa ei lasketa. Ero ei kerro, kumpi on oikeassa: taso on valittu kuvausten mukaan ja "
        "osallistujien luku on heidän kokemuksensa.",
        sv="Projektets egen bedömning minus deltagarnas medeltal för samma delområde i samma "
        "skede. En skillnad på över 10 poäng vars intervall helt ligger över noll är en blind "
        "fläck: projektet ser saken som klart bättre än deltagarna. En motsvarande skillnad åt "
        "andra hållet är en dold styrka. Projektets tal är medeltalet av de skeden där båda är "
        "kända; om deltagarna har tillfrågats bara om hela processen jämförs det med den. Talet "
        "för flera projekt är projektens medeltal. När deltagarnas tal är skyddat räknas ingen "
        "skillnad. Skillnaden berättar inte vem som har rätt: nivån är vald enligt beskrivningar "
        "och deltagarnas tal är deras upplevelse.",
        en="The project's own judgement less the participants' mean of the same construct in the "
        "same phase. A gap of more than 10 points whose interval lies wholly above zero is a "
        "blind spot: the project sees the matter as clearly better than the participants do. Such "
        "a gap the other way is a hidden strength. The project's figure is the mean of the phases "
        "for which both are known; where participants were asked about the whole process only, "
        "that is compared. The figure of several projects is the mean of the projects. Where the "
        "participants' figure is protected, no gap is computed. The gap does not tell who is "
        "right: the level is chosen by descriptions, and the participants' figure is their "
        "experience.",
    ),
    formula=Text(
        fi="G = oma arvio − osallistujat; väli neliösummasta; vaiheiden yli: erojen ja "
        "niiden välin puolikkaiden keskiarvo (yhtä leveä kuin jos samat ihmiset "
        "olisivat vastanneet kaikissa); useampi hanke: hankkeiden keskiarvo, t(J−1); "
        "sokea piste: G > 10 ja alaraja > 0; piilevä vahvuus: G < −10 ja yläraja < 0",
        sv="G = egen bedömning − deltagare; intervall ur kvadratsumman; över skeden: "
        "medeltalet av gapen och av deras halva bredder (lika brett som om samma "
        "personer svarat i alla); flera projekt: projektens medeltal, t(J−1); blind "
        "fläck: G > 10 och nedre gräns > 0; dold styrka: G < −10 och övre gräns < 0",
        en="G = self − participants; interval by square-and-add; over phases: mean of "
        "the gaps and of their half-widths (as wide as if the same people answered in "
        "all); above a project: mean of projects, t(J−1); blind spot: G > 10 and low "
        "> 0; hidden strength: G < −10 and high < 0",
    ),
    unit=Unit.CHANGE,
    better="none",
    about=About.RESPONDENTS,
    frame="results:process_quality,self_assessment",
    source=Text(
        fi="Oma määritelmä; väli Newcombe 1998, Zou & Donner 2008",
        sv="Egen definition; intervall Newcombe 1998, Zou & Donner 2008",
        en="Own definition; interval Newcombe 1998, Zou & Donner 2008",
    ),
    grade="D",
    inside_only=True,
)

_AT = ["part", "entity", "split_value"]
_WHOLE = ["part", "entity"]


def derive(results: dict[str, pd.DataFrame], nodes: pd.DataFrame) -> pd.DataFrame:
    """Gaps of projects by phase and over phases, and their means at every level.

    Missing: no_assessment, no_answers, or hidden_parts where the participants' mean is hidden.
    """
    asked = _of_projects(results["process_quality"])
    judged = _of_projects(results["self_assessment"])
    phases = gaps_of(_required(asked), _required(judged), _AT)
    phases = phases.assign(split=Split.PHASE.value, wave=ALL_WAVES)
    over_phases = mean_gaps(phases, ["instrument", "part", "entity"]).assign(
        split=Split.TOTAL.value, split_value="", wave=ALL_WAVES
    )
    own = pd.concat([phases, over_phases, _whole_process(asked, judged)], ignore_index=True)
    placed = own.rename(columns={"entity": "project"}).merge(
        nodes.astype({"level": str}), on="project"
    )
    return mean_gaps(placed, KEYS, over_projects=True)


def _of_projects(frame: pd.DataFrame) -> pd.DataFrame:
    """A metric's figures of projects, in all and by phase, and what is known of each."""
    words = frame.astype({name: str for name in KEYS if name != "entity"})
    words = words.assign(state=frame["state"].astype(str))
    chosen = words[((words["level"] == Level.PROJECT) & (words["split"] != Split.GROUP)).to_numpy()]
    hidden = (chosen["state"] == ValueState.SUPPRESSED).to_numpy()
    known = chosen["value"].notna().to_numpy() & ~hidden
    status = np.select([known, hidden], [THERE, HIDDEN], NO_ANSWERS)
    return chosen.assign(status=status).reset_index(drop=True)


def _required(figures: pd.DataFrame) -> pd.DataFrame:
    """The figures by phase of what belongs to the phase; only that is judged by the project."""
    wanted = pd.MultiIndex.from_tuples(
        [(phase, part) for phase, each in REQUIRED.items() for part in each.constructs]
    )
    by_phase = figures[(figures["split"] == Split.PHASE).to_numpy()]
    return by_phase[pd.MultiIndex.from_frame(by_phase[["split_value", "part"]]).isin(wanted)]


def _whole_process(asked: pd.DataFrame, judged: pd.DataFrame) -> pd.DataFrame:
    """Gaps of what participants were asked of the whole process only, wave by wave."""
    of = ["instrument", "entity"]
    phased = asked.loc[(asked["split"] == Split.PHASE).to_numpy(), of]
    whole = asked[(asked["split"] == Split.TOTAL).to_numpy()]
    never = ~pd.MultiIndex.from_frame(whole[of]).isin(pd.MultiIndex.from_frame(phased))
    constructs = {part for each in REQUIRED.values() for part in each.constructs}
    whole = whole[never & whole["part"].isin(constructs).to_numpy()]
    mine = judged[(judged["split"] == Split.TOTAL).to_numpy()]
    found = gaps_of(whole, mine[mine["entity"].isin(whole["entity"])], _WHOLE)
    found = found[(found["status"] != NO_ASSESSMENT).to_numpy() & (found["instrument"] != "")]
    return found.assign(split=Split.TOTAL.value, split_value="")
