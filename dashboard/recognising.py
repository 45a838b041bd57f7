"""A file that says itself what it is: recognised, mapped with choices, kept as a profile, tried."""

from __future__ import annotations

import hashlib
import json
from contextlib import contextmanager
from typing import Any

import pandas as pd
import streamlit as st
from streamlit.runtime.uploaded_file_manager import UploadedFile

from dashboard import intake, intake_children, upload, value_maps
from dashboard.labels import group_name, questionnaire_name, questionnaires, wave_name
from dashboard.literal import literal
from dashboard.session import Viewing, follow, keep, kept
from dashboard.truth import engine
from dashboard.wording import say
from data import access, records
from data.database import database_url, reading
from data.imports.kept import known_profiles
from data.imports.problems import message
from survey.instrument import GROUPS, WAVES

#: The choice that asks the file itself what it is.
BY_ITSELF = "by_itself"
TYPES = ["csv", "tsv", "txt", "xlsx", "zip", "xml", "xes"]
#: What is remembered of a file for the rest of the visit.
REMEMBERED = ("encoding", "pinned", "without", "table", "values")
#: Looks that are kept, so that ticking a box does not read the file again.
KEPT = 8

# Not Streamlit's cache: it would not let the progress of the work be shown.
_looks: dict[str, dict[str, Any]] = {}


def show(viewing: Viewing) -> None:
    """The choice of a profile, with the file's own word first; then the file."""
    language = viewing.language
    with reading(engine()) as connection:
        is_sample = bool(access.personas(connection))
    if is_sample:
        st.info(say("upload.sample", language))
        return
    # Who comes here brings a file soon.
    intake_children.prepare()
    profile = st.selectbox(
        say("upload.profile", language),
        format_func=lambda name: (
            say("suggest.first", language)
            if name == BY_ITSELF
            else upload.profile_name(name, language)
        ),
        **follow("profile", [BY_ITSELF, *known_profiles()]),
    )
    if profile == BY_ITSELF:
        recognise(viewing)
    else:
        upload.from_profile(viewing, profile)


def recognise(viewing: Viewing) -> None:
    """What a file is, what would go where, and the profile that is kept of it."""
    language = viewing.language
    file = st.file_uploader(say("upload.file", language), type=TYPES, key="recognise_file")
    if file is None:
        return
    form = st.file_uploader(
        say("suggest.form", language), type=["lss", "xlsx"], key="recognise_form"
    )
    said = choices(viewing)
    mark = hashlib.sha256(file.getbuffer()).hexdigest()
    said |= kept(f"suggested:{mark}") or {}
    found = looked_at(viewing, file, form, said)
    if found is None:
        return
    tell(found, language)
    if found["unsure"] and confirmed(found["unsure"], mark, said, language):
        st.rerun()
    value_maps.choose_table(found, mark, said, language, remember)
    change(found, mark, said, language)
    value_maps.change_values(found, mark, said, language, remember)
    if found["whole"] and st.button(
        say("suggest.keep", language), type="primary", key="suggest_keep"
    ):
        settle(viewing, file, form, said, mark)
    profile = kept(f"profile:{mark}")
    if profile and profile in known_profiles():
        st.success(literal(say("suggest.kept", language, profile=profile)))
        upload.tried(viewing, file, profile)


def choices(viewing: Viewing) -> dict[str, Any]:
    """What the reader says of the whole file."""
    language = viewing.language
    with reading(engine()) as connection:
        named = records.project_names(connection, viewing.user)
    projects = {one.code: records.name_in(one, language) for one in named}
    from_file = say("suggest.from_file", language)
    fields: dict[str, str] = {}
    told = (
        ("project", list(projects), lambda code: projects[code]),
        ("wave", list(WAVES), lambda code: wave_name(code, language)),
        ("group", list(GROUPS), lambda code: group_name(code, language)),
    )
    for place, (name, options, named) in zip(st.columns(3), told, strict=True):
        chosen = place.selectbox(
            say(f"suggest.{name}", language),
            ["", *options],
            format_func=lambda code, named=named: named(code) if code else from_file,
            key=f"suggest_{name}",
        )
        fields |= {name: chosen} if chosen else {}
    instrument = st.selectbox(
        say("suggest.use_instrument", language),
        ["", *questionnaires()],
        format_func=lambda key: (
            questionnaire_name(key, language) if key else say("suggest.by_itself", language)
        ),
        key="suggest_instrument",
    )
    create = st.checkbox(say("suggest.create", language), key="suggest_create")
    return {
        "fields": fields,
        "instrument": instrument,
        "create_projects": create,
        "encoding": "",
        "pinned": {},
        "without": [],
        "table": "",
        "values": {},
    }


