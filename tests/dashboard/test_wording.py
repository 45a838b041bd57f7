"""Every sentence exists in three languages, and every sentence that the code asks for exists."""

import ast
import string
from pathlib import Path

import pytest

from dashboard import wording
from dashboard.wording import RepeatedText, UnknownText, say, say_count, texts
from data.imports.kinds import KINDS
from survey.text import LANGUAGES

DASHBOARD = Path(wording.__file__).parent
#: Functions that take the key of a text first.
ASKERS = {"say", "say_count", "refusal", "ask", "NotServed", "SignInMissing"}


def asked_keys() -> list[tuple[str, str, str]]:
    """File, function and key of every text that is asked for by a key written in the code.

    A key with a value in it (``f"page.{page}"``) is given as its beginning and a star.
    """
    found = []
    for path in sorted(DASHBOARD.rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if not isinstance(node, ast.Call) or not node.args:
                continue
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if called in ASKERS:
                found += [(path.name, called, key) for key in keys_of(node.args[0])]
    return found


def keys_of(argument: ast.expr) -> list[str]:
    if isinstance(argument, ast.Constant) and isinstance(argument.value, str):
        return [argument.value]
    if isinstance(argument, ast.JoinedStr):
        first = argument.values[0]
        return [f"{first.value}*"] if isinstance(first, ast.Constant) else []
    if isinstance(argument, ast.IfExp):
        return keys_of(argument.body) + keys_of(argument.orelse)
    return []


def test_every_key_that_the_code_asks_for_is_there():
    keys = set(texts())
    for file, called, key in asked_keys():
        wanted = [f"{key}.one", f"{key}.many"] if called == "say_count" else [key]
        for one in wanted:
            beginning = one.partition("*")[0]
            there = any(k.startswith(beginning) for k in keys) if "*" in one else one in keys
            assert there, f"{file}: {called}({one!r}) has no text"


def test_the_walk_finds_keys_at_all():
    assert len(asked_keys()) > 60  # there were 60 in the frame alone when this was written


@pytest.mark.parametrize("key", sorted(texts()))
def test_the_three_languages_take_the_same_values(key):
    taken = {
        language: {
            name
            for _, name, _, _ in string.Formatter().parse(texts()[key].in_language(language))
            if name is not None
        }
        for language in LANGUAGES
    }
    assert taken["fi"] == taken["sv"] == taken["en"]


def test_values_are_put_into_their_places():
    assert say("refusal.port_taken", "en", host="127.0.0.1", port=80).startswith(
        "The address 127.0.0.1 and port 80 cannot be used."
    )


def test_a_missing_key_and_a_missing_value_are_errors():
    with pytest.raises(UnknownText, match=r"no\.such\.key"):
        say("no.such.key", "fi")
    with pytest.raises(KeyError):
        say("refusal.port_taken", "fi", host="127.0.0.1")
    with pytest.raises(KeyError):
        say("app.name", "de")


def test_a_key_in_two_files_is_an_error(tmp_path, monkeypatch):
    for name in ("a", "b"):
        (tmp_path / f"{name}.yaml").write_text('x: {fi: "f", sv: "s", en: "e"}')
    monkeypatch.setattr(wording, "TEXTS", tmp_path)
    with pytest.raises(RepeatedText, match=r"x stands twice.*b\.yaml"):
        wording.texts.__wrapped__()


def test_one_and_many_are_different_texts(monkeypatch, tmp_path):
    (tmp_path / "a.yaml").write_text(
        'x.one: {fi: "{n} hanke", sv: "{n} projekt", en: "{n} project"}\n'
        'x.many: {fi: "{n} hanketta", sv: "{n} projekt", en: "{n} projects"}\n'
    )
    monkeypatch.setattr(wording, "TEXTS", tmp_path)
    monkeypatch.setattr(wording, "texts", wording.texts.__wrapped__)
    assert say_count("x", 1, "fi") == "1 hanke"
    assert say_count("x", 1200, "fi") == "1\u202f200 hanketta"


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_kind_of_file_has_a_name_on_the_pages(language):
    assert all(say(f"kind.{kind}", language) for kind in KINDS)
