"""The pages of the form as HTML: one style sheet inside, no script, every value escaped."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from dashboard import format as written
from dashboard.answering.steps import END, START, Draft, Items, is_last
from dashboard.wording import LANGUAGE_NAMES, say
from data.local_time import on_the_clock
from data.openings import OpeningFacts
from data.replies import Reply
from metrics.names import GROUP_NAMES
from survey.answering import OPEN_LIMIT, Problem, Question, questions
from survey.instrument import DONT_KNOW, NOT_APPLICABLE, UNKNOWN_GROUP, AnswerKind, Instrument
from survey.text import LANGUAGES

_HERE = Path(__file__).parent
STYLE = (_HERE / "answering.css").read_text(encoding="utf-8")

#: What the pages may load: their own style sheet, which stands in them, and the icon.
POLICY = "; ".join(
    (
        "default-src 'none'",
        f"style-src 'sha256-{base64.b64encode(hashlib.sha256(STYLE.encode()).digest()).decode()}'",
        "img-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)

_TEMPLATES = Environment(
    loader=FileSystemLoader(_HERE / "templates"),
    autoescape=True,
    auto_reload=False,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.globals |= {"style": Markup(STYLE), "names": LANGUAGE_NAMES}  # noqa: S704  our own file


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


# --- the form -----------------------------------------------------------------------------------


def start_page(
    draft: Draft,
    opening: OpeningFacts,
    notice: tuple[str, date | None],
    replies: Sequence[Reply],
    *,
    asks_group: bool,
    errors: Mapping[str, str] | None = None,
) -> str:
    """The first page: what this is, for whom, until when, and what happens to the answers."""
    language = draft.language
    groups = tuple(
        Option(code, _group_name(code, language), code == draft.group) for code in opening.groups
    )
    identity = "joined" if opening.joined else opening.link
    return _write(
        "start.html",
        language,
        **_form(draft, opening, START, ()),
        purpose=draft.instrument.purpose.in_language(language),
        identity=say(f"answering.identity.{identity}", language),
        until=_until(opening, language),
        groups=groups if asks_group else (),
        notice=notice[0].split("\n\n"),
        notice_version=_notice_version(opening, notice[1], language),
        replies=_replies(replies, language),
        errors=errors or {},
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
        return _write("end.html", language, **shown, errors=errors or {})
    items = found[number]
    errors = dict(errors or {})
    return _write(
        "questions.html",
        language,
        **_form(draft, opening, items[0].code, items),
        heading=_section(draft.instrument, items, language),
        number=number + 1,
        total=len(found),
        last=is_last(draft, number),
        asked=[
            _asked(question, draft.typed.get(question.item.code, ""), errors, language)
            for question in questions(items, draft.instrument)
        ],
        errors=errors,
    )


def sentence(problem: Problem, language: str) -> str:
    """What is said of an answer that cannot be taken."""
    if problem.code != "too_long":
        return say("answering.problem.off_scale", language)
    length, limit = (written.count(n, language) for n in (int(problem.detail), OPEN_LIMIT))
    return say("answering.problem.too_long", language, length=length, limit=limit)


def _form(draft: Draft, opening: OpeningFacts, at: str, items: Items) -> dict[str, object]:
    """What every page of the form holds: its title, and the answers of the other pages."""
    here = {item.code for item in items}
    own = {
        "lang": draft.language,
        "submission": draft.submission,
        "at": at,
        "group": draft.group if at != START else None,
    }
    others = {code: said for code, said in draft.typed.items() if code not in here}
    return {
        "project": opening.names[draft.language],
        "title": draft.instrument.title.in_language(draft.language),
        "carried": {name: said for name, said in (own | others).items() if said},
        "languages": opening.languages,
        "in_form": True,
    }


def _asked(question: Question, typed: str, errors: Mapping[str, str], language: str) -> Asked:
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
        item.hint.in_language(language) if item.hint else "",
        answers.kind.value,
        tuple(Option(str(code), label, chosen == str(code)) for code, label in labels.items()),
        tuple(Option(str(code), label, chosen == str(code)) for code, label in apart.items()),
        typed,
        errors.get(item.code, ""),
    )


def _section(instrument: Instrument, items: Items, language: str) -> str:
    """The title of the section that a page belongs to; a plain word where there are none."""
    titles = (s.title for s in instrument.sections if items[0].code in s.items)
    title = next(titles, None)
    return title.in_language(language) if title else say("answering.questions", language)


def _group_name(code: str, language: str) -> str:
    if code == UNKNOWN_GROUP:
        return say("answering.group.other", language)
    return GROUP_NAMES[code].in_language(language)


def _notice_version(opening: OpeningFacts, since: date | None, language: str) -> str:
    day = written.day(since or on_the_clock(opening.opens_at).date(), language)
    version = opening.notice_version
    return say("answering.notice.version", language, version=version, day=day)


# --- afterwards, and when there is nothing to answer --------------------------------------------


def receipt_page(
    language: str, opening: OpeningFacts, replies: Sequence[Reply], *, proof: str, again: str
) -> str:
    """Thanks, what happens next, and what was done because of the answers.

    proof: what the address of the receipt holds; nothing when somebody comes back with a personal
    link. again: the address for another person who answers on the same device, where that is right.
    """
    return _write(
        "receipt.html",
        language,
        project=opening.names[language],
        languages=opening.languages,
        in_form=False,
        kept={"r": proof} if proof else {},
        used=not proof,
        thanks=_paragraphs(opening.thanks.get(language, "")),
        again=again,
        replies=_replies(replies, language),
    )


def closed_page(
    language: str, opening: OpeningFacts, replies: Sequence[Reply], *, late: bool
) -> str:
    """That answering has ended, and what was done because of the answers. late: answers came."""
    end = opening.closed_at or opening.closes_at
    form, when = _at_end(end, language)
    texts = [say(f"answering.closed.{form}", language, **when)]
    if late:
        texts.insert(0, say("answering.closed.late", language))
    return _state("closed", language, texts, opening, replies)


def too_early_page(language: str, opening: OpeningFacts) -> str:
    """When a collection opens."""
    moment = written.moment(opening.opens_at, language)
    text = say("answering.too_early.text", language, moment=moment)
    return _state("too_early", language, [text], opening)


def plain_page(name: str, language: str, **values: object) -> str:
    """A page that says one thing of the texts ``answering.<name>``."""
    return _state(name, language, [say(f"answering.{name}.text", language, **values)])


def _state(
    name: str,
    language: str,
    texts: Sequence[str],
    opening: OpeningFacts | None = None,
    replies: Sequence[Reply] = (),
) -> str:
    return _write(
        "state.html",
        language,
        project=opening.names[language] if opening else "",
        languages=opening.languages if opening else LANGUAGES,
        in_form=False,
        kept={},
        heading=say(f"answering.{name}.title", language),
        texts=texts,
        replies=_replies(replies, language),
    )


def _replies(replies: Sequence[Reply], language: str) -> list[dict[str, object]]:
    said = [(reply, *reply.in_language(language)) for reply in replies]
    return [
        {
            "paragraphs": _paragraphs(text),
            "language": theirs,
            "day": say(
                "answering.replies.day",
                language,
                day=written.day(on_the_clock(reply.published_at).date(), language),
            ),
        }
        for reply, text, theirs in said
    ]


def _paragraphs(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines() if line.strip()]


def _until(opening: OpeningFacts, language: str) -> str:
    if opening.closes_at is None:
        return ""
    form, when = _at_end(opening.closes_at, language)
    return say(f"answering.until.{form}", language, **when)


def _at_end(end: datetime, language: str) -> tuple[str, dict[str, str]]:
    """How an end is told: one at midnight by the day before, which it ends."""
    here = on_the_clock(end)
    if here.hour == here.minute == 0:
        return "day", {"day": written.day(here.date() - timedelta(days=1), language)}
    return "moment", {"moment": written.moment(end, language)}


def _write(template: str, language: str, **values: object) -> str:
    limit = written.count(OPEN_LIMIT, language)
    values |= {"language": language, "say": partial(_say, language), "limit": limit}
    return _TEMPLATES.get_template(template).render(values)


def _say(language: str, key: str, **values: object) -> str:
    return say(key, language, **values)
