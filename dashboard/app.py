"""The frame around every page: who looks, in which language, at which pages.

A page is ``show(viewing)`` in ``dashboard/app_pages/<id>.py``; it draws its own heading (one
``st.title``) and everything under it. A page that the user may not open is never registered, so
its address says "not found". Overview is the default page and lives at ``/``, never at
``/overview``: link to pages through `dashboard.session.link`.
"""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Callable, Mapping
from functools import partial
from importlib import import_module
from pathlib import Path

import streamlit as st
from streamlit import runtime
from streamlit.navigation.page import Page

from dashboard import accessibility, addressed, navigation, session, sign_in
from dashboard.truth import engine
from dashboard.wording import LANGUAGE_NAMES, say
from data import access, sheets
from data.access import profile_of
from data.database import reading
from metrics.metric import Profile
from survey.text import LANGUAGES

LOGO = Path(__file__).with_name("assets") / "logo.svg"


def main() -> None:
    """Draw the page that the address names, for the user who looks."""
    language = session.language()
    if sign_in.mode() is None and runtime.exists():
        _refuse_to_run(language)
        return
    with reading(engine()) as connection:
        invented = session.shows_sample(connection)
        user = session.user(connection, shows_sample=invented)
        revision = sheets.latest_revision(connection)
        if user is not None:
            addressed.note_strange(connection, user)
    if user is None:
        _show_door(language)
        return
    session.settle_uploads(user)
    session.note_denials(connection.engine, user)
    pages: dict[str, Page] = {}
    viewing = session.Viewing(user, language, access.profile_of(user), invented, pages, revision)
    permitted = access.pages_for(user)
    pages |= {page: _page(page, viewing) for page in navigation.PAGES if page in permitted}

    st.logo(LOGO, size="large")
    current = st.navigation(_menus(pages, language), position="top")
    st.set_page_config(page_title=f"{current.title} – {say('app.name', language)}", layout="wide")
    _show_header(viewing)
    shows_figures = navigation.SHOW_FIGURES & pages.keys()
    if revision is not None or current not in [pages[page] for page in shows_figures]:
        current.run()
    else:
        st.title(current.title)
        st.info(say("app.nothing_published", language))
    _show_foot(language)


def _refuse_to_run(language: str) -> None:
    """Say that these pages have no gate before them, and end the process that shows them."""
    told = say("refusal.not_our_server", language)
    print(told, file=sys.stderr, flush=True)
    st.error(told)
    os.kill(os.getpid(), signal.SIGTERM)


def _show_foot(language: str) -> None:
    """What stands under every page: the way to the accessibility statement."""
    st.divider()
    st.markdown(f"[{say('accessible.title', language)}]({accessibility.address(language)})")


def _page(page: str, viewing: session.Viewing) -> Page:
    return st.Page(
        partial(_show_of(page), viewing),
        title=say(f"page.{page}", viewing.language),
        url_path=page,
        default=page == navigation.DEFAULT_PAGE,
        visibility="hidden" if page in navigation.UNLISTED else "visible",
    )


def _menus(pages: Mapping[str, Page], language: str) -> dict[str, list[Page]]:
    """The pages by the name of their section, as the bar shows them."""
    return {
        section and say(f"menu.{section}", language): [pages[page] for page in theirs]
        for section, theirs in navigation.sections(pages).items()
    }


def _show_of(page: str) -> Callable[[session.Viewing], None]:
    return import_module(f"dashboard.app_pages.{page}").show


def _show_header(viewing: session.Viewing) -> None:
    """Language, persona or sign-out, and whether what follows is invented."""
    language = viewing.language
    with st.container(horizontal=True, horizontal_alignment="right", vertical_alignment="center"):
        if viewing.invented:
            st.markdown(say("app.invented", language))
        if sign_in.mode() is sign_in.Mode.PERSONAS:
            st.selectbox(
                say("app.persona", language),
                format_func=lambda code: say(f"persona.{code}", language),
                label_visibility="collapsed",
                width=210,
                **session.follow(session.PERSONA, sign_in.PERSONAS),
            )
        else:
            st.button(say("app.sign_out", language), on_click=session.sign_out)
        _choose_language(language)
    if profile_of(viewing.user) is Profile.PUBLIC:
        st.caption(say("app.public_profile", language))


def _choose_language(language: str) -> None:
    st.selectbox(
        say("app.language", language),
        format_func=LANGUAGE_NAMES.get,
        label_visibility="collapsed",
        width=120,
        **session.follow(session.LANGUAGE, LANGUAGES),
    )


def _show_door(language: str) -> None:
    """What somebody sees who has not signed in, or whom nobody has given a role."""
    st.set_page_config(page_title=say("app.name", language), layout="centered")
    _choose_language(language)
    st.title(say("app.name", language))
    if session.token() is not None:
        st.info(say("door.ended", language))
        st.button(say("app.sign_in", language), on_click=session.start_sign_in, type="primary")
    else:
        st.markdown(say("app.purpose", language))
        st.button(say("app.sign_in", language), on_click=session.start_sign_in, type="primary")
    _show_foot(language)


if __name__ == "__main__":
    main()
