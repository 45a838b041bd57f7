"""Elements of an IATI file and the words in them, in three languages."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

from survey.text import LANGUAGES, Text, read_texts

_LANG = "{http://www.w3.org/XML/1998/namespace}lang"
#: What XML 1.0 cannot hold at all.
_UNWRITABLE = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


@cache
def words() -> Mapping[str, Text]:
    return read_texts(Path(__file__).with_name("iati.yaml"))


def narrative_in(key: str, language: str, **values: object) -> str:
    return words()[key].in_language(language).format(**values)


def child(
    parent: ET.Element, name: str, within: Iterable[ET.Element] = (), **attributes: str
) -> ET.Element:
    """A new element in another, with its attributes and what is within it."""
    element = ET.SubElement(parent, name, attributes)
    element.extend(within)
    return element


def narratives(said: Text | Mapping[str, str] | str) -> list[ET.Element]:
    """A text as IATI's narratives, one a language."""
    if isinstance(said, str):
        return [_narrative(said, None)]
    told = {one: said.in_language(one) for one in LANGUAGES} if isinstance(said, Text) else said
    return [_narrative(text, language) for language, text in told.items()]


def _narrative(text: str, language: str | None) -> ET.Element:
    element = ET.Element("narrative", {} if language is None else {_LANG: language})
    element.text = _UNWRITABLE.sub("\ufffd", text)
    return element
