"""Every first metric computed again from raw rows, slowly and plainly, as a check on the fast way.

Nothing here comes from the metrics: scoring, breakdowns, pooling and intervals are written out
once more in pandas with loops, from the definitions alone.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import pandas as pd

from survey.instrument import Instrument
from tests.metrics.slow_estimators import (
    KEYS,
    NAN,
    Shown,
    Z,
    around,
    figures,
    mean_of_means,
    moments,
    ratio,
    share,
    variance,
)
from tests.metrics.slow_records import participation_figures, proposal_figures, response_rates


def twin(
    responses: pd.DataFrame,
    collections: pd.DataFrame,
    nodes: pd.DataFrame,
    participation: pd.DataFrame,
    affected: pd.DataFrame,
    proposals: pd.DataFrame,
    area_tree: pd.DataFrame,
    instruments: dict[str, Instrument],
    shown: set[tuple] | None = None,
) -> pd.DataFrame:
    """Every figure that has a value, before the disclosure gate.

    shown: the project cells that figures above projects are made of (as published: only those that
    may be shown), as `slow_estimators.shown` says; all of them when not given.

    responses: collection, group, link_key (None: not linked), answers (dict of item to code; an
    unanswered item is absent). collections: collection, project, instrument, wave, phase, invited
    (dict of group to number; a group whose number is not known is absent). nodes: level, entity,
    project. participation: project, phase, group, people, one row an event and group. affected:
    project, group, people. proposals: project (0: none), area (0: none), taken_up (bool), one row
    a proposal. area_tree: area, ancestor, each area its own ancestor too.

    Shape: metric, KEYS, value, low, high, n; undefined ends of intervals are NaN. benefit_minimum
    has one row for every group (the part): a published one must be among them.
    """
    nodes = nodes.copy()
    nodes.attrs["shown"] = None if shown is None else Shown(shown)
    answers = responses.merge(collections, on="collection")
    scored = scored_rows(answers, instruments)
    tables = [
        *_score_figures(scored, nodes, instruments),
        *_item_figures(answers, nodes, instruments),
        *_change_figures(scored, nodes, instruments),
        response_rates(responses, collections, nodes),
        *participation_figures(participation, affected, nodes),
        proposal_figures(proposals, nodes, area_tree),
    ]
    everything = pd.concat([t for t in tables if len(t)], ignore_index=True)
    least = everything[
        (everything["metric"] == "benefit_share")
        & (everything["split"] == "group")
        & (everything["split_value"] != "UNK")
    ]
    least = least.assign(
        metric="benefit_minimum", part=least["split_value"], split="total", split_value=""
    )
    everything = pd.concat([everything, least], ignore_index=True)
    return everything[everything["value"].notna()][["metric", *KEYS, "value", "low", "high", "n"]]


# --- scoring ------------------------------------------------------------------------------------


def points(answers: dict[str, int], instrument: Instrument) -> dict[str, float]:
    """The scores of one person on 0-100; a scale with too few answers is absent.

    A composite is rounded, half up, to the instrument's unit, as its definition says.
    """
    unit = instrument.score_unit
    scores: dict[str, float] = {}
    for scale in instrument.scales:
        if scale.items:
            given = []
            for code in scale.items:
                answer, offered = answers.get(code, -3), instrument.answers_of(code)
                if answer >= 0:
                    place = (answer - offered.low) / (offered.high - offered.low)
                    given.append(1 - place if instrument.item(code).reversed else place)
            if len(given) >= scale.required:
                scores[scale.code] = sum(given) / len(given)
            continue
        members = [scores[code] for code in scale.scales if code in scores]
        if len(members) >= scale.required and scale.combine == "both":
            scores[scale.code] = float(min(members) >= scale.threshold / 100 - 1e-12)
        elif len(members) >= scale.required:
            combined = (
                math.sqrt(members[0] * members[1])
                if scale.combine == "geometric"
                else sum(members) / len(members)
            )
            # A billionth of a unit more, so that a half stays one whatever the floats lost.
            scores[scale.code] = math.floor(combined * unit + 0.5 + 1e-6) / unit
    return {code: 100 * score for code, score in scores.items()}


def scored_rows(answers: pd.DataFrame, instruments: dict[str, Instrument]) -> pd.DataFrame:
    """One row a person and scale: project, instrument, wave, phase, group, link_key, part, x."""
    columns = ["project", "instrument", "wave", "phase", "group", "link_key"]
    rows = [
        (*place, part, x)
        for *place, given in answers[[*columns, "answers"]].itertuples(index=False, name=None)
        for part, x in points(given, instruments[place[1]]).items()
    ]
    return pd.DataFrame(rows, columns=[*columns, "part", "x"])


# --- metrics from answers -----------------------------------------------------------------------


def _score_figures(
    scored: pd.DataFrame, nodes: pd.DataFrame, instruments: dict[str, Instrument]
) -> Iterator[pd.DataFrame]:
    def judged(projects: list[tuple]) -> tuple[float, float, float, float]:
        return mean_of_means(projects, 0.0, 100.0)

    def everybody(rows: pd.DataFrame) -> tuple[int, int, int]:
        return int((rows["x"] > 0).sum()), len(rows), len(rows)

    balanced = scored[_all_or_nothing(scored, instruments)]
    yield figures("balanced_leadership", balanced, nodes, everybody, share)
    scored = scored.drop(balanced.index)
    for metric, kind in (("process_quality", "process"), ("outcome_score", "outcome")):
        chosen = scored[[instruments[key].kind == kind for key in scored["instrument"]]]
        yield figures(metric, chosen, nodes, moments, judged)


def _all_or_nothing(scored: pd.DataFrame, instruments: dict[str, Instrument]) -> list[bool]:
    """Which rows are of a scale that says whether both of two others are high enough."""
    pairs = zip(scored["instrument"], scored["part"], strict=True)
    return [instruments[key].scale(part).combine == "both" for key, part in pairs]


def _asked(answers: pd.DataFrame, instruments: dict[str, Instrument]) -> pd.DataFrame:
    """One row a person and closed item that was answered in any way."""
    columns = ["project", "instrument", "wave", "phase", "group"]
    rows = [
        (*place, person, item.code, given[item.code])
        for person, (*place, given) in enumerate(
            answers[[*columns, "answers"]].itertuples(index=False, name=None)
        )
        for item in instruments[place[1]].closed_items
        if item.code in given
    ]
    return pd.DataFrame(rows, columns=[*columns, "person", "item", "code"])


def _item_figures(
    answers: pd.DataFrame, nodes: pd.DataFrame, instruments: dict[str, Instrument]
) -> Iterator[pd.DataFrame]:
    asked = _asked(answers, instruments)

    def of(test: Callable[[Instrument, str], bool]) -> pd.DataFrame:
        pairs = zip(asked["instrument"], asked["item"], strict=True)
        return asked[[test(instruments[key], item) for key, item in pairs]]

    def offered(row: tuple[str, str]):
        return instruments[row[0]].answers_of(row[1])

    def with_part(rows: pd.DataFrame, test: Callable[[Instrument, str], bool]) -> pd.DataFrame:
        """The part is "" where a questionnaire has one such item."""
        alone = {
            key: sum(test(instrument, item.code) for item in instrument.closed_items) == 1
            for key, instrument in instruments.items()
        }
        pairs = zip(rows["instrument"], rows["item"], strict=True)
        return rows.assign(part=["" if alone[key] else item for key, item in pairs])

    def one_answer(rows: pd.DataFrame) -> tuple[int, int, int]:
        return int(rows["yes"].sum()), len(rows), len(rows)

    for metric, role in (("benefit_share", "benefit"), ("drawback_share", "drawback")):

        def has_role(instrument: Instrument, item: str, role: str = role) -> bool:
            return instrument.item(item).role == role

        rows = of(has_role)
        rows = with_part(rows[rows["code"] >= 0], has_role)
        lines = [offered(r).threshold for r in zip(rows["instrument"], rows["item"], strict=True)]
        yield figures(metric, rows.assign(yes=rows["code"] >= lines), nodes, one_answer, share)

    rows = of(lambda instrument, item: instrument.answers_of(item).kind == "bipolar")
    rows = rows[rows["code"] >= 0]
    best = [offered(r).best for r in zip(rows["instrument"], rows["item"], strict=True)]
    rows = rows.assign(part=rows["item"], yes=rows["code"] == best)
    yield figures("right_amount", rows, nodes, one_answer, share)

    rows = of(lambda instrument, item: instrument.answers_of(item).kind == "recommendation")
    rows = rows[rows["code"] >= 0]
    rows = rows.assign(part=rows["item"])
    yield figures("recommendation", rows, nodes, _marks, _recommendation)

    rows = of(lambda instrument, item: instrument.answers_of(item).dont_know is not None)
    rows = rows[(rows["code"] >= 0) | (rows["code"] == -1)]
    rows = rows.assign(part="", yes=rows["code"] == -1, wave_asked=rows["wave"])
    yield figures("dont_know_rate", rows, nodes, _answers_and_people, share)


def _marks(rows: pd.DataFrame) -> tuple[int, int, int]:
    """Promoters, detractors and everybody."""
    return int((rows["code"] >= 9).sum()), int((rows["code"] <= 6).sum()), len(rows)


def _recommendation(projects: list[tuple]) -> tuple[float, float, float, float]:
    n = sum(many for *_, many in projects)
    if len(projects) == 1:
        ((up, down, _),) = projects
        middle = 100 * (up - down) / n
        # Every promoter is 1, every detractor -1: the mean square less the squared mean.
        spread = (up + down) / n - ((up - down) / n) ** 2
        if max(up, down, n - up - down) == n:
            return middle, NAN, NAN, n
        half = 100 * Z * math.sqrt(spread / n)
        return middle, max(middle - half, -100.0), min(middle + half, 100.0), n
    gaps = [up - down for up, down, _ in projects]
    value, low, high = ratio(gaps, [many for *_, many in projects], -1.0, 1.0)
    return 100 * value, 100 * low, 100 * high, n


def _answers_and_people(rows: pd.DataFrame) -> tuple[int, int, int]:
    """Don't-know answers, all answers, and at least how many people gave them in each cell."""
    cells = rows.groupby(["wave_asked", "phase", "group", "item"]).size()
    people = int(cells.groupby(level=[0, 1, 2]).max().sum())
    return int(rows["yes"].sum()), len(rows), people


