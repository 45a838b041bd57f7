"""The brief of a part of the overview: what that part shows, and which view it is."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import downloads
from dashboard.brief import making, parts
from dashboard.labels import wave_name
from dashboard.wording import say
from tests.dashboard.looking import opened, pictures, plain, tiles

pytestmark = pytest.mark.usefixtures("sample")

#: A round that no page opens with.
ROUND = "follow_up"


def looked_at(part: str, monkeypatch: pytest.MonkeyPatch) -> tuple[AppTest, dict]:
    """A part of the page in the round, and what the brief says that its button asks for."""
    asked: list[tuple] = []
    monkeypatch.setattr(making, "brief", lambda *wanted: asked.append(wanted) or b"%PDF")
    monkeypatch.setattr(downloads, "_browser", lambda _cookies: "a browser")
    page = opened("overview", overview_view=part, wave=ROUND)
    page.button(key="brief").click().run()
    return page, making.contents(*asked[0])


def texts_of(data: object) -> Iterator[str]:
    """Every text that data holds."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for value in data.values():
            yield from texts_of(value)
    elif isinstance(data, (list, tuple)):
        for value in data:
            yield from texts_of(value)


def squeezed(text: str) -> str:
    return re.sub(r"[\s~]+", "", re.sub(r"^\[(.*)\]\(.*\)$", r"\1", plain(text))).lower()


@pytest.mark.parametrize("part", parts.PARTS)
def test_the_brief_of_a_part_holds_what_the_part_shows_and_says_which_it_is(part, monkeypatch):
    page, contents = looked_at(part, monkeypatch)
    said = squeezed(" | ".join(texts_of(contents)))
    cells = [str(cell) for table in page.table for cell in table.value.to_numpy().flatten()]
    drawn = [row for alt in pictures(page) for row in alt.split(". ")[1:]]
    assert cells or drawn
    shown = {squeezed(words).rstrip(".") for words in [*cells, *drawn, *tiles(page).values()]}
    assert {cell for cell in shown if cell not in said} == set()
    view = squeezed(contents["facts"][0])
    assert squeezed(say(f"overview.view.{part}", "fi")) in view
    assert squeezed(wave_name(ROUND, "fi")) in view
    # The figures reported to funders are of no view of this page, themes and areas of one.
    titles = {each["title"] for each in contents["sections"]}
    assert say("brief.reported", "fi") not in titles
    assert (say("section.compare", "fi") in titles) == (part == "compare")
