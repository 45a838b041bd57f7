"""Every project by every construct: where its own view and the participants' lie apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard import sentences
from dashboard.charts import GapCells, gap_grid, is_shown
from dashboard.components import Picture, picture_block
from dashboard.figures import figures, metric_of
from dashboard.judging.words import construct_name
from dashboard.literal import literal
from dashboard.sections.gap_words import (
    BLIND,
    STRENGTH,
    finding_of,
    forms_sentence,
    reasons_sentence,
)
from dashboard.sections.paging import page_of
from dashboard.sections.phases import forms
from dashboard.sections.rows import row
from dashboard.sections.scope import Scope
from dashboard.session import Viewing
from dashboard.wording import say, say_count
from metrics.metric import ALL_WAVES, Level, Reason, Result
from metrics.names import CONSTRUCT_NAMES

#: Projects on a page of the grid.
PROJECTS = 20

#: A project and a construct.
Place = tuple[int, str]
#: The gaps of a place that something is said of: over the phases, and of each phase.
Gaps = Mapping[Place, Sequence[Result]]


def gap_of_projects(viewing: Viewing, scope: Scope, called: Mapping[int, str]) -> None:
    """The grid of projects and constructs, those with the most blind spots first."""
    language = viewing.language
    cells = gap_cells(viewing, scope, called)
    judged = {
        project
        for (project, _), gap in cells.items()
        if is_shown(gap) or gap.reason is not Reason.NO_ASSESSMENT
    }
    if not judged:
        st.info(literal(reasons_sentence(list(cells.values()), language)))
        return
    parts = [
        part
        for part in CONSTRUCT_NAMES
        if any(part == p and known(gap) is not None for (_, p), gap in cells.items())
    ]
    gaps = with_phases(viewing, cells)
    ordered = sorted(judged, key=lambda number: rank(number, gaps, called))
    _, some = page_of(viewing, "gaps_page", ordered, PROJECTS)
    rows = [
        GapCells(
            called[number],
            tuple(known(cells.get((number, part))) for part in parts),
            project_words(number, gaps, language),
        )
        for number in some
    ]
    heads = tuple(str(place) for place in range(1, len(parts) + 1))
    title = say("gap.grid", language)
    sentence = portfolio_sentence(gaps, judged, called, language)
    picture_block(
        viewing,
        Picture(
            gap_grid(rows, language, heads),
            f"{say('alt.start', language, title=title)} {sentence} {say('alt.table', language)}",
            legend(rows, heads, parts, language),
            grid_table(rows, parts, language),
        ),
        [(metric_of("perception_gap"), [cells[place] for place in cells if place[0] in some])],
        title=title,
        sentence=sentence,
        publication=scope.publication,
        key="gap_grid",
    )


def gap_cells(viewing: Viewing, scope: Scope, called: Mapping[int, str]) -> dict[Place, Result]:
    """The gap over the phases of each construct of each project, of the form that comes first."""
    order = {key: place for place, key in enumerate(forms(scope.process))}
    found = figures(viewing, level=Level.PROJECT, metric="perception_gap", split="total")
    ranked = sorted(
        (result for result in found if result.entity in called and result.part),
        key=lambda r: (
            not is_shown(r),
            order.get(r.instrument, len(order)),
            r.wave != ALL_WAVES,
            r.instrument,
            r.wave,
        ),
    )
    cells: dict[Place, Result] = {}
    for result in ranked:
        cells.setdefault((result.entity, result.part), result)
    return cells


def with_phases(viewing: Viewing, cells: Mapping[Place, Result]) -> dict[Place, list[Result]]:
    """The gap of each cell, and of each phase that it is the mean of: a gap of one phase is one."""
    gaps = {place: [gap] for place, gap in cells.items()}
    found = figures(viewing, level=Level.PROJECT, metric="perception_gap", split="phase")
    for result in found:
        place = (result.entity, result.part)
        if place in gaps:
            whole = gaps[place][0]
            if (result.instrument, result.wave) == (whole.instrument, whole.wave):
                gaps[place].append(result)
    return gaps


def known(gap: Result | None) -> Result | None:
    """A gap as the grid shows it: where the project has not judged itself there is none."""
    return None if gap is None or gap.reason is Reason.NO_ASSESSMENT else gap


def named(number: int, gaps: Gaps, finding: str) -> list[str]:
    """The constructs of a project where the gap over its phases, or of one, is of a kind."""
    return [
        part
        for (project, part), found in gaps.items()
        if project == number and any(finding_of(gap) == finding for gap in found)
    ]


def rank(number: int, gaps: Gaps, called: Mapping[int, str]) -> tuple[int, int, str]:
    """Most blind spots first, then most hidden strengths, then by name."""
    blind, strong = (len(named(number, gaps, finding)) for finding in (BLIND, STRENGTH))
    return (-blind, -strong, called[number])


def project_words(number: int, gaps: Gaps, language: str) -> str:
    """How many blind spots and hidden strengths a project has; nothing where it has none."""
    said = [
        say_count(f"gap.count.{finding}", len(parts), language)
        for finding in (BLIND, STRENGTH)
        if (parts := named(number, gaps, finding))
    ]
    return ", ".join(said)


def portfolio_sentence(
    gaps: Gaps, judged: set[int], called: Mapping[int, str], language: str
) -> str:
    """In how many projects both sides are known, and what they see most differently."""
    both = {project for (project, _), found in gaps.items() if is_shown(found[0])}
    said = [
        say(
            "gap.portfolio",
            language,
            both=written.count(len(both), language),
            all=written.count(len(called), language),
        )
    ]
    for finding in (BLIND, STRENGTH):
        counted = Counter(part for number in judged for part in named(number, gaps, finding))
        if counted:
            part, projects = counted.most_common(1)[0]
            said.append(
                say_count(
                    f"gap.portfolio.{finding}",
                    projects,
                    language,
                    construct=construct_name(part, language),
                )
            )
        elif both:
            said.append(say(f"gap.portfolio.no_{finding}", language))
    if len(both) < len(judged):
        said.append(say_count("gap.portfolio.without", len(judged) - len(both), language))
    return " ".join(said)


def legend(
    rows: Sequence[GapCells], heads: Sequence[str], parts: Sequence[str], language: str
) -> str:
    """What columns, numbers, colours and signs mean: only those that are there."""
    found = [cell for item in rows for cell in item.cells if cell is not None]
    columns = " · ".join(
        f"{head} {construct_name(part, language)}" for head, part in zip(heads, parts, strict=True)
    )
    keys = ["gap.grid_key"]
    states = {cell.state for cell in found}
    for state, key in (
        ("suppressed", "heatmap.key.suppressed"),
        ("not_applicable", "heatmap.key.not_applicable"),
        ("not_reported", "gap.grid_unanswered"),
    ):
        if state in states:
            keys.append(key)
    if any(cell.indicative for cell in found):
        keys.append("heatmap.key.indicative")
    if any(cell is None for item in rows for cell in item.cells):
        keys.append("gap.grid_empty")
    said = [*(say(key, language) for key in keys), forms_sentence(found, language)]
    return f"{columns}. {' '.join(filter(None, said))}"


def grid_table(rows: Sequence[GapCells], parts: Sequence[str], language: str) -> pd.DataFrame:
    """Rows: projects, with what it comes to and the gap of every construct in words."""
    metric = metric_of("perception_gap")
    none = say("table.none", language)
    columns = {
        say("choose.project", language): [literal(item.label) for item in rows],
        say("gap.meaning", language): [literal(item.words) or none for item in rows],
    }
    for place, part in enumerate(parts):
        columns[construct_name(part, language)] = [
            none
            if item.cells[place] is None
            else literal(
                sentences.row_words(row("", item.cells[place], language), metric, language)
            )
            for item in rows
        ]
    return pd.DataFrame(columns)
