"""All figures of a sheet as one Arrow table: its columns, its order, and what must hold of it.

The columns are those of `metrics.metric.Result`, so a column that is added there is stored and
read without a word here. Text is plain, not numbered by a dictionary: what a figure is written as
does not depend on the figures beside it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from enum import StrEnum
from typing import get_args, get_type_hints

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from metrics.fold import coded_names
from metrics.metric import Level, Profile, Result, Results, Split, ValueState

_TYPES = {bool: pa.bool_(), int: pa.int64(), float: pa.float64(), str: pa.string()}
#: What each column of a figure holds: a type, and None beside it where the cell may be empty.
_HINTS = {name: get_args(hint) or (hint,) for name, hint in get_type_hints(Result).items()}


def _field(name: str, kind: type, *none: type) -> pa.Field:
    stored = next(stored for known, stored in _TYPES.items() if issubclass(kind, known))
    return pa.field(name, stored, nullable=bool(none))


#: The columns of a figure, as they are stored.
FIGURE = pa.schema([_field(name, *kinds) for name, kinds in _HINTS.items()])

#: What tells a figure from every other of a sheet, in the order of the sheet.
KEY = (
    "profile", "level", "entity", "metric", "instrument", "part", "wave", "split", "split_value",
)  # fmt: skip

#: Columns with a closed list of codes.
_CODES: dict[str, type[StrEnum]] = {
    "profile": Profile,
    "level": Level,
    "split": Split,
    **{name: kind for name, (kind, *_) in _HINTS.items() if issubclass(kind, StrEnum)},
}
#: What a figure without a value cannot have, and what one that is suppressed must not tell: with
#: the number of invited people known, coverage gives n back.
_OF_A_VALUE = ("value", "low", "high")
_TELLING = [
    field.name
    for field in FIGURE
    if field.nullable and not pa.types.is_string(field.type) and field.name != "projects"
]


class InvalidSheet(Exception):
    """A figure that may not be published; the message names it and the rule. Nothing is written."""


def figure_table(results: Sequence[Results]) -> pa.Table:
    """Every figure of every profile.

    Shape: profile and FIGURE, words by dictionaries that are in the order of the alphabet.
    Rows: in the order of KEY. Raises: InvalidSheet.
    """
    results = [result for result in results if len(result.frame)]
    columns: dict[str, pa.Array] = {}
    for name in ("profile", *FIGURE.names):
        if name in ("profile", "metric"):
            columns[name] = _encoded(_repeated(name, results))
        elif pa.types.is_string(FIGURE.field(name).type):
            columns[name] = _encoded(_words([result.frame[name] for result in results]))
        else:
            columns[name] = _numbers([result.frame[name] for result in results], name)
    table = pa.table(columns)
    _require(table, _broken(table))
    packed = packed_key(table, KEY)
    order = np.argsort(packed, kind="stable")
    twice = np.zeros(len(order), dtype=bool)
    twice[order[1:]] = np.diff(packed[order]) == 0
    _require(table, [("is there twice", twice)])
    return table.take(order)


def packed_key(table: pa.Table, names: Sequence[str]) -> NDArray[np.int64]:
    """One whole number a row, which is smaller than another where the row stands before it."""
    packed = np.zeros(len(table), dtype=np.int64)
    for name in names:
        place = _place(table[name].combine_chunks())
        # Places are dense, so that the number of all combinations stays far below 2**63.
        packed = packed * (int(place.max(initial=0)) + 1) + place
    return packed


def results_of(table: pa.Table) -> list[Result]:
    """The figures of a table as pages, charts and exports take them.

    Missing: None for a cell that is empty, and for a column that the program which wrote the
    table did not know yet.
    """
    return list(map(Result, *(_read(table, name) for name in FIGURE.names)))


def _read(table: pa.Table, name: str) -> list:
    if name not in table.column_names:
        return [None] * len(table)
    cells = table[name].to_pylist()
    kind = _HINTS[name][0]
    if not issubclass(kind, StrEnum):
        return cells
    members = {None: None} | {member.value: member for member in kind}
    return [members[cell] for cell in cells]


# --- columns ------------------------------------------------------------------------------------


def _repeated(name: str, results: Sequence[Results]) -> pd.Categorical:
    words = [str(r.profile if name == "profile" else r.metric.id) for r in results]
    known = sorted(set(words))
    codes = [known.index(word) for word in words]
    return pd.Categorical.from_codes(
        np.repeat(np.array(codes, dtype=np.int32), [len(result.frame) for result in results]),
        pd.Index(known, dtype="str"),
    )


def _words(columns: Sequence[pd.Series]) -> pd.Categorical:
    """One categorical, its categories in the order of the alphabet; absent words stay absent."""
    if not columns:
        return pd.Categorical(pd.Index([], dtype="str"))
    given = [coded_names(column) for column in columns]
    known = sorted(set().union(*(names for _, names in given)))
    place = {name: code for code, name in enumerate(known)}
    # The last place is that of a word that is absent.
    codes = [
        np.array([*(place[name] for name in names), -1], dtype=np.int32)[own]
        for own, names in given
    ]
    return pd.Categorical.from_codes(np.concatenate(codes), pd.Index(known, dtype="str"))


def _encoded(words: pd.Categorical) -> pa.DictionaryArray:
    codes = words.codes.astype(np.int32)
    known = pa.array(words.categories.astype(object), pa.string())
    return pa.DictionaryArray.from_arrays(pa.array(codes, mask=codes < 0), known)


def _numbers(columns: Sequence[pd.Series], name: str) -> pa.Array:
    """The numbers of a column. An absent one is a 0 that is marked: equals have equal bytes."""
    stored = FIGURE.field(name).type
    if not columns:
        return pa.array([], stored)
    # Each by itself: one column of all would first have to be of one type.
    floating = any(pd.api.types.is_float_dtype(column.dtype) for column in columns)
    given = "float64" if floating else stored.to_pandas_dtype()
    missing = np.concatenate([column.array.isna() for column in columns])
    filled = [column.array.to_numpy(dtype=given, na_value=0) for column in columns]
    numbers = pa.array(np.concatenate(filled), mask=missing)
    try:
        return numbers.cast(stored)
    except pa.ArrowInvalid as refusal:
        raise InvalidSheet(f"column {name} of the sheet: {refusal}") from refusal


def _place(column: pa.Array) -> NDArray[np.int64]:
    """The rank of every cell among the different cells of its column."""
    if pa.types.is_dictionary(column.type):
        return column.indices.to_numpy().astype(np.int64)
    return np.unique(column.to_numpy(), return_inverse=True)[1].astype(np.int64)


# --- what must hold -----------------------------------------------------------------------------

Broken = tuple[str, NDArray[np.bool_]]


def _broken(table: pa.Table) -> Iterator[Broken]:
    """Every rule in words, and the rows that break it."""
    for field in FIGURE:
        if not field.nullable:
            yield f"has no {field.name}", _empty(table, field.name)
    for name, kind in _CODES.items():
        known = pa.array([member.value for member in kind])
        cells = table[name].cast(pa.string())
        strange = pc.and_not(pc.is_valid(cells), pc.is_in(cells, known))
        yield f"has a {name} that is not one of {', '.join(kind)}", _mask(strange)
    states = table["state"].cast(pa.string())
    shown = _mask(pc.is_in(states, pa.array([ValueState.VALUE.value, ValueState.ZERO.value])))
    yield "has a value by its state, and none in fact", shown & _empty(table, "value")
    for name in _OF_A_VALUE:
        yield f"has no value by its state, but a {name}", ~shown & ~_empty(table, name)
    zero = _mask(pc.equal(states, ValueState.ZERO.value))
    yield "is zero by its state, and not in fact", zero & (_filled(table["value"]) != 0)
    hidden = _mask(pc.equal(states, ValueState.SUPPRESSED.value))
    for name in _TELLING:
        yield f"is suppressed, but tells its {name}", hidden & ~_empty(table, name)


def _require(table: pa.Table, broken: Iterator[Broken] | Sequence[Broken]) -> None:
    for rule, rows in broken:
        if rows.any():
            first = table.slice(int(rows.argmax()), 1).select(KEY).to_pylist()[0]
            raise InvalidSheet(
                f"{int(rows.sum())} of {len(table)} figures cannot be published. The first is of "
                f"metric {_named(first)}: it {rule}. Nothing was written; correct the metric."
            )


def _named(key: Mapping[str, object]) -> str:
    """A figure as a message names it: its metric first."""
    rest = ", ".join(f"{name} {cell!r}" for name, cell in key.items() if name != "metric")
    return f"{key['metric']} ({rest})"


def _empty(table: pa.Table, name: str) -> NDArray[np.bool_]:
    return _mask(pc.is_null(table[name]))


def _filled(column: pa.ChunkedArray) -> NDArray[np.float64]:
    return pc.fill_null(column, 0.0).to_numpy()


def _mask(column: pa.ChunkedArray) -> NDArray[np.bool_]:
    return pc.fill_null(column, False).to_numpy()
