"""The fields of a file under a profile: texts, dates, numbers, closed lists, register entries.

Every conversion works on the distinct values of a column and is then spread over the rows, so
its cost hardly grows with the number of rows.
"""

from __future__ import annotations

import hashlib
import re
from decimal import Decimal

import numpy as np
import pandas as pd

from data.exports.cells import exact
from data.imports.findings import Findings
from data.imports.mapping import Answer, Cell
from data.imports.profile import CLOSED, Profile
from data.imports.read import Source
from data.imports.register import Register, folded
from data.imports.spaces import normal_spaces

_SPACES = "[\\s\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ufeff]+"
_NUMBER = r"-?[0-9]{1,15}(\.[0-9]+)?"
_HASHED = re.compile(r"[0-9a-f]{64}")
#: What means yes and no in a cell.
YES = dict.fromkeys(("true", "yes", "1", "kyllä", "ja", "x"), True) | dict.fromkeys(
    ("false", "no", "0", "ei", "nej"), False
)
_ZONE = r"\s*(Z|[+-][0-9]{2}:?[0-9]{2})$"
_ISO = ("%Y-%m-%d", "%Y-%m-%d %H:%M:%S")


class Columns:
    """One file read under one profile; what is wrong goes to ``findings``."""

    def __init__(self, source: Source, profile: Profile, register: Register):
        self.source = source
        self.profile = profile
        self.register = register
        self.findings = Findings(source.rows)
        self.size = len(source.frame)

    # --- texts ----------------------------------------------------------------------------------

    def cell(self, cell: Cell) -> np.ndarray:
        """What a cell says after spaces, missing words and values: text, or None if blank."""
        parts = [self.plain(header, cell.whole) for header in cell.headers]
        if cell.first:
            said = first_filled([part for part in parts if part is not None], self.size)
        elif any(part is None for part in parts):
            return np.full(self.size, None, dtype=object)
        else:
            said = _joined(parts)
        if cell.values:
            said = self._translated(said, cell)
        if cell.prefix:
            given = ~pd.isna(said)
            said = said.copy()
            said[given] = cell.prefix + said[given]
        return said

    def plain(self, header: str, whole: bool = False) -> np.ndarray | None:
        """A column as texts, None where blank; None when the file does not have it."""
        header = normal_spaces(header)
        if header not in self.source.frame:
            return None
        codes, distinct = pd.factorize(self.source.frame[header])
        texts = pd.Series(distinct, dtype="str")
        if self.profile.normalise_spaces:
            texts = texts.str.normalize("NFC").str.replace(_SPACES, " ", regex=True).str.strip()
        if self.profile.marked:
            texts = texts.map(exact)
        if whole:
            texts = texts.str.replace(r"^(-?[0-9]+)\.0+$", r"\1", regex=True)
        spread = texts.to_numpy(dtype=object)
        spread[texts.isin(self.profile.missing).to_numpy()] = None
        return spread[codes]

    def _translated(self, said: np.ndarray, cell: Cell) -> np.ndarray:
        codes, distinct = pd.factorize(said)
        meanings = {folded(key): str(value) for key, value in cell.values.items()}
        folds = [folded(value) for value in distinct]
        unknown = np.array([fold not in meanings for fold in folds], dtype=bool)
        kept = list(distinct) if cell.otherwise == "keep" else [None] * len(distinct)
        meant = [meanings.get(fold, kept[at]) or None for at, fold in enumerate(folds)]
        if cell.otherwise == "reject" and len(distinct):
            self.findings.add(
                "unknown_value",
                (codes >= 0) & unknown[codes],
                cell.label,
                said,
                field=cell.label,
                allowed=_listed(cell.values),
            )
        return _spread(meant, codes)

    def text(self, field: str, limit: int = 10_000, required: bool = False) -> np.ndarray:
        """A field as text; a blank required one and a too long one are rejected."""
        cell = self.profile.columns.get(field)
        if cell is None:
            return np.full(self.size, self.profile.constants.get(field), dtype=object)
        said = self.cell(cell)
        if required:
            self.findings.add("blank_required", pd.isna(said), cell.label, field=field)
        self._check_length(said, cell.label, limit)
        return said

    def open_answer(self, answer: Answer) -> np.ndarray | None:
        """Free text of an answer; None when the file does not have its column."""
        parts = [self.plain(header) for header in answer.headers]
        there = [part for part in parts if part is not None]
        if not there:
            return None
        said = first_filled(there, self.size)
        self._check_length(said, answer.label, 10_000)
        return said

    def _check_length(self, said: np.ndarray, label: str, limit: int) -> None:
        lengths = pd.Series(said, dtype="str").str.len().fillna(0).to_numpy().astype(int)
        self.findings.add("too_long", lengths > limit, label, said, found=lengths, limit=limit)

    def label(self, field: str) -> str:
        """A field as messages name it: its column, or itself when it is a constant."""
        cell = self.profile.columns.get(field)
        return cell.label if cell else field

    # --- closed lists ---------------------------------------------------------------------------

    def closed(
        self,
        field: str,
        default: str | None = None,
        required: bool = False,
        allowed: tuple[str, ...] = (),
    ) -> np.ndarray:
        """A field with a closed list of values; blanks become the default."""
        said = self.text(field, required=required)
        spread = self.listed(said, field, allowed or CLOSED[field])
        return np.where(pd.isna(spread), default, spread) if default is not None else spread

    def listed(self, said: np.ndarray, field: str, allowed: tuple[str, ...]) -> np.ndarray:
        """Texts as values of a closed list; others are rejected."""
        return self._meant(said, field, {folded(value): value for value in allowed}, allowed)

    def flags(self, said: np.ndarray, field: str) -> np.ndarray:
        """Texts as yes and no, None where blank."""
        return self._meant(said, field, YES, ("true", "false"))

    def _meant(
        self, said: np.ndarray, field: str, meanings: dict[str, object], allowed: tuple[str, ...]
    ) -> np.ndarray:
        codes, distinct = pd.factorize(said)
        meant = [meanings.get(folded(value)) for value in distinct]
        unknown = np.array([value is None for value in meant], dtype=bool)
        if len(distinct):
            self.findings.add(
                "unknown_group" if field == "group" else "unknown_value",
                (codes >= 0) & unknown[codes],
                self.label(field),
                said,
                field=field,
                allowed=_listed(allowed),
            )
        return _spread(meant, codes)

    def hashed(self, said: np.ndarray, kind: str) -> np.ndarray:
        """Keys without what they were made of: a hash, or the key itself when it is one already.

        kind: what the key is of, so that keys of two kinds never meet.
        """
        codes, distinct = pd.factorize(said)
        keys = [
            key if _HASHED.fullmatch(key) else hashlib.sha256(f"{kind}{key}".encode()).hexdigest()
            for key in distinct
        ]
        return _spread(keys, codes)

    def has(self, cell: Cell, headers: set[str]) -> bool:
        """Whether the file has every column of a cell."""
        return all(normal_spaces(header) in headers for header in cell.headers)

    # --- dates and numbers ----------------------------------------------------------------------

    def date(self, field: str, required: bool = False) -> np.ndarray:
        """A field as dates (numpy days, NaT where blank)."""
        said = self.text(field, required=required)
        cell = self.profile.columns.get(field)
        return self.dates(said, self.label(field), cell.dates if cell else ())

    def dates(self, said: np.ndarray, label: str, forms: tuple[str, ...] = ()) -> np.ndarray:
        """Texts as dates, by the first form that fits."""
        codes, distinct = pd.factorize(said)
        forms = forms or self.profile.dates
        from_sheet = _ISO if self.source.detected["format"] == "xlsx" else ()
        found = pd.Series(np.full(len(distinct), "NaT"), dtype="datetime64[s]")
        texts = pd.Series(distinct, dtype="str")
        for form in (*forms, *from_sheet):
            # The day is the one that is written; a zone would only move moments near midnight.
            local = texts.str.replace(_ZONE, "", regex=True) if form.endswith("%z") else texts
            read = pd.to_datetime(local, format=form.removesuffix("%z"), errors="coerce")
            found = found.fillna(read.astype("datetime64[s]"))
        unread = found.isna().to_numpy()
        if len(distinct):
            bad = (codes >= 0) & unread[codes]
            self.findings.add("not_a_date", bad, label, said, formats=_listed(forms))
        spread = np.append(found.to_numpy().astype("datetime64[D]"), np.datetime64("NaT", "D"))
        return spread[codes]

    def number(self, field: str, limit: float, whole: bool = False) -> np.ndarray:
        """A field as Decimals, None where blank; see `numbers`."""
        return self.numbers(self.text(field), self.label(field), limit, whole)

    def numbers(
        self, said: np.ndarray, label: str, limit: float, whole: bool = False
    ) -> np.ndarray:
        """Texts as Decimals of two decimals, not negative, below ``limit``; None where blank."""
        codes, distinct = pd.factorize(said)
        decimal = self.profile.decimal
        texts = pd.Series(distinct, dtype="str").str.replace(_SPACES, "", regex=True)
        if decimal == ",":
            texts = texts.str.replace(".", "?", regex=False).str.replace(",", ".", regex=False)
        shaped = texts.str.fullmatch(_NUMBER).to_numpy(dtype=bool)
        values = [Decimal(t) if ok else None for t, ok in zip(texts, shaped, strict=True)]
        kinds = np.array([_flaw(value, limit, whole) for value in values], dtype=object)
        if len(distinct):
            for code in ("not_a_number", "negative", "number_too_large", "not_whole"):
                bad = (codes >= 0) & (kinds == code)[codes]
                detail = {"decimal": decimal} if code == "not_a_number" else {}
                detail |= {"limit": f"{limit:.0f}"} if code == "number_too_large" else {}
                self.findings.add(code, bad, label, said, **detail)
        rounded = [
            value.quantize(Decimal("0.01")) if value is not None and not flaw else None
            for value, flaw in zip(values, kinds, strict=True)
        ]
        return _spread(rounded, codes)

    def in_order(self, starts: np.ndarray, ends: np.ndarray, field: str) -> None:
        """Rejects rows whose end is before their start."""
        wrong = ends < starts
        self.findings.add("ends_before_start", wrong, self.label(field), ends, start=starts)

    def own_code(self, known: set[str], limit: int = 120) -> np.ndarray:
        """The field ``code``, once in the file and not yet in the register."""
        said = self.text("code", limit, required=True)
        label = self.label("code")
        first = self.first_row(said)
        self.findings.add(
            "duplicate_code",
            ~pd.isna(said) & (first < self.findings.rows),
            label,
            said,
            first=first,
        )
        self.known(said, known)
        return said

    def known(self, said: np.ndarray, known: set[str]) -> None:
        """Rejects rows whose code is in the register already."""
        self.findings.add(
            "already_known", pd.Series(said).isin(known).to_numpy(), self.label("code"), said
        )

    def first_row(self, said: np.ndarray) -> np.ndarray:
        """For each row, the first row of the file that says the same."""
        codes, distinct = pd.factorize(said)
        first = np.full(len(distinct) + 1, -1, dtype=int)
        first[codes[::-1]] = self.findings.rows[::-1]
        return first[codes]

    # --- the register ---------------------------------------------------------------------------

    def entity(self, field: str, table: str, required: bool = False) -> np.ndarray:
        """The codes of the register entries that a field names, None where blank."""
        said = self.text(field)
        if required:
            code = "no_project" if table == "project" else "blank_required"
            detail = {} if table == "project" else {"field": field}
            self.findings.add(code, pd.isna(said), self.label(field), **detail)
        return self.entities(said, field, table)

    def entities(self, said: np.ndarray, field: str, table: str) -> np.ndarray:
        """Names or codes as codes of the register; unknown and ambiguous ones are rejected."""
        codes, distinct = pd.factorize(said)
        found = [self.register.find(table, name) for name in distinct]
        if len(distinct):
            for flaw in (f"unknown_{table}", "ambiguous_name", "wrong_business_id"):
                wrong = np.array([entry.flaw == flaw for entry in found], dtype=bool)
                self.findings.add(flaw, (codes >= 0) & wrong[codes], self.label(field), said)
        return _spread([entry.code for entry in found], codes)

    def links(self, field: str, table: str) -> pd.DataFrame:
        """The entries that a field names, one row each: ``at`` (place of the row) and ``code``."""
        said = pd.Series(self.text(field), dtype=object)
        cell = self.profile.columns.get(field)
        if cell and cell.split:
            said = said.str.split(cell.split, regex=False).explode().str.strip()
            said = said.where(said.fillna("") != "", None)
        named = said.dropna()
        at = named.index.to_numpy()
        inner = _Slice(self, at)
        code = inner.entities(named.to_numpy(dtype=object), field, table)
        return pd.DataFrame({"at": at, "code": code}).dropna().drop_duplicates()

    def place(self) -> np.ndarray:
        """The code of each row's area: ``area`` where it is a part of ``area_within``, else that.

        Where the finer one is not directly a part of the wider one, the wider one is kept: it is
        what was chosen, while the finer one is usually derived from a point on a map.
        """
        fine, wide = self.entity("area", "area"), self.entity("area_within", "area")
        pairs = pd.MultiIndex.from_arrays([fine, wide])
        codes, distinct = pd.factorize(pairs)
        chosen, clashes = [], []
        for area, within in distinct:
            area, within = (None if pd.isna(part) else part for part in (area, within))
            inside = within is None or within in self.register.lineage(area)[:2]
            chosen.append(area if inside and area is not None else within)
            clashes.append(not inside and area is not None)
        clash = np.array([*clashes, False], dtype=bool)[codes]
        if clash.any():
            example = f"{fine[clash][0]} / {wide[clash][0]}"
            self.findings.warn("area_not_within", count=int(clash.sum()), example=example)
        return _spread(chosen, codes)


