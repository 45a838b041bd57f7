"""A suggestion in words: what a file is, what would go where, what stays out, what is asked."""

from __future__ import annotations

from dashboard import format as written
from dashboard.wording import say
from data.imports.profile import profiles
from data.imports.sources.asking import asked, told
from data.imports.sources.found import Found
from data.imports.sources.suggest import Suggestion
from data.imports.sources.tools import tools


def lines(made: Suggestion, language: str) -> list[str]:
    """The whole suggestion, a line each."""
    parts = [*about(made, language)]
    if made.mapping:
        parts.append(say("suggest.mapping", language))
        parts += [
            f"  {name} ← {' / '.join(headers)}"
            + ("" if sure else f" ({say('suggest.unsure', language)})")
            for name, headers, sure in made.mapping
        ]
    parts += left_out(made, language)
    if made.questions:
        parts.append(say("suggest.questions", language))
        parts += [f"  - {line}" for line in questions(made, language)]
    return parts


def about(made: Suggestion, language: str) -> list[str]:
    """What the file is and how it is written."""
    found = made.found
    parts = [
        say("suggest.source", language, source=tools()[found.source].title.in_language(language))
    ]
    if found.evidence:
        parts.append(say("suggest.evidence", language, evidence=told(found.evidence, language)))
    if made.ready:
        title = profiles()[made.ready].title
        said = title.in_language(language) if title else made.ready
        parts.append(say("suggest.ready", language, title=said, profile=made.ready))
    if "cases" in found.counts:
        parts += log(found, language)
    if not found.columns:
        return parts
    counts = {
        "rows": written.count(found.rows, language),
        "columns": written.count(len(found.columns), language),
    }
    parts.append(say("suggest.rows", language, **counts))
    if found.encoding:
        sign = say("suggest.tab", language) if found.separator == "\t" else found.separator
        parts.append(say("suggest.encoding", language, encoding=found.encoding))
        parts.append(say("suggest.separator", language, separator=sign))
    layout = {"row": found.header_row, "count": found.header_rows, "skipped": found.skip_rows}
    parts.append(say("suggest.header_rows", language, **layout))
    if found.tables:
        others = ", ".join(f"{name} ({written.count(n, language)})" for name, n in found.tables)
        table = found.sheet or found.member
        parts.append(say("suggest.table", language, table=table, others=others))
    if found.languages:
        parts.append(say("suggest.languages", language, languages=", ".join(found.languages)))
    if made.body.get("instrument"):
        parts.append(say("suggest.instrument", language, instrument=made.body["instrument"]))
    return parts


def log(found: Found, language: str) -> list[str]:
    """How long the cases of an event log take, and where they wait."""
    counts = found.counts
    told = {
        "cases": written.count(int(counts["cases"]), language),
        "events": written.count(int(counts["events"]), language),
        "median": written.number(counts["median_days"], language, 4),
        "mean": written.number(counts["mean_days"], language, 3),
        "long": written.count(int(counts["long"]), language),
        "rework": written.share(counts["rework"], language),
    }
    parts = [say("suggest.log", language, **told)]
    if found.waits_for:
        parts.append(say("suggest.waits", language, activity=found.waits_for))
    return parts


def left_out(made: Suggestion, language: str) -> list[str]:
    """What is not read: personal data, and the rest."""
    parts = []
    if made.personal:
        parts.append(say("suggest.personal", language, columns=", ".join(made.personal)))
    if made.left_out:
        parts.append(say("suggest.left_out", language, columns=", ".join(made.left_out)))
    return parts


def questions(made: Suggestion, language: str) -> list[str]:
    """What a person must say, those first, and what they should check."""
    must = say("suggest.must", language)
    ordered = sorted(made.questions, key=lambda question: not question.blocking)
    return [
        f"{asked(question, language)} ({must})" if question.blocking else asked(question, language)
        for question in ordered
    ]
