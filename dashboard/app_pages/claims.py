"""What is claimed to have come of the work, and how well that is backed."""

from __future__ import annotations

import streamlit as st

from dashboard.components import answer, begin
from dashboard.figures import names
from dashboard.reporting import claim_form, claim_ledger, claim_parts, doing
from dashboard.session import Viewing, follow
from dashboard.truth import engine
from dashboard.wording import say, say_count
from data.database import reading
from data.reporting import compliance, costs, lineage
from data.reporting.claims import Claim, claims
from metrics.metric import Level

EVERY = ""
#: The views of the page: what is claimed, what was expected, and what stands beside it.
VIEWS = ("ledger", "expected", "comply", "lineage", "cost", "write")
#: The levels of which something may be claimed besides the portfolio.
LEVELS = (Level.PROJECT, Level.THEME, Level.AREA, Level.PROGRAMME, Level.FUNDER)
#: Grades that rest on records or on what people answered, not on the project's own word.
BACKED = ("A", "B", "C")


def show(viewing: Viewing) -> None:
    """The chosen view, of one project or of all that the reader sees."""
    language = viewing.language
    begin(viewing, say("page.claims", language), ["Q0", "Q1"])
    doing.tell(language)
    called = {level.value: names(viewing, level) for level in LEVELS}
    projects = called[Level.PROJECT.value]
    with reading(engine()) as connection:
        found = claims(connection, viewing.user)
    writes = bool(claim_form.subjects(viewing, called))
    with st.container(horizontal=True, vertical_alignment="bottom"):
        chosen = st.selectbox(
            say("choose.project", language),
            format_func=lambda number: projects.get(number, say("choose.all", language)),
            width=360,
            **follow("claims_project", [EVERY, *projects]),
        )
        view = st.segmented_control(
            say("judge.view", language),
            format_func=lambda code: say(f"claim.view.{code}", language),
            **follow("claims_view", VIEWS if writes else VIEWS[:-1]),
        )
    about = {number: projects[number] for number in projects if chosen in (EVERY, number)}
    own = [claim for claim in found if chosen == EVERY or concerns(claim, chosen)]
    answer(lead(own, language))
    draw(viewing, view, own, called, about, chosen)


def draw(
    viewing: Viewing,
    view: str,
    own: list[Claim],
    called: dict[str, dict[int, str]],
    about: dict[int, str],
    chosen: int | str,
) -> None:
    """One view of the page."""
    projects, user = called[Level.PROJECT.value], viewing.user
    if view == "write":
        claim_form.form(viewing, own, called)
    elif view == "expected":
        claim_ledger.expected(viewing, own, called)
    elif view == "comply":
        with reading(engine()) as connection:
            checked = compliance.compliance(connection, user)
        claim_parts.compliance(viewing, checked, about)
    elif view == "lineage":
        with reading(engine()) as connection:
            handed = lineage.lineage(connection, user, None if chosen == EVERY else chosen)
        claim_parts.lineage(viewing, handed, projects)
    elif view == "cost":
        with reading(engine()) as connection:
            money = costs.costs(connection, user)
        claim_parts.cost_and_outcome(viewing, money, about)
    else:
        claim_ledger.ledger(viewing, own, called)


def concerns(claim: Claim, project: int) -> bool:
    return (claim.level, claim.entity) == (Level.PROJECT.value, project)


def lead(found: list[Claim], language: str) -> str:
    """How many claims there are, and how many rest on more than the project's own word."""
    if not found:
        return say("claim.none", language)
    backed = sum(claim.grade in BACKED for claim in found)
    return say_count("claim.lead", len(found), language, backed=backed)
