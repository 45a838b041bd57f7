"""The command line in a process of its own, and folders that one worker makes for all."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest

#: Seconds that a shared machine may take to load the sample.
LOADING = 300


def run_arviomo(home: Path, *words: str, **more: str) -> subprocess.CompletedProcess[str]:
    """What the command line says and how it ends, in a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "dashboard.cli", *words],
        env=environment(home) | more,
        capture_output=True,
        text=True,
        timeout=LOADING,
    )


def environment(home: Path) -> dict[str, str]:
    """The environment of a command whose data is in a folder, and nowhere else."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("ARVIOMO_")}
    return kept | {"ARVIOMO_HOME": str(home), "ARVIOMO_LANGUAGE": "en"}


def made_once(folder: Path, make: Callable[[Path], None]) -> Path:
    """A folder that the first worker makes and the others wait for."""
    done, failed = folder.with_suffix(".done"), folder.with_suffix(".failed")
    try:
        folder.mkdir()
    except FileExistsError:
        deadline = time.monotonic() + LOADING
        while not done.exists():
            if failed.exists() or time.monotonic() > deadline:
                pytest.fail(f"another worker could not make {folder.name}; it tells why")
            time.sleep(0.2)
        return folder
    try:
        make(folder)
    except BaseException:
        failed.touch()
        raise
    done.touch()
    return folder
