"""Every metric there is, found by walking the two folders. Adding one touches one file."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from types import ModuleType

from metrics import outcomes, process
from metrics.metric import ANSWER_FRAMES, Metric


class InvalidMetric(Exception):
    """A metric module breaks the contract; the message names the file and the rule."""


@cache
def catalog() -> dict[str, ModuleType]:
    """The module of every metric by its id: process before outcomes, then by id.

    Raises: InvalidMetric naming the module that does not say what a metric must say.
    """
    found: dict[str, ModuleType] = {}
    for package in (process, outcomes):
        for entry in sorted(pkgutil.iter_modules(package.__path__), key=lambda entry: entry.name):
            module = importlib.import_module(f"{package.__name__}.{entry.name}")
            _check(module)
            found[module.METRIC.id] = module
    return found


def metrics() -> dict[str, Metric]:
    """What every metric says of itself, by id, in the order of the catalog."""
    return {name: module.METRIC for name, module in catalog().items()}


@cache
def of_answers() -> frozenset[str]:
    """The ids of the metrics that change with answers, judged from them or read off such, and of
    what these are read off besides (a perception gap: of self-assessments)."""
    own = {name for name, metric in metrics().items() if metric.frame in ANSWER_FRAMES}
    read_off = {
        name: metric.frame.removeprefix("results:").split(",")
        for name, metric in metrics().items()
        if metric.frame.startswith("results:")
    }
    found = [{name, *sources} for name, sources in read_off.items() if own.intersection(sources)]
    return frozenset(own.union(*found))


def _check(module: ModuleType) -> None:
    metric = getattr(module, "METRIC", None)
    if not isinstance(metric, Metric):
        raise InvalidMetric(f"{module.__name__} has no METRIC; see metrics/evaluate.py")
    folder, name = module.__name__.split(".")[-2:]
    kind = {"process": "process", "outcomes": "outcome"}[folder]
    if metric.id != name:
        raise InvalidMetric(f"{module.__name__}: the id {metric.id!r} must be the file's name")
    if metric.kind != kind:
        raise InvalidMetric(f"{module.__name__}: the kind {metric.kind!r} must be its folder's")
    verb = "derive" if metric.frame.startswith("results:") else "compute"
    if not callable(getattr(module, verb, None)):
        raise InvalidMetric(f"{module.__name__}: frame {metric.frame!r} needs a function {verb}")
