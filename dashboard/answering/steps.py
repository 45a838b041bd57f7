"""The steps of a form: what was posted so far, and which page of the questionnaire comes next.

Each page carries the answers of the others, so nobody depends on what `drafts` keeps of them for
the browser's own buttons. What somebody typed travels as typed, also what cannot be taken, so going
back or changing the language loses nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from survey.answering import Problem, check_page, pages
from survey.instrument import Instrument, Item

#: The names of the form's own fields; those of items are written in capitals.
LANGUAGE, SUBMISSION, GROUP, AT, DO = "lang", "submission", "group", "at", "do"
AGREED, NOTICE = "agreed", "notice"
#: What a ticked box says.
YES = "yes"
#: Where a form stands before its first page of questions, and after its last one.
START, END = "start", "end"

Items = tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Draft:
    """Answers on their way. typed: as posted, by item; given: those of them that can be taken.

    group: None until it is chosen. problems: of typed answers to items that the form asks.
    agreed: to answers of special categories being kept. notice: the version that was shown.
    """

    instrument: Instrument
    wave: str
    group: str | None
    language: str
    submission: str
    typed: Mapping[str, str]
    given: Mapping[str, int | str]
    problems: tuple[Problem, ...] = ()
    agreed: bool = False
    notice: str = ""

    @property
    def fields(self) -> dict[str, str]:
        """The whole form as it would be posted."""
        own = {
            LANGUAGE: self.language,
            SUBMISSION: self.submission,
            GROUP: self.group or "",
            AGREED: YES if self.agreed else "",
            NOTICE: self.notice,
        }
        return {name: said for name, said in (own | dict(self.typed)).items() if said}

    @property
    def pages(self) -> list[Items]:
        """The pages of questions for this group, after the answers so far."""
        if self.group is None:
            return []
        return pages(self.instrument, self.group, self.wave, self.given, agreed=self.agreed)

    def problems_at(self, items: Items) -> tuple[Problem, ...]:
        codes = {item.code for item in items}
        return tuple(problem for problem in self.problems if problem.item in codes)

    def without(self, items: Items) -> Draft:
        """The same answers but for those to some items."""
        codes = {item.code for item in items}
        return replace(
            self,
            typed={code: said for code, said in self.typed.items() if code not in codes},
            given={code: said for code, said in self.given.items() if code not in codes},
            problems=tuple(problem for problem in self.problems if problem.item not in codes),
        )


def drafted(
    instrument: Instrument,
    wave: str,
    group: str | None,
    language: str,
    submission: str,
    form: Mapping[str, str],
) -> Draft:
    """What a posted form says. Names that are no items of the questionnaire are left out."""
    known = {item.code for item in instrument.items}
    typed = {name: said for name, said in form.items() if name in known and said.strip()}
    given, problems = check_page(instrument.items, instrument, typed)
    return Draft(
        instrument,
        wave,
        group,
        language,
        submission,
        typed,
        given,
        tuple(problems),
        agreed=form.get(AGREED) == YES,
        notice=form.get(NOTICE, ""),
    )


def place(draft: Draft, at: str) -> int:
    """The number of the page that was posted: -1 for the start, the number of pages for the end.

    A page is named by its first item: what is answered on a page changes only later ones, so the
    page is still there when its answers arrive. A name that is nowhere means the start.
    """
    found = draft.pages
    if at == END and found:
        return len(found)
    return next((n for n, page in enumerate(found) if any(i.code == at for i in page)), -1)


def name_of(draft: Draft, number: int) -> str:
    """How a page is named, the opposite of `place`."""
    found = draft.pages
    if number < 0 or not found:
        return START
    return found[number][0].code if number < len(found) else END


def is_last(draft: Draft, number: int) -> bool:
    """Whether answers can be sent from a page: none comes after it, whatever is answered on it."""
    found = draft.pages
    if number < len(found) - 1:
        return False
    if number >= len(found):
        return True
    here = {item.code for item in found[number]}
    return not any(
        item.shown_if and item.shown_if.item in here and item.concerns(draft.group, draft.wave)
        for item in draft.instrument.items
    )


def first_wrong(draft: Draft) -> int | None:
    """The number of the first page with an answer that cannot be taken; None where all can."""
    return next((n for n, page in enumerate(draft.pages) if draft.problems_at(page)), None)
