"""``arviomo indicators`` on the command line."""

from __future__ import annotations

from click.testing import CliRunner

from dashboard.cli import program
from data import database
from tests.data import reported
from tests.data.imports.test_own_indicators import FILE


def test_a_file_is_brought_in_and_a_flaw_is_told_in_the_language_of_the_reader(
    sqlite_engine, tmp_path, monkeypatch
):
    reported.fill(sqlite_engine)
    monkeypatch.setenv(database.URL_VARIABLE, str(sqlite_engine.url))
    path = tmp_path / "own.yaml"

    def said(text: str, language: str, project: str = "p1") -> tuple[int, str]:
        path.write_text(text, encoding="utf-8")
        words = ["indicators", str(path), "--project", project]
        result = CliRunner().invoke(program(language), words)
        return result.exit_code, f"{result.output} {result.exception}"

    assert said(FILE, "en") == (0, "Ready for use: ESPOO-1@1, ESPOO-2@1\n None")
    code, told = said(FILE, "fi", "p9")
    assert code and "Rekisterissä ei ole tunnusta p9." in told
    code, told = said(FILE.replace("ESPOO", "VANDA").replace("[VANDA-1]", "[VANDA-9]"), "sv")
    assert code and "VANDA-2 är en del av VANDA-9" in told
    code, told = said("indicator: 3", "en")
    assert code and "cannot be brought in" in told
