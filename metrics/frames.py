"""The narrow waist: the small exact tables that every metric is judged from.

All counts and sums are whole numbers, so the statistics of two halves add up to the statistics
of the whole. One row per atom: the finest crossing that is ever folded.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import pandas as pd
import pandera.pandas as pa

#: The atom of everything that comes from answers. instrument is ``code@version``; phase is P1-P8
#: or P0 (whole process); group is a stakeholder group or UNK.
ATOM = ["project", "instrument", "wave", "phase", "group"]

_ATOM = {
    "project": pa.Column(int),
    "instrument": pa.Column(str),
    "wave": pa.Column(str),
    "phase": pa.Column(str),
    "group": pa.Column(str),
}
_COUNT = pa.Column(int, pa.Check.ge(0))


def _schema(columns: dict[str, pa.Column]) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(columns, strict=True, coerce=False)


#: Respondents and invited people per atom. invited is -1 where it is not known.
RESPONDENTS = _schema({**_ATOM, "n": _COUNT, "invited": pa.Column(int, pa.Check.ge(-1))})

#: Answers per atom, item and code; don't-know (-1), not-applicable (-2) and missing (-3) too.
ITEM_COUNTS = _schema({**_ATOM, "item": pa.Column(str), "code": pa.Column(int), "n": _COUNT})

#: Moments of scores per atom and scale. total and squares are sums of scores in whole units;
#: ``unit`` is the number of units on 0-100 (score points = 100 * total / unit / n).
SCALE_MOMENTS = _schema(
    {
        **_ATOM,
        "scale": pa.Column(str),
        "n": _COUNT,
        "total": pa.Column(int),
        "squares": pa.Column(int),
        "unit": pa.Column(int, pa.Check.gt(0)),
    }
)

#: Moments of differences (later minus earlier) of people who answered both waves, joined by key.
PAIRED_MOMENTS = _schema(
    {
        "project": pa.Column(int),
        "instrument": pa.Column(str),
        "earlier": pa.Column(str),
        "wave": pa.Column(str),
        "group": pa.Column(str),
        "scale": pa.Column(str),
        "n": _COUNT,
        "total": pa.Column(int),
        "squares": pa.Column(int),
        "unit": pa.Column(int, pa.Check.gt(0)),
    }
)

#: Participations per project, group and phase, summed over events, and the affected population of
#: the group (-1 where it is not known; the same number on each phase's row).
PARTICIPATION = _schema(
    {
        "project": pa.Column(int),
        "phase": pa.Column(str),
        "group": pa.Column(str),
        "n": _COUNT,
        "affected": pa.Column(int, pa.Check.ge(-1)),
    }
)

#: Proposals per project (0: of no project) and area (0: not placed). taken_up: somebody took it up.
PROPOSALS = _schema(
    {
        "project": pa.Column(int),
        "area": pa.Column(int),
        "n": _COUNT,
        "taken_up": _COUNT,
    }
)

#: Which projects belong to which entity, one row a pair, every level that is published. Projects
#: belong to themselves (level project), to the portfolio (entity 0), and to each ancestor of
#: their areas; comparison sites stand for themselves only. For proposals without a project the area
#: tree is in AREA_TREE.
NODES = _schema({"level": pa.Column(str), "entity": pa.Column(int), "project": pa.Column(int)})

#: Every area with each of its ancestors, itself among them.
AREA_TREE = _schema({"area": pa.Column(int), "ancestor": pa.Column(int)})


@dataclass(frozen=True, slots=True)
class Frames:
    """All sufficient statistics of one refresh."""

    respondents: pd.DataFrame
    item_counts: pd.DataFrame
    scale_moments: pd.DataFrame
    paired_moments: pd.DataFrame
    participation: pd.DataFrame
    proposals: pd.DataFrame
    nodes: pd.DataFrame
    area_tree: pd.DataFrame

    def validated(self) -> Frames:
        """The same frames, checked. Raises: pandera.errors.SchemaError naming the column."""
        for field in fields(self):
            globals()[field.name.upper()].validate(getattr(self, field.name))
        return self
