"""Response rate: how many of those invited answered, where the number invited is known."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.metric import About, Metric, Reason, Unit
from metrics.statistics import survey_shares
from survey.instrument import UNKNOWN_GROUP
from survey.text import Text

METRIC = Metric(
    id="response_rate",
    version=1,
    kind="process",
    question="Q3",
    label=Text(fi="Vastausosuus", sv="Svarsfrekvens", en="Response rate"),
    reading=Text(
        fi="Kuinka suuri osa kutsutuista vastasi kyselyyn.",
        sv="Hur stor andel av de inbjudna som svarade på enkäten.",
        en="The share of those invited who answered the survey.",
    ),
    definition=Text(
        fi="Vastanneet jaettuna kutsutuilla. Kun kutsuttujen määrää ei tunneta tai vastauksia on "
        "enemmän kuin kutsuttuja, osuutta ei voi laskea, eikä sen tilalle merkitä sataa "
        "prosenttia. Usean hankkeen luvussa ovat mukana hankkeet, joiden osuus tunnetaan; ihmiset "
        "lasketaan yhteen, ei prosentteja.",
        sv="De som svarat delat med de inbjudna. När antalet inbjudna inte är känt, eller svaren "
        "är fler än de inbjudna, kan andelen inte räknas, och hundra procent sätts inte i dess "
        "ställe. I talet för flera projekt ingår de projekt vars andel är känd; människorna räknas "
        "ihop, inte procenten.",
        en="Respondents divided by people invited. Where the number invited is not known, or there "
        "are more answers than invitations, the share cannot be computed, and no hundred per cent "
        "stands in for it. The figure of several projects covers those whose rate is known; people "
        "are added up, not percentages.",
    ),
    formula=Text(
        fi="vastanneet / kutsutut; yksi hanke: Wilson; useampi hanke: linearisoitu suhde "
        "hankkeiden yli, ± t(0,975; J−1); n = vastanneet",
        sv="de som svarat / inbjudna; ett projekt: Wilson; flera projekt: lineariserad "
        "kvot över projekten, ± t(0,975; J−1); n = de som svarat",
        en="respondents / invited; one project: Wilson; above: linearised ratio over "
        "projects, ± t(.975; J−1); n = respondents",
    ),
    unit=Unit.SHARE,
    better="up",
    about=About.RESPONDENTS,
    frame="respondents",
    source=Text(
        fi="Vastanneet / kelpoiset kutsutut, kuten AAPOR Standard Definitions (RR1); Wilson 1927",
        sv="Svar / behöriga inbjudna, som AAPOR Standard Definitions (RR1); Wilson 1927",
        en="Completes / eligible invited, as AAPOR's Standard Definitions (RR1); Wilson 1927",
    ),
    grade="B",
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Who answered and who was invited, and what is not known of it.

    gaps: named groups that answered although nobody counted their invitations; they do no harm
    where invitations were counted without groups (``ungrouped``). Respondents of an unknown group
    were invited as members of some group, so they have no row of their own.
    """
    invited = atoms["invited"].to_numpy()
    known = invited >= 0
    named = (atoms["group"] != UNKNOWN_GROUP).to_numpy()
    return atoms.assign(
        group=atoms["group"].astype(str).where(named, "").astype("category"),
        invited=np.where(known, invited, 0),
        known=known.astype(np.int64),
        ungrouped=(known & ~named).astype(np.int64),
        gaps=(~known & named & (atoms["n"].to_numpy() > 0)).astype(np.int64),
    )


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Share that answered. Rows: n (respondents), invited, known, ungrouped, gaps."""
    covered = (rows["known"] > 0) & ((rows["gaps"] == 0) | (rows["ungrouped"] > 0))
    usable = covered & (rows["invited"] > 0) & (rows["n"] <= rows["invited"])
    counted = rows.assign(
        numerator=rows["n"].where(usable, 0), denominator=rows["invited"].where(usable, 0)
    )
    found = survey_shares(counted, missing=Reason.UNKNOWN_FRAME)
    # n is those who answered: they are the people whom the disclosure gate protects.
    return found.assign(n=found["numerator"].fillna(0).astype(np.int64))
