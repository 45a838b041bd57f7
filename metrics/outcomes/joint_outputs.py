"""Joint outputs: what joint work left behind, by kind."""

from __future__ import annotations

import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics import counts
from metrics.statistics.registers import project_sums
from survey.text import Text

METRIC = Metric(
    id="joint_outputs",
    version=1,
    kind="outcome",
    question="Q1",
    label=Text(
        fi="Yhteiset tuotokset",
        sv="Gemensamma resultat",
        en="Joint outputs",
    ),
    reading=Text(
        fi="Kuinka monta julkaisua, opinnäytettä, hakemusta ja muuta yhteistä tuotosta syntyi.",
        sv="Hur många publikationer, examensarbeten, ansökningar och andra gemensamma resultat "
        "som uppstod.",
        en="How many publications, theses, applications and other joint outputs there are.",
    ),
    definition=Text(
        fi="Hankkeiden kirjaamat yhteiset tuotokset lajeittain. Opintopisteistä ja "
        "vapaaehtoisista lasketaan niiden määrä. Luku ei kerro tuotosten laadusta, ja sama "
        "tuotos voi olla kahden hankkeen kirjoissa.",
        sv="De gemensamma resultat som projekten antecknat, efter slag. Av studiepoäng och "
        "frivilliga räknas antalet. Talet säger inget om resultatens kvalitet, och samma "
        "resultat kan vara antecknat av två projekt.",
        en="The joint outputs that projects recorded, by kind. Of credits and volunteers their "
        "number is counted. The figure tells nothing of how good they are, and two projects "
        "may have recorded the same output.",
    ),
    formula=Text(
        fi="yhden lajin tuotokset Σ; osa: laji; kokonaislaskenta, ei väliä",
        sv="Σ resultat av ett slag; del: slaget; totalräkning, inget intervall",
        en="Σ outputs of a kind; a census, no interval; part: the kind",
    ),
    unit=Unit.COUNT,
    better="up",
    about=About.RECORDS,
    frame="outputs",
    source=Text(
        fi="Oma määritelmä tuotosrekisteristä",
        sv="Egen definition ur resultatregistret",
        en="Own definition over the output register",
    ),
    grade="D",
    contribution=Text(
        fi="Tekijät olisivat voineet tehdä yhteistyötä muutenkin, ja tuotoksella on usein monta "
        "rahoittajaa.",
        sv="Upphovspersonerna kunde ha samarbetat även annars, och ett resultat har ofta flera "
        "finansiärer.",
        en="The authors might have worked together anyway, and an output often has several "
        "funders.",
    ),
)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """The outputs, under their kind."""
    return atoms.rename(columns={"kind": "part"})


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Number of outputs. Rows: n."""
    return counts(project_sums(rows, ["n"]))
