"""The receipt of answers: thanks, what was done because of them, and the way to take them back.

Looking at a receipt changes nothing; what it offers is asked once more before it is done.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from urllib.parse import urlencode

import sqlalchemy as sa

from dashboard.answering import other_pages
from dashboard.answering.outcome import Outcome
from dashboard.answering.steps import DO, LANGUAGE
from dashboard.truth import engine
from data.database import home
from data.fieldwork import answers, installation, replies, withdrawals
from data.fieldwork.answers import Found
from data.fieldwork.openings import OpeningFacts
from data.fieldwork.withdrawals import Standing

#: What the address of a receipt holds: that something was sent with the link, and what.
PROOF, KEY = "r", "a"
#: What its buttons do: ask whether it is meant, and do it.
WITHDRAW = "withdraw"
ACTS = {"take_back": withdrawals.take_back, "end_agreement": withdrawals.end_agreement}


def sent(token: str, language: str, key: str) -> Outcome:
    """To the receipt, which can be loaded again without sending anything again."""
    query = {LANGUAGE: language, PROOF: _proof(token)} | ({KEY: key} if key else {})
    return Outcome(303, language=language, address=f"/s/{token}/receipt?{urlencode(query)}")


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
    kept: Mapping[str, str],
) -> Outcome:
    """The receipt as it stands. Browsers are asked to forget the pages before it where the link is
    for everybody: the next person at the device may go back in the browser."""
    opening = standing.opening if standing else found.opening
    anybody = opening.link == "anonymous"
    written = other_pages.receipt_page(
        language,
        opening,
        replies.published_replies(connection, collection=opening.collection),
        action=f"/s/{token}/receipt",
        kept={name: said for name, said in kept.items() if said},
        standing=standing,
        again=f"/s/{token}?lang={language}" if found.state == "open" and anybody else "",
    )
    return Outcome(200, written, language, forget=anybody)


def press(
    standing: Standing, token: str, form: Mapping[str, str], language: str, now: datetime
) -> Outcome:
    """What a button of the receipt leads to: the question whether it is meant, or the receipt."""
    key, asked = form.get(KEY, ""), form.get(DO, "")
    if asked == WITHDRAW and standing.state == "stored":
        kept = {PROOF: _proof(token), KEY: key}
        action = f"/s/{token}/receipt"
        written = other_pages.withdraw_page(language, standing, action=action, kept=kept)
        return Outcome(200, written, language)
    if asked in ACTS:
        ACTS[asked](engine(), home(), token, key, now)
    return sent(token, language, key)


def key_of(token: str, opening: OpeningFacts, submission: str, connection: sa.Connection) -> str:
    """The key of a form whose answers came already; empty where they did not."""
    answer = answers.answer_id(home(), opening, token, submission)
    is_known = answers.is_known(connection, answer)
    return answers.receipt_key(opening, submission) if is_known else ""


def _proof(token: str) -> str:
    """Known to who answered, and the same for all of them."""
    return installation.derived(home(), "receipt", token)[:22]
