"""Everything from nothing: ``python3 bootstrap.py demo`` or ``python3 bootstrap.py test``.

demo  installs, loads the invented sample portfolio, serves it and prints the address
test  installs and runs every check: style, floors, tests with PostgreSQL and a real browser
audit lists every package with hash and licence, and asks whether one is known to be dangerous

Only Python 3.11 is needed. What is installed goes to .venv beside this file, from requirements
files that name every package by version and hash. Further words are passed on:
``python3 bootstrap.py demo --port 8600``, ``python3 bootstrap.py test -k scoring``.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent
ENVIRONMENT = ROOT / ".venv"
PROGRAMS = ENVIRONMENT / ("Scripts" if os.name == "nt" else "bin")
PYTHON = PROGRAMS / ("python.exe" if os.name == "nt" else "python")
REQUIREMENTS = ROOT / "requirements.txt"
TEST_REQUIREMENTS = ROOT / "requirements-dev.txt"
STAMP = ENVIRONMENT / "installed.sha256"
NEEDED = (3, 11)
#: A worker a core, two to four: each may have a database server and a browser. A file to each at
#: a time, in the order that tests/conftest.py gives.
WORKERS = max(2, min(4, os.cpu_count() or 2))
SIDE_BY_SIDE = ("-n", str(WORKERS), "--dist", "loadfile", "--no-loadscope-reorder")
#: Where the tests may write into memory, and the gigabytes that have to be free for it: most of
#: them have a database of their own, and a disk makes them wait for it.
MEMORY, FREE_MEMORY = Path("/dev/shm"), 6  # noqa: S108  the kernel's own folder, not a name of ours
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


class Stopped(Exception):
    """What is missing, and what to do about it."""


# --- installing ---------------------------------------------------------------------------------


def suitable_python() -> str:
    """A Python 3.11: the one that runs this, or python3.11 on the path."""
    if sys.version_info[:2] == NEEDED:
        return sys.executable
    found = shutil.which("python3.11")
    if found is None:
        raise Stopped(
            f"Arviomo needs Python 3.11; this is {sys.version.split()[0]} and there is no "
            "python3.11 on the path. Install Python 3.11 and run this again."
        )
    return found


def install(requirements: Path) -> None:
    """Fill .venv with exactly what the file names; nothing when it already holds that."""
    # The test requirements hold everything that the demo needs too.
    enough = {stamp_of(requirements), stamp_of(TEST_REQUIREMENTS)}
    if PYTHON.exists() and STAMP.exists() and STAMP.read_text() in enough:
        return
    create_environment()
    print(f"Installing from {requirements.name} ...", flush=True)
    run_installer("--require-hashes", "-r", str(requirements))
    run_installer("--no-deps", "--no-build-isolation", "-e", str(ROOT))
    STAMP.write_text(stamp_of(requirements))


def stamp_of(requirements: Path) -> str:
    """What tells one installation from another: the packages and the project file."""
    project = (ROOT / "pyproject.toml").read_bytes()
    return hashlib.sha256(requirements.read_bytes() + project).hexdigest()


def create_environment() -> None:
    """Make .venv, unless it is there."""
    python = suitable_python()
    if PYTHON.exists():
        return
    # Debian's Python comes without what makes environments; uv brings its own.
    uv = shutil.which("uv")
    result = subprocess.run(
        [uv, "venv", "--quiet", "--seed", "--python", python, str(ENVIRONMENT)]
        if uv
        else [python, "-m", "venv", str(ENVIRONMENT)],
        check=False,
    )
    if result.returncode:
        raise Stopped(
            f"{ENVIRONMENT.name} could not be made. On Debian and Ubuntu install python3.11-venv, "
            "remove the folder and run this again."
        )


def run_installer(*arguments: str) -> None:
    """Install with uv where there is one, because it is faster; else with pip."""
    uv = shutil.which("uv")
    if uv:
        run([uv, "pip", "install", "--quiet", "--python", str(PYTHON), *arguments])
    else:
        quiet = ["--quiet", "--quiet", "--disable-pip-version-check"]
        run([str(PYTHON), "-m", "pip", "install", *quiet, *arguments])


def run(command: list[str], **more: str) -> None:
    """Run a command here; Raises: Stopped when it fails."""
    result = subprocess.run(command, cwd=ROOT, env=os.environ | more, check=False)
    if result.returncode:
        raise Stopped(f"This failed ({result.returncode}): {' '.join(command)}")


# --- the browser of the tests -------------------------------------------------------------------


def browser() -> str:
    """The path of a Chromium: the one of CHROMIUM, of the path, of playwright, or a new one."""
    found = os.environ.get("CHROMIUM") or installed_browser() or playwright_browser()
    if found:
        return found
    install_browser()
    found = installed_browser()
    if found is None:
        raise Stopped("Chromium was installed, but there is no chromium on the path.")
    return found


def installed_browser() -> str | None:
    return next((path for name in BROWSERS if (path := shutil.which(name))), None)


def playwright_browser() -> str | None:
    asked = (
        "from playwright.sync_api import sync_playwright as start\n"
        "with start() as drivers: print(drivers.chromium.executable_path)"
    )
    result = subprocess.run([str(PYTHON), "-c", asked], capture_output=True, text=True, check=False)
    path = result.stdout.strip()
    return path if path and Path(path).exists() else None


def install_browser() -> None:
    """Install Debian's Chromium, as root or through sudo without a password."""
    apt = shutil.which("apt-get")
    prefix = [] if is_root() else sudo()
    if apt is None or prefix is None:
        raise Stopped(
            "The tests drive a real browser and found none. Install Chromium (for example "
            "`apt-get install chromium` as root), or name one in the variable CHROMIUM, "
            "and run this again."
        )
    print("Installing Chromium for the tests ...", flush=True)
    quiet = {"DEBIAN_FRONTEND": "noninteractive"}
    run([*prefix, apt, "update", "-qq"], **quiet)
    run([*prefix, apt, "install", "-y", "-qq", "--no-install-recommends", "chromium"], **quiet)


