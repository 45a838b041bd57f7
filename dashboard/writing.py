"""The buttons under what is being written: store, hand in, forget; and those of two versions of it.

The forms that use them have the same steps with words of their own, under ``judge.`` or ``close.``.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol, TypeVar

import streamlit as st

from dashboard.literal import literal
from dashboard.session import Viewing
from dashboard.wording import say


class Event(Protocol):
    by: str


class Met(Protocol):
    theirs: list[Event]


class Written(Protocol):
    """What is being written, as far as the buttons ask."""

    conflict: Met | None

    def undecided(self) -> list[str]: ...


D = TypeVar("D", bound=Written)
Step = Callable[[Viewing, D], object]


def store_or_send(
    viewing: Viewing, draft: D, form: str, *, changed: bool, save: Step, submit: Step, drop: Step
) -> None:
    """Store, hand in, or forget what was written. form: how its texts and keys begin."""
    language = viewing.language
    submitting = say(f"{form}.submit", language)
    if changed:
        st.markdown(literal(say("judge.unsaved", language)))
    with st.container(horizontal=True):
        steps = {
            save: st.button(say(f"{form}.save", language), key=f"{form}_save"),
            submit: st.button(submitting, key=f"{form}_submit", type="primary"),
            drop: changed
            and st.button(say("judge.drop", language), key=f"{form}_drop", type="tertiary"),
        }
    st.caption(literal(say(f"{form}.submit_means", language)))
    _do(viewing, draft, steps)


def settle(viewing: Viewing, draft: D, form: str, *, save: Step, drop: Step) -> None:
    """Store what was chosen of two versions, or leave everything as the other one stored it."""
    language = viewing.language
    undecided = draft.undecided()
    if undecided:
        st.caption(literal(say("judge.choose_first", language)))
    with st.container(horizontal=True):
        steps = {
            save: st.button(
                say("judge.save_choices", language), key=f"{form}_save_choices", type="primary",
                disabled=bool(undecided),
            ),
            drop: st.button(say("judge.drop", language), key=f"{form}_drop", type="tertiary"),
        }  # fmt: skip
    _do(viewing, draft, steps)


def who(draft: Written) -> str:
    """Who wrote meanwhile."""
    return ", ".join(dict.fromkeys(event.by for event in draft.conflict.theirs))


def _do(viewing: Viewing, draft: D, pressed: dict[Step, bool]) -> None:
    for step, clicked in pressed.items():
        if clicked:
            step(viewing, draft)
            st.rerun()
