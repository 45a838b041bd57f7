"""What a brief is put together from: sections of words, lists, pictures and tables, as data.

The template sets each item by its kind and reads none of its words as markup.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from metrics.metric import Metric, Result

Item = dict[str, Any]
#: Points: the letters of a table with few columns, and of one with many.
WIDE_TABLE, TABLE_SIZE, SMALL_SIZE = 7, 8.5, 7.5
#: Letters of the narrowest column, of the widest of numbers, and of the widest of words.
FEWEST, FIRM, MOST = 8, 22, 46


@dataclass(frozen=True, slots=True)
class Section:
    """A heading with what stands under it. made_of: the figures that it shows, by metric."""

    title: str
    items: Sequence[Item]
    made_of: Sequence[tuple[Metric, Sequence[Result]]] = field(default=())
    level: int = 1

    def set(self) -> Item:
        return {"title": self.title, "level": self.level, "items": list(self.items)}


def words(text: str) -> list[Item]:
    """A paragraph; nothing where there are no words."""
    return [{"kind": "text", "text": text}] if text else []


def note(text: str) -> list[Item]:
    """A paragraph that nobody may overlook."""
    return [{"kind": "note", "text": text}] if text else []


def bullets(texts: Sequence[str]) -> list[Item]:
    return [{"kind": "list", "items": list(texts)}] if texts else []


def chart(svg: str, alt: str, legend: str) -> list[Item]:
    """A picture with its words for who does not see it, and what its marks mean."""
    return [{"kind": "chart", "svg": svg, "alt": alt, "legend": legend}]


def table(columns: Mapping[str, Sequence[str]], wide: Sequence[str] = ()) -> list[Item]:
    """Columns of texts under their headings; wide: headings whose texts run on.

    Every column has room by its longest text, or the longest word of its heading.
    """
    heads = list(columns)
    if not heads or not columns[heads[0]]:
        return []
    loose = {heads[0], *wide}
    return [
        {
            "kind": "table",
            "head": heads,
            "rows": [list(row) for row in zip(*columns.values(), strict=True)],
            "widths": [_room(head, columns[head], head in loose) for head in heads],
            "aligned": ["start" if head in loose else "end" for head in heads],
            "size": SMALL_SIZE if len(heads) >= WIDE_TABLE else TABLE_SIZE,
        }
    ]


def _room(head: str, texts: Sequence[str], loose: bool) -> int:
    """The share of the page's width that a column is given."""
    longest = max(len(text) for text in texts)
    word = round(1.2 * max(len(part) for part in head.split()))
    return min(max(longest if loose else longest + 1, word + 1, FEWEST), MOST if loose else FIRM)


def terms(pairs: Sequence[tuple[str, str]]) -> list[Item]:
    """Terms in bold with what they mean."""
    return [{"kind": "terms", "items": [list(pair) for pair in pairs]}] if pairs else []
