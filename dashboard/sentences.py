"""Sentences made from published figures, with their uncertainty in them.

Pure: results in, words out. What moves together is never worded as cause. The sentences hold
names that users gave, so a page shows them through `dashboard.components.literal`.
"""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import format as written
from dashboard.charts import Row, has_range, is_shown
from dashboard.wording import say, say_count, texts
from metrics.metric import ALL_WAVES, RECORD_FRAMES, Method, Metric, Result, Unit, ValueState
from metrics.names import WAVE_NAMES
from metrics.reasons import REASONS

#: Below this many answers a figure is indicative because of their number.
FEW = 30

#: A p-value up to this is taken as more than chance.
UNLIKELY = 0.05

#: What n counts, for the metrics where it is not answers.
_COUNTED = {
    "response_rate": "basis.invited",
    "proposals_taken_up": "basis.proposals",
    "participation": "basis.participations",
    "representativeness": "basis.participations",
    "breadth": "basis.participations",
    "cost_per_participant": "basis.people",
    "cost_per_pilot": "basis.pilots",
}
#: What n counts by what a metric is computed from; answers where nothing is said.
_COUNTED_IN = {
    **dict.fromkeys(("paired_moments", "paired_differences", "paired_choices"), "basis.pairs"),
    **dict.fromkeys(("attendance", "journeys", "contributions"), "basis.people"),
    **dict.fromkeys(("firms", "organisations", "ties", "roster"), "basis.organisations"),
    "proposal_log": "basis.proposals",
}


def figure_sentence(
    result: Result, metric: Metric, language: str, part: str = "", test: Result | None = None
) -> str:
    """A figure as a person would say it, with its interval, what it rests on, and what its test
    (the figure's own, or that of another figure about the same) says of chance.

    Missing: a figure without a value says what is missing and why, never a zero.
    """
    if not is_shown(result):
        return absence(result, metric, language, part)
    lead = say(
        _lead(result, metric, part),
        language,
        label=metric.label.in_language(language),
        value=_value(result, metric, language),
        part=part,
    )
    rests_on = basis(result, metric, language)
    sentence = f"{lead} ({rests_on})." if rests_on else f"{lead}."
    tested = by_chance(test or result, language)
    if direction(result) == "within" and metric.unit is Unit.CHANGE:
        tested = ""  # the lead says already that chance does as much
    return " ".join(filter(None, (sentence, tested, caution(result, language))))


def _lead(result: Result, metric: Metric, part: str) -> str:
    """The key of the text that says a figure: its metric's own, or one that names any metric."""
    known = texts()
    if metric.unit is Unit.CHANGE and (moved := f"tell.{metric.id}.{direction(result)}") in known:
        return moved
    if f"tell.{metric.id}.whole" not in known:
        return "tell.any.part" if part else "tell.any.whole"
    if result.state is ValueState.ZERO and (zero := f"tell.{metric.id}.zero") in known and not part:
        return zero
    if part and (of_part := f"tell.{metric.id}.part") in known:
        return of_part
    return f"tell.{metric.id}.whole"


def _value(result: Result, metric: Metric, language: str) -> str:
    """The value; a change that the words already call a rise or a fall has no sign."""
    named = f"tell.{metric.id}.up" in texts()
    if metric.unit is Unit.CHANGE and named and direction(result) in ("up", "down"):
        return written.number(abs(result.value), language, 1)
    return written.figure(result.value, metric.unit, language)


def direction(result: Result) -> str:
    """Which way a change went: up, down, within chance, or unsure where no interval is known."""
    if result.low is None or result.high is None:
        return "unsure"
    if result.low > 0:
        return "up"
    if result.high < 0:
        return "down"
    return "within"


def by_chance(result: Result, language: str) -> str:
    """Whether chance alone would do as much, by the figure's test; nothing where it has none.

    Never what it comes from: a difference that chance does not explain has not been explained.
    """
    if result.p is None or not is_shown(result):
        return ""
    adjusted = result.p if result.p_adjusted is None else result.p_adjusted
    if result.p > UNLIKELY:
        key = "chance.likely"
    else:
        key = "chance.unlikely" if adjusted <= UNLIKELY else "chance.one_of_many"
    words = _p_words(result.p, language)
    if result.p_adjusted is not None:
        words = say(
            "chance.p_both", language, p=words, adjusted=_p_words(result.p_adjusted, language)
        )
    return say(key, language, p=words)


