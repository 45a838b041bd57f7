"""The pages of the form: the first one, the questions, and the last one."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from markupsafe import Markup

from dashboard import format as written
from dashboard.answering.page import at_end, told, write
from dashboard.answering.steps import AGREED, AT, END, GROUP, NOTICE, START, Draft, Items, is_last
from dashboard.wording import say, say_count
from data.fieldwork.local_time import on_the_clock
from data.fieldwork.openings import OpeningFacts
from data.fieldwork.replies import Reply
from metrics.names import GROUP_NAMES
from survey.answering import OPEN_LIMIT, Problem, Question, questions
from survey.instrument import (
    DONT_KNOW,
    NOT_APPLICABLE,
    UNKNOWN_GROUP,
    AnswerKind,
    Instrument,
    SpecialCategory,
)

#: Seconds that a question takes: one with answers to choose from, and one in one's own words.
CHOOSING, WRITING = 9, 30
#: Questions that nobody answered yet, which are kept as they are shown: some two kilobytes each.
BLANKS = 512


@dataclass(frozen=True, slots=True)
class Option:
    """One answer that can be chosen."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it stands on a page. apart: answers that are not on the scale."""

    code: str
    text: str
    hint: str
    kind: str
    options: tuple[Option, ...]
    apart: tuple[Option, ...]
    typed: str
    error: str


def start_page(
    draft: Draft,
    opening: OpeningFacts,
    notice: tuple[str, date | None],
    replies: Sequence[Reply],
    *,
    asks_group: bool,
    errors: Mapping[str, str] | None = None,
    remark: str = "",
) -> str:
    """The first page: what this is, for whom, until when, and what happens to the answers.

    remark: what happened to the form that was asked for instead.
    """
    language = draft.language
    groups = tuple(
        Option(code, _group_name(code, language), code == draft.group) for code in opening.groups
    )
    identity = "joined" if opening.joined else opening.link
    draft = replace(draft, notice=opening.notice_version)
    return write(
        "start.html",
        language,
        **_form(draft, opening, START, ()),
        lead=_lead(draft, language),
        takes=_takes(draft, language),
        identity=say(f"answering.identity.{identity}", language),
        until=_until(opening, language),
        groups=groups if asks_group else (),
        special=_special(draft, opening),
        agreed=draft.agreed,
        notice=notice[0].split("\n\n"),
        notice_version=_notice_version(opening, notice[1], language),
        replies=told(replies, language),
        remark=remark,
        errors=errors or {},
        summary=list((errors or {}).items()),
    )


def question_page(
    draft: Draft, opening: OpeningFacts, number: int, errors: Mapping[str, str] | None = None
) -> str:
    """A page of questions, or the one after the last where the answers are sent.

    errors: by item what cannot be taken; under an empty name what concerns the whole form.
    """
    found, language = draft.pages, draft.language
    if number >= len(found):
        shown = _form(draft, opening, END, ())
        summary = [("", said) for said in (errors or {}).values()]
        return write("end.html", language, **shown, summary=summary)
    items = found[number]
    errors = dict(errors or {})
    plain = draft.instrument.audience != "everybody"
    return write(
        "questions.html",
        language,
        **_form(draft, opening, items[0].code, items),
        heading=_section(draft.instrument, items, language),
        summary=_summary(items, errors, language),
        number=number + 1,
        total=len(found),
        last=is_last(draft, number),
        asked=[
            _drawn(
                _asked(question, draft.typed.get(question.item.code, ""), errors, plain, language),
                language,
            )
            for question in questions(items, draft.instrument)
        ],
    )


def quit_page(draft: Draft, opening: OpeningFacts, at: str) -> str:
    """Whether somebody means to clear all answers; the page holds them until then.

    at: the name of the page that they came from, and go back to.
    """
    return write("quit.html", draft.language, **_form(draft, opening, at, ()), summary=[])


def sentence(problem: Problem, language: str) -> str:
    """What is said of an answer that cannot be taken."""
    if problem.code != "too_long":
        return say("answering.problem.off_scale", language)
    length, limit = (written.count(n, language) for n in (int(problem.detail), OPEN_LIMIT))
    return say("answering.problem.too_long", language, length=length, limit=limit)


def _form(draft: Draft, opening: OpeningFacts, at: str, items: Items) -> dict[str, object]:
    """What every page of the form holds: its title, and the answers of the other pages."""
    here = {item.code for item in items}
    # What the first page asks for itself does not travel unseen besides.
    asked = {GROUP, AGREED} if at == START else set()
    carried = draft.fields | {AT: at, NOTICE: draft.notice or opening.notice_version}
    return {
        "project": opening.names[draft.language],
        "title": draft.instrument.title.in_language(draft.language),
        "carried": {name: said for name, said in carried.items() if name not in here | asked},
        "languages": opening.languages,
        "in_form": True,
    }


