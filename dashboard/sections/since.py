"""The headline figures now and in the publication before, and which moved by more than chance.

A later publication holds the answers of the one before and new ones. Of two estimates of which one
rests on a part of the other's answers, the variance of the difference is the difference of the
variances (Hausman 1978, Econometrica 46); several figures are compared, so Holm's rule is used.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import NormalDist

import numpy as np

from dashboard.charts import has_range, is_shown
from dashboard.components import value_text
from dashboard.figures import metric_of
from dashboard.sections.glance import glance_figures
from dashboard.sections.scope import Scope
from dashboard.session import Viewing
from dashboard.wording import say
from data.sheets import RevisionFacts
from metrics.metric import Metric, Result
from metrics.multiplicity import holm

#: The figures that are compared; the others on top of the page are of groups or of records.
HEADLINES = ("benefit_share", "drawback_share", "recommendation", "process_quality",
             "response_rate", "proposals_taken_up")  # fmt: skip
#: A difference is called more than chance when all of them together would rarely show one.
SELDOM = 0.05
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Moved:
    """A headline figure in two publications."""

    label: str
    metric: Metric
    then: Result
    now: Result


def headlines_since(viewing: Viewing, scope: Scope, before: RevisionFacts) -> str:
    """What the headline figures were in the publication before, in words.

    Missing: empty where no figure stands in both, or all that do were defined otherwise then.
    """
    language = viewing.language
    found = moved(viewing, scope, before)
    if not found:
        return ""
    listed = [told(each, language) for each in found if words(each, language)[0]]
    if not listed:
        return say("since.same", language)
    said = [say("since.figures", language, figures="; ".join(listed))]
    judged = [(each, chance_of(each)) for each in found]
    known = [(each, p) for each, p in judged if p is not None]
    if not known:
        return " ".join([*said, say("since.not_judged", language)])
    p = np.array([chance for _, chance in known])
    sure = holm(np.zeros(len(p), dtype=np.int64), p) <= SELDOM
    named = [each.label.lower() for (each, _), is_sure in zip(known, sure, strict=True) if is_sure]
    if named:
        said.append(say("since.sure", language, names=", ".join(named), all=len(known)))
    else:
        said.append(say("since.none_sure", language, all=len(known)))
    return " ".join(said)


def moved(viewing: Viewing, scope: Scope, before: RevisionFacts) -> list[Moved]:
    """The headline figures that both publications show by the same definition."""
    now, then = (
        {
            metric.id: (label, metric, result)
            for tiles in glance_figures(viewing, each).values()
            for label, metric, result in tiles
            if metric.id in HEADLINES and result is not None and is_shown(result)
        }
        for each in (scope, replace(scope, publication=before))
    )
    versions = scope.publication.metrics
    return [
        Moved(now[name][0], metric_of(name), then[name][2], now[name][2])
        for name in HEADLINES
        if name in now and name in then and before.metrics.get(name) == versions.get(name)
    ]


def chance_of(each: Moved) -> float | None:
    """How seldom new answers would move a figure so far by chance alone.

    Missing: None where it was not asked of more people than before, or an interval is not known:
    then answers were corrected or taken back, and the later figure does not hold the earlier one.
    """
    if not (has_range(each.then) and has_range(each.now)):
        return None
    if each.now.value == each.then.value or (each.now.n or 0) <= (each.then.n or 0):
        return None
    left = half_width(each.then) ** 2 - half_width(each.now) ** 2
    if left <= 0:
        return None
    z = abs(each.now.value - each.then.value) / math.sqrt(left) * _NORMAL.inv_cdf(0.975)
    return 2 * (1 - _NORMAL.cdf(z))


def half_width(result: Result) -> float:
    """Half of the interval."""
    return (result.high - result.low) / 2


def words(each: Moved, language: str) -> Sequence[str]:
    """The value then, empty where it reads as the value now, and the value now."""
    now = value_text(each.now, each.metric, language)
    then = value_text(each.then, each.metric, language)
    return ("" if now == then else then, now)


def told(each: Moved, language: str) -> str:
    """A figure with what it was: Prosessin laatu 70 / 100 (oli 69 / 100)."""
    then, now = words(each, language)
    return say("since.figure", language, label=each.label, now=now, then=then)
