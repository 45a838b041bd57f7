"""Lasting ties: how many ties of one survey are still there in the next."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.metric import About, Metric, Unit
from metrics.statistics.intervals import Interval, ratio
from metrics.statistics.network_figures import network_figures
from metrics.statistics.networks import Network, network
from survey.instrument import WAVES
from survey.text import Text

METRIC = Metric(
    id="tie_survival",
    version=1,
    kind="process",
    question="Q2",
    label=Text(fi="Kestäneet yhteydet", sv="Kontakter som bestått", en="Ties that lasted"),
    reading=Text(
        fi="Kuinka suuri osa edellisen kyselyn yhteistyöpareista teki yhä yhteistyötä.",
        sv="Hur stor andel av de par som samarbetade vid förra enkäten som ännu gör det.",
        en="The share of pairs working together in the survey before that still do.",
    ),
    definition=Text(
        fi="Edellisellä kerralla ilmoitetut yhteydet, joista nyt taas kerrottiin. Mukana ovat "
        "parit, jotka ovat nykyisellä kyselylistalla; lähteneitä organisaatioita luku ei näe. "
        "Rajat olettavat, että kaikki vastausta vailla olevat yhteydet katkesivat tai kestivät. "
        "Vähintään 80 % on vastannut. Katkennut yhteys voi olla merkki siitä, että työ tuli "
        "valmiiksi.",
        sv="Kontakter från förra gången som nu uppgavs igen. Med är par som finns på den nuvarande "
        "listan; organisationer som lämnat syns inte. Gränserna antar att alla kontakter som "
        "saknar svar bröts eller bestod. Minst 80 % har svarat. En bruten kontakt kan betyda att "
        "arbetet blev färdigt.",
        en="Ties told of the time before that were told of again. Pairs on the present roster take "
        "part; organisations that left are not seen. The limits take it that all ties lacking an "
        "answer broke, or lasted. At least 80 % answered. A tie that ended may mean that the work "
        "was finished.",
    ),
    formula=Text(
        fi="molemmilla kerroilla kerrotut yhteydet / aiemmat yhteydet, joista kerrottiin "
        "uudelleen tai joiden molemmat osapuolet vastasivat; rajat: vastaamattomat kaikki "
        "katkenneita tai kaikki kestäneitä",
        sv="kontakter som berättats om båda gångerna / tidigare kontakter som berättats om "
        "igen eller vars båda sidor svarat; gränser: alla obesvarade brutna, eller alla "
        "bestående",
        en="ties told of both times / earlier ties that were told of again or whose both sides "
        "answered; bounds: unanswered ones all broken, all lasting",
    ),
    unit=Unit.SHARE,
    better="none",
    about=About.RECORDS,
    frame="ties",
    source=Text(
        fi="Yhteyksien pysyvyys mittausten välillä, Wasserman & Faust 1994; oma sääntö "
        "vaikenemiselle",
        sv="Kontakternas beständighet mellan mätningar, Wasserman & Faust 1994; egen regel för "
        "tystnad",
        en="Persistence of ties between waves, Wasserman & Faust 1994; own rule for silence",
    ),
    grade="B",
)

BESIDE = "roster"


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Under each wave its own ties (later 1) and those of the project's last one (later 0)."""
    position = pd.Index(WAVES).get_indexer(atoms["wave"].astype(str))
    project = atoms["project"].cat.codes.to_numpy().astype(np.int64)
    spot = project * len(WAVES) + position
    asked = np.unique(spot)
    following = np.append(asked[1:], -1)
    same = following // len(WAVES) == asked // len(WAVES)
    place = np.searchsorted(asked, spot)
    after = np.where(same, following, -1)[place]
    before_asked = np.append(False, same[:-1])[place]
    earlier = atoms[after >= 0].assign(at=after[after >= 0] % len(WAVES), later=0)
    later = atoms[before_asked].assign(at=position[before_asked], later=1)
    both = pd.concat([earlier, later], ignore_index=True)
    wave = pd.Categorical.from_codes(both["at"].to_numpy(), list(WAVES))
    return both.drop(columns="at").assign(wave=wave)


def compute(rows: pd.DataFrame, roster: pd.DataFrame) -> pd.DataFrame:
    """Share that lasted. Rows: source, target, later; roster: of the later wave."""
    size = int(rows["figure"].max()) + 1 if len(rows) else 0
    later = (rows["later"] == 1).to_numpy()
    before, now = (network(rows[chosen], roster, size) for chosen in (~later, later))
    lasted = np.isin(_pairs(before), _pairs(now))
    owner = before.owner[before.first]
    everything = before.ties
    survived = np.bincount(owner, lasted, size).astype(np.int64)
    known = np.bincount(owner, lasted | before.asked, size).astype(np.int64)
    interval = Interval(
        ratio(survived, known),
        ratio(survived, everything),
        ratio(survived + everything - known, everything),
    )
    figures = network_figures(rows, before, interval, numerator=survived, denominator=known)
    return figures[np.bincount(rows["figure"], ~later, size) > 0]


def _pairs(found: Network) -> np.ndarray:
    """Every tie as one number; both networks have the same organisations."""
    return found.first * max(len(found.owner), 1) + found.second
