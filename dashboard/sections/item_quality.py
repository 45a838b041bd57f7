"""How well each statement of a questionnaire works: too easy, too hard, beside the point, or read
otherwise by some."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd
import streamlit as st

from dashboard import format as written
from dashboard.charts import is_shown
from dashboard.components import explained, unfolding
from dashboard.figures import figures, metric_of
from dashboard.labels import group_name, part_name, questionnaire_name, questionnaires
from dashboard.literal import literal
from dashboard.sections.rows import nothing
from dashboard.sections.scope import Scope
from dashboard.session import Viewing, follow
from dashboard.wording import say, say_count
from metrics.item_class import CEILING, CLASS_NAMES, FLOOR, REST, ItemClass, item_class, worst
from metrics.metric import Reason, Result

#: Of a statement alone, and of a statement and a group or a language.
ALONE = ("item_ceiling", "item_floor", "item_rest")
BY_GROUP, BY_LANGUAGE = "item_dif", "item_dif_language"


@dataclass(frozen=True)
class Statement:
    """What is known of one statement. groups, languages: its differences, one each."""

    code: str
    text: str
    ceiling: Result | None
    floor: Result | None
    rest: Result | None
    groups: tuple[Result, ...]
    languages: tuple[Result, ...]


def item_quality(viewing: Viewing, scope: Scope) -> None:
    """Every statement of the chosen questionnaire, those that ask for a look first."""
    language = viewing.language
    answered = {
        r.instrument for r in _figures(viewing, scope, "item_ceiling") if r.wave == scope.wave
    }
    keys = [key for key in questionnaires() if key in answered]
    if not keys:
        nothing(viewing, metric_of("item_ceiling"))
        return
    key = st.selectbox(
        say("items.questionnaire", language),
        format_func=lambda code: questionnaire_name(code, language),
        width=420,
        **follow("item_survey", keys, scope.process),
    )
    found = statements(viewing, scope, key)
    found.sort(key=lambda each: -len(remarks(each, language)))
    st.markdown(literal(sentence(found, language)))
    with unfolding(say("items.table", language)):
        st.table(quality_table(found, language), alt=say("items.title", language), hide_index=True)
        st.caption(literal(say("items.key", language)))
    explained(
        viewing,
        [
            (metric_of(name), [r for r in _figures(viewing, scope, name) if r.instrument == key])
            for name in (*ALONE, BY_GROUP, BY_LANGUAGE)
        ],
        scope.publication,
        key="item_quality",
    )


def statements(viewing: Viewing, scope: Scope, key: str) -> list[Statement]:
    """The closed statements of a questionnaire in its order, as the chosen survey found them."""
    found: dict[str, dict[str, list[Result]]] = {}
    for metric in (*ALONE, BY_GROUP, BY_LANGUAGE):
        for result in _figures(viewing, scope, metric):
            if result.instrument == key and result.wave == scope.wave:
                item = result.part.partition("/")[0]
                found.setdefault(item, {}).setdefault(metric, []).append(result)
    return [
        Statement(
            item.code,
            part_name(key, item.code, viewing.language),
            *(next(iter(found[item.code].get(metric, ())), None) for metric in ALONE),
            tuple(found[item.code].get(BY_GROUP, ())),
            tuple(found[item.code].get(BY_LANGUAGE, ())),
        )
        for item in questionnaires()[key].closed_items
        if item.code in found
    ]


def _figures(viewing: Viewing, scope: Scope, metric: str) -> list[Result]:
    split = "group" if metric == BY_GROUP else "total"
    return figures(viewing, level=scope.level, entity=scope.entity, metric=metric, split=split)


# --- words --------------------------------------------------------------------------------------


def remarks(statement: Statement, language: str) -> list[str]:
    """What asks for a look at a statement, in a few words each; nothing where nothing does."""
    said = [
        say(f"items.remark.{name}", language)
        for name, result, limit in (
            ("ceiling", statement.ceiling, CEILING),
            ("floor", statement.floor, FLOOR),
        )
        if result is not None and is_shown(result) and result.value > limit
    ]
    rest = statement.rest
    if rest is not None and is_shown(rest) and rest.value < REST:
        said.append(say("items.remark.rest", language))
    for name, results in (("group", statement.groups), ("language", statement.languages)):
        found = worst(results)
        if found is not None and (told := item_class(found)) is not ItemClass.A:
            said.append(say(f"items.remark.{name}.{told}", language, whose=whose(found, language)))
    return said


def sentence(found: Sequence[Statement], language: str) -> str:
    """How many statements ask for a look, and what of bias could be told at all."""
    flagged = [each for each in found if remarks(each, language)]
    none = say("items.flagged.none", language, all=len(found))
    said = [say_count("items.flagged", len(flagged), language, all=len(found)) if flagged else none]
    if flagged:
        names = "; ".join(
            say("items.name", language, name=each.text.rstrip(".")) for each in flagged[:2]
        )
        said.append(say("items.first", language, names=names))
    for name in ("groups", "languages"):
        classes = Counter(
            told for each in found if (told := _class_of(getattr(each, name))) is not None
        )
        counts = {told.value: classes.get(told, 0) for told in ItemClass}
        told = "told" if classes else "untold"
        said.append(say(f"items.{name}.{told}", language, of=classes.total(), **counts))
    return " ".join(said)


def _class_of(results: Sequence[Result]) -> ItemClass | None:
    found = worst(results)
    return None if found is None else item_class(found)


def whose(result: Result, language: str) -> str:
    """Whose answers differ: the group's, or those in a language."""
    if result.split_value:
        return group_name(result.split_value, language)
    return say(f"items.in.{result.part.partition('/')[2]}", language)


def quality_table(found: Sequence[Statement], language: str) -> pd.DataFrame:
    """Rows: statements. Every class is a letter with its word, so that no colour is needed."""
    fine = say("items.fine", language)
    columns = {
        "statement": [literal(each.text) for each in found],
        "remarks": [literal("; ".join(remarks(each, language)) or fine) for each in found],
        "ceiling": [share(each.ceiling, language) for each in found],
        "floor": [share(each.floor, language) for each in found],
        "rest": [number(each.rest, language) for each in found],
        "groups": [literal(class_words(each.groups, language)) for each in found],
        "languages": [literal(class_words(each.languages, language)) for each in found],
    }
    return pd.DataFrame({say(f"items.{name}", language): told for name, told in columns.items()})


def class_words(results: Sequence[Result], language: str) -> str:
    """The worst class with its word, whose answers it is about and by how much; or why there is
    none: a dash where it is not asked of the statement at all."""
    found = worst(results)
    if found is None:
        reasons = {result.reason for result in results}
        if not reasons:
            return say("table.none", language)
        one = reasons == {Reason.ONE_LANGUAGE}
        return say("items.one_language" if one else "items.too_few", language)
    told = item_class(found)
    name = f"{told} {CLASS_NAMES[told].in_language(language)}"
    if told is ItemClass.A:
        return name
    value = written.signed(found.value, language, 2)
    return f"{name}: {whose(found, language)} {value}"


def share(result: Result | None, language: str) -> str:
    """A share, or that there is none."""
    if result is None or not is_shown(result):
        return say("table.none", language)
    return literal(written.share(result.value, language))


def number(result: Result | None, language: str) -> str:
    """A coefficient, or that there is none."""
    if result is None or not is_shown(result):
        return say("table.none", language)
    return literal(written.number(result.value, language, 2))
