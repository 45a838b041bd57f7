"""From the sums of a scale to the sums of each of its items: what item statistics are judged from.

atoms: `frames.SCALE_PRODUCTS`; the part names the items of the scale in their order, with a blank
between and "-" for an item that another scale has claimed already (`items.items_of_scales`).
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from metrics.frames import PRODUCT_COLUMNS, PRODUCT_ITEMS, SUM_COLUMNS

_KEYS = ["project", "instrument", "wave"]
_REST = ["x", "y", "xx", "yy", "xy"]

Sums = dict[str, NDArray[np.int64]]


def with_items(atoms: pd.DataFrame) -> pd.DataFrame:
    """The atoms with the number of items in a form that adds up: item_answers."""
    return atoms.assign(item_answers=atoms["items"] * atoms["n"]).drop(columns="items")


def by_item(atoms: pd.DataFrame) -> pd.DataFrame:
    """One row an item: sums of the item (x), of the rest of its scale (y), and of products."""
    return _each(atoms, _item_and_rest, _REST)


def without_item(atoms: pd.DataFrame) -> pd.DataFrame:
    """One row an item: the sums of its scale without it, and one item fewer."""
    return _each(atoms, _others, [*SUM_COLUMNS, *PRODUCT_COLUMNS])


def _each(
    atoms: pd.DataFrame, sums: Callable[[pd.DataFrame, int], Sums], columns: list[str]
) -> pd.DataFrame:
    """The rows of every item, place by place; the part is the item's code."""
    if atoms.empty:
        nothing = dict.fromkeys(["item_answers", *columns], 0)
        return atoms[[*_KEYS, "part", "n"]].assign(**nothing)
    items = atoms["part"].cat.categories.str.split(" ")
    most = max(len(names) for names in items)
    names = np.array([[*each, *["-"] * (most - len(each))] for each in items], dtype=object)
    codes = atoms["part"].cat.codes.to_numpy()
    found = pd.concat(
        [
            pd.DataFrame(
                {
                    **{name: atoms[name].array for name in _KEYS},
                    "part": names[codes, place],
                    "n": atoms["n"].to_numpy(),
                    **sums(atoms, place),
                }
            )
            for place in range(most)
        ],
        ignore_index=True,
    )
    found = found[(found["part"] != "-").to_numpy()].reset_index(drop=True)
    return found.assign(part=found["part"].astype(str).astype("category"))


def _product(atoms: pd.DataFrame, one: int, other: int) -> NDArray[np.int64]:
    return atoms[f"p{min(one, other) + 1}{max(one, other) + 1}"].to_numpy()


def _item_and_rest(atoms: pd.DataFrame, place: int) -> Sums:
    places = range(PRODUCT_ITEMS)
    x, xx = atoms[f"s{place + 1}"].to_numpy(), _product(atoms, place, place)
    total = sum(atoms[f"s{other + 1}"].to_numpy() for other in places)
    with_total = sum(_product(atoms, place, other) for other in places)
    squares = sum(_product(atoms, one, other) for one in places for other in places)
    return {
        "item_answers": (atoms["items"] * atoms["n"]).to_numpy(),
        "x": x,
        "y": total - x,
        "xx": xx,
        "yy": squares - 2 * with_total + xx,
        "xy": with_total - xx,
    }


def _others(atoms: pd.DataFrame, place: int) -> Sums:
    """Beyond the items that are left everything is 0."""
    kept = [other for other in range(PRODUCT_ITEMS) if other != place]
    nothing = np.zeros(len(atoms), dtype=np.int64)
    sums: Sums = dict.fromkeys([*SUM_COLUMNS, *PRODUCT_COLUMNS], nothing)
    for a, one in enumerate(kept, 1):
        sums[f"s{a}"] = atoms[f"s{one + 1}"].to_numpy()
        sums |= {f"p{a}{b}": _product(atoms, one, kept[b - 1]) for b in range(a, len(kept) + 1)}
    return {"item_answers": ((atoms["items"] - 1) * atoms["n"]).to_numpy(), **sums}
