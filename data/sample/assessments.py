"""How some of the invented projects judged their own phases, and where participants saw it so not.

What is built in (`KNOWN_EFFECTS`) is found again by the tests: a blind spot, a hidden strength, and
projects that see themselves as their participants do.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta

from data.sample.effects import KNOWN_EFFECTS, LAST_DAY
from data.sample.register import Rows, ids, numbered
from survey.rubric import rubric

_KNOWN = KNOWN_EFFECTS
#: The joint level of each construct, in the order of the rubric, by project and phase.
_LEVELS = {
    # Facilitation, the right people, influence, spaces, understandability.
    (_KNOWN.blind_project, "P4"): (3, 3, 4, 3, 3),
    # Leadership, learning, rules, spaces.
    (_KNOWN.blind_project, "P6"): (3, 3, 3, 3),
    (_KNOWN.modest_project, "P4"): (2, 3, 2, 3, 3),
    **{(code, "P6"): (3, 3, 3, 3) for code in _KNOWN.agreeing_projects},
    (_KNOWN.unclear_project, "P4"): (3, 3, 2, 3, 4),
}
#: Where the second rater saw it otherwise: construct and level.
_OTHERWISE = {
    (_KNOWN.blind_project, "P4"): {"INFL": 3, "TERMS": 2},
    (_KNOWN.modest_project, "P4"): {"FACIL": 3},
    (_KNOWN.unclear_project, "P4"): {"TERMS": 2},
}
_REASONS = {
    (_KNOWN.blind_project, "P4"): {
        "INFL": "Jokaisesta ehdotuksesta päätettiin työpajassa.",
        "FACIL": "Kaikissa työpajoissa oli kaksi vetäjää.",
    },
    (_KNOWN.modest_project, "P4"): {"FACIL": "Vetäjä vaihtui kesken, ja työtavat vaihtelivat."},
    (_KNOWN.unclear_project, "P4"): {"TERMS": "Sanasto jaettiin kaikille etukäteen."},
}
#: What was agreed: construct, text, who sees to it, days to the due day, and to done (None: open).
_ACTIONS = {
    (_KNOWN.blind_project, "P4"): (
        ("INFL", "Kerrotaan jokaiselle ehdottajalle, mitä ehdotukselle tapahtui.",
         "Viestinnästä vastaava", 60, None),
        ("INCL", "Kutsutaan mukaan iltapäivätoiminnan ohjaajat.", "Vetäjä", 30, 24),
    ),
    (_KNOWN.modest_project, "P4"): (
        ("FACIL", "Sovitaan vetäjän varahenkilöstä.", "Vetäjä", 45, None),
    ),
    (_KNOWN.unclear_project, "P4"): (
        ("TERMS", "Kirjoitetaan ohjeet selkokielelle.", "Viestinnästä vastaava", 40, None),
    ),
}  # fmt: skip
#: The one that was opened again, and why.
_REOPENED = (_KNOWN.unclear_project, "P4")
_WHY = "Osallistujien vastaukset sanastosta poikkesivat selvästi omasta arviostamme."
#: A phase of the manager's own project that is only begun.
_BEGUN = (_KNOWN.modest_project, "P6")
#: Days from the end of a phase to each judgement.
_AFTER = {"first": 5, "second": 7, "joint": 14}


@dataclass
class _Kept:
    """The rows as they grow; the number of an assessment is its place among them."""

    assessments: Rows
    levels: Rows
    actions: Rows
    events: Rows


def records(known: dict[str, Rows]) -> dict[str, Rows]:
    """Rows of assessment, their levels, actions and history."""
    numbers, ends = ids(known["project"]), _ends(known)
    raters = {row["subject"]: row["id"] for row in known["app_user"]}
    managed = {
        grant["project_id"]
        for grant in known["user_grant"]
        if grant["user_id"] == raters["manager"]
    }
    kept = _Kept([], [], [], [])
    for (code, phase), levels in _LEVELS.items():
        project = numbers[code]
        first = raters["manager" if project in managed else "evaluator"]
        joint = dict(zip(rubric().of(phase), levels, strict=True))
        other = joint | _OTHERWISE.get((code, phase), {})
        for rater, kind, judged, after in (
            (first, "own", joint, "first"),
            (raters["partner"], "own", other, "second"),
            (first, "joint", joint, "joint"),
        ):
            place = {"project_id": numbers[code], "phase": phase, "rater_id": rater, "kind": kind}
            on = min(ends[project, phase] + timedelta(days=_AFTER[after]), LAST_DAY)
            reasons = _REASONS.get((code, phase), {}) if kind == "joint" else {}
            actions = _ACTIONS.get((code, phase), ()) if kind == "joint" else ()
            reopened = kind == "joint" and (code, phase) == _REOPENED
            _keep(kept, place, on, judged, reasons, actions, reopened)
    code, phase = _BEGUN
    draft = {"project_id": numbers[code], "phase": phase, "rater_id": raters["manager"]}
    _begin(kept, draft | {"kind": "own"}, LAST_DAY, {"LEAD": 2})
    return {
        "assessment": kept.assessments,
        "assessment_level": kept.levels,
        "assessment_action": numbered(kept.actions),
        "assessment_event": numbered(kept.events),
    }


def _ends(known: dict[str, Rows]) -> dict[tuple[int, str], date]:
    """When each phase of each project ended, by the phases that all templates share."""
    common = {row["id"]: row["common_phase"] for row in known["template_phase"]}
    return {
        (row["project_id"], common[row["template_phase_id"]]): row["actual_end_on"]
        for row in known["project_phase"]
        if row["actual_end_on"] is not None
    }


def _keep(
    kept: _Kept,
    place: dict,
    on: date,
    judged: dict[str, int],
    reasons: dict[str, str],
    actions: tuple,
    reopened: bool,
) -> None:
    """One submitted assessment, and, where it was, opened again."""
    _begin(kept, place, on, judged, reasons)
    assessment = kept.assessments[-1]
    for construct, words, owner, due, done in actions:
        kept.actions.append(
            {
                "assessment_id": assessment["id"],
                "construct": construct,
                "text": words,
                "owner": owner,
                "due_on": on + timedelta(days=due),
                "done_on": None if done is None else on + timedelta(days=done),
            }
        )
    assessment |= {"state": "submitted", "version": 3, "submitted_at": _at(on, 14)}
    _tell(kept, assessment, 3, "submitted", on)
    if reopened:
        assessment |= {"state": "reopened", "version": 4, "submitted_at": None}
        _tell(kept, assessment, 4, "reopened", on + timedelta(days=20), reason=_WHY)


def _begin(
    kept: _Kept,
    place: dict,
    on: date,
    judged: dict[str, int],
    reasons: dict[str, str] | None = None,
) -> None:
    """One assessment with its levels, begun and saved once."""
    assessment = {
        "id": len(kept.assessments) + 1,
        **place,
        "rubric_version": rubric().version,
        "state": "draft",
        "version": 2,
        "submitted_at": None,
    }
    kept.assessments.append(assessment)
    said = {
        construct: {
            "level": level,
            "not_applicable": False,
            "reason": (reasons or {}).get(construct),
            "evidence_link": None,
        }
        for construct, level in judged.items()
    }
    kept.levels.extend(
        {"assessment_id": assessment["id"], "construct": construct, **what}
        for construct, what in said.items()
    )
    _tell(kept, assessment, 1, "started", on)
    _tell(kept, assessment, 2, "saved", on, {key: (None, what) for key, what in said.items()})


def _tell(
    kept: _Kept,
    assessment: dict,
    version: int,
    act: str,
    on: date,
    changes: dict[str, tuple] | None = None,
    reason: str | None = None,
) -> None:
    kept.events.append(
        {
            "assessment_id": assessment["id"],
            "version": version,
            "user_id": assessment["rater_id"],
            "at": _at(min(on, LAST_DAY), 9 + version),
            "act": act,
            "changes": json.dumps(changes or {}, ensure_ascii=False, sort_keys=True),
            "reason": reason,
        }
    )


def _at(day: date, hour: int) -> datetime:
    return datetime.combine(day, time(hour), UTC)
