"""Raters beside each other and beside what they agreed on; where they stand apart is said."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
import streamlit as st

from dashboard.judging.words import choice_of, construct_name, criteria_of, title_of, whose
from dashboard.literal import literal
from dashboard.session import Viewing
from dashboard.wording import say, say_count
from data.judgement.assessment_reading import Assessment, Rating
from survey.rubric import Criterion

#: From this many levels between the lowest and the highest rater on, they see it differently.
APART = 2


def beside(viewing: Viewing, raters: Sequence[Assessment], joint: Assessment | None) -> None:
    """What each rater said of each construct, what was agreed, and where they stood apart."""
    language = viewing.language
    if not raters:
        st.info(literal(say("judge.no_raters", language)))
        return
    criteria = criteria_of(raters[0])
    st.markdown(literal(apart_sentence(raters, list(criteria), language)))
    columns = {
        say("judge.construct", language): [construct_name(code, language) for code in criteria]
    }
    for rater in raters:
        # Two raters may have the same name; a table has a column for each of them.
        name = literal(rater.rater_name)
        while name in columns:
            name += "\u200a"
        columns[name] = [
            literal(title_of(choice_of(rater.ratings.get(code, Rating())), each, language))
            for code, each in criteria_of(rater).items()
        ]
    if joint is not None:
        columns[say("judge.joint", language)] = [
            literal(title_of(choice_of(joint.ratings.get(code, Rating())), each, language))
            for code, each in criteria_of(joint).items()
        ]
    none = say("table.none", language)
    columns[say("judge.apart", language)] = [
        literal(apart_words(raters, code, language)) or none for code in criteria
    ]
    st.table(pd.DataFrame(columns), alt=say("judge.beside", language), hide_index=True)


def levels_of(raters: Sequence[Assessment], construct: str) -> list[int]:
    """The levels that raters gave; who said that it does not apply gave none."""
    found = (rater.ratings.get(construct, Rating()).level for rater in raters)
    return [level for level in found if level is not None]


def distance(raters: Sequence[Assessment], construct: str) -> int:
    """How many levels lie between the lowest and the highest rater; 0 for fewer than two."""
    levels = levels_of(raters, construct)
    return max(levels) - min(levels) if len(levels) > 1 else 0


def apart_words(raters: Sequence[Assessment], construct: str, language: str) -> str:
    """How far apart raters stand on a construct; nothing where two have not judged it."""
    if len(levels_of(raters, construct)) < 2:
        return ""
    far = distance(raters, construct)
    if far == 0:
        return say("judge.agree", language)
    return say_count("judge.levels_apart" if far >= APART else "judge.nearly", far, language)


def apart_sentence(raters: Sequence[Assessment], constructs: Sequence[str], language: str) -> str:
    """Where raters see it differently, by name."""
    if len(raters) < 2:
        return say("judge.one_rater", language)
    apart = [code for code in constructs if distance(raters, code) >= APART]
    if not apart:
        return say("judge.all_agree", language, n=len(raters))
    named = ", ".join(construct_name(code, language) for code in apart)
    return say("judge.apart_on", language, n=len(raters), constructs=named)


def others_words(
    raters: Sequence[Assessment], construct: str, criterion: Criterion, language: str
) -> str:
    """What each rater chose alone: Anna: Tarpeet kuultu · Bo: Valittu yhdessä."""
    return " · ".join(
        f"{whose(rater, language)}: "
        f"{title_of(choice_of(rater.ratings.get(construct, Rating())), criterion, language)}"
        for rater in raters
    )
