"""A portfolio of any size and always the same shape: invented, seeded, for measuring and for tests.

About 1,000 projects, three waves, seven groups, 24 closed items a response. An answer is one item
of one response, so 10 million answers are some 417,000 responses. Two thirds of the people are
followed from wave to wave by a link key.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import sqlalchemy as sa

from data import database, schema
from data.imports.profile import Profile
from data.instruments import field_instrument
from survey.instrument import GROUPS, UNKNOWN_GROUP, Instrument

WAVES = ("baseline", "end", "follow_up")
SCALES = 6
ITEMS_PER_SCALE = 3
#: Every collection is open as long.
OPENS_ON, DAYS = date(2025, 3, 3), 28
DAY_NAMES = np.array([str(OPENS_ON + timedelta(days=day)) for day in range(DAYS)], dtype=object)
#: Projects that a file of news is about: so few that ten of each group answer, and none waits.
NEWS_PROJECTS = 4
#: Responses that are drawn and stored at a time.
CHUNK = 100_000
#: 1-5, don't know, not applicable, and 0 for no answer, with how often each is given.
AGREEMENT = np.array([1, 2, 3, 4, 5, -1, -2, 0])
FREQUENCY = np.array([0.05, 0.1, 0.2, 0.32, 0.23, 0.04, 0.02, 0.04])


def _text(words: str) -> dict[str, str]:
    return {"fi": words, "sv": words, "en": words}


def instrument() -> Instrument:
    """A questionnaire of 24 closed items that every first metric finds something in."""
    scales = [f"S{number}" for number in range(SCALES)]
    items = [
        {
            "code": f"{scale}_{place}",
            "answers": "agree",
            "text": _text(f"{scale} {place}"),
            "reversed": place == ITEMS_PER_SCALE - 1,
        }
        for scale in scales
        for place in range(ITEMS_PER_SCALE)
    ]
    items += [
        {"code": "BEN", "answers": "agree", "text": _text("hyöty"), "role": "benefit"},
        {"code": "HARM", "answers": "agree", "text": _text("haitta"), "role": "drawback"},
        {"code": "NPS", "answers": "ten", "text": _text("suosittelu")},
        *({"code": f"FIT{n}", "answers": "fit", "text": _text(f"määrä {n}")} for n in range(3)),
    ]
    named = {"title": _text("asteikko"), "meaning": _text("merkitys")}
    built = [
        {"code": scale, "items": [f"{scale}_{n}" for n in range(ITEMS_PER_SCALE)], **named}
        for scale in scales
    ]
    five = [{"code": code, "text": _text(str(code))} for code in range(1, 6)]
    unsure = {"dont_know": _text("en osaa sanoa"), "not_applicable": _text("ei koske minua")}
    return Instrument.model_validate(
        {
            "code": "measured",
            "version": 1,
            "kind": "process",
            "title": _text("mitattava"),
            "purpose": _text("mittaamiseen"),
            "source": "benchmarks",
            "answer_sets": {
                "agree": {"kind": "ordinal", "choices": five, "threshold": 4, **unsure},
                "fit": {"kind": "bipolar", "choices": five, "best": 3, **unsure},
                "ten": {"kind": "recommendation"},
            },
            "items": items,
            "scales": [*built, {"code": "OVERALL", "scales": scales, **named}],
        }
    )


@dataclass(frozen=True)
class Responses:
    """Some responses as columns. codes: responses x items, 0 where the item has no answer (an
    answer of 0 to the 0-10 item is 100 here). day: of the collection, from 0."""

    collection: np.ndarray
    group: np.ndarray
    link_key: np.ndarray
    codes: np.ndarray
    day: np.ndarray


def responses(count: int, projects: int, seed: int) -> Iterator[Responses]:
    """``count`` responses spread evenly over the collections 1 ... 3 * projects.

    Collection ``3 * project - 2 + w`` is wave w of a project. A person keeps group and key.
    """
    rng = np.random.default_rng(seed)
    asked = instrument().closed_items
    level = rng.normal(0, 0.35, projects + 1)
    for start in range(0, count, CHUNK):
        number = np.arange(start, min(start + CHUNK, count))
        project = number % projects + 1
        wave = number // projects % len(WAVES)
        person = number // projects // len(WAVES)
        codes = rng.choice(AGREEMENT, (len(number), len(asked)), p=FREQUENCY).astype(np.int16)
        shift = level[project][:, None] + 0.25 * wave[:, None] + rng.normal(0, 0.8, codes.shape)
        codes = np.where(codes > 0, np.clip(np.rint(codes + shift), 1, 5), codes).astype(np.int16)
        ten = [item.code for item in asked].index("NPS")
        codes[:, ten] = np.where(codes[:, ten] > 0, codes[:, ten] * 2, 0)
        followed = person % 3 != 0
        yield Responses(
            collection=(project - 1) * len(WAVES) + wave + 1,
            group=np.array(GROUPS)[(person * 5 + project) % len(GROUPS)],
            link_key=np.where(followed, np.char.mod("%032x", person * 7919 + 11), ""),
            codes=codes,
            day=(person * 3 + project) % DAYS,
        )


def as_json(codes: np.ndarray, asked: Instrument) -> pa.Array:
    """The answers as the database keeps them: JSON of item to code, without the unanswered."""
    parts = []
    for column, item in enumerate(asked.closed_items):
        given = np.unique(codes[:, column])
        words = [f',"{item.code}":{code}' if code else "" for code in given]
        parts.append(pa.array(words).take(pa.array(np.searchsorted(given, codes[:, column]))))
    joined = pc.binary_join_element_wise(*parts, "", null_handling="skip")
    return pc.binary_join_element_wise("{", pc.utf8_slice_codeunits(joined, 1), "}", "")


def fill(engine: sa.Engine, answers: int, projects: int = 1000, seed: int = 1) -> int:
    """How many responses were stored in an empty, migrated database with the whole portfolio."""
    asked = instrument()
    count = answers // len(asked.closed_items)
    with database.writing(engine) as connection:
        _register(connection, projects)
        _collections(connection, projects, field_instrument(connection, asked), count)
    rng = np.random.default_rng(seed + 1)
    for chunk in responses(count, projects, seed):
        with database.writing(engine) as connection:
            store(connection, chunk, asked, rng)
    return count


def add(engine: sa.Engine, count: int, projects: int, seed: int, start: int = 0) -> None:
    """Nothing; ``count`` late responses are stored, from the ``start``-th of a seed on."""
    rng = np.random.default_rng(seed)
    asked = instrument()
    passed = 0
    for chunk in responses(start + count, projects, seed):
        late = slice(max(start - passed, 0), None)
        passed += len(chunk.collection)
        # Nobody answers a collection twice, so late answers have keys of their own.
        keys = np.array([f"{seed}-{key}" if key else "" for key in chunk.link_key[late]])
        chosen = Responses(
            chunk.collection[late], chunk.group[late], keys, chunk.codes[late], chunk.day[late]
        )
        with database.writing(engine) as connection:
            store(connection, chosen, asked, rng)


def write_news(path: Path, count: int, seed: int) -> None:
    """Nothing; ``path`` holds answers to the last wave of the first projects as CSV."""
    asked = instrument()
    drawn = next(responses(count, NEWS_PROJECTS, seed))
    place = np.arange(count)
    columns = {
        "project": np.char.mod("project-%d", place % NEWS_PROJECTS + 1),
        "wave": np.full(count, WAVES[-1]),
        "group": np.array(GROUPS)[place // NEWS_PROJECTS % len(GROUPS)],
        "link_key": np.char.mod(f"{seed}-%d", place),
        "answered_on": DAY_NAMES[drawn.day],
    }
    for position, item in enumerate(asked.closed_items):
        given = drawn.codes[:, position]
        columns[item.code] = np.where(given != 0, given.astype(str), "")
    pd.DataFrame(columns).to_csv(path, index=False)


def news_profile() -> Profile:
    """What `write_news` writes, as the importer is told of it."""
    asked = instrument()
    named = ("project", "wave", "group", "link_key", "answered_on")
    return Profile.model_validate(
        {
            "name": "news",
            "kind": "answers",
            "instrument": asked.key,
            "constants": {"phase": "P0"},
            "columns": {name: name for name in named},
            "answers": {
                item.code: {"column": item.code, "values": "codes"} for item in asked.closed_items
            },
        }
    )


def store(
    connection: sa.Connection, chunk: Responses, asked: Instrument, rng: np.random.Generator
) -> None:
    """Nothing; the responses are stored, and their collections have a new revision."""
    fielding = schema.Collection
    grown = fielding.id.in_(np.unique(chunk.collection).tolist())
    connection.execute(sa.update(fielding).where(grown).values(revision=fielding.revision + 1))
    now = dict(connection.execute(sa.select(fielding.id, fielding.revision).where(grown)).all())
    digits = rng.bytes(16 * len(chunk.collection)).hex()
    columns = {
        "id": [digits[place : place + 32] for place in range(0, len(digits), 32)],
        "collection_id": chunk.collection.tolist(),
        "group_code": chunk.group.tolist(),
        "link_key": [key or None for key in chunk.link_key.tolist()],
        "answered_on": DAY_NAMES[chunk.day].tolist(),
        "answers": as_json(chunk.codes, asked).to_pylist(),
        "revision": [now[collection] for collection in chunk.collection.tolist()],
    }
    names = list(columns)
    rows = zip(*columns.values(), strict=True)
    if connection.dialect.name == "postgresql":
        cursor = connection.connection.cursor()
        with cursor.copy(f"COPY response ({', '.join(names)}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    else:
        marks = ", ".join("?" * len(names))
        insert = f"insert into response ({', '.join(names)}) values ({marks})"
        connection.connection.cursor().executemany(insert, rows)


def _register(connection: sa.Connection, projects: int) -> None:
    """Programmes, funders, themes, areas, projects, events and proposals, a few for each."""
    add = connection.execute
    known = set(connection.execute(sa.select(schema.StakeholderGroup.code)).scalars())
    missing = [code for code in (*GROUPS, UNKNOWN_GROUP) if code not in known]
    if missing:
        add(
            sa.insert(schema.StakeholderGroup),
            [{"code": c, "position": n} for n, c in enumerate(missing)],
        )
    for table, how_many in ((schema.Programme, 4), (schema.Funder, 5), (schema.Theme, 12)):
        add(sa.insert(table), [_named(table.__tablename__, n) for n in range(1, how_many + 1)])
    cities = [_named("area", n) | {"kind": "city", "parent_id": None} for n in range(1, 7)]
    local = [
        _named("area", n) | {"kind": "local_area", "parent_id": n % 6 + 1} for n in range(7, 37)
    ]
    add(sa.insert(schema.Area), [*cities, *local])
    numbers = range(1, projects + 1)
    add(sa.insert(schema.Project), [_named("project", n) | {"invented": True} for n in numbers])
    links = (
        (schema.ProjectProgramme, "programme_id", 4, 1),
        (schema.ProjectFunder, "funder_id", 5, 1),
        (schema.ProjectTheme, "theme_id", 12, 1),
        (schema.ProjectArea, "area_id", 30, 7),
    )
    for table, column, how_many, first in links:
        add(sa.insert(table), [{"project_id": n, column: n % how_many + first} for n in numbers])
    _activity(connection, projects)


def _named(kind: str, number: int) -> dict[str, object]:
    return {"id": number, "code": f"{kind}-{number}", "name_fi": f"{kind} {number}"}


def _activity(connection: sa.Connection, projects: int) -> None:
    numbers = range(1, projects + 1)
    events = [
        {
            "id": number,
            "code": f"event-{number}",
            "project_id": number,
            "kind": "workshop",
            "phase": f"P{number % 8 + 1}",
            "starts_on": date(2025, number % 12 + 1, number % 28 + 1),
        }
        for number in numbers
    ]
    connection.execute(sa.insert(schema.ActivityEvent), events)
    people = [
        {"event_id": n, "group_code": group, "people": (n * 7 + place * 11) % 60 + 12}
        for n in numbers
        for place, group in enumerate(GROUPS)
    ]
    connection.execute(sa.insert(schema.EventParticipants), people)
    affected = [
        {"project_id": n, "group_code": group, "people": 400 + 100 * place, "source": "invented"}
        for n in numbers
        for place, group in enumerate(GROUPS)
    ]
    connection.execute(sa.insert(schema.AffectedPopulation), affected)
    proposals = [
        {
            "code": f"proposal-{n}",
            "title": f"proposal {n}",
            "project_id": n % projects + 1,
            "area_id": n % 30 + 7,
            "taken_up_by": "somebody" if n % 3 else None,
        }
        for n in range(1, 5 * projects + 1)
    ]
    connection.execute(sa.insert(schema.Proposal), proposals)


def _collections(connection: sa.Connection, projects: int, version: int, count: int) -> None:
    invited = 2 * count // (projects * len(WAVES) * len(GROUPS)) + 1
    rows = [
        {
            "id": (project - 1) * len(WAVES) + place + 1,
            "project_id": project,
            "instrument_version_id": version,
            "wave": wave,
            "opens_on": OPENS_ON,
            "closes_on": OPENS_ON + timedelta(days=DAYS - 1),
        }
        for project in range(1, projects + 1)
        for place, wave in enumerate(WAVES)
    ]
    connection.execute(sa.insert(schema.Collection), rows)
    groups = [
        {"collection_id": row["id"], "group_code": group, "invited": invited}
        for row in rows
        for group in GROUPS
    ]
    connection.execute(sa.insert(schema.CollectionGroup), groups)
