"""T-28: whoever floods the server with files, its memory stays where it was but for the budget."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import psutil
import pytest
from websockets.sync.client import connect

from data import access, passwords, records, sessions
from data.database import connect as opened
from data.database import writing
from tests.commands import environment

MEGABYTE = 1_000_000
#: A token against foreign pages that a client makes up itself: version, mask, masked token, time.
PAIR = "2|00000000|6161616161616161|0"
#: Resident memory that the server may take under a flood (T-28), and more than before it at most:
#: the budget of one person, twice, for what is copied on the way.
AT_MOST, MORE = 600 * MEGABYTE, 2 * 42 * MEGABYTE


@pytest.fixture
def served(tmp_path, sqlite_template):
    """A server with passwords of ours, the token of an evaluator's session, and its process."""
    shutil.copyfile(sqlite_template, tmp_path / "arviomo.db")
    engine = opened(f"sqlite:///{tmp_path / 'arviomo.db'}")
    with writing(engine) as connection:
        operator = access.operator()
        person = records.add_user(
            connection, operator, issuer=access.LOCAL_ISSUER, subject="e", name="E"
        )
        records.grant_role(connection, operator, person, "evaluator")
        passwords.set_password(connection, operator, person, "tarpeeksi pitkä salasana")
        token = sessions.begin(connection, person)
    engine.dispose()
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    process = subprocess.Popen(
        [sys.executable, "-m", "dashboard.cli", "serve", "--port", str(port)],
        env=environment(tmp_path) | {"ARVIOMO_LOCAL_ACCOUNTS": "1"},
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        assert process.stdout.readline().startswith("http://127.0.0.1")
        yield port, token, process
    finally:
        process.terminate()
        process.wait(timeout=30)


def sent(port: int, number: int, size: int, visit: str, cookie: str) -> int:
    """What the server answers to one file, sent in pieces until it hangs up."""
    head = (
        f"PUT /_stcore/upload_file/{visit}/{number} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
        f"X-Xsrftoken: {PAIR}\r\nCookie: {cookie}; _streamlit_xsrf={PAIR}\r\n"
        f"Content-Length: {size}\r\n"
        "Content-Type: multipart/form-data; boundary=b\r\nConnection: close\r\n\r\n"
        '--b\r\nContent-Disposition: form-data; name="f"; filename="f.csv"\r\n\r\n'
    ).encode()
    answer = b""
    with socket.create_connection(("127.0.0.1", port), timeout=60) as wire:
        try:
            wire.sendall(head)
            for _ in range(size // MEGABYTE):
                wire.sendall(b"a" * MEGABYTE)
            while part := wire.recv(65536):
                answer += part
        except OSError:
            answer = answer or b"HTTP/1.1 403 hung up"
    return int(answer.split()[1]) if answer else 403


def flooded(served, clients: int, files: int, size: int) -> list[int]:
    """Every answer to a flood of files by strangers, and by one who may send some."""
    port, token, process = served
    cookie = f"arviomo_session={token}"
    memory = psutil.Process(process.pid).memory_info
    before, highest = memory().rss, 0
    with connect(
        f"ws://127.0.0.1:{port}/_stcore/stream",
        subprotocols=["streamlit"],
        additional_headers={"Cookie": cookie, "Origin": f"http://127.0.0.1:{port}"},
    ) as page:
        page.send(b"\x5a\x00")  # run the script, as a browser does first
        visit = session_of(page)
        with ThreadPoolExecutor(clients) as pool:
            ours, theirs = (visit, cookie), ("made-up", "")
            asked = [
                pool.submit(sent, port, n, size, *(theirs if n % 2 else ours))
                for n in range(clients * files)
            ]
            while not all(one.done() for one in asked):
                highest = max(highest, memory().rss)
                try:
                    page.recv(timeout=0.05)
                except TimeoutError:
                    continue
        answers = [one.result() for one in asked]
        highest = max(highest, memory().rss)
    wait_until_answering(port)
    print(
        f"flood: {clients} clients, {len(answers)} files of {size // MEGABYTE} MB; RSS "
        f"{before // MEGABYTE} -> {highest // MEGABYTE} MB; "
        f"{answers.count(403)} refused, {answers.count(413)} too much"
    )
    assert highest <= AT_MOST
    assert highest - before <= MORE
    assert set(answers[1::2]) == {403}  # strangers
    assert set(answers[::2]) <= {204, 400, 403, 413}
    assert 413 in answers  # some of ours got as far as the budget
    return answers


def session_of(page) -> str:
    """The number of the visit, from the first message of the server."""
    from streamlit.proto.ForwardMsg_pb2 import ForwardMsg

    found = ""
    for _ in range(200):
        message = ForwardMsg()
        message.ParseFromString(page.recv(timeout=60))
        if message.WhichOneof("type") == "script_finished":
            return found
        if message.WhichOneof("type") == "new_session":
            found = message.new_session.initialize.session_id
    pytest.fail("the page did not run to its end")


def wait_until_answering(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=60) as wire:
        wire.sendall(f"GET /health HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n\r\n".encode())
        assert wire.recv(100).startswith(b"HTTP/1.1")


def test_t28_a_flood_of_files_leaves_the_memory_where_it_was(served):
    flooded(served, clients=8, files=4, size=8 * MEGABYTE)


@pytest.mark.nightly
def test_t28_a_hundred_clients_with_fifty_files_each(served):
    flooded(served, clients=100, files=50, size=19 * MEGABYTE)
