"""Own indicators as a file: what comes in, and that a file comes in whole or not at all."""

from __future__ import annotations

import pytest
import sqlalchemy as sa

from data import database, schema
from data.access import NotPermitted
from data.imports.own_indicators import bring_indicators
from data.reporting import definitions
from data.reporting.definitions import RefusedIndicator
from metrics.indicators.catalogue import InvalidIndicator
from tests.data import reported
from tests.data.reported import EVALUATOR, MANAGER, ONE, OTHER, TWO, promised, read

FILE = (
    "period: own\nsource: Kaupunki\nunits:\n"
    "  neighbours: {label: {fi: naapuria, sv: grannar, en: neighbours}, whole: true}\n"
    "rules:\n  met: {fi: Kun tavattiin., sv: När man möttes., en: When they met.}\n"
    "indicators:\n"
    "- {code: ESPOO-1, kind: output, unit: neighbours, of_people: true, counting: additive,\n"
    "   when: met, label: {fi: Naapurit, sv: Grannar, en: Neighbours},\n"
    "   definition: {fi: Tavatut., sv: De som möttes., en: Those met.}}\n"
    "- {code: ESPOO-2, kind: output, unit: neighbours, of_people: true, counting: additive,\n"
    "   when: met, part_of: [ESPOO-1], label: {fi: Uudet, sv: Nya, en: New ones},\n"
    "   definition: {fi: Ensi kertaa., sv: Första gången., en: For the first time.}}\n"
)


@pytest.fixture
def world(sqlite_engine):
    return reported.fill(sqlite_engine)


def bring(engine, folder, text: str = FILE, user=MANAGER, **owner) -> list[str]:
    path = folder / "own.yaml"
    path.write_text(text, encoding="utf-8")
    return bring_indicators(engine, user, path, **(owner or {"project": "p1"}))


def stored(engine) -> int:
    with database.reading(engine) as connection:
        return connection.scalar(sa.select(sa.func.count()).select_from(schema.IndicatorVersion))


def test_a_file_of_own_indicators_is_offered_to_its_project_alone(world, tmp_path):
    assert bring(world, tmp_path) == ["ESPOO-1@1", "ESPOO-2@1"]
    assert read(world, definitions.offered, ONE)["ESPOO-1@1"].of_people
    assert "ESPOO-1@1" not in read(world, definitions.offered, TWO)
    assert promised(world, "ESPOO-2@1")
    # The same file again changes nothing; a version with other contents is refused.
    assert bring(world, tmp_path) == ["ESPOO-1@1", "ESPOO-2@1"]
    assert stored(world) == 2
    with pytest.raises(RefusedIndicator) as error:
        bring(world, tmp_path, FILE.replace("Tavatut.", "Kaikki."))
    assert error.value.code == "changed"


@pytest.mark.parametrize(
    ("was", "now", "code"),
    [("[ESPOO-1]", "[ESPOO-9]", "unknown_whole"), ("code: ESPOO-2", "code: RCO01", "common")],
)
def test_a_file_with_a_flaw_comes_in_not_at_all(world, tmp_path, was, now, code):
    with pytest.raises(RefusedIndicator) as error:
        bring(world, tmp_path, FILE.replace(was, now))
    assert error.value.code == code
    assert stored(world) == 0


def test_whose_it_is_and_whether_it_is_of_people_is_said(world, tmp_path):
    with pytest.raises(RefusedIndicator) as error:
        bring(world, tmp_path, project="p9")
    assert error.value.code == "no_owner"
    with pytest.raises(RefusedIndicator) as error:
        bring(world, tmp_path, user=EVALUATOR, project="p1", programme="p1")
    assert error.value.code == "no_owner"
    with pytest.raises(InvalidIndicator, match="ESPOO-1: say of_people"):
        bring(world, tmp_path, FILE.replace("of_people: true, ", "", 1))
    with pytest.raises(NotPermitted):
        bring(world, tmp_path, user=OTHER)
    assert stored(world) == 0
