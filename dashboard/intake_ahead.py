"""The child process of the data room that is started ahead: it loads, waits for one request, ends.

Reading, folding and judging load some two hundred megabytes of programs, which takes longer than
the work on one project's answers. This child loads them before anybody asks, in the order in which
requests need them, and stops loading as soon as there is a request. It knows nothing of any request
before its own, as it has none before it; whoever started it ends it by closing its input.
"""

from __future__ import annotations

import select
import signal
import sys
from importlib import import_module

#: What a request loads, what every request needs first: modules, and after a colon what they read
#: once and keep.
NEEDED = (
    "dashboard.intake_worker",
    "sqlalchemy.orm:configure_mappers",
    "data.imports.profile:profiles",
    "survey.instrument:instruments",
    "data.keeping.returned",
    "data.publication.refreshing",
    "metrics.catalog:of_answers",
    "ibis.backends.duckdb",
    "scipy.special",
    "pandera.backends.pandas.register",
    "pandera.backends.pandas.builtin_checks",
)
#: So long it waits, in seconds; nobody who looks at a file and goes away keeps its memory taken.
PATIENCE = 600


def main() -> None:
    """Do the one request that comes, or nothing where none does."""
    # Ctrl-C in the terminal of the server reaches its children too; one that waits ends silently.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    for name in NEEDED:
        if asked(0):
            break
        load(name)
    if asked(PATIENCE):
        signal.signal(signal.SIGINT, signal.default_int_handler)
        import_module("dashboard.intake_worker").main()


def load(name: str) -> None:
    """Load what is named in `NEEDED`; the modules keep for themselves what they read once."""
    module, _, read = name.partition(":")
    found = import_module(module)
    if read:
        getattr(found, read)()


def asked(seconds: float) -> bool:
    """Whether a request comes within some seconds, or the end of whoever could ask."""
    return bool(select.select([sys.stdin], [], [], seconds)[0])


if __name__ == "__main__":
    main()