def _p_words(p: float, language: str) -> str:
    key = "chance.p_small" if p < written.LEAST_P else "chance.p"
    return say(key, language, p=written.chance(p, language))


def basis(result: Result, metric: Metric, language: str) -> str:
    """What a figure rests on: its interval, how many projects, how many answers or records."""
    words = []
    if has_range(result):
        interval = written.interval(result.low, result.high, metric.unit, language)
        # Bounds say what is possible, not what chance would do.
        key = "basis.bounds" if result.method is Method.BOUNDS else "basis.interval"
        words.append(say(key, language, interval=interval))
    elif result.low is None and result.method is not Method.CENSUS:
        words.append(say("basis.no_interval", language))
    if result.projects and result.projects > 1:
        words.append(say_count("basis.projects", result.projects, language))
    # Of a response rate n is who answered; what it rests on is who were asked.
    counted = result.denominator if metric.id == "response_rate" else result.n
    if counted is not None and metric.id not in ("participation", "process_outcome"):
        words.append(say_count(_counted(metric), counted, language))
    if result.coverage is not None and metric.id != "response_rate":
        words.append(
            say("basis.coverage", language, share=written.share(result.coverage, language))
        )
    return ", ".join(words)


def _counted(metric: Metric) -> str:
    """The wording of what a metric's n counts."""
    if metric.id in _COUNTED:
        return _COUNTED[metric.id]
    otherwise = "basis.records" if metric.frame in RECORD_FRAMES else "basis.answers"
    return _COUNTED_IN.get(metric.frame, otherwise)


def caution(result: Result, language: str) -> str:
    """Why a figure is only indicative; nothing where it is not."""
    if not result.indicative:
        return ""
    few = result.n is not None and result.n < FEW
    return say("indicative.few" if few else "indicative.wide", language)


def absence(result: Result, metric: Metric, language: str, part: str = "") -> str:
    """That a figure has no value, and the reason why."""
    label = (
        f"{metric.label.in_language(language)}, {part}"
        if part
        else (metric.label.in_language(language))
    )
    if result.reason is None:
        return say(f"absent.{result.state.value}", language, label=label)
    reason = REASONS[result.reason].in_language(language)
    return f"{label}: {reason[:1].lower()}{reason[1:]}"


def missing(metric: Metric, language: str) -> str:
    """That nothing was ever collected for a figure."""
    return say("absent.missing", language, label=metric.label.in_language(language))


def absence_words(result: Result | None, language: str) -> str:
    """The two or three words that stand where a value would; nothing where there is a value."""
    if result is None:
        return say("short.missing", language)
    return "" if is_shown(result) else say(f"short.{result.state.value}", language)


def comparison(result: Result, whole: Result | None, metric: Metric, language: str) -> str:
    """How a figure stands beside the whole portfolio's; nothing where either is not shown.

    The portfolio's value is set against the figure's own interval: inside it, no difference is
    claimed.
    """
    if whole is None or not is_shown(result) or not is_shown(whole):
        return ""
    if result.low is None or result.high is None:
        return ""
    reference = written.figure(whole.value, metric.unit, language)
    if whole.value < result.low:
        return say("compare.higher", language, reference=reference)
    if whole.value > result.high:
        return say("compare.lower", language, reference=reference)
    return say("compare.alike", language, reference=reference)


def spread(rows: Sequence[Row], metric: Metric, language: str, what: str) -> str:
    """The lowest and highest of several figures, and whether their order means anything.

    what: ``groups`` or ``entities``, as the texts know them.
    """
    shown = sorted((row for row in rows if is_shown(row.result)), key=lambda row: row.result.value)
    hidden = len(rows) - len(shown)
    if not shown:
        return say("spread.none", language) if rows else ""
    if len(shown) == 1:
        words = figure_sentence(shown[0].result, metric, language, shown[0].label)
        return " ".join(filter(None, [words, _hidden(hidden, language)]))
    lowest, highest = shown[0], shown[-1]
    sentences = [
        say(
            f"spread.{what}",
            language,
            range=written.interval(
                lowest.result.value, highest.result.value, metric.unit, language
            ),
            lowest=lowest.label,
            highest=highest.label,
        )
    ]
    if overlap(lowest.result, highest.result):
        sentences.append(say("spread.overlap", language))
    return " ".join([*sentences, *filter(None, [_hidden(hidden, language)])])


def overlap(lower: Result, upper: Result) -> bool:
    """Whether two intervals share a value."""
    if lower.high is None or upper.low is None:
        return False
    return lower.high >= upper.low


