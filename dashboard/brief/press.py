"""What is said in a brief -> a PDF, set by a child process that the server can lose."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from dashboard.brief.letters import settable

WORKER = ("-m", "dashboard.brief.press_worker")
#: Seconds on the clock that a brief may take; it takes one.
PATIENCE = 60
ROOT = Path(__file__).parents[2]

log = logging.getLogger(__name__)


class UnsetBrief(Exception):
    """No PDF came of a brief. The engine's words are in the log; nothing was written."""


def set_brief(brief: dict[str, Any]) -> bytes:
    """The PDF of a brief, in letters that its font has. Raises: UnsetBrief."""
    environment = {"PATH": os.environ.get("PATH", ""), "PYTHONIOENCODING": "utf-8"}
    try:
        done = subprocess.run(  # noqa: S603 -- our own module, run by our own interpreter
            [sys.executable, *WORKER],
            input=json.dumps(in_letters(brief)).encode(),
            capture_output=True,
            cwd=ROOT,
            env=environment,
            timeout=PATIENCE,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        raise UnsetBrief(f"the brief was not set within {PATIENCE} seconds; try again") from late
    if done.returncode or not done.stdout.startswith(b"%PDF"):
        said = done.stderr.decode(errors="replace").strip().splitlines()
        log.error("a brief was not set (%s): %s", done.returncode, said[-1:] or "nothing said")
        raise UnsetBrief("the brief was not set; the log says what the engine said")
    return done.stdout


def in_letters(said: Any) -> Any:
    """The same with every text in letters that the font has; pictures are such already."""
    if isinstance(said, dict):
        return {name: part if name == "svg" else in_letters(part) for name, part in said.items()}
    if isinstance(said, list | tuple):
        return [in_letters(part) for part in said]
    return settable(said) if isinstance(said, str) else said
