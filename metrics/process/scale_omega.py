"""Omega: what share of a construct's variation comes from the one thing its items share."""

from __future__ import annotations

import pandas as pd

from metrics.items import item_scales
from metrics.metric import About, Metric, Unit
from metrics.statistics.item_rows import with_items
from metrics.statistics.reliability import omegas
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="scale_omega",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Osa-alueen luotettavuus (omega)",
        sv="Delområdets tillförlitlighet (omega)",
        en="Reliability of a construct (omega)",
    ),
    reading=Text(
        fi="Kuinka suuri osa pisteiden vaihtelusta tulee siitä, mikä on väittämille yhteistä.",
        sv="Hur stor del av poängens variation som kommer av det som är gemensamt för påståendena.",
        en="How large a share of the variation of the score comes from what its statements share.",
    ),
    definition=Text(
        fi="Omega yhden yhteisen tekijän mallista. Toisin kuin alfa se ei oleta, että väittämät "
        "ovat yhtä hyviä. Mukana ovat ne, jotka vastasivat kaikkiin väittämiin; usean hankkeen "
        "luku lasketaan hankkeiden sisäisestä vaihtelusta. Lukua ei näytetä, kun vastaajia on "
        "alle 30, eikä se ole laskettavissa kahdesta väittämästä tai kun malli antaisi "
        "mahdottoman ratkaisun. Kolmen väittämän mallin sopivuutta ei voi koetella. Luku ei "
        "kerro, mitataanko oikeaa asiaa.",
        sv="Omega av en modell med en gemensam faktor. Till skillnad från alfa antar den inte att "
        "påståendena är lika bra. Med är de som svarade på alla påståenden; talet för flera "
        "projekt räknas av variationen inom projekten. Talet visas inte när färre än 30 har "
        "svarat, och det kan inte räknas av två påståenden eller när modellen skulle ge en "
        "omöjlig lösning. Med tre påståenden går det inte att pröva hur väl modellen passar. "
        "Talet berättar inte om rätt sak mäts.",
        en="Omega of a model with one common factor. Unlike alpha it does not take the statements "
        "to be equally good. Those count who answered every statement; the figure of several "
        "projects comes from the variation within projects. It is not shown below 30 people, "
        "and cannot be computed of two statements or where the model would give an impossible "
        "solution. With three statements the fit of the model cannot be tested. It does not "
        "tell whether the right thing is measured.",
    ),
    formula=Text(
        fi="(Σλ)² / ((Σλ)² + Σθ), yksi faktori, suurin uskottavuus, kovarianssit, "
        "kaikkiin vastanneet; kolme väittämää suljetussa muodossa; Heywoodin tapaus: "
        "ei arvioitavissa; väli: deltamenetelmä odotetusta informaatiosta, v = n − 1 "
        "tai N − J; annetaan, kun v on vähintään 29",
        sv="(Σλ)² / ((Σλ)² + Σθ), en faktor, maximum likelihood, kovarianser, de som "
        "svarat på alla; tre påståenden i sluten form; Heywoodfall: kan inte skattas; "
        "intervall: deltametoden ur den förväntade informationen, v = n − 1 eller N − "
        "J; ges från v = 29",
        en="(Σλ)² / ((Σλ)² + Σθ), one factor, maximum likelihood, covariance metric, "
        "listwise; three items in closed form; Heywood case: not estimable; interval: "
        "delta method from the expected information, v = n − 1 or N − J; given from v "
        "= 29 on",
    ),
    unit=Unit.COEFFICIENT,
    better="none",
    about=About.RESPONDENTS,
    frame="scale_products",
    source=Text(
        fi="McDonald 1999; Jöreskog 1967; Raykov 2002; latauksista 0,8 0,7 0,6 0,5 tulee 0,7494",
        sv="McDonald 1999; Jöreskog 1967; Raykov 2002; laddningarna 0,8 0,7 0,6 0,5 ger 0,7494",
        en="McDonald 1999; Jöreskog 1967; Raykov 2002; loadings .8 .7 .6 .5 give .7494",
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
    """Omega per scale. Rows: n, item_answers, sums and products of items."""
    return omegas(rows)
