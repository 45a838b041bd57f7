"""What kinds of files may back a figure, told from their content."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath

from data.judgement.evidence import BEGINNINGS

#: More than this is refused: a link serves better.
PROOF_BYTES = 20_000_000
MEDIA_TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpeg": "image/jpeg",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
_ENDINGS = {"pdf": "pdf", "png": "png", "jpg": "jpeg", "jpeg": "jpeg", "xlsx": "xlsx", "csv": "csv"}
_ZIP = b"PK\x03\x04"
#: What every workbook holds, and what none that is taken may hold.
_WORKBOOK, _MACROS = {"[Content_Types].xml", "xl/workbook.xml"}, "vbaProject.bin"
_SIGNS = (b",", b";", b"\t")


class RefusedProof(Exception):
    """A file or a link that is not taken, or cannot be given out. code: "empty", "too_large",
    "unknown_kind", "lying_kind", "macros", "duplicate", "link", "status", "of_one_thing", "gone"
    or "changed"."""

    def __init__(self, code: str, message: str, **values: object) -> None:
        super().__init__(message)
        self.code = code
        self.values = values


def refuse_lying(name: str, content: bytes) -> str:
    """The kind of a file, where its content is what its name says.

    Raises: RefusedProof: "empty", "too_large", "unknown_kind", "macros", "lying_kind".
    """
    kind = kind_of(content)
    ending = PurePosixPath(name).suffix.lstrip(".").lower()
    if _ENDINGS.get(ending) != kind:
        raise RefusedProof(
            "lying_kind", f"{name} is a {kind} file by its content and says otherwise by its name. "
            f"Save it as {kind} again, or correct its ending.", name=name, kind=kind,
        )  # fmt: skip
    return kind


def kind_of(content: bytes) -> str:
    """What kind of file it is, by its content. Raises: RefusedProof."""
    if not content:
        raise RefusedProof("empty", "The file is empty. Choose another one.")
    if len(content) > PROOF_BYTES:
        raise RefusedProof(
            "too_large", f"The file has {len(content):,} bytes, and at most {PROOF_BYTES:,} are "
            "taken. Make it smaller, or give a link instead.",
            found=len(content), limit=PROOF_BYTES,
        )  # fmt: skip
    for kind, beginning in BEGINNINGS.items():
        if content.startswith(beginning):
            return kind
    if content.startswith(_ZIP) and _is_workbook(content):
        return "xlsx"
    if _is_table(content):
        return "csv"
    raise RefusedProof(
        "unknown_kind", "The file is no PDF, PNG, JPEG, XLSX or CSV (in UTF-8). Save it as one."
    )


def _is_workbook(content: bytes) -> bool:
    """Whether a ZIP is a workbook; nothing of it is unpacked. Raises: RefusedProof: "macros"."""
    try:
        names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    except zipfile.BadZipFile:
        return False
    if any(name.endswith(_MACROS) for name in names):
        raise RefusedProof(
            "macros", "The workbook holds macros, which nobody should run. Save it without them."
        )
    return set(names) >= _WORKBOOK


def _is_table(content: bytes) -> bool:
    """Whether a file is text with a separator in its first line."""
    try:
        content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return False
    first = content.split(b"\n", 1)[0]
    return b"\x00" not in content and any(sign in first for sign in _SIGNS)
