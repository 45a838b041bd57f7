"""The pages of the sample portfolio as a role sees them, without a browser."""

from __future__ import annotations

import html
import re
from pathlib import Path

import pandas as pd
from streamlit.testing.v1 import AppTest
from streamlit.util import calc_hash

from dashboard import app, navigation
from dashboard.literal import JOINER

APP = Path(app.__file__)
#: Seconds that one page may take on a shared machine.
PATIENCE = 60


def opened(page: str, role: str = "steering", language: str = "fi", **selections) -> AppTest:
    """A page as a role sees it in a language, with what its address says besides."""
    at = AppTest.from_file(str(APP), default_timeout=PATIENCE)
    at.query_params["persona"], at.query_params["lang"] = role, language
    for name, value in selections.items():
        at.query_params[name] = str(value)
    if page != navigation.DEFAULT_PAGE:
        # AppTest switches between files only; our pages are functions, known by their address.
        at._page_hash = calc_hash(page)
    at.run()
    assert not at.exception, at.exception
    return at


def pictures(at: AppTest) -> list[str]:
    """The words of every chart on a page, for those who do not see it."""
    drawn = (element.proto.body for element in at.get("html"))
    told = (re.match(r'<div class="still" role="img" aria-label="(.*?)">', body) for body in drawn)
    return [html.unescape(found[1]) for found in told if found]


def tiles(at: AppTest) -> dict[str, str]:
    """The figures that a page opens with, by what they are called."""
    bodies = "".join(element.proto.body for element in at.get("html"))
    found = re.findall(r'<dt>(.*?)</dt><dd class="value">(.*?)</dd>', bodies)
    return {html.unescape(name): html.unescape(value) for name, value in found}


def tables(at: AppTest) -> list[pd.DataFrame]:
    """What the tables of a page hold: those that stand open, then those folded under charts."""
    bodies = [element.proto.body for element in at.get("html")]
    return [table.value for table in at.table] + [
        frame for body in bodies for frame in _folded(body)
    ]


def _folded(body: str) -> list[pd.DataFrame]:
    found = []
    for table in re.findall(r'<details class="fold">.*?<table[^>]*>(.*?)</table>', body):
        heads = re.findall(r'<th scope="col">(.*?)</th>', table)
        rows = [re.findall(r"<td>(.*?)</td>", row) for row in re.findall(r"<tr>(.*?)</tr>", table)]
        cells = [[html.unescape(cell) for cell in row] for row in rows if row]
        found.append(pd.DataFrame(cells, columns=[html.unescape(head) for head in heads]))
    return found


def plain(text: str) -> str:
    """A text without what keeps it from being read as markup."""
    return text.replace("\\", "").replace(JOINER, "")
