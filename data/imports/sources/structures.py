"""XML files, looked at: LimeSurvey structures with their questions, event logs, IATI files."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from pathlib import Path

from data.imports.limits import Unreadable
from data.imports.sources.event_logs import Event

#: Elements within elements; no file of the field has so many.
DEEPEST = 100
_TAGS = re.compile(r"<[^>]+>")
#: What is counted in a file that is only recognised.
_COUNTED = {
    "xes": ("trace", "event"),
    "iati": ("iati-activity", "result", "indicator", "period"),
}
_SECTIONS = ("questions", "subquestions", "answers", "question_l10ns", "answer_l10ns")


def looked_at(path: Path) -> tuple[str, dict[str, int], dict, list[Event]]:
    """The kind of an XML file, counts in it, a questionnaire's structure, a log's events.

    Raises: Unreadable for XML that is broken, too deep, hostile, or of no known kind.
    """
    root, counts = "", {}
    events: list[Event] = []
    rows: dict[str, list[dict[str, str]]] = {name: [] for name in _SECTIONS}
    for kind, depth, tag, value, section in _walked(path):
        if depth == 1 and kind == "start":
            root = tag
        counts[tag] = counts.get(tag, 0) + (kind == "start")
        if kind == "row" and section in rows:
            rows[section].append(value)
        if kind == "trace":
            events += value["events"]
    if root == "document" and rows["questions"]:
        return "limesurvey_structure", {"question": len(rows["questions"])}, _questions(rows), []
    if root == "log" and "trace" in counts:
        return "xes", {name: counts.get(name, 0) for name in _COUNTED["xes"]}, {}, events
    if root == "iati-activities":
        return "iati", {name: counts.get(name, 0) for name in _COUNTED["iati"]}, {}, []
    raise Unreadable("other_kind", found=f"XML <{root[:40]}>")


def _walked(path: Path) -> Iterator[tuple[str, int, str, dict, str]]:
    """Starts of elements with their depth; rows of a LimeSurvey structure with their section."""
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    depth, section, above = 0, "", []
    try:
        for event, element in iterparse(path, events=("start", "end"), forbid_dtd=True):
            tag = element.tag.rpartition("}")[2]
            if event == "start":
                depth += 1
                if depth > DEEPEST:
                    raise Unreadable("suspicious_archive", reason=f"> {DEEPEST}")
                above.append(tag)
                section = tag if depth == 2 else section
                yield "start", depth, tag, {}, section
                continue
            if tag == "row" and section:
                yield "row", depth, tag, {c.tag: c.text or "" for c in element}, section
            if tag == "trace":
                yield "trace", depth, tag, {"events": _events(element)}, section
            if depth <= 2 or tag in ("row", "trace", "iati-activity"):
                element.clear()
            depth -= 1
            above.pop()
    except DefusedXmlException as error:
        raise Unreadable("suspicious_archive", reason=type(error).__name__) from error
    except (ParseError, ValueError) as error:
        raise Unreadable("damaged_file") from error


def _events(trace) -> list[Event]:
    """Case, activity and moment of the events of a trace."""

    def said(element, key: str) -> str:
        return next((c.get("value", "") for c in element if c.get("key") == key), "")

    case = said(trace, "concept:name")
    return [
        (case, said(event, "concept:name"), said(event, "time:timestamp"))
        for event in trace
        if event.tag.rpartition("}")[2] == "event"
    ]


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
