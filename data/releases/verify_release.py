"""Checks a release of Arviomo without Arviomo: this one file, Python 3.9 or newer, nothing else.

    python3 verify_release.py release.json public.key
    python3 verify_release.py first.json second.json third.json public.key

A release is a JSON file with five fields. "release" holds what was reported. "seal" names the hash
of every record in it, and the release before it. "sha256" is the hash of the seal, "signature" an
Ed25519 signature (RFC 8032) of the seal by "key". Each step below has to hold, or the first thing
that does not is named and the exit code is 1:

 1. the file is JSON in its one canonical form (RFC 8785), to the last byte;
 2. it has exactly those five fields;
 3. every record has the hash that the seal names, and the seal names no other record;
 4. the hash of the seal is the one that is given;
 5. the key is in the file of public keys: one key a line, 64 hexadecimal digits;
 6. the signature is that key's, of exactly this seal;
 7. where the file of keys says that the key was "retired" or "compromised", it also lists each
    release that the key had "signed" by then, and this is one of them;
 8. of several releases, each names the one before it.

That the file of keys is the city's own and the newest, no program can say: fetch it from the city's
site each time, or ask. Whoever stole a key that is not retired yet can sign what the city never
released, and this program says valid. What gives it away is the chain: the city's own next release
names another one before it. Keep the last hash that you saw, and check new releases together with
that one. Hashes of entities in the records are made with a secret of the city; they say
that two records speak of the same company, and not of which.
"""

import hashlib
import json
import sys
from pathlib import Path

FORMAT = "arviomo-release/1"
#: Records within records; a release has seven. Deeper ones are no release of ours.
DEEPEST = 60
FIELDS = ["key", "release", "seal", "sha256", "signature"]


class Invalid(Exception):
    """The first thing that does not hold. code: which step; path: which record or place."""

    def __init__(self, code, path=""):
        super().__init__(f"{code} {path}".strip())
        self.code, self.path = code, path


def verify(data, keys, before=None):
    """The file as a dictionary, when every step holds. Raises: Invalid.

    data: the bytes of the file. keys: of `read_keys`. before: the sha256 of the release before it,
    where that is known.
    """
    found = read(data)
    _records_hold(found["release"], found["seal"])
    sealed = canonical(found["seal"])
    if hashlib.sha256(sealed).hexdigest() != found["sha256"]:
        raise Invalid("hash", "sha256")
    if before is not None and found["seal"]["previous"] != before:
        raise Invalid("chain", "seal.previous")
    key = _hexadecimal(found["key"], 32)
    if key is None or found["key"] not in keys:
        raise Invalid("key", "key")
    if not signed(key, sealed, found["signature"]):
        raise Invalid("signature", "signature")
    ended = keys[found["key"]]
    if ended is not None and found["sha256"] not in ended[1]:
        raise Invalid(ended[0], "sha256")
    return found


def read(data):
    """The file as a dictionary, where it is canonical and has the fields of a release."""
    try:
        found = json.loads(data.decode("utf-8"), object_pairs_hook=_once)
    except UnicodeDecodeError as error:
        raise Invalid("encoding", f"byte {error.start}") from None
    except ValueError as error:
        raise Invalid("json", f"byte {getattr(error, 'pos', 0)}") from None
    except RecursionError:
        raise Invalid("deep") from None
    again = canonical(found)
    if again != data:
        pairs = zip(again, data)  # noqa: B905 - Python 3.9 knows no strict
        place = next((at for at, (one, other) in enumerate(pairs) if one != other), None)
        raise Invalid("canonical", f"byte {min(len(again), len(data)) if place is None else place}")
    if not isinstance(found, dict) or sorted(found) != FIELDS:
        raise Invalid("fields", ", ".join(FIELDS))
    seal = found["seal"]
    shaped = isinstance(seal, dict) and sorted(seal) == ["format", "previous", "records"]
    if not shaped or seal["format"] != FORMAT or not isinstance(seal["records"], dict):
        raise Invalid("fields", "seal")
    return found


def records(release):
    """The hash of every record of a release, by its path: ``funder``, ``values[3]``."""
    found = {}
    for name, part in release.items():
        if "[" in name:  # else a field could stand in for a record of a list
            raise Invalid("fields", name)
        if isinstance(part, list):
            # No JSON begins like this, so that no other part has the hash of a list's length.
            found[name] = hashlib.sha256(b"list of %d" % len(part)).hexdigest()
            for place, one in enumerate(part):
                found[f"{name}[{place}]"] = hashlib.sha256(canonical(one)).hexdigest()
        else:
            found[name] = hashlib.sha256(canonical(part)).hexdigest()
    return found


def _records_hold(release, seal):
    if not isinstance(release, dict):
        raise Invalid("fields", "release")
    here, named = records(release), seal["records"]
    for path, sha256 in here.items():
        if named.get(path) != sha256:
            raise Invalid("record", path)
    for path in named:
        if path not in here:
            raise Invalid("record", path)


