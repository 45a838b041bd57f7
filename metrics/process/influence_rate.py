"""Influence: the share of decided proposals that were adopted, wholly or in part."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.registers import flag_shares
from survey.text import Text

METRIC = Metric(
    id="influence_rate",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Ehdotusten vaikutus",
        sv="Förslagens genomslag",
        en="Proposals adopted",
    ),
    reading=Text(
        fi="Kuinka suuri osa päätetyistä ehdotuksista hyväksyttiin.",
        sv="Hur stor andel av de avgjorda förslagen som godkändes.",
        en="The share of decided proposals that were adopted.",
    ),
    definition=Text(
        fi="Kokonaan tai osittain hyväksytyt ehdotukset jaettuna niillä, joista on päätetty. "
        "Avoimet ehdotukset eivät ole mukana. Pieni luku voi johtua myös siitä, millaisia "
        "ehdotuksia tehtiin, eikä hyväksyntä vielä kerro, että ehdotus toteutui.",
        sv="Förslag som godkänts helt eller delvis, delat med dem som avgjorts. Öppna förslag är "
        "inte med. Ett litet tal kan också bero på vilka förslag som gjordes, och ett "
        "godkännande visar ännu inte att förslaget förverkligades.",
        en="Proposals adopted wholly or in part, divided by those decided. Open proposals are not "
        "in it. A low figure may also come from the kind of proposals made, and adoption does "
        "not yet tell that a proposal came true.",
    ),
    formula=Text(
        fi="kokonaan tai osittain hyväksytyt / päätetyt; Wilson kaikilla tasoilla",
        sv="godkända helt eller delvis / avgjorda; Wilson på alla nivåer",
        en="adopted wholly or in part / decided; Wilson at every level",
    ),
    unit=Unit.SHARE,
    better="up",
    about=About.RECORDS,
    frame="proposal_log",
    source=Text(
        fi="Oma määritelmä ehdotusrekisteristä; väli Wilson 1927, Newcombe 1998",
        sv="Egen definition ur förslagsregistret; intervall Wilson 1927, Newcombe 1998",
        en="Own definition over the proposal register; interval Wilson 1927, Newcombe 1998",
    ),
    grade="B",
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """The decided proposals, and which of them were adopted."""
    decided = atoms[(atoms["decided"] == 1).to_numpy()]
    return decided[["project"]].assign(numerator=decided["adopted"], denominator=1)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share adopted. Rows: numerator, denominator."""
    return flag_shares(rows)
