"""The page of surveys as a person sees it, for the tests that press its buttons."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import sqlalchemy as sa
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard import app
from dashboard.wording import say
from data import access
from data.access import User
from data.database import reading
from data.fieldwork.collection_facts import CollectionFacts, collections_of
from tests.dashboard.conftest import ISSUER, sign_in_as
from tests.dashboard.looking import plain

APP = Path(app.__file__)


def person(engine: sa.Engine, role: str = "manager") -> User:
    with reading(engine) as connection:
        return access.user_of(connection, ISSUER, role)


def opened(role: str = "manager", language: str = "fi", **address: object) -> AppTest:
    """The page as a role sees it in a language."""
    at = AppTest.from_file(str(APP), default_timeout=60)
    sign_in_as(at, ISSUER, role)
    for name, value in {"lang": language, **address}.items():
        at.query_params[name] = str(value)
    at._page_hash = calc_hash("surveys")  # AppTest switches between files only
    at.run()
    assert not at.exception, at.exception
    return at


def clicked(at: AppTest, label: str, language: str = "fi") -> AppTest:
    """The page after a button was pressed that is called by the text of a key."""
    wanted = say(label, language)
    next(button for button in at.button if button.label == wanted).click().run()
    assert not at.exception, at.exception
    return at


def said(at: AppTest) -> str:
    kinds = ("title", "header", "subheader", "markdown", "caption", "text", "info", "success",
             "error", "warning", "code")  # fmt: skip
    texts = [str(element.value) for kind in kinds for element in at.get(kind)]
    return plain("\n".join([*texts, *(table.value.to_csv() for table in at.table)]))


def facts(engine: sa.Engine) -> list[CollectionFacts]:
    with reading(engine) as connection:
        return collections_of(connection, access.operator(), datetime.now(UTC))


def field(at: AppTest, kind: str, name: str):
    """The field of a new collection with a name."""
    return next(one for one in at.get(kind) if (one.key or "").startswith(f"survey_{name}_"))
