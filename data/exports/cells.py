"""Cells of text that no spreadsheet takes for a formula."""

from __future__ import annotations

import re

#: What a spreadsheet takes for the start of a formula, in its full-width form too; the
#: apostrophes before it count, so that what was marked once is marked again and can be unmarked.
_FORMULA = re.compile("'*[=+\\-@\t\r\n＝＋－＠]")
MARK = "'"


def harmless(text: str) -> str:
    """The text, with an apostrophe before it where a spreadsheet would run it as a formula."""
    return MARK + text if _FORMULA.match(text) else text


def exact(cell: str) -> str:
    """The text that `harmless` made a cell of; any other text as it is."""
    return cell[1:] if cell.startswith(MARK) and _FORMULA.match(cell) else cell
