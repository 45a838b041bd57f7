"""Invented collections by link: two that are open, one that is closed, and what was replied.

No link is stored: the installation makes it, with its own secret, when somebody first asks for it.
"""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, time

from data.fieldwork.local_time import moment
from data.fieldwork.notices import shipped
from data.sample.register import Rows, ids
from data.sample.users import PERSONAS
from survey.instrument import WHOLE_PROCESS
from survey.text import LANGUAGES

_WRITER = "manager"
_LANGUAGES = " ".join(LANGUAGES)
_NOTICE_FROM = date(2022, 1, 1)
_NOV_2, _NOV_9 = datetime(2026, 11, 2), datetime(2026, 11, 9)
#: Project, questionnaire, wave, phase, groups and first day of what is open; it has no end, so
#: that it is open whenever somebody looks.
_OPEN = (
    ("tuulispaa", "process_pulse@1", "during", "P8", ("RES", "STAFF", "NGO"), _NOV_2),
    ("lautaselta-takaisin", "process_quality@1", "follow_up", "P7", ("STAFF", "COM"), _NOV_9),
)
#: The project of a collection that was answered long ago, its questionnaire and wave.
_CLOSED = ("kaarnalaiva", "benefit@1", "follow_up")
_THANKS = {
    "thanks_fi": "Kerromme tällä sivulla myöhemmin, mitä vastausten perusteella tehtiin.",
    "thanks_sv": "Här berättar vi senare vad svaren ledde till.",
    "thanks_en": "We will tell here later what was done because of the answers.",
}
_REPLIES = {
    "collection": {
        "fi": "Kerroitte, että tietoa oli vaikea löytää. Kokosimme ohjeet yhdelle sivulle ja "
        "lisäsimme niihin selkokieliset tiivistelmät.",
        "sv": "Ni berättade att informationen var svår att hitta. Vi samlade anvisningarna på en "
        "sida och lade till korta sammanfattningar på lätt språk.",
        "en": "You told us that information was hard to find. We put the instructions on one page "
        "and added short summaries in plain language.",
    },
    "proposal": {
        "fi": "Ehdotus on toteutettu. Kiitos ideasta!",
        "sv": "Förslaget har genomförts. Tack för idén!",
        "en": "The proposal has been carried out. Thank you for the idea!",
    },
}


def records(known: dict[str, Rows], versions: dict[str, int]) -> dict[str, Rows]:
    """Rows of notices, openings with their groups, replies, and all collections, with two more.

    known: the rows of the portfolio so far. versions: ids of instrument versions by key.
    """
    collections = [*known["collection"]]
    projects = ids(known["project"])
    openings, groups = [], []
    for code, instrument, wave, phase, asked, opens in _OPEN:
        number = len(collections) + 1
        collections.append(
            {
                "id": number,
                "project_id": projects[code],
                "instrument_version_id": versions[instrument],
                "revision": 0,
                "wave": wave,
                "phase": phase,
                "opens_on": opens.date(),
                "closes_on": None,
            }
        )
        openings.append(_opening(known, number, code, moment(opens), None, 0))
        groups += [{"collection_id": number, "group_code": group} for group in asked]
    closed = _closed(known, versions)
    number, ends = closed["id"], moment(datetime.combine(closed["closes_on"], time(23, 59)))
    starts = moment(datetime.combine(closed["opens_on"], time()))
    openings.append(_opening(known, number, _CLOSED[0], starts, ends, closed["revision"]))
    groups += [
        {"collection_id": number, "group_code": group}
        for group in sorted(
            {row["group_code"] for row in known["response"] if row["collection_id"] == number}
        )
    ]
    return {
        "collection": collections,
        "notice": [
            {"version": version, "valid_from": _NOTICE_FROM, **text.model_dump()}
            for version, text in shipped().items()
        ],
        "opening": openings,
        "opening_group": groups,
        "reply": _replies(known, number),
    }


def _closed(known: dict[str, Rows], versions: dict[str, int]) -> dict:
    project, instrument, wave = _CLOSED
    key = (ids(known["project"])[project], versions[instrument], wave, WHOLE_PROCESS)
    columns = ("project_id", "instrument_version_id", "wave", "phase")
    return next(
        row for row in known["collection"] if tuple(row[column] for column in columns) == key
    )


def _opening(
    known: dict[str, Rows],
    number: int,
    project: str,
    opens: datetime,
    closes: datetime | None,
    sealed: int,
) -> dict:
    return {
        "collection_id": number,
        "public_id": hashlib.sha256(f"{project}:{number}".encode()).hexdigest()[:32],
        "opens_at": opens,
        "closes_at": closes,
        "link": "anonymous",
        "notice_version": max(shipped()),
        "languages": _LANGUAGES,
        "sealed": sealed,
        "created_at": opens,
        "created_by": _written_by(known),
        **_THANKS,
    }


def _replies(known: dict[str, Rows], collection: int) -> Rows:
    done = [row["proposal_id"] for row in known["proposal_status"] if row["status"] == "done"]
    subjects = {"collection": collection, "proposal": min(done)}
    last = max(row["on_date"] for row in known["proposal_status"] if row["on_date"])
    at = datetime.combine(last, time(12), UTC)
    return [
        {
            "id": number,
            "collection_id": subject if about == "collection" else None,
            "proposal_id": subject if about == "proposal" else None,
            **_REPLIES[about],
            "status": "published",
            "published_at": at,
            "written_at": at,
            "written_by": _written_by(known),
        }
        for number, (about, subject) in enumerate(subjects.items(), start=1)
    ]


def _written_by(known: dict[str, Rows]) -> str:
    number = next(row["id"] for row in known["app_user"] if row["subject"] == _WRITER)
    return f"{number} {PERSONAS[_WRITER]}"
