"""Which table of a file is meant, and what its answers mean, as a person says on the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import streamlit as st

from dashboard.literal import literal
from dashboard.wording import say

#: Notes what the reader said of a file.
Remember = Callable[..., None]
#: What an answer may mean besides a choice of its question.
NONE_OF_THEM = ("missing", "dont_know", "not_applicable")


def choose_table(
    found: dict[str, Any], mark: str, said: dict[str, Any], language: str, remember: Remember
) -> None:
    """The sheet of a workbook, or the file of a zip, that is brought in."""
    if not found["tables"]:
        return
    current = said["table"] or found["tables"][0]
    options = sorted({*found["tables"], current})
    chosen = st.selectbox(
        say("suggest.choose_table", language),
        options,
        index=options.index(current),
        key=f"suggest_table_{mark[:12]}",
    )
    if chosen != current:
        # What was said of another table's columns is not said of this one's.
        remember(mark, said, table=chosen, pinned={}, without=[], values={})
        st.rerun()


def change_values(
    found: dict[str, Any], mark: str, said: dict[str, Any], language: str, remember: Remember
) -> None:
    """Which answer text is which code, question by question; the profile keeps what is changed."""
    if not found["values"]:
        return
    with st.expander(say("suggest.values", language)):
        st.markdown(say("suggest.values_words", language))
        unread = [item for item, told in found["values"].items() if not_read(told)]
        items = [*unread, *(item for item in found["values"] if item not in unread)]
        item = st.selectbox(say("suggest.item", language), items, key=f"suggest_values_{mark[:12]}")
        told = found["values"][item]
        names = dict(told["codes"]) | {
            code: say(f"suggest.means_{code}", language) for code in NONE_OF_THEM
        }
        names[""] = say("suggest.means_nothing", language)
        chosen = {value: choice_of(item, value, code, names, mark) for value, code in told["said"]}
        before = dict(told["said"])
        changed = {value: code for value, code in chosen.items() if code and code != before[value]}
        if st.button(say("suggest.set_values", language), key=f"suggest_set_{mark[:12]}"):
            mine = {**said["values"].get(item, {}), **changed}
            remember(mark, said, values={**said["values"], item: mine})
            st.rerun()


def not_read(told: dict[str, Any]) -> bool:
    """Whether an answer of a question means nothing yet."""
    return any(not code for _, code in told["said"])


def choice_of(item: str, value: str, code: str, names: dict[str, str], mark: str) -> str:
    """The code that the reader gives to an answer; the present one stands there first."""
    options = list(names)
    return st.selectbox(
        literal(value),
        options,
        index=options.index(code if code in names else ""),
        format_func=lambda each: f"{each} · {names[each]}" if each else names[each],
        key=f"suggest_value_{mark[:12]}_{item}_{value}",
    )
