"""The receipt of answers: thanks, what was done because of them, and the way to take them back.

Looking at a receipt changes nothing; what it offers is asked once more before it is done.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from urllib.parse import urlencode

import sqlalchemy as sa

from dashboard.answering import other_pages
from dashboard.answering.outcome import Browser, Outcome
from dashboard.answering.steps import DO, LANGUAGE
from dashboard.truth import engine
from data.database import home
from data.fieldwork import answers, installation, replies, withdrawals
from data.fieldwork.answers import Found
from data.fieldwork.withdrawals import Standing

#: What the address of a receipt holds: that something was sent with the link, and, in the one that
#: respondents keep, which answers it is for.
PROOF, KEY = "r", "a"
#: That the address is drawn as a code: some ten times the work of the page, and few ask for it.
DRAWN = "code"
#: Seconds that the browser from which answers were sent is shown the receipt under the address
#: that does not say which answers they are.
LASTS = 1_800
#: What its buttons do: ask whether it is meant, do it, and show the receipt no more on this device.
WITHDRAW, CLOSE = "withdraw", "close"
ACTS = {"take_back": withdrawals.take_back, "end_agreement": withdrawals.end_agreement}


def sent(token: str, language: str, key: str, *, by_cookie: bool, asks: str = "") -> Outcome:
    """To the receipt, which can be loaded again without sending anything again.

    asks: what it asks about before it is done, if anything. by_cookie: the browser is told by a
    cookie which answers the receipt is for, so that its history does not hold it and nobody who
    goes back finds it there later.
    """
    query = {LANGUAGE: language, PROOF: _proof(token)}
    if key and not by_cookie:
        query[KEY] = key
    query |= {DO: asks} if asks else {}
    address = f"/s/{token}/receipt?{urlencode(query)}"
    return Outcome(303, language=language, address=address, receipt=key if by_cookie else None)


def standing_of(connection: sa.Connection, token: str, key: str) -> Standing | None:
    """What became of the answers that a receipt is for; None where it is for none."""
    return withdrawals.standing(connection, home(), token, key) if key else None


def is_proof(token: str, said: str) -> bool:
    """Whether an address shows that somebody sent something with a link."""
    return secrets.compare_digest(said.encode(), _proof(token).encode())


def page(
    connection: sa.Connection,
    found: Found,
    standing: Standing | None,
    language: str,
    token: str,
    browser: Browser,
    key: str = "",
    *,
    draws: bool = False,
) -> Outcome:
    """The receipt as it stands. Browsers are asked to forget the pages before it where the link is
    for everybody: the next person at the device may go back in the browser.

    key: what the address says of the answers; where it says nothing, a cookie may have told. draws:
    the receipt's own address is shown as a code too.
    """
    opening = standing.opening if standing else found.opening
    anybody, is_used = opening.link == "anonymous", standing is None and found.state == "used"
    kept = {} if is_used else {PROOF: _proof(token)}
    if standing and key:
        kept[KEY] = key
    keep = ""
    if standing and not key:
        keep = f"/s/{token}/receipt?{urlencode({LANGUAGE: language, KEY: browser.receipt})}"
    written = other_pages.receipt_page(
        language,
        opening,
        replies.published_replies(connection, collection=opening.collection),
        action=f"/s/{token}/receipt",
        kept=kept,
        standing=standing,
        again=f"/s/{token}?lang={language}" if found.state == "open" and anybody else "",
        keep=keep,
        drawn=f"{browser.site}{keep}" if keep and draws else "",
    )
    return Outcome(200, written, language, forget=anybody)


def press(
    token: str,
    form: Mapping[str, str],
    language: str,
    now: datetime,
    browser: Browser,
) -> Outcome:
    """What a button of the receipt leads to: the question whether it is meant, or the receipt.
    Both have addresses, so that a browser that goes back never asks whether to send again.

    A form says which answers are meant only where the address of its page does: what it says stands
    in the history of the browser as well.
    """
    told, asked = form.get(KEY, ""), form.get(DO, "")
    if asked == CLOSE:
        return replace(sent(token, language, "", by_cookie=True), forget=True)
    if asked in ACTS:
        ACTS[asked](engine(), home(), token, told or browser.receipt, now)
    asks = WITHDRAW if asked == WITHDRAW else ""
    return sent(token, language, told or browser.receipt, by_cookie=not told, asks=asks)


def question(standing: Standing, token: str, language: str, key: str) -> Outcome:
    """Whether answers are meant to be taken back. key: as of `page`."""
    kept = {PROOF: _proof(token)} | ({KEY: key} if key else {})
    action = f"/s/{token}/receipt"
    written = other_pages.withdraw_page(language, standing, action=action, kept=kept)
    return Outcome(200, written, language)


def is_known(connection: sa.Connection, token: str, found: Found, submission: str) -> bool:
    """Whether the answers of a form came already."""
    return answers.is_known(connection, answers.answer_id(home(), found.opening, token, submission))


def _proof(token: str) -> str:
    """Known to who answered, and the same for all of them."""
    return installation.derived(home(), "receipt", token)[:22]
