"""Holdings: what each column of the truth holds of people, told column by column."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal, get_args

import yaml

Kind = Literal["pseudonymous", "staff", "named", "words", "none"]
KINDS: tuple[str, ...] = get_args(Kind)


class InvalidHoldings(Exception):
    """The list of columns says something twice, or a kind that there is none of."""


@cache
def holdings() -> Mapping[tuple[str, str], str]:
    """What each column holds, by table and column. Raises: InvalidHoldings."""
    told = yaml.safe_load(Path(__file__).with_suffix(".yaml").read_text(encoding="utf-8"))
    found: dict[tuple[str, str], str] = {}
    for table, kinds in told.items():
        for kind, columns in kinds.items():
            for column in columns:
                if kind not in KINDS or (table, column) in found:
                    raise InvalidHoldings(f"holdings.yaml: {table}.{column} is {kind}: name it "
                                          f"once, under one of {', '.join(KINDS)}.")  # fmt: skip
                found[table, column] = kind
    return found


def tables_of(kind: Kind) -> frozenset[str]:
    """The tables that hold something of a kind."""
    return frozenset(table for (table, _), held in holdings().items() if held == kind)
