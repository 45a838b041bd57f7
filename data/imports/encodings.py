"""Which encoding a text file is in: certain, declared, or a suggestion that a person confirms."""

from __future__ import annotations

import codecs
from pathlib import Path

from data.imports.limits import Unreadable

#: What Finnish, Swedish and English are written with beside ASCII, and what turns up beside it. An
#: encoding under which a file's letters are of the first kind is likelier than one of the second.
COMMON = frozenset("åäöÅÄÖéüÜ€–—’‘”“…°½²·•£»«\xa0")
RARE = frozenset("èßøæØÆõÕšžŠŽáíóúñçàâêëïôčćđńśł³§´µ№\u202f\u2060\ufeff")
#: A declared encoding is doubted only where this many characters speak.
FEWEST = 3
#: Tried in this order when a file is not UTF-8; the first of the best is suggested.
CANDIDATES = ("cp1252", "mac_roman", "cp850", "iso-8859-15")
BLOCK = 1 << 20
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(path: Path, declared: str | None) -> str:
    """The encoding to read a file in.

    A byte order mark decides; then strict UTF-8; then what the profile declares, unless the file
    is plainly something else. Nothing is guessed silently.

    Raises: Unreadable with a suggestion when the encoding is not certain.
    """
    with path.open("rb") as file:
        head = file.read(BLOCK)
    for mark, encoding in _BOMS:
        if head.startswith(mark):
            _check(path, encoding, head, declared or encoding)
            return encoding
    if declared:
        _known(declared)
    wide = declared and codecs.lookup(declared).name.startswith(("utf-16", "utf-32"))
    if wide:
        _check(path, declared, head, declared)
        return declared
    if b"\0" in head:
        raise _of_wide_text(head, declared)
    if _decodes(path, "utf-8"):
        return "utf-8"
    if not declared or codecs.lookup(declared).name == "utf-8":
        raise _suggestion(head, declared or "UTF-8")
    _check(path, declared, head, declared)
    _plausible(head, declared)
    return declared


def _known(encoding: str) -> None:
    try:
        if not codecs.lookup(encoding)._is_text_encoding:
            raise LookupError(encoding)
    except LookupError as unknown:
        raise Unreadable("unknown_encoding", declared=encoding) from unknown


def _decodes(path: Path, encoding: str) -> bool:
    decoder = codecs.getincrementaldecoder(encoding)(errors="strict")
    try:
        with path.open("rb") as file:
            while block := file.read(BLOCK):
                decoder.decode(block)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _check(path: Path, encoding: str, head: bytes, declared: str) -> None:
    if not _decodes(path, encoding):
        raise _suggestion(head, declared)


def _of_wide_text(head: bytes, declared: str | None) -> Unreadable:
    """UTF-16 without a mark has a NUL in every second place; anything else with NULs is no text."""
    sample = head[:4000]
    for start, encoding in ((1, "utf-16-le"), (0, "utf-16-be")):
        if (
            sample[start::2].count(0) > 0.8 * len(sample[start::2])
            and sample[1 - start :: 2].count(0) == 0
        ):
            return _unsure(encoding, declared or "UTF-8", head[: len(head) // 2 * 2])
    return Unreadable("binary_content")


def _unsure(suggested: str, declared: str, head: bytes) -> Unreadable:
    return Unreadable(
        "wrong_encoding",
        declared=declared,
        suggested=suggested,
        sample=_sample(head.decode(suggested, errors="replace")),
    )


def _sample(text: str) -> str:
    """A few words around the first letter that is not ASCII."""
    at = next((i for i, letter in enumerate(text) if ord(letter) > 127), 0)
    return " ".join(text[max(0, at - 20) : at + 20].split())


def _likelihood(head: bytes, encoding: str) -> float:
    """How ordinary the characters beyond ASCII are, 0-1; rare ones count half."""
    try:
        beyond = [letter for letter in head.decode(encoding) if ord(letter) > 127]
    except UnicodeDecodeError:
        return 0.0
    said = sum(1.0 if letter in COMMON else 0.5 * (letter in RARE) for letter in beyond)
    return said / len(beyond) if beyond else 0.0


def _suggestion(head: bytes, declared: str) -> Unreadable:
    """The likeliest encoding: by the letters of the field first, else by charset-normalizer."""
    ranked = max(CANDIDATES, key=lambda encoding: _likelihood(head, encoding))
    if _likelihood(head, ranked) >= 0.9:
        return _unsure(ranked, declared, head)
    from charset_normalizer import from_bytes

    best = from_bytes(head[:200_000]).best()
    return _unsure(best.encoding if best else ranked, declared, head)


def _plausible(head: bytes, declared: str) -> None:
    """Refuses a declared encoding under which the text is plainly not text.

    Raises: Unreadable when control characters appear, or when the letters are odd under the
    declared encoding and ordinary under another.
    """
    text = head.decode(declared, errors="replace")
    beyond = [letter for letter in text if ord(letter) > 127]
    control = any("\x80" <= letter <= "\x9f" for letter in beyond)
    best = max(_likelihood(head, encoding) for encoding in CANDIDATES)
    odd = len(beyond) >= FEWEST and _likelihood(head, declared) < 0.6 and best >= 0.95
    if control or odd:
        raise _suggestion(head, declared)
