"""Projects that need attention, each with its reasons in words."""

from __future__ import annotations

from collections import defaultdict
from datetime import date
from typing import Any

import streamlit as st

from dashboard import format as written
from dashboard.components import entity_link, literal
from dashboard.figures import findings, metric_of, names
from dashboard.labels import group_name, part_name, phase_name
from dashboard.session import Viewing
from dashboard.wording import say
from data.sheets import Attention
from metrics.attention import Code
from metrics.metric import Level
from metrics.reasons import FINDINGS

MOST = 8


def attention(viewing: Viewing, project: int | None = None) -> None:
    """The projects with the heaviest findings first; for one project its own findings."""
    found: dict[int, list[Attention]] = defaultdict(list)
    for finding in findings(viewing):
        if project is None or finding.project == project:
            found[finding.project].append(finding)
    if not found:
        st.info(say("empty.attention", viewing.language))
        return
    if project is not None:
        st.markdown(reasons(viewing, found[project]))
        return
    called = names(viewing, Level.PROJECT)
    heaviest = sorted(found, key=lambda one: -sum(f.weight for f in found[one]))
    with st.grid(2, min_column_width=380, border=True, gap="small"):
        for number in heaviest[:MOST]:
            with st.container(gap="xxsmall"):
                entity_link(viewing, "project", called.get(number, ""), project_id=number)
                st.markdown(reasons(viewing, found[number]))
    if len(heaviest) > MOST:
        st.caption(say("attention.more", viewing.language, shown=MOST, all=len(heaviest)))


def reasons(viewing: Viewing, found: list[Attention]) -> str:
    """The findings of a project as a list, heaviest first."""
    return "\n".join(f"- {literal(finding_text(finding, viewing.language))}" for finding in found)


def finding_text(finding: Attention, language: str) -> str:
    """A finding in words: what it is, where, and how far."""
    title = FINDINGS[Code(finding.code)].in_language(language)
    detail = finding.detail
    if finding.code == Code.PHASE_OVERDUE:
        return say(
            "finding.phase",
            language,
            title=title,
            phase=phase_name(detail["phase"], language),
            days=written.count(detail["days"], language),
        )
    if finding.code == Code.NO_ANSWERS:
        started = written.day(date.fromisoformat(detail["started_on"]), language)
        return say("finding.started", language, title=title, day=started)
    return figure_text(title, detail, language)


def figure_text(title: str, detail: dict[str, Any], language: str) -> str:
    """A finding that rests on a figure, with the figure and its interval."""
    unit = metric_of(detail["metric"]).unit
    names = []
    if detail["part"]:
        names.append(part_name(detail["instrument"], detail["part"], language))
    if detail["group"]:
        names.append(group_name(detail["group"], language))
    values = {
        "title": title,
        "where": f"{', '.join(names)} " if names else "",
        "value": written.figure(detail["value"], unit, language),
    }
    if detail["low"] is None or detail["high"] is None:
        return say("finding.figure", language, **values)
    interval = written.interval(detail["low"], detail["high"], unit, language)
    return say("finding.figure_interval", language, **values, interval=interval)
