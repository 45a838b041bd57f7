"""How much of everything a file may be, and how its reading is reported.

The reading itself happens in a child process (`data.imports.worker`); this module is what both
sides know, and it imports nothing heavy.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict, dataclass, field

MEGABYTE = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Limits:
    """What the child process may use, and what a file may be."""

    memory_bytes: int = 512 * MEGABYTE
    cpu_seconds: int = 180
    wall_seconds: int = 300
    file_bytes: int = 300 * MEGABYTE
    first_line_bytes: int = MEGABYTE
    cell_characters: int = 131_072
    columns: int = 500
    sheet_cells: int = 2_000_000
    unpacked_bytes: int = 200 * MEGABYTE
    archive_entries: int = 2_000
    archive_ratio: int = 100


LIMITS = Limits()

#: How many problems of the file's own rows are listed one by one; the rest are only counted.
LISTED_PROBLEMS = 1_000


class Unreadable(Exception):
    """Inside the child: the file cannot be read; code and what the message needs to say."""

    def __init__(
        self, code: str, row: int | None = None, column: str = "", value: str = "", **detail
    ):
        self.problem = {
            "code": code,
            "row": row,
            "column": column,
            "value": value,
            "detail": detail,
        }
        super().__init__(code)


@dataclass(slots=True)
class Gauge:
    """How far the reading is: bytes of a text file, rows of a sheet."""

    total: int = 0
    done: int = 0
    place: Callable[[], int] | None = None

    @property
    def progress(self) -> tuple[int, int]:
        done = self.place() if self.place else self.done
        return min(done, self.total), self.total


@dataclass(slots=True)
class Report:
    """What the child found, as JSON: problems that stop the file, rows left out, remarks."""

    format: str = ""
    encoding: str = ""
    separator: str = ""
    sheet: str = ""
    headers: list[str] = field(default_factory=list)
    rows_read: int = 0
    fatal: list[dict] = field(default_factory=list)
    rejected: list[dict] = field(default_factory=list)
    rejected_rows: int = 0
    warnings: list[dict] = field(default_factory=list)

    def reject(self, row: int, code: str, **detail) -> None:
        """Leaves a row out; its problem is listed unless the list is full."""
        self.rejected_rows += 1
        if len(self.rejected) < LISTED_PROBLEMS:
            self.rejected.append(
                {"code": code, "row": row, "column": "", "value": "", "detail": detail}
            )

    def warn(self, code: str, **detail) -> None:
        self.warnings.append(
            {"code": code, "row": None, "column": "", "value": "", "detail": detail}
        )

    def as_json(self) -> dict:
        return asdict(self)
