"""Intraclass correlation: how large a share of the variation of scores lies between projects."""

from __future__ import annotations

import pandas as pd

from metrics.items import levels_of, totals
from metrics.metric import About, Metric, Unit
from metrics.statistics.multilevel import correlations_within
from survey.instrument import Instrument
from survey.text import Text

METRIC = Metric(
    id="icc",
    version=1,
    kind="process",
    question="Q2",
    label=Text(
        fi="Hankkeiden välinen osuus vaihtelusta",
        sv="Projektens andel av variationen",
        en="Share of variation between projects",
    ),
    reading=Text(
        fi="Kuinka suuri osa pisteiden vaihtelusta on hankkeiden välistä eikä vastaajien.",
        sv="Hur stor del av poängens variation som finns mellan projekt och inte mellan personer.",
        en="How much of the variation of scores lies between projects and not between people.",
    ),
    definition=Text(
        fi="Sisäkorrelaatio ICC(1,1) varianssianalyysistä. Lähellä nollaa hankkeet ovat "
        "samanlaisia ja erot ovat vastaajien välisiä; mitä suurempi luku, sitä enemmän saman "
        "hankkeen vastaajat muistuttavat toisiaan. Alle nollan luku on sattumaa: hankkeiden "
        "välillä ei ole eroa. Luku lasketaan vain useasta hankkeesta, eikä se kerro, mistä erot "
        "johtuvat.",
        sv="Intraklasskorrelationen ICC(1,1) ur variansanalysen. Nära noll är projekten likadana "
        "och skillnaderna finns mellan personer; ju större tal, desto mer liknar de som svarat "
        "i samma projekt varandra. Ett tal under noll är slump: projekten skiljer sig inte. "
        "Talet räknas bara för flera projekt och berättar inte vad skillnaderna beror på.",
        en="The intraclass correlation ICC(1,1) of an analysis of variance. Near zero the projects "
        "are alike and people differ; the larger it is, the more the people of one project "
        "resemble each other. Below zero is chance: projects do not differ. It is computed for "
        "several projects only, and does not tell what the differences come from.",
    ),
    formula=Text(
        fi="ICC(1,1) = (MSB − MSW) / (MSB + (n₀ − 1)·MSW), yksisuuntainen satunnaismalli "
        "varianssianalyysilla, n₀ = (N − Σnⱼ²/N)/(J − 1); F-väli, vapausasteet J − 1 "
        "ja N − J (tarkka, kun hankkeet ovat samankokoisia)",
        sv="ICC(1,1) = (MSB − MSW) / (MSB + (n₀ − 1)·MSW), envägs slumpmodell genom "
        "variansanalys, n₀ = (N − Σnⱼ²/N)/(J − 1); F-intervall med J − 1 och N − J "
        "frihetsgrader (exakt för lika stora projekt)",
        en="ICC(1,1) = (MSB − MSW) / (MSB + (n₀ − 1)·MSW), one-way random effects by "
        "ANOVA, n₀ = (N − Σnⱼ²/N)/(J − 1); F interval with J − 1 and N − J degrees of "
        "freedom (exact for projects of one size)",
    ),
    unit=Unit.COEFFICIENT,
    better="none",
    about=About.RESPONDENTS,
    frame="scale_moments",
    source=Text(
        fi="Shrout & Fleiss 1979 (heidän aineistonsa: 0,17); Searle 1971; McGraw & Wong 1996",
        sv="Shrout & Fleiss 1979 (deras data: 0,17); Searle 1971; McGraw & Wong 1996",
        en="Shrout & Fleiss 1979 (their data: .17); Searle 1971; McGraw & Wong 1996",
    ),
    grade="C",
)


def reads(instrument: Instrument) -> list[dict]:
    """Every scale whose mean is a level."""
    return levels_of(instrument)


def select(atoms: pd.DataFrame) -> pd.DataFrame:
    """Moments of all groups and phases together."""
    return totals(atoms)


def compute(rows: pd.DataFrame) -> pd.DataFrame:
    """ICC(1,1) per scale. Rows: n, total, squares, unit."""
    return correlations_within(rows, of_mean=False)