def _hidden(count: int, language: str) -> str:
    return say_count("spread.hidden", count, language) if count else ""


def parts(lead: str, rows: Sequence[Row], metric: Metric, language: str) -> str:
    """A leading sentence, and the strongest and weakest part after it."""
    shown = sorted((row for row in rows if is_shown(row.result)), key=lambda row: row.result.value)
    if len(shown) < 2:
        return lead
    worst, best = (shown[0], shown[-1]) if metric.better != "down" else (shown[-1], shown[0])
    sentences = [
        say(
            "spread.parts",
            language,
            lead=lead,
            best=best.label,
            best_value=written.figure(best.result.value, metric.unit, language),
            worst=worst.label,
            worst_value=written.figure(worst.result.value, metric.unit, language),
        )
    ]
    if overlap(shown[0].result, shown[-1].result):
        sentences.append(say("spread.overlap", language))
    return " ".join(sentences).strip()


def headline(benefit: Result | None, quality: Result | None, language: str, part: str = "") -> str:
    """The one-sentence answer of a page: who benefited and how good the process was.

    part: what the quality is of, where it is not of the whole process.
    """
    clauses = [
        say(
            f"headline.{name}",
            language,
            part=part,
            value=written.figure(result.value, unit, language),
            interval=_bracket(result, unit, language),
        )
        for name, result, unit in (
            ("benefit", benefit, Unit.SHARE),
            ("part" if part else "process", quality, Unit.POINTS),
        )
        if result is not None and is_shown(result)
    ]
    if not clauses:
        hidden = any(r is not None and r.state is ValueState.SUPPRESSED for r in (benefit, quality))
        return say("headline.hidden" if hidden else "headline.none", language)
    sentence = f"{clauses[0]}."
    if len(clauses) == 2:
        sentence = say("headline.and", language, first=clauses[0], second=clauses[1])
    waves = {r.wave for r in (benefit, quality) if r is not None and is_shown(r)}
    if len(waves) > 1 or ALL_WAVES in waves:
        return capitalised(sentence)
    wave = WAVE_NAMES[waves.pop()].in_language(language)
    return say("headline.at", language, wave=wave, sentence=sentence)


def _bracket(result: Result, unit: Unit, language: str) -> str:
    if result.low is None or result.high is None:
        return ""
    interval = written.interval(result.low, result.high, unit, language)
    return f" {say('headline.interval', language, interval=interval)}"


def capitalised(sentence: str) -> str:
    """A sentence with its first letter in upper case and the rest as it was."""
    return sentence[:1].upper() + sentence[1:]


def alt_text(title: str, rows: Sequence[Row], metric: Metric, language: str) -> str:
    """What a chart shows, in words: every row with its value and interval, or its absence."""
    said = [
        say("alt.row", language, label=row.label, words=row_words(row, metric, language))
        for row in rows
    ]
    return " ".join([say("alt.start", language, title=title), *said])


def row_words(row: Row, metric: Metric, language: str) -> str:
    """A row's value and interval, and that it is indicative; or why it has none."""
    result = row.result
    if not is_shown(result):
        return row.absence or absence_words(result, language)
    words = written.figure(result.value, metric.unit, language)
    if has_range(result):
        words += f" ({written.interval(result.low, result.high, metric.unit, language)})"
    return say("alt.indicative", language, words=words) if result.indicative else words


def sorted_rows(rows: Sequence[Row], metric: Metric, *, sure_first: bool = False) -> list[Row]:
    """Rows with what needs attention first: the worst value on top, gaps at the end.

    Where no direction is better, the largest value stands first. sure_first puts figures that
    are only indicative after the others, so that a wide guess does not head a long list.
    """
    worst_is_low = metric.better == "up"

    def place(row: Row) -> tuple[bool, bool, float, str]:
        if not is_shown(row.result):
            return (True, False, 0.0, row.label)
        value = row.result.value if worst_is_low else -row.result.value
        return (False, sure_first and row.result.indicative, value, row.label)

    return sorted(rows, key=place)


def moved(rows: Sequence[Row], language: str) -> str:
    """How many of several changes lie above or below chance, and that a few do so by chance."""
    shown = [row.result for row in rows if is_shown(row.result)]
    if not shown:
        return ""
    ways = [direction(result) for result in shown]
    return say(
        "moved.count",
        language,
        all=written.count(len(shown), language),
        up=written.count(ways.count("up"), language),
        down=written.count(ways.count("down"), language),
    )
