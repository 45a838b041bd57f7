"""Residents' proposals: what was proposed, who took it up, and what became of it."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard import sections, sentences
from dashboard.charts import Counted, counted_bars
from dashboard.components import (
    answer,
    begin,
    draw,
    part,
    published_line,
    section,
    table_block,
)
from dashboard.figures import figures, metric_of, names, one, publication
from dashboard.literal import literal
from dashboard.project_records import proposal_table
from dashboard.session import Viewing, follow, selection
from dashboard.surveys import replies
from dashboard.truth import engine
from dashboard.wording import say, say_count
from data import access, records
from data.database import reading
from data.permissions import Kind, Verb
from data.schema import PROPOSAL_STATUSES
from metrics.metric import Level

ROWS = 25
MOST_CATEGORIES = 12
EVERY = ""
METRIC = "proposals_taken_up"


def show(viewing: Viewing) -> None:
    """How proposals were taken up and answered, how cases went on, and the register itself."""
    language = viewing.language
    begin(viewing, say("page.proposals", language), ["Q2", "Q1"], page="proposals")
    metric = metric_of(METRIC)
    place = sections.whole(viewing)
    if place is not None:
        level, entity = place
        facts = publication()
        whole = one(figures(viewing, level=level, entity=entity, metric=metric.id, split="total"))
        if whole is not None:
            answer(sentences.figure_sentence(whole, metric, language))
        published_line(viewing, facts)
        st.caption(literal(say(f"proposal.figures.{level}", language)))
        told(viewing, sections.Scope(level, entity, facts, "end", None, None))
    section(say("section.take_up", language))
    taken_up(viewing)
    section(say("proposal.list", language))
    st.caption(literal(say("proposal.open", language)))
    register(viewing)


def told(viewing: Viewing, scope: sections.Scope) -> None:
    """How proposals were answered, and how cases went from an idea to adoption."""
    silent = []
    for title, told_of, draw_it in (
        ("proposal.answers", sections.ANSWERS, sections.answered_proposals),
        ("funnel.title", sections.FUNNEL, sections.funnel),
    ):
        if any(sections.is_told(viewing, scope, name) for name in told_of):
            section(say(title, viewing.language))
            silent += draw_it(viewing, scope)
        else:
            silent += told_of
    sections.not_recorded(viewing, silent)


def taken_up(viewing: Viewing) -> None:
    """Take-up by area, where the reader may see figures of areas, and by category."""
    language = viewing.language
    scope = sections.Scope(Level.PORTFOLIO, 0, publication(), "end", None, None)
    with st.grid(2, min_column_width=sections.TWO_ABREAST, gap="large"):
        if Level.AREA in access.visible_levels(viewing.user):
            with st.container():
                part(say("proposal.by_area", language))
                sections.compare(
                    viewing, scope, Level.AREA, sections.neighbourhoods(viewing), METRIC
                )
        with st.container():
            part(say("proposal.by_category", language))
            by_category(viewing)


def register(viewing: Viewing) -> None:
    """The proposals that the filters leave, a page at a time, and the fate of a chosen one."""
    language = viewing.language
    everything = say("choose.all", language)
    places = names(viewing, Level.AREA)
    with reading(engine()) as connection:
        categories = records.proposal_categories(connection, viewing.user)
    with st.container(horizontal=True, vertical_alignment="bottom"):
        category = st.selectbox(
            say("choose.category", language),
            format_func=lambda code: code or everything,
            width=260,
            **follow("proposal_category", [EVERY, *categories]),
        )
        area = st.selectbox(
            say("choose.area", language),
            format_func=lambda number: places.get(number, everything),
            width=260,
            **follow("proposal_area", [EVERY, *places]),
        )
        status = st.selectbox(
            say("choose.status", language),
            format_func=lambda code: (
                say(f"proposal.status.{code}", language) if code else everything
            ),
            width=220,
            **follow("proposal_status", [EVERY, *PROPOSAL_STATUSES]),
        )
    wanted = {"category": category or None, "area": area or None, "status": status or None}
    with reading(engine()) as connection:
        total = records.proposals(connection, viewing.user, **wanted, limit=1).total
    if not total:
        st.info(say("empty.proposals_here", language))
        return
    pages = -(-total // ROWS)
    number = selection("proposal_page", range(1, pages + 1), 1)
    with reading(engine()) as connection:
        page = records.proposals(
            connection, viewing.user, **wanted, offset=(number - 1) * ROWS, limit=ROWS
        )
    st.markdown(
        f"{say_count('proposal.count', total, language)} "
        + say(
            "proposal.page",
            language,
            first=written.count((number - 1) * ROWS + 1, language),
            last=written.count((number - 1) * ROWS + len(page.rows), language),
        )
    )
    table = proposal_table(page.rows, language)
    table.insert(
        2,
        say("proposal.area", language),
        [literal(places.get(row.area, say("table.none", language))) for row in page.rows],
    )
    st.table(table, alt=say("proposal.list", language), hide_index=True)
    if pages > 1:
        st.selectbox(
            say("proposal.page_number", language),
            format_func=lambda page_number: f"{page_number} / {pages}",
            width=140,
            **follow("proposal_page", range(1, pages + 1), 1),
        )
    history(viewing, page.rows)


def history(viewing: Viewing, rows: list[records.Proposal]) -> None:
    """What became of one of the proposals on the page, step by step."""
    language = viewing.language
    titles = {row.id: row.title for row in rows}
    part(say("proposal.history", language))
    chosen = st.selectbox(
        say("choose.proposal", language),
        format_func=lambda number: titles.get(number, say("choose.proposal_none", language)),
        **follow("proposal_id", [EVERY, *titles]),
    )
    if not chosen:
        return
    with reading(engine()) as connection:
        steps = records.proposal_history(connection, viewing.user, chosen)
    st.text(titles[chosen])
    unknown = say("fact.unknown", language)
    none = say("table.none", language)
    st.table(
        {
            say("proposal.step", language): [
                say(f"proposal.status.{step.status}", language) for step in steps
            ],
            say("proposal.day", language): [
                literal(written.day(step.on_date, language)) if step.on_date else unknown
                for step in steps
            ],
            say("proposal.note", language): [literal(step.reason or none) for step in steps],
        },
        alt=say("proposal.history", language),
        hide_index=True,
        hide_header=False,
    )
    taken = next(row for row in rows if row.id == chosen)
    if taken.taken_up_by:
        st.markdown(literal(say("proposal.taken_by_words", language, who=taken.taken_up_by)))
    replied(viewing, taken)


def replied(viewing: Viewing, proposal: records.Proposal) -> None:
    """What was replied to a proposal; those who may reply write it here."""
    language = viewing.language
    if access.can(viewing.user, Verb.REPLY, Kind.REPLY, proposal.project):
        part(say("reply.title", language))
        st.caption(say("reply.lead_proposal", language))
        replies.edit(viewing, proposal=proposal.id)
    else:
        replies.read(viewing, proposal=proposal.id)


def by_category(viewing: Viewing) -> None:
    """How many proposals each category has and how many of them were taken up, as counted."""
    language = viewing.language
    with reading(engine()) as connection:
        counted = records.proposal_counts(connection, viewing.user)
    if not counted:
        st.info(say("empty.proposals", language))
        return
    rows = [
        Counted(one.category or say("proposal.no_category", language), one.proposals, one.taken_up)
        for one in counted[:MOST_CATEGORIES]
    ]
    sentence = say(
        "proposal.by_category_words",
        language,
        most=rows[0].label,
        n=written.count(rows[0].all, language),
        taken_up=written.count(rows[0].counted, language),
    )
    title = say("proposal.by_category", language)
    st.markdown(literal(sentence))
    said = [
        say(
            "alt.row",
            language,
            label=row.label,
            words=f"{written.count(row.counted, language)} / {written.count(row.all, language)}",
        )
        for row in rows
    ]
    draw(
        counted_bars(rows, metric_of(METRIC), language),
        " ".join([say("alt.start", language, title=title), *said]),
    )
    st.caption(literal(say("proposal.by_category_key", language)))
    table_block(
        pd.DataFrame(
            {
                say("proposal.category", language): [literal(row.label) for row in rows],
                say("proposal.all", language): [written.count(row.all, language) for row in rows],
                say("proposal.taken_up", language): [
                    written.count(row.counted, language) for row in rows
                ],
            }
        ),
        title,
        language,
    )
