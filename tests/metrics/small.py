"""Frames for tests: what a test does not name is empty."""

from __future__ import annotations

import pandas as pd

from metrics.frames import Frames, schema_of
from metrics.metric import KEYS

ATOM = ["project", "instrument", "wave", "phase", "group"]
COLUMNS = {
    "respondents": [*ATOM, "n", "invited"],
    "item_counts": [*ATOM, "item", "code", "n"],
    "scale_moments": [*ATOM, "scale", "n", "total", "squares", "unit"],
    "paired_moments": [
        "project", "instrument", "earlier", "wave", "group", "scale", "n", "total", "squares",
        "unit",
    ],
    "participation": ["project", "phase", "group", "n", "affected"],
    "proposals": ["project", "area", "n", "taken_up"],
    "nodes": ["level", "entity", "project"],
    "area_tree": ["area", "ancestor"],
}  # fmt: skip
WORDS = {"instrument", "wave", "earlier", "phase", "group", "item", "scale", "level", "sector"}


def small(projects: range = range(1, 2), **rows: list[tuple]) -> Frames:
    """Frames of rows by name; every project stands for itself and in the portfolio."""
    nodes = [(level, entity, p) for p in projects for level, entity in (("portfolio", 0),)]
    nodes += [("project", p, p) for p in projects]
    given = {"nodes": nodes, **rows}
    columns = {name: list(schema_of(name).columns) for name in rows} | COLUMNS
    return Frames.of(
        **{name: typed(given.get(name, []), names) for name, names in columns.items()}
    ).validated()


def typed(rows: list[tuple], columns: list[str]) -> pd.DataFrame:
    """Rows as a frame with the contract's types, empty or not."""
    kinds = {column: "str" if column in WORDS else "int64" for column in columns}
    return pd.DataFrame(rows, columns=columns).astype(kinds)


def figure(frame: pd.DataFrame, **keys: object) -> pd.Series:
    """The one figure with some keys; the total of the portfolio where they say nothing else."""
    keys = {"level": "portfolio", "split": "total", **keys}
    chosen = frame
    for name, value in keys.items():
        chosen = chosen[(chosen[name] == value).to_numpy()]
    assert len(chosen) == 1, f"{len(chosen)} figures with {keys}:\n{frame[KEYS].to_string()}"
    return chosen.iloc[0]
