"""What has changed since last time: the publication before, and the survey round before.

Many projects are looked at at once, so some move by chance alone: a project is named only where
its change stands after Holm's rule among all that are looked at.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from statistics import NormalDist

import numpy as np
import streamlit as st

from dashboard import format as written
from dashboard.attention import is_pressing
from dashboard.charts import is_shown
from dashboard.components import explained, link_markup
from dashboard.figures import earlier, figures, findings_of, metric_of, names
from dashboard.labels import overall_of
from dashboard.literal import literal
from dashboard.sections.scope import Scope
from dashboard.sections.since import headlines_since
from dashboard.session import Viewing
from dashboard.wording import say, say_count
from metrics.metric import Level, Metric, Result
from metrics.multiplicity import holm

#: A change is named when chance alone would show one like it among all of them this seldom.
SELDOM = 0.05
#: Names that stand in a sentence; the others are counted.
MOST = 6
#: The metrics that tell of changes between survey rounds.
OF_ROUNDS = ("process_change", "change_effect")


def news(viewing: Viewing, scope: Scope) -> None:
    """What is new since the publication before, and which projects moved since the round before."""
    called = names(viewing, Level.PROJECT)
    for said in since_publication(viewing, scope, called):
        st.markdown(literal(said))
    for metric in OF_ROUNDS:
        since_round(viewing, scope, metric, called)


def since_publication(viewing: Viewing, scope: Scope, called: Mapping[int, str]) -> list[str]:
    """Which projects came to need attention since the publication before, which no longer do, and
    what the headline figures were then.

    Missing: that this is the first publication, where there is none before it.
    """
    language = viewing.language
    before = earlier(scope.publication.id)
    if before is None:
        return [say("news.first", language)]
    now, then = (
        {number for number, found in findings_of(viewing, revision).items() if is_pressing(found)}
        for revision in (scope.publication.id, before.id)
    )
    day = written.moment(before.published_at, language)
    come, gone = sorted(now - then), sorted(then - now)
    said = [say("news.since", language, at=day, revision=before.id)]
    for key, numbers in (("news.come", come), ("news.gone", gone)):
        if numbers:
            listed = listing([called.get(number, "") for number in numbers], language)
            said.append(say_count(key, len(numbers), language, names=listed))
    if not come and not gone:
        said.append(say("news.same", language))
    figures_then = headlines_since(viewing, scope, before)
    return [" ".join(said), *([figures_then] if figures_then else [])]


def told_round(
    viewing: Viewing, scope: Scope, metric: Metric, called: Mapping[int, str]
) -> tuple[str, list[Result], list[int]]:
    """How many projects moved by more than chance between survey rounds, in words; all that were
    looked at, and the projects that moved. Missing: no words where nothing was looked at."""
    found = [each for each in changes(viewing, scope, metric) if each.entity in called]
    if not found:
        return "", [], []
    p = np.array([chance_of(each) for each in found])
    sure = holm(np.zeros(len(p), dtype=np.int64), p) <= SELDOM
    moved = dict.fromkeys(each.entity for each, is_sure in zip(found, sure, strict=True) if is_sure)
    return sentence(found, sure, metric, called, viewing.language), found, list(moved)


def since_round(viewing: Viewing, scope: Scope, name: str, called: Mapping[int, str]) -> None:
    """The same on a page, with links to the projects and how we know."""
    metric = metric_of(name)
    said, found, moved = told_round(viewing, scope, metric, called)
    if not found:
        return
    st.markdown(literal(said))
    links = [
        link_markup(viewing, "project", called[project], project_id=project)
        for project in moved[:MOST]
    ]
    if links:
        st.html(f'<p class="links">{" ".join(links)}</p>')
    explained(viewing, [(metric, found)], scope.publication, key=f"news_{name}")


def changes(viewing: Viewing, scope: Scope, metric: Metric) -> list[Result]:
    """The changes of projects that chance can be judged of: one a project and part.

    Of the process the whole; of the outcome every side that was asked at both times.
    """
    survey = scope.process if metric.kind == "process" else scope.outcome
    found = figures(
        viewing, level=Level.PROJECT, metric=metric.id, instrument=survey, split="total"
    )
    whole = overall_of(survey) if metric.kind == "process" else None
    waves = {each.wave for each in found}
    wave = scope.wave if scope.wave in waves else "end"
    return [
        each
        for each in found
        if is_shown(each) and each.low is not None and each.wave == wave
        and (whole is None or each.part == whole)
    ]  # fmt: skip


def chance_of(result: Result) -> float:
    """How seldom chance alone shows a change like this: the test's own p, else by the interval.

    Formula: 2 (1 - Phi(|value| / (half the 95 % interval / 1.96))).
    """
    if result.p is not None:
        return result.p
    half = (result.high - result.low) / 2
    if half <= 0:
        return 1.0
    return 2 * (1 - NormalDist().cdf(abs(result.value) / (half / 1.96)))


def sentence(
    found: Sequence[Result],
    sure: np.ndarray,
    metric: Metric,
    called: Mapping[int, str],
    language: str,
) -> str:
    """How many changes were looked at, how many chance would show, and which stand after Holm."""
    by_chance = SELDOM * len(found)
    values = {
        "all": written.count(len(found), language),
        "chance": written.number(by_chance, language, 0 if by_chance >= 1 else 1),
    }
    said = [say(f"news.round.{metric.kind}", language, **values)]
    better = np.array([(each.value > 0) == (metric.better == "up") for each in found])
    for key, which in (("news.up", sure & better), ("news.down", sure & ~better)):
        chosen = dict.fromkeys(called[found[at].entity] for at in np.flatnonzero(which))
        if chosen:
            listed = listing(list(chosen), language)
            said.append(say_count(key, len(chosen), language, names=listed))
    if not sure.any():
        said.append(say("news.none_sure", language))
    return " ".join(said)


def listing(called: Sequence[str], language: str) -> str:
    """Names one after another; those beyond `MOST` are counted."""
    shown = ", ".join(called[:MOST])
    if len(called) <= MOST:
        return shown
    return say("news.and_more", language, names=shown, n=len(called) - MOST)
