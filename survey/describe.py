"""The shipped instruments as a page of docs: ``python -m survey.describe`` writes it."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from survey.instrument import AnswerSet, Instrument, Item, Scale, instruments
from survey.text import Text

PAGE = Path(__file__).parents[1] / "docs" / "instruments.md"

_HEAD = """\
# Instruments

Made from `survey/instruments/*.yaml` by `python -m survey.describe`; a test fails when it lags.

Every score runs from 0 to 100. A scale of items is the mean of the answers, moved onto that range,
and is given only when at least two thirds of its items are answered (or as many as its row says).
A reversed item counts from the other end. "Don't know", "does not concern me" and no answer at all
are counted apart from each other and are in no score.
"""

_KINDS = {"process": "Process quality", "outcome": "Outcome", "place": "Place assessment"}
_AUDIENCES = {"plain": "plain language", "pupil": "pupils"}


def describe(found: Iterable[Instrument]) -> str:
    """The page that shows every item, answer and scale of the instruments in three languages."""
    return "\n".join([_HEAD, *(_instrument(instrument) for instrument in found)])


def _instrument(instrument: Instrument) -> str:
    parts = [
        f"## {instrument.title.en} (`{instrument.key}`)",
        f"{_nature(instrument)}. fi: {instrument.title.fi} · sv: {instrument.title.sv}",
        instrument.purpose.en,
        f"Source: {instrument.source}",
        "### Items",
        _table(
            ("code", "answers", "note", "fi", "sv", "en"),
            ((item.code, item.answers, _note(item), *_question(item)) for item in instrument.items),
        ),
        "### Answers",
        _table(
            ("answers", "code", "fi", "sv", "en", "note"),
            (
                row
                for name, answers in instrument.answer_sets.items()
                for row in _choices(name, answers)
            ),
        ),
    ]
    if instrument.sections:
        parts += [
            "### Pages",
            _table(
                ("page", "items", "fi", "sv", "en"),
                (
                    (str(number), ", ".join(section.items), *_languages(section.title))
                    for number, section in enumerate(instrument.sections, 1)
                ),
            ),
        ]
    if instrument.scales:
        parts += [
            "### Scales",
            _table(
                ("code", "made of", "rule", "fi", "sv", "en", "tells"),
                (
                    (
                        scale.code,
                        ", ".join(scale.members),
                        _rule(scale),
                        *_languages(scale.title),
                        scale.meaning.en,
                    )
                    for scale in instrument.scales
                ),
            ),
        ]
    return "\n\n".join(parts) + "\n"


def _nature(instrument: Instrument) -> str:
    words = [_KINDS[instrument.kind]]
    if instrument.audience in _AUDIENCES:
        words.append(f"for {_AUDIENCES[instrument.audience]}")
    if instrument.variant_of:
        words.append(
            f"a wording of its own beside `{instrument.variant_of}`, never pooled with it, because "
            "measurement invariance has not been checked"
        )
    return ", ".join(words)


def _languages(text: Text) -> tuple[str, str, str]:
    return text.fi, text.sv, text.en


def _question(item: Item) -> Iterable[str]:
    """The question in each language, its help text in parentheses."""
    if item.hint is None:
        return _languages(item.text)
    pairs = zip(_languages(item.text), _languages(item.hint), strict=True)
    return (f"{text} ({hint})" for text, hint in pairs)


def _note(item: Item) -> str:
    notes = ["reversed"] if item.reversed else []
    notes += [item.role.value] if item.role else []
    notes += [f"special category: {item.special.value}"] if item.special else []
    notes += [f"only {', '.join(item.groups)}"] if item.groups else []
    notes += [f"only in {', '.join(item.waves)}"] if item.waves else []
    if item.shown_if:
        codes = " or ".join(map(str, item.shown_if.codes))
        notes.append(f"only after {item.shown_if.item} = {codes}")
    return ", ".join(notes)


def _choices(name: str, answers: AnswerSet) -> Iterable[tuple[str, ...]]:
    if not answers.choices:
        span = f"{answers.low}-{answers.high}" if answers.codes else ""
        yield name, span, "", "", "", answers.kind.value
    for choice in answers.choices:
        notes = ["best"] if choice.code == answers.best else []
        notes += ["counts as yes from here up"] if choice.code == answers.threshold else []
        yield name, str(choice.code), *_languages(choice.text), ", ".join(notes)
    for code, text in ((-1, answers.dont_know), (-2, answers.not_applicable)):
        if text:
            yield name, str(code), *_languages(text), "in no score"


def _rule(scale: Scale) -> str:
    if scale.combine == "geometric":
        return "geometric mean, both needed"
    if scale.combine == "both":
        return f"100 with both at {scale.threshold} or more, else 0; both needed"
    return f"mean, at least {scale.required} of {len(scale.members)}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, ("---",) * len(head), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "/") for cell in line) + " |" for line in lines
    )


def main() -> None:
    """Write the page."""
    PAGE.write_text(describe(instruments().values()), encoding="utf-8")


if __name__ == "__main__":
    main()
