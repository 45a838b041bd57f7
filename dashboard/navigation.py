"""Where each page stands in the navigation: the sections, and their pages in order."""

from __future__ import annotations

from collections.abc import Collection

#: The pages of each section. Those of the section without a name stand side by side at the start
#: of the bar; every other section is a menu of its own.
SECTIONS = {
    "": ("overview", "my_projects", "funded", "project", "search"),
    "results": ("theme", "area", "participation", "proposals"),
    "process": ("process", "self_assessment", "surveys", "challenges"),
    "reporting": ("reporting", "figure", "closing", "claims"),
    "basis": ("data_room", "methods", "users", "audit"),
}
#: Every page by its id, in the order of the navigation. The first is the default page.
PAGES = tuple(page for pages in SECTIONS.values() for page in pages)
DEFAULT_PAGE = PAGES[0]
#: Pages that have nothing to say before the first publication.
SHOW_FIGURES = frozenset(
    {"overview", "project", "theme", "area", "participation", "proposals", "process"}
)
#: Pages that are reached from others and have no place of their own in the navigation.
UNLISTED = frozenset({"figure"})


def sections(permitted: Collection[str]) -> dict[str, list[str]]:
    """The sections of what somebody may open; a page that is alone in its menu needs no menu."""
    found: dict[str, list[str]] = {"": []}
    for section, pages in SECTIONS.items():
        theirs = [page for page in pages if page in permitted]
        is_menu = section and len([page for page in theirs if page not in UNLISTED]) > 1
        found.setdefault(section if is_menu else "", []).extend(theirs)
    return found
