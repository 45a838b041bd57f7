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

from dashboard.answering import drafts, receipts, shown, steps
from dashboard.answering.outcome import Browser, Outcome, now
from dashboard.answering.receipts import KEY, PROOF
from dashboard.answering.steps import AT, DO, GROUP, LANGUAGE, START, SUBMISSION, Draft
from dashboard.truth import engine
from dashboard.wording import say
from data.database import home, reading
from data.fieldwork import answers
from data.fieldwork.answers import Found, NotAccepted, RefusedAnswers
from data.fieldwork.withdrawals import Standing
from data.instruments import instrument_of
from survey.text import LANGUAGES

#: What the buttons of the form do, besides changing the language.
NEXT, BACK, SEND, CLEAR, QUIT = "next", "back", "send", "clear", "quit"
#: The two answers to whether all answers are meant to be cleared.
EMPTY, STAY = "empty", "stay"
#: What the address of a page says besides where it stands: that something is wrong on it.
WRONG = "e"

_SUBMISSION = re.compile(r"[A-Za-z0-9_-]{16,86}", re.ASCII)

log = logging.getLogger("arviomo.answering")


# --- looking ------------------------------------------------------------------------------------


def open_link(token: str, asked: Mapping[str, str], browser: Browser) -> Outcome:
    """What a link shows. Looking stores nothing, however often a mail program does it.

    asked: which page of the form that is half-filled in the browser; without one, a form is opened.
    """
    within = AT in asked
    with reading(engine()) as connection:
        found = answers.find(connection, home(), token, now())
        # A link of one's own that is opened again midway is the same person's; an open one may be
        # the next person's at the same tablet.
        mine = within or found.invitation is not None
        kept = drafts.find(token, browser.draft) if mine and browser.draft else None
        language = _language(found, ((kept or {}).get(LANGUAGE, ""), *browser.wishes))
        if found.state == "used":
            used = receipts.page(connection, found, None, language, token, browser)
            return _over(token, browser, used)
        if not (found.state == "open" or (kept and found.accepts)):
            closed = shown.nothing_to_answer(connection, found, language)
            return closed if found.accepts else _over(token, browser, closed)
        if kept is None:
            # Whoever opens the link has nothing to do with the receipt that was shown before.
            fresh = _drafted(connection, found, language, {})
            remark = say("answering.gone_page", language) if within else ""
            start = shown.start(connection, found, fresh, remark=remark)
            return replace(start, draft=drafts.fresh(), receipt=None if within else "")
        draft = _drafted(connection, found, language, kept)
        if not within:
            again = say("answering.again", language)
            return replace(shown.start(connection, found, draft, remark=again), draft=browser.draft)
        if asked.get(DO) == QUIT:
            return replace(shown.quitting(found, draft, asked[AT]), draft=browser.draft)
        here = steps.place(draft, asked[AT])
        page = shown.page(connection, found, draft, here, tells=WRONG in asked)
        return replace(page, draft=browser.draft)


def open_receipt(token: str, asked: Mapping[str, str], browser: Browser) -> Outcome:
    """The receipt of an answer. Without the proof that something was sent it leads to the form."""
    proof, key = asked.get(PROOF, ""), asked.get(KEY, "")
    with reading(engine()) as connection:
        found = answers.find(connection, home(), token, now())
        standing = receipts.standing_of(connection, token, key or browser.receipt)
        language = _language(found, browser.wishes, standing)
        if standing is None and found.opening is None:
            return shown.nothing_to_answer(connection, found, language)
        if standing and standing.state == "stored" and asked.get(DO) == receipts.WITHDRAW:
            return receipts.question(standing, token, language, key)
        if standing or found.state == "used" or receipts.is_proof(token, proof):
            draws = receipts.DRAWN in asked
            return receipts.page(
                connection, found, standing, language, token, browser, key, draws=draws
            )
    return Outcome(303, language=language, address=f"/s/{token}")


def post_receipt(token: str, form: Mapping[str, str], browser: Browser) -> Outcome:
    """What a button of the receipt leads to."""
    said = replace(browser, wishes=(form.get(LANGUAGE, ""), *browser.wishes))
    with reading(engine()) as connection:
        found = answers.find(connection, home(), token, now())
        key = form.get(KEY) or browser.receipt
        standing = receipts.standing_of(connection, token, key)
        language = _language(found, said.wishes, standing)
        if standing is None and found.opening is None:
            return shown.nothing_to_answer(connection, found, language)
        if standing is None and receipts.is_proof(token, form.get(PROOF, "")):
            # The cookie was dropped meanwhile: the page tells that the receipt's address is needed.
            return receipts.sent(token, language, "", by_cookie=False)
    if standing is None:
        return Outcome(303, language=language, address=f"/s/{token}")
    return receipts.press(token, form, language, now(), browser)


# --- answering ----------------------------------------------------------------------------------


