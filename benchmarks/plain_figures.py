"""Figures as an analyst would compute them: one frame of rows, loops, a library call a figure."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pandas as pd
import statsmodels.api as sm
import statsmodels.formula.api as smf
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.proportion import proportion_confint

from benchmarks import generate

KEYS = ["part", "level", "entity", "wave", "split", "split_value"]
VALUES = ["value", "low", "high", "p"]
NAN = float("nan")
ASKED = generate.instrument()
SCALES = [scale for scale in ASKED.scales if scale.items]
LEVELS = [*(scale.code for scale in SCALES), "OVERALL"]
AGREES = [item.code for item in ASKED.closed_items if item.answers == "agree"]
PORTFOLIO = ("portfolio", 0)
Rows = Iterator[tuple]


def read(extract: Path) -> pd.DataFrame:
    """One row a response: project, wave, group, valid answers, turned items, scores."""
    rows = pd.read_parquet(extract)
    rows["project"] = (rows["collection"] - 1) // len(generate.WAVES) + 1
    rows["wave"] = np.array(generate.WAVES)[(rows["collection"] - 1) % len(generate.WAVES)]
    for item in ASKED.closed_items:
        code = rows[item.code].astype(float)
        rows[item.code] = code.where(code >= 0)
        if item.reversed:
            rows[f"{item.code} turned"] = 6 - rows[item.code]
    for scale in SCALES:
        items = rows[turned(scale)]
        points = (items.mean(axis=1) - 1) / 4 * 100
        rows[scale.code] = points.where(items.notna().sum(axis=1) >= scale.required)
    parts = rows[[scale.code for scale in SCALES]]
    whole = next(scale for scale in ASKED.scales if scale.code == "OVERALL")
    rows["OVERALL"] = parts.mean(axis=1).where(parts.notna().sum(axis=1) >= whole.required)
    return rows


def turned(scale) -> list[str]:
    """The columns of a scale's items, reversed ones turned."""
    reversed_ = {item.code for item in ASKED.closed_items if item.reversed}
    return [f"{item} turned" if item in reversed_ else item for item in scale.items]


def cells(rows: pd.DataFrame) -> Iterator[tuple[tuple, pd.DataFrame]]:
    """Every wave of everybody and of every group, with what it is of."""
    for wave, chosen in rows.groupby("wave"):
        yield (wave, "total", ""), chosen
        for group, own in chosen.groupby("group"):
            yield (wave, "group", group), own


def entities(rows: pd.DataFrame) -> Iterator[tuple[tuple, pd.DataFrame]]:
    """Every project and the portfolio."""
    for project, own in rows.groupby("project"):
        yield ("project", project), own
    yield PORTFOLIO, rows


def t_interval(values: np.ndarray, low: float, high: float) -> tuple[float, float, float]:
    middle, error = values.mean(), stats.sem(values) if len(values) > 1 else NAN
    if not error > 0:
        return middle, NAN, NAN
    ends = stats.t.interval(0.95, len(values) - 1, loc=middle, scale=error)
    return middle, max(ends[0], low), min(ends[1], high)


def clustered(values: pd.Series, projects: pd.Series, low: float, high: float) -> tuple:
    """A mean of people with projects as clusters."""
    fit = sm.OLS(values.to_numpy(), np.ones(len(values))).fit(
        cov_type="cluster", cov_kwds={"groups": projects.to_numpy()}, use_t=True
    )
    ((lower, upper),) = fit.conf_int()
    return fit.params[0], max(lower, low), min(upper, high)


def process_quality(rows: pd.DataFrame) -> Rows:
    for entity, own in entities(rows):
        for key, cell in cells(own):
            for part in LEVELS:
                scored = cell[[part, "project"]].dropna()
                if entity == PORTFOLIO:
                    values = scored.groupby("project")[part].mean().to_numpy()
                else:
                    values = scored[part].to_numpy()
                if len(values):
                    yield part, *entity, *key, *t_interval(values, 0, 100), NAN


def shares(item: str, threshold: int = 4) -> Callable[[pd.DataFrame], Rows]:
    def figures(rows: pd.DataFrame) -> Rows:
        for entity, own in entities(rows):
            for key, cell in cells(own):
                valid = cell[[item, "project"]].dropna()
                yes = valid[item] >= threshold
                if entity == PORTFOLIO:
                    yield (
                        "",
                        *entity,
                        *key,
                        *clustered(yes.astype(float), valid["project"], 0, 1),
                        NAN,
                    )
                elif len(valid):
                    ends = proportion_confint(yes.sum(), len(valid), method="wilson")
                    yield "", *entity, *key, yes.mean(), *ends, NAN

    return figures


def recommendation(rows: pd.DataFrame) -> Rows:
    for entity, own in entities(rows):
        for key, cell in cells(own):
            valid = cell[["NPS", "project"]].dropna()
            points = 100.0 * ((valid["NPS"] >= 9).astype(int) - (valid["NPS"] <= 6).astype(int))
            if entity == PORTFOLIO:
                yield "NPS", *entity, *key, *clustered(points, valid["project"], -100, 100), NAN
            elif len(valid):
                half = stats.norm.ppf(0.975) * points.std(ddof=0) / np.sqrt(len(points))
                middle = points.mean()
                ends = (max(middle - half, -100), min(middle + half, 100)) if half else (NAN, NAN)
                yield "NPS", *entity, *key, middle, *ends, NAN


