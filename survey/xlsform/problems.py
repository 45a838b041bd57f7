"""What can be wrong with an XLSForm: a closed list of codes, each with a text and a remedy."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType

from survey.text import Text, read_texts

TEXTS = Path(__file__).with_name("problems.yaml")
#: A cell is shown at most this long.
SHOWN = 80


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong, or was read otherwise than it stands.

    row: as a spreadsheet counts it; None, and an empty sheet or column, when it is about the whole.
    column: the header as the file has it.
    """

    code: str
    sheet: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    detail: dict[str, str | int] = field(default_factory=dict)


@cache
def _texts() -> MappingProxyType[str, Text]:
    return MappingProxyType(read_texts(TEXTS))


def codes() -> tuple[str, ...]:
    """Every code that a Problem may have."""
    return tuple(code for code in _texts() if not code.startswith("place_"))


def message(problem: Problem, language: str, file: str) -> str:
    """A problem in words: file, sheet, row, column, what is wrong, and what to do.

    Raises: KeyError for a code that is not on the list or a language that is not spoken.
    """
    texts = _texts()
    parts = ["place_file"]
    parts += ["place_sheet"] if problem.sheet else []
    parts += ["place_row"] if problem.row is not None else []
    parts += ["place_column"] if problem.column else []
    values = {
        "file": file,
        "sheet": problem.sheet,
        "row": problem.row,
        "column": problem.column,
        "value": shortened(problem.value),
        **problem.detail,
    }
    where = ", ".join(texts[part].in_language(language).format(**values) for part in parts)
    return f"{where}: {texts[problem.code].in_language(language).format(**values)}"


def shortened(value: object) -> str:
    """A cell as it may be shown: on one line, and not too long."""
    text = " ".join(str(value).split())
    return text if len(text) <= SHOWN else text[: SHOWN - 1] + "…"
