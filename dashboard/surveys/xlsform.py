"""Questionnaires to and from KoboToolbox and ODK: an XLSForm out, and one in once it is checked."""

from __future__ import annotations

import hashlib
import re

import sqlalchemy as sa
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard import downloads, labels, sign_in
from dashboard.fetching import fetch
from dashboard.literal import literal
from dashboard.session import Viewing, give_back_turn, keep, kept, select, take_turn, turn
from dashboard.surveys import opening, preview
from dashboard.surveys.refusals import REFUSALS, refusal_key
from dashboard.surveys.views import INSTRUMENT, present
from dashboard.truth import engine
from dashboard.upload import on_disk
from dashboard.wording import say, say_count
from data import access, records
from data.access import User
from data.database import reading, writing
from data.imports.xlsforms import check_xlsform
from data.instruments import bring_instrument
from data.permissions import Kind, Verb
from survey.instrument import Instrument
from survey.xlsform.problems import Problem, message
from survey.xlsform.read import Reading
from survey.xlsform.write import write

#: The kind of file.
ENDING = "xlsx"
#: Problems that are told at once; the others show up when these are mended.
TOLD = 20
#: Checked files that are kept, so that ticking a box does not read the file again.
KEPT = 16
FORM = "xlsform"
NO_PROJECT = 0

_checked: dict[str, Reading] = {}


def download(viewing: Viewing, instrument: Instrument) -> None:
    """The questionnaire as a file, for one project or for any."""
    language = viewing.language
    st.markdown(say("survey.xlsform_what", language))
    offered = opening.projects(viewing)
    project = st.selectbox(
        say("survey.xlsform_project", language),
        [NO_PROJECT, *offered],
        format_func=lambda number: offered.get(number, say("survey.xlsform_any", language)),
        key="xlsform_project",
    )
    code = _code(viewing, project)

    def read(_connection: sa.Connection, user: User) -> bytes | None:
        may = access.reach(user, Verb.READ, Kind.COLLECTION) != frozenset()
        return write(instrument, project=code) if may else None

    made_of = downloads.fingerprint(instrument.model_dump_json(), code)
    named = re.sub(r"[^a-z0-9]+", "-", f"{instrument.code}-v{instrument.version}".lower())
    fetch(viewing, say("survey.xlsform_download", language), f"{named}-{made_of}.{ENDING}", read)


def bring(viewing: Viewing) -> None:
    """A file, what is wrong with it or how it was understood, and the button that stores it."""
    language = viewing.language
    st.markdown(say("survey.bring_what", language))
    if sign_in.mode() is sign_in.Mode.PERSONAS:
        st.info(say("survey.bring_sample", language))
        return
    if (told := kept(FORM)) is not None:
        (st.success if told == "survey.bring_done" else st.error)(say(told, language))
    file = st.file_uploader(say("survey.bring_file", language), type=[ENDING], key=FORM)
    if file is None:
        return
    reading_of = checked(file)
    _tell(reading_of.problems, file.name, language)
    if reading_of.instrument is None:
        return
    st.success(
        literal(
            say(
                "survey.understood",
                language,
                title=reading_of.instrument.title.in_language(language),
                questions=say_count("survey.questions", len(reading_of.instrument.items), language),
            )
        )
    )
    if reading_of.remarks:
        with st.expander(say("survey.remarks", language)):
            st.markdown(_listed(reading_of.remarks, file.name, language))
    _offer(viewing, reading_of.instrument)
    preview.pages(reading_of.instrument, language)


def checked(file: UploadedFile) -> Reading:
    """What a file is; read in a process of its own, and again only when the file changes."""
    content = hashlib.sha256(file.getbuffer()).hexdigest()
    if content not in _checked:
        with on_disk(file) as path:
            found = check_xlsform(path)
        while len(_checked) >= KEPT:
            _checked.pop(next(iter(_checked)), None)
        _checked[content] = found
    return _checked[content]


def _tell(problems: tuple[Problem, ...], name: str, language: str) -> None:
    if not problems:
        return
    st.error(say_count("survey.form_wrong", len(problems), language))
    st.markdown(_listed(problems[:TOLD], name, language))


def _listed(problems: tuple[Problem, ...], name: str, language: str) -> str:
    return "\n".join(f"- {literal(message(problem, language, name))}" for problem in problems)


def _offer(viewing: Viewing, instrument: Instrument) -> None:
    """The button that lets the questionnaire be asked, for those who may bring data in."""
    language, drawn = viewing.language, turn(FORM)
    if labels.questionnaires().get(instrument.key) == instrument:
        st.info(say("survey.bring_known", language))
    elif access.can(viewing.user, Verb.STORE, Kind.BATCH):
        st.button(
            say("survey.bring_do", language),
            type="primary",
            key=f"xlsform_do_{drawn}",
            on_click=_store,
            args=(instrument, drawn),
        )
    else:
        st.info(say("survey.bring_ask", language))


def _store(instrument: Instrument, drawn: int) -> None:
    if not take_turn(FORM, drawn):
        return
    try:
        with writing(engine()) as connection:
            bring_instrument(connection, present(connection), instrument)
    except REFUSALS as refused:
        give_back_turn(FORM, drawn)
        keep(FORM, refusal_key(refused))
        return
    labels.forget_questionnaires()
    keep(FORM, "survey.bring_done")
    select(INSTRUMENT, instrument.key)


def _code(viewing: Viewing, project: int) -> str:
    """The code under which a project's answers are known; nothing where none was chosen."""
    with reading(engine()) as connection:
        named = records.project_names(connection, viewing.user)
    return next((one.code for one in named if one.id == project), "")
