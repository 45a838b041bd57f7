"""Weighted process quality: the scores as if all groups had answered as eagerly as each other."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.metric import KEYS, About, Method, Metric, Reason, Split, Unit
from metrics.statistics import Interval, estimates
from metrics.statistics.invited import WHOLE_ENOUGH, at_entities, invited_cells, named, raked
from metrics.statistics.weighting import stratified_mean, weighted_mean
from survey.text import Text

METRIC = Metric(
    id="weighted_quality",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Painotettu prosessin laatu",
        sv="Viktad kvalitet på processen",
        en="Weighted process quality",
    ),
    reading=Text(
        fi="Prosessin laatu 0–100, jos kaikki ryhmät olisivat vastanneet yhtä ahkerasti.",
        sv="Processens kvalitet 0–100, om alla grupper hade svarat lika flitigt.",
        en="Process quality on 0–100, had all groups answered alike.",
    ),
    definition=Text(
        fi="Ryhmien näytettävät keskiarvot painotettuna sillä, kuinka monta ihmistä ryhmästä "
        "kutsuttiin. Usean hankkeen luvussa painot sovitetaan hankkeiden ja ryhmien kutsuttuihin, "
        "eikä kukaan paina yli viisinkertaisesti; luku on silloin keskimääräisen kutsutun, ei "
        "keskimääräisen hankkeen. Lasketaan, kun näytettävissä ryhmissä on vähintään 80 % "
        "kutsutuista. Paino ei korjaa sitä, että ryhmän sisällä vastaavat erilaiset ihmiset.",
        sv="De visade medeltalen per grupp viktade med hur många i gruppen som blev inbjudna. För "
        "flera projekt anpassas vikterna till de inbjudna per projekt och grupp, och ingen väger "
        "mer än fem gånger det vanliga; talet gäller då den genomsnittliga inbjudna, inte det "
        "genomsnittliga projektet. Räknas när de visade grupperna omfattar minst 80 % av de "
        "inbjudna. Vikterna rättar inte till att olika människor svarar inom en grupp.",
        en="The groups' shown means weighted by how many people of the group were invited. For "
        "several projects weights are fitted to the people invited by project and by group, and "
        "nobody weighs more than five times the usual; the figure then speaks for the average "
        "invited person, not the average project. Computed where the groups shown hold at least "
        "80 % of those invited. Weights do not mend that different people answer within a group.",
    ),
    formula=Text(
        fi="hanke: Σ (N_g/N)·m_g, ± t(n − ryhmät), tunnetut osuudet hyvitetään; useampi "
        "hanke: Σ w·m / Σ w, w sovitettu N:ään hankkeittain ja ryhmittäin, katkaistu "
        "5 × keskipainoon, linearisoitu hankkeiden yli, t(J−1), sovitusta ei hyvitetä",
        sv="projekt: Σ (N_g/N)·m_g, ± t(n − grupper), kända andelar tillgodoräknas; "
        "flera projekt: Σ w·m / Σ w, w rakade till N per projekt och per grupp, "
        "kapade vid 5 × medelvikten, lineariserat över projekten, t(J−1), "
        "anpassningen tillgodoräknas inte",
        en="project: Σ (N_g/N)·m_g, ± t(n − groups), with credit for the known shares; "
        "above: Σ w·m / Σ w, w raked to N by project and by group, trimmed at 5 × the "
        "mean weight, linearised over projects, t(J−1), no credit for the fitting",
    ),
    unit=Unit.POINTS,
    better="up",
    about=About.RESPONDENTS,
    frame="results:process_quality,response_rate",
    source=Text(
        fi="Jälkiositus: Cochran 1977, 5.4; painojen sovitus: Deming & Stephan 1940; Woodruff 1971",
        sv="Poststratifiering: Cochran 1977, 5.4; rakning: Deming & Stephan 1940; Woodruff 1971",
        en="Post-stratification: Cochran 1977, 5.4; raking: Deming & Stephan 1940; Woodruff 1971",
    ),
    grade="C",
)

_FIGURE = ["instrument", "part", "wave", "level", "entity"]


def derive(results: dict[str, pd.DataFrame], nodes: pd.DataFrame) -> pd.DataFrame:
    """Weighted points of every entity, from its projects of which enough groups are shown.

    Missing: hidden_parts where the shown groups hold too few of those invited; not_estimable where
    the weights do not settle.
    """
    cells = invited_cells(results["response_rate"], results["process_quality"])
    cells = at_entities(cells, nodes)
    cells = cells.sort_values([*_FIGURE, "project", "group"], ignore_index=True)
    keys = named(cells[_FIGURE].drop_duplicates(ignore_index=True))
    figure = cells.groupby(_FIGURE, observed=True).ngroup().to_numpy(dtype=np.int64)
    size = len(keys)
    whole = (cells["reach"] >= WHOLE_ENOUGH).to_numpy()
    cells, figure = cells[whole].reset_index(drop=True), figure[whole]
    pairs = cells.assign(figure=figure).drop_duplicates(["figure", "project"])
    projects = np.bincount(pairs["figure"], minlength=size).astype(np.int64)
    one = projects[figure] == 1
    interval = Interval(*(np.full(size, np.nan) for _ in range(3)))
    for chosen, estimate in ((one, _of_one), (~one, _of_several)):
        found = estimate(cells[chosen].reset_index(drop=True), figure[chosen], size)
        at = np.unique(figure[chosen])
        for ends, known in zip(interval, found, strict=True):
            ends[at] = known[at]
    figures = estimates(
        interval,
        n=np.bincount(figure, cells["n"], size).astype(np.int64),
        projects=projects,
        method=Method.LINEARISED,
        missing=np.where(projects > 0, Reason.NOT_ESTIMABLE.value, Reason.HIDDEN_PARTS.value),
    )
    keys = keys.assign(split=Split.TOTAL.value, split_value="")
    return pd.concat([keys[KEYS], figures], axis=1)


def _of_one(cells: pd.DataFrame, figure: np.ndarray, size: int) -> Interval:
    """Post-stratified by group, for figures that rest on one project."""
    invited = cells["invited"].to_numpy()
    share = invited / np.bincount(figure, invited, size)[figure]
    value, variance, n = (cells[name].to_numpy() for name in ("value", "variance", "n"))
    return stratified_mean(figure, share, value, variance, n, size)


def _of_several(cells: pd.DataFrame, figure: np.ndarray, size: int) -> Interval:
    """Raked to the people invited by project and by group, projects as clusters."""
    weight, settled = raked(cells, figure, size)
    project = cells["project"].to_numpy(dtype=np.int64)
    cluster = figure * (project.max() + 1 if len(project) else 1) + project
    total = weight * cells["n"].to_numpy()
    value = cells["value"].to_numpy()
    found = weighted_mean(figure, cluster, total, value, size, bounds=(0.0, 100.0))
    return Interval(*(np.where(settled, end, np.nan) for end in found))
