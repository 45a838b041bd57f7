"""T-53: however the server is started, as a real process, what is unsafe is refused in words."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import pytest
from websockets.exceptions import WebSocketException
from websockets.sync.client import connect

from dashboard import app
from tests.commands import environment

ROOT = Path(app.__file__).parents[1]
#: Seconds that a process may take to refuse, on a machine that others use too.
PATIENCE = 120
#: Every option of Streamlit with a value that shows or takes too much, as config.toml has it.
UNSAFE = {
    "browser.gatherUsageStats": "true",
    "client.showErrorDetails": '"full"',
    "client.showErrorLinks": "true",
    "global.developmentMode": "true",
    "runner.magicEnabled": "true",
    "runner.postScriptGC": "true",
    "server.enableAgentApi": "true",
    "server.enableCORS": "false",
    "server.enableStaticServing": "true",
    "server.enableXsrfProtection": "false",
    "server.fileWatcherType": '"auto"',
    "server.baseUrlPath": '"base"',
    "server.maxUploadSize": "200",
    "server.maxMessageSize": "200",
    "server.maxWidgetStateSize": "25",
    "server.allowedHosts": '["*"]',
}


def configured(folder: Path, unsafe: dict[str, str]) -> Path:
    """A folder whose .streamlit/config.toml is ours but for the options given."""
    ours = (ROOT / ".streamlit" / "config.toml").read_text(encoding="utf-8").splitlines()
    names = {option.partition(".")[2] for option in unsafe}
    kept = [line for line in ours if line.partition("=")[0].strip() not in names]
    for option, value in unsafe.items():
        section, _, name = option.partition(".")
        line = f"{name} = {value}"
        if f"[{section}]" in kept:
            kept.insert(kept.index(f"[{section}]") + 1, line)
        else:
            kept += [f"[{section}]", line]
    (folder / ".streamlit").mkdir(parents=True)
    (folder / ".streamlit" / "config.toml").write_text("\n".join(kept), encoding="utf-8")
    return folder


def started(words: list[str], home: Path, cwd: Path, **variables: str) -> subprocess.Popen:
    return subprocess.Popen(
        [sys.executable, "-m", *words],
        env=environment(home) | {"PYTHONPATH": str(ROOT)} | variables,
        cwd=cwd,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def refused(process: subprocess.Popen) -> str:
    """What a process said that ended by itself, and not with success."""
    try:
        said, _ = process.communicate(timeout=PATIENCE)
    except subprocess.TimeoutExpired:
        process.kill()
        pytest.fail("the process serves")
    assert process.returncode not in (0, None), said
    return said


def free_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return str(free.getsockname()[1])


def by_uvicorn() -> list[str]:
    application = "dashboard.server:application"
    return ["uvicorn", "--factory", application, "--port", free_port()]


@pytest.fixture
def home(tmp_path, sqlite_template):
    """A folder with a migrated database and nothing in it."""
    folder = tmp_path / "home"
    folder.mkdir()
    shutil.copyfile(sqlite_template, folder / "arviomo.db")
    return folder


def test_t53_uvicorn_refuses_every_unsafe_option_by_name(home, tmp_path):
    said = refused(started(by_uvicorn(), home, configured(tmp_path / "cwd", UNSAFE)))
    assert "The server does not start" in said
    assert [option for option in UNSAFE if f"{option} = " not in said] == []


@pytest.mark.nightly
@pytest.mark.parametrize("option", UNSAFE)
def test_t53_uvicorn_refuses_each_unsafe_option_alone(home, tmp_path, option):
    cwd = configured(tmp_path / "cwd", {option: UNSAFE[option]})
    said = refused(started(by_uvicorn(), home, cwd))
    others = [other for other in UNSAFE if other != option and f"{other} = " in said]
    assert (f"{option} = " in said, others) == (True, [])


def test_t53_serve_refuses_what_is_unsafe(home, tmp_path):
    """Three processes at once: without sign-in by either way, and with passwords in clear text."""
    serve = ["dashboard.cli", "serve", "--port"]
    local = {"ARVIOMO_LOCAL_ACCOUNTS": "1"}
    cwd = configured(tmp_path / "cwd", {})
    named = [*serve, free_port(), "--name", "arviomo.city.example"]
    ways = {
        "No sign-in is configured": started([*serve, free_port()], home, cwd),
        "Passwords would cross the network": started(named, home, cwd, **local),
        "No sign-in is configured ": started(by_uvicorn(), home, cwd),
    }
    for words, process in ways.items():
        said = refused(process)
        assert words.strip() in said
        assert "dashboard/cli.py" not in said  # words, not steps


def test_t53_streamlit_run_closes_itself(home, tmp_path):
    port = free_port()
    words = ["streamlit", "run", str(ROOT / "dashboard" / "app.py"), "--server.port", port]
    process = started(words, home, configured(tmp_path / "cwd", {}))
    deadline = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        # A browser comes; what runs the page then finds that there is no gate before it.
        with (
            suppress(OSError, EOFError, WebSocketException),
            connect(f"ws://127.0.0.1:{port}/_stcore/stream", subprotocols=["streamlit"]) as socket_,
        ):
            # The first message of a browser: run the script (BackMsg.rerun_script, empty).
            socket_.send(b"\x5a\x00")
            socket_.recv(timeout=2)
        time.sleep(0.5)
    if process.poll() is None:
        process.kill()
        pytest.fail("the pages are served without the gate")
    assert "(streamlit run), joten ne suljetaan" in process.communicate()[0]
