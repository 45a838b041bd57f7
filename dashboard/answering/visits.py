"""What a visit to a link gets: the form, its next page, the receipt, or why there is none.

Everything here reads and writes the database, so it runs in a thread (`routes`).
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import urlencode

import sqlalchemy as sa

from dashboard.answering import form_pages, other_pages, steps
from dashboard.answering.steps import AT, DO, GROUP, LANGUAGE, START, SUBMISSION, Draft
from dashboard.truth import engine
from dashboard.wording import say
from data import answers, installation, notices, replies
from data.answers import Found, NotAccepted, RefusedAnswers
from data.database import home, reading
from data.instruments import instrument_of
from data.openings import OpeningFacts
from data.replies import Reply
from survey.text import DEFAULT_LANGUAGE, LANGUAGES

#: What the buttons of the form do, besides changing the language.
NEXT, BACK, SEND, CLEAR = "next", "back", "send", "clear"

STATUS = {"unknown": 404, "too_early": 425, "closed": 410}

_SUBMISSION = re.compile(r"[A-Za-z0-9_-]{16,86}", re.ASCII)

log = logging.getLogger("arviomo.answering")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a visit gets: a page, or an address to go to. miss: the link leads nowhere."""

    status: int
    page: str = ""
    language: str = DEFAULT_LANGUAGE
    address: str = ""
    miss: bool = False


def now() -> datetime:
    """The moment of a visit."""
    return datetime.now(UTC)


# --- looking ------------------------------------------------------------------------------------


def open_link(token: str, wishes: Sequence[str]) -> Outcome:
    """What a link shows. Looking changes nothing, however often a mail program does it.

    wishes: languages that the visitor reads, the dearest first.
    """
    with reading(engine()) as connection:
        found = answers.find(connection, home(), token, now())
        language = _language(found, wishes)
        if found.state == "used":
            return _receipt(connection, found, language, token, "")
        if found.state != "open":
            return _nothing_to_answer(connection, found, language)
        draft = _drafted(connection, found, language, {SUBMISSION: secrets.token_urlsafe(24)})
        return _start(connection, found, draft)


def open_receipt(token: str, proof: str, wishes: Sequence[str]) -> Outcome:
    """The receipt of an answer. Without the proof that something was sent it leads to the form."""
    with reading(engine()) as connection:
        found = answers.find(connection, home(), token, now())
        language = _language(found, wishes)
        if found.opening is None:
            return _nothing_to_answer(connection, found, language)
        if found.state == "used" or secrets.compare_digest(proof.encode(), _proof(token).encode()):
            return _receipt(connection, found, language, token, proof)
    return Outcome(303, language=language, address=f"/s/{token}")


# --- answering ----------------------------------------------------------------------------------


def post(token: str, form: Mapping[str, str], wishes: Sequence[str]) -> Outcome:
    """What a posted page of the form leads to: the next one, the same again, or the receipt."""
    with reading(engine()) as connection:
        found = answers.find(connection, home(), token, now())
        language = _language(found, (form.get(DO, ""), form.get(LANGUAGE, ""), *wishes))
        if found.opening is None:
            return _nothing_to_answer(connection, found, language)
        draft = _drafted(connection, found, language, form)
        if found.state == "used":
            return _sent(token, language)
        sends = form.get(DO) == SEND and draft.group is not None
        if not (found.accepts or sends):
            return _nothing_to_answer(connection, found, language, late=True)
        if draft.submission != form.get(SUBMISSION):
            # Part of the form was lost: nothing is sent before its answers were seen again.
            return _again(connection, found, draft, steps.place(draft, form.get(AT, START)))
        if not sends:
            return _step(connection, found, draft, form)
    return _send(token, found, draft, form.get(AT, START))


def _step(
    connection: sa.Connection, found: Found, draft: Draft, form: Mapping[str, str]
) -> Outcome:
    """The page that a button other than the last one leads to."""
    here, asked = steps.place(draft, form.get(AT, START)), form.get(DO)
    listed = draft.pages
    if asked in LANGUAGES:
        return _shown(connection, found, draft, here)
    if asked == CLEAR and 0 <= here < len(listed):
        return _shown(connection, found, draft.without(listed[here]), here)
    if asked == BACK:
        return _shown(connection, found, draft, here - 1)
    if here < 0 and not listed:
        key = "needs_answers" if draft.group else "group.missing"
        errors = {GROUP: say(f"answering.{key}", draft.language)}
        return _start(connection, found, draft, errors, status=422)
    if 0 <= here < len(listed) and draft.problems_at(listed[here]):
        return _wrong(found, draft, here)
    return _shown(connection, found, draft, here + 1)


