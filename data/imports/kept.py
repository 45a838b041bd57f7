"""The mapping profiles that people here have kept, beside those that come with the program."""

from __future__ import annotations

from pathlib import Path

from data.database import home
from data.imports.profile import InvalidProfile, Profile, profiles, read_profile


def kept_folder() -> Path:
    """Where kept profiles stand: beside the database, as files that people can read."""
    return home() / "profiles"


def kept_profiles() -> dict[str, Profile]:
    """The profiles that people here have kept, by name.

    One that somebody broke by hand is not offered; reading it by its path tells what is wrong.
    """
    found = {}
    for path in sorted(kept_folder().glob("*.yaml")):
        try:
            profile = read_profile(path)
        except InvalidProfile:  # the page must open for all the others
            continue
        found[profile.name] = profile
    return found


def known_profiles() -> dict[str, Profile]:
    """Every profile that a file can be read with: the ready ones and the kept ones."""
    return {**profiles(), **kept_profiles()}
