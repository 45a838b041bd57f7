"""Effective number of answers: what uneven response leaves of the answers once weighted."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.metric import KEYS, About, Method, Metric, Reason, Split, Unit
from metrics.statistics import Interval, estimates
from metrics.statistics.invited import at_entities, invited_cells, named, raked
from metrics.statistics.weighting import effective_number
from survey.text import Text

METRIC = Metric(
    id="effective_n",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Vastausten tehollinen määrä",
        sv="Effektivt antal svar",
        en="Effective number of answers",
    ),
    reading=Text(
        fi="Kuinka montaa tasaisesti saatua vastausta painotetut vastaukset vastaavat.",
        sv="Hur många jämnt fördelade svar de viktade svaren motsvarar.",
        en="How many evenly collected answers the weighted ones are worth.",
    ),
    definition=Text(
        fi="Painojen summan neliö jaettuna painojen neliöiden summalla. Kun kaikki ryhmät "
        "vastaavat yhtä ahkerasti, luku on vastausten määrä; mitä epätasaisempaa, sitä pienempi. "
        "Mukana ovat ryhmät, joiden vastausosuus näytetään. Saman hankkeen vastausten "
        "samankaltaisuutta luku ei vähennä.",
        sv="Kvadraten på summan av vikterna delad med summan av vikternas kvadrater. När alla "
        "grupper svarar lika flitigt är talet antalet svar; ju ojämnare, desto mindre. Med är "
        "grupper vars svarsfrekvens visas. Att svar i ett projekt liknar varandra drar talet inte "
        "av för.",
        en="The square of the sum of the weights divided by the sum of their squares. Where all "
        "groups answer alike it is the number of answers; the less even, the smaller it is. Groups "
        "whose response rate is shown take part. It makes no allowance for answers of one project "
        "being alike.",
    ),
    formula=Text(
        fi="(Σw)² / Σw²; hanke: w = N_g/n_g; useampi hanke: sovitettu kutsuttuihin "
        "hankkeittain ja ryhmittäin, katkaistu 5 × keskipainoon",
        sv="(Σw)² / Σw²; projekt: w = N_g/n_g; flera projekt: rakade till de inbjudna "
        "per projekt och per grupp, kapade vid 5 × medelvikten",
        en="(Σw)² / Σw²; project: w = N_g/n_g; above: raked to the people invited by "
        "project and by group, trimmed at 5 × the mean weight",
    ),
    unit=Unit.EFFECTIVE,
    better="up",
    about=About.RESPONDENTS,
    frame="results:response_rate",
    source=Text(
        fi="Kish 1965",
        sv="Kish 1965",
        en="Kish 1965",
    ),
    grade="B",
)

_FIGURE = ["instrument", "wave", "level", "entity"]


def derive(results: dict[str, pd.DataFrame], nodes: pd.DataFrame) -> pd.DataFrame:
    """One number for each entity below which a group's response rate is shown.

    Missing: not_estimable where the weights do not settle.
    """
    cells = invited_cells(results["response_rate"])
    cells = at_entities(cells, nodes)
    cells = cells.sort_values([*_FIGURE, "project", "group"], ignore_index=True)
    keys = named(cells[_FIGURE].drop_duplicates(ignore_index=True))
    figure = cells.groupby(_FIGURE, observed=True).ngroup().to_numpy(dtype=np.int64)
    size, n = len(keys), cells["n"].to_numpy(dtype=float)
    weight, settled = raked(cells, figure, size)
    pairs = cells.assign(figure=figure).drop_duplicates(["figure", "project"])
    projects = np.bincount(pairs["figure"], minlength=size).astype(np.int64)
    # One project is post-stratified: its weights are what they are.
    weight = np.where(projects[figure] == 1, cells["invited"].to_numpy() / n, weight)
    value = np.where(settled, effective_number(figure, weight, n, size), np.nan)
    nothing = np.full(size, np.nan)
    figures = estimates(
        Interval(value, nothing, nothing),
        n=np.bincount(figure, n, size).astype(np.int64),
        projects=projects,
        method=Method.CENSUS,
        missing=Reason.NOT_ESTIMABLE,
    )
    keys = keys.assign(part="", split=Split.TOTAL.value, split_value="")
    return pd.concat([keys[KEYS], figures], axis=1)
