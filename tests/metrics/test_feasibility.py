"""What a hidden count can be: published examples, counting all tables, and two ways of solving."""

from __future__ import annotations

from dataclasses import replace
from itertools import product

import numpy as np
import pytest
from scipy.sparse import csr_array

from metrics.breakdowns import Slots, Table, crossing, outside
from metrics.complementary import close, completed
from metrics.feasibility import Asked, alike, recoverable
from tests.metrics.slow_intervals import extremes, told

NOTHING = np.zeros(0)


def table(slots: Slots, atoms: np.ndarray, offered: np.ndarray, minimum: int) -> Table:
    people = slots.spread(atoms)
    inner = slots.inner(atoms)
    small = (inner > 0) & (inner < minimum)
    least = np.full(people.shape, minimum)
    return Table(slots, people, offered, atoms > 0, small, outside(slots, atoms > 0), least)


def test_a_table_of_four_cells_with_its_margins():
    # Handbook on SDC, example 3 (Geurts): rows 7 and 3, columns 6 and 4.
    margins = csr_array([[1, 1, 0, 0], [0, 0, 1, 1], [1, 0, 1, 0], [0, 1, 0, 1]], dtype=float)
    values, nowhere = np.array([7.0, 3, 6, 4]), csr_array((0, 4))
    low, high = extremes(margins, values, nowhere, NOTHING, NOTHING, csr_array(np.eye(4)))
    np.testing.assert_allclose(low, [3, 1, 0, 0], atol=1e-9)
    np.testing.assert_allclose(high, [6, 4, 3, 3], atol=1e-9)


#: Statistics Finland's exercise: firms by region A-E and F-S; fewer than 3 are hidden.
FIRMS = {
    2001: [21, 2, 5, 9, 5, 396],
    2002: [8, 1, 6, 9, 3, 460],
    2003: [18, 2, 10, 10, 1, 592],
    2004: [17, 3, 6, 7, 7, 559],
    2005: [15, 1, 6, 12, 9, 560],
}
TOTALS = [438, 487, 633, 599, 603]


def firms() -> Table:
    slots = Slots(("year",), ("P0",), tuple("ABCDEF"))
    atoms = np.array(list(FIRMS.values()))[:, None, None, :]
    offered = np.ones((5, slots.size), dtype=bool)
    offered[:, slots.by_phase] = False
    return table(slots, atoms, offered, minimum=3)


def test_the_years_of_the_finnish_table_whose_one_hidden_cell_follows_from_the_total():
    each = firms()
    assert each.people[:, 0].tolist() == TOTALS
    primary = each.people < 3
    primary[:, each.slots.by_phase] = False
    assert primary.sum() == 5
    # 2003 leaves B + E = 3: one has 1 and the other 2, and nobody knows which.
    assert recoverable([each], primary).tolist() == [True, True, False, False, True]
    hidden = completed([each], primary, 3)
    # One cell more in 2001, 2002 and 2005: the next smallest.
    assert (hidden & ~primary).sum() == 3
    assert not recoverable([each], hidden).any()


def test_the_finnish_table_as_linear_programmes():
    rows = csr_array([[1.0, 1.0]])
    two = csr_array(np.eye(2))
    ends = extremes(rows, np.array([3.0]), two, np.ones(2), np.full(2, 2.0), two)
    assert [end.tolist() for end in ends] == [[1, 1], [2, 2]]


@pytest.mark.parametrize(
    ("groups", "is_told"),
    [
        ([4, 4], True),
        ([4, 3], False),
        ([1, 4], False),
        ([4, 4, 4], True),
        ([1, 1, 1, 1, 1], True),
    ],
)
def test_hidden_groups_that_are_all_as_large_as_can_be_are_told_by_their_sum(groups, is_told):
    slots = Slots(("end",), ("P0",), tuple(map(str, range(len(groups) + 1))))
    atoms = np.array([*groups, 40])[None, None, None, :]
    offered = np.ones((1, slots.size), dtype=bool)
    offered[:, slots.by_phase] = False
    each = table(slots, atoms, offered, minimum=5)
    hidden = each.people < 5
    assert recoverable([each], hidden).tolist() == [is_told]
    assert not recoverable([each], completed([each], hidden, 5)).any()


