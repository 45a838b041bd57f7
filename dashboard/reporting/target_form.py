"""Writing a target: a new one, or another state of one; what does not fit is refused with what to
do, and nothing that was written is lost."""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from datetime import date
from decimal import Decimal

import sqlalchemy as sa
import streamlit as st

from dashboard.literal import literal
from dashboard.reporting import words
from dashboard.reporting.doing import attempt, say_later
from dashboard.reporting.period_parts import FORMATS
from dashboard.session import Viewing, entered, follow, give_back_turn, select, take_turn, turn
from dashboard.truth import engine
from dashboard.wording import say
from data.access import User
from data.database import reading
from data.reporting.definitions import offered, stored_versions
from data.reporting.targets import Target, save_target
from metrics.indicators.indicator import Counting, Indicator

FORM, NEW, CHOSEN = "target", "", "target_id"
NUMBERS = ("baseline", "milestone", "target")
DAYS = ("milestone_on", "target_on")
#: Fields of words, with how many letters they take.
TEXTS = {"objective": 120, "baseline_source": 300, "expected": 10_000}


def targets_form(
    viewing: Viewing, project: int, funders: Mapping[int, str], found: Sequence[Target]
) -> None:
    """The fields of a new target of a project, or of one that it has."""
    language = viewing.language
    with reading(engine()) as connection:
        choices = offered(connection, project)
        stored = stored_versions(connection).values()
    known = {each.indicator.key: each.indicator for each in stored} | choices
    mine = {target.id: target for target in found}
    with st.expander(say("target.write", language)):
        st.markdown(literal(say("target.write.words", language)))
        chosen = st.selectbox(
            say("target.choose", language),
            format_func=lambda number: (
                _named(mine[number], known, funders, language)
                if number
                else say("target.new", language)
            ),
            **follow(CHOSEN, [NEW, *mine]),
        )
        target = mine.get(chosen)
        drawn = f"{turn(FORM)}_{project}_{chosen}"
        indicator = _what(target, choices, known, funders, drawn, language)
        if indicator is None:
            return
        st.caption(literal(_rule(indicator, language)))
        if indicator.counting is not Counting.WORDS:
            _numbers(target, indicator, drawn, language)
        for name, limit in TEXTS.items():
            field = st.text_area if name == "expected" else st.text_input
            field(
                say(f"target.field.{name}", language),
                value=(getattr(target, name) if target else None) or "",
                max_chars=limit,
                key=f"{FORM}_{name}_{drawn}",
            )
        st.button(
            say("target.save", language), key=f"{FORM}_save", type="primary", on_click=_save,
            args=(project, target, {(each.funder, each.indicator) for each in found},
                  turn(FORM), drawn),
        )  # fmt: skip


def _what(
    target: Target | None,
    choices: Mapping[str, Indicator],
    known: Mapping[str, Indicator],
    funders: Mapping[int, str],
    drawn: str,
    language: str,
) -> Indicator | None:
    """The indicator that a target is of. Of a new one it is chosen, with the funder."""
    if target is not None:
        return known.get(target.indicator)
    st.selectbox(
        say("choose.funder", language), list(funders), format_func=funders.get,
        key=f"{FORM}_funder_{drawn}",
    )  # fmt: skip
    key = st.selectbox(
        say("report.column.indicator", language), list(choices),
        format_func=lambda each: words.called(choices[each], language),
        index=None, placeholder=say("target.which", language),
        key=f"{FORM}_indicator_{drawn}",
    )  # fmt: skip
    return choices.get(key)


def _rule(indicator: Indicator, language: str) -> str:
    """What an indicator counts, in which unit, and between which numbers."""
    unit = indicator.unit
    said = [
        indicator.definition.in_language(language),
        say("target.unit", language, unit=unit.label.in_language(language)),
    ]
    if unit.least is not None and unit.most is not None:
        low, high = words.number(unit.least, language), words.number(unit.most, language)
        said.append(say("target.range", language, low=low, high=high))
    elif unit.least is not None:
        low = words.number(unit.least, language)
        said.append(say("target.least", language, low=low))
    if unit.whole:
        said.append(say("target.whole", language))
    return " ".join(said)


def _numbers(target: Target | None, indicator: Indicator, drawn: str, language: str) -> None:
    """Baseline with its year, milestone and target with their days."""
    whole = indicator.unit.whole
    with st.container(horizontal=True, vertical_alignment="bottom"):
        for name in NUMBERS:
            held = getattr(target, name) if target else None
            st.number_input(
                say(f"target.field.{name}", language),
                value=None if held is None else _shown(held, whole),
                step=1 if whole and (held is None or held == int(held)) else 0.01,
                placeholder="–",
                key=f"{FORM}_{name}_{drawn}",
                width=180,
            )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        st.number_input(
            say("target.field.baseline_year", language),
            value=target.baseline_year if target else None,
            min_value=1990, max_value=2100, step=1, placeholder="–",
            key=f"{FORM}_baseline_year_{drawn}", width=180,
        )  # fmt: skip
        for name in DAYS:
            st.date_input(
                say(f"target.field.{name}", language),
                value=getattr(target, name) if target else None,
                min_value=date(2000, 1, 1), max_value=date(2100, 12, 31),
                format=FORMATS[language], key=f"{FORM}_{name}_{drawn}", width=180,
            )  # fmt: skip


def _shown(held: Decimal, whole: bool) -> int | float:
    return int(held) if whole and held == int(held) else float(held)


def _named(
    target: Target, known: Mapping[str, Indicator], funders: Mapping[int, str], language: str
) -> str:
    """A target in a list of choices."""
    name = words.called(known[target.indicator], language)
    promised = words.target_words(target, language)
    return f"{name} · {promised} · {funders.get(target.funder, '')}"


def _save(
    project: int,
    target: Target | None,
    promised: Set[tuple[int, str]],
    taken: int,
    drawn: str,
) -> None:
    if not take_turn(FORM, taken):
        return
    said = {name: entered(f"{FORM}_{name}_{drawn}") for name in (*NUMBERS, *DAYS, *TEXTS)}
    said |= {name: None if said[name] is None else Decimal(str(said[name])) for name in NUMBERS}
    said["baseline_year"] = entered(f"{FORM}_baseline_year_{drawn}")
    if target is not None:
        told = Target(project, target.funder, target.indicator, **said, id=target.id)
    else:
        key = entered(f"{FORM}_indicator_{drawn}")
        funder = entered(f"{FORM}_funder_{drawn}")
        if (funder, key) in promised:
            # Stored as new it would take the place of the other one unseen.
            give_back_turn(FORM, taken)
            say_later(False, "target.refused.there")
            return
        told = Target(project, funder, key, **said)

    def step(connection: sa.Connection, user: User) -> int:
        return save_target(connection, user, told)

    number = attempt(step)
    if number is None:
        give_back_turn(FORM, taken)
        return
    select(CHOSEN, number)
    say_later(True, "target.saved")
