"""A profile suggested for a file: what goes where, what stays out, what a person must say."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

from pydantic import ValidationError

from data.imports.profile import Profile, profiles
from data.imports.register import code_of as slug_of
from data.imports.sources.doubts import Question, answer_of, asked_of_tables, doubts
from data.imports.sources.drafting import drafted
from data.imports.sources.fields import Fields, fields_of
from data.imports.sources.found import Column, Found
from data.imports.sources.matching import Match, asked_in, counted_in, matches
from data.imports.sources.records import records_profile
from data.imports.sources.tools import tools
from survey.instrument import Instrument
from survey.text import LANGUAGES

#: An instrument is taken for the file's own when so many of its items are there, or so many are.
FEWEST_ITEMS, SHARE_OF_ITEMS = 3, 0.5
#: A file of our own form has at least this share of its headers in the form's profile.
OWN = 0.5


@dataclass(frozen=True, slots=True)
class Said:
    """What a person says of the whole file, beside what the file says itself.

    instrument: a key, when the suggested one is not meant. fields: project, wave, group, phase or
    language of every row. encoding: confirmed. create_projects: unknown projects are new ones.
    pinned: items with the header of their column. without: fields and items that are not brought.
    table: the sheet, or the file of a zip, that is meant. values: what answers mean: for an
    item, the code of each text of a cell ("missing", "dont_know", "not_applicable" too).
    """

    instrument: str = ""
    fields: dict[str, str] = field(default_factory=dict)
    encoding: str = ""
    table: str = ""
    create_projects: bool = False
    pinned: dict[str, str] = field(default_factory=dict)
    without: tuple[str, ...] = ()
    values: dict[str, dict[str, str]] = field(default_factory=dict)


NOTHING = Said()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """How a file may be brought in. profile: None until every blocking question is answered.

    body: the profile as far as it goes. instrument: one drafted from the file, if none is known.
    mapping: field or item, the columns it is read from, and whether that is certain.
    """

    found: Found
    kind: str
    profile: Profile | None
    body: dict
    instrument: Instrument | None = None
    mapping: tuple[tuple[str, tuple[str, ...], bool], ...] = ()
    personal: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    questions: tuple[Question, ...] = ()
    ready: str = ""


def suggest(
    found: Found,
    instruments: dict[str, Instrument],
    projects: set[str] = frozenset(),
    said: Said = NOTHING,
) -> Suggestion:
    """How a looked-at file may be brought in.

    instruments: those that answers are known of, by their keys. projects: names and codes of the
    register, plain.
    """
    asked = [*_of_encoding(found, said), *asked_of_tables(found)]
    kind = tools()[found.source].kind
    if kind == "none" or (kind == "iati" and not found.columns):
        asked.append(Question("only_recognised_none", blocking=True))
        return _ended(found, kind, {}, asked)
    own = profiles()[f"iati_{found.member}"] if kind == "iati" else own_form(found)
    if own is not None and not said.instrument:
        body = own.model_dump(mode="json", exclude_unset=True) | {"file": shape(found, said)}
        return _ended(found, own.kind, body, asked, ready=own.name)
    if kind != "answers" and not said.instrument:
        body, questions = records_profile(found, kind, said.fields)
        asked += [Question(code, detail, blocking) for code, detail, blocking in questions]
        body = body | {"file": shape(found, said)}
        return _ended(found, body["kind"], body, asked)
    if said.instrument and said.instrument not in instruments:
        asked.append(Question("unknown_instrument", {"key": said.instrument}, blocking=True))
    return _of_answers(found, instruments, projects, said, asked)


def shape(found: Found, said: Said) -> dict:
    """How the file is written, as a profile says it."""
    body: dict = {"format": found.format, "header_row": found.header_row}
    if found.encoding and found.encoding not in ("utf-8", "utf-8-sig", "utf-16", "utf-32"):
        body["encoding"] = said.encoding or found.encoding
    for part in ("separator", "sheet", "member"):
        if getattr(found, part):
            body[part] = getattr(found, part)
    body |= {"header_rows": found.header_rows} if found.header_rows > 1 else {}
    body |= {"skip_rows": found.skip_rows} if found.skip_rows else {}
    return body


def own_form(found: Found) -> Profile | None:
    """The ready profile that the file was written for; None where there is none."""
    headers = set(found.headers)
    best, most = None, 0
    for profile in profiles().values():
        wanted, known = set(profile.wanted), {*profile.wanted, *profile.optional}
        by_code = profile.kind == "answers" and profile.answers == "by_code"
        if by_code or not wanted or not wanted <= headers or len(wanted) < 2:
            continue
        if len(known & headers) >= OWN * len(headers) and len(known & headers) > most:
            best, most = profile, len(known & headers)
    return best


def _of_encoding(found: Found, said: Said) -> list[Question]:
    if found.sure or said.encoding:
        return []
    detail = {"encoding": found.encoding, "sample": found.sample}
    return [Question("which_encoding", detail, blocking=True)]


# --- answers ------------------------------------------------------------------------------------


def _of_answers(
    found: Found,
    instruments: dict[str, Instrument],
    projects: set[str],
    said: Said,
    asked: list[Question],
) -> Suggestion:
    fields = fields_of(found, projects, said.fields)
    system = tools()[found.source].is_system
    free = [
        column
        for column in found.columns
        if not column.personal
        and column.filled
        and column.header not in fields.headers
        and not system(column.header)
    ]
    for code, detail in fields.questions:
        if code == "unknown_projects" and said.create_projects:
            continue
        asked.append(Question(code, detail, blocking=code in ("which_project", "which_wave")))
    for name in set(said.without) & set(fields.columns):
        del fields.columns[name]
    instrument, matched = _instrument(found, free, instruments, said)
    matched = [match for match in matched if match.item not in said.without]
    body = {
        "name": _name(found),
        "kind": "answers",
        "file": shape(found, said),
        "columns": fields.columns,
        "constants": dict(said.fields),
        "personal": [column.header for column in found.columns if column.personal],
    }
    if said.create_projects:
        body["create_projects"] = True
    if instrument is None:
        return _of_draft(found, free, fields, body, asked, said.without)
    meant = {match.item: said.values.get(match.item, {}) for match in matched}
    taken = [match for match in matched if meant[match.item] or not match.meanings.rescaled]
    answers = {match.item: answer_of(match, meant[match.item]) for match in taken}
    for match in matched:
        asked += doubts(match, meant[match.item])
    missing = [item.code for item in instrument.items if item.code not in answers]
    if missing:
        detail = {"count": len(missing), "items": ", ".join(missing[:12])}
        asked.append(Question("items_missing", detail))
    body |= {"instrument": instrument.key, "answers": answers}
    number = fields.columns.get("response_id")
    language = asked_in(taken, instrument)
    if number and language not in ("", LANGUAGES[0]) and counted_in(found, number["column"]):
        # Forms in several languages each count their answers from one.
        body["form"] = language
    mapping = _fields_mapping(fields.columns)
    mapping += [
        (match.item, tuple(c.header for c in match.columns), match.sure) for match in matched
    ]
    return _ended(found, "answers", body, asked, mapping=mapping)


def _of_draft(
    found: Found,
    free: list[Column],
    fields: Fields,
    body: dict,
    asked: list[Question],
    without: tuple[str, ...],
) -> Suggestion:
    made, draft = drafted(found, free, without)
    if made is None:
        asked.append(Question("no_questions", blocking=True))
        return _ended(found, "answers", body, asked)
    asked.append(Question("drafted", {"count": len(draft.items), "key": made.key}))
    if draft.guessed:
        detail = {"count": len(draft.guessed), "items": ", ".join(draft.guessed[:12])}
        asked.append(Question("order_unknown", detail))
    body |= {"instrument": made.key, "answers": draft.answers}
    mapping = _fields_mapping(fields.columns)
    mapping += [(code, (answer["column"],), True) for code, answer in draft.answers.items()]
    return _ended(found, "answers", body, asked, made, mapping)


def _instrument(
    found: Found, free: list[Column], instruments: dict[str, Instrument], said: Said
) -> tuple[Instrument | None, list[Match]]:
    """The instrument whose items the file answers most, the newest version of those alike."""
    wanted = said.instrument
    if wanted and wanted not in instruments:
        return None, []
    tried = [instruments[wanted]] if wanted else list(instruments.values())
    best, most, matched = None, (0, 0, 0.0, 0), []
    for instrument in tried:
        here = matches(found, free, instrument, said.pinned)
        whole = [m for m in here if m.item in said.values or not m.meanings.rescaled]
        good, certain = len(whole), sum(match.sure for match in whole)
        enough = good >= min(FEWEST_ITEMS, SHARE_OF_ITEMS * len(instrument.items))
        rank = (certain, good, good / len(instrument.items), instrument.version)
        if (enough or (wanted and here)) and rank > most:
            best, most, matched = instrument, rank, here
    return best, matched


# --- the end ------------------------------------------------------------------------------------


def _ended(
    found: Found,
    kind: str,
    body: dict,
    asked: list[Question],
    instrument: Instrument | None = None,
    mapping: Iterable[tuple[str, tuple[str, ...], bool]] = (),
    ready: str = "",
) -> Suggestion:
    profile = None
    if not any(question.blocking for question in asked):
        try:
            profile = Profile.model_validate(body)
        except ValidationError as error:
            asked.append(Question("not_whole", {"reason": error.errors()[0]["msg"]}, blocking=True))
    mapping = tuple(mapping)
    if not mapping and body:
        known = profile or None
        mapping = _records_mapping(known) if known else ()
    read = {header for _, headers, _ in mapping for header in headers}
    personal = tuple(column.header for column in found.columns if column.personal)
    if ready and profile:  # a ready profile was written by somebody who knew what they took
        personal = tuple(header for header in personal if header not in read)
    left = tuple(
        column.header
        for column in found.columns
        if column.header not in read and not column.personal
    )
    return Suggestion(
        found, kind, profile, body, instrument, mapping, personal, left, tuple(asked), ready
    )


def _fields_mapping(columns: dict[str, dict]) -> list[tuple[str, tuple[str, ...], bool]]:
    return [(name, _headers(cell["column"]), True) for name, cell in columns.items()]


def _records_mapping(profile: Profile) -> tuple[tuple[str, tuple[str, ...], bool], ...]:
    made = [(name, cell.headers, True) for name, cell in profile.columns.items()]
    made += [(name, cell.headers, True) for name, cell in profile.participants.items()]
    if isinstance(profile.answers, dict):
        made += [(code, answer.headers, True) for code, answer in profile.answers.items()]
    told = {header for _, headers, _ in made for header in headers}
    rest = [header for header in (*profile.wanted, *profile.optional) if header not in told]
    made += [("history", (header,), True) for header in rest]
    return tuple(made)


def _headers(column: str | list[str]) -> tuple[str, ...]:
    return (column,) if isinstance(column, str) else tuple(column)


def _name(found: Found) -> str:
    slug = slug_of(found.file.rpartition(".")[0] or found.file).replace("-", "_").strip("_")[:50]
    return slug if slug[:1].isalpha() else f"file_{slug}".strip("_")
