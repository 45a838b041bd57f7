"""Process and outcome set against each other: together or not, and never as cause."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from dashboard import format as written
from dashboard import sentences
from dashboard.charts import NUMBERED, Point, Row, Side, interval_dots, is_shown, plane
from dashboard.components import Picture, chart_block, part, picture_block
from dashboard.figures import figures, metric_of
from dashboard.labels import overall_of, part_name
from dashboard.literal import literal
from dashboard.sections.points import plane_alt, plane_table
from dashboard.sections.rows import nothing, rows_by
from dashboard.sections.scope import Scope, totals
from dashboard.session import Viewing, follow
from dashboard.wording import say
from metrics.metric import Level, Metric, Reason, Result
from metrics.reasons import REASONS

#: When the process is judged that outcomes are set against.
WAVE = "end"
#: Parts of a metric of records that stand for the whole of it.
WHOLE = ("", "distinct")


def process_and_outcome(viewing: Viewing, scope: Scope, called: Mapping[int, str]) -> None:
    """What goes together with the process, by records and by other people, and what that means."""
    language = viewing.language
    st.warning(literal(say("process.not_cause", language)))
    records = metric_of("process_outcome")
    found = of_one_form(totals(viewing, scope, records.id, None), scope.process)
    part(say("process.by_records", language))
    associations(
        viewing,
        scope,
        records,
        rows_by(found, lambda r: metric_of(r.part).label.in_language(language), language),
    )
    if found:
        against(viewing, scope, called, found)
    people = metric_of("process_outcome_halves")
    part(say("process.by_people", language))
    associations(
        viewing,
        scope,
        people,
        rows_by(
            totals(viewing, scope, people.id, None),
            lambda r: part_name(r.instrument, r.part, language),
            language,
        ),
    )


def of_one_form(found: Sequence[Result], first: str | None) -> list[Result]:
    """The associations with one process questionnaire: the one that the page reads, if it can."""
    asked = sorted({result.instrument for result in found}, key=lambda key: (key != first, key))
    return [result for result in found if result.instrument == asked[0]]


def associations(viewing: Viewing, scope: Scope, metric: Metric, rows: Sequence[Row]) -> None:
    """How closely each outcome goes with the process, or why that cannot be told."""
    language = viewing.language
    if not rows:
        nothing(viewing, metric)
        return
    shown = sentences.sorted_rows(rows, metric)
    chart_block(
        viewing,
        interval_dots(shown, metric, language),
        shown,
        metric,
        title=metric.label.in_language(language),
        sentence=associated(shown, metric, language),
        publication=scope.publication,
        key=metric.id,
    )


def associated(rows: Sequence[Row], metric: Metric, language: str) -> str:
    """The associations in words: each that stands out, then those that chance may have made, then
    those that could not be computed, with the reason why."""
    said, within = [], []
    refused: dict[Reason, list[str]] = {}
    for row in rows:
        result = row.result
        if not is_shown(result):
            refused.setdefault(result.reason, []).append(row.label)
        elif sentences.direction(result) == "within":
            within.append(row.label)
        else:
            said.append(association(row, metric, language))
    if within:
        said.append(say("associated.within", language, outcomes=", ".join(within)))
    for reason, labels in refused.items():
        said.append(say("associated.refused", language, outcomes=", ".join(labels)))
        said += [REASONS[reason].in_language(language)] if reason else []
    return " ".join(said)


def association(row: Row, metric: Metric, language: str) -> str:
    """One association that stands out: together or the opposite way, and what its test says."""
    lead = say(
        f"associated.{sentences.direction(row.result)}",
        language,
        outcome=row.label,
        value=written.figure(row.result.value, metric.unit, language),
        basis=sentences.basis(row.result, metric, language),
    )
    return f"{lead} {sentences.by_chance(row.result, language)}".strip()


def against(
    viewing: Viewing, scope: Scope, called: Mapping[int, str], found: Sequence[Result]
) -> None:
    """The projects as points: the process at the end, and an outcome that the reader chooses."""
    language = viewing.language
    widest = max(found, key=lambda result: (result.projects or 0, result.part))
    chosen = st.selectbox(
        say("choose.beside", language),
        format_func=lambda name: metric_of(name).label.in_language(language),
        width=360,
        **follow("beside", sorted({result.part for result in found}), widest.part),
    )
    form = widest.instrument
    quality, outcome = metric_of("process_quality"), metric_of(chosen)
    process = of_projects(viewing, quality.id, form, overall_of(form))
    results = of_projects(viewing, chosen, "", None)
    points = sorted(
        (
            Point(name, process[number], results[number])
            for number, name in called.items()
            if number in process and number in results
        ),
        key=lambda point: (-point.y.value, point.label),
    )
    across = Side(quality, say("process.at_end", language))
    up = Side(outcome, outcome.label.in_language(language))
    title = say("process.against", language, outcome=up.title)
    if not points:
        st.info(literal(say("process.against_none", language, outcome=up.title)))
        return
    picture_block(
        viewing,
        Picture(
            plane(points, across, up, language),
            plane_alt(title, points, across, up, language),
            say("plane.key", language, n=NUMBERED),
            plane_table(points, across, up, language),
        ),
        [(outcome, [point.y for point in points]), (quality, [point.x for point in points])],
        title=title,
        sentence=say(
            "process.against_words",
            language,
            n=written.count(len(points), language),
            outcome=up.title,
        ),
        publication=scope.publication,
        key="against",
    )


def of_projects(
    viewing: Viewing, metric: str, instrument: str, part: str | None
) -> dict[int, Result]:
    """The shown figure of every project, at the end where rounds are told apart."""
    found = figures(
        viewing,
        level=Level.PROJECT,
        metric=metric,
        instrument=instrument,
        part=part,
        split="total",
    )
    return {
        result.entity: result
        for result in found
        if is_shown(result)
        and (result.part == part if part else result.part in WHOLE)
        and (result.wave == WAVE or not instrument)
    }
