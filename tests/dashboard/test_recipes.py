"""The recipes for systemd and containers name what there is: commands, options, folders, routes."""

from __future__ import annotations

import re
import shlex
import shutil
import subprocess
import tomllib
from pathlib import Path

import pytest

from dashboard import server
from dashboard.cli import program

ROOT = Path(__file__).resolve().parents[2]
UNIT, CONTAINER = (ROOT / "docs/recipes" / name for name in ("arviomo.service", "Containerfile"))


@pytest.mark.parametrize("file", [UNIT, CONTAINER], ids=lambda file: file.name)
def test_the_server_is_started_as_the_command_line_takes_it(file):
    joined = file.read_text(encoding="utf-8").replace("\\\n#", " ")
    found = re.findall(r"arviomo (serve --host [^\"\n]+)", joined)
    assert found
    for words in map(shlex.split, found):
        command = program("en").commands[words[0]]
        given = command.make_context("serve", words[1:]).params
        assert given["names"] == ("arviomo.city.example",)


def test_the_container_holds_every_package_and_asks_a_route_that_there_is():
    said = CONTAINER.read_text(encoding="utf-8")
    copied = [word for line in re.findall(r"^COPY (.+)$", said, re.M) for word in line.split()[:-1]]
    assert all((ROOT / name).exists() for name in copied)
    found = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = found["tool"]["setuptools"]["packages"]["find"]["include"]
    assert {name.rstrip("*") for name in packages} <= set(copied)
    assert set(found["project"]["license-files"]) <= set(copied)
    assert "127.0.0.1:8501/live" in said
    assert "/live" in {route.path for route in server.routes()}


def test_systemd_takes_the_unit(tmp_path):
    verify = shutil.which("systemd-analyze")
    if verify is None:
        pytest.skip("there is no systemd-analyze")
    # Where the program lies is the installer's; all else is taken as it stands.
    unit = tmp_path / UNIT.name
    program_there = "ExecStart=/srv/arviomo/.venv/bin/arviomo"
    said = UNIT.read_text(encoding="utf-8")
    assert program_there in said
    unit.write_text(said.replace(program_there, "ExecStart=/bin/true"), encoding="utf-8")
    done = subprocess.run([verify, "verify", unit], capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
