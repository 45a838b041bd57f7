"""Who works with whom in the invented projects: circles of organisations, and who joins them."""

from __future__ import annotations

import numpy as np

from data.sample.effects import KNOWN_EFFECTS
from data.sample.register import Rows, ids

_WAVES = ("baseline", "end")
#: Circles of the project with brokers, by the names of organisations: firms, schools, the city.
_CIRCLES = (
    ("Hyrrälaite Oy", "Rautapeura Automaatio Oy", "Nivelkone Oy", "Datasammal Oy"),
    (
        "Ruutupihan lukio", "Käsityöläisten ammattiopisto (esimerkki)",
        "Kaupungin oppimispalvelut (esimerkki)", "Nuorten työpaja Kipinä ry",
    ),
    (
        "Kaupungin hankintapalvelut (esimerkki)", "Kaupungin työllisyyspalvelut (esimerkki)",
        "Jokivarren terveysasema",
    ),
)  # fmt: skip
#: Other projects that asked: everybody may work with everybody, each tie by lot.
_OTHERS = {"lautaselta-takaisin": 9, "askelpari": 8}
_TIE = 0.35
_ANSWERED = 0.9


def records(known: dict[str, Rows], rng: np.random.Generator) -> dict[str, Rows]:
    """Rows of who was asked in each wave, and of the ties that they told."""
    projects = ids(known["project"])
    names = {row["name"]: row["id"] for row in known["organisation"]}
    networks = [(projects[KNOWN_EFFECTS.network_project], *_circles(names))]
    brokers = [names[name] for name in KNOWN_EFFECTS.brokers]
    partners = {
        code: [
            row["organisation_id"]
            for row in known["project_organisation"]
            if row["project_id"] == projects[code]
        ]
        for code in _OTHERS
    }
    for code, size in _OTHERS.items():
        members = [one for one in partners[code] if one not in brokers][:size]
        pairs = [(a, b) for a in members for b in members if a != b and rng.random() < _TIE]
        # The brokers work with everybody here too, or their place would rest on one project.
        joined = [
            tie for one in brokers for other in members for tie in ((one, other), (other, one))
        ]
        networks.append((projects[code], [*members, *brokers], pairs, joined))
    rosters, ties = [], []
    for project, members, pairs, lasting in networks:
        asked, told = _waves(project, members, pairs, lasting, brokers, rng)
        rosters += asked
        ties += told
    return {"tie_roster": rosters, "organisation_tie": ties}


def _circles(names: dict[str, int]) -> tuple[list[int], list, list]:
    """Members, the ties within circles, and those of the two brokers who join them."""
    circles = [[names[name] for name in circle] for circle in _CIRCLES]
    within = [(a, b) for circle in circles for a in circle for b in circle if a != b]
    joined = []
    for at, broker in enumerate(names[name] for name in KNOWN_EFFECTS.brokers):
        for other in (*circles[at], *circles[at + 1]):
            joined += [(broker, other), (other, broker)]
    members = sorted({one for tie in (*within, *joined) for one in tie})
    return members, within, joined


def _waves(
    project: int,
    members: list[int],
    pairs: list[tuple[int, int]],
    lasting: list[tuple[int, int]],
    brokers: list[int],
    rng: np.random.Generator,
) -> tuple[Rows, Rows]:
    """The ties of the first wave, and those of them that are left in the last.

    lasting: ties that are never lost. brokers: organisations that always answer.
    """
    kept = rng.permutation(len(pairs)) < round(KNOWN_EFFECTS.ties_kept * len(pairs))
    left = [pair for pair, stays in zip(pairs, kept, strict=True) if stays]
    silent = {one for one in members if one not in brokers and rng.random() > _ANSWERED}
    told = {"baseline": [*pairs, *lasting], "end": [*left, *lasting]}
    asked = [
        {
            "project_id": project,
            "wave": wave,
            "organisation_id": member,
            # Who is silent is silent in both waves, so a tie is lost only where it was lost.
            "answered": member not in silent,
        }
        for wave in _WAVES
        for member in members
    ]
    ties = [
        {"project_id": project, "wave": wave, "source_id": source, "target_id": target}
        for wave in _WAVES
        for source, target in sorted(told[wave])
        if source not in silent
    ]
    return asked, ties
