"""What is not certain of a file and a person must say or should check, and what they said of it."""

from __future__ import annotations

from dataclasses import dataclass, field

from data.imports.sources.found import Found
from data.imports.sources.matching import Match


@dataclass(frozen=True, slots=True)
class Question:
    """What a person must say, or should check. blocking: without it nothing can be brought in."""

    code: str
    detail: dict[str, str | int] = field(default_factory=dict)
    blocking: bool = False


def asked_of_tables(found: Found) -> list[Question]:
    """Tables of the file that a suggestion does not bring: nothing is left out in silence."""
    asked = []
    others = [(name, rows) for name, rows in found.tables if rows > 1]
    if others:
        listed = ", ".join(f"{name} ({rows - 1})" for name, rows in others[:12])
        asked.append(Question("other_tables", {"count": len(others), "tables": listed}))
    if found.unlooked:
        asked.append(Question("tables_unlooked", {"count": found.unlooked}))
    if found.source in ("kobo_repeats", "odk_repeats"):
        asked.append(Question("repeats_are_rows", {"count": found.rows}))
    return asked


def answer_of(match: Match, meant: dict[str, str]) -> dict:
    """How a profile reads an item. meant: what a person says of the texts of its cells."""
    headers = [column.header for column in match.columns]
    answer: dict = {"column": headers[0] if len(headers) == 1 else headers}
    if match.option:
        return answer | {"option": match.option, "split": match.split}
    if meant:
        said = {value: _as_code(code) for value, code in meant.items()}
        answer["values"] = dict(match.meanings.values) | said
    elif match.meanings.values and not match.meanings.plainly:
        answer["values"] = match.meanings.values
    if not match.sure:
        answer["optional"] = True
    return answer


def _as_code(said: str) -> int | str:
    return int(said) if said.lstrip("-").isdigit() else said


def doubts(match: Match, meant: dict[str, str]) -> list[Question]:
    """What is not certain about an item."""
    where = {"item": match.item, "column": " / ".join(c.header for c in match.columns)}
    meanings = match.meanings
    if meanings.rescaled and not meant:
        return [Question("rescaled", where | {"values": ", ".join(meanings.unknown[:8])})]
    asked = []
    if not match.sure:
        asked.append(Question("is_this_the_item", where))
    if meanings.by_position:
        asked.append(Question("by_position", where))
    unknown = [value for value in meanings.unknown if value not in meant]
    if unknown:
        asked.append(Question("values_unknown", where | {"values": "; ".join(unknown[:8])}))
    return asked