class _Slice(Columns):
    """Some rows of a file, some more than once: problems land on the rows that they come from."""

    def __init__(self, whole: Columns, at: np.ndarray):
        self.profile, self.register, self.size = whole.profile, whole.register, len(at)
        self.findings = _SliceFindings(whole.findings, at)


class _SliceFindings:
    def __init__(self, whole: Findings, at: np.ndarray):
        self.whole, self.at = whole, at

    def add(self, code: str, bad: np.ndarray, column: str = "", values=None, **detail) -> None:
        rows = np.zeros(len(self.whole.rows), dtype=bool)
        rows[self.at[bad]] = True
        spread = np.full(len(rows), "", dtype=object)
        if values is not None:
            spread[self.at[bad]] = np.asarray(values, dtype=object)[bad]
        self.whole.add(code, rows, column, spread, **detail)


def first_filled(parts: list[np.ndarray], size: int) -> np.ndarray:
    """For each row the first of several texts that is not blank."""
    said = np.full(size, None, dtype=object)
    for part in parts:
        said = np.where(pd.isna(said), part, said)
    return said


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    """Several texts as one, with hyphens; blank where one of them is."""
    said = parts[0]
    for part in parts[1:]:
        whole = ~(pd.isna(said) | pd.isna(part))
        joined = np.full(len(said), None, dtype=object)
        joined[whole] = said[whole] + "-" + part[whole]
        said = joined
    return said


def _spread(meant: list, codes: np.ndarray) -> np.ndarray:
    """One meaning per distinct value, laid over the rows; blanks (-1) become None."""
    spread = np.empty(len(meant) + 1, dtype=object)
    spread[: len(meant)] = meant
    spread[-1] = None
    return spread[codes]


def _flaw(value: Decimal | None, limit: float, whole: bool) -> str:
    if value is None:
        return "not_a_number"
    if value < 0:
        return "negative"
    if value >= limit:
        return "number_too_large"
    return "not_whole" if whole and value != value.to_integral_value() else ""


def _listed(values) -> str:
    return ", ".join(str(value) for value in values)
