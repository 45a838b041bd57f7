"""The ledger of claims: what is said to have come of the work, how well it is backed, and what
else may explain it; what was expected beside what was found."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard.components import part, section
from dashboard.literal import literal
from dashboard.reporting.proof_lists import listed
from dashboard.session import Viewing
from dashboard.truth import engine
from dashboard.wording import say, say_count
from data.database import reading
from data.reporting import proofs
from data.reporting.claims import Claim
from metrics.indicators.indicator import GRADES
from metrics.metric import Level

#: How an entity is named: by its level and number.
Names = Mapping[str, Mapping[int, str]]


def ledger(viewing: Viewing, found: Sequence[Claim], called: Names) -> None:
    """How many claims each grade has, and every claim with all that it stands on."""
    language = viewing.language
    section(say("claim.ledger", language))
    if not found:
        st.markdown(literal(say("claim.none", language)))
        return
    st.markdown(literal(say("claim.ledger.words", language)))
    frame = pd.DataFrame(
        {
            say("claim.grade", language): [grade_words(grade, language) for grade in GRADES],
            say("claim.count", language): [
                written.count(sum(claim.grade == grade for claim in found), language)
                for grade in GRADES
            ],
        }
    )
    st.table(frame, alt=say("claim.ledger", language), hide_index=True)
    for claim in found:
        one(viewing, claim, called)


def one(viewing: Viewing, claim: Claim, called: Names) -> None:
    """One claim: its words, its grade, what else may explain it, what it stands on."""
    language = viewing.language
    with st.container(border=True):
        part(claim.statement.in_language(language))
        about = about_words(claim, called, language)
        st.markdown(
            f"**{literal(grade_words(claim.grade, language))}** · {literal(about)} · "
            f"{literal(claim.code)}"
        )
        st.markdown(named("contribution", claim.contribution, language))
        st.markdown(named("substantiation", claim.substantiation, language))
        at = written.moment(claim.updated_at, language)
        st.caption(literal(say("claim.updated", language, who=claim.updated_by, at=at)))
        with st.expander(say_count("claim.proofs", claim.proofs, language)):
            backing(viewing, claim)


def backing(viewing: Viewing, claim: Claim) -> None:
    """The files and links behind a claim."""
    with reading(engine()) as connection:
        lines = proofs.proofs(connection, viewing.user, claim=claim.id)
    listed(viewing, lines)


def named(field: str, said: str | None, language: str) -> str:
    """A field of a claim with its name; in words where nobody wrote it."""
    name = say(f"claim.field.{field}", language)
    return f"**{literal(name)}:** {literal(said or say('claim.unsaid', language))}"


def grade_words(grade: str, language: str) -> str:
    """A grade by its letter and in words."""
    return f"{grade}: {say(f'claim.grade.{grade}', language)}"


def about_words(claim: Claim, called: Names, language: str) -> str:
    """What a claim is about."""
    if claim.level == Level.PORTFOLIO:
        return say("claim.portfolio", language)
    return called.get(claim.level, {}).get(claim.entity, say("claim.elsewhere", language))


def expected(viewing: Viewing, found: Sequence[Claim], called: Names) -> None:
    """What was expected before the work, beside what was found of it."""
    language = viewing.language
    section(say("claim.expected", language))
    told = [claim for claim in found if claim.expected or claim.found]
    if not told:
        st.markdown(literal(say("claim.expected.none", language)))
        return
    silent = sum(claim.found is None for claim in told)
    st.markdown(literal(say_count("claim.expected.words", silent, language, all=len(told))))
    unsaid = say("claim.unsaid", language)
    columns = {
        "about": [about_words(claim, called, language) for claim in told],
        "expected": [claim.expected or unsaid for claim in told],
        "found": [claim.found or say("claim.not_yet", language) for claim in told],
        "grade": [grade_words(claim.grade, language) for claim in told],
        "code": [claim.code for claim in told],
    }
    frame = {
        say(f"claim.field.{name}", language): [literal(cell) for cell in cells]
        for name, cells in columns.items()
    }
    st.table(pd.DataFrame(frame), alt=say("claim.expected", language), hide_index=True)
