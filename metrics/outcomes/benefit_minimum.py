"""Benefit of the group that benefited least: did everybody get something out of it?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.metric import (
    ESTIMATE_VALUES,
    KEYS,
    About,
    Method,
    Metric,
    Reason,
    Split,
    Unit,
    ValueState,
)
from survey.instrument import UNKNOWN_GROUP
from survey.text import Text

METRIC = Metric(
    id="benefit_minimum",
    version=1,
    kind="outcome",
    question="Q1",
    label=Text(
        fi="Vähiten hyötynyt näytetyistä ryhmistä",
        sv="Minst nytta av de grupper som visas",
        en="Least benefit among the groups shown",
    ),
    reading=Text(
        fi="Kuinka suuri osa hyötyi siinä ryhmässä, jossa hyötyneitä oli vähiten.",
        sv="Hur stor andel som haft nytta i den grupp där andelen är minst.",
        en="The share that benefited in the group where it is smallest.",
    ),
    definition=Text(
        fi="Pienin niistä ryhmien hyötyneiden osuuksista, jotka näytetään; luvun vieressä lukee, "
        "mikä ryhmä se on. Suojatut ryhmät eivät ole mukana, joten jokin näkymättömistä ryhmistä "
        "on voinut hyötyä vieläkin vähemmän. Pienin monesta luvusta on sattumankin takia pieni: "
        "katso väliä.",
        sv="Den minsta av de gruppvisa andelar som visas; bredvid talet står vilken grupp det "
        "gäller. Skyddade grupper är inte med, så någon grupp som inte syns kan ha haft ännu "
        "mindre nytta. Det minsta av många tal är litet också av en slump: se på intervallet.",
        en="The smallest of the groups' benefit shares that are shown; beside it stands which "
        "group it is. Protected groups are not in it, so a group that is not seen may have "
        "benefited even less. The smallest of many figures is small by chance too: look at the "
        "interval.",
    ),
    formula=Text(
        fi="näytettävien ryhmien hyötyneiden osuuksista pienin, sen ryhmän väli ja n",
        sv="minsta av de visade gruppernas andelar med nytta, med den gruppens intervall och n",
        en="min over the groups shown of the benefit share, with that group's interval and n",
    ),
    unit=Unit.SHARE,
    better="up",
    about=About.RESPONDENTS,
    frame="results:benefit_share",
    source=Text(
        fi="Koettelee väitettä ”kaikki osallistujat ovat hyötyneet” (Vantaan kaupunki, "
        "CoHeWe, 2021)",
        sv="Prövar påståendet ”alla deltagare har haft nytta” (Vanda stad, CoHeWe, 2021)",
        en="Tests the claim “all participants have benefited” (City of Vantaa, CoHeWe, 2021)",
    ),
    grade="C",
    contribution=Text(
        fi="Ryhmän pieni osuus voi johtua siitä, ketkä siitä vastasivat tai mitä he odottivat, "
        "eikä siitä, miten hanke kohteli heitä; pienimmäksi voi nousta sattumaltakin se, "
        "josta vastasi harva.",
        sv="En grupps låga andel kan bero på vilka i den som svarade eller vad de väntade sig, "
        "och inte på hur projektet bemötte dem; den lägsta kan också av en slump vara den där "
        "få svarade.",
        en="A group's low share may come from who of it answered or what they expected, and not "
        "from how the project treated them; by chance, too, the least is often a group of "
        "which few answered.",
    ),
)

_KEY = ["instrument", "level", "entity", "wave"]


def derive(results: dict[str, pd.DataFrame], _nodes: pd.DataFrame) -> pd.DataFrame:
    """The smallest group share of each entity and wave; the part names the group.

    Missing: hidden_parts, with the part "", where a hidden group must be the smallest (those shown
    are all above the total), or where hidden groups leave fewer than two to compare.
    """
    shares = results["benefit_share"]
    is_group = (shares["split"] == Split.GROUP) & (shares["split_value"] != UNKNOWN_GROUP)
    groups = shares[is_group.to_numpy()].astype({"reason": object, "method": object})
    shown = groups[groups["state"].isin([ValueState.VALUE, ValueState.ZERO])]
    smallest = shown.sort_values([*_KEY, "value", "split_value"]).drop_duplicates(_KEY)
    smallest = smallest.assign(part=smallest["split_value"].astype(str))
    hidden = groups[groups["state"] == ValueState.SUPPRESSED].drop_duplicates(_KEY)
    smallest = _told(smallest, shown, hidden, shares[(shares["split"] == Split.TOTAL).to_numpy()])
    alone = hidden.merge(smallest[_KEY], on=_KEY, how="left", indicator=True)
    alone = alone[(alone["_merge"] == "left_only").to_numpy()].assign(
        part="",
        n=0,
        projects=0,
        coverage=np.nan,
        method=Method.NONE.value,
        reason=Reason.HIDDEN_PARTS.value,
    )
    both = pd.concat([smallest, alone], ignore_index=True)
    both = both.assign(split=Split.TOTAL.value, split_value="")
    return both[[*KEYS, *ESTIMATE_VALUES, "coverage"]]


def _told(
    smallest: pd.DataFrame, shown: pd.DataFrame, hidden: pd.DataFrame, totals: pd.DataFrame
) -> pd.DataFrame:
    """The smallest shares of which it can be said that they are the smallest."""
    several = shown.groupby(_KEY, observed=True).size().rename("several").reset_index()
    whole = totals[[*_KEY, "value"]].rename(columns={"value": "whole"})
    secret = hidden[_KEY].assign(secret=True)
    found = smallest
    for more in (several, whole, secret):
        found = found.merge(more, on=_KEY, how="left")
    above = found["value"].astype(float) > found["whole"].astype(float)
    doubtful = found["secret"].notna() & ((found["several"] < 2) | above)
    return found.loc[~doubtful.to_numpy(), smallest.columns]
