"""What a gap between two views comes to, in words."""

from __future__ import annotations

from collections.abc import Sequence

from dashboard import format as written
from dashboard.charts import is_shown
from dashboard.judging.words import construct_name
from dashboard.labels import questionnaire_name
from dashboard.wording import say, say_count
from metrics.metric import Result
from metrics.reasons import REASONS

#: Points from which a gap is named, when its interval lies wholly on one side of zero.
NAMED = 10
BLIND, STRENGTH, SMALL, CHANCE, UNSURE, NONE = (
    "blind",
    "strength",
    "small",
    "chance",
    "unsure",
    "none",
)
#: The order in which gaps are told: what needs a talk first.
ORDER = (BLIND, STRENGTH, SMALL, CHANCE, UNSURE, NONE)


def finding_of(gap: Result | None) -> str:
    """What a gap is: a blind spot, a hidden strength, a small one, or one that may be chance."""
    if gap is None or not is_shown(gap):
        return NONE
    if gap.low is None or gap.high is None:
        return UNSURE
    if gap.low > 0:
        return BLIND if gap.value > NAMED else SMALL
    if gap.high < 0:
        return STRENGTH if gap.value < -NAMED else SMALL
    return CHANCE


def gap_words(gap: Result | None, language: str) -> str:
    """What stands at the right edge of a row: +28 sokea piste; or why there is no gap."""
    finding = finding_of(gap)
    if finding == NONE:
        reason = gap.reason if gap is not None else None
        return say(f"gap.short.{reason.value}" if reason else "gap.short.none", language)
    sign = written.signed(gap.value, language, 0)
    about = "~ " if gap.indicative else ""
    return f"{about}{sign} {say(f'gap.{finding}', language)}"


def gap_sentence(gaps: Sequence[tuple[str, Result]], language: str) -> str:
    """Blind spots and hidden strengths by name, and what the others are.

    gaps: what each is called, and the gap.
    """
    found: dict[str, list[str]] = {finding: [] for finding in ORDER}
    for label, gap in gaps:
        found[finding_of(gap)].append(label)
    known = len(gaps) - len(found[NONE])
    if not known:
        return reasons_sentence([gap for _, gap in gaps], language)
    said = [
        say_count(f"gap.sentence.{finding}", len(where), language, where="; ".join(where))
        for finding in (BLIND, STRENGTH)
        if (where := found[finding])
    ]
    if not said:
        said.append(say("gap.sentence.close", language, n=written.count(known, language)))
    elif others := known - len(found[BLIND]) - len(found[STRENGTH]):
        said.append(say_count("gap.sentence.others", others, language))
    if found[NONE]:
        said.append(say_count("gap.sentence.without", len(found[NONE]), language))
    return " ".join(said)


def reasons_sentence(gaps: Sequence[Result], language: str) -> str:
    """Why there is no gap to show, each reason once."""
    reasons = dict.fromkeys(gap.reason for gap in gaps if gap.reason is not None)
    told = " ".join(REASONS[reason].in_language(language) for reason in reasons)
    return f"{say('gap.sentence.none', language)} {told}".strip()


def place_name(part: str, phase: str, language: str) -> str:
    """A construct in its phase: Luottamus (P3 Suunnittelu)."""
    name = construct_name(part, language)
    return say("gap.place", language, construct=name, phase=phase) if phase else name


def forms_of(found: Sequence[Result]) -> list[str]:
    """The forms whose answers the gaps that are shown compare with."""
    return sorted({gap.instrument for gap in found if is_shown(gap) and gap.instrument})


def forms_sentence(found: Sequence[Result], language: str) -> str:
    """That gaps of several forms stand side by side and are not pooled; nothing for one form."""
    several = forms_of(found)
    if len(several) < 2:
        return ""
    named = "; ".join(questionnaire_name(key, language) for key in several)
    return say("gap.forms", language, forms=named)
