"""Records as metrics take them: one row each, never summed on the way.

Medians, networks and distinct counts are recomputed from records at every level; none of them is
an average of averages. What people did is kept under whole numbers that stand for pseudonymous
keys; the disclosure gate protects people here as it protects respondents.
"""

from __future__ import annotations

import pandera.pandas as pa

from metrics.stages import CASE_ENDS as CASE_ENDS
from metrics.stages import OUTPUT_KINDS as OUTPUT_KINDS
from metrics.stages import RATING_KINDS, STAGES, STEPS

_PROJECT = {"project": pa.Column(int)}
_COUNT = pa.Column(int, pa.Check.ge(0))
_FLAG = pa.Column(int, pa.Check.isin([0, 1]))
#: A whole number, -1 where nobody wrote it down.
_KNOWN = pa.Column(int, pa.Check.ge(-1))


def _schema(columns: dict[str, pa.Column]) -> pa.DataFrameSchema:
    return pa.DataFrameSchema(columns, strict=True, coerce=False)


#: A proposal. area 0: not placed; project 0: of no project. waited: days to the first answer, or to
#: the day of reading where there is none (-1: dates not known). age: days since it was made (-1).
#: reasoned: answered with a reason. decided: accepted, merged, selected, done or rejected; adopted:
#: decided and not rejected.
PROPOSAL_LOG = _schema(
    {
        **_PROJECT,
        "area": pa.Column(int),
        "waited": _KNOWN,
        "answered": _FLAG,
        "reasoned": _FLAG,
        "age": _KNOWN,
        "decided": _FLAG,
        "adopted": _FLAG,
    }
)

#: A planned role of a project, and whether somebody fills it.
ROLES = _schema({**_PROJECT, "filled": _FLAG})

#: A project whose start is known and whose ground rules were asked about: were they signed by
#: then?
RULES = _schema({**_PROJECT, "in_time": _FLAG})

#: A decision that was due. waited: days from due to made (0 if earlier), or to the day of reading.
DECISIONS = _schema({**_PROJECT, "waited": _COUNT, "made": _FLAG})

#: A change of a project's plan, and whether its reason was written down.
PLAN_CHANGES = _schema({**_PROJECT, "reasoned": _FLAG})

#: A place that a project used; described: its accessibility description is complete.
PLACES = _schema({**_PROJECT, "place": pa.Column(int), "described": _FLAG})

#: How many times a person contributed (posts, cards, turns) in a session.
CONTRIBUTIONS = _schema(
    {
        **_PROJECT,
        "session": pa.Column(int),
        "group": pa.Column(str),
        "person": pa.Column(int),
        "n": _COUNT,
    }
)

#: Money used by a project in cents, its distinct participants and its pilots; -1: not known.
COSTS = _schema({**_PROJECT, "cents": _COUNT, "participants": _KNOWN, "pilots": _KNOWN})

#: A person who took part in a project under a pseudonymous key; times: in how many events.
ATTENDANCE = _schema(
    {
        **_PROJECT,
        "group": pa.Column(str),
        "person": pa.Column(int),
        "times": pa.Column(int, pa.Check.gt(0)),
    }
)

#: An organisation that took part in a project.
ORGANISATIONS = _schema({**_PROJECT, "organisation": pa.Column(int), "sector": pa.Column(str)})

#: How many people of a group live in or belong to an area, or are affected by a project.
ELIGIBLE = _schema(
    {"level": pa.Column(str), "entity": pa.Column(int), "group": pa.Column(str), "people": _COUNT}
)

#: A stated need; tested: a solution was tried; sufficient: its users judged it sufficient.
NEEDS = _schema({**_PROJECT, "group": pa.Column(str), "tested": _FLAG, "sufficient": _FLAG})

#: A company that took part, as followed up. waited: days from joining to the first sale, or to the
#: last follow-up (-1: not known).
FIRMS = _schema(
    {
        **_PROJECT,
        "organisation": pa.Column(int),
        "tested": _FLAG,
        "new_product": _FLAG,
        "new_market": _FLAG,
        "followed": _FLAG,
        "waited": _KNOWN,
        "sold": _FLAG,
    }
)

