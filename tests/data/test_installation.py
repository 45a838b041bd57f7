"""The installation's secret: made once, kept to ourselves, and what is derived from it."""

from __future__ import annotations

import re
import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from data.fieldwork import installation
from data.fieldwork.installation import ExposedSecret, derived, secret


def test_the_secret_is_made_once_however_many_ask_at_once(tmp_path: Path):
    home = tmp_path / "home"
    with ThreadPoolExecutor(20) as threads:
        found = set(threads.map(lambda _: secret(home), range(100)))
    assert len(found) == 1 and len(found.pop()) == 32
    assert [path.name for path in home.iterdir()] == ["secret"]
    assert stat.S_IMODE((home / "secret").stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o620, 0o777])
def test_a_secret_that_others_may_read_is_refused(tmp_path: Path, mode: int):
    secret(tmp_path)
    (tmp_path / "secret").chmod(mode)
    with pytest.raises(ExposedSecret, match="chmod 600"):
        derived(tmp_path, "link")


@pytest.mark.parametrize("content", [b"", b"x" * 31, b"x" * 33])
def test_a_file_that_is_no_secret_is_refused_and_left_alone(tmp_path: Path, content: bytes):
    (tmp_path / "secret").write_bytes(content)
    (tmp_path / "secret").chmod(0o600)
    with pytest.raises(ExposedSecret, match="Put back the copy"):
        secret(tmp_path)
    assert (tmp_path / "secret").read_bytes() == content


def test_what_is_derived_has_256_bits_and_is_the_same_every_time(tmp_path: Path):
    token = derived(tmp_path, "link", "abc", "1")
    assert re.fullmatch(r"[A-Za-z0-9_-]{43}", token)
    assert token == derived(tmp_path, "link", "abc", "1")
    assert re.fullmatch(r"[0-9a-f]{64}", installation.derived_hex(tmp_path, "link"))


def test_other_words_or_another_installation_give_something_else(tmp_path: Path):
    homes = [tmp_path / "a", tmp_path / "b"]
    lists = [("a", "b"), ("ab",), ("a", "", "b"), ("b", "a"), ("a", "b", ""), ("a\0b",)]
    found = [derived(home, *words) for home in homes for words in lists]
    assert len(set(found)) == len(found)
