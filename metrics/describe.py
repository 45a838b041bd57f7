"""docs/metrics.md, made from what every metric says of itself.

``python -m metrics.describe`` writes it; a test fails when the file lags behind the metrics.
"""

from __future__ import annotations

from pathlib import Path

from metrics.catalog import metrics
from metrics.metric import About, Metric
from metrics.reasons import BETTER, METHODS, REASONS, UNITS
from survey.text import LANGUAGES, Text

DOCUMENT = Path(__file__).parents[1] / "docs" / "metrics.md"

_HEAD = """\
# Metrics

Made by `python -m metrics.describe` from `metrics/process/` and `metrics/outcomes/`; change it
there. How a metric is written stands in `metrics/evaluate.py`.

Every figure has a value, a 95 % interval where one exists, the number of people or records behind
it, and how many projects were pooled. A figure is *indicative* below n = 30 or with a half
interval over 15 points. Waves are kept apart; phases are summed over waves. Figures about people
pass the disclosure gate (`metrics/disclosure.py`) before anybody sees them.
"""

_QUESTIONS = {
    "Q0": "How good is the resulting service or product?",
    "Q1": "What benefit did the process bring, and to whom?",
    "Q2": "Which challenges and successes were met?",
    "Q3": "How did each phase succeed?",
}
_ABOUT = {
    About.RESPONDENTS: "people who answered (protected)",
    About.PARTICIPANTS: "people who took part (protected)",
    About.RECORDS: "records (public facts)",
}
_GRADES = {
    "A": "A: records with a credible comparison",
    "B": "B: records, or the same people before and after",
    "C": "C: reported by those concerned",
    "D": "D: reported by the project",
    "E": "E: an aim",
}


def document() -> str:
    """The whole of docs/metrics.md."""
    known = metrics().values()
    sections = [_HEAD, _overview(list(known))]
    for kind, title in (("process", "Process"), ("outcome", "Outcomes")):
        sections.append(f"## {title}\n")
        sections += [_section(metric) for metric in known if metric.kind == kind]
    sections += [
        _words("How intervals are made", METHODS),
        _words("Why there is no value", REASONS),
    ]
    return "\n".join(sections)


def _overview(known: list[Metric]) -> str:
    rows = [
        f"| [{m.label.en}](#{m.id}) | `{m.id}` | {m.version} | {m.question} | {UNITS[m.unit].en} "
        f"| {m.better} | {m.grade} |"
        for m in known
    ]
    head = ["| metric | id | version | question | unit | better | grade |", "|" + "---|" * 7]
    return "\n".join([*head, *rows, ""])


def _section(metric: Metric) -> str:
    facts = {
        "id, version": f"`{metric.id}`, {metric.version}",
        "question": f"{metric.question}: {_QUESTIONS[metric.question]}",
        "unit": UNITS[metric.unit].en,
        "better": BETTER[metric.better].en,
        "about": _ABOUT[metric.about],
        "computed from": f"`{metric.frame}`",
        **_in_languages("formula", metric.formula),
        **_in_languages("source", metric.source),
        "best evidence grade": _GRADES[metric.grade],
    }
    if metric.contribution is not None:
        facts |= _in_languages("what else may explain it", metric.contribution)
    if metric.minimum_n > 1:
        facts["computed from n"] = f"{metric.minimum_n} or more"
    lines = [f'<a id="{metric.id}"></a>', f"### {metric.label.en}", ""]
    for language in LANGUAGES:
        label, reading, definition = (
            text.in_language(language) for text in (metric.label, metric.reading, metric.definition)
        )
        lines += [f"**{language}** — *{label}.* {reading} {definition}", ""]
    lines += ["| | |", "|---|---|"]
    lines += [f"| {name} | {_cell(value)} |" for name, value in facts.items()]
    return "\n".join([*lines, ""])


def _in_languages(name: str, text: Text) -> dict[str, str]:
    """A fact by language; once where it is said alike in all of them, as a bibliography is."""
    said = {language: text.in_language(language) for language in LANGUAGES}
    if len(set(said.values())) == 1:
        return {name: said["en"]}
    return {f"{name} ({language})": words for language, words in said.items()}


def _words(title: str, known: dict) -> str:
    rows = [
        f"| `{code.value}` | {text.fi} | {text.sv} | {text.en} |" for code, text in known.items()
    ]
    return "\n".join([f"## {title}", "", "| code | fi | sv | en |", "|---|---|---|---|", *rows, ""])


def _cell(text: str) -> str:
    """A text inside a table: the bar ends a cell in Markdown."""
    return text.replace("|", "\\|")


if __name__ == "__main__":
    DOCUMENT.parent.mkdir(exist_ok=True)
    DOCUMENT.write_text(document(), encoding="utf-8")
