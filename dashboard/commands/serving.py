"""``arviomo demo`` and ``arviomo serve``: the screens, on sample data or on one's own."""

from __future__ import annotations

import os
from contextlib import suppress
from multiprocessing import get_context

import click

from dashboard.commands.speech import Progress, Refused, command, database_option, refusal
from dashboard.wording import say
from data.database import HOME_VARIABLE, URL_VARIABLE, home

LOOPBACK = "127.0.0.1"
PORT = 8501
DEMO_FOLDER = "demo"


def demo(language: str) -> click.Command:
    """The command that loads the invented sample portfolio once, and serves it."""

    @command("demo", language)
    @click.option("--port", metavar="N", type=int, help=say("cli.demo.port", language))
    @click.option("--load-only", is_flag=True, help=say("cli.demo.load_only", language))
    def run(port: int | None, load_only: bool) -> None:
        # The sample never mixes with anybody's own data: it has a folder of its own.
        os.environ.pop(URL_VARIABLE, None)
        os.environ[HOME_VARIABLE] = str(home() / DEMO_FOLDER)
        if load_only:
            load_sample(language)
            return
        # At every start, as figures of an earlier version of the program may stand there; in a
        # process of its own, so that the engines that fold and judge stay out of the server.
        loading = get_context("spawn").Process(target=load_sample, args=(language,))
        loading.start()
        loading.join()
        if loading.exitcode:
            raise refusal("refusal.sample_not_loaded", language)
        start(LOOPBACK, port, (), language, played=True)

    return run


def serve(language: str) -> click.Command:
    """The command that serves one's own database."""

    @command("serve", language)
    @click.option(
        "--host",
        metavar=say("cli.serve.host_mark", language),
        default=LOOPBACK,
        show_default=True,
        help=say("cli.serve.host", language),
    )
    @click.option(
        "--port",
        metavar="N",
        type=int,
        default=PORT,
        show_default=True,
        help=say("cli.serve.port", language),
    )
    @click.option(
        "--name",
        "names",
        metavar=say("cli.user.name_mark", language),
        multiple=True,
        help=say("cli.serve.name", language),
    )
    @database_option(language)
    def run(host: str, port: int, names: tuple[str, ...]) -> None:
        start(host, port, names, language)

    return run


def load_sample(language: str) -> None:
    """Bring the sample portfolio into the database, unless it is there, and publish it."""
    from dashboard.truth import engine
    from data import sample, sheets
    from data.database import home, migrate, reading

    migrate(engine())
    with reading(engine()) as connection:
        loaded = sample.is_loaded(connection)
    with Progress(language) as progress:
        if not loaded:
            sample.load(engine(), progress, home())
        sheets.refresh(engine(), progress=progress)


def start(
    host: str, port: int | None, names: tuple[str, ...], language: str, *, played: bool = False
) -> None:
    """Serve until stopped; say the address on stdout when the first page can be asked for.

    No port: the usual one, or any free one when that is taken. played: whoever plays with the
    sample answers its questionnaires too.
    """
    from dashboard import options, server

    def announce() -> None:
        address = f"[{host}]" if ":" in host else host
        click.echo(f"http://{address}:{listener.getsockname()[1]}")
        click.echo(say("cli.serve.stop", language), err=True)

    try:
        if port is None:
            listener = server.open_usual_or_free_port(host, PORT)
        else:
            listener = server.open_port(host, port)
        # Ctrl+C is how serving ends, not a mishap.
        with suppress(KeyboardInterrupt):
            server.serve(listener, names, announce, played=played)
    except (server.NotServed, options.UnsafeOptions) as reason:
        raise Refused(server.refusal_words(reason, language)) from reason
