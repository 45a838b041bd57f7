"""A questionnaire as a respondent sees it, page by page, and what becomes of the answers."""

from __future__ import annotations

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard.labels import group_name, wave_name
from dashboard.literal import literal
from dashboard.wording import say, say_count
from survey.answering import OPEN_LIMIT, every_page
from survey.instrument import AnswerKind, AnswerSet, Instrument, Item

#: How an answer that can be chosen is marked.
MARK = "○"
#: Between two answers, where a line may break.
APART = " \u2003 "


def pages(instrument: Instrument, language: str, group: str = "RES", wave: str = "during") -> None:
    """Every page for a group in a wave; what is asked under a condition says which."""
    shown = every_page(instrument, group, wave)
    st.markdown(literal(instrument.purpose.in_language(language)))
    counts = [
        say_count("survey.questions", sum(map(len, shown)), language),
        say_count("survey.pages", len(shown), language),
    ]
    st.caption(literal(say("survey.preview_for", language, counts=", ".join(counts),
                           group=group_name(group, language),
                           wave=wave_name(wave, language))))  # fmt: skip
    number = 1
    for place, page in enumerate(shown, 1):
        with st.container(border=True):
            st.caption(literal(_heading(page, place, len(shown), instrument, language)))
            for item in page:
                _question(item, number, instrument, language)
                number += 1
    left_out = {item.code for item in instrument.items} - {i.code for page in shown for i in page}
    if left_out:
        st.caption(literal(_not_asked(instrument, left_out, language)))


def scales(instrument: Instrument, language: str) -> None:
    """What scores the answers make, and what each tells."""
    if not instrument.scales:
        st.markdown(say("survey.no_scales", language))
        return
    st.table(
        pd.DataFrame(
            {
                say("survey.scale", language): [
                    literal(scale.title.in_language(language)) for scale in instrument.scales
                ],
                say("survey.scale_from", language): [
                    literal(_made_of(instrument, scale.members, language))
                    for scale in instrument.scales
                ],
                say("survey.scale_tells", language): [
                    literal(scale.meaning.in_language(language)) for scale in instrument.scales
                ],
            }
        ),
        alt=say("survey.scales", language),
        hide_index=True,
    )


# --- parts --------------------------------------------------------------------------------------


def _heading(
    page: tuple[Item, ...],
    place: int,
    of: int,
    instrument: Instrument,
    language: str,
) -> str:
    where = say("survey.page_of", language, page=place, of=of)
    sections = [section for section in instrument.sections if page[0].code in section.items]
    return f"{where}: {sections[0].title.in_language(language)}" if sections else where


def _question(item: Item, number: int, instrument: Instrument, language: str) -> None:
    st.markdown(f"**{number}. {literal(item.text.in_language(language))}**")
    if asked_of := _asked_of(item, language):
        st.caption(literal(asked_of))
    if item.hint:
        st.caption(literal(item.hint.in_language(language)))
    if item.shown_if:
        earlier = instrument.item(item.shown_if.item)
        named = {
            choice.code: choice.text.in_language(language)
            for choice in instrument.answers_of(earlier.code).choices
        }
        told = " / ".join(named.get(code, str(code)) for code in item.shown_if.codes)
        st.caption(
            literal(
                say(
                    "survey.shown_if",
                    language,
                    question=earlier.text.in_language(language),
                    answers=told,
                )
            )
        )
    st.markdown(_choices(instrument.answer_sets[item.answers], language))


def _asked_of(item: Item, language: str) -> str:
    """Whom and when a question is asked, where that is not everybody and always."""
    told = []
    if item.groups:
        groups = ", ".join(group_name(code, language) for code in item.groups)
        told.append(say("survey.asked_of", language, groups=groups))
    if item.waves:
        waves = ", ".join(wave_name(code, language) for code in item.waves)
        told.append(say("survey.asked_in", language, waves=waves))
    if item.special:
        kind = say(f"answering.special.{item.special}", language)
        told.append(say("survey.asked_agreed", language, kind=kind))
    return " ".join(told)


def _choices(answers: AnswerSet, language: str) -> str:
    """The answers as a list; a text field and a range of numbers in words."""
    if answers.kind is AnswerKind.OPEN:
        limit = written.count(OPEN_LIMIT, language)
        return literal(say("survey.open_field", language, limit=limit))
    if answers.kind is AnswerKind.RECOMMENDATION and not answers.choices:
        offered = [str(code) for code in answers.codes]
    else:
        offered = [choice.text.in_language(language) for choice in answers.choices]
    extra = (answers.dont_know, answers.not_applicable)
    offered += [text.in_language(language) for text in extra if text]
    return APART.join(f"{MARK}\u00a0{literal(text).replace(' ', chr(0xA0))}" for text in offered)


def _not_asked(instrument: Instrument, codes: set[str], language: str) -> str:
    """Questions that this group or wave is not asked, and who is."""
    told = []
    for item in instrument.items:
        if item.code in codes:
            who = [group_name(code, language) for code in item.groups]
            when = [wave_name(code, language) for code in item.waves]
            told.append(f"{item.text.in_language(language)} ({', '.join(who + when)})")
    return say("survey.not_asked", language, questions=" · ".join(told))


def _made_of(instrument: Instrument, members: tuple[str, ...], language: str) -> str:
    titles = {scale.code: scale.title.in_language(language) for scale in instrument.scales}
    if all(member in titles for member in members):
        return ", ".join(titles[member] for member in members)
    return say_count("survey.questions", len(members), language)
