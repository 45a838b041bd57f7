"""How a self-assessment came about: who did what when, and what was before."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard.judging.conflict import title
from dashboard.judging.draft import ACTION, action_of, rating_of
from dashboard.judging.words import action_words, criteria_of, rating_words
from dashboard.literal import literal
from dashboard.session import Viewing
from dashboard.truth import engine
from dashboard.wording import say
from data.database import reading
from data.judgement.assessment_reading import Assessment, Change, Event, history


def past(viewing: Viewing, assessment: Assessment) -> None:
    """Everything that became of an assessment, the newest first."""
    language = viewing.language
    with reading(engine()) as connection:
        events = history(connection, viewing.user, assessment.id)
    st.table(
        pd.DataFrame(
            {
                say("judge.when", language): [
                    literal(written.moment(event.at, language)) for event in events[::-1]
                ],
                say("judge.who", language): [literal(event.by) for event in events[::-1]],
                say("judge.what", language): [
                    literal(event_words(event, assessment, language)) for event in events[::-1]
                ],
            }
        ),
        alt=say("judge.history", language),
        hide_index=True,
    )


def event_words(event: Event, assessment: Assessment, language: str) -> str:
    """What somebody did, with what was before and after."""
    said = [say(f"judge.act.{event.act}", language)]
    if event.reason:
        said.append(say("judge.reason_words", language, reason=event.reason))
    for name, change in event.changes.items():
        before, after = (
            side_words(name, side, assessment, language) for side in (change.before, change.after)
        )
        said.append(
            say(
                f"judge.changed.{manner(change)}",
                language,
                what=title(name, language),
                before=before,
                after=after,
            )
        )
    return " ".join(said)


def manner(change: Change) -> str:
    """Whether something came, went, or became something else."""
    if change.before is None:
        return "added"
    return "removed" if change.after is None else "replaced"


def side_words(
    name: str, side: Mapping[str, Any] | None, assessment: Assessment, language: str
) -> str:
    """What something was before or is since, in words."""
    if side is None:
        return ""
    if name.startswith(ACTION):
        return action_words(action_of(side), language)
    if "level" not in side:
        return str(side.get("name", ""))
    return rating_words(rating_of(side), criteria_of(assessment).get(name), language)
