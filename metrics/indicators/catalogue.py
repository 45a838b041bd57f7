"""The catalogue of indicators: the common ones that are shipped, read from the files beside this.

A file names its period, its source, its units and the rules that several of its indicators share;
an indicator names them instead of writing them again.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import yaml
from pydantic import ValidationError

from metrics.indicators.indicator import Indicator

FOLDER = Path(__file__).with_name("common")
#: What an indicator may name instead of writing it out, and where the file keeps it.
_SHARED = {"unit": "units", "when": "rules"}


class InvalidIndicator(ValueError):
    """A file of indicators that cannot be used; the message names the file and the indicator."""


@cache
def common() -> Mapping[str, Indicator]:
    """The indicators that are shipped, by key (``RCO01@1``).

    Raises: InvalidIndicator.
    """
    found: dict[str, Indicator] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        read = read_indicators(path)
        twice = sorted(found.keys() & read.keys())
        if twice:
            raise InvalidIndicator(f"{path.name}: {twice[0]} is in another file already.")
        found |= read
    _refuse_unknown_wholes(found)
    return MappingProxyType(found)


def read_indicators(path: Path) -> dict[str, Indicator]:
    """The indicators of a file, by key.

    Raises: InvalidIndicator naming the file, the indicator and what is wrong with it.
    """
    try:
        told = yaml.safe_load(path.read_text(encoding="utf-8"))
        entries = [dict(entry) for entry in told["indicators"]]
    except (yaml.YAMLError, UnicodeDecodeError, KeyError, TypeError, ValueError) as error:
        raise InvalidIndicator(
            f"{path.name}: not a file of indicators ({error}). It needs a list 'indicators'."
        ) from error
    found: dict[str, Indicator] = {}
    for entry in entries:
        indicator = _read(path, told, entry)
        if indicator.key in found:
            raise InvalidIndicator(f"{path.name}: {indicator.key} stands there twice.")
        found[indicator.key] = indicator
    return found


def _read(path: Path, told: Mapping[str, Any], entry: Mapping[str, Any]) -> Indicator:
    code = entry.get("code", "an indicator without a code")
    whole: dict[str, Any] = {"version": 1, "period": told.get("period"), **entry}
    whole.setdefault("source", told.get("source"))
    if not isinstance(whole.get("of_people"), bool):
        raise InvalidIndicator(
            f"{path.name}, {code}: say of_people: true where its numbers are of "
            "people and are protected, else false."
        )
    for name, shelf in _SHARED.items():
        said = whole.get(name)
        if isinstance(said, str):
            if said not in told.get(shelf, {}):
                raise InvalidIndicator(f"{path.name}, {code}: no {name} {said!r} under {shelf}.")
            whole[name] = told[shelf][said]
            if name == "unit":
                whole[name] = {"code": said} | whole[name]
    try:
        return Indicator.model_validate(whole)
    except ValidationError as error:
        raise InvalidIndicator(f"{path.name}, {code}: {error}") from error


def _refuse_unknown_wholes(found: Mapping[str, Indicator]) -> None:
    codes = {indicator.code for indicator in found.values()}
    for indicator in found.values():
        for whole in indicator.part_of:
            if whole not in codes:
                raise InvalidIndicator(
                    f"{indicator.code} is a part of {whole}, which is in no file. Correct its code."
                )