#: Joint outputs by kind (OUTPUT_KINDS); n of volunteers and credits is their number.
OUTPUTS = _schema({**_PROJECT, "kind": pa.Column(str), "n": _COUNT})

#: A solution that came out of a project. age: days since it was ready (-1: not known); waited: days
#: from ready to a place in the normal budget, or to the day of reading; embedded: has that place.
SOLUTIONS = _schema(
    {**_PROJECT, "solution": pa.Column(int), "age": _KNOWN, "waited": _KNOWN, "embedded": _FLAG}
)

#: Somebody (an organisation) who took a solution into use; lasting: still uses it.
ADOPTIONS = _schema(
    {**_PROJECT, "solution": pa.Column(int), "adopter": pa.Column(int), "lasting": _FLAG}
)

#: A later project that took over what this project made.
LINEAGE = _schema({**_PROJECT, "child": pa.Column(int)})

#: A tie between two organisations that worked together in a wave, as ``source`` told it.
TIES = _schema(
    {
        **_PROJECT,
        "wave": pa.Column(str),
        "source": pa.Column(int),
        "target": pa.Column(int),
    }
)

#: Who was asked about ties in a wave, of which sector, and whether they answered.
ROSTER = _schema(
    {
        **_PROJECT,
        "wave": pa.Column(str),
        "organisation": pa.Column(int),
        "sector": pa.Column(str),
        "answered": _FLAG,
    }
)

#: A case of the funnel: year it began, furthest stage (position in STAGES), days from its beginning
#: to each stage (-1: not reached, or passed over), how it ended ("" while under way), the days to
#: that end or to the day of reading, and its age: days from its beginning to the day of reading,
#: ended or not.
CASES = _schema(
    {
        **_PROJECT,
        "case": pa.Column(int),
        "year": pa.Column(int),
        "stage": pa.Column(int, pa.Check.in_range(0, len(STAGES) - 1)),
        **dict.fromkeys((f"to_{stage}" for stage in STAGES[1:]), _KNOWN),
        "ended": pa.Column(str),
        "days": _COUNT,
        "age": _COUNT,
    }
)

#: A person's journey: the furthest step (position in STEPS); priority: of a group that the project
#: declared it wants to reach first.
JOURNEYS = _schema(
    {
        **_PROJECT,
        "group": pa.Column(str),
        "person": pa.Column(int),
        "step": pa.Column(int, pa.Check.in_range(0, len(STEPS) - 1)),
        "priority": _FLAG,
    }
)

#: An event of a case in a log. waited: milliseconds since the event before it in its case (-1: the
#: first one); since: milliseconds since the first one; again: the activity was done before in the
#: case. channel: how the case came; office: which unit did it; "" where the log does not say.
LOG_STEPS = _schema(
    {
        **_PROJECT,
        "case": pa.Column(int),
        "channel": pa.Column(str),
        "office": pa.Column(str),
        "activity": pa.Column(str),
        "waited": _KNOWN,
        "since": _COUNT,
        "again": _FLAG,
    }
)

#: What raters of a project said of one construct of a phase, in what is submitted: each alone (own)
#: or together (joint). raters: how many judged it. score_sum and score_squares: of the steps that
#: their levels stand above the lowest one, 0 to RATING_STEPS.
ASSESSMENTS = _schema(
    {
        **_PROJECT,
        "phase": pa.Column(str),
        "construct": pa.Column(str),
        "kind": pa.Column(str, pa.Check.isin(RATING_KINDS)),
        "raters": pa.Column(int, pa.Check.gt(0)),
        "score_sum": _COUNT,
        "score_squares": _COUNT,
    }
)

#: Comparison sites, where nothing was developed together: what the portfolio is set against.
SITES = _schema({**_PROJECT, "comparison": _FLAG})

#: Projects in which a school takes part: their group CUS is taken to be pupils, whom the disclosure
#: gate protects more than others.
SCHOOLS = _schema({**_PROJECT})

#: What a project (or, entity 0, the portfolio) declared as its primary tests before it looked.
PRIMARY = _schema(
    {
        "level": pa.Column(str),
        "entity": pa.Column(int),
        "metric": pa.Column(str),
        "part": pa.Column(str),
    }
)
