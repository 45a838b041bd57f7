"""What a metric looks at in the questionnaires, and in which waves that is not asked."""

from __future__ import annotations

from types import ModuleType

import pandas as pd

from metrics.fold import Asked
from survey.instrument import WAVES, Instrument


def asked_of(
    module: ModuleType,
    atoms: pd.DataFrame,
    definitions: dict[str, Instrument],
    respondents: pd.DataFrame,
) -> list[Asked]:
    """What the metric reads in every instrument that somebody fielded or answered."""
    fielded = {key for frame in (atoms, respondents) for key in frame["instrument"].cat.categories}
    return [
        {"instrument": key, **entry}
        for key in sorted(fielded)
        for entry in module.reads(definitions[key])
    ]


def unasked(module: ModuleType, definitions: dict[str, Instrument]) -> set[tuple[str, str, str]]:
    """Instrument, part and wave of everything that the metric reads and nobody is asked then."""
    if not hasattr(module, "reads"):
        return set()
    asked: dict[tuple[str, str, str], bool] = {}
    for key, instrument in definitions.items():
        for entry in module.reads(instrument):
            items = (entry["item"],) if "item" in entry else instrument.items_of(entry["scale"])
            for wave in WAVES:
                place = (key, entry["part"], wave)
                is_asked = any(instrument.is_asked(item, wave) for item in items)
                asked[place] = asked.get(place, False) or is_asked
    return {place for place, is_asked in asked.items() if not is_asked}
