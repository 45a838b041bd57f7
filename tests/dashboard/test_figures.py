"""The one door for numbers: read once for everybody who may see the same, never for others."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from dashboard import figures
from dashboard.session import Viewing
from dashboard.truth import engine
from data import access, sheets
from data.database import URL_VARIABLE, reading
from metrics.metric import Level, Profile


@pytest.fixture
def published(sample_home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The published sample portfolio as the database of this process."""
    database = next(sample_home.rglob("arviomo.db"))
    monkeypatch.setenv(URL_VARIABLE, f"sqlite:///{database}")
    figures._kept.clear()
    yield


def viewing(role: str) -> Viewing:
    with reading(engine()) as connection:
        user = access.persona(role, connection)
    return Viewing(user, "fi", access.profile_of(user), invented=True)


def asked_of_the_database(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The revisions that are read from now on, one for each time a sheet is read."""
    asked: list[int] = []
    read = sheets.read_figures

    def counted(connection, user, *, revision, **question):
        asked.append(revision)
        return read(connection, user, revision=revision, **question)

    monkeypatch.setattr(sheets, "read_figures", counted)
    return asked


def test_the_door_gives_what_the_sheet_says(published):
    who = viewing("steering")
    with reading(engine()) as connection:
        sheet = sheets.read_figures(
            connection, who.user, revision=sheets.latest_revision(connection), level="theme"
        )
    assert sheet
    assert figures.figures(who, level=Level.THEME) == sheet


def test_a_second_look_reads_nothing(published, monkeypatch):
    who = viewing("steering")
    asked = asked_of_the_database(monkeypatch)
    first = figures.figures(who, level=Level.PORTFOLIO, entity=0, metric="process_quality")
    assert figures.figures(who, level=Level.PORTFOLIO, entity=0, metric="process_quality") == first
    assert len(asked) == 1


def test_two_who_see_the_same_share_what_was_read(published, monkeypatch):
    asked = asked_of_the_database(monkeypatch)
    for role in ("steering", "evaluator"):
        figures.figures(viewing(role), level=Level.PORTFOLIO, entity=0, metric="benefit_share")
    assert len(asked) == 1


def test_who_sees_less_never_gets_what_was_read_for_another(published):
    steering, manager = viewing("steering"), viewing("manager")
    seen = {result.entity for result in figures.figures(steering, level=Level.PROJECT)}
    own = {result.entity for result in figures.figures(manager, level=Level.PROJECT)}
    assert own < seen
    assert own == access.visible_projects(manager.user)


def test_a_funder_reads_the_public_profile_and_no_portfolio(published):
    funder = viewing("funder")
    assert funder.profile is Profile.PUBLIC
    assert figures.figures(funder, level=Level.PORTFOLIO, entity=0) == []
    assert figures.policy(funder) != figures.policy(viewing("steering"))


def test_a_new_publication_is_seen_at_once(published, monkeypatch):
    who = viewing("steering")
    asked = asked_of_the_database(monkeypatch)
    figures.figures(who, level=Level.PORTFOLIO, entity=0, metric="recommendation")
    newer = figures.latest() + 1
    monkeypatch.setattr(sheets, "latest_revision", lambda _connection: newer)
    assert figures.figures(who, level=Level.PORTFOLIO, entity=0, metric="recommendation") == []
    assert asked == [newer - 1, newer]


def test_a_caller_cannot_change_what_is_kept(published):
    who = viewing("steering")
    first = figures.figures(who, level=Level.PORTFOLIO, entity=0)
    first.clear()
    assert figures.figures(who, level=Level.PORTFOLIO, entity=0)


def test_findings_are_of_projects_that_the_reader_may_see(published):
    manager = viewing("manager")
    visible = access.visible_projects(manager.user)
    assert {finding.project for finding in figures.findings(manager)} <= visible
    assert len(figures.findings(viewing("steering"))) >= len(figures.findings(manager))


def test_names_are_in_the_readers_language_and_only_of_what_they_may_know(published):
    names = figures.names(viewing("manager"), Level.PROJECT)
    assert set(names) == access.visible_projects(viewing("manager").user)
    assert all(names.values())


def test_nothing_published_is_said_so(sqlite_engine: sa.Engine, monkeypatch):
    monkeypatch.setenv(URL_VARIABLE, sqlite_engine.url.render_as_string(hide_password=False))
    with pytest.raises(figures.NothingPublished, match="arviomo refresh"):
        figures.publication()
    who = Viewing(access.operator(), "fi", Profile.INSIDE)
    assert figures.figures(who, level=Level.PORTFOLIO, entity=0) == []
    assert figures.findings(who) == []
