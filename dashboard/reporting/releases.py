"""The releases of a funder: what each froze, which one it takes the place of and why, its file."""

from __future__ import annotations

from collections.abc import Mapping

import sqlalchemy as sa
import streamlit as st

from dashboard import format as written
from dashboard.components import section
from dashboard.literal import literal
from dashboard.reporting import files
from dashboard.sections.paging import page_of
from dashboard.session import Viewing
from dashboard.truth import engine
from dashboard.wording import say
from data.access import NotPermitted, User
from data.database import reading
from data.releases.keys import ExposedKey
from data.releases.reading import BrokenRelease, ReleaseLine, file_of
from data.releases.reading import releases as releases_of

#: Releases on one page of the list.
ROWS = 10


def releases(viewing: Viewing, funder: int, projects: Mapping[int, str]) -> None:
    """The releases that the reader may see, the newest first, each with its file."""
    language = viewing.language
    section(say("figure.releases", language))
    with reading(engine()) as connection:
        found = releases_of(connection, viewing.user, funder=funder)
    if not found:
        st.markdown(literal(say("release.none", language)))
        return
    st.markdown(literal(say("release.words", language)))
    _, shown = page_of(viewing, "release_page", found, ROWS)
    for line in shown:
        with st.container(border=True):
            st.markdown(f"**{literal(heading(line, projects, language))}**")
            st.markdown(literal(" ".join(sentences(line, language))))
            st.caption(literal(f"SHA-256 {line.sha256}"))
            way(viewing, line)


def heading(line: ReleaseLine, projects: Mapping[int, str], language: str) -> str:
    """Number, scope and days of a release."""
    whose = (
        say("release.whole", language)
        if line.project is None
        else projects.get(line.project, say("release.one_project", language))
    )
    days = written.days(line.starts_on, line.ends_on, language)
    return say("release.heading", language, n=line.id, whose=whose, days=days)


def sentences(line: ReleaseLine, language: str) -> list[str]:
    """Who signed it when, what it corrects and why, and whether it still stands."""
    at = written.moment(line.released_at, language)
    said = [say("release.signed", language, at=at, who=line.released_by)]
    if line.corrects is not None:
        said.append(say("release.corrects", language, n=line.corrects, why=line.reason or ""))
    if line.corrected_by is not None:
        said.append(say("release.corrected_by", language, n=line.corrected_by))
    return said


def way(viewing: Viewing, line: ReleaseLine) -> None:
    """A button that hands out the file as it left, checked once more when it is fetched."""
    language = viewing.language

    def read(connection: sa.Connection, user: User) -> bytes | None:
        try:
            return file_of(connection, user, line.id)[1]
        except (NotPermitted, BrokenRelease, ExposedKey):
            return None

    try:
        with reading(engine()) as connection:
            name, content = file_of(connection, viewing.user, line.id)
    except BrokenRelease:
        st.error(literal(say("release.broken", language, n=line.id)))
        return
    except ExposedKey as exposed:
        st.error(literal(say("refusal.release_key", language, reason=exposed)))
        return
    beginning, _, ending = name.rpartition(".")
    found = files.offered(viewing, beginning, content, ending, read)
    if found is None:
        st.caption(literal(say("files.refused.no_browser", language)))
    else:
        size = written.size(len(content), language)
        st.link_button(say("release.fetch", language, size=size), found, icon=":material/download:")
