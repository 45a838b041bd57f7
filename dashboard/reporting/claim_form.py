"""Writing a claim: a new one, or another version of one; two who write at once are told."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import sqlalchemy as sa
import streamlit as st

from dashboard.components import part, section
from dashboard.literal import literal
from dashboard.reporting.claim_ledger import Names, about_words, grade_words
from dashboard.reporting.doing import attempt, say_later
from dashboard.reporting.proof_lists import attaching, listed
from dashboard.session import (
    Viewing,
    entered,
    follow,
    give_back_turn,
    keep,
    kept,
    take_turn,
    turn,
)
from dashboard.truth import engine
from dashboard.wording import say
from data.access import User
from data.database import reading
from data.reporting import proofs
from data.reporting.claims import Claim, ClaimConflict, ClaimSaved, save_claim
from data.reporting.rights import reports
from metrics.indicators.indicator import GRADES
from metrics.metric import Level

FORM, NEW = "claim", ""
#: The fields of a claim in words, with how many letters they take.
WORDS = {
    "statement_fi": 2_000, "statement_sv": 2_000, "statement_en": 2_000, "expected": 4_000,
    "found": 4_000, "contribution": 4_000, "substantiation": 4_000,
}  # fmt: skip


def form(viewing: Viewing, found: Sequence[Claim], called: Names) -> None:
    """The fields of one claim, for those who may write it."""
    language = viewing.language
    mine = {c.id: c for c in found if may_write(viewing.user, c.level, c.entity)}
    entities = subjects(viewing, called)
    if not entities:
        return
    section(say("claim.write", language))
    st.markdown(literal(say("claim.write.words", language)))
    chosen = st.selectbox(
        say("claim.choose", language),
        format_func=lambda number: (
            f"{mine[number].code} · {about_words(mine[number], called, language)}"
            if number
            else say("claim.new", language)
        ),
        **follow("claim_id", [NEW, *mine]),
    )
    claim = mine.get(chosen)
    drawn = f"{turn(FORM)}_{chosen}_{claim.version if claim else 0}"
    met: ClaimConflict | None = kept(FORM)
    if met is not None and claim is not None and met.theirs and met.theirs.id == claim.id:
        beside(met, language)
    if claim is None:
        labels = {f"{level}:{n}": name for (level, n), name in entities.items()}
        st.selectbox(
            say("claim.field.about", language), list(labels), format_func=labels.get,
            key=f"{FORM}_about_{drawn}",
        )  # fmt: skip
    st.text_input(
        say("claim.field.code", language), value=claim.code if claim else "", max_chars=40,
        key=f"{FORM}_code_{drawn}", width=300,
    )  # fmt: skip
    st.selectbox(
        say("claim.grade", language), GRADES,
        index=GRADES.index(claim.grade) if claim else len(GRADES) - 1,
        format_func=lambda grade: grade_words(grade, language), key=f"{FORM}_grade_{drawn}",
    )  # fmt: skip
    for name, limit in WORDS.items():
        st.text_area(
            say(f"claim.field.{name}", language), value=getattr(claim, name, None) or "",
            height=80, max_chars=limit, key=f"{FORM}_{name}_{drawn}",
        )  # fmt: skip
    st.button(
        say("claim.save", language), key=f"{FORM}_save", type="primary", on_click=_save,
        args=(claim, turn(FORM), drawn),
    )  # fmt: skip
    if claim is not None:
        part(say("figure.proofs", language))
        with reading(engine()) as connection:
            lines = proofs.proofs(connection, viewing.user, claim=claim.id)
        listed(viewing, lines, removable=True)
        attaching(viewing, claim=claim.id)


def may_write(user: User, level: str, entity: int) -> bool:
    """Whether somebody may write what is claimed of an entity."""
    return reports(user, entity if level == Level.PROJECT else None)


def subjects(viewing: Viewing, called: Names) -> Mapping[tuple[str, int], str]:
    """What somebody may claim something of."""
    found: dict[tuple[str, int], str] = {}
    if may_write(viewing.user, Level.PORTFOLIO, 0):
        found[(Level.PORTFOLIO.value, 0)] = say("claim.portfolio", viewing.language)
    for level, names in called.items():
        found |= {
            (level, number): name
            for number, name in names.items()
            if may_write(viewing.user, level, number)
        }
    return found


def beside(met: ClaimConflict, language: str) -> None:
    """What the writer wanted to store, beside what somebody else stored meanwhile."""
    st.warning(literal(say("claim.conflict", language, who=met.theirs.updated_by)))
    for name in ("code", "grade", *WORDS):
        mine, theirs = getattr(met.mine, name), getattr(met.theirs, name)
        if mine != theirs:
            field = say("claim.grade" if name == "grade" else f"claim.field.{name}", language)
            st.markdown(f"**{literal(field)}**  \n{literal(mine or say('claim.unsaid', language))}")


def _save(claim: Claim | None, taken: int, drawn: str) -> None:
    if not take_turn(FORM, taken):
        return
    said = {name: entered(f"{FORM}_{name}_{drawn}") or "" for name in ("code", "grade", *WORDS)}
    if claim is None:
        level, _, number = str(entered(f"{FORM}_about_{drawn}")).partition(":")
        new = Claim(level=level, entity=int(number), **said)
    else:
        new = Claim(level=claim.level, entity=claim.entity, id=claim.id, **said)
    seen = claim.version if claim else 0

    def step(connection: sa.Connection, user: User) -> ClaimSaved | ClaimConflict:
        return save_claim(connection, user, new, seen)

    answer = attempt(step)
    if isinstance(answer, ClaimConflict):
        keep(FORM, answer)
    elif answer is None:
        give_back_turn(FORM, taken)
    else:
        keep(FORM, None)
        say_later(True, "claim.saved")
