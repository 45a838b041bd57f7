"""Why something about a collection was refused, as the key of the text that says it."""

from __future__ import annotations

from data.access import NotPermitted
from data.fieldwork.installation import ExposedSecret
from data.fieldwork.notices import InvalidNotice
from data.fieldwork.openings import InvalidCollection, LostSecret
from data.fieldwork.replies import InvalidReply
from data.instruments import InstrumentConflict

#: What the floor below refuses with; anything else is a fault of the program.
REFUSALS = (
    NotPermitted,
    InvalidCollection,
    InstrumentConflict,
    LostSecret,
    ExposedSecret,
    InvalidNotice,
    InvalidReply,
)
_KEYS = {
    NotPermitted: "survey.wrong.not_permitted",
    InstrumentConflict: "survey.wrong.conflict",
    LostSecret: "survey.wrong.lost_secret",
    ExposedSecret: "survey.wrong.exposed_secret",
}


def refusal_key(refused: Exception) -> str:
    """The key of the text that says why, and what to do."""
    if isinstance(refused, InvalidReply):
        return f"reply.wrong.{refused.code}"
    if isinstance(refused, InvalidNotice):
        return f"notice.wrong.{refused.code}"
    if isinstance(refused, InvalidCollection):
        return f"survey.wrong.{refused.code}"
    return _KEYS[type(refused)]
