"""The lines of the audit in words: who, what to which thing, and the details that were kept.

The file of the audit keeps every word as it was written, for programs. Here it is for people: what
a line calls ``user:12`` has the person's name, a code has its word, a hash its first letters.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from datetime import datetime

import sqlalchemy as sa

from dashboard import format as written
from dashboard.wording import say, texts
from data import records
from data.access import User
from data.audit import Event

#: Letters of a hash and of a long text that are shown; the file has the rest.
HASH_LETTERS, LETTERS = 12, 160
#: Where each value is a pair: what it was, and what it is since.
CHANGES = frozenset(("target_stored", "target_changed", "period_changed", "changes"))
#: Details whose words stand elsewhere, by the beginning of their texts.
CODED = {
    "page": "page.", "role": "users.role.", "link": "survey.link.", "profile": "kind.",
    "grade": "claim.grade.", "verb": "audit.verb.", "kind": "audit.kind.", "why": "audit.why.",
}  # fmt: skip
#: Details that are the number of a thing, and what the thing is.
NUMBERS = {
    "project": "project", "project_id": "project", "funder": "funder", "funder_id": "funder",
    "programme": "programme", "collection_id": "collection", "proposal_id": "proposal",
    "reported_id": "reported", "claim_id": "claim", "indicator_id": "indicator",
    "batch_id": "batch", "before": "theme", "after": "theme", "left_out": "release",
}  # fmt: skip
#: What lines name that tell of no one thing.
NO_THING = ("policy", "user")
#: Scopes of these kinds are numbers of funders, all others of projects.
OF_FUNDERS = ("funder", "funder_figures")

_HASH = re.compile(r"[0-9a-f]{64}")
_TIME = re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d\S*)?")
_NUMBERED = re.compile(r"\d+ ")

#: Names of people, projects and funders by what the audit calls them, ``user:12``.
Names = Mapping[str, str]


def names(connection: sa.Connection, user: User, language: str) -> dict[str, str]:
    """The names of what the audit has numbers of, as far as a reader may know them."""
    found = {f"user:{one.id}": one.name for one in records.users(connection, user)}
    for kind, listed in (
        ("project", records.project_names(connection, user)),
        ("funder", records.funders(connection, user)),
    ):
        found |= {f"{kind}:{one.id}": records.name_in(one, language) for one in listed}
    return found


def who(actor: str, language: str) -> str:
    """Who did it: a name, or a word for those who have none here."""
    key = f"audit.actor.{actor}"
    if key in texts():
        return say(key, language)
    return _NUMBERED.sub("", actor, count=1)


def action(code: str, language: str) -> str:
    """What is done, in words."""
    return say(f"audit.action.{code}", language)


def thing(subject: str, language: str, known: Names) -> str:
    """What it was done to, in words; empty where the line tells of no one thing."""
    if subject in NO_THING or subject in known:
        return known.get(subject, "")
    kind, _, rest = subject.partition(":")
    word = say(f"audit.thing.{kind}", language) if f"audit.thing.{kind}" in texts() else kind
    if kind == "page":
        return f"{word} {_coded('page', rest, language)}"
    if kind == "open_answer":  # whose it is, is nobody's to read; the question may be told
        rest = rest.partition(":")[2]
    return f"{word} {rest}".strip()


def details(event: Event, language: str, known: Names) -> list[str]:
    """What else a line tells, each as ``what: how it is``."""
    told = _read(event.detail)
    if event.action == "denied" and (event.subject not in NO_THING or "verb" in told):
        # Tried pages and things name themselves; the sentence is for the log of the server.
        told.pop("what", None)
    return list(_each(event.action, told, language, known))


def sentence(event: Event, language: str, known: Names) -> str:
    """A line of the audit without its time and its person."""
    about = thing(event.subject, language, known)
    told = details(event, language, known)
    head = action(event.action, language) + (f": {about}" if about else "")
    return f"{head} ({'; '.join(told)})" if told else head


def detail_word(act: str, key: str, language: str) -> str:
    """What a detail is called: by its action where that gives it a meaning of its own."""
    for name in (f"audit.detail.{act}.{key}", f"audit.detail.{key}", f"retention.{key}"):
        if name in texts():
            return say(name, language)
    return key.replace("_", " ")


def _read(detail: str) -> dict:
    """The details by name; as they stand where somebody wrote other than the programs do."""
    try:
        told = json.loads(detail)
    except ValueError:
        return {"what": detail}
    return told if isinstance(told, dict) else {"what": detail}


def _each(act: str, told: Mapping, language: str, known: Names) -> Iterator[str]:
    for key, value in told.items():
        if isinstance(value, dict):
            yield from _each(key, value, language, known)
        elif value not in (None, "", []):
            said = _said(act, key, value, told, language, known)
            yield f"{detail_word(act, key, language)}: {said}"


def _said(act: str, key: str, value: object, told: Mapping, language: str, known: Names) -> str:
    if isinstance(value, list):
        said = [_one(key, one, told, language, known) for one in value]
        if act in CHANGES and len(said) == 2:
            return said[1] if value[0] is None else f"{said[0]} → {said[1]}"
        return ", ".join(said)
    return _one(key, value, told, language, known)


def _one(key: str, value: object, told: Mapping, language: str, known: Names) -> str:
    if value is None:
        return say("table.none", language)
    if isinstance(value, bool):
        return say(f"audit.is.{'true' if value else 'false'}", language)
    if isinstance(value, int | float):
        return _number(key, value, told, language, known)
    return _word(key, str(value), language)


def _number(key: str, value: float, told: Mapping, language: str, known: Names) -> str:
    kind = NUMBERS.get(key)
    if key == "scope":
        kind = "funder" if told.get("kind") in OF_FUNDERS else "project"
    if kind is not None:
        return known.get(f"{kind}:{value}", str(value))
    if key == "baseline_year":
        return str(value)
    return written.count(value, language) if isinstance(value, int) else str(value)


def _word(key: str, value: str, language: str) -> str:
    if key in CODED:
        return _coded(key, value, language)
    if _HASH.fullmatch(value):
        return f"{value[:HASH_LETTERS]}…"
    if (at := _moment(value)) is not None:
        is_day = len(value) == len("2026-11-23")
        return written.day(at.date(), language) if is_day else written.moment(at, language)
    return value if len(value) <= LETTERS else f"{value[:LETTERS]}…"


def _coded(key: str, value: str, language: str) -> str:
    name = CODED[key] + value.replace(" ", "_")
    return say(name, language) if name in texts() else value


def _moment(value: str) -> datetime | None:
    """The time that a text says, as the programs write one; None for every other text."""
    if not _TIME.fullmatch(value):
        return None
    try:
        return datetime.fromisoformat(value)
    except ValueError:
        return None
