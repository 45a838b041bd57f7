"""Random records of every kind for the projects of a small portfolio, as their frames."""

from __future__ import annotations

import numpy as np
import pandas as pd

from metrics.frames import schema_of
from metrics.metric import RECORD_FRAMES
from metrics.records import CASE_ENDS, OUTPUT_KINDS, STAGES
from metrics.requirements import REQUIRED
from metrics.stages import RATING_KINDS, RATING_STEPS
from survey.instrument import GROUPS

#: Names are drawn from so few that projects share people, organisations and places.
_NAMES = 40
_WORDS = {
    "group": GROUPS[:3],
    "sector": ("city", "company", "association"),
    "kind": OUTPUT_KINDS,
    "wave": ("baseline", "end"),
    "ended": ("", "", *CASE_ENDS),
    "channel": ("", "desk", "post", "form"),
    "office": ("", "attic", "hall", "yard"),
    "activity": ("open", "check", "ask", "close"),
}
#: What a record is one of; a second one with the same names would be the same record.
_ONE_OF = {
    "attendance": ["project", "group", "person"],
    "contributions": ["project", "session", "person"],
    "journeys": ["project", "person"],
    "firms": ["project", "organisation"],
    "organisations": ["project", "organisation"],
    "places": ["project", "place"],
    "rules": ["project"],
    "costs": ["project"],
    "roster": ["project", "wave", "organisation"],
    "ties": ["project", "wave", "source", "target"],
    "adoptions": ["project", "solution", "adopter"],
    "lineage": ["project", "child"],
}


def records(seed: int, projects: int, each: int = 12) -> dict[str, pd.DataFrame]:
    """Every record frame, about ``each`` rows a project; the last project has none of any kind."""
    rng = np.random.default_rng(seed)
    names = sorted(RECORD_FRAMES - {"assessments", "log_steps"})
    found = {name: _frame(name, rng, max(projects - 1, 0), each) for name in names}
    ties = found["ties"]
    found["ties"] = ties[ties["source"] != ties["target"]].reset_index(drop=True)
    found["cases"] = _staged(found["cases"], rng)
    found["log_steps"] = _logged(np.random.default_rng([seed, 2]), max(projects - 1, 0), each)
    found["assessments"] = _assessments(np.random.default_rng([seed, 1]), max(projects - 1, 0))
    return found


def _assessments(rng: np.random.Generator, projects: int) -> pd.DataFrame:
    """Half of everything that may be judged: by one to four raters alone, or together."""
    rows = [
        (project, phase, construct, kind, rng.integers(0, RATING_STEPS + 1, rng.integers(1, 5)))
        for project in range(1, projects + 1)
        for phase, each in REQUIRED.items()
        for construct in each.constructs
        for kind in RATING_KINDS
        if rng.random() < 0.5
    ]
    rows = [(*names, steps[:1] if names[-1] == "joint" else steps) for *names, steps in rows]
    table = pd.DataFrame(
        [(*names, len(steps), steps.sum(), (steps**2).sum()) for *names, steps in rows],
        columns=list(schema_of("assessments").columns),
    )
    kinds = dict.fromkeys(("phase", "construct", "kind"), "str")
    whole = {name: "int64" for name in table if name not in kinds}
    return schema_of("assessments").validate(table.astype(kinds | whole))


def _frame(name: str, rng: np.random.Generator, projects: int, each: int) -> pd.DataFrame:
    size = projects * each
    columns = {
        column: _column(name, column, kind, rng, size)
        for column, kind in schema_of(name).columns.items()
    }
    frame = pd.DataFrame(columns | {"project": np.repeat(np.arange(1, projects + 1), each)})
    frame = frame[list(schema_of(name).columns)]
    if name in _ONE_OF:
        frame = frame.drop_duplicates(_ONE_OF[name])
    return schema_of(name).validate(frame.reset_index(drop=True))


def _column(name: str, column: str, kind: object, rng: np.random.Generator, size: int):
    if column in _WORDS:
        return pd.array(rng.choice(list(_WORDS[column]), size), dtype="str")
    flags = {"answered", "reasoned", "decided", "adopted", "filled", "in_time", "made"}
    flags |= {"described", "tested", "sufficient", "new_product", "new_market", "followed", "sold"}
    flags |= {"embedded", "lasting", "priority"}
    if column in flags:
        return rng.integers(0, 2, size)
    ranges = {
        "stage": (0, len(STAGES)), "step": (0, 6), "year": (2022, 2026), "times": (1, 5),
        "area": (0, 4), "n": (0, 9), "cents": (0, 9_000_000), "session": (1, 5),
        "participants": (-1, 60), "pilots": (-1, 4), "days": (0, 900), "age": (0, 1500),
        "waited": (0, 400),
    }  # fmt: skip
    low, high = ranges.get(column, (1, _NAMES))
    return rng.integers(low, high, size)


def _logged(rng: np.random.Generator, projects: int, each: int) -> pd.DataFrame:
    """Cases of one to five events, in the first project too few of them; each of one channel."""
    names = ("activity", "office", "channel")
    rows = []
    for project in range(1, projects + 1):
        for case in range(5 if project == 1 else 3 * each):
            said, since = rng.choice(4, p=(0.1, 0.75, 0.05, 0.1)), 0
            for at in range(rng.integers(1, 6)):
                waited = -1 if at == 0 else int(rng.integers(0, 40 * 86_400_000))
                since += max(waited, 0)
                activity, office = rng.choice(4, 2, p=(0.03, 0.02, 0.35, 0.6))
                words = zip(names, (activity, office, said), strict=True)
                rows.append((project, case, waited, since, *(_WORDS[n][w] for n, w in words)))
    columns = ["project", "case", "waited", "since", *names]
    table = pd.DataFrame(rows, columns=columns)
    table["again"] = table.duplicated(["project", "case", "activity"]).astype("int64")
    kinds = dict.fromkeys(names, "str")
    whole = {name: "int64" for name in table if name not in kinds}
    typed = table.astype(kinds | whole)[list(schema_of("log_steps").columns)]
    return schema_of("log_steps").validate(typed)


def _staged(cases: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    """Cases whose days to each stage rise, up to the stage that they reached."""
    cases = cases.assign(case=np.arange(len(cases)))
    steps = np.cumsum(rng.integers(0, 120, (len(cases), len(STAGES) - 1)), axis=1)
    reached = np.arange(1, len(STAGES)) <= cases["stage"].to_numpy()[:, None]
    days = np.where(reached, steps, -1)
    cases = cases.assign(**{f"to_{stage}": days[:, at] for at, stage in enumerate(STAGES[1:])})
    ended = days.max(axis=1).clip(min=0) + rng.integers(0, 200, len(cases))
    return cases.assign(days=ended, age=ended + rng.integers(0, 300, len(cases)))
