"""The command line ``arviomo``: every command of the product, in three languages.

The commands are made when the language is known, because their help is written in it.
"""

from __future__ import annotations

import logging
import sys

import click

from dashboard.commands import (
    auditing,
    briefs,
    copying,
    exporting,
    intake,
    keeping,
    own_indicators,
    people,
    publishing,
    releasing,
    serving,
    verifying,
)
from dashboard.commands.speech import (
    DEBUG_VARIABLE,
    LANGUAGE_VARIABLE,
    help_text,
    show_refusal,
    show_steps,
    teach_click,
    wanted_language,
)
from dashboard.wording import say
from survey.text import LANGUAGES

COMMANDS = (
    serving.demo,
    serving.serve,
    intake.import_file,
    intake.undo,
    intake.profiles,
    own_indicators.indicators,
    publishing.refresh,
    exporting.export,
    briefs.brief,
    publishing.migrate,
    releasing.release,
    verifying.verify,
    releasing.release_key,
    people.user,
    auditing.audit,
    keeping.erase,
    keeping.subject_access,
    keeping.retention,
    copying.backup,
    copying.restore,
)


def program(language: str) -> click.Group:
    """The whole command line in a language."""
    teach_click(language)

    @click.group(
        "arviomo",
        help=help_text("", language),
        options_metavar=say("cli.options_mark", language),
        subcommand_metavar=say("cli.command_mark", language),
        context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    )
    @click.option(
        "--language",
        type=click.Choice(LANGUAGES),
        default=language,
        expose_value=False,
        help=say("cli.option.language", language, variable=LANGUAGE_VARIABLE),
    )
    @click.option(
        "--debug",
        is_flag=True,
        expose_value=False,
        callback=show_steps,
        help=say("cli.option.debug", language, variable=DEBUG_VARIABLE),
    )
    @click.version_option(package_name="arviomo", message="%(version)s")
    def arviomo() -> None:
        """What each command does is said in its own help."""

    for make in COMMANDS:
        arviomo.add_command(make(language))
    return arviomo


def main() -> None:
    """Run the command that the command line names; the exit code says how it went."""
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(levelname)s %(message)s")
    language = wanted_language(sys.argv[1:])
    with show_refusal(language):
        program(language)(prog_name="arviomo")


if __name__ == "__main__":
    main()
