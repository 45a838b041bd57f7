"""What is known of the invented portfolio, because it was built in: tests find it again."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

SEED = 20_260_101
#: The invented world stands still: nothing in it happens after this day.
LAST_DAY = date(2026, 11, 15)


@dataclass(frozen=True, slots=True)
class KnownEffects:
    """True values behind the invented answers and records. Unit: points of 100, shares 0-1."""

    #: What one can do (CAPA), baseline to end: in the learning theme, elsewhere, in comparison.
    learning_theme: str = "oppiminen"
    capa_change_learning: float = 8.0
    capa_change_elsewhere: float = 3.0
    capa_change_comparison: float = 0.0
    comparison_projects: tuple[str, ...] = ("vertailupaikka-hopea", "vertailupaikka-terva")
    #: How the service works (SERVICE), baseline to end, outside the comparison sites.
    service_change: float = 5.0
    #: A project whose words nobody understood.
    unclear_project: str = "hengitystauko"
    unclear_terms: float = 38.0
    #: A project that cost companies more than it gave them.
    drawback_project: str = "lautaselta-takaisin"
    drawback_group: str = "COM"
    drawback_share: float = 0.55
    usual_drawback_share: float = 0.07
    #: A project led firmly and without any give.
    rigid_project: str = "robottirinki"
    rigid_firmness: float = 84.0
    rigid_flexibility: float = 28.0
    #: A project whose respondents stopped answering after the workshops.
    fading_project: str = "sadevesiraitti"
    #: An area where nobody takes up proposals; share taken up there and elsewhere.
    slow_area: str = "hakunila"
    take_up_slow: float = 0.12
    take_up_elsewhere: float = 0.55
    #: The item that people cannot answer, and how many of them cannot.
    unanswerable_item: str = "INFL2"
    unanswerable_share: float = 0.20
    #: Projects whose number of respondents is never enough to show.
    tiny_projects: tuple[str, ...] = (
        "laakeluukku",
        "taitovaihto",
        "kylanraitin-olohuone",
        "iltavalot",
    )
    #: Projects where it is not known how many were invited: everyone, or the residents only.
    uncounted_project: str = "torikeittio"
    half_counted_project: str = "kaikukallio"
    #: Projects with a phase that should have ended already.
    late_projects: tuple[str, ...] = (
        "polunetsija",
        "ensimmainen-vuoro",
        "hakunilan-kyselylaatikko",
    )


KNOWN_EFFECTS = KnownEffects()
