"""Projects set beside each other: fairly compared, where people agree, and how they were led."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard import sentences
from dashboard.charts import (
    NUMBERED,
    Point,
    Reference,
    Row,
    Side,
    interval_dots,
    is_shown,
    plane,
)
from dashboard.components import Picture, chart_block, picture_block
from dashboard.figures import figures, metric_of, one
from dashboard.labels import constructs, part_name, questionnaires
from dashboard.literal import literal
from dashboard.sections.paging import page_of
from dashboard.sections.phases import of_projects
from dashboard.sections.points import plane_alt, plane_table
from dashboard.sections.rows import nothing, row, rows_by
from dashboard.sections.scope import Scope, overall_quality, totals
from dashboard.session import Viewing
from dashboard.wording import say, say_count
from metrics.limits import DIFFERS_BELOW
from metrics.metric import Level, Reason, Result
from metrics.reasons import REASONS
from survey.instrument import Scale

#: Rows of a chart of projects.
PROJECTS = 20
#: Names that one line lists.
MOST_NAMES = 20


def compared(viewing: Viewing, scope: Scope, called: Mapping[int, str]) -> None:
    """Projects by estimates that allow for chance, or the reason why they are not compared."""
    language = viewing.language
    metric = metric_of("shrunken_quality")
    found = of_projects(viewing, scope, metric.id)
    rows = [
        row(name, found[number], language) for number, name in called.items() if number in found
    ]
    if not rows:
        nothing(viewing, metric)
        return
    fair = [item for item in rows if may_be_ranked(item.result)]
    others = sorted(item.label for item in rows if item not in fair)
    first, some = page_of(viewing, "compared_page", sentences.sorted_rows(fair, metric), PROJECTS)
    said = [compared_sentence(fair, first, len(some), language)]
    if others:
        said.append(say_count("process.not_compared", len(others), language))
        said += reasons_of([item.result for item in rows if item not in fair], language)
    whole = overall_quality(viewing, scope)
    chart_block(
        viewing,
        interval_dots(some, metric, language, reference_of(whole, language)),
        some,
        metric,
        title=say("process.compared", language),
        sentence=" ".join(said),
        publication=scope.publication,
        key="compared",
    )
    if others:
        st.caption(literal(say("process.not_compared_list", language, names=listed(others))))


def may_be_ranked(result: Result) -> bool:
    """Whether a project's figure is certain enough to stand beside those of other projects."""
    return is_shown(result) and result.reason is not Reason.UNRELIABLE


def reasons_of(results: Sequence[Result], language: str) -> list[str]:
    """Why figures are not set beside others, each reason once."""
    found = dict.fromkeys(result.reason for result in results if result.reason is not None)
    return [REASONS[reason].in_language(language) for reason in found]


def reference_of(whole: Result | None, language: str) -> Reference | None:
    """The whole portfolio as the line that projects are read against."""
    if whole is None or not is_shown(whole):
        return None
    return Reference(say("chart.portfolio", language), whole.value)


def compared_sentence(fair: Sequence[Row], first: int, shown: int, language: str) -> str:
    """How many projects may be compared, and whether even the outermost of them differ."""
    if len(fair) < 2:
        return say("process.compared_none", language)
    ordered = sorted(fair, key=lambda item: item.result.value)
    low, high = ordered[0], ordered[-1]
    said = say(
        "process.compared_words",
        language,
        n=written.count(len(fair), language),
        first=written.count(first + 1, language),
        last=written.count(first + shown, language),
        lowest=low.label,
        low=written.number(low.result.value, language),
        highest=high.label,
        high=written.number(high.result.value, language),
    )
    overlap = sentences.overlap(low.result, high.result)
    return f"{said} {say('spread.overlap', language)}" if overlap else said


def listed(labels: Sequence[str]) -> str:
    """Names one after the other; when there are many, the first of them and an ellipsis."""
    more = ", …" if len(labels) > MOST_NAMES else ""
    return ", ".join(labels[:MOST_NAMES]) + more


