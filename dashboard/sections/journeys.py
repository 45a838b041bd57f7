"""From an invitation to an answer: where people are lost, of which group, and of whom too many."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard import format as written
from dashboard import sentences
from dashboard.charts import GridRow, Reference, Row, interval_dots, is_shown, share_grid
from dashboard.components import Picture, chart_block, part, picture_block
from dashboard.figures import metric_of
from dashboard.labels import group_name, part_name
from dashboard.literal import literal
from dashboard.sections.recorded import cell, recorded
from dashboard.sections.rows import row
from dashboard.sections.scope import Scope
from dashboard.session import Viewing
from dashboard.wording import say
from metrics.metric import Metric, Result
from metrics.stages import STEPS
from survey.instrument import GROUPS

#: The steps before which somebody can be lost.
LATER = STEPS[1:]


def excess_sentence(viewing: Viewing, scope: Scope) -> str:
    """Before which step the priority groups are lost most beyond the others.

    Missing: nothing where no project said whom it wants to reach first.
    """
    found = recorded(viewing, scope, "journey_excess")
    language = viewing.language
    if not found:
        return ""
    metric = metric_of("journey_excess")
    worst = most_excess(found)
    if worst is None:
        return sentences.absence(found[0], metric, language)
    if worst.value <= 1:
        return say("journey.no_excess", language)
    known = worst.low is not None and worst.high is not None
    sure = known and worst.low > 1
    key = "sure" if sure else "chance" if known else "unknown"
    interval = written.interval(worst.low, worst.high, metric.unit, language) if known else ""
    return say(
        f"journey.excess_{key}",
        language,
        step=part_name("", worst.part, language).lower(),
        times=written.figure(worst.value, metric.unit, language),
        interval=interval,
    )


def most_excess(found: Sequence[Result]) -> Result | None:
    """The step with the greatest excess; one beyond chance goes before one within it."""
    shown = [result for result in found if is_shown(result)]
    return max(
        shown, key=lambda r: (r.low is not None and r.low > 1, r.value, r.part), default=None
    )


def excess(viewing: Viewing, scope: Scope) -> list[str]:
    """How many times as often priority groups are lost, step by step."""
    language = viewing.language
    metric = metric_of("journey_excess")
    rows = in_order(recorded(viewing, scope, metric.id), language)
    if not rows:
        return [metric.id]
    part(metric.label.in_language(language))
    chart_block(
        viewing,
        interval_dots(rows, metric, language, Reference(say("journey.alike", language), 1.0)),
        rows,
        metric,
        title=metric.label.in_language(language),
        sentence=f"{excess_sentence(viewing, scope)} {say('journey.excess_meaning', language)}",
        publication=scope.publication,
        key="journey_excess",
    )
    return []


def in_order(found: Sequence[Result], language: str) -> list[Row]:
    """A row for each step, in the order of the journey."""
    by_step = {result.part: result for result in found}
    return [
        row(part_name("", step, language), by_step[step], language)
        for step in LATER
        if step in by_step
    ]


def losses(viewing: Viewing, scope: Scope) -> list[str]:
    """The share lost before each step, of everybody and of each group."""
    language = viewing.language
    metric = metric_of("journey_loss")
    whole = recorded(viewing, scope, metric.id)
    if not whole:
        return [metric.id]
    of_groups = recorded(viewing, scope, metric.id, "group")
    rows = [GridRow(say("journey.everybody", language), cells_of(whole))]
    for code in GROUPS:
        own = [result for result in of_groups if result.split_value == code]
        if own:
            rows.append(GridRow(group_name(code, language), cells_of(own)))
    heads = tuple(str(number) for number in range(1, len(LATER) + 1))
    title = metric.label.in_language(language)
    part(title)
    picture_block(
        viewing,
        Picture(
            share_grid(rows, metric, language, heads),
            grid_alt(title, rows, LATER, metric, language),
            f"{numbered(LATER, language)} {say('grid.key', language)}",
            grid_table(rows, LATER, metric, language),
        ),
        [(metric, [*whole, *of_groups])],
        title=title,
        sentence=losses_sentence(rows, metric, language),
        publication=scope.publication,
        key="journey_loss",
    )
    return []


def cells_of(found: Sequence[Result]) -> tuple[Result | None, ...]:
    by_step = {result.part: result for result in found}
    return tuple(by_step.get(step) for step in LATER)


def losses_sentence(rows: Sequence[GridRow], metric: Metric, language: str) -> str:
    """Where most are lost, and of which groups it is elsewhere."""
    worst = {item.label: most_lost(item) for item in rows}
    worst = {label: result for label, result in worst.items() if result is not None}
    everybody = worst.pop(rows[0].label, None)
    if everybody is None:
        return say("spread.none", language)
    said = [lost_words("journey.most_lost", rows[0].label, everybody, metric, language)]
    apart = [
        lost_words("journey.group_lost", label, result, metric, language)
        for label, result in worst.items()
        if result.part != everybody.part
    ]
    if apart:
        said.append(say("journey.groups_lost", language, groups="; ".join(apart)))
    elif len(worst) > 1:
        said.append(say("journey.groups_alike", language))
    return " ".join(said)


def most_lost(item: GridRow) -> Result | None:
    """The step before which the largest share is lost; None where no figure is shown."""
    shown = [result for result in item.cells if result is not None and is_shown(result)]
    return max(shown, key=lambda result: result.value, default=None)


def lost_words(key: str, label: str, result: Result, metric: Metric, language: str) -> str:
    return say(
        key,
        language,
        group=label,
        step=part_name("", result.part, language).lower(),
        share=written.figure(result.value, metric.unit, language),
    )


# --- a grid in words ----------------------------------------------------------------------------


def numbered(parts: Sequence[str], language: str) -> str:
    """What the numbers over the columns of a grid stand for."""
    named = [
        f"{number} {part_name('', each, language).lower()}"
        for number, each in enumerate(parts, start=1)
    ]
    return f"{', '.join(named)}."


def grid_alt(
    title: str, rows: Sequence[GridRow], parts: Sequence[str], metric: Metric, language: str
) -> str:
    """What a grid shows, in words: the cells of every row."""
    said = [say("alt.start", language, title=title)]
    for item in rows:
        words = ", ".join(
            f"{part_name('', each, language).lower()} {cell_words(result, metric, language)}"
            for each, result in zip(parts, item.cells, strict=True)
            if result is not None
        )
        said.append(say("alt.row", language, label=item.label, words=words))
    return " ".join(said)


def cell_words(result: Result, metric: Metric, language: str) -> str:
    return sentences.row_words(row("", result, language), metric, language)


def grid_table(
    rows: Sequence[GridRow], parts: Sequence[str], metric: Metric, language: str
) -> pd.DataFrame:
    """Rows: those of the grid, with the interval of every cell."""
    table = {say("table.what", language): [literal(item.label) for item in rows]}
    for column, each in enumerate(parts):
        table[part_name("", each, language)] = [
            cell(item.cells[column], metric, language) for item in rows
        ]
    return pd.DataFrame(table)
