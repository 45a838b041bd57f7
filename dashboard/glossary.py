"""The words of the field, explained where they stand: on every page, and all on the methods page.

The words are in ``texts/glossary.yaml``; docs/glossary.md says besides which word stands for what
in the code.
"""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from dashboard.literal import literal
from dashboard.wording import say

#: Every word that is explained, in the order of the methods page.
TERMS = (
    "co_development", "project", "process", "phase", "theme", "area", "stakeholder_group",
    "outcome", "benefit", "process_quality", "change", "wave", "survey", "response_rate",
    "interval", "chance", "indicative", "suppressed", "not_reported", "coverage",
    "representativeness", "self_assessment", "gap", "proposal", "reported_figure", "evidence",
    "release", "revision",
)  # fmt: skip
_FIGURES = ("interval", "indicative", "suppressed", "stakeholder_group", "wave")
#: What the reader of each page may want explained there.
WORDS = {
    "overview": ("outcome", "benefit", "process_quality", "change", "chance", *_FIGURES),
    "theme": ("theme", "outcome", "benefit", "process_quality", *_FIGURES),
    "area": ("area", "outcome", "benefit", "process_quality", *_FIGURES),
    "project": ("outcome", "process_quality", "phase", "gap", "response_rate", *_FIGURES),
    "process": ("process_quality", "phase", "gap", *_FIGURES),
    "participation": ("stakeholder_group", "representativeness", "coverage", "suppressed"),
    "proposals": ("proposal", "interval", "suppressed"),
    "my_projects": ("phase", "self_assessment", "wave", "reported_figure"),
    "funded": ("reported_figure", "evidence", "release"),
    "self_assessment": ("self_assessment", "phase", "gap", "evidence"),
    "reporting": ("reported_figure", "evidence", "release", "not_reported"),
    "figure": ("reported_figure", "evidence", "release", "revision"),
    "surveys": ("survey", "wave", "response_rate", "stakeholder_group"),
}


def words(page: str, language: str) -> None:
    """What the words of a page mean, behind a button under its heading; nothing without words."""
    if page not in WORDS:
        return
    with st.popover(say("glossary.open", language), icon=":material/menu_book:", key="words"):
        explained(WORDS[page], language)


def explained(codes: Sequence[str], language: str) -> None:
    """Words and what each means, one after another."""
    st.markdown(
        "\n".join(
            f"- **{literal(say(f'term.{code}', language))}**: "
            f"{literal(say(f'term.{code}.means', language))}"
            for code in codes
        )
    )
