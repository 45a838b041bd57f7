"""The verifier that stands alone: signatures, canonical form, keys and their rotation."""

from __future__ import annotations

import ast
import os
import shutil
import subprocess
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest
import rfc8785
import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from data import database, schema
from data.access import NotPermitted
from data.releases import chain, keys, rotation, verify_release
from data.releases.canonical import dump
from data.releases.keys import ExposedKey
from data.releases.seal import sealed
from data.releases.verify_release import Invalid, canonical, signed, verify
from tests.data import released
from tests.data.reported import EVALUATOR, MANAGER, read

SOURCE = Path(verify_release.__file__)

#: RFC 8032, section 7.1: TEST 1, TEST 2 and TEST 3 (key, message, signature).
TOLD = [
    (
        "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a",
        "",
        "e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e3970"
        "1cf9b46bd25bf5f0595bbe24655141438e7a100b",
    ),
    (
        "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c",
        "72",
        "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da085ac1e43e15996e458f3613"
        "d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
    ),
    (
        "fc51cd8e6218a1a38da47ed00230f0580816ed13ba3303ac5deb911548908025",
        "af82",
        "6291d657deec24024827e69c3abe01a30ce548a284743a445e3680d7db5ac3ac18ff9b538d16f290ae67f760"
        "984dc6594a7c15e9716ed28dc027beceea1ec40a",
    ),
]


# --- signatures ---------------------------------------------------------------------------------


@pytest.mark.parametrize(("key", "message", "signature"), TOLD)
def test_the_signatures_of_the_standard_hold_and_no_other(key, message, signature):
    point, said = bytes.fromhex(key), bytes.fromhex(message)
    assert signed(point, said, signature)
    assert not signed(point, said + b"x", signature)
    for place in (0, 31, 32, 63):
        wrong = bytearray.fromhex(signature)
        wrong[place] ^= 1
        assert not signed(point, said, wrong.hex())


def test_a_signature_has_one_form_only():
    key, message, signature = TOLD[1]
    scalar = int.from_bytes(bytes.fromhex(signature)[32:], "little") + verify_release.L
    # The same number, written larger by the order of the group: RFC 8032, 5.1.7, refuses it.
    again = signature[:64] + scalar.to_bytes(32, "little").hex()
    assert not signed(bytes.fromhex(key), bytes.fromhex(message), again)
    assert not signed(bytes.fromhex(key), bytes.fromhex(message), signature.upper())
    assert not signed(bytes.fromhex(key), bytes.fromhex(message), signature[:-2])


def test_signatures_of_the_library_hold():
    for number in range(20):
        message = str(number).encode()
        key = Ed25519PrivateKey.from_private_bytes(bytes([number + 1]) * 32)
        public = key.public_key().public_bytes_raw()
        assert signed(public, message, key.sign(message).hex())
        assert not signed(public, message, key.sign(message + b" ").hex())


@pytest.mark.parametrize("point", ["ff" * 32, "02" + "00" * 31])
def test_what_is_no_point_signs_nothing(point):
    # The first is y above the prime; the second has no x, as 3/(4d+1) is no square.
    assert not signed(bytes.fromhex(point), b"", TOLD[0][2])


# --- the canonical form -------------------------------------------------------------------------

JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(exclude_categories=["Cs"])), inner, max_size=4)
    ),
    max_leaves=12,
)


@settings(max_examples=400, deadline=None)
@given(JSON)
def test_both_writers_give_the_same_bytes(value):
    assert canonical(value) == rfc8785.dumps(value)


@pytest.mark.parametrize(
    ("number", "text"),
    [
        # RFC 8785, appendix B.
        (0.0, "0"), (-0.0, "0"), (5e-324, "5e-324"), (-5e-324, "-5e-324"),
        (1.7976931348623157e308, "1.7976931348623157e+308"),
        (9007199254740992.0, "9007199254740992"),
        (295147905179352830000.0, "295147905179352830000"),
        (9.999999999999997e22, "9.999999999999997e+22"), (1e23, "1e+23"),
        (1e21, "1e+21"), (999999999999999900000.0, "999999999999999900000"),
        (333333333.3333332, "333333333.3333332"), (0.000001, "0.000001"), (1e-7, "1e-7"),
    ],
)  # fmt: skip
def test_numbers_are_written_as_the_standard_writes_them(number, text):
    assert canonical(number).decode() == text == rfc8785.dumps(number).decode()


