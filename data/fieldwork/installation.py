"""The secret of this installation, and what is derived from it.

Links are not stored, only their hashes; the installation can make each of them again from its
secret. Whoever has the database alone can compute none of it, so the secret stays in a file
beside the database and out of every copy of it.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
import secrets
import stat
import tempfile
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

FILE = "secret"
BYTES = 32


class ExposedSecret(Exception):
    """The secret's file can be read by others, or is not a secret; the message says what to do.

    code: "readable" by others, or "length" where it holds something else.
    """

    def __init__(self, code: str, path: Path, message: str) -> None:
        super().__init__(message)
        self.code, self.path = code, path


def secret(home: Path) -> bytes:
    """The 32 bytes that only this installation knows, made at the first need.

    Raises: ExposedSecret where others may read the file, or where it holds something else.
    """
    path = home / FILE
    try:
        found = _read(path)
    except FileNotFoundError:
        _make(path)
        found = _read(path)
    if len(found) != BYTES:
        raise ExposedSecret(
            "length", path,
            f"{path} holds {len(found)} bytes instead of {BYTES}. Put back the copy of it that was "
            "kept when it was made; without it personal links cannot be told from each other.",
        )  # fmt: skip
    return found


def derived(home: Path, *words: str) -> str:
    """256 bits that belong to some words, as 43 letters of an address.

    Raises: ExposedSecret.
    """
    return base64.urlsafe_b64encode(_keyed(home, words).digest()).rstrip(b"=").decode()


def derived_hex(home: Path, *words: str) -> str:
    """The same 256 bits as 64 hexadecimal digits. Raises: ExposedSecret."""
    return _keyed(home, words).hexdigest()


def derived_hexes(home: Path, first: str, words: Iterable[str]) -> list[str]:
    """`derived_hex` of a first word with each of many others. Raises: ExposedSecret."""
    return keyed_hexes(secret(home), first, words)


def keyed_hexes(key: bytes, first: str, words: Iterable[str]) -> list[str]:
    """`derived_hexes` under a key that is no installation's: what it hides, its holder can find."""
    return [hmac.new(key, _said((first, word)), hashlib.sha256).hexdigest() for word in words]


def _keyed(home: Path, words: tuple[str, ...]) -> hmac.HMAC:
    return hmac.new(secret(home), _said(words), hashlib.sha256)


def _said(words: tuple[str, ...]) -> bytes:
    # Each word with its length, so that no two lists of words are the same bytes.
    parts = [word.encode() for word in words]
    return b"".join(len(part).to_bytes(4, "big") + part for part in parts)


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise ExposedSecret(
                "readable", path,
                f"{path} may be read by others on this machine. Run: chmod 600 {path}. If somebody "
                "may have read it, make new links for the collections that are open.",
            )  # fmt: skip
        return file.read(BYTES + 1)


def _make(path: Path) -> None:
    """Puts a new secret in its place, whole and only once however many programs try."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{FILE}.")  # readable by us alone
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(BYTES))
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(name)
        _settle(path.parent)
    finally:
        Path(name).unlink()


def _settle(folder: Path) -> None:
    """Waits until the disk has the names in a folder."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
