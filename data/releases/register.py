"""Whom a release speaks of stands in the release register, as with every other file that leaves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from data.publication.release_register import register_sheet
from data.releases.content import FIGURE
from metrics.metric import Profile, Split, ValueState

_TOLD = (ValueState.VALUE.value, ValueState.ZERO.value)


class UnknownPeople(Exception):
    """Nobody can tell whom the published figures speak of; the message says what to do."""


def tell(connection: sa.Connection, home: Path, figures: Sequence[Mapping[str, Any]]) -> None:
    """Nothing; the people behind the figures of a release are registered.

    Raises: release_register.TooClose; UnknownPeople.
    """
    shown = _slots(figures)
    if not shown:
        return
    # It reads extracts: their engine is loaded when a release is made, never with a page.
    from data.publication.released_sheets import LostExtracts, populations

    try:
        every = populations(connection, Profile.PUBLIC, home)
    except LostExtracts as lost:
        raise UnknownPeople(str(lost)) from lost
    spoken_of = [
        each
        for each in every
        if each.split == Split.TOTAL and (each.project, each.instrument, each.wave) in shown
    ]
    register_sheet(connection, spoken_of)


def _slots(figures: Sequence[Mapping[str, Any]]) -> set[tuple[int, str, str]]:
    """The projects, questionnaires and waves of which a figure is shown."""
    instrument, wave, state = (FIGURE.index(name) for name in ("instrument", "wave", "state"))
    return {
        (each["project"], row[instrument], row[wave])
        for each in figures
        for row in each["rows"]
        if row[state] in _TOLD
    }
