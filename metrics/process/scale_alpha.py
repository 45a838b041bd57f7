"""Alpha: how consistently the statements of a construct measure the same thing."""

from __future__ import annotations

import pandas as pd

from metrics.items import item_scales
from metrics.metric import About, Metric, Unit
from metrics.statistics.item_rows import with_items
from metrics.statistics.reliability import alphas
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="scale_alpha",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Osa-alueen yhtenäisyys (alfa)",
        sv="Delområdets enhetlighet (alfa)",
        en="Consistency of a construct (alpha)",
    ),
    reading=Text(
        fi="Kuinka yhtenäisesti osa-alueen väittämät mittaavat samaa asiaa; 1 on täysin "
        "yhtenäistä.",
        sv="Hur enhetligt delområdets påståenden mäter samma sak; 1 är helt enhetligt.",
        en="How consistently the statements of a construct measure one thing; 1 is full "
        "consistency.",
    ),
    definition=Text(
        fi="Cronbachin alfa niiden vastauksista, jotka vastasivat kaikkiin osa-alueen väittämiin. "
        "Usean hankkeen luku lasketaan hankkeiden sisäisestä vaihtelusta, jotta hankkeiden "
        "väliset erot eivät näytä yhtenäisyydeltä. Lukua ei näytetä, kun vastaajia on alle 30. "
        "Pienessä joukossa väli on leveä, ja korkea alfa voi tulla myös siitä, että väittämät "
        "toistavat toisiaan. Luku ei kerro, mitataanko oikeaa asiaa.",
        sv="Cronbachs alfa över dem som svarade på alla påståenden i delområdet. Talet för flera "
        "projekt räknas av variationen inom projekten, så att skillnader mellan projekt inte "
        "ser ut som enhetlighet. Talet visas inte när färre än 30 har svarat. I en liten grupp "
        "är intervallet brett, och ett högt alfa kan också bero på att påståendena upprepar "
        "varandra. Talet berättar inte om rätt sak mäts.",
        en="Cronbach's alpha over those who answered every statement of the construct. The figure "
        "of several projects comes from the variation within projects, so that differences "
        "between projects do not look like consistency. It is not shown below 30 people. In a "
        "small group the interval is wide, and a high alpha may also mean that the statements "
        "repeat each other. It does not tell whether the right thing is measured.",
    ),
    formula=Text(
        fi="k/(k−1) · (1 − Σ sᵢ² / s²_T), täydelliset vastaukset; useampi hanke: "
        "hankkeiden sisäinen yhdistetty kovarianssi; Feldt: 1 − (1−α)·F(0,975; v, "
        "v(k−1)) … 1 − (1−α)·F(0,025; v, v(k−1)), v = n − 1, usealla hankkeella N − "
        "J; annetaan, kun v on vähintään 29",
        sv="k/(k−1) · (1 − Σ sᵢ² / s²_T), fullständiga svar; flera projekt: sammanvägd "
        "kovarians inom projekten; Feldt: 1 − (1−α)·F(0,975; v, v(k−1)) till 1 − "
        "(1−α)·F(0,025; v, v(k−1)), v = n − 1, för flera projekt N − J; ges från v = "
        "29",
        en="k/(k−1) · (1 − Σ sᵢ² / s²_T), complete answers (listwise); above a project "
        "the pooled within-project covariance; Feldt: 1 − (1−α)·F(.975; v, v(k−1)) to "
        "1 − (1−α)·F(.025; v, v(k−1)), v = n − 1, above N − J; given from v = 29 on",
    ),
    unit=Unit.COEFFICIENT,
    better="none",
    about=About.RESPONDENTS,
    frame="scale_products",
    source=Text(
        fi="Cronbach 1951; Feldt 1965; tarkistettu R:n attitude-aineistolla (0,8431; "
        "0,7394–0,9158)",
        sv="Cronbach 1951; Feldt 1965; kontrollerat med R:s data attitude (0,8431; 0,7394–0,9158)",
        en="Cronbach 1951; Feldt 1965; checked on R's attitude data (.8431, .7394–.9158)",
    ),
    grade="C",
    minimum_n=30,
)

#: A project with too few people for a figure of its own is pooled above all the same.
POOLS_REFUSED = True


def reads(instrument: Instrument) -> list[dict]:
    """Every scale that is made of items."""
    return item_scales(instrument)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """The sums with the number of items in a form that adds up."""
    return with_items(atoms)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """Alpha per scale. Rows: n, item_answers, sums and products of items."""
    return alphas(rows)
