"""What the invented open answers are about, and which of them may be quoted."""

from __future__ import annotations

from datetime import UTC, datetime, time

from data.sample.effects import KNOWN_EFFECTS, LAST_DAY
from data.sample.register import Rows, ids, numbered

#: Code, kind and names of each theme, and how the answers begin that stand under it.
_THEMES = (
    ("aika", "challenge", "Aika ja aikataulu", "Tid och tidtabell", "Time and timetable",
     ("Aikataulu", "Det var svårt", "Kokouksia", "Laitteen", "We gave")),
    ("kieli", "challenge", "Kieli ja sanat", "Språk och ord", "Language and words",
     ("Osa sanoista", "Most material")),
    ("vastaus", "challenge", "Mitä ehdotuksille tapahtui", "Vad som hände med förslagen",
     "What became of suggestions", ("En tiennyt", "Samma frågor")),
    ("mukana", "success", "Kaikki pääsivät mukaan", "Alla kom med", "Everybody was heard",
     ("Kaikki pääsivät", "Stämningen")),
    ("kokeilu", "success", "Kokeilu ja sen vetäminen", "Försöket och hur det leddes",
     "The trial and how it was led", ("Kokeilu saatiin", "Vetäjä", "The trial")),
    ("ihmiset", "benefit", "Uudet ihmiset", "Nya människor", "New people",
     ("Opin tuntemaan", "Jag fick", "I met", "I know")),
    ("arki", "benefit", "Arki ja työ helpottuivat", "Vardagen blev lättare",
     "Daily life became easier", ("Sain", "Oma työni", "Asiointi", "Uskallan", "Tjänsten")),
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
            {"code": code, "kind": kind, "name_fi": fi, "name_sv": sv, "name_en": en}
            for code, kind, fi, sv, en, _ in _THEMES
        ]
    )
    number = {row["code"]: row["id"] for row in themes}
    starts = {start: number[theme[0]] for theme in _THEMES for start in theme[-1]}
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
