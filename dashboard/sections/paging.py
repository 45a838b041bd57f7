"""Long lists, a page at a time, with the page in the address."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

import streamlit as st

from dashboard.session import Viewing, follow
from dashboard.wording import say

T = TypeVar("T")


def page_of(viewing: Viewing, name: str, rows: Sequence[T], most: int) -> tuple[int, list[T]]:
    """The rows of the page that the address names, and the place of the first of them.

    The choice is drawn where there is more than one page.
    """
    pages = max(1, -(-len(rows) // most))
    number = 1
    if pages > 1:
        number = st.selectbox(
            say("choose.page", viewing.language),
            format_func=lambda page: f"{page} / {pages}",
            width=140,
            **follow(name, range(1, pages + 1), 1),
        )
    first = (number - 1) * most
    return first, list(rows[first : first + most])
