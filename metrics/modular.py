"""Linear algebra on whole numbers modulo a prime: exact, and fast enough in doubles."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from metrics.populations import Whole

Reals = NDArray[np.float64]

#: The largest prime below 2**23.
PRIME = 8_388_593
#: Products of this many pairs of residues are summed without loss: 2 * 22 + 6 < 53 bits.
_PANEL = 48


def inverse(numbers: Whole) -> Whole:
    """One over each number modulo PRIME; 0 for multiples of PRIME."""
    different, place = np.unique(numbers % PRIME, return_inverse=True)
    found = [pow(int(number), -1, PRIME) if number else 0 for number in different]
    return np.array(found, dtype=np.int64)[place].reshape(numbers.shape)


def eliminate(block: Reals, columns: int) -> list[int]:
    """The pivot columns, with the block brought to echelon form in place modulo PRIME.

    Only the first ``columns`` are pivoted on; pivot rows come first. Panels of _PANEL columns are
    eliminated one column at a time, and what lies right of them by one product of matrices, whose
    sums of _PANEL products of residues stay exact in doubles.
    """
    pivots: list[int] = []
    for start in range(0, columns, _PANEL):
        top, end = len(pivots), min(start + _PANEL, columns)
        if top == len(block):
            break
        factors = np.zeros((len(block) - top, end - start))
        found = _panel(block, top, start, end, factors)
        pivots += found
        height = len(found)
        right = block[top:, end:]
        for row in range(1, height):
            right[row] = residues(right[row] - factors[row, :row] @ right[:row])
        right[height:] = residues(right[height:] - factors[height:, :height] @ right[:height])
    return pivots


def _panel(block: Reals, top: int, start: int, end: int, factors: Reals) -> list[int]:
    """The pivots of a panel, eliminated below ``top``; factors: what was subtracted, by pivot."""
    found: list[int] = []
    for column in range(start, end):
        row = top + len(found)
        filled = block[row:, column].nonzero()[0]
        if not len(filled):
            continue
        if filled[0]:
            swapped = [row, row + filled[0]]
            block[swapped] = block[swapped[::-1]]
            factors[[swapped[0] - top, swapped[1] - top]] = factors[
                [swapped[1] - top, swapped[0] - top]
            ]
        below = filled[1:] + row
        if len(below):
            over = pow(int(block[row, column]), -1, PRIME)
            factor = residues(block[below, column] * over)
            factors[below - top, len(found)] = factor
            block[below, column:end] = residues(
                block[below, column:end] - factor[:, None] * block[row, column:end]
            )
        found.append(column)
    return found


def solved(block: Reals, pivots: list[int], columns: int, rest: Reals) -> Whole:
    """Values of the columns whose sums cancel ``rest``, with zeros off the pivots, modulo PRIME."""
    values = np.zeros((columns, rest.shape[1]), dtype=np.int64)
    rest = -rest[: len(pivots)]
    for row in range(len(pivots) - 1, -1, -1):
        column = pivots[row]
        over = pow(int(block[row, column]), -1, PRIME)
        value = residues(rest[row] * over)
        values[column] = value
        rest[:row] = residues(rest[:row] - block[:row, column, None] * value)
    return values


def residues(numbers: Reals) -> Reals:
    """Whole numbers below 2**53 modulo PRIME, as doubles around zero; multiples become zero."""
    return numbers - np.rint(numbers * (1 / PRIME)) * PRIME
