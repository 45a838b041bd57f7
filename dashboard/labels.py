"""What codes are called on the screen: surveys, phases, groups, questionnaires and their parts."""

from __future__ import annotations

from collections.abc import Mapping
from time import monotonic

from dashboard.truth import engine
from dashboard.wording import say
from data.database import database_url, reading
from data.instruments import known_instruments
from metrics.names import GROUP_NAMES, PHASE_NAMES, WAVE_NAMES, record_part
from survey.instrument import Instrument
from survey.text import LANGUAGES

#: How long questionnaires are kept, and of how many databases. A page asks for them some forty
#: times; Streamlit's own cache takes as long for that as drawing ten elements.
FRESH_SECONDS, KEPT = 60, 8
_questionnaires: dict[str, tuple[float, Mapping[str, Instrument]]] = {}


def wave_name(code: str, language: str) -> str:
    return WAVE_NAMES[code].in_language(language)


def phase_name(code: str, language: str) -> str:
    return PHASE_NAMES[code].in_language(language)


def group_name(code: str, language: str) -> str:
    return GROUP_NAMES[code].in_language(language)


#: What the value of a split is called.
SPLIT_NAMES = {"group": group_name, "phase": phase_name}


def questionnaires() -> Mapping[str, Instrument]:
    """Every questionnaire that figures may come from, shipped or brought, by ``code@version``."""
    url = database_url()
    until, found = _questionnaires.get(url, (0.0, {}))
    if until < monotonic():
        with reading(engine()) as connection:
            found = known_instruments(connection)
        while len(_questionnaires) >= KEPT:
            _questionnaires.pop(next(iter(_questionnaires)), None)
        _questionnaires[url] = (monotonic() + FRESH_SECONDS, found)
    return found


def forget_questionnaires() -> None:
    """Ask for the questionnaires again: one was brought."""
    _questionnaires.clear()


def questionnaire_name(key: str, language: str) -> str:
    """The title of a questionnaire, with its version where several are known; its key where the
    questionnaire is not at hand."""
    known = questionnaires()
    if key not in known:
        return key
    title = known[key].title.in_language(language)
    if sum(each.code == known[key].code for each in known.values()) < 2:
        return title
    return say("series.version", language, title=title, version=known[key].version)


def part_name(instrument: str, part: str, language: str) -> str:
    """What a part is called: a scale's title, an item's wording, a stage or a step of records."""
    if not instrument:
        return record_part(part).in_language(language)
    known = questionnaires().get(instrument)
    if known is None:
        return part
    named = {scale.code: scale.title for scale in known.scales}
    named |= {item.code: item.text for item in known.items}
    code, _, spoken = part.partition("/")
    if code not in named:
        return part
    name = named[code].in_language(language)
    return f"{name} ({say(f'items.in.{spoken}', language)})" if spoken in LANGUAGES else name


def overall_of(instrument: str | None) -> str | None:
    """The scale that stands for a whole questionnaire: the widest composite, else the first.

    Missing: None for a questionnaire without scales, or one that is not at hand.
    """
    known = questionnaires().get(instrument or "")
    if known is None:
        return None
    composites = [scale for scale in known.scales if len(scale.scales) > 2]
    scales = composites[-1:] or list(known.scales[:1])
    return scales[0].code if scales else None


def overall_name(instrument: str | None, language: str) -> str:
    """What the overall scale is of, where it is one construct only; nothing for a composite.

    A questionnaire without a composite is not called the whole process.
    """
    overall = overall_of(instrument)
    if overall is None or overall not in constructs(instrument):
        return ""
    return part_name(instrument, overall, language)


def constructs(instrument: str | None) -> list[str]:
    """The scales that stand for a construct, in the order of the questionnaire."""
    known = questionnaires().get(instrument or "")
    return [scale.code for scale in known.scales if scale.is_construct] if known else []
