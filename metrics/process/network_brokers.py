"""Brokers: which organisations stand between others who would otherwise not be in touch."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.metric import About, Method, Metric, Reason, Unit
from metrics.statistics import Interval, estimates
from metrics.statistics.network_figures import networks_of
from metrics.statistics.networks import ANSWERED_NEEDED, betweenness
from survey.instrument import WAVES
from survey.text import Text

METRIC = Metric(
    id="network_brokers",
    version=1,
    kind="process",
    question="Q2",
    label=Text(fi="Välittäjät", sv="Förmedlare", en="Brokers"),
    reading=Text(
        fi="Kuinka suuri osa muiden välisistä lyhimmistä reiteistä kulkee organisaation kautta.",
        sv="Hur stor andel av de kortaste vägarna mellan andra som går genom organisationen.",
        en="The share of the shortest ways between others that run through the organisation.",
    ),
    definition=Text(
        fi="Kunkin organisaation osuus muiden parien lyhimmistä reiteistä. Näytetään vain "
        "organisaatiot, jotka ovat vastanneet vähintään kolmessa hankkeessa, jottei luku kerro "
        "yhdestä ihmisestä, ja vain verkostot, joista vähintään 80 % on vastannut. Yli 200 "
        "organisaation verkostossa reitit luetaan 200:sta. Luku ei kerro, välittikö organisaatio "
        "mitään.",
        sv="Varje organisations andel av de kortaste vägarna mellan andra par. Bara organisationer "
        "som svarat i minst tre projekt visas, så att talet inte gäller en enda person, och bara "
        "nätverk där minst 80 % svarat. I nätverk med över 200 organisationer läses vägarna från "
        "200. Talet säger inte om organisationen förmedlade något.",
        en="Each organisation's share of the shortest ways between other pairs. Only those that "
        "answered in three projects or more are shown, so that the figure is not about one person, "
        "and only networks of which 80 % answered. In networks of over 200 organisations the ways "
        "are read from 200. The figure does not tell whether anything was brokered.",
    ),
    formula=Text(
        fi="Σ parien yli: kautta kulkevat reitit / reitit, jaettuna (n−1)(n−2)/2:lla; n = "
        "organisaation vastaukset; osa = organisaatio",
        sv="Σ över par av vägar genom / vägar, delat med (n−1)(n−2)/2; n = "
        "organisationens svar; del = organisation",
        en="Σ over pairs of paths through / paths, divided by (n−1)(n−2)/2; n = the "
        "organisation's answers; part = organisation",
    ),
    unit=Unit.COEFFICIENT,
    better="none",
    about=About.RECORDS,
    frame="ties",
    source=Text(
        fi="Freeman 1977; Brandes 2001; tarkistettu Firenzen avioliitoilla, Medici 0,522",
        sv="Freeman 1977; Brandes 2001; kontrollerat med florentinska äktenskap, Medici 0,522",
        en="Freeman 1977; Brandes 2001; checked on Florentine marriages, Medici .522",
    ),
    grade="B",
)

BESIDE = "roster"
#: Answers of an organisation (one a project and wave) below which it has no score of its own.
ANSWERS_NEEDED = 3


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Every tie under the part "" (the network), and once for each end that has enough projects."""
    atoms = atoms.assign(at=pd.Index(WAVES).get_indexer(atoms["wave"].astype(str)))
    ends = [atoms.assign(organisation=atoms[end]) for end in ("source", "target")]
    both = pd.concat(ends, ignore_index=True)
    projects = both.drop_duplicates(["project", "wave", "organisation"])
    several = projects.groupby(["wave", "organisation"], observed=True).size()
    several = several[several >= ANSWERS_NEEDED].index
    own = both[pd.MultiIndex.from_frame(both[["wave", "organisation"]]).isin(several)]
    whole = atoms.assign(organisation=-1)
    every = pd.concat([whole, own[whole.columns]], ignore_index=True)
    # A bare number would be read as a span of days where parts are named.
    named = "organisation:" + every["organisation"].astype(str)
    part = named.where(every["organisation"] >= 0, "")
    return every.assign(part=part.astype("category"))


def compute(rows: pd.DataFrame, roster: pd.DataFrame) -> pd.DataFrame:
    """Betweenness. Rows: source, target, organisation (-1: the whole network), at (the wave).

    Shape: organisations with ANSWERS_NEEDED answers or more.
    """
    is_whole = (rows["organisation"] == -1).to_numpy()
    whole = rows[is_whole]
    found = networks_of(whole, roster[roster["figure"].isin(whole["figure"]).to_numpy()])
    scores = pd.DataFrame(
        {
            "network": found.owner,
            "organisation": found.organisation,
            "score": betweenness(found),
            "answered": found.response[found.owner],
        }
    )
    given = roster if "organisation" in roster else pd.DataFrame(_NO_ROSTER)
    answers = given[(given["answered"] > 0).to_numpy()].groupby(["figure", "organisation"]).size()
    answers = answers.rename("answers").rename_axis(["network", "organisation"]).reset_index()
    place = ["level", "entity", "at"]
    own = rows[~is_whole].astype({"level": str})
    projects = own.groupby("figure")["project"].nunique()
    own = own.drop_duplicates("figure")[["figure", *place, "organisation"]]
    networks = whole.astype({"level": str}).drop_duplicates("figure")[["figure", *place]]
    own = own.merge(networks.rename(columns={"figure": "network"}), on=place)
    own = own.merge(answers, on=["network", "organisation"])
    own = own.merge(scores, on=["network", "organisation"])
    own = own[(own["answers"] >= ANSWERS_NEEDED).to_numpy()].sort_values("figure")
    silent = (own["answered"] < ANSWERED_NEEDED - 1e-9).to_numpy()
    nothing = np.full(len(own), np.nan)
    figures = estimates(
        Interval(np.where(silent, np.nan, own["score"]), nothing, nothing),
        n=own["answers"].to_numpy(dtype=np.int64),
        projects=projects.reindex(own["figure"]).to_numpy(dtype=np.int64),
        method=Method.CENSUS,
        missing=np.where(silent, Reason.TIES_UNANSWERED.value, Reason.NOT_ESTIMABLE.value),
    )
    figures.index = own["figure"].to_numpy()
    return figures


_NO_ROSTER = {"figure": [], "organisation": [], "answered": []}
