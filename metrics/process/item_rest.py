"""Item-rest correlation: how well a statement goes together with the others of its construct."""

from __future__ import annotations

import pandas as pd

from metrics.items import items_of_scales
from metrics.metric import About, Metric, Unit
from metrics.statistics.item_rows import by_item
from metrics.statistics.reliability import item_rests
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="item_rest",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Väittämän yhteys muihin",
        sv="Påståendets samband med de andra",
        en="A statement's tie to the others",
    ),
    reading=Text(
        fi="Kuinka hyvin väittämä kulkee yhdessä osa-alueen muiden väittämien kanssa.",
        sv="Hur väl påståendet följer delområdets andra påståenden.",
        en="How well a statement goes together with the other statements of its construct.",
    ),
    definition=Text(
        fi="Väittämän ja osa-alueen muiden väittämien summan välinen korrelaatio; väittämä itse ei "
        "ole summassa. Käänteinen väittämä on käännetty. Usean hankkeen luku lasketaan "
        "hankkeiden sisäisestä vaihtelusta. Lukua ei näytetä, kun vastaajia on alle 30. Alle "
        "0,30 on merkki siitä, että väittämä mittaa muuta tai ymmärretään väärin; miksi, sitä "
        "luku ei kerro.",
        sv="Korrelationen mellan påståendet och summan av delområdets andra påståenden; påståendet "
        "självt ingår inte i summan. Ett omvänt påstående är vänt. Talet för flera projekt "
        "räknas av variationen inom projekten. Talet visas inte när färre än 30 har svarat. "
        "Under 0,30 är ett tecken på att påståendet mäter något annat eller missförstås; "
        "varför, det berättar talet inte.",
        en="The correlation of the statement with the sum of the other statements of its "
        "construct; the statement itself is not in the sum. A reversed statement is turned "
        "round. The figure of several projects comes from the variation within projects. It is "
        "not shown below 30 people. Below .30 is a sign that the statement measures something "
        "else or is misunderstood; it does not tell why.",
    ),
    formula=Text(
        fi="r(xᵢ, muiden väittämien summa Σ), kaikkiin vastanneet, käännetyt väittämät "
        "käännetty; useampi hanke: hankkeiden sisäinen yhdistetty vaihtelu; Fisher: "
        "tanh(atanh r ± z/√(v − 2)), v = n − 1 tai N − J; annetaan, kun v on "
        "vähintään 29; huomautus alle 0,30",
        sv="r(xᵢ, Σ av de övriga påståendena), de som svarat på alla, omvända påståenden "
        "vända; flera projekt: sammanvägd variation inom projekten; Fisher: "
        "tanh(atanh r ± z/√(v − 2)), v = n − 1 eller N − J; ges från v = 29; "
        "anmärkning under 0,30",
        en="r(xᵢ, Σ of the other items), listwise, reversed items turned; above a "
        "project the pooled within-project scatter; Fisher: tanh(atanh r ± z/√(v − "
        "2)), v = n − 1 or N − J; given from v = 29 on; flagged below .30",
    ),
    unit=Unit.COEFFICIENT,
    better="none",
    about=About.RESPONDENTS,
    frame="scale_products",
    source=Text(
        fi="Oma osuus poistettu summasta, Nunnally & Bernstein 1994; Fisher 1921",
        sv="Korrigerat för överlappning, Nunnally & Bernstein 1994; Fisher 1921",
        en="Corrected for overlap, Nunnally & Bernstein 1994; Fisher 1921",
    ),
    grade="C",
    minimum_n=30,
)

#: A project with too few people for a figure of its own is pooled above all the same.
POOLS_REFUSED = True


def reads(instrument: Instrument) -> list[dict]:
    """Every scale that is made of items; `by_item` takes it apart."""
    return items_of_scales(instrument)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """One row an item, with the rest of its scale; the part is the item's code."""
    return by_item(atoms)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Correlation per item. Rows: n, item_answers, x, y, xx, yy, xy."""
    return item_rests(rows)
