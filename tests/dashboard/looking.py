"""The pages of the sample portfolio as a role sees them, without a browser."""

from __future__ import annotations

import html
import re
from pathlib import Path

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


def plain(text: str) -> str:
    """A text without what keeps it from being read as markup."""
    return text.replace("\\", "").replace(JOINER, "")
