"""The personal links of a collection, and the end of one of them.

How many are used is told in steps only (`dashboard.surveys.collection`): exact counts would tell
of one person more or less.
"""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard.labels import group_name
from dashboard.session import Viewing, entered, give_back_turn, keep, kept, take_turn, turn
from dashboard.surveys.refusals import REFUSALS, refusal_key
from dashboard.surveys.views import now, present
from dashboard.truth import engine
from dashboard.wording import say
from data import database
from data.database import reading, writing
from data.fieldwork import invitations
from data.fieldwork.collection_facts import CollectionFacts
from data.fieldwork.invitations import InvitationFacts

FORM = "withdraw"


def show(viewing: Viewing, facts: CollectionFacts) -> None:
    """How many links were made and withdrawn for each group; withdrawing one."""
    language, opening = viewing.language, facts.opening
    try:
        with reading(engine()) as connection:
            found = invitations.invitations_of(
                connection, viewing.user, database.home(), opening.collection
            )
    except REFUSALS as refused:
        st.error(say(refusal_key(refused), language))
        return
    if not found:
        return
    with st.expander(say("survey.invited_states", language)):
        st.table(_table(found, language), alt=say("survey.invited_states", language),
                 hide_index=True)  # fmt: skip
        st.caption(say("survey.invited_states_what", language))
        _withdrawing(language, opening.collection)


def _table(found: list[InvitationFacts], language: str) -> pd.DataFrame:
    rows = pd.DataFrame({"group": [one.group for one in found],
                         "withdrawn": [one.withdrawn for one in found]})  # fmt: skip
    counts = rows.groupby("group")["withdrawn"].agg(["size", "sum"])
    words = {
        say("table.group", language): [group_name(code, language) for code in counts.index],
        say("survey.invited.made", language): [written.count(n, language) for n in counts["size"]],
        say("survey.invited.withdrawn", language): [
            written.count(n, language) for n in counts["sum"]
        ],
    }
    return pd.DataFrame(words)


def _withdrawing(language: str, collection: int) -> None:
    drawn = turn(FORM)
    told = kept(FORM)
    if told is not None and told[0] == collection:
        (st.error if told[1].startswith("survey.wrong") else st.success)(say(told[1], language))
    st.text_input(
        say("survey.withdraw_reference", language),
        key=f"{FORM}_reference_{drawn}",
        max_chars=200,
        help=say("survey.withdraw_what", language),
    )
    st.button(
        say("survey.withdraw_do", language),
        key=f"{FORM}_do_{drawn}",
        on_click=_withdraw,
        args=(collection, drawn),
    )


def _withdraw(collection: int, drawn: int) -> None:
    if not take_turn(FORM, drawn):
        return
    reference = entered(f"{FORM}_reference_{drawn}") or ""
    try:
        with writing(engine()) as connection:
            invitations.withdraw_person(
                connection, present(connection), database.home(), collection, reference, now()
            )
    except REFUSALS as refused:
        give_back_turn(FORM, drawn)
        keep(FORM, (collection, refusal_key(refused)))
        return
    keep(FORM, (collection, "survey.withdraw_done"))
