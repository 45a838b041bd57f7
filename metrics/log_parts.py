"""Events of logs, read as cases, activities, units and channels; none of them of a few cases.

A log tells of somebody's application, so what stands in a figure is always of MINIMUM cases or more
of a project: smaller channels, units and activities are told together, and a log of fewer cases
tells nothing. It is done here, on each project's own events, so that no level above can be taken
apart into what is too small.
"""

from __future__ import annotations

import pandas as pd

from metrics.parts import in_parts

#: The fewest cases that a figure of a log is of.
MINIMUM = 10
#: What figures are told by, and the columns of `records.LOG_STEPS` that hold their words.
KINDS = {"channel": "channel", "unit": "office", "activity": "activity"}
#: What small channels, units and activities are told as together.
OTHERS = "*"
#: More different words of a kind than this do not help anybody.
MOST = 30
#: A part of a figure has at most 60 letters in the tables (`data.schema.publication`), of which the
#: longest kind takes nine.
LONGEST_WORD = 51
MILLISECONDS_OF_DAY = 86_400_000
LONG_DAYS = 30
_CASE = ["project", "case"]


def of_enough_cases(steps: pd.DataFrame) -> pd.DataFrame:
    """The events of projects whose logs have MINIMUM cases or more."""
    cases = steps[_CASE].drop_duplicates()["project"].value_counts()
    enough = cases.index[cases.to_numpy() >= MINIMUM]
    return steps[steps["project"].isin(enough).to_numpy()]


def cases_of(steps: pd.DataFrame) -> pd.DataFrame:
    """One row a case. elapsed: to its last event; again: anything of it was done again.

    Shape: project, case, channel, elapsed, again.
    """
    enough = of_enough_cases(steps)
    grouped = enough.groupby(_CASE, observed=True, as_index=False)
    return grouped.agg(
        channel=("channel", "first"), elapsed=("since", "max"), again=("again", "max")
    )


def whole_and_by(rows: pd.DataFrame, *kinds: str) -> pd.DataFrame:
    """The rows of all together, and again under the words of each kind: part ``channel/Internet``.

    kinds: of KINDS. Shape: project, part and the columns of numbers. Words of fewer than MINIMUM
    cases of a project stand under OTHERS.
    """
    numbers = [name for name in rows if name not in (*KINDS.values(), "case")]
    return in_parts({"": rows[numbers]} | _by(rows, numbers, kinds))


def only_by(rows: pd.DataFrame, kind: str) -> pd.DataFrame:
    """As `whole_and_by`, without all together."""
    numbers = [name for name in rows if name not in (*KINDS.values(), "case")]
    return in_parts(_by(rows, numbers, (kind,)))


def _by(rows: pd.DataFrame, numbers: list[str], kinds: tuple[str, ...]) -> dict[str, pd.DataFrame]:
    pieces: dict[str, pd.DataFrame] = {}
    for kind in kinds:
        told = named(rows, KINDS[kind])
        for word, piece in told.groupby("word", sort=True):
            pieces[f"{kind}/{word}"] = piece[numbers]
    return pieces


def named(rows: pd.DataFrame, column: str) -> pd.DataFrame:
    """The rows in which a column says a word, each with the ``word`` under which it is told."""
    told = rows[(rows[column].astype(str) != "").to_numpy()]
    told = told.assign(word=told[column].astype(str).str.slice(0, LONGEST_WORD))
    counted = _cases_by_word(told).sort_values(["project", "size", "word"], ignore_index=True)
    place = counted.groupby("project", observed=True).cumcount(ascending=False)
    counted["small"] = (counted["size"] < MINIMUM) | (place >= MOST)
    small = told.merge(counted[counted["small"]][["project", "word"]], on=["project", "word"])
    few = small[_CASE].drop_duplicates()["project"].value_counts()
    # Where the small ones together are still a few cases, the smallest of the others joins them.
    lacking = few.index[(few.to_numpy() > 0) & (few.to_numpy() < MINIMUM)]
    big = counted[~counted["small"] & counted["project"].isin(lacking)].drop_duplicates("project")
    counted.loc[big.index, "small"] = True
    joined = told.merge(counted[["project", "word", "small"]], on=["project", "word"])
    joined["word"] = joined["word"].mask(joined["small"], OTHERS)
    enough = _cases_by_word(joined)
    enough = enough[enough["size"] >= MINIMUM][["project", "word"]]
    return joined.drop(columns="small").merge(enough, on=["project", "word"])


def _cases_by_word(rows: pd.DataFrame) -> pd.DataFrame:
    """How many cases of a project have each word. Shape: project, word, size."""
    cases = rows[[*_CASE, "word"]].drop_duplicates()
    return cases.groupby(["project", "word"], observed=True, as_index=False).size()


def activities_of(steps: pd.DataFrame) -> pd.DataFrame:
    """One row a case and activity. elapsed: until it was first done; again: done again.

    Shape: project, case, activity, elapsed, again.
    """
    enough = of_enough_cases(steps)
    grouped = enough.groupby([*_CASE, "activity"], observed=True, as_index=False)
    return grouped.agg(elapsed=("since", "min"), again=("again", "max"))


def stacked_parts(frames: list[pd.DataFrame]) -> pd.DataFrame:
    """Rows under their parts, one frame under the other."""
    part = pd.Categorical(pd.concat([frame["part"].astype(str) for frame in frames]))
    return pd.concat(frames, ignore_index=True).assign(part=part)
