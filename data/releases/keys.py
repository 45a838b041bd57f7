"""The key that signs this installation's releases, and the public keys of all that ever did.

The key is a file beside the database, never in it: whoever has the database alone can sign
nothing. Public keys are kept in a file of their own, one a line, the newest last; that file is what
an auditor gets. A key that signs no more is followed by every release that it had signed: whoever
finds or stole it later can add none (`verify_release.read_keys`).
"""

from __future__ import annotations

import os
import stat
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from data.keeping import marks
from data.releases.verify_release import ENDS, Invalid, read_keys
from metrics.indicators.indicator import NO_RELEASE

FILE, PUBLIC_FILE = "release_key", "release_keys.public"
BYTES = 32


class ExposedKey(Exception):
    """The key's file can be read by others, or is not a key; the message says what to do."""


def signing_key(home: Path) -> Ed25519PrivateKey:
    """The key that signs releases now, made at the first need.

    Raises: ExposedKey, marks.DamagedMarks, installation.ExposedSecret.
    """
    path = home / FILE
    try:
        found = _read(path)
    except FileNotFoundError:
        if public_keys(home):
            raise ExposedKey(
                f"{path} is gone, and releases were signed with it. Put back the copy of it that "
                "was kept, or run: arviomo release-key --rotate, which makes a new one."
            ) from None
        _make(path)
        found = _read(path)
    key = Ed25519PrivateKey.from_private_bytes(found)
    if public_keys(home).get(_hexadecimal(key)) is not None or _is_marked(home, key):
        raise ExposedKey(
            f"{path} holds a key that was retired; nothing that it signs is valid. Put back the "
            "newer one, or run: arviomo release-key --rotate, which makes a new one."
        )
    _tell(home, _hexadecimal(key), datetime.now(UTC).date())
    return key


def _is_marked(home: Path, key: Ed25519PrivateKey) -> bool:
    """Whether a key was retired, though an older copy of the files says that it signs."""
    told = marks.read(home / marks.FILE)
    ended = (marks.RETIRED, marks.COMPROMISED)
    return bool(told) and any(
        mark in told for kind in ended for mark in marks.mark_all(home, kind, [_hexadecimal(key)])
    )


def public_key(home: Path) -> str:
    """The public half of the key that signs now, in hexadecimal. Raises: ExposedKey."""
    return _hexadecimal(signing_key(home))


def public_keys(home: Path) -> dict[str, tuple[str, frozenset[str]] | None]:
    """The public keys of this installation in hexadecimal, the oldest first: each with None, or
    with how it ended and what it had signed. Raises: ExposedKey where their file is not whole."""
    try:
        return read_keys((home / PUBLIC_FILE).read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except Invalid as torn:
        raise ExposedKey(
            f"{home / PUBLIC_FILE} is not whole ({torn}). Put back a copy of it; auditors have one."
        ) from torn


def public_file(home: Path) -> str:
    """The file of public keys, as an auditor gets it. Raises: ExposedKey."""
    signing_key(home)
    return (home / PUBLIC_FILE).read_text(encoding="utf-8")


def rotate(home: Path, signed: Mapping[str, Sequence[str]], *, compromised: bool = False) -> str:
    """The new public key; the old private one is gone, and no key but the new one signs any more.

    signed: the hashes of what each key had signed, in their order; nothing else of it is valid
    from now on (`data.releases.rotation` knows them). Raises: ExposedKey where the new file can be
    read by others.
    """
    path, at = home / FILE, datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    word = ENDS[compromised]
    lines = []
    for key, ended in public_keys(home).items():
        if ended is None:
            mine = signed.get(key, ())
            last = mine[-1] if mine else NO_RELEASE
            lines.append(f"{word} {key} {at} {len(mine)} {last}")
            lines += [f"signed {key} {sha256}" for sha256 in mine]
    # First nobody believes the old key any more, then it goes: a crash between leaves a key that
    # signs nothing, and another rotation.
    _append(home, lines)
    path.unlink(missing_ok=True)
    _make(path)
    key = Ed25519PrivateKey.from_private_bytes(_read(path))
    _tell(home, _hexadecimal(key), datetime.now(UTC).date())
    return _hexadecimal(key)


def _hexadecimal(key: Ed25519PrivateKey) -> str:
    return key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex()


def _read(path: Path) -> bytes:
    with path.open("rb") as file:
        if stat.S_IMODE(os.fstat(file.fileno()).st_mode) & 0o077:
            raise ExposedKey(
                f"{path} may be read by others on this machine. Run: chmod 600 {path}. If somebody "
                "may have read it, run: arviomo release-key --rotate, and tell those who verify."
            )
        found = file.read(BYTES + 1)
    if len(found) != BYTES:
        raise ExposedKey(
            f"{path} holds {len(found)} bytes instead of {BYTES}. Put back the copy of it that was "
            "kept when it was made, or run: arviomo release-key --rotate."
        )
    return found


def _make(path: Path) -> None:
    """Puts a new key in its place, whole and only once however many programs try."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f"{FILE}.")  # readable by us alone
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(Ed25519PrivateKey.generate().private_bytes_raw())
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(name)
    finally:
        Path(name).unlink()


def _tell(home: Path, key: str, today: date) -> None:
    """Nothing; a public key stands in the file, with the day from which it signs."""
    if key not in public_keys(home):
        _append(home, [f"{key}  # {today.isoformat()}"])


def _append(home: Path, lines: Sequence[str]) -> None:
    """Nothing; the file of public keys has these lines too, all of them or none."""
    path = home / PUBLIC_FILE
    before = path.read_text(encoding="utf-8") if path.exists() else ""
    home.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(dir=home, prefix=f"{PUBLIC_FILE}.")
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        file.write(before + "".join(f"{line}\n" for line in lines))
        file.flush()
        os.fsync(file.fileno())
    Path(name).chmod(0o644)
    Path(name).replace(path)
