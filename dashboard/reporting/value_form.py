"""The form of one value of a period: counted, read, entered with its method, or told in words."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import streamlit as st

from dashboard.components import part, section
from dashboard.literal import literal
from dashboard.reporting import saving, words
from dashboard.reporting.conflict import conflict
from dashboard.reporting.draft import Draft
from dashboard.reporting.proof_lists import attaching, listed
from dashboard.session import Viewing, link, tied
from dashboard.wording import say
from dashboard.writing import store_or_send
from data.reporting.desk import DeskLine
from data.reporting.figure_record import FigureRecord
from metrics.indicators.indicator import Counting

#: What somebody says of a value: there is one, there is none this time, it does not apply.
THERE, STATES = "value", ("value", "not_reported", "not_applicable")


def form(viewing: Viewing, line: DeskLine, record: FigureRecord | None, period: int) -> None:
    """One indicator of a period as it may be treated now: begun, written, or read."""
    language = viewing.language
    section(words.called(line.indicator, language))
    st.markdown(literal(line.indicator.definition.in_language(language)))
    st.caption(literal(target_line(line, language)))
    if record is None:
        st.markdown(literal(say("close.not_begun", language)))
        st.button(
            say("close.begin", language), key="close_begin", type="primary",
            on_click=saving.begin, args=(line.target.id, period),
        )  # fmt: skip
        return
    status = words.status_words(line.status, language)
    st.markdown(f"**{literal(say('close.status', language, status=status))}**")
    if line.status == "returned":
        told_why(record, language)
    if line.status in words.OPEN:
        written(viewing, line, record)
    else:
        link(viewing, "figure", say("close.open_figure", language), figure_id=line.reported)
        st.markdown(literal(say("close.gone_on", language)))
    part(say("figure.proofs", language))
    may_change = line.status in words.OPEN
    listed(viewing, record.proofs, removable=may_change)
    if may_change or line.status == "submitted":
        attaching(viewing, reported=line.reported)


def target_line(line: DeskLine, language: str) -> str:
    """The target and the unit, and how it is counted."""
    return say(
        "close.target",
        language,
        target=words.target_words(line.target, language),
        unit=line.indicator.unit.label.in_language(language),
        rule=say(f"figure.counting.{line.indicator.counting}", language),
    )


def told_why(record: FigureRecord, language: str) -> None:
    """Why the funder sent it back."""
    back = [event for event in record.events if event.act == "returned"]
    if back:
        st.warning(
            literal(say("close.returned", language, who=back[-1].by, reason=back[-1].reason))
        )


def written(viewing: Viewing, line: DeskLine, record: FigureRecord) -> None:
    """The fields of a value that is open, or two versions of it to choose between."""
    language = viewing.language
    draft = saving.draft_of(viewing, line, record.method_note)
    if draft.conflict is not None:
        conflict(viewing, draft)
        return
    if draft.changed and draft.version != line.version:
        st.warning(literal(say("judge.others_wrote", language)))
    basis = words.basis_words(line.basis, language)
    value = words.told(line, language, period=True)
    st.markdown(literal(say("close.now", language, value=value, basis=basis)))
    made(viewing, draft, line)
    state(draft, language)
    if draft.says("state") in ("value", "zero"):
        if line.indicator.counting is Counting.WORDS:
            text(draft, "text", say("close.words", language))
        else:
            numbers(draft, line, language)
    text(draft, "method_note", say(note_key(draft), language))
    store_or_send(
        viewing, draft, "close", changed=bool(draft.changed), save=saving.save,
        submit=saving.submit, drop=saving.drop,
    )  # fmt: skip


def note_key(draft: Draft) -> str:
    """What is asked besides the value: how it was made, or why there is none."""
    return "close.why_none" if draft.says("state") == "not_reported" else "close.method"


def made(viewing: Viewing, draft: Draft, line: DeskLine) -> None:
    """The buttons that make the figure from records or from what is published."""
    language, indicator = viewing.language, line.indicator
    ways: list[tuple[str, str, Callable[[Viewing, Draft], None]]] = []
    if indicator.counted is not None:
        ways.append(("close.count", "close.count_what", saving.count))
    if indicator.figure is not None:
        ways.append(("close.read", "close.read_what", saving.read))
    for label, what, do in ways:
        st.markdown(literal(say(what, language)))
        st.button(
            say(label, language), key=label.replace(".", "_"), on_click=do, args=(viewing, draft)
        )
    if ways and indicator.counting is not Counting.WORDS:
        st.markdown(literal(say("close.or_enter", language)))


def state(draft: Draft, language: str) -> None:
    """Whether there is a value at all."""
    shown = THERE if draft.says("state") in ("value", "zero") else draft.says("state")

    def put(chosen: str | None) -> None:
        if chosen is not None:
            seen = draft.seen["state"]
            draft.put("state", seen if chosen == THERE and seen == "zero" else chosen)

    st.radio(
        say("close.state", language),
        STATES,
        format_func=lambda code: say(f"close.state.{code}", language),
        **tied(f"close_{draft.reported}_state", shown, put),
    )


def numbers(draft: Draft, line: DeskLine, language: str) -> None:
    """The figure of the period, and that of all so far where it does not follow."""
    names = ["value"]
    if line.indicator.counting in (Counting.DISTINCT, Counting.ADDITIVE):
        names.append("cumulative")
    whole = line.indicator.unit.whole
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for name in names:
            held = draft.says(name)
            shown = None if held is None else (int(held) if whole else float(held))
            st.number_input(
                say(f"report.field.{name}", language),
                step=1 if whole else 0.01,
                width=280,
                value=None,
                placeholder="–",
                **tied(f"close_{draft.reported}_{name}", shown, putter(draft, name)),
            )


def putter(draft: Draft, name: str) -> Callable[[int | float | None], None]:
    def put(number: int | float | None) -> None:
        draft.put(name, None if number is None else Decimal(str(number)))

    return put


def text(draft: Draft, name: str, label: str) -> None:
    """A field for words."""
    st.text_area(
        label,
        height=100,
        max_chars=10_000 if name == "text" else 4_000,
        **tied(
            f"close_{draft.reported}_{name}",
            draft.says(name) or "",
            lambda said: draft.put(name, said.strip() or None),
        ),
    )
