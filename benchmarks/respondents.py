"""People who answer by link, as programs: they read a page, choose, and press its button.

Used by `benchmarks.answering`, and by the tests of answering, which need the same people.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from html import unescape
from pathlib import Path

import httpx
import sqlalchemy as sa

from data import access, database, schema
from data.fieldwork import asking, invitations
from data.fieldwork.asking import NewCollection

MOST_PAGES = 40


#: What of a page matters for answering it. Our templates write every value in quotes.
_PARTS = re.compile(r"<(html|button|input|textarea)\b([^>]*)>(?:\n?([^<]*)</textarea>)?")
_SAID = re.compile(r'([a-z-]+)(?:="([^"]*)")?')


class Page:
    """What a browser knows of a page: its fields as they stand, and what can be chosen.

    Read by patterns and not by a parser: two hundred people and the server share two cores.
    """

    def __init__(self, html: str) -> None:
        self.fields: dict[str, str] = {}
        self.choices: dict[str, list[str]] = {}
        self.texts: list[str] = []
        self.buttons: list[str] = []
        self.language = ""
        for tag, attributes, written in _PARTS.findall(html):
            found = {name: unescape(value) for name, value in _SAID.findall(attributes)}
            self._read(tag, found, written)

    def _read(self, tag: str, found: Mapping[str, str], written: str) -> None:
        if tag == "html":
            self.language = found["lang"]
        elif tag == "button":
            self.buttons.append(found.get("value", ""))
        elif tag == "textarea":
            self.texts.append(found["name"])
            self.fields[found["name"]] = unescape(written)
        elif found["type"] == "hidden":
            self.fields[found["name"]] = found["value"]
        else:
            self.choices.setdefault(found["name"], []).append(found["value"])
            if "checked" in found:
                self.fields[found["name"]] = found["value"]

    def pressed(self, button: str, **answers: str) -> dict[str, str]:
        """What is posted when a button is pressed after some answers."""
        return self.fields | answers | {"do": button}


@dataclass
class Walk:
    """One person's way through the form. thanked: the address of the receipt came back."""

    submission: str = ""
    thanked: bool = False
    seconds: list[float] = field(default_factory=list)
    sending: float = 0.0


def walk(
    client: httpx.Client,
    token: str,
    chosen: random.Random,
    pause: float = 0,
    before_sending: Callable[[], object] = lambda: None,
) -> Walk:
    """A person who answers everything and reads the receipt.

    pause: seconds that a page is read for, on average. before_sending: what is waited for before
    the last button is pressed.
    Raises: httpx.HTTPError when the server is gone.
    """
    done = Walk()
    page = Page(_timed(done, lambda: client.get(f"/s/{token}")).text)
    done.submission = page.fields["submission"]
    for _ in range(MOST_PAGES):
        button = "send" if "send" in page.buttons else "next"
        answers = {name: chosen.choice(values) for name, values in page.choices.items()}
        answers |= {name: "Hyvin meni." for name in page.texts}
        form = page.pressed(button, **answers)
        time.sleep(chosen.uniform(0, 2 * pause))
        if button == "send":
            before_sending()
        begun = time.perf_counter()
        answer = _timed(done, lambda form=form: client.post(f"/s/{token}", data=form))
        if answer.status_code == 303 and "/receipt" in answer.headers["location"]:
            done.sending, done.thanked = time.perf_counter() - begun, True
            _timed(done, lambda answer=answer: client.get(answer.headers["location"]))
            return done
        if answer.status_code == 303:
            answer = _timed(done, lambda answer=answer: client.get(answer.headers["location"]))
        answer.raise_for_status()
        page = Page(answer.text)
    raise RuntimeError("the form does not end")


def _timed(done: Walk, ask: Callable[[], httpx.Response]) -> httpx.Response:
    begun = time.perf_counter()
    answer = ask()
    done.seconds.append(time.perf_counter() - begun)
    return answer


def browser(address: str) -> httpx.Client:
    """One person's connection. It is given up before the server does so (after five seconds): a
    browser sends again what met a closed connection, this client does not."""
    return httpx.Client(base_url=address, timeout=120, limits=httpx.Limits(keepalive_expiry=2))


# --- what they answer ---------------------------------------------------------------------------


def prepared(home: Path) -> sa.Engine:
    """An empty database of the sample, which is served to this machine without signing in."""
    engine = database.connect(f"sqlite:///{home / 'arviomo.db'}")
    database.migrate(engine)
    project = {"code": "piha", "name_fi": "Yhteinen piha", "invented": True}
    persona = {"id": 1, "issuer": access.SAMPLE_ISSUER, "subject": "evaluator", "name": "Eeva"}
    with database.writing(engine) as connection:
        connection.execute(sa.insert(schema.Project), project)
        connection.execute(sa.insert(schema.AppUser), persona)
        connection.execute(sa.insert(schema.UserGrant), {"user_id": 1, "role": "evaluator"})
    return engine


def opened(engine: sa.Engine, instrument: str = "process_pulse@1", **more: object) -> int:
    """The number of a collection that is open now, of the first project that there is."""
    now = datetime.now(UTC)
    asked = {
        "instrument": instrument,
        "wave": "during",
        "groups": ("RES", "STAFF"),
        "opens": now - timedelta(hours=1),
        "closes": now + timedelta(days=7),
    }
    with database.writing(engine) as connection:
        project = connection.scalar(sa.select(sa.func.min(schema.Project.id)))
        new = NewCollection(project=project, **asked | more)
        # The sample's own people: what anybody else opens is no sample any more.
        user = access.persona("evaluator", connection) or access.operator()
        return asking.open_collection(connection, user, new, now)


def link(engine: sa.Engine, home: Path, collection: int) -> str:
    """The token of a collection's anonymous link."""
    with database.writing(engine) as connection:
        return asking.anonymous_link(connection, access.operator(), home, collection)


def personal_links(
    engine: sa.Engine, home: Path, collection: int, people: Mapping[str, str]
) -> list[str]:
    """The tokens of people, by name and group."""
    invited = [invitations.Invitee(group, name) for name, group in people.items()]
    with database.writing(engine) as connection:
        links = invitations.invite(connection, access.operator(), home, collection, invited)
    return [found.token for found in links]


def stored(engine: sa.Engine, collection: int) -> int:
    """How many answers to a collection there are."""
    mine = schema.Response.collection_id == collection
    with database.reading(engine) as connection:
        counted = sa.select(sa.func.count()).select_from(schema.Response).where(mine)
        return connection.scalar(counted)
