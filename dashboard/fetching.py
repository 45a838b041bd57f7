"""A button that hands out a file by our own route, to this person in this browser alone.

Streamlit's own button puts a file at an address that is open to whoever knows it, and two files of
one size may change places there.
"""

from __future__ import annotations

import streamlit as st

from dashboard import downloads
from dashboard.literal import literal
from dashboard.session import Viewing
from dashboard.wording import say


def fetch(viewing: Viewing, label: str, name: str, read: downloads.Read) -> None:
    """Draw the way to a file. name: as of `downloads.offer`, with the fingerprint of what is in it;
    read: what it holds when it is fetched, with the rights of that moment."""
    address = downloads.offer_to_read(read, name, st.context.cookies, viewing.user)
    if address is None:
        st.caption(literal(say("fetch.no_browser", viewing.language)))
    else:
        st.link_button(literal(label), address, icon=":material/download:")
