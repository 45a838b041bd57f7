"""What stays hidden because it was: groups of a few people, and those that are hidden with them.

A sheet that hides a group of a few people tells what they said together with those who are hidden
beside them. If enough answers come to one of them alone, or another is hidden beside the few, a
later sheet could show what was hidden, and who kept both would take it from what was told before:
the first few are left. So a project's questionnaire of which a few of some group are published, and
which grows, goes on hiding what the sheet before hid of its groups and phases. Then they are known
only together, in every sheet.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence

import pandas as pd
import pyarrow as pa
import sqlalchemy as sa

from data.folding import extracts
from data.folding.extracts import FROM_FIRST
from data.publication import leaves
from metrics.metric import Level, Profile, Split, ValueState
from metrics.unsafe import MINIMUM

_OF = ["project", "instrument"]
_WAVE = [*_OF, "wave"]
_PEOPLE = ["collection", "group"]
#: What says which figure of a project is hidden, all parts of a metric together.
CELL = ["metric", "instrument", "entity", "wave", "split", "split_value"]
#: A project and a questionnaire.
Grown = Sequence[tuple[int, str]]


def grown(
    connection: sa.Connection,
    collections: pd.DataFrame,
    released: pd.DataFrame,
    earlier: pd.DataFrame,
    gone: pd.Series,
    fewest: int,
) -> list[tuple[int, str]]:
    """The projects and questionnaires that grow where a few people of a group are published.

    collections: with ``held``, the revision up to which each is published. released: the answers
    that are published now, by collection and group. earlier: those that waited until now
    (collection, group, after). gone: how many published ones are not there any more. Where nothing
    of a questionnaire could be shown of a project, nothing follows from it.
    """
    there = collections[collections["held"] != FROM_FIRST]
    now = collections[["collection", *_WAVE]].merge(released[_PEOPLE], on="collection")
    touched = there.merge(now[_WAVE].drop_duplicates(), on=_WAVE)
    if touched.empty:
        return []
    asked = dict.fromkeys(touched["collection"].tolist(), FROM_FIRST)
    counts = extracts.count_arrivals(connection, asked).merge(earlier, on=_PEOPLE, how="left")
    held = counts["collection"].map(touched.set_index("collection")["held"])
    counts = counts[counts["revision"] <= counts["after"].fillna(held)]
    people = counts.groupby(_PEOPLE)["n"].sum()
    people = people.add(gone.rename_axis(_PEOPLE), fill_value=0).rename("n").reset_index()
    people = people.merge(touched[["collection", *_WAVE]], on="collection")
    groups = people.groupby([*_WAVE, "group"])["n"].sum()
    few = groups.index[groups.between(1, fewest - 1)]
    # Too few of everybody, and nothing else published beside them: nothing was shown.
    whole = people.groupby(_OF)["n"].sum()
    others = there[~there["collection"].isin(touched["collection"])]
    unshown = whole.index[whole < min(MINIMUM.values())].difference(
        pd.MultiIndex.from_frame(others[_OF])
    )
    found = {(int(project), str(instrument)) for project, instrument, *_ in few}
    return sorted(found.difference(unshown))


def hidden_before(
    connection: sa.Connection, revision: int | None, known: Grown, projects: Collection[int]
) -> dict[Profile, pd.DataFrame]:
    """What a sheet hides of groups and phases of those that grew, by profile. Columns: CELL."""
    found = {}
    for profile in Profile:
        tables = [pd.DataFrame(columns=CELL)]
        for project in sorted({project for project, _ in known if project in projects}):
            asked = {"level": Level.PROJECT.value, "entity": project}
            parts = [*leaves.read(connection, revision, profile, asked)] if revision else []
            if not parts:
                continue
            frame = pa.concat_tables(parts).select([*CELL, "state"]).to_pandas()
            instruments = [instrument for of, instrument in known if of == project]
            secret = (frame["state"] == ValueState.SUPPRESSED.value) & frame["instrument"].isin(
                instruments
            )
            secret &= frame["split"].isin([Split.GROUP.value, Split.PHASE.value])
            tables.append(frame.loc[secret, CELL].drop_duplicates())
        found[profile] = pd.concat(tables, ignore_index=True)
    return found
