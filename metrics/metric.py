"""The words of judgement: what a metric is, what it yields, and what may be shown of it.

``Estimates`` are raw and never leave this floor. ``Results`` have passed the disclosure gate
(`metrics.disclosure`): pages, charts and exports take nothing else.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import pandas as pd

from survey.text import Text


class Level(StrEnum):
    """What a figure is about. Entities of a level are whole numbers; the portfolio is 0."""

    PORTFOLIO = "portfolio"
    PROGRAMME = "programme"
    FUNDER = "funder"
    AREA = "area"
    THEME = "theme"
    PROJECT = "project"


class Split(StrEnum):
    """The closed list of breakdowns; there is no free filtering of respondents."""

    TOTAL = "total"
    GROUP = "group"
    PHASE = "phase"


class ValueState(StrEnum):
    """Five states that are kept apart from import to export."""

    VALUE = "value"
    ZERO = "zero"
    NOT_REPORTED = "not_reported"
    NOT_APPLICABLE = "not_applicable"
    SUPPRESSED = "suppressed"


class Profile(StrEnum):
    """For whom figures are protected: people signed in, or the public and funders."""

    INSIDE = "inside"
    PUBLIC = "public"


class Unit(StrEnum):
    POINTS = "points"  # 0-100
    CHANGE = "change"  # difference of points
    SHARE = "share"  # 0-1
    SCORE = "score"  # -100-100
    COUNT = "count"
    COEFFICIENT = "coefficient"  # reliability, correlation: at most 1
    EFFECT = "effect"  # standard deviations
    EFFECTIVE = "effective"  # an effective number of groups, people
    RATIO = "ratio"  # of two risks, 0 upwards
    DAYS = "days"
    EUR = "eur"


class About(StrEnum):
    """Whom a figure describes. People are protected; records are public facts.

    Participants are people known by what they did: attendances, contributions, journeys.
    """

    RESPONDENTS = "respondents"
    PARTICIPANTS = "participants"
    RECORDS = "records"


class Reason(StrEnum):
    """Why there is no value. Every one has a text in `metrics.reasons`."""

    TOO_FEW = "too_few"
    PROTECTS_ANOTHER = "protects_another"
    UNANIMOUS = "unanimous"
    NO_ANSWERS = "no_answers"
    NO_RECORDS = "no_records"
    UNKNOWN_FRAME = "unknown_frame"
    TOO_FEW_PAIRS = "too_few_pairs"
    NO_VARIANCE = "no_variance"
    HIDDEN_PARTS = "hidden_parts"
    ONE_PROJECT = "one_project"
    TOO_FEW_PROJECTS = "too_few_projects"
    TOO_FEW_SITES = "too_few_sites"
    NO_COMPARISON = "no_comparison"
    UNRELIABLE = "unreliable"
    NOT_ESTIMABLE = "not_estimable"
    ONE_ITEM = "one_item"
    NOT_REACHED = "not_reached"
    TOO_FEW_RECORDS = "too_few_records"
    NOT_ASKED = "not_asked"
    TIES_UNANSWERED = "ties_unanswered"
    UNDER_THIRTY = "under_thirty"
    GROUPS_TOO_SMALL = "groups_too_small"
    ONE_LANGUAGE = "one_language"
    SINGULAR_FIT = "singular_fit"
    NO_MODEL = "no_model"
    OPEN_ENDED = "open_ended"
    NO_ASSESSMENT = "no_assessment"
    ONE_RATER = "one_rater"


class Method(StrEnum):
    """How the interval was made. Every one has a text in `metrics.reasons`."""

    STUDENT = "student"  # t over respondents of one project
    CLUSTER_MEAN = "cluster_mean"  # mean of project means, t with J-1 df
    CLUSTER_RATIO = "cluster_ratio"  # summed shares, projects as clusters, t with J-1 df
    WILSON = "wilson"  # Wilson score interval without continuity correction
    NORMAL = "normal"  # z interval, variance over n (recommendation score)
    FELDT = "feldt"  # F interval of coefficient alpha
    F_RATIO = "f_ratio"  # F interval of an intraclass correlation
    NONCENTRAL_T = "noncentral_t"  # interval of a standardised difference
    HODGES_LEHMANN = "hodges_lehmann"  # from the ordered Walsh averages
    NEWCOMBE = "newcombe"  # difference of two shares from their Wilson intervals
    KAPLAN_MEIER = "kaplan_meier"  # median time, log-log interval
    AALEN_JOHANSEN = "aalen_johansen"  # share with competing ends
    BOOTSTRAP = "bootstrap"  # percentiles of seeded resamples
    LINEARISED = "linearised"  # weighted, Taylor linearisation over projects
    CLUSTER_ROBUST = "cluster_robust"  # CR1 over projects, t with G-1 df
    REML = "reml"  # random-intercept model
    EMPIRICAL_BAYES = "empirical_bayes"  # shrunk towards the mean of all projects
    FISHER = "fisher"  # z transform of a correlation
    LOG_RATIO = "log_ratio"  # normal on the logarithm of a ratio
    DELTA = "delta"  # first-order approximation of a function of several estimates
    CHI_SQUARE = "chi_square"  # of a variance
    SQUARE_AND_ADD = "square_and_add"  # difference of two figures from the interval of each
    STRATIFIED = "stratified"  # differences within strata, weighted together
    BOUNDS = "bounds"  # what is possible at worst and at best; no chance in it
    CENSUS = "census"  # a count of records: no sampling, no interval
    NONE = "none"


#: What identifies one figure of a metric. ``instrument`` is "" for metrics from records, ``part``
#: is the scale, item or group that the figure concerns ("" when the metric has one figure only),
#: ``wave`` is "all" where waves are not told apart.
KEYS = ["instrument", "part", "level", "entity", "wave", "split", "split_value"]

#: What ``compute`` returns beside KEYS. p: of the test that belongs to the figure, where one does.
#: n: people or records behind the value. numerator and denominator: of a share. projects: how many
#: projects were pooled (1 on a project's own row).
ESTIMATE_VALUES = [
    "value",
    "low",
    "high",
    "p",
    "n",
    "numerator",
    "denominator",
    "projects",
    "method",
    "reason",
]

#: A published figure: KEYS and these. p_adjusted: p among all tests of its family
#: (`metrics.multiplicity`).
RESULT_VALUES = [
    "state",
    "value",
    "low",
    "high",
    "p",
    "p_adjusted",
    "n",
    "numerator",
    "denominator",
    "projects",
    "coverage",
    "indicative",
    "method",
    "reason",
]

ALL_WAVES = "all"
#: Frames that are folded from answers.
ANSWER_FRAMES = frozenset(
    {
        "respondents",
        "item_counts",
        "scale_moments",
        "scale_products",
        "split_halves",
        "timing",
        "paired_moments",
        "paired_differences",
        "paired_choices",
        "retention",
    }
)

#: Frames whose rows are records: a metric gets every one of them and not their sums.
RECORD_FRAMES = frozenset(
    {
        "proposal_log",
        "roles",
        "rules",
        "decisions",
        "plan_changes",
        "places",
        "contributions",
        "costs",
        "attendance",
        "organisations",
        "needs",
        "firms",
        "outputs",
        "solutions",
        "adoptions",
        "lineage",
        "ties",
        "roster",
        "cases",
        "journeys",
        "log_steps",
        "assessments",
    }
)


@dataclass(frozen=True, slots=True)
class Metric:
    """What a metric says of itself; the methods page and docs/metrics.md are made from it.

    version grows when the figure changes for the same data. frame names the sufficient statistics
    that ``compute`` takes (`metrics.frames`), or ``results:<id>,<id>`` when the metric is read off
    the protected results of others. grade is the best evidence grade that it can reach (A best, E
    worst). contribution: for outcomes, what else may explain the figure. inside_only: the public
    and funders have no such figure, nor any that is read off it.
    """

    id: str
    version: int
    kind: str  # "process" | "outcome"
    question: str  # "Q0" | "Q1" | "Q2" | "Q3"
    label: Text
    reading: Text
    definition: Text
    formula: Text
    unit: Unit
    better: str  # "up" | "down" | "none"
    about: About
    frame: str
    source: Text
    grade: str
    minimum_n: int = 1
    contribution: Text | None = None
    inside_only: bool = False


@dataclass(frozen=True, slots=True)
class Estimates:
    """Raw figures of one metric: KEYS and ESTIMATE_VALUES. Never shown to anybody."""

    metric: Metric
    frame: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Results:
    """Protected figures of one metric under one profile: KEYS and RESULT_VALUES."""

    metric: Metric
    profile: Profile
    frame: pd.DataFrame


@dataclass(frozen=True, slots=True)
class Result:
    """One publishable figure, as pages, charts and exports take it.

    Unit: value, low and high are in the metric's unit (shares 0-1). None when state is not value
    or zero. coverage is answers / invited, 0-1, None when the invited are not known.
    """

    metric: str
    instrument: str
    part: str
    level: str
    entity: int
    wave: str
    split: str
    split_value: str
    state: ValueState
    value: float | None
    low: float | None
    high: float | None
    p: float | None
    p_adjusted: float | None
    n: int | None
    numerator: int | None
    denominator: int | None
    projects: int | None
    coverage: float | None
    indicative: bool
    method: Method
    reason: Reason | None
