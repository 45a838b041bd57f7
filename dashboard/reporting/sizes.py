"""Enterprises of a counted figure by their size, and in words what of it cannot be known."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard.components import section
from dashboard.literal import literal
from dashboard.session import Viewing
from dashboard.wording import say
from data.reporting.figure_record import FigureRecord
from data.reporting.sources import ENTERPRISES
from metrics.indicators.counting import by_size
from metrics.metric import ValueState

#: The unit of indicators whose figures the regulations ask by size.
_UNIT = "enterprises"


def sizes(viewing: Viewing, record: FigureRecord) -> None:
    """How many enterprises of each size the figure counts; nothing for what is no enterprises."""
    language, line = viewing.language, record.line
    told = line.state in (ValueState.VALUE, ValueState.ZERO)
    if line.indicator.unit.code != _UNIT or line.rounded or not told:
        return
    if record.items is None:
        section(say("figure.sizes", language))
        st.markdown(literal(say("figure.sizes.entered", language)))
        return
    if line.indicator.counted not in ENTERPRISES or record.items.empty:
        return
    section(say("figure.sizes", language))
    found = by_size(record.items)
    unknown = int(found.loc[found["size"] == "", "cumulative"].iloc[0])
    if unknown:
        count = written.count(unknown, language)
        st.info(literal(say("figure.sizes.unknown", language, n=count)))
    st.table(table(found, language), alt=say("figure.sizes", language), hide_index=True)
    st.caption(literal(say("figure.sizes.words", language)))


def table(found: pd.DataFrame, language: str) -> pd.DataFrame:
    """Sizes as rows of texts; the unknown one only where it holds anything."""
    shown = found[(found["size"] != "") | (found["cumulative"] > 0)]
    columns = {
        "size": [say(f"size.{size or 'unknown'}", language) for size in shown["size"]],
        "in_period": [written.count(int(number), language) for number in shown["value"]],
        "in_all": [written.count(int(number), language) for number in shown["cumulative"]],
    }
    return pd.DataFrame(
        {say(f"report.column.{name}", language): cells for name, cells in columns.items()}
    )