def agreed(viewing: Viewing, scope: Scope, called: Mapping[int, str]) -> None:
    """Where people of the same project experienced its process differently, most differing first.

    A row is a part of a project's process; alike ones are counted and not drawn.
    """
    language = viewing.language
    metric = metric_of("agreement")
    parts = constructs(scope.process)
    found = [
        result
        for result in figures(
            viewing,
            level=Level.PROJECT,
            metric=metric.id,
            instrument=scope.process,
            split="total",
        )
        if result.entity in called and result.part in parts and result.wave == scope.wave
    ]
    if scope.process is None or not found:
        nothing(viewing, metric)
        return
    known = [result for result in found if is_shown(result)]
    if not known:
        st.info(literal(" ".join([say("spread.none", language), *reasons_of(found, language)])))
        return
    differing = sorted(
        (result for result in known if result.value < DIFFERS_BELOW),
        key=lambda result: (result.value, called[result.entity]),
    )
    told = {
        "all": written.count(len({result.entity for result in known}), language),
        "limit": written.number(DIFFERS_BELOW, language, 2),
    }
    if not differing:
        st.info(literal(say("process.agreement_none", language, **told)))
        return
    some_differ = written.count(len({result.entity for result in differing}), language)
    said = say("process.agreement_words", language, n=some_differ, **told)
    _, some = page_of(viewing, "agreed_page", differing, PROJECTS)
    rows = rows_by(
        some,
        lambda r: f"{called[r.entity]}: {part_name(r.instrument, r.part, language)}",
        language,
    )
    chart_block(
        viewing,
        interval_dots(rows, metric, language),
        rows,
        metric,
        title=say("process.agreement", language),
        sentence=f"{said} {say('process.agreement_meaning', language)}",
        publication=scope.publication,
        key="agreement",
    )


# --- firm and flexible --------------------------------------------------------------------------


def leadership(viewing: Viewing, scope: Scope, called: Mapping[int, str]) -> None:
    """The square of leadership: how firm and how flexible each project was found to be."""
    language = viewing.language
    metric = metric_of("process_quality")
    share = metric_of("balanced_leadership")
    square = leading(scope.process)
    if square is None:
        nothing(viewing, share)
        return
    both = one(totals(viewing, scope, share.id, scope.process), wave=scope.wave)
    first, second = square.scales
    firm, flexible, shares = (
        projects_of(viewing, scope, of, part)
        for of, part in ((metric.id, first), (metric.id, second), (share.id, square.code))
    )
    points = sorted(
        (
            Point(name, flexible[number], firm[number])
            for number, name in called.items()
            if number in firm
            and number in flexible
            and is_shown(firm[number])
            and is_shown(flexible[number])
        ),
        key=lambda point: (min(point.x.value, point.y.value), point.label),
    )
    if not points:
        nothing(viewing, share)
        return
    across, up = (
        Side(metric, part_name(scope.process, side, language), square.threshold)
        for side in (second, first)
    )
    picture_block(
        viewing,
        Picture(
            plane(points, across, up, language),
            plane_alt(say("process.leadership", language), points, across, up, language),
            f"{say('plane.key', language, n=NUMBERED)} "
            f"{say('plane.key.limit', language, limit=written.number(up.limit, language))}",
            leadership_table(points, shares, across, up, language),
        ),
        [(share, [both] if both else []), (metric, [point.y for point in points])],
        title=say("process.leadership", language),
        sentence=leadership_sentence(points, both, up.limit, language),
        publication=scope.publication,
        key="leadership",
    )


def leading(instrument: str | None) -> Scale | None:
    """The scale that asks whether both halves are there: firmness first, then flexibility."""
    known = questionnaires().get(instrument or "")
    scales = known.scales if known else ()
    return next((scale for scale in scales if scale.combine == "both"), None)


def projects_of(viewing: Viewing, scope: Scope, metric: str, part: str | None) -> dict[int, Result]:
    """A figure of every project in the chosen wave, by the number of the project."""
    return {
        result.entity: result
        for result in figures(
            viewing,
            level=Level.PROJECT,
            metric=metric,
            instrument=scope.process,
            part=part,
            split="total",
        )
        if result.wave == scope.wave
    }


def leadership_sentence(
    points: Sequence[Point], both: Result | None, limit: float, language: str
) -> str:
    """How many found both, and in how many projects one side falls short."""
    share = metric_of("balanced_leadership")
    said = [sentences.figure_sentence(both, share, language)] if both else []
    short = [p for p in points if min(p.x.value, p.y.value) < limit]
    rigid = sum(p.y.value >= limit > p.x.value for p in points)
    loose = sum(p.x.value >= limit > p.y.value for p in points)
    said.append(
        say(
            "process.leadership_words",
            language,
            all=written.count(len(points), language),
            both=written.count(len(points) - len(short), language),
            rigid=written.count(rigid, language),
            loose=written.count(loose, language),
            neither=written.count(len(short) - rigid - loose, language),
            limit=written.number(limit, language),
        )
    )
    return " ".join(said)


def leadership_table(
    points: Sequence[Point], shares: Mapping[int, Result], across: Side, up: Side, language: str
) -> pd.DataFrame:
    """Rows: projects, numbered as in the picture, with both sides and the share who found both."""
    share = metric_of("balanced_leadership")
    table = plane_table(points, across, up, language)
    table[share.label.in_language(language)] = [
        literal(sentences.row_words(row("", shares[p.x.entity], language), share, language))
        if p.x.entity in shares
        else say("table.none", language)
        for p in points
    ]
    return table
