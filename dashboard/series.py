"""Series of surveys, and where they break: a questionnaire that was changed is another version.

What was asked otherwise is not compared: figures stand side by side, with the break between them.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from dashboard.wording import say
from metrics.metric import Result
from metrics.names import WAVE_NAMES
from survey.instrument import WAVES

#: The results before and after a change of the questionnaire.
Break = tuple[Result, Result]


def code_of(key: str) -> str:
    """The questionnaire of a key, whichever its version: ``benefit`` of ``benefit@2``."""
    return key.partition("@")[0]


def version_of(key: str) -> int:
    """The version in a key: 2 of ``benefit@2``."""
    return int(key.partition("@")[2])


def place_of(result: Result) -> tuple[int, int]:
    """Where a result stands in the series of its part: by version, and within one by wave.

    So the surveys of a version stay side by side where another version was in use beside it.
    """
    return version_of(result.instrument), WAVES.index(result.wave)


def is_broken(earlier: Result, later: Result) -> bool:
    """Whether the questionnaire changed between two results of a series."""
    return earlier.instrument != later.instrument


def breaks(results: Sequence[Result]) -> list[Break]:
    """Where the questionnaire changed in the series of one part, in the order of the surveys."""
    return [both for both in pairwise(sorted(results, key=place_of)) if is_broken(*both)]


def all_breaks(results: Sequence[Result]) -> list[Break]:
    """The same of results of several parts and questionnaires; each change once."""
    series: dict[tuple[str, str], list[Result]] = {}
    for result in results:
        if result.instrument and result.wave in WAVES:
            series.setdefault((code_of(result.instrument), result.part), []).append(result)
    found = {
        (earlier.instrument, earlier.wave, later.instrument, later.wave): (earlier, later)
        for of_part in series.values()
        for earlier, later in breaks(of_part)
    }
    return list(found.values())


def break_label(broken: Break, language: str) -> str:
    """What stands at a break in a chart: that the questionnaire changed, and from which version."""
    return say("series.mark", language, **_versions(broken))


def break_words(results: Sequence[Result], language: str) -> str:
    """Where the questionnaire changed and that values are not compared over it; nothing where it
    stayed the same."""
    said = []
    for broken in all_breaks(results):
        first, second = (WAVES.index(each.wave) for each in broken)
        key = "series.between" if first < second else "series.beside"
        earlier, later = (WAVE_NAMES[each.wave].in_language(language) for each in broken)
        said.append(say(key, language, earlier=earlier, later=later, **_versions(broken)))
    return " ".join([*said, say("series.uncompared", language)]) if said else ""


def _versions(broken: Break) -> dict[str, int]:
    earlier, later = (version_of(each.instrument) for each in broken)
    return {"before": earlier, "after": later}
