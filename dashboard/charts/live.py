"""Figures -> the same charts to be explored: zoomed, saved as a picture, told under the pointer.

A page shows still pictures (dashboard/charts/still.py): nothing moves under a thumb that scrolls.
Who wants to look closer opens the same figure in Plotly, which is loaded then and not before.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import plotly.graph_objects as go

#: Pixels above the plot for Plotly's own bar.
BAR = 32
#: The bar, without what our charts have no use for.
CONFIG = {
    "displaylogo": False,
    "displayModeBar": True,
    "responsive": True,
    "modeBarButtonsToRemove": ["select2d", "lasso2d", "autoScale2d"],
    "toImageButtonOptions": {"format": "svg", "filename": "arviomo"},
}


def live(figure: go.Figure) -> go.Figure:
    """A copy of a figure that can be zoomed along its value axes and tells what a mark stands for.

    A mark's words are those of its row; where it has no row, its own words or its two values.
    """
    told = figure.to_plotly_json()
    layout = {**told["layout"], "dragmode": "zoom", "hovermode": "closest"}
    layout["annotations"] = told["layout"].get("annotations") or []
    layout["margin"] = {**layout["margin"], "t": layout["margin"]["t"] + BAR}
    layout["height"] += BAR
    for name in ("xaxis", "yaxis"):
        axis = layout.get(name) or {}
        layout[name] = {**axis, "fixedrange": not axis.get("visible", True)}
    rows = words_of_rows(layout["annotations"])
    copy = go.Figure(data=[explored(trace, rows) for trace in told["data"]], layout=layout)
    copy.layout.template = None
    return copy


def words_of_rows(annotations: Sequence[Mapping[str, Any]]) -> dict[float, str]:
    """The words that stand at each height: the row's name first, then what is at its right edge."""
    rows: dict[float, list[Mapping[str, Any]]] = {}
    for note in annotations:
        if note.get("xref") == "paper" and note.get("yref") == "y":
            rows.setdefault(note["y"], []).append(note)
    return {
        place: "<br>".join(note["text"] for note in sorted(notes, key=lambda note: note["x"]))
        for place, notes in rows.items()
    }


def explored(trace: Mapping[str, Any], rows: Mapping[float, str]) -> dict[str, Any]:
    """A trace whose marks speak, where there are words for each of them, and else stays silent."""
    places = trace["y"] if trace.get("y") is not None else ()
    spoken = trace.get("hovertext") or [rows.get(place, "") for place in places]
    if trace.get("name") == "gaps" or not any(spoken):
        return {**trace, "hoverinfo": "skip"}
    return {**trace, "hovertext": spoken, "hovertemplate": "%{hovertext}<extra></extra>"}
