"""The invented log of a service desk that one project opened: its cases, event by event."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, time, timedelta

import numpy as np

from data.sample.conduct import keepers
from data.sample.effects import LAST_DAY
from data.sample.register import Rows, ids, numbered

_CASES = 160
#: How cases come, and how often; so few by letter that they may not be told by themselves.
_CHANNELS = ("Verkko", "Puhelin", "Palvelupiste", "Kirje")
_OFTEN = (0.6, 0.25, 0.12, 0.03)
#: What is done in a case, by which unit, and how many hours it is waited for in the middle.
_STEPS = (
    ("Yhteydenotto kirjattu", "Neuvonta", 0.0),
    ("Käsittelijä nimetty", "Neuvonta", 3.0),
    ("Lisätietoja pyydetty", "Neuvonta", 20.0),
    ("Vastaus valmisteltu", "Palvelut", 60.0),
    ("Vastaus annettu", "Palvelut", 8.0),
)
_ASKED, _ASKED_AGAIN = 0.3, 0.25


def records(
    portfolio: list[dict], known: dict[str, Rows], rng: np.random.Generator
) -> dict[str, Rows]:
    """Rows of events, in the order of cases and of time."""
    project = keepers(portfolio)[0]
    number = ids(known["project"])[project["code"]]
    days = max((LAST_DAY - project["starts"]).days - 60, 30)
    rows: Rows = []
    for case in range(_CASES):
        opened = datetime.combine(project["starts"], time(8), UTC)
        began = opened + timedelta(days=int(rng.integers(days)), minutes=int(rng.integers(480)))
        channel = _CHANNELS[int(rng.choice(len(_CHANNELS), p=_OFTEN))]
        key = hashlib.sha256(f"case:{project['code']}-{case}".encode()).hexdigest()
        told = {"project_id": number, "case_key": key, "channel": channel, "lifecycle": ""}
        rows += [told | event for event in _events(began, rng)]
    return {"logged_event": numbered(rows)}


def _events(began: datetime, rng: np.random.Generator) -> Rows:
    """The events of one case: more is asked of some, and of some of them twice."""
    first, named, asked, drafted, answered = _STEPS
    steps = [first, named]
    if rng.random() < _ASKED:
        steps += [asked] * (2 if rng.random() < _ASKED_AGAIN else 1)
    rows: Rows = []
    at = began
    for activity, unit, hours in [*steps, drafted, answered]:
        at += timedelta(minutes=round(60 * hours * float(rng.lognormal(0, 0.8))))
        rows.append({"activity": activity, "unit": unit, "happened_at": at})
    return rows
