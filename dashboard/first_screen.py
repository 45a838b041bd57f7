"""The first screen before the rest: what a page opens with stands before its charts are drawn."""

from __future__ import annotations

import time

import streamlit as st

from dashboard import session

#: Seconds in which a browser draws what it has, before it gets the charts that lie below. They take
#: it a second or two, in which it draws nothing else (benchmarks/README.md).
MOMENT = 0.35


def let_stand() -> None:
    """Wait a moment, once a visit, so that a browser draws the first screen by itself.

    Later runs of the visit change little at a time and wait for nothing; who has no screen neither.
    """
    if session.kept("stands") or not isinstance(st.context.headers.get("User-Agent"), str):
        return
    session.keep("stands", True)
    time.sleep(MOMENT)
