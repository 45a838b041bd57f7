"""Approving a reported value, sending it back with a reason, and correcting a released one."""

from __future__ import annotations

import sqlalchemy as sa
import streamlit as st

from dashboard.components import section
from dashboard.literal import literal
from dashboard.reporting.doing import attempt, say_later
from dashboard.session import Viewing, entered, select
from dashboard.wording import say
from data.access import User
from data.reporting import values
from data.reporting.desk import DeskLine
from data.reporting.rights import approves, reports
from data.reporting.values import Conflict, Saved


def decide(viewing: Viewing, line: DeskLine) -> None:
    """The buttons of those who approve, and of those who correct what is released."""
    language, user, target = viewing.language, viewing.user, line.target
    may_judge = approves(user, target.project, target.funder)
    if may_judge and line.status in ("submitted", "approved"):
        section(say("decide.judge", language))
        _judging(language, line)
    if line.status == "locked" and reports(user, target.project):
        section(say("decide.correct", language))
        _correcting(language, line)


def _judging(language: str, line: DeskLine) -> None:
    reported, version = line.reported, line.version
    if line.status == "submitted":
        st.markdown(literal(say("decide.approve_what", language)))
        st.button(
            say("decide.approve", language),
            key=f"decide_approve_{reported}",
            type="primary",
            on_click=_approve,
            args=(reported, version),
        )
    with st.expander(say("decide.send_back", language)):
        st.text_area(
            say("decide.reason", language),
            key=f"decide_reason_{reported}",
            max_chars=4000,
            help=say("decide.reason_help", language),
        )
        st.button(
            say("decide.send_back_do", language),
            key=f"decide_back_{reported}",
            on_click=_send_back,
            args=(reported, version),
        )


def _correcting(language: str, line: DeskLine) -> None:
    st.markdown(literal(say("decide.correct_what", language)))
    st.text_area(
        say("decide.correct_reason", language), key=f"decide_why_{line.reported}", max_chars=4000
    )
    st.button(
        say("decide.correct_do", language),
        key=f"decide_correct_{line.reported}",
        on_click=_correct,
        args=(line.reported,),
    )


def _approve(reported: int, version: int) -> None:
    def step(connection: sa.Connection, user: User) -> Saved | Conflict:
        return values.approve(connection, user, reported, version)

    _told(attempt(step), "decide.approved")


def _send_back(reported: int, version: int) -> None:
    reason = entered(f"decide_reason_{reported}") or ""

    def step(connection: sa.Connection, user: User) -> Saved | Conflict:
        return values.send_back(connection, user, reported, version, reason)

    _told(attempt(step), "decide.sent_back")


def _correct(reported: int) -> None:
    reason = entered(f"decide_why_{reported}") or ""

    def step(connection: sa.Connection, user: User) -> int:
        return values.correct(connection, user, reported, reason)

    number = attempt(step)
    if number is not None:
        select("figure_id", number)
        say_later(True, "decide.corrected")


def _told(answer: Saved | Conflict | None, done: str) -> None:
    if isinstance(answer, Conflict):
        who = ", ".join(dict.fromkeys(event.by for event in answer.theirs))
        say_later(False, "decide.changed_meanwhile", who=who)
    elif answer is not None:
        say_later(True, done)
