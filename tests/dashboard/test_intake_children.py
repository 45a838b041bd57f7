"""One child of the data room is started ahead: asked once, replaced, and gone with its server."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from streamlit.testing.v1 import AppTest

from dashboard import intake, intake_children
from dashboard.wording import say
from data import access
from data.database import HOME_VARIABLE, URL_VARIABLE

#: Long enough for a child to end, which takes it as long as what it is just loading.
SOON = 60


@pytest.fixture
def file(sqlite_engine: sa.Engine, tmp_path: Path, monkeypatch) -> Iterator[Path]:
    """A file of one proposal, and an empty database as that of this process."""
    monkeypatch.setenv(URL_VARIABLE, sqlite_engine.url.render_as_string(hide_password=False))
    monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "home"))
    path = tmp_path / "proposals.csv"
    path.write_text(
        "code,title,category,status,submitted_on\nA1,Penkki,Puistot,taken_up,2026-03-01"
    )
    return path


def look(file: Path) -> int:
    """How many rows of a file could be stored, as a child says."""
    found = intake.preview(access.operator(), file, "proposals", lambda *_: None)
    return found["storable"]


def waiting() -> subprocess.Popen[str] | None:
    ahead = intake_children._ahead
    return ahead.child if ahead else None


def test_a_child_that_waits_is_asked_once_and_replaced_and_goes_with_the_server(file):
    with intake_children.held():
        intake_children.prepare()
        first = waiting()
        intake_children.prepare()
        assert waiting() is first
        # It is asked while it loads: it stops loading and answers.
        assert look(file) == 1
        second = waiting()
        assert second.pid != first.pid
        assert first.poll() == 0
    assert waiting() is None
    assert second.poll() is not None
    # What is no server any more holds none.
    intake_children.prepare()
    assert waiting() is None


def test_one_that_was_started_for_another_database_is_not_asked(file, tmp_path, monkeypatch):
    with intake_children.held():
        intake_children.prepare()
        first = waiting()
        monkeypatch.setenv(HOME_VARIABLE, str(tmp_path / "other"))
        with intake_children.child() as other:
            assert other.pid != first.pid
        intake_children.prepare()
        assert first.poll() is not None
        assert waiting().pid != first.pid


def test_one_that_died_is_not_asked_either(file):
    with intake_children.held():
        intake_children.prepare()
        first = waiting()
        first.kill()
        first.wait(SOON)
        assert look(file) == 1


def test_one_that_dies_while_it_is_asked_is_told(file, monkeypatch):
    """Its end is no answer: who asked is told, and nothing hangs."""
    dead = intake_children.start(intake_children.AHEAD)
    dead.kill()
    dead.wait(SOON)
    monkeypatch.setattr(intake_children, "child", lambda: dead)
    with pytest.raises(intake.WorkFailed):
        look(file)


def test_one_whose_server_was_killed_ends_by_itself():
    """A server that ends without a word leaves nobody behind: its end of the pipe is closed."""
    child = intake_children.start(intake_children.AHEAD)
    child.stdin.close()
    assert child.wait(SOON) == 0
    assert child.stdout.read() == ""
    child.stdout.close()


def publishing() -> None:
    """A page on which own figures are published, and then everything, or not."""
    import streamlit as st

    from dashboard import intake, upload

    def do(progress: intake.Progress) -> dict[str, int]:
        progress("own", 0, 1)
        progress("own", 1, 1)
        if st.session_state.fails:
            raise intake.WorkFailed
        return {}

    upload.work("fi", do, "data_room.refreshed")


@pytest.mark.parametrize("fails", [True, False])
def test_own_figures_are_told_as_soon_as_they_are_there(fails):
    at = AppTest.from_function(publishing)
    at.session_state.fails = fails
    at.run()
    own = [say("upload.own_published", "fi")]
    # When everything is published there is nothing to wait for any more.
    assert [info.value for info in at.info] == (own if fails else [])
    assert [done.value for done in at.success] == (
        [] if fails else [say("data_room.refreshed", "fi")]
    )
