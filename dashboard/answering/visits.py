"""What a visit to a link gets: the form, its next page, the receipt, or why there is none.

Everything here reads and writes the database, so it runs in a thread (`routes`).
"""

from __future__ import annotations

import logging
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import replace
from urllib.parse import urlencode

import sqlalchemy as sa

from dashboard.answering import drafts, form_pages, other_pages, receipts, steps
from dashboard.answering.outcome import Outcome, now
from dashboard.answering.receipts import KEY, PROOF
from dashboard.answering.steps import AT, DO, GROUP, LANGUAGE, START, SUBMISSION, Draft
from dashboard.truth import engine
from dashboard.wording import say
from data.database import home, reading
from data.fieldwork import answers, notices, replies
from data.fieldwork.answers import Found, NotAccepted, RefusedAnswers
from data.fieldwork.openings import OpeningFacts
from data.fieldwork.replies import Reply
from data.fieldwork.withdrawals import Standing
from data.instruments import instrument_of
from survey.text import LANGUAGES

#: What the buttons of the form do, besides changing the language.
NEXT, BACK, SEND, CLEAR, QUIT = "next", "back", "send", "clear", "quit"
#: What the address of a page of the form holds besides where it stands.
FORM, WRONG = "k", "e"

STATUS = {"unknown": 404, "too_early": 425, "closed": 410}

_SUBMISSION = re.compile(r"[A-Za-z0-9_-]{16,86}", re.ASCII)

log = logging.getLogger("arviomo.answering")


# --- looking ------------------------------------------------------------------------------------


def open_link(token: str, wishes: Sequence[str], asked: Mapping[str, str]) -> Outcome:
    """What a link shows. Looking changes nothing, however often a mail program does it.

    wishes: languages that the visitor reads, the dearest first. asked: which page of which form.
    """
    submission = asked.get(FORM, "")
    with reading(engine()) as connection:
        found = answers.find(connection, home(), token, now())
        kept = drafts.find(token, submission) if submission else None
        language = _language(found, ((kept or {}).get(LANGUAGE, ""), *wishes))
        if submission and found.opening is not None:
            key = receipts.key_of(token, found.opening, submission, connection)
            if key:
                return receipts.sent(token, language, key)
        if found.state == "used":
            return receipts.page(connection, found, None, language, token, {})
        if not (found.state == "open" or (kept and found.accepts)):
            return _nothing_to_answer(connection, found, language)
        if kept is None:
            errors = {"": say("answering.problem.gone", language)} if submission else None
            fresh = _drafted(connection, found, language, {SUBMISSION: secrets.token_urlsafe(24)})
            return _start(connection, found, fresh, errors)
        draft = _drafted(connection, found, language, kept)
        return _kept_page(connection, found, draft, asked)


def _kept_page(
    connection: sa.Connection, found: Found, draft: Draft, asked: Mapping[str, str]
) -> Outcome:
    """A page of a form that was begun, with what is wrong with its answers where that was asked."""
    here, tells = steps.place(draft, asked.get(AT, START)), WRONG in asked
    if here < 0:
        errors = _group_errors(draft) if tells else None
        return _start(connection, found, draft, errors, status=422 if errors else 200)
    if tells and here < len(draft.pages) and draft.problems_at(draft.pages[here]):
        return _wrong(found, draft, here)
    return Outcome(200, form_pages.question_page(draft, found.opening, here), draft.language)


def open_receipt(token: str, asked: Mapping[str, str], wishes: Sequence[str]) -> Outcome:
    """The receipt of an answer. Without the proof that something was sent it leads to the form."""
    proof, key = asked.get(PROOF, ""), asked.get(KEY, "")
    with reading(engine()) as connection:
        found = answers.find(connection, home(), token, now())
        standing = receipts.standing_of(connection, token, key)
        language = _language(found, wishes, standing)
        if standing is None and found.opening is None:
            return _nothing_to_answer(connection, found, language)
        if standing or found.state == "used" or receipts.is_proof(token, proof):
            kept = {PROOF: proof, KEY: key if standing else ""}
            return receipts.page(connection, found, standing, language, token, kept)
    return Outcome(303, language=language, address=f"/s/{token}")


def post_receipt(token: str, form: Mapping[str, str], wishes: Sequence[str]) -> Outcome:
    """What a button of the receipt leads to."""
    with reading(engine()) as connection:
        found = answers.find(connection, home(), token, now())
        standing = receipts.standing_of(connection, token, form.get(KEY, ""))
        language = _language(found, (form.get(LANGUAGE, ""), *wishes), standing)
        if standing is None and found.opening is None:
            return _nothing_to_answer(connection, found, language)
    if standing is None:
        return Outcome(303, language=language, address=f"/s/{token}")
    return receipts.press(standing, token, form, language, now())


