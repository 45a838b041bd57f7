"""What of a survey's response warns that those who answered may be unlike those who were asked."""

from __future__ import annotations

from enum import StrEnum

from metrics.attention import LOW_RESPONSE
from metrics.metric import Result, ValueState
from survey.text import Text

#: An evenness of response below this, a group below this part of its share of the invited, and a
#: starting point of those lost that lies more than this many standard deviations off.
UNEVEN, UNDER_HALF, DRIFTED = 0.80, 0.5, 0.25


class Flag(StrEnum):
    """Why a figure about response asks for caution. Every one has a text in `FLAGS`."""

    LOW = "low"
    UNEVEN = "uneven"
    SCARCE = "scarce"
    DRIFTED = "drifted"
    LATE = "late"


FLAGS: dict[Flag, Text] = {
    Flag.LOW: Text(
        fi="alle puolet vastasi", sv="färre än hälften svarade", en="fewer than half answered"
    ),
    Flag.UNEVEN: Text(
        fi="ryhmät vastasivat epätasaisesti",
        sv="grupperna svarade ojämnt",
        en="groups answered unevenly",
    ),
    Flag.SCARCE: Text(
        fi="ryhmää on vastaajissa alle puolet siitä, mitä kutsutuissa",
        sv="gruppen är mindre än hälften så vanlig bland svaren som bland de inbjudna",
        en="less than half as common among respondents as among those invited",
    ),
    Flag.DRIFTED: Text(
        fi="pois jääneet lähtivät eri tasolta kuin jatkaneet",
        sv="de som föll bort började på en annan nivå än de som fortsatte",
        en="those lost started from another level than those who stayed",
    ),
    Flag.LATE: Text(
        fi="myöhään vastanneet vastasivat toisin",
        sv="de som svarade sent svarade annorlunda",
        en="those who answered late answered otherwise",
    ),
}


def flag(result: Result) -> Flag | None:
    """The caution that a published figure about response asks for; None where it asks for none.

    Missing: None for a figure without a value, which neither warns nor reassures. Source: limits of
    r_indicator, group_representation and dropout_bias as their formulas say.
    """
    if result.state not in (ValueState.VALUE, ValueState.ZERO) or result.value is None:
        return None
    warns = {
        "response_rate": (Flag.LOW, result.value < LOW_RESPONSE),
        "r_indicator": (Flag.UNEVEN, result.value < UNEVEN),
        "group_representation": (Flag.SCARCE, result.value < UNDER_HALF),
        "dropout_bias": (Flag.DRIFTED, abs(result.value) > DRIFTED),
        "late_difference": (Flag.LATE, _is_off_zero(result)),
    }
    found, warned = warns.get(result.metric, (None, False))
    return found if warned else None


def _is_off_zero(result: Result) -> bool:
    """Whether the whole interval lies on one side of no difference."""
    return result.low is not None and result.high is not None and result.low * result.high > 0
