"""An invented portfolio as raw rows, and the plain folding of raw rows into frames, for tests."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pandera.pandas as pa

from metrics.frames import Frames, schema_of
from survey.instrument import Instrument
from survey.scoring import score, score_rules
from tests.metrics import raw_series

GROUPS = ["RES", "CUS", "STAFF", "COM", "UNK"]


@dataclass(frozen=True)
class Raw:
    """Rows as `tests.metrics.slow_twin.twin` takes them."""

    responses: pd.DataFrame
    collections: pd.DataFrame
    nodes: pd.DataFrame
    participation: pd.DataFrame
    affected: pd.DataFrame
    proposals: pd.DataFrame
    area_tree: pd.DataFrame


def portfolio(seed: int, instruments: dict[str, Instrument], projects: int = 9) -> Raw:
    """A portfolio with every awkward kind of project among the ordinary ones.

    Project 1 has one respondent a collection, project 2 all the same answers, project 3 nothing
    but blanks and don't-know, project 4 fielded everything and got no answer.
    """
    rng = np.random.default_rng(seed)
    collections, responses = [], []
    for project in range(1, projects + 1):
        for key, phase, wave in _fieldings(project):
            number = len(collections) + 1
            people = {1: 1, 4: 0}.get(project, int(rng.integers(3, 16)))
            answered = [
                (number, str(rng.choice(GROUPS)), _link(rng, project, person),
                 _answers(rng, instruments[key], project))
                for person in range(people)
            ]  # fmt: skip
            responses += answered
            collections.append((number, project, key, wave, phase, _invited(rng, answered)))
    events = [
        (project, str(rng.choice(["P1", "P4", "P5"])), group, int(rng.integers(0, 40)))
        for project in range(1, projects)
        for group in GROUPS
        if rng.random() < 0.7
    ]
    affected = [
        (project, group, int(rng.integers(1, 500)))
        for project in range(2, projects + 1)
        for group in GROUPS[:3]
        if project % 3
    ]
    proposals = [
        (int(rng.choice([0, 1, 2, 5])), int(rng.choice([0, 1, 2, 3])), bool(rng.random() < 0.4))
        for _ in range(120)
    ]
    return Raw(
        pd.DataFrame(responses, columns=["collection", "group", "link_key", "answers"]),
        pd.DataFrame(
            collections, columns=["collection", "project", "instrument", "wave", "phase", "invited"]
        ),
        _nodes(projects),
        pd.DataFrame(events, columns=["project", "phase", "group", "people"]),
        pd.DataFrame(affected, columns=["project", "group", "people"]),
        pd.DataFrame(proposals, columns=["project", "area", "taken_up"]),
        # Areas 1 and 2 lie in 10, which lies in 20, and so does 3.
        pd.DataFrame(
            [(1, 1), (2, 2), (3, 3), (1, 10), (2, 10), (10, 10)]
            + [(area, 20) for area in (1, 2, 3, 10, 20)],
            columns=["area", "ancestor"],
        ),
    )


def _fieldings(project: int) -> list[tuple[str, str, str]]:
    """Instrument, phase and wave of every collection of a project."""
    found = [
        ("process_quality@1", "P4", "during"),
        ("process_quality@1", "P6", "during"),
        ("process_quality@1", "P8", "end"),
        ("benefit@1", "P0", "baseline"),
        ("benefit@1", "P0", "end"),
        ("benefit@1", "P8", "end"),
    ]
    if project % 2:
        found += [("benefit@1", "P0", "follow_up"), ("carpentries_feedback@1", "P5", "end")]
    return found


def _link(rng: np.random.Generator, project: int, person: int) -> str | None:
    return f"{project}-{person}" if rng.random() < 0.9 else None


def _answers(rng: np.random.Generator, instrument: Instrument, project: int) -> dict[str, int]:
    given = {}
    for item in instrument.closed_items:
        answers = instrument.answers_of(item.code)
        draw = rng.random()
        if project == 2:
            given[item.code] = answers.codes[-2]
        elif project == 3 or draw < 0.08:
            if answers.dont_know and draw < 0.5:
                given[item.code] = -1
        elif draw < 0.11 and answers.not_applicable:
            given[item.code] = -2
        else:
            given[item.code] = int(rng.choice(answers.codes))
    return given


def _invited(rng: np.random.Generator, answered: list[tuple]) -> dict[str, int]:
    """Sometimes known for each group, sometimes for some, only as a whole, or not at all."""
    kind = rng.integers(0, 5)
    there = pd.Series([group for _, group, *_ in answered], dtype=str).value_counts()
    named = {
        group: int(n) + int(rng.integers(0, 9)) for group, n in there.items() if group != "UNK"
    }
    if kind <= 1:
        return {**named, "NGO": 6}
    if kind == 2:
        return dict(list(named.items())[:1])
    return {"UNK": len(answered) + 7} if kind == 3 else {}


def _nodes(projects: int) -> pd.DataFrame:
    rows = []
    for project in range(1, projects + 1):
        rows += [("portfolio", 0, project), ("project", project, project)]
        rows += [("theme", 1 + project % 2, project), ("area", 1 + project % 3, project)]
        rows += [("area", 20, project), ("funder", 5, project)]
        rows += [("area", 10, project)] if project % 3 < 2 else []
        rows += [("theme", 3, project)] if project in (1, 4) else []
    return pd.DataFrame(rows, columns=["level", "entity", "project"])


# --- folding ------------------------------------------------------------------------------------

ATOM = ["project", "instrument", "wave", "phase", "group"]


def folded(raw: Raw, instruments: dict[str, Instrument]) -> Frames:
    """The frames of raw rows, folded by grouping them; checked against the contract."""
    answers = raw.responses.merge(raw.collections, on="collection")
    counts, moments, series = [], [], []
    for key, chosen in answers.groupby("instrument"):
        wide = _wide(chosen, instruments[key])
        counts.append(_item_counts(wide, instruments[key]))
        if not instruments[key].scales:
            continue
        moments.append(_scale_moments(wide, instruments[key]))
        series.append(_series(wide, instruments[key]))
    affected = raw.affected.rename(columns={"people": "affected"})
    took_part = raw.participation.groupby(["project", "phase", "group"], as_index=False)["people"]
    participation = took_part.sum().rename(columns={"people": "n"})
    participation = participation.merge(affected, on=["project", "group"], how="outer")
    participation = participation.fillna({"phase": "P0", "n": 0, "affected": -1})
    proposals = raw.proposals.groupby(["project", "area"], as_index=False).agg(
        n=("taken_up", "size"), taken_up=("taken_up", "sum")
    )
    return Frames.of(
        respondents=_respondents(raw),
        item_counts=pd.concat(counts, ignore_index=True),
        scale_moments=pd.concat(moments, ignore_index=True),
        paired_moments=_paired_moments(answers, instruments),
        participation=participation.astype({"n": int, "affected": int}),
        proposals=proposals.astype({"n": int, "taken_up": int}),
        nodes=raw.nodes,
        area_tree=raw.area_tree,
        **{name: pd.concat([each[name] for each in series], ignore_index=True) for name in SERIES},
    ).validated()


#: The frames of items and of people who are followed.
SERIES = (
    "scale_products", "item_bands", "item_languages", "split_halves", "timing",
    "paired_differences", "paired_choices", "retention",
)  # fmt: skip


def _series(wide: pd.DataFrame, instrument: Instrument) -> dict[str, pd.DataFrame]:
    """Halves, dates and languages are drawn from the link key and the row: any rule is as good as
    another."""
    spoken = wide.assign(language=np.where(np.arange(len(wide)) % 3, "fi", "sv"))
    long = raw_series.scored(wide, instrument)
    half = long["link_key"].fillna("").map(lambda key: sum(map(ord, key)) % 2).astype(int)
    halved = long.assign(half=half, late=np.arange(len(long)) % 2)
    given = {
        "scale_products": raw_series.products(wide, instrument),
        "item_bands": raw_series.bands(wide, instrument),
        "item_languages": raw_series.bands(spoken, instrument, "language"),
        "split_halves": raw_series.moments(
            halved, [*raw_series.WAVE, "half"], instrument.score_unit
        ),
        "timing": raw_series.moments(halved, [*raw_series.WAVE, "late"], instrument.score_unit),
        "paired_differences": raw_series.differences(wide, instrument),
        "paired_choices": raw_series.choices(wide, instrument),
        "retention": raw_series.retention(wide, instrument),
    }
    return {name: typed(frame, schema_of(name)) for name, frame in given.items()}


def typed(frame: pd.DataFrame, schema: pa.DataFrameSchema) -> pd.DataFrame:
    """The columns of a schema, in its order and with its types."""
    kinds = {name: str(column.dtype) for name, column in schema.columns.items()}
    return frame[list(kinds)].astype(kinds)


def _wide(answers: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    """One row a response: its atom, link key, and one column an item (-3: not answered)."""
    items = [item.code for item in instrument.closed_items]
    codes = [[given.get(item, -3) for item in items] for given in answers["answers"]]
    wide = pd.DataFrame(codes, columns=items, index=answers.index, dtype=int)
    return pd.concat([answers[[*ATOM, "link_key"]], wide], axis=1)


def _item_counts(wide: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    items = [item.code for item in instrument.closed_items]
    long = wide.melt(ATOM, items, var_name="item", value_name="code")
    return (
        long.groupby([*ATOM, "item", "code"], as_index=False)
        .size()
        .rename(columns={"size": "n"})
        .astype({"item": str})
    )


def _scores(wide: pd.DataFrame, instrument: Instrument, keys: list[str]) -> pd.DataFrame:
    """One row a response and scale that is scored: keys, scale, x (whole units)."""
    scores = score(wide, instrument).astype("Int64")
    scales = [rule.code for rule in score_rules(instrument)]
    long = pd.concat([wide[keys], scores], axis=1).melt(
        keys, scales, var_name="scale", value_name="x"
    )
    return long[long["x"].notna()].astype({"x": int, "scale": str})


def _summed(long: pd.DataFrame, keys: list[str], unit: int) -> pd.DataFrame:
    long = long.assign(squares=long["x"] ** 2)
    moments = long.groupby([*keys, "scale"], as_index=False).agg(
        n=("x", "size"), total=("x", "sum"), squares=("squares", "sum")
    )
    return moments.assign(unit=unit)


def _scale_moments(wide: pd.DataFrame, instrument: Instrument) -> pd.DataFrame:
    return _summed(_scores(wide, instrument, ATOM), ATOM, instrument.score_unit)


def _paired_moments(answers: pd.DataFrame, instruments: dict[str, Instrument]) -> pd.DataFrame:
    """Differences of people joined by key; of several phases of a wave the whole or the last."""
    found = []
    for key, chosen in answers[answers["link_key"].notna()].groupby("instrument"):
        instrument = instruments[key]
        if not instrument.scales:
            continue
        chosen = chosen.assign(rank=chosen["phase"].replace("P0", "P9")).sort_values("rank")
        chosen = chosen.drop_duplicates(["project", "wave", "link_key"], keep="last")
        long = _scores(_wide(chosen, instrument), instrument, [*ATOM, "link_key"])
        for earlier, later in (("baseline", "end"), ("baseline", "follow_up"), ("during", "end")):
            person = ["project", "link_key", "scale"]
            before = long[long["wave"] == earlier][[*person, "x"]]
            both = long[long["wave"] == later].merge(before, on=person, suffixes=("", "_before"))
            both = both.assign(x=both["x"] - both["x_before"], earlier=earlier)
            keys = ["project", "instrument", "earlier", "wave", "group"]
            found.append(_summed(both, keys, instrument.score_unit))
    return pd.concat(found, ignore_index=True)


def _respondents(raw: Raw) -> pd.DataFrame:
    answered = raw.responses.groupby(["collection", "group"]).size().rename("n").reset_index()
    invited = pd.DataFrame(
        [
            (number, group, people)
            for number, known in zip(
                raw.collections["collection"], raw.collections["invited"], strict=True
            )
            for group, people in known.items()
        ],
        columns=["collection", "group", "invited"],
    )
    both = answered.merge(invited, on=["collection", "group"], how="outer")
    both = both.fillna({"n": 0, "invited": -1}).astype({"n": int, "invited": int})
    placed = both.merge(raw.collections.drop(columns="invited"), on="collection")
    return placed[[*ATOM, "n", "invited"]]
