"""What is wrong with the rows of one file, collected column by column."""

from __future__ import annotations

import numpy as np
import pandas as pd

from data.imports.problems import Problem, shortened

#: Problems are listed one by one up to this many; the counts are always of all of them.
LISTED = 20_000


class Findings:
    """Problems of rows and remarks on the file. A row with a problem is rejected."""

    def __init__(self, rows: np.ndarray):
        self.rows = rows
        self.rejected = np.zeros(len(rows), dtype=bool)
        self.warnings: list[Problem] = []
        self.count = 0
        self._blocks: list[pd.DataFrame] = []

    def add(self, code: str, bad: np.ndarray, column: str = "", values=None, **detail) -> None:
        """Rejects the rows where ``bad``; details that are arrays are taken row by row."""
        at = np.flatnonzero(bad)
        if not len(at):
            return
        self.rejected[at] = True
        self.count += len(at)
        listed = at[:LISTED]
        details = {
            name: value[listed] if isinstance(value, np.ndarray) else [value] * len(listed)
            for name, value in detail.items()
        }
        block = {
            "row": self.rows[listed],
            "code": code,
            "column": column,
            "value": np.asarray(values, dtype=object)[listed] if values is not None else "",
            "detail": pd.DataFrame(details).to_dict("records") if details else [{}] * len(listed),
        }
        self._blocks.append(pd.DataFrame(block))

    def warn(self, code: str, **detail) -> None:
        self.warnings.append(Problem(code, detail=detail))

    def problems(self) -> list[Problem]:
        """Problems in the order of the rows, at most LISTED of them."""
        if not self._blocks:
            return []
        every = pd.concat(self._blocks).sort_values("row", kind="stable").head(LISTED)
        return [
            Problem(code, int(row), column, shortened(value), _plain(detail))
            for row, code, column, value, detail in every[
                ["row", "code", "column", "value", "detail"]
            ].itertuples(index=False)
        ]


def _plain(detail: dict) -> dict[str, str | int]:
    """Details as JSON takes them."""
    return {k: int(v) if isinstance(v, np.integer | int) else str(v) for k, v in detail.items()}
