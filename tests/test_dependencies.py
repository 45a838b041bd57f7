"""T-51: every package is pinned by hash, none is older than it may be, and no audit is green by
silence."""

from __future__ import annotations

import json
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

import dependencies

ROOT = Path(__file__).parents[1]
#: The oldest versions that may be used: the fixes that older ones lack are in their advisories.
FLOORS = {
    "authlib": (1, 6, 11),
    "starlette": (1, 1, 0),
    "jinja2": (3, 1, 6),
    "defusedxml": (0, 7, 1),
    "openpyxl": (3, 1, 5),
    "pysqlite3": (0, 6, 1),
    "cryptography": (46, 0, 0),
    "streamlit": (1, 67, 0),
}
FILES = ("requirements.txt", "requirements-dev.txt", "requirements-spark.txt")
BAD = [{"vulns": [{"id": f"OSV-{name}"}]} for name, _ in dependencies.KNOWN_BAD]


def pinned(name: str = FILES[0]) -> list[dependencies.Package]:
    return dependencies.read((ROOT / name).read_text(encoding="utf-8"))


@pytest.fixture
def source():
    """A function that serves an answer to every question, and gives its address."""
    servers = []

    def serve(body: bytes, status: int = 200) -> str:
        class Answering(BaseHTTPRequestHandler):
            def do_POST(self):
                self.rfile.read(int(self.headers["Content-Length"]))
                self.send_response(status)
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_):
                """Says nothing."""

        server = HTTPServer(("127.0.0.1", 0), Answering)
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
        return f"http://127.0.0.1:{server.server_port}/"

    yield serve
    for server in servers:
        server.shutdown()
        server.server_close()


def audit(tmp_path: Path, address: str) -> int:
    small = tmp_path / "small.txt"
    small.write_text(f"attrs==26.1.0 --hash=sha256:{'0' * 64}\n")
    out = tmp_path / "sbom.json"
    return dependencies.main(["--requirements", str(small), "--out", str(out), "--source", address])


@pytest.mark.parametrize("name", FILES)
def test_every_package_has_one_version_and_hashes(name):
    assert len(pinned(name)) > 0


@pytest.mark.parametrize("line", ["attrs", "attrs>=26", "attrs==26.1.0", "-e .", "x @ https://e/x"])
def test_a_package_that_is_not_pinned_is_refused(line):
    with pytest.raises(dependencies.Unpinned):
        dependencies.read(line)


def test_no_package_is_older_than_it_may_be():
    versions = {one.name: one.version for one in pinned()}
    old = {
        name: versions.get(name)
        for name, floor in FLOORS.items()
        if tuple(int(part) for part in versions.get(name, "0").split(".")[:3]) < floor
    }
    assert old == {}


def test_the_bill_names_every_package_with_hashes_and_a_licence():
    packages = pinned()
    components = dependencies.bill(packages, "1")["components"]
    assert [one["purl"] for one in components] == [
        f"pkg:pypi/{package.name}@{package.version}" for package in packages
    ]
    assert all(one["hashes"] for one in components)
    licences = {one["name"]: one["licenses"][0]["license"]["name"] for one in components}
    assert [name for name, said in licences.items() if said == dependencies.UNKNOWN] == []


def test_a_clean_audit_is_green_and_a_known_bad_package_red(source, tmp_path):
    assert audit(tmp_path, source(json.dumps({"results": [*BAD, {}]}).encode())) == 0
    worse = {"results": [*BAD, {"vulns": [{"id": "OSV-1"}]}]}
    assert audit(tmp_path, source(json.dumps(worse).encode())) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (b"", 200), (b"not json", 200), (b"{}", 200), (b'{"results": null}', 200), (b"[]", 200),
        (json.dumps({"results": BAD}).encode(), 200),  # one package has no answer
        (json.dumps({"results": [{}, {}, {}]}).encode(), 200),  # it knows of nothing at all
        (json.dumps({"results": [*BAD, {}]}).encode(), 500),
        (json.dumps({"results": [*BAD, {}]}).encode(), 404),
    ],
)  # fmt: skip
def test_an_audit_that_could_not_look_up_is_red(source, tmp_path, body, status):
    assert audit(tmp_path, source(body, status)) == 2


def test_an_audit_that_reaches_nobody_is_red(tmp_path):
    assert audit(tmp_path, "http://127.0.0.1:1/") == 2
