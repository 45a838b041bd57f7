"""Change beside comparison sites: what the projects changed more than places without them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.items import scales_of
from metrics.metric import About, Method, Metric, Reason, Unit
from metrics.statistics import estimates
from metrics.statistics.contrast import difference_in_differences
from metrics.statistics.intervals import ratio
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="difference_in_differences",
    version=1,
    kind="outcome",
    question="Q1",
    label=Text(
        fi="Muutos vertailukohteisiin nähden",
        sv="Förändring jämfört med andra objekt",
        en="Change beside comparison sites",
    ),
    reading=Text(
        fi="Kuinka monta pistettä hankkeiden muutos on suurempi kuin paikoissa, joissa ei "
        "kehitetty yhdessä.",
        sv="Hur många poäng större projektens förändring är än på platser utan samutveckling.",
        en="How many points more the projects changed than places where nothing was developed "
        "together.",
    ),
    definition=Text(
        fi="Hankkeiden keskimääräinen muutos alusta loppuun miinus vertailukohteiden muutos. "
        "Jokainen hanke ja kohde painaa saman verran. Luku olettaa, että ilman hanketta muutos "
        "olisi ollut sama kummassakin; sitä ei voi tarkistaa tästä luvusta, ja siksi aiempi "
        "kehitys on syytä katsoa rinnalta. Testi tehdään, kun kohteita riittää: kolmella "
        "hankkeella ja kolmella kohteella sitä ei tehdä.",
        sv="Projektens förändring i medeltal från början till slutet minus jämförelseobjektens. "
        "Varje projekt och objekt väger lika mycket. Talet antar att förändringen utan projektet "
        "hade varit densamma på båda sidor; det kan inte prövas med detta tal, och därför bör den "
        "tidigare utvecklingen ses bredvid. Testet görs när objekten räcker till: inte med tre "
        "projekt och tre objekt.",
        en="The projects' mean change from start to end less that of the comparison sites. Every "
        "project and site has the same weight. The figure takes it that without the projects the "
        "change would have been the same on both sides; that cannot be checked from it, so look "
        "at the earlier course beside it. It is tested where there are sites enough: not with "
        "three projects and three sites.",
    ),
    formula=Text(
        fi="(T₁ − T₀) − (C₁ − C₀) hankkeiden ja vertailukohteiden keskiarvoista; CR1, G "
        "rypästä, ± t(0,975; G−1); p: kaikki G:n jaot (yli 20 000 jaosta 4 999 "
        "kylvöluvulla), kun 2/C(G, T) ≤ 0,05",
        sv="(T₁ − T₀) − (C₁ − C₀) över medeltal av projekt och jämförelseobjekt; CR1 med "
        "G kluster, ± t(0,975; G−1); p: alla indelningar av G (4 999 med fast frö "
        "över 20 000), där 2/C(G, T) ≤ 0,05",
        en="(T₁ − T₀) − (C₁ − C₀) over means of projects and sites; CR1 with G clusters, "
        "± t(.975; G−1); p: all divisions of the G (4,999 seeded above 20,000), where "
        "2/C(G, T) ≤ .05",
    ),
    unit=Unit.CHANGE,
    better="up",
    about=About.RESPONDENTS,
    frame="scale_moments",
    source=Text(
        fi="Card & Krueger 1994; ryppäät: Liang & Zeger 1986; permutaatio: Fisher 1935",
        sv="Card & Krueger 1994; kluster: Liang & Zeger 1986; permutation: Fisher 1935",
        en="Card & Krueger 1994; clusters: Liang & Zeger 1986; permutation: Fisher 1935",
    ),
    grade="A",
    contribution=Text(
        fi="Vertailukohteet on voitu valita niin, että ne kehittyvät eri tahtiin, tai niissä on "
        "samaan aikaan tapahtunut muuta; silloin ero ei ole hankkeiden ansiota.",
        sv="Jämförelseobjekten kan vara valda så att de utvecklas i annan takt, eller annat kan ha "
        "hänt där samtidigt; då beror skillnaden inte på projekten.",
        en="The comparison sites may have been chosen so that they move at another pace, or other "
        "things may have happened there meanwhile; then the difference is not the projects' doing.",
    ),
)

AGAINST_SITES = True
_MOMENTS = ("n", "total")


def reads(instrument: Instrument) -> list[dict]:
    """Every scale of an outcome questionnaire."""
    return scales_of(instrument, "outcome")


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """The sums of the baseline and the end side by side, under the wave "end"."""
    atoms = atoms[atoms["wave"].isin(["baseline", "end"]).to_numpy()]
    is_end = (atoms["wave"] == "end").to_numpy()
    sides = {
        f"{side}_{moment}": np.where(chosen, atoms[moment].to_numpy(), 0)
        for side, chosen in (("earlier", ~is_end), ("later", is_end))
        for moment in _MOMENTS
    }
    wave = pd.Categorical(["end"]).take(np.zeros(len(atoms), dtype=int))
    return atoms[["project", "instrument", "part", "unit"]].assign(wave=wave, **sides)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Difference in points. Rows: earlier_n, earlier_total, later_n, later_total, comparison, unit.

    Missing: one_project for a single project; no_comparison where all are projects (or sites).
    A value with the reason too_few_sites has an interval where both sides have two, and no p.
    """
    size = int(rows["figure"].max()) + 1 if len(rows) else 0
    rows = rows[((rows["earlier_n"] > 0) & (rows["later_n"] > 0)).to_numpy()]
    figure = rows["figure"].to_numpy()
    means = {
        side: ratio(100 * rows[f"{side}_total"], rows[f"{side}_n"] * rows["unit"])
        for side in ("earlier", "later")
    }
    found = difference_in_differences(
        figure,
        means["later"] - means["earlier"],
        1 - rows["comparison"].to_numpy(),
        size,
        (-100.0, 100.0),
    )
    n = np.bincount(figure, np.minimum(rows["earlier_n"], rows["later_n"]), size).astype(np.int64)
    projects = found.treated + found.compared
    alone = np.where(projects == 1, Reason.ONE_PROJECT.value, Reason.NO_COMPARISON.value)
    figures = estimates(
        found.interval,
        n=n,
        projects=projects,
        method=Method.CLUSTER_ROBUST,
        missing=alone,
        p=found.p,
    )
    untested = (figures["value"].notna() & np.isnan(found.p)).to_numpy()
    figures.loc[untested, "reason"] = Reason.TOO_FEW_SITES.value
    return figures[projects > 0]
