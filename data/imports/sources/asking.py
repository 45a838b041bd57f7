"""What a look at a file is told in: its questions and its evidence, in words."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import MappingProxyType

from data.imports.sources.suggest import Question
from survey.text import Text, read_texts

TEXTS = Path(__file__).with_name("questions.yaml")


@cache
def texts() -> MappingProxyType[str, Text]:
    """Every question and every mark, in three languages."""
    return MappingProxyType(read_texts(TEXTS))


def asked(question: Question, language: str) -> str:
    """A question in words. Raises: KeyError for one without words."""
    return texts()[question.code].in_language(language).format(**question.detail)


def told(evidence: tuple[str, ...], language: str) -> str:
    """What says that a file is of its tool: headers, and marks in words."""
    words = [
        texts()[f"mark_{mark[1:]}"].in_language(language) if mark.startswith("@") else mark
        for mark in evidence
    ]
    return ", ".join(words)
