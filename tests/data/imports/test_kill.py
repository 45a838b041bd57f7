"""An import that is killed leaves the database as it was, or has stored the whole file (T-09)."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from data import database
from data.access import operator
from data.imports.profile import profiles
from data.imports.run import store

KILLS, KILLS_BY_NIGHT = 50, 200


def test_killed_at_fifty_points(
    request: pytest.FixtureRequest, sqlite_template: Path, tmp_path: Path
) -> None:
    kills_wanted = KILLS_BY_NIGHT if request.config.getoption("--nightly") else KILLS
    template = tmp_path / "template.db"
    shutil.copyfile(sqlite_template, template)
    register = tmp_path / "register.csv"
    register.write_text("code,name\nA1,Puisto\n", encoding="utf-8")
    engine = database.connect(f"sqlite:///{template}")
    store(engine, profiles()["project_register"], register, operator())
    engine.dispose()  # the last connection folds the write-ahead log into the file
    answers = tmp_path / "answers.csv"
    lines = "".join(f"A1,end,RES,{n % 5 + 1},{n % 4 + 1}\n" for n in range(1500))
    answers.write_text(
        "project,wave,group,GOAL1,GOAL2\n" + lines + "Z9,end,RES,1,1\n", encoding="utf-8"
    )
    script = Path(__file__).with_name("killed_import.py")
    done = subprocess.run(
        [sys.executable, script, template, answers, str(kills_wanted)],
        capture_output=True,
        text=True,
        timeout=600,
    )
    assert done.returncode == 0, done.stderr
    kills = [json.loads(line) for line in done.stdout.splitlines()]
    assert len(kills) == kills_wanted
    assert {kill["state"] for kill in kills} <= {"before", "complete"}
    assert all(kill["retried"] is not False for kill in kills)
    # The test tells something only if it hit running imports, and saw both outcomes.
    assert sum(kill["running"] for kill in kills) > kills_wanted / 3
    assert "before" in {kill["state"] for kill in kills}
    assert any(kill["retried"] for kill in kills)
