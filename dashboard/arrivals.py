"""What came in by file, what was refused of it, which surveys there are, what was published."""

from __future__ import annotations

import csv
import io

import pandas as pd
import sqlalchemy as sa
import streamlit as st

from dashboard import downloads, intake, upload
from dashboard import format as written
from dashboard.components import part
from dashboard.fetching import fetch
from dashboard.labels import phase_name, questionnaire_name, wave_name
from dashboard.literal import literal
from dashboard.session import Viewing, follow
from dashboard.truth import engine
from dashboard.wording import say, say_count
from data import access, records, sheets
from data.access import User
from data.database import reading
from data.exports.cells import harmless
from data.imports.problems import Problem, message
from data.permissions import Kind, Verb
from data.records import Batch

MOST_BATCHES = 30
SHOWN_ROWS = 20
MOST_REVISIONS = 10
MOST_COLLECTIONS = 40


def batches(viewing: Viewing) -> None:
    """Every file that came in, with counts that reconcile; one of them in full."""
    language = viewing.language
    with reading(engine()) as connection:
        page = records.import_batches(connection, viewing.user, limit=MOST_BATCHES)
        is_sample = bool(access.personas(connection))
    if not page.rows:
        why = "data_room.sample_batches" if is_sample else "data_room.no_batches"
        st.info(say(why, language))
        return
    st.table(
        batch_table(page.rows, language), alt=say("data_room.batches", language), hide_index=True
    )
    if page.total > len(page.rows):
        st.caption(say("data_room.latest_only", language, shown=len(page.rows), all=page.total))
    by_number = {batch.id: batch for batch in page.rows}
    part(say("data_room.batch", language))
    chosen = st.selectbox(
        say("data_room.choose_batch", language),
        format_func=lambda number: f"{number} · {by_number[number].file_name}",
        **follow("batch_id", list(by_number)),
    )
    batch = by_number[chosen]
    rejected(viewing, batch)
    remarked(viewing, batch)
    take_back(viewing, batch)


def batch_table(rows: list[Batch], language: str) -> pd.DataFrame:
    """Batches as a table of texts."""
    none = say("table.none", language)
    columns = {
        "number": [str(batch.id) for batch in rows],
        "file": [literal(batch.file_name) for batch in rows],
        "kind": [say(f"kind.{batch.kind}", language) for batch in rows],
        "at": [literal(written.moment(batch.imported_at, language)) for batch in rows],
        "by": [literal(batch.imported_by) for batch in rows],
        "read": [written.count(batch.rows_read, language) for batch in rows],
        "stored": [written.count(batch.rows_stored, language) for batch in rows],
        "rejected": [written.count(batch.rows_rejected, language) for batch in rows],
        "dropped": [literal(", ".join(batch.dropped_columns)) or none for batch in rows],
        "status": [say(f"batch.status.{batch.status}", language) for batch in rows],
    }
    return pd.DataFrame({say(f"batch.{name}", language): columns[name] for name in columns})


def rejected(viewing: Viewing, batch: Batch) -> None:
    """The rows of a file that were not stored, each with its reason in words, and as a file."""
    language = viewing.language
    if not batch.rows_rejected:
        st.markdown(say("data_room.nothing_rejected", language))
        return
    with reading(engine()) as connection:
        page = records.rejected_rows(connection, viewing.user, batch.id, limit=SHOWN_ROWS)
    st.markdown(say_count("data_room.rejected_count", page.total, language))
    st.table(
        pd.DataFrame(
            {
                say("rejected.row", language): [
                    written.count(row.row, language) for row in page.rows
                ],
                say("rejected.column", language): [literal(row.column) for row in page.rows],
                say("rejected.value", language): [literal(row.value) for row in page.rows],
                say("rejected.why", language): [
                    literal(words(row, batch, language)) for row in page.rows
                ],
            }
        ),
        alt=say("data_room.rejected", language),
        hide_index=True,
    )
    if page.total > len(page.rows):
        st.caption(say("data_room.first_only", language, shown=len(page.rows), all=page.total))

    def read(connection: sa.Connection, user: User) -> bytes | None:
        may = access.can(user, Verb.READ, Kind.ROW)
        return rejected_file(connection, user, batch, language) if may else None

    made_of = downloads.fingerprint(batch.file_sha256, str(batch.id), language)
    name = f"rejected-{batch.id}-{made_of}.csv"
    fetch(viewing, say("data_room.download_rejected", language), name, read)


def words(row: records.RejectedRow, batch: Batch, language: str) -> str:
    """Why a row was not stored."""
    problem = Problem(row.code, row.row, row.column, row.value, dict(row.detail))
    return message(problem, language, batch.file_name)


def rejected_file(connection: sa.Connection, user: User, batch: Batch, language: str) -> bytes:
    """Every rejected row as CSV; a cell that a spreadsheet would run as a formula is harmless."""
    page = records.rejected_rows(connection, user, batch.id, limit=batch.rows_rejected)
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow(
        [say(f"rejected.{name}", language) for name in ("row", "column", "value", "why")]
    )
    for row in page.rows:
        writer.writerow(
            [
                row.row,
                harmless(row.column),
                harmless(row.value),
                harmless(words(row, batch, language)),
            ]
        )
    # The mark tells Excel that the file is UTF-8.
    return text.getvalue().encode("utf-8-sig")


