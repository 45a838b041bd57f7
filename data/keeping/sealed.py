"""Sealed files: a stream of bytes that only who has the key reads, and nobody shortens or changes.

AES-256-GCM in chunks. The key of a file is its own: made by scrypt from a passphrase, or by HKDF
from a key file, with a random salt. The number of a chunk and whether it is the last are its nonce,
and every chunk is bound to the header: chunks that are swapped, missing or of another file fail.
"""

from __future__ import annotations

import io
import json
import os
from typing import BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

MAGIC = b"ARVIOMO-BACKUP-1\n"
CHUNK = 1 << 20
TAG = 16
#: 128 MB and under a second: who tries passphrases pays the same for each.
SCRYPT = {"n": 1 << 17, "r": 8, "p": 1}
#: The longest header that is read before anything is known of a file.
LONGEST_HEADER = 4096
SHORTEST_PASSPHRASE, SHORTEST_KEY = 12, 32


class WeakKey(Exception):
    """A passphrase or key that is too short to keep anything closed."""


class NotOpened(Exception):
    """A sealed file that cannot be read. code: foreign (not one of ours), closed (another key, or
    its beginning was changed), damaged (shortened or changed after its beginning)."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


class Key:
    """What opens sealed files: a passphrase, or the bytes of a key file. Raises: WeakKey."""

    def __init__(self, *, passphrase: str | None = None, file: bytes | None = None) -> None:
        if passphrase is not None and len(passphrase) < SHORTEST_PASSPHRASE:
            raise WeakKey(f"A passphrase has at least {SHORTEST_PASSPHRASE} letters.")
        if passphrase is None and len(file or b"") < SHORTEST_KEY:
            raise WeakKey(f"A key file holds at least {SHORTEST_KEY} random bytes.")
        self.kind = "scrypt" if passphrase is not None else "hkdf"
        self._secret = file if passphrase is None else passphrase.encode()

    def of(self, header: dict) -> bytes:
        """The key of one file."""
        salt = bytes.fromhex(header["salt"])
        if self.kind == "scrypt":
            cost = {name: header[name] for name in SCRYPT}
            return Scrypt(salt=salt, length=32, **cost).derive(self._secret)
        return HKDF(SHA256(), 32, salt, MAGIC).derive(self._secret)


class SealedWriter(io.RawIOBase):
    """Takes bytes and writes them sealed; what is not closed with `finish` cannot be opened."""

    def __init__(self, file: BinaryIO, key: Key) -> None:
        super().__init__()
        header = {"kind": key.kind, "salt": os.urandom(32).hex()}
        if key.kind == "scrypt":
            header |= SCRYPT
        self._header = json.dumps(header, sort_keys=True).encode() + b"\n"
        self._cipher, self._file = AESGCM(key.of(header)), file
        self._buffer, self._number = bytearray(), 0
        file.write(MAGIC + self._header)

    def writable(self) -> bool:
        return True

    def write(self, data: bytes) -> int:
        self._buffer += data
        while len(self._buffer) > CHUNK:
            self._seal(bytes(self._buffer[:CHUNK]), last=False)
            del self._buffer[:CHUNK]
        return len(data)

    def finish(self) -> None:
        """Writes what is left, marked as the end."""
        self._seal(bytes(self._buffer), last=True)
        self._buffer.clear()

    def _seal(self, chunk: bytes, *, last: bool) -> None:
        sealed = self._cipher.encrypt(_nonce(self._number, last=last), chunk, self._header)
        self._file.write(sealed)
        self._number += 1


class SealedReader(io.RawIOBase):
    """Gives the bytes of a sealed file, each only once it is known to be as it was written.

    Raises: NotOpened.
    """

    def __init__(self, file: BinaryIO, key: Key) -> None:
        super().__init__()
        if file.read(len(MAGIC)) != MAGIC:
            raise NotOpened("foreign", "This file is not a backup of Arviomo.")
        self._header, self._file = file.readline(LONGEST_HEADER), file
        self._cipher = AESGCM(key.of(_header(self._header, key)))
        self._next, self._number = file.read(CHUNK + TAG), 0
        self._plain, self._ended = b"", False

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray) -> int:
        while not self._plain and not self._ended:
            self._open()
        size = min(len(buffer), len(self._plain))
        buffer[:size] = self._plain[:size]
        self._plain = self._plain[size:]
        return size

    def drain(self) -> None:
        """Reads to the end: a file whose end is missing is refused."""
        while self.read(CHUNK):
            pass

    def _open(self) -> None:
        following = self._file.read(CHUNK + TAG)
        nonce = _nonce(self._number, last=not following)
        try:
            self._plain = self._cipher.decrypt(nonce, self._next, self._header)
        except InvalidTag:
            code = "damaged" if self._number else "closed"
            raise NotOpened(
                code,
                "The passphrase or key file is another one, or the file was changed."
                if code == "closed"
                else f"The file was shortened or changed after {self._number} MB.",
            ) from None
        self._next, self._ended = following, not following
        self._number += 1


def _header(line: bytes, key: Key) -> dict:
    try:
        header = json.loads(line)
        usable = len(bytes.fromhex(header["salt"])) == 32 and header["kind"] == key.kind
        if key.kind == "scrypt" and usable:
            n, r, p = (header[name] for name in ("n", "r", "p"))
            usable = n in (1 << place for place in range(14, 21)) and (r, p) == (8, 1)
    except (ValueError, KeyError, TypeError) as error:
        raise NotOpened("closed", f"The beginning of the file was changed: {error}.") from error
    if not usable:
        raise NotOpened(
            "closed", "The file was sealed otherwise: with a passphrase and not a key file, or "
            "the other way round; or its beginning was changed.",
        )  # fmt: skip
    return header


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(11, "big") + (b"\1" if last else b"\0")
