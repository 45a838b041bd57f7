"""Open data: every published figure in the public profile, as a data package.

It is the sheet that `arviomo export --public` writes, with a description of every column. Whoever
hands it out registers whom it speaks of (`data.publication.released_sheets`), so that no later one
can be subtracted from it.
"""

from __future__ import annotations

from importlib.metadata import version as version_of

import sqlalchemy as sa

from data.access import User
from data.exports import report_words, tidy_csv
from data.exports.package import Described, readme_of, zipped
from data.exports.report import Table
from data.sheets import published
from metrics.metric import Profile


class NothingPublished(Exception):
    """There is no published sheet yet; run ``arviomo refresh`` first."""


def write_open_data(connection: sa.Connection, user: User, language: str) -> tuple[bytes, int]:
    """The public figures of the latest publication as the bytes of a zip, and how many they are.

    Raises: NothingPublished.
    """
    facts = published(connection)
    if facts is None:
        raise NothingPublished("Nothing is published yet. Run arviomo refresh first.")
    rows = tidy_csv.figure_rows(connection, user, facts.id, language, public=True)
    figures = Table("figures", tidy_csv.COLUMNS, [tuple(row) for row in rows])
    columns = {"figures": tidy_csv.COLUMNS}
    dictionary = Table(
        "dictionary", report_words.DICTIONARY, report_words.dictionary(columns, language)
    )
    heading = report_words.title("figures", language)
    described = Described(
        "arviomo-open-data",
        heading,
        report_words.sentence("states", language),
        # The day of the publication, not of the file: one publication is one file, byte for byte.
        facts.published_at,
        {
            "version": version_of("arviomo"),
            "arviomo": {"revision": facts.id, "profile": Profile.PUBLIC.value},
        },
    )
    readme = readme_of(heading, ("figures", "dictionary"), language)
    return zipped(described, [figures, dictionary], readme, language), len(figures.rows)
