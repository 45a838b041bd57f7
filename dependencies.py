"""What Arviomo is made of, and whether anything of it is known to be dangerous.

``python3 bootstrap.py audit`` runs this: it writes a CycloneDX list of every pinned package with
its hashes and licence, and asks an OSV service about each of them. It ends with 0 when every
package was looked up and nothing is known, with 1 when something is, and with 2 when anything
could not be looked up: what nobody answered for is not safe.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
import urllib.request
from collections.abc import Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path

#: The service that is asked, unless --source names another one that speaks as it does.
SOURCE = "https://api.osv.dev/v1/querybatch"
#: Versions with published vulnerabilities: a source that knows of none of them knows nothing.
KNOWN_BAD = (("jinja2", "3.1.2"), ("authlib", "1.6.4"))
#: Packages asked about in one request, and seconds to wait for its answer.
BATCH, PATIENCE = 200, 60
UNKNOWN = "unknown"
#: Licences that stand in the file of a package and not in what it declares.
UNDECLARED = {"pysqlite3": "Zlib", "pyxform": "BSD-2-Clause"}

_PINNED = re.compile(r"^([A-Za-z0-9._-]+)(?:\[[^\]]*\])?==([^\s;\\]+)")
_HASH = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class Unpinned(Exception):
    """A requirement has no single version, or no hash."""


class NotLookedUp(Exception):
    """The source did not answer for every package."""


@dataclass(frozen=True)
class Package:
    name: str
    version: str
    hashes: tuple[str, ...]


def read(text: str) -> list[Package]:
    """Every package of a requirements file. Raises: Unpinned naming the line."""
    found = []
    for line in text.replace("\\\n", " ").splitlines():
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        pinned, hashes = _PINNED.match(line), tuple(_HASH.findall(line))
        if pinned is None or not hashes:
            raise Unpinned(f"{line.strip()[:80]}: give it one version and its hashes")
        found.append(Package(re.sub(r"[-_.]+", "-", pinned[1]).lower(), pinned[2], hashes))
    return found


def licence(name: str) -> str:
    """The licence that an installed package declares."""
    try:
        told = metadata.metadata(name)
    except metadata.PackageNotFoundError:
        return UNKNOWN
    classified = [
        one.rpartition(" :: ")[2]
        for one in told.get_all("Classifier") or ()
        if one.startswith("License ::")
    ]
    short = (told.get("License") or "").strip().splitlines()[:1]
    declared = told.get("License-Expression") or " / ".join(classified) or "".join(short)
    return declared or UNDECLARED.get(name, UNKNOWN)


def bill(packages: Sequence[Package], version: str) -> dict[str, object]:
    """The packages as a CycloneDX 1.6 document; the same for the same packages."""
    return {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": "arviomo", "version": version}},
        "components": [
            {
                "type": "library",
                "bom-ref": f"pkg:pypi/{package.name}@{package.version}",
                "purl": f"pkg:pypi/{package.name}@{package.version}",
                "name": package.name,
                "version": package.version,
                "licenses": [{"license": {"name": licence(package.name)}}],
                "hashes": [{"alg": "SHA-256", "content": one} for one in package.hashes],
            }
            for package in packages
        ],
    }


def vulnerabilities(
    packages: Sequence[tuple[str, str]], source: str = SOURCE
) -> dict[tuple[str, str], list[str]]:
    """What is known of each package that something is known of. Raises: NotLookedUp."""
    asked = [*KNOWN_BAD, *packages]
    found: dict[tuple[str, str], list[str]] = {}
    for start in range(0, len(asked), BATCH):
        part = asked[start : start + BATCH]
        for package, answer in zip(part, _answers(part, source), strict=True):
            if known := [one["id"] for one in answer.get("vulns", ())]:
                found[package] = known
    for bad in KNOWN_BAD:
        if bad not in found:
            raise NotLookedUp(f"{source} knows of nothing in {bad[0]} {bad[1]}, which is known bad")
    return {package: found[package] for package in packages if package in found}


def _answers(part: Sequence[tuple[str, str]], source: str) -> list[dict]:
    queries = [
        {"package": {"name": name, "ecosystem": "PyPI"}, "version": version}
        for name, version in part
    ]
    request = urllib.request.Request(  # noqa: S310  an address of the operator
        source,
        json.dumps({"queries": queries}).encode(),
        {"Content-Type": "application/json"},
    )
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE) as answer:  # noqa: S310  the same
            results = json.load(answer)["results"]
    except (OSError, ValueError, KeyError, TypeError) as silent:
        raise NotLookedUp(f"{source} did not answer: {type(silent).__name__}") from silent
    if not isinstance(results, list) or len(results) != len(part):
        raise NotLookedUp(f"{source} did not answer for all of {len(part)} packages")
    return [result or {} for result in results]


def main(words: Sequence[str]) -> int:
    asked = argparse.ArgumentParser(prog="bootstrap.py audit", description=__doc__)
    asked.add_argument("--requirements", type=Path, default=Path("requirements.txt"))
    asked.add_argument("--out", type=Path, default=Path("var/sbom.cdx.json"))
    asked.add_argument("--source", default=SOURCE)
    chosen = asked.parse_args(words)
    try:
        packages = read(chosen.requirements.read_text(encoding="utf-8"))
        chosen.out.parent.mkdir(parents=True, exist_ok=True)
        document = json.dumps(bill(packages, metadata.version("arviomo")), indent=1)
        chosen.out.write_text(document + "\n", encoding="utf-8")
        print(f"{len(packages)} packages, their hashes and licences: {chosen.out}")
        found = vulnerabilities([(one.name, one.version) for one in packages], chosen.source)
    except (Unpinned, NotLookedUp) as stopped:
        print(f"{stopped}. This is not a clean audit.", file=sys.stderr)
        return 2
    for (name, version), known in found.items():
        print(f"{name} {version}: {', '.join(known)}", file=sys.stderr)
    print(f"{len(found)} of {len(packages)} packages have known vulnerabilities.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
