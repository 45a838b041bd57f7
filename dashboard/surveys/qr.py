"""An address as a QR code and as a sheet to print, both drawn as SVG."""

from __future__ import annotations

import io
import textwrap
from collections.abc import Sequence
from xml.sax.saxutils import escape

import segno

#: White squares around a code that readers need, and the side of one square.
QUIET, SQUARE = 4, 8
#: A sheet of A4 in millimetres; where the code and the lines stand on it.
WIDE, TALL = 210, 297
CODE, CODE_TOP = 120, 105
LINE_LETTERS, LINE_STEP, FIRST_LINE, MOST_LINES = 34, 12, 62, 4
ADDRESS_LETTERS = 62


def code(address: str, alt: str, *, sized: bool = True) -> str:
    """The QR code of an address as SVG with a name; black on white in any colour scheme.

    sized: with a width and a height of its own; without, it fills the place that it is put in.
    """
    drawn = io.BytesIO()
    segno.make(address, error="m").save(
        drawn,
        kind="svg",
        scale=SQUARE,
        border=QUIET,
        dark="#000",
        light="#fff",
        title=alt,
        xmldecl=False,
        nl=False,
        omitsize=not sized,
    )
    return drawn.getvalue().decode()


def poster(address: str, *, alt: str, heading: str, lines: Sequence[str]) -> str:
    """A sheet of A4 for a wall: what it is about, the code, and the address to type."""
    told = [part for line in lines for part in textwrap.wrap(line, LINE_LETTERS)][:MOST_LINES]
    typed = textwrap.wrap(address, ADDRESS_LETTERS, break_on_hyphens=False)
    centre, below = WIDE // 2, CODE_TOP + CODE + 14
    texts = [_text(heading, centre, 40, 15, bold=True)]
    texts += [_text(line, centre, FIRST_LINE + row * LINE_STEP, 9) for row, line in enumerate(told)]
    texts += [_text(line, centre, below + row * 7, 5) for row, line in enumerate(typed)]
    place = f'<svg x="{centre - CODE // 2}" y="{CODE_TOP}" width="{CODE}" height="{CODE}" '
    inner = code(address, alt, sized=False).replace("<svg ", place, 1)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{WIDE}mm" height="{TALL}mm" '
        f'viewBox="0 0 {WIDE} {TALL}" role="img" font-family="sans-serif">'
        f"<title>{escape(alt)}</title>"
        f'<rect width="{WIDE}" height="{TALL}" fill="#fff"/>{"".join(texts)}{inner}</svg>'
    )


def _text(said: str, x: int, y: int, size: int, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return (
        f'<text x="{x}" y="{y}" font-size="{size}" text-anchor="middle" fill="#000"{weight}>'
        f"{escape(said)}</text>"
    )
