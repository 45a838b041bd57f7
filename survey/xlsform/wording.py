"""Texts of an XLSForm in the three languages, and what stands in for a missing language."""

from __future__ import annotations

from dataclasses import dataclass, field

from survey.text import LANGUAGES
from survey.xlsform.form import LANGUAGE_NAMES
from survey.xlsform.problems import Problem
from survey.xlsform.sheets import Row, Sheet, labels


@dataclass(frozen=True, slots=True)
class Wording:
    """The columns of one text: ``label``, ``hint``, ``title`` … ``default`` is the language of the
    form, whose text a column without a language holds."""

    sheet: Sheet
    base: str
    default: str = ""
    columns: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, sheet: Sheet, base: str, default: str = "") -> Wording:
        return cls(sheet, base, default, labels(sheet, base))

    def read(self, row: Row, problems: list[Problem]) -> dict[str, str] | None:
        """The text of a row in every language, None where it has none.

        A language without a column of its own says what the form's own language says; an empty
        cell where there is a column is a problem.
        """
        said = {language: row.said(column) for language, column in self.columns.items()}
        if self.default and self.default not in self.columns:
            said[self.default] = said.get("", "")
        if not any(said.values()):
            return None
        for language, column in self.columns.items():
            if language and not said[language] and not (language == self.default and said.get("")):
                problems.append(self.sheet.problem("translation_missing", row, column))
            elif "${" in said[language]:
                problems.append(self.sheet.problem("reference_in_text", row, column))
        instead = next(said[language] for language in self._order if said.get(language))
        return {language: said.get(language) or instead for language in LANGUAGES}

    def remarks(self) -> list[Problem]:
        """Which languages are said in the words of another."""
        there = set(self.columns) | ({self.default} if "" in self.columns else set())
        own = next((language for language in self._order if language and language in there), "")
        if not own:
            return [Problem("language_unknown")]
        return [
            Problem(
                "language_filled",
                detail={"language": LANGUAGE_NAMES[language], "instead": LANGUAGE_NAMES[own]},
            )
            for language in LANGUAGES
            if language not in there
        ]

    @property
    def _order(self) -> tuple[str, ...]:
        """Languages in the order in which they stand in for others."""
        return tuple(dict.fromkeys((self.default or "", "", *LANGUAGES)))
