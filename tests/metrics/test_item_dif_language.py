"""Item functioning by language: person by person, found and not found, and what is told instead."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from metrics.evaluate import evaluate
from metrics.frames import Frames, schema_of
from metrics.judge import judge, prepare
from metrics.metric import Profile
from survey.instrument import instruments
from tests.metrics import raw_series
from tests.metrics.raw import typed
from tests.metrics.small import figure, small
from tests.metrics.test_item_dif import FULL, GOAL, answers, slowly


def spoken(seed: int, shift: float = 0.0, projects: int = 6) -> pd.DataFrame:
    """Answers of 120 people a project; who answers in Swedish reads GOAL1 by ``shift`` higher."""
    wide = answers(seed, projects=projects)
    rng = np.random.default_rng(seed + 1_000)
    wide["language"] = rng.choice(["fi", "sv", "en"], len(wide), p=[0.6, 0.3, 0.1])
    swedish = (wide["language"] == "sv") & (wide["GOAL1"] > 0)
    higher = np.rint(wide["GOAL1"] + rng.normal(shift, 0.3, len(wide))).clip(1, 5).astype(int)
    return wide.assign(GOAL1=wide["GOAL1"].where(~swedish, higher))


def frames(wide: pd.DataFrame) -> Frames:
    asked = instruments()[FULL]
    keys = ["project", "instrument", "wave", "phase", "group"]
    people = wide.groupby(keys).size().reset_index(name="n").assign(invited=-1)
    known = wide[wide["language"].notna()]
    bands = typed(raw_series.bands(known, asked, "language"), schema_of("item_languages"))
    nodes = small(range(1, int(wide["project"].max()) + 1)).nodes
    people = typed(people, schema_of("respondents"))
    return Frames.of(respondents=people, item_languages=bands, nodes=nodes).validated()


def by_language(wide: pd.DataFrame) -> pd.DataFrame:
    (found,) = evaluate(frames(wide), only=["item_dif_language"])
    return found.frame


def test_figures_equal_those_computed_person_by_person():
    wide = spoken(1, shift=0.6)
    found = by_language(wide)
    for language, item in (("sv", "GOAL1"), ("fi", "GOAL2"), ("sv", "GOAL3")):
        ours = figure(found, part=f"{item}/{language}")
        value, half, p, n = slowly(wide.assign(group=wide["language"]), language, item, GOAL)
        assert ours["value"] == pytest.approx(value)
        assert ours["high"] - ours["value"] == pytest.approx(half)
        assert (ours["p"], ours["n"]) == (pytest.approx(p), n)
    assert set(found["split"].astype(str)) == {"total"}


def test_a_statement_that_one_language_asks_otherwise_is_found_and_no_other():
    above = by_language(spoken(2, shift=1.0, projects=20))
    above = above[(above["level"] == "portfolio").to_numpy()].set_index("part")
    assert above.loc["GOAL1/sv", "low"] > 0.25
    assert above.loc["GOAL1/fi", "high"] < 0
    elsewhere = [part for part in above.index if not str(part).startswith("GOAL")]
    # English is a tenth of 2,400 people: 120 or so that can be compared.
    sure = above.loc[[part for part in elsewhere if not part.endswith("/en")], "value"]
    assert sure.abs().max() < 0.17


def test_where_one_language_is_spoken_that_is_the_reason():
    found = by_language(spoken(3).assign(language="fi"))
    told = figure(found, part="GOAL1/fi")
    assert (told["reason"], np.isnan(told["value"])) == ("one_language", True)
    few = spoken(3)
    few["language"] = np.where(few.index % 60 == 0, "sv", "fi")
    assert figure(by_language(few), part="GOAL1/sv")["reason"] == "groups_too_small"


def test_of_answers_whose_language_is_not_known_nothing_is_told():
    assert by_language(spoken(4).assign(language=None)).empty
    wide = spoken(4)
    some = wide["language"].where(wide.index % 2 == 0, None)
    value, *_, n = slowly(wide.assign(group=some)[some.notna()], "sv", "GOAL1", GOAL)
    told = figure(by_language(wide.assign(language=some)), part="GOAL1/sv")
    assert (told["value"], told["n"]) == (pytest.approx(value), n)


def test_projects_show_none_and_few_people_of_a_language_are_not_pooled():
    wide = spoken(5)
    few = (wide["project"] == 1) & (wide["language"] == "sv")
    wide = wide.drop(index=wide.index[few][4:])
    given = frames(wide)
    for profile in Profile:
        told = judge(prepare(given, only=["item_dif_language"]), profile)[0].frame
        assert set(told["level"].astype(str)) == {"portfolio"}
        shown = figure(told, part="GOAL1/sv")
        # Four people of a language are too few for anybody; theirs is not among the five projects.
        assert (shown["state"], shown["projects"]) == ("value", 5)
    value, *_ = slowly(
        wide[wide["project"] > 1].assign(group=wide["language"]), "sv", "GOAL1", GOAL
    )
    assert figure(judge(prepare(given, only=["item_dif_language"]), Profile.INSIDE)[0].frame,
                  part="GOAL1/sv")["value"] == pytest.approx(value)  # fmt: skip
