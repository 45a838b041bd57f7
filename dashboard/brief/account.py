"""How we know: what is not known, the five states of a figure, and what each metric means."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence

from dashboard import format as written
from dashboard import provenance
from dashboard.brief.paper import Section, bullets, table, terms, words
from dashboard.charts import is_shown
from dashboard.session import Viewing
from dashboard.wording import say, say_count
from data.sheets import RevisionFacts
from metrics.metric import Metric, Result, ValueState
from metrics.reasons import REASONS, STATES


def figures_of(sections: Iterable[Section]) -> dict[Metric, list[Result]]:
    """Every figure that sections show, once, by metric, in the order of the brief."""
    found: dict[Metric, dict[Result, None]] = {}
    for section in sections:
        for metric, results in section.made_of:
            found.setdefault(metric, {}).update(dict.fromkeys(results))
    return {metric: list(results) for metric, results in found.items()}


def not_known(
    viewing: Viewing, shown: dict[Metric, list[Result]], silent: Sequence[str]
) -> Section:
    """How many figures are in each of the five states, why some are missing, and what nobody
    recorded."""
    language = viewing.language
    results = [result for of_metric in shown.values() for result in of_metric]
    said = [say("brief.states", language, n=written.count(len(results), language))]
    indicative = sum(result.indicative and is_shown(result) for result in results)
    if indicative:
        said.append(say_count("brief.indicative", indicative, language))
    items = [*words(" ".join(said)), *states(results, language)]
    items += bullets(reasons(results, language))
    if silent:
        names = ", ".join(dict.fromkeys(name.lower() for name in silent))
        items += words(say("brief.silent", language, names=names))
    items += words(say("brief.not_cause", language))
    return Section(say("brief.not_known", language), items)


def states(results: Sequence[Result], language: str) -> list:
    """The five states, how many figures are in each, and what each says."""
    counted = Counter(result.state for result in results)
    return table(
        {
            say("table.state", language): [STATES[s].in_language(language) for s in ValueState],
            say("brief.count", language): [
                written.count(counted[state], language) for state in ValueState
            ],
            say("brief.meaning", language): [
                say(f"brief.state.{state.value}", language) for state in ValueState
            ],
        },
        [say("brief.meaning", language)],
    )


def reasons(results: Sequence[Result], language: str) -> list[str]:
    """Why figures are missing, each reason once with how many figures it is of."""
    counted = Counter(r.reason for r in results if not is_shown(r) and r.reason is not None)
    return [
        say(
            "brief.reason",
            language,
            n=written.count(number, language),
            reason=REASONS[reason].in_language(language),
        )
        for reason, number in counted.most_common()
    ]


def definitions(
    viewing: Viewing, shown: dict[Metric, list[Result]], publication: RevisionFacts
) -> Section:
    """Every metric of the brief: what it means, what else may explain it, its interval, source."""
    pairs = [
        (
            metric.label.in_language(viewing.language),
            definition(metric, results, publication, viewing.language),
        )
        for metric, results in shown.items()
    ]
    lead = say("brief.definitions_lead", viewing.language)
    return Section(say("brief.definitions", viewing.language), [*words(lead), *terms(pairs)])


def definition(
    metric: Metric, results: Sequence[Result], publication: RevisionFacts, language: str
) -> str:
    """A metric in one paragraph; of what is counted from records the methods page says more."""
    told = [metric.reading.in_language(language)]
    if metric.frame not in provenance.COUNTED:
        told += [
            metric.definition.in_language(language),
            provenance.contribution_text(metric, language),
            provenance.interval_text(results, language),
            f"{provenance.instrument_text(results, language)}.",
        ]
    told.append(
        say(
            "brief.metric",
            language,
            metric=metric.id,
            version=publication.metrics.get(metric.id, metric.version),
            grade=metric.grade,
        )
    )
    return " ".join(filter(None, told))


def headline_facts(publication: RevisionFacts, language: str) -> str:
    """Which publication and which version of the program the figures come from."""
    return say(
        "brief.provenance",
        language,
        revision=publication.id,
        at=written.moment(publication.published_at, language),
        code=publication.code_version,
        inputs=publication.inputs_sha256[:16],
    )
