"""What a written XLSForm and a read one agree on: names of sheets, columns, lists and questions."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

from survey.item import DONT_KNOW, NOT_APPLICABLE
from survey.text import LANGUAGES, Text, read_texts

#: How the columns of each language are headed.
LANGUAGE_NAMES = {"fi": "suomi (fi)", "sv": "svenska (sv)", "en": "English (en)"}
#: What the questions that say whose answers these are, are called; items are in capitals.
GROUP, WAVE, PROJECT, PHASE, TODAY = "group", "wave", "project", "phase", "today"
GROUP_LIST, WAVE_LIST = "arviomo_groups", "arviomo_waves"
#: Our own sheets; programs that do not know them pass over them, and the mark keeps them quiet.
ABOUT, ANSWERS, SCALES = "_instrument", "_answers", "_scales"
#: Our own columns of the survey sheet.
SET, REVERSED, ROLE = "arviomo_answers", "arviomo_reversed", "arviomo_role"
SPECIAL = "arviomo_special"
#: The answers that are no code of a scale, as choices are named.
NO_ANSWERS = {
    str(DONT_KNOW): DONT_KNOW,
    "dont_know": DONT_KNOW,
    str(NOT_APPLICABLE): NOT_APPLICABLE,
    "not_applicable": NOT_APPLICABLE,
}
ITEM_CODE = re.compile(r"[A-Z][A-Z0-9_]{0,29}", re.ASCII)
_WORDS = Path(__file__).with_name("words.yaml")


def said_in(base: str) -> tuple[str, ...]:
    """The headers of a text in each language, as ``label::suomi (fi)``."""
    return tuple(f"{base}::{LANGUAGE_NAMES[language]}" for language in LANGUAGES)


@cache
def words() -> dict[str, Text]:
    """What a written form says besides the questionnaire."""
    return read_texts(_WORDS)


def item_code(name: str) -> str:
    """The item code for the name of a question that others gave: ``q1.age`` becomes Q1_AGE."""
    if ITEM_CODE.fullmatch(name):
        return name
    code = re.sub(r"[^A-Z0-9_]", "_", name.upper(), flags=re.ASCII).lstrip("_")
    if not code or not code[0].isalpha():
        code = f"Q{code}"
    return code[:30]