def looked_at(
    viewing: Viewing, file: UploadedFile, form: UploadedFile | None, said: dict[str, Any]
) -> dict[str, Any] | None:
    """The suggestion for a file; None where it is refused, which is told."""
    language = viewing.language
    asked = json.dumps(
        [
            database_url(), viewing.user.id, language, file.name, said,
            *(hashlib.sha256(each.getbuffer()).hexdigest() for each in (file, form) if each),
        ],
        sort_keys=True,
    )  # fmt: skip
    if asked in _looks:
        return _looks[asked]

    def look(progress: intake.Progress) -> dict[str, Any]:
        with on_disk(file, form) as (path, beside):
            return intake.suggest(viewing.user, path, said, beside, language, progress)

    found = told_of(look, language)
    if found is not None:
        while len(_looks) >= KEPT:
            _looks.pop(next(iter(_looks)), None)
        _looks[asked] = found
    return found


@contextmanager
def on_disk(file: UploadedFile, form: UploadedFile | None):
    """The uploaded files under their own names in folders that are gone afterwards."""
    with upload.on_disk(file) as path:
        if form is None:
            yield path, None
            return
        with upload.on_disk(form) as beside:
            yield path, beside


def told_of(do, language: str) -> Any:
    """What long work came to; None where it was refused or failed, which is told."""
    with upload.bar(language) as progress:
        try:
            return do(progress)
        except intake.Refused as refused:
            for problem in refused.problems:
                st.error(literal(message(problem, language, refused.file)))
            if not refused.problems:
                st.error(say("upload.not_permitted", language))
        except intake.WorkFailed:
            st.error(say("upload.failed", language))
    return None


def tell(found: dict[str, Any], language: str) -> None:
    """What the file is, what would go where, what stays out, what is asked."""
    st.markdown("\n".join(f"- {literal(line)}" for line in found["about"]))
    if found["mapping"]:
        with st.expander(say("suggest.mapping", language), expanded=True):
            rows = [
                [
                    literal(name),
                    literal(columns),
                    say(f"suggest.{'sure' if sure else 'unsure'}", language),
                ]
                for name, columns, sure in found["mapping"]
            ]
            heads = [say(f"suggest.{head}", language) for head in ("field", "columns", "certain")]
            table = pd.DataFrame(rows, columns=heads)
            st.table(table, alt=say("suggest.mapping", language), hide_index=True)
    for line in found["left_out"]:
        st.caption(literal(line))
    if found["questions"]:
        st.markdown(f"**{say('suggest.questions', language)}**")
        st.markdown("\n".join(f"- {literal(line)}" for line in found["questions"]))


def confirmed(unsure: dict[str, str], mark: str, said: dict[str, Any], language: str) -> bool:
    """Whether the reader has just said that the text reads right in the likeliest encoding."""
    told = say("suggest.confirm_encoding", language, **unsure)
    if not st.checkbox(literal(told), key=f"suggest_encoding_{mark[:12]}"):
        return False
    remember(mark, said, encoding=unsure["encoding"])
    return True


def change(found: dict[str, Any], mark: str, said: dict[str, Any], language: str) -> None:
    """What the reader changes in the mapping: leaves out, or connects a column to a question."""
    with st.expander(say("suggest.change", language)):
        names = [name for name, _, _ in found["mapping"]] + list(said["without"])
        without = st.multiselect(
            say("suggest.without", language),
            list(dict.fromkeys(names)),
            default=list(said["without"]),
            key=f"suggest_without_{mark[:12]}",
        )
        if without != list(said["without"]):
            remember(mark, said, without=without)
            st.rerun()
        if not (found["missing"] and found["free"]):
            return
        item = st.selectbox(
            say("suggest.item", language), found["missing"], key=f"suggest_item_{mark[:12]}"
        )
        column = st.selectbox(
            say("suggest.column", language), found["free"], key=f"suggest_column_{mark[:12]}"
        )
        if st.button(say("suggest.connect", language), key=f"suggest_connect_{mark[:12]}"):
            remember(mark, said, pinned={**said["pinned"], item: column})
            st.rerun()


def remember(mark: str, said: dict[str, Any], **changed: Any) -> None:
    """What the reader said of this file, for the rest of the visit."""
    told = {name: said[name] for name in REMEMBERED}
    keep(f"suggested:{mark}", told | changed)


def settle(
    viewing: Viewing, file: UploadedFile, form: UploadedFile | None, said: dict[str, Any], mark: str
) -> None:
    """Keep the suggestion as a profile, under which the file is tried."""

    def do(progress: intake.Progress) -> str:
        with on_disk(file, form) as (path, beside):
            return intake.keep(viewing.user, path, said, beside, progress)

    name = told_of(do, viewing.language)
    if name is not None:
        keep(f"profile:{mark}", name)