# --- canonical JSON: RFC 8785 -------------------------------------------------------------------


def canonical(value):
    """A value as the one sequence of bytes that RFC 8785 gives it."""
    try:
        return _written(value).encode("utf-8")
    except (UnicodeEncodeError, OverflowError):
        raise Invalid("encoding", "") from None


def _written(value, room=DEEPEST):
    if room < 0:
        raise Invalid("deep")
    if value is None or isinstance(value, (bool, str)):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, (int, float)):
        return _number(value)
    if isinstance(value, list):
        return "[" + ",".join(_written(one, room - 1) for one in value) + "]"
    # Names are in the order of their UTF-16 units.
    names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
    parts = (f"{_written(name)}:{_written(value[name], room - 1)}" for name in names)
    return "{" + ",".join(parts) + "}"


def _number(value):
    """A number as ECMAScript writes it: shortest digits, exponents below 1e-6 and from 1e21."""
    if value != value or value in (float("inf"), float("-inf")):
        raise Invalid("json", "number")
    if value == 0:
        return "0"
    sign = "-" if value < 0 else ""
    digits, _, exponent = repr(abs(float(value))).partition("e")
    whole, _, fraction = digits.partition(".")
    point = len(whole) + int(exponent or 0)
    digits = (whole + ("" if fraction == "0" else fraction)).rstrip("0")
    stripped = digits.lstrip("0")
    point -= len(digits) - len(stripped)
    digits = stripped
    if 0 < point <= 21:
        whole = digits[:point].ljust(point, "0")
        return sign + whole + ("." + digits[point:] if len(digits) > point else "")
    if -6 < point <= 0:
        return sign + "0." + "0" * -point + digits
    power = point - 1
    fraction = "." + digits[1:] if digits[1:] else ""
    return f"{sign}{digits[0]}{fraction}e{power:+d}"


def _once(pairs):
    if len({name for name, _ in pairs}) != len(pairs):
        raise ValueError("a name stands twice")
    return dict(pairs)


# --- Ed25519: RFC 8032, section 5.1 -------------------------------------------------------------

