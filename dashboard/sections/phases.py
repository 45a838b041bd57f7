"""Every project by every phase: how the process went there, and how sure its mean is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard import sentences
from dashboard.charts import PhaseCell, PhaseRow, is_shown, phase_heatmap
from dashboard.components import Picture, picture_block
from dashboard.figures import figures, metric_of
from dashboard.labels import overall_of, phase_name, questionnaires
from dashboard.literal import literal
from dashboard.sections.paging import page_of
from dashboard.sections.rows import nothing, row
from dashboard.sections.scope import Scope
from dashboard.session import Viewing
from dashboard.wording import say, say_count
from metrics.metric import Level, Metric, Result
from survey.instrument import PHASES

#: Projects on a page of the heatmap.
PROJECTS = 20

#: A project and a phase.
Place = tuple[int, str]


def projects_by_phase(viewing: Viewing, scope: Scope, called: Mapping[int, str]) -> None:
    """The heatmap of projects and phases, those that were rated lowest first."""
    language = viewing.language
    metric = metric_of("process_quality")
    cells = phase_cells(viewing, scope, called)
    if not cells:
        nothing(viewing, metric)
        return
    overall = of_projects(viewing, scope, metric.id)
    certain = of_projects(viewing, scope, "reliability_of_mean")
    rows = sorted_projects(
        [
            PhaseRow(
                name,
                overall.get(number),
                sentences.absence_words(overall.get(number), language),
                certain.get(number),
                tuple(cells.get((number, phase), PhaseCell()) for phase in PHASES),
            )
            for number, name in called.items()
            if number in overall or any((number, phase) in cells for phase in PHASES)
        ]
    )
    first, some = page_of(viewing, "phases_page", rows, PROJECTS)
    title = say("process.phases", language)
    heads = (*PHASES, say("process.reliability_head", language))
    picture_block(
        viewing,
        Picture(
            phase_heatmap(some, metric, language, heads),
            alt_text(title, some, language),
            legend(some, language),
            phase_table(some, language),
        ),
        [
            (metric, [r.overall for r in some if r.overall is not None]),
            (
                metric_of("reliability_of_mean"),
                [r.reliability for r in some if r.reliability is not None],
            ),
            (metric_of("phase_coverage"), []),
        ],
        title=title,
        sentence=phase_sentence(rows, first, len(some), language),
        publication=scope.publication,
        key="projects_by_phase",
    )
    st.caption(
        literal(
            " · ".join(
                say("process.phase", language, code=phase, name=phase_name(phase, language))
                for phase in PHASES
            )
        )
    )


def phase_cells(
    viewing: Viewing, scope: Scope, called: Mapping[int, str]
) -> dict[Place, PhaseCell]:
    """What is known of each phase of each project.

    Several forms ask about the process: a phase shows what the form that the page reads found, or
    else what another found, marked as from a shorter form.
    """
    lacking = {
        (result.entity, result.split_value): result.denominator - result.numerator
        for result in figures(
            viewing, level=Level.PROJECT, metric="phase_coverage", part="answers", split="phase"
        )
        if is_shown(result) and result.denominator is not None
    }
    found: dict[Place, PhaseCell] = {}
    for key in forms(scope.process):
        for result in figures(
            viewing,
            level=Level.PROJECT,
            metric="process_quality",
            instrument=key,
            part=overall_of(key),
            split="phase",
        ):
            place = (result.entity, result.split_value)
            if result.entity in called and place not in found:
                found[place] = PhaseCell(result, lacking.get(place, 0), key != scope.process)
    return found


def forms(first: str | None) -> list[str]:
    """The forms that ask about the process as a whole, the one that the page reads first."""
    asked = [
        key
        for key, instrument in questionnaires().items()
        if instrument.kind == "process" and overall_of(key)
    ]
    return sorted(asked, key=lambda key: (key != first, -len(questionnaires()[key].items), key))


def of_projects(viewing: Viewing, scope: Scope, metric: str) -> dict[int, Result]:
    """A figure about the whole process of every project, in the chosen wave."""
    if scope.process is None:
        return {}
    return {
        result.entity: result
        for result in figures(
            viewing,
            level=Level.PROJECT,
            metric=metric,
            instrument=scope.process,
            part=overall_of(scope.process),
            split="total",
        )
        if result.wave == scope.wave
    }


def sorted_projects(rows: Sequence[PhaseRow]) -> list[PhaseRow]:
    """The lowest first; figures that are only indicative after the others, gaps at the end."""

    def place(item: PhaseRow) -> tuple[bool, bool, float, str]:
        if item.overall is None or not is_shown(item.overall):
            return (True, False, 0.0, item.label)
        return (False, item.overall.indicative, item.overall.value, item.label)

    return sorted(rows, key=place)


# --- words --------------------------------------------------------------------------------------


def phase_sentence(rows: Sequence[PhaseRow], first: int, shown: int, language: str) -> str:
    """Which projects the picture shows, and where the lowest and the highest phase is."""
    said = say(
        "process.phases_shown",
        language,
        first=written.count(first + 1, language),
        last=written.count(first + shown, language),
        all=written.count(len(rows), language),
    )
    known = [
        (cell.result.value, item.label, phase, cell.result.indicative)
        for item in rows
        for phase, cell in zip(PHASES, item.cells, strict=True)
        if cell.result is not None and is_shown(cell.result)
    ]
    sure = [place for place in known if not place[-1]] or known
    if len(sure) < 2:
        return said
    low, high = min(sure), max(sure)
    extremes = say(
        "process.phases_extremes",
        language,
        lowest=f"{low[1]}, {phase_name(low[2], language)}",
        low=written.number(low[0], language),
        highest=f"{high[1]}, {phase_name(high[2], language)}",
        high=written.number(high[0], language),
    )
    hidden = sum(
        cell.result is not None and not is_shown(cell.result)
        for item in rows
        for cell in item.cells
    )
    gaps = say_count("process.phases_hidden", hidden, language) if hidden else ""
    return f"{said} {extremes} {gaps}".strip()


def alt_text(title: str, rows: Sequence[PhaseRow], language: str) -> str:
    """The whole process of every project in the picture; its table has the phases."""
    metric = metric_of("process_quality")
    named = [row(item.label, item.overall, language) for item in rows if item.overall is not None]
    return f"{sentences.alt_text(title, named, metric, language)} {say('alt.table', language)}"


def legend(rows: Sequence[PhaseRow], language: str) -> str:
    """What the signs in the cells mean: only those that are there."""
    cells = [cell for item in rows for cell in item.cells if cell.result is not None]
    states = {cell.result.state for cell in cells}
    keys = ["heatmap.key"]
    keys += [
        f"heatmap.key.{state}"
        for state in ("suppressed", "not_applicable", "not_reported", "zero")
        if state in states
    ]
    for key, there in (
        ("indicative", any(cell.result.indicative for cell in cells)),
        ("lacks", any(cell.lacks for cell in cells)),
        ("short", any(cell.short for cell in cells)),
        ("unasked", any(cell.result is None for item in rows for cell in item.cells)),
        ("reliability", any(item.reliability is not None for item in rows)),
    ):
        if there:
            keys.append(f"heatmap.key.{key}")
    return " ".join(say(key, language) for key in keys)


def phase_table(rows: Sequence[PhaseRow], language: str) -> pd.DataFrame:
    """Rows: projects. Every phase that anybody was asked about is a column of words."""
    none = say("table.none", language)
    quality, sure = metric_of("process_quality"), metric_of("reliability_of_mean")
    columns = {
        say("choose.project", language): [literal(item.label) for item in rows],
        say("process.whole", language): [
            words(item.overall, quality, language, none) for item in rows
        ],
        say("table.n", language): [
            written.count(item.overall.n, language)
            if item.overall is not None and item.overall.n is not None
            else none
            for item in rows
        ],
        sure.label.in_language(language): [
            words(item.reliability, sure, language, none) for item in rows
        ],
    }
    for place, phase in enumerate(PHASES):
        of_phase = [item.cells[place] for item in rows]
        if any(cell.result is not None for cell in of_phase):
            columns[phase] = [cell_words(cell, language, none) for cell in of_phase]
    return pd.DataFrame(columns)


def words(result: Result | None, metric: Metric, language: str, none: str) -> str:
    """A figure with its interval, or why it is not there; ``none`` where nothing was asked."""
    if result is None:
        return none
    return literal(sentences.row_words(row("", result, language), metric, language))


def cell_words(cell: PhaseCell, language: str, none: str) -> str:
    """A phase in words, with what is missing or different about it."""
    said = [words(cell.result, metric_of("process_quality"), language, none)]
    if cell.lacks:
        said.append(say_count("process.lacks", cell.lacks, language))
    if cell.short:
        said.append(say("process.short", language))
    return ", ".join(said)
