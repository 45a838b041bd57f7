"""Projects that need attention, each with its reasons in words."""

from __future__ import annotations

import html
from collections import defaultdict
from collections.abc import Mapping
from datetime import date
from typing import Any

import streamlit as st

from dashboard import format as written
from dashboard.components import link_markup
from dashboard.figures import findings, metric_of, names
from dashboard.labels import (
    group_name,
    part_name,
    phase_name,
    questionnaire_name,
    wave_name,
)
from dashboard.literal import literal
from dashboard.session import Viewing
from dashboard.wording import say, say_count
from data.sheets import Attention
from metrics.attention import WEIGHTS, Code
from metrics.metric import Level
from metrics.reasons import FINDINGS

MOST = 8
#: Findings lighter than this say that figures are uncertain, not that something goes wrong.
PRESSING = WEIGHTS[Code.PHASE_OVERDUE]


def attention(viewing: Viewing) -> None:
    """The projects with the heaviest findings first, and how many have only doubtful figures."""
    language = viewing.language
    found = by_project(viewing)
    pressing = [number for number, listed in found.items() if is_pressing(listed)]
    called = names(viewing, Level.PROJECT)
    if not pressing:
        st.info(say("empty.attention", language))
    else:
        st.html(cards(viewing, {number: found[number] for number in pressing[:MOST]}, called))
    if len(pressing) > MOST:
        st.caption(say("attention.more", language, shown=MOST, all=len(pressing)))
    doubtful = len(found) - len(pressing)
    if doubtful:
        st.markdown(say_count("attention.doubtful", doubtful, language))


def cards(viewing: Viewing, found: Mapping[int, list[Attention]], called: Mapping[int, str]) -> str:
    """Projects with their reasons beside each other, each behind its name as a link, as HTML."""
    drawn = "".join(
        f"<div><strong>{link_markup(viewing, 'project', called.get(number, ''), project_id=number)}"
        f"</strong>{listed(viewing, theirs)}</div>"
        for number, theirs in found.items()
    )
    return f'<div class="cards">{drawn}</div>'


def attention_of(viewing: Viewing, project: int) -> None:
    """What to notice about one project."""
    found = by_project(viewing).get(project)
    if found:
        st.markdown(reasons(viewing, found))
    else:
        st.info(say("empty.attention_here", viewing.language))


def pressing_projects(viewing: Viewing) -> int:
    """How many projects need attention for more than doubtful figures."""
    return sum(is_pressing(listed) for listed in by_project(viewing).values())


def by_project(viewing: Viewing) -> dict[int, list[Attention]]:
    """The findings of each project that has any, the heaviest project first."""
    found: dict[int, list[Attention]] = defaultdict(list)
    for finding in findings(viewing):
        found[finding.project].append(finding)
    return dict(sorted(found.items(), key=lambda pair: -sum(f.weight for f in pair[1])))


def is_pressing(found: list[Attention]) -> bool:
    """Whether any finding says more than that figures are uncertain."""
    return any(finding.weight >= PRESSING for finding in found)


def listed(viewing: Viewing, found: list[Attention]) -> str:
    """The findings of a project as the items of a list, heaviest first, as HTML."""
    told = (html.escape(finding_text(finding, viewing.language)) for finding in found)
    return f'<ul class="reasons">{"".join(f"<li>{text}</li>" for text in told)}</ul>'


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
        text = say("finding.figure", language, **values)
    else:
        interval = written.interval(detail["low"], detail["high"], unit, language)
        text = say("finding.figure_interval", language, **values, interval=interval)
    if not detail["instrument"]:
        return text
    return say(
        "finding.asked",
        language,
        text=text,
        survey=questionnaire_name(detail["instrument"], language),
        wave=wave_name(detail["wave"], language).lower(),
    )
