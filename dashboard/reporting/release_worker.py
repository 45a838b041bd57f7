"""The child process that makes a release: it opens extracts, and the server loads their engine
never.

It takes what is asked as JSON on its standard input and says on its standard output how it went.
"""

from __future__ import annotations

import json
import sys
from datetime import date
from typing import Any

from dashboard.truth import engine
from data import access, database
from data.fieldwork.installation import ExposedSecret
from data.releases import freeze
from data.releases.keys import ExposedKey


def made(request: dict[str, Any]) -> dict[str, Any]:
    """How a release went: the release, or the code and the values of its refusal."""
    try:
        with database.writing(engine()) as connection:
            user = access.user_numbered(connection, request["user"])
            if user is None:
                return {"refused": "permission", "values": {}}
            frozen = freeze.release(
                connection, user, database.home(), funder=request["funder"],
                project=request["project"], starts_on=date.fromisoformat(request["starts_on"]),
                ends_on=date.fromisoformat(request["ends_on"]), reason=request["reason"],
                figures=request["figures"],
            )  # fmt: skip
    except freeze.RefusedRelease as refused:
        return {"refused": refused.code, "values": refused.values}
    except access.NotPermitted:
        return {"refused": "permission", "values": {}}
    except (ExposedKey, ExposedSecret) as exposed:
        return {"refused": "key", "values": {"reason": str(exposed)}}
    return {"done": {"n": frozen.id, "values": frozen.values, "pending": frozen.pending}}


def main() -> None:
    """Answers one request."""
    json.dump(made(json.load(sys.stdin)), sys.stdout, default=_plain)


def _plain(value: object) -> str:
    return value.isoformat() if isinstance(value, date) else str(value)


if __name__ == "__main__":
    main()