def is_root() -> bool:
    return hasattr(os, "geteuid") and os.geteuid() == 0


def sudo() -> list[str] | None:
    path = shutil.which("sudo")
    if path is None:
        return None
    allowed = subprocess.run([path, "-n", "true"], capture_output=True, check=False)
    return [path, "-n"] if allowed.returncode == 0 else None


# --- the commands ---------------------------------------------------------------------------


def demo(arguments: list[str]) -> None:
    """Install, then serve the invented sample portfolio until stopped."""
    install(REQUIREMENTS)
    program = str(PROGRAMS / "arviomo")
    sys.stdout.flush()
    # The server takes the place of this process, so that stopping one stops the other.
    os.chdir(ROOT)
    os.execv(program, [program, "demo", *arguments])  # noqa: S606  no shell is meant


def test(arguments: list[str]) -> None:
    """Install, then run every check; the tests need PostgreSQL and a browser to pass."""
    install(TEST_REQUIREMENTS)
    chromium = browser()
    run([str(PROGRAMS / "ruff"), "check", "."])
    run([str(PROGRAMS / "lint-imports")])
    with scratch() as folder:
        run(
            [str(PYTHON), "-m", "pytest", *SIDE_BY_SIDE, *arguments],
            REQUIRE_PG="1",
            REQUIRE_BROWSER="1",
            CHROMIUM=chromium,
            TMPDIR=folder,
        )


def scratch() -> tempfile.TemporaryDirectory[str]:
    """A folder for the files of tests, gone with them: in memory where there is room."""
    return tempfile.TemporaryDirectory(
        prefix="arviomo-tests-", dir=MEMORY if is_roomy(MEMORY) else None
    )


def is_roomy(folder: Path) -> bool:
    """Whether a folder in memory has room for the files of tests."""
    try:
        found = os.statvfs(folder)
    except (AttributeError, OSError):
        return False  # another system than Linux
    room = found.f_bavail * found.f_frsize
    return room >= FREE_MEMORY * 2**30 and not found.f_flag & os.ST_NOEXEC


def audit(arguments: list[str]) -> None:
    """Write what Arviomo is made of and look it up; fails too when it cannot be looked up."""
    install(REQUIREMENTS)
    run([str(PYTHON), str(ROOT / "dependencies.py"), *arguments])


def main(words: list[str]) -> int:
    tasks = {"demo": demo, "test": test, "audit": audit}
    if not words or words[0] not in tasks:
        print(__doc__)
        return 2
    try:
        tasks[words[0]](words[1:])
    except Stopped as stopped:
        print(f"\n{stopped}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
