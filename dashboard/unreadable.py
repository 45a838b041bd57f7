"""What is said where the list of the erased, or the secret of the installation, cannot be read."""

from __future__ import annotations

from data.fieldwork.installation import ExposedSecret
from data.keeping.marks import DamagedMarks


def words(problem: DamagedMarks | ExposedSecret) -> tuple[str, dict[str, object]]:
    """The key of the text, and its values."""
    if isinstance(problem, ExposedSecret):
        return f"refusal.secret_{problem.code}", {"file": problem.path}
    if problem.line:
        return "refusal.erased_marks_line", {"file": problem.path, "line": problem.line}
    return "refusal.erased_marks", {"file": problem.path}
