"""Long work of the data room, done in a child process so that pages stay light and quick."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

from dashboard import intake_children
from data.access import User
from data.imports.problems import Problem

#: Progress of long work: step, done, total.
Progress = Callable[[str, int, int], None]


class WorkFailed(Exception):
    """The child process ended without saying how it went; nothing half-done is in the database."""


class Refused(Exception):
    """A file or a batch was refused; problems say why."""

    def __init__(self, file: str, problems: tuple[Problem, ...]) -> None:
        super().__init__(file)
        self.file = file
        self.problems = problems


def preview(user: User, file: Path, profile: str, progress: Progress) -> dict[str, Any]:
    """What storing a file would do: counts, problems and the first rows. Raises: WorkFailed."""
    return _work(user, progress, do="preview", file=str(file), profile=profile)


def store(
    user: User, file: Path, profile: str, progress: Progress, *, accept_rejected: bool
) -> dict[str, Any]:
    """The stored batch and the publication that followed it. Raises: Refused, WorkFailed."""
    return _work(
        user,
        progress,
        do="store",
        file=str(file),
        profile=profile,
        accept_rejected=accept_rejected,
    )


def suggest(
    user: User,
    file: Path,
    said: dict[str, Any],
    form: Path | None,
    language: str,
    progress: Progress,
) -> dict[str, Any]:
    """What a file is and how it may be brought in, in words. Raises: Refused, WorkFailed."""
    told = {"said": said, "form": str(form) if form else None, "language": language}
    return _work(user, progress, do="suggest", file=str(file), **told)


def keep(
    user: User, file: Path, said: dict[str, Any], form: Path | None, progress: Progress
) -> str:
    """The name of the profile that was kept of a suggestion. Raises: Refused, WorkFailed."""
    told = {"said": said, "form": str(form) if form else None}
    return _work(user, progress, do="keep", file=str(file), **told)["profile"]


def undo(user: User, batch: int, progress: Progress) -> dict[str, Any]:
    """The publication after a batch was taken back. Raises: Refused, WorkFailed."""
    return _work(user, progress, do="undo", batch=batch)


def refresh(user: User, progress: Progress) -> dict[str, Any]:
    """The publication of everything anew. Raises: WorkFailed."""
    return _work(user, progress, do="refresh")


def problems(told: list[dict[str, Any]]) -> tuple[Problem, ...]:
    """Problems as the child process told them."""
    return tuple(Problem(**one) for one in told)


def _work(user: User, progress: Progress, **request: Any) -> dict[str, Any]:
    request["user"] = user.id
    try:
        with intake_children.child() as child:
            _ask(child, request)
            for line in child.stdout:
                said = json.loads(line)
                if "progress" in said:
                    progress(*said["progress"])
                elif "done" in said:
                    return said["done"]
                elif "refused" in said:
                    raise Refused(Path(said["file"]).name, problems(said["refused"]))
    finally:
        # Who looked at a file may store it next.
        intake_children.prepare()
    raise WorkFailed(f"{request['do']} ended with code {child.returncode}")


def _ask(child: subprocess.Popen[str], request: dict[str, Any]) -> None:
    """Nothing; the request is told. A child that is gone is found out by its silence."""
    with suppress(BrokenPipeError):
        child.stdin.write(json.dumps(request))
        child.stdin.close()
