"""What buttons do: one step in one transaction, and what the reader is told of it afterwards."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa
import streamlit as st

from dashboard import format as written
from dashboard import session
from dashboard.literal import literal
from dashboard.surveys.views import present
from dashboard.truth import engine
from dashboard.wording import say
from data.access import NotPermitted, User
from data.database import writing
from data.fieldwork.installation import ExposedSecret
from data.reporting.claims import RefusedClaim
from data.reporting.definitions import RefusedIndicator
from data.reporting.periods import RefusedPeriod
from data.reporting.proofs import RefusedProof
from data.reporting.targets import RefusedTarget
from data.reporting.values import RefusedReport

_SAID = "report_said"
#: What the floor below refuses with, and the beginning of the keys of its texts.
REFUSALS: Mapping[type[Exception], str] = {
    RefusedReport: "report.refused",
    RefusedProof: "proof.refused",
    RefusedPeriod: "period.refused",
    RefusedClaim: "claim.refused",
    RefusedTarget: "target.refused",
    RefusedIndicator: "indicator.refused",
}
Step = Callable[[sa.Connection, User], Any]


class Said(NamedTuple):
    """What came of a click: a text, its values, and whether it went well."""

    well: bool
    key: str
    values: Mapping[str, object]


def attempt(step: Step) -> Any:
    """What a step gave back once it is stored; None where it was refused, which is kept for the
    page to say."""
    try:
        with writing(engine()) as connection:
            return step(connection, present(connection))
    except tuple(REFUSALS) as refused:
        say_later(False, f"{REFUSALS[type(refused)]}.{refused.code}", **refused.values)
    except NotPermitted:
        say_later(False, "report.refused.permission")
    except ExposedSecret:
        say_later(False, "survey.wrong.exposed_secret")
    return None


def say_later(well: bool, key: str, **values: object) -> None:
    """Keep what the next run of the page is to say."""
    session.keep(_SAID, Said(well, key, values))


def tell(language: str) -> None:
    """Say what came of the last click, once."""
    said: Said | None = session.kept(_SAID)
    if said is None:
        return
    session.keep(_SAID, None)
    values = {name: _plain(value, language) for name, value in said.values.items()}
    (st.success if said.well else st.error)(literal(say(said.key, language, **values)))


def _plain(value: object, language: str) -> str:
    if isinstance(value, date):
        return written.day(value, language)
    if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
        whole = float(value).is_integer()
        return written.number(float(value), language, 0 if whole else 2)
    return say("table.none", language) if value is None else str(value)
