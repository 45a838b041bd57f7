"""The child process that sets a brief: limited in memory and time, and easy to lose.

It takes what is said as JSON on its standard input and writes a PDF to its standard output. The
engine sees an empty folder, the fonts that came with it, and no packages.
"""

from __future__ import annotations

import importlib
import resource
import sys
import tempfile
import time
from pathlib import Path

TEMPLATE = Path(__file__).with_name("brief.typ")
#: PDF for everybody (read aloud in order, with its language and the words of its charts), and for
#: the archive (nothing outside the file is needed to show it).
STANDARDS = ["ua-1", "a-2a"]
MEGABYTE = 2**20
#: Address space, as the engine maps its fonts and starts threads; processor and file.
MEMORY, SECONDS, LARGEST = 3_000 * MEGABYTE, 20, 30 * MEGABYTE


def confine() -> None:
    """Sets this process's limits."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS + 2))
    resource.setrlimit(resource.RLIMIT_FSIZE, (LARGEST, LARGEST))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


def set_type(brief: str, empty: Path) -> bytes:
    """The PDF of what is said, as JSON; empty: a folder with nothing in it."""
    typst = importlib.import_module("typst")
    return typst.compile(
        TEMPLATE.read_bytes(),
        root=str(empty),
        font_paths=typst.Fonts(include_system_fonts=False),
        package_path=str(empty),
        package_cache_path=str(empty),
        sys_inputs={"brief": brief},
        pdf_standards=STANDARDS,
        format="pdf",
        timestamp=int(time.time()),
    )


def main() -> None:
    """Answers one request."""
    confine()
    with tempfile.TemporaryDirectory() as empty:
        sys.stdout.buffer.write(set_type(sys.stdin.read(), Path(empty)))


if __name__ == "__main__":
    main()
