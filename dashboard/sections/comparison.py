"""Entities beside each other and beside the whole portfolio; who took part."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard import sentences
from dashboard.charts import (
    Pair,
    Place,
    Reference,
    Row,
    interval_dots,
    is_shown,
    participation_bars,
    taken_up_bars,
    tile_map,
)
from dashboard.components import Picture, chart_block, legend_of, picture_block
from dashboard.figures import figures, metric_of, one
from dashboard.labels import group_name, overall_name, overall_of
from dashboard.literal import literal
from dashboard.sections.rows import Told, nothing, row, rows_by
from dashboard.sections.scope import Scope, overall_benefit, overall_quality, totals
from dashboard.session import Viewing
from dashboard.tables import results_table
from dashboard.truth import engine
from dashboard.wording import say, say_count
from data import records
from data.database import reading
from metrics.metric import ALL_WAVES, Level, Metric
from survey.instrument import GROUPS

#: Fewer places make no map.
FEWEST_ON_MAP = 3


def told_participation(viewing: Viewing, scope: Scope) -> Told:
    """How many participations of each group there were, and whose share of them is amiss."""
    language = viewing.language
    metric = metric_of("participation")
    total = one(totals(viewing, scope, metric.id, ""))
    found = {
        result.split_value: result
        for result in figures(
            viewing, level=scope.level, entity=scope.entity, metric=metric.id, split="group"
        )
    }
    rows = [
        row(group_name(code, language), found[code], language) for code in GROUPS if code in found
    ]
    said = [sentences.figure_sentence(total, metric, language)] if total else []
    match = one(totals(viewing, scope, "representativeness", ""))
    if match is not None:
        said.append(sentences.figure_sentence(match, metric_of("representativeness"), language))
    return Told(metric, rows, " ".join(said) if rows else "")


def taking_part(viewing: Viewing, scope: Scope, concerned: dict[str, float]) -> None:
    """Who took part, beside those whom the matter concerns, and how well the two match.

    concerned: the share of each group among the people concerned, 0-1, where it is known.
    """
    language = viewing.language
    told = told_participation(viewing, scope)
    metric, rows = told.metric, told.rows
    if not rows:
        nothing(viewing, metric)
        return
    total = one(totals(viewing, scope, metric.id, ""))
    match = one(totals(viewing, scope, "representativeness", ""))
    known = total is not None and is_shown(total) and total.value
    pairs = [
        Pair(
            item.label,
            item.result.value / total.value if known and is_shown(item.result) else None,
            concerned.get(item.result.split_value),
            item.absence,
        )
        for item in rows
    ]
    title = say("section.taking_part", language)
    known_of = any(pair.concerned is not None for pair in pairs)
    picture_block(
        viewing,
        Picture(
            participation_bars(pairs, metric, language) if known else None,
            sentences.alt_text(title, rows, metric, language),
            say(f"chart.key.participation{'' if known_of else '_alone'}", language),
            beside_concerned(rows, metric, language),
        ),
        [(metric, [item.result for item in rows])]
        + ([(metric_of("representativeness"), [match])] if match is not None else []),
        title=title,
        sentence=told.sentence,
        publication=scope.publication,
        key="taking_part",
    )


def beside_concerned(rows: Sequence[Row], metric: Metric, language: str) -> pd.DataFrame:
    """The participations of each group, and how many people of it the matter concerns."""
    table = results_table(rows, metric, language)
    people = [item.result.denominator for item in rows]
    if any(number is not None for number in people):
        none = say("table.none", language)
        table[say("participation.concerned", language)] = [
            none if number is None else written.count(number, language) for number in people
        ]
    return table


def told_entities(
    viewing: Viewing, scope: Scope, level: str, names: dict[int, str], metric_id: str
) -> Told:
    """A metric over the entities of a level, those that need attention first, beside the whole."""
    language = viewing.language
    metric = metric_of(metric_id)
    instrument = scope.process if metric.kind == "process" else scope.outcome
    if metric_id == "proposals_taken_up":
        instrument = ""
    part = overall_of(instrument) if metric_id == "process_quality" else ""
    found = [
        result
        for result in figures(
            viewing, level=level, metric=metric.id, instrument=instrument, split="total"
        )
        if result.entity in names and result.part == part and result.wave in (scope.wave, ALL_WAVES)
    ]
    rows = sentences.sorted_rows(
        rows_by(found, lambda r: names[r.entity], language), metric, sure_first=True
    )
    if not rows:
        return Told(metric, (), "")
    whole = one(
        figures(
            viewing,
            level="portfolio",
            entity=0,
            metric=metric.id,
            instrument=instrument,
            split="total",
        ),
        part=part,
        wave=found[0].wave,
    )
    reference = None
    if whole is not None and is_shown(whole):
        reference = Reference(say("chart.portfolio", language), whole.value)
    return Told(metric, rows, sentences.spread(rows, metric, language, "entities"), reference)


def compare(
    viewing: Viewing,
    scope: Scope,
    level: str,
    names: dict[int, str],
    metric_id: str,
    *,
    most: int = 12,
) -> None:
    """A metric over the entities of a level, those that need attention first."""
    language = viewing.language
    told = told_entities(viewing, scope, level, names, metric_id)
    metric, rows = told.metric, told.rows
    if not rows:
        nothing(viewing, metric)
        return
    shown = rows[:most]
    figure = (
        taken_up_bars(shown, metric, language)
        if metric_id == "proposals_taken_up"
        else interval_dots(shown, metric, language, told.reference)
    )
    said = told.sentence
    if len(rows) > most:
        said = f"{said} {say('section.only_first', language, shown=most, all=len(rows))}"
    chart_block(
        viewing,
        figure,
        shown,
        metric,
        title=say(f"section.compare_{level}", language),
        sentence=said,
        publication=scope.publication,
        key=f"compare_{level}_{metric_id}",
        legend=("chart.key.taken_up",) if metric_id == "proposals_taken_up" else (),
    )


def neighbourhoods(viewing: Viewing) -> dict[int, str]:
    """Areas that lie beside each other: the local areas, or else cities, or else all of them."""
    return {place.id: records.name_in(place, viewing.language) for place in beside(viewing)}


def beside(viewing: Viewing) -> list[records.Area]:
    """The areas of `neighbourhoods`, with all that the register says of them."""
    with reading(engine()) as connection:
        places = records.areas(connection, viewing.user)
    for kind in ("local_area", "city"):
        of_kind = [place for place in places if place.kind == kind]
        if len(of_kind) > 1:
            return of_kind
    return places


def on_map(viewing: Viewing, scope: Scope, metric_id: str) -> bool:
    """The areas as tiles where they lie, if at least three of them say where; whether they do."""
    language = viewing.language
    known = {
        place.id: place
        for place in beside(viewing)
        if place.latitude is not None and place.longitude is not None
    }
    called = {number: records.name_in(place, language) for number, place in known.items()}
    told = told_entities(viewing, scope, Level.AREA, called, metric_id)
    if len(told.rows) < FEWEST_ON_MAP:
        return False
    places = [
        Place(item, known[item.result.entity].latitude, known[item.result.entity].longitude)
        for item in told.rows
    ]
    missing = len(neighbourhoods(viewing)) - len(known)
    said = [told.sentence, say_count("map.missing", missing, language) if missing else ""]
    chart_block(
        viewing,
        tile_map(places, told.metric, language, told.reference),
        told.rows,
        told.metric,
        title=say(f"map.{metric_id}", language),
        sentence=" ".join(filter(None, said)),
        publication=scope.publication,
        key=f"map_{metric_id}",
        legend=(*legend_of(told.rows, told.metric), "chart.key.map"),
    )
    return True


def beside_portfolio(viewing: Viewing, scope: Scope) -> list[str]:
    """How the entity stands beside the whole portfolio, in at most two sentences."""
    said = []
    language = viewing.language
    whole = Scope("portfolio", 0, scope.publication, scope.wave, scope.process, scope.outcome)
    for name, find in (("benefit_share", overall_benefit), ("process_quality", overall_quality)):
        result, reference = find(viewing, scope), find(viewing, whole)
        metric = metric_of(name)
        if result is None:
            continue
        words = sentences.comparison(result, reference, metric, language)
        if words:
            of = overall_name(scope.process, language) if name == "process_quality" else ""
            lead = sentences.figure_sentence(result, metric, language, of)
            said.append(f"{lead} {words}")
    return said


def against_portfolio(viewing: Viewing, scope: Scope) -> None:
    """The same on a page, a paragraph each."""
    for sentence in beside_portfolio(viewing, scope):
        st.markdown(literal(sentence))
