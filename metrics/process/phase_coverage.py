"""Phase coverage: how much of what belongs to a phase is known, of answers and of records."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.fold import among
from metrics.metric import ALL_WAVES, About, Level, Method, Metric, Split, Unit, ValueState
from metrics.requirements import ATTENDANCE, REQUIRED, required_records
from metrics.statistics import Interval, estimates
from survey.text import Text

#: What each phase asks for, by the codes of constructs and metrics.
ASKED_FOR = "; ".join(
    f"{phase}: {' '.join(each.constructs)} · {' '.join(each.records)}"
    for phase, each in REQUIRED.items()
)

METRIC = Metric(
    id="phase_coverage",
    version=1,
    kind="process",
    question="Q3",
    label=Text(
        fi="Mitattu vaiheittain", sv="Det som är mätt per skede", en="What is measured by phase"
    ),
    reading=Text(
        fi="Kuinka suuri osa vaiheeseen kuuluvasta tiedosta on olemassa.",
        sv="Hur stor del av det som hör till skedet som är känt.",
        en="How much of what belongs to a phase is known.",
    ),
    definition=Text(
        fi="Jokaiseen vaiheeseen kuuluu osa-alueita, joista kysytään, ja merkintöjä, joita "
        "pidetään. Luku on niistä olemassa olevien osuus, kyselyt ja merkinnät erikseen. Mukana "
        "ovat vaiheet, joista joku on vastannut tai joihin joku on osallistunut: muista ei "
        "tiedetä, onko niihin päästy. Suojattu luku lasketaan mitatuksi. Läsnäolo tunnetaan "
        "vaiheittain, muut merkinnät hankkeesta kokonaisuutena. Luku ei kerro, miten vaihe sujui.",
        sv="Till varje skede hör delområden som frågas och noteringar som förs. Talet är andelen "
        "av dem som finns, enkäter och noteringar skilt. Med är skeden som någon har svarat om "
        "eller deltagit i: om de andra är det inte känt om man har nått dem. Ett skyddat tal "
        "räknas som mätt. Närvaron är känd per skede, övriga noteringar för projektet som helhet. "
        "Talet berättar inte hur skedet gick.",
        en="To each phase belong constructs that are asked about and records that are kept. The "
        "figure is the share of them that exists, answers and records apart. It counts phases "
        "that somebody answered about or took part in: of others it is not known whether they "
        "were reached. A protected figure counts as measured. Attendance is known by phase, other "
        "records for the project as a whole. It does not tell how the phase went.",
    ),
    formula=Text(
        fi="vaaditut osa-alueet (tiedot), joista on luku / vaaditut, summattuna hankkeista; "
        + ASKED_FOR,
        sv="krävda delområden (uppgifter) med ett tal / krävda, summerat över projekten; "
        + ASKED_FOR,
        en="required constructs (records) with a figure / required, summed over projects; "
        + ASKED_FOR,
    ),
    unit=Unit.SHARE,
    better="up",
    about=About.RECORDS,
    frame=f"results:{','.join(dict.fromkeys(['process_quality', *required_records()]))}",
    source=Text(
        fi="Omat vaatimukset vaiheittain (metrics/requirements.py)",
        sv="Egna krav per skede (metrics/requirements.py)",
        en="Own requirements by phase (metrics/requirements.py)",
    ),
    grade="B",
)

ANSWERS, RECORDS = "answers", "records"
_MEASURED = [ValueState.VALUE.value, ValueState.ZERO.value, ValueState.SUPPRESSED.value]
_PLACE = ["project", "phase"]


def derive(results: dict[str, pd.DataFrame], nodes: pd.DataFrame) -> pd.DataFrame:
    """Share of what is required, for each phase that was reached and over all of them."""
    asked = _measured(results["process_quality"], Split.PHASE)
    attended = _measured(results[ATTENDANCE], Split.PHASE)
    attended = attended[(attended["state"] != ValueState.ZERO.value).to_numpy()]
    reached = pd.concat([asked[_PLACE], attended[_PLACE]]).drop_duplicates()
    by_phase = pd.concat(
        [asked.assign(kind=ANSWERS), attended.assign(kind=RECORDS, part=ATTENDANCE)]
    )[[*_PLACE, "kind", "part"]].drop_duplicates()
    whole = [
        _measured(frame, Split.TOTAL).assign(kind=RECORDS, part=name)
        for name, frame in results.items()
        if name in set(required_records()) - {ATTENDANCE}
    ]
    of_project = pd.concat(whole)[["project", "kind", "part"]].drop_duplicates()
    wanted = reached.merge(_required(), on="phase")
    wanted = wanted.merge(by_phase.assign(there=1), how="left")
    wanted = wanted.merge(of_project.assign(elsewhere=1), how="left")
    wanted["there"] = wanted["there"].fillna(wanted["elsewhere"]).fillna(0)
    return _shares(wanted.merge(nodes.astype({"level": str}), on="project"))


def _measured(frame: pd.DataFrame, split: Split) -> pd.DataFrame:
    """The projects' figures of one split that exist, shown or protected."""
    chosen = among(frame["level"], [Level.PROJECT.value]) & among(frame["split"], [split.value])
    chosen &= among(frame["state"], _MEASURED)
    # Chosen first: words are unpacked of those only that are looked at.
    found = frame.loc[chosen, ["entity", "split_value", "part", "state"]]
    found = found.rename(columns={"split_value": "phase", "entity": "project"})
    return found.astype(dict.fromkeys(("phase", "part", "state"), str))[[*_PLACE, "part", "state"]]


def _required() -> pd.DataFrame:
    """REQUIRED as rows: phase, kind (answers or records), part."""
    return pd.DataFrame(
        [
            (phase, kind, part)
            for phase, each in REQUIRED.items()
            for kind, parts in ((ANSWERS, each.constructs), (RECORDS, each.records))
            for part in parts
        ],
        columns=["phase", "kind", "part"],
    )


def _shares(wanted: pd.DataFrame) -> pd.DataFrame:
    """One row a level, entity, kind and phase, and one over all phases."""
    pieces = pd.concat(
        [
            wanted.assign(split=Split.PHASE.value, split_value=wanted["phase"]),
            wanted.assign(split=Split.TOTAL.value, split_value=""),
        ]
    )
    by = ["level", "entity", "kind", "split", "split_value"]
    sums = pieces.groupby(by, as_index=False).agg(
        numerator=("there", "sum"), denominator=("there", "size"), projects=("project", "nunique")
    )
    nothing = np.full(len(sums), np.nan)
    numerator, denominator = sums["numerator"].to_numpy(dtype=float), sums["denominator"].to_numpy()
    # Nobody is counted here, so there is no number of people that could be few.
    figures = estimates(
        Interval(numerator / denominator, nothing, nothing),
        n=nothing,
        projects=sums["projects"].to_numpy(),
        method=Method.CENSUS,
        numerator=numerator,
        denominator=denominator,
    )
    keys = sums.rename(columns={"kind": "part"})[
        ["part", "level", "entity", "split", "split_value"]
    ]
    return pd.concat([keys.assign(instrument="", wave=ALL_WAVES), figures], axis=1)
