"""What one would write without us: an empty page, and a page of plain Streamlit with our charts.

Started by `benchmarks.eyes` with ``streamlit run`` and Streamlit's own settings; ARVIOMO_CHARTS
names a folder with the charts of our overview as Plotly's JSON.
"""

from __future__ import annotations

import os
from pathlib import Path

import plotly.io
import streamlit as st


def empty() -> None:
    """A heading and a line."""
    st.title("Empty")
    st.write("Nothing else.")


def charts() -> None:
    """The same charts as our overview, one below the other, and one filter."""
    st.title("Charts")
    st.radio("Round", ["start", "end"], horizontal=True)
    for path in sorted(Path(os.environ["ARVIOMO_CHARTS"]).glob("*.json")):
        st.plotly_chart(plotly.io.from_json(path.read_text(encoding="utf-8")), key=path.stem)


st.navigation(
    [st.Page(empty, title="Empty", default=True), st.Page(charts, title="Charts")], position="top"
).run()
