"""Files of reported figures for the browser that looks: exports of the desk, and releases.

The name of each carries the hash of its content, so that an older file is told from a newer one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

import sqlalchemy as sa
import streamlit as st

from dashboard import downloads
from dashboard import format as written
from dashboard.components import section
from dashboard.literal import literal
from dashboard.session import Viewing, entered, keep, kept
from dashboard.truth import engine
from dashboard.wording import say
from data.access import User, profile_of
from data.database import reading
from data.reporting.rights import sees_desk

#: The files of the desk and their endings.
FORMS: Mapping[str, str] = {
    "xlsx": "xlsx", "package": "zip", "json": "json", "iati": "xml", "csv": "csv",
}  # fmt: skip
#: What is kept of the last press: which desk, and the way to its file.
MADE = "report_file"


def named(beginning: str, content: bytes, ending: str) -> str:
    """A file's name with the hash of what is in it."""
    return f"{beginning}-{hashlib.sha256(content).hexdigest()}.{ending}"


def offered(
    viewing: Viewing, beginning: str, content: bytes, ending: str, read: downloads.Read
) -> str | None:
    """The address of a file for the browser that looks. read: what it is handed when it comes."""
    name = named(beginning, content, ending)
    return downloads.offer_to_read(read, name, st.context.cookies, viewing.user)


def exports(viewing: Viewing, funder: int, project: int | None) -> None:
    """A button for each kind of file of a funder's desk; the file is made when one is pressed."""
    language = viewing.language
    section(say("files.title", language))
    st.markdown(literal(say("files.words", language)))
    which = (viewing.user.id, language, funder, project)
    with st.expander(say("files.iati_who", language)):
        st.text_input(
            say("files.iati_ref", language), key="files_ref", placeholder="FI-PRO-1234567-8",
            max_chars=60, width=300,
        )  # fmt: skip
        st.text_input(say("files.iati_name", language), key="files_name", max_chars=200, width=420)
    with st.container(horizontal=True):
        for form in FORMS:
            st.button(
                say(f"files.form.{form}", language), key=f"files_{form}", on_click=_make,
                args=(viewing, form, funder, project),
            )  # fmt: skip
    made = kept(MADE)
    if made is None or made[0] != which:
        return
    _, form, address, size, refused = made
    if refused is not None:
        st.error(literal(say(f"files.refused.{refused}", language)))
    else:
        label = say(f"files.form.{form}", language)
        label = say("files.fetch", language, form=label, size=written.size(size, language))
        st.link_button(literal(label), address, type="primary", icon=":material/download:")


def _make(viewing: Viewing, form: str, funder: int, project: int | None) -> None:
    which = (viewing.user.id, viewing.language, funder, project)
    try:
        content = content_of(viewing, form, funder, project)
    except RefusedFile as refused:
        keep(MADE, (which, form, None, 0, refused.code))
        return

    def read(connection: sa.Connection, user: User) -> bytes | None:
        # What was written is what this person saw with the rights that they had.
        rights = (viewing.user.grants, viewing.user.funded)
        alike = profile_of(user) is viewing.profile and (user.grants, user.funded) == rights
        return content if alike and sees_desk(connection, user, funder, project) else None

    beginning = f"report-{form}-{funder}" + ("" if project is None else f"-{project}")
    address = offered(viewing, beginning, content, FORMS[form], read)
    refused = "no_browser" if address is None else None
    keep(MADE, (which, form, address, len(content), refused))


class RefusedFile(Exception):
    """A file that cannot be made. code: "unnamed_reporter" or "too_large"."""

    def __init__(self, code: str) -> None:
        super().__init__(f"No file was made ({code}). The page says what to do.")
        self.code = code


def content_of(viewing: Viewing, form: str, funder: int, project: int | None) -> bytes:
    """A file of what somebody sees on the desk. Raises: RefusedFile."""
    # Imported here: the page is drawn without what writes files.
    from data.exports.report import report

    with reading(engine()) as connection:
        told = report(connection, viewing.user, viewing.language, funder=funder, project=project)
        return writer(connection, viewing.user, form)(told)


def writer(connection: sa.Connection, user: User, form: str) -> Callable[..., bytes]:
    """What makes a file of a report. Raises, when it is called: RefusedFile."""
    from data.exports import figures_json, iati, package, workbook

    def as_workbook(told: object) -> bytes:
        try:
            return workbook.write_workbook(told)
        except workbook.UnwritableWorkbook as unwritable:
            raise RefusedFile("too_large") from unwritable

    def as_iati(told: object) -> bytes:
        reporter = iati.Reporter(entered("files_ref") or "", entered("files_name") or "")
        try:
            return iati.write_iati(connection, user, told, reporter)
        except iati.UnnamedReporter as unnamed:
            raise RefusedFile("unnamed_reporter") from unnamed

    return {
        "xlsx": as_workbook,
        "package": package.write_package,
        "json": figures_json.write_json,
        "iati": as_iati,
        "csv": lambda told: package.csv_of(told.tables["reported"]),
    }[form]
