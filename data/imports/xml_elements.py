"""The elements of an XML file, one after another, without what XML can do besides telling things.

No DTD, no entities, nothing from elsewhere, no depth without end. It runs in the child process.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree.ElementTree import Element

from data.imports.limits import Unreadable

#: Elements within elements; no file of the field has so many.
DEEPEST = 100
#: Elements that are told whole and then forgotten.
_WHOLE = frozenset({"row", "trace", "iati-activity"})


def elements(path: Path) -> Iterator[tuple[str, int, str, Element]]:
    """Starts and ends of elements: which, how deep, the name without its namespace, the element.

    Raises: Unreadable for XML that is broken, too deep, or hostile.
    """
    from xml.etree.ElementTree import ParseError

    from defusedxml.common import DefusedXmlException
    from defusedxml.ElementTree import iterparse

    depth = 0
    try:
        for event, element in iterparse(path, events=("start", "end"), forbid_dtd=True):
            tag = local(element)
            if event == "start":
                depth += 1
                if depth > DEEPEST:
                    raise Unreadable("suspicious_archive", reason=f"> {DEEPEST}")
                yield "start", depth, tag, element
                continue
            yield "end", depth, tag, element
            if depth <= 2 or tag in _WHOLE:
                element.clear()
            depth -= 1
    except DefusedXmlException as error:
        raise Unreadable("suspicious_archive", reason=type(error).__name__) from error
    except (ParseError, ValueError, LookupError) as error:
        raise Unreadable("damaged_file") from error


def local(element: Element) -> str:
    """The name of an element without its namespace."""
    return element.tag.rpartition("}")[2]


def root_of(path: Path) -> str:
    """The name of the outermost element. Raises: Unreadable."""
    for _, _, tag, _ in elements(path):
        return tag
    raise Unreadable("damaged_file")
