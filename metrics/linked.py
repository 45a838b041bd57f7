"""Figures whose people are not sums of atoms: they follow the pattern of what they are made from.

A response rate counts the respondents of those projects only whose invitations are known. A
change between two waves is a difference of two means that are published themselves, over the
projects that were measured twice. Both could give away what the figures below them hide.
"""

from __future__ import annotations

import numpy as np

from metrics.complementary import Table
from metrics.modular import PRIME, inverse
from metrics.populations import Marks, Populations, Whole
from metrics.recoverable import Contrasts, free_values


def hidden_rates(populations: Populations, hidden: Marks, counted: Marks, minimum: int) -> Marks:
    """Rates that would tell how many of a few hidden people answered. Shape: nodes x slots.

    hidden: populations whose number of respondents is not shown. counted: project cells that have
    a rate. Above them, the hidden respondents of the projects with a rate, and those of the
    projects without, are either nobody or at least two cells with ``minimum`` people.
    """
    many = len(populations.projects)
    people = populations.people()[:many]
    found = hidden.copy()
    for side in (counted, ~counted):
        own = hidden[:many] & side & (people > 0)
        several, few = populations.over(own), populations.over(own * people) < minimum
        found[many:] |= (several == 1) | ((several > 0) & few)
    return found


def hidden_changes(
    populations: Populations,
    table: Table,
    hidden: Marks,
    waves: tuple[int, int],
    offered: Marks,
    minimum: int,
) -> Marks:
    """Changes between two waves that would give away a hidden mean. Shape: nodes x slots.

    table, hidden: the means that the changes are made of, and which of them are not shown.
    waves: the earlier and the later one; a change stands in the slot of the later one. offered:
    changes that have a figure and are not hidden for their own sake.
    """
    slots, many = populations.slots, len(populations.projects)
    earlier, later = (_slots_of(populations, wave) for wave in waves)
    secret = hidden[:, earlier] | hidden[:, later]
    sides = [table.people[:many][:, each] for each in (earlier, later)]
    twice = (sides[0] > 0) & (sides[1] > 0)
    people = np.minimum(*sides) * twice
    lost = secret[:many] & twice
    several = populations.over(lost)
    few = (several == 1) | ((several > 0) & (populations.over(lost * people) < minimum))
    shown = offered[:, later] & ~secret
    shown[many:] &= ~few
    shares = [inverse(side) for side in sides]
    while True:
        entity, column = np.nonzero(shown[many:])
        weight = np.stack([-shares[0][:, column].T, shares[1][:, column].T], axis=1)
        weight *= (populations.member[entity] & twice[:, column].T)[:, None]
        contrasts = Contrasts(np.stack([earlier[column], later[column]], axis=1), weight % PRIME)
        given_away = _given_away(populations, table, hidden, contrasts, (earlier, later), lost)
        if not given_away.any() or not len(entity):
            break
        taking_part = populations.over(given_away) > 0
        guilty = shown[many:] & taking_part
        shown[many:] &= ~(guilty if guilty.any() else shown[many:])
    found = np.ones((len(hidden), slots.size), dtype=bool)
    found[:, later] = ~shown
    return found


def _slots_of(populations: Populations, wave: int) -> Whole:
    """The slots of a wave: its total, then its groups."""
    slots = populations.slots
    start = slots.by_group.start + wave * len(slots.groups)
    return np.concatenate([[wave], np.arange(start, start + len(slots.groups))])


def _given_away(
    populations: Populations,
    table: Table,
    hidden: Marks,
    contrasts: Contrasts,
    sides: tuple[Whole, Whole],
    lost: Marks,
) -> Marks:
    """Project cells whose hidden mean, or change, follows from all that is shown.

    Shape: projects x slots of a wave.
    """
    many = len(populations.projects)
    present = table.people > 0
    shown = present & table.offered & ~hidden
    weight = table.weights[-1]
    values, _ = free_values(populations, table.atoms, shown, weight, contrasts)
    values = values[:many]
    found = np.zeros_like(lost)
    means = []
    for side in sides:
        cells = hidden[:many, side] & present[:many, side]
        found |= cells & ~values[:, side].any(axis=2)
        means.append(values[:, side] * weight[:, side, None] % PRIME)
    return found | (lost & ~(means[0] - means[1]).any(axis=2))
