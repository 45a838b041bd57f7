"""The pages without a form: thanks, and why there is nothing to answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from dashboard import format as written
from dashboard.answering.page import at_end, paragraphs, told, write
from dashboard.surveys import qr
from dashboard.wording import say
from data.fieldwork.openings import OpeningFacts
from data.fieldwork.replies import Reply
from data.fieldwork.withdrawals import Standing
from survey.text import LANGUAGES


def receipt_page(
    language: str,
    opening: OpeningFacts,
    replies: Sequence[Reply],
    *,
    action: str,
    kept: Mapping[str, str],
    standing: Standing | None,
    again: str,
    keep: str,
    drawn: str = "",
) -> str:
    """Thanks, what happens next, what was done because of the answers, and how to take them back.

    kept: what the address of the receipt holds; nothing when somebody comes back with a personal
    link. standing: what became of the answers, where it is known which they are. again: the address
    for another person who answers on the same device, where that is right. keep: the address of
    the receipt that says which answers they are, within the site, where the page stands under one
    that does not. drawn: the same as a whole, where it is shown as a code too.
    """
    gone = standing is not None and standing.state == "taken_back"
    on = written.day(standing.on, language) if gone else ""
    return write(
        "receipt.html",
        language,
        project=opening.names[language],
        languages=opening.languages,
        in_form=False,
        action=action,
        kept=kept,
        used=not kept,
        stored=standing is not None and not gone,
        gone=say("answering.gone.text", language, day=on) if gone else "",
        agreement_ended=standing is not None and standing.agreed is False,
        thanks=[] if gone else paragraphs(opening.thanks.get(language, "")),
        again=again,
        keep=keep,
        code=_drawn(drawn, language) if drawn and not gone else "",
        replies=told(replies, language),
    )


def _drawn(address: str, language: str) -> Markup:
    """The code of an address, which another device's camera reads."""
    drawn = qr.code(address, say("answering.keep.code", language), sized=False)
    return Markup(drawn)  # noqa: S704  squares, and a title that is escaped


def withdraw_page(
    language: str, standing: Standing, *, action: str, kept: Mapping[str, str]
) -> str:
    """What taking answers back means, and whether that is meant."""
    opening = standing.opening
    return write(
        "withdraw.html",
        language,
        project=opening.names[language],
        languages=opening.languages,
        in_form=False,
        action=action,
        kept=kept,
        agreed=bool(standing.agreed),
        personal=opening.link == "personal",
    )


def closed_page(
    language: str, opening: OpeningFacts, replies: Sequence[Reply], *, late: bool
) -> str:
    """That answering has ended, and what was done because of the answers. late: answers came."""
    end = opening.closed_at or opening.closes_at
    form, when = at_end(end, language)
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


def not_stored_page(language: str, opening: OpeningFacts, again: str) -> str:
    """That other answers came before, so that these were not stored. again: as of a receipt."""
    text = say("answering.not_stored.text", language)
    return _state("not_stored", language, [text], opening, again=again)


def _state(
    name: str,
    language: str,
    texts: Sequence[str],
    opening: OpeningFacts | None = None,
    replies: Sequence[Reply] = (),
    again: str = "",
) -> str:
    return write(
        "state.html",
        language,
        project=opening.names[language] if opening else "",
        languages=opening.languages if opening else LANGUAGES,
        in_form=False,
        kept={},
        heading=say(f"answering.{name}.title", language),
        texts=texts,
        again=again,
        replies=told(replies, language),
    )
