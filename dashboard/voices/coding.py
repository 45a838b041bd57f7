"""Putting open answers under themes by hand, and clearing them for quoting."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

import sqlalchemy as sa
import streamlit as st

from dashboard import format as written
from dashboard import session
from dashboard.components import part
from dashboard.labels import part_name, phase_name
from dashboard.literal import literal
from dashboard.sections.paging import page_of
from dashboard.session import Viewing, follow, tied, work
from dashboard.surveys.views import present
from dashboard.truth import engine
from dashboard.voices.subjects import Choice, choices, kind_of, suggested
from dashboard.wording import say, say_count
from data.access import NotPermitted, User
from data.database import reading, writing
from data.schema import THEME_KINDS
from data.voices import open_answers
from data.voices.open_answers import Meanwhile, OpenText, UnknownTheme
from survey.text import LANGUAGES, Text

#: Answers on a page, and answers that are read at once.
PAGE, MOST = 10, 500
UNCODED, EVERY = "uncoded", "every"
_SAID = "voices_said"

Step = Callable[[sa.Connection, User], Meanwhile | None]


def coding(viewing: Viewing, project: int | None, called: Mapping[int, str]) -> None:
    """The open answers as they were written, each with its themes and whether it is cleared."""
    language = viewing.language
    st.markdown(literal(say("voices.coding_means", language)))
    which = st.segmented_control(
        say("voices.which", language),
        format_func=lambda code: say(f"voices.which.{code}", language),
        **follow("voices_which", (UNCODED, EVERY)),
    )
    with reading(engine()) as connection:
        found = open_answers.to_code(
            connection, viewing.user, project, uncoded_only=which == UNCODED, limit=MOST
        )
        known = choices(open_answers.themes(connection))
    tell(language)
    if not found:
        st.info(literal(say("voices.nothing_to_code", language)))
        return
    st.markdown(literal(say_count("voices.to_code", len(found), language)))
    if len(found) == MOST:
        st.caption(literal(say("voices.only_first", language, n=written.count(MOST, language))))
    _, some = page_of(viewing, "voices_page", found, PAGE)
    for answer in some:
        one(viewing, answer, known, called)


def one(
    viewing: Viewing, answer: OpenText, known: Mapping[str, Choice], called: Mapping[int, str]
) -> None:
    """An answer, what its words point to, its themes, and whether it may be quoted."""
    language = viewing.language
    held = [code for code, choice in known.items() if choice.number in answer.themes]
    key = f"voice_{answer.response}_{answer.item}"
    draft = draft_of(key, answer, held)
    with st.container(border=True, key=key):
        place = say(
            "voices.place",
            language,
            project=called.get(answer.project, ""),
            phase=phase_name(answer.phase, language),
            question=part_name(answer.instrument, answer.item, language),
        )
        st.caption(literal(place))
        st.markdown(f"**{literal(answer.text)}**")
        suggestion(draft, answer, known, key, language)
        offered = sorted(
            known, key=lambda code: (known[code].kind != kind_of(answer.item), known[code].kind)
        )
        if draft["seen"] != answer.themes:
            met(draft, answer, held, known, key, language)
            return
        st.multiselect(
            say("voices.themes", language),
            offered,
            format_func=lambda code: theme_name(known[code], language),
            **tied(f"{key}_themes", draft["themes"], lambda chosen: draft.update(themes=chosen)),
        )
        with st.container(horizontal=True, vertical_alignment="bottom"):
            stored = st.button(say("voices.save", language), key=f"{key}_save", type="primary")
            state = "cleared" if answer.cleared else "not_cleared"
            st.markdown(literal(say(f"voices.{state}", language)), width="content")
        if stored:
            if put(answer, draft, known):
                session.drop_work(key)
            st.rerun()
        clearing(viewing, answer, draft, key)


def draft_of(key: str, answer: OpenText, held: list[str]) -> dict:
    """What a coder is about to store of an answer, and what stood of it when they began.

    Where nothing was changed yet and somebody else stored something, it begins anew with that.
    """

    def fresh() -> dict:
        return {
            "themes": held,
            "before": held,
            "seen": answer.themes,
            "quoted": answer.redacted or answer.text,
            "own_words": answer.redacted or answer.text,
            "seen_quote": answer.quoted,
        }

    draft = work(key, fresh)
    moved = (draft["seen"], draft["seen_quote"]) != (answer.themes, answer.quoted)
    untouched = draft["themes"] == draft["before"] and draft["quoted"] == draft["own_words"]
    if moved and (untouched or set(draft["themes"]) == set(held)):
        session.drop_work(key)
        draft = work(key, fresh)
    return draft


def met(
    draft: dict,
    answer: OpenText,
    held: list[str],
    known: Mapping[str, Choice],
    key: str,
    language: str,
) -> None:
    """Another coder stored other themes meanwhile: both are shown, and this one chooses."""

    def listed(codes: Collection[str]) -> str:
        names = [theme_name(known[code], language) for code in codes if code in known]
        return "; ".join(names) or say("voices.no_themes", language)

    who = ", ".join(answer.coded_by) or say("voices.somebody", language)
    told = {"who": who, "theirs": listed(held), "mine": listed(draft["themes"])}
    st.warning(literal(say("voices.meanwhile", language, **told)))
    both = [*held, *(code for code in draft["themes"] if code not in held)]
    with st.container(horizontal=True):
        for name, codes in (("both", both), ("theirs", held), ("mine", draft["themes"])):
            if st.button(say(f"voices.keep_{name}", language), key=f"{key}_keep_{name}"):
                draft.update(themes=codes, before=held, seen=answer.themes)
                st.rerun()


def suggestion(
    draft: dict, answer: OpenText, known: Mapping[str, Choice], key: str, language: str
) -> None:
    """What the words point to, as a suggestion that a person takes or leaves."""
    codes = [code for code in suggested(answer) if code not in draft["themes"]]
    if not codes:
        return
    listed = "; ".join(theme_name(known[code], language) for code in codes)
    with st.container(horizontal=True, vertical_alignment="center"):
        st.markdown(literal(say("voices.suggested", language, themes=listed)), width="content")
        if st.button(say("voices.take", language), key=f"{key}_take", type="tertiary"):
            draft["themes"] = [*draft["themes"], *codes]
            st.rerun()


def clearing(viewing: Viewing, answer: OpenText, draft: dict, key: str) -> None:
    """The words that may be quoted, with what tells of a person taken out."""
    language = viewing.language
    with st.expander(say("voices.quoting", language)):
        st.markdown(literal(say("voices.quoting_means", language)))
        st.text_area(
            say("voices.quote_text", language),
            height=100,
            max_chars=4000,
            **tied(f"{key}_quote", draft["quoted"], lambda text: draft.update(quoted=text)),
        )
        with st.container(horizontal=True):
            cleared = st.button(say("voices.clear", language), key=f"{key}_clear")
            withdrawn = answer.cleared and st.button(
                say("voices.withdraw", language), key=f"{key}_withdraw", type="tertiary"
            )
        if cleared and not draft["quoted"].strip():
            st.error(say("voices.quote_empty", language))
        elif cleared or withdrawn:
            clear(answer, draft, cleared=cleared)
            session.drop_work(key)
            st.rerun()


# --- storing ------------------------------------------------------------------------------------


def put(answer: OpenText, draft: dict, known: Mapping[str, Choice]) -> bool:
    """Whether an answer stands under exactly the themes of the draft; those not used before come to
    be."""

    def step(connection: sa.Connection, user: User) -> Meanwhile | None:
        there = {theme.code: theme.id for theme in open_answers.themes(connection)}
        numbers = [
            there[code]
            if code in there
            else open_answers.add_theme(connection, user, code, known[code].kind, known[code].name)
            for code in draft["themes"]
        ]
        return open_answers.code(
            connection, user, answer.response, answer.item, numbers, draft["seen"]
        )

    return _done(step, "voices.saved")


def clear(answer: OpenText, draft: dict, *, cleared: bool) -> bool:
    """Whether an answer is cleared in the draft's words, or not to be quoted any more."""
    quoted = draft["quoted"].strip()
    redacted = None if quoted == answer.text.strip() else quoted

    def step(connection: sa.Connection, user: User) -> Meanwhile | None:
        where = (connection, user, answer.response, answer.item)
        if cleared:
            return open_answers.clear(*where, draft["seen_quote"], redacted)
        open_answers.withdraw(*where)
        return None

    return _done(step, "voices.cleared_now" if cleared else "voices.withdrawn")


