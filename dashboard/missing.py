"""What is missing in the data, or cannot be right, and what to do about each."""

from __future__ import annotations

from datetime import date
from itertools import groupby

import pandas as pd
import streamlit as st

from dashboard.labels import phase_name
from dashboard.literal import literal
from dashboard.session import Viewing
from dashboard.truth import engine
from dashboard.wording import say, say_count
from data import records
from data.database import reading
from data.records.gaps import Gap, Lack, gaps
from metrics.names import PHASE_NAMES

#: So many of a kind are named; the others are counted.
NAMED = 5


def show(viewing: Viewing) -> None:
    """A table of what is missing: what, in which projects, and what helps."""
    language = viewing.language
    with reading(engine()) as connection:
        found = gaps(connection, viewing.user, date.today())
        named = {
            one.id: records.name_in(one, language)
            for one in records.project_names(connection, viewing.user)
        }
    if not found:
        st.info(say("missing.nothing", language))
        return
    rows = [
        [
            say(f"missing.{lack}", language),
            str(len(listed)),
            literal(examples(listed, named, language)),
            say(f"missing.{lack}.do", language),
        ]
        for lack, listed in by_lack(found)
    ]
    heads = [say(f"missing.head_{head}", language) for head in ("what", "count", "where", "do")]
    title = say("missing.title", language)
    st.table(pd.DataFrame(rows, columns=heads), alt=title, hide_index=True)


def by_lack(found: list[Gap]) -> list[tuple[Lack, list[Gap]]]:
    """The gaps of each kind, in the order of the kinds."""
    order = list(Lack)
    ordered = sorted(found, key=lambda gap: order.index(gap.lack))
    return [(lack, list(listed)) for lack, listed in groupby(ordered, key=lambda gap: gap.lack)]


def examples(listed: list[Gap], named: dict[int, str], language: str) -> str:
    """The first gaps of a kind by project and name, and how many there are besides."""
    told = [
        f"{named[gap.project]}: {word(gap, language)}" if gap.project in named
        else word(gap, language)
        for gap in listed[:NAMED]
    ]  # fmt: skip
    more = len(listed) - NAMED
    return "; ".join([*told, *([say_count("missing.more", more, language)] if more > 0 else [])])


def word(gap: Gap, language: str) -> str:
    """What a gap is about, in words where it has them."""
    return phase_name(gap.what, language) if gap.what in PHASE_NAMES else gap.what
