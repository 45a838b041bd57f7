"""What was counted and what was left out, and the same count made again now."""

from __future__ import annotations

from datetime import UTC, datetime

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard.components import section
from dashboard.literal import literal
from dashboard.reporting import words
from dashboard.reporting.doing import REFUSALS
from dashboard.sections.paging import page_of
from dashboard.session import Viewing, keep, kept
from dashboard.truth import engine
from dashboard.wording import say, texts
from data import database
from data.access import NotPermitted
from data.database import reading
from data.fieldwork.installation import ExposedSecret
from data.reporting.figure_record import FigureRecord
from data.reporting.recount import Recount, recount
from data.reporting.values import RefusedReport

#: Items of one page, and how much of a key is shown: enough to tell entities apart on a screen.
ITEMS, KEY_LENGTH = 50, 12
_RECOUNT = "figure:recount"


def items(viewing: Viewing, record: FigureRecord) -> None:
    """Every item that the count looked at, and why some do not count."""
    language = viewing.language
    section(say("figure.items", language))
    if record.items is None:
        key = "hidden" if record.line.rounded else "not_counted"
        st.markdown(literal(say(f"figure.items.{key}", language)))
        return
    found = record.items
    counted = found[found["exclusion"] == ""]
    st.markdown(literal(items_sentence(record, len(counted), language)))
    if found.empty:
        return
    ordered = pd.concat([counted, found[found["exclusion"] != ""]])
    _, rows = page_of(viewing, "figure_items_page", range(len(ordered)), ITEMS)
    shown = ordered.iloc[rows]
    days = [
        written.day(day.date(), language) if pd.notna(day) else say("table.none", language)
        for day in shown["happened_on"]
    ]
    frame = {
        "entity": [key[:KEY_LENGTH] for key in shown["entity"]],
        "kind": [coded("item.kind", code, language) for code in shown["kind"]],
        "happened_on": days,
        "role": [coded("item.role", code, language) for code in shown["role"]],
        "size": [
            say(f"size.{size}", language) if pd.notna(size) else say("table.none", language)
            for size in shown["size"]
        ],
        "amount": [written.count(int(amount), language) for amount in shown["amount"]],
        "record": [
            f"{coded('item.source', source, language)} {number}"
            for source, number in zip(shown["source"], shown["source_id"], strict=True)
        ],
        "exclusion": [
            say(f"item.exclusion.{code}" if code else "item.counted", language)
            for code in shown["exclusion"]
        ],
    }
    if shown["size"].isna().all():
        del frame["size"]
    st.table(
        pd.DataFrame(
            {
                say(f"report.column.{name}", language): [literal(str(cell)) for cell in cells]
                for name, cells in frame.items()
            }
        ),
        alt=say("figure.items", language),
        hide_index=True,
    )
    st.caption(literal(say("figure.items.keys", language, n=KEY_LENGTH)))


def items_sentence(record: FigureRecord, counted: int, language: str) -> str:
    """How many items count and how many are left out, by reason."""
    left = ", ".join(
        f"{say(f'item.exclusion.{code}', language).lower()} {written.count(number, language)}"
        for code, number in record.exclusions.items()
    )
    if record.items.empty:
        return say("figure.items.none", language)
    key = "figure.items.words" if left else "figure.items.all"
    values = {"all": written.count(len(record.items), language), "left": left}
    return say(key, language, n=written.count(counted, language), **values)


def coded(beginning: str, code: object, language: str) -> str:
    """What a code of the records is called; the code itself where it has no name."""
    if code is None or pd.isna(code) or code == "":
        return say("table.none", language)
    key = f"{beginning}.{code}"
    return texts()[key].in_language(language) if key in texts() else str(code)


def again(viewing: Viewing, record: FigureRecord) -> None:
    """A button that counts again from the records as they are now, and what came of it."""
    language, reported = viewing.language, record.line.reported
    section(say("figure.again", language))
    if record.items is None:
        key = "metric" if record.metric is not None else "entered"
        key = "hidden" if record.line.rounded else key
        st.markdown(literal(say(f"figure.again.{key}", language)))
        return
    st.markdown(literal(say("figure.again.words", language)))
    if st.button(say("figure.again.do", language), key=f"figure_again_{reported}"):
        keep(_RECOUNT, (reported, counted_again(viewing, reported)))
    told = kept(_RECOUNT)
    if told is None or told[0] != reported:
        return
    found = told[1]
    if isinstance(found, str):
        st.error(literal(say(found, language)))
        return
    (st.success if found.agrees else st.warning)(literal(again_words(found, language)))
    frame = pd.DataFrame(
        {
            say("figure.fact", language): [
                say(f"report.column.{name}", language) for name in ("in_period", "in_all")
            ],
            say("figure.again.reported", language): [
                words.number(found.value, language), words.number(found.cumulative, language),
            ],
            say("figure.again.now", language): [
                words.number(found.value_now, language),
                words.number(found.cumulative_now, language),
            ],
        }
    )  # fmt: skip
    st.table(frame, alt=say("figure.again", language), hide_index=True)


def counted_again(viewing: Viewing, reported: int) -> Recount | str:
    """The new count, or the key of the text that says why there is none."""
    try:
        with reading(engine()) as connection:
            return recount(connection, viewing.user, database.home(), reported, datetime.now(UTC))
    except RefusedReport as refused:
        return f"{REFUSALS[RefusedReport]}.{refused.code}"
    except NotPermitted:
        return "report.refused.permission"
    except ExposedSecret:
        return "survey.wrong.exposed_secret"


def again_words(found: Recount, language: str) -> str:
    """Whether the records give the same, and which items are otherwise."""
    at = written.moment(found.at, language)
    if found.agrees:
        return say("figure.again.same", language, at=at)
    counts = {
        name: written.count(getattr(found, name), language) for name in ("added", "gone", "moved")
    }
    return say("figure.again.other", language, at=at, **counts)
