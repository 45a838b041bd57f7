"""Archives: their directory is checked before anything is unpacked, and unpacking is counted."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path

from data.imports.limits import Limits, Unreadable

BLOCK = 1 << 18
_NESTED = (".zip", ".xlsx", ".gz", ".bz2", ".xz", ".7z", ".rar")
#: Files inside an archive that hold a table.
TABLES = (".csv", ".tsv", ".txt")
_BROKEN = (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, OSError, ValueError,
           NotImplementedError, RuntimeError)  # fmt: skip


def check_entries(entries: list[zipfile.ZipInfo], limits: Limits) -> None:
    """Refuses what only an archive that means harm has. Raises: Unreadable."""
    names = [entry.filename for entry in entries]
    if len(names) > limits.archive_entries:
        raise Unreadable("suspicious_archive", reason=f"{len(names)} > {limits.archive_entries}")
    if len(set(names)) < len(names):
        raise Unreadable("suspicious_archive", reason=next(n for n in names if names.count(n) > 1))
    for name in names:
        if name.startswith(("/", "\\")) or ".." in name.replace("\\", "/").split("/"):
            raise Unreadable("suspicious_archive", reason=name[:60])
        if name.lower().endswith(_NESTED):
            raise Unreadable("suspicious_archive", reason=name[:60])
    unpacked = sum(entry.file_size for entry in entries)
    packed = sum(entry.compress_size for entry in entries) or 1
    if unpacked > limits.unpacked_bytes:
        raise Unreadable("suspicious_archive", reason=f"{unpacked >> 20} MB")
    if unpacked > 1 << 20 and unpacked / packed > limits.archive_ratio:
        raise Unreadable("suspicious_archive", reason=f"{unpacked // packed}:1")


def tables_in(path: Path, limits: Limits) -> list[str]:
    """Names of the tables of an archive, the largest first. Raises: Unreadable."""
    try:
        with zipfile.ZipFile(path) as archive:
            entries = archive.infolist()
            check_entries(entries, limits)
    except _BROKEN as error:
        raise Unreadable("damaged_file") from error
    found = [entry for entry in entries if entry.filename.lower().endswith(TABLES)]
    return [entry.filename for entry in sorted(found, key=lambda each: -each.file_size)]


def unpacked(path: Path, member: str, limits: Limits, out: Path) -> Path:
    """One table of an archive as a file of its own. Raises: Unreadable."""
    found = tables_in(path, limits)
    if member not in found:
        raise Unreadable("member_missing", value=member, found=", ".join(sorted(found)))
    size = 0
    try:
        with zipfile.ZipFile(path) as archive, archive.open(member) as file, out.open("wb") as copy:
            while block := file.read(BLOCK):
                size += len(block)
                if size > limits.unpacked_bytes:
                    reason = f"> {limits.unpacked_bytes >> 20} MB"
                    raise Unreadable("suspicious_archive", reason=reason)
                copy.write(block)
    except _BROKEN as error:
        raise Unreadable("damaged_file") from error
    return out