def test_days_moments_and_decimals_are_plain_text():
    told = {
        "day": date(2026, 1, 2),
        "at": datetime(2026, 1, 2, 3, 4, 5, 6, tzinfo=UTC),
        "sum": [Decimal("12.5000"), Decimal("100"), Decimal("0.0000"), Decimal("1E+2")],
    }
    assert dump(told) == (
        b'{"at":"2026-01-02T03:04:05.000006Z","day":"2026-01-02","sum":["12.5","100","0","100"]}'
    )


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "json"), (b"{", "json"), (b"[]", "fields"), (b"{}", "fields"), (b"\xff", "encoding"),
        (b'{"a":1,"a":1}', "json"), (b'{"b":1,"a":1}', "canonical"), (b"{} ", "canonical"),
        (b'{"a":1.0}', "canonical"), (b'{"a":NaN}', "json"), (b'"\\ud800"', "encoding"),
        (b'"\\u0061"', "canonical"),
        (b"[" * 100_000, "deep"),
        (b"[" * 500 + b"]" * 500, "deep"), (b'{"a":' * 70 + b"1" + b"}" * 70, "deep"),
    ],
)  # fmt: skip
def test_what_is_no_release_is_named(data, code):
    with pytest.raises(Invalid) as error:
        verify(data, [])
    assert error.value.code == code


def test_no_field_stands_in_for_a_record_of_a_list():
    with pytest.raises(Invalid):
        verify_release.records({"values": [1], "values[0]": 2})
    lists = [verify_release.records({"values": each})["values"] for each in ([], 0, "list of 0")]
    assert len(set(lists)) == 3


# --- keys ---------------------------------------------------------------------------------------


def test_a_key_is_made_once_and_only_its_owner_reads_it(tmp_path):
    first = keys.public_key(tmp_path)
    assert keys.public_key(tmp_path) == first
    assert keys.public_keys(tmp_path) == {first: None}
    assert (tmp_path / keys.FILE).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("change", ["mode", "short", "gone"])
def test_a_key_that_cannot_be_trusted_signs_nothing(tmp_path, change):
    keys.public_key(tmp_path)
    path = tmp_path / keys.FILE
    if change == "mode":
        path.chmod(0o640)
    elif change == "short":
        path.write_bytes(b"short")
    else:
        path.unlink()
    with pytest.raises(ExposedKey, match="arviomo release-key --rotate"):
        keys.public_key(tmp_path)


def turned(engine, home, **more) -> rotation.Rotated:
    with database.writing(engine) as connection:
        return rotation.rotate(connection, EVALUATOR, home, **more)


def code_of(data: bytes, known) -> str:
    with pytest.raises(Invalid) as error:
        verify(data, known)
    return error.value.code


def forged(home: Path, frozen, old: bytes) -> bytes:
    """A release that nobody made, signed with a key that somebody kept."""
    elsewhere = home / "thief"
    elsewhere.mkdir()
    (elsewhere / keys.FILE).write_bytes(old)
    (elsewhere / keys.FILE).chmod(0o600)
    told = released.contents(frozen)
    told["values"][0]["value"] = "999"
    return sealed(told, frozen.sha256, elsewhere)[0]


@pytest.mark.parametrize("compromised", [False, True], ids=["retired", "compromised"])
def test_a_key_that_ended_vouches_for_what_it_had_signed_and_nothing_else(
    sqlite_engine, tmp_path, compromised
):
    released.fill(sqlite_engine, tmp_path)
    old = released.release(sqlite_engine, tmp_path)
    first, stolen = keys.public_key(tmp_path), (tmp_path / keys.FILE).read_bytes()
    before = keys.public_keys(tmp_path)
    false = forged(tmp_path, old, stolen)
    # As long as nobody knows, what a stolen key signs holds.
    verify(false, before)
    rotated = turned(sqlite_engine, tmp_path, compromised=compromised)
    assert (rotated.anchored, rotated.left_out) == (1, ())
    known = keys.public_keys(tmp_path)
    word = "compromised" if compromised else "retired"
    assert known == {first: (word, frozenset([old.sha256])), rotated.key: None}
    later = released.release(sqlite_engine, tmp_path, project=released.ONE)
    for frozen in (old, later):
        verify(frozen.document, known)
    assert code_of(false, known) == word
    assert code_of(later.document, before) == "key"
    assert read(sqlite_engine, chain.check, tmp_path) == []
    # Stored or not: a second rotation adds nothing to a key that ended.
    third = turned(sqlite_engine, tmp_path)
    assert third.anchored == 2
    assert keys.public_keys(tmp_path)[first] == (word, frozenset([old.sha256]))
    assert keys.public_keys(tmp_path)[rotated.key] == ("retired", frozenset([later.sha256]))


def test_only_who_releases_takes_a_new_key(sqlite_engine, tmp_path):
    released.fill(sqlite_engine, tmp_path)
    key = keys.public_key(tmp_path)
    with pytest.raises(NotPermitted), database.writing(sqlite_engine) as connection:
        rotation.rotate(connection, MANAGER, tmp_path)
    assert keys.public_key(tmp_path) == key


def test_the_old_key_put_back_signs_nothing(sqlite_engine, tmp_path):
    released.fill(sqlite_engine, tmp_path)
    released.release(sqlite_engine, tmp_path)
    stolen = (tmp_path / keys.FILE).read_bytes()
    turned(sqlite_engine, tmp_path)
    (tmp_path / keys.FILE).write_bytes(stolen)
    with pytest.raises(ExposedKey, match="retired"):
        released.release(sqlite_engine, tmp_path, project=released.ONE)