def _hint(question: Question, plain: bool, language: str) -> str:
    """The help text of a question; one in one's own words asks for no names besides.

    The hints of instruments in plain words ask for that themselves.
    """
    own = question.item.hint.in_language(language) if question.item.hint else ""
    if question.answers.kind is not AnswerKind.OPEN:
        return own
    key = "answering.open.limit" if own and plain else "answering.open.hint"
    return f"{own} {say(key, language, limit=written.count(OPEN_LIMIT, language))}".strip()


def _asked(
    question: Question, typed: str, errors: Mapping[str, str], plain: bool, language: str
) -> Asked:
    item, answers = question.item, question.answers
    chosen = typed.strip()
    if answers.kind is AnswerKind.RECOMMENDATION and not answers.choices:
        labels = {code: str(code) for code in answers.codes}
    else:
        labels = {choice.code: choice.text.in_language(language) for choice in answers.choices}
    apart = {
        code: text.in_language(language)
        for code, text in (
            (DONT_KNOW, answers.dont_know),
            (NOT_APPLICABLE, answers.not_applicable),
        )
        if text
    }
    return Asked(
        item.code,
        item.text.in_language(language),
        _hint(question, plain, language),
        answers.kind.value,
        tuple(Option(str(code), label, chosen == str(code)) for code, label in labels.items()),
        tuple(Option(str(code), label, chosen == str(code)) for code, label in apart.items()),
        typed,
        errors.get(item.code, ""),
    )


def _drawn(asked: Asked, language: str) -> Markup:
    """A question as it is shown; the same for everybody until it is answered."""
    return _written(asked, language) if asked.typed or asked.error else _blank(asked, language)


@lru_cache(maxsize=BLANKS)
def _blank(asked: Asked, language: str) -> Markup:
    return _written(asked, language)


def _written(asked: Asked, language: str) -> Markup:
    said = write("question.html", language, question=asked)
    return Markup(said)  # noqa: S704  a template of ours, which escapes every value


def _section(instrument: Instrument, items: Items, language: str) -> str:
    """The title of the section that a page belongs to; nothing where there are none."""
    titles = (s.title for s in instrument.sections if items[0].code in s.items)
    title = next(titles, None)
    return title.in_language(language) if title else ""


def _summary(items: Items, errors: Mapping[str, str], language: str) -> list[tuple[str, str]]:
    """What is wrong, as it is told at the top of the page: the question besides."""
    asked = {item.code: item.text.in_language(language) for item in items}
    return [
        (code, f"{asked[code]} {said}" if code in asked else said) for code, said in errors.items()
    ]


def _lead(draft: Draft, language: str) -> str:
    """What is asked, in a sentence.

    An instrument in plain words tells it itself; the purpose of others is written for those who
    choose between instruments.
    """
    instrument = draft.instrument
    if instrument.audience != "everybody":
        return instrument.purpose.in_language(language)
    before = instrument.kind == "outcome" and draft.wave == "baseline"
    return say(f"answering.lead.{'before' if before else instrument.kind}", language)


def _special(draft: Draft, opening: OpeningFacts) -> str:
    """The special categories of personal data that somebody may be asked about, in words."""
    groups = (draft.group,) if len(opening.groups) == 1 else opening.groups
    asked = {one for group in groups for one in draft.instrument.special_of(group, opening.wave)}
    named = [
        say(f"answering.special.{one}", draft.language) for one in SpecialCategory if one in asked
    ]
    return ", ".join(named)


def _takes(draft: Draft, language: str) -> str:
    """How long answering takes; nothing where the instrument tells it itself."""
    instrument = draft.instrument
    if instrument.audience != "everybody":
        return ""
    asked = [item for item in instrument.items if instrument.is_asked(item.code, draft.wave)]
    own_words = sum(instrument.answers_of(i.code).kind is AnswerKind.OPEN for i in asked)
    seconds = own_words * WRITING + (len(asked) - own_words) * CHOOSING
    return say_count("answering.takes", math.ceil(seconds / 60), language)


def _group_name(code: str, language: str) -> str:
    if code == UNKNOWN_GROUP:
        return say("answering.group.other", language)
    return GROUP_NAMES[code].in_language(language)


def _notice_version(opening: OpeningFacts, since: date | None, language: str) -> str:
    day = written.day(since or on_the_clock(opening.opens_at).date(), language)
    version = opening.notice_version
    return say("answering.notice.version", language, version=version, day=day)


def _until(opening: OpeningFacts, language: str) -> str:
    if opening.closes_at is None:
        return ""
    form, when = at_end(opening.closes_at, language)
    return say(f"answering.until.{form}", language, **when)
