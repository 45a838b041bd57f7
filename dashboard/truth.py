"""The engine of this process: one for a database URL, shared by pages, routes and checks."""

from __future__ import annotations

from functools import lru_cache

import sqlalchemy as sa

from data.database import connect, database_url


def engine() -> sa.Engine:
    """The engine of the database that the environment names now."""
    return _engine(database_url())


@lru_cache(maxsize=8)
def _engine(url: str) -> sa.Engine:
    return connect(url)
