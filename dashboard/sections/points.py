"""Projects as points between two figures, in words and as a table."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from dashboard import sentences
from dashboard.charts import Point, Side
from dashboard.literal import literal
from dashboard.sections.rows import row
from dashboard.wording import say
from metrics.metric import Metric, Result

#: Points that the alternative text tells one by one; the table has them all.
MOST_TOLD = 30


def plane_alt(title: str, points: Sequence[Point], across: Side, up: Side, language: str) -> str:
    """What the picture shows, in words: the two figures of each project."""
    said = [say("alt.start", language, title=title)]
    said += [
        say(
            "alt.point",
            language,
            label=point.label,
            across=across.title,
            x=in_words(point.x, across.metric, language),
            up=up.title,
            y=in_words(point.y, up.metric, language),
        )
        for point in points[:MOST_TOLD]
    ]
    if len(points) > MOST_TOLD:
        said.append(say("alt.table", language))
    return " ".join(said)


def plane_table(points: Sequence[Point], across: Side, up: Side, language: str) -> pd.DataFrame:
    """Rows: projects, numbered as in the picture, with both figures and their intervals."""
    return pd.DataFrame(
        {
            say("table.number", language): [str(number) for number in range(1, len(points) + 1)],
            say("choose.project", language): [literal(point.label) for point in points],
            literal(up.title): [literal(in_words(p.y, up.metric, language)) for p in points],
            literal(across.title): [
                literal(in_words(p.x, across.metric, language)) for p in points
            ],
        }
    )


def in_words(result: Result, metric: Metric, language: str) -> str:
    """A figure with its interval, or why it is not there."""
    return sentences.row_words(row("", result, language), metric, language)