def response_rate(rows: pd.DataFrame) -> Rows:
    each = len(generate.WAVES) * len(generate.GROUPS)
    invited = 2 * len(rows) // (rows["project"].nunique() * each) + 1
    for entity, own in entities(rows):
        for key, cell in cells(own):
            asked = invited * (1 if key[1] == "group" else len(generate.GROUPS))
            answered = cell.groupby("project").size()
            if entity == PORTFOLIO:
                # All projects invited as many, so the ratio is the mean of their shares; of counts,
                # because of equal shares numpy's deviation is not exactly 0.
                people = answered.reindex(rows["project"].unique(), fill_value=0).to_numpy()
                found = t_interval(people, 0, asked)
                yield "", *entity, *key, *(each / asked for each in found), NAN
            else:
                ends = proportion_confint(len(cell), asked, method="wilson")
                yield "", *entity, *key, len(cell) / asked, *ends, NAN


def scale_alpha(rows: pd.DataFrame) -> Rows:
    for entity, own in entities(rows):
        for wave, cell in own.groupby("wave"):
            for scale in SCALES:
                complete = cell[[*turned(scale), "project"]].dropna()
                items = complete[turned(scale)]
                projects = complete["project"]
                # Differences between projects are no consistency.
                within = items - items.groupby(projects).transform("mean")
                freedom = len(items) - projects.nunique()
                if freedom < 29:
                    continue
                covariance = within.T.to_numpy() @ within.to_numpy() / freedom
                many = len(scale.items)
                alpha = many / (many - 1) * (1 - np.trace(covariance) / covariance.sum())
                ends = [
                    1 - (1 - alpha) * stats.f.ppf(q, freedom, freedom * (many - 1))
                    for q in (0.975, 0.025)
                ]
                yield scale.code, *entity, wave, "total", "", alpha, *ends, NAN


def icc(rows: pd.DataFrame) -> Rows:
    for wave, cell in rows.groupby("wave"):
        for part in LEVELS:
            scored = cell[[part, "project"]].dropna()
            projects = [own.to_numpy() for _, own in scored.groupby("project")[part]]
            f = stats.f_oneway(*projects).statistic
            sizes = np.array([len(own) for own in projects])
            n, many = sizes.sum(), len(sizes)
            typical = (n - (sizes**2).sum() / n) / (many - 1)
            upper = f / stats.f.ppf(0.025, many - 1, n - many)
            lower = f / stats.f.ppf(0.975, many - 1, n - many)
            found = [(x - 1) / (x + typical - 1) for x in (f, lower, upper)]
            yield part, *PORTFOLIO, wave, "total", "", *found, NAN


def random_intercept(rows: pd.DataFrame) -> Rows:
    """Where statsmodels finds an optimum; elsewhere it warns, and its numbers are of no use."""
    for wave, cell in rows.groupby("wave"):
        for part in LEVELS:
            scored = cell[[part, "project"]].dropna()
            fit = smf.mixedlm(f"{part} ~ 1", scored, groups=scored["project"]).fit(reml=True)
            if not fit.converged or fit.cov_re.iloc[0, 0] <= 0:
                continue
            middle, error = fit.fe_params.iloc[0], fit.bse_fe.iloc[0]
            half = stats.t.ppf(0.975, scored["project"].nunique() - 1) * error
            yield part, *PORTFOLIO, wave, "total", "", middle, middle - half, middle + half, NAN


def pairs(rows: pd.DataFrame, columns: list[str]) -> Iterator[tuple[str, pd.DataFrame]]:
    """Who answered the first wave and a later one, with the group that they named later."""
    linked = rows[rows["link_key"].notna()]
    first, *later = generate.WAVES
    before = linked.loc[linked["wave"] == first, ["project", "link_key", *columns]]
    for wave in later:
        after = linked.loc[linked["wave"] == wave, ["project", "link_key", "group", *columns]]
        yield wave, after.merge(before, on=["project", "link_key"], suffixes=("", " before"))


def paired_change(rows: pd.DataFrame) -> Rows:
    for wave, both in pairs(rows, LEVELS):
        for entity, own in entities(both.assign(wave=wave)):
            for key, cell in cells(own):
                for part in LEVELS:
                    change = (cell[part] - cell[f"{part} before"]).dropna()
                    values = change.to_numpy()
                    if entity == PORTFOLIO:
                        means = change.groupby(cell["project"]).agg(["mean", "size"])
                        means = means[means["size"] >= 2]
                        enough, values = means["size"].sum() >= 10, means["mean"].to_numpy()
                    else:
                        enough = len(values) >= 10
                    if enough:
                        yield part, *entity, *key, *t_interval(values, -100, 100), NAN


def change_share(rows: pd.DataFrame) -> Rows:
    for wave, both in pairs(rows, AGREES):
        for entity, own in entities(both):
            for item in AGREES:
                valid = own[[item, f"{item} before", "project"]].dropna()
                if len(valid) < 10:
                    continue
                after, before = valid[item] >= 4, valid[f"{item} before"] >= 4
                gained, lost = (after & ~before), (before & ~after)
                change = 100.0 * (gained.astype(int) - lost.astype(int))
                key = (item, *entity, wave, "total", "")
                if entity == PORTFOLIO:
                    yield *key, *clustered(change, valid["project"], -100, 100), NAN
                    continue
                table = pd.crosstab(before, after).reindex(
                    index=[False, True], columns=[False, True], fill_value=0
                )
                crossed = gained.sum() + lost.sum()
                test = mcnemar(table, exact=crossed < 25, correction=False)
                yield *key, change.mean(), NAN, NAN, test.pvalue if crossed else NAN


METRICS: dict[str, Callable[[pd.DataFrame], Rows]] = {
    "process_quality": process_quality,
    "benefit_share": shares("BEN"),
    "drawback_share": shares("HARM"),
    "recommendation": recommendation,
    "response_rate": response_rate,
    "scale_alpha": scale_alpha,
    "icc": icc,
    "random_intercept": random_intercept,
    "paired_change": paired_change,
    "change_share": change_share,
}