def post(token: str, form: Mapping[str, str], browser: Browser) -> Outcome:
    """What a posted page of the form leads to: the next one, the same again, or the receipt."""
    with reading(engine()) as connection:
        found = answers.find(connection, home(), token, now())
        wishes = (form.get(DO, ""), form.get(LANGUAGE, ""), *browser.wishes)
        language = _language(found, wishes)
        if found.opening is None:
            return _over(token, browser, shown.nothing_to_answer(connection, found, language))
        draft = _drafted(connection, found, language, form)
        if form.get(DO) == EMPTY or (form.get(DO) == QUIT and not draft.typed):
            return _over(token, browser, _away(token, {LANGUAGE: language}, language))
        if form.get(DO) == QUIT:
            return _ask_whether_to_quit(token, found, draft, form.get(AT, START), browser)
        if found.state == "used" or receipts.is_known(connection, token, found, draft.submission):
            if form.get(DO) != SEND:
                gone = _away(token, {LANGUAGE: language, AT: START}, language)
                return _over(token, browser, gone)
        else:
            sends = form.get(DO) == SEND and draft.group is not None
            if not (found.accepts or sends):
                late = shown.nothing_to_answer(connection, found, language, late=True)
                return _over(token, browser, late)
            if draft.submission != form.get(SUBMISSION):
                # Part of the form was lost: nothing is sent before its answers were seen again.
                here = steps.place(draft, form.get(AT, START))
                return shown.again(connection, found, draft, here)
            if draft.notice != found.opening.notice_version:
                return shown.new_notice(connection, found, draft)
            stop = _step(draft, form) if not sends else _unready(found, draft, form)
            if stop is not None:
                return _to(connection, token, found, browser, *stop)
    return _send(token, found, draft, form, browser)


#: A page that comes next: the form as it stands then, its number, and whether it tells what is
#: wrong with it.
Step = tuple[Draft, int, bool]


def _step(draft: Draft, form: Mapping[str, str]) -> Step:
    """The page that a button other than the last one leads to."""
    here, asked = steps.place(draft, form.get(AT, START)), form.get(DO)
    listed = draft.pages
    if asked in (*LANGUAGES, STAY):
        return draft, here, False
    if asked == CLEAR and 0 <= here < len(listed):
        return draft.without(listed[here]), here, False
    if asked == BACK:
        return draft, max(here - 1, -1), False
    if here < 0 and not listed:
        return draft, here, True
    if 0 <= here < len(listed) and draft.problems_at(listed[here]):
        return draft, here, True
    return draft, here + 1, False


def _unready(found: Found, draft: Draft, form: Mapping[str, str]) -> Step | None:
    """The page where something has to be done before answers are sent; None where nothing has."""
    if not found.accepts:
        return None
    here, wrong = steps.place(draft, form.get(AT, START)), steps.first_wrong(draft)
    if wrong is not None:
        return draft, wrong, True
    if here < len(draft.pages) - 1:
        # An answer of the last page opened another one.
        return draft, here + 1, False
    return None


def _to(
    connection: sa.Connection,
    token: str,
    found: Found,
    browser: Browser,
    draft: Draft,
    number: int,
    tells: bool,
) -> Outcome:
    """To a page of the form, under an address of its own: going back to it in the browser sends
    nothing again, and finds what was answered on it. Where the form is not kept, the page itself:
    it holds all that was answered."""
    if not drafts.keep(token, browser.draft, draft.fields):
        page = shown.page(connection, found, draft, number, tells=tells)
        return replace(page, receipt="")
    # The language, for when the form is no longer kept there: who went back after sending.
    query = {AT: steps.name_of(draft, number), LANGUAGE: draft.language}
    query |= {WRONG: "1"} if tells else {}
    return replace(_away(token, query, draft.language), receipt="")


def _ask_whether_to_quit(
    token: str, found: Found, draft: Draft, at: str, browser: Browser
) -> Outcome:
    """The question, under an address of its own as every page: once all is cleared, going back to
    it in the browser finds nothing."""
    if not drafts.keep(token, browser.draft, draft.fields):
        return replace(shown.quitting(found, draft, at), receipt="")
    query = {AT: at, DO: QUIT, LANGUAGE: draft.language}
    return replace(_away(token, query, draft.language), receipt="")


def _send(
    token: str, found: Found, draft: Draft, form: Mapping[str, str], browser: Browser
) -> Outcome:
    """The receipt, once the answers are stored; else the page where something has to be done."""
    here = steps.place(draft, form.get(AT, START))
    try:
        receipt = answers.accept(
            engine(), home(), token, draft.submission, draft.group, draft.language,
            draft.given, now(), notice=draft.notice, agreed=draft.agreed,
        )  # fmt: skip
    except NotAccepted:
        with reading(engine()) as connection:
            late = answers.find(connection, home(), token, now())
            closed = shown.nothing_to_answer(connection, late, draft.language, late=True)
        return _over(token, browser, closed)
    except RefusedAnswers as refused:
        key = "nothing" if refused.code == "nothing" else "incomplete"
        return shown.failed(found, draft, here, key, 422)
    except (sa.exc.OperationalError, sa.exc.TimeoutError):
        log.exception("answers could not be stored")
        return shown.failed(found, draft, here, "not_stored", 503)
    if not receipt.key:
        return _over(token, browser, shown.others_came(found, token, draft.language))
    # A browser that brought one cookie takes another; who refuses them gets the whole address.
    by_cookie = bool(browser.draft)
    sent = receipts.sent(token, draft.language, receipt.key, by_cookie=by_cookie)
    return _over(token, browser, sent)


# --- what both have in common -------------------------------------------------------------------


def _away(token: str, query: Mapping[str, str], language: str) -> Outcome:
    return Outcome(303, language=language, address=f"/s/{token}?{urlencode(query)}")


def _over(token: str, browser: Browser, outcome: Outcome) -> Outcome:
    """What somebody gets whose form has ended: it is forgotten, here and in the browser."""
    drafts.end(token, browser.draft)
    return replace(outcome, draft="") if browser.draft else outcome


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


def _language(found: Found, wishes: Sequence[str], standing: Standing | None = None) -> str:
    """The first wish that there is, else the invitation's, else the first of the collection."""
    opening = standing.opening if standing else found.opening
    offered = opening.languages if opening else LANGUAGES
    invited = (found.language,) if found.language else ()
    known = (*wishes, *invited, *offered)
    return next(code for code in known if code in offered)
