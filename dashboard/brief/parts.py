"""The sections of a brief of one part of the overview: what that part shows, and no more."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dashboard import attention
from dashboard.brief import comparing, results
from dashboard.brief.paper import Section, bullets, table, words
from dashboard.figures import metric_of, names
from dashboard.labels import questionnaire_name, wave_name
from dashboard.sections.answering import told_right_amount
from dashboard.sections.comparison import neighbourhoods
from dashboard.sections.news import OF_ROUNDS, since_publication, told_round
from dashboard.sections.process import told_process_change
from dashboard.sections.scope import Scope
from dashboard.sections.soundness import named, otherwise, remark, told_texts
from dashboard.sections.unknown import CLOSE, columns_of, heads, unsure
from dashboard.session import Viewing
from dashboard.wording import say
from metrics.metric import Level, Metric, Reason, Result
from metrics.reasons import REASONS

#: The brief of everything that is known of an entity, not of a part of its page.
WHOLE = ""
#: Entities of a level that are set beside each other, as many as on the page.
MOST = 8


def view_words(scope: Scope, part: str, language: str) -> str:
    """Which view a brief is of: the part of the page, the survey round and the questionnaires."""
    view = say(f"overview.view.{part}", language) if part else ""
    said = [
        say("brief.view", language, view=view) if part else say("brief.view.whole", language),
        say("brief.view.wave", language, wave=wave_name(scope.wave, language)),
    ]
    for kind, form in (("process", scope.process), ("outcome", scope.outcome)):
        if form is not None:
            asked = questionnaire_name(form, language)
            said.append(say(f"brief.view.{kind}", language, survey=asked))
    return " ".join(said)


def glance(viewing: Viewing, scope: Scope) -> list[Section]:
    """The figures, the projects that need attention, who benefited, and what has changed."""
    return [
        results.glance(viewing, scope),
        needing(viewing),
        results.benefit(viewing, scope),
        *changed(viewing, scope),
    ]


def benefit(viewing: Viewing, scope: Scope) -> list[Section]:
    """What came of it and for whom, by those asked, beside others, and by what was recorded."""
    return [
        Section(say("section.outcomes", viewing.language), ()),
        results.benefit(viewing, scope),
        results.change(viewing, scope),
        beside_others(viewing, scope),
        results.recorded_outcomes(viewing, scope),
    ]


def process(viewing: Viewing, scope: Scope) -> list[Section]:
    """How the work went, by those who took part and by what was written down."""
    moved, amount = (
        say(f"section.{name}", viewing.language) for name in ("process_change", "right_amount")
    )
    return [
        Section(say("section.process", viewing.language), ()),
        results.process(viewing, scope),
        results.told(viewing, scope, moved, told_process_change, change=True),
        results.told(viewing, scope, amount, told_right_amount),
        results.recorded_process(viewing, scope),
    ]


def compare(viewing: Viewing, scope: Scope) -> list[Section]:
    """Themes and areas, each beside the others, for benefit and for process."""
    language = viewing.language
    found = [
        Section(say("section.compare", language), words(say("section.overlap_warning", language)))
    ]
    for level, called in (
        (Level.THEME, names(viewing, Level.THEME)),
        (Level.AREA, neighbourhoods(viewing)),
    ):
        found += [
            comparing.compared(viewing, scope, level, called, kind, metric, MOST)
            for kind, metric in (("benefit", "benefit_share"), ("process", "process_quality"))
        ]
    return found


def not_known(viewing: Viewing, scope: Scope) -> list[Section]:
    """The figures of projects that are hidden, missing or far from sure, and what would help."""
    language = viewing.language
    rows = unsure(viewing, scope)
    columns = {say(key, language): texts for key, texts in columns_of(rows).items()}
    lead = say("unknown.lead", language, points=CLOSE) if rows else ""
    items = words(lead or say("unknown.none", language))
    items += table(columns, heads(language)[1:])
    items += words(say("unknown.comparison", language))
    made_of = _by_metric([each.result for each in rows])
    return [Section(say("section.unknown", language), items, made_of)]


#: The parts of the overview by the word of their addresses.
PARTS: dict[str, Callable[[Viewing, Scope], list[Section]]] = {
    "glance": glance,
    "benefit": benefit,
    "process": process,
    "compare": compare,
    "unknown": not_known,
}


# --- what only pages told until now -------------------------------------------------------------


def needing(viewing: Viewing) -> Section:
    """The projects that need attention, each with its reasons: as many as the page shows."""
    language = viewing.language
    called = names(viewing, Level.PROJECT)
    found = {
        number: listed
        for number, listed in attention.by_project(viewing).items()
        if attention.is_pressing(listed)
    }
    title = say("section.attention", language)
    if not found:
        return Section(title, words(say("empty.attention", language)))
    lines = [
        f"{called.get(number, '')}: "
        + "; ".join(attention.finding_text(finding, language) for finding in listed)
        for number, listed in list(found.items())[: attention.MOST]
    ]
    items = bullets(lines)
    if len(found) > attention.MOST:
        items += words(say("attention.more", language, shown=attention.MOST, all=len(found)))
    return Section(title, items)


def changed(viewing: Viewing, scope: Scope) -> list[Section]:
    """What is new since the publication before and since the survey round before."""
    called = names(viewing, Level.PROJECT)
    said = since_publication(viewing, scope, called)
    made_of = []
    for name in OF_ROUNDS:
        metric = metric_of(name)
        sentence, found, _ = told_round(viewing, scope, metric, called)
        said.append(sentence)
        made_of += [(metric, found)] if found else []
    items = [item for sentence in said for item in words(sentence)]
    return [Section(say("section.news", viewing.language), items, made_of)]


def beside_others(viewing: Viewing, scope: Scope) -> Section:
    """The change beside comparison sites, by its middle and by who crossed over, as a table."""
    language = viewing.language
    found = otherwise(viewing, scope)
    title = say("sites.title", language)
    if not found:
        why = REASONS[Reason.NO_COMPARISON].in_language(language)
        return Section(title, words(why))
    rows = [(named(each, language), each, remark(each, language)) for each in found]
    items = table(told_texts(rows, language), [say("items.remarks", language)])
    return Section(title, items, _by_metric(found))


def _by_metric(found: Sequence[Result]) -> list[tuple[Metric, list[Result]]]:
    ids = dict.fromkeys(result.metric for result in found)
    return [(metric_of(name), [r for r in found if r.metric == name]) for name in ids]
