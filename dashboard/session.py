"""Who looks, in which language, at what: the only file that touches st.session_state.

Selections live in the address under a page's own prefix (``?theme_code=ENV``), so a link shows the
same view to whoever may see it. What the address does not say is remembered from earlier in the
same visit and written back into the address. How a page ties a choosing widget to the address::

    code = st.selectbox(label, format_func=names.get, **follow("theme_code", codes))

and how it links to another page (a page that is not permitted is drawn as plain text)::

    link(viewing, "project", name, project_id=project)
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar
from urllib.parse import urlencode, urlsplit

import sqlalchemy as sa
import streamlit as st
from streamlit.navigation.page import Page
from streamlit.proto.ForwardMsg_pb2 import ForwardMsg
from streamlit.runtime.scriptrunner import get_script_run_ctx

from dashboard import passes, sign_in
from dashboard.doorway import cookies, visits
from data import access, audit, records, sessions
from data.access import User
from data.database import writing
from data.permissions import PAGES, Kind, Verb
from data.sessions import Session
from metrics.metric import Level, Profile
from survey.text import DEFAULT_LANGUAGE, LANGUAGES

LANGUAGE = "lang"
PERSONA = "persona"
LANGUAGE_COOKIE = "arviomo_lang"

#: Marks what stands in for a choice that the page at hand does not have.
STAND_IN = "stand-in:"
#: What follows the reader from page to page.
CARRIED = (LANGUAGE, PERSONA)

T = TypeVar("T")


@dataclass(frozen=True)
class Viewing:
    """One run of a page: who looks, in which language, at figures protected for whom.

    pages holds the pages that this user may open, by page id; `link` draws a link to one.
    invented says that everything in the database is the invented sample portfolio. revision is the
    publication that the run reads; None: whichever is the latest when it asks.
    """

    user: User
    language: str
    profile: Profile
    invented: bool = False
    pages: Mapping[str, Page] = field(default_factory=dict)
    revision: int | None = None
    #: What this run has read of the register, and what its links carry.
    names: dict[Level, dict[int, str]] = field(default_factory=dict, compare=False, repr=False)
    carries: dict[str, str] = field(default_factory=dict, compare=False, repr=False)


# --- who looks ----------------------------------------------------------------------------------


def user(connection: sa.Connection, *, shows_sample: bool | None = None) -> User | None:
    """Who looks: the persona in the address, or the signed-in person; None for a stranger.

    shows_sample: where that is known already.

    A persona is nobody as soon as the database holds anything that is not invented. The session of
    a signed-in person is looked up at every run, with the rights that they have now.
    """
    if sign_in.mode() is sign_in.Mode.PERSONAS:
        return _persona(connection, shows_sample)
    found = signed_in(connection)
    if found is None:
        return None
    _settle_visit()
    if sessions.is_worth_noting(found):
        with writing(connection.engine) as noting:
            sessions.note(noting, found)
    return found.user


def writer(connection: sa.Connection) -> User | None:
    """Who looks, asked in a transaction that writes; the run of the page notes the click.

    On SQLite a second transaction that wrote it down here would wait for this one for ever.
    """
    if sign_in.mode() is sign_in.Mode.PERSONAS:
        return _persona(connection)
    found = signed_in(connection)
    return None if found is None else found.user


def _persona(connection: sa.Connection, sample: bool | None = None) -> User | None:
    if not (shows_sample(connection) if sample is None else sample):
        return None
    return access.persona(selection(PERSONA, sign_in.PERSONAS), connection)


def signed_in(connection: sa.Connection) -> Session | None:
    """The session of this visit; None where nobody signed in, or it has ended."""
    brought = token()
    return None if brought is None or sign_in.mode() is None else sessions.find(connection, brought)


def _settle_visit() -> None:
    """Remember whose visit this is, so that nobody else is handed a file that it offers."""
    context, brought = get_script_run_ctx(), token()
    if context is not None and brought is not None:
        passes.belong(context.session_id, brought)


def token() -> str | None:
    """What this browser brought as its sign-in when the visit began."""
    return cookies.token(st.context.cookies)


def note_denials(engine: sa.Engine, user: User) -> None:
    """Write down what was tried and not permitted: by the last click, and by the address."""
    url = st.context.url
    page = urlsplit(url).path.strip("/") if isinstance(url, str) else ""
    if page in PAGES and page not in access.pages_for(user) and kept("denied") != page:
        keep("denied", page)
        access.note_denial(f"{user.name} may not open the page {page}.", user, f"page:{page}")
    audit.write_denials(engine)


def start_sign_in() -> None:
    """Send the reader to the door, and back to where they are."""
    here = urlsplit(st.context.url or "/")
    _leave_for(visits.way_to_door(here.path, urlencode(st.query_params.to_dict())))


def sign_out() -> None:
    """End the session of this visit, for every copy of its cookie, and leave."""
    brought = token()
    if brought is not None:
        visits.end_session(brought)
    _leave_for("/sign-out")


def _leave_for(address: str) -> None:
    """Send the browser to an address of ours outside Streamlit's pages, as Streamlit's own
    sign-in does."""
    context = get_script_run_ctx()
    if context is not None:
        message = ForwardMsg()
        message.auth_redirect.url = address
        context.enqueue(message)


def shows_sample(connection: sa.Connection, *, played: bool | None = None) -> bool:
    """Whether the database holds the invented sample portfolio and nothing else."""
    played = sign_in.is_played() if played is None else played
    sample = records.is_sample_only(connection, played=played)
    return sample and bool(access.personas(connection))


def settle_uploads(user: User) -> None:
    """Let a visit of somebody who imports, asks, assesses or reports send files; never into the
    sample."""
    context = get_script_run_ctx()
    if context is None:
        return
    wanted = (
        (Verb.STORE, Kind.BATCH),
        (Verb.ASK, Kind.COLLECTION),
        (Verb.ASSESS, Kind.ASSESSMENT),
        (Verb.REPORT, Kind.INDICATOR),
    )
    may_send = any(access.reach(user, verb, kind) != frozenset() for verb, kind in wanted)
    if may_send and sign_in.mode() is not sign_in.Mode.PERSONAS:
        passes.grant(context.session_id, user.id)
    else:
        passes.revoke(context.session_id)


# --- language -----------------------------------------------------------------------------------


def language() -> str:
    """The language of this visit: the address, else this visit, else the cookie, else Finnish."""
    wanted = (
        st.query_params.get(LANGUAGE),
        st.session_state.get(LANGUAGE),
        st.context.cookies.get(LANGUAGE_COOKIE),
    )
    chosen = next((code for code in wanted if code in LANGUAGES), DEFAULT_LANGUAGE)
    remember(LANGUAGE, chosen)
    return chosen


# --- selections ---------------------------------------------------------------------------------


def remember(name: str, value: object) -> None:
    """Keep a value for this visit and show it in the address."""
    written = str(value)
    st.session_state.pop(f"{STAND_IN}{name}", None)
    st.session_state[name] = written
    if st.query_params.get(name) != written:
        st.query_params[name] = written


def selection(name: str, options: Sequence[T], default: T | None = None) -> T | None:
    """What is chosen among the options: the address, else this visit, else the default.

    Missing: the first option when there is no default, None when there are no options. A value in
    the address that is not an option (an old link, or something the user may not see) is ignored.
    What stands in for a choice that this page does not have is not kept for the next page.
    """
    by_name = {str(option): option for option in options}
    mine, stand_in = st.session_state.get(name), st.session_state.get(f"{STAND_IN}{name}")
    asked = st.query_params.get(name)
    if asked in by_name and not (asked == stand_in and mine in by_name and mine != asked):
        if asked != stand_in:
            remember(name, by_name[asked])
        return by_name[asked]
    if mine in by_name:
        remember(name, by_name[mine])
        return by_name[mine]
    chosen = default if default in options else next(iter(options), None)
    if chosen is not None and mine is None:
        remember(name, chosen)
    elif chosen is not None:
        st.query_params[name] = st.session_state[f"{STAND_IN}{name}"] = str(chosen)
    return chosen


def named(name: str, options: Sequence[T]) -> T | None:
    """What the address itself names among the options; nothing of it is kept for other pages."""
    asked = st.query_params.get(name)
    return next((option for option in options if str(option) == asked), None)


def asked(name: str) -> str | None:
    """What the address itself says under a name, whether or not that is an option."""
    return st.query_params.get(name)


def is_astray(name: str, options: Sequence[object]) -> bool:
    """Whether the address names something that is not among the options."""
    written = st.query_params.get(name)
    return written is not None and written not in {str(option) for option in options}


def select(name: str, value: object | None) -> None:
    """Choose a value; None forgets the choice."""
    if value is not None:
        remember(name, value)
        return
    st.session_state.pop(name, None)
    st.query_params.pop(name, None)


def follow(name: str, options: Sequence[T], default: T | None = None) -> dict[str, Any]:
    """The settings that tie a selectbox, radio, pills or segmented control to the address.

    The widget shows what `selection` says, and a choice is written into the address before the
    page runs again. Pass neither key, index, default nor on_change besides.
    """
    key = f"choice:{name}"
    st.session_state[key] = selection(name, options, default)
    return {"options": options, "key": key, "on_change": _chosen, "args": (name, key)}


def follow_instead(name: str, options: Sequence[T]) -> dict[str, Any]:
    """The settings of a selectbox that offers the options, none chosen, for an astray address."""
    key = f"instead:{name}"
    return {
        "options": options,
        "index": None,
        "key": key,
        "on_change": _chosen,
        "args": (name, key),
    }


def _chosen(name: str, key: str) -> None:
    # Segmented controls can be clicked empty; then the earlier choice stands.
    if st.session_state[key] is not None:
        st.session_state.pop(f"{STAND_IN}{name}", None)
        remember(name, st.session_state[key])


# --- forms ---------------------------------------------------------------------------------------


def entered(key: str, default: T | None = None) -> T | None:
    """What stands in a field now; a callback asks here, as what was drawn may be older."""
    return st.session_state.get(key, default)


def turn(form: str) -> int:
    """How often a form was sent with success in this visit: its fields and buttons carry it."""
    return st.session_state.get(f"turn:{form}", 0)


def take_turn(form: str, drawn: int) -> bool:
    """Whether a click counts. A second click on what was drawn once does nothing."""
    if turn(form) != drawn:
        return False
    st.session_state[f"turn:{form}"] = drawn + 1
    return True


def give_back_turn(form: str, drawn: int) -> None:
    """Let a form be sent again as it stands, after it was refused."""
    st.session_state[f"turn:{form}"] = drawn


def keep(name: str, value: object) -> None:
    """Keep something for this visit that does not belong into the address; None forgets it."""
    if value is None:
        st.session_state.pop(f"kept:{name}", None)
    else:
        st.session_state[f"kept:{name}"] = value


def kept(name: str) -> Any:
    """What was kept for this visit; None where nothing was."""
    return st.session_state.get(f"kept:{name}")


# --- what is being written ----------------------------------------------------------------------


def work(name: str, begin: Callable[[], T]) -> T:
    """What is being written in this visit under a name, begun where there is nothing yet.

    It outlives a change of page or of language; it is gone with the visit, or when it is dropped.
    """
    key = f"work:{name}"
    if key not in st.session_state:
        st.session_state[key] = begin()
    return st.session_state[key]


def drop_work(name: str) -> None:
    """Forget what was being written under a name."""
    st.session_state.pop(f"work:{name}", None)


def tied(key: str, value: object, put: Callable[[Any], None]) -> dict[str, Any]:
    """The settings that tie a widget to something that is being written.

    The widget shows the value, and what is entered is put in its place before the page runs
    again. Pass neither value, index, default nor on_change besides.
    """
    st.session_state[key] = value
    return {"key": key, "on_change": _put, "args": (key, put)}


def _put(key: str, put: Callable[[Any], None]) -> None:
    put(st.session_state[key])


# --- links --------------------------------------------------------------------------------------


def carried(**selections: object) -> dict[str, str]:
    """What a link's address holds: language and persona as they are now, and the selections."""
    kept = {name: st.query_params[name] for name in CARRIED if name in st.query_params}
    return kept | {name: str(value) for name, value in selections.items()}


def link(viewing: Viewing, page: str, label: str, **selections: object) -> None:
    """Draw a link to a page with selections, or its label as text when it is not permitted."""
    if page in viewing.pages:
        st.page_link(viewing.pages[page], label=label, query_params=carried(**selections))
    else:
        st.text(label)


def address(viewing: Viewing, page: str, **selections: object) -> str | None:
    """The address of a page with selections, for a link inside a table; None if not permitted."""
    if page not in viewing.pages:
        return None
    if not viewing.carries:  # asking Streamlit for each link takes longer than drawing it
        viewing.carries.update(carried())
    asked = viewing.carries | {name: str(value) for name, value in selections.items()}
    return f"/{viewing.pages[page].url_path}?{urlencode(asked)}"
