"""Groups among those who answered: each group's share beside its share of those invited."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.metric import ESTIMATE_VALUES, KEYS, About, Metric, Reason, Split, Unit, ValueState
from survey.text import Text

METRIC = Metric(
    id="group_representation",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Ryhmät vastaajissa",
        sv="Grupperna bland dem som svarat",
        en="Groups among respondents",
    ),
    reading=Text(
        fi="Ryhmän osuus vastaajista suhteessa sen osuuteen kutsutuista: 1 on sama osuus, alle 0,5 "
        "alle puolet siitä, mitä pitäisi.",
        sv="Gruppens andel av dem som svarat i förhållande till dess andel av de inbjudna: 1 är "
        "samma andel, under 0,5 mindre än hälften av vad den borde vara.",
        en="The group's share of respondents beside its share of those invited: 1 is the same "
        "share, below 0.5 less than half of what it should be.",
    ),
    definition=Text(
        fi="Ryhmän vastausosuus jaettuna kaikkien vastausosuudella, mikä on sama kuin osuuksien "
        "suhde. Luetaan näytettävistä vastausosuuksista. Väli on ryhmän vastausosuuden väli "
        "jaettuna samalla luvulla. Oikea osuus ei takaa, että vastanneet ajattelevat kuten koko "
        "ryhmä.",
        sv="Gruppens svarsfrekvens delad med allas svarsfrekvens, vilket är detsamma som kvoten "
        "mellan andelarna. Läses av de svarsfrekvenser som visas. Intervallet är gruppens "
        "svarsfrekvens delad med samma tal. Rätt andel garanterar inte att de som svarat tycker "
        "som sin grupp.",
        en="The group's response rate divided by everybody's, which is the ratio of the two "
        "shares. Read off the response rates that are shown. The interval is that of the group's "
        "rate divided by the same number. A right share does not promise that those who answered "
        "think as their group does.",
    ),
    formula=Text(
        fi="(n_g/n) / (N_g/N) = r_g / r; huomautus alle ½; n = ryhmän vastanneet",
        sv="(n_g/n) / (N_g/N) = r_g / r; anmärkning under ½; n = de i gruppen som svarat",
        en="(n_g/n) / (N_g/N) = r_g / r; flagged below ½; n = people of the group who answered",
    ),
    unit=Unit.RATIO,
    better="none",
    about=About.RESPONDENTS,
    frame="results:response_rate",
    source=Text(
        fi="Vertailu kehikkoon tunnetuissa ositteissa, Groves & Peytcheva 2008; väli Wilson",
        sv="Jämförelse med ramen i kända strata, Groves & Peytcheva 2008; intervall Wilson",
        en="Comparison with the frame on known strata, Groves & Peytcheva 2008; interval Wilson",
    ),
    grade="B",
)

_KEY = ["instrument", "wave", "level", "entity"]


def derive(results: dict[str, pd.DataFrame], _nodes: pd.DataFrame) -> pd.DataFrame:
    """One ratio for each group whose response rate is listed.

    Missing: hidden_parts where the group's rate or everybody's is hidden; unknown_frame where one
    of them is not known or nobody answered.
    """
    rates = results["response_rate"]
    totals = rates[(rates["split"] == Split.TOTAL).to_numpy()]
    whole = totals[[*_KEY, "value", "state"]].rename(
        columns={"value": "whole", "state": "whole_state"}
    )
    groups = rates[(rates["split"] == Split.GROUP).to_numpy()].merge(whole, on=_KEY)
    hidden = (groups["state"] == ValueState.SUPPRESSED) | (
        groups["whole_state"] == ValueState.SUPPRESSED
    )
    rate = groups["whole"].astype(float)
    for end in ("value", "low", "high"):
        groups[end] = groups[end].astype(float) / rate.where(rate > 0)
    absent = groups["value"].isna()
    reason = np.where(hidden, Reason.HIDDEN_PARTS.value, Reason.UNKNOWN_FRAME.value)
    groups["reason"] = groups["reason"].astype(object).mask(absent, pd.Series(reason))
    groups["method"] = groups["method"].astype(object).mask(absent, "none")
    groups[["numerator", "denominator"]] = groups[["numerator", "denominator"]].mask(absent)
    return groups[[*KEYS, *ESTIMATE_VALUES]]
