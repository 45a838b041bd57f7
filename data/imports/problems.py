"""What can be wrong with a file or a row: a closed list of codes, each with a text and a remedy."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType

from survey.text import Text, read_texts

TEXTS = Path(__file__).with_name("problems.yaml")
#: A rejected cell is shown and stored at most this long.
VALUE_LENGTH = 200


@dataclass(frozen=True, slots=True)
class Problem:
    """One thing that is wrong. row: as a spreadsheet counts it, None when it is the whole file."""

    code: str
    row: int | None = None
    column: str = ""
    value: str = ""
    detail: dict[str, str | int] = field(default_factory=dict)

    @property
    def detail_json(self) -> str:
        return json.dumps(self.detail, ensure_ascii=False, sort_keys=True)


class RejectedFile(Exception):
    """A file that cannot be stored as it is; ``problems`` say where, what and what to do."""

    def __init__(self, file: str, problems: tuple[Problem, ...]):
        self.file = file
        self.problems = problems
        super().__init__(message(problems[0], "en", file) if problems else file)

    def in_language(self, language: str) -> str:
        """The first problem in words, and how many others there are."""
        said = message(self.problems[0], language, self.file)
        others = len(self.problems) - 1
        if not others:
            return said
        return f"{said} {_texts()['and_others'].in_language(language).format(count=others)}"


class AlreadyImported(RejectedFile):
    """The same file has been stored with the same profile before, as ``batch_id``."""

    def __init__(self, file: str, batch_id: int):
        self.batch_id = batch_id
        super().__init__(file, (Problem("already_imported", detail={"batch": batch_id}),))


class RejectedRows(RejectedFile):
    """Some rows cannot be stored, and nobody has accepted leaving them out."""


class UndoRefused(RejectedFile):
    """A batch cannot be taken back: others depend on it, or there is no such stored batch."""


@cache
def _texts() -> MappingProxyType[str, Text]:
    return MappingProxyType(read_texts(TEXTS))


def codes() -> tuple[str, ...]:
    """Every code that a Problem may have."""
    return tuple(
        code
        for code in _texts()
        if not code.startswith(("place_", "word_")) and code != "and_others"
    )


def _in_words(value: object, language: str) -> object:
    """A detail as it is said: ``@area`` is the word for areas, anything else is itself."""
    if isinstance(value, str) and value.startswith("@") and f"word_{value[1:]}" in _texts():
        return _texts()[f"word_{value[1:]}"].in_language(language)
    return value


def message(problem: Problem, language: str, file: str) -> str:
    """A problem in words: file, row, column, what is wrong with which value, and what to do.

    Raises: KeyError for a code that is not on the list or a language that is not spoken.
    """
    texts = _texts()
    place = "place_both" if problem.row is not None and problem.column else "place_file"
    if place == "place_file" and (problem.row is not None or problem.column):
        place = "place_row" if problem.row is not None else "place_column"
    values = {
        "file": file,
        "row": problem.row,
        "column": problem.column,
        "value": problem.value,
        **{name: _in_words(value, language) for name, value in problem.detail.items()},
    }
    where = texts[place].in_language(language).format(**values)
    return f"{where}: {texts[problem.code].in_language(language).format(**values)}"


def shortened(value: object) -> str:
    """A cell as it may be shown and stored: on one line, and not too long."""
    text = " ".join(str(value).split())
    return text if len(text) <= VALUE_LENGTH else text[: VALUE_LENGTH - 1] + "…"
