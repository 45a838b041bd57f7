"""The themes that an answer can be put under, and which of them its words point to.

A subject (schedule, trust, …) takes no side; a theme is a subject as a challenge, a success or a
benefit. So a suggested subject becomes the theme of the kind that the question asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from data.schema import THEME_KINDS
from data.voices.open_answers import OpenText, Theme, theme_code
from survey.keywords import suggest
from survey.keywords import themes as subjects
from survey.text import Text

CHALLENGE, SUCCESS, BENEFIT = THEME_KINDS
#: What a question asks for, by words in its code.
_ASKED = {
    CHALLENGE: ("HARD", "HARM", "DRAWBACK", "GAP", "CHALLENGE"),
    SUCCESS: ("SUCCESS", "STRENGTH"),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """A theme that an answer can be put under. number: None until somebody uses it first."""

    code: str
    kind: str
    name: Text
    number: int | None = None


def kind_of(item: str) -> str:
    """Whether a question asks for challenges, successes or benefits; benefits where unclear."""
    return next(
        (kind for kind, words in _ASKED.items() if any(word in item for word in words)), BENEFIT
    )


def choices(known: Sequence[Theme]) -> dict[str, Choice]:
    """Every theme that there is, and every subject as each kind that is not there yet."""
    found = {theme.code: Choice(theme.code, theme.kind, theme.name, theme.id) for theme in known}
    for kind in THEME_KINDS:
        for subject, theme in subjects().items():
            code = theme_code(kind, subject)
            found.setdefault(code, Choice(code, kind, theme.name))
    return found


def suggested(answer: OpenText) -> list[str]:
    """The codes of the themes that the words of an answer point to, the likeliest first.

    The language of an answer is not told with it, so the words of all three are looked for.
    """
    kind = kind_of(answer.item)
    return [theme_code(kind, subject) for subject in suggest(answer.text)]