def test_one_woman_among_men_is_found_by_linking():
    # Handbook on SDC: 22 live and work here, 21 of them men.
    slots = Slots(("all",), ("P0",), ("men", "women"))
    atoms = np.array([21, 1])[None, None, None, :]
    offered = np.array([[True, True, True, False]])
    each = table(slots, atoms, offered, minimum=3)
    assert close(each, np.zeros_like(offered), 3).any()
    hidden = completed([each], each.people < 3, 3)
    assert hidden[0, slots.by_group].all()


def possible(atoms: np.ndarray, slots: Slots, shown: np.ndarray, hidden: np.ndarray, most: int):
    """Every table of whole numbers that agrees with what is shown, counted one by one."""
    incidence = slots.incidence()[: slots.size]
    support = np.flatnonzero(atoms.ravel() > 0)
    people = incidence @ atoms.ravel()
    reach = incidence[:, support]
    inside = ~(reach[:, None, :] & ~reach[None, :, :]).any(axis=2)
    within = (inside & shown[None, :]).any(axis=1)
    found = []
    for numbers in product(range(7), repeat=len(support)):
        x = np.zeros(atoms.size, dtype=int)
        x[support] = numbers
        sums = incidence @ x
        few = hidden & (people <= most) & within
        if (
            (sums[shown] == people[shown]).all()
            and (sums[hidden] >= 1).all()
            and (sums[few] <= most).all()
        ):
            found.append(slots.inner(x.reshape(1, *atoms.shape))[0].tolist() + sums.tolist())
    return np.array(found)


def test_crossing_waves_and_phases_agree_with_counting_every_table():
    slots = Slots(("a", "b"), ("P1", "P3"), ("X",))
    draw = np.random.default_rng(4)
    seen = 0
    for _ in range(25):
        atoms = draw.integers(0, 4, (2, 2, 1))
        atoms[0, 0] += 1
        each = table(slots, atoms[None], np.ones((1, slots.size), dtype=bool), minimum=3)
        there = each.people[0] > 0
        hidden = there & (draw.random(slots.size) < 0.5)
        hidden[slots.by_group] = hidden[slots.totals]
        if not hidden.any() or (atoms.sum() > 6):
            continue
        tables = possible(atoms, slots, there & ~hidden, hidden, 2)
        secret = np.concatenate([each.small[0], hidden])
        expected = (np.ptp(tables[:, secret], axis=0) == 0).any()
        unbounded = ~(there & ~hidden).any()
        assert recoverable([each], hidden[None])[0] == (expected and not unbounded)
        seen += expected
    assert seen > 3


def test_sums_and_linear_programmes_agree_where_phases_are_waves():
    slots = Slots(("a", "b"), ("P1", "P3"), ("X", "Y", "Z"))
    draw = np.random.default_rng(8)
    atoms = draw.integers(0, 7, (300, 2, 2, 3))
    # Each wave in a phase of its own.
    atoms[:, 0, 1] = atoms[:, 1, 0] = 0
    each = table(slots, atoms, np.ones((300, slots.size), dtype=bool), minimum=4)
    hidden = (each.people < 4) | (draw.random(each.people.shape) < 0.2)
    hidden[:, slots.by_phase] = hidden[:, slots.totals]
    found = recoverable([each], hidden)
    asked = Asked.of(each, hidden, np.arange(300))
    asked.secret[:, slots.size :] = False
    chosen = np.arange(0, 300, 5)
    assert (found[chosen] == told(asked.only(chosen), slots)).all()
    assert 30 < found.sum() < 270


