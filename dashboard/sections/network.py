"""The network of organisations: its figures by survey, or why they are not known.

No drawing: a drawing would publish figures of single organisations.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard import sentences
from dashboard.charts import interval_dots, is_shown
from dashboard.components import Picture, legend_of, picture_block, section
from dashboard.figures import metric_of
from dashboard.labels import wave_name
from dashboard.literal import literal
from dashboard.sections.recorded import cell, label_of, recorded
from dashboard.sections.rows import rows_by
from dashboard.sections.scope import Scope
from dashboard.session import Viewing
from dashboard.wording import say, say_count
from metrics.metric import Result, Unit
from survey.instrument import WAVES

#: Density never stands without the mean number of partners: it falls as a network grows.
DENSITY, DEGREE, BROKERS = "network_density", "network_degree", "network_brokers"
OTHERS = (
    "network_reciprocity",
    "network_centralisation",
    "network_sectors",
    "network_modularity",
    "tie_survival",
)


def network(viewing: Viewing, scope: Scope) -> list[str]:
    """How dense the network is, by survey, and its other figures. The metrics that say nothing."""
    language = viewing.language
    density = metric_of(DENSITY)
    names = (DENSITY, DEGREE, *OTHERS)
    found = {
        name: {result.wave: result for result in recorded(viewing, scope, name)} for name in names
    }
    waves = [wave for wave in WAVES if any(wave in of for of in found.values())]
    if not waves:
        return [*names, BROKERS]
    brokers = recorded(viewing, scope, BROKERS)
    drawn = [found[DENSITY][wave] for wave in waves if wave in found[DENSITY]]
    rows = rows_by(drawn, lambda result: wave_name(result.wave, language), language)
    title = say("network.title", language)
    section(title)
    picture_block(
        viewing,
        Picture(
            interval_dots(rows, density, language) if any(map(is_shown, drawn)) else None,
            sentences.alt_text(title, rows, density, language),
            " ".join(say(key, language) for key in legend_of(rows, density)),
            network_table(found, brokers, waves, language),
        ),
        [(metric_of(name), list(of.values())) for name, of in found.items() if of],
        title=title,
        sentence=network_sentence(found, waves, language),
        publication=scope.publication,
        key="network",
    )
    st.caption(literal(say("network.not_drawn", language)))
    return [name for name, of in found.items() if not of]


def network_sentence(
    found: Mapping[str, Mapping[str, Result]], waves: Sequence[str], language: str
) -> str:
    """How dense the network was at each survey and how many partners one has, or why unknown."""
    density = metric_of(DENSITY)
    shown = {
        name: {wave: of[wave] for wave in waves if wave in of and is_shown(of[wave])}
        for name, of in found.items()
    }
    if not shown[DENSITY]:
        known = list(found[DENSITY].values())
        if known:
            return sentences.absence(known[-1], density, language)
        return sentences.missing(density, language)
    latest = list(shown[DENSITY].values())[-1]
    said = [
        say(
            "network.density",
            language,
            listed=by_wave(shown[DENSITY], Unit.SHARE, language),
            basis=sentences.basis(latest, density, language),
        )
    ]
    if shown[DEGREE]:
        # One decimal: a half of a partner is as far as anybody would look.
        partners = by_wave(shown[DEGREE], Unit.EFFECTIVE, language)
        said.append(say("network.degree", language, listed=partners))
    return " ".join(said)


def by_wave(found: Mapping[str, Result], unit: Unit, language: str) -> str:
    """Values with their surveys: alussa 24 %, lopussa 19 %."""
    return ", ".join(
        f"{wave_name(wave, language).lower()} {written.figure(result.value, unit, language)}"
        for wave, result in found.items()
    )


def network_table(
    found: Mapping[str, Mapping[str, Result]],
    brokers: Sequence[Result],
    waves: Sequence[str],
    language: str,
) -> pd.DataFrame:
    """Rows: figures of the network; columns: surveys."""
    named = [name for name, of in found.items() if of]
    table = {
        say("table.what", language): [
            *(label_of(name, language) for name in named),
            label_of(BROKERS, language),
        ]
    }
    for wave in waves:
        table[wave_name(wave, language)] = [
            *(cell(found[name].get(wave), metric_of(name), language) for name in named),
            brokers_words([r for r in brokers if r.wave == wave and r.part], language),
        ]
    return pd.DataFrame(table)


def brokers_words(found: Sequence[Result], language: str) -> str:
    """How many organisations are known well enough to be called brokers; none of them is named."""
    shown = [result for result in found if is_shown(result)]
    if not shown:
        return say("network.no_brokers", language)
    most = max(result.value for result in shown)
    return literal(
        say_count("network.brokers", len(shown), language, most=written.share(most, language))
    )
