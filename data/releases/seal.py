"""Sealing: the hash of every record, the release before, and a signature over both."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from data.releases.canonical import dump
from data.releases.keys import signing_key
from data.releases.verify_release import FORMAT, records


def sealed(release: Mapping[str, Any], previous: str, home: Path) -> tuple[bytes, str]:
    """A release as the file that leaves, and the hash of its seal. Raises: keys.ExposedKey.

    Ed25519 has no chance in it: the same release and key give the same bytes.
    """
    seal = {"format": FORMAT, "previous": previous, "records": records(release)}
    said = dump(seal)
    key = signing_key(home)
    sha256 = hashlib.sha256(said).hexdigest()
    file = {
        "key": key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw).hex(),
        "release": release,
        "seal": seal,
        "sha256": sha256,
        "signature": key.sign(said).hex(),
    }
    return dump(file), sha256
