"""Bounds of the benefit share: what it could be if everybody invited had answered."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.metric import KEYS, About, Method, Metric, Reason, Split, Unit
from metrics.statistics import Interval, estimates
from metrics.statistics.intervals import ratio
from survey.text import Text

METRIC = Metric(
    id="benefit_bounds",
    version=1,
    kind="outcome",
    question="Q1",
    label=Text(
        fi="Hyötyneiden osuuden rajat",
        sv="Gränser för andelen som haft nytta",
        en="Bounds of the share that benefited",
    ),
    reading=Text(
        fi="Mille välille hyötyneiden osuus kutsutuista jää, vastasivatpa loput mitä tahansa.",
        sv="Mellan vilka gränser andelen av de inbjudna som haft nytta ligger, vad de övriga än "
        "hade svarat.",
        en="Between which limits the share of those invited that benefited lies, whatever the "
        "others would have answered.",
    ),
    definition=Text(
        fi="Alaraja olettaa, ettei kukaan vastaamatta jättänyt hyötynyt, yläraja, että kaikki "
        "hyötyivät. Väli ei kerro sattumasta, eikä sitä voi kaventaa ilman oletuksia. Keskellä on "
        "vastanneiden osuus. Mukana ovat hankkeet, joiden kutsutut tunnetaan ja luvut näytetään.",
        sv="Den lägre gränsen antar att ingen av dem som inte svarade hade nytta, den högre att "
        "alla hade det. Intervallet gäller inte slumpen och kan inte göras smalare utan "
        "antaganden. Där emellan står andelen bland dem som svarat. Med är projekt vars inbjudna "
        "är kända och vars tal visas.",
        en="The lower limit takes it that nobody who did not answer benefited, the upper that all "
        "of them did. The interval is not about chance, and nothing narrows it without "
        "assumptions. Between them stands the share among those who answered. Projects whose "
        "invited people are known and whose figures are shown take part.",
    ),
    formula=Text(
        fi="kyllä/N … (kyllä + N − n)/N, summattuna hankkeista; luku kyllä/n; N "
        "kutsuttua, n vastausta väittämään",
        sv="ja/N till (ja + N − n)/N, summerat över projekten; värdet ja/n; N inbjudna, "
        "n svar på påståendet",
        en="yes/N to (yes + N − n)/N, summed over projects; value yes/n; N invited, n "
        "answers to the statement",
    ),
    unit=Unit.SHARE,
    better="up",
    about=About.RESPONDENTS,
    frame="results:benefit_share,response_rate",
    source=Text(
        fi="Pahimman tapauksen rajat, Manski 1989; Horowitz & Manski 1998",
        sv="Gränser i värsta fall, Manski 1989; Horowitz & Manski 1998",
        en="Worst-case bounds, Manski 1989; Horowitz & Manski 1998",
    ),
    grade="C",
    contribution=Text(
        fi="Rajat koskevat vain puuttuvia vastauksia: hyödyn voi kokea myös muun kuin hankkeen "
        "ansiosta, ja vastanneetkin voivat arvioida väärin.",
        sv="Gränserna gäller bara svar som saknas: nyttan kan också bero på annat än projektet, "
        "och de som svarat kan bedöma fel.",
        en="The limits concern missing answers only: the benefit may be owed to other things than "
        "the project, and those who answered may misjudge it.",
    ),
)

_AT = ["instrument", "wave", "entity", "split", "split_value"]
_FIGURE = ["instrument", "part", "level", "entity", "wave", "split", "split_value"]


def derive(results: dict[str, pd.DataFrame], nodes: pd.DataFrame) -> pd.DataFrame:
    """Bounds of each entity from its projects whose benefit and response are both shown."""
    benefit, response = (_of_projects(results[name]) for name in ("benefit_share", "response_rate"))
    invited = response[[*_AT, "denominator"]].rename(columns={"denominator": "invited"})
    both = benefit[[*_AT, "part", "numerator", "denominator"]].merge(invited, on=_AT)
    # More answers than invited people: then the invited are not all known.
    both = both[(both["denominator"] <= both["invited"]).to_numpy()]
    below = both.rename(columns={"entity": "project"}).merge(nodes, on="project")
    below = below.astype({name: str for name in ("level", "split")})
    sums = below.groupby(_FIGURE, as_index=False, observed=True).agg(
        yes=("numerator", "sum"), n=("denominator", "sum"), invited=("invited", "sum"),
        projects=("project", "nunique"),
    )  # fmt: skip
    yes, n, whole = (sums[name].to_numpy(dtype=float) for name in ("yes", "n", "invited"))
    interval = Interval(ratio(yes, n), ratio(yes, whole), ratio(yes + whole - n, whole))
    figures = estimates(
        interval,
        n=n.astype(np.int64),
        projects=sums["projects"].to_numpy(dtype=np.int64),
        method=Method.BOUNDS,
        numerator=yes.astype(np.int64),
        denominator=n.astype(np.int64),
        missing=Reason.UNKNOWN_FRAME,
    )
    return pd.concat([sums[KEYS], figures], axis=1).assign(coverage=ratio(n, whole))


def _of_projects(shown: pd.DataFrame) -> pd.DataFrame:
    """A metric's shown shares of projects, in all and by group, with their counts."""
    own = (shown["level"] == "project") & (shown["split"] != Split.PHASE)
    known = shown["numerator"].notna() & shown["denominator"].notna() & shown["value"].notna()
    found = shown[(own & known).to_numpy()]
    words = [name for name in [*_AT, "part"] if name != "entity"]
    return found.astype({**dict.fromkeys(words, str), "numerator": float, "denominator": float})
