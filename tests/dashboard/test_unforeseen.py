"""An error that nobody foresaw is told in plain words; its steps are for who asks for them."""

import subprocess
import sys

from dashboard.wording import say
from tests.commands import environment

#: A command whose work fails as nobody thought of, with words that a row put into the error.
FAILING = """
import sys
from dashboard import cli
from dashboard.commands import publishing

def fail(*_said):
    raise ValueError("131052-308T told us")

publishing.publish = fail
sys.argv = ["arviomo", *sys.argv[1:]]
cli.main()
"""


def run(home, *words):
    return subprocess.run(
        [sys.executable, "-c", FAILING, *words],
        env=environment(home), capture_output=True, text=True, timeout=120, check=False,
    )  # fmt: skip


def test_what_nobody_foresaw_is_told_in_words(tmp_path, language="sv"):
    said = run(tmp_path, "--language", language, "refresh")
    assert said.returncode == 1
    expected = say("refusal.unforeseen", language, what="ValueError <string>:7")
    assert " ".join(expected.split()) in " ".join(said.stderr.split())
    assert "Traceback" not in said.stderr
    assert "131052-308T" not in said.stderr + said.stdout


def test_the_steps_are_shown_to_who_asks(tmp_path):
    said = run(tmp_path, "--debug", "refresh")
    assert said.returncode == 1
    assert "Traceback" in said.stderr
