"""Every page that each persona may open, in every part that it has, asked for barriers by axe with
all its folds open.

By day tests/dashboard/test_browser_pages.py asks the first part of every page, as an evaluator.
"""

from __future__ import annotations

import pytest

from dashboard import sign_in
from dashboard.app_pages import claims, methods, overview, self_assessment
from dashboard.surveys import views
from dashboard.truth import engine
from data import access
from data.database import reading
from tests.dashboard.windows import DESKTOP, PHONE, address, unfolded, violations

pytestmark = [pytest.mark.browser, pytest.mark.nightly, pytest.mark.usefixtures("sample")]

#: The parts of pages: what their addresses call them, and their words. Who may not open a part
#: comes to the first one.
PARTS = {
    "overview": [(overview.VIEW, part) for part in overview.VIEWS],
    "self_assessment": [("judge_view", part) for part in self_assessment.VIEWS],
    "surveys": [(views.VIEW, part) for part in views.VIEWS],
    "claims": [("claims_view", part) for part in claims.VIEWS],
    "challenges": [("voices_view", part) for part in ("told", "coding")],
    "participation": [("level", part) for part in ("whole", "theme", "area", "project")],
    "methods": [(methods.VIEW, part) for part in methods.PARTS]
    + [("metric", part) for part in ("process_quality", "benefit_share")],
    "search": [("q", part) for part in ("", "otaniemi")],
}


def places(persona: str) -> list[dict[str, str]]:
    """Every page that a persona may open, a part at a time, as the words of its address."""
    with reading(engine()) as connection:
        pages = access.pages_for(access.persona(persona, connection))
    return [
        {"name": page, **({part[0]: part[1]} if part[1] else {})}
        for page in sorted(pages)
        for part in PARTS.get(page, [("", "")])
    ]


@pytest.mark.parametrize(("width", "scheme"), [(PHONE, "dark"), (DESKTOP, "light")])
@pytest.mark.parametrize("persona", sign_in.PERSONAS)
def test_no_part_of_any_page_has_a_barrier_for_any_persona(opened, persona, width, scheme):
    asked = places(persona)
    found = {}
    for place in asked:
        page = unfolded(opened(address(**(place | {"persona": persona})), width, scheme))
        barriers = violations(page)
        page.context.close()
        if barriers:
            found[str(place)] = barriers
    print(f"axe: {persona}, {width} px, {scheme}: {len(asked)} states")
    assert found == {}
