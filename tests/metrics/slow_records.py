"""The slow twin's metrics that come from records: invitations, participations, proposals."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from tests.metrics.slow_estimators import KEYS, NAN, figures, share, shown, wilson


def response_rates(
    responses: pd.DataFrame, collections: pd.DataFrame, nodes: pd.DataFrame
) -> pd.DataFrame:
    counted = responses.groupby(["collection", "group"]).size()
    rows = []
    for one in collections.itertuples(index=False):
        answered = counted[one.collection] if one.collection in counted.index.levels[0] else {}
        for group in sorted(set(answered.keys()) | set(one.invited)):
            place = (one.project, one.instrument, "", one.wave, one.phase)
            rows.append((*place, group, answered.get(group, 0), one.invited.get(group)))
    columns = ["project", "instrument", "part", "wave", "phase", "named", "n", "invited"]
    table = pd.DataFrame(rows, columns=columns)
    table["group"] = table["named"].where(table["named"] != "UNK", "")

    def judged(projects: list[tuple]) -> tuple[float, float, float, float]:
        return *share(projects)[:3], sum(answered for answered, _, _ in projects)

    return figures("response_rate", table, nodes, _invited, judged)


def _invited(one: pd.DataFrame) -> tuple[int, int, int] | None:
    """Respondents and invited of a project, or None where nobody knows whom they are out of."""
    known = one["invited"].notna()
    ungrouped = (known & (one["named"] == "UNK")).any()
    gap = (~known & (one["named"] != "UNK") & (one["n"] > 0)).any()
    n, invited = int(one["n"].sum()), int(one["invited"].fillna(0).sum())
    if not known.any() or (gap and not ungrouped) or invited == 0 or n > invited:
        return None
    return n, invited, invited


def participation_figures(
    participation: pd.DataFrame, affected: pd.DataFrame, nodes: pd.DataFrame
) -> Iterator[pd.DataFrame]:
    recorded = participation["project"].unique()
    absent = affected[affected["project"].isin(recorded)]
    rows = pd.concat(
        [participation, absent[["project", "group"]].assign(phase="P0", people=0)],
        ignore_index=True,
    ).assign(instrument="", part="", wave="all")

    def counted(projects: list[tuple]) -> tuple[float, float, float, float]:
        people = float(sum(people for (people,) in projects))
        return people, NAN, NAN, people

    def people(one: pd.DataFrame) -> tuple[int]:
        return (int(one["people"].sum()),)

    yield figures("participation", rows, nodes, people, counted)
    size = affected.set_index(["project", "group"])["people"].to_dict()
    found = []
    for (level, entity), members in nodes.groupby(["level", "entity"]):
        chosen = rows[rows["project"].isin(members["project"]) & (rows["group"] != "UNK")]
        if level != "project" and (allowed := shown(nodes)) is not None:
            cell = ("participation", "", "", "all", "group")
            pairs = zip(chosen["group"], chosen["project"], strict=True)
            chosen = chosen[[(*cell, group, project) in allowed for group, project in pairs]]
        value, people = _overlap(chosen, size)
        found.append(
            (
                "representativeness",
                "",
                "",
                level,
                entity,
                "all",
                "total",
                "",
                value,
                NAN,
                NAN,
                people,
            )
        )
    yield pd.DataFrame(found, columns=["metric", *KEYS, "value", "low", "high", "n"])


def _overlap(rows: pd.DataFrame, size: dict[tuple[int, str], int]) -> tuple[float, float]:
    """1 - half the differences between the shares of groups whose population is known."""
    took_part, concerned = {}, {}
    for group, chosen in rows.groupby("group"):
        there = chosen.groupby("project")["people"].sum()
        known = [project for project in there.index if (project, group) in size]
        gaps = [project for project in there.index if project not in known and there[project] > 0]
        if known and gaps:
            return NAN, 0
        if known:
            took_part[group] = float(there.sum())
            concerned[group] = float(sum(size[project, group] for project in known))
    people, population = sum(took_part.values()), sum(concerned.values())
    if len(took_part) < 2 or people == 0 or population == 0:
        return NAN, 0
    apart = sum(abs(took_part[g] / people - concerned[g] / population) for g in took_part)
    return 1 - apart / 2, people


def proposal_figures(
    proposals: pd.DataFrame, nodes: pd.DataFrame, area_tree: pd.DataFrame
) -> pd.DataFrame:
    entities = set(nodes[["level", "entity"]].itertuples(index=False, name=None))
    entities |= {("area", ancestor) for ancestor in area_tree["ancestor"]} | {("portfolio", 0)}
    found = []
    for level, entity in sorted(entities):
        members = nodes[(nodes["level"] == level) & (nodes["entity"] == entity)]["project"]
        chosen = proposals["project"].isin(members)
        free = proposals["project"] == 0
        if level == "portfolio":
            chosen |= free
        if level == "area":
            below = area_tree.loc[area_tree["ancestor"] == entity, "area"]
            chosen |= free & proposals["area"].isin(below)
        if chosen.any():
            taken = proposals.loc[chosen, "taken_up"]
            figure = wilson(taken.sum(), len(taken))
            found.append(
                (
                    "proposals_taken_up",
                    "",
                    "",
                    level,
                    entity,
                    "all",
                    "total",
                    "",
                    *figure,
                    len(taken),
                )
            )
    return pd.DataFrame(found, columns=["metric", *KEYS, "value", "low", "high", "n"])
