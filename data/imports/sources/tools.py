"""The tools whose files are known, as `sources.yaml` has them, and which of them wrote a file."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from data.imports.headers import bare
from survey.text import Text

SOURCES = Path(__file__).with_name("sources.yaml")
#: A column is one of business IDs from this share of right ones; the rest are mistyped.
SHARE_OF_IDS = 0.5


@dataclass(frozen=True, slots=True)
class Tool:
    """A tool that writes files. kind: what its rows become here; ``none`` is nothing yet."""

    name: str
    title: Text
    kind: str
    enough: float
    marks: tuple[tuple[str, re.Pattern | None, float], ...]
    fields: dict[str, tuple[str, ...]]
    system: re.Pattern

    def weigh(self, headers: list[str], told: set[str]) -> tuple[float, list[str]]:
        """How much of the file says that it is of this tool, and what says so."""
        weight, evidence = 0.0, []
        for mark, pattern, counts in self.marks:
            if pattern is None:
                found = mark if mark in told else None
            else:
                found = next(
                    (header for header in headers if pattern.fullmatch(bare(header))), None
                )
            if found:
                weight += counts
                evidence.append(found)
        return weight, evidence

    def is_system(self, header: str) -> bool:
        return bool(self.system.fullmatch(bare(header)))


@cache
def tools() -> dict[str, Tool]:
    """Every tool by its name."""
    body = yaml.safe_load(SOURCES.read_text(encoding="utf-8"))
    return {name: _tool(name, said) for name, said in body.items()}


def _tool(name: str, said: dict) -> Tool:
    marks = tuple(
        (mark, None if mark.startswith("@") else re.compile(mark, re.IGNORECASE), weight)
        for mark, weight in said["marks"].items()
    )
    system = "|".join(f"(?:{pattern})" for pattern in said.get("system", ())) or r"(?!)"
    return Tool(
        name,
        Text(**said["title"]),
        said["kind"],
        said["enough"],
        marks,
        {field: tuple(names) for field, names in said.get("fields", {}).items()},
        re.compile(system, re.IGNORECASE),
    )


def recognised(headers: list[str], told: set[str]) -> tuple[str, list[str]]:
    """The tool that wrote a table, and what in it says so; ``table`` where none is known."""
    best, why, most = "table", [], 0.0
    for tool in tools().values():
        weight, evidence = tool.weigh(headers, told)
        if tool.marks and weight >= tool.enough and weight > most:
            best, why, most = tool.name, evidence, weight
    return best, why