def drawn(seed: int, many: int, slots: Slots, minimum: int) -> tuple[Table, np.ndarray]:
    """Projects whose waves and phases cross, of which something is hidden, at random."""
    draw = np.random.default_rng(seed)
    shape = (many, len(slots.waves), len(slots.phases), len(slots.groups))
    atoms = draw.integers(0, 3 * minimum, shape) * (draw.random(shape) < 0.5)
    # Of the last group and the first phase there are no figures, as of unknown groups and P0.
    offered = np.ones((many, slots.size), dtype=bool)
    offered[:, slots.by_phase.start] = False
    offered[:, slots.by_group][:, len(slots.groups) - 1 :: len(slots.groups)] = False
    each = table(slots, atoms, offered, minimum)
    hidden = (each.people < minimum) | (draw.random(each.people.shape) < 0.3)
    return each, hidden & (each.people > 0)


@pytest.mark.parametrize("seed", range(3))
def test_moves_through_a_network_agree_with_linear_programmes(seed):
    slots = Slots(("a", "b", "c"), ("P0", "P1", "P3"), ("X", "Y", "UNK"))
    each, hidden = drawn(seed, 40, slots, minimum=4)
    crosses = crossing(each)
    solved = told(Asked.of(each, hidden, np.arange(40)), slots)
    assert (recoverable([each], hidden) == solved)[crosses].all()
    # Protected, nothing is told, by either.
    safe = completed([each], hidden, 4)
    assert not recoverable([each], safe).any()
    assert not told(Asked.of(each, safe, np.arange(40)), slots).any()
    assert 5 < solved.sum() < 40


def test_a_table_of_which_people_skipped_the_question_is_found_whole():
    # 3 waves, 4 groups, 3 phases; figures count fewer people than the atoms that may have anybody.
    slots = Slots(("a", "b", "c"), ("P1", "P3", "P4"), ("X", "Y", "Z", "V"))
    draw = np.random.default_rng(2)
    everyone = draw.integers(1, 9, (60, 3, 3, 4))
    answered = draw.binomial(everyone, 0.8)
    each = table(slots, answered, np.ones((60, slots.size), dtype=bool), minimum=5)
    each = replace(each, support=everyone > 0, outside=outside(slots, everyone > 0))
    hidden = (each.people > 0) & (each.people < 5)
    safe = completed([each], hidden, 5)
    assert not recoverable([each], safe).any()
    assert not told(Asked.of(each, safe, np.arange(60)).only(np.arange(6)), slots).any()
    # What adds up in no way is taken for told.
    wrong = replace(each, people=each.people + (np.arange(slots.size) == 0))
    assert recoverable([wrong], safe)[~safe[:, 0]].all()


@pytest.mark.parametrize("all_of_b", [False, True])
def test_a_phase_without_a_figure_joins_no_waves(all_of_b):
    # All answers of no phase: waves a and b tell nothing of each other.
    slots = Slots(("a", "b"), ("P0",), ("X", "Y", "Z"))
    atoms = np.array([[[[2, 3, 20]], [[8, 9, 20]]], [[[2, 30, 20]], [[8, 9, 20]]]])
    offered = np.ones((2, slots.size), dtype=bool)
    offered[:, slots.by_phase] = False
    each = table(slots, atoms, offered, minimum=5)
    hidden = each.people < 5
    # Where nothing is shown of a wave, its people of no phase are hidden with it.
    hidden[:, [1, *range(5, 9)]] |= all_of_b
    assert not crossing(each).any()
    # 2 + 3 can be 1 + 4; the 2 of the other project is what its wave's total lacks.
    assert recoverable([each], hidden).tolist() == [False, True]
    assert told(Asked.of(each, hidden, np.arange(2)), slots).tolist() == [False, True]


def test_rows_that_say_the_same_are_found_whatever_they_say():
    rows = np.array([[3, 1], [0, 2], [3, 1], [2**40, 0], [0, 2]])
    first, which = alike(rows, rows > 0)
    assert (rows[first][which] == rows).all()
    assert len(first) == 3
