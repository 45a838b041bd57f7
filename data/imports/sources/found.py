"""What a look at a file found: which tool wrote it, why we think so, and what its columns hold."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field


@dataclass(frozen=True, slots=True)
class Column:
    """One column as its reader saw it. A personal column tells nothing of what is in it.

    text: the question, where the file says it apart from the header. values: what its cells say,
    the commonest first; empty where they are too many (``many``). options: choices of a list in a
    cell, cut at ``split``. forms: forms of dates that fit every cell, and the ``span`` of days.
    personal: why it is taken for personal data.
    """

    header: str
    text: str = ""
    filled: int = 0
    values: tuple[str, ...] = ()
    many: bool = False
    numbers: bool = False
    options: tuple[str, ...] = ()
    split: str = ""
    forms: tuple[str, ...] = ()
    span: tuple[str, ...] = ()
    personal: str = ""

    @property
    def said(self) -> str:
        """The question as people read it."""
        return self.text or self.header


@dataclass(frozen=True, slots=True)
class Found:
    """What a file is. evidence: what in the file says so. sure: whether its encoding is certain.

    tables: other tables of the same file (sheets, files of a zip) with their rows; unlooked: how
    many more there are than are looked at.
    structure: questions and answers of a LimeSurvey structure file. counts: of things in an XML
    file, for which there are no columns, and of an event log, which ``waits_for`` an activity.
    """

    file: str
    source: str
    evidence: tuple[str, ...] = ()
    format: str = "csv"
    encoding: str = ""
    sure: bool = True
    sample: str = ""
    separator: str = ""
    sheet: str = ""
    member: str = ""
    header_row: int = 1
    header_rows: int = 1
    skip_rows: int = 0
    rows: int = 0
    columns: tuple[Column, ...] = ()
    languages: tuple[str, ...] = ()
    tables: tuple[tuple[str, int], ...] = ()
    unlooked: int = 0
    counts: dict[str, float] = field(default_factory=dict)
    waits_for: str = ""
    structure: dict = field(default_factory=dict)

    @property
    def headers(self) -> tuple[str, ...]:
        return tuple(column.header for column in self.columns)

    def column(self, header: str) -> Column:
        """The column of a header. Raises: KeyError."""
        for column in self.columns:
            if column.header == header:
                return column
        raise KeyError(header)

    def as_json(self) -> dict:
        return asdict(self)


def from_json(body: dict) -> Found:
    """What the child told."""
    columns = tuple(
        Column(**{name: tuple(v) if isinstance(v, list) else v for name, v in column.items()})
        for column in body["columns"]
    )
    listed = {name: tuple(body[name]) for name in ("evidence", "languages")}
    tables = tuple((name, count) for name, count in body["tables"])
    return Found(**{**body, **listed, "columns": columns, "tables": tables})
