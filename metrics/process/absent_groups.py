"""Absent groups: who is concerned and never took part."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.metric import KEYS, About, Method, Metric, Reason, Split, Unit, ValueState
from metrics.statistics import Interval, estimates
from survey.instrument import UNKNOWN_GROUP
from survey.text import Text

METRIC = Metric(
    id="absent_groups",
    version=1,
    kind="process",
    question="Q3",
    label=Text(fi="Puuttuvat ryhmät", sv="Grupper som saknas", en="Absent groups"),
    reading=Text(
        fi="Montako ryhmää, joita asia koskee, ei ole ollut mukana kertaakaan, ja mitkä.",
        sv="Hur många grupper som saken berör som aldrig varit med, och vilka.",
        en="How many groups that the matter concerns have never taken part, and which.",
    ),
    definition=Text(
        fi="Ryhmät, joiden väki tunnetaan ja joilta on näytettävissä nolla osallistumista. "
        "Jokainen puuttuva ryhmä on myös omana rivinään väkimäärineen. Suojattuja lukuja ei "
        "tulkita poissaoloksi, ja ryhmä, jonka väkeä kukaan ei ole merkinnyt, ei näy tässä. Luku "
        "ei kerro, miksi ryhmä puuttuu.",
        sv="Grupper vars befolkning är känd och som visas med noll deltaganden. Varje grupp som "
        "saknas står också på en egen rad med sin befolkning. Skyddade tal tolkas inte som "
        "frånvaro, och en grupp vars befolkning ingen har antecknat syns inte här. Talet säger "
        "inte varför en grupp saknas.",
        en="Groups whose population is known and who are shown with no participations. Each absent "
        "group also has a row of its own with its population. Protected figures are not taken for "
        "absence, and a group whose population nobody wrote down is not seen here. The figure "
        "does not tell why a group is absent.",
    ),
    formula=Text(
        fi="niiden ryhmien määrä, joissa on väkeä, jota asia koskee (yli 0), ja "
        "osallistumisia 0; osa = ryhmä: ryhmän väki",
        sv="antal grupper med berörda människor (över 0) och 0 deltaganden; del = grupp: "
        "gruppens människor",
        en="number of groups with an affected population above 0 and 0 participations; "
        "part = group: the people of that group",
    ),
    unit=Unit.COUNT,
    better="down",
    about=About.PARTICIPANTS,
    frame="results:participation",
    source=Text(
        fi="Oma määritelmä; edustavuuden rinnalla, koska tasaisestakin joukosta voivat "
        "puuttua juuri ne, joita asia koskee",
        sv="Egen definition; bredvid representativiteten, eftersom även en jämn "
        "blandning kan sakna de berörda",
        en="Own definition; beside representativeness, as an even mix may lack those concerned",
    ),
    grade="B",
)

_KEY = ["instrument", "wave", "level", "entity"]


def derive(results: dict[str, pd.DataFrame], _nodes: pd.DataFrame) -> pd.DataFrame:
    """The number of absent groups of each entity, and each of them.

    Missing: unknown_frame where no group's population is known.
    """
    shown = results["participation"]
    is_group = (shown["split"] == Split.GROUP) & (shown["split_value"] != UNKNOWN_GROUP)
    groups = shown[is_group.to_numpy()]
    groups = groups.astype({**dict.fromkeys(_KEY[:3], str), "split_value": str})
    listed = (groups["denominator"].fillna(0) > 0).to_numpy()
    nobody = (groups["state"] == ValueState.ZERO).to_numpy() & listed
    there = groups.assign(
        known=(listed | (groups["state"] == ValueState.SUPPRESSED).to_numpy()).astype(int),
        absent=nobody.astype(int),
    )
    whole = there.groupby(_KEY, as_index=False)[["known", "absent"]].sum()
    each = groups[nobody].reset_index(drop=True)
    number = np.where(whole["known"] > 0, whole["absent"], np.nan)
    return pd.concat(
        [
            _figures(whole.assign(part=""), number.astype(float)),
            _figures(
                each.assign(part=each["split_value"]), each["denominator"].to_numpy(dtype=float)
            ),
        ],
        ignore_index=True,
    )


def _figures(keys: pd.DataFrame, value: np.ndarray) -> pd.DataFrame:
    nothing = np.full(len(keys), np.nan)
    figures = estimates(
        Interval(value, nothing, nothing),
        n=np.nan_to_num(value).astype(np.int64),
        projects=np.zeros(len(keys), dtype=np.int64),
        method=Method.CENSUS,
        missing=Reason.UNKNOWN_FRAME,
    )
    keys = keys.assign(split=Split.TOTAL.value, split_value="")
    return pd.concat([keys[KEYS].reset_index(drop=True), figures], axis=1)
