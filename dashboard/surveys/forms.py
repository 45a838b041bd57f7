"""The questionnaires that there are: as a respondent sees them, as an XLSForm, and from one."""

from __future__ import annotations

import streamlit as st

from dashboard.components import part, section
from dashboard.labels import group_name, wave_name
from dashboard.literal import literal
from dashboard.session import Viewing, follow
from dashboard.surveys import preview, xlsform
from dashboard.surveys.opening import choose_instrument
from dashboard.wording import LANGUAGE_NAMES, say
from data.fieldwork.collection_facts import CollectionFacts
from survey.instrument import GROUPS, UNKNOWN_GROUP, WAVES
from survey.text import LANGUAGES


def show(viewing: Viewing, _found: list[CollectionFacts]) -> None:
    """A questionnaire in a language, for a group and a wave; its file; and a file brought in."""
    language = viewing.language
    section(say("surveys.view.forms", language))
    with st.grid(4, min_column_width=200):
        instrument = choose_instrument(language)
        spoken = st.selectbox(
            say("survey.preview_language", language),
            format_func=LANGUAGE_NAMES.get,
            **follow("preview_language", LANGUAGES, language),
        )
        group = st.selectbox(
            say("table.group", language),
            format_func=lambda code: group_name(code, language),
            **follow("preview_group", [*GROUPS, UNKNOWN_GROUP]),
        )
        wave = st.selectbox(
            say("choose.wave", language),
            format_func=lambda code: wave_name(code, language),
            **follow("preview_wave", WAVES, WAVES[1]),
        )
    part(instrument.title.in_language(spoken))
    st.caption(literal(say("survey.key", language, code=instrument.key)))
    preview.pages(instrument, spoken, group, wave)
    with st.expander(say("survey.scales", language)):
        preview.scales(instrument, spoken)
    part(say("survey.xlsform", language))
    xlsform.download(viewing, instrument)
    part(say("survey.bring", language))
    xlsform.bring(viewing)
