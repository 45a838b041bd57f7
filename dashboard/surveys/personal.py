"""Personal links: a list in, links out once, and the links of those who have not answered yet.

References and links meet on the screen only: neither is stored, so a list of links is shown when
somebody asks for it, and made again from the same list of people.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Sequence

import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard import downloads, sign_in
from dashboard.components import part
from dashboard.labels import group_name
from dashboard.literal import literal
from dashboard.session import Viewing, entered, give_back_turn, keep, kept, take_turn, turn
from dashboard.surveys import invitees
from dashboard.surveys.refusals import REFUSALS, refusal_key
from dashboard.surveys.views import link_address, now, present
from dashboard.truth import engine
from dashboard.wording import say, say_count
from data import database
from data.database import writing
from data.exports.cells import harmless
from data.fieldwork import invitations
from data.fieldwork.collection_facts import CollectionFacts
from data.fieldwork.invitations import Link
from data.fieldwork.openings import OpeningFacts

#: Links that are shown on the screen too, for copying; more are in the file only.
SHOWN = 50
FORM = "invite"


def show(viewing: Viewing, facts: CollectionFacts) -> None:
    """The links that were asked for, who has not answered, and the field for more people."""
    language, opening = viewing.language, facts.opening
    part(say("survey.personal", language))
    links: list[Link] | None = kept(_name(opening))
    if links is not None:
        _tell_links(viewing, opening, links)
    if facts.state == "closed":
        st.markdown(say("survey.link_closed", language))
        return
    invited = any(count.invited for count in facts.counts)
    if not invited:
        st.markdown(say("survey.personal_none", language))
    drawn = turn(FORM)
    with st.expander(say("survey.invite_more", language), expanded=not invited):
        list_field(viewing, f"{FORM}_{drawn}", joined=opening.joined)
        tell_faults(language, kept(f"{FORM}:faults") or (), opening.groups)
        st.button(
            say("survey.make_links", language),
            type="primary",
            key=f"{FORM}_do_{drawn}",
            on_click=_invite,
            args=(opening, drawn),
        )
    if invited:
        with st.expander(say("survey.waiting", language)):
            st.markdown(say("survey.waiting_what", language))
            st.text_area(
                say("survey.waiting_list", language),
                key=f"{FORM}_waiting",
                help=say("survey.waiting_list_help", language),
            )
            st.button(
                say("survey.waiting_do", language),
                key=f"{FORM}_remind",
                on_click=_remind,
                args=(opening,),
            )
    if (refused := kept(f"{FORM}:refused")) is not None:
        st.error(say(refused, language))


# --- the list of people -------------------------------------------------------------------------


def list_field(viewing: Viewing, key: str, *, joined: bool) -> None:
    """A field for a pasted list, and one for a file where files may be sent."""
    language = viewing.language
    st.markdown(say("survey.list_what", language))
    if joined:
        st.markdown(say("survey.list_joined", language))
    st.text_area(
        say("survey.list", language),
        key=f"{key}_list",
        placeholder=say("survey.list_example", language),
    )
    # The sample is looked at without signing in, so nothing may be sent to it.
    if sign_in.mode() is sign_in.Mode.PROVIDER:
        st.file_uploader(
            say("survey.list_file", language), type=["csv", "txt", "tsv"], key=f"{key}_file"
        )


def listed(key: str) -> str:
    """What was pasted; where nothing was, what was sent as a file."""
    pasted = (entered(f"{key}_list") or "").strip()
    sent: UploadedFile | None = entered(f"{key}_file")
    return invitees.decoded(sent.getvalue()) if sent and not pasted else pasted


def tell_faults(language: str, faults: Sequence[invitees.Fault], groups: Sequence[str]) -> None:
    """What is wrong with a list, row by row, under its field."""
    if not faults:
        return
    lines = [literal(invitees.message(fault, language, groups)) for fault in faults]
    told = "\n".join(f"- {line}" for line in lines[: invitees.TOLD])
    st.error(f"{say_count('survey.list_wrong', len(faults), language)}\n\n{told}")


# --- links out ----------------------------------------------------------------------------------


def keep_links(opening: OpeningFacts, links: Sequence[Link]) -> None:
    """Keep links for this visit, to be shown on the collection's page."""
    keep(_name(opening), list(links))


def _name(opening: OpeningFacts) -> str:
    return f"links:{opening.collection}"


def _tell_links(viewing: Viewing, opening: OpeningFacts, links: list[Link]) -> None:
    language = viewing.language
    if not links:
        st.info(say("survey.links_none", language))
        return
    st.success(say_count("survey.links", len(links), language))
    st.markdown(say("survey.links_keep", language))
    content = links_file(links, language).encode("utf-8-sig")
    name = f"{opening.collection}-links.csv"
    address = downloads.offer(content, name, st.context.cookies, viewing.user, opening.project)
    if address:
        st.link_button(say("survey.links_download", language), address, type="primary")
    if len(links) <= SHOWN or address is None:
        with st.expander(say("survey.links_show", language)):
            st.code(links_file(links, language), language=None)


def links_file(links: Sequence[Link], language: str) -> str:
    """Links as CSV: reference, group, language, address; no cell runs in a spreadsheet.

    The address asks for the language of the list, whatever the phone that opens it speaks.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    columns = ("reference", "group", "language", "address")
    writer.writerow([say(f"invitees.column.{column}", language) for column in columns])
    for link in links:
        writer.writerow(
            [
                harmless(link.reference or ""),
                group_name(link.group, language),
                link.language or "",
                link_address(link.token) + (f"?lang={link.language}" if link.language else ""),
            ]
        )
    return text.getvalue()


# --- what the buttons do ------------------------------------------------------------------------


def _invite(opening: OpeningFacts, drawn: int) -> None:
    if not take_turn(FORM, drawn):
        return
    people, faults = invitees.read(listed(f"{FORM}_{drawn}"), opening.groups, joined=opening.joined)
    keep(f"{FORM}:faults", faults or None)
    if faults or not _done(
        opening,
        lambda connection: invitations.invite(
            connection, present(connection), database.home(), opening.collection, people
        ),
    ):
        give_back_turn(FORM, drawn)


def _remind(opening: OpeningFacts) -> None:
    text = entered(f"{FORM}_waiting") or ""
    references = [person.reference for person in _known(text, opening) if person.reference]
    _done(
        opening,
        lambda connection: invitations.reminders(
            connection, present(connection), database.home(), opening.collection, now(), references
        ),
    )


def _known(text: str, opening: OpeningFacts) -> list[invitees.Invitee]:
    """The people of a list, its faults aside; without a list those whose links were just made."""
    if text.strip():
        return invitees.read(text, opening.groups, joined=False)[0]
    links: list[Link] = kept(_name(opening)) or []
    return [invitees.Invitee(link.group, link.reference) for link in links]


def _done(opening: OpeningFacts, do: Callable) -> bool:
    """Whether links were made; they are kept to be shown, or why there are none is."""
    try:
        with writing(engine()) as connection:
            links = do(connection)
    except REFUSALS as refused:
        keep(f"{FORM}:refused", refusal_key(refused))
        return False
    keep(f"{FORM}:refused", None)
    keep_links(opening, links)
    return True
