"""The files and links behind a figure or a claim: listed, fetched, attached, taken away."""

from __future__ import annotations

from collections.abc import Sequence

import sqlalchemy as sa
import streamlit as st

from dashboard import downloads, sign_in
from dashboard import format as written
from dashboard.literal import literal, web_address
from dashboard.reporting.doing import attempt, say_later
from dashboard.session import Viewing, entered, give_back_turn, take_turn, turn
from dashboard.wording import say
from data import database
from data.access import NotPermitted, User
from data.reporting import proofs
from data.reporting.proof_kinds import PROOF_BYTES
from data.reporting.proofs import ProofLine, RefusedProof

MEGABYTE = 1_000_000
FORM = "proof"


def listed(viewing: Viewing, lines: Sequence[ProofLine], *, removable: bool = False) -> None:
    """Each file and link with its hash, who brought it, and a way to it."""
    language = viewing.language
    if not lines:
        st.markdown(literal(say("proof.none", language)))
    for line in lines:
        with st.container(border=True):
            st.markdown(f"**{literal(line.name)}**  \n{literal(line_words(line, language))}")
            with st.container(horizontal=True, vertical_alignment="center"):
                way(viewing, line)
                if removable:
                    st.button(
                        literal(say("proof.remove", language, name=line.name)),
                        key=f"proof_remove_{line.id}",
                        type="tertiary",
                        on_click=_remove,
                        args=(line.id,),
                    )


def line_words(line: ProofLine, language: str) -> str:
    """What it is, who brought it when, until when it is kept, and its hash."""
    said = [
        say("proof.link" if line.link else "proof.file", language, link=line.link or "",
            kind=(line.kind or "").upper(), size=size_words(line.bytes, language)),
        say("proof.added", language, who=line.added_by, at=written.moment(line.added_at, language)),
    ]  # fmt: skip
    if line.retain_until:
        said.append(say("proof.kept", language, day=written.day(line.retain_until, language)))
    if line.sha256:
        said.append(f"SHA-256 {line.sha256}")
    return ". ".join(said)


def size_words(size: int | None, language: str) -> str:
    if size is None:
        return ""
    if size < MEGABYTE // 10:
        return f"{written.number(max(size / 1000, 0.1), language, 1)}{written.SPACE}kB"
    return f"{written.number(size / MEGABYTE, language, 1)}{written.SPACE}MB"


def way(viewing: Viewing, line: ProofLine) -> None:
    """A button that leads to the link, or hands out the file with the rights of the moment."""
    language = viewing.language
    if line.link:
        if there := web_address(line.link):
            st.link_button(say("proof.open", language), there)
        return

    def read(connection: sa.Connection, user: User) -> bytes | None:
        try:
            return proofs.read_proof(connection, user, database.home(), line.id).content
        except (NotPermitted, RefusedProof):
            return None

    name = f"proof-{line.id}-{line.sha256}.{line.kind}"
    address = downloads.offer_to_read(read, name, st.context.cookies, viewing.user)
    if address:
        st.link_button(say("proof.fetch", language), address)


def attaching(viewing: Viewing, *, reported: int | None = None, claim: int | None = None) -> None:
    """A field for a link, and one for a file where this visit may send files."""
    language, drawn = viewing.language, turn(FORM)
    key = f"{FORM}_{reported or 0}_{claim or 0}_{drawn}"
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.text_input(say("proof.link_name", language), key=f"{key}_name", max_chars=200, width=260)
        st.text_input(
            say("proof.link_address", language), key=f"{key}_link", max_chars=500,
            placeholder="https://", width=320,
        )  # fmt: skip
        st.button(
            say("proof.attach_link", language),
            key=f"{key}_attach",
            on_click=_attach_link,
            args=(key, drawn, reported, claim),
        )
    # The sample is looked at without signing in, so nothing may be sent to it.
    if sign_in.mode() is sign_in.Mode.PERSONAS:
        st.caption(literal(say("proof.sample", language)))
        return
    brought = st.file_uploader(
        say("proof.file_field", language),
        type=["pdf", "png", "jpg", "jpeg", "xlsx", "csv"],
        max_upload_size=PROOF_BYTES // MEGABYTE,
        key=f"{key}_file",
    )
    if brought is not None:
        st.button(
            say("proof.attach_file", language),
            key=f"{key}_send",
            on_click=_attach_file,
            args=(key, drawn, reported, claim),
        )


def _attach_link(key: str, drawn: int, reported: int | None, claim: int | None) -> None:
    if not take_turn(FORM, drawn):
        return
    name, link = entered(f"{key}_name") or "", entered(f"{key}_link") or ""

    def step(connection: sa.Connection, user: User) -> int:
        return proofs.attach_link(
            connection, user, reported=reported, claim=claim, name=name, link=link
        )

    _told(attempt(step), drawn)


def _attach_file(key: str, drawn: int, reported: int | None, claim: int | None) -> None:
    brought = entered(f"{key}_file")
    if brought is None or not take_turn(FORM, drawn):
        return

    def step(connection: sa.Connection, user: User) -> int:
        return proofs.attach_file(
            connection, user, database.home(), reported=reported, claim=claim,
            name=brought.name, content=brought.getvalue(),
        )  # fmt: skip

    _told(attempt(step), drawn)


def _told(number: int | None, drawn: int) -> None:
    if number is None:
        give_back_turn(FORM, drawn)
    else:
        say_later(True, "proof.attached")


def _remove(proof: int) -> None:
    def step(connection: sa.Connection, user: User) -> bool:
        proofs.remove(connection, user, proof)
        return True

    if attempt(step):
        say_later(True, "proof.removed")
