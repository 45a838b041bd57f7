"""Change in the share that agrees: the same people before and after, statement by statement."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.change import paired_shares
from survey.instrument import AnswerKind, Instrument
from survey.text import Text

METRIC = Metric(
    id="change_share",
    version=1,
    kind="outcome",
    question="Q1",
    label=Text(
        fi="Samaa mieltä olevien osuuden muutos",
        sv="Förändring i andelen som är av samma åsikt",
        en="Change in the share that agrees",
    ),
    reading=Text(
        fi="Kuinka monta prosenttiyksikköä väittämän kanssa samaa mieltä olevien osuus nousi tai "
        "laski samojen ihmisten joukossa.",
        sv="Hur många procentenheter andelen som håller med om påståendet steg eller sjönk bland "
        "samma personer.",
        en="How many percentage points the share that agrees with the statement rose or fell "
        "among the same people.",
    ),
    definition=Text(
        fi="Samaa mieltä myöhemmin olevien osuus miinus osuus alussa, samoista ihmisistä. Ne, "
        "jotka vaihtoivat puolta, ratkaisevat testin. Lasketaan, kun pareja on vähintään kymmenen. "
        "Usean hankkeen luvussa lasketaan yhteen ihmiset. Luku ei kerro, kuinka paljon kenenkään "
        "mieli muuttui, eikä miksi.",
        sv="Andelen som senare är av samma åsikt minus andelen i början, av samma personer. De som "
        "bytte sida avgör testet. Räknas när det finns minst tio par. För flera projekt räknas "
        "människorna ihop. Talet visar inte hur mycket någon ändrade åsikt, och inte varför.",
        en="The share that agrees later less the share at the start, of the same people. Those "
        "who changed sides decide the test. Computed for ten pairs or more. For several projects "
        "people are added up. The figure does not tell how far anyone's mind moved, nor why.",
    ),
    formula=Text(
        fi="100 · (samaa mieltä tulleet − siitä luopuneet) / parit; yksi hanke: Newcomben väli "
        "pareille, p McNemar ilman korjausta (tarkka binomi, jos puolta vaihtoi alle 25); "
        "useampi hanke: linearisoitu suhde, ± t(0,975; J−1)",
        sv="100 · (började hålla med − slutade hålla med) / par; ett projekt: Newcombes "
        "intervall för par, p McNemar utan korrigering (exakt binomial om färre än 25 bytte "
        "sida); flera projekt: lineariserad kvot, ± t(0,975; J−1)",
        en="100 · (gained − lost) / pairs; one project: Newcombe's interval for pairs, p "
        "McNemar without correction (exact binomial under 25 who changed sides); above: "
        "linearised ratio, ± t(.975; J−1)",
    ),
    unit=Unit.CHANGE,
    better="none",
    about=About.RESPONDENTS,
    frame="paired_choices",
    source=Text(
        fi="McNemar 1947; Newcombe 1998 (parit, menetelmä 10); yhdistäminen: Cochran 1977",
        sv="McNemar 1947; Newcombe 1998 (par, metod 10); sammanslagning: Cochran 1977",
        en="McNemar 1947; Newcombe 1998 (pairs, method 10); pooling: Cochran 1977",
    ),
    grade="B",
    minimum_n=10,
    contribution=Text(
        fi="Mieltä voi muuttaa myös se, että kysytään toisen kerran, tai jokin hankkeen "
        "ulkopuolinen tapahtuma.",
        sv="En åsikt kan också ändras av att man tillfrågas en andra gång, eller av något utanför "
        "projektet.",
        en="Being asked a second time, or something outside the project, may change an answer too.",
    ),
)


def reads(instrument: Instrument) -> list[dict]:
    """Every item of an outcome questionnaire whose answers have a threshold."""
    if instrument.kind != "outcome":
        return []
    return [
        {"part": item.code, "item": item.code}
        for item in instrument.closed_items
        for answers in [instrument.answers_of(item.code)]
        if answers.kind is AnswerKind.ORDINAL and answers.threshold is not None
    ]


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Pairs from the baseline on by what they answered before and after."""
    later = atoms[(atoms["earlier"] == "baseline").to_numpy()]
    before, after = later["before"].to_numpy() == 1, later["after"].to_numpy() == 1
    n = later["n"].to_numpy()
    cells = {
        "both": before & after,
        "gained": ~before & after,
        "lost": before & ~after,
        "neither": ~before & ~after,
    }
    return later.drop(columns=["earlier", "before", "after"]).assign(
        **{name: np.where(chosen, n, 0) for name, chosen in cells.items()}
    )


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Percentage points. Rows: both, gained, lost, neither (pairs)."""
    return paired_shares(rows)