# --- changes ------------------------------------------------------------------------------------


def _change_figures(
    scored: pd.DataFrame, nodes: pd.DataFrame, instruments: dict[str, Instrument]
) -> Iterator[pd.DataFrame]:
    scored = scored[[not whole for whole in _all_or_nothing(scored, instruments)]]
    process = scored[[instruments[key].kind == "process" for key in scored["instrument"]]]
    process = process[process["wave"].isin(["during", "end"])]
    process = process.assign(when=process["wave"], wave="end").drop(columns="phase")
    yield figures("process_change", process, nodes, _two_waves, welch)

    outcome = scored[[instruments[key].kind == "outcome" for key in scored["instrument"]]]
    outcome = outcome[outcome["link_key"].notna()]
    # Who answered several phases of a wave counts once: the whole process, or the latest phase.
    order = outcome["phase"].map(lambda phase: "P9" if phase == "P0" else phase)
    outcome = outcome.assign(order=order)
    person = ["project", "instrument", "wave", "link_key"]
    outcome = outcome[outcome["order"] == outcome.groupby(person)["order"].transform("max")]
    same = ["project", "instrument", "link_key", "part"]
    before = outcome[outcome["wave"] == "baseline"][[*same, "x"]]
    after = outcome[outcome["wave"].isin(["end", "follow_up"])]
    pairs = after.merge(before, on=same, suffixes=("", "_before"))
    pairs = pairs.assign(x=pairs["x"] - pairs["x_before"]).drop(columns="phase")
    yield figures("paired_change", pairs, nodes, moments, _paired)


