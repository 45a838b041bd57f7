"""The rules of the house that a machine can check: floors, lengths, names, texts, addresses."""

from __future__ import annotations

import ast
import re
import string
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from survey.text import LANGUAGES, read_texts

ROOT = Path(__file__).resolve().parents[1]
FLOORS = ("dashboard", "data", "metrics", "survey")
#: "Under about 300 lines", and never more than this; tests hold their tables of cases besides.
LONGEST, LONGEST_TEST = 400, 480
#: Engines that the pages must not carry; the figures that they show are judged elsewhere.
HEAVY = {"duckdb", "ibis", "networkx", "pandera", "pyspark", "scipy", "statsmodels"}


def tracked() -> list[Path]:
    """The files that git knows, as they stand now."""
    if not (ROOT / ".git").exists():
        pytest.skip("this copy has no history to ask which files are tracked")
    told = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, capture_output=True, check=True, text=True
    ).stdout
    return [ROOT / name for name in told.split("\0") if name and (ROOT / name).is_file()]


def sources() -> list[Path]:
    return sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.py"))


def relative(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


# --- floors -------------------------------------------------------------------------------------


def test_imports_go_only_downward():
    # In a process of its own: import-linter silences every logger of the process it runs in.
    lint = Path(sys.executable).with_name("lint-imports")
    told = subprocess.run([lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert told.returncode == 0, told.stdout + told.stderr


def test_the_pages_carry_no_heavy_engine():
    # import-linter reads the imports that are written; this one asks what is loaded in the end.
    pages = [path.stem for path in (ROOT / "dashboard/app_pages").glob("*.py")]
    modules = ["dashboard.app", "dashboard.server", *(f"dashboard.app_pages.{p}" for p in pages)]
    script = f"import sys, {', '.join(modules)}; print(*(m.split('.')[0] for m in sys.modules))"
    told = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert told.returncode == 0, told.stderr
    assert not HEAVY & set(told.stdout.split())


def test_pyproject_is_the_only_configuration_of_tools():
    others = {
        "setup.cfg", "setup.py", "tox.ini", "pytest.ini", ".flake8", "mypy.ini", "ruff.toml",
        ".ruff.toml", ".importlinter", "alembic.ini", ".coveragerc",
    }  # fmt: skip
    assert [relative(path) for path in tracked() if path.name in others] == []


# --- code ---------------------------------------------------------------------------------------


def test_no_file_is_longer_than_one_reads_at_a_sitting():
    limits = {path: LONGEST for path in sources()}
    limits |= {path: LONGEST_TEST for path in (ROOT / "tests").rglob("*.py")}
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in limits}
    assert [(relative(p), lengths[p]) for p in limits if lengths[p] > limits[p]] == []


def test_every_file_says_what_it_is():
    silent = [
        relative(path)
        for path in sources()
        if not ast.get_docstring(ast.parse(path.read_text(encoding="utf-8")))
    ]
    assert silent == []


def test_names_are_nouns_and_verbs_of_the_field():
    banned_file = re.compile(r"(^|_)(utils?|helpers?|managers?|base|common|misc)(_|$)")
    banned_name = re.compile(r"^_?get_|(Manager|Helper|Utils?|Base)$")
    wrong = [relative(path) for path in sources() if banned_file.search(path.stem)]
    for path in sources():
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            named = isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef)
            # SQLAlchemy asks for a class that all tables share, and calls it Base.
            if named and banned_name.search(node.name) and node.name != "Base":
                wrong.append(f"{relative(path)}:{node.lineno} {node.name}")
    assert wrong == []


def test_nothing_is_left_for_later_and_no_check_is_silenced_without_a_reason():
    later = re.compile(r"\b(TODO|FIXME|XXX|HACK)\b|raise NotImplemented")
    silenced = re.compile(r"#\s*(noqa(?!: [A-Z]+\d+(, [A-Z]+\d+)* +\S)|type: ignore)")
    wrong = []
    for path in [*sources(), *(ROOT / "tests").rglob("*.py")]:
        if path == Path(__file__):
            continue
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if later.search(line) or silenced.search(line):
                wrong.append(f"{relative(path)}:{number} {line.strip()}")
    assert wrong == []


@pytest.mark.parametrize("asked", [["check"], ["format", "--check"]], ids=["lint", "layout"])
def test_ruff_has_nothing_to_say(asked):
    told = subprocess.run(
        [sys.executable, "-m", "ruff", *asked, "."], cwd=ROOT, capture_output=True, text=True
    )
    assert told.returncode == 0, told.stdout + told.stderr


# --- addresses ----------------------------------------------------------------------------------


FOLDERS = "|".join(("work", "root", "tmp", "home", "Users"))
MACHINE = re.compile(rf"(?<![\w.:/-])/(?:{FOLDERS})/[\w.]")
INDEX = re.compile(r"(--(extra-)?index-url|--find-links|index-url\s*=|https?://[^\s\"']*/simple\b)")


def test_no_tracked_file_names_this_machine_or_a_package_index():
    wrong = []
    for path in tracked():
        try:
            lines = path.read_text(encoding="utf-8").splitlines()
        except UnicodeDecodeError:
            continue  # pictures and other files that hold no text
        for number, line in enumerate(lines, start=1):
            if MACHINE.search(line) or (INDEX.search(line) and path != Path(__file__)):
                wrong.append(f"{relative(path)}:{number} {line.strip()[:120]}")
    assert wrong == []


@pytest.mark.parametrize(
    ("line", "wrong"),
    [
        ("see /" + "work/main/x", True),
        ("open('/" + "root/.config')", True),
        ("https://example.org/work/main", False),
        ("dashboard/work/x", False),
    ],
)
def test_the_search_for_folders_of_this_machine_finds_them(line, wrong):
    assert bool(MACHINE.search(line)) is wrong


# --- texts --------------------------------------------------------------------------------------


class UniqueKeys(yaml.SafeLoader):
    """Refuses a key that stands twice in a mapping, where YAML would keep the last in silence."""

    def construct_mapping(self, node, deep=False):
        keys = [self.construct_object(key, deep=deep) for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        if twice:
            raise yaml.YAMLError(f"{node.start_mark}: twice: {twice}")
        return super().construct_mapping(node, deep)


def yaml_files() -> list[Path]:
    return sorted(path for floor in FLOORS for path in (ROOT / floor).rglob("*.yaml"))


def texts_in(value: object, at: str) -> Iterator[tuple[str, dict]]:
    """Every mapping that holds a text in any of the languages, and where it stands."""
    if isinstance(value, dict):
        if set(LANGUAGES) & value.keys() and not set(value) - set(LANGUAGES):
            yield at, value
            return
        for key, inner in value.items():
            yield from texts_in(inner, f"{at}.{key}")
    elif isinstance(value, list):
        for place, inner in enumerate(value):
            yield from texts_in(inner, f"{at}[{place}]")


def blanks(text: str) -> set[str]:
    """The names that are filled in when a text is said."""
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


@pytest.mark.parametrize("path", yaml_files(), ids=relative)
def test_every_text_is_there_in_every_language(path):
    content = UniqueKeys(path.read_text(encoding="utf-8")).get_single_data()
    missing = [
        (at, language)
        for at, text in texts_in(content, "")
        for language in LANGUAGES
        if not str(text.get(language) or "").strip()
    ]
    assert missing == []


SAID = [*sorted((ROOT / "dashboard/texts").glob("*.yaml")), ROOT / "data/imports/problems.yaml"]


@pytest.mark.parametrize("path", SAID, ids=relative)
def test_a_text_has_the_same_blanks_in_every_language(path):
    uneven = [
        key
        for key, text in read_texts(path).items()
        if len({frozenset(blanks(text.in_language(language))) for language in LANGUAGES}) > 1
    ]
    assert uneven == []


def test_no_text_of_the_dashboard_stands_in_two_files():
    keys = [key for path in (ROOT / "dashboard/texts").glob("*.yaml") for key in read_texts(path)]
    assert sorted(keys) == sorted(set(keys))


def test_no_file_is_offered_by_streamlits_own_button():
    """Its addresses are open to whoever knows them: `dashboard.fetching.fetch` has its own."""
    using = [
        str(path.relative_to(ROOT))
        for path in sorted((ROOT / "dashboard").rglob("*.py"))
        if "download_button" in path.read_text(encoding="utf-8")
    ]
    assert using == []
