"""What a metric may compute from besides its own frame: comparison sites, populations, a roster."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.cells import Cells, record_cells
from metrics.expand import Memberships, expand
from metrics.frames import Frames
from metrics.metric import Level, Split


def with_sites(frames: Frames) -> pd.DataFrame:
    """NODES with the comparison sites as members of the portfolio."""
    sites = frames.sites.loc[frames.sites["comparison"] == 1, ["project"]]
    added = sites.assign(level=Level.PORTFOLIO.value, entity=0)
    return pd.concat([frames.nodes, added[frames.nodes.columns]], ignore_index=True)


def eligible_of(figures: pd.DataFrame, eligible: pd.DataFrame) -> pd.Series:
    """The eligible people of each figure, by figure; NaN where they are not known.

    eligible: `records.ELIGIBLE`.
    """
    whole = eligible.groupby(["level", "entity"], as_index=False)["people"].sum()
    known = pd.concat(
        [
            eligible.rename(columns={"group": "split_value"}).assign(split=Split.GROUP.value),
            whole.assign(split=Split.TOTAL.value, split_value=""),
        ],
        ignore_index=True,
    )
    on = ["level", "entity", "split", "split_value"]
    named = figures[on].astype({name: str for name in on if name != "entity"})
    return named.merge(known, on=on, how="left")["people"]


def roster_cells(roster: pd.DataFrame) -> Cells | None:
    """The cells of a coded roster, its sectors as whole numbers; None where there is none."""
    if roster.empty:
        return None
    return record_cells(roster.assign(sector=roster["sector"].cat.codes.astype(np.int64)))


def roster_of(figures: pd.DataFrame, roster: Cells | None, nodes: Memberships) -> pd.DataFrame:
    """The roster's rows of each figure without a part: all of its entity and wave.

    Figures of a part (one organisation) are read in the network of their entity, which has none:
    thousands of copies of one roster would not fit.
    """
    if roster is None:
        return pd.DataFrame({"figure": np.zeros(0, dtype=np.int64)})
    rows, named, _ = expand(roster, nodes)
    on = ["level", "entity", "wave"]
    words = {"level": str, "wave": str}
    own = named[on].astype(words).reset_index(names="roster")
    whole = figures[(figures["part"].astype(str) == "").to_numpy()]
    wanted = whole[on].astype(words).reset_index(names="figure").merge(own, on=on)
    rows = rows.rename(columns={"figure": "roster"})
    return rows.merge(wanted[["roster", "figure"]], on="roster").drop(columns="roster")
