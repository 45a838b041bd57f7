"""What the invented open answers are about, and which of them may be quoted."""

from __future__ import annotations

from datetime import UTC, datetime, time

from data.sample.effects import KNOWN_EFFECTS, LAST_DAY
from data.sample.register import Rows, ids, numbered
from data.voices.open_answers import theme_code
from survey.keywords import themes as subjects

#: Kind and subject (`survey.keywords`) of each theme, and how the answers begin that are about it.
_THEMES = (
    ("challenge", "schedule",
     ("Aikataulu", "Det var svårt", "Kokouksia", "Laitteen", "We gave")),
    ("challenge", "information", ("Osa sanoista", "Most material")),
    ("challenge", "influence", ("En tiennyt", "Samma frågor")),
    ("success", "participation", ("Kaikki pääsivät", "Stämningen")),
    ("success", "facilitation", ("Kokeilu saatiin", "Vetäjä", "The trial")),
    ("benefit", "cooperation", ("Opin tuntemaan", "Jag fick", "I met", "I know")),
    ("benefit", "usefulness", ("Sain", "Oma työni", "Asiointi", "Uskallan", "Tjänsten")),
)  # fmt: skip
#: A project whose people wrote so much that it can be quoted: each answers one question, in turn.
_TALKATIVE = KNOWN_EFFECTS.modest_project
_ITEMS = ("HARD_TEXT", "SUCCESS_TEXT", "BENEFIT_TEXT")
#: An answer that is about nothing stands under no theme and is not quoted.
_CODER = "evaluator"


def more_answers(known: dict[str, Rows], version: int, voices: list[list[str]]) -> dict[str, Rows]:
    """Rows of open answer: those there are, and the words of one project where people wrote a lot.

    version: the number of the questionnaire. Nobody's answer changes: who wrote nothing to a
    question writes something to it.
    """
    project = ids(known["project"])[_TALKATIVE]
    asked = {
        row["id"]
        for row in known["collection"]
        if row["project_id"] == project and row["instrument_version_id"] == version
    }
    words: dict[tuple[str, str], list[str]] = {}
    for _, item, language, text in voices:
        words.setdefault((item, language), []).append(text)
    written = {(row["response_id"], row["item"]) for row in known["open_answer"]}
    there = [row for row in known["response"] if row["collection_id"] in asked]
    added = []
    for place, row in enumerate(there):
        item = _ITEMS[place % len(_ITEMS)]
        said = words[item, row["language"]]
        if (row["id"], item) not in written:
            text = said[place // len(_ITEMS) % len(said)]
            added.append({"response_id": row["id"], "item": item, "text": text})
    return {"open_answer": known["open_answer"] + added}


def records(known: dict[str, Rows]) -> dict[str, Rows]:
    """Rows of theme, coding and clearance; of answers with the same words one is cleared."""
    themes = numbered(
        [
            {
                "code": theme_code(kind, subject),
                "kind": kind,
                "name_fi": subjects()[subject].name.fi,
                "name_sv": subjects()[subject].name.sv,
                "name_en": subjects()[subject].name.en,
            }
            for kind, subject, _ in _THEMES
        ]
    )
    number = {row["code"]: row["id"] for row in themes}
    starts = {
        start: number[theme_code(kind, subject)]
        for kind, subject, begins in _THEMES
        for start in begins
    }
    coder = next(row["id"] for row in known["app_user"] if row["subject"] == _CODER)
    at = datetime.combine(LAST_DAY, time(12), UTC)
    codings = [
        {
            "response_id": answer["response_id"],
            "item": answer["item"],
            "theme_id": theme,
            "coded_by": coder,
            "coded_at": at,
        }
        for answer in known["open_answer"]
        for start, theme in starts.items()
        if answer["text"].startswith(start)
    ]
    place = {row["id"]: row["collection_id"] for row in known["response"]}
    said = {
        (place[row["response_id"]], row["item"], row["text"]): row["response_id"]
        for row in known["open_answer"]
    }
    once = {(response, item) for (_, item, _), response in said.items()}
    cleared = [
        {
            "response_id": row["response_id"],
            "item": row["item"],
            "redacted_text": None,
            "cleared_by": coder,
            "cleared_at": at,
        }
        for row in codings
        if (row["response_id"], row["item"]) in once
    ]
    return {"answer_theme": themes, "answer_coding": codings, "answer_clearance": cleared}
