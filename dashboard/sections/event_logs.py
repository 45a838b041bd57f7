"""How long cases take in the logs of other systems, where they wait, and what is done again."""

from __future__ import annotations

import streamlit as st

from dashboard import format as written
from dashboard.charts import Row, interval_dots, is_shown, taken_up_bars
from dashboard.components import chart_block, part, section, unfolding
from dashboard.figures import metric_of, one
from dashboard.literal import literal
from dashboard.sections.recorded import recorded
from dashboard.sections.rows import row
from dashboard.sections.scope import Scope
from dashboard.session import Viewing
from dashboard.wording import say
from metrics.log_parts import OTHERS
from metrics.metric import Metric, Unit
from metrics.names import LOG_OTHERS

#: The charts of a log, in their order: metric, and the kind of part that its rows are.
CHARTS = (
    ("log_case_median", "channel"),
    ("log_case_long", "channel"),
    ("log_wait", "activity"),
    ("log_wait", "unit"),
    ("log_wait", "channel"),
    ("log_reached", "activity"),
    ("log_rework", "activity"),
    ("log_rework", "channel"),
)
#: Figures of all cases, as the sentence tells them.
WHOLE = ("log_case_median", "log_case_mean", "log_case_long")
#: More rows than this do not fit a chart; those with the greatest values are shown.
MOST = 12


def case_logs(viewing: Viewing, scope: Scope) -> bool:
    """The section of event logs; nothing, and False, where no log is told of."""
    language = viewing.language
    said = cases_sentence(viewing, scope)
    if not said:
        return False
    section(say("log.title", language))
    st.markdown(literal(said))
    st.caption(say("log.small", language))
    with (
        unfolding(say("log.charts", language)),
        st.grid(2, min_column_width=440, gap="large"),
    ):
        for metric, kind in CHARTS:
            with st.container():
                by_kind(viewing, scope, metric, kind)
    return True


def cases_sentence(viewing: Viewing, scope: Scope) -> str:
    """How long half of the cases took, how long they took on average, and how many over a month.

    Missing: nothing where a figure of the three is not shown.
    """
    language = viewing.language
    found = {name: one(recorded(viewing, scope, name), part="") for name in WHOLE}
    if not all(result is not None and is_shown(result) for result in found.values()):
        return ""
    middle, mean, long = (found[name] for name in WHOLE)
    return say(
        "log.sentence",
        language,
        middle=written.figure(middle.value, Unit.DAYS, language),
        mean=written.figure(mean.value, Unit.DAYS, language),
        long=written.count(long.numerator or 0, language),
        cases=written.count(long.denominator or 0, language),
        share=written.figure(long.value, Unit.SHARE, language),
    )


def by_kind(viewing: Viewing, scope: Scope, name: str, kind: str) -> None:
    """A chart of a metric by channel, unit or activity; nothing where there is one of them."""
    language = viewing.language
    metric = metric_of(name)
    found = [r for r in recorded(viewing, scope, name) if r.part.startswith(f"{kind}/")]
    if len(found) < 2:
        return
    ordered = sorted(found, key=lambda r: (-(r.value or 0.0), r.part))[:MOST]
    rows = [row(word_of(each.part, language), each, language) for each in ordered]
    title = say(f"log.by_{kind}", language, label=metric.label.in_language(language))
    part(title)
    draw = taken_up_bars if metric.unit is Unit.SHARE else interval_dots
    chart_block(
        viewing,
        draw(rows, metric, language),
        rows,
        metric,
        title=title,
        sentence=most_sentence(rows, metric, language, len(found)),
        publication=scope.publication,
        key=f"{name}_{kind}",
        legend=("log.key_share" if metric.unit is Unit.SHARE else "log.key",),
    )


def word_of(part_of: str, language: str) -> str:
    """The log's own word for a channel, unit or activity."""
    word = part_of.partition("/")[2]
    return LOG_OTHERS.in_language(language).capitalize() if word == OTHERS else word


def most_sentence(rows: list[Row], metric: Metric, language: str, of: int) -> str:
    """Which has the greatest figure and which the least; how many are not in the picture."""
    shown = [item for item in rows if is_shown(item.result)]
    said = say(
        "log.most",
        language,
        most=shown[0].label,
        most_value=written.figure(shown[0].result.value, metric.unit, language),
        least=shown[-1].label,
        least_value=written.figure(shown[-1].result.value, metric.unit, language),
    ) if len(shown) > 1 else ""  # fmt: skip
    return f"{said} {say('log.cut', language, shown=len(rows), of=of)}" if of > len(rows) else said
