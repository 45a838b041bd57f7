"""A text that a person reads, in the three languages of the product."""

from __future__ import annotations

from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

LANGUAGES = ("fi", "sv", "en")
DEFAULT_LANGUAGE = "fi"


class Text(BaseModel):
    """One text in Finnish, Swedish and English; none of them may be empty."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)

    fi: str = Field(min_length=1)
    sv: str = Field(min_length=1)
    en: str = Field(min_length=1)

    def in_language(self, language: str) -> str:
        """The text in a language.

        Raises: KeyError when the language is not one of LANGUAGES.
        """
        if language not in LANGUAGES:
            raise KeyError(language)
        return getattr(self, language)


def read_texts(path: Path) -> dict[str, Text]:
    """The texts in a YAML file of ``key: {fi: ..., sv: ..., en: ...}``.

    Raises: pydantic.ValidationError naming the key and the language that is missing.
    """
    return TypeAdapter(dict[str, Text]).validate_python(
        yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    )
