"""The pages of the door, written like those of the answering form: no script, one style sheet."""

from __future__ import annotations

from functools import partial
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.requests import Request
from starlette.responses import HTMLResponse

from dashboard import answering
from dashboard.answering.page import POLICY, STYLE
from dashboard.session import LANGUAGE, LANGUAGE_COOKIE
from dashboard.wording import LANGUAGE_NAMES, say
from survey.text import DEFAULT_LANGUAGE, LANGUAGES

_FOLDERS = [Path(__file__).parent / "templates", Path(answering.__file__).parent / "templates"]
_TEMPLATES = Environment(
    loader=FileSystemLoader(_FOLDERS),
    autoescape=True,
    auto_reload=False,
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)
_TEMPLATES.globals |= {"style": Markup(STYLE), "names": LANGUAGE_NAMES}  # noqa: S704  our own file
HEADERS = {
    "Content-Security-Policy": POLICY,
    "X-Robots-Tag": "noindex, nofollow, noarchive",
    "Cache-Control": "no-store",
}


def language_of(request: Request) -> str:
    """The language of a reader at the door: asked for, kept from before, else Finnish."""
    wanted = (request.query_params.get(LANGUAGE), request.cookies.get(LANGUAGE_COOKIE))
    return next((code for code in wanted if code in LANGUAGES), DEFAULT_LANGUAGE)


def door(
    request: Request,
    heading: str,
    texts: list[str],
    *,
    status: int = 200,
    link: tuple[str, str] | None = None,
    form: str | None = None,
    place: str = "/",
    error: str | None = None,
    code: str = "",
    onward: bool = False,
) -> HTMLResponse:
    """A page of the door: what is said, and at most one thing to do.

    link: an address and what it is called; onward: the browser follows it by itself. form:
    "password", "sign_out" or "invited". error: what was wrong with the form that came. code: of
    the invitation with which somebody came.
    """
    language = language_of(request)
    kept = ({"place": place} if place != "/" else {}) | ({"code": code} if code else {})
    told = _TEMPLATES.get_template("door.html").render(
        language=language,
        languages=LANGUAGES,
        kept=kept,
        project=None,
        in_form=False,
        say=partial(_say, language),
        heading=heading,
        texts=texts,
        link=link,
        form=form,
        place=place,
        error=error,
        code=code,
        onward=onward,
    )
    return HTMLResponse(told, status, HEADERS)


def _say(language: str, key: str, **values: object) -> str:
    return say(key, language, **values)
