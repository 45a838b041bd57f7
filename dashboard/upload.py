"""Bringing a file in with a profile: look first, accept or not, then publish anew."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard import format as written
from dashboard import intake
from dashboard.literal import literal
from dashboard.session import Viewing
from dashboard.truth import engine
from dashboard.wording import at_least, say
from data import records
from data.database import database_url, reading
from data.imports.kept import known_profiles
from data.imports.problems import Problem, message

SHOWN_PROBLEMS = 15
#: Previews that are kept, so that ticking a box does not read the file again.
KEPT = 16


class Asked(NamedTuple):
    """What a preview depends on: the database and its newest batch, who asks, the file, the
    profile."""

    database: str
    person: int
    content: str
    profile: str
    newest: tuple[int, str] | None


# Not Streamlit's cache: it would not let the progress of the work be shown.
_previews: dict[Asked, dict[str, Any]] = {}


def from_profile(viewing: Viewing, profile: str) -> None:
    """A file that is read with a profile: what storing it would do, and the button that stores."""
    file = st.file_uploader(
        say("upload.file", viewing.language),
        type=["csv", "tsv", "txt", "xlsx", "zip"],
        key=f"upload_{profile}",
    )
    if file is not None:
        tried(viewing, file, profile)


def tried(viewing: Viewing, file: UploadedFile, profile: str) -> None:
    """A file under a profile: what storing it would do, and the button that stores it."""
    language = viewing.language
    with bar(language) as progress:
        try:
            found = looked_at(viewing, file, profile, progress)
        except intake.Refused:
            st.error(say("upload.not_permitted", language))
            return
        except intake.WorkFailed:
            st.error(say("upload.failed", language))
            return
    tell(found, file.name, language)
    if not found["fatal"] and found["earlier_batch"] is None:
        offer(viewing, file, profile, found)


def profile_name(name: str, language: str) -> str:
    """What a profile is called, and what kind of file it reads."""
    profile = known_profiles()[name]
    title = profile.title.in_language(language) if profile.title else name
    return f"{title} ({say(f'kind.{profile.kind}', language)})"


def looked_at(
    viewing: Viewing, file: UploadedFile, profile: str, progress: intake.Progress
) -> dict[str, Any]:
    """The preview of a file; looked at again only when the file or the database has changed."""
    with reading(engine()) as connection:
        newest = records.import_batches(connection, viewing.user, limit=1).rows
    state = (newest[0].id, newest[0].status) if newest else None
    content = hashlib.sha256(file.getbuffer()).hexdigest()
    asked = Asked(database_url(), viewing.user.id, content, profile, state)
    if asked not in _previews:
        with on_disk(file) as path:
            found = intake.preview(viewing.user, path, profile, progress)
        while len(_previews) >= KEPT:
            _previews.pop(next(iter(_previews)), None)
        _previews[asked] = found
    return _previews[asked]


@contextmanager
def on_disk(file: UploadedFile) -> Iterator[Path]:
    """The uploaded file under its own name in a folder that is gone afterwards."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / (Path(file.name).name or "file")
        path.write_bytes(file.getbuffer())
        yield path


@contextmanager
def bar(language: str) -> Iterator[intake.Progress]:
    """A bar that shows how far long work has come, and is gone afterwards."""
    place = st.empty()

    def progress(step: str, done: int, total: int) -> None:
        place.progress(min(1.0, done / total) if total else 0.0, text=say(f"step.{step}", language))

    yield progress
    place.empty()


def tell(found: dict[str, Any], name: str, language: str) -> None:
    """What a preview came to: counts, what was recognised, what is left out, what is wrong."""
    for problem in intake.problems(found["fatal"]):
        st.error(literal(message(problem, language, name)))
    for problem in intake.problems(found["warnings"]):
        st.warning(literal(message(problem, language, name)))
    if found["fatal"]:
        return
    counted = {n: written.count(found[n], language) for n in ("rows_read", "storable", "rejected")}
    st.markdown(literal(say("upload.counts", language, **counted)))
    if found["dropped_columns"]:
        st.caption(
            literal(say("upload.dropped", language, columns=", ".join(found["dropped_columns"])))
        )
    if found["sample"]["data"]:
        with st.expander(say("upload.first_rows", language)):
            sample = found["sample"]
            st.table(
                pd.DataFrame(
                    [[literal(cell) for cell in row] for row in sample["data"]],
                    columns=[literal(column) for column in sample["columns"]],
                ),
                alt=say("upload.first_rows", language),
                hide_index=True,
            )
    wrong = intake.problems(found["problems"])
    if wrong:
        tell_problems(wrong, name, language)


def tell_problems(wrong: tuple[Problem, ...], name: str, language: str) -> None:
    """The first problems of a file in words, and how many there are in all."""
    with st.expander(
        say("upload.problems", language, n=written.count(len(wrong), language)), expanded=True
    ):
        st.markdown(
            "\n".join(
                f"- {literal(message(problem, language, name))}"
                for problem in wrong[:SHOWN_PROBLEMS]
            )
        )
        if len(wrong) > SHOWN_PROBLEMS:
            st.caption(
                say(
                    "upload.more_problems",
                    language,
                    n=written.count(len(wrong) - SHOWN_PROBLEMS, language),
                )
            )


def offer(viewing: Viewing, file: UploadedFile, profile: str, found: dict[str, Any]) -> None:
    """The button that stores the file, once the reader has accepted what would be left out."""
    language = viewing.language
    if not found["storable"]:
        st.info(say("upload.nothing_to_store", language))
        return
    accepted = True
    if found["rejected"]:
        accepted = st.checkbox(
            say("upload.accept", language, n=written.count(found["rejected"], language)),
            key="upload_accept",
        )
    if st.button(
        say("upload.store", language), type="primary", disabled=not accepted, key="upload_store"
    ):
        work(
            language,
            lambda progress: store(viewing, file, profile, progress, accepted=accepted),
            "upload.done",
        )


def store(
    viewing: Viewing,
    file: UploadedFile,
    profile: str,
    progress: intake.Progress,
    *,
    accepted: bool,
) -> dict[str, Any]:
    """Store the file and publish."""
    with on_disk(file) as path:
        return intake.store(viewing.user, path, profile, progress, accept_rejected=accepted)


def work(language: str, do, done: str) -> bool:
    """Whether long work succeeded; its progress, its end or its refusal is shown.

    That projects' own figures are there already is told while the rest is still being published,
    and stays told if that fails.
    """
    own = st.empty()

    def told(step: str, done: int, total: int) -> None:
        progress(step, done, total)
        if step == "own" and done:
            own.info(say("upload.own_published", language))

    with bar(language) as progress:
        try:
            came_to = do(told)
        except intake.Refused as refused:
            for problem in refused.problems:
                st.error(literal(message(problem, language, refused.file)))
            if not refused.problems:
                st.error(say("upload.not_permitted", language))
            return False
        except intake.WorkFailed:
            st.error(say("upload.failed", language))
            return False
    own.empty()
    numbers = {
        name: written.count(value, language)
        for name, value in came_to.items()
        if isinstance(value, int) and not isinstance(value, bool)
    }
    st.success(say(done, language, **numbers))
    if waiting := came_to.get("waiting"):
        answers = sum(each["answers"] for each in waiting)
        collections = written.count(len(waiting), language)
        told = {"answers": at_least(answers, language), "collections": collections}
        st.info(say("cli.refresh.waiting", language, **told))
    return True