# --- answering ----------------------------------------------------------------------------------


def post(token: str, form: Mapping[str, str], wishes: Sequence[str]) -> Outcome:
    """What a posted page of the form leads to: the next one, the same again, or the receipt."""
    with reading(engine()) as connection:
        found = answers.find(connection, home(), token, now())
        language = _language(found, (form.get(DO, ""), form.get(LANGUAGE, ""), *wishes))
        if found.opening is None:
            return _nothing_to_answer(connection, found, language)
        draft = _drafted(connection, found, language, form)
        key = receipts.key_of(token, found.opening, draft.submission, connection)
        if key or found.state == "used":
            return receipts.sent(token, language, key)
        sends = form.get(DO) == SEND and draft.group is not None
        if not (found.accepts or sends):
            return _nothing_to_answer(connection, found, language, late=True)
        if draft.submission != form.get(SUBMISSION):
            # Part of the form was lost: nothing is sent before its answers were seen again.
            return _again(connection, found, draft, steps.place(draft, form.get(AT, START)))
        if form.get(DO) == QUIT:
            drafts.forget(token, draft.submission)
            return Outcome(303, language=language, address=f"/s/{token}?{LANGUAGE}={language}")
        if draft.notice != found.opening.notice_version:
            # Nobody agrees to what another text says.
            errors = {"": say("answering.problem.notice", language)}
            told = replace(draft, agreed=False)
            return _start(connection, found, told, errors, status=422)
    if not sends:
        return _step(token, draft, form)
    return _send(token, found, draft, form.get(AT, START))


def _step(token: str, draft: Draft, form: Mapping[str, str]) -> Outcome:
    """The page that a button other than the last one leads to."""
    here, asked = steps.place(draft, form.get(AT, START)), form.get(DO)
    listed = draft.pages
    if asked in LANGUAGES:
        return _to(token, draft, here)
    if asked == CLEAR and 0 <= here < len(listed):
        return _to(token, draft.without(listed[here]), here)
    if asked == BACK:
        return _to(token, draft, here - 1)
    if here < 0 and not listed:
        return _to(token, draft, here, wrong=True)
    if 0 <= here < len(listed) and draft.problems_at(listed[here]):
        return _to(token, draft, here, wrong=True)
    return _to(token, draft, here + 1)


def _to(token: str, draft: Draft, number: int, *, wrong: bool = False) -> Outcome:
    """To a page of the form, under an address of its own: going back to it in the browser sends
    nothing again, and finds what was answered on it. wrong: what cannot be taken is told there."""
    drafts.keep(token, draft.submission, draft.fields)
    query = {FORM: draft.submission, AT: steps.name_of(draft, number)}
    query |= {WRONG: "1"} if wrong else {}
    return Outcome(303, language=draft.language, address=f"/s/{token}?{urlencode(query)}")


def _send(token: str, found: Found, draft: Draft, at: str) -> Outcome:
    """The receipt, once the answers are stored; else the page where something has to be done."""
    here, wrong = steps.place(draft, at), steps.first_wrong(draft)
    if found.accepts and wrong is not None:
        return _to(token, draft, wrong, wrong=True)
    if found.accepts and here < len(draft.pages) - 1:
        # An answer of the last page opened another one.
        return _to(token, draft, here + 1)
    try:
        receipt = answers.accept(
            engine(), home(), token, draft.submission, draft.group, draft.language,
            draft.given, now(), notice=draft.notice, agreed=draft.agreed,
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
    drafts.forget(token, draft.submission)
    return receipts.sent(token, draft.language, receipt.key)


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


def _group_errors(draft: Draft) -> dict[str, str] | None:
    """What is missing on the first page; None where nothing is."""
    if draft.pages:
        return None
    key = "needs_answers" if draft.group else "group.missing"
    return {GROUP: say(f"answering.{key}", draft.language)}


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


def _language(found: Found, wishes: Sequence[str], standing: Standing | None = None) -> str:
    """The first wish that there is, else the invitation's, else the first of the collection."""
    opening = standing.opening if standing else found.opening
    offered = opening.languages if opening else LANGUAGES
    invited = (found.language,) if found.language else ()
    known = (*wishes, *invited, *offered)
    return next(code for code in known if code in offered)