P = 2**255 - 19
L = 2**252 + 27742317777372353535851937790883648493
D = -121665 * pow(121666, P - 2, P) % P
ROOT = pow(2, (P - 1) // 4, P)


def signed(key, message, signature):
    """Whether a signature (hexadecimal) is a key's (32 bytes), of a message."""
    given = _hexadecimal(signature, 64)
    point = _point(key)
    if given is None or point is None:
        return False
    scalar = int.from_bytes(given[32:], "little")
    if scalar >= L:  # else one signature could be written in several ways
        return False
    hashed = hashlib.sha512(given[:32] + key + message).digest()
    challenge = int.from_bytes(hashed, "little") % L
    x, y, _, _ = point
    minus = (P - x, y, 1, (P - x) * y % P)
    return _bytes(_add(_times(scalar, BASE), _times(challenge, minus))) == given[:32]


def _hexadecimal(text, length):
    if not isinstance(text, str) or len(text) != 2 * length or set(text) - set("0123456789abcdef"):
        return None
    return bytes.fromhex(text)


def _point(data):
    """The point of 32 bytes, in extended coordinates; None where they are of no point."""
    y = int.from_bytes(data, "little") & ((1 << 255) - 1)
    odd = data[31] >> 7
    if y >= P:
        return None
    square = (y * y - 1) * pow(D * y * y + 1, P - 2, P) % P
    x = pow(square, (P + 3) // 8, P)
    if (x * x - square) % P:
        x = x * ROOT % P
    if (x * x - square) % P or (x == 0 and odd):
        return None
    if x % 2 != odd:
        x = P - x
    return (x, y, 1, x * y % P)


def _add(one, other):
    a = (one[1] - one[0]) * (other[1] - other[0]) % P
    b = (one[1] + one[0]) * (other[1] + other[0]) % P
    c = 2 * one[3] * other[3] * D % P
    d = 2 * one[2] * other[2] % P
    e, f, g, h = b - a, d - c, d + c, b + a
    return (e * f % P, g * h % P, f * g % P, e * h % P)


def _times(scalar, point):
    found = (0, 1, 1, 0)
    while scalar:
        if scalar & 1:
            found = _add(found, point)
        point = _add(point, point)
        scalar >>= 1
    return found


def _bytes(point):
    inverse = pow(point[2], P - 2, P)
    x, y = point[0] * inverse % P, point[1] * inverse % P
    return (y | (x & 1) << 255).to_bytes(32, "little")


BASE = _point((4 * pow(5, P - 2, P) % P).to_bytes(32, "little"))


# --- as a program -------------------------------------------------------------------------------

#: How a key can end: by the rules, or because somebody else may have had it.
ENDS = ("retired", "compromised")
#: What is said, in Finnish, Swedish and English.
TEXTS = {
    "valid": ("pätevä", "giltig", "valid"),
    "record": (
        "tietue ei ole se, joka sinetöitiin",
        "uppgiften är inte den som förseglades",
        "the record is not the one that was sealed",
    ),
    "hash": (
        "sinetin tiiviste ei täsmää",
        "sigillets kontrollsumma stämmer inte",
        "the hash of the seal does not match",
    ),
    "chain": (
        "edeltävä julkistus on toinen",
        "den föregående fastställelsen är en annan",
        "the release before it is another one",
    ),
    "key": (
        "avain ei ole julkisten avainten tiedostossa",
        "nyckeln finns inte i filen med öppna nycklar",
        "the key is not in the file of public keys",
    ),
    "signature": (
        "allekirjoitus ei ole tämän avaimen tästä sinetistä",
        "signaturen är inte den här nyckelns för det här sigillet",
        "the signature is not this key's of this seal",
    ),
    "retired": (
        "avain on vaihdettu, eikä tämä ole sen luetelluista julkistuksista",
        "nyckeln har bytts ut, och det här är ingen av de fastställelser som den signerade",
        "the key was retired, and this is none of the releases that it had signed",
    ),
    "compromised": (
        "avain on ollut vieraissa käsissä, eikä tämä ole kaupungin oma julkistus",
        "nyckeln har varit i främmande händer, och det här är inte stadens egen fastställelse",
        "the key was in the wrong hands, and this is none of the city's own releases",
    ),
    "keys": (
        "avaintiedosto ei ole ehjä; hae se uudelleen",
        "nyckelfilen är inte hel; hämta den på nytt",
        "the file of keys is not whole; fetch it again",
    ),
    "file": ("tiedostoa ei voi lukea", "filen kan inte läsas", "the file cannot be read"),
    "deep": ("on liian syvästi sisäkkäinen", "är nästlad för djupt", "is nested too deeply"),
    "encoding": ("ei ole UTF-8:aa", "är inte UTF-8", "is not UTF-8"),
    "json": ("ei ole ehjää JSONia", "är inte hel JSON", "is not whole JSON"),
    "canonical": (
        "ei ole kanonisessa muodossa",
        "är inte i kanonisk form",
        "is not in its canonical form",
    ),
    "fields": ("kentät puuttuvat tai niitä on liikaa", "fält saknas eller är för många",
               "fields are missing or too many"),
}  # fmt: skip
LANGUAGES = ("fi", "sv", "en")


def read_keys(text):
    """The keys of a file: each with None, or with how it ended and the releases it had signed.

    A line is a key; "retired" or "compromised" with key, moment, how many releases it had signed
    and the last of them; or "signed" with key and release. What follows a # is for people.
    Raises: Invalid at the first line that is none of these, or where a list is not whole.
    """
    keys, ends, signed_by = {}, {}, {}
    for number, line in enumerate(text.splitlines(), 1):
        words = line.split("#")[0].split()
        if len(words) == 1 and _hexadecimal(words[0], 32):
            keys[words[0]] = None
        elif len(words) == 3 and words[0] == "signed" and words[1] in keys:
            signed_by.setdefault(words[1], []).append(words[2])
        elif len(words) == 5 and words[0] in ENDS and words[1] in keys:
            ends[words[1]] = words
        elif words:
            raise Invalid("keys", f"line {number}")
    for key, (word, _, _, count, last) in ends.items():
        signed = signed_by.pop(key, [])
        if count != str(len(signed)) or (signed and last != signed[-1]):
            raise Invalid("keys", key)
        keys[key] = (word, frozenset(signed))
    for key in signed_by:  # a list without an end would be read as a key that still signs
        raise Invalid("keys", key)
    return keys


def told(code, path, language):
    """What a step came to, in words."""
    words = TEXTS[code][LANGUAGES.index(language)]
    return f"{words}: {path}" if path else words


def main(arguments):
    """Check the releases that the command line names; 0 where all hold."""
    asked = [f"--{language}" for language in LANGUAGES]
    language = arguments.pop(0)[2:] if arguments and arguments[0] in asked else "en"
    if len(arguments) < 2:
        print(__doc__)
        return 2
    before, name = None, arguments[-1]
    try:
        keys = read_keys(Path(name).read_text(encoding="utf-8", errors="replace"))
        for name in arguments[:-1]:
            before = verify(Path(name).read_bytes(), keys, before)["sha256"]
            print(f"{name}: {told('valid', before, language)}")
    except Invalid as wrong:
        print(f"{name}: {told(wrong.code, wrong.path, language)}")
        return 1
    except OSError as wrong:
        print(f"{name}: {told('file', wrong.strerror, language)}")
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