def remarked(viewing: Viewing, batch: Batch) -> None:
    """What may be wrong with the stored answers of a file, with what to do, and which rows."""
    language = viewing.language
    with reading(engine()) as connection:
        remarks = records.remarks(connection, viewing.user, batch.id)
    if not remarks:
        return
    part(say("data_room.remarks", language))
    for remark in remarks:
        st.markdown(literal(remark_words(remark, batch, language)))
    if not any(remark.rows for remark in remarks):
        return

    def read(connection: sa.Connection, user: User) -> bytes | None:
        may = access.can(user, Verb.READ, Kind.ROW)
        return remarks_file(connection, user, batch, language) if may else None

    made_of = downloads.fingerprint(batch.file_sha256, str(batch.id), language)
    name = f"remarks-{batch.id}-{made_of}.csv"
    fetch(viewing, say("data_room.download_remarks", language), name, read)


def remark_words(remark: records.Remark, batch: Batch, language: str) -> str:
    """What may be wrong with answers, and what to do."""
    problem = Problem(remark.code, None, "", "", dict(remark.detail))
    return message(problem, language, batch.file_name)


def remarks_file(connection: sa.Connection, user: User, batch: Batch, language: str) -> bytes:
    """The rows that were remarked on as CSV, one line a row and remark."""
    text = io.StringIO(newline="")
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([say(f"rejected.{name}", language) for name in ("row", "why")])
    for remark in records.remarks(connection, user, batch.id):
        said = harmless(remark_words(remark, batch, language))
        writer.writerows([row, said] for row in remark.rows)
    # The mark tells Excel that the file is UTF-8.
    return text.getvalue().encode("utf-8-sig")


def take_back(viewing: Viewing, batch: Batch) -> None:
    """Taking a batch back, after the reader has said that it is meant."""
    language = viewing.language
    allowed = access.can(viewing.user, Verb.UNDO, Kind.BATCH)
    if batch.status != "stored" or not allowed:
        return
    with st.popover(say("data_room.undo", language), key="undo"):
        st.markdown(
            literal(
                say(
                    "data_room.undo_what",
                    language,
                    file=batch.file_name,
                    n=written.count(batch.rows_stored, language),
                )
            )
        )
        sure = st.checkbox(say("data_room.undo_sure", language), key=f"undo_sure_{batch.id}")
        if st.button(say("data_room.undo_do", language), disabled=not sure, key="undo_do"):
            upload.work(
                language,
                lambda progress: intake.undo(viewing.user, batch.id, progress),
                "data_room.undone",
            )


def collections(viewing: Viewing) -> None:
    """The surveys that have been fielded, the latest first."""
    language = viewing.language
    with reading(engine()) as connection:
        page = records.fieldings(connection, viewing.user, limit=MOST_COLLECTIONS)
    if not page.rows:
        st.info(say("data_room.no_collections", language))
        return
    unknown = say("fact.unknown", language)
    rows = page.rows
    st.table(
        pd.DataFrame(
            {
                say("choose.project", language): [
                    literal(records.name_in(one.project, language)) for one in rows
                ],
                say("know.instrument", language): [
                    literal(questionnaire_name(one.instrument, language)) for one in rows
                ],
                say("table.wave", language): [wave_name(one.wave, language) for one in rows],
                say("table.phase", language): [phase_name(one.phase, language) for one in rows],
                say("collection.time", language): [
                    literal(written.days(one.opens_on, one.closes_on, language)) or unknown
                    for one in rows
                ],
                say("collection.invited", language): [
                    unknown if one.invited is None else written.count(one.invited, language)
                    for one in rows
                ],
            }
        ),
        alt=say("data_room.collections", language),
        hide_index=True,
    )
    if page.total > len(rows):
        st.caption(say("data_room.latest_only", language, shown=len(rows), all=page.total))


def revisions(viewing: Viewing) -> None:
    """The publications, the latest first, and the button that publishes anew."""
    language = viewing.language
    with reading(engine()) as connection:
        latest = sheets.latest_revision(connection)
        kept = [
            sheets.published(connection, number)
            for number in range(latest or 0, max(0, (latest or 0) - MOST_REVISIONS), -1)
        ]
    found = [one for one in kept if one is not None]
    if not found:
        st.info(say("app.nothing_published", language))
    else:
        st.table(
            pd.DataFrame(
                {
                    say("revision.number", language): [str(one.id) for one in found],
                    say("revision.at", language): [
                        literal(written.moment(one.published_at, language)) for one in found
                    ],
                    say("revision.code", language): [literal(one.code_version) for one in found],
                    say("revision.inputs", language): [one.inputs_sha256[:12] for one in found],
                }
            ),
            alt=say("data_room.revisions", language),
            hide_index=True,
        )
    if access.can(viewing.user, Verb.PUBLISH, Kind.REVISION) and st.button(
        say("data_room.refresh", language), key="refresh"
    ):
        upload.work(
            language,
            lambda progress: intake.refresh(viewing.user, progress),
            "data_room.refreshed",
        )