def _two_waves(rows: pd.DataFrame) -> tuple | None:
    """The moments of both waves; None where one of them has no answers."""
    before, after = (rows[rows["when"] == wave] for wave in ("during", "end"))
    return (moments(before), moments(after)) if len(before) and len(after) else None


def welch(projects: list[tuple]) -> tuple[float, float, float, float]:
    n = sum(min(before[0], after[0]) for before, after in projects)
    changes = [after[1] - before[1] for before, after in projects]
    if len(projects) > 1:
        many = len(changes)
        spread = variance(changes) / many
        return *around(sum(changes) / many, spread, many - 1, -100.0, 100.0), n
    ((before, after),) = projects
    if min(before[0], after[0]) < 2:
        return changes[0], NAN, NAN, n
    first, second = before[2] / before[0], after[2] / after[0]
    if first + second == 0:
        return changes[0], NAN, NAN, n
    freedom = (first + second) ** 2 / (first**2 / (before[0] - 1) + second**2 / (after[0] - 1))
    return *around(changes[0], first + second, freedom, -100.0, 100.0), n


def _paired(projects: list[tuple]) -> tuple[float, float, float, float]:
    pooled = [moments for moments in projects if moments[0] >= 2]
    pairs = sum(n for n, _, _ in pooled)
    return mean_of_means(pooled, -100.0, 100.0) if pairs >= 10 else (NAN, NAN, NAN, pairs)