def _done(step: Step, key: str) -> bool:
    try:
        with writing(engine()) as connection:
            answer = step(connection, present(connection))
    except (UnknownTheme, NotPermitted):
        session.keep(_SAID, (False, "voices.refused"))
        return False
    if answer is not None:
        session.keep(_SAID, (False, "voices.changed_meanwhile"))
        return False
    session.keep(_SAID, (True, key))
    return True


def tell(language: str) -> None:
    """What came of the last click, once."""
    said = session.kept(_SAID)
    if said is None:
        return
    session.keep(_SAID, None)
    well, key = said
    (st.success if well else st.error)(say(key, language))


# --- themes -------------------------------------------------------------------------------------


def theme_name(choice: Choice, language: str) -> str:
    """A theme with its kind: Haaste: aikataulu."""
    return say(
        "voices.theme_name",
        language,
        kind=say(f"voices.kind.{choice.kind}", language),
        name=choice.name.in_language(language),
    )


def new_theme(viewing: Viewing) -> None:
    """A theme of one's own, named in the three languages."""
    language = viewing.language
    part(say("voices.new_theme", language))
    draft = work("voices_new_theme", dict)
    kind = st.selectbox(
        say("voices.kind", language),
        THEME_KINDS,
        format_func=lambda code: say(f"voices.kind.{code}", language),
        width=260,
        **tied(
            "voices_new_kind",
            draft.get("kind", THEME_KINDS[0]),
            lambda chosen: draft.update(kind=chosen),
        ),
    )
    with st.container(horizontal=True):
        for code in LANGUAGES:
            st.text_input(
                say(f"voices.name.{code}", language),
                max_chars=100,
                width=240,
                **tied(
                    f"voices_new_{code}",
                    draft.get(code, ""),
                    lambda text, code=code: draft.update({code: text.strip()}),
                ),
            )
    if not st.button(say("voices.add_theme", language), key="voices_add"):
        return
    if not all(draft.get(code) for code in LANGUAGES):
        st.error(say("voices.name_all", language))
        return
    name = Text(**{code: draft[code] for code in LANGUAGES})

    def step(connection: sa.Connection, user: User) -> None:
        held = {theme.code for theme in open_answers.themes(connection)}
        number = next(n for n in range(1, len(held) + 2) if f"{kind}_own_{n}" not in held)
        open_answers.add_theme(connection, user, f"{kind}_own_{number}", kind, name)

    if _done(step, "voices.theme_added"):
        session.drop_work("voices_new_theme")
    st.rerun()