def test_what_a_thief_put_into_the_database_is_not_vouched_for(sqlite_engine, tmp_path):
    released.fill(sqlite_engine, tmp_path)
    old = released.release(sqlite_engine, tmp_path)
    false = forged(tmp_path, old, (tmp_path / keys.FILE).read_bytes())
    sha256 = verify(false, keys.public_keys(tmp_path))["sha256"]
    with database.writing(sqlite_engine) as connection:
        table = schema.Release.__table__
        row = dict(connection.execute(sa.select(table)).mappings().one())
        more = {"id": 2, "sha256": sha256, "previous": old.sha256, "document": false.decode()}
        connection.execute(sa.insert(table), row | more)
    rotated = turned(sqlite_engine, tmp_path, compromised=True)
    assert (rotated.anchored, rotated.left_out) == (1, (2,))
    assert code_of(false, keys.public_keys(tmp_path)) == "compromised"


KEY, ONE_SHA, TWO_SHA = "ab" * 32, "1" * 64, "2" * 64


@pytest.mark.parametrize(
    ("lines", "place"),
    [
        (["x"], "line 1"),
        ([KEY, f"retired {KEY}"], "line 2"),
        ([f"signed {KEY} {ONE_SHA}"], "line 1"),
        ([KEY, f"signed {KEY} {ONE_SHA}"], KEY),
        ([KEY, f"retired {KEY} t 2 {TWO_SHA}", f"signed {KEY} {TWO_SHA}"], KEY),
        ([KEY, f"retired {KEY} t 1 {TWO_SHA}", f"signed {KEY} {ONE_SHA}"], KEY),
    ],
    ids=["word", "short", "unknown", "endless", "cut", "other-last"],
)
def test_a_torn_file_of_keys_is_refused(tmp_path, lines, place):
    with pytest.raises(Invalid) as error:
        verify_release.read_keys("\n".join(lines))
    assert (error.value.code, error.value.path) == ("keys", place)
    (tmp_path / keys.PUBLIC_FILE).write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(ExposedKey, match="not whole"):
        keys.public_keys(tmp_path)


# --- alone --------------------------------------------------------------------------------------


def run(folder: Path, *words: str) -> subprocess.CompletedProcess:
    """The verifier in a folder with nothing else of ours, by a Python without any package."""
    command = [sys.executable, "-I", "-S", "verify_release.py", *words]
    return subprocess.run(
        command, cwd=folder, capture_output=True, text=True, encoding="utf-8",
        env={**os.environ, "PYTHONIOENCODING": "utf-8"},
    )  # fmt: skip


def test_it_imports_the_standard_library_only():
    tree = ast.parse(SOURCE.read_text(encoding="utf-8"))
    names = {
        alias.name if isinstance(node, ast.Import) else node.module
        for node in ast.walk(tree)
        if isinstance(node, ast.Import | ast.ImportFrom)
        for alias in node.names
    }
    assert names <= set(sys.stdlib_module_names)


def test_it_verifies_in_a_folder_of_its_own(sqlite_engine, tmp_path, tmp_path_factory):
    alone = tmp_path_factory.mktemp("alone")
    released.fill(sqlite_engine, tmp_path)
    whole = released.release(sqlite_engine, tmp_path)
    own = released.release(sqlite_engine, tmp_path, project=released.ONE)
    shutil.copy(SOURCE, alone)
    (alone / "public.key").write_text(keys.public_file(tmp_path), encoding="utf-8")
    (alone / "one.json").write_bytes(whole.document)
    (alone / "two.json").write_bytes(own.document)
    done = run(alone, "one.json", "two.json", "public.key")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout == f"one.json: valid: {whole.sha256}\ntwo.json: valid: {own.sha256}\n"
    swapped = run(alone, "--fi", "two.json", "one.json", "public.key")
    assert swapped.returncode == 1
    assert "one.json: edeltävä julkistus on toinen: seal.previous" in swapped.stdout
    changed = whole.document.replace(b'"value":"3"', b'"value":"4"')
    (alone / "one.json").write_bytes(changed)
    wrong = run(alone, "one.json", "public.key")
    assert wrong.returncode == 1
    assert "one.json: the record is not the one that was sealed: values[" in wrong.stdout
    assert run(alone).returncode == 2
    for name in ("gone.json", "deep.json"):
        (alone / "deep.json").write_bytes(b"[" * 5000 + b"]" * 5000)
        refused = run(alone, "--fi", name, "public.key")
        assert (refused.returncode, refused.stderr) in {(1, ""), (2, "")}
        assert refused.stdout.startswith(name)
    (alone / "public.key").write_text("ei avain\n", encoding="utf-8")
    assert "the file of keys is not whole" in run(alone, "two.json", "public.key").stdout
