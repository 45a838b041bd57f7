"""When a question is asked: the conditions of an XLSForm that are read as skip logic."""

from __future__ import annotations

import re
from dataclasses import dataclass

#: A condition with more of them is written for a machine.
PARENTHESES = 50
_STRAIGHT = str.maketrans({"‘": "'", "’": "'", "“": '"', "”": '"'})
_WORD = re.compile(
    r"""\s*(?:
      (?P<open>\() | (?P<close>\)) | (?P<joint>and|or)\b
    | selected\(\s*\$\{(?P<chosen>[^{}]+)\}\s*,\s*(?P<choice>'[^']*'|"[^"]*")\s*\)
    | \$\{(?P<name>[^{}]+)\}\s*=\s*(?P<value>'[^']*'|"[^"]*"|-?[0-9]+)
    )\s*""",
    re.VERBOSE,
)


class NotRead(Exception):
    """The condition is written otherwise than skip logic is read."""


@dataclass(frozen=True, slots=True)
class Condition:
    """A question must have been answered with one of the values, as the choices are named."""

    name: str
    values: tuple[str, ...]


def conditions(said: str) -> tuple[Condition, ...]:
    """The conditions that must all hold, at most one of each question.

    Raises: NotRead for an expression that is not choices of one question joined with ``or``, or
    such choices joined with ``and``.
    """
    words = _words(said.translate(_STRAIGHT))
    parts = _apart(words, "and") if words else []
    # Without parentheses "and" would take the nearest choice only.
    if len(parts) > 1 and any(len(_apart(part, "or", opens=False)) > 1 for part in parts):
        raise NotRead(said)
    found = [_one_of(part) for part in parts]
    names = [condition.name for condition in found]
    if len(set(names)) < len(names):
        raise NotRead(said)
    return tuple(found)


Word = tuple[str, str, str]


def _words(said: str) -> list[Word]:
    """An expression as words: parentheses, ``and``, ``or``, and comparisons with their value."""
    found, at, opened = [], 0, 0
    while at < len(said):
        match = _WORD.match(said, at)
        opened += bool(match and match["open"])
        if match is None or opened > PARENTHESES:
            raise NotRead(said)
        name = match["name"] or match["chosen"]
        if name:
            found.append(("is", name, (match["value"] or match["choice"]).strip("'\"")))
        else:
            found.append((match["joint"] or match["open"] or match["close"], "", ""))
        at = match.end()
    return found


def _apart(words: list[Word], joint: str, *, opens: bool = True) -> list[list[Word]]:
    """The parts that a word joins, outside parentheses. opens: parentheses around all of it are
    taken off first.

    Raises: NotRead where parentheses do not match.
    """
    parts: list[list[Word]] = [[]]
    depth = 0
    for word in words:
        depth += {"(": 1, ")": -1}.get(word[0], 0)
        if depth < 0:
            raise NotRead(joint)
        if word[0] == joint and depth == 0:
            parts.append([])
        else:
            parts[-1].append(word)
    if depth:
        raise NotRead(joint)
    if opens and len(parts) == 1 and (inner := _inside(parts[0])):
        return _apart(inner, joint)
    return parts


def _inside(words: list[Word]) -> list[Word]:
    """What stands in parentheses that go around everything; nothing where they do not."""
    if len(words) < 3 or words[0][0] != "(" or words[-1][0] != ")":
        return []
    depth = 0
    for at, word in enumerate(words):
        depth += {"(": 1, ")": -1}.get(word[0], 0)
        if depth == 0 and at < len(words) - 1:
            return []
    return words[1:-1]


def _one_of(words: list[Word]) -> Condition:
    """Choices of one question, joined with ``or``. Raises: NotRead."""
    while inner := _inside(words):
        words = inner
    found: list[tuple[str, str]] = []
    for part in _apart(words, "or"):
        while inner := _inside(part):
            part = inner
        if len(part) != 1 or part[0][0] != "is":
            raise NotRead("or")
        found.append(part[0][1:])
    names = {name for name, _ in found}
    if len(names) != 1:
        raise NotRead("or")
    return Condition(names.pop(), tuple(dict.fromkeys(value for _, value in found)))
