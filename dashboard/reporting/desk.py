"""The desk's tables: one row a target, what waits apart from what is approved."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard.components import section
from dashboard.literal import literal
from dashboard.reporting import words
from dashboard.sections.paging import page_of
from dashboard.session import Viewing, address
from dashboard.wording import say, say_count
from data.reporting.desk import DeskLine
from metrics.metric import ValueState

#: Rows of one table: as many as a screen holds, and a phone shows one below the other.
ROWS = 12
#: The tables in their order: what waits for somebody first. By the statuses that they hold.
PARTS: Mapping[str, tuple[str | None, ...]] = {
    "pending": words.PENDING,
    "approved": words.APPROVED,
    "open": (*words.OPEN, None),
}


def tables(viewing: Viewing, lines: Sequence[DeskLine], projects: Mapping[int, str]) -> None:
    """A table of what waits for approval, one of what is approved, one of the rest."""
    language = viewing.language
    for part, statuses in PARTS.items():
        own = [line for line in lines if line.status in statuses]
        if not own and part == "open":
            continue
        section(say(f"report.part.{part}", language))
        if not own:
            st.markdown(literal(say(f"report.part.{part}.none", language)))
            continue
        st.markdown(literal(part_sentence(own, part, language)))
        _, shown = page_of(viewing, f"report_{part}_page", own, ROWS)
        st.table(
            table(viewing, shown, projects),
            alt=say(f"report.part.{part}", language),
            hide_index=True,
        )
    if any(line.rounded for line in lines):
        st.caption(literal(say("report.rounded", language)))
    st.caption(literal(say("report.columns", language)))


def part_sentence(lines: Sequence[DeskLine], part: str, language: str) -> str:
    """How many figures a table holds, of how many projects, and how many reached their target."""
    projects = len({line.target.project for line in lines})
    said = say_count(f"report.part.{part}.words", len(lines), language, projects=projects)
    aimed = [line for line in lines if line.attained is not None]
    if not aimed:
        return said
    reached = sum(line.attained >= 1 for line in aimed)
    counts = {"n": written.count(reached, language), "all": written.count(len(aimed), language)}
    return f"{said} {say('report.reached', language, **counts)}"


def table(viewing: Viewing, lines: Sequence[DeskLine], projects: Mapping[int, str]) -> pd.DataFrame:
    """Lines as rows of texts; the first cell leads to the figure."""
    language = viewing.language
    columns: dict[str, Callable[[DeskLine], str]] = {
        "indicator": lambda line: figure_link(viewing, line),
        "project": lambda line: literal(projects.get(line.target.project, "")),
        "target": lambda line: literal(words.target_words(line.target, language)),
        "in_period": lambda line: literal(words.told(line, language, period=True)),
        "in_all": lambda line: literal(words.told(line, language, period=False)),
        "unit": lambda line: literal(line.indicator.unit.label.in_language(language)),
        "attained": lambda line: literal(words.attained_words(line, language)),
        "pace": lambda line: literal(words.pace_words(line, language)),
        "period": lambda line: literal(
            words.period_words(line.period, language)
            if line.period
            else say("table.none", language)
        ),
        "proofs": lambda line: written.count(line.proofs, language),
        "status": lambda line: literal(status(line, language)),
    }
    if len({line.target.project for line in lines}) < 2:
        del columns["project"]
    return pd.DataFrame(
        {
            say(f"report.column.{name}", language): [cell(line) for line in lines]
            for name, cell in columns.items()
        }
    )


def status(line: DeskLine, language: str) -> str:
    """How far a value has come, and that it corrects an earlier one."""
    said = words.status_words(line.status, language)
    if line.state is ValueState.NOT_APPLICABLE:
        said = f"{said}. {words.state_words(line.state, language)}"
    if line.correction:
        said = f"{said}. {say('report.correction', language, n=line.correction)}"
    return said


def figure_link(viewing: Viewing, line: DeskLine) -> str:
    """An indicator's name as a link to its figure, where there is one to look at."""
    name = literal(words.called(line.indicator, viewing.language))
    if line.reported is None or not may_open(line):
        return name
    found = address(viewing, "figure", figure_id=line.reported)
    return name if found is None else f"[{name}]({found})"


def may_open(line: DeskLine) -> bool:
    """Whether a figure can be looked at by whoever sees its line: a returned one shows nothing to
    those who do not write it."""
    return line.status != "returned" or line.state is not ValueState.NOT_REPORTED
