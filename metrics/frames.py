"""The narrow waist: the small exact tables that every metric is judged from.

What comes from answers is counts and sums in whole numbers, one row per atom, so the statistics of
two halves add up to the statistics of the whole. What comes from records is one row a record
(`metrics.records`): medians, networks, distinct counts are recomputed from them at every level
and never averaged.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

import pandas as pd
import pandera.pandas as pa

from metrics import records

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
_FLAG = pa.Column(int, pa.Check.isin([0, 1]))
_SERIES = {
    "project": pa.Column(int),
    "instrument": pa.Column(str),
    "earlier": pa.Column(str),
    "wave": pa.Column(str),
}
_WAVE = {"project": pa.Column(int), "instrument": pa.Column(str), "wave": pa.Column(str)}
_MOMENTS = {
    "n": _COUNT,
    "total": pa.Column(int),
    "squares": pa.Column(int),
    "unit": pa.Column(int, pa.Check.gt(0)),
}

#: Items of a scale whose products are kept; a longer scale has no row in SCALE_PRODUCTS.
PRODUCT_ITEMS = 8
#: The columns of SCALE_PRODUCTS: sums of items, and of products of two items (a <= b).
SUM_COLUMNS = tuple(f"s{a}" for a in range(1, PRODUCT_ITEMS + 1))
PRODUCT_COLUMNS = tuple(
    f"p{a}{b}" for a in range(1, PRODUCT_ITEMS + 1) for b in range(a, PRODUCT_ITEMS + 1)
)

#: Bands of the score on a scale; people of one band are taken as alike.
BANDS = range(1, 6)
#: The columns of ITEM_BANDS: for each band people, and the sum and squares of their answers.
BAND_COLUMNS = tuple(f"{moment}{band}" for moment in "ntq" for band in BANDS)


def _schema(columns: dict[str, pa.Column]) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(columns, strict=True, coerce=False)


#: Respondents and invited people per atom. invited is -1 where it is not known.
RESPONDENTS = _schema({**_ATOM, "n": _COUNT, "invited": pa.Column(int, pa.Check.ge(-1))})

#: Answers per atom, item and code; don't-know (-1), not-applicable (-2) and missing (-3) too.
ITEM_COUNTS = _schema({**_ATOM, "item": pa.Column(str), "code": pa.Column(int), "n": _COUNT})

#: Moments of scores per atom and scale. total and squares are sums of scores in whole units;
#: ``unit`` is the number of units on 0-100 (score points = 100 * total / unit / n).
SCALE_MOMENTS = _schema({**_ATOM, "scale": pa.Column(str), **_MOMENTS})

#: Moments of differences (later minus earlier) of people who answered both waves, joined by key.
PAIRED_MOMENTS = _schema({**_SERIES, "group": pa.Column(str), "scale": pa.Column(str), **_MOMENTS})

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

#: Sums and products of the items of one scale over people who answered all of them, in item units
#: from 0 (a reversed item counts down from its highest code). items: how many items the scale has;
#: s1.. and p11, p12, .. follow their order in the instrument, and are 0 beyond ``items``.
SCALE_PRODUCTS = _schema(
    {
        **_WAVE,
        "scale": pa.Column(str),
        "items": pa.Column(int, pa.Check.in_range(1, PRODUCT_ITEMS)),
        "n": _COUNT,
        **dict.fromkeys((*SUM_COLUMNS, *PRODUCT_COLUMNS), _COUNT),
    }
)

#: Answers to one item of a scale by band of the scale's score, in item units from 0 (reversed ones
#: turned), over people who answered the whole scale. With k items and answers that span s, a sum of
#: r units is in band 1 + 5r // (sk + 1). n: people in all bands; n1.. people, t1.. sums, q1.. sums
#: of squares of each. Only scales of three to PRODUCT_ITEMS ordinal items; an item of several
#: scales stands in the first of them.
ITEM_BANDS = _schema(
    {
        **_WAVE,
        "group": pa.Column(str),
        "item": pa.Column(str),
        "n": _COUNT,
        **dict.fromkeys(BAND_COLUMNS, _COUNT),
    }
)

#: The same by the language of the answers, where it is known, over all groups.
ITEM_LANGUAGES = _schema(
    {
        **_WAVE,
        "language": pa.Column(str),
        "item": pa.Column(str),
        "n": _COUNT,
        **dict.fromkeys(BAND_COLUMNS, _COUNT),
    }
)

#: Moments of scores of two random halves of the people (by link key, so that a person is in the
#: same half in every questionnaire and wave).
SPLIT_HALVES = _schema({**_WAVE, "half": _FLAG, "scale": pa.Column(str), **_MOMENTS})

#: Moments of scores of those who answered in the first half of a collection's days (late 0) and in
#: the second (late 1); only collections with both dates, and dated answers.
TIMING = _schema({**_WAVE, "late": _FLAG, "scale": pa.Column(str), **_MOMENTS})

#: How many people's score changed by exactly so much (later minus earlier, in units).
PAIRED_DIFFERENCES = _schema(
    {
        **_SERIES,
        "scale": pa.Column(str),
        "difference": pa.Column(int),
        "n": _COUNT,
        "unit": pa.Column(int, pa.Check.gt(0)),
    }
)

#: How many people answered an ordinal item below (0) or at its threshold or above (1), before and
#: after; only items that were answered validly both times.
PAIRED_CHOICES = _schema(
    {**_SERIES, "item": pa.Column(str), "before": _FLAG, "after": _FLAG, "n": _COUNT}
)

#: Moments of the earlier wave's scores of people with a link key: those who answered the later
#: wave too (retained 1) and those who did not (0). Only series in which the later wave was asked.
RETENTION = _schema({**_SERIES, "scale": pa.Column(str), "retained": _FLAG, **_MOMENTS})


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
    scale_products: pd.DataFrame
    item_bands: pd.DataFrame
    item_languages: pd.DataFrame
    split_halves: pd.DataFrame
    timing: pd.DataFrame
    paired_moments: pd.DataFrame
    paired_differences: pd.DataFrame
    paired_choices: pd.DataFrame
    retention: pd.DataFrame
    participation: pd.DataFrame
    proposals: pd.DataFrame
    proposal_log: pd.DataFrame
    roles: pd.DataFrame
    rules: pd.DataFrame
    decisions: pd.DataFrame
    plan_changes: pd.DataFrame
    places: pd.DataFrame
    contributions: pd.DataFrame
    costs: pd.DataFrame
    attendance: pd.DataFrame
    organisations: pd.DataFrame
    eligible: pd.DataFrame
    needs: pd.DataFrame
    firms: pd.DataFrame
    outputs: pd.DataFrame
    solutions: pd.DataFrame
    adoptions: pd.DataFrame
    lineage: pd.DataFrame
    ties: pd.DataFrame
    roster: pd.DataFrame
    cases: pd.DataFrame
    journeys: pd.DataFrame
    log_steps: pd.DataFrame
    assessments: pd.DataFrame
    sites: pd.DataFrame
    schools: pd.DataFrame
    primary: pd.DataFrame
    nodes: pd.DataFrame
    area_tree: pd.DataFrame

    @classmethod
    def of(cls, **given: pd.DataFrame) -> Frames:
        """The given frames, and no rows of every other one."""
        names = [each.name for each in fields(cls)]
        return cls(**{name: given[name] if name in given else empty(name) for name in names})

    def validated(self) -> Frames:
        """The same frames, checked. Raises: pandera.errors.SchemaError naming the column."""
        for each in fields(self):
            frame = getattr(self, each.name)
            if frame.empty and list(frame.columns) == list(schema_of(each.name).columns):
                # Most records of most portfolios: there is nothing in it that could be wrong.
                continue
            # In place, or millions of rows would be copied; nothing is coerced, so nothing changes.
            _accepting_categories(schema_of(each.name), frame).validate(frame, inplace=True)
        return self


def schema_of(name: str) -> pa.DataFrameSchema:
    """What the columns of a frame must be."""
    return getattr(records, name.upper(), None) or globals()[name.upper()]


def _accepting_categories(schema: pa.DataFrameSchema, frame: pd.DataFrame) -> pa.DataFrameSchema:
    """The same columns; words may be categories, which a frame of millions of rows needs."""
    kinds = {name: frame[name].dtype for name in schema.columns if name in frame}
    words = {
        name: {"dtype": kind}
        for name, kind in kinds.items()
        if isinstance(kind, pd.CategoricalDtype) and "str" in str(schema.columns[name].dtype)
    }
    return schema.update_columns(words) if words else schema


def empty(name: str) -> pd.DataFrame:
    """No rows, with the columns and types of a frame."""
    columns = schema_of(name).columns
    return pd.DataFrame(
        {key: pd.Series(dtype=str(column.dtype)) for key, column in columns.items()}
    )
