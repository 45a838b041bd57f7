"""The accessibility statement at ``/accessibility``, as the Finnish act 306/2019 asks for it.

It is plain HTML and open to everybody, so whoever cannot use the pages can still read what does
not work and whom to tell. Who runs the installation is said under [accessibility] in secrets.toml
(organisation, site, feedback).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse
from starlette.routing import BaseRoute, Route

from dashboard import answering
from dashboard import format as written
from dashboard.answering.page import POLICY, STYLE
from dashboard.session import LANGUAGE, LANGUAGE_COOKIE
from dashboard.wording import LANGUAGE_NAMES, say
from survey.text import DEFAULT_LANGUAGE, LANGUAGES

ADDRESS = "/accessibility"
#: When the pages were last gone through, by us and with axe-core, and the statement written.
REVIEWED_ON = date(2026, 11, 23)
#: What does not meet the requirements, each with its success criterion of WCAG 2.1.
GAPS = {
    "charts": "1.1.1",
    "folds": "1.3.1",
    "grids": "2.1.1",
    "focus": "2.4.3",
    "status": "4.1.3",
    "shortcut": "2.1.4",
    "language": "3.1.2",
}
AUTHORITY = "https://www.saavutettavuusvaatimukset.fi"

_FOLDERS = [Path(__file__).with_name("assets"), Path(answering.__file__).parent / "templates"]
_TEMPLATES = Environment(
    loader=FileSystemLoader(_FOLDERS),
    autoescape=True,
    auto_reload=False,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.globals |= {"style": Markup(STYLE), "names": LANGUAGE_NAMES}  # noqa: S704  our own file


def routes(settings: Callable[[], Mapping[str, object]]) -> list[BaseRoute]:
    """The route of the statement. settings: [accessibility] of secrets.toml."""

    def show(request: Request) -> HTMLResponse:
        wanted = (request.query_params.get(LANGUAGE), request.cookies.get(LANGUAGE_COOKIE))
        language = next((code for code in wanted if code in LANGUAGES), DEFAULT_LANGUAGE)
        headers = {"Content-Security-Policy": POLICY, "Content-Language": language}
        return HTMLResponse(statement(language, settings()), 200, headers)

    return [Route(ADDRESS, show)]


def statement(language: str, settings: Mapping[str, object]) -> str:
    """The statement in a language, for the organisation that the settings name."""
    unset = say("accessible.organisation_unset", language)
    return _TEMPLATES.get_template("accessibility.html").render(
        language=language,
        languages=LANGUAGES,
        kept={},
        project=None,
        in_form=False,
        say=partial(_say, language),
        organisation=str(settings.get("organisation") or unset),
        site=str(settings.get("site") or say("app.name", language)),
        feedback=str(settings.get("feedback") or ""),
        gaps=GAPS,
        authority=AUTHORITY,
        reviewed=written.day(REVIEWED_ON, language),
    )


def address(language: str) -> str:
    """The address of the statement in a language."""
    return f"{ADDRESS}?{LANGUAGE}={language}"


def _say(language: str, key: str, **values: object) -> str:
    return say(key, language, **values)
