"""The sections of a brief that show figures: what came of it, how the work went, who took part."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from dashboard import sentences
from dashboard.brief import pictures
from dashboard.brief.paper import Item, Section, chart, table, words
from dashboard.charts import Row, is_shown
from dashboard.components import legend_of, tests_of, value_text
from dashboard.figures import figures, metric_of
from dashboard.labels import constructs, overall_of, part_name, phase_name
from dashboard.sections.by_group import OUTCOMES, PROCESS, TOLD_BY_GROUP
from dashboard.sections.comparison import told_participation
from dashboard.sections.gap import gap_texts, gaps_of, gaps_sentence, in_order
from dashboard.sections.glance import glance_figures
from dashboard.sections.outcomes import told_benefit, told_change
from dashboard.sections.process import told_constructs, told_process_change, told_split
from dashboard.sections.recorded import Line, basis_words, lines_of, lines_of_groups, value_words
from dashboard.sections.rows import Told, row
from dashboard.sections.scope import Scope
from dashboard.session import Viewing
from dashboard.tables import results_texts, state_text
from dashboard.wording import say
from metrics.metric import ALL_WAVES, Level, Metric, Profile, Result
from survey.instrument import PHASES

Teller = Callable[[Viewing, Scope], Told]


def glance(viewing: Viewing, scope: Scope) -> Section:
    """The main figures, a row each: value, interval and what it rests on, or why it is missing."""
    language = viewing.language
    lines = [line for kind in glance_figures(viewing, scope).values() for line in kind]
    columns: dict[str, list[str]] = {
        say("table.what", language): [label for label, _, _ in lines],
        say("table.value", language): [_figure(result, m, language) for _, m, result in lines],
        say("table.basis", language): [_rests_on(result, m, language) for _, m, result in lines],
    }
    made_of = [(metric, [result]) for _, metric, result in lines if result is not None]
    wide = [say("table.basis", language)]
    return Section(say("section.glance", language), table(columns, wide), made_of)


def _figure(result: Result | None, metric: Metric, language: str) -> str:
    if result is None or not is_shown(result):
        return sentences.absence_words(result, language)
    words = value_text(result, metric, language)
    return f"~ {words}" if result.indicative else words


def _rests_on(result: Result | None, metric: Metric, language: str) -> str:
    if result is None:
        return sentences.missing(metric, language)
    if not is_shown(result):
        return state_text(result, language)
    said = [sentences.basis(result, metric, language), sentences.caution(result, language)]
    return ". ".join(filter(None, said)) or say("recorded.census", language)


# --- pictures with their tables -----------------------------------------------------------------


def told(
    viewing: Viewing, scope: Scope, title: str, tell: Teller, *, change: bool = False
) -> Section:
    """A sentence, its picture, and the table behind it; or that nothing was collected."""
    language = viewing.language
    found = tell(viewing, scope)
    if not found.rows:
        why = found.sentence or sentences.missing(found.metric, language)
        return Section(title, words(why), level=2)
    items = [*words(found.sentence), *_drawn(found, title, language, change)]
    items += behind(found.rows, found.metric, language)
    made_of = [(found.metric, [each.result for each in found.rows]), *tests_of(found.rows)]
    return Section(title, items, made_of, level=2)


def _drawn(found: Told, title: str, language: str, change: bool) -> list[Item]:
    """The picture of rows; none where it would show gaps alone."""
    if not any(is_shown(each.result) for each in found.rows):
        return []
    svg = pictures.dots(found.rows, found.metric, language, found.reference, direction=change)
    alt = sentences.alt_text(title, found.rows, found.metric, language)
    keys = " ".join(say(key, language) for key in legend_of(found.rows, found.metric))
    return chart(svg, alt, keys)


def behind(rows: Sequence[Row], metric: Metric, language: str) -> list[Item]:
    """The table behind a picture, the same as on the page."""
    return table(results_texts(rows, metric, language), [say("table.state", language)])


def benefit(viewing: Viewing, scope: Scope) -> Section:
    return told(viewing, scope, say("section.benefit_by_group", viewing.language), told_benefit)


def change(viewing: Viewing, scope: Scope) -> Section:
    title = say("section.outcome_change", viewing.language)
    return told(viewing, scope, title, told_change, change=True)


def process(viewing: Viewing, scope: Scope) -> Section:
    title = say("section.process_by_construct", viewing.language)
    return told(viewing, scope, title, told_constructs)


def gap(viewing: Viewing, scope: Scope) -> list[Section]:
    """How a project judges its phases beside how participants do: in words and as a table.

    The public has no figures of self-assessments.
    """
    if scope.level != Level.PROJECT or viewing.profile is not Profile.INSIDE:
        return []
    language = viewing.language
    title = say("gap.title", language)
    found = gaps_of(viewing, scope.entity, scope.process)
    if not found:
        why = f"{say('gap.sentence.none', language)} {say('gap.nothing', language)}"
        return [Section(title, words(why), level=2)]
    items = words(gaps_sentence(found, language))
    judged = in_order([each for each in found if each.own is not None])
    wide = [say(head, language) for head in ("table.phase", "gap.form", "gap.meaning")]
    items += table(gap_texts(judged, language), wide)
    made_of = [
        (metric_of("perception_gap"), [each.gap for each in judged]),
        (metric_of("self_assessment"), [each.own for each in judged]),
    ]
    return [Section(title, items, made_of if judged else (), level=2)]


def process_moved(viewing: Viewing, scope: Scope) -> Section:
    """What changed between the last two surveys, in words, and of a project as a table."""
    title = say("section.process_change", viewing.language)
    found = told_process_change(viewing, scope)
    if not found.rows:
        why = found.sentence or sentences.missing(found.metric, viewing.language)
        return Section(title, words(why), level=2)
    if scope.level != Level.PROJECT:
        return Section(title, words(found.sentence), level=2)
    items = [*words(found.sentence), *behind(found.rows, found.metric, viewing.language)]
    return Section(title, items, [(found.metric, [r.result for r in found.rows])], level=2)


def participation(viewing: Viewing, scope: Scope) -> Section:
    """Who took part: participations of each group, counted."""
    return told(viewing, scope, say("section.taking_part", viewing.language), told_participation)


# --- the process by phase -----------------------------------------------------------------------


def phases(viewing: Viewing, scope: Scope) -> Section:
    """Each side of the process in each phase as a grid, and the whole of it by phase as a table."""
    language = viewing.language
    title = say("section.process_by_phase", language)
    whole = told_split(viewing, scope, "phase")
    cells = phase_cells(viewing, scope)
    if not whole.rows or not cells:
        return Section(title, words(sentences.missing(whole.metric, language)), level=2)
    parts = list(dict.fromkeys(part for part, _ in cells))
    seen = [code for code in PHASES if any(phase == code for _, phase in cells)]
    heads = [(code, phase_name(code, language)) for code in seen]
    svg = pictures.grid(parts, heads, cells, whole.metric, language)
    told_rows = [
        Row(f"{part}, {phase_name(code, language)}", each.result, each.absence)
        for (part, code), each in cells.items()
    ]
    alt = sentences.alt_text(title, told_rows, whole.metric, language)
    keys = [say("brief.grid", language), *(f"{code} {name}" for code, name in heads)]
    by_phase = {say("table.what", language): parts}
    for code, name in heads:
        by_phase[f"{code} {name}"] = [_cell(cells.get((part, code)), language) for part in parts]
    items = [*words(whole.sentence), *chart(svg, alt, " · ".join(keys))]
    items += table(by_phase)
    made_of = [(whole.metric, [each.result for each in cells.values()])]
    return Section(title, items, made_of, level=2)


def phase_cells(viewing: Viewing, scope: Scope) -> dict[tuple[str, str], Row]:
    """What is known of every side of the process, and of all of it, in every phase; by the name
    of the side and the code of the phase."""
    if scope.process is None:
        return {}
    language = viewing.language
    parts = [code for code in (overall_of(scope.process), *constructs(scope.process)) if code]
    found = {
        (result.part, result.split_value): result
        for result in figures(
            viewing,
            level=scope.level,
            entity=scope.entity,
            metric="process_quality",
            instrument=scope.process,
            wave=ALL_WAVES,
            split="phase",
        )
    }
    return {
        (part_name(scope.process, part, language), code): row("", found[part, code], language)
        for part in dict.fromkeys(parts)
        for code in PHASES
        if (part, code) in found
    }


def _cell(each: Row | None, language: str) -> str:
    if each is None:
        return say("table.none", language)
    return sentences.row_words(each, metric_of("process_quality"), language)


# --- what was recorded --------------------------------------------------------------------------


def recorded(viewing: Viewing, scope: Scope) -> list[Section]:
    """Outcomes for each group of people, and how the work was run, by what was written down."""
    found = (recorded_outcomes(viewing, scope), recorded_process(viewing, scope))
    return [section for section in found if section.made_of]


def recorded_outcomes(viewing: Viewing, scope: Scope) -> Section:
    """Outcomes for each group of people, by what was written down."""
    metrics = [metric for metrics in OUTCOMES.values() for metric in metrics]
    lines = [line for metric in metrics for line in _lines(viewing, scope, metric)]
    return _of_records("section.outcomes_by_group", lines, viewing.language)


def recorded_process(viewing: Viewing, scope: Scope) -> Section:
    """How the work was run, by what was written down."""
    lines = [line for metric in PROCESS for line in lines_of(viewing, scope, metric)]
    return _of_records("section.process_records", lines, viewing.language)


def _of_records(key: str, lines: Sequence[Line], language: str) -> Section:
    items = _short_table(lines, language) if lines else words(say("brief.no_records", language))
    return Section(say(key, language), items, _made_of(lines), level=2)


def silent(viewing: Viewing, scope: Scope) -> list[str]:
    """The names of what could be recorded and is not."""
    names = [*PROCESS, *(metric for metrics in OUTCOMES.values() for metric in metrics)]
    return [
        metric_of(name).label.in_language(viewing.language)
        for name in names
        if not _lines(viewing, scope, name)
    ]


def _lines(viewing: Viewing, scope: Scope, metric: str) -> list[Line]:
    whole = lines_of(viewing, scope, metric)
    if metric not in TOLD_BY_GROUP or not whole:
        return whole
    return [*whole, *lines_of_groups(viewing, scope, metric, TOLD_BY_GROUP[metric])]


def _short_table(lines: Sequence[Line], language: str) -> list[Item]:
    columns = {
        "what": [line.label for line in lines],
        "value": [value_words(line, language) for line in lines],
        "basis": [basis_words(line, language) for line in lines],
    }
    if any(line.metric.kind == "outcome" for line in lines):
        columns["grade"] = [line.metric.grade for line in lines]
    called = {say(f"table.{name}", language): texts for name, texts in columns.items()}
    return table(called, [say("table.basis", language)])


def _made_of(lines: Sequence[Line]) -> list[tuple[Metric, list[Result]]]:
    return [(line.metric, [line.result]) for line in lines]
