"""Alpha without an item: what the consistency of a construct would be without one statement."""

from __future__ import annotations

import pandas as pd

from metrics.items import items_of_scales
from metrics.metric import About, Metric, Unit
from metrics.statistics.item_rows import without_item
from metrics.statistics.reliability import alphas
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="alpha_without",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Yhtenäisyys ilman väittämää",
        sv="Enhetligheten utan påståendet",
        en="Consistency without the statement",
    ),
    reading=Text(
        fi="Mikä osa-alueen yhtenäisyys olisi ilman tätä väittämää.",
        sv="Hur enhetligt delområdet vore utan det här påståendet.",
        en="How consistent the construct would be without this statement.",
    ),
    definition=Text(
        fi="Osa-alueen alfa, kun tämä väittämä jätetään pois. Jos luku on selvästi suurempi kuin "
        "koko osa-alueen alfa, väittämä ei kulje muiden mukana. Kolmen väittämän osa-alueessa "
        "jäljelle jää kaksi, joten luku vaihtelee paljon sattumalta. Lukua ei näytetä, kun "
        "vastaajia on alle 30. Yksin se ei ole syy poistaa väittämää: se voi mitata tärkeää "
        "asiaa, jota muut eivät mittaa.",
        sv="Delområdets alfa när det här påståendet lämnas bort. Om talet är klart större än hela "
        "delområdets alfa följer påståendet inte de andra. I ett delområde med tre påståenden "
        "återstår två, så talet varierar mycket av en slump. Talet visas inte när färre än 30 "
        "har svarat. Ensamt är det inget skäl att stryka påståendet: det kan mäta något viktigt "
        "som de andra inte mäter.",
        en="The construct's alpha when this statement is left out. Where it is clearly greater "
        "than the alpha of the whole construct, the statement does not go with the others. Of "
        "three statements two are left, so it varies much by chance. It is not shown below 30 "
        "people. Alone it is no reason to drop a statement: it may measure something important "
        "that the others do not.",
    ),
    formula=Text(
        fi="asteikon muiden k − 1 väittämän α, kaikkiin k:hon vastanneet; Feldtin väli k "
        "− 1 väittämällä; annetaan, kun v on vähintään 29 (n − 1, usealla hankkeella "
        "N − J)",
        sv="α för skalans övriga k − 1 påståenden, de som svarat på alla k; Feldts "
        "intervall med k − 1 påståenden; ges från v = 29 (n − 1, för flera projekt N "
        "− J)",
        en="α of the other k − 1 items of the scale, people who answered all k; Feldt "
        "interval with k − 1 items; given from v = 29 on (n − 1, above N − J)",
    ),
    unit=Unit.COEFFICIENT,
    better="none",
    about=About.RESPONDENTS,
    frame="scale_products",
    source=Text(
        fi="Cronbach 1951; Feldt 1965; tarkistettu R:n attitude-aineistolla (0,8098–0,8639)",
        sv="Cronbach 1951; Feldt 1965; kontrollerat med R:s data attitude (0,8098–0,8639)",
        en="Cronbach 1951; Feldt 1965; checked on R's attitude data (.8098 to .8639)",
    ),
    grade="C",
    minimum_n=30,
)

#: A project with too few people for a figure of its own is pooled above all the same.
POOLS_REFUSED = True


def reads(instrument: Instrument) -> list[dict]:
    """Every scale that is made of items; `without_item` takes it apart."""
    return items_of_scales(instrument)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """One row an item, with the sums of the others; the part is the item's code."""
    return without_item(atoms)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Alpha of the other items. Rows: n, item_answers, sums and products of items."""
    return alphas(rows)
