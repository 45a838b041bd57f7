"""What is known of the invented portfolio, because it was built in: tests find it again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
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
    #: A project under way that keeps no records of its own but its events.
    recordless_project: str = "pikkukompassi"
    #: Proposals outside the slow area: answered with a reason, and the days until half of all were.
    closure_elsewhere: float = 0.80
    answer_days: float = 57.0
    #: Roles: the share filled, and a project where one of its six roles is.
    roles_filled: float = 0.92
    unfilled_project: str = "polunetsija"
    roles_filled_there: int = 1
    #: Ground rules signed by the start; plan changes with a reason; places described.
    rules_in_time: float = 0.80
    changes_with_reason: float = 0.75
    places_described: float = 0.60
    #: Half of all decisions are made so many days after they were due.
    decision_days: float = 14.0
    #: A project whose workshops are the talk of two people.
    unequal_project: str = "torikeittio"
    #: Who goes on to each step of a journey after the invitation; and one group that registers
    #: but does not come.
    journey_stays: tuple[float, ...] = (0.62, 0.80, 0.70, 0.80, 0.75)
    lost_group: str = "NGO"
    lost_step: str = "attended"
    lost_stay: float = 0.35
    #: Needs for which a solution was tried; of those, found sufficient by their users.
    needs_tested: float = 0.70
    needs_sufficient: float = 0.60
    #: Half of all companies sell for the first time within so many days of joining.
    first_sale_days: float = 420.0
    #: Each project took over what the one before had made.
    generations: tuple[str, ...] = ("kaarnalaiva", "tuulispaa", "hiekkalaatikkolabra")
    #: A project where two organisations join three circles; the ties within circles that last.
    network_project: str = "robottirinki"
    brokers: tuple[str, str] = (
        "Palvelupaja Säie Oy",
        "Rannikon ammattikorkeakoulu (esimerkki)",
    )
    ties_kept: float = 0.60
    #: A project that thinks its participants have more influence than they feel they have, one that
    #: thinks less of its facilitation than they do, and projects that see phase six as they do.
    blind_project: str = "kaarnalaiva"
    blind_spot: tuple[str, str] = ("P4", "INFL")
    modest_project: str = "lautaselta-takaisin"
    hidden_strength: tuple[str, str] = ("P4", "FACIL")
    agreeing_projects: tuple[str, ...] = ("sanasilta", "tuulispaa", "viimeinen-mutka", "pyorapesa")
    agreed: tuple[str, ...] = ("LEAD", "LEARN", "RULE", "SPACE")
    #: Cases: who goes on from idea to partner, development, trial, pilot, adoption; how the others
    #: end.
    case_goes_on: tuple[float, ...] = (0.80, 0.75, 0.70, 0.60, 0.65)
    case_ends: Mapping[str, float] = field(
        default_factory=lambda: {"rejected": 0.60, "merged": 0.18, "split": 0.08, "withdrawn": 0.14}
    )


KNOWN_EFFECTS = KnownEffects()
