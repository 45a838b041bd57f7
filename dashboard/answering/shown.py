"""The pages of a form as visits get them: with its notice and replies, and with what is wrong."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import sqlalchemy as sa

from dashboard.answering import form_pages, other_pages
from dashboard.answering.outcome import Outcome
from dashboard.answering.steps import GROUP, LANGUAGE, Draft
from dashboard.wording import say
from data.fieldwork import notices, replies
from data.fieldwork.answers import Found
from data.fieldwork.openings import OpeningFacts
from data.fieldwork.replies import Reply

STATUS = {"unknown": 404, "too_early": 425, "closed": 410}


def page(
    connection: sa.Connection, found: Found, draft: Draft, number: int, *, tells: bool = False
) -> Outcome:
    """A page of a form that was begun. tells: what is wrong with its answers is said on it."""
    if number < 0:
        errors = _group_errors(draft) if tells else None
        return start(connection, found, draft, errors)
    if tells and number < len(draft.pages) and draft.problems_at(draft.pages[number]):
        return _wrong(found, draft, number)
    written = form_pages.question_page(draft, found.opening, number)
    return Outcome(200, written, draft.language)


def start(
    connection: sa.Connection,
    found: Found,
    draft: Draft,
    errors: Mapping[str, str] | None = None,
    *,
    remark: str = "",
) -> Outcome:
    """The first page. remark: what happened to the form that was asked for instead."""
    opening = found.opening
    text = notices.notice(connection, opening.notice_version).in_language(draft.language)
    written = form_pages.start_page(
        draft,
        opening,
        (text, notices.valid_from(connection, opening.notice_version)),
        _replies(connection, opening),
        asks_group=found.group is None and len(opening.groups) > 1,
        errors=errors,
        remark=remark,
    )
    return Outcome(422 if errors else 200, written, draft.language)


def new_notice(connection: sa.Connection, found: Found, draft: Draft) -> Outcome:
    """The first page with another notice than was agreed to: nobody agrees to what it says yet."""
    errors = {"": say("answering.problem.notice", draft.language)}
    return start(connection, found, replace(draft, agreed=False), errors)


def again(connection: sa.Connection, found: Found, draft: Draft, number: int) -> Outcome:
    """A page of which part was lost on its way."""
    incomplete = {"": say("answering.problem.incomplete", draft.language)}
    if number < 0:
        return start(connection, found, draft, incomplete)
    written = form_pages.question_page(draft, found.opening, number, incomplete)
    return Outcome(422, written, draft.language)


def failed(found: Found, draft: Draft, number: int, key: str, status: int) -> Outcome:
    """The page that was sent, with what kept its answers from being stored."""
    errors = {"": say(f"answering.problem.{key}", draft.language)}
    written = form_pages.question_page(draft, found.opening, max(number, 0), errors)
    return Outcome(status, written, draft.language)


def quitting(found: Found, draft: Draft, at: str) -> Outcome:
    """Whether all answers are meant to be cleared, asked on a page that still holds them.

    at: the name of the page that was posted.
    """
    return Outcome(200, form_pages.quit_page(draft, found.opening, at), draft.language)


def others_came(found: Found, token: str, language: str) -> Outcome:
    """That other answers came with the form or the link, so that these were not stored."""
    anybody = found.opening.link == "anonymous"
    again = f"/s/{token}?{LANGUAGE}={language}" if anybody and found.state == "open" else ""
    return Outcome(409, other_pages.not_stored_page(language, found.opening, again), language)


def nothing_to_answer(
    connection: sa.Connection, found: Found, language: str, *, late: bool = False
) -> Outcome:
    """Why there is no form. late: answers came."""
    opening = found.opening
    if opening is None:
        return Outcome(404, other_pages.plain_page("unknown", language), language, miss=True)
    if found.state == "too_early":
        return Outcome(STATUS["too_early"], other_pages.too_early_page(language, opening), language)
    written = other_pages.closed_page(language, opening, _replies(connection, opening), late=late)
    return Outcome(STATUS["closed"], written, language)


def _group_errors(draft: Draft) -> dict[str, str] | None:
    """What is missing on the first page; None where nothing is."""
    if draft.pages:
        return None
    key = "needs_answers" if draft.group else "group.missing"
    return {GROUP: say(f"answering.{key}", draft.language)}


def _wrong(found: Found, draft: Draft, number: int) -> Outcome:
    """A page with what is wrong with its answers."""
    here = draft.problems_at(draft.pages[number])
    errors = {problem.item: form_pages.sentence(problem, draft.language) for problem in here}
    written = form_pages.question_page(draft, found.opening, number, errors)
    return Outcome(422, written, draft.language)


def _replies(connection: sa.Connection, opening: OpeningFacts) -> list[Reply]:
    return replies.published_replies(connection, collection=opening.collection)
