"""Headers as one text a column, also where they stand on several rows or occur twice."""

from __future__ import annotations

import re

from data.imports.spaces import normal_spaces

#: Words that survey tools write under a question that has no rows of its own.
PLACEHOLDERS = frozenset(
    {"response", "open-ended response", "vastaus", "avoin vastaus", "svar", "öppet svar"}
)

#: What stands merged above the number, time and language of answers, and is no question.
_ABOUT = re.compile(
    r"(?:vastaaja|(?:vastaajan|vastauksen)? ?(?:perus|tausta)?tiedot|respondent|response"
    r"|respondent (?:info|information|details)|svarande|(?:svarandes )?(?:bakgrunds)?uppgifter)"
    r" \[(.+)\]",
    re.IGNORECASE,
)


def bare(header: str) -> str:
    """A header without the words merged above it, where those say only whose answers these are."""
    about = _ABOUT.fullmatch(header)
    return about[1] if about else header


def joined(rows: list[list[str]]) -> list[str]:
    """One header a column from one or more rows of them: ``above [below]``.

    A cell that was merged over several columns is written in the first of them only, so a blank
    above a filled one takes what stands to its left.
    """
    above = [normal_spaces(cell) for cell in rows[0]] if rows else []
    for row in rows[1:]:
        above = _over(above, [normal_spaces(cell) for cell in row])
    while above and not above[-1]:
        above.pop()
    return above


def _over(above: list[str], below: list[str]) -> list[str]:
    width = max(len(above), len(below))
    above, below = above + [""] * (width - len(above)), below + [""] * (width - len(below))
    made, held = [], ""
    for top, under in zip(above, below, strict=True):
        held = top or (held if under else "")
        if not under or under.casefold() in PLACEHOLDERS or under == held:
            made.append(held)
        else:
            made.append(f"{held} [{under}]" if held else under)
    return made


def numbered(header: list[str]) -> list[str]:
    """The same headers, those that occur more than once with their number: ``Muu #2``."""
    seen: dict[str, int] = {}
    names = []
    for name in header:
        seen[name] = seen.get(name, 0) + 1
        twice = bool(name) and header.count(name) > 1
        names.append(f"{name} #{seen[name]}" if twice else name)
    return names
