"""XML files, looked at: LimeSurvey structures with their questions, logs and IATI files counted."""

from __future__ import annotations

import html
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from data.imports.limits import Unreadable
from data.imports.xml_elements import elements

_TAGS = re.compile(r"<[^>]+>")
#: What is counted in a file that is only recognised.
_COUNTED = {
    "xes": ("trace", "event"),
    "iati": ("iati-activity", "result", "indicator", "period"),
}
_SECTIONS = ("questions", "subquestions", "answers", "question_l10ns", "answer_l10ns")


def looked_at(path: Path, root: str) -> tuple[str, dict[str, int], dict]:
    """The kind of an XML file, counts in it, and a questionnaire's structure.

    root: its outermost element. Raises: Unreadable for XML that is broken, too deep, hostile, or
    of no known kind.
    """
    if root == "document":
        rows: dict[str, list[dict[str, str]]] = {name: [] for name in _SECTIONS}
        for section, row in _rows(path):
            if section in rows:
                rows[section].append(row)
        if rows["questions"]:
            return "limesurvey_structure", {"question": len(rows["questions"])}, _questions(rows)
    source = {"log": "xes", "iati-activities": "iati"}.get(root)
    if source is None:
        raise Unreadable("other_kind", found=f"XML <{root[:40]}>")
    counts = Counter(tag for event, _, tag, _ in elements(path) if event == "start")
    return source, {name: counts[name] for name in _COUNTED[source]}, {}


def _rows(path: Path) -> Iterator[tuple[str, dict[str, str]]]:
    """The rows of a LimeSurvey structure, each with its section."""
    section = ""
    for event, depth, tag, element in elements(path):
        if event == "start":
            section = tag if depth == 2 else section
        elif tag == "row" and section:
            yield section, {inner.tag: inner.text or "" for inner in element}


def _questions(rows: dict[str, list[dict[str, str]]]) -> dict:
    """Questions by their code as headings write it, and the answers of each.

    Shape: ``{"Q1[SQ001]": {"text": {language: text}, "stem": {...}, "answers": {code: {...}}}}``.
    Older versions keep the texts in the questions, newer ones in tables of their own.
    """
    said = _texts(rows["question_l10ns"], "question") or {}
    subs = [row for row in rows["subquestions"]]
    subs += [row for row in rows["questions"] if row.get("parent_qid", "0") not in ("0", "")]
    tops = [row for row in rows["questions"] if row.get("parent_qid", "0") in ("0", "")]
    texts: dict[str, dict[str, str]] = dict(said)
    for row in [*tops, *subs]:
        if row.get("question"):
            texts.setdefault(row["qid"], {})[row.get("language", "")] = plain(row["question"])
    answers = _answers(rows)
    codes = {row["qid"]: row["title"] for row in tops}
    found = {
        code: {"text": texts.get(qid, {}), "stem": {}, "answers": answers.get(qid, {})}
        for qid, code in codes.items()
    }
    for row in subs:
        parent = row["parent_qid"]
        if parent in codes:
            found[f"{codes[parent]}[{row['title']}]"] = {
                "text": texts.get(row["qid"], {}),
                "stem": texts.get(parent, {}),
                "answers": answers.get(parent, {}),
            }
    return found


def _texts(rows: list[dict[str, str]], name: str) -> dict[str, dict[str, str]]:
    found: dict[str, dict[str, str]] = {}
    for row in rows:
        found.setdefault(row["qid"], {})[row.get("language", "")] = plain(row.get(name, ""))
    return found


def _answers(rows: dict[str, list[dict[str, str]]]) -> dict[str, dict[str, dict[str, str]]]:
    """The answers of each question, in their order: their texts by code and language."""
    worded: dict[str, dict[str, str]] = {}
    for row in rows["answer_l10ns"]:
        worded.setdefault(row["aid"], {})[row.get("language", "")] = plain(row.get("answer", ""))
    found: dict[str, dict[str, dict[str, str]]] = {}
    ordered = sorted(rows["answers"], key=lambda row: int(row.get("sortorder") or 0))
    for row in ordered:
        texts = found.setdefault(row["qid"], {}).setdefault(row["code"], {})
        if row.get("answer"):
            texts[row.get("language", "")] = plain(row["answer"])
        texts |= worded.get(row.get("aid", ""), {})
    return found


def plain(said: str) -> str:
    """A text without its markup."""
    return " ".join(html.unescape(_TAGS.sub(" ", said)).split())