def _send(token: str, found: Found, draft: Draft, at: str) -> Outcome:
    """The receipt, once the answers are stored; else the page where something has to be done."""
    here, wrong = steps.place(draft, at), steps.first_wrong(draft)
    if found.accepts and wrong is not None:
        return _wrong(found, draft, wrong)
    if found.accepts and here < len(draft.pages) - 1:
        # An answer of the last page opened another one.
        return _shown(None, found, draft, here + 1)
    try:
        answers.accept(
            engine(), home(), token, draft.submission, draft.group, draft.language,
            draft.given, now(),
        )  # fmt: skip
    except NotAccepted:
        with reading(engine()) as connection:
            late = answers.find(connection, home(), token, now())
            return _nothing_to_answer(connection, late, draft.language, late=True)
    except RefusedAnswers as refused:
        key = "nothing" if refused.code == "nothing" else "incomplete"
        return _failed_page(found, draft, here, key, 422)
    except (sa.exc.OperationalError, sa.exc.TimeoutError):
        log.exception("answers could not be stored")
        return _failed_page(found, draft, here, "not_stored", 503)
    return _sent(token, draft.language)


def _sent(token: str, language: str) -> Outcome:
    """To the receipt, which can be loaded again without sending anything again."""
    query = urlencode({LANGUAGE: language, "r": _proof(token)})
    return Outcome(303, language=language, address=f"/s/{token}/receipt?{query}")


def _proof(token: str) -> str:
    """What the receipt's address holds: known to who answered, and the same for all of them."""
    return installation.derived(home(), "receipt", token)[:22]


# --- pages --------------------------------------------------------------------------------------


def _drafted(
    connection: sa.Connection, found: Found, language: str, form: Mapping[str, str]
) -> Draft:
    opening, submission = found.opening, form.get(SUBMISSION, "")
    if not _SUBMISSION.fullmatch(submission):
        submission = secrets.token_urlsafe(24)
    instrument = instrument_of(connection, opening.instrument)
    group = found.group or (opening.groups[0] if len(opening.groups) == 1 else form.get(GROUP))
    if found.group is None and group not in opening.groups:
        group = None
    return steps.drafted(instrument, opening.wave, group, language, submission, form)


def _shown(connection: sa.Connection | None, found: Found, draft: Draft, number: int) -> Outcome:
    """A page of the form as it stands, without a word on what is wrong with its answers."""
    if number < 0:
        return _start(connection, found, draft)
    return Outcome(200, form_pages.question_page(draft, found.opening, number), draft.language)


def _start(
    connection: sa.Connection,
    found: Found,
    draft: Draft,
    errors: Mapping[str, str] | None = None,
    status: int = 200,
) -> Outcome:
    opening = found.opening
    text = notices.notice(connection, opening.notice_version).in_language(draft.language)
    page = form_pages.start_page(
        draft,
        opening,
        (text, notices.valid_from(connection, opening.notice_version)),
        _replies(connection, opening),
        asks_group=found.group is None and len(opening.groups) > 1,
        errors=errors,
    )
    return Outcome(status, page, draft.language)


def _again(connection: sa.Connection, found: Found, draft: Draft, number: int) -> Outcome:
    incomplete = {"": say("answering.problem.incomplete", draft.language)}
    if number < 0:
        return _start(connection, found, draft, incomplete, status=422)
    page = form_pages.question_page(draft, found.opening, number, incomplete)
    return Outcome(422, page, draft.language)


def _wrong(found: Found, draft: Draft, number: int) -> Outcome:
    """A page with what is wrong with its answers."""
    here = draft.problems_at(draft.pages[number])
    errors = {problem.item: form_pages.sentence(problem, draft.language) for problem in here}
    return Outcome(
        422, form_pages.question_page(draft, found.opening, number, errors), draft.language
    )


def _failed_page(found: Found, draft: Draft, number: int, key: str, status: int) -> Outcome:
    """The page that was sent, with what kept its answers from being stored."""
    errors = {"": say(f"answering.problem.{key}", draft.language)}
    page = form_pages.question_page(draft, found.opening, max(number, 0), errors)
    return Outcome(status, page, draft.language)


def _receipt(
    connection: sa.Connection, found: Found, language: str, token: str, proof: str
) -> Outcome:
    goes_on = proof and found.state == "open" and found.invitation is None
    page = other_pages.receipt_page(
        language,
        found.opening,
        _replies(connection, found.opening),
        proof=proof,
        again=f"/s/{token}?lang={language}" if goes_on else "",
    )
    return Outcome(200, page, language)


def _nothing_to_answer(
    connection: sa.Connection, found: Found, language: str, *, late: bool = False
) -> Outcome:
    opening = found.opening
    if opening is None:
        return Outcome(404, other_pages.plain_page("unknown", language), language, miss=True)
    if found.state == "too_early":
        return Outcome(STATUS["too_early"], other_pages.too_early_page(language, opening), language)
    page = other_pages.closed_page(language, opening, _replies(connection, opening), late=late)
    return Outcome(STATUS["closed"], page, language)


def _replies(connection: sa.Connection, opening: OpeningFacts) -> list[Reply]:
    return replies.published_replies(connection, collection=opening.collection)


def _language(found: Found, wishes: Sequence[str]) -> str:
    """The first wish that there is, else the invitation's, else the first of the collection."""
    offered = found.opening.languages if found.opening else LANGUAGES
    invited = (found.language,) if found.language else ()
    known = (*wishes, *invited, *offered)
    return next(code for code in known if code in offered)
